"""Rows of the register's tables for tests that say only what matters to them, so that a new column needs no word there."""

from typing import Any, get_args, get_origin, get_type_hints

import sqlalchemy

from expectations.store.tables import Table


def row_of(table: type[Table], **values: object) -> dict[str, Any]:
    """The columns of a row by name: what is not given is the table's default, nothing, or blank. A day must be given where one must be."""
    declared = table.__table__
    assert isinstance(declared, sqlalchemy.Table)
    blanks = {
        column.name: None if column.nullable else column.default.arg if column.default else _blank(table, column.name)
        for column in declared.columns
        if column.name not in values and column is not declared.autoincrement_column
    }
    return {**blanks, **values}


def _blank(table: type[Table], name: str) -> object:
    """Blank, nought, no or empty, by the declared type; the column's own type would not tell a list from an object, both being JSON."""
    (kind,) = get_args(get_type_hints(table)[name])
    return (get_origin(kind) or kind)()
