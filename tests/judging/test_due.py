"""Early warnings of real runs: grades at their boundaries, what is silent, the commands, and the sample computed again."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from support.audits import write_cards
from support.commands import anka
from support.contract.hand_calendar import last_day

from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.catalogue.due_warnings import DueWarnings, WarningDays
from expectations.catalogue.working_days import known_years
from expectations.errors import CatalogueError
from expectations.home import Home
from expectations.judging.calendar_gaps import find_calendar_gaps
from expectations.run.limits import DUE_COLUMNS
from expectations.run.published import open_published
from expectations.sql.judgements import all_judgements
from flows.audit import run_audit
from flows.cli.audits import show_result
from flows.orders import AuditOrder, AuditResult

AS_OF = date(2026, 6, 30)  # a Tuesday
FIRST, SECOND = "第一检察部", "第二检察部"
OWN_DAYS = f"warnings:\n  departments:\n    {FIRST}: {{yellow: 7, orange: 4}}\n"

Row = dict[str, str]


def number(kind: str, n: int) -> str:
    return f"汉东检刑{kind}受[2026]770101{n:06}号"


def arrest(n: int, accepted: str, department: str = SECOND, **further: str) -> Row:
    return {
        "bmsah": number("捕", n),
        "suspect_no": f"S{n}",
        "name": f"示例{n}",
        "dept_name": department,
        "prosecutor": "甲",
        "accept_date": accepted,
        "measure_at_request": "拘留",
    } | further


def prosecution(n: int, accepted: str, department: str = SECOND, **further: str) -> Row:
    return {
        "bmsah": number("诉", n),
        "suspect_no": f"P{n}",
        "name": f"样本{n}",
        "dept_name": department,
        "prosecutor": "乙",
        "accept_date": accepted,
        "measure_at_transfer": "逮捕",
    } | further


ARRESTS = [
    arrest(1, "2026-06-26"),  # ends on 3 July
    arrest(2, "2026-06-27"),  # 4 July
    arrest(3, "2026-06-24"),  # 1 July
    arrest(4, "2026-06-25"),  # 2 July
    arrest(5, "2026-06-23"),  # today
    arrest(6, "2026-06-22"),  # yesterday
    arrest(7, "2026-06-22", p_close_date="2026-06-28", p_result="批准逮捕"),  # done
    arrest(8, "2026-06-22", p_result="批准逮捕"),  # a result without its date: C050 speaks, the limit is silent
    arrest(9, "2026-06-22", p_close_date="2026-06-99"),  # unreadable: not known whether done
    arrest(10, "2026-06-22", measure_at_request=""),  # the rule does not apply
    arrest(11, "2026-06-27", FIRST),  # four days: orange where the department wants it
    arrest(12, "2026-06-30", FIRST),  # seven days
    arrest(13, "2026-07-01", FIRST),  # eight days: not even there
]
PROSECUTIONS = [
    prosecution(1, "2026-06-04", FIRST),  # Saturday 4 July in custody: stays
    prosecution(2, "2026-06-04", FIRST, measure_at_transfer="取保候审"),  # free: Monday 6 July
    prosecution(3, "2026-05-28", ret1_date="2026-06-15"),  # returned for investigation: the limit does not run
    prosecution(4, "2026-05-28", extend_date="2026-06-10"),  # 28 June and 15 days
    prosecution(5, "2026-05-28"),  # 28 June, over
    prosecution(6, "2026-01-05", p_close_date="2026-02-02", p_result="起诉", withdraw_date="2026-06-02"),
    prosecution(
        6, "2026-01-05", p_close_date="2026-02-02", p_result="起诉", withdraw_date="2026-06-02", suspect_no="P6b"
    ),
    prosecution(7, "2025-07-20", p_close_date="2025-08-10", p_result="起诉"),
]
MEASURES = [
    {"bmsah": number("诉", 9), "suspect_no": "P9", "measure_no": "1", "kind": "取保候审", "decide_date": "2025-07-02"},
    {"bmsah": number("诉", 7), "suspect_no": "P7", "measure_no": "1", "kind": "取保候审", "decide_date": "2025-07-02"},
]
"""A year of bail ends on 2 July; P7's prosecution was closed, so the court decides anew."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("due")


