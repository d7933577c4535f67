"""Marking a workbook changes the marked cells and nothing else: other cells, sheets, formulas and notes stay as they were."""

import re
import zipfile
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation

from expectations.errors import InputError
from flows.load.sources.whole_sheets import write_as_workbook
from flows.marking import (
    Kind,
    Line,
    Mark,
    ResultCell,
    ResultSheet,
    is_workbook_package,
    keeps_macros,
    mark_workbook,
    sheet_names,
)
from flows.marking.package import LARGEST_PART, Package

RESULT = ResultSheet("自查结果", ((ResultCell("第一条", link=0), ResultCell("=1+1")),), (10, 20), frozen=1)


def marked(source: Path, *marks: Mark, result: ResultSheet = RESULT) -> Any:
    """The workbook after marking, as another library reads it."""
    target = source.with_name("marked.xlsx")
    mark_workbook(source, target, marks, result)
    return openpyxl.load_workbook(target)


def looks(cell: Any) -> tuple[Any, ...]:
    """Everything openpyxl knows of how a cell looks and what it holds."""
    return cell.value, cell.number_format, copy(cell.font), copy(cell.fill), copy(cell.border), copy(cell.alignment)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Two sheets with formats, a formula, merged cells, a list of choices, a note, widths; the first column is empty."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "案 卡's"
    sheet["B3"], sheet["C3"], sheet["D3"] = "受案号", "日期", "金额"
    sheet["B4"], sheet["C4"], sheet["D4"] = "A1", "2026-01-02", 3.5
    sheet["B5"], sheet["D5"] = "A2", "=D4*2"
    sheet["D4"].number_format = "0.00"
    sheet["D4"].font = Font(bold=True, color="FF0000FF")
    sheet["C4"].fill = PatternFill("solid", "FFCCFFCC")
    sheet["C4"].comment = Comment("原有的批注", "某人")
    sheet.merge_cells("B4:B5")
    sheet.column_dimensions["B"].width = 33
    sheet.column_dimensions["F"].number_format = "@"
    sheet.add_data_validation(DataValidation("list", '"是,否"', sqref="C4:C9"))
    sheet.conditional_formatting.add("D4:D9", CellIsRule("lessThan", ["0"], fill=PatternFill("solid", "FFFF0000")))
    second = workbook.create_sheet("其他")
    second["A1"] = "=SUM(B1:B2)"
    file = tmp_path / "book.xlsx"
    workbook.save(file)
    return file


def test_only_the_marked_cells_change(book: Path) -> None:
    before = openpyxl.load_workbook(book)
    after = marked(book, Mark("案 卡's", 4, 4, "serious", "问题"), Mark("案 卡's", 5, 3, "hint", "空"))
    assert after.sheetnames == ["案 卡's", "其他", "自查结果"]
    for name in before.sheetnames:
        for row in before[name].iter_rows():
            for cell in row:
                if (name, cell.coordinate) not in {("案 卡's", "D4"), ("案 卡's", "C5")}:
                    assert looks(after[name][cell.coordinate]) == looks(cell), cell.coordinate
    sheet = after["案 卡's"]
    assert sheet["D4"].number_format == "0.00"
    assert sheet["D4"].font.b
    assert sheet["D4"].value == 3.5
    assert sheet["D5"].value == "=D4*2"
    assert sheet.column_dimensions["B"].width == 33
    assert [str(area) for area in sheet.merged_cells.ranges] == ["B4:B5"]
    assert sheet.data_validations.dataValidation[0].formula1 == '"是,否"'
    assert [str(area.sqref) for area in sheet.conditional_formatting] == ["D4:D9"]


def test_other_parts_are_copied_byte_by_byte(book: Path) -> None:
    marked(book, Mark("案 卡's", 4, 4, "serious", "问题"))
    changed = {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/worksheets/sheet1.xml",
    }
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(book.with_name("marked.xlsx")) as after:
        unchanged = {name for name in before.namelist() if name not in changed and "omment" not in name}
        assert "xl/worksheets/sheet2.xml" in unchanged
        for name in unchanged:
            assert after.read(name) == before.read(name), name
        assert after.testzip() is None


