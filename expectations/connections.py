"""Opening DuckDB: every connection of the product is opened here, locked before its first query.

A locked connection reaches its own file and the paths it was opened for, no other file and no network; it loads no extension, and no
statement can unlock it. What a pack's condition says is refused by `language`; this holds where that should fail.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

_ISOLATED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
LOCKED = _ISOLATED | {"enable_external_access": "false", "lock_configuration": "true"}
"""The configuration of a connection that needs its own file only."""


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
    opened = [path for file in files for path in (file.absolute(), file.absolute().with_name(f"{file.name}.wal"))]
    within = [folder.absolute() for folder in folders]
    name = str(database) if database else ":memory:"
    if not opened and not within:
        return duckdb.connect(name, read_only=read_only, config=LOCKED | dict(settings or {}))
    con = duckdb.connect(name, read_only=read_only, config=_ISOLATED | dict(settings or {}))
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
