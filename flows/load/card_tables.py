"""`cards.<card>` of a run: one typed row per card, made in one statement from the history.

What a text means as a value is `values`; which rows count is `row_reasons`.
"""

from collections.abc import Mapping, Sequence

import duckdb

from expectations import Card, Catalogue, Dictionary, Field
from expectations.catalogue.cards import SQL_TYPES
from expectations.run import schema as run_schema
from flows.load.history import raw_table
from flows.load.row_reasons import FileLoad
from flows.load.values import cell_sql, column, quoted, typed_sql


def build_card_tables(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, loads: Sequence[FileLoad]) -> None:
    """Replace schema `cards` by the cards of this run; a card without file gets an empty table."""
    con.execute("DROP SCHEMA IF EXISTS cards CASCADE")
    con.execute("CREATE SCHEMA cards")
    for card in catalogue.cards.values():
        numbers = sorted({one.load.number for one in loads if one.load.card.name == card.name})
        if numbers:
            con.execute(f"CREATE TABLE {card_table(card)} AS {card_sql(card, catalogue.dictionaries, numbers)}")
        else:
            con.execute(run_schema.card_table(card.name, _items(card)).create())


def card_table(card: Card) -> str:
    """The table of a card's rows."""
    return f"cards.{column(card.name)}"


def card_sql(card: Card, dictionaries: Mapping[str, Dictionary], loads: Sequence[int]) -> str:
    """The rows of `cards.<card>` from the given loads: cells trimmed, then typed, then the unreadable ones named."""
    cleaned = ", ".join(
        f"{cell_sql(field, 'r.' + column(field.name))} AS {column(field.name)}" for field in card.fields
    )
    typed = ", ".join(each for field in card.fields for each in _typed(field, dictionaries))
    values = ", ".join(column(name) for field in card.fields for name in _columns(field))
    return f"""
        WITH kept AS (
            SELECT row_no, file_no, load_no, sheet, sheet_row FROM load.all_rows
            WHERE card = {quoted(card.name)} AND reason IS NULL
        ), cleaned AS (
            SELECT kept.row_no AS _row, kept.file_no AS _file, kept.sheet AS _sheet, r._sheet_row, {cleaned}
            FROM {raw_table(card)} r JOIN kept ON r._load = kept.load_no AND r._sheet_row = kept.sheet_row
            WHERE r._load IN ({", ".join(map(str, loads))})
        ), typed AS (
            SELECT _row, _file, _sheet, _sheet_row, {typed} FROM cleaned
        )
        SELECT _row, _file, _sheet, _sheet_row, {_unreadable(card)} AS _unreadable, {values} FROM typed"""


def _items(card: Card) -> dict[str, str]:
    return {
        name: SQL_TYPES.get(field.type, "VARCHAR") if name == field.name else "VARCHAR"
        for field in card.fields
        for name in _columns(field)
    }


def _typed(field: Field, dictionaries: Mapping[str, Dictionary]) -> list[str]:
    name = column(field.name)
    value = f"{typed_sql(field, name, dictionaries)} AS {name}"
    return [value, f"{name} AS {column(field.name + '__raw')}"] if field.parsed else [value]


def _columns(field: Field) -> list[str]:
    return [field.name, f"{field.name}__raw"] if field.parsed else [field.name]


def _unreadable(card: Card) -> str:
    """Names of the fields of a row that are filled and could not be read; NULL when there are none."""
    failed = {
        field.name: f"({column(field.name)} IS NULL AND {column(field.name + '__raw')} IS NOT NULL)"
        for field in card.fields
        if field.parsed
    }
    if not failed:
        return "NULL::VARCHAR[]"
    names = ", ".join(f"CASE WHEN {test} THEN {quoted(name)} END" for name, test in failed.items())
    return f"CASE WHEN {' OR '.join(failed.values())} THEN list_filter([{names}], lambda name: name IS NOT NULL) END"
