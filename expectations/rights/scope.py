"""Which rows are somebody's, by the office, department and prosecutor a row names. The one definition: columns of the register,
columns of a published run and values already read are all judged by `_parts`; what the columns of a table are called is not known here.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, false, true


@dataclass(frozen=True)
class Scope:
    """Which rows: everything, or those of offices, of departments (office, department), of handlers (office, department, name).

    A blank department of a handler means any: it is given only where the office has two people of one name. `known` are the offices of
    the organisation; a row whose office is none of them (a mistyped or a blank one) is looked up by department or name alone, so that
    its errors reach somebody.
    """

    everything: bool = False
    offices: frozenset[str] = frozenset()
    departments: frozenset[tuple[str, str]] = frozenset()
    handlers: frozenset[tuple[str, str, str]] = frozenset()
    known: frozenset[str] = frozenset()

    @property
    def nothing(self) -> bool:
        """Whether it holds no row at all."""
        return not (self.everything or self.offices or self.departments or self.handlers)

    def over(
        self,
        office: SQLColumnExpression[str],
        department: SQLColumnExpression[str],
        prosecutor: SQLColumnExpression[str] | None = None,
    ) -> ColumnElement[bool]:
        """The condition on a table by its columns, none of which is NULL.

        Without `prosecutor` a row stands for a whole department: who sees only cards of people sees none of them.
        """
        return true() if self.everything else reduce(or_, self._parts(office, department, prosecutor), false())

    def holds(self, office: str, department: str, prosecutor: str | None = None) -> bool:
        """The same of one row already read; without `prosecutor`, of a whole department."""
        return self.everything or any(self._parts(office, department, prosecutor))

    def whole_office(self, office: str) -> bool:
        """Whether every row of the office is in it."""
        return self.everything or office in self.offices

    def _parts(self, office: Any, department: Any, prosecutor: Any) -> list[Any]:
        """Conditions of which one must hold; of comparisons, `&` and `|` alone, which columns and texts both understand."""
        claims: defaultdict[str, list[Any]] = defaultdict(list)
        for office_name, name in sorted(self.departments):
            claims[office_name].append(department == name)
        for office_name, only_department, name in sorted(self.handlers) if prosecutor is not None else ():
            is_handler = prosecutor == name
            claims[office_name].append(is_handler & (department == only_department) if only_department else is_handler)
        unknown_office = [reduce(and_, (office != name for name in sorted(self.known)))] if self.known else []
        parts = [office == office_name for office_name in sorted(self.offices)]
        for office_name, conditions in claims.items():
            # The claims first, which hold of few rows: of most the offices, of which there may be many, are not looked at.
            parts.append(reduce(or_, conditions) & reduce(or_, [office == office_name, *unknown_office]))
        return parts

    def __or__(self, other: "Scope") -> "Scope":
        return Scope(
            self.everything or other.everything,
            self.offices | other.offices,
            self.departments | other.departments,
            self.handlers | other.handlers,
            self.known | other.known,
        )


EVERYTHING = Scope(everything=True)
NOTHING = Scope()
