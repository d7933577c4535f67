"""Which rows count: totals, copies, equal rows, later files; the history; and the account of all rows."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.loads import ARREST, HEADINGS, cards, load, person, warehouse, write_text, write_xlsx

from expectations.catalogue.catalogues import load_catalogue
from expectations.run.schema import CARD_COLUMNS, LOAD_FACTS
from flows.load import load_exports

SUSPECTS = "suspect_no"


def reasons(con: duckdb.DuckDBPyConnection) -> dict[int, str]:
    """The Chinese reason of each rejected row of the first file."""
    rows = con.execute("SELECT sheet_row, reason FROM load.rejected_rows WHERE file_no = 0").fetchall()
    return dict(rows)


def test_header_copies_blank_rows_and_totals_are_dropped(tmp_path: Path) -> None:
    con = warehouse()
    rows = [
        person(1),
        [""] * 6,
        ("小计", "", "1人", "", "", ""),
        HEADINGS,
        person(2),
        ("\u3000", "NULL", "", "", "nan", ""),
        ("", "总计", "", "", "", "2"),
        ("", "", "共计 2 人", "", "", ""),
    ]
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, *rows))
    assert reasons(con) == {3: "空行", 4: "合计行", 5: "重复的表头", 7: "空行", 8: "合计行", 9: "合计行"}
    assert cards(con, "arrest", SUSPECTS) == [("S1",), ("S2",)]
    rows_of = report.rows
    assert (rows_of.read, rows_of.loaded, rows_of.blank, rows_of.total, rows_of.header_copy) == (8, 2, 2, 3, 1)


@pytest.mark.parametrize(
    "row",
    [
        ("合计", "S9", "", "", "", ""),
        ("K9", "", "合计", "", "", ""),
        ("", "", "合计人员", "", "", ""),
        ("", "", "总计划", "", "", ""),
    ],
)
def test_what_only_looks_like_a_total_is_loaded(tmp_path: Path, row: Sequence[str]) -> None:
    report = load(warehouse(), write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1), row))
    assert report.rows.loaded == 2


def test_a_total_word_before_further_cards_is_no_trailing_total(tmp_path: Path) -> None:
    con = warehouse()
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, ("合计", "", "", "", "", "1"), person(1)))
    assert report.rows.loaded == 2
    assert report.sheets[0].without_case == 0


def test_the_total_may_stand_in_an_extra_column(tmp_path: Path) -> None:
    con = warehouse()
    rows = (("1", *person(1)), ("合 计", "", "", "", "", "", "20"), ("总计：1人", *[""] * 6))
    load(con, write_text(tmp_path / f"{ARREST}.csv", ("序号", *HEADINGS), *rows))
    assert reasons(con) == {3: "合计行", 4: "合计行"}


def test_rows_equal_but_for_extra_columns_are_merged(tmp_path: Path) -> None:
    con = warehouse()
    rows = [("1", *person(1)), ("2", *person(1)), ("3", *person(1, name="李四")), ("4", *person(1, name=" 张三 "))]
    load(con, write_text(tmp_path / f"{ARREST}.csv", ("序号", *HEADINGS), *rows))
    assert cards(con, "arrest", "_row", "_sheet_row", "name") == [(0, 2, "张三"), (1, 4, "李四")]
    assert reasons(con) == {3: "与另一行完全相同，已合并", 5: "与另一行完全相同，已合并"}


def test_rows_with_extra_columns_only_are_blank(tmp_path: Path) -> None:
    con = warehouse()
    load(con, write_text(tmp_path / f"{ARREST}.csv", ("序号", *HEADINGS), ("1", *person(1)), ("2", *[""] * 6)))
    assert reasons(con) == {3: "空行"}


def test_equal_rows_on_two_sheets_are_merged(tmp_path: Path) -> None:
    report = load(
        warehouse(), write_xlsx(tmp_path / f"{ARREST}.xlsx", 一=[HEADINGS, person(1)], 二=[HEADINGS, person(1)])
    )
    assert (report.rows.loaded, report.rows.duplicate) == (1, 1)


def test_a_later_file_replaces_the_same_key_and_keeps_a_key_twice_in_one_file(tmp_path: Path) -> None:
    con = warehouse()
    first = write_text(tmp_path / "审查逮捕1.csv", HEADINGS, person(1), person(2))
    second = write_text(tmp_path / "审查逮捕2.csv", HEADINGS, person(1, age="30"), person(1, age="31"))
    report = load(con, first, second)
    assert cards(con, "arrest", "_file", SUSPECTS, "age_at_crime") == [(0, "S2", 20), (1, "S1", 30), (1, "S1", 31)]
    assert reasons(con) == {2: "被后加载文件中同一键的行替换"}
    assert report.sheets[0].rows.replaced == 1

    load(con, second, first)
    assert cards(con, "arrest", "_file", SUSPECTS, "age_at_crime") == [(1, "S1", 20), (1, "S2", 20)]


def test_the_latest_of_three_files_wins_even_when_it_equals_the_first(tmp_path: Path) -> None:
    con = warehouse()
    ages = ("20", "30", "20")
    paths = [write_text(tmp_path / f"审查逮捕{n}.csv", HEADINGS, person(1, age=age)) for n, age in enumerate(ages)]
    load(con, *paths)
    assert cards(con, "arrest", "_file", "age_at_crime") == [(2, 20)]


def test_rows_without_a_whole_key_are_never_replaced_and_only_merged_when_equal(tmp_path: Path) -> None:
    con = warehouse()
    nameless = ("", *person(1)[1:])
    first = write_text(tmp_path / "审查逮捕1.csv", HEADINGS, nameless)
    second = write_text(tmp_path / "审查逮捕2.csv", HEADINGS, nameless, (*nameless[:-1], "44"))
    report = load(con, first, second)
    assert cards(con, "arrest", "_file", "age_at_crime") == [(0, 20), (1, 44)]
    assert [sheet.without_case for sheet in report.sheets] == [1, 1]
    assert report.rows.duplicate == 1


def test_an_absent_column_is_not_an_equal_blank(tmp_path: Path) -> None:
    con = warehouse()
    first = write_text(tmp_path / "审查逮捕1.csv", HEADINGS, ("", *person(1)[1:5], ""))
    second = write_text(tmp_path / "审查逮捕2.csv", HEADINGS[:5], ("", *person(1)[1:5]))
    assert load(con, first, second).rows.loaded == 2


def test_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    con = warehouse()
    path = write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1), person(2))
    first = load(con, path)
    cards_before = con.execute("SELECT * FROM cards.arrest ORDER BY _row").fetchall()
    again = load(con, path)
    assert con.execute("SELECT * FROM cards.arrest ORDER BY _row").fetchall() == cards_before
    assert again == first


def test_a_load_leaves_nothing_of_the_one_before(tmp_path: Path) -> None:
    con = warehouse()
    load(con, write_text(tmp_path / "审查逮捕1.csv", HEADINGS, person(1)))
    load(con, write_text(tmp_path / "审查逮捕2.csv", HEADINGS, person(2)))
    assert cards(con, "arrest", SUSPECTS) == [("S2",)]


def test_rejected_rows_keep_what_was_written_and_cards_what_the_next_load_goes_on_from(tmp_path: Path) -> None:
    con = warehouse()
    headings = (*HEADINGS, "序号", "是否讯问")
    row = (*person(1, name=" 张三\u3000", age="'廿岁", sex="男性"), "7", "Y")
    load(con, write_text(tmp_path / f"{ARREST}.csv", headings, row, row, headings))
    rejected = con.execute("select sheet_row, reason_en, cells from load.rejected_rows order by all").fetchall()
    assert [(number, reason) for number, reason, _ in rejected] == [
        (3, "equal to another row, merged"),
        (4, "header copy"),
    ]
    as_written = dict(zip(headings, (*person(1, age="廿岁", sex="男性"), "7", "Y"), strict=True))
    assert [json.loads(cells) for *_, cells in rejected] == [as_written, dict(zip(headings, headings, strict=True))]
    columns = [name for name, *_ in con.execute("describe cards.arrest").fetchall()]
    assert [name for name in columns if name.startswith("_")] == [*CARD_COLUMNS, *LOAD_FACTS]
    assert cards(con, "arrest", "sex", "interrogated") == [("男", "是")]


def test_rows_of_a_card_stay_in_the_order_of_its_files(tmp_path: Path) -> None:
    """Cards are scanned side by side; two files of one card wait for each other."""
    con, paths = warehouse(), list[Path]()
    for number in range(6):
        rows = [person(1000 * number + row) for row in range(1, 300 if number % 2 else 30)]
        paths.append(write_text(tmp_path / f"审查逮捕{number}.csv", HEADINGS, *rows))
        paths.append(write_text(tmp_path / f"一审公诉{number}.csv", HEADINGS, *rows))
    load(con, *paths)
    for card in ("arrest", "prosecution"):
        expected = [f"S{1000 * number + row}" for number in range(6) for row in range(1, 300 if number % 2 else 30)]
        assert [suspect for (suspect,) in con.execute(f"select suspect_no from cards.{card}").fetchall()] == expected
        assert con.execute(f"select bool_and(_row = rowid) from cards.{card}").fetchall() == [(True,)]


def test_the_same_content_under_two_names_counts_once(tmp_path: Path) -> None:
    con = warehouse()
    paths = [write_text(tmp_path / f"审查逮捕{n}.csv", HEADINGS, person(1), ("", *person(2)[1:])) for n in (1, 2)]
    report = load(con, *paths)
    assert cards(con, "arrest", SUSPECTS) == [("S2",), ("S1",)]
    assert [(sheet.rows.replaced, sheet.rows.duplicate) for sheet in report.sheets] == [(1, 0), (0, 1)]


def test_the_input_hash_depends_on_content_card_and_order(tmp_path: Path) -> None:
    first = write_text(tmp_path / "审查逮捕1.csv", HEADINGS, person(1))
    second = write_text(tmp_path / "审查逮捕2.csv", HEADINGS, person(2))
    hashes = [
        load(warehouse(), first, second).input_hash,
        load(warehouse(), second, first).input_hash,
        load(warehouse(), first).input_hash,
        load(warehouse(), first, second, card="prosecution").input_hash,
    ]
    assert len(set(hashes)) == 4
    assert load(warehouse(), first, second).input_hash == hashes[0]


def test_a_file_with_headings_only_is_loaded_as_empty(tmp_path: Path) -> None:
    report = load(warehouse(), write_text(tmp_path / f"{ARREST}.csv", HEADINGS))
    assert (report.rows.read, report.loaded_cards) == (0, ("arrest",))


FOOTER, NUMBERS, TOTAL = "表尾说明（制表人、导出时间、注、页码等）", "栏次行", "合计行"


@pytest.mark.parametrize(
    "row",
    [
        ("制表人：甲某", "", "审核人：乙某", "", "", ""),
        ("制表人", "甲某", "", "审核人", "乙某", ""),
        ("", "", "填表人:甲某", "", "2026-06-30", ""),
        ("导出时间：2026-06-30 08:00:00", "", "", "", "", ""),
        ("统计时间：", "2026-01-01至2026-06-30", "", "", "", ""),
        ("注：数据来源于系统导出", "", "", "", "", ""),
        ("注1：含并案", "", "", "", "", ""),
        ("备 注（二）：含并案", "", "", "", "", ""),
        ("第1页 共1页", "", "", "", "", ""),
        ("", "", "", "第 1 页 / 共 3 页", "", ""),
        ("共3页，第1页", "", "", "", "", ""),
        ("Page 1 of 3", "", "", "", "", ""),
        ("Prepared by: A. B.", "", "exported on: 2026-06-30", "", "", ""),
    ],
)
def test_footers_are_rejected_wherever_they_stand(tmp_path: Path, row: Sequence[str]) -> None:
    con = warehouse()
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1), row, person(2), row))
    assert reasons(con) == {3: FOOTER, 5: FOOTER}
    assert cards(con, "arrest", SUSPECTS) == [("S1",), ("S2",)]
    assert (report.rows.footer, report.rows.loaded) == (2, 2)
    assert con.execute("select rows_footer, rows_rejected from load.files").fetchall() == [(2, 2)]


@pytest.mark.parametrize(
    "row",
    [
        ("本页合计", "", "2", "", "", ""),
        ("本页小计（人）：", "", "2", "", "", ""),
        ("", "小计", "", "", "", "2"),
        ("小计：2人", "", "", "", "", ""),
        ("Subtotal", "", "2", "", "", ""),
    ],
)
def test_subtotals_stand_between_cards(tmp_path: Path, row: Sequence[str]) -> None:
    con = warehouse()
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1), row, person(2)))
    assert reasons(con) == {3: TOTAL}
    assert (report.rows.total, report.rows.loaded) == (1, 2)


@pytest.mark.parametrize(
    "word", ["合计：", "合计（件）", "总计(人)：12", "合 计 12件", "累计", "Total", "grand total: 12"]
)
def test_totals_with_a_unit_or_a_colon_end_their_page_before_the_footers(tmp_path: Path, word: str) -> None:
    con = warehouse()
    rows = [
        person(1),
        (word, "", "1", "", "", ""),
        ("制表人：甲某", *[""] * 5),
        HEADINGS,
        person(2),
        ("", word, "1", "", "", ""),
    ]
    load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, *rows))
    assert reasons(con) == {3: TOTAL, 4: FOOTER, 5: "重复的表头", 7: TOTAL}


@pytest.mark.parametrize(
    "row",
    [
        ("1", "2", "3", "4", "5", "6"),
        ("甲", "乙", "1", "2", "3", "4"),
        ("(1)", "（2）", "(3)", "(4)", "(5)", "(6)"),
        ("①", "②", "③", "④", "⑤", "⑥"),
        ("栏次", "1", "2", "3", "4", "5"),
        ("１", "２", "３", "４", "５", ""),
        ("A", "B", "1", "2", "3", "4"),
    ],
)
def test_the_numbers_of_the_columns_are_no_card(tmp_path: Path, row: Sequence[str]) -> None:
    con = warehouse()
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, row, person(1), HEADINGS, row, person(2)))
    assert reasons(con) == {2: NUMBERS, 4: "重复的表头", 5: NUMBERS}
    assert (report.rows.column_numbers, report.rows.loaded) == (2, 2)


LIKE_NO_CARDS = [
    ("制表人：甲某", "S9", "张三", "男", "2026-03-02", "20"),  # a case number that is none, of a card that is one
    ("", "S9", "备注：", "", "", ""),
    ("", "S9", "注：", "男", "", ""),
    ("K9", "", "小计", "", "", ""),
    ("", "S9", "小计", "", "", ""),
    ("小计划", "", "", "", "", ""),
    ("注册处", "", "", "", "", ""),
    ("说明书", "", "x", "", "", ""),
    ("", "", "注", "男", "2026-03-02", "20"),
    ("", "", "审核", "男", "2026-03-02", ""),
    ("K第1页", "", "", "", "", ""),
    ("1", "2", "3", "5", "4", "6"),
    ("1", "2", "", "", "", ""),
    ("1", "", "2", "3", "", ""),
    ("1", "S1", "3", "男", "2026-03-02", "20"),
    ("2", "3", "4", "5", "6", "7"),
    ("甲", "乙", "丙", "丁", "戊", "己"),
]


@pytest.mark.parametrize("row", LIKE_NO_CARDS)
def test_a_card_is_never_taken_for_something_else(tmp_path: Path, row: Sequence[str]) -> None:
    con = warehouse()
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1), row, person(2)))
    assert (reasons(con), report.rows.loaded) == ({}, 3)


def test_a_card_whose_first_column_is_a_remark_is_loaded(tmp_path: Path) -> None:
    con = warehouse()
    rows = [
        ("备注：补录", *person(1)),
        ("说明", *person(2)),
        ("小计", *person(3)),
        ("合计", *person(4)),
        ("1", *person(5)),
    ]
    report = load(con, write_text(tmp_path / f"{ARREST}.csv", ("备注", *HEADINGS), *rows))
    assert (reasons(con), report.rows.loaded) == ({}, 5)


def test_cards_without_case_and_person_are_told_by_their_key(tmp_path: Path) -> None:
    """A kind of matter may be called like a word of a footer; only what also has a colon is one."""
    catalogue = load_catalogue(_folder(tmp_path, "key: [kind]", "{name: kind, header: Kind}"))
    rows = [
        ("说明", "5", "2026-03-02"),
        ("Note", "", ""),
        ("小计", "5", ""),
        ("1", "2", "3"),
        ("", "注：以上", ""),
        ("Total", "", ""),
    ]
    con = warehouse()
    load_exports(
        con, catalogue, [write_text(tmp_path / "matters.csv", ("Kind", "Number", "Day"), *rows)], card="matter"
    )
    assert con.execute("select kind from cards.matter order by _row").fetchall() == [("说明",), ("Note",)]
    assert reasons(con) == {4: TOTAL, 5: NUMBERS, 6: FOOTER, 7: TOTAL}


def test_a_table_of_numbers_alone_keeps_the_row_one_two_three(tmp_path: Path) -> None:
    catalogue = load_catalogue(_folder(tmp_path, "key: [kind]", "{name: kind, header: Kind, type: int}", day="int"))
    con = warehouse()
    path = write_text(tmp_path / "matters.csv", ("Kind", "Number", "Day"), ("1", "2", "3"), ("2", "3", "4"))
    load_exports(con, catalogue, [path], card="matter")
    assert con.execute("select kind from cards.matter order by _row").fetchall() == [(1,), (2,)]


def test_words_are_the_catalogues(tmp_path: Path) -> None:
    words = "key: [kind]\nfooter_words: [Printed in]\ntotal_words: []\nsubtotal_words: []"
    catalogue = load_catalogue(_folder(tmp_path, words, "{name: kind, header: Kind}"))
    rows = [("printed in: Berlin", "", ""), ("Note: x", "", ""), ("Total", "5", "")]
    con = warehouse()
    load_exports(
        con, catalogue, [write_text(tmp_path / "matters.csv", ("Kind", "Number", "Day"), *rows)], card="matter"
    )
    assert reasons(con) == {2: FOOTER}


def _folder(tmp_path: Path, card: str, kind: str, day: str = "date") -> Path:
    """A catalogue of one card without case and person."""
    folder = tmp_path / "catalogue"
    folder.mkdir()
    (folder / "pack.yaml").write_text(
        "pack: {name: matters, title: {zh: 事项}, version: '1', extends: nothing}", "utf-8"
    )
    fields = f"[{kind}, {{name: number, header: Number, type: int}}, {{name: day, header: Day, type: {day}}}]"
    text = f"card: matter\ntitle: {{zh: 事项}}\n{card}\nsections: [{{title: {{zh: 事项}}, fields: {fields}}}]\n"
    (folder / "matter.yaml").write_text(text, "utf-8")
    return folder


def test_a_row_of_one_control_character_is_blank(tmp_path: Path) -> None:
    con = warehouse()
    path = write_text(tmp_path / f"{ARREST}.csv", HEADINGS, person(1))
    path.write_bytes(path.read_bytes() + b"\x1a")
    assert load(con, path).rows.loaded == 1
    assert reasons(con) == {3: "空行"}


WORDS = st.sampled_from(
    ["合计", "小计：", "制表人：甲", "注", "第1页", "1", "2", "3", "甲", "备注", "", "", "x", "2026-03-02"]
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.tuples(*[WORDS] * 6), min_size=1, max_size=6))
def test_a_row_that_names_case_and_person_is_always_loaded(
    rows: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    con, folder = warehouse(), tmp_path_factory.mktemp("named")
    named = [(*person(number)[:2], *row) for number, row in enumerate(rows)]
    headings = (*HEADINGS[:2], "承办单位", "承办部门", *HEADINGS[2:])
    assert load(con, write_text(folder / f"{ARREST}.csv", headings, *named)).rows.loaded == len(rows)


CELL = st.sampled_from(["", " ", "K1", "K2", "S1", "2026-03-02", "x", "合计", "a\nb", 'q"q', ",", "NULL", "性别"])
ROW: st.SearchStrategy[list[str]] = st.one_of(
    st.lists(CELL, max_size=8),
    st.just(list(HEADINGS)),
    st.just(["合计", "", "", "", "", "3"]),
    st.just(["注：x"]),
    st.just(list("123456")),
    st.just([]),
)


@settings(max_examples=40, deadline=None)
@given(files=st.lists(st.lists(ROW, max_size=12), min_size=1, max_size=3), ending=st.sampled_from(["\n", "\r\n"]))
def test_every_row_read_is_loaded_or_rejected_with_a_reason(
    files: list[list[list[str]]], ending: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("random")
    con = warehouse()
    paths = [folder / f"审查逮捕{number}.csv" for number in range(len(files))]
    for path, rows in zip(paths, files, strict=True):
        text = io.StringIO()
        csv.writer(text, lineterminator=ending).writerows([HEADINGS, *rows])
        path.write_bytes(text.getvalue().encode())
    report = load(con, *paths)

    assert [sheet.rows.read for sheet in report.sheets] == [len(rows) for rows in files]
    for sheet in report.sheets:
        assert sheet.rows.read == sheet.rows.loaded + sheet.rows.rejected
    loaded_rows = con.execute("SELECT _file, _sheet_row FROM cards.arrest").fetchall()
    rejected_rows = con.execute("SELECT file_no, sheet_row FROM load.rejected_rows WHERE reason IS NOT NULL").fetchall()
    every = [(number, row + 2) for number, rows in enumerate(files) for row in range(len(rows))]
    assert Counter(loaded_rows + rejected_rows) == Counter(every)
    assert [row for (row,) in cards(con, "arrest", "_row")] == list(range(len(loaded_rows)))
    stored = con.execute(
        "SELECT rows_read, rows_loaded, rows_rejected, rows_loaded + rows_header_copy + rows_total + rows_blank"
        " + rows_footer + rows_column_numbers + rows_duplicate + rows_replaced + rows_malformed FROM load.files"
    ).fetchall()
    assert all(read == loaded + rejected == total for read, loaded, rejected, total in stored)
