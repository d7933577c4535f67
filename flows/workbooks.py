"""Excel files of findings: one way to write a sheet, for the list of findings and the review batch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

_FORBIDDEN_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST_SHEET_NAME = 31
_LAST_ROW = 1_048_575
_WIDTHS: Mapping[str, int] = {
    "message": 60,
    "错误明细": 60,
    "values": 40,
    "现值": 40,
    "依据": 30,
    "basis": 30,
    "部门受案号": 36,
    "bmsah": 36,
}
_USUAL_WIDTH = 16


@contextmanager
def new_workbook(path: Path) -> Iterator[Workbook]:
    """A workbook that streams its rows to disk; no text of a card is ever taken for a formula or a link."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        yield workbook


def add_sheet(
    workbook: Workbook, title: str, header: Sequence[str], rows: Iterable[Sequence[object]], notes: Sequence[str] = ()
) -> None:
    """One sheet: notes on top, a header that stays in view and can be filtered, then the rows.

    Rows beyond Excel's limit go on in further sheets, so none is lost.
    """
    bold, wrapped = (
        workbook.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1}),
        workbook.add_format({"text_wrap": True, "valign": "top"}),
    )
    iterator, part, unwritten = iter(rows), 1, True
    while unwritten:
        sheet = workbook.add_worksheet(_sheet_name(workbook, title if part == 1 else f"{title} {part}"))
        for column, name in enumerate(header):
            sheet.set_column(column, column, _WIDTHS.get(name, _USUAL_WIDTH))
        for number, note in enumerate(notes):
            sheet.write_string(number, 0, note)
        head = len(notes)
        sheet.write_row(head, 0, header, bold)
        sheet.freeze_panes(head + 1, 0)
        unwritten = _write_rows(sheet, iterator, head + 1, wrapped)
        part += 1


def _write_rows(
    sheet: xlsxwriter.workbook.Worksheet, rows: Iterator[Sequence[object]], first: int, wrapped: Format
) -> bool:
    """Writes rows until they or the sheet end; true when rows may be left."""
    number = first
    for row in rows:
        for column, value in enumerate(row):
            if isinstance(value, bool | int | float):
                sheet.write(number, column, value, wrapped)
            elif value is not None:
                sheet.write_string(number, column, str(value), wrapped)
        number += 1
        if number > _LAST_ROW:
            return True
    return False


def _sheet_name(workbook: Workbook, title: str) -> str:
    base = title.translate(_FORBIDDEN_IN_SHEET_NAMES).strip()[:_LONGEST_SHEET_NAME] or "-"
    taken = {sheet.get_name().lower() for sheet in workbook.worksheets()}
    name, number = base, 2
    while name.lower() in taken:
        suffix = f" ({number})"
        name, number = base[: _LONGEST_SHEET_NAME - len(suffix)] + suffix, number + 1
    return name
