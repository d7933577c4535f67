"""The chain of the access log: whatever is done to an entry behind Anka's back is found and named, and many who write at once do not break it."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Thread

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, select, text
from sqlalchemy.exc import DatabaseError
from support.register_cases import postgresql, register

from expectations.errors import InputError
from expectations.home import Home
from expectations.people import access_log
from expectations.people.flood import Flood
from expectations.people.trail.checking import Problem, Witness, check, witness_of
from expectations.rights.reader import MACHINE
from expectations.store.chain import entry_hash, log_head
from expectations.store.register import Register, now, open_register, register_url
from expectations.store.tables import Access

__all__ = ["postgresql", "register"]

PERSON = replace(MACHINE, user_id=7, login="dong1")
ENTRIES = 8
WRITER = """
import sys
from dataclasses import replace
from expectations.people import access_log
from expectations.rights.reader import MACHINE
from expectations.store.register import open_register
register = open_register(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(int(sys.argv[3])):
    with register.writing() as session:
        access_log.note(session, None, sys.argv[2], "export", f"{number}")
        access_log.note(session, None, sys.argv[2], "case", f"{number}")
"""


def write(register: Register, number: int) -> None:
    for place in range(number):
        access_log.log(register, PERSON, "export", f"list {place}", "department=第一检察部")


@pytest.fixture
def logged(register: Register) -> Register:
    write(register, ENTRIES)
    return register


def found(register: Register, *witnesses: Witness) -> list[tuple[str, int, int]]:
    with register.reading() as session:
        return [(problem.kind, problem.entry, problem.last) for problem in check(session, witnesses).problems]


def tampering(register: Register, act: Callable[[Connection], None]) -> None:
    """Does what somebody with the database's password would: takes the guard off, and puts it on again or not."""
    with register.engine.begin() as connection:
        if register.on_sqlite:
            for word in ("update", "delete"):
                connection.execute(text(f"drop trigger if exists access_log_no_{word}"))
        else:
            connection.execute(text("drop trigger if exists access_log_refused on access_log"))
        act(connection)


def rehash(connection: Connection, number: int) -> None:
    row = connection.execute(select(Access.__table__).where(Access.id == number)).one()
    own = entry_hash(row.previous, number, row.at, row.user_id, row.login, row.action, row.subject, row.detail)
    connection.execute(text("update access_log set hash = :own where id = :number"), {"own": own, "number": number})


def change(connection: Connection) -> None:
    connection.execute(text("update access_log set login = 'admin' where id = 4"))


def change_and_rehash(connection: Connection) -> None:
    change(connection)
    rehash(connection, 4)


def change_the_time(connection: Connection) -> None:
    earlier = datetime(2020, 1, 1)
    connection.execute(text("update access_log set at = :at where id = 4"), {"at": earlier.isoformat(" ") + ".000000"})


def remove(connection: Connection) -> None:
    connection.execute(text("delete from access_log where id in (3, 4)"))


def remove_the_first(connection: Connection) -> None:
    connection.execute(text("delete from access_log where id = 1"))


def reorder(connection: Connection) -> None:
    for former, place in ((3, 99), (6, 3), (99, 6)):
        connection.execute(text(f"update access_log set id = {place} where id = {former}"))


def insert_at_the_end(connection: Connection) -> None:
    connection.execute(
        text(
            "insert into access_log (id, at, user_id, login, action, subject, detail, previous, hash) "
            "select 9, at, user_id, login, action, subject, detail, hash, '' from access_log where id = 8"
        )
    )
    rehash(connection, 9)


def insert_between(connection: Connection) -> None:
    """A well made entry before the fourth, which and all behind it get the next number."""
    for number in range(ENTRIES, 3, -1):
        connection.execute(text(f"update access_log set id = {number + 1} where id = {number}"))
    connection.execute(
        text(
            "insert into access_log (id, at, user_id, login, action, subject, detail, previous, hash) "
            "select 4, at, user_id, 'nobody', action, subject, detail, hash, '' from access_log where id = 3"
        )
    )
    rehash(connection, 4)


def cut_off(connection: Connection) -> None:
    connection.execute(text("delete from access_log where id > 6"))


def take_the_head_away(connection: Connection) -> None:
    connection.execute(text("delete from log_head"))


@pytest.mark.parametrize(
    ("act", "problems"),
    [
        (change, [("changed", 4, 4)]),
        (change_and_rehash, [("changed", 4, 4)]),
        (change_the_time, [("changed", 4, 4)]),
        (remove, [("removed", 3, 4)]),
        (remove_the_first, [("removed", 1, 1)]),
        (reorder, [("moved", 3, 3), ("moved", 6, 6)]),
        (insert_at_the_end, [("inserted", 9, 9)]),
        (cut_off, [("cut_off", 7, 8)]),
        (take_the_head_away, [("inserted", 1, 8)]),
    ],
)
def test_what_is_done_to_an_entry_is_found_and_named(
    logged: Register, act: Callable[[Connection], None], problems: list[tuple[str, int, int]]
) -> None:
    assert found(logged) == []
    tampering(logged, act)
    assert found(logged) == problems


def test_an_entry_squeezed_in_is_named_and_so_are_those_that_moved(logged: Register) -> None:
    tampering(logged, insert_between)
    problems = found(logged)
    assert ("moved", 5, 5) in problems
    assert {kind for kind, entry, _ in problems if entry > 4} <= {"moved", "inserted"}


def test_the_database_itself_refuses_to_change_an_entry(logged: Register) -> None:
    for statement in ("update access_log set login = 'admin' where id = 4", "delete from access_log where id = 4"):
        with pytest.raises(DatabaseError, match="only added to"), logged.engine.begin() as connection:
            connection.execute(text(statement))
    assert found(logged) == []


def test_a_chain_cut_off_or_made_anew_is_found_by_what_was_printed(logged: Register) -> None:
    with logged.reading() as session:
        printed = witness_of(str(log_head(session)))
    assert found(logged, printed) == []

    def cut_off_with_its_head(connection: Connection) -> None:
        cut_off(connection)
        connection.execute(
            text("update log_head set entry = 6, hash = (select hash from access_log where id = 6) where id = 1")
        )

    tampering(logged, cut_off_with_its_head)
    assert found(logged) == []
    assert found(logged, printed) == [("cut_off", 7, 8)]
    write(logged, 2)
    assert found(logged) == []
    assert found(logged, printed) == [("made_anew", 8, 8)]


@pytest.mark.parametrize(
    "nothing", ["", "8", "8-", "8-abc", "²-0123456789abcdef", "8-0123456789abcdeg", "-8-0123456789abcdef"]
)
def test_what_is_no_head_is_said(nothing: str) -> None:
    with pytest.raises(InputError):
        witness_of(nothing)


def test_eight_processes_write_one_chain(register: Register) -> None:
    """Each two entries a transaction, and a ninth reader looks meanwhile: no entry is lost, none stands in another's place."""
    each, url = 40, register.engine.url.render_as_string(hide_password=False)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, f"writer{number}", str(each)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(8)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    while any(writer.poll() is None for writer in writers):
        assert found(register) == []
        time.sleep(0.05)
    assert [writer.wait() for writer in writers] == [0] * 8
    for writer in writers:
        for pipe in (writer.stdin, writer.stdout):
            assert pipe is not None
            pipe.close()
    with register.reading() as session:
        verdict = check(session)
        assert verdict.problems == ()
        assert verdict.entries == verdict.head.entry == 8 * each * 2
        written = session.execute(select(Access.login, Access.subject, Access.action).order_by(Access.id)).all()
    assert [(action) for _, _, action in written] == ["export", "case"] * (8 * each)
    assert all(one[:2] == other[:2] for one, other in zip(written[::2], written[1::2], strict=True))


def test_what_is_taken_back_leaves_no_entry(logged: Register) -> None:
    def note_and_fail() -> None:
        with logged.writing() as session:
            access_log.note(session, 7, "dong1", "switch", "hold_after")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        note_and_fail()
    with logged.writing() as session:
        access_log.note(session, 7, "dong1", "switch", "hold_after")
        session.rollback()
    write(logged, 1)
    with logged.reading() as session:
        assert check(session).entries == ENTRIES + 1
    assert found(logged) == []


def test_texts_no_database_keeps_are_kept_as_what_can_be(logged: Register) -> None:
    access_log.log(logged, PERSON, "export", "a\0b \ud800 c", "x" * 5000)
    with logged.reading() as session:
        entry = session.scalars(select(Access).order_by(Access.id.desc()).limit(1)).one()
    assert (entry.subject, len(entry.detail)) == ("ab ? c", 500)
    assert found(logged) == []


def test_entries_of_before_the_chain_are_sealed_and_said(tmp_path: Path) -> None:
    url = register_url(Home(tmp_path))
    open_register.__wrapped__(url).close()
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", "expectations.store:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
        for number in (2, 3, 7):
            connection.execute(
                text(
                    "insert into access_log (id, at, user_id, login, action, subject, detail) "
                    f"values ({number}, '2026-06-0{number} 08:00:00.000000', null, 'admin', 'switch', 's', 'd')"
                )
            )
    engine.dispose()
    register = open_register.__wrapped__(url)
    with register.reading() as session:
        verdict = check(session)
        sealed = session.get_one(Access, 8)
    assert (verdict.problems, verdict.entries, verdict.sealed) == ((), 4, 8)
    assert (sealed.action, sealed.detail) == ("log_sealed", "entries=3")
    write(register, 1)
    assert found(register) == []
    tampering(register, remove)
    assert found(register) == [("removed", 3, 6)]
    register.close()


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment


def test_a_flood_is_counted_and_not_written() -> None:
    clock = Clock(now())
    flood = Flood(each=3, all_together=5, within=timedelta(minutes=10), clock=clock)
    assert [flood.admit("home", "dong1") for _ in range(5)] == [(True, 0)] * 3 + [(False, 0)] * 2
    assert [flood.admit("home", f"other{number}") for number in range(3)] == [(True, 0), (True, 0), (False, 0)]
    clock.moment += timedelta(minutes=11)
    assert flood.admit("home", "dong1") == (True, 2)
    assert flood.admit("home", "dong1") == (True, 0)


def test_refusals_are_written_and_a_thousand_of_them_are_few(register: Register) -> None:
    for number in range(1000):
        access_log.log_refused(register, replace(PERSON, login="flooder"), f"export notice.docx {number}")
    with register.reading() as session:
        assert access_log.count(session, access_log.AccessFilter(action="refused")) == 20


def test_a_page_does_not_wait_for_a_night_time_work(register: Register) -> None:
    """While somebody holds the register a view is drawn all the same, and its entry stands behind afterwards."""
    held, go_on = Signal(), Signal()

    def hold() -> None:
        with register.writing() as session:
            session.execute(text("update log_head set entry = entry"))
            held.set()
            go_on.wait(30)

    night = Thread(target=hold)
    night.start()
    held.wait(30)
    begun = time.monotonic()
    for _ in range(3):
        access_log.log_view(register, PERSON, "list", "today")
    waited = time.monotonic() - begun
    go_on.set()
    night.join()
    deadline = time.monotonic() + 30
    count = 0
    while not count and time.monotonic() < deadline:
        with register.reading() as session:
            count = access_log.count(session, access_log.AccessFilter(action="list"))
    assert waited < 2
    assert count == 1
    assert found(register) == []


def test_problems_are_said_in_both_languages(logged: Register) -> None:
    tampering(logged, remove)
    with logged.reading() as session:
        assert check(session).problems == (Problem("removed", 3, 4, check(session).problems[0].words),)
        assert str(check(session).problems[0].words) == "缺少第 3–4 条 / entry 3–4 is missing"
