"""Long numbers of an .xlsx as they are written in its XML: 17-digit case numbers do not survive a float.

Only numeric cells of 16 and more digits are looked for; everything else comes from the parser.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO
from xml.etree import ElementTree

Place = tuple[int, int]
"""Row and column, both from 0, the column relative to the first one with content."""

_CHUNK = 4 * 2**20
_ROW_END = re.compile(rb"</(?:\w+:)?row>")
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?(?:\br=\"(\d+)\"[^>]*)?>")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*)>")
_LONG = re.compile(rb"v>(-?\d{16,}(?:\.0*)?|-?\d\.\d+[eE]\+?(?:1[5-9]|2\d))</")
_REFERENCE = re.compile(rb"\br=\"([A-Z]+)(\d+)\"")
_TYPE = re.compile(rb"\bt=\"(\w+)\"")
_FILLED = re.compile(rb"<(?:\w+:)?c\b([^>/]*)>\s*<(?:\w+:)?(?:v|is|f)\b")


def exact_numbers(path: Path, sheet: int) -> dict[Place, str]:
    """Digits of every long number of the sheet at that place in the workbook; empty for other kinds of zip."""
    with zipfile.ZipFile(path) as archive:
        part = _sheet_part(archive, sheet)
        if part is None:
            return {}
        numbers: dict[Place, str] = {}
        first_column, rows_before = 1_000_000, 0
        with archive.open(part) as stream:
            for piece in _whole_rows(stream):
                if _LONG.search(piece):
                    numbers |= _numbers_in(piece, rows_before)
                first_column = min(first_column, _first_column(piece))
                rows_before += len(_ROW_END.findall(piece))
    # the parser gives no empty columns on the left: its first one is the first with content
    return {(row, column - first_column): digits for (row, column), digits in numbers.items()}


def _numbers_in(rows: bytes, rows_before: int) -> dict[Place, str]:
    numbers: dict[Place, str] = {}
    for match in _LONG.finditer(rows):
        cell = _cell_before(rows, match.start())
        kind = _TYPE.search(cell[1]) if cell else None
        if cell is None or (kind and kind[1] != b"n"):
            continue
        numbers[_place(rows, cell, rows_before)] = _digits(match[1].decode())
    return numbers


def _cell_before(rows: bytes, place: int) -> re.Match[bytes] | None:
    start = max(rows.rfind(b"<c ", 0, place), rows.rfind(b":c ", 0, place) - 4, rows.rfind(b"<c>", 0, place), 0)
    cells = list(_CELL.finditer(rows, start, place))
    return cells[-1] if cells else None


def _place(rows: bytes, cell: re.Match[bytes], rows_before: int) -> Place:
    """The place of a cell by its reference, by counting where a writer leaves references out."""
    reference = _REFERENCE.search(cell[1])
    if reference:
        return int(reference[2]) - 1, _column_number(reference[1])
    opened = list(_ROW.finditer(rows, 0, cell.start()))
    numbered = opened[-1][1] if opened else None
    row = int(numbered) - 1 if numbered else rows_before + len(opened) - 1
    return row, len(_CELL.findall(rows, opened[-1].end() if opened else 0, cell.start()))


def _first_column(rows: bytes) -> int:
    """The leftmost filled column: cells stand in order, so the first filled one of each row is enough."""
    leftmost = 1_000_000
    for row in _ROW.finditer(rows):
        filled = _FILLED.search(rows, row.end())
        if filled:
            reference = _REFERENCE.search(filled[1])
            leftmost = min(leftmost, _column_number(reference[1]) if reference else 0)
        if leftmost == 0:
            break
    return leftmost


def _digits(text: str) -> str:
    number = Decimal(text)
    return format(number.to_integral_value() if number == number.to_integral_value() else number, "f")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def _whole_rows(stream: IO[bytes]) -> Iterator[bytes]:
    """The XML in large pieces that end with a row, so that no pattern meets half a cell."""
    pending = b""
    while piece := stream.read(_CHUNK):
        pending += piece
        end = pending.rfind(b"</", 0, pending.rfind(b"row>") + 1) if b"row>" in pending else -1
        if end > 0:
            end = pending.index(b">", end) + 1
            yield pending[:end]
            pending = pending[end:]
    if pending:
        yield pending


def _sheet_part(archive: zipfile.ZipFile, sheet: int) -> str | None:
    names = set(archive.namelist())
    book = next((name for name in ("xl/workbook.xml", "/xl/workbook.xml") if name in names), None)
    links = "xl/_rels/workbook.xml.rels"
    if book is None or links not in names:
        return None
    sheets = [
        element for element in ElementTree.fromstring(archive.read(book)).iter() if element.tag.endswith("}sheet")
    ]
    if sheet >= len(sheets):
        return None
    key = next((value for name, value in sheets[sheet].attrib.items() if name.endswith("relationships}id")), "")
    for link in ElementTree.fromstring(archive.read(links)):
        if link.get("Id") == key:
            part = posixpath.normpath(posixpath.join("xl", link.get("Target", ""))).lstrip("/")
            return part if part in names else None
    return None
