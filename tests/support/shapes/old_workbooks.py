"""Workbooks of Excel 97 (.xls) made record by record: no kept library writes them any more. [MS-XLS] 2.4, [MS-CFB] 2."""

import struct
from collections.abc import Sequence
from pathlib import Path

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def write_old_workbook(
    path: Path,
    sheets: Sequence[tuple[str, Sequence[Sequence[str | None]]]],
    *,
    code_page: int = 1200,
    from_1904: bool = False,
    password: bool = False,
    merged: Sequence[tuple[int, int, int, int]] = (),
    chart: bool = False,
) -> Path:
    """Sheets of texts. `merged`: first and last row, first and last column, from 0, on every sheet; `chart`: on every sheet one."""
    bodies = [_sheet(rows, merged, chart) for _, rows in sheets]
    head = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0)) + _record(0x42, struct.pack("<H", code_page))
    head += _record(0x2F, bytes(6)) if password else b""
    head += _record(0x22, struct.pack("<H", from_1904))
    names = [name.encode("utf-16-le") for name, _ in sheets]
    begin = len(head) + sum(4 + 8 + len(name) for name in names) + 4
    for name, body in zip(names, bodies, strict=True):
        head += _record(0x85, struct.pack("<IBBBB", begin, 0, 0, len(name) // 2, 1) + name)
        begin += len(body)
    path.write_bytes(_container(head + _record(0x0A, b"") + b"".join(bodies)))
    return path


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _sheet(rows: Sequence[Sequence[str | None]], merged: Sequence[tuple[int, int, int, int]], chart: bool) -> bytes:
    body = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for row, cells in enumerate(rows):
        for place, text in enumerate(cells):
            if text:
                letters = text.encode("utf-16-le")
                body += _record(0x204, struct.pack("<HHHHB", row, place, 0, len(letters) // 2, 1) + letters)
    body += _chart() if chart else b""
    areas = b"".join(struct.pack("<4H", *area) for area in merged)
    body += _record(0xE5, struct.pack("<H", len(merged)) + areas) if merged else b""
    return body + _record(0x0A, b"")


def _chart() -> bytes:
    """What lies in the sheet where it shows a chart: the numbers that it shows, counted from its own first row."""
    begin = _record(0x809, struct.pack("<HHHHII", 0x600, 0x20, 0, 0, 0, 0))
    numbers = b"".join(
        _record(0x203, struct.pack("<HHHd", row, column, 0, 99)) for row in range(3) for column in range(2)
    )
    return begin + numbers + _record(0x0A, b"")


def _container(stream: bytes) -> bytes:
    """A compound file with the one stream Workbook."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    chain = [_FAT, _END, *(number + 3 for number in range(count - 1)), _END]
    assert len(chain) <= _SECTOR // 4
    fat = struct.pack(f"<{_SECTOR // 4}I", *chain, *[_FREE] * (_SECTOR // 4 - len(chain)))
    header = struct.pack("<8s16xHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)  # fmt: skip
    header = header.ljust(_SECTOR, b"\xff")
    directory = (
        _entry("Root Entry", 5, 1, _END, 0)
        + _entry("Workbook", 2, _FREE, 2, len(stream))
        + _entry("", 0, _FREE, 0, 0) * 2
    )
    return header + fat + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    return struct.pack("<64sHBBIII36xIQ", text, length, kind, 1, _FREE, _FREE, child, start, size)
