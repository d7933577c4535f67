"""What has happened to the register so far, as one value: it changes with every run followed, every decision and its undoing, and every
rule put on hold or released. What was counted under one value holds until there is another.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from expectations.store.holds import held_rules
from expectations.store.tables import Event, Run

T = TypeVar("T")
_KEPT = 2_000
"""Figures kept for all readers of a process: small ones, of which a person calls up a dozen."""

_guard = threading.Lock()
_figures: OrderedDict[Hashable, object] = OrderedDict()


def revision(session: Session) -> Hashable:
    """The value now."""
    newest = session.execute(
        select(select(func.max(Event.id)).scalar_subquery(), select(func.max(Run.seq)).scalar_subquery())
    ).one()
    return tuple(newest), tuple(held_rules(session))


def counted_once(session: Session, what: Hashable, count: Callable[[], T]) -> T:
    """A figure of the register, counted anew only when something has happened. `what` names it with all that decides it, the scope of
    its reader above all; nobody changes what is given."""
    engine = session.get_bind().engine
    # by its address too: the number of an engine that is gone may be another's
    key = (str(engine.url), id(engine), revision(session), what)
    with _guard:
        if key in _figures:
            _figures.move_to_end(key)
            return _figures[key]  # type: ignore[return-value]  # put there under the same name
    figure = count()
    with _guard:
        _figures[key] = figure
        while len(_figures) > _KEPT:
            _figures.popitem(last=False)
    return figure
