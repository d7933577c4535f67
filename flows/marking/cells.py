"""The rows of a sheet as text: only rows with a marked cell are taken apart, all others stay as they are, byte by byte."""

import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from flows.load.sources.workbook_reader.places import column_number
from flows.marking.marks import Kind, Place, reference
from flows.marking.package import parsed, serialised

_ROOT = re.compile(rb"<(?:[\w.-]+:)?worksheet\b[^>]*>", re.DOTALL)
_ROW = re.compile(rb"<((?:[\w.-]+:)?)row\b([^>]*?)(?:/>|>.*?</\1row\s*>)", re.DOTALL)
_NUMBER = re.compile(rb"(?<![\w:.-])r\s*=\s*[\"']\s*(\d+)\s*[\"']")
_END_OF_ROWS = re.compile(rb"</(?:[\w.-]+:)?sheetData\s*>")
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

_CELL_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)")

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
        """Gives cells another style; cells that are not there are made. A cell that stands twice is marked twice."""
        kinds_by_row: dict[int, dict[int, Kind]] = {}
        for (row, column), kind in kinds.items():
            kinds_by_row.setdefault(row, {})[column] = kind
        columns, there = self._column_styles(), self._columns_of_repeated_rows(kinds_by_row)
        pieces, position = list[bytes](), 0
        for number, row_match in self._numbered_rows():
            if number in kinds_by_row:
                marked_row = _MarkedRow(number, there.setdefault(number, set()), columns, style_of)
                pieces += [
                    self._rows[position : row_match.start()],
                    marked_row.marked(self._opening, row_match[0], kinds_by_row[number]),
                ]
                position = row_match.end()
        self._rows = b"".join([*pieces, self._rows[position:]])

    def _numbered_rows(self) -> Iterator[tuple[int, re.Match[bytes]]]:
        """The rows with their numbers; a writer may leave these out."""
        number = 0
        for row in _ROW.finditer(self._rows):
            stated = _NUMBER.search(row[2])
            number = int(stated[1]) if stated else number + 1
            yield number, row

    def _columns_of_repeated_rows(self, numbers: Container[int]) -> dict[int, set[int]]:
        """Of rows that stand more than once, the columns that one of them has: what is in one is not made in another."""
        first: dict[int, bytes] = {}
        columns: dict[int, set[int]] = {}
        for number, row in self._numbered_rows():
            if number not in numbers:
                continue
            if number in first:
                columns.setdefault(number, _columns_in(self._opening, first[number]))
                columns[number] |= _columns_in(self._opening, row[0])
            first.setdefault(number, row[0])
        return columns

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


@dataclass(frozen=True)
class _MarkedRow:
    """A row while cells of it are marked. `there`: columns that other rows of the same number have."""

    number: int
    there: set[int]
    column_styles: Mapping[int, int]
    style_of: StyleOf

    def marked(self, opening: bytes, text: bytes, kinds: Mapping[int, Kind]) -> bytes:
        """The row with its marks. Raises ValueError for references that are none."""
        wrapper = _wrapped(opening, text)
        row = wrapper[0]
        cells = [(column, cell) for (_, column), cell in numbered_cells(row, self.number)]
        for column, kind in sorted(kinds.items()):
            marked = [cell for cell_column, cell in cells if cell_column == column]
            if not marked and column not in self.there:
                marked = [self._made(row, cells, column)]
                self.there.add(column)
            for cell in marked:
                cell.set("s", str(self.style_of(int(cell.get("s", "0")), kind)))
        wrapped_row = bytes(etree.tostring(wrapper))
        return wrapped_row[wrapped_row.index(b">") + 1 : wrapped_row.rindex(b"<")]

    def _made(self, row: Any, cells: list[tuple[int, Any]], column: int) -> Any:
        """A new cell at its place. One without a reference is counted from the cell before it, and stays behind that."""
        row.attrib.pop("spans", None)  # which columns are filled: would be wrong now, and Excel finds it out by itself
        row_style = int(row.get("s", "0")) if row.get("customFormat") in ("1", "true") else _PLAIN
        style = row_style or self.column_styles.get(column, _PLAIN)
        written = {"r": reference((self.number, column)), "s": str(style)}
        made = etree.Element(f"{{{etree.QName(row).namespace}}}c", written)
        place = next((place for place, (cell_column, _) in enumerate(cells) if cell_column > column), None)
        if place is not None:
            cells[place][1].addprevious(made)
        elif cells:
            cells[-1][1].addnext(made)
        else:
            row.insert(0, made)
        cells.insert(len(cells) if place is None else place, (column, made))
        return made


def numbered_cells(row: Any, number: int) -> Iterator[tuple[Place, Any]]:
    """The cells of a row with their places: by their references, in capitals or not; without one a cell follows the one before it.

    `number` is that of the row. Raises ValueError for references that are none.
    """
    column = 0
    for cell in row.iterchildren("{*}c"):
        stated = cell.get("r")
        if stated is None:
            column += 1
            yield (number, column), cell
        else:
            place = _place(stated)
            column = place[1]
            yield place, cell


def _columns_in(opening: bytes, text: bytes) -> set[int]:
    return {column for (_, column), _ in numbered_cells(_wrapped(opening, text)[0], 0)}


def _wrapped(opening: bytes, text: bytes) -> Any:
    # inside the sheet's own tag, which declares the prefixes that the row uses
    return parsed(opening + text + _closing(opening))


def _closing(opening: bytes) -> bytes:
    tag = re.match(rb"<((?:[\w.-]+:)?worksheet)", opening)
    return b"</" + (tag[1] if tag else b"worksheet") + b">"


def _place(written: str) -> Place:
    match = _CELL_REFERENCE.fullmatch(written)
    if match is None:
        raise ValueError(f"r={written!r}")
    return int(match[2]), column_number(match[1]) + 1
