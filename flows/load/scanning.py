"""One pass over the rows of a sheet: every cell cleaned and typed, and what must be known of a row to tell whether it counts.

The rows go straight into `cards.<card>`, all of them; those that are no cards are deleted when `row_reasons` has sorted them out. The
numbers of a sheet's rows are those of the file, blanks and repeated headings included.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from expectations.catalogue.cards import Card, Field
from expectations.catalogue.dictionaries import Dictionary
from expectations.run.schema import LOAD_FACTS
from expectations.sql.card_rows import NOTHING_PECULIAR, Peculiarities, rare_fields, typed_rows
from expectations.sql.cell_values import clean_sql, typed_sql
from expectations.sql.quoting import column, quoted
from flows.load.artefacts import note_rounded, rounded_fields, spoiled_fields, without_spoiled
from flows.load.headings import Column, Headings, heading_rows, heading_texts, map_columns, sharing_columns
from flows.load.recognition import Candidate
from flows.load.row_kinds import declares_words, is_header, place_of, row_kind
from flows.load.sources.sheets import Sheet


@dataclass(frozen=True)
class Load:
    """A sheet whose rows are in `cards.<card>` under `number`, its place among the sheets of the run.

    `heading_cells` are the heading rows as they stand.
    """

    number: int
    file_no: int
    card: Card
    sheet: str
    header_row: int
    columns: tuple[Column, ...]
    heading_cells: tuple[tuple[str, ...], ...]

    @property
    def scanned(self) -> str:
        """The condition on its rows that were read in this run; rows of the former one have a number."""
        return f"_load = {self.number} and _row is null"

    @property
    def fields(self) -> tuple[Column, ...]:
        """The columns that are fields of the card."""
        return tuple(sheet_column for sheet_column in self.columns if sheet_column.field)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the fields without a column."""
        present = {sheet_column.field for sheet_column in self.fields}
        return tuple(field.name for field in self.card.fields if field.name not in present)


def card_table(card: Card) -> str:
    """The table of a card's rows."""
    return f"cards.{column(card.name)}"


def scan_sheet(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    chosen: Candidate,
    dictionaries: Mapping[str, Dictionary],
    number: int,
    file_no: int,
    *,
    whole: bool = True,
) -> Load:
    """Adds the rows of a sheet to the table of its card, which the first sheet of the card makes.

    `whole`: not a part of its rows only, of which nothing can be told of a column.
    """
    rows, texts = sheet_headings(sheet, chosen)
    last = rows[-1] + 1

    def scan(relation: str) -> Load:
        load = Load(
            number,
            file_no,
            chosen.card,
            sheet.name,
            chosen.header.index + 1,
            _with_names(_columns(con, texts, chosen, sheet, relation)),
            tuple(tuple(sheet.head[row]) for row in rows),
        )
        peculiar = Peculiarities(from_1904=sheet.from_1904, damaged=sheet.damaged)
        _add_rows(con, load, scanned_rows(load, dictionaries, relation, peculiar))
        return _looked_at_again(con, load, dictionaries, relation, peculiar, whole)

    try:
        return scan(sheet.rows(last))
    except duckdb.InvalidInputException:
        # DuckDB stops at the first malformed row; the slower reader names it and reads on
        if sheet.carefully is None:
            raise
    return scan(sheet.carefully(last))


def _looked_at_again(
    con: duckdb.DuckDBPyConnection,
    load: Load,
    dictionaries: Mapping[str, Dictionary],
    relation: str,
    peculiar: Peculiarities,
    whole: bool,
) -> Load:
    """The load with its rows typed anew where the first look left something over; nearly no export needs that, and it is dear."""
    table, of_load = card_table(load.card), load.scanned
    rare = rare_fields(con, table, load.card.fields, of_load)
    spoiled = spoiled_fields(con, table, load.card, of_load)
    rounded = rounded_fields(con, table, load.card, of_load) if whole else frozenset()
    if not (rare or spoiled or rounded):
        return load
    note_rounded(con, table, of_load, load.card, rounded)
    forget_rows(con, load)
    load = replace(load, columns=_with_names([_without_field(each, rounded) for each in load.columns]))
    rows = scanned_rows(load, dictionaries, relation, replace(peculiar, rare=rare))
    _add_rows(con, load, without_spoiled(rows, load.card, spoiled - rounded) if spoiled - rounded else rows)
    return load


