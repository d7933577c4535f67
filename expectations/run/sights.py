"""A published run as one reader may see it: the same tables, holding only their rows, with what the register decided laid over.

Every page and export reads a run through here, so that no query has to remember whose rows it may give.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from sqlalchemy.orm import Session

from expectations.connections import memory_limit, open_duckdb
from expectations.finding.columns import NAMING
from expectations.finding.hints import hint_now_sql, severity_now_sql
from expectations.home import Home
from expectations.rights.reader import Reader
from expectations.run.counted import Shown
from expectations.run.published import telling_of_damage
from expectations.run.readers_rows import published_rows_of
from expectations.run.schema import PUBLISHED, require_schema
from expectations.sql.quoting import column, quoted
from expectations.store.explained import explained_findings
from expectations.store.holds import held_rules
from expectations.store.register import Register
from expectations.store.revision import revision

_FILES_OPEN = 3
_SIGHTS_OPEN = 100
_MOST_KEPT = 100_000
"""Rows of a table up to which a reader's own are kept beside the run: a query over them need not look through a million of others."""
_MEMORY = "640MiB"
"""What all readers of a file take together at most; more is put on the disk for the time being."""

_WITH_OWNER = frozenset(table.name for table in PUBLISHED if table.owned)
"""Tables whose rows say whose they are."""
_CELLS = frozenset(("rejected_rows", "unreadable_cells", "export_artefacts"))
"""Cells as they stood, of rows that may be anybody's."""


def _laid_over(explained: Sequence[str], held: Sequence[str]) -> int:
    """One value for what the register lays over a run: the ids themselves would be held by every sight."""
    return hash((tuple(explained), tuple(held)))


_NOTHING = _laid_over((), ())


