"""Plants defects by rule: a plant names the rule it breaks, the course of matter it needs and the items it spoils.

The plants themselves are data in `plants`. A plant spoils one case so that exactly its rule (and the companions it
names) is violated; what each rule says is not known here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from sample_data.matter import Matter, Planted, Row, Value, text

Change = Value | Callable[[Row], Value]
Rows = Literal["first", "last", "unit", "every"]
COMMON = 5
"""Weight of a defect often met in practice; others weigh 1."""


@dataclass(frozen=True)
class Plant:
    """One way to violate one rule on one card.

    `wants` fixes parts of the scenario, `changes` the new values (or how to make them from the clean row). `rows` says
    which rows of the case are spoiled; `per_case` that the rule makes one finding per case, without a suspect.
    `also` are further (rule, field) findings made like the planted one, `person_also` rules that make one per row.
    """

    rule_id: str
    card: str
    wants: Mapping[str, Any]
    changes: Mapping[str, Change]
    field: str = ""
    rows: Rows = "first"
    per_case: bool = False
    also: tuple[tuple[str, str], ...] = ()
    person_also: tuple[str, ...] = ()
    weight: int = 1


def spoil(plant: Plant, matter: Matter) -> list[Planted]:
    """Plant the defect into a clean matter; returns what the audit must find."""
    rows = matter.rows(plant.card)
    spoiled = _chosen(plant.rows, rows)
    for row in spoiled:
        before = dict(row)
        row.update({name: change(before) if callable(change) else change for name, change in plant.changes.items()})
    names = ((plant.rule_id, plant.field), *plant.also)
    by_row = tuple((rule, "") for rule in plant.person_also) if plant.per_case else names
    found = [
        Planted(rule, plant.card, text(row.get("bmsah")), text(row.get("suspect_no")), name)
        for row in spoiled
        for rule, name in by_row
    ]
    if plant.per_case:
        found += [Planted(rule, plant.card, text(rows[0].get("bmsah")), "", name) for rule, name in names]
    return found


def _chosen(which: Rows, rows: Sequence[Row]) -> list[Row]:
    if which == "every":
        return list(rows)
    if which == "unit":
        return [row for row in rows if row.get("is_unit") == "是"][:1]
    return [rows[0] if which == "first" else rows[-1]]


def choose_wants(plant: Plant, rng: Random) -> dict[str, Any]:
    """The plant's wishes with each list of possibilities (a tuple) narrowed to one."""
    return {name: rng.choice(value) if isinstance(value, tuple) else value for name, value in plant.wants.items()}


def schedule(plants: Iterable[Plant], count: int, rng: Random) -> list[Plant]:
    """`count` plants: every rule on every card once before any twice, a half of the rest by weight."""
    kinds: dict[tuple[str, str], list[Plant]] = {}
    for plant in plants:
        kinds.setdefault((plant.rule_id, plant.card), []).append(plant)
    groups = list(kinds.values())
    if count < len(groups):
        groups = rng.sample(groups, count)
    rounds = max(count // 2 // len(groups), 1) if groups else 0
    chosen = [rng.choice(group) for _ in range(rounds) for group in groups]
    weights = [max(plant.weight for plant in group) for group in groups]
    more = rng.choices(groups, weights, k=count - len(chosen)) if len(chosen) < count else []
    return chosen + [rng.choice(group) for group in more]
