"""What a load did, per file and sheet, and the text a supervisor reads (spec: exports, section 5).

Shapes and wording only; the figures are counted in `load_tables`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from expectations.catalogue.catalogues import Catalogue
from expectations.finding.masks import mask_identity
from expectations.judging.judge import LoadedCards
from expectations.run.loaded.load_report import ARTEFACT_HINT, ARTEFACTS, STATUS
from expectations.texts import Bilingual
from flows.load.headings import Column

Status = Literal["loaded", "ignored", "refused"]


@dataclass(frozen=True)
class RowCounts:
    """Rows of a sheet below its headings: `read` = `loaded` + `rejected`."""

    read: int = 0
    loaded: int = 0
    header_copy: int = 0
    total: int = 0
    footer: int = 0
    column_numbers: int = 0
    blank: int = 0
    duplicate: int = 0
    replaced: int = 0
    malformed: int = 0

    @property
    def rejected(self) -> int:
        """Rows that count as no card, whatever the reason."""
        of_the_row = self.header_copy + self.total + self.footer + self.column_numbers + self.blank
        return of_the_row + self.duplicate + self.replaced + self.malformed

    def __add__(self, other: "RowCounts") -> "RowCounts":
        return RowCounts(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Artefact:
    """What a spreadsheet did to the numbers of a column: how, in how many cells, the first rows, one text."""

    field: str
    kind: str
    cells: int
    first_rows: Sequence[int]
    example: str


@dataclass(frozen=True)
class SheetReport:
    """One sheet of one file. `file_no` counts the files of the run from 0, `header_row` from 1; 0 is none."""

    file_no: int
    name: str
    sha256: str
    sheet: str
    card: str
    status: Status
    reason: Bilingual
    header_row: int
    rows: RowCounts
    columns: tuple[Column, ...] = ()
    missing: tuple[str, ...] = ()
    without_case: int = 0
    unreadable: Mapping[str, tuple[int, tuple[str, ...]]] | None = None
    damaged: tuple[int, tuple[tuple[int, str], ...]] = (0, ())
    """How many of the unreadable cells hold a character that could not be read, and the row and field of the first few."""
    artefacts: tuple[Artefact, ...] = ()

    @property
    def title(self) -> str:
        """File and sheet."""
        return f"{self.name} [{self.sheet}]" if self.sheet else self.name


@dataclass(frozen=True)
class LoadReport:
    """The outcome of a load. `absent`: by card and field, the files of the card that lack the field's column."""

    sheets: tuple[SheetReport, ...]
    skipped: tuple[str, ...]
    loaded_cards: tuple[str, ...]
    absent: Mapping[str, Mapping[str, frozenset[int]]]
    input_hash: str
    former: Path | None = None
    """The published file of the run whose rows were gone on with."""

    @property
    def rows(self) -> RowCounts:
        """Rows of all files."""
        return sum((sheet.rows for sheet in self.sheets), RowCounts())

    @property
    def refused(self) -> tuple[SheetReport, ...]:
        """The files that could not be loaded."""
        return tuple(sheet for sheet in self.sheets if sheet.status == "refused")


def cards_to_judge(report: LoadReport) -> LoadedCards:
    """What the judge must know of the load."""
    files: dict[str, set[int]] = {}
    unreadable: dict[str, set[str]] = {}
    merged: dict[str, int] = {}
    for sheet in report.sheets:
        if sheet.status == "loaded":
            files.setdefault(sheet.card, set()).add(sheet.file_no)
            unreadable.setdefault(sheet.card, set()).update(sheet.unreadable or {})
            merged[sheet.card] = merged.get(sheet.card, 0) + sheet.rows.duplicate
    return LoadedCards(
        {card: frozenset(numbers) for card, numbers in files.items()},
        report.absent,
        {card: frozenset(fields) for card, fields in unreadable.items()},
        merged,
    )


_FILLED_DOWN = Bilingual("合并单元格，已按首格填入下面各格", "merged cells, filled down")
_MERGED = Bilingual("合并单元格，下面各格视为空白", "merged cells, those below are blank")
_UNREADABLE = Bilingual("无法识别", "unreadable")
_DAMAGED = Bilingual("字符损坏，请在源文件中核对", "damaged characters, check them in the export")
_BY_ALIAS = Bilingual("别名", "by alias")


