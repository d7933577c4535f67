"""An .xlsx package written anew, so that the parser gives every cell at its own place and with the text that stands in it.

The parser alone decides where a cell is. What it would lose or move is changed before it reads: numbers too long for a float become texts;
error values and formulas that were never computed become the texts they show; blank cells go, which may stand far outside the table; a
cell in A1 makes it count from there. Patterns look at pieces of whole rows, and most pieces have nothing to be changed.
"""

import posixpath
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from lxml import etree

from .long_numbers import LONG_NUMBER, all_digits
from .outcome import SAVE_AGAIN, Book, SheetFacts, Unreadable, distinct_names
from .places import CORNER, area_of, column_letters, column_number

_CORNER = b'<row r="1"><c r="A1" t="str"><v>%b</v></c></row>' % CORNER.encode()
_CHUNK = 4 * 2**20
_ROOT = "_rels/.rels"
_USUAL_BOOK = "xl/workbook.xml"
_STRINGS, _STYLES = "sharedStrings", "styles"
"""The last words of the types of relations to what the parser reads besides the sheets."""

_TO_BOOK = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
    b' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="/%b"/></Relationships>'
)

DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError, etree.XMLSyntaxError)
"""What reading a part of a damaged package raises; NotImplementedError for a way of packing that Python does not know."""

_MAIN = rb"http://(?:schemas\.openxmlformats\.org/spreadsheetml/2006/main|purl\.oclc\.org/ooxml/spreadsheetml/main)"
_MAIN_PREFIX = re.compile(rb"xmlns:(\w+)\s*=\s*[\"']" + _MAIN + rb"[\"']")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBER = re.compile(rb"\sr\s*=\s*[\"']\s*(\d+)\s*[\"']")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\s*\$?([A-Za-z]{1,3})\$?(\d+)\s*[\"']")
_TYPE = re.compile(rb"\st\s*=\s*[\"'](\w+)[\"']")
_DIMENSION = re.compile(rb"<dimension\b[^>]*?(?:/>|>\s*</dimension\s*>)")
_ROWS_BEGIN = re.compile(rb"<sheetData\s*>")
_ROW_END = re.compile(rb"</(?:\w+:)?row\s*>")
_ROW_OR_CELL = re.compile(rb"<(row|c)(?=[\s/>])([^>]*)>")
_UNPLACED_ROW = re.compile(rb"<row(?! r=\"\d+\")(?=[\s/>])")
_UNPLACED_CELL = re.compile(rb"<c(?! r=\"[A-Z]+\d+\")(?=[\s/>])")
_ROW_NUMBERS = re.compile(rb"<row r=\"(\d+)\"")
_REFERENCES = re.compile(rb"<c r=\"([A-Z]+\d+)\"")
_ERROR = re.compile(rb"(<c\s[^>]*?\bt\s*=\s*)[\"']e[\"']")
_F = rb"<f(?:\s[^>]*?)?(?:/>|>([^<]*)</f\s*>)"
_LONG = re.compile(rb"<v>\s*-?(?:\d{16}|\d(?:\.\d+)?[eE])")
_LONG_NUMBER = re.compile(rb"<c(\s[^>]*)>\s*(?:" + _F + rb")?\s*<v>\s*" + LONG_NUMBER + rb"\s*</v\s*>")
_NOT_COMPUTED = re.compile(rb"<c(\s[^>]*)>\s*" + _F + rb"\s*(<v\s*/>|<v\s*>\s*</v\s*>)?\s*</c\s*>")
_ESCAPED = re.compile(
    rb"<c(\s[^>]*)>\s*(?:" + _F + rb")?\s*<v(?:\s[^>]*)?>([^<]*_x[0-9A-Fa-f]{4}_[^<]*)</v\s*>\s*</c\s*>"
)
_MERGED = re.compile(rb"<mergeCell\s[^>]*?\bref\s*=\s*[\"']([^\"']+)[\"']")
_NOTHING = rb"(?:\s|\xc2\xa0|\xe3\x80\x80|&#(?:9|10|13|32|160|12288|x9|xA|xD|x20|xA0|x3000);)*"
_BLANK_STRING = re.compile(
    rb"<((?:\w+:)?)si(?:\s[^>]*)?(?:/>|>\s*(?:<\1t\b[^>]*?(?:/>|>" + _NOTHING + rb"</\1t\s*>))?\s*</\1si\s*>)"
)
_STRING = re.compile(rb"<(?:\w+:)?si(?=[\s/>])")
_ENCODING = re.compile(rb"\A\s*<\?xml[^>]*?\sencoding\s*=\s*[\"']([\w.-]+)[\"']")
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def is_package(path: Path) -> bool:
    """Whether the file is a zip that holds a workbook in the way of .xlsx."""
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = set(map(part_name, archive.namelist()))
        return _USUAL_BOOK in names or (_ROOT in names and not names & {"content.xml", "xl/workbook.bin"})


