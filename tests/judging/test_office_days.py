"""A day is the office's day, whatever the clock of the machine says: of an audit, a decision, an entry of the access log."""

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from support.nights import OFFICE as NIGHT_OFFICE
from support.nights import Night, Wrong
from support.notice_cases import OFFICE, ONE, SUPERVISOR, TODAY, finding, followed, home, keep, sqlite_register

from dashboard.run.recheck_runs import usual_day
from expectations.errors import InputError
from expectations.home import Home
from expectations.notices.weeks import Subject, Week, week_figures
from expectations.office_days import begin_of, day_of, office_clock, today
from expectations.people.access_log import AccessFilter, entries
from expectations.register.follow import follow
from expectations.store.register import Register
from expectations.store.tables import Access, Finding

__all__ = ["home", "sqlite_register"]

ROOT = Path(__file__).parents[2]
MONDAY = date(2026, 6, 29)
MONDAY_MORNING = datetime(2026, 6, 28, 23, 30)
"""07:30 of Monday in China, kept in UTC, where it is Sunday."""


def test_a_moment_lies_in_the_day_of_the_office(monkeypatch: pytest.MonkeyPatch) -> None:
    assert today(datetime(2026, 11, 29, 17, 30)) == day_of(datetime(2026, 11, 29, 17, 30)) == date(2026, 11, 30)
    assert f"{office_clock(MONDAY_MORNING):%m-%d %H:%M}" == "06-29 07:30"
    assert begin_of(MONDAY) == datetime(2026, 6, 28, 16)
    monkeypatch.setenv("ANKA_TIME_ZONE", "Asia/Urumqi")
    assert begin_of(MONDAY) == datetime(2026, 6, 28, 18)
    monkeypatch.setenv("ANKA_TIME_ZONE", "Asia/Nowhere")
    with pytest.raises(InputError, match="ANKA_TIME_ZONE=Asia/Nowhere"):
        today()


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
@pytest.mark.parametrize("machine", ["UTC", "Asia/Shanghai"])
def test_a_command_without_a_day_takes_the_offices(zone: str, machine: str) -> None:
    """Of two zones 26 hours apart one has another day than the machine at every moment."""
    before = datetime.now(ZoneInfo(zone)).date()
    completed = subprocess.run(
        [sys.executable, "-c", "from flows.cli.options import day; print(day(None))"],
        env={**os.environ, "TZ": machine, "ANKA_TIME_ZONE": zone},
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert completed.stdout.strip() in {f"{before}", f"{datetime.now(ZoneInfo(zone)).date()}"}


def test_a_decision_of_monday_morning_is_of_the_week_that_begins(sqlite_register: Register, home: Home) -> None:
    keep(
        sqlite_register,
        followed(home),
        finding("1", first_seen=date(2026, 6, 16), state="explained", verified_at=MONDAY_MORNING),
    )
    with sqlite_register.reading() as session:
        former, present = (
            week_figures(session, home, Subject(OFFICE, ONE), week)
            for week in (Week.of(MONDAY).before, Week.of(MONDAY))
        )
    assert (former.explained, former.open) == (0, 1)
    assert (present.explained, present.open) == (1, 0)


def test_the_access_log_is_listed_by_the_offices_day(sqlite_register: Register) -> None:
    keep(
        sqlite_register,
        *(
            Access(
                at=at,
                user_id=SUPERVISOR.user_id,
                login="sup",
                action="case",
                subject=f"{at}",
                detail="",
                previous="",
                hash="",
            )
            for at in (datetime(2026, 6, 28, 15, 59), MONDAY_MORNING, datetime(2026, 6, 29, 16))
        ),
    )
    with sqlite_register.reading() as session:
        assert [entry.at for entry in entries(session, AccessFilter(MONDAY), 9)] == [MONDAY_MORNING]


def test_an_answer_of_the_same_day_is_not_contradicted_by_the_night_before_it(
    sqlite_register: Register, tmp_path: Path
) -> None:
    """Said corrected at 07:30 of the audit's own day: the exports may be older than the correction."""
    night = Night(day=date(2026, 6, 28), wrong=(Wrong(office=NIGHT_OFFICE),))
    follow(sqlite_register, night.publish(tmp_path))
    with sqlite_register.writing() as session:
        finding_row = session.get_one(Finding, "f1")
        finding_row.answer, finding_row.answered_at = "corrected", MONDAY_MORNING
    for day, answer in ((29, "corrected"), (30, "still_wrong")):
        follow(sqlite_register, night.on(day).publish(tmp_path))
        with sqlite_register.reading() as session:
            assert session.get_one(Finding, "f1").answer == answer


def test_a_recheck_knows_a_run_of_its_own_day() -> None:
    """Begun at 02:00 in China, when it was still the day before in UTC."""
    assert usual_day(TODAY, datetime.combine(TODAY, datetime.min.time()), MONDAY) == MONDAY
    assert usual_day(MONDAY, datetime(2026, 6, 28, 18), TODAY) == TODAY


def test_nobody_else_knows_a_time_zone() -> None:
    """`ruff` sees to it that nobody asks for the machine's day; this, that nobody turns moments into days beside the one module."""
    modules = (file for folder in ("expectations", "flows", "dashboard") for file in (ROOT / folder).rglob("*.py"))
    other_modules = [file for file in modules if file != ROOT / "expectations" / "office_days.py"]
    telling = ("zoneinfo", "astimezone(", "now(UTC).date", "localtime(", "interval 8 hour")
    assert [
        str(file) for file in other_modules if any(sign in file.read_text(encoding="utf-8") for sign in telling)
    ] == []
