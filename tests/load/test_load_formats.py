"""Files as they come: encodings, delimiters, malformed rows, workbooks, HTML under an .xls name, files that lie."""

import csv
import datetime
import random
import tempfile
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from support.loads import ARREST, HEADINGS, cards, csv_text, load, person, warehouse, write_text, write_xlsx

from expectations.errors import InputError

TEXT = csv_text(HEADINGS, person(1), person(2, name="李四"))
EXPECTED = [("S1", "张三"), ("S2", "李四")]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-16-le-bom", "utf-16-be-bom"],
)
def test_encodings(tmp_path: Path, encoding: str) -> None:
    con = warehouse()
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes(("\ufeff" + TEXT).encode(encoding[:9]) if encoding.endswith("bom") else TEXT.encode(encoding))
    load(con, path)
    assert cards(con, "arrest", "suspect_no", "name") == EXPECTED


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "||", "，", "^", "\x01"])
@pytest.mark.parametrize("suffix", ["csv", "txt", "tsv", "xls", "xlsx"])
def test_delimiters_whatever_the_suffix(tmp_path: Path, delimiter: str, suffix: str) -> None:
    con = warehouse()
    title = ["导出：张三、李四" + ("," if delimiter != "," else ";") * 9]
    load(con, write_text(tmp_path / f"{ARREST}.{suffix}", title, HEADINGS, person(1), delimiter=delimiter))
    assert cards(con, "arrest", "suspect_no") == [("S1",)]


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "sep=#"])
def test_the_first_line_for_excel_that_names_the_delimiter(tmp_path: Path, first: str) -> None:
    con = warehouse()
    delimiter = first.strip('"')[-1]
    path = tmp_path / f"{ARREST}.csv"
    path.write_text(f"{first}\r\n{csv_text(HEADINGS, person(1), delimiter=delimiter)}", encoding="utf-8")
    load(con, path)
    assert cards(con, "arrest", "_sheet_row", "suspect_no", "age_at_crime") == [(3, "S1", 20)]


@pytest.mark.parametrize(("delimiter", "named"), [("#", "“#”"), ("  ", "空格"), ("::", "“::”"), ("$", "“$”")])
def test_a_delimiter_that_is_not_read_is_named(tmp_path: Path, delimiter: str, named: str) -> None:
    path = write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1), delimiter=delimiter)
    with pytest.raises(InputError) as refused:
        load(warehouse(), path, card="arrest")
    assert refused.value.message.startswith(f"{path.name}: 各列的分隔符不受支持")
    assert named in refused.value.message
    assert "\n" not in refused.value.message


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("title", ["", "标题{0}", "标题{0}{0}", '"标题{0}第二行"{0}'])
def test_line_endings_below_any_title(tmp_path: Path, ending: str, title: str) -> None:
    con = warehouse()
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes((title.format(ending) + TEXT.replace("\n", ending)).encode())
    report = load(con, path)
    assert cards(con, "arrest", "suspect_no", "name") == EXPECTED
    assert report.sheets[0].header_row == cards(con, "arrest", "_sheet_row")[0][0] - 1


def test_line_breaks_and_quotes_inside_cells(tmp_path: Path) -> None:
    con = warehouse()
    rows = '"K,1",S1,"张\n三",男,2026-03-02,20\r\nK2,S2,"李""四""",女,2026-03-02,20\r\n'
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes((",".join(HEADINGS) + "\r\n" + rows).encode())
    load(con, path)
    assert cards(con, "arrest", "bmsah", "name") == [("K,1", "张\n三"), ("K2", '李"四"')]


def test_short_rows_are_filled_and_rows_with_surplus_cells_rejected(tmp_path: Path) -> None:
    con = warehouse()
    rows = [person(1)[:3], (*person(2), "", ""), (*person(3), "", "多出"), person(4)]
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, *rows))
    assert cards(con, "arrest", "suspect_no", "sex") == [("S1", None), ("S2", "男"), ("S4", "男")]
    assert report.rows.malformed == 1
    (row, reason, cells), *further_rows = con.execute(
        "SELECT sheet_row, reason, cells FROM load.rejected_rows"
    ).fetchall()
    assert (row, reason, further_rows) == (4, "单元格比表头多", [])
    assert '"嫌疑人编号":"S3"' in cells
    assert "多出" in cells


