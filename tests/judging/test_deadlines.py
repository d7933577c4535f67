"""Last days worked out by hand from the law, judged by the macros and by a few lines of Python that know nothing of them.

Criminal Procedure Law art. 105: the first day is not counted; a last day on a day off moves to the next working day, except
while the person is in custody; a month ends on the same day or, where there is none, on the last day of the month.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from support.contract.hand_calendar import last_day, worked
from support.contract.spec_exports import records

from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.catalogue.working_days import PACKAGE_YEARS, exceptions, known_years
from expectations.fitting.rule_examples import example_outcome, prepare_for_examples
from expectations.sql.lookups import create_lookups

FREE, HELD = False, True


class Limit(NamedTuple):
    """A limit with its last day as worked by hand."""

    start: str
    term: str
    in_custody: bool
    last_day: str
    why: str


LIMITS = [
    # Spring Festival 2024: off Saturday 10 to Saturday 17 February, worked on Sundays 4 and 18
    Limit("2024-02-02", "7 day", FREE, "2024-02-09", "Friday before the festival, a working day"),
    Limit("2024-02-03", "7 day", FREE, "2024-02-18", "first day off, moves to the Sunday worked"),
    Limit("2024-02-03", "7 day", HELD, "2024-02-10", "the same in custody: does not move"),
    Limit("2024-02-10", "7 day", FREE, "2024-02-18", "last day off"),
    Limit("2024-02-11", "7 day", FREE, "2024-02-18", "ends on a Sunday that is worked"),
    Limit("2024-01-28", "7 day", FREE, "2024-02-04", "ends on the Sunday worked before the festival"),
    Limit("2024-01-27", "7 day", FREE, "2024-02-04", "Saturday, and the Sunday after it is worked"),
    Limit("2024-01-31", "10 day", FREE, "2024-02-18", "10 February is off"),
    Limit("2024-01-29", "15 day", FREE, "2024-02-18", "13 February is off"),
    Limit("2024-01-29", "20 day", FREE, "2024-02-18", "18 February is worked"),
    Limit("2024-01-18", "30 day", FREE, "2024-02-18", "17 February is off"),
    Limit("2024-01-12", "1 month", FREE, "2024-02-18", "12 February is off"),
    # Spring Festival 2025: off Tuesday 28 January to Tuesday 4 February, worked on Sunday 26 January and Saturday 8 February
    Limit("2025-01-21", "7 day", FREE, "2025-02-05", "first day off"),
    Limit("2025-01-21", "7 day", HELD, "2025-01-28", "in custody"),
    Limit("2025-01-19", "7 day", FREE, "2025-01-26", "ends on a Sunday that is worked"),
    Limit("2025-01-18", "7 day", FREE, "2025-01-26", "Saturday, and the Sunday after it is worked"),
    Limit("2025-01-20", "15 day", FREE, "2025-02-05", "last day off"),
    Limit("2025-02-01", "7 day", FREE, "2025-02-08", "ends on a Saturday that is worked"),
    Limit("2025-02-02", "7 day", FREE, "2025-02-10", "an ordinary Sunday"),
    Limit("2024-12-29", "1 month", FREE, "2025-02-05", "29 January is off"),
    Limit("2024-12-31", "1 month", FREE, "2025-02-05", "31 January is off"),
    # Spring Festival 2026: off Sunday 15 to Monday 23 February, worked on Saturdays 14 and 28
    Limit("2026-02-07", "7 day", FREE, "2026-02-14", "ends on a Saturday that is worked"),
    Limit("2026-02-08", "7 day", FREE, "2026-02-24", "first day off"),
    Limit("2026-02-08", "7 day", HELD, "2026-02-15", "in custody"),
    Limit("2026-02-16", "7 day", FREE, "2026-02-24", "last day off"),
    Limit("2026-02-13", "15 day", FREE, "2026-02-28", "ends on a Saturday that is worked"),
    Limit("2026-02-14", "15 day", FREE, "2026-03-02", "the Sunday after it is not"),
    Limit("2026-01-20", "1 month", FREE, "2026-02-24", "20 February is off"),
    Limit("2026-01-20", "1 month", HELD, "2026-02-20", "in custody"),
    # National Day 2024: off 1 to 7 October, worked on Sunday 29 September and Saturday 12 October
    Limit("2024-09-24", "7 day", FREE, "2024-10-08", "first day off"),
    Limit("2024-09-22", "7 day", FREE, "2024-09-29", "ends on a Sunday that is worked"),
    Limit("2024-09-21", "7 day", FREE, "2024-09-29", "Saturday, and the Sunday after it is worked"),
    Limit("2024-10-05", "7 day", FREE, "2024-10-12", "ends on a Saturday that is worked"),
    Limit("2024-09-07", "1 month", FREE, "2024-10-08", "last day off"),
    # National Day 2025: off 1 to 8 October, worked on Sunday 28 September and Saturday 11 October
    Limit("2025-09-24", "7 day", FREE, "2025-10-09", "first day off"),
    Limit("2025-09-24", "14 day", FREE, "2025-10-09", "last day off"),
    Limit("2025-09-24", "14 day", HELD, "2025-10-08", "in custody"),
    Limit("2025-09-27", "14 day", FREE, "2025-10-11", "ends on a Saturday that is worked"),
    Limit("2025-07-03", "3 month", FREE, "2025-10-09", "3 October is off"),
    # National Day 2026: off 1 to 7 October, worked on Sunday 20 September and Saturday 10 October
    Limit("2026-09-13", "7 day", FREE, "2026-09-20", "ends on a Sunday that is worked"),
    Limit("2026-09-24", "7 day", FREE, "2026-10-08", "first day off"),
    Limit("2026-09-30", "10 day", FREE, "2026-10-10", "ends on a Saturday that is worked"),
    Limit("2026-09-30", "30 day", FREE, "2026-10-30", "an ordinary Friday"),
    Limit("2026-04-01", "6 month", FREE, "2026-10-08", "1 October is off"),
    # Ends of months and leap years
    Limit("2024-01-31", "1 month", FREE, "2024-02-29", "clamped, leap year"),
    Limit("2025-01-31", "1 month", FREE, "2025-02-28", "clamped, no leap year"),
    Limit("2026-01-31", "1 month", FREE, "2026-02-28", "clamped to a Saturday that is worked"),
    Limit("2026-01-31", "1 month", HELD, "2026-02-28", "clamped, in custody"),
    Limit("2026-01-29", "1 month", FREE, "2026-02-28", "there is no 29 February"),
    Limit("2024-02-29", "1 month", FREE, "2024-03-29", "the same day, not the end of the month"),
    Limit("2024-02-29", "12 month", FREE, "2025-02-28", "from a leap day to a year without one"),
    Limit("2023-02-28", "12 month", FREE, "2024-02-28", "the same day, not the leap day"),
    Limit("2023-08-31", "6 month", FREE, "2024-02-29", "clamped to the leap day"),
    Limit("2024-08-31", "6 month", FREE, "2025-02-28", "clamped, a Friday"),
    Limit("2024-03-31", "1 month", FREE, "2024-04-30", "clamped to 30 days"),
    Limit("2025-10-31", "1 month", FREE, "2025-12-01", "clamped to Sunday 30 November, moves on"),
    Limit("2025-10-31", "1 month", HELD, "2025-11-30", "clamped, in custody"),
    Limit("2025-12-31", "2 month", FREE, "2026-02-28", "clamped to a Saturday that is worked"),
    Limit("2025-11-30", "3 month", FREE, "2026-02-28", "there is no 30 February"),
    Limit("2026-03-31", "3 month", FREE, "2026-06-30", "clamped to 30 days"),
    Limit("2024-02-22", "7 day", FREE, "2024-02-29", "days count the leap day"),
    Limit("2025-02-22", "7 day", FREE, "2025-03-03", "Saturday 1 March, no leap day"),
    # Ordinary weekends, the other holidays, the terms of review
    Limit("2026-03-02", "7 day", HELD, "2026-03-09", "the first day is not counted"),
    Limit("2026-03-01", "7 day", FREE, "2026-03-09", "Sunday, moves to Monday"),
    Limit("2026-03-01", "7 day", HELD, "2026-03-08", "Sunday, in custody"),
    Limit("2024-12-25", "7 day", FREE, "2025-01-02", "New Year 2025 is one day"),
    Limit("2025-12-25", "7 day", FREE, "2026-01-04", "New Year 2026: off to Saturday 3, Sunday 4 is worked"),
    Limit("2026-03-25", "10 day", FREE, "2026-04-07", "Qingming, Saturday to Monday"),
    Limit("2024-03-28", "10 day", FREE, "2024-04-07", "the Sunday after Qingming is worked"),
    Limit("2026-04-16", "15 day", FREE, "2026-05-06", "Labour Day, 1 to 5 May"),
    Limit("2026-04-29", "10 day", FREE, "2026-05-09", "the Saturday after Labour Day is worked"),
    Limit("2024-04-21", "7 day", FREE, "2024-04-28", "the Sunday before Labour Day is worked"),
    Limit("2024-04-27", "14 day", FREE, "2024-05-11", "the Saturday after Labour Day is worked"),
    Limit("2025-05-12", "20 day", FREE, "2025-06-03", "Dragon Boat, Saturday to Monday"),
    Limit("2026-06-04", "15 day", FREE, "2026-06-22", "Dragon Boat, Friday to Sunday"),
    Limit("2024-09-04", "10 day", FREE, "2024-09-14", "the Saturday before Mid-Autumn is worked"),
    Limit("2024-08-16", "30 day", FREE, "2024-09-18", "Mid-Autumn, Sunday to Tuesday"),
    Limit("2026-08-26", "1 month", FREE, "2026-09-28", "Mid-Autumn, Friday to Sunday"),
    Limit("2025-03-03", "2 month", FREE, "2025-05-06", "3 May is off"),
    Limit("2024-04-03", "2 month", FREE, "2024-06-03", "an ordinary Monday"),
    Limit("2023-10-09", "12 month", FREE, "2024-10-09", "an ordinary Wednesday"),
    Limit("2025-05-01", "12 month", FREE, "2026-05-06", "1 May is off"),
    Limit("2025-05-01", "12 month", HELD, "2026-05-01", "in custody"),
    # A month and days: the month first, clamped, then the days
    Limit("2026-01-15", "1 month 15 day", FREE, "2026-03-02", "15 February and 15 days"),
    Limit("2025-12-31", "1 month 15 day", FREE, "2026-02-24", "31 January and 15 days is 15 February, off"),
    Limit("2025-12-31", "1 month 15 day", HELD, "2026-02-15", "in custody"),
    Limit("2026-01-31", "1 month 15 day", FREE, "2026-03-16", "28 February and 15 days is a Sunday"),
    Limit("2024-01-31", "1 month 15 day", FREE, "2024-03-15", "29 February and 15 days"),
    Limit("2026-05-04", "1 month 14 day", FREE, "2026-06-18", "4 June and 14 days"),
    Limit("2026-05-05", "1 month 14 day", FREE, "2026-06-22", "5 June and 14 days is Dragon Boat"),
    Limit("2026-05-20", "1 month 29 day", FREE, "2026-07-20", "20 June and 29 days is a Sunday"),
    # Working days
    Limit("2026-02-13", "3 workday", FREE, "2026-02-25", "Saturday 14, then 24 and 25 February"),
    Limit("2024-09-30", "5 workday", FREE, "2024-10-12", "8 to 11 October and the Saturday worked"),
    Limit("2025-09-26", "2 workday", FREE, "2025-09-29", "the Sunday worked and Monday"),
    Limit("2026-03-06", "1 workday", FREE, "2026-03-09", "Friday to Monday"),
    Limit("2025-01-27", "4 workday", FREE, "2025-02-08", "5 to 7 February and the Saturday worked"),
    Limit("2026-06-18", "1 workday", FREE, "2026-06-22", "over Dragon Boat"),
    Limit("2026-06-18", "0 workday", FREE, "2026-06-18", "no day at all"),
]


def macro(limit: Limit) -> str:
    """The helper a rule would call."""
    parts = {unit: number for number, unit in re.findall(r"(\d+) (\w+)", limit.term)}
    if "workday" in parts:
        return f"add_workdays(date '{limit.start}', {parts['workday']})"
    if len(parts) == 2:
        return f"deadline_md(date '{limit.start}', {parts['month']}, {parts['day']}, {limit.in_custody})"
    ((unit, number),) = parts.items()
    return f"deadline(date '{limit.start}', {number}, '{unit}', {limit.in_custody})"


@pytest.fixture(scope="module")
def rule_con(catalogue: Catalogue) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database for judging rows with the rules themselves."""
    with duckdb.connect() as con:
        prepare_for_examples(con, catalogue)
        yield con


