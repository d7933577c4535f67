"""Reading the YAML files of one catalogue folder into what all folders together say.

A later folder replaces what an earlier one declared by name; every mistake is collected. How folders follow each other is
`catalogues`.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial, singledispatch
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from expectations.catalogue.cards import NO_TEXT, Card, Declaration, Misplaced, Text
from expectations.catalogue.dictionaries import (
    CalendarFile,
    CalendarYear,
    ChargeGroup,
    ChargeGroupFile,
    Dictionary,
    DictionaryFile,
)
from expectations.catalogue.due_warnings import DueWarnings, WarningsFile
from expectations.catalogue.kinds import KINDS, Rule, RuleDeclaration, Theme
from expectations.catalogue.packs import (
    AddedItems,
    Addition,
    AdditionsFile,
    Change,
    ChangesFile,
    ItemsFile,
    PackFile,
    with_added,
    with_items,
)
from expectations.catalogue.yaml_files import PathInFile, YamlFile
from expectations.errors import nearest

_RULE: TypeAdapter[RuleDeclaration] = TypeAdapter(Rule)


class RuleFile(Declaration):
    """One YAML file of rules of one theme; each rule is validated by its own kind."""

    theme: Theme
    rules: tuple[dict[str, Any], ...]


class Release(Declaration):
    """The rules a release of the specification asks for, id and title; `left_out` says why those not here are not."""

    release: int
    rules: dict[str, str]
    left_out: Text = NO_TEXT


class CoverageFile(Declaration):
    """The YAML file that names what the specification asks for."""

    coverage: tuple[Release, ...]


FILE_KINDS: dict[str, type[BaseModel]] = {
    "card": Card,
    "dictionaries": DictionaryFile,
    "charge_groups": ChargeGroupFile,
    "calendar": CalendarFile,
    "warnings": WarningsFile,
    "rules": RuleFile,
    "pack": PackFile,
    "changes": ChangesFile,
    "dictionary_values": AdditionsFile,
    "card_items": ItemsFile,
    "coverage": CoverageFile,
}

_ADDING = ("changes", "dictionary_values", "card_items")


def adds_to_others(file: YamlFile) -> bool:
    """Whether a file adds to what others declare, so that it is read after those of its folder."""
    return isinstance(file.content, dict) and any(key in file.content for key in _ADDING)


Enter = Callable[[], None]
Entry = tuple[str, PathInFile, Enter]
"""A declaration: what it is called, where it stands, and how to put it into the layers."""


@dataclass
class Layers:
    """What has been read so far; a later folder replaces entries of an earlier one by name."""

    cards: dict[str, Card] = field(default_factory=dict)
    dictionaries: dict[str, Dictionary] = field(default_factory=dict)
    groups: dict[str, ChargeGroup] = field(default_factory=dict)
    calendar: dict[int, CalendarYear] = field(default_factory=dict)
    warnings: DueWarnings = field(default_factory=DueWarnings)
    rules: dict[str, RuleDeclaration] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    places: dict[str, tuple[YamlFile, PathInFile]] = field(default_factory=dict)
    card_places: dict[str, dict[str, tuple[YamlFile, PathInFile]]] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    changes: dict[str, tuple[Change, ...]] = field(default_factory=dict)
    releases: dict[int, Release] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """One file of a pack being read into the layers."""

    file: YamlFile
    pack: str
    layers: Layers
    problems: list[str]


def read_file(reading: Reading, declared_in: dict[str, str]) -> None:
    """Puts the file's declarations into the layers; `declared_in` names what this folder has declared, and the file."""
    model = _model_of(reading.file, reading.problems)
    if model is None:
        return
    try:
        declared = model.model_validate(reading.file.content, strict=False)
    except ValidationError as error:
        reading.problems.extend(explain(error, reading.file, model))
        return
    for name, path, enter in _entries(declared, reading):
        if name in declared_in:
            reading.problems.append(
                f"{reading.file.place(path)}: {name} is declared already in / 重复声明于 {declared_in[name]}; name one otherwise / 请改名"
            )
        declared_in[name] = reading.file.name
        enter()


