"""The catalogue: cards, dictionaries, charge groups, working days and rules, read from packs laid over each other.

Everything that can be wrong in a file is collected and raised at once; whether the rules fit the cards is `rule_checks`.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from pathlib import Path

from pydantic import ValidationError

from expectations.catalogue.cards import Card, Text
from expectations.catalogue.dictionaries import CHARGES, CalendarYear, Dictionary
from expectations.catalogue.due_warnings import DueWarnings
from expectations.catalogue.folder_files import Layers, Reading, Release, adds_to_others, explain, read_file
from expectations.catalogue.kinds import RuleDeclaration, Theme
from expectations.catalogue.packs import BASE, NOTHING, Change, Pack, PackFile
from expectations.catalogue.working_days import NamedCalendar, named_days
from expectations.catalogue.yaml_files import PathInFile, YamlFile, read_yaml_folder
from expectations.errors import CatalogueError, nearest
from expectations.finding.labels import ERROR_TYPE_WORDS, OWNER_WORDS

USUAL_YES = ("是",)
"""The yes of a catalogue whose packs declare none."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Everything that says what a correct card is. Immutable; `fingerprint` is the hash of its files and holidays.

    `packs` are the folders laid over each other, the lowest first; `origins` says which pack a rule was last declared in.
    """

    cards: Mapping[str, Card]
    dictionaries: Mapping[str, Dictionary]
    charge_groups: Mapping[str, frozenset[str]]
    calendar: tuple[CalendarYear, ...]
    rules: Mapping[str, RuleDeclaration]
    themes: Mapping[str, Theme]
    places: Mapping[str, tuple[YamlFile, PathInFile]] = field(repr=False)
    fingerprint: str = ""
    packs: tuple[Pack, ...] = ()
    origins: Mapping[str, str] = field(default_factory=dict)
    changes: Mapping[str, tuple[Change, ...]] = field(default_factory=dict)
    releases: Mapping[int, Release] = field(default_factory=dict)
    warnings: DueWarnings = field(default_factory=DueWarnings)
    named_calendar: NamedCalendar = "week"
    card_places: Mapping[str, Mapping[str, tuple[YamlFile, PathInFile]]] = field(default_factory=dict, repr=False)

    @property
    def time_zone(self) -> str:
        """The zone of the uppermost pack that names one; empty where none does, as no day can then be told of an instant."""
        return next((pack.time_zone for pack in reversed(self.packs) if pack.time_zone), "")

    @property
    def owners(self) -> frozenset[str]:
        """Whom rules and items may name as the one who fills: those every catalogue knows and those its packs declare."""
        return frozenset(OWNER_WORDS) | {owner for pack in self.packs for owner in pack.owners}

    @property
    def error_types(self) -> frozenset[str]:
        """What rules may call an error: the types every catalogue knows and those its packs declare."""
        return frozenset(ERROR_TYPE_WORDS) | {error_type for pack in self.packs for error_type in pack.error_types}

    @property
    def yes_words(self) -> tuple[str, ...]:
        """What `yes(x)` takes for a yes."""
        return next((pack.yes_words for pack in reversed(self.packs) if pack.yes_words), USUAL_YES)

    def rule_on(self, rule_id: str, as_of: date) -> RuleDeclaration:
        """The rule with the parameters and the basis in effect on an audit date."""
        rule = self.rules[rule_id]
        for change in self.changes.get(rule_id, ()):
            if change.in_effect(as_of):
                cited = rule.basis if change.basis is None else change.basis
                rule = rule.model_copy(update={"params": rule.params | change.params, "basis": cited})
        return rule

    def switched_off(self, rule_id: str, as_of: date) -> Change | None:
        """Why a rule is not judged on an audit date, if a pack switched it off."""
        return next((c for c in self.changes.get(rule_id, ()) if c.switched_off and c.in_effect(as_of)), None)

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

    def card_place(self, card: str, item: str = "", *path: str | int) -> str:
        """`file:line: ` of a card, of one of its keys or of one of its items; empty for a card that was read from no file."""
        places = self.card_places.get(card, {})
        if item not in places:
            return ""
        file, base = places[item]
        return f"{file.place((*base, *path))}: "


@dataclass(frozen=True)
class Layer:
    """One folder of the catalogue with its files and the pack it says it is."""

    folder: Path
    pack: Pack
    files: tuple[YamlFile, ...]
    named_at: str = ""
    """`file:line` of what it extends."""


_MADE: dict[tuple[object, ...], Catalogue] = {}
_MOST_LAYERS = 20
"""Packs that extend each other: base, province, city, office are four."""
_MOST_MADE = 3
"""Catalogues kept, each by the bytes of its files: a trial has two."""


def bundled_folder() -> Path:
    """The catalogue that comes with the program."""
    return Path(str(resources.files("expectations.catalogue").joinpath("bundled")))


def load_catalogue(*overlays: Path) -> Catalogue:
    """The bundled catalogue with the packs in `overlays`, and those they extend, laid over it in order.

    The files are read every time; where each is as it was, the catalogue is the one made of them before. Raises CatalogueError with
    every mistake of every file.
    """
    problems: list[str] = []
    folders = catalogue_layers(overlays, problems)
    digest = hashlib.sha256(named_days(_named_calendar(folders)))
    for file in (file for layer in folders for file in layer.files):
        digest.update(file.name.encode() + b"\0" + file.raw + b"\0")
    made_of = tuple((layer.folder, *((file.name, file.raw) for file in layer.files)) for layer in folders)
    if problems or made_of not in _MADE:
        made = _catalogue_of(folders, digest.hexdigest(), problems)
        if len(_MADE) >= _MOST_MADE:
            _MADE.clear()
        _MADE[made_of] = made
    return _MADE[made_of]


def _catalogue_of(folders: Sequence[Layer], fingerprint: str, problems: list[str]) -> Catalogue:
    layers = Layers()
    for layer in folders:
        declared_in: dict[str, str] = {}
        for file in sorted(layer.files, key=adds_to_others):
            read_file(Reading(file, layer.pack.name, layers, problems), declared_in)
    groups = _resolve_groups(layers, problems)
    if problems:
        raise CatalogueError(dict.fromkeys(problems))
    return Catalogue(
        layers.cards,
        layers.dictionaries,
        groups,
        tuple(layers.calendar[year] for year in sorted(layers.calendar)),
        dict(sorted(layers.rules.items())),
        layers.themes,
        layers.places,
        fingerprint,
        tuple(layer.pack for layer in folders),
        layers.origins,
        layers.changes,
        layers.releases,
        layers.warnings,
        _named_calendar(folders),
        layers.card_places,
    )


def _named_calendar(folders: Sequence[Layer]) -> NamedCalendar:
    """What the uppermost pack that names one goes by."""
    named: list[NamedCalendar] = [layer.pack.calendar for layer in folders if layer.pack.calendar]
    return named[-1] if named else "week"


def catalogue_layers(overlays: Iterable[Path], problems: list[str], within: Path | None = None) -> list[Layer]:
    """The folders a catalogue is made of, the lowest first; what is wrong with them is added to `problems`.

    `within`: the folder they all must lie in, but for the bundled one; no other is looked into.
    """
    layers: dict[Path, Layer] = {}

    def add(folder: Path, above: tuple[Path, ...], named_at: str = "") -> None:
        folder = folder.resolve()
        if folder in above:
            problems.append(
                f"{named_at}the pack extends itself; name another, base or nothing / 规则包循环引用，请改写 extends: {folder}"
            )
            return
        if folder in layers:
            return
        if within is not None and folder not in (bundled_folder().resolve(), within.resolve() / folder.name):
            problems.append(
                f"{named_at}it does not come with what it extends; ask for a new export / 未随附所扩展的规则包，请对方重新导出"
            )
            return
        if len(above) >= _MOST_LAYERS:
            problems.append(f"{named_at}too many packs over each other; join some / 规则包层数过多，请合并: {folder}")
            return
        layer = _read_layer(folder, problems, named_at)
        if layer is None:
            return
        if layer.pack.extends == BASE:
            add(bundled_folder(), (*above, folder))
        elif layer.pack.extends != NOTHING:
            add(folder / layer.pack.extends, (*above, folder), f"{layer.named_at}: ")
        layers[folder] = layer

    for folder in [*overlays] or [bundled_folder()]:
        add(folder, ())
    return list(layers.values())


def _read_layer(folder: Path, problems: list[str], named_at: str = "") -> Layer | None:
    if not folder.is_dir():
        problems.append(
            f"{named_at}no such catalogue folder; correct the path / 规则目录不存在，请更正: {folder}"
            if named_at
            else f"{folder}: no such catalogue folder / 规则目录不存在"
        )
        return None
    problems_before = len(problems)
    files = tuple(read_yaml_folder(folder, problems))
    if not files and len(problems) == problems_before:
        problems.append(f"{folder}: no YAML file in this catalogue folder / 目录中没有 YAML 文件")
    for file in files:
        if isinstance(file.content, dict) and "pack" in file.content:
            try:
                pack = PackFile.model_validate(file.content).pack
                return Layer(folder, pack, files, file.place(("pack", "extends")))
            except ValidationError as error:
                problems += explain(error, file, PackFile)
    name = re.sub(r"[^a-z0-9-]+", "-", folder.name.lower()).strip("-0123456789") or "office"
    return Layer(folder, Pack(name=name, title=Text(zh=folder.name), version=""), files)


def _resolve_groups(layers: Layers, problems: list[str]) -> dict[str, frozenset[str]]:
    charges = layers.dictionaries[CHARGES].values if CHARGES in layers.dictionaries else ()
    labels = {charge.label for charge in charges}

    def members(name: str, groups_above: tuple[str, ...] = ()) -> frozenset[str]:
        if name in groups_above or name not in layers.groups:
            problem = (
                "refers to itself"
                if name in groups_above
                else f"unknown charge group / 未知的罪名组{nearest(name, layers.groups)}"
            )
            problems.append(f"charge group {name}: {problem}")
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
        return frozenset(by_section.union(group.charges, *(members(g, (*groups_above, name)) for g in group.groups)))

    return {name: members(name) for name in layers.groups}
