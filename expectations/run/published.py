"""Reading a published run: which one is shown, the present one or the newest before it while that is damaged, and the one place where
findings are selected, for the command line and the dashboard alike.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import duckdb

from expectations.connections import open_duckdb
from expectations.errors import AnkaError, InputError, nearest
from expectations.finding.columns import COLUMNS, LISTED, SEARCHED
from expectations.finding.headings import HANDED_OUT
from expectations.finding.hints import hint_now_sql, severity_now_sql
from expectations.finding.labels import ERROR_TYPE_WORDS, error_type_word
from expectations.home import DamagedRunError, Home
from expectations.run.schema import require_schema
from expectations.sql.quoting import column as quoted_name
from expectations.sql.quoting import quoted
from expectations.texts import Bilingual, Language

PLACES = ("file", "sheet", "sheet_row")
"""Columns that say where a row stands; they tell apart what reads the same."""

FINDING_COLUMNS = (*(HANDED_OUT.get(name, name) for name in LISTED if name not in PLACES), *PLACES)
"""Columns of the findings handed out by the command line."""

_DAMAGE = re.compile("Corrupt database file|Could not read enough bytes")
_IN_THE_WAY = re.compile("lock on file|Too many open files|Permission denied")
"""What DuckDB says of a file it can't open at this moment, whatever is in it."""

Kind = Literal["all", "errors", "hints"]


@dataclass(frozen=True)
class FindingFilter:
    """Which findings are asked for; an empty tuple leaves a column unfiltered, `text` is looked for in what a person reads."""

    departments: tuple[str, ...] = ()
    prosecutors: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    error_types: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    kind: Kind = "all"
    text: str = ""

    def chosen(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """The columns it narrows, with the values that may stand there."""
        for column, values in (
            ("department", self.departments),
            ("prosecutor", self.prosecutors),
            ("rule_id", self.rules),
            ("severity", self.severities),
            ("error_type", self.error_types),
            ("card", self.cards),
            ("owner", self.owners),
        ):
            if values:
                yield column, values

    def where(self) -> "Where":
        """The filter as a WHERE clause with its parameters."""
        where = Where()
        for column, values in self.chosen():
            where.add(f"coalesce({column}, '') in (select unnest(?::varchar[]))", list(values))
        if self.kind != "all":
            where.add("is_hint" if self.kind == "hints" else "not is_hint")
        if self.text.strip():
            looked_in = f"concat_ws(' ', {', '.join(SEARCHED)})"
            where.add(f"contains(lower({looked_in}), lower(?))", self.text.strip())
        return where


@dataclass
class Where:
    """Conditions joined by `and`, and the values of their `?` marks."""

    conditions: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)

    def add(self, condition: str, *values: object) -> None:
        """One more condition."""
        self.conditions.append(condition)
        self.values.extend(values)

    @property
    def sql(self) -> str:
        """`where …`, or `where true`."""
        return "where " + (" and ".join(self.conditions) or "true")


RunConnection = duckdb.DuckDBPyConnection
"""A run opened for reading; pages name it so, and know nothing else of where a run is kept."""


@contextmanager
def without_run() -> Iterator[RunConnection]:
    """What pages are given before the first audit: no table at all."""
    with open_duckdb() as nothing:
        yield nothing


def open_published(file: Path) -> duckdb.DuckDBPyConnection:
    """A read-only connection to a published file; take one `cursor()` per thread. Raises DamagedRunError."""
    with telling_of_damage(file, opening=True):
        return open_duckdb(file, read_only=True)


def exports_of(con: RunConnection) -> set[str]:
    """The exports a run was made of, each by the SHA-256 of its bytes."""
    return {sha256 for (sha256,) in con.execute("select distinct sha256 from files").fetchall()}