def written_anew(path: Path, folder: Path) -> Book:
    """Writes what the parser reads of the package to `folder`. Raises Unreadable where there is no telling which sheets it has."""
    file = folder / "package.xlsx"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as copy:
        parts = {part_name(name): name for name in archive.namelist()}
        try:
            root = relations_of(archive, parts, "")
            book_part = next((part for kind, part in root.values() if kind == "officeDocument"), _USUAL_BOOK)
            book = etree.fromstring(_as_utf8(archive.read(parts[book_part])))
            relations = relations_of(archive, parts, book_part)
            content = {
                part: _as_utf8(archive.read(parts[part]))
                for kind, part in relations.values()
                if kind in (_STRINGS, _STYLES) and part in parts
            }
        except (*DAMAGED, KeyError) as error:
            raise Unreadable(("工作簿的目录已损坏", "the directory of the workbook is damaged"), SAVE_AGAIN) from error
        blanks = _blank_strings(
            content.get(next((part for kind, part in relations.values() if kind == _STRINGS), ""), b"")
        )
        sheets: list[SheetFacts] = []
        listed = next(book.iter("{*}sheets"), book)
        elements = list(listed.iterchildren("{*}sheet"))
        names = distinct_names(element.get("name", "") for element in elements)
        for element, name in zip(elements, names, strict=True):
            element.set("name", name)
            kind, part = relations.get(_relation_id(element), ("worksheet", ""))
            sheets.append(sheet := SheetFacts(name, element.get("state", "visible"), has_cells=kind == "worksheet"))
            if part not in parts:
                sheet.problem = Unreadable(
                    ("文件中没有该工作表的内容", "the content of the sheet is missing"), SAVE_AGAIN
                )
            elif sheet.has_cells and part not in copy.namelist():
                with copy.open(part, "w", force_zip64=True) as target:
                    _write_sheet(archive, parts[part], target, sheet, blanks)
            if sheet.problem or not sheet.has_cells:
                listed.remove(element)
        _leave_out_extensions(book)
        content[book_part] = etree.tostring(book, xml_declaration=True, encoding="UTF-8")
        content[_relations_part(book_part)] = _as_utf8(archive.read(parts[_relations_part(book_part)]))
        content[_ROOT] = _TO_BOOK % book_part.encode()
        for name, text in content.items():
            copy.writestr(name, text)
    properties = book.find("{*}workbookPr")
    from_1904 = properties is not None and properties.get("date1904", "") in ("1", "true", "on")
    return Book(tuple(sheets), file, from_1904)


def _leave_out_extensions(book: Any) -> None:
    """Leaves what the parser has to know: it takes `x15:workbookPr`, which newer Excels write, for the one that says when days begin."""
    for child in list(book):
        if not isinstance(child.tag, str) or etree.QName(child).localname not in ("workbookPr", "sheets", "sheet"):
            book.remove(child)


def part_name(name: str) -> str:
    """Some writers part folders by backslashes, or begin with a slash."""
    return name.replace("\\", "/").lstrip("/")


def relations_of(archive: zipfile.ZipFile, parts: Mapping[str, str], source: str) -> dict[str, tuple[str, str]]:
    """Of every relation of a part, or of the package itself, the last word of its type and the part it leads to."""
    relations = {}
    name = _relations_part(source)
    for relation in etree.fromstring(_as_utf8(archive.read(parts[name]))) if name in parts else ():
        target = relation.get("Target", "").replace("\\", "/")
        part = posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
        relations[relation.get("Id", "")] = relation.get("Type", "").rpartition("/")[2], part
    return relations


