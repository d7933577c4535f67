"""The Excel files of every front end: sheets of typed columns, all in one look.

A text is never taken for a formula, a number or a link. Which rows a sheet holds and what is masked in them is decided by whoever asks
for it; no finding is known here.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Kind = Literal["text", "number", "day"]

LAST_ROW = 1_048_575
"""The last row of a sheet, from 0."""

SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""How a workbook is opened that streams its rows to disk and takes every text for what it is."""

_HEADING = {"bold": True, "bg_color": "#E3E8EF", "border": 1, "text_wrap": True, "valign": "top"}
_CELL = {"text_wrap": True, "valign": "top"}
_DAY = {**_CELL, "num_format": "yyyy-mm-dd", "align": "left"}
_FORBIDDEN_IN_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST_NAME = 31
_A4 = 9


@dataclass(frozen=True)
class Column:
    """Its heading, what its cells hold, and its width in signs. A cell that is None or "" stays blank."""

    title: str
    width: int = 16
    kind: Kind = "text"


@dataclass(frozen=True)
class Sheet:
    """A table under its headings, `notes` above them. Rows beyond what a sheet holds go on in further sheets, so none is lost."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    notes: Sequence[str] = ()


def write_workbook(target: Path, sheets: Iterable[Sheet]) -> None:
    """Writes the sheets to `target`, which is there when it is complete or not at all."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        _write(str(unfinished), sheets)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def workbook_bytes(sheets: Iterable[Sheet]) -> bytes:
    """The sheets as the content of a file."""
    out = BytesIO()
    _write(out, sheets)
    return out.getvalue()


def _write(out: str | BytesIO, sheets: Iterable[Sheet]) -> None:
    with xlsxwriter.Workbook(out, SAFE) as book:
        writer = _Writer(book, book.add_format(_HEADING), book.add_format(_CELL), book.add_format(_DAY))
        for sheet in sheets:
            writer.add(sheet)


@dataclass(frozen=True)
class _Writer:
    """A workbook and its formats."""

    book: xlsxwriter.Workbook
    heading: Format
    cell: Format
    day: Format

    def add(self, sheet: Sheet) -> None:
        """The sheet, and as many further ones as its rows need."""
        rows, part = iter(sheet.rows), 1
        while True:
            page = self.book.add_worksheet(self._free_name(sheet.title if part == 1 else f"{sheet.title} {part}"))
            head = len(sheet.notes)
            self._set_up(page, sheet, head)
            last_row = self._fill(page, sheet.columns, rows, head + 1)
            page.autofilter(head, 0, max(last_row, head + 1), len(sheet.columns) - 1)
            following = next(rows, None)
            if following is None:
                return
            rows, part = chain([following], rows), part + 1

    def _set_up(self, page: Worksheet, sheet: Sheet, head: int) -> None:
        """Notes, headings, and how the sheet is read and printed."""
        for number, note in enumerate(sheet.notes):
            page.write_string(number, 0, note)
        for number, column in enumerate(sheet.columns):
            page.set_column(number, number, column.width)
            page.write_string(head, number, column.title, self.heading)
        page.freeze_panes(head + 1, 1)
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(head)
        page.set_footer("&C&P / &N")

    def _fill(
        self, page: Worksheet, columns: Sequence[Column], rows: Iterator[Sequence[object]], first_row: int
    ) -> int:
        """Writes rows until they or the sheet end; the number of the last one written."""
        number = first_row - 1
        for row in rows:
            number += 1
            for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                if value is not None and value != "":
                    self._put(page, number, place, column.kind, value)
            if number == LAST_ROW:
                break
        return number

    def _put(self, page: Worksheet, row: int, place: int, kind: Kind, value: object) -> None:
        """A cell as its column says; a value of another kind is a mistake of the caller."""
        match kind, value:
            case "text", _:
                page.write_string(row, place, str(value), self.cell)
            case "number", int() | float() | Decimal():
                page.write_number(row, place, float(value) if isinstance(value, Decimal) else value, self.cell)
            case "day", date():
                page.write_datetime(row, place, datetime(value.year, value.month, value.day), self.day)
            case _:
                raise TypeError(f"a {kind} column can't hold {value!r}")

    def _free_name(self, title: str) -> str:
        """The title as Excel takes it for a sheet, with a number where it is taken already."""
        base = title.translate(_FORBIDDEN_IN_NAMES).strip()[:_LONGEST_NAME] or "-"
        names_taken = {page.get_name().lower() for page in self.book.worksheets()}
        name, number = base, 2
        while name.lower() in names_taken:
            suffix = f" ({number})"
            name, number = base[: _LONGEST_NAME - len(suffix)] + suffix, number + 1
        return name
