"""`cards.<card>` of a run: one typed row per card, made in one statement from the history.

How texts become values is `expectations.sql.card_rows`; which rows count is `row_reasons`.
"""

from collections.abc import Mapping, Sequence

import duckdb

from expectations import Card, Catalogue, Dictionary
from expectations.run import schema as run_schema
from expectations.sql.card_rows import item_columns, typed_rows
from expectations.sql.quoting import column, quoted
from flows.load.history import raw_table
from flows.load.row_reasons import FileLoad


def build_card_tables(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, loads: Sequence[FileLoad]) -> None:
    """Replace schema `cards` by the cards of this run; a card without file gets an empty table."""
    con.execute("drop schema if exists cards cascade")
    con.execute("create schema cards")
    for card in catalogue.cards.values():
        numbers = sorted({one.load.number for one in loads if one.load.card.name == card.name})
        if numbers:
            con.execute(f"create table {card_table(card)} as {card_sql(card, catalogue.dictionaries, numbers)}")
        else:
            con.execute(run_schema.card_table(card.name, _items(card)).create())


def card_table(card: Card) -> str:
    """The table of a card's rows."""
    return f"cards.{column(card.name)}"


def card_sql(card: Card, dictionaries: Mapping[str, Dictionary], loads: Sequence[int]) -> str:
    """The rows of `cards.<card>` from the given loads."""
    place = "kept.row_no as _row, kept.file_no as _file, kept.sheet as _sheet, r._sheet_row"
    kept = f"select * from load.all_rows where card = {quoted(card.name)} and reason is null"
    rows = f"""{raw_table(card)} r join ({kept}) kept on r._load = kept.load_no and r._sheet_row = kept.sheet_row
            where r._load in ({", ".join(map(str, loads))})"""
    return typed_rows(card.fields, dictionaries, lambda field: f"r.{column(field.name)}", place, rows)


def _items(card: Card) -> dict[str, str]:
    return {name: sql_type for field in card.fields for name, sql_type in item_columns(field).items()}
