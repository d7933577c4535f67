"""The history of all loads: every cell as text in `raw.<card>`, once per content, never changed afterwards.

Rows are stored as they stand, blanks and repeated headings included; which of them count is `row_reasons`.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.sql.cell_values import clean_sql
from expectations.sql.quoting import column, quoted
from flows.load.headings import Column, heading_rows, heading_texts, map_columns
from flows.load.recognition import Candidate
from flows.load.sources.sheets import Sheet

FIXED_COLUMNS = {
    "_load": "integer",
    "_sha256": "varchar",
    "_sheet": "varchar",
    "_sheet_row": "bigint",
    "_problem": "varchar",
    "_surplus": "varchar[]",
    "_extra": "map(varchar, varchar)",
}


@dataclass(frozen=True)
class Load:
    """A sheet whose rows are in `raw.<card>` under `number`. `heading_cells` are its heading rows as they stand."""

    number: int
    card: Card
    sheet: str
    sheet_number: int
    header_row: int
    columns: tuple[Column, ...]
    heading_cells: tuple[tuple[str, ...], ...]

    @property
    def fields(self) -> tuple[Column, ...]:
        """The columns that are fields of the card."""
        return tuple(sheet_column for sheet_column in self.columns if sheet_column.field)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the fields without a column."""
        present = {sheet_column.field for sheet_column in self.fields}
        return tuple(field.name for field in self.card.fields if field.name not in present)


def prepare_history(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make the tables of the history, and columns for fields that are new in the catalogue."""
    con.execute("create schema if not exists raw")
    con.execute(
        "create table if not exists raw.loads (load_no integer, sha256 varchar, name varchar, sheet_no integer,"
        " sheet varchar, card varchar, columns_hash varchar, loaded_at timestamp default current_timestamp::timestamp)"
    )
    for card in catalogue.cards.values():
        columns = FIXED_COLUMNS | {column(field.name): "varchar" for field in card.fields}
        declared = ", ".join(f"{name} {sql_type}" for name, sql_type in columns.items())
        con.execute(f"create table if not exists {raw_table(card)} ({declared})")
        present = {row[0] for row in con.execute(f"describe {raw_table(card)}").fetchall()}
        for field in card.fields:
            if field.name not in present:
                con.execute(f"alter table {raw_table(card)} add column {column(field.name)} varchar")


def raw_table(card: Card) -> str:
    """The history table of a card."""
    return f"raw.{column(card.name)}"


def store_sheet(con: duckdb.DuckDBPyConnection, sheet: Sheet, chosen: Candidate, sha256: str, name: str) -> Load:
    """Put the rows of a sheet into the history, unless the same content was read the same way before."""
    rows = heading_rows(sheet.head, chosen.header, chosen.headings)
    last = rows[-1] + 1
    width = sheet.width(last)
    columns = map_columns(heading_texts(sheet.head, rows, width, chosen.headings), chosen.headings)
    try:
        return _store(con, sheet, chosen, sha256, name, rows, columns, sheet.rows(last))
    except duckdb.InvalidInputException:
        # DuckDB stops at the first malformed row; the slower reader names it and reads on
        if sheet.carefully is None:
            raise
    return _store(con, sheet, chosen, sha256, name, rows, columns, sheet.carefully(last))


def _store(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    chosen: Candidate,
    sha256: str,
    name: str,
    rows: tuple[int, ...],
    columns: tuple[Column, ...],
    relation: str,
) -> Load:
    columns = _with_names(_without_empty(con, columns, relation))
    key = (sha256, sheet.number, chosen.card.name, _columns_hash(columns))
    earlier_load = con.execute(
        "select load_no from raw.loads where sha256 = ? and sheet_no = ? and card = ? and columns_hash = ?", key
    ).fetchone()
    number = int(earlier_load[0]) if earlier_load else _next_load(con)
    cells = tuple(tuple(sheet.head[row]) for row in rows)
    load = Load(number, chosen.card, sheet.name, sheet.number, chosen.header.index + 1, columns, cells)
    if not earlier_load:
        _insert(con, load, sha256, name, key[3], relation)
    return load


def _insert(
    con: duckdb.DuckDBPyConnection, load: Load, sha256: str, name: str, columns_hash: str, relation: str
) -> None:
    fields = load.fields
    extra = [sheet_column for sheet_column in load.columns if not sheet_column.field]
    entries = ", ".join(f"{quoted(sheet_column.header)}: c{sheet_column.position}" for sheet_column in extra)
    into = ", ".join([*FIXED_COLUMNS, *(column(sheet_column.field) for sheet_column in fields)])
    cells = ", ".join(
        [
            f"{load.number}, {quoted(sha256)}, {quoted(load.sheet)}, _sheet_row, _problem, _surplus",
            f"map {{{entries}}}" if extra else "null",
            *(f"c{sheet_column.position}" for sheet_column in fields),
        ]
    )
    con.begin()
    committed = False
    try:
        con.execute(f"insert into {raw_table(load.card)} ({into}) select {cells} from ({relation})")
        con.execute(
            "insert into raw.loads (load_no, sha256, name, sheet_no, sheet, card, columns_hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (load.number, sha256, name, load.sheet_number, load.sheet, load.card.name, columns_hash),
        )
        con.commit()
        committed = True
    finally:
        if not committed:
            con.rollback()


def _without_empty(con: duckdb.DuckDBPyConnection, columns: Sequence[Column], relation: str) -> tuple[Column, ...]:
    """The columns that have a heading or a value."""
    unnamed = [sheet_column.position for sheet_column in columns if not sheet_column.header]
    if not unnamed:
        return tuple(columns)
    counts = ", ".join(f"count({clean_sql(f'c{place}')})" for place in unnamed)
    filled = con.execute(f"select {counts} from ({relation})").fetchone() or ()
    empty = {place for place, count in zip(unnamed, filled, strict=True) if not count}
    return tuple(sheet_column for sheet_column in columns if sheet_column.position not in empty)


def _with_names(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Extra columns with a name of their own, since they are kept by name."""
    names_in_use = {sheet_column.header for sheet_column in columns if sheet_column.field}
    named_columns = []
    for sheet_column in columns:
        header = sheet_column.header or f"第{sheet_column.position + 1}列"
        if not sheet_column.field:
            header = header if header not in names_in_use else f"{header}（第{sheet_column.position + 1}列）"
            names_in_use.add(header)
        named_columns.append(Column(sheet_column.position, header, sheet_column.field, sheet_column.matched_by))
    return tuple(named_columns)


def _columns_hash(columns: Sequence[Column]) -> str:
    return hashlib.sha256(
        repr([(sheet_column.position, sheet_column.header, sheet_column.field) for sheet_column in columns]).encode()
    ).hexdigest()


def _next_load(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("select coalesce(max(load_no), 0) + 1 from raw.loads").fetchone()
    return int(row[0]) if row else 1
