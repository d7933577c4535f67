"""Cells of .xlsx, .xls, .xlsb and .ods as text, by calamine.

Calamine reads numbers as floats and blanks out error values; both are put right here.
"""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from .exact_numbers import exact_numbers
from .outcome import ReadSheet, Unreadable, text_column

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


def read_spreadsheet(path: Path) -> Iterator[ReadSheet]:
    """Every visible sheet that has cells. Raises Unreadable."""
    try:
        reader = fastexcel.read_excel(path.read_bytes())
    except fastexcel.FastExcelError as error:
        raise _refusal(error) from None
    failures: list[Unreadable] = []
    read = 0
    for number, name in enumerate(reader.sheet_names):
        try:
            columns = _columns(reader, number, path)
        except fastexcel.FastExcelError as error:
            failures.append(_refusal(error))
            continue
        if columns:
            read += 1
            yield ReadSheet(name, number, columns)
    if failures and not read:
        raise failures[0]


def _columns(reader: fastexcel.ExcelReader, number: int, path: Path) -> list[pa.Array]:
    """Text columns of a sheet; none for a hidden or empty one."""
    sheet = reader.load_sheet(number, header_row=None, skip_rows=0, dtypes="string")
    if sheet.visible != "visible" or not sheet.width or not sheet.height:
        return []
    batch, errors = sheet.to_arrow_with_errors()
    corrections: dict[int, dict[int, str]] = {}
    for error in errors.errors if errors else ():
        row, column = error.position
        corrections.setdefault(column, {})[row] = _error_text(error.detail)
    if zipfile.is_zipfile(path):
        for (row, column), digits in exact_numbers(path, number).items():
            corrections.setdefault(column, {})[row] = digits
    return [_corrected(column, corrections.get(place, {})) for place, column in enumerate(batch.columns)]


def _corrected(column: pa.Array, corrections: dict[int, str]) -> pa.Array:
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
        (f"工作簿已损坏或格式不受支持（{cause}）", f"damaged or unsupported workbook ({cause})"),
        ("在 Excel 或 WPS 中打开后另存为 xlsx", "save it again as xlsx"),
    )
