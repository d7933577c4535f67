"""The machine's clock goes back by a day, or had gone ahead by a month: nobody is locked out or let in by it, nights are not silenced, the
register's order and the chain of its log stay as they are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from sqlalchemy import func, select
from support.nights import Night, Row, Wrong
from support.notice_cases import keep, person

from expectations import office_days
from expectations.errors import InputError
from expectations.home import Home
from expectations.notices import issue
from expectations.people import access_log, sessions
from expectations.people.accounts import check_password
from expectations.people.flood import Flood
from expectations.people.guesses import LONGEST_WAIT, TRIES
from expectations.people.organisation import reader_of
from expectations.people.passwords import hash_password
from expectations.people.trail.checking import check
from expectations.register import attempts
from expectations.register.belonging import home_register
from expectations.register.follow import follow
from expectations.register.life import Decision, decide
from expectations.register.reading import last_run
from expectations.rights.reader import MACHINE
from expectations.store import register as store
from expectations.store.register import Register, now
from expectations.store.tables import Access, Notice, Run, User
from flows.audit import require_not_earlier
from flows.orders import AuditOrder

DAY = timedelta(days=1)
PASSWORD = "four quiet herons"
HASHED = hash_password(PASSWORD)
HERE = "10.1.1.1"


@dataclass
class Clock:
    """What the machine's clock is off by. The two modules that ask it are given this one."""

    off: timedelta = timedelta(0)

    def put_in(self, monkeypatch: pytest.MonkeyPatch) -> "Clock":
        clock = self

        class Shifted(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> "Shifted":
                moment = datetime.now(tz) + clock.off
                return cls(*moment.timetuple()[:6], moment.microsecond, tz)

        for module in (store, office_days):
            monkeypatch.setattr(module, "datetime", Shifted)
        return self


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock().put_in(monkeypatch)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def register(home: Home) -> Iterator[Register]:
    """With one person who has a password, and two findings."""
    opened = home_register(home)
    keep(opened, person("jia", "甲", "prosecutor"))
    with opened.writing() as session:
        session.scalars(select(User)).one().password_hash = HASHED
    yield opened
    opened.close()
    store.open_register.cache_clear()


def night() -> Night:
    """That of the day it is."""
    rows = (Row("案1"), Row("案2"))
    return Night(office_days.today(), wrong=(Wrong("f1"), Wrong("f2", bmsah="案2")), rows=rows)


def test_an_audit_of_the_day_before_is_refused_in_a_line(
    clock: Clock, home: Home, register: Register, tmp_path: Path
) -> None:
    follow(register, night().publish(tmp_path))
    clock.off = -DAY
    with pytest.raises(InputError, match="before that of the run followed last"):
        require_not_earlier(AuditOrder(home.root, (), office_days.today()))


def test_runs_events_and_notices_keep_their_order_and_the_chain_holds(
    clock: Clock, register: Register, tmp_path: Path
) -> None:
    follow(register, night().publish(tmp_path))
    decide(register, MACHINE, ["f1", "f2"], Decision("confirm"))
    issue(register, MACHINE, ["f1"], "written")
    clock.off = -DAY
    followed = follow(register, night().publish(tmp_path))
    issue(register, MACHINE, ["f2"], "written")
    with register.reading() as session:
        assert last_run(session) == session.scalars(select(Run).where(Run.seq == followed.seq)).one()
        assert session.scalars(select(Notice.serial).order_by(Notice.id)).all() == [1, 2]
        assert check(session).whole
        moments = session.scalars(select(Access.at).order_by(Access.id)).all()
    assert moments != sorted(moments), "the clock was not put back"


def test_a_session_and_a_link_of_the_time_to_come_end(clock: Clock, register: Register) -> None:
    with register.writing() as session:
        user = session.scalars(select(User)).one().id
        key = sessions.key_of(sessions.start(session, user, "link"))
    link = sessions.one_time_link(register, "jia").partition("once=")[2].partition("&")[0]
    clock.off = timedelta(minutes=-2)
    assert sessions.standing(register, key)
    clock.off = -DAY
    assert sessions.standing(register, key) is None
    assert sessions.exchange(register, link) is None


def test_who_mistyped_before_does_not_wait_for_a_day(clock: Clock, register: Register) -> None:
    for _ in range(TRIES):
        check_password(register, "jia", "wrong", HERE)
    clock.off = -DAY
    closed = check_password(register, "jia", PASSWORD, HERE).locked_until
    assert closed is not None
    assert closed <= now() + LONGEST_WAIT
    clock.off += LONGEST_WAIT
    assert check_password(register, "jia", PASSWORD, HERE).user_id


def test_a_login_closed_everywhere_is_not_closed_for_a_day(clock: Clock, register: Register) -> None:
    with register.writing() as session:
        session.scalars(select(User)).one().locked_until = now() + timedelta(minutes=5)
    assert check_password(register, "jia", PASSWORD, "10.2.2.2").locked_until
    clock.off = -DAY
    assert check_password(register, "jia", PASSWORD, "10.2.2.2").user_id


@pytest.mark.parametrize("ahead", [DAY * 30, DAY * 400])
def test_a_night_of_the_time_to_come_does_not_silence_the_watch(
    clock: Clock, register: Register, ahead: timedelta
) -> None:
    clock.off = ahead
    attempts.end(register, attempts.begin(register), "published")
    clock.off = timedelta(0)
    with register.reading() as session:
        nights = attempts.standing(session)
    assert (nights.stale, nights.good_hours, nights.last_hours) == (True, 0, 0)
    assert "check the clock" in nights.why_stale
    clock.off = ahead - DAY
    assert not nights.stale


def test_views_and_refusals_are_logged_on(clock: Clock, register: Register) -> None:
    with register.reading() as session:
        reader = reader_of(session, session.scalars(select(User.id)).one())
    access_log.log_view(register, reader, "case", "案1")
    clock.off = -DAY
    access_log.log_view(register, reader, "case", "案1")
    with register.reading() as session:
        assert session.scalar(select(func.count()).where(Access.action == "case")) == 2
    flood = Flood(each=1, all_together=9, within=timedelta(minutes=10))
    clock.off = timedelta(0)
    assert [flood.admit("here", "jia")[0] for _ in range(2)] == [True, False]
    clock.off = -DAY
    assert flood.admit("here", "jia") == (True, 1)
