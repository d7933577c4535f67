"""`cards.<card>` of a run: one typed row per card, made in one statement from the history.

How texts become values is `expectations.sql.card_rows`; which rows count is `row_reasons`.
"""

from collections.abc import Mapping, Sequence

import duckdb

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.dictionaries import Dictionary
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
        load_numbers = sorted({file_load.load.number for file_load in loads if file_load.load.card.name == card.name})
        if load_numbers:
            con.execute(f"create table {card_table(card)} as {card_sql(card, catalogue.dictionaries, load_numbers)}")
        else:
            con.execute(run_schema.card_table(card.name, _items(card)).create())


def card_table(card: Card) -> str:
    """The table of a card's rows."""
    return f"cards.{column(card.name)}"


def card_sql(card: Card, dictionaries: Mapping[str, Dictionary], load_numbers: Sequence[int]) -> str:
    """The rows of `cards.<card>` from the given loads."""
    place = "a.row_no as _row, a.file_no as _file, a.sheet as _sheet, r._sheet_row"
    counting_rows = f"select * from load.all_rows where card = {quoted(card.name)} and reason is null"
    rows = f"""{raw_table(card)} r join ({counting_rows}) a on r._load = a.load_no and r._sheet_row = a.sheet_row
            where r._load in ({", ".join(map(str, load_numbers))})"""
    return typed_rows(card.fields, dictionaries, lambda field: f"r.{column(field.name)}", place, rows)


def _items(card: Card) -> dict[str, str]:
    return {name: sql_type for field in card.fields for name, sql_type in item_columns(field).items()}
