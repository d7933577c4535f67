"""One department has one numerator and one denominator wherever they are shown, and totals are the sums of their lines: the sample,
with its people, by every outlet, compared with SQL of its own.
"""

import json
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from expectations.figures.departments import days_of, department_work
from expectations.figures.runs import Asked, run_lines, runs_within
from expectations.home import Home
from expectations.notices.weeks import Subject, Week, week_figures
from expectations.people.organisation import reader_of
from expectations.register.follow import follow
from expectations.rights.reader import MACHINE, Reader
from expectations.run.figures import Line, by, figure_lines, total
from expectations.run.sights import Sights
from expectations.store.offices import UNKNOWN, Offices, read_offices
from expectations.store.register import Register, open_register, register_url
from expectations.store.tables import Finding, User
from flows.audit import figures_of
from flows.cli.audits import show_result
from flows.cli.users import enter_sample
from flows.night.nightly_audit import department_table
from flows.orders import AuditResult
from flows.review.periods import parse_period
from flows.review.words import summary_columns
from flows.review.workbook import write_review

OFFICE, DEPARTMENT = "汉东市示例区人民检察院", "第一检察部"
CITY = "汉东市人民检察院"
AS_OF = date(2026, 6, 30)
OWN_SQL = """
with mine as (
  select * from {table} where department = '第一检察部' and coalesce(office, '') not in ('汉东市人民检察院')
) select {what} from mine
"""
"""The district alone has a 第一检察部 in the organisation: what stands under a mistyped office is its own; the city's one card is not."""
TITLES = tuple(column.title for column in summary_columns("zh"))
WRONG = "count(distinct (card, coalesce(bmsah, card_row::varchar))) filter (where not is_hint)"
ERRORS = "count(*) filter (where not is_hint)"


@dataclass(frozen=True)
class Site:
    """The audited sample with its people."""

    home: Home
    register: Register
    own: Line
    """The department by SQL of this test."""
    all: Line

    def reader(self, login: str) -> Reader:
        with self.register.reading() as session:
            return reader_of(session, session.scalars(select(User.id).where(User.login == login)).one())


