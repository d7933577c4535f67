"""Loading end to end: recognition, header rows, and the tables a run leaves. Real files, real DuckDB.

The helpers at the top serve the other `test_load_*` files as well.
"""

from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from support.loads import (
    ARREST,
    CATALOGUE,
    HEADINGS,
    PROSECUTION,
    cards,
    load,
    person,
    warehouse,
    write_text,
    write_xlsx,
)

from expectations.errors import InputError
from flows.load import report_as_text, write_quarantine


def test_a_file_becomes_typed_cards_with_their_place(tmp_path: Path) -> None:
    con = warehouse()
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1), person(2, day="2026/3/4", age="x")))

    rows = cards(
        con, "arrest", "_row", "_file", "_sheet_row", "suspect_no", "accept_date::text", "age_at_crime", "_unreadable"
    )
    assert rows == [(0, 0, 2, "S1", "2026-03-02", 20, None), (1, 0, 3, "S2", "2026-03-04", None, ["age_at_crime"])]
    assert cards(con, "arrest", "accept_date__raw", "age_at_crime__raw")[1] == ("2026/3/4", "x")
    assert report.loaded_cards == ("arrest",)
    assert cards(con, "measure", "bmsah") == []


def test_every_field_of_every_card_has_its_column(tmp_path: Path) -> None:
    con = warehouse()
    load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1)))

    for card in CATALOGUE.cards.values():
        present = {row[0]: row[1] for row in con.execute(f"DESCRIBE cards.{card.name}").fetchall()}
        kinds = {"date": "DATE", "int": "INTEGER", "months": "DOUBLE", "wan_yuan": "DOUBLE"}
        for field in card.fields:
            assert present[field.name] == kinds.get(field.type, "VARCHAR")
            assert (f"{field.name}__raw" in present) == (field.type in kinds)
        assert present["_unreadable"] == "VARCHAR[]"


@pytest.mark.parametrize(
    ("name", "choice", "card"),
    [
        (ARREST, None, "arrest"),
        (PROSECUTION, None, "prosecution"),
        ("强制措施导出", None, "measure"),
        ("020101表 审查逮捕", None, "prosecution"),
        ("审查逮捕案件表1行4列强制措施（人）", None, "arrest"),
        (ARREST, "prosecution", "prosecution"),
    ],
)
def test_the_choice_wins_over_the_file_name(tmp_path: Path, name: str, choice: str | None, card: str) -> None:
    report = load(warehouse(), write_text(tmp_path / f"{name}.csv", HEADINGS, person(1)), card=choice)
    assert report.loaded_cards == (card,)


def test_headings_decide_where_the_name_says_nothing(tmp_path: Path) -> None:
    headings = (*HEADINGS, "提请批准逮捕日期", "是否讯问")
    report = load(warehouse(), write_text(tmp_path / "导出.csv", headings, (*person(1), "", "")))
    assert report.loaded_cards == ("arrest",)


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        (HEADINGS, ("同样相符", "arrest", "prosecution")),
        (("提请批准逮捕日期", "是否讯问", "拘留日期", "别的"), ("相符的列太少", "arrest")),
        ((*HEADINGS, "提请批准逮捕日期", *(f"未知{n}" for n in range(20))), ("相符的列太少",)),
        (("甲", "乙", "丙"), ("认不出案卡",)),
    ],
)
def test_a_tie_or_too_few_headings_are_refused_in_one_line(
    tmp_path: Path, headings: Sequence[str], words: Sequence[str]
) -> None:
    with pytest.raises(InputError) as refused:
        load(warehouse(), write_text(tmp_path / "导出.csv", headings, [""] * len(headings)))
    assert refused.value.message.startswith("导出.csv: ")
    assert "\n" not in refused.value.message
    assert all(word in refused.value.message for word in words)


def test_a_chosen_card_still_needs_three_of_its_headings(tmp_path: Path) -> None:
    path = write_text(tmp_path / "导出.csv", ("部门受案号", "嫌疑人编号", "乙"), ("1", "2", "3"))
    with pytest.raises(InputError, match="至少 3 个已知列名，最多的一行有 2 个"):
        load(warehouse(), path, card="arrest")


def test_an_unknown_card_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="arrest"):
        load(warehouse(), write_text(tmp_path / "a.csv", HEADINGS, person(1)), card="arest")


def test_title_rows_above_the_headings_are_skipped(tmp_path: Path) -> None:
    con = warehouse()
    path = write_text(
        tmp_path / f"{ARREST}.csv", ("汉东市人民检察院",), (), ("导出日期", "2026-06-30"), HEADINGS, person(1)
    )
    report = load(con, path)
    assert (report.sheets[0].header_row, report.rows.read) == (4, 1)
    assert cards(con, "arrest", "_sheet_row") == [(5,)]


def test_headings_beyond_the_tenth_row_are_not_found(tmp_path: Path) -> None:
    path = write_text(tmp_path / f"{ARREST}.csv", *[("标题",)] * 10, HEADINGS, person(1))
    with pytest.raises(InputError, match="前 10 行"):
        load(warehouse(), path)