@pytest.fixture(scope="module")
def result(folder: Path, catalogue: Catalogue) -> AuditResult:
    """A run of the rows above in which one department is warned earlier."""
    office = folder / "office"
    office.mkdir()
    (office / "warnings.yaml").write_text(OWN_DAYS, encoding="utf-8")
    paths = (
        write_cards(folder / "in", catalogue, "arrest", ARRESTS),
        write_cards(folder / "in", catalogue, "arrest", [arrest(20, "2026-06-22")], "p_close_date"),
        write_cards(folder / "in", catalogue, "prosecution", PROSECUTIONS),
        write_cards(folder / "in", catalogue, "measure", MEASURES),
        write_cards(
            folder / "in",
            catalogue,
            "suggestion",
            [
                {"bmsah": number("建", 1), "dept_name": SECOND, "served_date": "2026-05-01"},
                {
                    "bmsah": number("建", 2),
                    "dept_name": SECOND,
                    "served_date": "2026-05-01",
                    "reply_date": "2026-06-01",
                },
            ],
        ),
    )
    return run_audit(AuditOrder(folder / "home", paths, AS_OF, office, data_docs=False))


@pytest.fixture
def run(result: AuditResult) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_published(result.file) as con:
        yield con


def lines_of(con: duckdb.DuckDBPyConnection, rule: str) -> dict[str, tuple[str, int, str]]:
    """Last day, days left and grade by suspect (or case) of one rule."""
    rows = con.execute(
        "select coalesce(suspect_no, bmsah), last_day, days_left, grade from due where rule_id = ?", [rule]
    ).fetchall()
    return {str(who): (last.isoformat(), days, grade) for who, last, days, grade in rows}


def test_grades_begin_on_their_days_and_silent_rows_have_none(run: duckdb.DuckDBPyConnection) -> None:
    assert lines_of(run, "T001") == {
        "S1": ("2026-07-03", 3, "yellow"),
        "S3": ("2026-07-01", 1, "orange"),
        "S4": ("2026-07-02", 2, "yellow"),
        "S5": ("2026-06-30", 0, "orange"),
        "S6": ("2026-06-29", -1, "red"),
        "S11": ("2026-07-04", 4, "orange"),
        "S12": ("2026-07-07", 7, "yellow"),
    }


def test_custody_keeps_the_day_and_a_return_stops_the_limit(run: duckdb.DuckDBPyConnection) -> None:
    assert lines_of(run, "T005") == {
        "P1": ("2026-07-04", 4, "orange"),
        "P2": ("2026-07-06", 6, "yellow"),
        "P5": ("2026-06-28", -2, "red"),
    }
    assert lines_of(run, "T006") == {}


def test_a_limit_of_a_case_is_one_line_without_a_suspect(run: duckdb.DuckDBPyConnection) -> None:
    assert lines_of(run, "T015") == {number("诉", 6): ("2026-07-02", 2, "yellow")}
    assert run.execute("select distinct suspect_no, name from due where rule_id = 'T015'").fetchall() == [(None, None)]


def test_another_stage_can_end_a_limit(run: duckdb.DuckDBPyConnection) -> None:
    assert lines_of(run, "T010") == {"P9": ("2026-07-02", 2, "yellow")}


def test_an_act_that_knows_only_the_audit_date_is_open_while_the_rule_applies(run: duckdb.DuckDBPyConnection) -> None:
    assert lines_of(run, "T035") == {number("建", 1): ("2026-07-01", 1, "orange")}


def test_warnings_are_no_findings(run: duckdb.DuckDBPyConnection, result: AuditResult) -> None:
    total, over = run.execute("select count(*), count(*) filter (where grade = 'red') from due").fetchall()[0]
    assert result.due == total > over
    late = run.execute(
        "select d.rule_id, d.bmsah from due d semi join findings f on f.rule_id = d.rule_id and f.bmsah = d.bmsah order by all"
    ).fetchall()
    assert late == run.execute("select rule_id, bmsah from due where grade = 'red' order by all").fetchall()
    counted = run.execute("select count(*) filter (where not is_hint), count(*) filter (where is_hint) from findings")
    assert counted.fetchall() == [(result.errors, result.hints)]


