"""The register of a home moves between SQLite and PostgreSQL: all of it or nothing, and the home knows the new one alone afterwards."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from support.commands import anka
from support.homes.backed_up import Office, make_office, sums_of
from support.register_cases import empty_database, postgresql

from expectations.backups.moving import move_register
from expectations.errors import InputError
from expectations.people.trail.checking import check
from expectations.register.belonging import home_register
from expectations.store.register import open_register, register_url
from expectations.store.tables import Access, User

__all__ = ["postgresql"]

LOGGED = {"access_log", "log_head"}
HOLDING = """
import sys
from expectations.store.register import open_register
register = open_register(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    yield make_office(tmp_path)
    open_register.cache_clear()


def test_both_ways(office: Office, postgresql: str, tmp_path: Path) -> None:
    before, server, file = sums_of(office.register), empty_database(postgresql), f"sqlite:///{tmp_path / 'other.db'}"
    identity = office.register.identity()
    for source, target in (("", server), (server, file)):
        moved = move_register(office.home, source, target)
        assert moved.log.whole
        register = home_register(office.home, target)
        after = sums_of(register)
        assert {name: one for name, one in after.items() if name not in LOGGED} == {
            name: one for name, one in before.items() if name not in LOGGED
        }
        # copies of the register made before are still its copies
        assert register.identity() == identity
        with register.reading() as session:
            assert check(session).whole
            entry = session.scalars(select(Access).order_by(Access.id.desc()).limit(1)).one()
            chief, assistant = session.scalars(select(User).order_by(User.id)).all()
        assert entry.action == "register_moved"
        assert assistant.assists_id == chief.id
        with pytest.raises(InputError, match="not the register of this home"):
            home_register(office.home, source)
        there = Office(office.home, target, tmp_path)
        assert there.confirm("f9" if target == server else "f8").done
        before = sums_of(register)
        register.close()


def test_one_in_use_is_left_alone(office: Office, postgresql: str, tmp_path: Path) -> None:
    server = empty_database(postgresql)
    sources = {"": register_url(office.home), server: server}
    for source, held in sources.items():
        home_register(office.home, source).close()
        with subprocess.Popen(
            [sys.executable, "-c", HOLDING, held], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdin is not None
            assert other.stdout is not None
            assert other.stdout.readline() == "open\n"
            with pytest.raises(InputError, match="in use"):
                move_register(office.home, source, f"sqlite:///{tmp_path / 'other.db'}")
            other.stdin.close()
            other.wait(10)
        assert not (tmp_path / "other.db").exists()
        if not source:
            move_register(office.home, "", server)


def test_a_database_that_holds_something_is_left_alone(office: Office, tmp_path: Path) -> None:
    other = make_office(tmp_path / "other")
    before = sums_of(other.register)
    other.register.close()
    with pytest.raises(InputError, match="not empty"):
        move_register(office.home, "", register_url(other.home))
    assert sums_of(other.register) == before
    assert home_register(office.home).identity() == office.home.register_id()
    with pytest.raises(InputError, match="there already"):
        move_register(office.home, "", register_url(office.home))


def test_the_command_says_what_to_set_and_shows_no_password(office: Office, tmp_path: Path) -> None:
    office.register.close()
    target = f"sqlite:///{tmp_path / 'other.db'}"
    said = anka("move-register", target, home=office.home.root).stdout
    assert f"ANKA_REGISTER={target}" in said
    assert "findings" in said
    refused = anka("user", "list", home=office.home.root, code=2)
    assert "not the register of this home" in refused.stderr
