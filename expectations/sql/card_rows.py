"""Typed rows of `cards.<card>` from rows of text: the one way for the rows of an export and for those of a rule's example.

What a text means as a value is `cell_values`; which rows there are is the caller's.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from expectations.catalogue.cards import SQL_TYPES, Field
from expectations.catalogue.dictionaries import Dictionary
from expectations.sql.cell_values import cell_sql, rare_sql, typed_sql
from expectations.sql.judgements import raw_column
from expectations.sql.quoting import column, quoted

PLACE = ("_row", "_file", "_sheet", "_sheet_row")
"""Where a row of a card comes from."""

DAMAGED = "\ufffd"
"""Stands in a text where a character of the file could not be read."""


@dataclass(frozen=True)
class Peculiarities:
    """What is peculiar to the cells of a sheet.

    `rare`: the fields whose rare forms are read too; `from_1904`: serial numbers of days count from 1904; `damaged`: texts may hold the
    mark of a character that could not be read, which makes them unreadable.
    """

    rare: Collection[str] = ()
    from_1904: bool = False
    damaged: bool = False


NOTHING_PECULIAR = Peculiarities()


def typed_rows(
    fields: Sequence[Field],
    dictionaries: Mapping[str, Dictionary],
    text: Callable[[Field], str | None],
    place: Mapping[str, str],
    rows: str,
    facts: Mapping[str, str] | None = None,
    peculiar: Peculiarities = NOTHING_PECULIAR,
) -> str:
    """The query of the typed rows: `PLACE`, `_unreadable`, every field as its value and, where it is parsed, its text, then `facts`.

    `rows` is what stands after `from`, `text` a field's text there, None for one without a column, `place` the SQL of the columns of
    `PLACE` and of whatever else the facts look at; `facts` see these and the cleaned cells under the names of their fields. Cells are trimmed first, then typed, then
    those that could not be read are named, each step on the columns of the one before: the text of a cell stands many times in the SQL
    of its value.
    """
    facts = facts or {}
    texts = {field.name: text(field) for field in fields}
    present = [field for field in fields if texts[field.name]]
    cleaned = [
        f"{cell_sql(field, there) if (there := texts[field.name]) else 'null::varchar'} as {column(field.name)}"
        for field in fields
    ]
    typed = [
        selected
        for field in fields
        for selected in (_typed(field, dictionaries, peculiar) if texts[field.name] else _absent(field))
    ]
    values = [column(name) for field in fields for name in item_columns(field)]
    return f"""
        with cleaned as (select {", ".join([*_named(place), *cleaned])} from {rows}),
        typed as (select {", ".join([*PLACE, *_named(facts), *typed])} from cleaned)
        select {", ".join([*PLACE, f"{_unreadable(present, peculiar.damaged)} as _unreadable", *values, *facts])} from typed"""


def _named(columns: Mapping[str, str]) -> list[str]:
    return [f"{sql} as {name}" for name, sql in columns.items()]


def item_columns(field: Field) -> dict[str, str]:
    """The columns of a field with their types: its value, and the text as it stood where that may be unreadable."""
    value = {field.name: SQL_TYPES.get(field.type, "varchar")}
    return value | {raw_column(field): "varchar"} if field.parsed else value


def rare_fields(
    con: duckdb.DuckDBPyConnection, table: str, fields: Sequence[Field], where: str = "true"
) -> frozenset[str]:
    """The fields with cells in rare forms, which the rows of a table made without `rare` were left without."""
    left_over = f"select distinct unnest(_unreadable) from {table} where _unreadable is not null and {where}"
    names = {name for (name,) in con.execute(left_over).fetchall()}
    return frozenset(
        field.name
        for field in fields
        if field.name in names
        and (value := rare_sql(field, "text"))
        and con.execute(
            f"select 1 from (select distinct {raw_column(field)} as text from {table}"
            f" where _unreadable is not null and {where} and {column(field.name)} is null) where {value} is not null limit 1"
        ).fetchone()
    )


def _typed(field: Field, dictionaries: Mapping[str, Dictionary], peculiar: Peculiarities) -> list[str]:
    name = column(field.name)
    value = typed_sql(field, name, dictionaries, peculiar.from_1904)
    if field.name in peculiar.rare:
        value = f"coalesce({value}, {rare_sql(field, name)})"
    return [f"{value} as {name}", *([f"{name} as {column(raw_column(field))}"] if field.parsed else [])]


def _absent(field: Field) -> list[str]:
    """Nothing, of the types the columns have: planning what would become of it takes longer than reading a small file."""
    return [f"null::{sql_type} as {column(name)}" for name, sql_type in item_columns(field).items()]


def _unreadable(fields: Sequence[Field], damaged: bool) -> str:
    """Names of the fields of a row that are filled and could not be read; NULL when there are none."""
    failed = {
        field.name: f"({column(field.name)} is null and {column(raw_column(field))} is not null)"
        for field in fields
        if field.parsed
    }
    if damaged:
        failed |= {
            field.name: f"coalesce(contains({column(field.name)}, {quoted(DAMAGED)}), false)"
            for field in fields
            if not field.parsed
        }
    if not failed:
        return "null::varchar[]"
    names = ", ".join(f"case when {test} then {quoted(name)} end" for name, test in failed.items())
    return f"case when {' or '.join(failed.values())} then list_filter([{names}], lambda name: name is not null) end"