@dataclass
class _Sight:
    """A catalogue of views for one reader, the state of the register it shows, and how many pages use it."""

    name: str
    revision: object = None
    laid_over: int = _NOTHING
    """Which findings explained and rules on hold it shows."""
    shown: Shown = field(default_factory=Shown)
    """Another one whenever those are others."""
    users: int = 0
    made: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while it is made or brought up to the register: readers of other sights do not wait for it."""


@dataclass
class _Sighted:
    """One published file, attached once, and the sights on it."""

    con: duckdb.DuckDBPyConnection
    columns: dict[tuple[str, str], list[str]]
    sights: OrderedDict[tuple[object, ...], _Sight] = field(default_factory=OrderedDict)
    sights_made: int = 0


class Sights:
    """The open published files with the views made for their readers. One object serves a process; safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: OrderedDict[str, _Sighted] = OrderedDict()

    @contextmanager
    def open(self, file: Path, register: Register, reader: Reader) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor on the published `file` in which every table holds what `reader` may see, as of now.

        Findings explained in the register are left out; those of rules on hold are hints. Queries run on this cursor only, not on
        one made of it: that would see nothing. Variable `shows_numbers` says whether identity numbers may be shown.
        """
        key = (str(register.engine.url), reader.rows, reader.figures)
        with self._lock:
            sighted = self._file(str(file))
            sight = _place(sighted, key)
            sight.users += 1
            cursor = sighted.con.cursor()
        try:
            with sight.lock, register.reading() as session:
                if not sight.made:
                    _make(cursor, sighted.columns, sight.name, reader)
                    sight.made = True
                _bring_up(cursor, sight, session)
            cursor.execute(f"use {sight.name}")
            cursor.execute("set variable shows_numbers = ?", [reader.sees_numbers])
            sight.shown.say(cursor)
            yield cursor
        finally:
            cursor.close()
            with self._lock:
                sight.users -= 1

    def forget(self, file: Path) -> None:
        """Lets go of a published file, which is opened anew when it is asked for again."""
        with self._lock:
            self._files.pop(str(file), None)

    def _file(self, file: str) -> _Sighted:
        if file not in self._files:
            self._files[file] = _attached(file)
        self._files.move_to_end(file)
        while len(self._files) > _FILES_OPEN:
            self._files.popitem(last=False)  # closed when the last page that uses it is done
        return self._files[file]


def _attached(file: str) -> _Sighted:
    con = open_duckdb(
        files=[Path(file)], spill=Home.of(Path(file)).spill, settings={"memory_limit": memory_limit(_MEMORY)}
    )
    with telling_of_damage(Path(file), opening=True):
        con.execute(f"attach {quoted(file)} as published (read_only)")
    require_schema(con, Path(file).name, "published")
    columns: dict[tuple[str, str], list[str]] = {}
    for schema, table, name in con.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where database_name = 'published' and not internal "
        "order by schema_name, table_name, column_index"
    ).fetchall():
        columns.setdefault((schema, table), []).append(name)
    return _Sighted(con, columns)


def _place(sighted: _Sighted, key: tuple[object, ...]) -> _Sight:
    """The sight of that key, not made yet if it is a new one; those longest out of use go."""
    if key not in sighted.sights:
        sighted.sights_made += 1
        sighted.sights[key] = _Sight(f"sight_{sighted.sights_made}")
        for old_key, old in list(sighted.sights.items())[:-_SIGHTS_OPEN]:
            if not old.users:
                sighted.con.execute(f"detach database if exists {old.name}")
                del sighted.sights[old_key]
    sighted.sights.move_to_end(key)
    return sighted.sights[key]


def _bring_up(con: duckdb.DuckDBPyConnection, sight: _Sight, session: Session) -> None:
    """Shows the register as it is now."""
    name, revision_now = sight.name, revision(session)
    if sight.revision == revision_now:
        return
    explained, held = sorted(explained_findings(session)), sorted(held_rules(session))
    if sight.laid_over != (laid_over := _laid_over(explained, held)):
        # In one transaction: other pages of the reader are counting over these tables at this moment.
        con.execute("begin")
        con.execute(f"delete from {name}.explained; delete from {name}.held")
        con.execute(f"insert into {name}.explained select unnest(?::varchar[])", [explained])
        con.execute(f"insert into {name}.held select unnest(?::varchar[])", [held])
        con.execute("commit")
        sight.laid_over, sight.shown = laid_over, Shown()
    sight.revision = revision_now


def _make(
    con: duckdb.DuckDBPyConnection, run_columns: Mapping[tuple[str, str], list[str]], name: str, reader: Reader
) -> None:
    con.execute(
        f"detach database if exists {name}; attach ':memory:' as {name}"
    )  # it is there where making it was broken off
    con.execute(f"create table {name}.explained (finding_id varchar); create table {name}.held (rule_id varchar)")
    for schema in sorted({schema for schema, _ in run_columns} - {"main"}):
        con.execute(f"create schema {name}.{schema}")
    con.execute(f"create schema {name}.own")
    kept = {table: _keep_own(con, name, table, reader) for table in sorted(_WITH_OWNER)}
    for (schema, table), columns in run_columns.items():
        view = _view(name, schema, table, columns, reader, kept)
        con.execute(f"create view {name}.{schema}.{table} as {view}")


def _keep_own(con: duckdb.DuckDBPyConnection, sight: str, table: str, reader: Reader) -> str:
    """The table in which a reader's rows are found: one of their own, in the run's order, or the run's where they see all or too many."""
    run_table = f"published.main.{table}"
    if reader.figures.everything:
        return run_table
    own = published_rows_of(reader.figures, "t")
    kept = f"{sight}.own.{table}"
    con.execute(
        f"create table {kept} as select t.* from {run_table} t where {own} order by t.rowid limit {_MOST_KEPT + 1}"
    )
    if con.execute(f"select count(*) from {kept}").fetchall()[0][0] <= _MOST_KEPT:
        return kept
    con.execute(f"drop table {kept}")
    return run_table


def _view(sight: str, schema: str, table: str, columns: list[str], reader: Reader, kept: Mapping[str, str]) -> str:
    """The query of a table as the reader sees it; `kept` says where the rows of a table with owners are found.

    A view has no row numbers of its own: they keep the run's order.
    """
    source = f"published.{schema}.{table} t"
    if schema == "cards":
        return (
            f"select t.* from {source} where t._row in "
            f"(select o.card_row from {kept['card_rows']} o where o.card = {quoted(table)} and {published_rows_of(reader.rows, 'o')})"
        )
    if table in _CELLS and not reader.rows.everything:
        return f"select t.* from {source} where false"
    if table not in _WITH_OWNER:
        return f"select t.*, t.rowid as rowid from {source}"
    source, own_row = f"{kept[table]} t", published_rows_of(reader.rows, "t")
    replaced = {}
    if reader.rows != reader.figures:
        replaced = {name: f"case when {own_row} then t.{column(name)} end" for name in columns if name in NAMING}
        # Case numbers become marks, since figures count distinct cases.
        replaced["bmsah"] = f"case when {own_row} then t.bmsah else '#' || left(sha256(t.bmsah), 16) end"
    where = published_rows_of(reader.figures, "t")
    if table == "findings":
        replaced |= {"is_hint": hint_now_sql("t", f"{sight}.held"), "severity": severity_now_sql("t", f"{sight}.held")}
        where += f" and t.finding_id not in (from {sight}.explained)"
    chosen = ", ".join(
        f"{replaced[name]} as {column(name)}" if name in replaced else f"t.{column(name)}" for name in columns
    )
    return f"select {chosen}, t.rowid as rowid from {source} where {where}"
