"""Opening DuckDB: every connection of the product is opened here, locked before its first query.

A locked connection reaches its own file and the paths it was opened for, no other file and no network; it loads no extension, and no
statement can unlock it. What a pack's condition says is refused by `language`; this holds where that should fail.

It takes a share of the machine's memory at most; what needs more is put into the folder `spill` of the home for the time being, a share
of the free disk at most. What a pack asks of it ends after a time, `within_time`.
"""

import os
import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import duckdb

from expectations.errors import InputError
from expectations.file_names import is_plain
from expectations.home import Home
from expectations.spill import fresh_name
from expectations.texts import Bilingual

MEMORY_VARIABLE = "ANKA_MEMORY"
SPILL_VARIABLE = "ANKA_SPILL"
TIME_VARIABLE = "ANKA_RULE_SECONDS"
_RULE_SECONDS = 900
"""What the conditions of one statement may take, a hundred times what they take on 500,000 cards."""
_SHARE = 6
"""Of the machine's memory one part in so many: the dashboard, a database and a desktop live on it too."""
_LEAST = 2**30
_WRITING = 2**29
"""What a statement may hold that writes a card of 400 columns in order: rows of 120,000 are packed at a time."""
_SPILL_SHARE = 2
"""Of the free disk one part in so many: what is being published needs room too."""
_SIZE = re.compile(r"(\d+(?:\.\d+)?) ?([MGT]i?B)")
_UNITS = {"MB": 10**6, "MiB": 2**20, "GB": 10**9, "GiB": 2**30, "TB": 10**12, "TiB": 2**40}

_ISOLATED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
LOCKED = _ISOLATED | {"enable_external_access": "false", "lock_configuration": "true"}
"""The configuration of a connection that is not opened here. It puts beside its file what does not fit into memory."""
_opening = threading.Lock()
"""Held from opening a file until it is locked: two threads that open the same one share what is set, and the other may lock it in between."""


def memory_limit(most: str = "") -> str:
    """What DuckDB may take, in its own words: `ANKA_MEMORY`, else a sixth of the machine's memory, 1 GB at least; no more than `most`.

    Raises InputError.
    """
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    limit = _asked(MEMORY_VARIABLE) or f"{max(machine // _SHARE, _LEAST) // 2**20}MiB"
    return min(limit, most, key=_bytes) if most else limit


def spill_limit(folder: Path) -> str:
    """What one database may put into `folder` for the time being: `ANKA_SPILL`, else half of what is free there. Raises InputError."""
    return _asked(SPILL_VARIABLE) or f"{shutil.disk_usage(folder).free // _SPILL_SHARE // 2**20}MiB"


def _asked(variable: str) -> str:
    """The size an environment variable gives, or nothing."""
    asked = os.environ.get(variable, "")
    if asked:
        size_in_bytes(variable, asked)
    return asked


def size_in_bytes(variable: str, asked: str) -> float:
    """What an environment variable that gives a size comes to. Raises InputError."""
    if not _SIZE.fullmatch(asked):
        raise InputError(
            Bilingual("看不懂的大小", "no size").about(f"{variable}={asked}"),
            hint=Bilingual("例如", "for example").about(f"{variable}=4GB"),
        )
    return _bytes(asked)


def side_by_side() -> int:
    """How many statements that write the rows of a card may run at once: one a processor, and as memory allows."""
    return max(1, min(os.cpu_count() or 1, int(_bytes(memory_limit()) / _WRITING)))


def _bytes(size: str) -> float:
    number, unit = _SIZE.findall(size)[0]
    return float(number) * _UNITS[unit]


class TookTooLongError(duckdb.InterruptException):
    """A statement that was ended by `within_time`."""


