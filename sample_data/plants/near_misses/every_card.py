"""Near misses of the rules that hold on every main card: other lawful spellings, the first day, nought, one day only.

A near miss is judged by its rule and is lawful.
"""

from collections.abc import Mapping
from datetime import date

from sample_data.matter import Matter, Row, Value
from sample_data.planting import Plant, Reshape
from sample_data.plants.defects.every_card import ACCEPTED, CARDS, DATE_ITEMS, FILED, NUMBER_ITEMS, NUMBERED
from sample_data.plants.reshaping import moved, other_number
from sample_data.plants.wants import day_of, edited, same_as


def _new_year(row: Row) -> date:
    """The first day of the year of acceptance."""
    return day_of(row, "accept_date").replace(month=1, day=1)


def _to_new_year(card: str) -> Reshape:
    """The whole row moved back so that it is accepted on the first of January."""

    def reshape(matter: Matter) -> None:
        row = matter.rows(card)[0]
        row.update(moved(row, (_new_year(row) - day_of(row, "accept_date")).days))

    return reshape


def _of_sister_class(number: str) -> str:
    """The number under the other class word of its case type, if there is one, and used nowhere else."""
    sister = number.replace("执违受", "执受")
    return number if sister == number else other_number(sister)


FIRST_DAY = date(1979, 7, 1)
_FIVE_DIGITS = edited("bmsah", lambda number: number[:-7] + number[-6:])
_SPELLINGS: Mapping[str, Mapping[str, Value]] = {
    "second_instance": {"s_addl": "罚金；剥夺政治权利"},
    "pil": {"clue_source": "12345", "urgent": "N"},
    "civil": {"ground": "有新的证据足以推翻原裁判；适用法律确有错误"},
    "admin": {"resolve_mode": "释法说理、促成和解"},
    "petition": {"hearing": "0"},
    "execution": {"charge": "掩饰、隐瞒犯罪所得、犯罪所得收益罪（原窝藏赃物罪）"},
    "suggestion": {"serve_mode": "电子送达"},
    "hearing": {"live": "false"},
    "supervision": {"accepted": "√"},
    "juvenile": {"legal_aid": "true"},
}

NUMBERS = [
    *[
        Plant("V001", card, CARDS[card], {"bmsah": _FIVE_DIGITS}, near="five digits instead of six")
        for card in NUMBERED
    ],
    *[
        Plant("V002", card, CARDS[card], {}, reshape=(_to_new_year(card),), near="accepted on the first of January")
        for card in ACCEPTED
        if card != "second_instance"
    ],
    Plant(
        "V002", "second_instance", CARDS["second_instance"], {"accept_date": _new_year}, near="on the first of January"
    ),
    *[
        Plant("V003", card, CARDS[card], {"bmsah": _FIVE_DIGITS}, near="the office before five digits")
        for card in FILED
    ],
    *[
        Plant(
            "V004", card, CARDS[card], {"tysah": edited("tysah", lambda n: n[:15] + "99")}, near="any seventeen digits"
        )
        for card in FILED
    ],
    *[
        Plant(
            "V005",
            card,
            CARDS[card],
            {"bmsah": edited("bmsah", _of_sister_class)},
            near="a class word of this case type",
        )
        for card in FILED
    ],
    *[
        Plant("L001", card, CARDS[card], {"close_date": same_as("accept_date")}, near="closed on the day of acceptance")
        for card in ACCEPTED
    ],
]

VALUES = [
    *[
        Plant(
            "V012", card, CARDS[card], {name: value}, name, near="an alias, another sign between items, a former name"
        )
        for card, items in _SPELLINGS.items()
        for name, value in items.items()
    ],
    *[
        Plant(
            "V015", card, CARDS[card], {} if card == "hearing" else {name: FIRST_DAY}, name, near="the first lawful day"
        )
        for card, name in DATE_ITEMS.items()
    ],
    *[
        Plant("V018", card, CARDS[card], {name: "16岁" if card == "juvenile" else 0}, name, near="nought, or a unit")
        for card, name in NUMBER_ITEMS.items()
    ],
]

NEAR_EVERY_CARD: tuple[Plant, ...] = (*NUMBERS, *VALUES)
