"""Workbooks as real programs and careless ones write them: every cell at its place with its text, every sheet accounted for."""

import io
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from support.loads import ARREST, HEADINGS, cards, load, person, warehouse
from support.shapes.binary_workbooks import write_binary_workbook
from support.shapes.old_workbooks import write_old_workbook
from support.shapes.open_documents import write_open_document
from support.shapes.packages import MAIN, row_of, sheet_xml, text_cell, write_package

from expectations.errors import InputError
from flows.load import LoadReport

LONG = "77010120260000012"
"""17 digits: a float would end them in 0."""


def table(*rows: tuple[str, ...], first_column: int = 0, first_row: int = 1) -> str:
    """A sheet with the headings and these rows."""
    lines = (row_of(number, cells, first_column) for number, cells in enumerate((HEADINGS, *rows), first_row))
    return sheet_xml(*lines)


def number_cell(digits: str, place: str, attributes: str = "") -> str:
    return f'<c r="{place}"{attributes}><v>{digits}</v></c>'


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    return warehouse()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / f"{ARREST}.xlsx"


def sheets_of(report: LoadReport) -> list[tuple[str, str, str]]:
    return [(sheet.sheet, sheet.status, sheet.reason.en) for sheet in report.sheets]


@pytest.mark.parametrize("blank", ['<c r="A2" s="0"><v/></c>', '<c r="A2"/>', '<c r="A2"><v></v></c>', ""])
@pytest.mark.parametrize("first_column", [0, 1, 3])
def test_a_long_number_stays_in_its_column(
    con: duckdb.DuckDBPyConnection, path: Path, blank: str, first_column: int
) -> None:
    letter = "ABCDEFG"[first_column + 1]
    row = row_of(2, ("甲1号", number_cell(LONG, f"{letter}2"), *person(1)[2:]), first_column)
    if first_column:
        row = row.replace('<row r="2">', f'<row r="2">{blank}')
    write_package(path, [("表", sheet_xml(row_of(1, HEADINGS, first_column), row))])
    load(con, path)
    assert cards(con, "arrest", "bmsah", "suspect_no", "name", "age_at_crime") == [("甲1号", LONG, "张三", 20)]


@pytest.mark.parametrize(
    "digits", ["7.7010120260000012E16", "77010120260000012", "77010120260000012.0", "7.7010120260000012e+16"]
)
@pytest.mark.parametrize("attributes", ["", ' t="n"', ' s="0"', " t='n'"])
def test_long_numbers_keep_their_digits(
    con: duckdb.DuckDBPyConnection, path: Path, digits: str, attributes: str
) -> None:
    row = row_of(2, ("甲1号", number_cell(digits, "B2", attributes), *person(1)[2:]))
    write_package(path, [("表", sheet_xml(row_of(1, HEADINGS), row))])
    load(con, path)
    assert cards(con, "arrest", "suspect_no") == [(LONG,)]


def test_places_that_writers_leave_out_or_write_small(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    headings = "".join(f'<c t="inlineStr"><is><t>{heading}</t></is></c>' for heading in HEADINGS)
    cells = "".join(text_cell(text, f"{letter}2") for letter, text in zip("abcdef", person(1), strict=True))
    unplaced = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in person(2))
    write_package(
        path, [("表", sheet_xml(f"<row>{headings}</row>", f'<row r="2">{cells}</row>', f"<row>{unplaced}</row>"))]
    )
    load(con, path)
    assert cards(con, "arrest", "suspect_no", "_sheet_row") == [("S1", 2), ("S2", 3)]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ((row_of(2, person(1)) + row_of(2, person(2)),), "cell A2 stands twice"),
        ((row_of(3, person(1)), row_of(2, person(2))), "row 2 stands twice or out of order"),
        ((row_of(2, person(1)).replace('r="B2"', 'r="B5"'),), "cells stand in rows of another number"),
        ((row_of(2, person(1)).replace('r="B2"', 'r="A2"'),), "cell A2 stands twice"),
    ],
)
def test_two_cells_at_one_place_are_refused(
    con: duckdb.DuckDBPyConnection, path: Path, rows: tuple[str, ...], reason: str
) -> None:
    write_package(path, [("表", sheet_xml(row_of(1, HEADINGS), *rows))])
    with pytest.raises(InputError, match=reason):
        load(con, path)


