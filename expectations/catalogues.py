"""The catalogue: cards, dictionaries, charge groups, working days and rules, read from YAML folders laid over each other.

Everything that can be wrong in a file is collected and raised at once; whether the rules fit the cards is `rule_checks`.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from expectations.cards import Card, Declaration
from expectations.dictionaries import (
    CHARGES,
    CalendarFile,
    CalendarYear,
    ChargeGroup,
    ChargeGroupFile,
    Dictionary,
    DictionaryFile,
)
from expectations.errors import CatalogueError, nearest
from expectations.kinds import KINDS, Rule, RuleDeclaration, Theme
from expectations.yaml_files import PathInFile, YamlFile, read_yaml_folder

_RULE: TypeAdapter[RuleDeclaration] = TypeAdapter(Rule)


class RuleFile(Declaration):
    """One YAML file of rules of one theme; each rule is validated by its own kind."""

    theme: Theme
    rules: tuple[dict[str, Any], ...]


_FILE_KINDS: dict[str, type[BaseModel]] = {
    "card": Card,
    "dictionaries": DictionaryFile,
    "charge_groups": ChargeGroupFile,
    "calendar": CalendarFile,
    "rules": RuleFile,
}


@dataclass(frozen=True)
class Catalogue:
    """Everything that says what a correct card is. Immutable; `fingerprint` is the hash of the files it was read from."""

    cards: Mapping[str, Card]
    dictionaries: Mapping[str, Dictionary]
    charge_groups: Mapping[str, frozenset[str]]
    calendar: tuple[CalendarYear, ...]
    rules: Mapping[str, RuleDeclaration]
    themes: Mapping[str, Theme]
    places: Mapping[str, tuple[YamlFile, PathInFile]] = field(repr=False)
    fingerprint: str = ""

    def cards_of(self, rule: RuleDeclaration) -> tuple[Card, ...]:
        """The cards a rule is judged on; `*` means every main card that has all the fields the rule lists."""
        if rule.cards != ("*",):
            return tuple(self.cards[name] for name in rule.cards if name in self.cards)
        return tuple(
            card for card in self.cards.values() if card.main and all(name in card.by_name for name in rule.fields)
        )

    def place(self, rule_id: str, *path: str | int) -> str:
        """`file:line` of a rule or of one of its keys."""
        file, base = self.places[rule_id]
        return file.place((*base, *path))


@dataclass
class _Layers:
    """What has been read so far; a later folder replaces entries of an earlier one by name."""

    cards: dict[str, Card] = field(default_factory=dict)
    dictionaries: dict[str, Dictionary] = field(default_factory=dict)
    groups: dict[str, ChargeGroup] = field(default_factory=dict)
    calendar: dict[int, CalendarYear] = field(default_factory=dict)
    rules: dict[str, RuleDeclaration] = field(default_factory=dict)
    themes: dict[str, Theme] = field(default_factory=dict)
    places: dict[str, tuple[YamlFile, PathInFile]] = field(default_factory=dict)


def bundled_folder() -> Path:
    """The catalogue that comes with the program."""
    return Path(str(resources.files("expectations").joinpath("catalogue")))


def load_catalogue(*overlays: Path) -> Catalogue:
    """The bundled catalogue with `overlays` laid over it in order.

    Raises CatalogueError with every mistake of every file.
    """
    problems: list[str] = []
    layers, digest = _Layers(), hashlib.sha256()
    for folder in (bundled_folder(), *overlays):
        if not folder.is_dir():
            problems.append(f"{folder}: no such catalogue folder / 规则目录不存在")
            continue
        files = list(read_yaml_folder(folder, problems))
        if not files and not problems:
            problems.append(f"{folder}: no YAML file in this catalogue folder / 目录中没有 YAML 文件")
        read_here: dict[str, str] = {}
        for file in files:
            digest.update(file.name.encode() + b"\0" + file.path.read_bytes() + b"\0")
            _read_file(file, layers, read_here, problems)
    groups = _resolve_groups(layers, problems)
    if problems:
        raise CatalogueError(problems)
    return Catalogue(
        layers.cards, layers.dictionaries, groups, tuple(layers.calendar[year] for year in sorted(layers.calendar)),
        dict(sorted(layers.rules.items())), layers.themes, layers.places, digest.hexdigest(),
    )  # fmt: skip


def _read_file(file: YamlFile, layers: _Layers, read_here: dict[str, str], problems: list[str]) -> None:
    model = _model_of(file, problems)
    if model is None:
        return
    try:
        read = model.model_validate(file.content, strict=False)
    except ValidationError as error:
        problems += _explain(error, file, model)
        return
    for name, put in _entries(read, file, layers, problems):
        if name in read_here:
            problems.append(f"{file.name}: {name} is declared already in / 重复声明于 {read_here[name]}")
        read_here[name] = file.name
        put()


def _model_of(file: YamlFile, problems: list[str]) -> type[BaseModel] | None:
    keys = list(file.content) if isinstance(file.content, dict) else []
    for key, model in _FILE_KINDS.items():
        if key in keys:
            return model
    close = nearest(str(keys[0]), _FILE_KINDS) if keys else ""
    problems.append(f"{file.place(())}: no known top-level key; available / 可用: {', '.join(_FILE_KINDS)}{close}")
    return None


def _entries(read: BaseModel, file: YamlFile, layers: _Layers, problems: list[str]) -> Iterable[tuple[str, Any]]:
    match read:
        case Card():
            yield f"card {read.card}", lambda: layers.cards.__setitem__(read.card, read)
        case DictionaryFile():
            for dictionary in read.dictionaries:
                yield f"dictionary {dictionary.name}", lambda d=dictionary: layers.dictionaries.__setitem__(d.name, d)
        case ChargeGroupFile():
            for group in read.charge_groups:
                yield f"charge group {group.name}", lambda g=group: layers.groups.__setitem__(g.name, g)
        case CalendarFile():
            for year in read.calendar:
                yield f"calendar {year.year}", lambda y=year: layers.calendar.__setitem__(y.year, y)
        case RuleFile():
            for number, declared in enumerate(read.rules):
                rule = _read_rule(declared, file, ("rules", number), problems)
                if rule is not None:
                    yield (
                        f"rule {rule.id}",
                        lambda r=rule, n=number: _put_rule(layers, r, read.theme, (file, ("rules", n))),
                    )


def _put_rule(layers: _Layers, rule: RuleDeclaration, theme: Theme, place: tuple[YamlFile, PathInFile]) -> None:
    layers.rules[rule.id], layers.themes[rule.id], layers.places[rule.id] = rule, theme, place


def _read_rule(
    declared: dict[str, Any], file: YamlFile, base: PathInFile, problems: list[str]
) -> RuleDeclaration | None:
    kind = declared.get("kind")
    if kind not in KINDS:
        hint = f"available / 可用: {', '.join(sorted(KINDS))}{nearest(str(kind), KINDS)}"
        problems.append(
            f"{file.place((*base, 'kind'))}: {declared.get('id', 'rule')}: unknown kind / 未知的规则类型 {kind}; {hint}"
        )
        return None
    try:
        return _RULE.validate_python(declared)
    except ValidationError as error:
        problems += _explain(error, file, KINDS[kind], base, str(declared.get("id", "")))
        return None


def _explain(
    error: ValidationError, file: YamlFile, model: type[BaseModel], base: PathInFile = (), subject: str = ""
) -> list[str]:
    """One line per mistake: place, what, and for an unknown key what was available and the nearest spelling."""
    lines = []
    for mistake in error.errors():
        path = tuple(step for step in mistake["loc"] if not (base and step in KINDS))
        text = mistake["msg"].removeprefix("Value error, ")
        if mistake["type"] == "extra_forbidden":
            available = _keys_at(model, path[:-1])
            text = (
                f"unknown key / 未知的键; available / 可用: {', '.join(available)}{nearest(str(path[-1]), available)}"
            )
        dotted = ".".join(str(step) for step in path)
        lines.append(f"{file.place((*base, *path))}: {' '.join(filter(None, (subject, dotted)))}: {text}")
    return lines


def _keys_at(model: type[BaseModel], path: PathInFile) -> list[str]:
    """The keys a mapping at `path` below `model` may have."""
    schema = model.model_json_schema()
    here: dict[str, Any] = schema
    for step in path:
        here = here["items"] if isinstance(step, int) else here.get("properties", {}).get(step, {})
        here = next((option for option in here.get("anyOf", []) if "$ref" in option), here)
        if "$ref" in here:
            here = schema["$defs"][here["$ref"].rsplit("/", 1)[1]]
    return list(here.get("properties", {}))


def _resolve_groups(layers: _Layers, problems: list[str]) -> dict[str, frozenset[str]]:
    charges = layers.dictionaries[CHARGES].values if CHARGES in layers.dictionaries else ()
    labels = {charge.label for charge in charges}

    def members(name: str, seen: tuple[str, ...] = ()) -> frozenset[str]:
        if name in seen or name not in layers.groups:
            what = (
                "refers to itself"
                if name in seen
                else f"unknown charge group / 未知的罪名组{nearest(name, layers.groups)}"
            )
            problems.append(f"charge group {name}: {what}")
            return frozenset()
        group = layers.groups[name]
        problems.extend(
            f"charge group {name}: not a charge / 不是罪名: {charge}{nearest(charge, labels)}"
            for charge in group.charges
            if charge not in labels
        )
        by_section = {
            c.label
            for c in charges
            for section in group.sections
            if c.group == section or c.group.startswith(f"{section}/")
        }
        return frozenset(by_section.union(group.charges, *(members(g, (*seen, name)) for g in group.groups)))

    return {name: members(name) for name in layers.groups}
