"""Our reading of workbooks beside another library's: sheet by sheet, place by place, the same text.

The others are openpyxl for .xlsx and .xlsm, xlrd for .xls and .et, pyxlsb for .xlsb, and for .ods, which no kept library reads, the plain
walk below over its XML. What they hand over as values is written down as we write it (`text_of`); beyond that, every difference stands in
`DIFFERENCES` with the reason.
"""

import os
import re
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import pyxlsb
import xlrd
from hypothesis import HealthCheck, given, settings
from support.shapes.binary_workbooks import write_binary_workbook
from support.shapes.files import Shape, old_workbooks, packages, workbooks
from support.shapes.old_workbooks import write_old_workbook
from support.shapes.open_documents import write_open_document

from flows.load.sources.containers import kind_of
from flows.load.sources.refusals import Refused
from flows.load.sources.workbook_reader.outcome import HIDDEN, NO_CELLS, ReadSheet, Unreadable, distinct_names
from flows.load.sources.workbook_reader.spreadsheets import read_spreadsheet

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
FOLDERS = {
    "samples": ROOT / "sample_data" / "exports",
    "ingest": Path(os.environ.get("ANKA_INGEST_FILES", SHARED / "ingest_files")),
    "reported": Path(os.environ.get("ANKA_REPORTED_FILES", SHARED / "reported_files")),
}

pytestmark = [
    pytest.mark.filterwarnings(
        "ignore:Workbook contains no default style:UserWarning"
    ),  # openpyxl, of what it does not keep
    pytest.mark.filterwarnings("ignore:.*will be removed:UserWarning"),
]

Place = tuple[int, int]
"""Row and column from 0."""


@dataclass(frozen=True)
class Reading:
    """A sheet: what stands where, and the text of the first of cells merged downwards beside each of those below it."""

    name: str
    cells: Mapping[Place, Any]
    merged: Mapping[Place, Any]


@dataclass(frozen=True)
class Difference:
    """A place where both readings differ, and why that is right; the last two are our text and theirs."""

    file: str
    sheet: str
    places: frozenset[Place]
    reason: str


DIFFERENCES = (
    Difference(
        "30_formulas_without_values.xlsx",
        "Sheet1",
        frozenset({(1, 4), (1, 8)}),
        "no program has computed these formulas: openpyxl gives nothing, we the formula, so that the cell is unreadable and said",
    ),
)

UNREAD_BY_OTHERS = {
    "gh548_incorrect_sst_unique_count.xls": "xlrd stops where the count of shared texts is wrong",
    "xlsx-stream-d-date-cell.xlsx": "openpyxl stops where a cell names a style that is not there",
}

REFUSED_BY_US = {
    "pass_protected.xlsx": "password-protected",
    "31_password_biff8.xls": "password-protected",
    "biff4_no_format_no_window2.xls": "Excel 4 or older",
    "32_damaged_directory.xlsx": "damaged",
    "39_encrypted_by_security_software.xlsx": "security software",
}


# ---- what both hand over, as one text ----


def text_of(value: Any, from_1904: bool = False) -> str:
    """A value of another library as our reader writes it."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float() if value != int(value):
            return f"{value:.9f}".rstrip("0").rstrip(
                "."
            )  # nine decimals, as amounts and days need; floats end in noise
        case float():
            return str(int(value))
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S.%f}"[:-3].removesuffix(".000").removesuffix(" 00:00:00")
        case date():
            return value.isoformat()
        case time():
            return text_of(datetime.combine(date(1904, 1, 1) if from_1904 else date(1899, 12, 31), value))
        case timedelta():
            # Excel counts a 29th of February 1900, so that the days before have another beginning
            first = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 30 + (value < timedelta(days=60)))
            return text_of(first + value)
    return plain(str(value))


def plain(text: str) -> str:
    """Without blanks around it, and without U+FEFF before it, which our parser takes for a mark of the encoding; no item keeps them."""
    return text.removeprefix("\ufeff").strip()


def agree(ours: str, theirs: Any, from_1904: bool) -> bool:
    """Whether two readings of a cell are the same; of a number longer than a float we give all digits, others a float."""
    if isinstance(theirs, float) and len(ours) > 15 and ours.lstrip("-").isdecimal():
        return float(ours) == theirs
    return plain(ours) == text_of(theirs, from_1904)


def is_before_days(value: Any) -> bool:
    """A negative number shown as a day: Excel shows ####, and libraries differ by a day about what it would be."""
    return (isinstance(value, timedelta) and value < timedelta()) or (
        isinstance(value, datetime) and value < datetime(1899, 12, 30)
    )


