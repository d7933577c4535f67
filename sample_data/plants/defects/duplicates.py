"""Plants of what is there twice: a case, a person in a case, a measure, a suggestion, a petition, two open cases."""

from collections.abc import Mapping
from typing import Any

from sample_data.matter import Matter, Row
from sample_data.planting import COMMON, Change, Plant, Reshape
from sample_data.plants.defects.persons import two
from sample_data.plants.reshaping import (
    OTHER_BMSAH,
    OTHER_CASE,
    OTHER_PERSON,
    copied,
    derived,
    moved,
    other_tysah,
    sibling,
    value,
)
from sample_data.plants.wants import arrest_alone, edited, imprisoned, no_arrest, tried, under_review

ALONE: Mapping[str, Mapping[str, Any]] = {"prosecution": no_arrest(tried()), "arrest": arrest_alone()}
OPEN_CASE = no_arrest(under_review(), "none")
APPEALED = imprisoned(remedy="appeal", until="effective", ago=200)
SUGGESTED = no_arrest(tried(suggested=True, ago=200))
PETITION = {"side": "petition", "claim": "控告", "ago": tuple(range(100, 300)), "heard": False}
SIDE: Mapping[str, Mapping[str, Any]] = {
    "pil": {"side": "pil", "kind": "行政公益诉讼", "course": "answered"},
    "civil": {"side": "civil", "open": False},
    "admin": {"side": "admin", "open": False},
    "petition": PETITION,
    "execution": {"side": "execution", "ago": tuple(range(120, 300))},
    "suggestion": SUGGESTED,
    "supervision": {"side": "supervision", "kind": "应当立案而不立案", "ago": tuple(range(90, 300))},
}
"""A matter with exactly one row on each of these cards."""
BY_PERSON = ("execution", "supervision")
"""Those of them that have one row per person."""
_UPPER: Mapping[str, Change] = {
    "unit_code": "770100",
    "unit_name": "汉东市人民检察院",
    "bmsah": edited("bmsah", lambda number: number.replace("]770101", "]770100")),
}


def born_alike(card: str, *names: str) -> Reshape:
    """The last person of a case gets items of the first, beside birth date, sex and age."""
    shared = ("birth_date", "sex", "age_at_crime", *names)
    return derived(card, lambda m: {name: value(m, card, name) for name in shared}, "last")


def sibling_number(card: str) -> Reshape:
    """The last person of a case gets an identity number of the first one's birth date and sex."""
    return derived(card, lambda m: {"id_no": sibling(str(value(m, card, "id_no")))}, "last")


def earlier(days: int) -> Reshape:
    """The same petition once before."""

    def reshape(matter: Matter) -> None:
        row: Row = moved(matter.rows("petition")[-1], -days)
        matter.rows("petition").append(row)

    return reshape


PERSONS = [
    *[
        Plant("U001", card, two(wants), {"tysah": edited("tysah", other_tysah)}, rows="last", per_case=True)
        for card, wants in ALONE.items()
    ],
    *[
        Plant(
            "U002", card, wants, {}, finding_rows="every", reshape=(copied(card, {"note": "重复录入"}),), weight=COMMON
        )
        for card, wants in ALONE.items()
    ],
    *[
        Plant("U003", card, two(wants), {}, finding_rows="every", reshape=(born_alike(card, "id_no"),), weight=2)
        for card, wants in ALONE.items()
    ],
    *[
        Plant(
            "U004", card, two(wants), {}, finding_rows="every", reshape=(born_alike(card, "name"), sibling_number(card))
        )
        for card, wants in ALONE.items()
    ],
]

CASES = [
    Plant(
        "X014",
        "prosecution",
        no_arrest(tried()),
        {},
        finding_rows="last",
        reshape=(copied("prosecution", OTHER_CASE),),
        weight=COMMON,
    ),
    Plant(
        "X024",
        "second_instance",
        APPEALED,
        {},
        finding_rows="every",
        reshape=(copied("second_instance", _UPPER),),
    ),
    Plant(
        "X025",
        "prosecution",
        OPEN_CASE,
        {},
        finding_rows="every",
        reshape=(copied("prosecution", {**OTHER_CASE, "tysah": lambda row: row["tysah"], "from_other_unit": "是"}),),
    ),
    Plant(
        "X035",
        "prosecution",
        OPEN_CASE,
        {},
        finding_rows="every",
        reshape=(copied("prosecution", {**OTHER_CASE, "suspect_no": OTHER_PERSON["suspect_no"]}),),
        weight=COMMON,
    ),
    Plant(
        "U005",
        "prosecution",
        no_arrest(tried()),
        {"from_other_unit": "否"},
        finding_rows="every",
        per_case=True,
        reshape=(
            copied("prosecution", {**OTHER_CASE, **OTHER_PERSON, "opinion_doc_no": lambda row: row["opinion_doc_no"]}),
        ),
        weight=COMMON,
    ),
]

RECORDS = [
    Plant(
        "U007",
        "measure",
        no_arrest(tried()),
        {},
        finding_rows="every",
        reshape=(copied("measure", {"measure_no": "2"}),),
        weight=COMMON,
    ),
    Plant(
        "U008",
        "suggestion",
        SUGGESTED,
        {},
        finding_rows="every",
        reshape=(copied("suggestion", {**OTHER_BMSAH, "tysah": edited("tysah", other_tysah)}),),
    ),
    Plant("U009", "petition", PETITION, {"first_or_repeat": "首次"}, reshape=(earlier(60),), weight=2),
    *[
        Plant(
            "U011" if card in BY_PERSON else "U010",
            card,
            wants,
            {},
            finding_rows="every",
            reshape=(copied(card, {"prosecutor": "示检另一"}),),
        )
        for card, wants in SIDE.items()
    ],
]

PLANTS = [*PERSONS, *CASES, *RECORDS]
