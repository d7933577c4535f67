"""A register that is gone, emptied or another one is refused by every command and never filled anew in silence."""

import os
import shutil
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text
from support.dashboard_small import publish_small
from support.places import SAMPLE
from support.register_cases import postgresql, register
from support.site.dashboard_server import serving, with_people

from expectations.errors import InputError
from expectations.home import Home
from expectations.register.belonging import adopt, home_register, start_anew
from expectations.register.follow import follow
from expectations.store.register import Register, open_register, register_url
from expectations.store.tables import Access, Run, Setting

__all__ = ["postgresql", "register"]

COMMANDS = {
    "user list": ("user", "list"),
    "audit": ("audit", str(SAMPLE / "exports"), "--no-prefect"),
    "nightly": ("audit", str(SAMPLE / "exports")),
    "dashboard": ("dashboard", "--no-open", "--port", "8999"),
}


@dataclass(frozen=True)
class Office:
    """A home that has followed a run in a register."""

    home: Home
    url: str

    def anka(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "ANKA_HOME": str(self.home.root), "ANKA_REGISTER": self.url}
        command = [sys.executable, "-m", "flows.cli.main", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)


@pytest.fixture
def office(register: Register, tmp_path: Path) -> Office:
    home = publish_small(tmp_path / "home")
    follow(register, home.current())
    office_of_home = Office(home, register.engine.url.render_as_string(hide_password=False))
    assert office_of_home.anka("user", "list").returncode == 0
    assert home.register_id() == register.identity()
    register.close()
    return office_of_home


def commands_after(damage: Callable[[Office], None], office: Office) -> Sequence[tuple[str, ...]]:
    """All of them once, since they ask in one place and take seconds each; else the quickest."""
    once = office.url.startswith("sqlite") and damage is deleted
    return list(COMMANDS.values()) if once else [COMMANDS["user list"]]


def deleted(office: Office) -> None:
    for file in _files(office.url):
        file.unlink()


def emptied(office: Office) -> None:
    for file in _files(office.url):
        file.write_bytes(b"")


def another(office: Office) -> None:
    """A register somebody else began."""
    for file in _files(office.url):
        file.unlink()
    open_register.__wrapped__(office.url).close()


def _files(url: str) -> list[Path]:
    """The files of a register on SQLite; the tables of one on a server are dropped."""
    file = Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite"):
        return sorted(file.parent.glob(f"{file.name}*"))
    engine = create_engine(url)
    with engine.begin() as con:
        con.execute(text("drop schema public cascade"))
        con.execute(text("create schema public"))
    engine.dispose()
    return []


@pytest.mark.parametrize(
    ("damage", "message"),
    [(deleted, "gone or empty"), (emptied, "gone or empty"), (another, "not the register of this home")],
)
def test_every_command_refuses_and_leaves_it_as_it_is(
    office: Office, damage: Callable[[Office], None], message: str
) -> None:
    damage(office)
    before = [(file.name, file.read_bytes()) for file in sorted(office.home.published.iterdir())]
    for arguments in commands_after(damage, office):
        completed = office.anka(*arguments)
        assert (completed.returncode, completed.stdout) == (2, ""), (arguments, completed.stderr)
        line, hint = completed.stderr.strip().splitlines()[-2:]
        assert message in line
        assert "anka register" in hint
        assert "Traceback" not in completed.stderr
    assert [(file.name, file.read_bytes()) for file in sorted(office.home.published.iterdir())] == before
    if damage is deleted and office.url.startswith("sqlite"):
        assert not Path(office.url.removeprefix("sqlite:///")).exists()


@pytest.mark.parametrize(("damage", "word"), [(deleted, "new"), (emptied, "new"), (another, "adopt")])
def test_an_explicit_command_goes_on_and_is_logged(office: Office, damage: Callable[[Office], None], word: str) -> None:
    damage(office)
    former = office.home.register_id()
    take, refuse = (start_anew, adopt) if word == "new" else (adopt, start_anew)
    with pytest.raises(InputError):
        refuse(office.home, office.url)
    assert office.home.register_id() == former
    open_register.cache_clear()
    take(office.home, office.url)
    opened = home_register(office.home, office.url)
    with opened.reading() as session:
        (entry,) = session.scalars(select(Access)).all()
    assert (entry.action, entry.subject) == (f"register_{'new' if word == 'new' else 'adopted'}", opened.identity())
    assert entry.detail.startswith(f"former: {former} account=")
    opened.close()


