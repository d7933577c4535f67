"""Tables of an HTML file that bears the suffix .xls, with the texts a browser would show.

Read element by element and freed at once, so that the size of the page does not matter.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
from lxml import etree

from .outcome import ReadSheet, Unreadable, below_first, text_column
from .places import Area

LOOSE_TEXT = "页面文字"
"""The sheet of what stands in the page outside of its tables."""

_FEWEST_CELLS = 3
"""A table inside a cell with no row of so many filled ones arranges the text of that cell: it can't hold the headings of a card."""
_WHITE = " \t\r\n\f"
_SEVERAL_WHITE = re.compile(r"[ \t\r\n\f]+")
_UNSEEN = {"script", "style", "head", "title", "template", "noscript"}
_BLOCKS = {"p", "div", "li", "ul", "ol", "dl", "dt", "dd", "table", "pre", "center", "form", "blockquote", "hr"} | {
    f"h{level}" for level in range(1, 7)
}
_AS_TYPED = re.compile(r"white-space\s*:\s*(?:pre|break-spaces)")
_HIDDEN = re.compile(r"display\s*:\s*none")
_SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+|#+")
"""How a number looks that is too long for its column."""


@dataclass
class _Table:
    """A table that is being read. `spans`: by column, how many rows below are still covered by a cell above; `foot`: rows to stand last."""

    number: int
    rows: list[list[str]] = field(default_factory=list)
    foot: list[list[str]] = field(default_factory=list)
    spans: dict[int, int] = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)
    caption: str = ""
    has_headings: bool = False

    def end(self) -> None:
        """Puts what stands elsewhere in the source where it is shown: the caption above the rows, the foot below them."""
        self.rows += self.foot
        if self.caption:
            self.rows.insert(0, [self.caption])
            self.merged = [
                replace(area, first_row=area.first_row + 1, last_row=area.last_row + 1) for area in self.merged
            ]

    def goes_on_in(self, other: "_Table") -> bool:
        """Whether this one holds nothing but headings and the other their rows, as pages write it whose headings stay where they are."""
        return (
            len(self.rows) == 1
            and len(self.rows[0]) >= _FEWEST_CELLS
            and all(self.rows[0])
            and not other.has_headings
            and max(map(len, other.rows)) == len(self.rows[0])
            and any(
                sign.isdigit() for sign in "".join(other.rows[0])
            )  # as in the number of a case, and in no other headings
        )

    def take(self, other: "_Table") -> None:
        """Puts the rows of the other below its own."""
        self.merged += [
            replace(area, first_row=area.first_row + len(self.rows), last_row=area.last_row + len(self.rows))
            for area in other.merged
        ]
        self.rows += other.rows

    @property
    def is_filled(self) -> bool:
        """Whether a cell holds a text."""
        return any(any(row) for row in self.rows)


def read_html_tables(path: Path) -> Iterator[ReadSheet]:
    """Every table with cells of a page in UTF-8, and the text outside of them. Raises Unreadable when there is no table."""
    read, loose_text = _read(path)
    tables = _with_their_rows(read)
    if not tables:
        raise Unreadable(
            ("是网页但没有表格", "an HTML page without a table"), ("在 Excel 中另存为 xlsx", "save as xlsx")
        )
    for number, table in enumerate(tables):
        columns = _columns(table.rows)
        yield ReadSheet(f"表格{number + 1}", number, columns, below_first(columns, table.merged))
    if loose_text:
        yield ReadSheet(LOOSE_TEXT, len(tables), _columns([[line] for line in loose_text.split("\n")]))


def _with_their_rows(tables: list[_Table]) -> list[_Table]:
    """Headings and the rows that follow in a table of their own as one."""
    together = list[_Table]()
    for table in tables:
        if together and together[-1].goes_on_in(table):
            together[-1].take(table)
        else:
            together.append(table)
    return together


def _read(path: Path) -> tuple[list[_Table], str]:
    """The tables with a text in the order in which they begin, and the text outside of them."""
    parser: Any = etree.HTMLPullParser(
        events=("start", "end"), tag=("table", "tr", "caption"), encoding="utf-8", recover=True
    )
    begun, read = [_Table(0)], list[_Table]()  # rows outside of any table are taken for one
    tables, page = 0, None
    for event, element in _events(parser, path):
        page = page if page is not None else element.getroottree().getroot()
        if element.tag == "table" and event == "start":
            tables += 1
            begun.append(_Table(tables))
        elif element.tag == "table":
            table = begun.pop() if len(begun) > 1 else begun[0]
            table.end()
            _end_table(element, table, is_inner=len(begun) > 1, read=read)
        elif event == "end" and element.tag == "caption":
            begun[-1].caption = _text(element)
            element.clear(keep_tail=True)
        elif event == "end":
            _end_row(element, begun[-1])
    for table in begun:
        table.end()
    filled = [table for table in (*begun, *read) if table.is_filled]
    return sorted(filled, key=lambda table: table.number), _loose_text(page)