def compare(path: Path, theirs: Sequence[Reading]) -> int:
    """The number of cells that were compared. Fails at the first sheet with a difference that is not explained."""
    ours = read_by_us(path)
    assert [sheet.name for sheet in ours] == distinct_names(sheet.name for sheet in theirs)
    number = 0
    for sheet, other in zip(ours, theirs, strict=True):
        if not isinstance(sheet, ReadSheet):
            if sheet.reason not in (HIDDEN, NO_CELLS):
                assert not any(map(text_of, other.cells.values())), (sheet.name, sheet.reason)
            continue
        cells = {
            (row, column): text
            for column, texts in enumerate(sheet.columns)
            for row, text in enumerate(texts.to_pylist())
            if text
        }
        explained = {
            place
            for difference in DIFFERENCES
            if (difference.file, difference.sheet) == (path.name, other.name)
            for place in difference.places
        }
        wrong = {
            place: (cells.get(place, ""), other.cells.get(place))
            for place in sorted(cells.keys() | other.cells.keys())
            if not agree(cells.get(place, ""), other.cells.get(place), sheet.from_1904)
            and not is_before_days(other.cells.get(place))
        }
        assert wrong.keys() == explained, (sheet.name, {place: wrong.get(place) for place in wrong.keys() ^ explained})
        below = {
            (row, column): plain(text)
            for column, texts in sheet.merged.items()
            for row, text in enumerate(texts.to_pylist())
            if text and plain(text)
        }
        height = len(sheet.columns[0])
        expected = {place: text_of(value) for place, value in other.merged.items() if place[0] < height}
        assert below == {place: text for place, text in expected.items() if text}, sheet.name
        number += len(cells)
    return number


def read_by_us(path: Path) -> list[Any]:
    """Every sheet as the reader hands it over."""
    with tempfile.TemporaryDirectory() as folder:
        return list(read_spreadsheet(path, Path(folder)))


def merged_below(cells: Mapping[Place, Any], areas: Sequence[tuple[int, int, int, int]]) -> dict[Place, Any]:
    """By place, the value of the first of the cells it is merged with; `areas`: first and last row, first and last column."""
    return {
        (row, first): cells.get((first_row, first))
        for first_row, last_row, first, _ in areas
        for row in range(first_row + 1, min(last_row, 100_000) + 1)
    }


# ---- the others ----


def read_by_another(path: Path, folder: Path) -> list[Reading]:
    """The sheets as the library for this kind of file hands them over."""
    if path.read_bytes()[:4] == b"\xd0\xcf\x11\xe0":
        return list(by_xlrd(path))
    with zipfile.ZipFile(path) as archive:
        names = {name.replace("\\", "/") for name in archive.namelist()}
    if "content.xml" in names:
        return list(by_walking(path))
    return list(by_pyxlsb(path) if "xl/workbook.bin" in names else by_openpyxl(usual_package(path, folder)))


STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}


def usual_package(path: Path, folder: Path) -> Path:
    """The package with the names that openpyxl knows: folders parted by /, namespaces of the edition that Excel writes by default."""
    target = folder / f"usual{path.suffix}"
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(target, "w") as copy:
        for name in dict.fromkeys(archive.namelist()):
            content = archive.read(name)
            for strict, usual in STRICT.items():
                content = content.replace(strict, usual)
            copy.writestr(name.replace("\\", "/"), content)
    return target