@pytest.mark.parametrize("error", ["#SPILL!", "#CALC!", "#N/A", "#GETTING_DATA", "#字段!"])
def test_an_error_value_is_its_text(con: duckdb.DuckDBPyConnection, path: Path, error: str) -> None:
    cell = f'<c r="C2" t="e"><v>{error}</v></c>'
    row = row_of(2, ("甲1号", "S1", cell, "男", "2026-03-02", "20"))
    write_package(path, [("表", sheet_xml(row_of(1, HEADINGS), row))])
    load(con, path)
    assert cards(con, "arrest", "name", "sex") == [(error, "男")]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("<f>DATE(2026,3,2)</f>", "=DATE(2026,3,2)"),
        ("<f>DATE(2026,3,2)</f><v/>", "=DATE(2026,3,2)"),
        ('<f t="shared" si="0"/><v></v>', "="),
        ("<f>DATE(2026,3,2)</f><v>46083</v>", "46083"),
    ],
)
def test_a_formula_that_was_never_computed_is_not_blank(
    con: duckdb.DuckDBPyConnection, path: Path, cell: str, text: str
) -> None:
    row = row_of(2, ("甲1号", "S1", "张三", "男", f'<c r="E2">{cell}</c>', "20"))
    write_package(path, [("表", sheet_xml(row_of(1, HEADINGS), row))])
    load(con, path)
    assert cards(con, "arrest", "accept_date__raw") == [(text,)]