def _end_table(element: Any, table: _Table, *, is_inner: bool, read: list[_Table]) -> None:
    """A table of its own, or what arranges the text of the cell around it and becomes that text."""
    element.clear(keep_tail=True)
    if is_inner and all(sum(map(bool, row)) < _FEWEST_CELLS for row in table.rows):
        element.text = "\n".join(filter(None, (" ".join(filter(None, row)) for row in table.rows)))
        element.set("style", "white-space:pre")
    else:
        read.append(table)


def _end_row(element: Any, table: _Table) -> None:
    parent = element.getparent()
    is_foot = parent is not None and parent.tag == "tfoot"
    table.has_headings |= next(element.iter("th"), None) is not None
    row, merged = _row(element, table.spans)
    if is_foot:
        table.foot.append(row)
    else:
        table.merged += [Area(len(table.rows), column, len(table.rows) + down - 1, column) for column, down in merged]
        table.rows.append(row)
    _free(element)


def _events(parser: Any, path: Path) -> Iterator[tuple[str, Any]]:
    with path.open("rb") as page:
        while piece := page.read(2**16):
            parser.feed(piece)
            yield from parser.read_events()
    try:
        parser.close()
    except etree.XMLSyntaxError:
        raise Unreadable(("网页内容无法解析", "the HTML can't be parsed")) from None
    yield from parser.read_events()


def _row(element: Any, spans: dict[int, int]) -> tuple[list[str], list[tuple[int, int]]]:
    """The texts of a row, and by column over how many rows a cell is merged downwards.

    A merged cell fills its first place and leaves the others empty, as in a workbook.
    """
    row, merged = list[str](), list[tuple[int, int]]()
    for cell in element.iter("td", "th"):
        _skip_spanned(row, spans)
        down, across = _span(cell, "rowspan"), _span(cell, "colspan")
        for place in range(len(row), len(row) + across):
            if down > 1:
                spans[place] = down - 1
        if down > 1:
            merged.append((len(row), down))
        row += [_value(cell), *[""] * (across - 1)]
    _skip_spanned(row, spans)
    return row, merged


def _skip_spanned(row: list[str], spans: dict[int, int]) -> None:
    while spans.get(len(row), 0) > 0:
        spans[len(row)] -= 1
        row.append("")


def _span(cell: Any, name: str) -> int:
    text = cell.get(name, "1").strip()
    return min(max(int(text), 1), 20_000) if text.isdecimal() else 1


def _value(cell: Any) -> str:
    """The text of a cell; where Excel wrote beside a shortened number what it is, that."""
    text = _text(cell)
    as_text, number = cell.get("x:str"), cell.get("x:num")
    if as_text:
        return str(as_text)
    return str(number) if number and _SHORTENED.fullmatch(text) else text


def _text(cell: Any) -> str:
    """The text as a browser shows it: white space of the source is one blank, a line breaks where an element says so."""
    if not len(cell) and not cell.get("style"):
        return _SEVERAL_WHITE.sub(" ", cell.text or "").strip(_WHITE)
    shown = _Shown()
    shown.add(cell, as_typed=False)
    return shown.text.strip(_WHITE)


class _Shown:
    """Text that grows as elements are gone through."""

    def __init__(self) -> None:
        self.text = ""

    def add(self, element: Any, *, as_typed: bool) -> None:
        """The text inside of an element."""
        if not isinstance(element.tag, str) or element.tag in _UNSEEN:
            return
        style = (element.get("style") or "").lower()
        if element.tag not in ("td", "th") and _HIDDEN.search(style):
            return
        as_typed = as_typed or element.tag in ("pre", "textarea") or bool(_AS_TYPED.search(style))
        is_block = element.tag in _BLOCKS
        if element.tag == "br":
            self._break()
        if is_block and self.text:
            self._begin_line()
        self._append(element.text, as_typed)
        for child in element:
            self.add(child, as_typed=as_typed)
            if child.tag in _BLOCKS and (child.tail or "").strip(_WHITE):
                self._begin_line()
            self._append(child.tail, as_typed)

    def _append(self, text: str | None, as_typed: bool) -> None:
        if not text:
            return
        if not as_typed:
            text = _SEVERAL_WHITE.sub(" ", text)
            if not self.text or self.text.endswith((" ", "\n")):
                text = text.lstrip(" ")
        self.text += text

    def _break(self) -> None:
        self.text = self.text.rstrip(" ") + "\n"

    def _begin_line(self) -> None:
        self.text = self.text.rstrip(" ")
        if self.text and not self.text.endswith("\n"):
            self.text += "\n"


def _loose_text(page: Any) -> str:
    """What stands in the page outside of its tables, which were emptied when they had been read."""
    body = None if page is None else page.find("body")
    return "" if body is None else "\n".join(filter(None, (line.strip(_WHITE) for line in _text(body).split("\n"))))


def _free(element: Any) -> None:
    # emptied it still hangs in its parent: the rows before it must go too, or a long table fills the memory
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]


def _columns(rows: list[list[str]]) -> list[pa.Array]:
    width = max(map(len, rows))
    return [
        text_column(row[place] if place < len(row) and row[place] else None for row in rows) for place in range(width)
    ]