def by_openpyxl(path: Path) -> Iterator[Reading]:
    whole = openpyxl.load_workbook(path, data_only=True)
    merged = [
        [(area.min_row - 1, area.max_row - 1, area.min_col - 1, area.max_col - 1) for area in sheet.merged_cells.ranges]
        for sheet in whole.worksheets
    ]
    rows = openpyxl.load_workbook(
        path, data_only=True, read_only=True
    )  # or a sheet that claims a million rows has them
    names, areas = iter(sheet.title for sheet in rows.worksheets), iter(merged)
    sheets = iter(rows.worksheets)
    for name in rows.sheetnames:
        if name not in {sheet.title for sheet in rows.worksheets}:
            yield Reading(name, {}, {})  # a chart
            continue
        sheet = next(sheets)
        sheet.reset_dimensions()
        cells = {
            (cell.row - 1, cell.column - 1): unescaped(cell.value)
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        }
        yield Reading(next(names), cells, merged_below(cells, next(areas)))


def unescaped(value: Any) -> Any:
    """openpyxl leaves signs as they are escaped in a text."""
    return re.sub(r"_x([0-9A-F]{4})_", lambda match: chr(int(match[1], 16)), value) if isinstance(value, str) else value


def by_xlrd(path: Path) -> Iterator[Reading]:
    with Path(os.devnull).open("w") as silent:
        book = xlrd.open_workbook(str(path), logfile=silent, ignore_workbook_corruption=True)
        merging = xlrd.open_workbook(
            str(path), logfile=silent, ignore_workbook_corruption=True, formatting_info=book.biff_version == 80
        )
    for sheet, formatted in zip(book.sheets(), merging.sheets(), strict=True):
        cells = {
            (row, column): of_xlrd(sheet.cell(row, column), book.datemode)
            for row in range(sheet.nrows)
            for column in range(sheet.row_len(row))
        }
        areas = [(low, high - 1, left, right - 1) for low, high, left, right in formatted.merged_cells]
        yield Reading(sheet.name, cells, merged_below(cells, areas))


def of_xlrd(cell: Any, datemode: int) -> Any:
    match cell.ctype:
        case xlrd.XL_CELL_EMPTY | xlrd.XL_CELL_BLANK:
            return None
        case xlrd.XL_CELL_DATE:
            return xlrd.xldate_as_datetime(cell.value, datemode)
        case xlrd.XL_CELL_BOOLEAN:
            return bool(cell.value)
        case xlrd.XL_CELL_ERROR:
            return xlrd.error_text_from_code[cell.value]
    return cell.value


def by_pyxlsb(path: Path) -> Iterator[Reading]:
    """Of merged cells it says nothing."""
    codes = {f"{code:#x}": text for code, text in xlrd.error_text_from_code.items()}
    with pyxlsb.open_workbook(str(path)) as book:
        for number, name in enumerate(book.sheets, 1):
            with book.get_sheet(number) as sheet:
                cells = {
                    (cell.r, cell.c): codes.get(cell.v, cell.v) if isinstance(cell.v, str) else cell.v
                    for row in sheet.rows(sparse=True)
                    for cell in row
                    if cell.v is not None
                }
            yield Reading(name, cells, {})


def by_walking(path: Path) -> Iterator[Reading]:
    """The cells of an .ods one after the other, counted as they say."""
    names = {
        "table": "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}",
        "office": "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}",
        "text": "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}",
    }
    with zipfile.ZipFile(path) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))
    for table in root.iter(f"{names['table']}table"):
        cells, areas, row = dict[Place, Any](), list[tuple[int, int, int, int]](), 0
        for line in table.iter(f"{names['table']}table-row"):
            column = 0
            for cell in line:
                text = "\n".join("".join(part.itertext()) for part in cell.iter(f"{names['text']}p"))
                number, kind = cell.get(f"{names['office']}value"), cell.get(f"{names['office']}value-type")
                down = int(cell.get(f"{names['table']}number-rows-spanned", "1"))
                if down > 1:
                    areas.append((row, row + down - 1, column, column))
                again = int(cell.get(f"{names['table']}number-columns-repeated", "1"))
                if text:
                    value = cell.get(f"{names['office']}boolean-value") or (
                        float(number) if number and kind == "float" else text
                    )
                    cells |= {(row, column + behind): value for behind in range(again)}
                column += again
            row += int(line.get(f"{names['table']}number-rows-repeated", "1"))
        yield Reading(table.get(f"{names['table']}name", ""), cells, merged_below(cells, areas))


