"""Workbooks in the way of .ods, as LibreOffice writes them: blank cells and rows are counted and not written."""

import zipfile
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

_NAMES = "".join(
    f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text", "style")
)
_KIND = "application/vnd.oasis.opendocument.spreadsheet"

Cell = str | float | bool | None


def write_open_document(
    path: Path,
    sheets: Sequence[tuple[str, Sequence[Sequence[Cell]]]],
    *,
    merged: Sequence[tuple[int, int, int, int]] = (),
    hidden: Sequence[int] = (),
) -> Path:
    """Sheets of texts, numbers, truth values and errors such as #N/A. `merged`: first and last row, first and last column, from 0, on
    every sheet; `hidden` sheets by number from 0."""
    spans = {
        (first_row, first): (last_row - first_row + 1, last - first + 1) for first_row, last_row, first, last in merged
    }
    tables = "".join(
        f'<table:table table:name={quoteattr(name)} table:style-name="{"th" if number in hidden else "ts"}">'
        f"{_rows(rows, spans)}</table:table>"
        for number, (name, rows) in enumerate(sheets)
    )
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/></style:style>'
        for name, shown in (("ts", "true"), ("th", "false"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{_NAMES} office:version="1.2"'
        ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _KIND, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_KIND}"/></manifest:manifest>',
        )
    return path


def _rows(rows: Sequence[Sequence[Cell]], spans: dict[tuple[int, int], tuple[int, int]]) -> str:
    written, number = "", 0
    for is_blank, equal in groupby(rows, key=lambda row: all(cell is None for cell in row)):
        lines = list(equal)
        if is_blank:
            written += (
                f'<table:table-row table:number-rows-repeated="{len(lines)}"><table:table-cell/></table:table-row>'
            )
        else:
            written += "".join(
                f"<table:table-row>{_cells(line, number + below, spans)}</table:table-row>"
                for below, line in enumerate(lines)
            )
        number += len(lines)
    return written


def _cells(row: Sequence[Cell], number: int, spans: dict[tuple[int, int], tuple[int, int]]) -> str:
    written, place = "", 0
    for is_blank, equal in groupby(row, key=lambda cell: cell is None):
        cells = list(equal)
        if is_blank:
            written += f'<table:table-cell table:number-columns-repeated="{len(cells)}"/>'
        else:
            written += "".join(_cell(cell, spans.get((number, place + behind))) for behind, cell in enumerate(cells))
        place += len(cells)
    return written


def _cell(cell: Cell, span: tuple[int, int] | None) -> str:
    over = f' table:number-rows-spanned="{span[0]}" table:number-columns-spanned="{span[1]}"' if span else ""
    match cell:
        case bool():
            value = f'office:value-type="boolean" office:boolean-value="{str(cell).lower()}"'
        case int() | float():
            value = f'office:value-type="float" office:value="{cell}"'
        case str() if cell.startswith("#"):
            value = 'office:value-type="string" office:string-value="" calcext:value-type="error"'
        case _:
            value = 'office:value-type="string"'
    shown = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(cell).split("\n"))
    return f"<table:table-cell{over} {value}>{shown}</table:table-cell>"
