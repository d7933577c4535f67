"""Which published run is shown: the present one or, while that is damaged, the newest before it that can be read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from expectations.errors import AnkaError
from expectations.home import DamagedRunError, Home
from expectations.run.published import RunConnection, open_published, telling_of_damage
from expectations.run.schema import require_schema
from expectations.sql.quoting import column

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
            con.execute(f"select max(hash(t)) from {column(schema)}.{column(table)} t").fetchall()


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
