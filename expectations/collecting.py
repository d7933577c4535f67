"""From verdicts to findings: the failing-row queries run inside DuckDB, are reconciled with the counts, and become rows of
`findings` with owner, present values and message. Rows never pass through Python.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from expectations.cards import Card
from expectations.catalogues import Catalogue
from expectations.errors import NotReconciledError
from expectations.identities import OWNERS, case_owners_statement, item_or_case, join_case_owners, own_item
from expectations.judgements import PLACEHOLDER, Judgement, raw_column
from expectations.judging import Verdict

_BLANK = "（空）"

_FINDINGS = """
create or replace table findings (
  run_id varchar, finding_id varchar, rule_id varchar, severity varchar, error_type varchar, is_hint boolean,
  card varchar, level varchar, bmsah varchar, suspect_no varchar, case_name varchar, name varchar,
  office varchar, department varchar, prosecutor varchar, owner varchar,
  fields varchar, "values" varchar, message varchar, message_en varchar, basis varchar,
  file_no integer, sheet varchar, sheet_row bigint, card_row bigint
)
"""


@dataclass(frozen=True)
class Collected:
    """How many findings a verdict became; case-level rules fold the rows of a case into one."""

    verdict: Verdict
    findings: int


def collect(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, verdicts: Sequence[Verdict], run_id: str,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> tuple[Collected, ...]:  # fmt: skip
    """Fills table `findings`. Raises NotReconciledError when the rows collected for a rule are not the rows counted."""
    con.execute(_FINDINGS)
    con.execute("create or replace table violations (judgement varchar, _row bigint)")
    con.execute(case_owners_statement(catalogue.cards.values()))
    hit = [verdict for verdict in verdicts if verdict.state == "judged"]
    mismatches: list[str] = []
    collected = [Collected(verdict, 0) for verdict in verdicts if verdict.state != "judged"]
    for number, verdict in enumerate(hit):
        progress("归集 / collecting", number, len(hit))
        mismatches += _collect_rows(con, verdict)
        collected.append(Collected(verdict, _make_findings(con, verdict, run_id) if verdict.rows_violated else 0))
    if mismatches:
        raise NotReconciledError(
            "计数与归集结果不符，本次核查未发布 / counts and findings differ: " + "; ".join(mismatches),
            hint="请保留导出文件并联系维护人员 / keep the exports and report this",
        )
    _settle(con)
    progress("归集 / collecting", len(hit), len(hit))
    return tuple(collected)


def _collect_rows(con: duckdb.DuckDBPyConnection, verdict: Verdict) -> list[str]:
    """Runs the failing-row query; returns the mismatch with the count, if there is one."""
    name = verdict.judgement.name
    con.execute(f"insert into violations select '{name}', _row from ({verdict.query})")
    rows = con.execute("select count(*) from violations where judgement = ?", [name]).fetchall()[0][0]
    return [] if rows == verdict.rows_violated else [f"{name}: {verdict.rows_violated} ≠ {rows}"]


def _make_findings(con: duckdb.DuckDBPyConnection, verdict: Verdict, run_id: str) -> int:
    con.execute(finding_statement(verdict.judgement, run_id, verdict.stage_items))
    counted = con.execute(
        "select count(*) from findings where rule_id = ? and card = ? and fields = ?",
        [verdict.judgement.rule.id, verdict.judgement.card.name, "|".join(verdict.judgement.fields)],
    ).fetchall()
    return int(counted[0][0])


def finding_statement(judgement: Judgement, run_id: str, stage_items: Mapping[str, str]) -> str:
    """The INSERT that makes the findings of one judgement from its rows in `violations`.

    Level `case` gives one finding per case, shown with the values of its first violating row and without a suspect.
    `stage_items` of other stages stand among the present values as `card.item`.
    """
    rule, card = judgement.rule, judgement.card
    by_case = rule.level == "case"
    case = own_item(card, "case")
    keys = [case] if by_case else [f"c.{name}" for name in card.key]
    key = ", ".join(f"coalesce({name}::varchar, '')" for name in keys)
    ordinal = f"row_number() over (partition by {key} order by c._row)"
    present = [f"'{name}', c.{raw_column(card.field(name))}" for name in judgement.fields]
    present += [f"'{name}', s.{column}::varchar" for name, column in stage_items.items()]
    beside = f"join audit.{card.name}_shared s on s._row = v._row" if stage_items else ""
    columns = [
        _text(run_id),
        f"left(sha256(concat_ws('|', '{judgement.name}', {key}, {ordinal})), 16)",
        *map(_text, (rule.id, rule.severity, rule.error_type)), str(rule.is_hint).lower(),
        _text(card.name), _text(rule.level), case,
        "null" if by_case else own_item(card, "person"), item_or_case(card, "case_name"),
        "null" if by_case else own_item(card, "name"), *(item_or_case(card, role) for role in OWNERS),
        _text(judgement.owner), _text("|".join(judgement.fields)), f"json_object({', '.join(present)})::varchar",
        message_sql(rule.message.zh, judgement), message_sql(rule.message.en, judgement), _text(rule.basis),
        "c._file", "c._sheet", "c._sheet_row", "c._row",
    ]  # fmt: skip
    first_of_case = f"qualify row_number() over (partition by {case} order by c._row) = 1" if by_case else ""
    return f"""insert into findings select {", ".join(columns)}
from violations v join cards.{card.name} c on c._row = v._row {beside} {join_case_owners(card)}
where v.judgement = '{judgement.name}' {first_of_case}"""


def message_sql(template: str, judgement: Judgement) -> str:
    """SQL that fills a message: `{field}` with the row's value, `{label}`, `{value}` and parameters by name."""
    parts: list[str] = []
    position = 0
    for match in PLACEHOLDER.finditer(template):
        parts += [_text(template[position : match.start()]), _placeholder(match[1], judgement)]
        position = match.end()
    parts.append(_text(template[position:]))
    return " || ".join(part for part in parts if part != "''") or "''"


def _placeholder(name: str, judgement: Judgement) -> str:
    card = judgement.card
    if name == "label":
        return _text(card.field(judgement.field).header)
    if name == "value":
        return _shown(card, judgement.field)
    if name in judgement.rule.params:
        return _text(str(judgement.rule.params[name]))
    return _shown(card, name) if name in card.by_name else _text(_BLANK)


def _shown(card: Card, name: str) -> str:
    """A value as a person reads it: dates in one form, everything else as it stood."""
    field = card.field(name)
    raw = f"c.{raw_column(field)}"
    text = f"strftime(c.{name}, '%Y-%m-%d'), {raw}" if field.type == "date" else raw
    return f"coalesce({text}, {_text(_BLANK)})"


def _settle(con: duckdb.DuckDBPyConnection) -> None:
    """Puts the findings in their final order, so that the same run writes the same bytes."""
    con.execute("create or replace table findings as select * from findings order by rule_id, card, fields, card_row")
    con.execute("drop table violations")


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