def test_lines_stand_by_days_left_and_name_who_handles_them(run: duckdb.DuckDBPyConnection) -> None:
    days = [row[0] for row in run.execute("select days_left from due").fetchall()]
    assert days == sorted(days)
    who = run.execute("select name, department, prosecutor, owner, card from due where suspect_no = 'S6'").fetchall()
    assert who == [("示例6", SECOND, "甲", "handler", "arrest")]


def test_the_command_hands_out_every_format(result: AuditResult, folder: Path) -> None:
    home = folder / "home"
    warnings = json.loads(anka("due", "--format", "json", home=home).stdout)
    assert len(warnings) == result.due
    assert tuple(warnings[0]) == DUE_COLUMNS
    assert [line["days_left"] for line in warnings] == sorted(line["days_left"] for line in warnings)
    lines = list(csv.DictReader(anka("due", "--format", "csv", home=home).stdout.splitlines()))
    assert [line["case"] for line in lines] == [line["case"] or "" for line in warnings]
    anka("due", "-o", folder / "due.xlsx", home=home)
    rows = list(openpyxl.load_workbook(folder / "due.xlsx")["期限预警"].iter_rows(values_only=True))
    assert (rows[0][:4], rows[0][-3:]) == (("剩余日数", "期限届满日", "预警等级", "规则"), ("导出文件", "工作表", "行"))
    assert (len(rows[0]), len(rows)) == (len(DUE_COLUMNS), result.due + 1)
    assert rows[1][0] == warnings[0]["days_left"]


def test_the_command_filters_and_says_when_there_is_nothing(result: AuditResult, folder: Path) -> None:
    home = folder / "home"
    warnings = json.loads(
        anka("due", "--department", FIRST, "--grade", "orange", "--rule", "T001", "--format", "json", home=home).stdout
    )
    assert [(line["person"], line["grade"]) for line in warnings] == [("S11", "orange")]
    table = anka("due", "--grade", "red", "--prosecutor", "甲", home=home).stdout
    assert "示例6" in table
    assert "示例1 " not in table
    assert "没有符合条件的期限预警" in anka("due", "--department", FIRST, "--grade", "red", home=home).stdout
    assert "没有这个部门" in anka("due", "--department", "第九检察部", home=home, code=2).stderr


def test_the_committed_sample_is_what_a_calendar_says(published: duckdb.DuckDBPyConnection) -> None:
    """The limits of review for arrest and prosecution, row by row in Python; of all others the days and the grade."""
    expected = {
        (rule, row["card"], row["_row"], last, (last - AS_OF).days)
        for row in rows_of(published, "arrest") + rows_of(published, "prosecution")
        for rule, last in open_limits(row)
        if (last - AS_OF).days <= 3
    }
    rules = ["T001", "T002", "T005", "T006"]
    warnings = published.execute(
        "select rule_id, card, card_row, last_day, days_left from due where rule_id in (select unnest(?::varchar[]))",
        [rules],
    ).fetchall()
    assert set(warnings) == expected
    assert len(warnings) == len(expected) > 0
    wrong = published.execute(
        "select * from due where days_left <> date_diff('day', ?::date, last_day) or days_left > 3 "
        "or grade <> case when days_left < 0 then 'red' when days_left < 2 then 'orange' else 'yellow' end",
        [AS_OF],
    ).fetchall()
    assert wrong == []