def _without_field(sheet_column: Column, fields: Collection[str]) -> Column:
    return (
        replace(sheet_column, field="", matched_by="rounded", filled_down=False)
        if sheet_column.field in fields
        else sheet_column
    )


def forget_rows(con: duckdb.DuckDBPyConnection, load: Load) -> None:
    """Takes the rows of a load out of the table again."""
    con.execute(f"delete from {card_table(load.card)} where {load.scanned}")


def _add_rows(con: duckdb.DuckDBPyConnection, load: Load, rows: str) -> None:
    known = con.execute(
        "select 1 from duckdb_tables() where schema_name = 'cards' and table_name = ?", [load.card.name]
    ).fetchone()
    into = f"insert into {card_table(load.card)}" if known else f"create table {card_table(load.card)} as"
    con.execute(f"{into} {rows}")


def sheet_headings(sheet: Sheet, chosen: Candidate) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The indexes of the heading rows, and the heading of every column."""
    rows = heading_rows(sheet.head, chosen.header, chosen.headings)
    return rows, heading_texts(sheet.head, rows, sheet.width(rows[-1] + 1), chosen.headings)


def _with_merged_cells(sheet_column: Column, sheet: Sheet, card: Card) -> Column:
    """What is said of the case in cells merged downwards holds for all their rows."""
    merged, item = sheet.merged.get(sheet_column.position, 0), sheet_column.field
    is_of_case = bool(item) and (card.field(item).level == "case" or item == card.role("case"))
    return replace(sheet_column, merged=merged, filled_down=bool(merged) and is_of_case)


def doubtful_columns(texts: Sequence[str], headings: Headings) -> tuple[int, ...]:
    """Positions of the columns of which all rows must be looked at to tell what they are: without heading, or with that of another."""
    shared = sharing_columns(texts, headings)
    return tuple(place for place, text in enumerate(texts) if not text or place in shared)


def scanned_rows(
    load: Load, dictionaries: Mapping[str, Dictionary], relation: str, peculiar: Peculiarities = NOTHING_PECULIAR
) -> str:
    """The query of a sheet's rows as they are put into the table of the card."""
    places = {sheet_column.field: f"c{sheet_column.position}" for sheet_column in load.fields}
    filled_down = {
        sheet_column.field: _above(sheet_column, load) for sheet_column in load.fields if sheet_column.filled_down
    }
    cells = places | {name: f"coalesce(nullif({places[name]}, ''), {text})" for name, text in filled_down.items()}
    others = [sheet_column for sheet_column in load.columns if not sheet_column.field]
    entries = ", ".join(f"{quoted(other.header)}: c{other.position}" for other in others)
    place = {
        "_row": "null::bigint",
        "_file": str(load.file_no),
        "_sheet": quoted(load.sheet),
        "_sheet_row": "_sheet_row",
        "_problem": "_problem",
        "_surplus": "_surplus",
        "_extra": f"map {{{entries}}}" if entries else "null::map(varchar, varchar)",
        "_is_header": is_header(load.columns, load.heading_cells),
        **{
            place_of(other): clean_sql(f"c{other.position}")
            for other in others
            if declares_words(load.card) or other.matched_by == "rounded"
        },
        **{_beside_item(name): text for name, text in filled_down.items()},
    }
    # numbers that were rounded still tell two rows apart
    names = [column(name) for name in places] + [place_of(other) for other in others if other.matched_by == "rounded"]
    in_name_order, in_reverse_order = ", ".join(sorted(names)), ", ".join(sorted(names, reverse=True))
    # in the order of names, as files differ in that of columns; twice over, as two rows of one hash would be merged as equal;
    # with the names, as rows of files with other columns are never equal
    signature = quoted(in_name_order)
    facts = {
        "_load": str(load.number),
        **{name: name for name in ("_problem", "_surplus", "_extra")},
        "_as_written": _as_written([load.card.field(name) for name in places], dictionaries),
        "_is_blank": f"coalesce({', '.join(_of_its_own(name, filled_down) for name in places)}, null) is null",
        "_kind": row_kind(load.card, load.columns),
        "_key": _key(load),
        "_hash": f"hash({signature}, {in_name_order})",
        "_second_hash": f"hash({in_reverse_order}, {signature})",
    }
    return typed_rows(
        load.card.fields,
        dictionaries,
        lambda field: cells.get(field.name),
        place,
        f"({relation})",
        {name: f"({facts[name]})::{kind}" for name, kind in LOAD_FACTS.items()},
        peculiar=peculiar,
    )


