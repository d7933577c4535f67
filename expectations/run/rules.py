"""The rules of the run with what became of them: findings, cards hit, and why some were not judged."""

import json
from dataclasses import dataclass
from typing import Any

import duckdb

from expectations.run.counted import counted_once
from expectations.texts import Bilingual


@dataclass(frozen=True)
class RuleLine:
    """A rule as the list shows it. `state` is judged, partly, not_judged or error; `reasons` says why it is not judged, or what it did
    not see."""

    rule_id: str
    title_zh: str
    title_en: str
    severity: str
    error_type: str
    is_hint: bool
    cards: tuple[str, ...]
    theme: str
    basis: str
    findings: int
    state: str
    reasons: tuple[Bilingual, ...]

    def holds(self, text: str) -> bool:
        """Whether a search for `text` finds the rule."""
        return text.strip().lower() in " ".join((self.rule_id, self.title_zh, self.title_en, self.basis)).lower()


@dataclass(frozen=True)
class RuleText:
    """What the page of one rule says."""

    rule_id: str
    level: str
    kind: str
    message_zh: str
    message_en: str
    how_to_fill: str
    how_to_fill_en: str
    owner: str
    fields: tuple[str, ...]
    applies_when: str
    must_hold: str
    note: str
    why: str
    why_en: str
    false_alarms: str
    false_alarms_en: str
    accepted: str
    violating: str
    params: dict[str, float]
    fingerprint: str
    pack: str


@counted_once
def rule_lines(con: duckdb.DuckDBPyConnection) -> list[RuleLine]:
    """Every rule of the run, by id."""
    rows = con.execute("""
with state as (
  select rule_id, count(*) filter (where state = 'judged') as judged, count(*) filter (where state = 'not_judged') as skipped,
    count(*) filter (where state = 'error') as broken,
    list_sort(list(distinct card)) as judged_cards,
    list_sort(list(distinct {'zh': reason, 'en': reason_en}) filter (where coalesce(reason, '') <> '')) as reasons
  from judgements group by rule_id
), counts as (select rule_id, count(*) as findings from findings group by rule_id)
select rule_id, title_zh, title_en, severity, error_type, is_hint,
  case when cards = '*' then coalesce(judged_cards, []) else string_split(cards, '|') end,
  theme, basis, coalesce(findings, 0),
  case when broken > 0 then 'error' when judged > 0 and skipped > 0 then 'partly'
    when judged > 0 then 'judged' else 'not_judged' end,
  coalesce(reasons, [])
from rules left join state using (rule_id) left join counts using (rule_id) order by rule_id""")
    return [
        RuleLine(
            rule_id,
            zh,
            en,
            severity,
            error_type,
            is_hint,
            tuple(cards),
            theme,
            basis or "",
            findings,
            state,
            tuple(Bilingual(reason["zh"], reason["en"]) for reason in reasons),
        )
        for rule_id, zh, en, severity, error_type, is_hint, cards, theme, basis, findings, state, reasons in rows.fetchall()
    ]


def rule_text(con: duckdb.DuckDBPyConnection, rule_id: str) -> RuleText | None:
    """The texts of one rule; None when the run does not know it."""
    result = con.execute("select * from rules where rule_id = ?", [rule_id])
    columns = [column[0] for column in result.description or []]
    rows = result.fetchall()
    if not rows:
        return None
    rule = dict(zip(columns, rows[0], strict=True))
    words: dict[str, Any] = {name: str(rule[name] or "") for name in RuleText.__annotations__ if name in rule}
    words["fields"] = tuple(filter(None, words["fields"].split("|")))
    words["params"] = json.loads(words["params"] or "{}")
    return RuleText(**words)


def how_to_fill(con: duckdb.DuckDBPyConnection, rule_ids: set[str]) -> dict[str, tuple[str, str]]:
    """The correct way to fill of some rules, Chinese and English."""
    rows = con.execute(
        "select rule_id, coalesce(how_to_fill, ''), coalesce(how_to_fill_en, '') from rules "
        "where rule_id in (select unnest(?::varchar[]))",
        [sorted(rule_ids)],
    )
    return {rule_id: (zh, en) for rule_id, zh, en in rows.fetchall()}


@counted_once
def headers(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """The header of every item by card and name."""
    return {
        (card, name): header for card, name, header in con.execute("select card, name, header from fields").fetchall()
    }
