"""An .xlsb package written anew, so that the parser counts its columns from A and finds each of its sheets. [MS-XLSB] 2.

The records of cells are not looked at one by one: what is to be known of a sheet stands before or behind them.
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from .outcome import SAVE_AGAIN, Book, SheetFacts, Unreadable, distinct_names
from .packages import DAMAGED, part_name, relations_of
from .places import CORNER, Area

_BOOK = "xl/workbook.bin"
_BOOK_PROPERTIES, _SHEET, _ROWS_BEGIN = 153, 156, 145
_ROW, _TEXT = 0, 6
_STATES = ("visible", "hidden", "veryHidden")
_MERGED = re.compile(rb"\xb1\x01\x04(.{4})((?:\xb0\x01\x10.{16})+)\xb2\x01\x00", re.DOTALL)
"""How many cells are merged, each of the areas, and the end."""
_MERGED_LENGTH = 19


def is_binary_package(path: Path) -> bool:
    """Whether the file is a zip that holds a workbook in the way of .xlsb."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return _BOOK in set(map(part_name, archive.namelist()))


def with_corners(path: Path, folder: Path) -> Book:
    """Writes the package to `folder` with a text in A1 of every sheet where nothing stands. Raises Unreadable where it is damaged."""
    file = folder / "package.xlsb"
    try:
        with zipfile.ZipFile(path) as archive, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as copy:
            parts = {part_name(name): name for name in archive.namelist()}
            relations = relations_of(archive, parts, _BOOK)
            book, sheets, from_1904 = _book(archive.read(parts[_BOOK]), relations)
            places = {part for kind, part in relations.values() if kind == "worksheet"}
            for part, name in parts.items():
                content = book if part == _BOOK else archive.read(name)
                copy.writestr(part, _with_corner(content) if part in places else content)
            for sheet, part in sheets:
                if part in places & parts.keys():
                    sheet.merged += _merged(archive.read(parts[part]))
    except (*DAMAGED, KeyError, IndexError, struct.error) as error:
        raise Unreadable(("工作簿的目录已损坏", "the directory of the workbook is damaged"), SAVE_AGAIN) from error
    return Book(tuple(sheet for sheet, _ in sheets), file, from_1904)


def _book(content: bytes, relations: dict[str, tuple[str, str]]) -> tuple[bytes, list[tuple[SheetFacts, str]], bool]:
    """The directory with a name of its own for every sheet; the sheets with their parts; whether days count from 1904."""
    records = list(_records(content))
    from_1904 = any(kind == _BOOK_PROPERTIES and body and body[0] & 1 for kind, body in records)
    listed = [_listed(body) for kind, body in records if kind == _SHEET]
    names = iter(distinct_names(name for _, _, name in listed))
    sheets, written = list[tuple[SheetFacts, str]](), list[bytes]()
    for kind, body in records:
        if kind == _SHEET:
            state, relation, _ = _listed(body)
            target, part = relations.get(relation, ("worksheet", ""))
            sheets.append(
                (SheetFacts(next(names), _STATES[state] if state < 3 else "hidden", target == "worksheet"), part)
            )
            body = body[:8] + _wide(relation) + _wide(sheets[-1][0].name)
        written.append(_record(kind, body))
    return b"".join(written), sheets, from_1904


def _listed(body: bytes) -> tuple[int, str, str]:
    """State, relation and name of a sheet."""
    (state,) = struct.unpack_from("<I", body)
    relation, place = _text_at(body, 8)
    return state, relation, _text_at(body, place)[0]


def _text_at(body: bytes, place: int) -> tuple[str, int]:
    """The text at a place, and the place behind it."""
    (signs,) = struct.unpack_from("<I", body, place)
    signs = 0 if signs == 0xFFFFFFFF else signs
    return body[place + 4 : place + 4 + 2 * signs].decode("utf-16-le", errors="replace"), place + 4 + 2 * signs


def _with_corner(content: bytes) -> bytes:
    """The sheet with a first row before its rows."""
    place = 0
    for kind, body in _records(content):
        place += len(_record(kind, body))
        if kind == _ROWS_BEGIN:
            row = _record(_ROW, struct.pack("<IIHBBBI", 0, 0, 300, 0, 0, 0, 0))
            return content[:place] + row + _record(_TEXT, bytes(8) + _wide(CORNER)) + content[place:]
    return content


def _merged(content: bytes) -> Iterator[Area]:
    for match in _MERGED.finditer(content):
        areas = match[2]
        if len(areas) == struct.unpack("<I", match[1])[0] * _MERGED_LENGTH:
            for place in range(3, len(areas), _MERGED_LENGTH):
                first_row, last_row, first, last = struct.unpack_from("<4I", areas, place)
                yield Area(first_row, first, last_row, last)


def _records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and body of each record, one after the other as they are asked for."""
    place = 0
    while place < len(content):
        kind, place = _number(content, place)
        length, place = _number(content, place)
        yield kind, content[place : place + length]
        place += length


def _number(content: bytes, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, and the place behind it."""
    number = shift = 0
    while True:
        byte = content[place]
        number, shift, place = number | (byte & 0x7F) << shift, shift + 7, place + 1
        if byte < 0x80 or shift > 21:
            return number, place


def _record(kind: int, body: bytes) -> bytes:
    return _as_number(kind) + _as_number(len(body)) + body


def _as_number(number: int) -> bytes:
    written = bytearray()
    while number > 0x7F:
        written.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(written) + bytes((number,))


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")