@contextmanager
def telling_of_damage(file: Path, *, opening: bool = False) -> Iterator[None]:
    """Tells in one line of a published file that turns out to be damaged while it is read. Raises DamagedRunError.

    Every block of it has a checksum, so that a changed byte is an error and never another figure.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error as error:
        first_line = str(error).partition("\n")[0]
        if _DAMAGE.search(first_line) or (opening and not _IN_THE_WAY.search(first_line)):
            raise DamagedRunError(f"{file.name} ({first_line})") from None
        raise


@contextmanager
def current_run(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """The present published run, open for reading. Raises NothingPublishedError, DamagedRunError."""
    file = home.current()
    con = open_published(file)
    try:
        with telling_of_damage(file):
            require_schema(con, file.name, file.stem)
            yield con
    finally:
        con.close()


_State = tuple[Path, int, int]
"""A file as it stood: path, size, and when it was changed last."""
_readable: set[_State] = set()
_damaged: set[_State] = set()


@dataclass(frozen=True)
class Shown:
    """The published file that is shown, and why it is not the present one where it is not."""

    file: Path
    instead_of: DamagedRunError | None = None


class FoundDamagedError(DamagedRunError):
    """The run shown turned out to be damaged while it was read; asked again, there is another one or none."""


def shown_run(home: Home) -> Shown:
    """The run to show. Raises NothingPublishedError, and DamagedRunError where no other run can be read either."""
    try:
        file = home.current()
        _require_readable(file)
        return Shown(file)
    except DamagedRunError as damage:
        good = newest_good(home)
        if good is None:
            raise DamagedRunError(damage.what, is_last=True) from None
        return Shown(good, damage)


@contextmanager
def open_shown(home: Home) -> Iterator[RunConnection]:
    """The run to show, open for reading as the machine sees it. Raises as `shown_run` and `noting_damage`."""
    file = shown_run(home).file
    with noting_damage(file), open_published(file) as con:
        yield con


def newest_good(home: Home) -> Path | None:
    """The newest published file that can be read by this version, if there is one."""
    return next((file for file in reversed(home.published_files()) if opens(file)), None)


def read_whole(file: Path) -> None:
    """Reads every block of a published file. Raises FoundDamagedError for one with a changed byte."""
    with noting_damage(file), open_published(file) as con:
        for schema, table in con.execute("select schema_name, table_name from duckdb_tables()").fetchall():
            con.execute(f"select max(hash(t)) from {quoted_name(schema)}.{quoted_name(table)} t").fetchall()


def opens(file: Path) -> bool:
    """Whether a published file is there and can be read by this version."""
    try:
        _require_readable(file)
    except (AnkaError, OSError):
        return False
    return True


@contextmanager
def noting_damage(file: Path) -> Iterator[None]:
    """Remembers a run that turns out to be damaged while it is read. Raises FoundDamagedError then."""
    try:
        with telling_of_damage(file):
            yield
    except DamagedRunError:
        if file.is_file():
            _damaged.add(_state(file))
        raise FoundDamagedError(file.name) from None


def _require_readable(file: Path) -> None:
    """Raises DamagedRunError, InputError for a file that can't be read as a run of this version; asked of each file once."""
    state = _state(file)
    if state in _damaged:
        raise DamagedRunError(file.name)
    if state in _readable:
        return
    with open_published(file) as con:
        require_schema(con, file.name, file.stem)
    _readable.add(state)


def _state(file: Path) -> _State:
    found = file.stat()
    return file, found.st_size, found.st_mtime_ns


def show_hints_as_now(con: duckdb.DuckDBPyConnection, held_rules: Collection[str]) -> None:
    """Lays over the run opened in `con` which rules are on hold now: their findings are hints until `con` is closed."""
    con.execute("create temp table held as select unnest(?::varchar[]) as rule_id", [sorted(held_rules)])
    columns_now = f"{hint_now_sql('f', 'held')} as is_hint, {severity_now_sql('f', 'held')} as severity"
    # A temporary view is found before the table of its name: queries need not know of it, and it must name the run, not to mean itself.
    run = con.execute("select current_catalog()").fetchall()[0][0]
    con.execute(
        f'create temp view findings as select f.* replace ({columns_now}), f.rowid as rowid from "{run}".main.findings f'
    )


def place_columns(rows: str) -> str:
    """PLACES of the rows known as `rows`, which have a number of a file, for a SELECT; of a file without sheets the sheet is blank."""
    name_of_file = f"(select any_value(n.name) from files n where n.file_no = {rows}.file_no)"
    return f"{name_of_file} as file, coalesce({rows}.sheet, '') as sheet, {rows}.sheet_row"


def select_findings(
    con: duckdb.DuckDBPyConnection, finding_filter: FindingFilter, language: Language
) -> duckdb.DuckDBPyRelation:
    """The findings asked for, in FINDING_COLUMNS, in the run's own order; message and error type in a language.

    Raises InputError when a department, rule or other choice is one the run does not know.
    """
    check_choices(con, finding_filter.departments, finding_filter.prosecutors, finding_filter.rules)
    where = finding_filter.where()
    columns = [f'{_said(name, language)} as "{HANDED_OUT.get(name, name)}"' for name in LISTED if name not in PLACES]
    return con.sql(
        f"select {', '.join(columns)}, {place_columns('findings')} from findings {where.sql} order by rowid",
        params=where.values,
    )


def _said(name: str, language: Language) -> str:
    """A column as it is handed out."""
    if name == "error_type":
        words = (
            f"when {quoted(word)} then {quoted(error_type_word(word).in_language(language))}"
            for word in ERROR_TYPE_WORDS
        )
        return f"case error_type {' '.join(words)} else error_type end"
    if name == "message" and language == "en":
        return "coalesce(nullif(message_en, ''), message)"
    return f"coalesce({name}, '')" if COLUMNS[name].key else f'"{name}"'


def check_choices(
    con: duckdb.DuckDBPyConnection, departments: Iterable[str], prosecutors: Iterable[str], rules: Iterable[str]
) -> None:
    """Raises InputError for a choice the run does not know: what can select nothing is a mistake, not an empty list."""
    for kind, chosen, query in (
        (Bilingual("部门", "department"), tuple(departments), "select distinct coalesce(department, '') from checked"),
        (
            Bilingual("检察官", "prosecutor"),
            tuple(prosecutors),
            "select distinct coalesce(prosecutor, '') from checked",
        ),
        (Bilingual("规则", "rule"), tuple(rules), "select rule_id from rules"),
    ):
        known_names = sorted(str(row[0]) for row in con.execute(query).fetchall()) if chosen else []
        for name in chosen:
            if name not in known_names:
                available = "、".join(known_names[:12]) + ("…" if len(known_names) > 12 else "")
                raise InputError(
                    Bilingual(f"没有这个{kind.zh}", f"no such {kind.en}").about(f"{name}" + nearest(name, known_names)),
                    hint=Bilingual("可选", "available").about(available),
                )
