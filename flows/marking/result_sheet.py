"""The sheet of results as a part: texts only, each an inline string, so that none is ever taken for a formula."""

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from flows.marking.marks import Look, Place, ResultCell, ResultSheet, reference, writable
from flows.marking.package import MAIN
from flows.marking.styles import Styles

_LONGEST_TEXT = 32_767
_MOST_LINKS = 60_000
"""Excel opens a sheet with 65,530 links at most."""

Target = tuple[str, Place]


def result_part(result: ResultSheet, styles: Styles, targets: Sequence[Target]) -> bytes:
    """The sheet; `targets` are the cells that links lead to, by the number of the mark."""
    rows, links = list[str](), list[str]()
    for number, line in enumerate(result.lines, 1):
        cells = [_cell(number, place, cell, styles) for place, cell in enumerate(line, 1)]
        rows.append(f'<row r="{number}">{"".join(cells)}</row>')
        links += [
            _link((number, place), targets[cell.link])
            for place, cell in enumerate(line, 1)
            if cell.link is not None and cell.link < len(targets)
        ]
    columns = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>'
        for place, width in enumerate(result.widths, 1)
    )
    pane = ""
    if result.frozen:
        below = f"A{result.frozen + 1}"
        pane = f'<pane ySplit="{result.frozen}" topLeftCell="{below}" activePane="bottomLeft" state="frozen"/>'
    linked = f"<hyperlinks>{''.join(links[:_MOST_LINKS])}</hyperlinks>" if links else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><worksheet xmlns="{MAIN}">'
        '<sheetPr><tabColor rgb="FFB3261E"/></sheetPr>'
        f'<sheetViews><sheetView showGridLines="0" workbookViewId="0">{pane}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
        f"<cols>{columns}</cols><sheetData>{''.join(rows)}</sheetData>{linked}"
        '<pageMargins left="0.5" right="0.5" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape"/></worksheet>'
    ).encode()


def _cell(row: int, column: int, cell: ResultCell, styles: Styles) -> str:
    look: Look = "link" if cell.link is not None else cell.look
    text = escape(writable(cell.text)[:_LONGEST_TEXT])
    return (
        f'<c r="{reference((row, column))}" s="{styles.look(look)}" t="inlineStr">'
        f'<is><t xml:space="preserve">{text}</t></is></c>'
    )


def _link(place: Place, target: Target) -> str:
    sheet, cell = target
    name = sheet.replace("'", "''")
    location = quoteattr(f"'{name}'!{reference(cell)}")
    return f'<hyperlink ref="{reference(place)}" location={location} display={quoteattr(reference(cell))}/>'