def test_the_commands_are_there(tmp_path: Path) -> None:
    office = Office(Home(tmp_path / "home"), "")
    assert [office.anka("register", word).returncode for word in ("adopt", "new", "new", "adopt")] == [2, 0, 2, 0]


def test_a_register_that_is_there_is_not_begun_anew(office: Office) -> None:
    completed = office.anka("register", "new")
    assert completed.returncode == 2
    assert "nothing was changed" in completed.stderr


def test_a_copy_put_back_is_the_same_register(tmp_path: Path) -> None:
    """Also one of before registers had an identity: each copy takes it from the first run."""
    home = publish_small(tmp_path / "home")
    file = home.root / "register.db"
    opened = open_register.__wrapped__(f"sqlite:///{file}")
    with opened.writing() as session:
        session.delete(session.get_one(Setting, "identity"))
    opened.close()
    open_register.cache_clear()
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        source.backup(copy)
    identity = home_register(home).identity()
    home_register(home).close()
    for old in home.root.glob("register.db*"):
        old.unlink()
    shutil.copy(tmp_path / "copy.db", file)
    assert Office(home, "").anka("user", "list").returncode == 0
    assert home.register_id() == identity


def test_a_home_of_before_takes_only_the_register_that_followed_its_run(tmp_path: Path) -> None:
    home = publish_small(tmp_path / "home")
    foreign = f"sqlite:///{tmp_path / 'foreign.db'}"
    open_register.__wrapped__(foreign).close()
    with pytest.raises(InputError, match="not the register of this home"):
        home_register(home, foreign)
    with pytest.raises(InputError, match="gone or empty"):
        home_register(home, f"sqlite:///{tmp_path / 'nowhere.db'}")
    assert home.register_id() is None
    assert home_register(home).identity() == home.register_id()


def test_a_new_home_takes_what_it_is_given(tmp_path: Path) -> None:
    """A register restored to another machine, before the first audit there."""
    url = f"sqlite:///{tmp_path / 'restored.db'}"
    opened = open_register.__wrapped__(url)
    opened.close()
    assert home_register(Home(tmp_path / "second"), url).identity() == opened.identity()
    with home_register(Home(tmp_path / "third")).reading() as session:
        assert session.scalars(select(Run)).all() == []


@pytest.mark.parametrize(
    ("damage", "message"),
    [(deleted, "gone or empty"), (emptied, "gone or empty"), (another, "not the register of this home")],
)
def test_a_process_that_has_it_open_notices(tmp_path: Path, damage: Callable[[Office], None], message: str) -> None:
    """A dashboard would write decisions into a file that has no name any more."""
    home = publish_small(tmp_path / "home")
    office = Office(home, register_url(home))
    opened = home_register(home)
    assert home_register(home) is opened
    with (
        closing(sqlite3.connect(home.root / "register.db")) as source,
        closing(sqlite3.connect(tmp_path / "copy.db")) as copy,
    ):
        source.backup(copy)
    damage(office)
    with pytest.raises(InputError, match=message):
        home_register(home)
    for file in _files(office.url):
        file.unlink()
    shutil.copy(tmp_path / "copy.db", tmp_path / "home" / "register.db")
    assert home_register(home).identity() == home.register_id()


def answer(address: str) -> tuple[int, str]:
    """Status and text of what the dashboard answers."""
    try:
        with urllib.request.urlopen(address) as answered:
            return answered.status, answered.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()


def test_a_dashboard_whose_register_goes_away_says_so_and_makes_none(tmp_path: Path) -> None:
    home = publish_small(tmp_path / "home")
    with_people(home.root).close()
    with serving(home.root, tmp_path / "log") as address:
        assert answer(f"{address}sign-in")[0] == 200
        deleted(Office(home, register_url(home)))
        status, said = answer(f"{address}sign-in")
        assert (status, "tell the administrator" in said, str(tmp_path) in said) == (503, True, False)
        assert answer(f"{address}_stcore/health") == (200, "ok")
    assert "gone or empty" in (tmp_path / "log").read_text(encoding="utf-8")
    assert not (home.root / "register.db").exists()


def test_taking_another_is_refused_where_there_is_none(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    with pytest.raises(InputError, match="there is no register"):
        adopt(home)
    start_anew(home)
    assert home.register_id() == home_register(home).identity()
