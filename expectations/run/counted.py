"""What is asked of a run again and again by everybody who sees the same of it: counted once, as long as they see the same.

The cursor of a sight says by a variable what it shows; on any other connection everything is counted anew.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar
from uuid import uuid4
from weakref import WeakValueDictionary

import duckdb

from expectations.store.kept import Kept

P = ParamSpec("P")
T = TypeVar("T")

_FIGURES = 100
"""Kept of one sight; a page asks for a dozen."""


class Shown:
    """What a sight shows, with the figures counted of it; they go with it."""

    def __init__(self) -> None:
        self.name = uuid4().hex
        self.figures = Kept(_FIGURES)
        _SHOWN[self.name] = self

    def say(self, con: duckdb.DuckDBPyConnection) -> None:
        """Names it on a cursor that shows it."""
        con.execute("set variable shown = ?", [self.name])


_SHOWN: WeakValueDictionary[str, Shown] = WeakValueDictionary()


def counted_once(
    query: Callable[Concatenate[duckdb.DuckDBPyConnection, P], T],
) -> Callable[Concatenate[duckdb.DuckDBPyConnection, P], T]:
    """A query whose answer is kept, by its arguments. Not for answers that hold numbers of people: who may read those differs."""

    @wraps(query)
    def once(con: duckdb.DuckDBPyConnection, /, *args: P.args, **kwargs: P.kwargs) -> T:
        (name,) = con.execute("select getvariable('shown')").fetchall()[0]
        shown = _SHOWN.get(name or "")
        if shown is None:
            return query(con, *args, **kwargs)
        key = (query.__module__, query.__qualname__, args, tuple(sorted(kwargs.items())))
        return shown.figures.once(key, lambda: query(con, *args, **kwargs))

    return once