def _relations_part(source: str) -> str:
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relation_id(sheet: Any) -> str:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")


def _as_utf8(text: bytes) -> bytes:
    """The XML in the one encoding that the parser reads. Raises ValueError."""
    encoding = _foreign_encoding(text)
    try:
        return _DECLARATION.sub("", text.decode(encoding).lstrip("\ufeff")).encode() if encoding else text
    except LookupError as error:
        raise ValueError(encoding) from error


def _foreign_encoding(text: bytes) -> str:
    """The declared encoding where it is not UTF-8."""
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    declared = _ENCODING.match(text)
    encoding = declared[1].decode().lower() if declared else "utf-8"
    return "" if encoding in ("utf-8", "utf8", "us-ascii", "ascii") else encoding


def _blank_strings(strings: bytes) -> tuple[bytes, ...]:
    """The numbers of shared strings that hold nothing but blanks."""
    numbers, counted, place = list[bytes](), 0, 0
    for match in _BLANK_STRING.finditer(strings):
        counted += len(_STRING.findall(strings, place, match.start()))
        place = match.start()
        numbers.append(str(counted).encode())
    return tuple(numbers)


def _write_sheet(
    archive: zipfile.ZipFile, stored: str, target: IO[bytes], sheet: SheetFacts, blanks: tuple[bytes, ...]
) -> None:
    """Writes the rows of a sheet, or notes why they can't be read."""
    try:
        with archive.open(stored) as stream:
            for piece in _Rows(sheet, blanks).put_right(stream):
                target.write(piece)
    except Unreadable as problem:
        sheet.problem = problem
    except DAMAGED:
        sheet.problem = Unreadable(("工作表的内容已损坏", "the content of the sheet is damaged"), SAVE_AGAIN)


class _Rows:
    """The rows of one sheet, piece by piece."""

    def __init__(self, sheet: SheetFacts, blanks: tuple[bytes, ...]) -> None:
        self._sheet = sheet
        self._blank = _blank_cell(blanks)
        self._prefixes: list[bytes] = []
        self._begun = False
        self._last_row = 0

    def put_right(self, stream: IO[bytes]) -> Iterator[bytes]:
        """The XML of the sheet as the parser is to read it."""
        for piece in _whole_rows(stream):
            # the parser does not heed prefixes, and patterns that begin with letters are fast
            self._prefixes += set(_MAIN_PREFIX.findall(piece) if b"xmlns:" in piece else ()) - set(self._prefixes)
            for prefix in self._prefixes:
                piece = piece.replace(b"<" + prefix + b":", b"<").replace(b"</" + prefix + b":", b"</")
            if not self._begun and (rows := _ROWS_BEGIN.search(piece)):
                self._begun = True
                yield _DIMENSION.sub(b"", piece[: rows.end()], count=1) + _CORNER
                piece = piece[rows.end() :]
            yield self._as_shown(piece)
            if b"<mergeCell " in piece:
                self._sheet.merged += filter(None, (area_of(match.decode()) for match in _MERGED.findall(piece)))

    def _as_shown(self, piece: bytes) -> bytes:
        piece = self._placed(piece)
        if b'"e"' in piece or b"'e'" in piece:
            piece = _ERROR.sub(rb'\1"str"', piece)
        if _LONG.search(piece):
            piece = _LONG_NUMBER.sub(_exact_number, piece)
        if b"<f" in piece:
            piece = _NOT_COMPUTED.sub(_formula_as_text, piece)
        if b"_x" in piece:
            piece = _ESCAPED.sub(_unescaped_by_parser, piece)
        return self._blank.sub(b"", piece)

    def _placed(self, piece: bytes) -> bytes:
        """Rows and cells with the places that writers may leave out. Raises Unreadable where two have the same place."""
        if _UNPLACED_ROW.search(piece) or _UNPLACED_CELL.search(piece):
            piece = self._with_places(piece)
        numbers, references = _ROW_NUMBERS.findall(piece), _REFERENCES.findall(piece)
        if len(set(references)) < len(references):
            twice = next(reference for reference, count in Counter(references).items() if count > 1).decode()
            raise Unreadable((f"单元格 {twice} 出现两次", f"cell {twice} stands twice"), SAVE_AGAIN)
        for number in map(int, numbers):
            if number <= self._last_row:
                raise Unreadable(
                    (f"第 {number} 行出现两次或次序颠倒", f"row {number} stands twice or out of order"), SAVE_AGAIN
                )
            self._last_row = number
        # a cell of another row than it stands in would be put where another one is
        rows_of_cells = set(b",".join(references).translate(None, _LETTERS).split(b",")) if references else set()
        if not rows_of_cells <= set(numbers):
            raise Unreadable(("单元格的位置与所在行不符", "cells stand in rows of another number"), SAVE_AGAIN)
        return piece

    def _with_places(self, piece: bytes) -> bytes:
        row, column = self._last_row, -1

        def placed(match: re.Match[bytes]) -> bytes:
            nonlocal row, column
            name, attributes = match.groups()
            if name == b"row":
                number = _NUMBER.search(attributes)
                row, column = int(number[1]) if number else row + 1, -1
                return b'<%b r="%d"%b>' % (name, row, _NUMBER.sub(b"", attributes))
            reference = _REFERENCE.search(attributes)
            column = column_number(reference[1].decode()) if reference else column + 1
            place = f"{column_letters(column)}{int(reference[2]) if reference else row}".encode()
            return b'<%b r="%b"%b>' % (name, place, _REFERENCE.sub(b"", attributes))

        return _ROW_OR_CELL.sub(placed, piece)


