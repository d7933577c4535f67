"""Which office a card belongs to when its own office is a mistyped one: the same answer as the rights give (`rights.scope`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.store.tables import Unit


@dataclass(frozen=True)
class Offices:
    """The offices of the organisation, and those that have a department of a name."""

    known: frozenset[str] = frozenset()
    of_department: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def meant(self, office: str, department: str) -> str:
        """The office itself; for an unknown one the only office it can be, if there is only one."""
        if office in self.known or not self.known:
            return office
        having = self.of_department.get(department, self.known)
        return next(iter(having)) if len(having) == 1 else office


def read_offices(session: Session) -> Offices:
    """The offices as the organisation has them; none when it was not loaded."""
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    offices = {unit.id: unit.name for unit in units.values() if unit.kind in ("city", "district")}
    having: dict[str, set[str]] = {}
    for unit in units.values():
        if unit.kind == "department" and unit.parent_id in offices:
            having.setdefault(unit.name, set()).add(offices[unit.parent_id])
    return Offices(frozenset(offices.values()), {name: frozenset(names) for name, names in having.items()})
