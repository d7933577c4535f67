"""Near misses of cases and their persons: sets in another order, `、` inside a charge, the exact number of persons.

A near miss is judged by its rule and is lawful.
"""

from sample_data.courses.scenario import ORDINARY_TRIAL
from sample_data.planting import Plant
from sample_data.plants.defects.persons import UNPLEADED, as_juvenile, two
from sample_data.plants.wants import (
    arrest_alone,
    arrested,
    contested,
    dropped,
    edited,
    no_arrest,
    same_as,
    shifted,
    tried,
    under_review,
    untried,
)

_CONCEALER = {"charge": "盗窃罪", "accessory": True}
_UNNUMBERED = edited("case_name", lambda name: name.replace("等2人", ""))
_OTHER_CHARGES = ("transfer_other_charges", "ps_other_charges", "p_close_other", "close_other_charges", "j_other")
_YOUNG_VICTIM = "自然人,未成年人"

CASE_NAMES = [
    Plant(
        "V028", card, two(wants), {"case_name": _UNNUMBERED}, rows="every", per_case=True, near="a name without 等N人"
    )
    for card, wants in (("prosecution", tried()), ("arrest", arrest_alone()))
]

CHARGES = [
    Plant(
        "X001",
        "arrest",
        two(arrest_alone(**_CONCEALER)),
        {},
        rows="last",
        near="the second charge of the case holds 、 and is one charge",
    ),
    Plant(
        "X002",
        "arrest",
        arrest_alone(charge="盗窃罪"),
        {"transfer_other_charges": "诈骗罪", "a_charge": "诈骗罪", "a_other": "盗窃罪"},
        per_case=True,
        near="the same two charges in another order",
    ),
    Plant(
        "X003",
        "arrest",
        two(arrest_alone(**_CONCEALER)),
        {"transfer_charge": same_as("transfer_other_charges"), "transfer_other_charges": same_as("transfer_charge")},
        rows="every",
        per_case=True,
        near="each of the two suspects covers one charge of the case",
    ),
    Plant(
        "X004",
        "prosecution",
        two(no_arrest(tried(**_CONCEALER))),
        {},
        rows="last",
        near="the second charge of the case holds 、 and is one charge",
    ),
    Plant(
        "X005",
        "prosecution",
        no_arrest(tried(charge="盗窃罪")),
        {
            "transfer_other_charges": "诈骗罪",
            "ps_charge": "诈骗罪",
            "ps_other_charges": "盗窃罪",
            "change_transfer": "改变定性",
        },
        per_case=True,
        near="the same two charges in another order",
    ),
    Plant(
        "X006",
        "prosecution",
        two(no_arrest(tried(**_CONCEALER))),
        {"transfer_charge": same_as("transfer_other_charges"), "transfer_other_charges": same_as("transfer_charge")},
        rows="every",
        per_case=True,
        near="each of the two suspects covers one charge of the case",
    ),
]

RESULTS = [
    Plant("X007", "arrest", two(arrested(split=True)), {}, per_case=True, near="one of two suspects was arrested"),
    Plant(
        "X008",
        "prosecution",
        two(tried(procedure=ORDINARY_TRIAL)),
        UNPLEADED,
        rows="last",
        per_case=True,
        near="one of two suspects pleads guilty",
    ),
    Plant(
        "X017",
        "prosecution",
        two(no_arrest(dropped("绝对不起诉"))),
        {"p_close_date": shifted("p_close_date", -1), "nonpros_date": shifted("nonpros_date", -1)},
        rows="last",
        per_case=True,
        near="the case closes with the last of its suspects, the other was closed a day before",
    ),
    Plant("X018", "prosecution", two(no_arrest(tried(mixed=True))), {}, per_case=True, near="one of two was indicted"),
    Plant(
        "C052",
        "prosecution",
        two(no_arrest(tried(mixed=True))),
        {},
        per_case=True,
        near="the judgment of the one suspect who was indicted is the judgment of the case",
    ),
    Plant(
        "X016",
        "prosecution",
        tried(persons=3),
        {"joint_count": 4, "fugitive_count": 1, "fugitive_names": "绰号“示例阿丙”"},
        rows="every",
        per_case=True,
        near="three rows and one fugitive make exactly four",
    ),
]

KINDS = [
    *[
        Plant(
            "L042",
            card,
            wants | {"charge": "故意伤害罪"},
            {"bmsah": as_juvenile, "case_type": f"{case_type}（未检）", "victim_info": _YOUNG_VICTIM},
            per_case=True,
            near="an adult suspect of a crime against a minor",
        )
        for card, wants, case_type in (
            ("prosecution", no_arrest(tried()), "一审公诉案件"),
            ("arrest", arrest_alone(), "审查逮捕案件"),
        )
    ],
    *[
        Plant("L043", card, wants | {"minor": True, "charge": "盗窃罪"}, {}, per_case=True, near="handled as juvenile")
        for card, wants in (("prosecution", no_arrest(tried())), ("arrest", arrest_alone()))
    ],
    Plant(
        "L033",
        "prosecution",
        no_arrest(tried(charge="交通肇事罪")),
        dict.fromkeys(_OTHER_CHARGES, "危险驾驶罪"),
        per_case=True,
        near="two traffic charges, marked 否",
    ),
    Plant("L033", "arrest", arrested(charge="交通肇事罪"), {}, per_case=True, near="a traffic case marked 否"),
    *[
        Plant("L038", card, wants, {"casualty": "轻伤"}, per_case=True, near="a robbery can injure")
        for card, wants in (
            ("prosecution", tried(charge="抢劫罪")),
            ("arrest", arrest_alone(charge="抢劫罪")),
        )
    ],
    Plant("L017", "prosecution", contested(), {}, near="a single suspect who does not plead guilty"),
]

_ACQUITTED = {"j_kind": "无罪", "j_term": None, "j_fine": None, "j_addl": None}
_CONTESTED = no_arrest(contested(charge="开设赌场罪", kind="有期徒刑"))
REMINDED = [
    Plant(
        "L039",
        "prosecution",
        _CONTESTED,
        {
            **_ACQUITTED,
            "withdraw_date": shifted("p_close_date", 3),
            "withdraw_done_date": shifted("p_close_date", 6),
        },
        per_case=True,
        person_also=("P012",),
        near="the court did not convict",
    ),
    Plant(
        "L040", "prosecution", _CONTESTED, _ACQUITTED, also=(("P012", ""),), near="acquitted without any term or fine"
    ),
    Plant(
        "T015",
        "prosecution",
        untried(),
        {"withdraw_date": shifted("p_close_date", 10), "withdraw_done_date": shifted("p_close_date", 40)},
        per_case=True,
        person_also=("P012",),
        near="withdrawn on the thirtieth day",
    ),
]
"""Near misses that only the reminder of an acquittal or a withdrawal speaks of."""

_CASE_ITEMS = ("case_name", "case_type", "unit_code", "dept_name", "prosecutor", "accept_date", "transfer_charge")
DIFFERING = [
    *[
        Plant("X039", card, two(wants), {}, name, per_case=True, near="both rows tell the same")
        for card, wants in (("prosecution", no_arrest(tried())), ("arrest", arrest_alone()))
        for name in (*_CASE_ITEMS, "close_date", "close_result")
    ],
    *[
        Plant("X039", "prosecution", two(under_review()), {}, name, per_case=True, near="blank on both rows alike")
        for name in ("close_date", "close_result")
    ],
]

NEAR_PERSONS: tuple[Plant, ...] = (*CASE_NAMES, *CHARGES, *RESULTS, *KINDS, *REMINDED, *DIFFERING)