def _exact_number(match: re.Match[bytes]) -> bytes:
    """17-digit case numbers do not survive a float: a number of 16 and more digits becomes the text of all its digits."""
    attributes, _, digits = match.groups()
    kind = _TYPE.search(attributes)
    if kind and kind[1] != b"n":
        return match[0]
    return b'<c%b t="str"><v>%b</v>' % (_TYPE.sub(b"", attributes), all_digits(digits))


def _formula_as_text(match: re.Match[bytes]) -> bytes:
    """A formula that no program has computed is shown as it is written: it is not blank, and nobody knows its value."""
    attributes, formula, value = match.groups()
    kind = _TYPE.search(attributes)
    if value and kind and kind[1] == b"str":
        return match[0]  # computed, to an empty text
    return b'<c%b t="str"><v>=%b</v></c>' % (_TYPE.sub(b"", attributes), formula or b"")


def _unescaped_by_parser(match: re.Match[bytes]) -> bytes:
    """The parser knows that `_x000D_` is a sign in a text of its own, and not in that of a formula."""
    attributes, _, text = match.groups()
    kind = _TYPE.search(attributes)
    if kind and kind[1] == b"str":
        return b'<c%b t="inlineStr"><is><t xml:space="preserve">%b</t></is></c>' % (_TYPE.sub(b"", attributes), text)
    return match[0]


def _blank_cell(blanks: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """The pattern of cells that hold nothing but blanks; `blanks` are the numbers of shared strings that do."""
    contents = [
        rb"<v\s*/>",
        rb"<v\s*>\s*</v\s*>",
        rb"<is>\s*<t\b[^>]*?(?:/>|>" + _NOTHING + rb"</t\s*>)\s*</is>",
    ]
    if blanks:
        contents.append(rb"(?<=t=\"s\">)<v>(?:" + b"|".join(blanks) + rb")</v>")
    return re.compile(rb"<c\s[^>]*>(?:(?<=/>)|\s*(?:" + b"|".join(contents) + rb")?\s*</c\s*>)")


def _whole_rows(stream: IO[bytes]) -> Iterator[bytes]:
    """The XML in large pieces that end with a row, so that no pattern meets half a cell."""
    pending = stream.read(_CHUNK)
    if _foreign_encoding(pending):
        pending = _as_utf8(pending + stream.read())
    while True:
        end = max((match.end() for match in _ROW_END.finditer(pending, max(pending.rfind(b"</row>"), 0))), default=0)
        if end:
            yield pending[:end]
        piece = stream.read(_CHUNK)
        if not piece:
            yield pending[end:]
            return
        pending = pending[end:] + piece