@pytest.fixture(scope="module")
def site(audited_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Site:
    home = Home(tmp_path_factory.mktemp("site"))
    home.published.mkdir()
    file = Path(shutil.copy2(Home(audited_home).current(), home.published))
    enter_sample(home.root)
    register = open_register(register_url(home))
    follow(register, file)
    home.switch_to(file)
    with duckdb.connect(str(home.current()), read_only=True) as con:

        def line(checked: str, findings: str) -> Line:
            cards = con.execute(checked).fetchall()[0][0]
            wrong, errors, hints = con.execute(findings).fetchall()[0]
            return Line(checked=cards, with_errors=wrong, normal=errors, hints=hints)

        counts = f"{WRONG}, {ERRORS}, count(*) filter (where is_hint)"
        own = line(OWN_SQL.format(table="checked", what="count(*)"), OWN_SQL.format(table="findings", what=counts))
        everything = line("select count(*) from checked", f"select {counts} from findings")
    return Site(home, register, own, everything)


def same(line: Line, expected: Line) -> None:
    figures = (line.checked, line.with_errors, line.errors, line.hints)
    assert figures == (expected.checked, expected.with_errors, expected.errors, expected.hints)


def test_the_sample_has_the_case_that_once_had_three_denominators(site: Site) -> None:
    with duckdb.connect(str(site.home.current()), read_only=True) as con:
        by_name, as_written = con.execute(
            "select count(*), count(*) filter (where office = ?) from checked where department = ?",
            [OFFICE, DEPARTMENT],
        ).fetchall()[0]
    assert as_written < site.own.checked < by_name < site.all.checked
    assert 0 < site.own.with_errors <= site.own.errors < site.all.errors


def test_the_audit_says_it_as_json_and_as_a_table(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tuple(by(figures_of(site.home.current(), site.register), "office", "department"))
    result = AuditResult("r", site.home.current(), site.home.root, True, 0, 0, 0, figures, 0, (), (), (), ())
    show_result(result, "json")
    figures_as_json = json.loads(capsys.readouterr().out)
    show_result(result, "table")
    assert f"{site.all.checked} │ {site.all.with_errors} │ {site.all.errors} │ {site.all.hints}" in re.sub(
        " +", " ", capsys.readouterr().out
    )
    lines = [
        Line(
            department["office"],
            department["department"],
            "",
            "",
            department["cases"],
            department["cases_with_errors"],
            0,
            department["errors"],
            department["hints"],
        )
        for department in figures_as_json["departments"]
    ]
    same(next(line for line in lines if (line.office, line.department) == (OFFICE, DEPARTMENT)), site.own)
    same(total(lines), site.all)
    assert (figures_as_json["errors"], figures_as_json["hints"]) == (site.all.errors, site.all.hints)
    assert [line.office for line in lines][-1] == "单位不明"
    own = site.own
    row = f"| {OFFICE} | {DEPARTMENT} | {own.checked} | {own.with_errors} | {own.errors} | {own.hints} |"
    assert row in department_table(figures)


@pytest.mark.parametrize("login", ["shi-guan", "anguan", "lingdao", "zhuren1"])
def test_pages_count_the_department_alike_for_whoever_may(site: Site, login: str) -> None:
    reader = site.reader(login)
    with site.register.reading() as session, Sights().open(site.home.current(), site.register, reader) as con:
        lines = by(figure_lines(con, read_offices(session)), "office", "department")
        same(next(line for line in lines if (line.office, line.department) == (OFFICE, DEPARTMENT)), site.own)
        runs = runs_within(session, reader, 90)
        work = department_work(session, reader, OFFICE, runs, days_of(session, runs[-1], 90, AS_OF))
        own_work = next(department for department in work if department.department == DEPARTMENT)
        assert (own_work.checked, own_work.open, own_work.hints) == (site.own.checked, site.own.errors, site.own.hints)
        for hints, expected in ((False, site.own.errors), (True, site.own.hints)):
            trend = run_lines(session, reader, Asked(OFFICE, (DEPARTMENT,), hints=hints), runs)[-1]
            assert (trend.checked, trend.counts.open) == (site.own.checked, expected)
        trend_of_all = run_lines(session, reader, Asked(), runs)[-1]
        assert (trend_of_all.checked, trend_of_all.counts.open) == (total(lines).checked, total(lines).errors)
        offices = {office for run in runs for office, _ in run.checked}
        parts = [run_lines(session, reader, Asked(office), runs)[-1] for office in sorted(offices)]
        assert sum(of_office.counts.open for of_office in parts) == trend_of_all.counts.open
        assert sum(of_office.checked for of_office in parts) == trend_of_all.checked
    if login == "shi-guan":
        same(total(lines), site.all)
        assert offices == {CITY, OFFICE, UNKNOWN}


def test_the_digest_counts_it_alike(site: Site) -> None:
    with site.register.reading() as session:
        week = week_figures(session, site.home, Subject(OFFICE, DEPARTMENT), Week.of(AS_OF))
    assert (week.checked, week.wrong, week.open) == (site.own.checked, site.own.with_errors, site.own.errors)


def test_the_review_workbook_counts_it_alike(site: Site, tmp_path: Path) -> None:
    target = tmp_path / "review.xlsx"
    with site.register.reading() as session, Sights().open(site.home.current(), site.register, MACHINE) as con:
        write_review(con, parse_period("2026H1"), target, "zh", read_offices(session))
    rows = [dict(zip(TITLES, row, strict=True)) for row in load_workbook(target)["汇总"].iter_rows(values_only=True)]
    for place, expected in (((OFFICE, DEPARTMENT), site.own), ((None, "全院"), site.all)):
        row = next(
            summary_row
            for summary_row in rows
            if (summary_row["院"] or None, summary_row["部门"], summary_row["检察官"]) == (*place, "合计")
        )
        figures = tuple(
            int(str(row[name])) for name in ("核查案件数（分母）", "有错案件数（分子）", "错误", "核对提示")
        )
        assert figures == (expected.checked, expected.with_errors, expected.errors, expected.hints)


def test_the_condition_on_rows_and_the_answer_for_one_agree(site: Site) -> None:
    for offices in (
        Offices(),
        Offices(frozenset({CITY, OFFICE}), {DEPARTMENT: frozenset({OFFICE}), "第二检察部": frozenset({CITY, OFFICE})}),
        Offices(frozenset({OFFICE}), {DEPARTMENT: frozenset({OFFICE})}),
    ):
        with site.register.reading() as session:
            rows = session.execute(select(Finding.finding_id, Finding.office, Finding.department)).all()
            for office in (UNKNOWN, CITY, OFFICE):
                condition = offices.rows_under(office, Finding.office, Finding.department)
                chosen = set(session.scalars(select(Finding.finding_id).where(condition)))
                assert chosen == {row[0] for row in rows if offices.counted_under(row[1], row[2]) == office}
