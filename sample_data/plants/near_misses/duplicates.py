"""Near misses of duplicates: twins, namesakes, a case handed over, a petition of more than a year ago.

A near miss is judged by its rule and is lawful.
"""

from sample_data.courses.scenario import OPEN
from sample_data.planting import Plant, Reshape
from sample_data.plants.defects.duplicates import (
    ALONE,
    APPEALED,
    BY_PERSON,
    OPEN_CASE,
    PETITION,
    SIDE,
    SUGGESTED,
    born_alike,
    earlier,
    sibling_number,
)
from sample_data.plants.defects.persons import two
from sample_data.plants.reshaping import (
    OTHER_BMSAH,
    OTHER_CASE,
    OTHER_PERSON,
    copied,
    derived,
    other_tysah,
    value,
)
from sample_data.plants.wants import arrest_alone, edited, no_arrest, tried


def _named_alike(card: str) -> Reshape:
    return derived(card, lambda m: {"name": value(m, card, "name")}, "last")


PERSONS = [
    *[
        Plant("U001", card, two(wants), {"tysah": None}, rows="last", per_case=True, near="one number, the other blank")
        for card, wants in (("prosecution", OPEN_CASE), ("arrest", arrest_alone(OPEN)))
    ],
    *[
        Plant("U002", card, two(wants), {}, rows="last", near="two persons, two numbers")
        for card, wants in ALONE.items()
    ],
    *[
        Plant(
            "U003",
            card,
            two(wants),
            {},
            rows="last",
            reshape=(born_alike(card), sibling_number(card)),
            near="twins: the numbers differ in the serial and the check digit",
        )
        for card, wants in ALONE.items()
    ],
    *[
        Plant(
            "U004",
            card,
            two(wants),
            {},
            rows="last",
            reshape=(_named_alike(card),),
            near="the same name, but not the same birth date",
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
        reshape=(copied("prosecution", {**OTHER_CASE, "from_other_unit": "是"}),),
        near="the second case came from another office and says so",
    ),
    Plant(
        "X024",
        "second_instance",
        APPEALED,
        {},
        reshape=(
            copied(
                "second_instance",
                {
                    "case_type": "二审抗诉案件",
                    "bmsah": edited(
                        "bmsah", lambda number: number.replace("刑上受", "刑抗受").replace("]770101", "]770100")
                    ),
                    "unit_code": "770100",
                },
            ),
        ),
        near="an appeal here, a protest there",
    ),
    Plant(
        "X025",
        "prosecution",
        OPEN_CASE,
        {},
        reshape=(copied("prosecution", {**OTHER_CASE, "from_other_unit": "是"}),),
        near="the other open case belongs to another matter",
    ),
    Plant(
        "X035",
        "prosecution",
        OPEN_CASE,
        {},
        reshape=(copied("prosecution", {**OTHER_CASE, "from_other_unit": "是"}),),
        near="the other open case bears the same suspect number",
    ),
    Plant(
        "U005",
        "prosecution",
        no_arrest(tried()),
        {"from_other_unit": "否"},
        per_case=True,
        reshape=(
            copied(
                "prosecution",
                {
                    **OTHER_CASE,
                    **OTHER_PERSON,
                    "opinion_doc_no": lambda row: row["opinion_doc_no"],
                    "from_other_unit": "是",
                },
            ),
        ),
        near="the second case was handed over by another office",
    ),
]

RECORDS = [
    Plant("U007", "measure", no_arrest(tried(bail_renewed=True)), {}, near="bail decided anew on another day"),
    Plant(
        "U008",
        "suggestion",
        SUGGESTED,
        {},
        reshape=(
            copied(
                "suggestion",
                {
                    **OTHER_BMSAH,
                    "tysah": edited("tysah", other_tysah),
                    "title": edited("title", lambda title: title.replace("加强", "进一步加强")),
                },
            ),
        ),
        near="the same addressee and day, but another subject",
    ),
    Plant(
        "U009",
        "petition",
        PETITION,
        {"first_or_repeat": "首次"},
        reshape=(earlier(400),),
        near="the petition before lies more than a year back",
    ),
    *[
        Plant(
            "U010",
            card,
            wants,
            {},
            reshape=(copied(card, {**OTHER_BMSAH, **({"title": "另一份检察建议"} if card == "suggestion" else {})}),),
            near="a like case with a number of its own",
        )
        for card, wants in SIDE.items()
        if card not in BY_PERSON
    ],
    *[
        Plant(
            "U011",
            card,
            SIDE[card],
            {},
            reshape=(copied(card, {"suspect_no": "7701990001"}),),
            near="two persons of one case",
        )
        for card in BY_PERSON
    ],
]

NEAR_DUPLICATES: tuple[Plant, ...] = (*PERSONS, *CASES, *RECORDS)
