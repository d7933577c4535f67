"""Which night is owed: missed ones once, killed ones once more, none that another audit has done; and what records say of an error."""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from support.notice_cases import keep, sqlite_register

from expectations.errors import InputError
from expectations.home import Home
from expectations.office_days import last_at
from expectations.register import attempts
from expectations.store.register import Register, now
from expectations.store.switches import clock_time, set_switch
from expectations.store.tables import Attempt
from flows.night.attempts import NotOwed, ProgramError, attempted
from flows.night.audit_lock import sole_audit
from flows.orders import AuditResult
from flows.serving.lines import LOG, open_log, without_texts_of_errors

__all__ = ["sqlite_register"]

RESULT = AuditResult("r1", Path(), Path(), True, 1, 1, 0, (), 0, (), (), (), ())
DUE = datetime(2026, 6, 30, 18)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 6, 30, 17, 59), datetime(2026, 6, 29, 18)),
        (datetime(2026, 6, 30, 18, 0), datetime(2026, 6, 30, 18)),
        (datetime(2026, 7, 1, 17, 59), datetime(2026, 6, 30, 18)),
    ],
)
def test_two_in_china_is_six_in_the_evening_before_in_utc(moment: datetime, due: datetime) -> None:
    assert last_at(time(2), moment) == due


def test_where_clocks_change_the_night_stays_at_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANKA_TIME_ZONE", "Europe/Berlin")
    summer, winter = (last_at(time(3, 30), datetime(2026, month, 15, 12)) for month in (7, 12))
    assert (summer.hour, winter.hour) == (1, 2)


@pytest.mark.parametrize(
    ("outcomes", "done"),
    [
        ((), False),
        (("published",), True),
        (("incomplete",), True),
        (("failed",), True),
        (("killed",), False),
        (("killed", "killed"), True),
        (("running",), True),
    ],
)
def test_a_night_is_done_by_whatever_came_to_an_end_and_a_killed_one_made_up_for_once(
    sqlite_register: Register, outcomes: tuple[str, ...], done: bool
) -> None:
    night(sqlite_register, "published", DUE - timedelta(days=1))
    for outcome in outcomes:
        night(sqlite_register, outcome, DUE + timedelta(hours=1))
    with sqlite_register.reading() as session:
        assert attempts.done_since(session, DUE) == done


def night(register: Register, outcome: str, began: datetime) -> None:
    keep(register, Attempt(started_at=began, ended_at=began, outcome=outcome, reason=""))


def test_a_new_home_owes_no_night(sqlite_register: Register) -> None:
    with sqlite_register.reading() as session:
        assert not attempts.tried_before(session, DUE)
    night(sqlite_register, "failed", DUE)
    with sqlite_register.reading() as session:
        assert not attempts.tried_before(session, DUE)
        assert attempts.tried_before(session, DUE + timedelta(days=1))


def test_a_scheduled_night_that_another_audit_has_done_is_none_and_no_failure(
    sqlite_register: Register, tmp_path: Path
) -> None:
    due = now()
    attempted(Home(tmp_path), sqlite_register, lambda: RESULT)
    with pytest.raises(NotOwed):
        attempted(Home(tmp_path), sqlite_register, lambda: RESULT, due)
    attempted(Home(tmp_path), sqlite_register, lambda: RESULT, now())
    with sqlite_register.reading() as session:
        assert [attempt.outcome for attempt in session.query(Attempt)] == ["published", "published"]


def test_a_night_that_the_scheduler_begins_early_has_done_its_own_work(
    sqlite_register: Register, tmp_path: Path
) -> None:
    due = now() + timedelta(seconds=0.4)
    attempted(Home(tmp_path), sqlite_register, lambda: RESULT, due)
    with sqlite_register.reading() as session:
        assert attempts.done_since(session, due), "it would be made up for"
    with pytest.raises(NotOwed):
        attempted(Home(tmp_path), sqlite_register, lambda: RESULT, due)


def test_a_night_does_not_wait_for_a_clock_that_was_put_back(sqlite_register: Register, tmp_path: Path) -> None:
    began = now()
    attempted(Home(tmp_path), sqlite_register, lambda: RESULT, began + timedelta(hours=1))
    assert now() - began < timedelta(seconds=30)


def test_a_scheduled_night_waits_for_the_audit_at_work(sqlite_register: Register, tmp_path: Path) -> None:
    home, came = Home(tmp_path), threading.Event()

    def scheduled() -> None:
        attempted(home, sqlite_register, lambda: RESULT, now())
        came.set()

    waiting = threading.Thread(target=scheduled)
    with sole_audit(home):
        waiting.start()
        assert not came.wait(1)
    waiting.join(60)
    assert came.is_set()