def test_a_formula_computed_to_nothing_is_blank(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    row = row_of(2, ("甲1号", "S1", '<c r="C2" t="str"><f>IF(A2="","x","")</f><v></v></c>', "男", "2026-03-02", "20"))
    write_package(path, [("表", sheet_xml(row_of(1, HEADINGS), row))])
    load(con, path)
    assert cards(con, "arrest", "name", "sex") == [(None, "男")]


@pytest.mark.parametrize(
    "stray",
    [
        '<c r="XFD{0}" t="inlineStr"><is><t> \u3000</t></is></c>',
        '<c r="XFD{0}" t="s"><v>1</v></c>',
        '<c r="XFD{0}" s="0"/>',
    ],
)
def test_a_stray_blank_far_outside_costs_nothing(con: duckdb.DuckDBPyConnection, path: Path, stray: str) -> None:
    rows = [row_of(number, person(number)) for number in range(2, 400)]
    last = row_of(400, person(400)).replace("</row>", stray.format(400) + "</row>")
    far_below = '<row r="1048576"><c r="C1048576" t="s"><v>1</v></c></row>'
    write_package(
        path, [("表", sheet_xml(row_of(1, HEADINGS), *rows, last, far_below))], strings=["甲", "\u3000 ", "乙"]
    )
    began = time.process_time()
    report = load(con, path)
    assert report.rows.loaded == 399
    assert len(report.sheets[0].columns) == len(HEADINGS)
    assert time.process_time() - began < 10


def test_a_declared_size_is_not_believed(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    for dimension in ("A:M", "A1", "XFD1048576", "?"):
        write_package(
            path, [("表", table(person(1)).replace("<sheetData>", f'<dimension ref="{dimension}"/><sheetData>'))]
        )
        assert load(con, path).rows.loaded == 1


def test_every_sheet_is_accounted_for(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    sheets = [
        ("一", table(person(1))),
        ("二", table(person(2))),
        ("空", sheet_xml()),
        ("说明", sheet_xml(row_of(1, ("说明",)))),
        ("隐", table(person(3))),
    ]
    write_package(path, sheets, states={2: "hidden", 5: "veryHidden"})
    assert sheets_of(load(con, path)) == [
        ("一", "loaded", ""),
        ("二", "ignored", "a hidden sheet"),
        ("空", "ignored", "an empty sheet"),
        ("说明", "ignored", "no recognisable header"),
        ("隐", "ignored", "a hidden sheet"),
    ]


def test_a_sheet_that_cannot_be_read_refuses_the_workbook(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    write_package(
        path, [("好", table(person(1))), ("坏", table(person(2)).replace("</c>", "", 1)), ("缺", table(person(3)))]
    )
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if "sheet3" not in name}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(InputError) as refused:
        load(con, path)
    assert [line.split(": ")[0] for line in refused.value.message.splitlines()] == [
        f"{path.name} [坏]",
        f"{path.name} [缺]",
    ]
    report = load(con, path, skip_refused=True)
    assert [(sheet, status) for sheet, status, _ in sheets_of(report)] == [
        ("好", "loaded"),
        ("坏", "refused"),
        ("缺", "refused"),
    ]
    assert cards(con, "arrest", "suspect_no") == [("S1",)]


def test_sheets_of_one_name_are_told_apart(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    write_package(path, [("表", table(person(1))), ("表", table(person(2)))])
    load(con, path)
    assert cards(con, "arrest", "_sheet", "suspect_no") == [("表", "S1"), ("表（2）", "S2")]


def test_entries_parted_by_backslashes(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    write_package(path, [("表", table(person(1)))], separator="\\")
    assert load(con, path).rows.loaded == 1


def test_xml_in_another_encoding(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    write_package(path, [("表", table(person(1)))])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text.replace("UTF-8", "UTF-16").encode("utf-16") if "sheet1" in name else text)
    load(con, path)
    assert cards(con, "arrest", "name") == [("张三",)]


def test_cells_merged_downwards_hold_for_every_row_of_the_case(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    rows = [row_of(1, HEADINGS), row_of(2, ("甲1号", *person(1)[1:]))]
    rows += [row_of(number, ("", *person(number)[1:])) for number in (3, 4)]
    merged = '<mergeCells count="2"><mergeCell ref="A2:A6"/><mergeCell ref="C2:C3"/></mergeCells>'
    rows[1] = rows[1].replace("张三", "李四")
    rows[2] = row_of(3, ("", "S2", "", "男", "2026-03-02", "20"))
    write_package(path, [("表", sheet_xml(*rows, row_of(6, ("", "", "", "", "", "")), behind=merged))])
    report = load(con, path)
    # of the case for every row; a name is of the person and stays blank; rows inside the merged cells that hold nothing are no cards
    assert cards(con, "arrest", "bmsah", "suspect_no", "name") == [
        ("甲1号", "S1", "李四"),
        ("甲1号", "S2", None),
        ("甲1号", "S4", "张三"),
    ]
    assert {
        column.header: (column.merged, column.filled_down) for column in report.sheets[0].columns if column.merged
    } == {
        HEADINGS[0]: (2, True),
        HEADINGS[2]: (1, False),
    }


def test_headings_merged_with_the_row_below_are_no_values(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    merged = '<mergeCells count="1"><mergeCell ref="A1:A2"/></mergeCells>'
    rows = [row_of(1, HEADINGS), row_of(2, ("", *person(1)[1:])), row_of(3, person(2))]
    write_package(path, [("表", sheet_xml(*rows, behind=merged))])
    load(con, path)
    assert cards(con, "arrest", "bmsah", "suspect_no") == [(None, "S1"), (person(2)[0], "S2")]


@pytest.mark.parametrize("code_page", [1200, 1252, 936, 10008, 0])
def test_texts_of_an_old_workbook_are_utf16_whatever_its_code_page_says(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, code_page: int
) -> None:
    path = write_old_workbook(tmp_path / f"{ARREST}.xls", [("甲", (HEADINGS, person(1)))], code_page=code_page)
    load(con, path)
    assert cards(con, "arrest", "_sheet", "suspect_no", "name") == [("甲", "S1", "张三")]


def test_a_password_of_an_old_workbook_is_named(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = write_old_workbook(tmp_path / f"{ARREST}.xls", [("甲", (HEADINGS, person(1)))], password=True)
    with pytest.raises(InputError, match="password-protected"):
        load(con, path)


def test_merged_cells_of_an_old_workbook(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = (("", *HEADINGS), ("", "甲1号", *person(1)[1:]), ("", "", *person(2)[1:]))
    load(con, write_old_workbook(tmp_path / f"{ARREST}.xls", [("甲", rows)], merged=[(1, 2, 1, 1)]))
    assert cards(con, "arrest", "bmsah", "suspect_no") == [("甲1号", "S1"), ("甲1号", "S2")]


def test_an_old_workbook_may_hold_a_zip(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """Excel puts its theme into an .xls, as a zip that stands near the end."""
    path = write_old_workbook(tmp_path / f"{ARREST}.xls", [("甲", (HEADINGS, person(1)))])
    theme = io.BytesIO()
    with zipfile.ZipFile(theme, "w") as archive:
        archive.writestr("_rels/.rels", "<Relationships/>")
    path.write_bytes(path.read_bytes() + theme.getvalue())
    load(con, path)
    assert cards(con, "arrest", "suspect_no", "name") == [("S1", "张三")]


def test_a_chart_in_an_old_workbook_is_no_card(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = write_old_workbook(
        tmp_path / f"{ARREST}.xls", [("甲", (HEADINGS, person(1))), ("乙", (HEADINGS, person(2)))], chart=True
    )
    assert load(con, path).rows.read == 2
    assert cards(con, "arrest", "suspect_no", "age_at_crime") == [("S1", 20), ("S2", 20)]


@pytest.mark.parametrize("since", ['date1904="1"', 'date1904="true"', 'date1904="0"', ""])
def test_what_newer_excels_add_does_not_move_days(con: duckdb.DuckDBPyConnection, path: Path, since: str) -> None:
    styles = f'<styleSheet xmlns="{MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    days = 46083 - (1462 if since[9:] in ('"1"', '"true"') else 0)
    row = row_of(2, ("甲1号", "S1", "张三", "男", f'<c r="E2" s="1"><v>{days}</v></c>', "20"))
    extension = (
        '<extLst><ext uri="{140A7094-0E35-4892-8432-C4D2E57EDEB5}" xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main">'
        '<x15:workbookPr chartTrackingRefBase="1"/></ext></extLst>'
    )
    write_package(
        path,
        [("表", sheet_xml(row_of(1, HEADINGS), row))],
        properties=f"<workbookPr {since}/>",
        extensions=extension,
        styles=styles,
    )
    load(con, path)
    assert cards(con, "arrest", "accept_date::varchar") == [("2026-03-02",)]


def test_a_sign_escaped_in_the_text_of_a_formula(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    cell = '<c r="C2" t="str"><f>A2</f><v>张_x000D__x000a_三 &amp;</v></c>'
    row = row_of(2, ("甲1号", "S1", cell, "男", "2026-03-02", "20"))
    write_package(path, [("表", sheet_xml(row_of(1, HEADINGS), row))])
    load(con, path)
    assert cards(con, "arrest", "name") == [("张\r\n三 &",)]


def test_the_strict_edition_of_the_standard(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    day = '<c r="E2" t="d"><v>2026-03-02T00:00:00</v></c>'
    row = row_of(2, ("甲1号", number_cell(LONG, "B2"), "张三", "男", day, number_cell("20", "F2")))
    write_package(path, [("表", sheet_xml(row_of(1, HEADINGS), row))])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            strict = text.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
            archive.writestr(
                name,
                strict.replace(
                    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    "http://purl.oclc.org/ooxml/officeDocument/relationships",
                ),
            )
    load(con, path)
    assert cards(con, "arrest", "suspect_no", "accept_date::varchar", "age_at_crime") == [(LONG, "2026-03-02", 20)]


WRITERS: dict[str, Callable[..., Path]] = {
    ".xlsb": write_binary_workbook,
    ".ods": write_open_document,
    ".xls": write_old_workbook,
}


@pytest.mark.parametrize("suffix", WRITERS)
@pytest.mark.parametrize("first_column", [0, 1, 3])
@pytest.mark.parametrize("first_row", [0, 2])
def test_places_are_counted_from_a1_in_every_format(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, suffix: str, first_column: int, first_row: int
) -> None:
    def line(cells: Sequence[str]) -> list[str | None]:
        return [*[None] * first_column, *(cell or None for cell in cells)]

    bad = ("", *person(2)[1:4], "2026-13-45", "20")
    rows = [*[[None]] * first_row, line(HEADINGS), line(("甲1号", *person(1)[1:])), line(bad)]
    merged = [(first_row + 1, first_row + 2, first_column, first_column)]
    report = load(con, WRITERS[suffix](tmp_path / f"{ARREST}{suffix}", [("表", rows)], merged=merged))
    assert cards(con, "arrest", "bmsah", "suspect_no", "_sheet_row") == [
        ("甲1号", "S1", first_row + 2),
        ("甲1号", "S2", first_row + 3),
    ]
    (column,) = (column for column in report.sheets[0].columns if column.field == "accept_date")
    assert column.position == first_column + 4


def test_a_long_number_of_an_open_document_keeps_its_digits(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    path = write_open_document(tmp_path / f"{ARREST}.ods", [("表", [HEADINGS, ("甲1号", int(LONG), *person(1)[2:])])])
    load(con, path)
    assert cards(con, "arrest", "suspect_no") == [(LONG,)]


def test_sheets_of_a_binary_workbook_are_accounted_for(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    sheets = [("表", [HEADINGS, person(1)]), ("表", [HEADINGS, person(2)]), ("隐", [HEADINGS, person(3)]), ("空", [])]
    path = write_binary_workbook(tmp_path / f"{ARREST}.xlsb", sheets, states={2: "hidden"})
    assert sheets_of(load(con, path)) == [
        ("表", "loaded", ""),
        ("表（2）", "loaded", ""),
        ("隐", "ignored", "a hidden sheet"),
        ("空", "ignored", "an empty sheet"),
    ]
    assert cards(con, "arrest", "suspect_no") == [("S1",), ("S2",)]
