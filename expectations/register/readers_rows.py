"""Which columns of the register's tables say whose a row is. What somebody may see of them is decided in `rights.scope` alone."""

from sqlalchemy import ColumnElement

from expectations.rights.scope import Scope
from expectations.store.tables import Finding, Notice, RunFigure


def rows_of(scope: Scope, table: type[Finding] | type[Notice] = Finding) -> ColumnElement[bool]:
    """The condition on rows within a scope, one by one."""
    return scope.over(table.office, table.department, table.prosecutor)


def departments_of(scope: Scope, table: type[RunFigure] | type[Finding] | type[Notice]) -> ColumnElement[bool]:
    """The condition on rows counted per department: whoever sees only cards of people counts no department."""
    return scope.over(table.office, table.department)