def _above(sheet_column: Column, load: Load) -> str:
    """What stands in the first of the merged cells that a cell is one of; NULL for a heading that is merged with the rows below it."""
    headings = {row[sheet_column.position] for row in load.heading_cells if sheet_column.position < len(row)}
    text = f"m{sheet_column.position}"
    for heading in sorted(headings):
        text = f"nullif({text}, {quoted(heading)})"
    return text


def _beside_item(item: str) -> str:
    """The name of what `_above` gives for an item."""
    return column(f"_{item}_above")


def _of_its_own(item: str, filled_down: Mapping[str, str]) -> str:
    """The value of an item, NULL where it may be that of the row above: a row that has nothing else is blank."""
    return f"case when {_beside_item(item)} is null then {column(item)} end" if item in filled_down else column(item)


def _as_written(fields: Sequence[Field], dictionaries: Mapping[str, Dictionary]) -> str:
    """By field, the text of a cell whose value is another text, as a label for its alias; NULL in most rows."""
    changes = {}
    for field in fields:
        name = column(field.name)
        value = typed_sql(field, name, dictionaries)
        if not field.parsed and value != name:
            changes[field.name] = f"{value} is distinct from {name}"
    if not changes:
        return "null::map(varchar, varchar)"
    entries = ", ".join(
        f"case when {changed} then {{'k': {quoted(name)}, 'v': {column(name)}}} end"
        for name, changed in changes.items()
    )
    changed = f"map_from_entries(list_filter([{entries}], lambda entry: entry is not null))"
    return f"case when {' or '.join(changes.values())} then {changed} end"


def _key(load: Load) -> str:
    """The key of a row as one text; NULL when a part of it is blank, its column absent, or for a card without a key."""
    present = {sheet_column.field for sheet_column in load.fields}
    if not load.card.key or any(name not in present for name in load.card.key):
        return "null"
    # parted by a sign that is typed in no cell, or a + bc and ab + c were one key
    return " || chr(31) || ".join(column(name) for name in load.card.key)


def _columns(
    con: duckdb.DuckDBPyConnection, texts: Sequence[str], chosen: Candidate, sheet: Sheet, relation: str
) -> tuple[Column, ...]:
    """Every column that has a heading or a value, with its field."""
    doubtful = doubtful_columns(texts, chosen.headings)
    filled = _filled(con, doubtful, relation) if doubtful else frozenset()
    return tuple(
        _with_merged_cells(sheet_column, sheet, chosen.card)
        for sheet_column in map_columns(texts, chosen.headings, filled)
        if sheet_column.header or sheet_column.position in filled
    )


def _filled(con: duckdb.DuckDBPyConnection, places: Sequence[int], relation: str) -> frozenset[int]:
    counts = ", ".join(f"count({clean_sql(f'c{place}')})" for place in places)
    numbers = con.execute(f"select {counts} from ({relation})").fetchone() or ()
    return frozenset(place for place, count in zip(places, numbers, strict=True) if count)


def _with_names(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Extra columns with a name of their own, since they are kept by name."""
    names_in_use = {sheet_column.header for sheet_column in columns if sheet_column.field}
    named_columns = []
    for sheet_column in columns:
        header = sheet_column.header or f"第{sheet_column.position + 1}列"
        if not sheet_column.field:
            header = header if header not in names_in_use else f"{header}（第{sheet_column.position + 1}列）"
            names_in_use.add(header)
        named_columns.append(replace(sheet_column, header=header))
    return tuple(named_columns)