def test_a_quote_that_never_closes_costs_its_row_only(tmp_path: Path) -> None:
    con = warehouse()
    rows = csv_text(person(1), ("K2", '"S2', "李四", "", "", ""), person(3), ("K4", '"S4"x', "", "", "", ""), person(5))
    path = tmp_path / f"{ARREST}.csv"
    path.write_text(csv_text(HEADINGS) + rows, encoding="utf-8")
    report = load(con, path)
    assert cards(con, "arrest", "_sheet_row", "suspect_no") == [(2, "S1"), (4, "S3"), (6, "S5")]
    assert report.rows.malformed == 2
    assert "李四" in con.execute("SELECT cells FROM load.rejected_rows ORDER BY sheet_row").fetchall()[0][0]


def test_quotes_inside_plain_cells_stay(tmp_path: Path) -> None:
    con = warehouse()
    load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1, name='绰号"小三"')))
    assert cards(con, "arrest", "name") == [('绰号"小三"',)]


def test_nul_characters_do_no_harm(tmp_path: Path) -> None:
    con = warehouse()
    path = tmp_path / f"{ARREST}.csv"
    path.write_bytes(TEXT.replace("李四", "李\0四").encode())
    load(con, path)
    assert cards(con, "arrest", "suspect_no", "name") == EXPECTED


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件是空的"),
        (b"\0" * 100, "文件是空的"),
        (b"PK\x03\x04 broken", "压缩结构已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 broken" * 9, "工作簿已损坏"),
        (b"\xff\xfa\x80\x81, \xff" * 9, "编码无法识别"),
        (b"<html><body>no table</body></html>", "网页但没有表格"),
        (b"MIME-Version: 1.0\n", "MHTML"),
        (b"%TSD-Header-###%" + bytes(range(256)) * 9, "可能被安全软件加密"),
        (b"b\x14#e" + b"x" * 99, "可能被安全软件加密"),
        (random.Random(7).randbytes(3000), "可能被安全软件加密"),
        (random.Random(7).randbytes(90_000), "可能被安全软件加密"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"Rar!\x1a\x07\x00" + b"x" * 99, "RAR"),
    ],
)
def test_files_that_are_no_table_are_refused_in_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / f"{ARREST}.xls"
    path.write_bytes(content)
    with pytest.raises(InputError) as refused:
        load(warehouse(), path)
    assert words in refused.value.message
    assert "\n" not in refused.value.message


def test_a_zip_that_is_no_workbook_and_one_that_explodes(tmp_path: Path) -> None:
    no_workbook, bomb = tmp_path / "审查逮捕1.xlsx", tmp_path / "审查逮捕2.xlsx"
    with zipfile.ZipFile(no_workbook, "w") as archive:
        archive.writestr("a.csv", TEXT)
    with zipfile.ZipFile(write_xlsx(bomb, 表=[HEADINGS]), "a", zipfile.ZIP_DEFLATED) as archive:
        start, end = (
            '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>',
            "</sheetData></worksheet>",
        )
        rows = "".join(
            f'<row r="{n}"><c r="XFD{n}"><v>1</v></c><c r="A{n}"><v>1</v></c></row>' for n in range(1, 40_000)
        )
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("xl/worksheets/sheet1.xml", start + rows + end)
    with pytest.raises(InputError) as refused:
        load(warehouse(), no_workbook, bomb)
    first, second = refused.value.message.splitlines()
    assert "压缩包而不是工作簿" in first
    assert "内存限制" in second or "秒内未能读完" in second


