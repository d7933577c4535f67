"""Whether the rules of a catalogue fit its cards, run, and judge their own examples as they say.

Two steps: `fit_problems` needs no database and guards every condition; `check_catalogue` also runs the examples in DuckDB.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb

from expectations.cards import PARSED_TYPES, Card
from expectations.catalogues import Catalogue
from expectations.context import AuditTable, build_audit_table, guarded
from expectations.errors import CatalogueError, nearest
from expectations.judgements import PARAMETER, PLACEHOLDER, Judgement, judgements_of
from expectations.kinds import RuleDeclaration
from expectations.kinds.base import Example, Row
from expectations.language import refusals
from expectations.lookups import create_lookups
from expectations.other_rows import lookup_problems, outside_lookups

EXAMPLES_DAY = date(2026, 6, 30)
"""The audit date of all examples."""

_KEY = {"bmsah": "K1", "suspect_no": "S1"}
_DUCKDB_TYPES = {"date": "DATE", "int": "INTEGER", "months": "DOUBLE", "wan_yuan": "DOUBLE"}
_MESSAGE_WORDS = frozenset({"label", "value"})


@dataclass(frozen=True)
class CheckOutcome:
    """Every problem, one line each with its place, and how many examples were run."""

    problems: tuple[str, ...]
    examples: int


def check_catalogue(catalogue: Catalogue) -> CheckOutcome:
    """Guards every condition and runs both examples of every rule."""
    problems = list(fit_problems(catalogue))
    ran = 0
    if not problems:
        with duckdb.connect() as con:
            create_lookups(con, catalogue)
            for rule in catalogue.rules.values():
                for name, expected in (("accepted", False), ("violating", True)):
                    ran += 1
                    problems += _example_problems(con, catalogue, rule, name, expected)
    return CheckOutcome(tuple(problems), ran)


def fit_problems(catalogue: Catalogue) -> Iterator[str]:
    """What does not fit: unknown cards, fields, dictionaries, parameters, placeholders; conditions the guard refuses."""
    for card in catalogue.cards.values():
        yield from _link_problems(catalogue, card)
        for field in card.fields:
            if field.dictionary and field.dictionary not in catalogue.dictionaries:
                close = nearest(field.dictionary, catalogue.dictionaries)
                yield f"card {card.name}: {field.name}: unknown dictionary / 未知的字典 {field.dictionary}{close}"
    for rule in catalogue.rules.values():
        for path, text in _rule_problems(catalogue, rule):
            yield f"{catalogue.place(rule.id, *path)}: {rule.id}: {text}"


def _link_problems(catalogue: Catalogue, card: Card) -> Iterator[str]:
    for link in card.links:
        other = catalogue.cards.get(link.card)
        if other is None:
            yield f"card {card.name}: link to unknown card / 关联到未知的案卡 {link.card}{nearest(link.card, catalogue.cards)}"
            continue
        named = [(card, own) for own, _ in link.pairs]
        named += [(other, there) for there in (*(there for _, there in link.pairs), *link.latest)]
        for of, name in named:
            if name not in of.by_name:
                yield f"card {card.name}: link {link}: card {of.name} has no field / 案卡没有此项 {name}{nearest(name, of.by_name)}"


def _rule_problems(catalogue: Catalogue, rule: RuleDeclaration) -> Iterator[tuple[tuple[str, ...], str]]:
    for name in rule.cards:
        if name != "*" and name not in catalogue.cards:
            yield ("cards",), f"unknown card / 未知的案卡 {name}{nearest(name, catalogue.cards)}"
    cards = catalogue.cards_of(rule)
    for card in cards:
        for name in rule.fields if rule.cards != ("*",) else ():
            of, item = _item_named(catalogue, card, name)
            if of is None:
                yield ("fields",), f"unknown card / 未知的案卡 {name}{nearest(name.split('.')[0], catalogue.cards)}"
            elif item not in of.by_name:
                yield ("fields",), f"card {of.name} has no field / 案卡没有此项 {item}{nearest(item, of.by_name)}"
    each = rule.each.fields if rule.each else ()
    everywhere = {name for card in cards for name in card.by_name}
    for name in (name for name in each if name not in everywhere):
        yield ("each",), f"no card of the rule has field / 案卡没有此项 {name}{nearest(name, everywhere)}"
    yield from _message_problems(rule, everywhere)
    seen: set[str] = set()
    for card in cards:
        for judgement in judgements_of(rule, card, EXAMPLES_DAY, catalogue.cards):
            for text in _condition_problems(catalogue, judgement):
                if text not in seen:
                    seen.add(text)
                    yield _condition_key(rule), text


def _item_named(catalogue: Catalogue, card: Card, name: str) -> tuple[Card | None, str]:
    """The card and item a name in `fields` means: an own item, or `card.item` of another card."""
    other, _, item = name.rpartition(".")
    return (catalogue.cards.get(other), item) if other else (card, name)


def _condition_problems(catalogue: Catalogue, judgement: Judgement) -> list[str]:
    rule, card = judgement.rule, judgement.card
    try:
        tree = judgement.tree
    except ValueError as error:
        return [str(error)]
    parameters = {word for word in _parameters(rule) if word not in rule.params and word != "today"}
    if parameters:
        known = ["today", *rule.params]
        return [f"unknown parameter / 未知的参数 :{name}{nearest(name, known)}" for name in sorted(parameters)]
    found = refusals(outside_lookups(tree), card.by_name)
    for lookup in judgement.lookups:
        found += lookup_problems(lookup, card, catalogue.cards)
        if lookup.card != card.name and lookup.card not in judgement.cards_needed:
            found.append(f"needs does not name the card / needs 未列出案卡 {lookup.card}")
    return [f"card {card.name}: {text}" for text in found]


def _parameters(rule: RuleDeclaration) -> set[str]:
    return set(PARAMETER.findall(f"{rule.applies_when} {rule.must_hold}"))


def _message_problems(rule: RuleDeclaration, fields: set[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    available = {*fields, *rule.params, *(_MESSAGE_WORDS if rule.each else ())}
    for language in ("zh", "en"):
        for word in PLACEHOLDER.findall(rule.message.in_language(language)):
            if word not in available:
                yield ("message", language), f"unknown placeholder / 未知的占位符 {{{word}}}{nearest(word, available)}"


def _condition_key(rule: RuleDeclaration) -> tuple[str, ...]:
    conditions = (
        "filled",
        "then",
        "check",
        "relation",
        "form",
        "regex",
        "order",
        "within",
        "last_day",
        "in_time",
        "flag",
    )
    given = [key for key in conditions if key in rule.model_fields_set]
    return (given[0],) if given else ("when",)


def _example_problems(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, rule: RuleDeclaration, name: str, expected: bool
) -> Iterator[str]:
    example = getattr(rule.examples, name)
    place = catalogue.place(rule.id, "examples", name)
    named = {card.name: _names(_rows_of(example, card)) for card in catalogue.cards_of(rule)}
    cards = [card for card in catalogue.cards_of(rule) if named[card.name] and named[card.name] <= card.by_name.keys()]
    if not cards:
        known = {field for card in catalogue.cards_of(rule) for field in card.by_name}
        lacking = sorted(set().union(*named.values()) - known)
        yield f"{place}: {rule.id}: example names no field of one card / 示例中的项不在同一案卡上: {', '.join(lacking)}"
    for card in cards:
        try:
            violated = example_violates(con, catalogue, rule, card, example)
        except duckdb.Error as error:
            yield f"{place}: {rule.id}: card {card.name}: {str(error).splitlines()[0]}"
            continue
        if violated != expected:
            verdict = "violates the rule / 违反规则" if violated else "does not violate the rule / 不违反规则"
            yield f"{place}: {rule.id}: the {name} example {verdict} (card {card.name})"


def example_violates(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, rule: RuleDeclaration, card: Card, example: Example
) -> bool:
    """Whether the rule finds something in the example's rows; of an `each` rule only the fields named are judged.

    `con` has the lookups; its tables `cards.<card>` are replaced.
    """
    named = _names(_rows_of(example, card))
    judged = [j for j in judgements_of(rule, card, EXAMPLES_DAY, catalogue.cards) if not j.field or j.field in named]
    own = frozenset[str]().union(*(j.columns for j in judged))
    unreadable = _store_rows(con, card, _rows_of(example, card), own | _read_on(card, judged))
    for other in {other.name: other for j in judged for other in j.linked_cards}.values():
        _store_rows(con, other, _rows_of(example, other), _read_on(other, judged))
    table = AuditTable(card, catalogue.cards, catalogue.dictionaries)
    conditions = [guarded(table.prepare(j).condition, j, unreadable, ()) for j in judged]
    build_audit_table(con, table)
    counts = (f"count_if({condition})" for condition in conditions)
    found = con.execute(f"select {', '.join(counts)} from audit.{card.name}").fetchall()
    return any(found[0])


def _rows_of(example: Example, card: Card) -> list[Row]:
    """The example's rows of one card: a row, the rows of the judged card, or rows by card."""
    if isinstance(example, list):
        return example
    if example and all(isinstance(rows, list) for rows in example.values()):
        return list(example.get(card.name, ()))
    return [example]