def _model_of(file: YamlFile, problems: list[str]) -> type[BaseModel] | None:
    keys = list(file.content) if isinstance(file.content, dict) else []
    for key, model in FILE_KINDS.items():
        if key in keys:
            return model
    close = nearest(str(keys[0]), FILE_KINDS) if keys else ""
    problems.append(f"{file.place(())}: no known top-level key; available / 可用: {', '.join(FILE_KINDS)}{close}")
    return None


def _replacing(word: str, path: str, declarations: Iterable[tuple[Any, Any]], layer: dict[Any, Any]) -> Iterator[Entry]:
    """Declarations that replace what an earlier folder declared under the same key."""
    for number, (key, declaration) in enumerate(declarations):
        yield f"{word} {key}", (path, number), partial(layer.update, {key: declaration})


@singledispatch
def _entries(content: BaseModel, reading: Reading) -> Iterator[Entry]:
    """What a file declares. `pack.yaml` declares nothing."""
    yield from ()


@_entries.register
def _(content: Card, reading: Reading) -> Iterator[Entry]:
    yield f"card {content.card}", ("card",), partial(_put_card, reading, content)


@_entries.register
def _(content: DictionaryFile, reading: Reading) -> Iterator[Entry]:
    yield from _replacing(
        "dictionary",
        "dictionaries",
        ((dictionary.name, dictionary) for dictionary in content.dictionaries),
        reading.layers.dictionaries,
    )


@_entries.register
def _(content: ChargeGroupFile, reading: Reading) -> Iterator[Entry]:
    yield from _replacing(
        "charge group", "charge_groups", ((group.name, group) for group in content.charge_groups), reading.layers.groups
    )


@_entries.register
def _(content: CalendarFile, reading: Reading) -> Iterator[Entry]:
    yield from _replacing(
        "calendar", "calendar", ((year.year, year) for year in content.calendar), reading.layers.calendar
    )


@_entries.register
def _(content: WarningsFile, reading: Reading) -> Iterator[Entry]:
    yield "warnings", (), partial(_lay_warnings, reading.layers, content.warnings)


@_entries.register
def _(content: RuleFile, reading: Reading) -> Iterator[Entry]:
    for number, declared in enumerate(content.rules):
        if len(reading.problems) > MOST_SAID:
            return  # nobody reads further
        place = ("rules", number)
        rule = _read_rule(declared, reading.file, place, reading.problems)
        if rule is not None:
            yield f"rule {rule.id}", place, partial(_put_rule, reading, rule, content.theme, place)


@_entries.register
def _(content: CoverageFile, reading: Reading) -> Iterator[Entry]:
    yield from _replacing(
        "release", "coverage", ((release.release, release) for release in content.coverage), reading.layers.releases
    )


@_entries.register
def _(content: ChangesFile, reading: Reading) -> Iterator[Entry]:
    for number, change in enumerate(content.changes):
        yield (
            f"change {number} of {reading.file.name}",
            ("changes", number),
            partial(_put_change, reading, change, number),
        )


@_entries.register
def _(content: AdditionsFile, reading: Reading) -> Iterator[Entry]:
    for number, addition in enumerate(content.dictionary_values):
        yield (
            f"addition {number} of {reading.file.name}",
            ("dictionary_values", number),
            partial(_add_values, reading, addition, number),
        )


@_entries.register
def _(content: ItemsFile, reading: Reading) -> Iterator[Entry]:
    for number, added in enumerate(content.card_items):
        yield (
            f"items {number} of {reading.file.name}",
            ("card_items", number),
            partial(_add_items, reading, added, number),
        )


def _put_card(reading: Reading, card: Card) -> None:
    reading.layers.cards[card.name] = card
    reading.layers.card_places[card.name] = {"": (reading.file, ())} | {
        declared.name: (reading.file, ("sections", section, "fields", number))
        for section, part in enumerate(card.sections)
        for number, declared in enumerate(part.fields)
    }


