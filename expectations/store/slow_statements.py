"""Which statements of the register are slow: told by the function that runs them, never by what they say or are given."""

import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from sqlalchemy import Connection, Engine, event

_OURS = ("expectations.", "dashboard.", "flows.")
_PLUMBING = (__name__, "expectations.store.register")
_BEGUN = "anka_statement_begun"


def watch_statements(limit: float, tell: Callable[[str, float], None]) -> None:
    """Tells of every statement of this process that takes `limit` seconds or longer."""

    @event.listens_for(Engine, "before_cursor_execute")
    def begin(connection: Connection, *_statement: Any) -> None:
        connection.info[_BEGUN] = time.monotonic()

    @event.listens_for(Engine, "after_cursor_execute")
    def end(connection: Connection, *_statement: Any) -> None:
        seconds = time.monotonic() - connection.info.get(_BEGUN, time.monotonic())
        if seconds >= limit:
            tell(caller_of(sys._getframe()), seconds)  # noqa: SLF001 -- who asks is on the stack and nowhere else


def caller_of(frame: FrameType | None) -> str:
    """The innermost function of ours at or above a frame, with its line."""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.startswith(_OURS) and module not in _PLUMBING:
            return f"{module}.{frame.f_code.co_name}:{frame.f_lineno}"
        frame = frame.f_back
    return "?"
