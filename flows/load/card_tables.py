"""`cards.<card>` of a run: one typed row per card, when `row_reasons` has told which of the scanned rows count."""

from collections.abc import Iterable

import duckdb

from expectations.catalogue.cards import Card
from expectations.run import schema as run_schema
from expectations.sql.card_rows import item_columns
from expectations.sql.quoting import quoted
from flows.load.scanning import card_table


def empty_card_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Schema `cards` for a new run."""
    con.execute("drop schema if exists cards cascade")
    con.execute("create schema cards")


def finish_card_tables(con: duckdb.DuckDBPyConnection, cards: Iterable[Card], scanned: frozenset[str]) -> None:
    """Numbers the rows that count and removes the others; a card without file gets an empty table."""
    for card in cards:
        table = card_table(card)
        if card.name not in scanned:
            con.execute(run_schema.card_table(card.name, _items(card)).create())
            continue
        con.execute(
            f"update {table} set _row = a.row_no from load.all_rows a"
            f" where a.card = {quoted(card.name)} and a.place = {table}.rowid"
        )
        con.execute(f"delete from {table} where _row is null")


def _items(card: Card) -> dict[str, str]:
    return {name: sql_type for field in card.fields for name, sql_type in item_columns(field).items()}
