"""Which columns of the register's tables say whose a row is. What somebody may see of them is decided in `rights.scope` alone."""

from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import CTE, ColumnElement, SQLColumnExpression, and_, func, or_, select
from sqlalchemy.orm import aliased

from expectations.rights.scope import Scope
from expectations.store.tables import Finding, Notice, RunFigure


@lru_cache(maxsize=1000)
def rows_of(scope: Scope, table: type[Finding] | type[Notice] = Finding) -> ColumnElement[bool]:
    """The condition on rows within a scope, one by one."""
    return _by_office(scope, table, scope.over(table.office, table.department, table.prosecutor))


@lru_cache(maxsize=1000)
def counted_rows_of(scope: Scope) -> ColumnElement[bool]:
    """The same for figures over all findings of a scope: written so that they are looked for by their office, not by department or name,
    which other offices have too."""
    return _by_office(
        scope, Finding, scope.over(Finding.office, by_no_index(Finding.department), by_no_index(Finding.prosecutor))
    )


def by_no_index(column: SQLColumnExpression[str]) -> ColumnElement[str]:
    """A column that is never NULL, as no index knows it: where one that looks fit would be read whole."""
    return func.coalesce(column, "")


@lru_cache(maxsize=1000)
def departments_of(scope: Scope, table: type[RunFigure] | type[Finding] | type[Notice]) -> ColumnElement[bool]:
    """The condition on rows counted per department: whoever sees only cards of people counts no department."""
    return _by_office(scope, table, scope.over(table.office, table.department))


def offices_among(names: Iterable[str], known: Iterable[str]) -> ColumnElement[bool]:
    """The condition that a finding's office is one of `names` or none of the `known` ones, as the index can follow it."""
    unknown = [_PRESENT.c.office.not_in(sorted(known))] if known else []
    return Finding.office.in_(select(_PRESENT.c.office).where(or_(_PRESENT.c.office.in_(sorted(names)), *unknown)))


def _by_office(
    scope: Scope, table: type[Finding] | type[Notice] | type[RunFigure], within: ColumnElement[bool]
) -> ColumnElement[bool]:
    """`within`, with what follows from it for the office: so that findings of an office are found without looking through all others."""
    if table is not Finding or scope.everything or scope.nothing:
        return within
    claims = {office for office, *_ in (*scope.departments, *scope.handlers)}
    return and_(offices_among(scope.offices | claims, scope.known), within)


def _offices_present() -> CTE:
    """The offices that findings have, from one to the next in the index."""
    further = aliased(Finding)
    first = select(func.min(Finding.office).label("office")).cte("offices_present", recursive=True)
    following = select(func.min(further.office)).where(further.office > first.c.office).scalar_subquery()
    return first.union_all(select(following).where(first.c.office.is_not(None)))


_PRESENT = _offices_present()
