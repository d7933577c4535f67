"""Which office a row is counted under when its own is blank or mistyped: the only one that has its department, else none.

The same answer as the rights give (`rights.scope`), where that answer is one. Every figure by office asks here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, false, not_, or_, select
from sqlalchemy.orm import Session

from expectations.store.tables import Unit

UNKNOWN = ""
"""Stands for the office of rows that belong to none: a line of its own wherever offices are counted."""


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

    def counted_under(self, office: str, department: str) -> str:
        """The office its figures belong to, or UNKNOWN; without an organisation every office counts as it stands."""
        meant = self.meant(office, department)
        return meant if meant in self.known or not self.known else UNKNOWN

    def rows_under(
        self, office: str, own: SQLColumnExpression[str], department: SQLColumnExpression[str]
    ) -> ColumnElement[bool]:
        """The condition on rows counted under `office`, by their columns of office and department, none of which is NULL."""
        if not self.known:
            return own == office
        strange = own.not_in(sorted(self.known))
        if office == UNKNOWN:
            return and_(strange, not_(or_(false(), *(self._lies_in(one, department) for one in sorted(self.known)))))
        return or_(own == office, and_(strange, self._lies_in(office, department))) if office in self.known else false()

    def only_in(self, office: str) -> frozenset[str]:
        """The departments that no other office has."""
        return frozenset(name for name, having in self.of_department.items() if having == {office})

    def _lies_in(self, office: str, department: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """Whether a department can be in that office alone."""
        own = department.in_(sorted(self.only_in(office)))
        return or_(own, department.not_in(sorted(self.of_department))) if self.known == {office} else own


def read_offices(session: Session) -> Offices:
    """The offices as the organisation has them; none when it was not loaded."""
    units = {unit.id: unit for unit in session.scalars(select(Unit))}
    offices = {unit.id: unit.name for unit in units.values() if unit.kind in ("city", "district")}
    having: dict[str, set[str]] = {}
    for unit in units.values():
        if unit.kind == "department" and unit.parent_id in offices:
            having.setdefault(unit.name, set()).add(offices[unit.parent_id])
    return Offices(frozenset(offices.values()), {name: frozenset(names) for name, names in having.items()})
