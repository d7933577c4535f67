"""The examples of the rules, judged as the cards of a run are: typed by the loader's SQL, found by the judge's conditions."""

import json
from collections.abc import Collection, Sequence
from datetime import date

import duckdb

from expectations.catalogue.cards import Card, Role
from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.kinds import RuleDeclaration
from expectations.catalogue.kinds.base import Example, Row
from expectations.sql.card_rows import Peculiarities, rare_fields, typed_rows
from expectations.sql.cell_values import value_macros
from expectations.sql.context import AuditTable, build_audit_table, guarded
from expectations.sql.judgements import Judgement, judgements_of
from expectations.sql.quoting import quoted

EXAMPLES_DAY = date(2026, 6, 30)
"""The audit date of all examples."""

_KEY: dict[Role, str] = {"case": "K1", "person": "S1"}


def cards_of_example(catalogue: Catalogue, rule: RuleDeclaration, example: Example) -> list[Card]:
    """The cards an example can be judged on: those of the rule it has rows for, with every item the rows name."""
    items_by_card = {card.name: items_named(example, card) for card in catalogue.cards_of(rule)}
    return [
        catalogue.cards[card]
        for card, items in items_by_card.items()
        if items and items <= catalogue.cards[card].by_name.keys()
    ]


def items_named(example: Example, card: Card) -> set[str]:
    """The items the example's rows of a card name."""
    return {name for row in _rows_of(example, card) for name in row}


def example_violates(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, rule: RuleDeclaration, card: Card, example: Example
) -> bool:
    """Whether the rule finds something in the example's rows; of an `each` rule only the fields named are judged.

    `con` has the lookups; its tables `cards.<card>` are replaced.
    """
    named_items = items_named(example, card)
    judged = [
        j for j in judgements_of(rule, card, EXAMPLES_DAY, catalogue.cards) if not j.field or j.field in named_items
    ]
    own_items = frozenset[str]().union(*(j.columns for j in judged))
    store_example(con, catalogue, card, example, own_items | _read_on(card, judged))
    for linked_card in {linked_card.name: linked_card for j in judged for linked_card in j.linked_cards}.values():
        store_example(con, catalogue, linked_card, example, _read_on(linked_card, judged))
    unreadable = {
        name for (name,) in con.execute(f"select distinct unnest(_unreadable) from cards.{card.name}").fetchall()
    }
    table = AuditTable(card, catalogue.cards, catalogue.dictionaries)
    conditions = [guarded(table.prepare(j).condition, j, unreadable, ()) for j in judged]
    build_audit_table(con, table)
    counts = (f"count_if({condition})" for condition in conditions)
    violating = con.execute(f"select {', '.join(counts)} from audit.{card.name}").fetchall()
    return any(violating[0])


def store_example(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, card: Card, example: Example, items_read: Collection[str]
) -> None:
    """Table `cards.<card>` with the fields `items_read` of the example's rows, as a load of the same texts would leave it.

    A case and a person number that every card must have are put where the example leaves them out.
    """
    keys = {
        name: "1" if card.field(name).parsed else number
        for role, number in _KEY.items()
        if (name := card.role(role)) and card.field(name).required == "always"
    }
    texts = [{**keys, **row} for row in _rows_of(example, card)]
    fields = [field for field in card.fields if field.name in {*items_read, *keys}]
    for statement in value_macros(catalogue.time_zone):
        con.execute(statement)
    con.execute("create schema if not exists cards")
    con.execute("create or replace temp table example (_row bigint, text json)")
    if texts:
        con.executemany(
            "insert into example values (?, ?)", [(n, json.dumps(text, default=str)) for n, text in enumerate(texts)]
        )
    place = {"_row": "_row", "_file": "0", "_sheet": "''", "_sheet_row": "_row + 2"}

    def type_rows(rare: Collection[str]) -> None:
        rows = typed_rows(
            fields,
            catalogue.dictionaries,
            lambda field: f"(text ->> {quoted(field.name)})",
            place,
            "example",
            peculiar=Peculiarities(rare),
        )
        con.execute(f"create or replace table cards.{card.name} as {rows}")

    type_rows(())
    if rare := rare_fields(con, f"cards.{card.name}", fields):
        type_rows(rare)


def _rows_of(example: Example, card: Card) -> list[Row]:
    """The example's rows of one card: a row, the rows of the judged card, or rows by card."""
    if isinstance(example, list):
        return example
    if example and all(isinstance(rows, list) for rows in example.values()):
        return list(example.get(card.name, ()))
    return [example]


def _read_on(card: Card, judged: Sequence[Judgement]) -> frozenset[str]:
    """Items of a card that judgements read on other rows, with what its links and stages go by."""
    items_by_judgement = (j.items_read_on(card.name)[0] for j in judged)
    latest = (name for j in judged for link in j.card.links if link.card == card.name for name in link.latest)
    return frozenset(latest).union(*items_by_judgement)
