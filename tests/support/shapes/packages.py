"""Workbooks in the way of .xlsx made of XML by hand, as writers that are not Excel make them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from flows.load.sources.workbook_reader.places import column_letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def text_cell(text: str, place: str) -> str:
    """A cell with an inline text."""
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def row_of(number: int, cells: Sequence[str], first_column: int = 0) -> str:
    """A row of texts; what begins with < stands as it is."""
    written = (
        text if text.startswith("<") else text_cell(text, f"{column_letters(first_column + place)}{number}")
        for place, text in enumerate(cells)
        if text
    )
    return f'<row r="{number}">{"".join(written)}</row>'


def sheet_xml(*rows: str, before: str = "", behind: str = "") -> str:
    """A sheet of these rows; `before` and `behind` stand around them."""
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{behind}</worksheet>'


def write_package(
    path: Path,
    sheets: Sequence[tuple[str, str]],
    *,
    states: Mapping[int, str] | None = None,
    properties: str = "",
    separator: str = "/",
    strings: Sequence[str] = (),
    extensions: str = "",
    styles: str = "",
) -> Path:
    """A workbook of named sheets. `states` by number, `properties` and `extensions` of the workbook, `separator` of folders in the zip."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"'
        + (f' state="{states[number]}"' if states and number in states else "")
        + "/>"
        for number, (name, _) in zip(numbers, sheets, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in numbers
    )
    links += f'<Relationship Id="rIdS" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    links += f'<Relationship Id="rIdT" Type="{_OFFICE}/styles" Target="styles.xml"/>' if styles else ""
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{number}.xml" ContentType="{_SHEET_TYPE}"/>' for number in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_BOOK_TYPE}"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1"'
        f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">{properties}<sheets>{listed}</sheets>{extensions}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">'
        + "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in strings)
        + "</sst>",
        **({"xl/styles.xml": styles} if styles else {}),
        **{f"xl/worksheets/sheet{number}.xml": xml for number, (_, xml) in zip(numbers, sheets, strict=True)},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(
                name.replace("/", separator),
                text if text.startswith("<?xml") else f'<?xml version="1.0" encoding="UTF-8"?>{text}',
            )
    return path
