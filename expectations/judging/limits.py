"""Early warnings (期限预警): limits that are still open and end soon or have ended, as table `due`. Hints, never findings.

What a limit is and where it is open is said by the judgements; this module only reads the verdict tables, one statement a card.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import duckdb

from expectations.catalogue.due_warnings import DueWarnings
from expectations.judging.identities import OWNERS, identity_columns, join_case_owners, one_finding
from expectations.judging.judge import Verdict
from expectations.run.schema import DUE
from expectations.sql.quoting import quoted


def find_due(con: duckdb.DuckDBPyConnection, verdicts: Iterable[Verdict], warnings: DueWarnings, as_of: date) -> int:
    """Fills table `due` with the open limits of the judged rules that call for a warning; returns how many.

    Needs the verdict tables and `case_owners`. A limit of a whole case is one line, that of its earliest last day; so is that of the
    rows which are one finding by a declared level.
    """
    con.execute(DUE.create())
    by_card: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        if verdict.state == "judged" and verdict.limit_query:
            by_card.setdefault(verdict.judgement.card.name, []).append(verdict)
    for of_card in by_card.values():
        con.execute(due_statement(of_card, warnings, as_of))
    con.execute("create or replace table due as select * from due order by days_left, rule_id, card, card_row")
    return int(con.execute("select count(*) from due").fetchall()[0][0])


def due_statement(verdicts: Sequence[Verdict], warnings: DueWarnings, as_of: date) -> str:
    """The INSERT that reads all limits of one card from its verdict tables."""
    card = verdicts[0].judgement.card
    last_warned = f"date '{as_of:%Y-%m-%d}' + {warnings.widest}"
    # Most limits are far off: they are passed over before anything is joined.
    limits = "\n  union all ".join(f"{_limit(verdict)} where last_day <= {last_warned}" for verdict in verdicts)
    return f"""insert into due by name
with warned as (
  {limits}
), of_rows as (
  select w.*, {_together(verdicts)} as together, {identity_columns(card)}, c._file as file_no, c._sheet as sheet, c._sheet_row as sheet_row,
    date_diff('day', date '{as_of:%Y-%m-%d}', w.last_day)::integer as days_left
  from warned w join cards.{card.name} c on c._row = w._row {join_case_owners(card)}
), graded as (
  select *, {_grade(warnings)} as grade from of_rows
  qualify together is null or row_number() over (partition by rule_id, together order by last_day, _row) = 1
)
select rule_id, '{card.name}' as card, bmsah, case when not by_case then suspect_no end as suspect_no,
  case when not by_case then name end as name, case_name,
  {", ".join(OWNERS)}, owner, last_day, days_left, grade, _row as card_row, file_no, sheet, sheet_row
from graded where grade is not null"""


def _together(verdicts: Sequence[Verdict]) -> str:
    """What rows that are one line agree in; NULL where each row is one."""
    rules = {verdict.judgement.rule.id: verdict.judgement for verdict in verdicts}
    texts = (f"when {quoted(rule)} then {one_finding(j.rule, j.card)}" for rule, j in rules.items())
    return f"case w.rule_id {' '.join(texts)} end"


def _limit(verdict: Verdict) -> str:
    """The query of the rows on which the limit of one judgement is open."""
    judgement = verdict.judgement
    by_case = str(judgement.rule.level == "case").lower()
    constants = f"'{judgement.rule.id}' as rule_id, {by_case} as by_case, '{judgement.owner}' as owner"
    return f"select _row, {constants}, last_day from ({verdict.limit_query})"


def _grade(warnings: DueWarnings) -> str:
    """SQL for the grade of `days_left` in `department`; NULL where no warning is due yet."""
    orange = _days(warnings.default.orange, {name: days.orange for name, days in warnings.departments.items()})
    yellow = _days(warnings.default.yellow, {name: days.yellow for name, days in warnings.departments.items()})
    return (
        f"case when days_left < 0 then 'red' when days_left <= {orange} then 'orange' "
        f"when days_left <= {yellow} then 'yellow' end"
    )


def _days(default: int, departments: Mapping[str, int]) -> str:
    department_cases = "".join(f" when {quoted(name)} then {days}" for name, days in departments.items())
    return f"case department{department_cases} else {default} end" if department_cases else str(default)
