"""Schema `load`: files, columns, rejected rows and unreadable cells of the run, and the report counted from them.

Filled by SQL from the rows of the run; nothing here decides what a row or a cell is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import duckdb

from expectations.catalogue.cards import Card, Field
from expectations.catalogue.catalogues import Catalogue
from expectations.csv_files import write_csv
from expectations.run.schema import LOADED, Table
from expectations.sql.card_rows import DAMAGED
from expectations.sql.judgements import raw_column
from expectations.sql.quoting import column, quoted
from flows.load.artefacts import kind_sql, spoiled_cells
from flows.load.headings import Column
from flows.load.report import Artefact, RowCounts, SheetReport
from flows.load.row_reasons import REASONS
from flows.load.scanning import Load, card_table

ROWS_WITHOUT_CASE = Table(
    "rows_without_case",
    "Rows of a card with cases that name none.",
    {"file_no": "integer", "sheet": "varchar", "sheet_row": "bigint", "card": "varchar"},
)
"""Only counted for the report; the others of schema `load` are published."""

SHOWN = 5
"""Unreadable cells shown per column; the table has all."""

_COUNTED = frozenset(REASONS) & frozenset(RowCounts.__dataclass_fields__)


def prepare_load_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Empty tables for a new run."""
    con.execute("drop schema if exists load cascade")
    con.execute("create schema load")
    for table in (*LOADED, ROWS_WITHOUT_CASE):
        con.execute(table.create("load"))


def fill_rejected_rows(con: duckdb.DuckDBPyConnection, loads: Sequence[Load]) -> None:
    """Table `rejected_rows`, while the rows are still in `cards`."""
    some = {
        number
        for (number,) in con.execute("select distinct load_no from load.all_rows where reason is not null").fetchall()
    }
    for load in loads:
        if load.number in some:
            con.execute(f"insert into load.rejected_rows {_rejected(load)}")


