"""Rules that may not earn their keep: never fired for long, fire on every row they judge, or find nothing another does not.

A suggestion to look at a rule, never a verdict on it.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from expectations.authoring.trial import loaded_cards
from expectations.catalogue.catalogues import Catalogue
from expectations.connections import open_duckdb, within_memory
from expectations.judging.judge import count_judged_rows

FEWEST_ROWS = 20
"""A rule that judged fewer rows than this is not called always firing."""
FEWEST_FINDINGS = 5
"""A rule with fewer findings than this is not called implied by another."""

_NEVER = """
with last as (
  select rule_id, arg_max(fingerprint, as_of) as fingerprint, max(as_of) as last_day from rule_history group by rule_id
), unchanged as (
  select rule_id, min(as_of) as first_day, any_value(last_day) as last_day, bool_or(judged) as judged,
    coalesce(sum(findings) filter (where as_of >= last_day - $days), 0) as findings
  from rule_history join last using (rule_id, fingerprint) group by rule_id
)
select rule_id from unchanged where judged and findings = 0 and first_day <= last_day - $days order by rule_id
"""
"""As the rule stands now: what an earlier form of it found or did not find does not count."""

_IMPLIED = """
with found as (
  select distinct rule_id, level = 'case' as by_case, card, case when level = 'case' then bmsah else card_row::varchar end as place
  from findings
), counted as (select rule_id, count(*) as findings from found group by all),
common as (
  select a.rule_id as rule_id, b.rule_id as by_rule, count(*) as shared
  from found a join found b using (by_case, card, place) where a.rule_id <> b.rule_id group by all
)
select rule_id, by_rule, shared from common join counted using (rule_id)
where shared = findings and findings >= $fewest order by all
"""


@dataclass(frozen=True)
class RuleReview:
    """Rule ids with what speaks against them. `history_days` is how many days the runs kept span."""

    as_of: date
    history_days: int
    never_fired: tuple[str, ...]
    always_fire: tuple[tuple[str, int], ...]
    implied: tuple[tuple[str, str, int], ...]


@within_memory()
def review_rules(copy: Path, catalogue: Catalogue, days: int) -> RuleReview:
    """Looks at the published run in `copy` (writable) and the history of runs it carries."""
    with open_duckdb(copy) as con:
        as_of = con.execute("select as_of from runs").fetchall()[0][0]
        span = con.execute("select coalesce(max(as_of) - min(as_of), 0) from rule_history").fetchall()[0][0]
        never = con.execute(_NEVER, {"days": days}).fetchall()
        implied = con.execute(_IMPLIED, {"fewest": FEWEST_FINDINGS}).fetchall()
        judged = count_judged_rows(con, catalogue, as_of, loaded_cards(con, catalogue))
        violated = con.execute("select rule_id, sum(rows_violated) from judgements group by rule_id").fetchall()
    always = [(rule, int(rows)) for rule, rows in violated if rows == judged.get(rule, 0) >= FEWEST_ROWS]
    return RuleReview(as_of, int(span), tuple(rule for (rule,) in never), tuple(sorted(always)), tuple(implied))
