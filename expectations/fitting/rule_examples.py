"""The examples of the rules, judged as the cards of a run are: typed by the loader's SQL, found by the judge's conditions."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from expectations.catalogue.cards import Card, Role
from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.kinds import RuleDeclaration
from expectations.catalogue.kinds.base import Example, Row
from expectations.sql.card_rows import Peculiarities, rare_fields, typed_rows
from expectations.sql.cell_values import value_macros
from expectations.sql.context import AuditTable, build_audit_table, guarded
from expectations.sql.judgements import Judgement, judgements_of, raw_column
from expectations.sql.lookups import create_lookups
from expectations.sql.quoting import quoted
from expectations.texts import Bilingual

EXAMPLES_DAY = date(2026, 6, 30)
"""The audit date of all examples."""

_NO_ITEM_OF_EACH = Bilingual("未列出 each 中的任何一项", "it names none of the items of each")
_UNREAD = Bilingual("单元格读不出", "a cell can't be read")
_NO_ROW = Bilingual("没有这种案卡的行", "it has no row of the card")
_NO_CASE = Bilingual("没有案号", "no row has a case number")
_DOES_NOT_APPLY = Bilingual("没有一行符合判断前提", "no row is one it applies to")
_UNDECIDED = Bilingual("条件结果未知，可能因为下列项为空", "what must hold is unknown, perhaps for what is blank")

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


@dataclass(frozen=True)
class ExampleOutcome:
    """What becomes of an example on one card: whether the rule finds something there; why it is not judged, in part or as a whole.

    `asked`: whether it names anything the rule judges on the card.
    """

    violates: bool
    not_judged: tuple[Bilingual, ...]
    asked: bool = True


def prepare_for_examples(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Makes what examples are read and judged with: lookups, and the macros that clean and type cells."""
    create_lookups(con, catalogue)
    for statement in value_macros(catalogue.time_zone):
        con.execute(statement)
    con.execute("create schema if not exists cards")


def example_outcome(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, rule: RuleDeclaration, card: Card, example: Example
) -> ExampleOutcome:
    """What the rule makes of the example's rows; of an `each` rule only the fields named are judged.

    `con` is prepared for examples; its tables `cards.<card>` are replaced.
    """
    judged = _judged_on(catalogue, rule, card, example)
    if not judged:
        items = ", ".join(j.field for j in judgements_of(rule, card, EXAMPLES_DAY, catalogue.cards))
        return ExampleOutcome(False, (_NO_ITEM_OF_EACH.about(items),), asked=False)
    own_items = frozenset[str]().union(*(j.columns for j in judged), filter(None, [_case_asked_for(judged)]))
    store_example(con, catalogue, card, example, own_items | _read_on(card, judged))
    for linked_card in {linked_card.name: linked_card for j in judged for linked_card in j.linked_cards}.values():
        store_example(con, catalogue, linked_card, example, _read_on(linked_card, judged))
    violations = _rows_where(con, catalogue, card, judged)
    unread = tuple(_unread_cells(con, card, judged))
    if unread or any(violations):
        return ExampleOutcome(any(violations), unread)
    decided = [replace(j, applies_when=f"({j.applies_when}) and ({j.must_hold}) is not null") for j in judged]
    if any(_rows_where(con, catalogue, card, [replace(j, must_hold="false") for j in decided])):
        return ExampleOutcome(False, ())
    applies = any(_rows_where(con, catalogue, card, [replace(j, must_hold="false") for j in judged]))
    return ExampleOutcome(False, (_why_undecided(con, card, judged, applies=applies),))


def _judged_on(catalogue: Catalogue, rule: RuleDeclaration, card: Card, example: Example) -> list[Judgement]:
    """The judgements an example asks for: of an `each` rule those on the items it names."""
    named_items = items_named(example, card)
    judgements = judgements_of(rule, card, EXAMPLES_DAY, catalogue.cards)
    # without its limit: an example is judged, not warned of
    return [replace(j, open_limit=None) for j in judgements if not j.field or j.field in named_items]


def _rows_where(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, card: Card, judged: Sequence[Judgement]
) -> tuple[int, ...]:
    """On how many rows of the stored example each judgement finds something."""
    unreadable = {
        name for (name,) in con.execute(f"select distinct unnest(_unreadable) from cards.{card.name}").fetchall()
    }
    table = AuditTable(card, catalogue.cards, catalogue.dictionaries)
    conditions = [guarded(table.prepare(j).condition, j, unreadable, ()) for j in judged]
    build_audit_table(con, table)
    counts = (f"count(*) filter (where {condition})" for condition in conditions)
    (numbers,) = con.execute(f"select {', '.join(counts)} from audit.{card.name}").fetchall()
    return tuple(map(int, numbers))


def _unread_cells(con: duckdb.DuckDBPyConnection, card: Card, judged: Sequence[Judgement]) -> Iterator[Bilingual]:
    """Cells of the judged card that can't be read although the rule needs their values: on that row it is silent."""
    read = frozenset[str]().union(*(j.values_read - j.raw_read for j in judged))
    for name in sorted(name for name in read if name in card.by_name and card.field(name).parsed):
        field = card.field(name)
        forms = f" ({', '.join(field.formats)})" if field.formats else ""
        unread = f"{raw_column(field)} is not null and {name} is null"
        for (text,) in con.execute(f"select {raw_column(field)} from cards.{card.name} where {unread}").fetchall():
            yield _UNREAD.about(f"{name}: {text}; {field.type}{forms}")


def _case_asked_for(judged: Sequence[Judgement]) -> str | None:
    """The item without which a row is of no case, where the rule judges cases."""
    return judged[0].card.role("case") if judged[0].rule.level == "case" else None


def _why_undecided(
    con: duckdb.DuckDBPyConnection, card: Card, judged: Sequence[Judgement], *, applies: bool
) -> Bilingual:
    """Why no row is judged although every cell can be read."""
    ((rows,),) = con.execute(f"select count(*) from cards.{card.name}").fetchall()
    if not rows:
        return _NO_ROW
    case = _case_asked_for(judged)
    if case:
        ((with_case,),) = con.execute(f"select count({case}) from cards.{card.name}").fetchall()
        if not with_case:
            return _NO_CASE.about(case)
    if not applies:
        return _DOES_NOT_APPLY.about(" ".join(judged[0].applies_when.split()))
    items = sorted(frozenset[str]().union(*(j.columns for j in judged)))
    counts = ", ".join(f"count({name})" for name in items)
    filled = con.execute(f"select {counts} from cards.{card.name}").fetchone() or () if items else ()
    blank = [name for name, number in zip(items, filled, strict=True) if not number]
    return _UNDECIDED.about(", ".join(blank)) if blank else _UNDECIDED


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
    con.execute(
        "create or replace temp table example as select generate_subscripts($1, 1) - 1 as _row, unnest($1::json[]) as text",
        [[json.dumps(text, default=str) for text in texts]],
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