def _lay_warnings(layers: Layers, above: DueWarnings) -> None:
    layers.warnings = layers.warnings.under(above)


def _put_rule(reading: Reading, rule: RuleDeclaration, theme: Theme, place: PathInFile) -> None:
    layers = reading.layers
    layers.rules[rule.id], layers.themes[rule.id], layers.places[rule.id] = rule, theme, (reading.file, place)
    layers.origins[rule.id] = reading.pack
    # Changes of a lower pack spoke of the rule that this one replaces.
    layers.changes.pop(rule.id, None)


def _put_change(reading: Reading, change: Change, number: int) -> None:
    layers, place = reading.layers, reading.file.place(("changes", number))
    rule = layers.rules.get(change.rule)
    if rule is None:
        close = nearest(change.rule, layers.rules)
        reading.problems.append(f"{place}: no such rule below / 没有这条规则: {change.rule}{close}")
        return
    reading.problems.extend(
        f"{place}: {rule.id}: unknown parameter / 没有这个参数: {name}{nearest(name, rule.params)}"
        for name in change.params.keys() - rule.params.keys()
    )
    layers.changes[rule.id] = (*layers.changes.get(rule.id, ()), change)


def _add_values(reading: Reading, addition: Addition, number: int) -> None:
    layers, place = reading.layers, reading.file.place(("dictionary_values", number))
    dictionary = layers.dictionaries.get(addition.dictionary)
    if dictionary is None:
        close = nearest(addition.dictionary, layers.dictionaries)
        reading.problems.append(f"{place}: no such dictionary below / 没有这个字典: {addition.dictionary}{close}")
        return
    try:
        layers.dictionaries[dictionary.name] = with_added(dictionary, addition.values)
    except ValueError as error:
        reading.problems.append(f"{place}: {dictionary.name}: {error}")


def _add_items(reading: Reading, added: AddedItems, number: int) -> None:
    layers, place = reading.layers, reading.file.place(("card_items", number))
    card = layers.cards.get(added.card)
    if card is None:
        reading.problems.append(
            f"{place}: no such card below / 没有这种案卡: {added.card}{nearest(added.card, layers.cards)}"
        )
        return
    try:
        layers.cards[card.name] = with_items(card, added)
        layers.card_places[card.name] |= {
            declared.name: (reading.file, ("card_items", number, "fields", line))
            for line, declared in enumerate(added.fields)
        }
    except ValidationError as error:
        reading.problems.extend(explain(error, reading.file, Card, ("card_items", number), card.name))
    except ValueError as error:
        reading.problems.append(f"{place}: {card.name}: {error}")


def _read_rule(
    declared: dict[str, Any], file: YamlFile, base: PathInFile, problems: list[str]
) -> RuleDeclaration | None:
    kind = declared.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        hint = f"available / 可用: {', '.join(sorted(KINDS))}{nearest(str(kind), KINDS)}"
        problems.append(
            f"{file.place((*base, 'kind'))}: {declared.get('id', 'rule')}: unknown kind / 未知的规则类型 {kind}; {hint}"
        )
        return None
    try:
        return _RULE.validate_python(declared)
    except ValidationError as error:
        problems += explain(error, file, KINDS[kind], base, str(declared.get("id", "")))
        return None