@pytest.mark.parametrize(
    "heading", ["\ufeff性别", "*性别", "★性别", "性 别", "性别：", "性别:", '"性\n别"', "＊性别", "\u3000性别\u00a0"]
)
def test_headings_are_normalised(tmp_path: Path, heading: str) -> None:
    con = warehouse()
    load(con, write_text(tmp_path / f"{ARREST}.csv", (*HEADINGS[:3], heading), person(1)[:4]))
    assert cards(con, "arrest", "sex") == [("男",)]


def test_brackets_letters_and_digits_compare_by_width(tmp_path: Path) -> None:
    con = warehouse()
    load(con, write_text(tmp_path / f"{ARREST}.csv", (*HEADINGS[:3], "作案日期（起）"), (*person(1)[:3], "20260302")))
    assert cards(con, "arrest", "crime_start::text") == [("2026-03-02",)]


def test_the_exact_header_wins_over_an_alias_and_the_first_over_the_second(tmp_path: Path) -> None:
    con = warehouse()
    headings = (*HEADINGS[:2], "姓名", "嫌疑人姓名", "性别", "性别")
    row = ("K", "S", "别名", "正名", "男", "女")
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", headings, row, row))
    assert cards(con, "arrest", "name", "sex") == [("正名", "男")]
    extra = [column.header for column in report.sheets[0].columns if column.matched_by == "twice"]
    assert extra == ["姓名", "性别（第6列）"]
    rejected = con.execute(
        "SELECT cells ->> '$.姓名', cells ->> '$.\"性别（第6列）\"' FROM load.rejected_rows"
    ).fetchall()
    assert rejected == [("别名", "女")]
    assert (
        "同一案卡项有几列，未采用的列 / several columns of one item, not used: 姓名、性别（第6列）"
        in report_as_text(report, {})
    )


@pytest.mark.parametrize("other", ["嫌疑人姓名", "姓名"], ids=["the same heading", "an alias"])
@pytest.mark.parametrize("blank", ["", " ", "NULL"])
@pytest.mark.parametrize("empty_first", [True, False])
def test_of_two_columns_of_an_item_the_filled_one_is_taken(
    tmp_path: Path, other: str, blank: str, empty_first: bool
) -> None:
    con = warehouse()
    pair, values = ("嫌疑人姓名", other), (blank, "张三")
    if not empty_first:
        pair, values = pair[::-1], values[::-1]
    headings = (*HEADINGS[:2], *pair, *HEADINGS[3:])
    rows = [(*person(number)[:2], *values, *person(number)[3:]) for number in (1, 2)]
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", headings, *rows))
    assert cards(con, "arrest", "name", "sex") == [("张三", "男")] * 2
    assert "未采用的列" not in report_as_text(report, {})


def test_no_hint_to_use_an_option_that_was_given(tmp_path: Path) -> None:
    path = write_text(tmp_path / "x.csv", ("甲", "乙", "丙", "丁"), ("1", "2", "3", "4"))
    with pytest.raises(InputError) as without:
        load(warehouse(), path)
    with pytest.raises(InputError) as given:
        load(warehouse(), path, card="arrest")
    assert "用 --card 指定案卡" in without.value.hint
    assert "用 --card 指定" not in given.value.hint
    assert "应有列名" in given.value.message
    assert "部门受案号" in given.value.message


def test_unknown_columns_are_kept_and_empty_ones_dropped(tmp_path: Path) -> None:
    con = warehouse()
    report = load(
        con, write_text(tmp_path / f"{ARREST}.csv", ("序号", *HEADINGS, "", ""), ("1", *person(1), "", "随手写"))
    )
    matched_by = {column.header: column.matched_by for column in report.sheets[0].columns}
    assert matched_by["序号"] == matched_by["第9列"] == "extra"
    assert "第8列" not in matched_by
    assert con.execute("SELECT count(*) FROM load.file_columns").fetchone() == (8,)


def test_a_heading_merged_over_two_rows_is_read_with_the_row_that_has_most(tmp_path: Path) -> None:
    con = warehouse()
    upper = ("部门受案号", "嫌疑人编号", "嫌疑人情况", "", "", "")
    lower = ("", "", "嫌疑人姓名", "性别", "受理日期", "作案时年龄")
    load(con, write_xlsx(tmp_path / f"{ARREST}.xlsx", 表=[upper, lower, person(1)]))
    assert cards(con, "arrest", "suspect_no", "name") == [("S1", "张三")]


def test_a_row_that_completes_the_headings_is_no_card(tmp_path: Path) -> None:
    con = warehouse()
    upper = ("部门受案号", "嫌疑人编号", "嫌疑人姓名", "性别", "日期与年龄", "")
    lower = ("", "", "", "", "受理日期", "作案时年龄")
    report = load(con, write_xlsx(tmp_path / f"{ARREST}.xlsx", 表=[upper, lower, person(1)]))
    assert cards(con, "arrest", "suspect_no", "age_at_crime") == [("S1", 20)]
    assert report.rows.read == 1


