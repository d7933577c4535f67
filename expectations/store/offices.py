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

    known_offices: frozenset[str] = frozenset()
    of_department: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def resolved(self, office: str, department: str) -> str:
        """The office itself; for an unknown one the only office it can be, if there is only one."""
        if office in self.known_offices or not self.known_offices:
            return office
        having = self.of_department.get(department, self.known_offices)
        return next(iter(having)) if len(having) == 1 else office

    def counted_under(self, office: str, department: str) -> str:
        """The office its figures belong to, or UNKNOWN; without an organisation every office counts as it stands."""
        resolved = self.resolved(office, department)
        return resolved if resolved in self.known_offices or not self.known_offices else UNKNOWN

    def rows_under(
        self, office: str, office_column: SQLColumnExpression[str], department: SQLColumnExpression[str]
    ) -> ColumnElement[bool]:
        """The condition on rows counted under `office`, by their columns of office and department, none of which is NULL."""
        if not self.known_offices:
            return office_column == office
        strange = office_column.not_in(sorted(self.known_offices))
        if office == UNKNOWN:
            found_by_department = [self._lies_in(name, department) for name in sorted(self.known_offices)]
            return and_(strange, not_(or_(false(), *found_by_department)))
        if office not in self.known_offices:
            return false()
        return or_(office_column == office, and_(strange, self._lies_in(office, department)))

    def only_in(self, office: str) -> frozenset[str]:
        """The departments that no other office has."""
        return frozenset(name for name, having in self.of_department.items() if having == {office})

    def _lies_in(self, office: str, department: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """Whether a department can be in that office alone."""
        only_its = department.in_(sorted(self.only_in(office)))
        if self.known_offices != {office}:
            return only_its
        # Where there is one office only, a department nobody declared is its as well.
        return or_(only_its, department.not_in(sorted(self.of_department)))


def read_offices(session: Session) -> Offices:
    """The offices as the organisation has them; none when it was not loaded."""
    units = session.execute(select(Unit.id, Unit.name, Unit.kind, Unit.parent_id)).all()
    offices = {unit.id: unit.name for unit in units if unit.kind in ("city", "district")}
    having: dict[str, set[str]] = {}
    for unit in units:
        if unit.kind == "department" and unit.parent_id in offices:
            having.setdefault(unit.name, set()).add(offices[unit.parent_id])
    return Offices(frozenset(offices.values()), {name: frozenset(names) for name, names in having.items()})
