"""Copies of a register: a file of SQLite as it stands at one moment, and every row from one database into another.

Rows are read and written through the declared tables, so that SQLite and PostgreSQL hold the same values afterwards; they are counted and
summed on both sides before anything is kept.
"""

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Row,
    Table,
    bindparam,
    delete,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.exc import DatabaseError

from expectations.errors import InputError
from expectations.store.tables import LogHead, Setting
from expectations.store.tables import Table as Declared
from expectations.texts import Bilingual

_PORTION = 2_000
_WAIT_SECONDS = 120
_LINGERING_SECONDS = 3
"""A server takes a moment to notice that a connection was closed."""
_MADE_WITH_THE_TABLES = frozenset((Setting.__tablename__, LogHead.__tablename__))
"""Tables that are never empty: what tells the register from others, and the head of an empty log."""


@dataclass(frozen=True)
class TableSum:
    """What a table holds: how many rows, and a sum over all of them that does not depend on their order."""

    table: str
    rows: int
    sha256: str


def copy_file(source: Path, target: Path) -> None:
    """A register on SQLite as it stands at one moment, in one file, whoever reads or writes meanwhile: by SQLite's own online back-up.

    Made beside its place, proven to be whole and renamed; for its owner alone. Raises InputError for a damaged register.
    """
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.unfinished")
    unfinished.touch(mode=0o600)
    try:
        with (
            closing(sqlite3.connect(source, timeout=_WAIT_SECONDS)) as there,
            closing(sqlite3.connect(unfinished)) as here,
        ):
            there.backup(here)
            here.execute("pragma journal_mode=delete")  # all of it in the one file
            _require_whole(here, source)
        with unfinished.open("rb") as written:
            os.fsync(written.fileno())
        unfinished.replace(target)
    except sqlite3.DatabaseError as error:
        if "malformed" in str(error) or "not a database" in str(error):
            raise _damaged(source) from None
        raise
    finally:
        for part in (unfinished, *(Path(f"{unfinished}-{end}") for end in ("journal", "wal", "shm"))):
            part.unlink(missing_ok=True)


def require_whole(file: Path) -> None:
    """Raises InputError where a register on SQLite is damaged: every page and every index is read."""
    try:
        with closing(sqlite3.connect(file)) as con:
            _require_whole(con, file)
    except sqlite3.DatabaseError:
        raise _damaged(file) from None


def is_used(engine: Engine) -> bool:
    """Whether anybody has the register open; the caller has closed its own connections."""
    if engine.dialect.name == "sqlite":
        return _is_open(Path(str(engine.url.database)))
    deadline = time.monotonic() + _LINGERING_SECONDS
    while others := _sessions(engine):
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    return others > 0


def _is_open(file: Path) -> bool:
    """SQLite leaves its way of writing ahead only where nobody else has the file open."""
    with closing(sqlite3.connect(file, timeout=0)) as con:
        try:
            con.execute("pragma journal_mode=delete")
            con.execute("pragma journal_mode=wal")
        except sqlite3.OperationalError:
            return True
    return False


def _sessions(engine: Engine) -> int:
    others = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
    with engine.connect() as connection:
        count = int(connection.scalar(text(others)) or 0)
    engine.dispose()
    return count


def is_empty(connection: Connection) -> bool:
    """Whether nothing was ever kept in a register whose tables are there, and no table of anything else is."""
    known = Declared.metadata.tables
    if set(inspect(connection).get_table_names()) - {*known, "alembic_version"}:
        return False
    rows = {name: connection.scalar(select(func.count()).select_from(table)) or 0 for name, table in known.items()}
    return all(count == 0 or (name in _MADE_WITH_THE_TABLES and count == 1) for name, count in rows.items())


