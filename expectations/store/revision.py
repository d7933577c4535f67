"""What has happened to the register so far, as one value: it changes with every run followed, every decision and its undoing, and every
rule put on hold or released. What was counted under one value holds until there is another.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from expectations.store.holds import held_rules
from expectations.store.kept import Kept
from expectations.store.tables import Event, Run

T = TypeVar("T")
_KEPT = Kept(2_000)
"""Figures of all readers of a process: small ones, of which a person calls up a dozen."""


def revision(session: Session) -> Hashable:
    """The value now."""
    newest = session.execute(
        select(select(func.max(Event.id)).scalar_subquery(), select(func.max(Run.seq)).scalar_subquery())
    ).one()
    return tuple(newest), tuple(held_rules(session))


def counted_once(session: Session, what: Hashable, count: Callable[[], T]) -> T:
    """A figure of the register, counted anew only when something has happened. `what` names it with all that decides it, the scope of
    its reader above all; nobody changes what is given."""
    return _KEPT.once((*_register(session), revision(session), what), count)


def counted_once_a_run(session: Session, what: Hashable, count: Callable[[], T]) -> T:
    """The same of what no decision changes."""
    return _KEPT.once((*_register(session), session.scalar(select(func.max(Run.seq))), what), count)


def _register(session: Session) -> tuple[str, int]:
    engine = session.get_bind().engine
    return str(engine.url), id(engine)  # by its address too: the number of an engine that is gone may be another's
