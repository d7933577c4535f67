"""Courses of matters that plants ask for again and again, and small ways to make a wrong value from a right one.

A tuple lists possibilities; one of them is drawn. Whatever could make a second rule fire is switched off.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sample_data.courses.scenario import FAST, OPEN, SIMPLE
from sample_data.matter import Row, Value

ANY_CHARGE = ("盗窃罪", "诈骗罪", "开设赌场罪", "袭警罪", "帮助信息网络犯罪活动罪", "寻衅滋事罪")
VICTIM_CHARGE = ("盗窃罪", "诈骗罪", "故意伤害罪", "敲诈勒索罪")
PROPERTY_CHARGE = ("盗窃罪", "诈骗罪", "职务侵占罪")
CASUALTY_CHARGE = ("故意伤害罪", "交通肇事罪")

PLAIN: dict[str, Any] = {
    "charge": ANY_CHARGE,
    "persons": 1,
    "minor": False,
    "unit": False,
    "repeat": False,
    "reclassified": False,
    "accessory": False,
    "other_factors": False,
    "adjusted": False,
    "converted": False,
    "remedy": "",
    "delayed": False,
    "mixed": False,
    "split": False,
    "reconsidered": False,
    "bail_change": False,
    "bail_renewed": False,
    "special": "",
    "returns": 0,
    "extended": False,
    "heard": False,
    "suggested": False,
    "executed": "",
    "incidental": False,
    "complained": False,
}


def tried(**wishes: Any) -> dict[str, Any]:
    """A finished case of one suspect who pleaded guilty and was sentenced as recommended."""
    course = {
        "outcome": "起诉",
        "until": "finish",
        "plea": True,
        "procedure": SIMPLE,
        "advice": "fixed",
        "accepted": True,
    }
    return PLAIN | course | wishes


def contested(**wishes: Any) -> dict[str, Any]:
    """A finished case of one suspect who did not plead guilty; no recommendation was made."""
    return tried(plea=False, advice="none", trial_plea_only=False, suspended=False, **wishes)


def fast(**wishes: Any) -> dict[str, Any]:
    """A finished fast-track case."""
    return tried(charge=("危险驾驶罪", "盗窃罪"), procedure=FAST, custody="bail", arrest="", **wishes)


def imprisoned(**wishes: Any) -> dict[str, Any]:
    """A finished case that ended in unsuspended imprisonment as recommended."""
    return tried(**{"charge": "盗窃罪", "kind": "有期徒刑", "suspended": False, **wishes})


def untried(**wishes: Any) -> dict[str, Any]:
    """An indicted case still without judgment, accepted four months ago or earlier."""
    return PLAIN | {"outcome": "起诉", "plea": True, "untried": True, "arrest": "", "ago": 150, "recent": 330} | wishes


def dropped(outcome: str | tuple[str, ...] = "其他情节轻微不起诉", **wishes: Any) -> dict[str, Any]:
    """A case of one suspect who was not prosecuted."""
    return PLAIN | {"outcome": outcome, "until": "finish"} | wishes


def conditional(**wishes: Any) -> dict[str, Any]:
    """A conditional non-prosecution of a minor."""
    return dropped("附条件不起诉", **({"charge": ("盗窃罪", "故意伤害罪"), "minor": True} | wishes))


def under_review(**wishes: Any) -> dict[str, Any]:
    """A prosecution case still open."""
    return PLAIN | {"outcome": OPEN} | wishes


def unit_case(**wishes: Any) -> dict[str, Any]:
    """A finished case against a unit and its manager."""
    charges = ("拒不支付劳动报酬罪", "污染环境罪", "非法经营罪")
    return tried(charge=charges, unit=True, persons=2, custody="bail", arrest="", **wishes)


def arrested(**wishes: Any) -> dict[str, Any]:
    """An approved arrest whose case was later tried."""
    return tried(**({"arrest": "批准逮捕", "request_measure": "拘留"} | wishes))


def refused(**wishes: Any) -> dict[str, Any]:
    """A refused arrest of a detained suspect whose case was later tried."""
    return tried(**({"arrest": "不批准逮捕", "request_measure": "拘留"} | wishes))


def arrest_alone(arrest: Any = ("批准逮捕", "不批准逮捕"), **wishes: Any) -> dict[str, Any]:
    """An arrest case not yet followed by a prosecution case."""
    charges = ("盗窃罪", "诈骗罪", "故意伤害罪", "开设赌场罪")
    return PLAIN | {"charge": charges, "outcome": "", "arrest": arrest, "request_measure": "拘留"} | wishes


def no_arrest(wants: dict[str, Any], custody: str = "bail") -> dict[str, Any]:
    """The same course without an arrest case, so that no other card has to agree."""
    return wants | {"arrest": "", "custody": custody}


def day_of(row: Row, name: str) -> date:
    """A date item of a clean row."""
    day = row[name]
    assert isinstance(day, date), f"{name} is {day!r}"
    return day


def number_of(row: Row, name: str) -> float:
    """A number of a clean row."""
    number = row[name]
    assert isinstance(number, int | float), f"{name} is {number!r}"
    return number


def shifted(name: str, days: int) -> Callable[[Row], Value]:
    """The date `name` of the clean row, moved by so many days."""
    return lambda row: day_of(row, name) + timedelta(days=days)


def same_as(name: str) -> Callable[[Row], Value]:
    """The value of another item of the clean row."""
    return lambda row: row[name]


def raised(name: str, by: float) -> Callable[[Row], Value]:
    """The number `name` of the clean row, raised."""
    return lambda row: number_of(row, name) + by


def edited(name: str, edit: Callable[[str], str]) -> Callable[[Row], Value]:
    """The text `name` of the clean row, edited."""
    return lambda row: edit(str(row[name]))
