"""A night that failed, was killed, is not complete or never came: supervisors and administrators are told, pages say so, `anka notify` fails."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from prefect.client.schemas import FlowRun
from prefect.states import Crashed
from sqlalchemy import select
from support.commands import anka
from support.dashboard_small import publish_small
from support.notice_cases import keep, person, sqlite_register
from support.places import SAMPLE
from support.site.single_pages import opened_page
from typer.testing import CliRunner, Result

from expectations.home import Home
from expectations.register import attempts
from expectations.register.follow import Followed
from expectations.store.register import Register, now, open_register, register_url
from expectations.store.switches import set_switch
from expectations.store.tables import Attempt, Message, User
from flows.cli.main import app
from flows.messages.letters import Occasion, letters
from flows.night.attempts import attempted, notice_killed
from flows.night.audit_lock import sole_audit
from flows.night.nightly_audit import nightly_audit, tell_of_crash
from flows.orders import AuditResult

__all__ = ["sqlite_register"]

pytestmark = pytest.mark.filterwarnings(
    "ignore:'imghdr' is deprecated:DeprecationWarning"
)  # imported by a plugin of Apprise
PEOPLE = {"sup": "supervisor", "adm": "administrator", "jia": "prosecutor", "boss": "leader"}
NOBODY = "json://127.0.0.1:1/"
"""The address of a service that is not there: a message stays in the outbox, to be tried again."""


def office(register: Register, contact: str = NOBODY) -> None:
    """Four people with one role each, and messages switched on."""
    for login, role in PEOPLE.items():
        keep(register, person(login, login, role, contact=contact))
    with register.writing() as session:
        set_switch(session, "messages_on", True)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with these people and no run."""
    place = Home(tmp_path / "home")
    office(register_of(place))
    return place


def register_of(home: Home) -> Register:
    return open_register(register_url(home))


def outcomes(home: Home) -> list[str]:
    with register_of(home).reading() as session:
        return list(session.scalars(select(Attempt.outcome).order_by(Attempt.id)))


def queued(home: Home) -> dict[str, set[str]]:
    """Who a message of each kind waits for."""
    with register_of(home).reading() as session:
        rows = session.scalars(select(Message).where(Message.state == "failed")).all()
    return {kind: {row.recipient for row in rows if row.kind == kind} for kind in {row.kind for row in rows}}


def notify(home: Home) -> Result:
    """`anka notify` as it is, without the seconds of a process of its own."""
    return CliRunner().invoke(app, ["notify", "--home", str(home.root)])


def ended(register: Register, hours: float, outcome: attempts.Outcome = "published", reason: str = "") -> None:
    """An attempt that ended so many hours ago."""
    then = now() - timedelta(hours=hours)
    keep(register, Attempt(started_at=then, ended_at=then, outcome=outcome, reason=reason))


def test_a_failed_audit_leaves_a_message_for_supervisor_and_administrator(home: Home, tmp_path: Path) -> None:
    anka("audit", tmp_path / "inbox", home=home.root, code=2)
    assert outcomes(home) == ["failed"]
    assert queued(home) == {"failed:1": {"sup", "adm"}}
    with register_of(home).reading() as session:
        body = session.scalars(select(Message.body).where(Message.kind == "failed:1")).first()
    assert body
    assert "文件或目录不存在 / no such file or folder" in body
    assert body.endswith("/run")


def test_of_an_error_of_the_program_the_message_names_the_kind_alone(sqlite_register: Register, tmp_path: Path) -> None:
    def broken() -> AuditResult:
        raise ValueError("示例嫌疑人 77012019880314681")

    with pytest.raises(ValueError, match="示例嫌疑人"):
        attempted(Home(tmp_path), sqlite_register, broken)
    with sqlite_register.reading() as session:
        assert [attempt.reason for attempt in attempts.troubled(session)] == ["ValueError"]


def test_a_night_that_found_another_audit_at_work_has_failed_and_the_other_goes_on(home: Home) -> None:
    with sole_audit(home):
        attempts.begin(register_of(home))
        anka("audit", SAMPLE / "exports" / "听证.csv", home=home.root, code=2)
        assert outcomes(home) == ["running", "failed"]
    assert queued(home) == {"failed:2": {"sup", "adm"}}


