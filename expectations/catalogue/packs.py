"""Packs (规则包): catalogue folders laid over each other, base ← city ← office, and what one may change of those below it.

Only shapes and their effect; which folders are read is `catalogues`, comparing and handing over is `pack_diff` and `pack_files`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from pydantic import Field as Declared
from pydantic import model_validator

from expectations.catalogue.cards import Card, Declaration, Field, Misplaced, Text
from expectations.catalogue.dictionaries import Dictionary, DictionaryValue
from expectations.catalogue.working_days import NamedCalendar
from expectations.errors import nearest
from expectations.finding.columns import COLUMNS
from expectations.office_days import named_zone

BASE, NOTHING = "base", "nothing"
"""What a pack may extend besides another pack's folder: the bundled catalogue, or no other."""


class Pack(Declaration):
    """Who a catalogue folder belongs to. `extends` is `base`, `nothing`, or the folder of another pack, seen from this one.

    `time_zone`: on whose clocks its cards write days, as `Asia/Shanghai`; empty for that of the pack below, if it has one.
    `calendar`: the working days its own list lies over; by default those of the pack below, and of none below the week.
    `owners`, `error_types`: names its rules and items use beside those every catalogue knows, and those of the packs below.
    `yes_words`: what `yes(x)` takes for a yes; empty for what the pack below says.
    """

    name: Annotated[str, Declared(pattern=r"^[a-z][a-z0-9-]*$")]
    title: Text
    version: str
    extends: str = BASE
    time_zone: str = ""
    calendar: NamedCalendar | None = None
    owners: tuple[Annotated[str, Declared(min_length=1, max_length=COLUMNS["owner"].width)], ...] = ()
    error_types: tuple[Annotated[str, Declared(min_length=1, max_length=COLUMNS["error_type"].width)], ...] = ()
    yes_words: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _zone_is_known(self) -> "Pack":
        if self.time_zone and named_zone(self.time_zone) is None:
            raise Misplaced(
                f"no such time zone, such as Asia/Shanghai / 没有这个时区，例如 Asia/Shanghai: {self.time_zone}",
                "time_zone",
            )
        return self


class PackFile(Declaration):
    """`pack.yaml` of a catalogue folder."""

    pack: Pack


class Change(Declaration):
    """What a pack changes of a rule below it, why, and on which audit dates: from `since` to `until`, both included.

    `basis` is what the office cites instead, such as its own standard of filling cards.
    """

    rule: str
    reason: Annotated[str, Declared(min_length=1)]
    since: date
    until: date | None = None
    switched_off: bool = False
    params: dict[str, int | float] = {}
    basis: Annotated[str, Declared(min_length=1)] | None = None

    def in_effect(self, as_of: date) -> bool:
        """Whether the change holds on that audit date."""
        return self.since <= as_of and (self.until is None or as_of <= self.until)

    @model_validator(mode="after")
    def _changes_something(self) -> "Change":
        if self.switched_off == bool(self.params or self.basis):
            raise ValueError("give either switched_off: true, or params, basis or both")
        if self.until is not None and self.until < self.since:
            raise Misplaced("until lies before since / until 早于 since", "until")
        return self


class ChangesFile(Declaration):
    """One YAML file of changes."""

    changes: tuple[Change, ...]


class AddedValue(Declaration):
    """A value an office adds to a dictionary, or further spellings of one that is there (then without `code`)."""

    label: str
    code: str = ""
    group: str = ""
    aliases: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""


class Addition(Declaration):
    """Values added to one dictionary."""

    dictionary: str
    values: tuple[AddedValue, ...]


class AdditionsFile(Declaration):
    """One YAML file of added dictionary values."""

    dictionary_values: tuple[Addition, ...]


class AddedItems(Declaration):
    """Items an office adds to a card, at the end of a section (its title; the last one if left out)."""

    card: str
    section: str = ""
    fields: Annotated[tuple[Field, ...], Declared(min_length=1)]


class ItemsFile(Declaration):
    """One YAML file of added items."""

    card_items: tuple[AddedItems, ...]


def with_items(card: Card, added: AddedItems) -> Card:
    """The card with further items. Raises ValueError for a section it has not or an item it has already."""
    titles = [section.title.zh for section in card.sections]
    english = {section.title.en: section.title.zh for section in card.sections}
    title = english.get(added.section, added.section) or titles[-1]
    if title not in titles:
        available = f"available / 可用: {', '.join(titles)}{nearest(title, titles)}"
        raise ValueError(f"no such section / 没有这个部分: {title}; {available}")
    for field in added.fields:
        if field.name in card.by_name:
            raise ValueError(f"the card has this item already / 案卡已有此项: {field.name}")
    sections = [
        section.model_copy(update={"fields": (*section.fields, *added.fields)})
        if section.title.zh == title
        else section
        for section in card.sections
    ]
    # Made anew and not copied, so that the card's own checks see the added items.
    return Card(**{**{name: getattr(card, name) for name in Card.model_fields}, "sections": tuple(sections)})


def with_added(dictionary: Dictionary, values: Iterable[AddedValue]) -> Dictionary:
    """The dictionary with further values and spellings. Raises ValueError for a new value without code."""
    by_label = {value.label: value for value in dictionary.values}
    for added in values:
        known_value = by_label.get(added.label)
        if known_value is None:
            if not added.code:
                raise ValueError(f"a new value needs a code / 新增值须有 code: {added.label}")
            by_label[added.label] = DictionaryValue(**added.model_dump())
        else:
            aliases = tuple(dict.fromkeys((*known_value.aliases, *added.aliases)))
            by_label[added.label] = known_value.model_copy(update={"aliases": aliases})
    return dictionary.model_copy(update={"values": tuple(by_label.values())})