def test_each_kind_looks_different_without_colour(book: Path) -> None:
    kinds: tuple[Kind, ...] = ("serious", "normal", "hint", "related")
    looks = []
    for kind in kinds:
        cell = marked(book, Mark("案 卡's", 4, 4, kind, kind))["案 卡's"]["D4"]
        looks.append((cell.fill.patternType, cell.border.left.style))
    assert looks == [("solid", "medium"), ("lightUp", "dashed"), ("gray0625", "dotted"), (None, "dashDot")]


def test_several_marks_of_a_cell_are_one_note_in_the_gravest_colour(book: Path) -> None:
    sheet = marked(
        book,
        Mark("案 卡's", 4, 4, "hint", "第一"),
        Mark("案 卡's", 4, 4, "serious", "第二"),
        Mark("案 卡's", 4, 4, "hint", "第一"),
    )["案 卡's"]
    assert sheet["D4"].comment.text == "第一\n\n第二"
    assert sheet["D4"].fill.patternType == "solid"


def test_a_note_that_is_there_is_added_to(book: Path) -> None:
    sheet = marked(book, Mark("案 卡's", 4, 3, "normal", "新的"))["案 卡's"]
    assert sheet["C4"].comment.text.startswith("原有的批注")
    assert sheet["C4"].comment.text.endswith("新的")
    with zipfile.ZipFile(book.with_name("marked.xlsx")) as archive:
        drawings = [archive.read(name) for name in archive.namelist() if "omment" in name or name.endswith(".vml")]
    assert b"".join(drawings).count(b"ClientData>") == 1


def test_a_new_note_beside_one_that_is_there(book: Path) -> None:
    sheet = marked(book, Mark("案 卡's", 4, 4, "normal", "新的"))["案 卡's"]
    assert sheet["C4"].comment.text == "原有的批注"
    assert sheet["D4"].comment.text == "新的"
    with zipfile.ZipFile(book.with_name("marked.xlsx")) as archive:
        drawing = next(archive.read(name) for name in archive.namelist() if name.endswith(".vml"))
    shapes = [shape.get("id") for shape in etree.fromstring(drawing) if etree.QName(shape).localname == "shape"]
    assert len(set(shapes)) == len(shapes) == 2


def test_merged_cells_are_marked_where_they_show(book: Path) -> None:
    after = marked(book, Mark("案 卡's", 5, 2, "serious", "隐藏格"))
    assert after["案 卡's"]["B4"].comment.text == "隐藏格"
    assert after["自查结果"]["A1"].hyperlink.location == "'案 卡''s'!B4"


def test_a_cell_that_was_never_written_has_the_style_of_its_column(book: Path) -> None:
    cell = marked(book, Mark("案 卡's", 5, 6, "normal", "空"))["案 卡's"]["F5"]
    assert cell.value is None
    assert cell.number_format == "@"
    assert cell.comment.text == "空"


def test_texts_are_never_formulas(book: Path) -> None:
    lines: tuple[Line, ...] = ((ResultCell("=HYPERLINK(1)"), ResultCell("@x"), ResultCell("<&>\x07")),)
    sheet = marked(book, Mark("案 卡's", 4, 4, "serious", "=1+1 <&>\x00"), result=ResultSheet("结果", lines, ()))
    assert [cell.data_type for cell in sheet["结果"][1]] == ["s", "s", "s"]
    assert [cell.value for cell in sheet["结果"][1]] == ["=HYPERLINK(1)", "@x", "<&>"]
    assert sheet["案 卡's"]["D4"].comment.text == "=1+1 <&>"