def _read_on(card: Card, judged: Sequence[Judgement]) -> frozenset[str]:
    """Items of a card that judgements read on other rows, with what its links and stages go by."""
    there = (j.read_there(card.name)[0] for j in judged)
    latest = (name for j in judged for link in j.card.links if link.card == card.name for name in link.latest)
    return frozenset(latest).union(*there)


def require_fitting(catalogue: Catalogue) -> Catalogue:
    """The catalogue itself. Raises CatalogueError with every rule that does not fit."""
    problems = list(fit_problems(catalogue))
    if problems:
        raise CatalogueError(problems)
    return catalogue


def _store_rows(
    con: duckdb.DuckDBPyConnection, card: Card, rows: Sequence[Mapping[str, object]], read: Collection[str]
) -> set[str]:
    """Table `cards.<card>` with the fields `read`, as a load would leave it, for texts already in their normal form.

    Returns the unreadable fields.
    """
    keys = {
        name: value for name, value in _KEY.items() if name in card.by_name and card.field(name).required == "always"
    }
    texts = [{**keys, **row} for row in rows]
    read = {*read, *keys}
    con.execute("create schema if not exists cards")
    con.execute("create or replace temp table example (_row bigint, text json)")
    if texts:
        con.executemany("insert into example values (?, ?)", [(n, json.dumps(text)) for n, text in enumerate(texts)])
    columns, unreadable = [], []
    for field in (field for field in card.fields if field.name in read):
        text = f"nullif(trim(text ->> '{field.name}'), '')"
        if field.type in PARSED_TYPES:
            columns.append(
                f"try_cast({text} as {_DUCKDB_TYPES[field.type]}) as {field.name}, {text} as {field.name}__raw"
            )
            unreadable.append(
                f"case when {text} is not null and try_cast({text} as {_DUCKDB_TYPES[field.type]}) is null then '{field.name}' end"
            )
        else:
            columns.append(f"{text} as {field.name}")
    con.execute(
        f"create or replace table cards.{card.name} as select _row, 0 as _file, '' as _sheet, _row + 2 as _sheet_row, "
        f"nullif(list_filter([{', '.join(unreadable)}]::varchar[], lambda name: name is not null), []) as _unreadable, {', '.join(columns)} from example"
    )
    found = con.execute(f"select distinct unnest(_unreadable) from cards.{card.name}").fetchall()
    return {str(row[0]) for row in found}


def _names(rows: Sequence[Row]) -> set[str]:
    return {name for row in rows for name in row}