_QUOTES = "put it in quotes: unquoted, yes, no, on, off, numbers and days are no texts / 请加引号"
MOST_SAID = 200
"""Mistakes of a file that are listed."""
_WORDS = {
    "missing": "missing, add it / 缺少此键，请补上",
    "string_type": "must be a text / 须为文本",
    "tuple_type": "must be a list, such as [a, b] / 须为列表",
    "list_type": "must be a list, such as [a, b] / 须为列表",
    "dict_type": "must be keys with values, such as {{key: value}} / 须为键值对",
    "model_type": "must be keys with values, such as {{key: value}} / 须为键值对",
    "model_attributes_type": "must be keys with values, such as {{key: value}} / 须为键值对",
    "string_pattern_mismatch": "must look like / 须符合 {pattern}",
    "string_too_short": "must not be empty / 不能为空",
    "string_too_long": "must have at most {max_length} characters / 最多 {max_length} 个字符",
    "too_short": "must not be empty / 不能为空",
    "int_type": "must be a whole number / 须为整数",
    "int_parsing": "must be a whole number / 须为整数",
    "int_from_float": "must be a whole number / 须为整数",
    "float_type": "must be a number / 须为数字",
    "float_parsing": "must be a number / 须为数字",
    "finite_number": "must be a number / 须为数字",
    "bool_type": "must be true or false / 须为 true 或 false",
    "bool_parsing": "must be true or false / 须为 true 或 false",
    "greater_than_equal": "must be {ge} or more / 不得小于 {ge}",
    "less_than_equal": "must be {le} or less / 不得大于 {le}",
    "date_type": "must be a day such as 2026-01-31 / 须为日期，如 2026-01-31",
    "date_parsing": "must be a day such as 2026-01-31 / 须为日期，如 2026-01-31",
    "date_from_datetime_parsing": "must be a day such as 2026-01-31 / 须为日期，如 2026-01-31",
    "date_from_datetime_inexact": "must be a day such as 2026-01-31 / 须为日期，如 2026-01-31",
    "literal_error": "must be one of / 须为以下之一: {expected}",
}
"""What pydantic finds wrong, by its name of it, as a cure. What is not here is said in its own words."""


def explain(
    error: ValidationError, file: YamlFile, model: type[BaseModel], base: PathInFile = (), subject: str = ""
) -> list[str]:
    """One line per mistake: place, what, and for an unknown key what was available and the nearest spelling."""
    lines = dict[PathInFile, str]()
    mistakes = error.errors()
    for mistake in mistakes[:MOST_SAID]:
        # pydantic puts the kind that it chose into the path, where the file has no such key.
        path = tuple(step for step in mistake["loc"] if not (base and step in KINDS))
        context, kind = mistake.get("ctx", {}), mistake["type"]
        if isinstance(misplaced := context.get("error"), Misplaced):
            path = (*path, *misplaced.path)
        text = _WORDS.get(kind, "").format(**context) or mistake["msg"].removeprefix("Value error, ")
        if kind == "extra_forbidden":
            available = _keys_at(model, path[:-1])
            text = (
                f"unknown key / 未知的键; available / 可用: {', '.join(available)}{nearest(str(path[-1]), available)}"
            )
        if kind == "literal_error":
            text += nearest(str(mistake["input"]), re.findall(r"'([^']*)'", context["expected"]))
        if kind not in ("extra_forbidden", "missing"):
            # of a value that may be this or that, each is a mistake of its own, under a step the file does not have
            path = file.known_part((*base, *path))[len(base) :]
        if kind == "string_type" and not isinstance(mistake["input"], (dict, list, type(None))):
            text += f"; {_QUOTES}"
        head = " ".join(filter(None, (subject, ".".join(str(step) for step in path))))
        lines.setdefault(path, f"{file.place((*base, *path))}: " + ": ".join(filter(None, (head, text))))
    further = len(mistakes) - MOST_SAID
    more = [f"{file.place(base)}: {further} more mistakes; mend these first / 另有 {further} 处错误，请先改正以上"]
    return [*lines.values(), *(more if further > 0 else ())]


def _keys_at(model: type[BaseModel], path: PathInFile) -> list[str]:
    """The keys a mapping at `path` below `model` may have."""
    schema = model.model_json_schema()
    part: dict[str, Any] = schema
    for step in path:
        part = part["items"] if isinstance(step, int) else part.get("properties", {}).get(step, {})
        part = next((option for option in part.get("anyOf", []) if "$ref" in option), part)
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
    return list(part.get("properties", {}))
