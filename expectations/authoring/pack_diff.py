"""What differs between two catalogues, thing by thing, in the words of their YAML."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.packs import Change

What = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class Difference:
    """One thing that is in only one of two catalogues, or whose `keys` are not the same in both."""

    kind: str
    name: str
    what: What
    keys: tuple[tuple[str, str, str], ...] = ()


def differences(before: Catalogue, after: Catalogue) -> tuple[Difference, ...]:
    """Every difference from `before` to `after`: cards, items, dictionaries, values, groups, days, warnings, rules, changes."""
    left, right = _declarations(before), _declarations(after)
    return tuple(difference for kind in left for difference in _compared(kind, left[kind], right[kind]))


def _declarations(catalogue: Catalogue) -> dict[str, dict[str, Mapping[str, Any]]]:
    """Everything a catalogue declares, by kind and name."""
    dictionaries = catalogue.dictionaries.values()
    return {
        "card": {name: card.model_dump(mode="json", exclude={"sections"}) for name, card in catalogue.cards.items()},
        "item": {
            f"{card.name}.{field.name}": field.model_dump(mode="json")
            for card in catalogue.cards.values()
            for field in card.fields
        },
        "value": {f"{d.name}.{v.label}": v.model_dump(mode="json") for d in dictionaries for v in d.values},
        "group": {name: {"charges": sorted(charges)} for name, charges in catalogue.charge_groups.items()},
        "working days": {"named calendar": {"calendar": catalogue.named_calendar}},
        "calendar": {str(year.year): year.model_dump(mode="json") for year in catalogue.calendar},
        "warnings": {
            "default": catalogue.warnings.default.model_dump(),
            **{name: days.model_dump() for name, days in catalogue.warnings.departments.items()},
        },
        "rule": {
            id_: rule.model_dump(mode="json") | {"theme": catalogue.themes[id_]}
            for id_, rule in catalogue.rules.items()
        },
        "change": {
            f"{rule_id} {change.since} {_changed(change)}": change.model_dump(mode="json")
            for rule_id, changes in catalogue.changes.items()
            for change in changes
        },
    }


def _changed(change: Change) -> str:
    changed_keys = {"off": change.switched_off, "params": change.params, "basis": change.basis}
    return "+".join(name for name, value in changed_keys.items() if value)


def _compared(
    kind: str, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Iterator[Difference]:
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            yield Difference(kind, name, "removed")
        elif name not in before:
            yield Difference(kind, name, "added")
        elif before[name] != after[name]:
            yield Difference(kind, name, "changed", tuple(_changed_keys(before[name], after[name])))


def _changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield key, _text(before.get(key)), _text(after.get(key))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
