"""An .ods workbook as the parser is to read it: it takes a cell with an error for blank, says nothing of
merged cells, and counts columns from the first that holds something."""

import re
import zipfile
from pathlib import Path

from lxml import etree

from .long_numbers import LONG_NUMBER, all_digits
from .outcome import Book, SheetFacts
from .places import CORNER, LAST_COLUMN, LAST_ROW, Area

_CONTENT = "content.xml"
_ERROR = re.compile(rb"<table:table-cell\b(?=[^>]*\bcalcext:value-type=\"error\")[^>]*>")
_EMPTY_TEXT = re.compile(rb"\soffice:string-value=\"[^\"]*\"")
_VALUE_TYPE = re.compile(rb"(\soffice:value-type=)\"\w+\"")
_LONG = re.compile(rb"<table:table-cell\b(?=[^>]*\soffice:value=\"" + LONG_NUMBER + rb"\")[^>]*>")
_VALUE = re.compile(rb"\soffice:value=\"[^\"]*\"")
_SPANS = b"number-rows-spanned="
_TABLE_BEGIN, _ROW_BEGIN = re.compile(rb"(?=<table:table[\s>])"), re.compile(rb"(?=<table:table-row[\s/>])")
_CORNER = (
    b'<table:table-row><table:table-cell office:value-type="string"><text:p>%b</text:p></table:table-cell></table:table-row>'
    % CORNER.encode()
)
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


def is_open_document(path: Path) -> bool:
    """Whether the file is a zip with the content of an OpenDocument."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return _CONTENT in archive.namelist()


def with_errors_shown(path: Path, folder: Path) -> Book:
    """Writes the document to `folder` with the texts of errors as texts, and a row more on top of every table that holds a text in A1."""
    file = folder / "document.ods"
    sheets: tuple[SheetFacts, ...] = ()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as copy:
        for name in dict.fromkeys(archive.namelist()):
            if name == _CONTENT:
                content = archive.read(name)
                sheets = tuple(_sheets(content)) if _SPANS in content else ()
                copy.writestr(name, _with_corners(_LONG.sub(_long_as_text, _ERROR.sub(_as_text, content))))
            elif name in ("mimetype", "META-INF/manifest.xml", "styles.xml", "settings.xml"):
                copy.writestr(name, archive.read(name))
    return Book(sheets, file, rows_on_top=1)


def _with_corners(content: bytes) -> bytes:
    return b"".join(_ROW_BEGIN.sub(_CORNER, table, count=1) for table in _TABLE_BEGIN.split(content))


def _as_text(match: re.Match[bytes]) -> bytes:
    return _VALUE_TYPE.sub(rb'\1"string"', _EMPTY_TEXT.sub(b"", match[0]))


def _long_as_text(match: re.Match[bytes]) -> bytes:
    """The parser reads numbers as floats, which end those of 17 digits in others than stand there."""
    return _VALUE_TYPE.sub(rb'\1"string"', _VALUE.sub(b' office:string-value="%b"' % all_digits(match[1]), match[0]))


def _sheets(content: bytes) -> list[SheetFacts]:
    """The merged cells of every table."""
    sheets = []
    for table in etree.fromstring(content).iter(f"{_TABLE}table"):
        sheet = SheetFacts(table.get(f"{_TABLE}name", ""))
        row = 0
        for line in table.iter(f"{_TABLE}table-row"):
            column = 0
            for cell in line.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                down, across = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
                if down > 1:
                    sheet.merged.append(Area(row, column, row + down - 1, column + across - 1))
                column += min(_count(cell, "number-columns-repeated"), LAST_COLUMN)
            row += min(_count(line, "number-rows-repeated"), LAST_ROW)
        sheets.append(sheet)
    return sheets


def _count(element: etree._Element, name: str) -> int:
    text = element.get(f"{_TABLE}{name}", "1")
    return int(text) if text.isdecimal() else 1