# ---- the fixtures ----


def is_workbook(path: Path) -> bool:
    if path.suffix.lower() not in (".xlsx", ".xlsm", ".xls", ".xlsb", ".et", ".ods"):
        return False
    try:
        return kind_of(path) == "workbook"
    except Refused:
        return False


FIXTURES = [
    (name, path)
    for name, folder in FOLDERS.items()
    for path in (sorted(folder.rglob("*")) if folder.is_dir() else [])
    if is_workbook(path)
]


@pytest.mark.parametrize(
    ("folder", "path"), FIXTURES, ids=[f"{name}/{path.parent.name}/{path.name}" for name, path in FIXTURES]
)
def test_both_readers_find_the_same_at_the_same_place(folder: str, path: Path, tmp_path: Path) -> None:
    if reason := REFUSED_BY_US.get(path.name):
        with pytest.raises(Unreadable) as refused:
            read_by_us(path)
        assert reason in refused.value.reason[1]
        return
    if path.name in UNREAD_BY_OTHERS:
        with pytest.raises((AssertionError, IndexError)):
            read_by_another(path, tmp_path)
        assert any(isinstance(sheet, ReadSheet) for sheet in read_by_us(path))
        return
    compare(path, read_by_another(path, tmp_path))


@pytest.mark.parametrize("folder", ["ingest", "reported"])
def test_all_fixtures_were_compared(folder: str) -> None:
    if not FOLDERS[folder].is_dir():
        pytest.skip(f"the folder {FOLDERS[folder].name} is not on this machine")
    assert sum(name == folder for name, _ in FIXTURES) > 10


ROWS: list[list[str | float | bool | None]] = [
    [],
    [None, None, "部门受案号", "人数", "金额", "是否", "错误"],
    [None, None, "甲\n乙", 3, 1234.5678, True, "#N/A"],
    [None, None, None, 46083, -0.25, False, "#DIV/0!"],
    [None, None, None, None, None, None, None],
    [None, None, "末", 77010120260000, 0, True, "#REF!"],
]


def test_an_open_document(tmp_path: Path) -> None:
    path = write_open_document(
        tmp_path / "x.ods", [("一", ROWS), ("隐", ROWS), ("三", [["a"]])], merged=[(2, 3, 2, 2)], hidden=[1]
    )
    assert compare(path, list(by_walking(path))) == 20


def test_a_binary_workbook(tmp_path: Path) -> None:
    sheets: list[tuple[str, Sequence[Sequence[str | float | bool | None]]]] = [
        ("一", ROWS),
        ("隐", ROWS),
        ("一", [["a"]]),
    ]
    path = write_binary_workbook(tmp_path / "x.xlsb", sheets, states={1: "hidden"}, merged=[(2, 3, 2, 2)])
    theirs = [Reading(sheet.name, sheet.cells, merged_below(sheet.cells, [(2, 3, 2, 2)])) for sheet in by_pyxlsb(path)]
    # by its name pyxlsb finds the first of two sheets
    theirs[2] = Reading("一", {(0, 0): "a"}, {})
    assert compare(path, theirs) == 20


@pytest.mark.parametrize("first_column", [0, 1, 4])
def test_a_chart_in_an_old_workbook_holds_no_cells(tmp_path: Path, first_column: int) -> None:
    rows = [[""] * first_column + ["甲", "乙"], [""] * first_column + ["1", "2"]]
    path = write_old_workbook(
        tmp_path / "x.xls", [("一", rows), ("二", rows)], chart=True, merged=[(0, 1, first_column, first_column)]
    )
    assert compare(path, list(by_xlrd(path))) == 8


@pytest.mark.parametrize("kind", [workbooks, packages, old_workbooks])
def test_workbooks_of_every_shape(kind: Any) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(kind(0))
    def same(shape: Shape) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"x{shape.suffix}")
            shape.write(path)
            assert compare(path, read_by_another(path, Path(folder))) > 0

    same()