def test_a_killed_audit_is_noticed_by_the_next_start(home: Home) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "flows.cli.main", "audit", SAMPLE / "exports"],
        env=os.environ | {"ANKA_HOME": str(home.root)},
        start_new_session=True,
    )
    end = time.monotonic() + 300
    while outcomes(home) != ["running"]:
        assert child.poll() is None
        assert time.monotonic() < end
        time.sleep(0.05)
    notice_killed(home, register_of(home))
    assert outcomes(home) == ["running"], "it lives"
    os.killpg(child.pid, signal.SIGKILL)  # with the server it started for itself
    child.wait()
    assert queued(home) == {}
    anka("audit", SAMPLE / "exports" / "听证.csv", home=home.root)
    assert outcomes(home) == ["killed", "published"]
    assert queued(home)["killed:1"] == {"sup", "adm"}


def by_the_worker(home: Home) -> None:
    run = FlowRun(flow_id=uuid4(), parameters={"home": str(home.root)})
    tell_of_crash(nightly_audit, run, Crashed())


def by_notify(home: Home) -> None:
    assert notify(home).exit_code == 3


@pytest.mark.parametrize("notice", [by_the_worker, by_notify])
def test_a_killed_audit_is_noticed_before_the_next_start(home: Home, notice: Callable[[Home], None]) -> None:
    attempts.begin(register_of(home))
    notice(home)
    assert outcomes(home) == ["killed"]
    assert queued(home) == {"killed:1": {"sup", "adm"}}


def test_a_run_that_is_not_complete_is_told(sqlite_register: Register, tmp_path: Path) -> None:
    office(sqlite_register)
    off_trend: dict[str, object] = {
        "kind": "rows_off_trend",
        "card": "measures",
        "title": "强制措施",
        "rows": 0,
        "usual": 1400,
    }
    refused: dict[str, object] = {
        "kind": "files_refused",
        "files": [{"name": "听证.csv", "reason": "不是文本", "reason_en": "no text"}],
    }
    result = AuditResult(
        "r1", tmp_path, tmp_path, True, 1, 1, 0, (), 0, (), (), (), (), Followed(1, problems=(refused, off_trend))
    )
    attempted(Home(tmp_path), sqlite_register, lambda: result)
    with sqlite_register.reading() as session:
        written_letters = letters(session, Occasion(Home(tmp_path), "http://anka.office", date(2026, 6, 30)))
    assert {(letter.recipient, letter.key) for letter in written_letters} == {
        ("sup", "incomplete:1"),
        ("adm", "incomplete:1"),
    }
    assert (
        "原因：1 个导出文件未能载入：听证.csv（不是文本）；强制措施：本次 0 行，近期通常约 1400 行，可能导出不完整\n"
        in written_letters[0].body
    )


def test_a_missed_night_is_told_once_a_day_by_notify(home: Home) -> None:
    ended(register_of(home), 25)
    assert notify(home).exit_code == 0
    with register_of(home).writing() as session:
        set_switch(session, "stale_hours", 24)
    completed = notify(home)
    assert completed.exit_code == 3
    assert "25 hours old, limit 24" in completed.stderr
    assert "失败 / failed: 2" in completed.stdout
    with register_of(home).writing() as session:
        set_switch(session, "messages_on", False)
    completed = notify(home)
    assert (completed.exit_code, "25 hours old" in completed.stderr) == (3, True)
    assert [kind.split(":")[0] for kind in queued(home)] == ["missed"]
    with register_of(home).reading() as session:
        assert attempts.standing(session).stale


def test_notify_ends_well_when_all_is_sent_and_otherwise_not(home: Home) -> None:
    ended(register_of(home), 2, "failed", "没有文件 / no file")
    ended(register_of(home), 1)
    completed = notify(home)
    assert (completed.exit_code, "失败 / failed: 2" in completed.stdout) == (3, True)
    with register_of(home).writing() as session:
        for user in session.scalars(select(User)):
            user.contact = ""
    completed = notify(home)
    assert (completed.exit_code, "失败 / failed: 0" in completed.stdout) == (0, True)


@pytest.mark.parametrize("page", ["overview", "due", "run"])
def test_a_page_says_how_old_the_last_good_night_is(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = publish_small(tmp_path / "home")
    ended(register_of(home), 25)
    assert not opened_page(page, home.root, monkeypatch).error
    ended(register_of(home), 3, "failed", "没有可读的文件 / no file to load")
    with register_of(home).writing() as session:
        set_switch(session, "stale_hours", 24)
    (warning,) = opened_page(page, home.root, monkeypatch).error
    assert "最近一次夜间核查（3 小时前开始）没有成功" in warning.value
    assert "最近一次成功的夜间核查在 25 小时前（应不超过 24 小时）" in warning.value


def test_before_there_were_attempts_the_run_followed_counts(tmp_path: Path) -> None:
    register = register_of(publish_small(tmp_path / "home"))
    with register.reading() as session:
        nights = attempts.standing(session)
    assert (nights.good_hours, nights.stale, nights.failed) == (0, False, False)
