"""Whether the rules of a catalogue fit its cards, run, and judge their own examples as they say.

Two steps: `fit_problems` needs no database and guards every condition; `check_catalogue` also runs the examples in DuckDB.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from expectations.cards import PARSED_TYPES, Card
from expectations.catalogues import Catalogue
from expectations.context import build_audit_table, guarded
from expectations.errors import CatalogueError, nearest
from expectations.judgements import PARAMETER, PLACEHOLDER, Judgement, judgements_of
from expectations.kinds import RuleDeclaration
from expectations.language import refusals
from expectations.lookups import create_lookups

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
        for field in card.fields:
            if field.dictionary and field.dictionary not in catalogue.dictionaries:
                close = nearest(field.dictionary, catalogue.dictionaries)
                yield f"card {card.name}: {field.name}: unknown dictionary / 未知的字典 {field.dictionary}{close}"
    for rule in catalogue.rules.values():
        for path, text in _rule_problems(catalogue, rule):
            yield f"{catalogue.place(rule.id, *path)}: {rule.id}: {text}"


def _rule_problems(catalogue: Catalogue, rule: RuleDeclaration) -> Iterator[tuple[tuple[str, ...], str]]:
    for name in rule.cards:
        if name != "*" and name not in catalogue.cards:
            yield ("cards",), f"unknown card / 未知的案卡 {name}{nearest(name, catalogue.cards)}"
    cards = catalogue.cards_of(rule)
    for card in cards:
        wanted = rule.fields if rule.cards != ("*",) else ()
        for name in (name for name in wanted if name not in card.by_name):
            yield ("fields",), f"card {card.name} has no field / 案卡没有此项 {name}{nearest(name, card.by_name)}"
    each = rule.each.fields if rule.each else ()
    everywhere = {name for card in cards for name in card.by_name}
    for name in (name for name in each if name not in everywhere):
        yield ("each",), f"no card of the rule has field / 案卡没有此项 {name}{nearest(name, everywhere)}"
    yield from _message_problems(rule, everywhere)
    seen: set[str] = set()
    for card in cards:
        for judgement in judgements_of(rule, card, EXAMPLES_DAY):
            for text in _condition_problems(judgement, rule):
                if text not in seen:
                    seen.add(text)
                    yield _condition_key(rule), text


def _condition_problems(judgement: Judgement, rule: RuleDeclaration) -> list[str]:
    try:
        tree = judgement.tree
    except ValueError as error:
        return [str(error)]
    parameters = {word for word in _parameters(rule) if word not in rule.params and word != "today"}
    if parameters:
        known = ["today", *rule.params]
        return [f"unknown parameter / 未知的参数 :{name}{nearest(name, known)}" for name in sorted(parameters)]
    return [f"card {judgement.card.name}: {text}" for text in refusals(tree, judgement.card.by_name)]


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
    cards = [card for card in catalogue.cards_of(rule) if _names(example) <= card.by_name.keys()]
    if not cards:
        lacking = sorted(_names(example) - {field for card in catalogue.cards_of(rule) for field in card.by_name})
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
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, rule: RuleDeclaration, card: Card, example: Any
) -> bool:
    """Whether the rule finds something in the example's rows; of an `each` rule only the fields named are judged.

    `con` has the lookups; its table `cards.<card>` is replaced.
    """
    rows = example if isinstance(example, list) else [example]
    judged = [j for j in judgements_of(rule, card, EXAMPLES_DAY) if not j.field or j.field in _names(example)]
    read = frozenset().union(*(j.columns for j in judged), _KEY)
    unreadable = _store_rows(con, card, rows, read)
    conditions = build_audit_table(con, card, catalogue.dictionaries, judged)
    counts = (f"count_if({guarded(conditions[j.name], j, unreadable, ())})" for j in judged)
    found = con.execute(f"select {', '.join(counts)} from audit.{card.name}").fetchall()
    return any(found[0])


def require_fitting(catalogue: Catalogue) -> Catalogue:
    """The catalogue itself. Raises CatalogueError with every rule that does not fit."""
    problems = list(fit_problems(catalogue))
    if problems:
        raise CatalogueError(problems)
    return catalogue


def _store_rows(
    con: duckdb.DuckDBPyConnection, card: Card, rows: Sequence[Mapping[str, Any]], read: Collection[str]
) -> set[str]:
    """Table `cards.<card>` with the fields `read`, as a load would leave it, for texts already in their normal form.

    Returns the unreadable fields.
    """
    texts = [{**{key: value for key, value in _KEY.items() if key in card.by_name}, **row} for row in rows]
    con.execute("create schema if not exists cards")
    con.execute("create or replace temp table example (_row bigint, text json)")
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


def _names(example: Any) -> set[str]:
    rows = example if isinstance(example, list) else [example]
    return {name for row in rows for name in row}