def fill_row_tables(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Unreadable cells and rows without case number, from the finished `cards`."""
    for card in catalogue.cards.values():
        table = card_table(card)
        branches = [_unreadable_cells(card, field) for field in card.fields if field.parsed]
        branches += [_damaged_cells(card, field) for field in _damaged_texts(con, card)]
        if branches:
            con.execute(f"insert into load.unreadable_cells {' union all '.join(branches)}")
        if con.execute(f"select 1 from {table} where _unreadable is not null limit 1").fetchone():
            _fill_spoiled_cells(con, card)
        if case := card.role("case"):
            con.execute(
                f"insert into load.rows_without_case select _file, _sheet, _sheet_row, {quoted(card.name)}"
                f" from {table} where {column(case)} is null"
            )


def _fill_spoiled_cells(con: duckdb.DuckDBPyConnection, card: Card) -> None:
    """What a spreadsheet spoiled: cell by cell, and once per column of a file."""
    cells = spoiled_cells(card, card_table(card))
    con.execute(f"insert into load.unreadable_cells {cells}")
    con.execute(
        f"insert into load.export_artefacts select _file, _sheet, card, field, {kind_sql('text')} as kind, count(*),"
        f" list(_sheet_row order by _sheet_row)[:{SHOWN}], min(text) from ({cells}) group by all order by all"
    )


def with_counts(con: duckdb.DuckDBPyConnection, sheets: Sequence[SheetReport]) -> tuple[SheetReport, ...]:
    """The reports with the figures of the run."""
    rows = _row_counts(con)
    without_case = _by_sheet(con, "select file_no, sheet, count(*) from load.rows_without_case group by all")
    unreadable, damaged, artefacts = _unreadable(con), _damaged(con), _artefacts(con)
    return tuple(
        replace(
            sheet,
            rows=rows.get((sheet.file_no, sheet.sheet), RowCounts()),
            without_case=without_case.get((sheet.file_no, sheet.sheet), 0),
            unreadable=unreadable.get((sheet.file_no, sheet.sheet), {}),
            damaged=damaged.get((sheet.file_no, sheet.sheet), (0, ())),
            artefacts=artefacts.get((sheet.file_no, sheet.sheet), ()),
        )
        if sheet.status == "loaded"
        else sheet
        for sheet in sheets
    )


def write_file_tables(con: duckdb.DuckDBPyConnection, sheets: Sequence[SheetReport]) -> None:
    """Tables `files`, `file_columns` and `missing_columns`."""
    files, columns, missing = list[tuple[object, ...]](), list[tuple[object, ...]](), list[tuple[object, ...]]()
    for sheet in sheets:
        rows = sheet.rows
        counts = (
            rows.read,
            rows.loaded,
            rows.rejected,
            rows.header_copy,
            rows.total,
            rows.footer,
            rows.column_numbers,
            rows.blank,
            rows.duplicate,
            rows.replaced,
            rows.malformed,
        )
        files.append(
            (
                sheet.file_no,
                sheet.name,
                sheet.sha256,
                sheet.sheet,
                sheet.card,
                sheet.status,
                sheet.reason.zh,
                sheet.reason.en,
                sheet.header_row,
                *counts,
            )
        )
        columns += [
            (sheet.file_no, sheet.sheet, c.position, c.header, c.field, c.matched_by, c.merged, c.filled_down)
            for c in sheet.columns
        ]
        missing += [(sheet.file_no, sheet.sheet, sheet.card, field) for field in sheet.missing]
    for table, rows_of_table in (("files", files), ("file_columns", columns), ("missing_columns", missing)):
        insert_rows(con, table, rows_of_table)


def insert_rows(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[object]]) -> None:
    """Puts a few rows into a table of schema `load`, in one statement: by itself each takes half a millisecond."""
    if rows:
        marks = f"({', '.join('?' * len(rows[0]))})"
        con.execute(f"insert into load.{table} values {', '.join([marks] * len(rows))}", list(chain(*rows)))


def write_quarantine(con: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Write every rejected row of the last load to a csv for Excel; gives the number of rows."""
    rows = con.execute(
        "select f.name, r.sheet, r.sheet_row, r.reason || ' / ' || r.reason_en, r.cells from load.rejected_rows r"
        " join (select distinct file_no, name from load.files) f using (file_no)"
        " order by r.file_no, r.sheet, r.sheet_row"
    )
    batches = iter(lambda: rows.fetchmany(10_000), [])
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        return write_csv(
            stream,
            ("文件 file", "工作表 sheet", "行 row", "原因 reason", "单元格 cells"),
            chain.from_iterable(batches),
        )


def _rejected(load: Load) -> str:
    entries = [
        f"{{'k': {quoted(sheet_column.header)}, 'v': {_written(load.card, sheet_column)}}}"
        for sheet_column in load.columns
    ]
    entries.append("{'k': '多出的单元格', 'v': array_to_string(r._surplus, ' | ')}")
    filled = f"list_filter([{', '.join(entries)}], lambda e: coalesce(e.v, '') <> '')"
    return f"""
        select a.file_no, a.sheet, a.sheet_row, {_reason_words("zh")}, {_reason_words("en")}, to_json(map_from_entries({filled}))
        from {card_table(load.card)} r join load.all_rows a on a.place = r.rowid
        where a.load_no = {load.number} and a.reason is not null order by a.sheet_row"""


def _written(card: Card, sheet_column: Column) -> str:
    """The text of a scanned cell, without the blanks around it."""
    if not sheet_column.field:
        return f"r._extra[{quoted(sheet_column.header)}]"
    field = card.field(sheet_column.field)
    if field.parsed:
        return f"coalesce(r.{column(raw_column(field))}, r._as_written[{quoted(field.name)}])"
    return f"coalesce(r._as_written[{quoted(field.name)}], r.{column(field.name)})"


def _reason_words(language: str) -> str:
    """The reason of a row in one language."""
    cases = " ".join(
        f"when {quoted(code)} then {quoted(words.in_language(language))}" for code, words in REASONS.items()
    )
    return f"case a.reason {cases} end"


def _unreadable_cells(card: Card, field: Field) -> str:
    value, text = column(field.name), column(f"{field.name}__raw")
    return (
        f"select _file, _sheet, _sheet_row, {quoted(card.name)}, {quoted(field.name)}, {text}"
        f" from {card_table(card)} where {value} is null and {text} is not null"
    )


def _damaged_texts(con: duckdb.DuckDBPyConnection, card: Card) -> Sequence[Field]:
    """The fields that are texts, with unreadable cells, as where a character is damaged; nearly always none."""
    named = con.execute(f"select distinct unnest(_unreadable) from {card_table(card)} where _unreadable is not null")
    names = {name for (name,) in named.fetchall()}
    return [field for field in card.fields if not field.parsed and field.name in names]


def _damaged_cells(card: Card, field: Field) -> str:
    return (
        f"select _file, _sheet, _sheet_row, {quoted(card.name)}, {quoted(field.name)}, {column(field.name)}"
        f" from {card_table(card)} where list_contains(_unreadable, {quoted(field.name)})"
        f" and contains({column(field.name)}, {quoted(DAMAGED)})"
    )


def _row_counts(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[int, str], RowCounts]:
    counts: dict[tuple[int, str], RowCounts] = {}
    for file_no, sheet, reason, number in con.execute(
        "select file_no, sheet, reason, count(*) from load.all_rows group by all"
    ).fetchall():
        name = "loaded" if reason is None else reason if reason in _COUNTED else "malformed"
        group_counts = RowCounts(**{"read": number, name: number})
        counts[file_no, sheet] = counts.get((file_no, sheet), RowCounts()) + group_counts
    return counts


def _by_sheet(con: duckdb.DuckDBPyConnection, query: str) -> Mapping[tuple[int, str], int]:
    return {(file_no, sheet): number for file_no, sheet, number in con.execute(query).fetchall()}


def _unreadable(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[int, str], Mapping[str, tuple[int, tuple[str, ...]]]]:
    """By sheet and field: number of unreadable cells and the first few texts."""
    cells_by_sheet: dict[tuple[int, str], dict[str, tuple[int, tuple[str, ...]]]] = {}
    for file_no, sheet, field, number, texts in con.execute(
        f"select file_no, sheet, field, count(*), list(text order by sheet_row)[:{SHOWN}]"
        " from load.unreadable_cells group by all order by all"
    ).fetchall():
        cells_by_sheet.setdefault((file_no, sheet), {})[field] = (number, tuple(texts))
    return cells_by_sheet


def _damaged(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[int, str], tuple[int, tuple[tuple[int, str], ...]]]:
    """By sheet: number of damaged cells, and row and field of the first few."""
    return {
        (file_no, sheet): (number, tuple(zip(rows, fields, strict=True)))
        for file_no, sheet, number, rows, fields in con.execute(
            f"select file_no, sheet, count(*), list(sheet_row order by sheet_row, field)[:{SHOWN}],"
            f" list(field order by sheet_row, field)[:{SHOWN}]"
            f" from load.unreadable_cells where contains(text, {quoted(DAMAGED)}) group by all"
        ).fetchall()
    }


def _artefacts(con: duckdb.DuckDBPyConnection) -> Mapping[tuple[int, str], tuple[Artefact, ...]]:
    by_sheet: dict[tuple[int, str], tuple[Artefact, ...]] = {}
    for file_no, sheet, *artefact in con.execute(
        "select file_no, sheet, field, kind, cells, first_rows, example from load.export_artefacts order by all"
    ).fetchall():
        by_sheet[file_no, sheet] = (*by_sheet.get((file_no, sheet), ()), Artefact(*artefact))
    return by_sheet


def absent_fields(loads: Sequence[Load]) -> dict[str, dict[str, frozenset[int]]]:
    """By card and field, the files in which a sheet of the card lacks the field's column."""
    absent: dict[str, dict[str, frozenset[int]]] = {load.card.name: {} for load in loads}
    for load in loads:
        of_card = absent[load.card.name]
        for field in load.missing:
            of_card[field] = of_card.get(field, frozenset()) | {load.file_no}
    return absent