@pytest.mark.parametrize(
    "limit", LIMITS, ids=lambda limit: f"{limit.start}+{limit.term}{'+held' if limit.in_custody else ''}"
)
def test_a_last_day_worked_by_hand_is_that_of_the_macros_and_of_a_calendar(
    limit: Limit, rule_con: duckdb.DuckDBPyConnection
) -> None:
    expected = date.fromisoformat(limit.last_day)
    assert rule_con.execute(f"select ({macro(limit)})::date").fetchall() == [(expected,)], limit.why
    assert last_day(date.fromisoformat(limit.start), limit.term, limit.in_custody) == expected, limit.why


def test_the_table_covers_what_it_should() -> None:
    terms = {limit.term for limit in LIMITS}
    assert len(LIMITS) >= 60
    assert {f"{n} day" for n in (7, 10, 14, 15, 20, 30)} <= terms
    assert {f"{n} month" for n in (1, 2, 3, 6, 12)} <= terms
    assert len({(limit.start, limit.term, limit.in_custody) for limit in LIMITS}) == len(LIMITS)


ARREST: dict[str, str] = {"accept_date": "2026-02-03"}
REVIEW: dict[str, str] = {"accept_date": "2026-01-19", "measure_at_transfer": "取保候审"}
FAST: dict[str, str] = {**REVIEW, "trial_procedure": "速裁程序"}
HELD_REVIEW: dict[str, str] = {**REVIEW, "measure_at_transfer": "逮捕"}