@contextmanager
def within_time(con: duckdb.DuckDBPyConnection, seconds: float | None = None) -> Iterator[None]:
    """Ends what the connection is asked inside after `seconds`, by default `ANKA_RULE_SECONDS` or a quarter of an hour.

    Raises TookTooLongError, which is an error of DuckDB like any other of the statement's own.
    """
    most = rule_seconds() if seconds is None else seconds
    ended = threading.Event()

    def end() -> None:
        ended.set()
        con.interrupt()

    timer = threading.Timer(most, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.InterruptException:
        if not ended.is_set():
            raise
        raise TookTooLongError(Bilingual(f"用时超过 {most:g} 秒", f"took longer than {most:g} s")) from None
    finally:
        timer.cancel()


def rule_seconds() -> float:
    """How long the conditions of one statement may take. Raises InputError."""
    asked = os.environ.get(TIME_VARIABLE, "")
    if asked and not asked.isdecimal():
        raise InputError(
            Bilingual("看不懂的秒数", "no number of seconds").about(f"{TIME_VARIABLE}={asked}"),
            hint=Bilingual("例如", "for example").about(f"{TIME_VARIABLE}=3600"),
        )
    return float(asked or _RULE_SECONDS)


@contextmanager
def within_memory() -> Iterator[None]:
    """Tells in one line when a limit is too small for what is done inside, that of memory, of the disk or of time; also a decorator."""
    try:
        yield
    except TookTooLongError as error:
        raise InputError(
            Bilingual("规则条件", "conditions of rules").about(str(error)),
            hint=Bilingual("简化条件，或提高上限，例如", "simplify them, or raise the limit, for example").about(
                f"{TIME_VARIABLE}=3600"
            ),
        ) from None
    except duckdb.OutOfMemoryException as error:
        first, *further = str(error).splitlines()
        if any("max_temp_directory_size" in line for line in further):
            raise InputError(
                Bilingual(
                    "临时文件的上限不够", "the limit of what is put on disk for the time being is too small"
                ).about(first),
                hint=Bilingual("清理磁盘或提高上限，例如", "free the disk, or raise it, for example").about(
                    f"{SPILL_VARIABLE}=100GB"
                ),
            ) from None
        raise InputError(
            Bilingual(f"内存上限 {memory_limit()} 不够", "the memory limit is too small").about(first),
            hint=Bilingual("提高上限，例如", "raise it, for example").about(f"{MEMORY_VARIABLE}=4GB"),
        ) from None


def open_duckdb(
    database: Path | None = None,
    *,
    read_only: bool = False,
    files: Iterable[Path] = (),
    folders: Iterable[Path] = (),
    spill: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> duckdb.DuckDBPyConnection:
    """A locked connection to the file `database`, or to a database in memory.

    `files`: other files it may open or attach; `folders`: folders it may read and write files in; `spill`: where it puts what
    does not fit into memory, by default below the home of `database`, and without one nowhere; `settings`: further settings of
    DuckDB, which can't be changed later.
    """
    # DuckDB looks for a log beside every file it opens, and must be allowed to.
    opened = [path for file in files for path in (file.absolute(), file.absolute().with_name(f"{file.name}.wal"))]
    opened = [path for path in opened if is_plain(path)]  # another one DuckDB can't be asked for
    within = [folder.absolute() for folder in folders]
    limited = _ISOLATED | {"memory_limit": memory_limit()} | dict(settings or {})
    with _opening:
        con = duckdb.connect(str(database) if database else ":memory:", read_only=read_only, config=limited)
        try:
            if con.execute("select current_setting('lock_configuration')").fetchall() == [(True,)]:
                return con  # the process has the file open already: they share what was set then
            # In this order: nothing can be allowed once access is off, and nothing set once the configuration is locked.
            con.execute(_spilling(Home.of(database).spill if database and not spill else spill))
            con.execute(f"set allowed_paths = {_list(opened)}")
            con.execute(f"set allowed_directories = {_list(within)}")
            con.execute("set enable_external_access = false")
            con.execute("set lock_configuration = true")
        except (duckdb.Error, OSError):
            con.close()
            raise
        return con


def _spilling(spill: Path | None) -> str:
    """The statements that say where rows are put that don't fit into memory; DuckDB takes the limit only after the folder."""
    if spill is None:
        return "set temp_directory = ''"
    folder = fresh_name(spill)
    limit = spill_limit(folder.parent)
    return f"set temp_directory = {_quoted(folder)}; set max_temp_directory_size = '{limit}'"


def _list(paths: Iterable[Path]) -> str:
    return "[" + ", ".join(map(_quoted, paths)) + "]"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