def headers_of(catalogue: Catalogue) -> dict[tuple[str, str], str]:
    """The heading of every item by card and name."""
    return {(card.name, field.name): field.header for card in catalogue.cards.values() for field in card.fields}


def report_as_text(report: LoadReport, labels: Mapping[tuple[str, str], str]) -> str:
    """The report as plain text; `labels` gives the heading of a card's field."""
    parts = [line for sheet in report.sheets for line in _sheet_lines(sheet, labels)]
    parts += [Bilingual("跳过", "skipped").about(name) for name in report.skipped]
    rows = report.rows
    counts = f"读入 {rows.read} = 载入 {rows.loaded} + 剔除 {rows.rejected} (read = loaded + rejected)"
    parts.append(Bilingual("合计", "total").about(counts))
    return "\n".join(parts)


def _sheet_lines(sheet: SheetReport, labels: Mapping[tuple[str, str], str]) -> list[str]:
    if sheet.status != "loaded":
        return [f"{sheet.title}: {STATUS[sheet.status]}: {sheet.reason}"]
    rows = sheet.rows
    matched = [sheet_column for sheet_column in sheet.columns if sheet_column.field]
    by_alias = sum(sheet_column.matched_by == "alias" for sheet_column in matched)
    extra = [sheet_column.header for sheet_column in sheet.columns if not sheet_column.field]
    lines = [
        f"{sheet.title}: " + Bilingual(f"{sheet.card}，表头第 {sheet.header_row} 行", f"header row {sheet.header_row}"),
        f"  读入 {rows.read} = 载入 {rows.loaded} + 剔除 {rows.rejected}（{_reasons(rows)}）",
        "  " + Bilingual("相符的列", "matched columns").about(f"{len(matched)}（{_BY_ALIAS} {by_alias}）"),
        "  " + Bilingual("其他列", "extra columns").about("、".join(extra) or "无"),
    ]
    if twice := [sheet_column.header for sheet_column in sheet.columns if sheet_column.matched_by == "twice"]:
        lines.append(
            "  "
            + Bilingual("同一案卡项有几列，未采用的列", "several columns of one item, not used").about("、".join(twice))
        )
    if sheet.missing:
        lines.append(
            "  "
            + Bilingual("缺少的列", f"missing columns ({len(sheet.missing)})").about(
                _names(sheet.card, sheet.missing, labels)
            )
        )
    for sheet_column in sheet.columns:
        if sheet_column.merged:
            words = _FILLED_DOWN if sheet_column.filled_down else _MERGED
            lines.append("  " + words.about(f"{sheet_column.header} {sheet_column.merged}"))
    if sheet.without_case:
        lines.append("  " + Bilingual("没有部门受案号的行", "rows without case number").about(sheet.without_case))
    for field, (count, texts) in (sheet.unreadable or {}).items():
        lines.append(f"  {_UNREADABLE} {_names(sheet.card, (field,), labels)}: {count} 格，如 {'、'.join(texts)}")
    number, places = sheet.damaged
    if number:
        rows_and_items = "、".join(f"第 {row} 行“{_names(sheet.card, (field,), labels)}”" for row, field in places)
        lines.append(f"  {_DAMAGED}: {number} 格，如 {rows_and_items}")
    for artefact in sheet.artefacts:
        where = f"{_names(sheet.card, (artefact.field,), labels)}: {artefact.cells} 格"
        rows_named = f"第 {'、'.join(map(str, artefact.first_rows))} 行"
        example = f"如 {mask_identity(artefact.example)}（{rows_named}）"
        lines.append("  " + ARTEFACTS[artefact.kind].about(f"{where}，{example}。{ARTEFACT_HINT}"))
    return lines


def _reasons(rows: RowCounts) -> str:
    return (
        f"表头 {rows.header_copy}，合计 {rows.total}，表尾 {rows.footer}，栏次 {rows.column_numbers}，空行 {rows.blank}，重复 {rows.duplicate}，"
        f"被替换 {rows.replaced}，格式错误 {rows.malformed}"
    )


def _names(card: str, fields: tuple[str, ...], labels: Mapping[tuple[str, str], str]) -> str:
    return "、".join(labels.get((card, field), field) for field in fields)