ALTERNATIVES = [
    ("T001", "arrest", {**ARREST, "measure_at_request": "拘留"}, "2026-02-10", "detained: 7 days"),
    ("T001", "arrest", {"accept_date": "2026-02-08", "measure_at_request": "拘留"}, "2026-02-15", "7 days, no shift"),
    ("T002", "arrest", {**ARREST, "measure_at_request": "取保候审"}, "2026-02-24", "15 days: 18 February is off"),
    ("T002", "arrest", {**ARREST, "measure_at_request": "取保候审", "is_complex": "是"}, "2026-02-24", "20 days: off too"),
    ("T002", "arrest", {"accept_date": "2026-03-02", "measure_at_request": "监视居住"}, "2026-03-17", "15 days"),
    (
        "T002", "arrest", {"accept_date": "2026-03-02", "measure_at_request": "监视居住", "is_complex": "是"}, "2026-03-23",
        "20 days end on a Sunday",
    ),
    (
        "T003", "arrest", {"accept_date": "2026-03-05", "measure_at_request": "拘留", "invest_org": "汉东市人民检察院"}, "2026-03-15",
        "own investigation, detained: 10 days, a Sunday, no shift",
    ),
    (
        "T003", "arrest", {"accept_date": "2026-03-06", "measure_at_request": "取保候审", "invest_org": "汉东市人民检察院"}, "2026-03-23",
        "own investigation, free: 15 days, Saturday 21 moves to Monday",
    ),
    ("T005", "prosecution", REVIEW, "2026-02-24", "one month: 19 February is off"),
    ("T005", "prosecution", HELD_REVIEW, "2026-02-19", "one month in custody"),
    ("T005", "prosecution", {**HELD_REVIEW, "accept_date": "2026-01-31"}, "2026-02-28", "one month, clamped"),
    ("T005", "prosecution", {**HELD_REVIEW, "transfer_unit": "示例区监察委员会"}, "2026-03-05", "one month and 14 days"),
    ("T005", "prosecution", {**HELD_REVIEW, "transfer_unit": "示例区监委"}, "2026-03-05", "the same under the short name"),
    ("T005", "prosecution", {**HELD_REVIEW, "supp_transfer_date": "2026-01-25"}, "2026-02-25", "from the later transfer"),
    (
        "T005", "prosecution", {**HELD_REVIEW, "ret1_date": "2026-02-10", "rep1_date": "2026-03-10"}, "2026-04-10",
        "one month from the resubmission",
    ),
    ("T006", "prosecution", {**REVIEW, "extend_date": "2026-02-10"}, "2026-03-06", "one month and 15 days"),
    ("T006", "prosecution", {**HELD_REVIEW, "accept_date": "2026-01-31", "extend_date": "2026-02-10"}, "2026-03-15", "held"),
    (
        "T006", "prosecution", {**REVIEW, "accept_date": "2026-01-31", "extend_date": "2026-02-10"}, "2026-03-16",
        "28 February and 15 days is a Sunday",
    ),
    ("T007", "prosecution", FAST, "2026-01-29", "fast track: 10 days"),
    ("T007", "prosecution", {**FAST, "sr_imp_to": "18"}, "2026-02-03", "fast track over a year: 15 days"),
    ("T007", "prosecution", {**FAST, "accept_date": "2026-02-05"}, "2026-02-24", "10 days: 15 February is off"),
    (
        "T007", "prosecution", {**FAST, "accept_date": "2026-02-05", "measure_at_transfer": "逮捕"}, "2026-02-15",
        "10 days in custody",
    ),
]  # fmt: skip
"""Rule, card, row without the closing date, last day on which closing is in time, why."""


