"""Which columns of a published run say whose a row is. What somebody may see of them is decided in `rights.scope` alone."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, String, column, func, table
from sqlalchemy.engine.default import DefaultDialect

from expectations.rights.scope import Scope

_DUCKDB = DefaultDialect(supports_native_boolean=True)
"""Plain SQL with texts in single quotes, as DuckDB reads it: no backslash and no percent sign is special."""


def published_rows_of(scope: Scope, rows: str) -> str:
    """The condition as SQL on rows known as `rows`, of a table with office, department and prosecutor; NULL is blank."""
    return published_rows(scope.over, rows)


def published_rows(over: Callable[..., ColumnElement[bool]], rows: str) -> str:
    """The same of any condition made over office, department and prosecutor."""
    owner_columns = table(rows, *(column(name, String) for name in ("office", "department", "prosecutor"))).columns
    condition = over(*(func.coalesce(owner_column, "") for owner_column in owner_columns))
    return f"({condition.compile(dialect=_DUCKDB, compile_kwargs={'literal_binds': True})})"
