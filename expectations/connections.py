"""Opening DuckDB: every connection of the product is opened here, locked before its first query.

A locked connection reaches its own file and the paths it was opened for, no other file and no network; it loads no extension, and no
statement can unlock it. What a pack's condition says is refused by `language`; this holds where that should fail.

It takes a share of the machine's memory at most; what needs more is put beside the database for the time being.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from expectations.errors import InputError
from expectations.texts import Bilingual

MEMORY_VARIABLE = "ANKA_MEMORY"
_SHARE = 6
"""Of the machine's memory one part in so many: the dashboard, a database and a desktop live on it too."""
_LEAST = 2**30
_WRITING = 2**29
"""What a statement may hold that writes a card of 400 columns in order: rows of 120,000 are packed at a time."""
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([MG]i?B)")
_UNITS = {"MB": 10**6, "MiB": 2**20, "GB": 10**9, "GiB": 2**30}

_ISOLATED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
LOCKED = _ISOLATED | {"enable_external_access": "false", "lock_configuration": "true"}
"""The configuration of a connection that needs its own file only."""


def memory_limit() -> str:
    """What DuckDB may take, in its own words: `ANKA_MEMORY`, else a sixth of the machine's memory, 1 GB at least. Raises InputError."""
    asked = os.environ.get(MEMORY_VARIABLE, "")
    if asked and not _SIZE.fullmatch(asked):
        raise InputError(
            Bilingual("看不懂的内存大小", "no size of memory").about(f"{MEMORY_VARIABLE}={asked}"),
            hint=Bilingual("例如", "for example").about(f"{MEMORY_VARIABLE}=4GB"),
        )
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    return asked or f"{max(machine // _SHARE, _LEAST) // 2**20}MiB"


def side_by_side() -> int:
    """How many statements that write the rows of a card may run at once: one a processor, and as memory allows."""
    number, unit = _SIZE.findall(memory_limit())[0]
    return max(1, min(os.cpu_count() or 1, int(float(number) * _UNITS[unit] / _WRITING)))


@contextmanager
def within_memory() -> Iterator[None]:
    """Tells in one line when the limit is too small for what is done inside; also a decorator."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise InputError(
            Bilingual(f"内存上限 {memory_limit()} 不够", "the memory limit is too small").about(
                str(error).splitlines()[0]
            ),
            hint=Bilingual("提高上限，例如", "raise it, for example").about(f"{MEMORY_VARIABLE}=4GB"),
        ) from None


def open_duckdb(
    database: Path | None = None,
    *,
    read_only: bool = False,
    files: Iterable[Path] = (),
    folders: Iterable[Path] = (),
    settings: Mapping[str, str] | None = None,
) -> duckdb.DuckDBPyConnection:
    """A locked connection to the file `database`, or to a database in memory.

    `files`: other files it may open or attach; `folders`: folders it may read and write files in; `settings`:
    further settings of DuckDB, which can't be changed later.
    """
    # DuckDB looks for a log beside every file it opens, and must be allowed to.
    limited = {"memory_limit": memory_limit()} | dict(settings or {})
    opened = [path for file in files for path in (file.absolute(), file.absolute().with_name(f"{file.name}.wal"))]
    within = [folder.absolute() for folder in folders]
    name = str(database) if database else ":memory:"
    if not opened and not within:
        return duckdb.connect(name, read_only=read_only, config=LOCKED | limited)
    con = duckdb.connect(name, read_only=read_only, config=_ISOLATED | limited)
    try:
        # In this order: nothing can be allowed once access is off, and nothing set once the configuration is locked.
        con.execute(f"set allowed_paths = {_list(opened)}")
        con.execute(f"set allowed_directories = {_list(within)}")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
    except duckdb.Error:
        con.close()
        raise
    return con


def _list(paths: Iterable[Path]) -> str:
    return "[" + ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths) + "]"
