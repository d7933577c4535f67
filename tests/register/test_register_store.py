"""The register's file or server: its tables are those declared, it can be opened twice, and a wrong address is one line."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text
from support.register_cases import postgresql, register

from expectations.errors import InputError
from expectations.home import Home
from expectations.store.register import Register, open_register, register_url
from expectations.store.switches import set_switch, switch
from expectations.store.tables import Table

__all__ = ["postgresql", "register"]


def test_the_migrations_make_the_tables_that_are_declared(register: Register) -> None:
    with register.engine.connect() as con:
        assert compare_metadata(MigrationContext.configure(con), Table.metadata) == []
        assert set(inspect(con).get_table_names()) == {*Table.metadata.tables, "alembic_version"}


def test_two_that_start_at_once_both_find_their_tables(tmp_path: Path) -> None:
    url = register_url(Home(tmp_path))
    with ThreadPoolExecutor(4) as pool:
        opened = list(pool.map(lambda _: open_register.__wrapped__(url), range(4)))
    for opened_register in opened:
        with opened_register.reading() as session:
            assert switch(session, "hold_after") == 5
        opened_register.close()


def test_what_fails_halfway_is_not_kept(register: Register) -> None:
    def change_and_fail() -> None:
        with register.writing() as session:
            set_switch(session, "hold_after", 9)
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    with register.reading() as session:
        assert switch(session, "hold_after") == 5


def test_sqlite_is_written_ahead(tmp_path: Path) -> None:
    register = open_register.__wrapped__(register_url(Home(tmp_path / "new" / "home")))
    with register.reading() as session:
        assert session.execute(text("pragma journal_mode")).scalar() == "wal"
        assert session.execute(text("pragma synchronous")).scalar() == 2  # FULL
    register.close()


HELD = """
import sys, threading, time
from expectations.store.register import open_register
from expectations.store.switches import set_switch
def at_work(register):
    time.sleep(600)
register = open_register(sys.argv[1])
with register.writing() as session:
    set_switch(session, "free_gb", value=3)
threading.Thread(target=at_work, args=(register,), daemon=True).start()
"""


def test_a_process_that_ends_leaves_the_register_as_one_file_whoever_still_holds_it(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", HELD, register_url(Home(tmp_path))], check=True, timeout=60)
    assert [file.name for file in tmp_path.iterdir()] == ["register.db"]


@pytest.mark.parametrize(
    "url",
    ["postgresql://anka:secret@127.0.0.1:1/anka", "sqlite:////proc/nowhere/register.db", "nonsense", "mysql://x/y"],
)
def test_a_register_that_cannot_be_opened_is_said_in_one_line(url: str) -> None:
    with pytest.raises(InputError) as raised:
        open_register(url)
    assert "secret" not in f"{raised.value.message} {raised.value.hint}"
    assert "\n" not in f"{raised.value.message}{raised.value.hint}"


def test_a_file_that_is_no_register_is_refused(tmp_path: Path) -> None:
    (tmp_path / "register.db").write_bytes(b"not a database at all, but long enough to look like one" * 40)
    with pytest.raises(InputError):
        open_register(register_url(Home(tmp_path)))


def test_a_register_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    url = register_url(Home(tmp_path))
    open_register.__wrapped__(url).close()
    engine = create_engine(url)
    with engine.begin() as con:
        con.execute(text("update alembic_version set version_num = '9999'"))
    engine.dispose()
    with pytest.raises(InputError, match=r"更新|newer"):
        open_register.__wrapped__(url)
