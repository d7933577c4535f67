"""Tables of an HTML file that bears the suffix .xls.

Read element by element and freed at once, so that the size of the page does not matter; texts stay as written.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
from lxml import etree

from .outcome import ReadSheet, Unreadable, text_column

Spans = dict[int, int]


def read_html_tables(path: Path) -> Iterator[ReadSheet]:
    """Every table with cells of a page in UTF-8. Raises Unreadable when there is none."""
    tables = [rows for rows in _tables(path) if any(any(row) for row in rows)]
    if not tables:
        raise Unreadable(
            ("是网页但没有表格", "an HTML page without a table"), ("在 Excel 中另存为 xlsx", "save as xlsx")
        )
    for number, rows in enumerate(tables):
        yield ReadSheet(f"表格{number + 1}", number, _columns(rows))


def _tables(path: Path) -> Iterator[list[list[str]]]:
    """Rows of each table; the rows of a table inside a cell belong to the table around it."""
    parser: Any = etree.HTMLPullParser(events=("start", "end"), tag=("table", "tr"), encoding="utf-8", recover=True)
    depth, rows, spans = 0, list[list[str]](), Spans()
    for event, element in _events(parser, path):
        if element.tag == "table":
            depth += 1 if event == "start" else -1
            if depth == 0 and event == "end":
                yield rows
                rows, spans = [], {}
        elif event == "end" and depth <= 1:
            rows.append(_row(element, spans))
            _free(element)
    if rows:
        yield rows


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


def _row(element: Any, spans: Spans) -> list[str]:
    """The texts of a row; a merged cell fills its first place and leaves the others empty, as in a workbook."""
    row: list[str] = []
    for cell in element.iterchildren("td", "th"):
        _skip_spanned(row, spans)
        down, across = _span(cell, "rowspan"), _span(cell, "colspan")
        for place in range(len(row), len(row) + across):
            if down > 1:
                spans[place] = down - 1
        row += [_text(cell), *[""] * (across - 1)]
    _skip_spanned(row, spans)
    return row


def _skip_spanned(row: list[str], spans: Spans) -> None:
    while spans.get(len(row), 0) > 0:
        spans[len(row)] -= 1
        row.append("")


def _span(cell: Any, name: str) -> int:
    text = cell.get(name, "1").strip()
    return min(max(int(text), 1), 20_000) if text.isdecimal() else 1


def _text(cell: Any) -> str:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    return "".join(cell.itertext()).strip("\r\n\t ")


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