def test_workbook_cells_are_read_as_stored(tmp_path: Path) -> None:
    con = warehouse()
    day = datetime.date(2026, 3, 2)
    path = tmp_path / f"{ARREST}.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, (*HEADINGS, "统一受案号", "附注", "提请批准逮捕日期", "是否讯问"))
        sheet.write_row(1, 0, ("K", "S", "张三", "男"))
        sheet.write_datetime(1, 4, datetime.datetime(2026, 3, 2), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write_number(1, 5, 20)
        sheet.write_number(1, 6, 77010120260001220)
        sheet.write_formula(1, 7, "=1/0", None, "#DIV/0!")
        sheet.write_number(1, 8, 46083)
        sheet.write_boolean(1, 9, True)
    load(con, path)
    texts = con.execute(
        "SELECT accept_date__raw, age_at_crime__raw, tysah, note, request_date__raw FROM cards.arrest"
    ).fetchone()
    assert texts == ("2026-03-02", "20", "77010120260001220", "#DIV/0!", "46083")
    assert cards(con, "arrest", "accept_date", "age_at_crime", "request_date", "interrogated") == [(day, 20, day, "是")]


@pytest.mark.parametrize("digits", ["77010120260001217", "7.701012026000122E+16", "77010120260001220.0"])
@pytest.mark.parametrize("prefix", ["", "x:"])
@pytest.mark.parametrize("column", ["A", "C"])
def test_seventeen_digits_survive(tmp_path: Path, digits: str, prefix: str, column: str) -> None:
    con = warehouse()
    path = tmp_path / f"{ARREST}.xlsx"
    blank = [None] * (ord(column) - ord("A"))
    write_xlsx(path, 表=[["标题"], [*blank, *HEADINGS, "统一受案号"], [*blank, *person(1)]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    place = chr(ord(column) + len(HEADINGS))
    sheet = parts["xl/worksheets/sheet1.xml"].replace(
        "</row></sheetData>", f'<c r="{place}3"><v>{digits}</v></c></row></sheetData>'
    )
    if prefix:
        sheet = (
            sheet.replace("<c ", "<x:c ").replace("</c>", "</x:c>").replace("<v>", "<x:v>").replace("</v>", "</x:v>")
        )
        sheet = sheet.replace("<row ", "<x:row ").replace("</row>", "</x:row>")
        sheet = sheet.replace(
            "<worksheet ", '<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        )
    parts["xl/worksheets/sheet1.xml"] = sheet
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    load(con, path)
    assert cards(con, "arrest", "tysah") == [("77010120260001217" if digits.endswith("7") else "77010120260001220",)]


def test_integers_written_by_openpyxl_survive(tmp_path: Path) -> None:
    con = warehouse()
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append((*HEADINGS, "统一受案号"))
    book.active.append((*person(1), 77010120260001220))
    book.save(tmp_path / f"{ARREST}.xlsx")
    load(con, tmp_path / f"{ARREST}.xlsx")
    assert cards(con, "arrest", "tysah") == [("77010120260001220",)]


def test_dates_of_a_1904_workbook(tmp_path: Path) -> None:
    con = warehouse()
    path = tmp_path / f"{ARREST}.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, person(1))
        sheet.write_datetime(1, 4, datetime.datetime(2026, 3, 2))
    load(con, path)
    assert cards(con, "arrest", "accept_date") == [(datetime.date(2026, 3, 2),)]


def test_html_tables_under_an_xls_name(tmp_path: Path) -> None:
    con = warehouse()
    heads = "".join(f"<th>{text}</th>" for text in (*HEADINGS, "统一受案号"))
    page = (
        "<html><head><meta charset=gb2312></head><body><table><tr><td colspan=7>审查逮捕案件</td></tr>"
        f"<tr>{heads}</tr><tr><td rowspan=2>K</td><td>S1<td>张三<td>男<td>2026/3/2<td>20"
        "<td x:num>77010120260001220</tr>"
        "<tr><td>S2</td><td>李<br>四</td><td>nan</td><td>&nbsp;</td><td></td><td></td></tr></table></body></html>"
    )
    (tmp_path / f"{ARREST}.xls").write_bytes(page.encode("gb18030"))
    load(con, tmp_path / f"{ARREST}.xls")
    rows = cards(con, "arrest", "_sheet_row", "bmsah", "suspect_no", "name", "sex", "tysah")
    assert rows == [(3, "K", "S1", "张三", "男", "77010120260001220"), (4, "K", "S2", "李\n四", None, None)]


def test_a_workbook_under_a_false_suffix(tmp_path: Path) -> None:
    con = warehouse()
    path = write_xlsx(tmp_path / "a.xlsx", 表=[HEADINGS, person(1)]).rename(tmp_path / f"{ARREST}.xls")
    load(con, path)
    assert cards(con, "arrest", "suspect_no") == [("S1",)]


def test_temporary_files_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    load(warehouse(), write_xlsx(tmp_path / f"{ARREST}.xlsx", 表=[HEADINGS, person(1)]))
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("broken", [False, True], ids=["one line a row", "a cell over two lines"])
def test_a_large_file_with_quotes_is_read_in_its_order(tmp_path: Path, broken: bool) -> None:
    """Beyond what a thread reads at a time; a quoted cell over two lines lets no thread begin inside of it."""
    file, number = tmp_path / f"{ARREST}.csv", 60_000
    filler = "赃款，" * 60
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([*HEADINGS, "案件名称"])
        for row in range(number):
            parting = "\n" if broken and row % 7 == 0 else " "
            writer.writerow([*person(row, name=f'示例"{row}"'), f'甲,"乙"{parting}{row} {filler}'])
    con = warehouse()
    report = load(con, file)
    assert (report.rows.read, report.rows.loaded) == (number, number)
    mistakes = con.execute(
        "select count(*) from cards.arrest where _sheet_row <> _row + 2 or name <> format('示例\"{}\"', _row)"
        " or not contains(case_name, format('\"乙\"{}{} 赃款', if(? and _row % 7 = 0, chr(10), ' '), _row))",
        [broken],
    ).fetchall()
    assert mistakes == [(0,)]
