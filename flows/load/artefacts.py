"""What a spreadsheet made of numbers on their way into a file: `7.7E+16`, `########`, zeros in place of the last digits.

A matter of the file and of whoever exports, not of the cards: such a cell is unreadable, such a column is not there, so that rules are
silent on it and no two persons become one. Only what a column holds is looked at here; rows are typed by `scanning`.
"""

from collections.abc import Iterable, Mapping

import duckdb

from expectations.catalogue.cards import Card, Field, Role
from expectations.sql.judgements import raw_column
from expectations.sql.quoting import column, quoted

SCIENTIFIC, HIDDEN, ROUNDED = "scientific", "hidden", "rounded"
_SPOILED = r"^(?:[-+]?\d(?:\.\d+)?[Ee]\+\d{2,3}|#{3,})$"
_LONG = r"^\d{16,25}$"
_ZEROS = r"^\d{15}0+$"
_FEWEST_ROUNDED = 3
"""Different numbers that end in zeros beyond the 15th digit: one number of a hundred does so by itself."""


def number_fields(card: Card) -> tuple[Field, ...]:
    """The fields of a card that hold numbers as text: of cases, identities and persons, and its key."""
    roles: tuple[Role, ...] = ("case", "person")
    named = {card.role(role) for role in roles} | set(card.key)
    return tuple(
        field
        for field in card.fields
        if field.type in ("case_no", "id_no") or (field.name in named and field.type == "text")
    )


def spoiled_fields(con: duckdb.DuckDBPyConnection, table: str, card: Card, where: str) -> frozenset[str]:
    """The fields with cells that a spreadsheet made unreadable, among rows as they were first typed."""
    texts = {field.name: _text_column(field) for field in number_fields(card)}
    left_over = f"select distinct unnest(_unreadable) from {table} where _unreadable is not null and {where}"
    unreadable = {name for (name,) in con.execute(left_over).fetchall()}
    texts |= {field.name: _text_column(field) for field in card.fields if field.parsed and field.name in unreadable}
    return _where_true(con, table, where, {name: f"bool_or({_is_spoiled(text)})" for name, text in texts.items()})


def without_spoiled(rows: str, card: Card, fields: Iterable[str]) -> str:
    """The query of scanned rows with the spoiled cells of these fields unreadable: no value, the text in `_as_written` alone."""
    kept = {name: _text_column(card.field(name)) for name in sorted(fields)}
    spoiled = {name: f"coalesce({_is_spoiled(text)}, false)" for name, text in kept.items()}
    some, in_key = " or ".join(spoiled.values()), " or ".join(spoiled[name] for name in spoiled if name in card.key)
    named = ", ".join(f"case when {test} then {quoted(name)} end" for name, test in spoiled.items())
    entries = ", ".join(
        f"case when {test} then {{'k': {quoted(name)}, 'v': {kept[name]}}} end" for name, test in spoiled.items()
    )
    replaced = {text: f"case when {spoiled[name]} then null else {text} end" for name, text in kept.items()}
    replaced["_unreadable"] = (
        f"list_sort(list_distinct(list_concat(coalesce(_unreadable, []), list_filter([{named}], lambda n: n is not null))))"
    )
    replaced["_as_written"] = (
        "map_concat(coalesce(_as_written, map_from_entries([]::struct(k varchar, v varchar)[])),"
        f" map_from_entries(list_filter([{entries}], lambda e: e is not null)))"
    )
    for fact in ("_unreadable", "_as_written"):
        replaced[fact] = f"case when {some} then {replaced[fact]} else {fact} end"
    if in_key:
        replaced["_key"] = f"case when {in_key} then null else _key end"
    return f"select * replace ({', '.join(f'{sql} as {name}' for name, sql in replaced.items())}) from ({rows})"


def _text_column(field: Field) -> str:
    return column(raw_column(field))


def _is_spoiled(text: str) -> str:
    return f"regexp_matches({text}, '{_SPOILED}')"


def rounded_fields(con: duckdb.DuckDBPyConnection, table: str, card: Card, where: str) -> frozenset[str]:
    """The number fields whose long numbers end in zeros where a spreadsheet's numbers end, most of them, so that it is no chance."""
    tests = {}
    for field in number_fields(card):
        zeros = f"regexp_matches({column(field.name)}, '{_ZEROS}') and length({column(field.name)}) > 15"
        long = f"regexp_matches({column(field.name)}, '{_LONG}')"
        tests[field.name] = (
            f"count(distinct case when {zeros} then {column(field.name)} end) >= {_FEWEST_ROUNDED}"
            f" and 2 * count_if({zeros}) >= count_if({long})"
        )
    return _where_true(con, table, where, tests)


def note_rounded(con: duckdb.DuckDBPyConnection, table: str, where: str, card: Card, fields: Iterable[str]) -> None:
    """Rows of `load.export_artefacts` for columns that were rounded, while their numbers stand in the table."""
    for name in fields:
        con.execute(
            f"insert into load.export_artefacts select _file, _sheet, {quoted(card.name)}, {quoted(name)}, {quoted(ROUNDED)}, count(*),"
            f" list(_sheet_row order by _sheet_row)[:5], min({column(name)}) from {table}"
            f" where {where} and regexp_matches({column(name)}, '{_ZEROS}') group by _file, _sheet"
        )


def spoiled_cells(card: Card, table: str) -> str:
    """The query of the unreadable cells that a spreadsheet spoiled, their texts kept in `_as_written`."""
    return (
        f"select _file, _sheet, _sheet_row, {quoted(card.name)} as card, field, _as_written[field] as text"
        f" from (select *, unnest(_unreadable) as field from {table} where _unreadable is not null)"
        f" where {_is_spoiled('_as_written[field]')}"
    )


def kind_sql(text: str) -> str:
    """The kind of artefact a spoiled cell is."""
    return f"case when starts_with({text}, '#') then {quoted(HIDDEN)} else {quoted(SCIENTIFIC)} end"


def _where_true(con: duckdb.DuckDBPyConnection, table: str, where: str, tests: Mapping[str, str]) -> frozenset[str]:
    if not tests:
        return frozenset()
    row = con.execute(f"select {', '.join(tests.values())} from {table} where {where}").fetchone() or ()
    return frozenset(name for name, is_so in zip(tests, row, strict=True) if is_so)
