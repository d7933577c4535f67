"""Cells of .xlsx, .xls, .xlsb and .ods as text, by calamine.

What calamine would lose or move is put right before it reads, in the container: `packages`, `binary_packages`, `records`,
`open_document`. Here it is asked for the cells, and error values, which it blanks out, are put back.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from .binary_packages import is_binary_package, with_corners
from .open_document import is_open_document, with_errors_shown
from .outcome import (
    EMPTY,
    HIDDEN,
    NO_CELLS,
    SAVE_AGAIN,
    Book,
    ReadSheet,
    SheetFacts,
    Unreadable,
    UnreadSheet,
    below_first,
    text_column,
)
from .packages import is_package, written_anew
from .places import CORNER
from .records import with_right_records

_OLE = b"\xd0\xcf\x11\xe0"
_BARE_RECORDS = b"\t"
"""Records without a container begin with 9; what is no workbook does not come here."""
_ERRORS = {
    "Div0": "#DIV/0!",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}
_MIDNIGHT = r"^(\d{4}-\d\d-\d\d) 00:00:00$"


def read_spreadsheet(path: Path, folder: Path) -> Iterator[ReadSheet | UnreadSheet]:
    """Every sheet in order. Raises Unreadable where none of the shown ones can be read."""
    book = _prepared(path, folder)
    try:
        reader = fastexcel.read_excel(str(book.content) if isinstance(book.content, Path) else book.content)
    except fastexcel.FastExcelError as error:
        raise _refusal(error) from None
    failures, is_any_read = list[Unreadable](), False
    for number, sheet in enumerate(book.sheets or map(SheetFacts, reader.sheet_names)):
        if sheet.state != "visible" or not sheet.has_cells:
            yield UnreadSheet(sheet.name, number, HIDDEN if sheet.has_cells else NO_CELLS)
            continue
        try:
            yield (read := _read(reader, number, sheet, book))
            is_any_read |= isinstance(read, ReadSheet)
        except Unreadable as problem:
            failures.append(problem)
            yield UnreadSheet(sheet.name, number, problem.reason, problem.hint, refused=True)
    if failures and not is_any_read:
        raise failures[0]


def _prepared(path: Path, folder: Path) -> Book:
    with path.open("rb") as stream:
        start = stream.read(len(_OLE))
    if start == _OLE:  # asked first, as Excel puts a zip with its theme into an .xls
        return with_right_records(path)
    if start.startswith(_BARE_RECORDS):
        raise Unreadable(("Excel 4 或更早版本的工作簿", "a workbook of Excel 4 or older"), SAVE_AGAIN)
    if is_package(path):
        return written_anew(path, folder)
    if is_binary_package(path):
        return with_corners(path, folder)
    return with_errors_shown(path, folder) if is_open_document(path) else Book((), path.read_bytes())


def _read(reader: fastexcel.ExcelReader, number: int, sheet: SheetFacts, book: Book) -> ReadSheet | UnreadSheet:
    """The text columns of a sheet. Raises Unreadable."""
    if sheet.problem:
        raise sheet.problem
    # sheets of a package that was written anew have names of their own, and those that can't be read are not there
    key: int | str = sheet.name if isinstance(book.content, Path) else number
    try:
        cells = reader.load_sheet(key, header_row=None, skip_rows=0, dtypes="string")
    except fastexcel.FastExcelError as error:
        raise _refusal(error) from None
    if cells.visible != "visible":
        return UnreadSheet(sheet.name, number, HIDDEN)
    columns = _columns(cells, book.rows_on_top) if cells.width and cells.height else []
    # counted from A everywhere: merged cells, and addresses that people look up
    columns = [pa.nulls(len(columns[0]), pa.string())] * sheet.first_column + columns if columns else []
    if not columns:
        return UnreadSheet(sheet.name, number, EMPTY)
    return ReadSheet(sheet.name, number, columns, below_first(columns, sheet.merged), book.from_1904)


def _columns(cells: fastexcel.ExcelSheet, rows_on_top: int) -> list[pa.Array]:
    """The columns up to the last one that holds something, without the rows on top; none of a sheet that holds nothing."""
    batch, errors = cells.to_arrow_with_errors()
    corrections: dict[int, dict[int, str | None]] = {}
    for error in errors.errors if errors else ():
        row, column = error.position
        corrections.setdefault(column, {})[row] = _error_text(error.detail)
    if batch.num_rows and batch.column(0)[0].as_py() == CORNER:
        corrections.setdefault(0, {})[0] = None
    columns = [
        _corrected(column, corrections.get(place, {})).slice(rows_on_top) for place, column in enumerate(batch.columns)
    ]
    last = max((place for place, column in enumerate(columns) if column.null_count < len(column)), default=-1)
    return columns[: last + 1]


def _corrected(column: pa.Array, corrections: Mapping[int, str | None]) -> pa.Array:
    """The column as text with dates as days and with the given rows replaced."""
    column = column.cast(pa.string())
    # calamine gives a day as its midnight; the pattern is slow, and most columns hold no day
    if pc.any(pc.ends_with(column, " 00:00:00")).as_py():
        column = pc.replace_substring_regex(column, _MIDNIGHT, r"\1")
    if not corrections:
        return column
    cells = column.to_pylist()
    for row, text in corrections.items():
        if row < len(cells):
            cells[row] = text
    return text_column(cells)


def _error_text(detail: str) -> str:
    match = re.search(r"Error\((\w+)\)", detail)
    return _ERRORS.get(match[1], "#ERROR!") if match else "#ERROR!"


def _refusal(error: Exception) -> Unreadable:
    causes = [line.strip() for line in str(error).splitlines() if line.strip() and line.strip() != "Context:"]
    if "password" in str(error).lower():
        return Unreadable(
            ("工作簿有打开密码", "the workbook is password-protected"), ("去掉密码后另存", "save it without a password")
        )
    cause = causes[0][:120] if causes else ""
    return Unreadable(
        (f"工作簿已损坏或格式不受支持（{cause}）", f"damaged or unsupported workbook ({cause})"), SAVE_AGAIN
    )
