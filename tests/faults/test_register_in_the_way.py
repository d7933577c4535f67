"""Somebody else holds the register for long: pages read on, what is decided waits its turn, and what waited too long is said in a line."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from support.nights import Night, Wrong

from expectations.home import Home
from expectations.people import access_log
from expectations.refused_by_machine import refused_by_machine
from expectations.register.belonging import home_register
from expectations.register.follow import follow
from expectations.register.life import Decision, decide
from expectations.register.reading import Wanted, count_findings
from expectations.rights.reader import MACHINE
from expectations.store import register as store
from expectations.store.register import Register
from expectations.store.tables import Event

HELD = 1


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """With a finding; its register waits two seconds instead of two minutes."""
    monkeypatch.setattr(store, "_WAIT_SECONDS", 2)
    made = Home(tmp_path / "home")
    follow(home_register(made), Night(wrong=(Wrong("f1"),)).publish(tmp_path))
    yield made
    home_register(made).close()
    store.open_register.cache_clear()


@contextmanager
def held(home: Home, seconds: float) -> Iterator[None]:
    """Another program writes into the register for so long."""
    with closing(sqlite3.connect(home.root / "register.db", check_same_thread=False, isolation_level=None)) as con:
        con.execute("begin immediate")
        timer = threading.Timer(seconds, con.execute, ("rollback",))
        timer.start()
        yield
        timer.join()


def read(register: Register) -> int:
    with register.reading() as session:
        return sum(count_findings(session, MACHINE, Wanted()))


def test_pages_read_on_and_a_decision_is_made_when_it_is_let_go(home: Home) -> None:
    register = home_register(home)
    with held(home, HELD):
        begun = time.monotonic()
        assert read(register) == 1
        access_log.log_view(register, MACHINE, "list", "today")
        assert time.monotonic() - begun < HELD, "a page waited for who writes"
        assert decide(register, MACHINE, ["f1"], Decision("confirm")).done == ("f1",)
        assert time.monotonic() - begun >= HELD
    with register.reading() as session:
        assert session.scalars(select(Event.action).where(Event.finding_id == "f1")).all()[-1] == "confirm"


def test_what_waits_too_long_is_said_in_a_line_and_nothing_is_changed(home: Home) -> None:
    register = home_register(home)
    with held(home, 3):
        with pytest.raises(OperationalError) as raised:
            decide(register, MACHINE, ["f1"], Decision("confirm"))
        said = refused_by_machine(raised.value)
        assert said is not None
        assert "held by another program" in said.message
        assert read(register) == 1
    assert decide(register, MACHINE, ["f1"], Decision("confirm")).done == ("f1",)
