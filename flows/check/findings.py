"""What a check found in each file, read from the run it made: findings with their cells, rows not read, rules not judged.

Selecting only; how it is written into a workbook is `marks`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from expectations.catalogue.catalogues import Catalogue
from expectations.finding.columns import COLUMNS, LISTED, Finding, finding_of, selected
from expectations.finding.headings import HANDED_OUT
from expectations.finding.labels import Severity, severity_of
from expectations.finding.masks import NO_MASKS
from expectations.run.words.headings import headings
from expectations.texts import Bilingual, Language, joined

_FINDINGS = f"""
select {selected(rows="f")}, r.title_zh, r.title_en, r.how_to_fill, r.how_to_fill_en
from findings f join rules r using (rule_id) order by f.file_no, f.sheet, f.sheet_row, f.rule_id, f.rowid
"""
_NOT_JUDGED = """
select j.card, j.rule_id, r.title_zh, r.title_en, j.state, string_agg(distinct j.reason, '；' order by j.reason),
  string_agg(distinct j.reason_en, '; ' order by j.reason_en)
from judgements j join rules r using (rule_id)
where j.state <> 'judged' and j.card in (select card from files where status = 'loaded')
group by all order by j.card, j.rule_id
"""
_PARTLY = """
with optional_needs as (
  select distinct j.card, j.rule_id, rtrim(need, '?') as other_card
  from judgements j join rules r using (rule_id), unnest(string_split(r.needs, '|')) n(need)
  where j.state = 'judged' and ends_with(need, '?')
)
select card, rule_id, list(other_card order by other_card) from optional_needs
where other_card not in (select card from files where status = 'loaded') and other_card <> card group by all order by card, rule_id
"""
"""Rules that also look at another card where there is one, and did not have it."""


@dataclass(frozen=True)
class CheckFinding:
    """A finding with the texts of its rule and the columns of its row that are concerned: `column` holds the item, `related`
    what it was compared with.

    `items` are the headings of the items concerned. Columns count from 1; `column` is None when the file has no column of the item.
    """

    finding: Finding
    items: tuple[str, ...]
    column: int | None
    case_column: int
    related: tuple[int, ...]
    named: Bilingual
    how: Bilingual

    @property
    def item(self) -> Bilingual:
        """The items concerned, as one text."""
        return joined(Bilingual("、", ", "), self.items)

    @property
    def message(self) -> Bilingual:
        """What is wrong."""
        return Bilingual(self.finding.message, self.finding.message_en or self.finding.message)

    @property
    def severity(self) -> Severity:
        """serious, normal or hint."""
        return severity_of(self.finding.severity, self.finding.is_hint)

    def as_object(self) -> dict[str, object]:
        """As `anka check --format json` says it: what is wrong and where, without the values."""
        finding = self.finding
        listed_items = {HANDED_OUT.get(name, name): getattr(finding, name) for name in LISTED if name != "values"}
        return {
            **listed_items,
            **{name: text for name, said in self._texts.items() for name, text in said_in_both(name, said)},
            "item": self.item.zh,
            "column": self.column,
            "case_column": self.case_column,
            "related": self.related,
            "name": finding.name or finding.case_name,
            "row": finding.sheet_row,
            "severity": self.severity,
        }

    @property
    def _texts(self) -> Mapping[str, Bilingual]:
        return {"message": self.message, "title": self.named, "how_to_fill": self.how}


def said_in_both(name: str, text: Bilingual) -> Iterator[tuple[str, str]]:
    """A text as JSON has it: Chinese under its name, English under `<name>_en`."""
    yield name, text.zh
    yield f"{name}_en", text.en


@dataclass(frozen=True)
class NotJudged:
    """A rule that said nothing on this card, and why. `broken` is a rule in error, not one that lacked something."""

    card: str
    rule_id: str
    title: Bilingual
    reason: Bilingual
    broken: bool

    def as_object(self) -> dict[str, object]:
        """As `anka check --format json` says it."""
        texts = (*said_in_both("title", self.title), *said_in_both("reason", self.reason))
        return {"card": self.card, "rule_id": self.rule_id, **dict(texts), "broken": self.broken}


@dataclass(frozen=True)
class FileCheck:
    """What was found in one file."""

    file_no: int
    name: str
    cards: tuple[str, ...]
    headings: Mapping[str, str]
    """What its cards call the columns of findings."""
    header_rows: Mapping[str, int]
    rows_read: int
    rows_loaded: int
    findings: tuple[CheckFinding, ...]
    not_loaded: tuple[tuple[str, int, Bilingual], ...]
    """Sheet, row and reason of rows that are no cards: totals, copies of the header, equal rows."""
    not_judged: tuple[NotJudged, ...]
    partly: Mapping[str, tuple[str, ...]]
    """Rules judged without the other cards they would look at, with these cards."""

    def count(self, severity: Severity) -> int:
        """How many findings of that severity."""
        return sum(finding.severity == severity for finding in self.findings)


def file_checks(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, language: Language) -> tuple[FileCheck, ...]:
    """What the run found, one entry per file in the order they were given."""
    columns: dict[tuple[int, str], dict[str, int]] = {}
    for file_no, sheet, position, field in con.execute(
        "select file_no, sheet, position, field from file_columns where field <> ''"
    ).fetchall():
        columns.setdefault((file_no, sheet), {})[field] = position + 1
    findings: dict[int, list[CheckFinding]] = {}
    for row in con.execute(_FINDINGS).fetchall():
        check_finding = _finding(row, catalogue, columns)
        findings.setdefault(check_finding.finding.file_no, []).append(check_finding)
    unjudged = [
        NotJudged(card, rule, Bilingual(title, title_en or title), Bilingual(zh or "", en or ""), state == "error")
        for card, rule, title, title_en, state, zh, en in con.execute(_NOT_JUDGED).fetchall()
    ]
    partly = [(str(card), str(rule), tuple(other_cards)) for card, rule, other_cards in con.execute(_PARTLY).fetchall()]
    return tuple(
        _file(con, number, findings.get(number, []), unjudged, partly, language) for number in _file_numbers(con)
    )


def _file_numbers(con: duckdb.DuckDBPyConnection) -> list[int]:
    return [int(row[0]) for row in con.execute("select distinct file_no from files order by file_no").fetchall()]


def _file(
    con: duckdb.DuckDBPyConnection,
    number: int,
    findings: Sequence[CheckFinding],
    unjudged: Sequence[NotJudged],
    partly: Sequence[tuple[str, str, tuple[str, ...]]],
    language: Language,
) -> FileCheck:
    sheets = con.execute(
        "select name, sheet, card, header_row, rows_read, rows_loaded from files where file_no = ? and status = 'loaded'",
        [number],
    ).fetchall()
    rejected = con.execute(
        "select sheet, sheet_row, reason, reason_en from rejected_rows where file_no = ? order by sheet, sheet_row",
        [number],
    ).fetchall()
    cards = tuple(dict.fromkeys(str(row[2]) for row in sheets))
    return FileCheck(
        file_no=number,
        name=str(sheets[0][0]) if sheets else "",
        cards=cards,
        headings=headings(con, language, cards),
        header_rows={row[1]: row[3] for row in sheets},
        rows_read=sum(row[4] for row in sheets),
        rows_loaded=sum(row[5] for row in sheets),
        findings=tuple(findings),
        not_loaded=tuple((str(sheet), int(row), Bilingual(zh, en)) for sheet, row, zh, en in rejected),
        not_judged=tuple(rule for rule in unjudged if rule.card in cards),
        partly={rule_id: other_cards for card, rule_id, other_cards in partly if card in cards},
    )


def _finding(
    row: Sequence[object], catalogue: Catalogue, columns: Mapping[tuple[int, str], Mapping[str, int]]
) -> CheckFinding:
    finding = finding_of(dict(zip(COLUMNS, row, strict=False)), NO_MASKS)
    column_of_item = columns.get((finding.file_no, finding.sheet), {})
    card, items = catalogue.cards[finding.card], finding.fields
    items_with_column = [item for item in items if item in column_of_item]
    # where the first item has no column, the mark goes to a blank one: of those compared it is the one to fill
    main_item = (
        items[0]
        if items[0] in column_of_item
        else next((item for item in items_with_column if not finding.values.get(item)), "")
    )
    main_item = main_item or (items_with_column[0] if items_with_column else "")
    related = tuple(
        column_of_item[item] for item in items_with_column if item != main_item and finding.values.get(item)
    )
    headers = [card.by_name[item].header if item in card.by_name else _elsewhere(catalogue, item) for item in items]
    title, title_en, how, how_en = ("" if text is None else str(text) for text in row[len(COLUMNS) :])
    return CheckFinding(
        finding,
        tuple(headers),
        column_of_item.get(main_item),
        column_of_item.get(card.role("case") or "", 1),
        related,
        Bilingual(title, title_en or title),
        Bilingual(how, how_en or how),
    )


def _elsewhere(catalogue: Catalogue, item: str) -> str:
    """The title and heading of an item of another card, `card.item`."""
    name, _, field = item.partition(".")
    card = catalogue.cards.get(name)
    return f"{card.title_zh}·{card.by_name[field].header}" if card and field in card.by_name else item
