"""Workbooks in the way of .xlsb made record by record. [MS-XLSB] 2."""

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = "application/vnd.ms-excel"
_ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}
_STATES = {"visible": 0, "hidden": 1, "veryHidden": 2}

Cell = str | float | bool | None


def write_binary_workbook(
    path: Path,
    sheets: Sequence[tuple[str, Sequence[Sequence[Cell]]]],
    *,
    states: Mapping[int, str] | None = None,
    merged: Sequence[tuple[int, int, int, int]] = (),
    from_1904: bool = False,
) -> Path:
    """Sheets of texts, numbers, truth values and errors such as #N/A. `states` by number from 0; `merged`: first and last row, first and
    last column, from 0, on every sheet."""
    numbers = range(1, len(sheets) + 1)
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.bin"/>'
        for number in numbers
    )
    links += f'<Relationship Id="rIdS" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.bin"/>'
    texts = dict.fromkeys(cell for _, rows in sheets for row in rows for cell in row if isinstance(cell, str))
    strings = {text: number for number, text in enumerate(texts)}
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.bin" ContentType="{_CONTENT}.worksheet"/>'
        for number in numbers
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.bin" ContentType="{_CONTENT}.sheet.binary.macroEnabled.main"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
        "xl/workbook.bin": _book([name for name, _ in sheets], states or {}, from_1904),
        "xl/_rels/workbook.bin.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "xl/sharedStrings.bin": _record(159, struct.pack("<II", len(texts), len(texts)))
        + b"".join(_record(19, b"\0" + _text(text)) for text in texts)
        + _record(160),
        **{
            f"xl/worksheets/sheet{number}.bin": _sheet(rows, merged, strings)
            for number, (_, rows) in zip(numbers, sheets, strict=True)
        },
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _book(names: Sequence[str], states: Mapping[int, str], from_1904: bool) -> bytes:
    listed = b"".join(
        _record(
            156,
            struct.pack("<II", _STATES[states.get(number, "visible")], number + 1)
            + _text(f"rId{number + 1}")
            + _text(name),
        )
        for number, name in enumerate(names)
    )
    properties = _record(153, struct.pack("<II", from_1904, 0) + _text(""))
    return _record(131) + properties + _record(143) + listed + _record(144) + _record(132)


def _sheet(
    rows: Sequence[Sequence[Cell]], merged: Sequence[tuple[int, int, int, int]], strings: Mapping[str, int]
) -> bytes:
    widest = max(map(len, rows), default=1)
    body = _record(129) + _record(148, struct.pack("<IIII", 0, max(len(rows) - 1, 0), 0, widest - 1)) + _record(145)
    for number, row in enumerate(rows):
        cells = b"".join(_cell(place, cell, strings) for place, cell in enumerate(row) if cell is not None)
        if cells:
            body += _record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0)) + cells
    body += _record(146)
    if merged:
        areas = b"".join(_record(176, struct.pack("<4I", *area)) for area in merged)
        body += _record(177, struct.pack("<I", len(merged))) + areas + _record(178)
    return body + _record(130)


def _cell(place: int, cell: Cell, strings: Mapping[str, int]) -> bytes:
    head = struct.pack("<II", place, 0)
    match cell:
        case bool():
            return _record(4, head + bytes((cell,)))
        case int() | float():
            return _record(5, head + struct.pack("<d", cell))
        case str() if cell in _ERRORS:
            return _record(3, head + bytes((_ERRORS[cell],)))
    return _record(7, head + struct.pack("<I", strings[str(cell)]))


def _text(text: str) -> bytes:
    letters = text.encode("utf-16-le")
    return struct.pack("<I", len(letters) // 2) + letters


def _record(kind: int, body: bytes = b"") -> bytes:
    return _number(kind) + _number(len(body)) + body


def _number(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    return bytes((number & 0x7F | 0x80,)) + _number(number >> 7) if number > 0x7F else bytes((number,))
