"""The records of an .xls workbook that the parser does not heed or gets wrong: password, code page, days from 1904, merged cells, charts.

Excel 97 and later write texts in UTF-16, whatever the code page says that some writers put beside; the parser believes the code page.
A chart in a sheet keeps the numbers it shows as cells of its own, which the parser takes for cells of the sheet.
"""

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import olefile

from .outcome import Book, SheetFacts, Unreadable
from .places import Area

# [MS-XLS] 2.3
_BOF, _EOF, _FILE_PASS, _CODE_PAGE, _DATE_1904, _BOUND_SHEET, _MERGED = 0x809, 0x0A, 0x2F, 0x42, 0x22, 0x85, 0xE5
_VALUES = frozenset((0x06, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x27E))
"""The records of cells that hold something; each begins with row and column."""
_UNHEEDED = 0x7FFF
"""No record is of this type."""
_BIFF8 = 0x600
_UTF16 = struct.pack("<H", 1200)
_STATES = ("visible", "hidden", "veryHidden")
_WORKSHEET = 0

Record = tuple[int, int, int]
"""Type, place of its content, length."""


def with_right_records(path: Path) -> Book:
    """The workbook as the parser is to read it. Raises Unreadable for a password."""
    content = path.read_bytes()
    try:
        with olefile.OleFileIO(BytesIO(content)) as container:
            name = next((name for name in ("Workbook", "Book") if container.exists(name)), "")
            stream = container.openstream(name).read() if name else b""
    except OSError:  # damaged: the parser finds out how far
        return Book((), content)
    records = list(_records(stream))
    kinds = {kind for kind, _, _ in records}
    if _FILE_PASS in kinds:
        raise Unreadable(
            ("工作簿有打开密码", "the workbook is password-protected"), ("去掉密码后另存", "save it without a password")
        )
    changed = bytearray(stream)
    for kind, place, length in records:
        if kind == _CODE_PAGE and length == 2 and _is_biff8(stream):
            changed[place : place + 2] = _UTF16
    embedded = _embedded(stream, records)
    for _, place, _ in embedded:
        struct.pack_into("<H", changed, place - 4, _UNHEEDED)
    if changed != stream:
        content = _with_stream(content, name, bytes(changed)) or content
    from_1904 = any(kind == _DATE_1904 and stream[place : place + 2] == b"\1\0" for kind, place, _ in records)
    of_sheets = [record for record in records if record not in embedded]
    return Book(tuple(_sheets(stream, of_sheets)) if _is_biff8(stream) else (), content, from_1904)


def _records(stream: bytes) -> Iterator[Record]:
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if place + 4 + length > len(stream) or (kind, length) == (0, 0):
            return
        yield kind, place + 4, length
        place += 4 + length


def _embedded(stream: bytes, records: list[Record]) -> frozenset[Record]:
    """The records of what lies in a sheet, as a chart: it begins and ends as a sheet does, and is no sheet of the workbook."""
    sheets = {
        struct.unpack_from("<I", stream, place)[0]
        for kind, place, length in records
        if kind == _BOUND_SHEET and length >= 4
    }
    depth, embedded = 0, list[Record]()
    for record in records:
        kind, place, _ = record
        depth = 0 if place - 4 in sheets else depth  # whether or not the sheet before it was ended
        depth += kind == _BOF
        if depth > 1:
            embedded.append(record)
        depth -= kind == _EOF
    return frozenset(embedded)


def _is_biff8(stream: bytes) -> bool:
    return stream[:2] == struct.pack("<H", _BOF) and stream[4:6] == struct.pack("<H", _BIFF8)


def _with_stream(content: bytes, name: str, stream: bytes) -> bytes | None:
    """The container with another stream of the same length; None for the tiny ones that can't be written."""
    file = BytesIO(content)
    try:
        with olefile.OleFileIO(file, write_mode=True) as container:
            container.write_stream(name, stream)
            return file.getvalue()
    except (NotImplementedError, ValueError, OSError):
        return None


def _sheets(stream: bytes, records: list[Record]) -> Iterator[SheetFacts]:
    begins: list[tuple[int, SheetFacts]] = []
    for kind, place, length in records:
        if kind == _BOUND_SHEET and length >= 8:
            begin, state, sheet_kind, signs, flags = struct.unpack_from("<IBBBB", stream, place)
            text = stream[place + 8 : place + 8 + signs * (1 + (flags & 1))]
            name = text.decode("utf-16-le" if flags & 1 else "latin-1", errors="replace")
            facts = SheetFacts(name, _STATES[state & 3] if state & 3 < 3 else "hidden", sheet_kind == _WORKSHEET)
            begins.append((begin, facts))
    for begin, sheet in begins:
        end = min((other for other, _ in begins if other > begin), default=len(stream))
        of_sheet = [record for record in records if begin <= record[1] < end]
        sheet.merged += _merged(stream, of_sheet)
        places = (place for kind, place, length in of_sheet if kind in _VALUES and length >= 4)
        sheet.first_column = min((struct.unpack_from("<H", stream, place + 2)[0] for place in places), default=0)
        yield sheet


def _merged(stream: bytes, records: list[Record]) -> Iterator[Area]:
    for kind, place, length in records:
        if kind == _MERGED:
            (count,) = struct.unpack_from("<H", stream, place)
            for number in range(min(count, (length - 2) // 8)):
                first_row, last_row, first, last = struct.unpack_from("<4H", stream, place + 2 + 8 * number)
                yield Area(first_row, first, last_row, last)
