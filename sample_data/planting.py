"""Plants defects by rule: a plant names the rule it breaks, the course of matter it needs and the items it spoils.

The plants themselves are data in `plants`. A plant spoils one matter so that exactly its rule (and the companions it
names) is violated; what each rule says is not known here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Literal

from sample_data.matter import Matter, Planted, Row, Value, text

Change = Value | Callable[[Row], Value]
Reshape = Callable[[Matter], None]
Rows = Literal["first", "second", "last", "unit", "every"]
CASE_ITEM = {"hearing": "rel_bmsah"}
"""The item that names the case on a card without a case number of its own."""
COMMON = 5
"""Weight of a defect often met in practice; others weigh 1."""


@dataclass(frozen=True)
class Plant:
    """One way to violate one rule on one card.

    `wants` fixes parts of the scenario, or names under "side" the card of a matter outside the criminal cases and fixes
    parts of that. `reshape` adds, removes or changes rows of any card; then `changes` gives the new values (or how to
    make them from the row) of the rows of `card` that `rows` chooses. The findings are on the rows that `finding_rows`
    chooses, or else on the changed ones; `per_case` says that the rule makes one finding per case, without a suspect.
    `also` are further (rule, field) findings made like the planted one, `person_also` rules that make one per row.
    `near` makes it a near miss: why the changed matter is judged by the rule and still lawful; nothing may be found in it
    but the companions it names.
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
    near: str = ""
    reshape: tuple[Reshape, ...] = ()
    finding_rows: Rows | None = None

    @property
    def side(self) -> str:
        """The card of the matter it needs outside the criminal cases; blank for a criminal matter."""
        return str(self.wants.get("side", ""))

    @property
    def kind(self) -> tuple[str, str, bool]:
        """What must be planted once before anything is planted twice."""
        return self.rule_id, self.card, bool(self.near)


def spoil(plant: Plant, matter: Matter) -> list[Planted]:
    """Plant the defect into a clean matter; returns what the audit must find: of a near miss only its companions."""
    for reshape in plant.reshape:
        reshape(matter)
    for row in choose_rows(plant.rows, matter.rows(plant.card)):
        apply(plant.changes, row)
    companions = _companions(plant, matter)
    return companions if plant.near else [*own_findings(plant, matter), *companions]


def own_findings(plant: Plant, matter: Matter) -> list[Planted]:
    """The findings of the plant's own rule in its spoiled matter; of a near miss those that must not be made."""
    return _findings(plant, matter, ((plant.rule_id, plant.field),), plant.per_case)


def _companions(plant: Plant, matter: Matter) -> list[Planted]:
    by_row = tuple((rule, "") for rule in plant.person_also)
    return _findings(plant, matter, plant.also, plant.per_case) + _findings(plant, matter, by_row, per_case=False)


def _findings(plant: Plant, matter: Matter, names: Iterable[tuple[str, str]], per_case: bool) -> list[Planted]:
    rows = choose_rows(plant.finding_rows or plant.rows, matter.rows(plant.card))
    case = CASE_ITEM.get(plant.card, "bmsah")
    keys = [(text(row.get(case)), "" if per_case else text(row.get("suspect_no"))) for row in rows]
    keys = list(dict.fromkeys(keys)) if per_case else keys
    return [Planted(rule, plant.card, *key, name) for key in keys for rule, name in names]


def apply(changes: Mapping[str, Change], row: Row) -> None:
    """Give a row new values, each made from the row as it was."""
    before = dict(row)
    row.update({name: change(before) if callable(change) else change for name, change in changes.items()})


def choose_rows(choice: Rows, rows: Sequence[Row]) -> list[Row]:
    """The rows of a matter's card that are meant."""
    if choice == "every":
        return list(rows)
    if choice == "unit":
        return [row for row in rows if row.get("is_unit") == "是"][:1]
    return [rows[{"first": 0, "second": 1, "last": -1}[choice]]]


def choose_wants(plant: Plant, rng: Random) -> dict[str, Any]:
    """The plant's wishes with each list of possibilities (a tuple) narrowed to one."""
    return {name: rng.choice(value) if isinstance(value, tuple) else value for name, value in plant.wants.items()}


def kinds_of(plants: Iterable[Plant]) -> int:
    """How many kinds there are to plant: rule, card, defect or near miss."""
    return len({plant.kind for plant in plants})


def schedule(plants: Iterable[Plant], count: int, rng: Random) -> list[Plant]:
    """`count` plants: every kind once before any twice, a half of the rest by weight."""
    kinds: dict[tuple[str, str, bool], list[Plant]] = {}
    for plant in plants:
        kinds.setdefault(plant.kind, []).append(plant)
    groups = list(kinds.values())
    if count < len(groups):
        groups = rng.sample(groups, count)
    if not groups:
        return []
    rounds = max(count // 2 // len(groups), 1)
    drawn = [rng.choice(group) for _ in range(rounds) for group in groups]
    weights = [max(plant.weight for plant in group) for group in groups]
    by_weight = rng.choices(groups, weights, k=count - len(drawn)) if len(drawn) < count else []
    return drawn + [rng.choice(group) for group in by_weight]