@pytest.mark.parametrize(
    ("rule", "card", "row", "last", "why"), ALTERNATIVES, ids=[f"{a[0]}-{n}" for n, a in enumerate(ALTERNATIVES)]
)
def test_a_rule_accepts_the_last_day_and_no_later_one(
    catalogue: Catalogue,
    rule_con: duckdb.DuckDBPyConnection,
    rule: str,
    card: str,
    row: dict[str, str],
    last: str,
    why: str,
) -> None:
    day = date.fromisoformat(last)
    for closed, violated in ((day - timedelta(days=1), False), (day, False), (day + timedelta(days=1), True)):
        closing = {"p_close_date": closed.isoformat()}
        outcome = example_outcome(rule_con, catalogue, catalogue.rules[rule], catalogue.cards[card], {**row, **closing})
        assert outcome.violates == violated, f"{why}: closed on {closed}"


PROMPTS = [
    ("T044", "arrest", {"accept_date": "2026-06-25", "measure_at_request": "拘留"}, True, "ends on 2 July, in two days"),
    ("T044", "arrest", {"accept_date": "2026-06-26", "measure_at_request": "拘留"}, True, "ends in three days"),
    ("T044", "arrest", {"accept_date": "2026-06-27", "measure_at_request": "拘留"}, False, "ends in four days"),
    ("T044", "arrest", {"accept_date": "2026-06-22", "measure_at_request": "拘留"}, False, "ended yesterday: T001 says so"),
    ("T048", "prosecution", {**HELD_REVIEW, "accept_date": "2026-06-05"}, True, "ends in five days"),
    ("T048", "prosecution", {**HELD_REVIEW, "accept_date": "2026-06-06"}, False, "ends in six days"),
    (
        "T048", "prosecution", {**HELD_REVIEW, "accept_date": "2026-05-20", "extend_date": "2026-06-15"}, True,
        "extended: 20 June and 15 days, in five days",
    ),
    ("T048", "prosecution", {**REVIEW, "accept_date": "2026-06-04"}, False, "free: Saturday 4 July moves to the 6th, in six days"),
    ("T048", "prosecution", {**HELD_REVIEW, "accept_date": "2026-05-30"}, True, "ends today"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rule", "card", "row", "prompted", "why"), PROMPTS, ids=[f"{p[0]}-{n}" for n, p in enumerate(PROMPTS)]
)
def test_the_prompts_of_review_begin_on_their_day(
    catalogue: Catalogue,
    rule_con: duckdb.DuckDBPyConnection,
    rule: str,
    card: str,
    row: dict[str, str],
    prompted: bool,
    why: str,
) -> None:
    outcome = example_outcome(rule_con, catalogue, catalogue.rules[rule], catalogue.cards[card], row)
    assert outcome.violates == prompted, why


def test_package_and_contract_agree_on_every_day_of_every_year_of_the_contract() -> None:
    listed = {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in records("calendar.csv")}
    package = exceptions((), "china")
    years = {day.year for day in listed}
    assert years <= PACKAGE_YEARS
    for year in years:
        for number in range(366 if calendar.isleap(year) else 365):
            day = date(year, 1, 1) + timedelta(days=number)
            week = day.weekday() < 5
            assert package.get(day, week) == listed.get(day, week), day
            assert listed.get(day, week) == worked(day), day


def test_the_package_alone_decides_years_the_catalogue_does_not_name(rule_con: duckdb.DuckDBPyConnection) -> None:
    days = ("2023-01-27", "2023-01-28", "2023-01-29", "2023-01-30", "2023-02-04")
    are_workdays = rule_con.execute(f"select {', '.join(f'is_workday(date {day!r})' for day in days)}").fetchall()
    assert are_workdays == [
        (False, True, True, True, False)
    ]  # Spring Festival 2023 ended on the 27th, that weekend was worked


def overridden(folder: Path, text: str) -> Catalogue:
    (folder / "calendar.yaml").write_text(text, encoding="utf-8")
    return load_catalogue(folder)


def test_an_office_overrules_the_package_day_by_day(tmp_path: Path) -> None:
    catalogue = overridden(
        tmp_path,
        "calendar:\n  - year: 2026\n    days_off: {2026-03-16: 本院搬迁}\n    make_up_days: {2026-10-07: 值班}\n",
    )
    with duckdb.connect() as con:
        create_lookups(con, catalogue)
        days = ("2026-03-16", "2026-10-07", "2026-10-06", "2026-10-10", "2026-02-28")
        are_workdays = con.execute(f"select {', '.join(f'is_workday(date {day!r})' for day in days)}").fetchall()
        assert are_workdays == [(False, True, False, True, True)]
        assert con.execute("select deadline(date '2026-03-09', 7, 'day', false)").fetchall() == [(date(2026, 3, 17),)]
        assert con.execute("select deadline(date '2026-09-24', 7, 'day', false)").fetchall() == [(date(2026, 10, 7),)]


def test_a_year_nobody_knows_follows_the_week_until_an_office_names_its_days(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    year = max(known_years(catalogue.calendar, catalogue.named_calendar)) + 1
    laid = overridden(tmp_path, f"calendar:\n  - year: {year}\n    days_off: {{{year}-05-01: 劳动节}}\n")
    assert year not in known_years(catalogue.calendar, catalogue.named_calendar)
    assert year in known_years(laid.calendar, laid.named_calendar)
    with duckdb.connect() as con:
        create_lookups(con, catalogue)
        week = con.execute(
            "select count(*) from lookup.calendar where year(day) = ? and is_workday <> (isodow(day) < 6)", [year]
        ).fetchall()
        assert week == [(0,)]
        create_lookups(con, laid)
        assert con.execute(f"select is_workday(date '{year}-05-01')").fetchall() == [(False,)]


def test_days_before_and_after_the_calendar_follow_the_week(rule_con: duckdb.DuckDBPyConnection) -> None:
    days = ("1899-12-29", "1899-12-30", "2101-01-01", "2101-01-02")  # Friday, Saturday, Saturday, Sunday
    are_workdays = rule_con.execute(f"select {', '.join(f'is_workday(date {day!r})' for day in days)}").fetchall()
    assert are_workdays == [(True, False, False, False)]
