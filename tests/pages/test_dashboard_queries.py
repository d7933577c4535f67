"""The figures and lists of the pages, on a small literal run."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import duckdb
import openpyxl
import pytest
from support.dashboard_small import publish_small

from dashboard.exports.due_sheet import due_sheet
from dashboard.exports.finding_sheets import finding_sheets
from expectations.finding.departments import department_order
from expectations.home import Home
from expectations.run import account as run_queries
from expectations.run import limit_figures as due_queries
from expectations.run import overview as overview_queries
from expectations.run.cases import case_card, other_cards, search_cases
from expectations.run.figures import Line, by, figure_lines, total
from expectations.run.findings import SORTS, choices, count_findings, page_of_findings
from expectations.run.limits import DueFilter
from expectations.run.published import FindingFilter, open_published
from expectations.run.rules import rule_lines, rule_text
from expectations.texts import Bilingual
from expectations.workbooks import workbook_bytes


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return publish_small(tmp_path / "home")


@pytest.fixture
def con(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(home.current()) as connection:
        yield connection


def ids(
    con: duckdb.DuckDBPyConnection, selection: FindingFilter, sort: str = "run", *, descending: bool = False
) -> list[str]:
    findings = page_of_findings(con, selection, sort=sort, descending=descending, page=0, size=10)
    return [finding.finding_id for finding in findings]


def test_a_card_with_errors_is_a_case_or_a_row_without_number_and_hints_do_not_count(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert total(figure_lines(con)) == Line(checked=4, with_errors=2, serious=2, normal=1, hints=1)


def test_departments_stand_in_the_order_of_their_numbers(con: duckdb.DuckDBPyConnection) -> None:
    assert by(figure_lines(con), "department") == [
        Line(department="第二检察部", checked=3, with_errors=1, serious=1, normal=0, hints=1),
        Line(department="第十一检察部", checked=1, with_errors=1, serious=1, normal=1, hints=0),
    ]


def test_order_of_department_names() -> None:
    names = ["", "办公室", "第二十检察部", "第十一检察部", "第二检察部", "第10检察部", "第一检察部"]
    ordered = ["第一检察部", "第二检察部", "第10检察部", "第十一检察部", "第二十检察部", "办公室", ""]
    assert sorted(names, key=department_order) == ordered


def test_errors_by_type_leave_hints_out(con: duckdb.DuckDBPyConnection) -> None:
    counts = {(count.error_type, count.severity): count.errors for count in overview_queries.by_error_type(con)}
    assert counts == {("漏填", "normal"): 1, ("错填", "serious"): 2}


def test_top_rules_say_how_to_fill(con: duckdb.DuckDBPyConnection) -> None:
    first = overview_queries.top_rules(con, hints=False)[0]
    assert (first.rule_id, first.findings, first.cards, first.how_to_fill) == ("V6", 2, 2, "核对证件")
    assert [rule.rule_id for rule in overview_queries.top_rules(con, hints=True)] == ["P1"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (FindingFilter(), ["f1", "f2", "f3", "f4"]),
        (FindingFilter(kind="errors"), ["f1", "f2", "f3"]),
        (FindingFilter(kind="hints"), ["f4"]),
        (FindingFilter(departments=("第二检察部",)), ["f3", "f4"]),
        (FindingFilter(severities=("serious",), prosecutors=("甲",)), ["f2"]),
        (FindingFilter(text="示例丙"), ["f4"]),
        (FindingFilter(text="没有"), []),
    ],
)
def test_filters(con: duckdb.DuckDBPyConnection, wanted: FindingFilter, found: list[str]) -> None:
    assert ids(con, wanted) == found
    assert sum(count_findings(con, wanted)) == len(found)


@pytest.mark.parametrize(
    ("sort", "found"),
    [
        ("run", ["f1", "f2", "f3", "f4"]),
        ("department", ["f4", "f3", "f1", "f2"]),
        ("severity", ["f3", "f2", "f1", "f4"]),
        ("rule", ["f1", "f4", "f3", "f2"]),
        ("bmsah", ["f1", "f2", "f4", "f3"]),
    ],
)
def test_orders(con: duckdb.DuckDBPyConnection, sort: str, found: list[str]) -> None:
    assert sort in SORTS
    assert ids(con, FindingFilter(), sort) == found


def test_descending_turns_the_order_and_pages_do_not_overlap(con: duckdb.DuckDBPyConnection) -> None:
    assert ids(con, FindingFilter(), "run", descending=True) == ["f4", "f3", "f2", "f1"]
    pages = [
        page_of_findings(con, FindingFilter(), sort="department", descending=False, page=number, size=3)
        for number in (0, 1)
    ]
    assert [finding.finding_id for page in pages for finding in page] == ["f4", "f3", "f1", "f2"]


def test_findings_are_masked(con: duckdb.DuckDBPyConnection) -> None:
    findings = page_of_findings(con, FindingFilter(rules=("V6",)), sort="run", descending=False, page=0, size=5)
    assert findings[0].message == "示例甲的身份证号“770120*******4681”错误"
    assert findings[0].values == {"id_no": "770120*******4681"}
    assert findings[1].values == {"id_no": "****", "sex": None}


def test_choices_come_in_order(con: duckdb.DuckDBPyConnection) -> None:
    offered = choices(con)
    assert offered.departments == ("第二检察部", "第十一检察部")
    assert offered.prosecutors_of(("第二检察部",)) == ("乙",)
    assert list(offered.rules) == ["C1", "P1", "V6"]


def test_a_card_shows_its_rows_masked_with_what_could_not_be_read(con: duckdb.DuckDBPyConnection) -> None:
    card = case_card(con, "arrest", "A1")
    assert card is not None
    assert card.case_texts == {"bmsah": "A1", "case_type": "审查逮捕", "accept_date": "当日 ／ 2026-01-02"}
    assert [row.texts.get("id_no") for row in card.rows] == ["770120*******4681", "770101********0014"]
    assert card.rows[0].unreadable == {"accept_date"}
    assert [finding.finding_id for finding in card.findings] == ["f2", "f1"]
    assert [finding.finding_id for finding in card.findings_of(card.rows[0])] == ["f2"]
    assert [section.title for section in card.sections(of_case=False)] == ["嫌疑人"]


def test_a_row_without_case_number_is_a_card_of_its_own(con: duckdb.DuckDBPyConnection) -> None:
    card = case_card(con, "arrest", "", 4)
    assert card is not None
    assert [finding.finding_id for finding in card.findings] == ["f3"]


@pytest.mark.parametrize(("card", "number"), [("arrest", "A9"), ("prosecution", "A1"), ("arrest'; drop", "A1")])
def test_an_unknown_card_is_none(con: duckdb.DuckDBPyConnection, card: str, number: str) -> None:
    assert case_card(con, card, number) is None


def test_cards_of_the_same_suspect_are_linked(con: duckdb.DuckDBPyConnection) -> None:
    card = case_card(con, "arrest", "B1")
    assert card is not None
    assert [(link.card, link.bmsah, link.names) for link in other_cards(con, card)] == [("arrest", "B2", "示例丙")]


def test_search_finds_number_and_name(con: duckdb.DuckDBPyConnection) -> None:
    assert [(link.bmsah, link.errors, link.hints) for link in search_cases(con, " a1 ")] == [("A1", 2, 0)]
    assert [link.bmsah for link in search_cases(con, "示例丙")] == ["B1", "B2"]
    assert [(link.bmsah, link.row, link.errors) for link in search_cases(con, "无名")] == [("", 4, 1)]


def test_rules_say_whether_they_were_judged(con: duckdb.DuckDBPyConnection) -> None:
    states = {rule.rule_id: (rule.state, rule.findings, rule.cards, rule.reasons) for rule in rule_lines(con)}
    assert states["N1"] == ("not_judged", 0, ("arrest",), (Bilingual("缺少列：性别", "column absent: sex"),))
    assert states["P1"] == ("judged", 1, ("arrest",), ())
    words = rule_text(con, "C1")
    assert words is not None
    assert (words.owner, words.fields, words.must_hold) == ("intake", ("accept_date",), "not blank(accept_date)")
    assert rule_text(con, "X9") is None


def test_the_run_names_what_was_not_read_and_not_judged(con: duckdb.DuckDBPyConnection) -> None:
    assert run_queries.run(con).complete
    assert run_queries.rejected_by_reason(con) == [("审查逮捕.xlsx", Bilingual("空行", "blank row"), 1)]
    assert run_queries.missing_columns(con) == [("审查逮捕.xlsx", "arrest", "性别", ("N1",))]
    assert run_queries.unreadable_cells(con) == [("审查逮捕.xlsx", "表1", "E4", "受理日期", "电话138****1234")]
    assert [(unjudged.state, unjudged.rules) for unjudged in run_queries.unjudged(con)] == [("not_judged", ("N1",))]
    assert run_queries.judged_count(con) == (3, 4)


def test_the_register_keeps_hints_apart_and_numbers_masked(home: Home) -> None:
    with open_published(home.current()) as con:
        book = openpyxl.load_workbook(BytesIO(workbook_bytes(finding_sheets(con, FindingFilter(), "run", False, "zh"))))
    assert book.sheetnames == ["错误", "核对提示"]
    heading, *rows = book["错误"].iter_rows(values_only=True)
    assert heading == (
        "部门受案号",
        "案件名称",
        "嫌疑人姓名",
        "承办部门",
        "承办检察官",
        "案件类别",
        "错误明细",
        "规则编号",
        "级别",
        "错误类型",
        "案卡项",
        "现值",
        "依据",
    )
    assert rows[2] == (
        "无受案号（第 6 行）",
        None,
        "<b>无名</b>",
        "第二检察部",
        "乙",
        "审查逮捕",
        "身份证号“7701”错误",
        "V6",
        "严重",
        "错填",
        "证件号码、性别",
        "证件号码：****；性别：（空）",
        "规则157",
    )
    assert [row[7] for row in book["核对提示"].iter_rows(min_row=2, values_only=True)] == ["P1"]


def test_warnings_stand_by_days_left_with_numbers_masked(con: duckdb.DuckDBPyConnection) -> None:
    warnings = due_queries.page_of_due(con, DueFilter(), page=0, size=10)
    assert [(line.days_left, line.grade, line.bmsah) for line in warnings] == [
        (-3, "red", "A1"),
        (0, "orange", "B1"),
        (3, "yellow", ""),
    ]
    assert warnings[2].name == "证770101********0014"
    assert due_queries.departments(con) == ("第二检察部", "第十一检察部")
    assert due_queries.page_of_due(con, DueFilter(), page=1, size=2) == warnings[2:]


def test_tiles_count_every_grade_under_the_other_filters(con: duckdb.DuckDBPyConnection) -> None:
    assert due_queries.count_by_grade(con, DueFilter(grades=("red",))) == {"red": 1, "orange": 1, "yellow": 1}
    assert due_queries.count_by_grade(con, DueFilter(departments=("第二检察部",))) == {
        "red": 0,
        "orange": 1,
        "yellow": 1,
    }


def test_the_workbook_of_warnings_holds_what_the_filter_selects(home: Home) -> None:
    with open_published(home.current()) as con:
        book = openpyxl.load_workbook(
            BytesIO(workbook_bytes([due_sheet(con, DueFilter(departments=("第二检察部",)), "zh")]))
        )
        none = workbook_bytes([due_sheet(con, DueFilter(departments=("无",)), "en")])
    rows = list(book["期限预警"].iter_rows(values_only=True))
    assert rows[0][:3] == ("剩余日数", "期限届满日", "预警等级")
    assert [(row[0], row[1], row[2], row[5]) for row in rows[1:]] == [
        (0, datetime(2026, 6, 30), "即将届满", "B1"),
        (3, datetime(2026, 7, 3), "临近", "无受案号（第 6 行）"),
    ]
    assert rows[2][7] == "证770101********0014"
    empty = openpyxl.load_workbook(BytesIO(none))
    assert empty["Deadlines"].max_row == 1
