"""The rows of a sheet as text: only rows with a marked cell are taken apart, all others stay as they are, byte by byte."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from flows.marking.marks import Kind, Place, column_letters, column_number
from flows.marking.package import parsed, serialised

_ROOT = re.compile(rb"<(?:\w+:)?worksheet\b[^>]*>", re.DOTALL)
_ROW = re.compile(rb"<((?:\w+:)?)row\b([^>]*?)(?:/>|>.*?</\1row>)", re.DOTALL)
_NUMBER = re.compile(rb"\br\s*=\s*[\"'](\d+)[\"']")
_END_OF_ROWS = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_UTF8 = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml(?![^>]*encoding)|<\?xml[^>]*encoding=[\"'](?:utf-8|us-ascii)[\"']|<(?!\?xml))",
    re.IGNORECASE,
)
# A sheet's elements have one order, and Excel calls a file damaged that has another.
_AFTER_LEGACY_DRAWING = (
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
)
_PLAIN = 0

StyleOf = Callable[[int, Kind], int]


@dataclass(frozen=True)
class Area:
    """Merged cells."""

    first: Place
    last: Place

    def holds(self, place: Place) -> bool:
        """Whether a cell is one of them."""
        return self.first[0] <= place[0] <= self.last[0] and self.first[1] <= place[1] <= self.last[1]


class SheetText:
    """A sheet part in three pieces: what stands before the rows, the rows, and what stands behind them."""

    def __init__(self, content: bytes) -> None:
        # the patterns look at bytes: in UTF-16 they would find nothing
        text = content if _UTF8.match(content) else serialised(parsed(content))
        opening, end = _ROOT.search(text), _END_OF_ROWS.search(text)
        if opening is None or end is None:
            raise ValueError("a sheet without rows")
        first = _ROW.search(text, opening.end())
        start = first.start() if first and first.start() < end.start() else end.start()
        self._opening = opening[0]
        self._before, self._rows, self._behind = text[:start], text[start : end.start()], text[end.start() :]

    def content(self) -> bytes:
        """The part."""
        return self._before + self._rows + self._behind

    def merged(self) -> tuple[Area, ...]:
        """The merged cells of the sheet."""
        areas = []
        for merge in self._tail().iter("{*}mergeCell"):
            first, _, last = str(merge.get("ref", "")).partition(":")
            areas.append(Area(_place(first), _place(last or first)))
        return tuple(areas)

    def mark(self, kinds: Mapping[Place, Kind], style_of: StyleOf) -> None:
        """Gives cells another style; cells that are not there are made."""
        kinds_by_row: dict[int, dict[int, Kind]] = {}
        for (row, column), kind in kinds.items():
            kinds_by_row.setdefault(row, {})[column] = kind
        columns = self._column_styles()
        pieces, position, number = list[bytes](), 0, 0
        for row_match in _ROW.finditer(self._rows):
            row_number = _NUMBER.search(row_match[2])
            number = int(row_number[1]) if row_number else number + 1
            if number in kinds_by_row:
                pieces += [
                    self._rows[position : row_match.start()],
                    self._marked_row(row_match[0], number, kinds_by_row[number], columns, style_of),
                ]
                position = row_match.end()
        self._rows = b"".join([*pieces, self._rows[position:]])

    def let_notes_show(self, relation: str) -> None:
        """Names the drawing of the notes, unless the sheet has one."""
        tail = self._tail()
        namespace = etree.QName(tail).namespace
        if tail.find(f"{{{namespace}}}legacyDrawing") is not None:
            return
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        # a prefix that no writer uses: r may stand for something else in this sheet
        drawing = etree.Element(f"{{{namespace}}}legacyDrawing", {f"{{{office}}}id": relation}, nsmap={"anka": office})
        follower = next((element for element in tail if etree.QName(element).localname in _AFTER_LEGACY_DRAWING), None)
        if follower is None:
            tail.append(drawing)
        else:
            follower.addprevious(drawing)
        sheet_text = bytes(etree.tostring(tail))
        rows_end = _END_OF_ROWS.match(self._behind)
        closing = rows_end[0] if rows_end else b""
        # without the opening tag, which was put before it to be parsed
        self._behind = closing + sheet_text[sheet_text.index(b">") + 1 :]

    def _tail(self) -> Any:
        rows_end = _END_OF_ROWS.match(self._behind)
        behind = self._behind[rows_end.end() :] if rows_end else self._behind
        return parsed(self._opening + behind)

    def _column_styles(self) -> dict[int, int]:
        """Style of a whole column, which cells that were never written have."""
        styles: dict[int, int] = {}
        for column in re.finditer(rb"<(?:\w+:)?col\b([^>]*)>", self._before):
            attributes = {
                name.decode(): value.decode() for name, value in re.findall(rb"(\w+)\s*=\s*[\"']([^\"']*)", column[1])
            }
            if "style" in attributes:
                for number in range(int(attributes["min"]), min(int(attributes["max"]), 16_384) + 1):
                    styles[number] = int(attributes["style"])
        return styles

    def _marked_row(
        self, text: bytes, number: int, kinds: Mapping[int, Kind], columns: Mapping[int, int], style_of: StyleOf
    ) -> bytes:
        # inside the sheet's own tag, which declares the prefixes that the row uses
        wrapper = parsed(self._opening + text + _closing(self._opening))
        row = wrapper[0]
        namespace = etree.QName(row).namespace
        row.attrib.pop("spans", None)  # which columns are filled: would be wrong now, and Excel finds it out by itself
        row_style = int(row.get("s", "0")) if row.get("customFormat") in ("1", "true") else _PLAIN
        cells = dict(_numbered(row))
        # all of them named: one without a reference is counted from the cell before it, which may be new
        for column, cell in cells.items():
            cell.set("r", f"{column_letters(column)}{number}")
        for column, kind in sorted(kinds.items()):
            if column not in cells:
                style = row_style or columns.get(column, _PLAIN)
                cells[column] = etree.Element(
                    f"{{{namespace}}}c", {"r": f"{column_letters(column)}{number}", "s": str(style)}
                )
                right = next((cells[cell_column] for cell_column in sorted(cells) if cell_column > column), None)
                if right is None:
                    row.append(cells[column])
                else:
                    right.addprevious(cells[column])
            cells[column].set("s", str(style_of(int(cells[column].get("s", "0")), kind)))
        wrapped_row = bytes(etree.tostring(wrapper))
        return wrapped_row[wrapped_row.index(b">") + 1 : wrapped_row.rindex(b"<")]


def _numbered(row: Any) -> Iterator[tuple[int, Any]]:
    """The cells of a row with their columns; a writer may leave references out."""
    column = 0
    for cell in row:
        if etree.QName(cell).localname == "c":
            letters = re.match("[A-Z]+", cell.get("r", ""))
            column = column_number(letters[0]) if letters else column + 1
            yield column, cell


def _closing(opening: bytes) -> bytes:
    tag = re.match(rb"<((?:\w+:)?worksheet)", opening)
    return b"</" + (tag[1] if tag else b"worksheet") + b">"


def _place(reference: str) -> Place:
    match = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", reference)
    return (int(match[2]), column_number(match[1])) if match else (0, 0)
