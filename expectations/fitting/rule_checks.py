"""Whether the rules of a catalogue fit its cards, run, and judge their own examples as they say.

Two steps: `fit_problems` needs no database and guards every condition; `check_catalogue` also runs the examples in DuckDB.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
from sqlglot import exp

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.kinds import RuleDeclaration
from expectations.catalogue.kinds.base import Example
from expectations.connections import open_duckdb, within_time
from expectations.errors import CatalogueError, nearest
from expectations.fitting.card_checks import card_problems, not_declared
from expectations.fitting.rule_examples import (
    EXAMPLES_DAY,
    ExampleOutcome,
    cards_of_example,
    example_outcome,
    items_named,
    prepare_for_examples,
)
from expectations.sql.costs import cost_problems
from expectations.sql.judgements import PARAMETER, PLACEHOLDER, Judgement, judgements_of
from expectations.sql.language import function_name, parse_condition, refusals
from expectations.sql.other_rows import lookup_problems, opt_problems, outside_lookups

_EXAMPLE_SECONDS = 30
"""For the few rows of one example."""
_MESSAGE_WORDS = frozenset({"label", "value", "suggestion"})


@dataclass(frozen=True)
class CheckOutcome:
    """Every problem, one line each with its place, and how many examples were run."""

    problems: tuple[str, ...]
    examples: int


def check_catalogue(catalogue: Catalogue) -> CheckOutcome:
    """Guards every condition and runs both examples of every rule."""
    problems = list(fit_problems(catalogue))
    examples_run = 0
    if not problems:
        with open_duckdb() as con:
            prepare_for_examples(con, catalogue)
            for rule in catalogue.rules.values():
                for name, expected in (("accepted", False), ("violating", True)):
                    examples_run += 1
                    problems += _example_problems(con, catalogue, rule, name, expected)
    return CheckOutcome(tuple(problems), examples_run)


@dataclass(frozen=True)
class ReleaseCoverage:
    """How much of a release of the specification the catalogue holds; `missing` rules with the reason, if one is known."""

    release: int
    asked: int
    held: int
    missing: tuple[str, ...]
    reason: str

    @property
    def percent(self) -> float:
        """Share of the rules held, in percent."""
        return round(100 * self.held / self.asked, 1) if self.asked else 100.0


def coverage(catalogue: Catalogue) -> tuple[ReleaseCoverage, ...]:
    """The coverage of every release the catalogue knows of."""
    return tuple(
        ReleaseCoverage(
            number,
            len(release.rules),
            sum(rule in catalogue.rules for rule in release.rules),
            tuple(f"{rule} {title}" for rule, title in release.rules.items() if rule not in catalogue.rules),
            release.left_out.both,
        )
        for number, release in sorted(catalogue.releases.items())
    )


def fit_problems(catalogue: Catalogue) -> Iterator[str]:
    """What does not fit: unknown cards, fields, dictionaries, parameters, placeholders; conditions the guard refuses."""
    yield from card_problems(catalogue)
    for rule in catalogue.rules.values():
        # both languages of a text stand in one line
        yield from dict.fromkeys(
            f"{catalogue.place(rule.id, *path)}: {rule.id}: {text}" for path, text in _rule_problems(catalogue, rule)
        )


def _rule_problems(catalogue: Catalogue, rule: RuleDeclaration) -> Iterator[tuple[tuple[str, ...], str]]:
    yield from _word_problems(catalogue, rule)
    cards = catalogue.cards_of(rule)
    for card in cards:
        if rule.level == "case" and card.role("case") is None:
            yield (
                ("level",),
                f"card {card.name} has no case number, so level case is not for it / 案卡没有案号项，不能按案件判断",
            )
        for name in rule.one_finding_per:
            if name not in card.by_name:
                yield ("level",), f"card {card.name} has no field / 案卡没有此项 {name}{nearest(name, card.by_name)}"
        yield from ((("fields",), text) for text in _field_problems(catalogue, rule, card))
    each_fields = rule.each.fields if rule.each else ()
    everywhere = {name for card in cards for name in card.by_name}
    for name in (name for name in each_fields if name not in everywhere):
        yield ("each",), f"no card of the rule has field / 案卡没有此项 {name}{nearest(name, everywhere)}"
    yield from _message_problems(rule, everywhere)
    texts_seen: set[str] = set()
    for card in cards:
        for judgement in judgements_of(rule, card, EXAMPLES_DAY, catalogue.cards):
            for text in _condition_problems(catalogue, judgement):
                if text not in texts_seen:
                    texts_seen.add(text)
                    yield _condition_key(rule), text


def _word_problems(catalogue: Catalogue, rule: RuleDeclaration) -> Iterator[tuple[tuple[str, ...], str]]:
    """Words of a rule that the catalogue does not know."""
    for name in rule.cards:
        if name != "*" and name not in catalogue.cards:
            yield ("cards",), f"unknown card / 未知的案卡 {name}{nearest(name, catalogue.cards)}"
    for key, words in (("error_type", catalogue.error_types), ("owner", catalogue.owners)):
        if (word := getattr(rule, key)) not in words:
            yield (key,), not_declared(key, word, words)


def _field_problems(catalogue: Catalogue, rule: RuleDeclaration, card: Card) -> Iterator[str]:
    for name in rule.fields if rule.cards != ("*",) else ():
        holder, item = _item_named(catalogue, card, name)
        if holder is None:
            yield f"unknown card / 未知的案卡 {name}{nearest(name.split('.')[0], catalogue.cards)}"
        elif item not in holder.by_name:
            yield f"card {holder.name} has no field / 案卡没有此项 {item}{nearest(item, holder.by_name)}"


def _item_named(catalogue: Catalogue, card: Card, name: str) -> tuple[Card | None, str]:
    """The card and item a name in `fields` means: an own item, or `card.item` of another card."""
    card_name, _, item = name.rpartition(".")
    return (catalogue.cards.get(card_name), item) if card_name else (card, name)


def _condition_problems(catalogue: Catalogue, judgement: Judgement) -> list[str]:
    rule, card = judgement.rule, judgement.card
    try:
        for part in (judgement.applies_when, judgement.must_hold):
            parse_condition(part)  # each is whole by itself: no bracket of one closes that of another
        trees = judgement.trees
    except ValueError as error:
        return [str(error)]
    parameters = {word for word in _parameters(rule) if word not in rule.params and word != "today"}
    if parameters:
        known_parameters = ["today", *rule.params]
        return [
            f"unknown parameter / 未知的参数 :{name}{nearest(name, known_parameters)}" for name in sorted(parameters)
        ]
    problems = [text for tree in trees for text in opt_problems(tree)]
    problems += refusals(outside_lookups(trees[0]), card.by_name)
    problems += [text for tree in trees[1:] for text in refusals(outside_lookups(tree), card.by_name)]
    problems += dict.fromkeys(text for tree in trees for text in cost_problems(tree))
    problems += _yes_problems(catalogue, card, trees)
    for lookup in judgement.lookups:
        problems += lookup_problems(lookup, card, catalogue.cards)
        if lookup.card != card.name and lookup.card not in judgement.cards_needed:
            problems.append(f"needs does not name the card / needs 未列出案卡 {lookup.card}")
    return [f"card {card.name}: {text}" for text in problems]


def _yes_problems(catalogue: Catalogue, card: Card, trees: Sequence[exp.Expr]) -> Iterator[str]:
    """Items of whose values none is a yes: what asks for one would be false on every row, and nobody would see it."""
    calls = (node for tree in trees for node in tree.find_all(exp.Anonymous) if function_name(node) in ("yes", "no"))
    for name in dict.fromkeys(
        item.name for call in calls if isinstance(item := call.expressions[0], exp.Column) and not item.table
    ):
        dictionary = card.by_name[name].dictionary if name in card.by_name else ""
        values = (
            {value.label for value in catalogue.dictionaries[dictionary].values}
            if dictionary in catalogue.dictionaries
            else set()
        )
        if values and values.isdisjoint(catalogue.yes_words):
            yield (
                f"yes({name}): no value of {dictionary} is / 字典中没有 {' / '.join(catalogue.yes_words)}; "
                "say in pack.yaml what is a yes / 请在 pack.yaml 写明: `yes_words: [...]`"
            )


def _parameters(rule: RuleDeclaration) -> set[str]:
    return set(PARAMETER.findall(f"{rule.applies_when} {rule.must_hold}")) - {""}


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
    declared_keys = [key for key in conditions if key in rule.model_fields_set]
    return (declared_keys[0],) if declared_keys else ("when",)


def _example_problems(
    con: duckdb.DuckDBPyConnection, catalogue: Catalogue, rule: RuleDeclaration, name: str, expected: bool
) -> Iterator[str]:
    example = getattr(rule.examples, name)
    place = catalogue.place(rule.id, "examples", name)
    cards = cards_of_example(catalogue, rule, example)
    if not cards:
        yield f"{place}: {rule.id}: {_on_no_card(catalogue, rule, example)}"
    outcomes = dict[str, ExampleOutcome]()
    for card in cards:
        try:
            with within_time(con, _EXAMPLE_SECONDS):
                outcomes[card.name] = example_outcome(con, catalogue, rule, card, example)
        except duckdb.Error as error:
            yield f"{place}: {rule.id}: card {card.name}: {str(error).splitlines()[0]}"
    # of several cards an `each` rule judges, one need not have the item the example is about
    for card_name, outcome in outcomes.items():
        if outcome.not_judged:
            if not outcome.asked and any(other.asked for other in outcomes.values()):
                continue
            for reason in outcome.not_judged:
                yield f"{place}: {rule.id}: the {name} example is not judged / 示例未被判断 (card {card_name}): {reason}"
        elif outcome.violates != expected:
            verdict = "violates the rule / 违反规则" if outcome.violates else "does not violate the rule / 不违反规则"
            yield f"{place}: {rule.id}: the {name} example {verdict} (card {card_name})"


def _on_no_card(catalogue: Catalogue, rule: RuleDeclaration, example: Example) -> str:
    """Why there is no card an example could be judged on."""
    known_items = {field for card in catalogue.cards_of(rule) for field in card.by_name}
    named_items = set[str]().union(*(items_named(example, card) for card in catalogue.cards_of(rule)))
    unknown_items = sorted(named_items - known_items)
    if not named_items:
        return "example names no item of a card the rule judges / 示例没有列出所判案卡的任何一项"
    if not unknown_items:
        return f"example names items of different cards / 示例中的项不在同一案卡上: {', '.join(sorted(named_items))}"
    nearest_items = "".join(nearest(item, known_items) for item in unknown_items[:1])
    return f"example names no field of the card / 示例中的项不在案卡上: {', '.join(unknown_items)}{nearest_items}"


_FITTING: set[str] = set()
"""Fingerprints of the catalogues that were found to fit in this process, which may run many audits."""


def require_fitting(catalogue: Catalogue) -> Catalogue:
    """The catalogue itself. Raises CatalogueError with every rule that does not fit."""
    if not catalogue.fingerprint or catalogue.fingerprint not in _FITTING:
        problems = list(fit_problems(catalogue))
        if problems:
            raise CatalogueError(problems)
        _FITTING.add(catalogue.fingerprint)
    return catalogue
