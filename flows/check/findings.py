"""What a check found in each file, read from the run it made: findings with their cells, rows not read, rules not judged.

Selecting only; how it is written into a workbook is `check_marks`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import duckdb

from expectations import Catalogue

Severity = Literal["serious", "normal", "hint"]
SEVERITIES: tuple[Severity, ...] = ("serious", "normal", "hint")

_FINDINGS = """
select f.file_no, f.sheet, f.sheet_row, f.rule_id, case when f.is_hint then 'hint' else f.severity end,
  f.error_type, f.card, coalesce(f.bmsah, ''), coalesce(f.suspect_no, ''), coalesce(f.name, f.case_name, ''), f.owner, f.fields, f."values",
  f.message, f.message_en, f.basis, r.title_zh, r.title_en, r.how_to_fill, r.how_to_fill_en
from findings f join rules r using (rule_id) order by f.file_no, f.sheet, f.sheet_row, f.rule_id, f.rowid
"""
_NOT_JUDGED = """
select j.card, j.rule_id, r.title_zh, r.title_en, j.state, string_agg(distinct j.reason, '；' order by j.reason)
from judgements j join rules r using (rule_id)
where j.state <> 'judged' and j.card in (select card from files where status = 'loaded')
group by all order by j.card, j.rule_id
"""
_PARTLY = """
with wanted as (
  select distinct j.card, j.rule_id, rtrim(need, '?') as other
  from judgements j join rules r using (rule_id), unnest(string_split(r.needs, '|')) n(need)
  where j.state = 'judged' and ends_with(need, '?')
)
select card, rule_id, list(other order by other) from wanted
where other not in (select card from files where status = 'loaded') and other <> card group by all order by card, rule_id
"""
"""Rules that also look at another card where there is one, and did not have it."""


@dataclass(frozen=True)
class CheckFinding:
    """A finding and the columns of its row that are concerned: `column` holds the item, `related` what it was compared with.

    Columns count from 1; `column` is None when the file has no column of the item.
    """

    sheet: str
    row: int
    rule_id: str
    severity: Severity
    error_type: str
    card: str
    bmsah: str
    suspect_no: str
    name: str
    owner: str
    item: str
    column: int | None
    case_column: int
    related: tuple[int, ...]
    message: str
    message_en: str
    basis: str
    title: str
    title_en: str
    how_to_fill: str
    how_to_fill_en: str


@dataclass(frozen=True)
class NotJudged:
    """A rule that said nothing on this card, and why. `broken` is a rule in error, not one that lacked something."""

    card: str
    rule_id: str
    title: str
    title_en: str
    reason: str
    broken: bool


@dataclass(frozen=True)
class FileCheck:
    """What was found in one file."""

    file_no: int
    name: str
    cards: tuple[str, ...]
    header_rows: Mapping[str, int]
    rows_read: int
    rows_loaded: int
    findings: tuple[CheckFinding, ...]
    not_loaded: tuple[tuple[str, int, str], ...]
    """Sheet, row and reason of rows that are no cards: totals, copies of the header, equal rows."""
    not_judged: tuple[NotJudged, ...]
    partly: Mapping[str, tuple[str, ...]]
    """Rules judged without the other cards they would look at, with these cards."""

    def count(self, severity: Severity) -> int:
        """How many findings of that severity."""
        return sum(finding.severity == severity for finding in self.findings)


def file_checks(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> tuple[FileCheck, ...]:
    """What the run found, one entry per file in the order they were given."""
    columns: dict[tuple[int, str], dict[str, int]] = {}
    for file_no, sheet, position, field in con.execute(
        "select file_no, sheet, position, field from file_columns where field <> ''"
    ).fetchall():
        columns.setdefault((file_no, sheet), {})[field] = position + 1
    findings: dict[int, list[CheckFinding]] = {}
    for row in con.execute(_FINDINGS).fetchall():
        findings.setdefault(row[0], []).append(_finding(row, catalogue, columns.get((row[0], row[1]), {})))
    unjudged = [
        NotJudged(card, rule, title, title_en or title, reason or "", state == "error")
        for card, rule, title, title_en, state, reason in con.execute(_NOT_JUDGED).fetchall()
    ]
    partly = [(str(card), str(rule), tuple(others)) for card, rule, others in con.execute(_PARTLY).fetchall()]
    return tuple(_file(con, number, findings.get(number, []), unjudged, partly) for number in _file_numbers(con))


def _file_numbers(con: duckdb.DuckDBPyConnection) -> list[int]:
    return [int(row[0]) for row in con.execute("select distinct file_no from files order by file_no").fetchall()]


def _file(
    con: duckdb.DuckDBPyConnection,
    number: int,
    findings: Sequence[CheckFinding],
    unjudged: Sequence[NotJudged],
    partly: Sequence[tuple[str, str, tuple[str, ...]]],
) -> FileCheck:
    sheets = con.execute(
        "select name, sheet, card, header_row, rows_read, rows_loaded from files where file_no = ? and status = 'loaded'",
        [number],
    ).fetchall()
    rejected = con.execute(
        "select sheet, sheet_row, reason from rejected_rows where file_no = ? order by sheet, sheet_row", [number]
    ).fetchall()
    cards = tuple(dict.fromkeys(str(row[2]) for row in sheets))
    return FileCheck(
        file_no=number, name=str(sheets[0][0]) if sheets else "", cards=cards, header_rows={row[1]: row[3] for row in sheets},
        rows_read=sum(row[4] for row in sheets), rows_loaded=sum(row[5] for row in sheets), findings=tuple(findings),
        not_loaded=tuple((str(sheet), int(row), str(reason)) for sheet, row, reason in rejected),
        not_judged=tuple(one for one in unjudged if one.card in cards),
        partly={rule: others for card, rule, others in partly if card in cards},
    )  # fmt: skip


def _finding(row: Sequence[object], catalogue: Catalogue, columns: Mapping[str, int]) -> CheckFinding:
    _, sheet, sheet_row, rule_id, severity, error_type, card_name, bmsah, suspect_no, name, owner, fields, values = row[
        :13
    ]
    card = catalogue.cards[str(card_name)]
    named = str(fields).split("|") if fields else []
    present: Mapping[str, str | None] = json.loads(str(values))
    own = [field for field in named if field in columns]
    main = named[0] if named and named[0] in columns else next((field for field in own if not present.get(field)), "")
    main = main or (own[0] if own else "")
    related = tuple(columns[field] for field in own if field != main and present.get(field))
    headers = [card.by_name[field].header if field in card.by_name else _elsewhere(catalogue, field) for field in named]
    case = card.role("case")
    texts = ["" if text is None else str(text) for text in row[13:]]
    kind: Severity = "serious" if severity == "serious" else "hint" if severity == "hint" else "normal"
    return CheckFinding(
        str(sheet), int(str(sheet_row)), str(rule_id), kind, str(error_type), card.name, str(bmsah), str(suspect_no),
        str(name), str(owner), "、".join(headers), columns.get(main), columns.get(case or "", 1), related, *texts,
    )  # fmt: skip


def _elsewhere(catalogue: Catalogue, item: str) -> str:
    """The title and heading of an item of another card, `card.item`."""
    name, _, field = item.partition(".")
    card = catalogue.cards.get(name)
    return f"{card.title_zh}·{card.by_name[field].header}" if card and field in card.by_name else item