def rewritten(book: Path, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with the text of its first sheet changed."""
    target = book.with_name("rewritten.xlsx")
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, change(content) if name == "xl/worksheets/sheet1.xml" else content)
    return target


def test_sheets_of_other_writers(book: Path) -> None:
    """A prefix on every element, and rows and cells without references."""
    prefixed = rewritten(
        book,
        lambda text: (
            text.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?").replace(b"xmlns=", b"xmlns:x=")
        ),
    )
    assert marked(prefixed, Mark("案 卡's", 4, 4, "serious", "问题"))["案 卡's"]["D4"].comment.text == "问题"
    workbook = openpyxl.Workbook()
    workbook.active.append(["甲", "乙", "丙"])
    workbook.active.append([1, 2, 3])
    workbook.save(book)
    for reference in ("A1", "B1", "C1", "A2", "B2", "C2", "1", "2"):
        bare = reference.encode()
        book = rewritten(book, lambda text, bare=bare: text.replace(b' r="' + bare + b'"', b"")).rename(book)  # type: ignore[misc]
    sheet = marked(book, Mark("Sheet", 2, 2, "normal", "二"))["Sheet"]
    assert (sheet["B2"].value, sheet["B2"].comment.text, sheet["C2"].value) == (2, "二", 3)


def test_a_workbook_without_styles(book: Path) -> None:
    bare = book.with_name("bare.xlsx")
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(bare, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "xl/_rels/workbook.xml.rels":
                content = b"".join(
                    element for element in content.replace(b"<R", b"\n<R").splitlines() if b"/styles" not in element
                )
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(rb' (?:s|style|dxfId)="\d+"', b"", content)
            if name != "xl/styles.xml":
                after.writestr(name, content)
    assert marked(bare, Mark("案 卡's", 4, 4, "serious", "问题"))["案 卡's"]["D4"].fill.patternType == "solid"


def test_macros_stay_and_are_named(book: Path) -> None:
    macro = book.with_name("macro.xlsm")
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(macro, "w") as after:
        for name in before.namelist():
            kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
            after.writestr(
                name, before.read(name).replace(kind, b"application/vnd.ms-excel.sheet.macroEnabled.main+xml")
            )
        after.writestr("xl/vbaProject.bin", b"macro")
    assert keeps_macros(macro)
    assert not keeps_macros(book)
    mark_workbook(macro, book.with_name("out.xlsm"), [], RESULT)
    assert keeps_macros(book.with_name("out.xlsm"))
    with zipfile.ZipFile(book.with_name("out.xlsm")) as archive:
        assert archive.read("xl/vbaProject.bin") == b"macro"


def test_what_is_a_workbook(book: Path, tmp_path: Path) -> None:
    assert is_workbook_package(book)
    assert sheet_names(book) == ("案 卡's", "其他")
    archive_file = tmp_path / "a.zip"
    with zipfile.ZipFile(archive_file, "w") as archive:
        archive.writestr("a.txt", "a")
    assert not is_workbook_package(archive_file)
    assert not is_workbook_package(Path(__file__))


def test_a_bomb_is_refused(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert LARGEST_PART > 2**27
    monkeypatch.setattr("flows.marking.package.LARGEST_PART", 100)
    with Package(book) as package, pytest.raises(InputError, match="过大"):
        package.read("xl/worksheets/sheet1.xml")


def test_a_text_file_becomes_a_workbook_row_by_row(tmp_path: Path, catalogue: Any) -> None:
    file = tmp_path / "听证.csv"
    file.write_bytes('标题\n案件名称;编号\n=1+1;0012\n\n"多\n行";3;多出\n'.encode("gb18030"))
    write_as_workbook(file, tmp_path / "rows.xlsx", catalogue, {"": 2})
    sheet = openpyxl.load_workbook(tmp_path / "rows.xlsx")["导出内容"]
    assert sheet["A1"].value == "标题"
    assert [cell.value for cell in sheet[2]][:2] == ["案件名称", "编号"]
    assert [cell.value for cell in sheet[3]][:2] == ["=1+1", "0012"]
    assert sheet["A3"].data_type == "s"
    assert "多出" in [cell.value for row in sheet.iter_rows(min_row=4) for cell in row]
