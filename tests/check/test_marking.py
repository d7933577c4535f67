"""Marking a workbook changes the marked cells and nothing else: other cells, sheets, formulas and notes stay as they were."""

import os
import re
import subprocess
import sys
import time
import tracemalloc
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
    NotProvenError,
    ResultCell,
    ResultSheet,
    UnmarkableError,
    is_workbook_package,
    keeps_macros,
    mark_workbook,
    sheet_names,
)
from flows.marking.package import LARGEST_PART, Package
from flows.marking.proof import prove_copy

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
    with Package(book):
        pass
    for name in ("LARGEST_PART", "LARGEST_PACKAGE"):
        with monkeypatch.context() as patch:
            patch.setattr(f"flows.marking.package.{name}", 100)
            with pytest.raises(InputError, match="过大"):
                sheet_names(book)


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


def with_parts(book: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The workbook with its parts changed; None leaves one out."""
    target = book.with_name("other.xlsx")
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            content = change(name, before.read(name))
            if content is not None:
                after.writestr(name, content)
    return target


def values(book: Path) -> dict[str, list[list[Any]]]:
    """What another library reads: values and formulas."""
    sheets = openpyxl.load_workbook(book).worksheets
    return {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in sheets}


SHEET = "xl/worksheets/sheet1.xml"
ODD_SHEETS: dict[str, Callable[[bytes], bytes]] = {
    "lower case": lambda text: re.sub(rb'(<c r=")([A-Z]+)', lambda match: match[1] + match[2].lower(), text),
    "no references": lambda text: re.sub(rb'(<c) r="[CD][34]"', rb"\1", text),
    "utf-16": lambda text: text.decode().encode("utf-16"),
    "cells out of order": lambda text: re.sub(
        rb"(<c r=\"B4\".*?)(<c r=\"C4\".*?)(?=<c )", rb"\2\1", text, flags=re.DOTALL
    ),
    "rows out of order": lambda text: re.sub(
        rb"(<row r=\"4\".*?)(<row r=\"5\".*?)(?=</sheetD)", rb"\2\1", text, flags=re.DOTALL
    ),
    "a cell twice": lambda text: re.sub(rb"(<c r=\"D4\".*?</c>)", rb"\1\1", text, flags=re.DOTALL),
    "a row in two": lambda text: re.sub(rb'(<c r="D4")', rb'</row><row r="4">\1', text),
    "a comment": lambda text: text.replace(b"<sheetData>", b'<sheetData><!-- <row r="1"><c r="A1"/></row> -->'),
    "a stroke in a name": lambda text: text.replace(b"<row ", b'<row xmlns:x-y="urn:x" x-y:note="a&gt;b" '),
    "sparing": lambda text: re.sub(rb' spans="[^"]*"', b"", text).replace(b"><", b">\n<"),
}


@pytest.mark.parametrize("name", ODD_SHEETS)
def test_no_cell_of_an_odd_sheet_moves(book: Path, name: str) -> None:
    odd = with_parts(book, lambda part, content: ODD_SHEETS[name](content) if part == SHEET else content)
    before = values(odd)
    sheet = marked(odd, Mark("案 卡's", 4, 4, "serious", "问题"), Mark("案 卡's", 5, 3, "hint", "空"))["案 卡's"]
    after = values(odd.with_name("marked.xlsx"))
    assert {title: after[title] for title in before} == before
    assert (sheet["D4"].comment.text, sheet["C5"].comment.text) == ("问题", "空")
    assert (sheet["D4"].fill.patternType, sheet["C5"].fill.patternType) == ("solid", "gray0625")


FALSE_SHEETS: dict[str, Callable[[bytes], bytes]] = {
    "a cell of another row": lambda text: text.replace(b'r="B3"', b'r="C5"'),
    "a reference that is none": lambda text: text.replace(b'r="D5"', b'r="D"'),
    "rows in a comment": lambda text: re.sub(rb"<row r=\"5\".*?</row>", rb"<!--\g<0>-->", text, flags=re.DOTALL),
}


@pytest.mark.parametrize("name", FALSE_SHEETS)
def test_a_copy_that_would_be_false_is_none(book: Path, name: str) -> None:
    """What the writer takes for a row or a place is something else: the proof finds it, or the sheet is refused."""
    odd = with_parts(book, lambda part, content: FALSE_SHEETS[name](content) if part == SHEET else content)
    with pytest.raises((NotProvenError, UnmarkableError)):
        marked(odd, Mark("案 卡's", 5, 3, "hint", "空"))
    assert not odd.with_name("marked.xlsx").exists()


FALSE_COPIES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "another value": (SHEET, lambda text: text.replace(b"<v>3.5</v>", b"<v>3.6</v>")),
    "another formula": (SHEET, lambda text: text.replace(b"D4*2", b"D4*3")),
    "another type": (SHEET, lambda text: text.replace(b'r="B4" t="inlineStr"', b'r="B4" t="str"')),
    "another place": (SHEET, lambda text: text.replace(b'r="D5"', b'r="E5"')),
    "a cell less": (SHEET, lambda text: re.sub(rb"<c r=\"D5\".*?</c>", b"", text, flags=re.DOTALL)),
    "a row less": (SHEET, lambda text: re.sub(rb"<row r=\"3\".*?</row>", b"", text, flags=re.DOTALL)),
    "a mark less": (SHEET, lambda text: re.sub(rb"<c r=\"C5\"[^>]*/>", b"", text)),
    "another style": (SHEET, lambda text: text.replace(b'<c r="B3"', b'<c s="1" r="B3"')),
    "no merged cells": (SHEET, lambda text: re.sub(rb"<mergeCells.*</mergeCells>", b"", text)),
    "another sheet": ("xl/worksheets/sheet2.xml", lambda text: text.replace(b"SUM", b"MAX")),
    "another theme": ("xl/theme/theme1.xml", lambda text: text.replace(b"1F497D", b"1F497E")),
    "another format": ("xl/styles.xml", lambda text: text.replace(b'numFmtId="2"', b'numFmtId="3"')),
    "a sheet less": ("xl/workbook.xml", lambda text: re.sub(rb"<(\w+:)?sheet [^>]*sheetId=\"2\"[^>]*>", b"", text)),
    "a note less": ("xl/comments/comment1.xml", lambda text: text.replace("原有".encode(), b"")),
}


@pytest.mark.parametrize("name", FALSE_COPIES)
def test_the_proof_finds_every_falsification(book: Path, name: str) -> None:
    marked(book, Mark("案 卡's", 4, 4, "serious", "问题"), Mark("案 卡's", 5, 3, "hint", "空"))
    copy, places = book.with_name("marked.xlsx"), {SHEET: {(4, 4), (5, 3)}}
    prove_copy(book, copy, places)
    part, falsify = FALSE_COPIES[name]
    false = with_parts(copy, lambda other, content: falsify(content) if other == part else content)
    with zipfile.ZipFile(copy) as whole, zipfile.ZipFile(false) as changed:
        assert whole.read(part) != changed.read(part)
    with pytest.raises(NotProvenError):
        prove_copy(book, false, places)


DAMAGE: dict[str, Callable[[bytes], bytes | None]] = {
    "empty": lambda _: b"",
    "no XML": lambda _: b"\x00\x01 no xml",
    "another element": lambda _: b"<other/>",
    "cut": lambda content: content[: len(content) // 2],
    "missing": lambda _: None,
    "utf-16": lambda content: content.decode().encode("utf-16"),
    "not a number": lambda content: re.sub(rb'="\d+"', b'="x"', content),
}


def refusal(book: Path) -> str:
    """Why a workbook is not marked; blank where it is no workbook, or was marked. Fails for a bug and for half a copy."""
    target = book.with_name("out.xlsx")
    target.unlink(missing_ok=True)
    try:
        if is_workbook_package(book):
            mark_workbook(book, target, [Mark("案 卡's", 4, 3, "serious", "问题")], RESULT)
    except (UnmarkableError, NotProvenError) as error:
        return "half a copy" if target.exists() else str(error.message)
    return ""


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_part_is_one_line_or_does_not_matter(book: Path, damage: str) -> None:
    with zipfile.ZipFile(book) as whole:
        parts = whole.namelist()
    for part in parts:
        odd = with_parts(book, lambda name, content: DAMAGE[damage](content) if name == part else content)  # noqa: B023
        said = refusal(odd)
        assert said != "half a copy"
        assert "\n" not in said, part
        assert said or part != SHEET or damage == "utf-16", "another encoding is no damage"


def test_damaged_containers_are_one_line_or_no_workbooks(book: Path) -> None:
    content = book.read_bytes()
    directory = content.index(b"PK\x01\x02")
    odd = book.with_name("container.xlsx")
    for place in (*range(0, 60, 7), *range(directory, len(content), 11)):
        for byte in (b"\x00", b"\xff"):
            odd.write_bytes(content[:place] + byte + content[place + 1 :])
            assert "\n" not in refusal(odd), place


def test_names_of_other_writers(book: Path) -> None:
    """Backslashes and other capitals in the names of entries: the copy keeps them."""
    odd = book.with_name("strokes.xlsx")
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(odd, "w") as after:
        for name in before.namelist():
            after.writestr(name.replace("/", "\\").replace("sheet1", "SHEET1"), before.read(name))
    assert is_workbook_package(odd)
    target = odd.with_name("marked.xlsx")
    mark_workbook(odd, target, [Mark("案 卡's", 4, 4, "serious", "问题")], RESULT)
    with zipfile.ZipFile(odd) as before, zipfile.ZipFile(target) as after:
        assert after.namelist()[: len(before.namelist())] == before.namelist()
        assert b'r="D4" s="' in after.read("xl\\worksheets\\SHEET1.xml")


def test_a_part_that_stands_twice_is_refused(book: Path) -> None:
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("XL/workbook.xml", b"")
    with pytest.raises(UnmarkableError, match="stands twice"):
        sheet_names(book)


def test_of_two_sheets_of_one_name_each_gets_its_own_marks(book: Path) -> None:
    named = with_parts(book, lambda _, content: content.replace("其他".encode(), "案 卡's".encode()))
    first, second = sheet_names(named)
    assert (first, second == first) == ("案 卡's", False)
    target = named.with_name("marked.xlsx")
    mark_workbook(named, target, [Mark(second, 1, 1, "serious", "问题")], RESULT)
    with zipfile.ZipFile(named) as before, zipfile.ZipFile(target) as after:
        same = [
            after.read(f"xl/worksheets/sheet{number}.xml") == before.read(f"xl/worksheets/sheet{number}.xml")
            for number in (1, 2)
        ]
    assert same == [True, False]


def test_a_mark_in_no_sheet_is_not_lost(book: Path) -> None:
    with pytest.raises(UnmarkableError, match="no part of the sheet"):
        marked(book, Mark("没有", 4, 3, "serious", "问题"))


def test_a_part_of_any_size_takes_little_memory(book: Path) -> None:
    large = book.with_name("large.xlsx")
    with zipfile.ZipFile(book) as before, zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(name, before.read(name))
        after.writestr("xl/media/image1.bin", bytes(100 * 2**20))
    tracemalloc.start()
    mark_workbook(large, large.with_name("marked.xlsx"), [Mark("案 卡's", 4, 3, "serious", "问题")], RESULT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 * 2**20


def test_the_same_marks_give_the_same_bytes(book: Path, tmp_path: Path, catalogue: Any) -> None:
    """In another process too, where sets have another order."""
    text = tmp_path / "听证.csv"
    text.write_text("案件名称,编号\n甲,1\n", encoding="utf-8")
    order = f"""
import sys
from pathlib import Path
from expectations.catalogue.catalogues import load_catalogue
from flows.load.sources.whole_sheets import write_as_workbook
from flows.marking import Line, Mark, ResultCell, ResultSheet, mark_workbook
result = ResultSheet("自查结果", ((ResultCell("第一条", link=0),),), (10,))
write_as_workbook(Path({str(text)!r}), Path("rows.xlsx"), load_catalogue(), {{"": 1}})
mark_workbook(Path("rows.xlsx"), Path("text.xlsx"), [Mark("导出内容", 2, 1, "hint", "空")], result)
mark_workbook(Path({str(book)!r}), Path("book.xlsx"), [Mark("案 卡's", 4, 3, "hint", "空")], result)
"""
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        subprocess.run([sys.executable, "-c", order], cwd=folder, env=os.environ | {"PYTHONHASHSEED": seed}, check=True)
        time.sleep(2.1)  # a time in a container has steps of two seconds
    for name in ("rows.xlsx", "text.xlsx", "book.xlsx"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes(), name