def rows_of(con: duckdb.DuckDBPyConnection, card: str) -> list[dict[str, Any]]:
    cursor = con.execute(f"select '{card}' as card, * from cards.{card} where _unreadable is null")
    names = [str(column[0]) for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def open_limits(row: Mapping[str, Any]) -> Iterator[tuple[str, date]]:
    """Rule and last day of the limits still open on a row of an arrest or prosecution card."""
    accepted = row["accept_date"]
    if accepted is None or row["p_close_date"] or row["p_result"]:
        return
    if row["card"] == "arrest":
        measure, police = row["measure_at_request"], row["invest_org"] or ""
        if measure and "检察院" not in police and "监察" not in police and "监委" not in police:
            if measure == "拘留":
                yield "T001", last_day(accepted, "7 day", True)
            elif measure not in ("逮捕", "留置"):
                yield "T002", last_day(accepted, "20 day" if row["is_complex"] == "是" else "15 day", False)
        return
    returned = [(row["ret1_date"], row["rep1_date"]), (row["ret2_date"], row["rep2_date"])]
    if (
        any(away and not back for away, back in returned)
        or last_day(row["supp_transfer_date"] or accepted, "12 month", True) < AS_OF
    ):
        return
    fast = row["trial_procedure"] == "速裁程序" and not row["fast_to_simple"] and not row["fast_to_normal"]
    start = row["rep2_date"] or row["rep1_date"] or row["supp_transfer_date"] or accepted
    in_custody = (row["measure_before_close"] or row["measure_at_transfer"]) in ("拘留", "逮捕", "留置")
    days = (15 if row["extend_date"] else 0) + (14 if re.search("监察|监委", row["transfer_unit"] or "") else 0)
    if row["extend_date"] or not fast:
        yield "T006" if row["extend_date"] else "T005", last_day(start, f"1 month {days} day", in_custody)


def test_a_year_without_holiday_data_is_said_and_an_office_can_name_its_days(
    tmp_path: Path, catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    last = max(known_years(catalogue.calendar, catalogue.named_calendar))
    path = write_cards(
        tmp_path / "in",
        catalogue,
        "arrest",
        [
            arrest(1, f"{last}-12-28", measure_at_request="取保候审"),  # 15 days end in the year after
            arrest(2, f"{last}-11-03"),
            arrest(3, f"{last}-11-02", measure_at_request="取保候审"),
        ],
    )
    order = AuditOrder(tmp_path / "home", (path,), date(last, 12, 30), data_docs=False)
    result = run_audit(order)
    assert result.years_without_holidays == (last + 1,)
    with open_published(result.file) as con:
        assert con.execute("from calendar_gaps").fetchall() == [(last + 1, "arrest", 1)]
    show_result(result, "table")
    gap_lines = [line for line in capsys.readouterr().out.splitlines() if "缺节假日数据" in line]
    assert len(gap_lines) == 1
    assert gap_lines[0].endswith(str(last + 1))
    (tmp_path / "calendar.yaml").write_text(
        f"calendar:\n  - year: {last + 1}\n    days_off: {{{last + 1}-01-01: 元旦}}\n", encoding="utf-8"
    )
    judged = [j for j in all_judgements(catalogue, order.as_of) if j.card.name == "arrest"]
    with duckdb.connect(str(Home(order.home).warehouse)) as con:
        laid = load_catalogue(tmp_path)
        assert find_calendar_gaps(con, judged, known_years(laid.calendar, laid.named_calendar)) == ()


def test_packs_lay_their_days_over_those_below(tmp_path: Path, catalogue: Catalogue) -> None:
    assert catalogue.warnings == DueWarnings(default=WarningDays(yellow=3, orange=1))
    city = DueWarnings(default=WarningDays(yellow=5, orange=2), departments={FIRST: WarningDays(yellow=6, orange=3)})
    office = DueWarnings(departments={SECOND: WarningDays(yellow=9, orange=1)})
    both = catalogue.warnings.under(city).under(office)
    assert both.default == WarningDays(yellow=5, orange=2)
    assert both.departments.keys() == {FIRST, SECOND}
    assert both.widest == 9
    (tmp_path / "warnings.yaml").write_text(OWN_DAYS, encoding="utf-8")
    assert load_catalogue(tmp_path).warnings.departments == {FIRST: WarningDays(yellow=7, orange=4)}


@pytest.mark.parametrize(
    "days", ["{yellow: 1, orange: 3}", "{yellow: 3}", "{yellow: -1, orange: -2}", "{yelow: 3, orange: 1}"]
)
def test_wrong_days_are_refused_with_their_place(tmp_path: Path, days: str) -> None:
    (tmp_path / "warnings.yaml").write_text(f"warnings:\n  default: {days}\n", encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path)
    assert "warnings.yaml:2" in str(caught.value)