KILLED = """
import sys, time
from pathlib import Path
from expectations.home import Home
from flows.night.audit_lock import sole_audit
with sole_audit(Home(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(600)
"""


def test_the_lock_of_a_killed_audit_holds_up_nobody(sqlite_register: Register, tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    attempts.begin(sqlite_register)
    holder.kill()
    holder.communicate()
    attempted(Home(tmp_path), sqlite_register, lambda: RESULT, now())
    with sqlite_register.reading() as session:
        assert [attempt.outcome for attempt in session.query(Attempt)] == ["killed", "published"]


def test_a_night_that_is_told_to_end_was_killed_and_no_program_failed(
    sqlite_register: Register, tmp_path: Path
) -> None:
    def interrupted() -> AuditResult:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        attempted(Home(tmp_path), sqlite_register, interrupted)
    with sqlite_register.reading() as session:
        assert [(attempt.outcome, attempt.reason) for attempt in session.query(Attempt)] == [("killed", "")]


def broken() -> None:
    raise ValueError("示例嫌疑人 77012019880314681")


def test_an_error_of_the_program_is_told_by_kind_and_place(sqlite_register: Register, tmp_path: Path) -> None:
    def audit() -> AuditResult:
        try:
            broken()
        except ValueError as error:
            raise ProgramError(error) from None
        return RESULT

    with pytest.raises(ProgramError, match=r"ValueError: test_owed_nights\.py:\d+ > test_owed_nights\.py:\d+$"):
        attempted(Home(tmp_path), sqlite_register, audit)
    with sqlite_register.reading() as session:
        assert [attempt.reason for attempt in attempts.troubled(session)] == ["ValueError"]


@pytest.mark.parametrize("wrong", ["", "24:00", "02:60", "二点", "02", ":30", "2:", "-1:00"])
def test_a_switch_of_a_time_takes_nothing_else(sqlite_register: Register, wrong: str) -> None:
    with sqlite_register.writing() as session:
        assert clock_time(session, "night_time") == time(2)
        with pytest.raises(InputError, match="not a time of day"):
            set_switch(session, "night_time", wrong)
        set_switch(session, "night_time", " 3:05")
        assert clock_time(session, "night_time") == time(3, 5)


TRACEBACK = """\
02:00:01.123 | ERROR   | Task run 'load' - went wrong
Traceback (most recent call last):
  File "flows/load/loading.py", line 12, in load
    raise ValueError(f"{name}")
ValueError: 示例嫌疑人
又一行

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 1, in <module>
package.errors.OtherError: 示例嫌疑人
02:00:02.000 | INFO    | goes on
plain
"""


def test_of_a_traceback_the_log_has_places_and_kinds() -> None:
    assert list(without_texts_of_errors(TRACEBACK.splitlines())) == [
        "02:00:01.123 | ERROR   | Task run 'load' - went wrong",
        "Traceback (most recent call last):",
        '  File "flows/load/loading.py", line 12, in load',
        "ValueError",
        "Traceback (most recent call last):",
        '  File "a.py", line 1, in <module>',
        "package.errors.OtherError",
        "02:00:02.000 | INFO    | goes on",
        "plain",
    ]


@pytest.fixture(name="own_log")
def own_log_(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """The log of the house with small files, given back as it was."""
    monkeypatch.setattr(LOG, "handlers", [])
    monkeypatch.setattr(LOG, "propagate", True)
    monkeypatch.setattr("flows.serving.lines._FILE_BYTES", 300)
    return open_log


def test_the_file_of_the_log_is_kept_small(own_log: Callable[[Path], None], tmp_path: Path) -> None:
    file = tmp_path / "logs" / "anka.log"
    own_log(file)
    for number in range(60):
        LOG.info("line %s", number)
    for handler in list(LOG.handlers):
        handler.close()
    names = sorted(path.name for path in file.parent.iterdir())
    assert names == ["anka.log", *(f"anka.log.{number}" for number in range(1, 6))]
    assert all(path.stat().st_size <= 300 for path in file.parent.iterdir())
    last = file.read_text(encoding="utf-8").splitlines()[-1]
    assert last.endswith("INFO    line 59")
    assert datetime.fromisoformat(last[:25]) - datetime.now(UTC) < timedelta(minutes=1)
    assert logging.getLogger("anka.serve") is LOG