def test_sheets_of_the_same_and_of_another_card_are_loaded_and_others_listed(tmp_path: Path) -> None:
    con = warehouse()
    measures = [
        ("部门受案号", "嫌疑人编号", "嫌疑人姓名", "强制措施编号", "强制措施种类", "决定日期"),
        ("K", "S", "张", "1", "拘留", "2026-01-01"),
    ]
    path = write_xlsx(
        tmp_path / f"{ARREST}.xlsx",
        说明=[("请勿外传",)],
        第一页=[HEADINGS, person(1)],
        第二页=[HEADINGS, person(2)],
        措施=measures,
    )
    report = load(con, path)
    assert cards(con, "arrest", "_sheet", "suspect_no") == [("第一页", "S1"), ("第二页", "S2")]
    assert cards(con, "measure", "_sheet", "kind") == [("措施", "拘留")]
    assert [(sheet.sheet, sheet.status) for sheet in report.sheets if sheet.status != "loaded"] == [("说明", "ignored")]


def test_hidden_sheets_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / f"{ARREST}.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, number in (("隐藏", 1), ("可见", 2)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADINGS)
            sheet.write_row(1, 0, person(number))
        book.worksheets()[0].hide()
        book.worksheets()[1].activate()
        book.worksheets()[1].set_first_sheet()
    con = warehouse()
    load(con, path)
    assert cards(con, "arrest", "_sheet", "suspect_no") == [("可见", "S2")]


def test_absent_columns_are_known_per_file(tmp_path: Path) -> None:
    con = warehouse()
    first = write_text(tmp_path / "审查逮捕1.csv", HEADINGS, person(1))
    second = write_text(tmp_path / "审查逮捕2.csv", HEADINGS[:4], person(2)[:4])
    report = load(con, first, second)
    assert report.absent["arrest"]["accept_date"] == {1}
    assert report.absent["arrest"]["tysah"] == {0, 1}
    assert "sex" not in report.absent["arrest"]
    assert con.execute("SELECT file_no FROM load.missing_columns WHERE field = 'accept_date'").fetchall() == [(1,)]


def test_folders_are_read_by_name_and_other_files_listed(tmp_path: Path) -> None:
    for name in ("审查逮捕2.csv", "审查逮捕1.CSV"):
        write_text(tmp_path / name, HEADINGS, person(int(name[4])))
    for name in ("~$审查逮捕3.xlsx", ".审查逮捕4.csv", "说明.docx"):
        (tmp_path / name).write_bytes(b"x")
    report = load(warehouse(), tmp_path)
    assert [sheet.name for sheet in report.sheets] == ["审查逮捕1.CSV", "审查逮捕2.csv"]
    assert [Path(name).name for name in report.skipped] == [".审查逮捕4.csv", "~$审查逮捕3.xlsx", "说明.docx"]


def test_a_missing_path_and_an_empty_folder_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="不存在"):
        load(warehouse(), tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="没有可读的文件"):
        load(warehouse(), tmp_path)


def test_all_refused_files_are_named_at_once_or_skipped_on_demand(tmp_path: Path) -> None:
    good = write_text(tmp_path / "审查逮捕.csv", HEADINGS, person(1))
    bad = [write_text(tmp_path / f"坏{n}.csv", ("甲", "乙"), ("1", "2")) for n in (1, 2)]
    with pytest.raises(InputError) as refused:
        load(warehouse(), *bad, good)
    assert [line.split(":")[0] for line in refused.value.message.splitlines()] == ["坏1.csv", "坏2.csv"]

    report = load(warehouse(), *bad, good, skip_refused=True)
    assert [sheet.status for sheet in report.sheets] == ["refused", "refused", "loaded"]
    with pytest.raises(InputError):
        load(warehouse(), *bad, skip_refused=True)


def test_the_printed_report_and_the_quarantine_account_for_every_row(tmp_path: Path) -> None:
    con = warehouse()
    rows = (person(1), person(1), HEADINGS, person(2, age="二十"), [""] * 6, ("合计", "", "", "", "", "2"))
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, *rows))
    text = report_as_text(report, {("arrest", field.name): field.header for field in CATALOGUE.cards["arrest"].fields})
    assert "读入 6 = 载入 2 + 剔除 4（表头 1，合计 1，表尾 0，栏次 0，空行 1，重复 1，被替换 0，格式错误 0）" in text
    assert "无法识别 / unreadable 作案时年龄: 1 格，如 二十" in text

    target = tmp_path / "quarantine.csv"
    assert write_quarantine(con, target) == 4
    lines = target.read_bytes().decode("utf-8-sig").splitlines()
    assert lines[0] == "文件 file,工作表 sheet,行 row,原因 reason,单元格 cells"
    assert [line.split(",")[2] for line in lines[1:]] == ["3", "4", "6", "7"]


def test_unreadable_cells_are_all_stored_and_five_shown(tmp_path: Path) -> None:
    con = warehouse()
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, *(person(n, age=f"约{n}") for n in range(8))))
    assert con.execute("SELECT count(*) FROM load.unreadable_cells WHERE field = 'age_at_crime'").fetchone() == (8,)
    assert (report.sheets[0].unreadable or {})["age_at_crime"] == (8, ("约0", "约1", "约2", "约3", "约4"))