def copy_rows(source: Connection, target: Connection) -> list[TableSum]:
    """Copies every table into an empty register of the same revision; what each holds. Raises InputError where the two differ then.

    Both connections are in a transaction: `source` sees one state, `target` is committed by the caller or forgets everything.
    """
    tables = Declared.metadata.sorted_tables
    for table in reversed(tables):
        if table.name in _MADE_WITH_THE_TABLES:
            target.execute(delete(table))
    try:
        sums = [_copied(table, source, target) for table in tables]
    except DatabaseError as error:
        # the words of the database may hold a value: its first line names table and column where it can
        raise InputError(
            Bilingual(
                "台账里有目标数据库不能保存的内容", "the other database can't keep what the register holds"
            ).about(type(error.orig).__name__),
            hint=Bilingual("什么都没有改动", "nothing was changed"),
        ) from None
    if target.dialect.name == "postgresql":
        for table in tables:
            _set_sequence(table, target)
    differing = [known.table for known, copied in zip(sums, table_sums(target), strict=True) if known != copied]
    if differing:
        raise InputError(
            Bilingual("复制后内容不同", "not the same after copying").about(", ".join(differing)),
            hint=Bilingual("什么都没有改动；请报告", "nothing was changed; report it"),
        )
    return sums


def table_sums(connection: Connection) -> list[TableSum]:
    """What every table of a register holds, in the order of the declared tables."""
    return [_sum(table, _rows(table, connection)) for table in Declared.metadata.sorted_tables]


def _copied(table: Table, source: Connection, target: Connection) -> TableSum:
    own = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]

    def passing() -> Iterator[Row[Any]]:
        portion: list[Row[Any]] = []
        for row in _rows(table, source):
            portion.append(row)
            if len(portion) == _PORTION:
                _insert(table, own, portion, target)
                portion = []
            yield row
        _insert(table, own, portion, target)

    copied = _sum(table, passing())
    _refer_to_own(table, own, source, target)
    return copied


def _insert(table: Table, own: Sequence[Column[Any]], portion: Sequence[Row[Any]], target: Connection) -> None:
    if portion:
        names, nothing = table.columns.keys(), {column.key: None for column in own}
        target.execute(insert(table), [dict(zip(names, row, strict=True)) | nothing for row in portion])


def _refer_to_own(table: Table, own: Sequence[Column[Any]], source: Connection, target: Connection) -> None:
    """Rows that refer to rows of the same table do so once all are there."""
    (key, *_) = table.primary_key.columns
    for column in own:
        referring = source.execute(select(key, column).where(column.is_not(None))).all()
        if referring:
            by_key = update(table).where(key == bindparam("own_key")).values({column.name: bindparam("other_key")})
            target.execute(by_key, [{"own_key": number, "other_key": other} for number, other in referring])


def _set_sequence(table: Table, target: Connection) -> None:
    """What is added next gets a number behind those there."""
    column = table.autoincrement_column
    if column is not None and (sequence := target.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))):
        highest = target.scalar(select(func.max(column)))
        target.execute(select(func.setval(sequence, highest or 1, highest is not None)))


def _rows(table: Table, connection: Connection) -> Iterator[Row[Any]]:
    yield from connection.execution_options(yield_per=_PORTION).execute(select(table))


def _sum(table: Table, rows: Iterator[Row[Any]]) -> TableSum:
    count, total = 0, 0
    for row in rows:
        said = json.dumps(list(row), default=_as_text, sort_keys=True, separators=(",", ":"))
        count, total = count + 1, total + int.from_bytes(hashlib.sha256(said.encode()).digest(), "big")
    return TableSum(table.name, count, f"{total % 2**256:064x}")


def _as_text(value: date) -> str:
    return value.isoformat()


def _require_whole(con: sqlite3.Connection, file: Path) -> None:
    if con.execute("pragma integrity_check").fetchall() != [("ok",)]:
        raise _damaged(file)


def _damaged(file: Path) -> InputError:
    return InputError(
        Bilingual("台账文件已损坏", "the register is damaged").about(file),
        hint=Bilingual("从备份恢复", "bring a back-up back").about("anka restore"),
    )
