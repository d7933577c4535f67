"""Ending a process at its n-th durable act: what it does to files below a folder, what it writes into a register, what it asks of DuckDB.

Counted by the interpreter's own audit events and by the two databases' own hooks; nothing of the product is replaced. The process is
killed before the act, as the power may go: what is counted next is what comes after the one before it.
"""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

_CHANGING = frozenset(
    ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.truncate", "os.link", "os.symlink")
)
_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
_WRITING_SQL = ("insert", "update", "delete", "create", "alter", "drop", "analyze", "pragma")
_READING = ("select", "from", "with", "use", "set", "begin", "describe")


@dataclass
class Counter:
    """Counts, and kills the process before act number `until`; 0 counts only."""

    below: Path
    until: int
    acts: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def count(self, what: str) -> None:
        """One more act."""
        with self._lock:
            self.acts.append(what)
            if len(self.acts) == self.until:
                os.kill(os.getpid(), signal.SIGKILL)

    def begin(self) -> None:
        """From now on, until the process ends."""
        sys.addaudithook(self._audited)
        event.listen(Engine, "before_cursor_execute", self._executed)
        event.listen(Engine, "commit", lambda _: self.count("commit"))
        event.listen(Session, "after_commit", lambda _: self.count("committed"))
        for name in ("execute", "sql", "executemany"):
            self._watch(name)

    def _audited(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name == "open" and arguments and self._is_ours(arguments[0]):
            _, mode, flags = arguments
            if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & _WRITE):
                self.count(f"open {Path(arguments[0]).name}")
        elif name in _CHANGING and any(self._is_ours(argument) for argument in arguments[:2]):
            self.count(f"{name} {Path(os.fsdecode(arguments[0])).name}")

    def _is_ours(self, path: object) -> bool:
        return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(str(self.below))

    def _executed(self, _connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.lstrip().lower().startswith(_WRITING_SQL):
            self.count(f"register: {statement.split(maxsplit=3)[:3]}")

    def _watch(self, name: str) -> None:
        """DuckDB has no hook: its method is called as before, and counted."""
        called: Callable[..., object] = getattr(duckdb.DuckDBPyConnection, name)

        def counted(con: duckdb.DuckDBPyConnection, *arguments: object, **options: object) -> object:
            if arguments and isinstance(arguments[0], str) and not arguments[0].lstrip().lower().startswith(_READING):
                self.count(f"duckdb: {arguments[0].split(maxsplit=3)[:3]}")
            return called(con, *arguments, **options)

        setattr(duckdb.DuckDBPyConnection, name, counted)


def spread(points: int, wanted: int) -> Sequence[int]:
    """So many points among 1…`points`, as far from one another as can be; all of them where there are fewer."""
    return sorted({1 + int((number + 0.5) * points / wanted) for number in range(wanted)})
