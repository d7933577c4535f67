"""The profile of a load: of every item how many rows have it, how many values, the commonest, the first and last, beside the run before.

An export that lost half of a column, or ends a month early, is loaded without a complaint and judged; here it shows.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

import duckdb

from expectations.catalogue.cards import Card, Field
from expectations.run.loaded.profile import COMMONEST, Figures, sharp_changes
from expectations.sql.quoting import column
from flows.load.load_tables import insert_rows
from flows.load.scanning import card_table

FEW_VALUES = 1_000
"""The commonest values are counted of items with no more values than that: a column in the wrong place may have one per row."""


def write_profile(
    con: duckdb.DuckDBPyConnection, cards: Iterable[Card], former: Mapping[tuple[str, str], Figures]
) -> None:
    """Table `profile` of the loaded cards; `former` is that of the run before, by card and item."""
    con.execute("delete from load.profile")
    for card in cards:
        lines = []
        for number, (item, figures) in enumerate(_figures(con, card).items()):
            before = former.get((card.name, item))
            # rows are those of the card: said once, beside its first item
            changes = [change for change in sharp_changes(figures, before) if change != "rows" or number == 0]
            if figures.rows or before:
                lines.append((card.name, item, *_stored(figures), *_stored(before), changes))
        insert_rows(con, "profile", lines)


def _figures(con: duckdb.DuckDBPyConnection, card: Card) -> dict[str, Figures]:
    """In two passes over the rows of a card, since the second costs most and few items need it."""
    counts = ["count(*)"]
    for field in card.fields:
        name = column(field.name)
        ends = f"min({name})::varchar, max({name})::varchar" if field.parsed else "null, null"
        counts.append(f"count({name}), approx_count_distinct({name}), {ends}")
    rows, *values = con.execute(f"select {', '.join(counts)} from {card_table(card)}").fetchall()[0]
    by_field = {field.name: values[4 * place : 4 * place + 4] for place, field in enumerate(card.fields)}
    commonest = _commonest(con, card, [field for field in card.fields if _has_few(field, by_field[field.name][1])])
    return {
        name: Figures(rows, filled, min(distinct, filled), commonest.get(name, ()), lowest, highest)
        for name, (filled, distinct, lowest, highest) in by_field.items()
    }


def _has_few(field: Field, distinct: int) -> bool:
    """Whether the values are of a dictionary, and so nobody's own."""
    return field.type in ("dict", "yesno") and 0 < distinct <= FEW_VALUES


def _commonest(
    con: duckdb.DuckDBPyConnection, card: Card, fields: Sequence[Field]
) -> dict[str, tuple[tuple[str, int], ...]]:
    if not fields:
        return {}
    entries = ", ".join(f"map_entries(histogram({column(field.name)}))" for field in fields)
    histograms = con.execute(f"select {entries} from {card_table(card)}").fetchall()[0]
    return {
        field.name: tuple(
            (entry["key"], entry["value"])
            for entry in sorted(histogram, key=lambda entry: (-entry["value"], entry["key"]))[:COMMONEST]
        )
        for field, histogram in zip(fields, histograms, strict=True)
    }


def _stored(figures: Figures | None) -> tuple[object, ...]:
    if figures is None:
        return (None,) * 6
    commonest = json.dumps(figures.commonest, ensure_ascii=False)
    return figures.rows, figures.filled, figures.distinct, commonest, figures.lowest, figures.highest
