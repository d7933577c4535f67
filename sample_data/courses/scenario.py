"""What happens in a matter, before any date or name is known: the charge, the persons, each stage's outcome.

A plant fixes some of these to get a matter its defect fits in; everything it leaves open is drawn. Combinations
that the law or practice excludes are ruled out here, once, for all.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from sample_data.courses.crimes import CONCEALING, CRIMES, Crime

FAST, SIMPLE, ORDINARY_TRIAL = "速裁程序", "简易程序", "普通程序"
FINAL = frozenset({"起诉", "绝对不起诉", "其他情节轻微不起诉", "刑事和解不起诉", "其他证据不足不起诉", "附条件不起诉"})
GENTLE = frozenset({"其他情节轻微不起诉", "刑事和解不起诉", "附条件不起诉"})
DAMAGING = frozenset({"污染环境罪", "非法捕捞水产品罪", "销售假冒注册商标的商品罪"})
OPEN, RETURNED = "在办", "退查在办"


@dataclass(frozen=True)
class Scenario:
    """The course of one matter. `arrest` and `outcome` are blank when there is no such case.

    Days back from the audit date: accepted at least `ago` and at most `recent` (0: free); `review_days` is the
    length of the last stretch of review, or the age of an open case or an open return, and `arrest_days` the length of
    the arrest review (0: lawful), `investigation_days` the time from there to the prosecution case. `heard` to `complained` say which cases on other cards hang on this one.
    """

    charge: str
    persons: int = 1
    minor: bool = False
    unit: bool = False
    arrest: str = ""
    request_measure: str = "拘留"
    custody: str = "bail"
    outcome: str = "起诉"
    returns: int = 0
    extended: bool = False
    plea: bool = True
    trial_plea_only: bool = False
    procedure: str = SIMPLE
    converted: bool = False
    advice: str = "fixed"
    accepted: bool = True
    adjusted: bool = False
    suspended: bool | None = None
    kind: str = ""
    repeat: bool = False
    remedy: str = ""
    remedy_done: bool = True
    until: str = "close"
    mixed: bool = False
    accessory: bool = False
    reclassified: bool = False
    other_factors: bool = False
    special: str = ""
    reconsidered: bool = False
    delayed: bool = False
    split: bool = False
    bail_change: bool = False
    bail_renewed: bool = False
    recent: int = 0
    ago: int = 0
    review_days: int = 0
    arrest_days: int = 0
    investigation_days: int = 0
    untried: bool = False
    penalty: bool | None = None
    heard: bool = False
    suggested: bool = False
    executed: str = ""
    incidental: bool = False
    complained: bool = False

    @property
    def crime(self) -> Crime:
        """The crime of the main charge."""
        return CRIMES[self.charge]


class Draw:
    """Draws the open parts of a scenario; what a plant fixed is kept."""

    def __init__(self, rng: Random, fixed: Mapping[str, Any]) -> None:
        self.rng = rng
        self.chosen: dict[str, Any] = dict(fixed)

    def among(self, name: str, options: Mapping[Any, float], possible: bool = True) -> Any:
        """One of the weighted options; the field's default when it is not possible."""
        if name not in self.chosen and possible:
            self.chosen[name] = self.rng.choices(list(options), list(options.values()))[0]
        return self.chosen.get(name, Scenario.__dataclass_fields__[name].default)

    def happens(self, name: str, share: float, possible: bool = True) -> bool:
        """Whether something happens, with that share of the cases."""
        return bool(self.among(name, {True: share, False: 1 - share} if possible else {False: 1}))


def draw_scenario(rng: Random, fixed: Mapping[str, Any]) -> Scenario:
    """A possible course of a matter with the fixed parts kept."""
    draw = Draw(rng, fixed)
    crime = CRIMES[draw.among("charge", _charge_weights(draw))]
    _draw_people(draw, crime)
    _draw_outcome(draw)
    _draw_arrest(draw, crime)
    _draw_review(draw)
    _draw_trial(draw, crime)
    _draw_linked(draw, crime)
    return Scenario(**draw.chosen)


def _charge_weights(draw: Draw) -> dict[str, float]:
    """Shares of the charges; without a prosecution case only what is sent for arrest by the police."""
    if draw.chosen.get("outcome", "起诉"):
        return {name: crime.weight for name, crime in CRIMES.items()}
    draw.chosen["unit"] = False
    return {name: crime.weight for name, crime in CRIMES.items() if crime.organ == "police" and crime.arrest >= 0.5}


def _draw_people(draw: Draw, crime: Crime) -> None:
    unit = draw.happens("unit", crime.units)
    minor = draw.happens("minor", crime.minors, not unit)
    several = crime.persons * (0.6 if minor else 1.4)
    if unit:
        draw.among("persons", {2: 0.8, 3: 0.2})
    draw.among(
        "persons", {1: 1 / (1 + several), 2: 0.6 * several, 3: 0.25 * several, 4: 0.1 * several, 6: 0.04 * several}
    )
    draw.happens("repeat", 0.07, not minor and not unit)


def _draw_outcome(draw: Draw) -> None:
    minor, unit = draw.chosen["minor"], draw.chosen["unit"]
    outcomes = {
        "起诉": 77.0,
        "其他情节轻微不起诉": 11,
        "其他证据不足不起诉": 2,
        "绝对不起诉": 0.7,
        "刑事和解不起诉": 0.8,
        OPEN: 4.5,
        RETURNED: 2.0,
        "退查后未重报": 0.6,
        "同意移送单位撤回": 0.7,
        "改变管辖": 0.5,
        "建议移送单位撤案": 0.2,
    }
    if minor:
        outcomes |= {"附条件不起诉": 30.0, "起诉": 45}
    outcome = draw.among("outcome", outcomes)
    draw.happens("mixed", 0.1, outcome == "起诉" and draw.chosen["persons"] > 1 and not unit)
    gentle = outcome in GENTLE or outcome in ("起诉", OPEN, RETURNED)
    draw.happens("plea", 0.86 if outcome == "起诉" else 1, gentle)
    if not gentle:
        draw.chosen["plea"] = False


def _draw_arrest(draw: Draw, crime: Crime) -> None:
    outcome = draw.chosen["outcome"]
    if not outcome:
        draw.among("arrest", {"批准逮捕": 42, "不批准逮捕": 38, OPEN: 12, "同意撤回": 5, "改变管辖": 3})
    possible = crime.organ in ("police", "procuratorate") and not draw.chosen["unit"]
    share = min(crime.arrest * 1.24 * (0.5 if draw.chosen["minor"] else 1) * (1 if outcome == "起诉" else 0.75), 1)
    refused = share * 0.3
    approved = "决定逮捕" if crime.organ == "procuratorate" else "批准逮捕"
    denied = "不予决定逮捕" if crime.organ == "procuratorate" else "不批准逮捕"
    arrest = draw.among("arrest", {"": max(1 - share, 0), approved: share - refused, denied: refused}, possible)
    draw.among("request_measure", {"拘留": 0.93, "取保候审": 0.07}, bool(arrest))
    if crime.organ == "supervision":
        draw.among("custody", {"retention": 0.75, "bail": 0.25})
    draw.among("custody", {"bail": 0.6, "detained": 0.28, "none": 0.09, "residence": 0.03}, not arrest)
    several = draw.chosen["persons"] > 1 and not draw.chosen.get("mixed")
    special = {"": 0.95, "missed": 0.02, "added": 0.02, "supervised": 0.01}
    draw.among("special", special, several and outcome == "起诉" and arrest == "批准逮捕")
    draw.happens("split", 0.15, several and arrest == "批准逮捕" and not draw.chosen.get("special"))
    draw.happens("reconsidered", 0.06, arrest == "不批准逮捕")
    draw.happens("bail_change", 0.12, arrest in ("批准逮捕", "决定逮捕") and outcome in FINAL)
    draw.happens("bail_renewed", 0.3, not arrest and outcome in FINAL)


def _draw_review(draw: Draw) -> None:
    outcome = draw.chosen["outcome"]
    single = draw.chosen["persons"] == 1 and not draw.chosen["minor"] and not draw.chosen["unit"]
    gravest = CRIMES[draw.chosen["charge"]].months[1]
    procedures = {FAST: 0.0, SIMPLE: 0.45, ORDINARY_TRIAL: 0.55}
    if (
        draw.chosen.get("plea")
        and single
        and gravest <= 40
        and not draw.chosen.get("returns")
        and not draw.chosen.get("extended")
    ):
        procedures = {FAST: 0.6, SIMPLE: 0.3, ORDINARY_TRIAL: 0.1}
    procedure = draw.among("procedure", procedures)
    quick = outcome == "起诉" and procedure == FAST
    draw.happens("converted", 0.04, quick)
    if outcome in (RETURNED, "退查后未重报"):
        draw.among("returns", {1: 0.7, 2: 0.3})
    again = {0: 0.9, 1: 0.1} if outcome == OPEN else {0: 0.85, 1: 0.11, 2: 0.04}
    returns = draw.among("returns", again, not quick and draw.chosen.get("custody") != "residence")
    extendable = outcome not in (RETURNED, "退查后未重报") and not (outcome == OPEN and returns)
    draw.happens("extended", 0.18, not quick and extendable)


def _draw_trial(draw: Draw, crime: Crime) -> None:
    charged, plea = draw.chosen["outcome"] == "起诉", draw.chosen["plea"]
    draw.happens("trial_plea_only", 0.15, charged and not plea)
    draw.among("advice", {"fixed": 0.8, "range": 0.2} if plea else {"none": 0.75, "fixed": 0.25}, charged)
    advised = charged and draw.chosen.get("advice") != "none"
    accepted = draw.happens("accepted", 0.94, advised)
    draw.happens("adjusted", 0.04, advised and accepted)
    quick = draw.chosen.get("procedure") == FAST
    draw.among("remedy", {"": 0.93, "appeal": 0.06, "protest": 0.01}, charged and not quick)
    draw.happens("delayed", 0.02, charged and not quick)
    concealing = crime.accessory == CONCEALING and draw.chosen["persons"] > 1
    draw.happens("accessory", 0.3, concealing and not draw.chosen["minor"])
    changeable = bool(crime.reclassified) and draw.chosen["outcome"] in FINAL and not draw.chosen.get("accessory")
    draw.happens("reclassified", 0.06, changeable)
    draw.happens("other_factors", 0.05, charged)


def _draw_linked(draw: Draw, crime: Crime) -> None:
    """Which other cards speak of this matter."""
    outcome = draw.chosen["outcome"]
    refused = not outcome and draw.chosen.get("arrest") == "不批准逮捕"
    draw.happens("heard", 0.13 if outcome in GENTLE else 0.06, outcome in GENTLE or refused)
    draw.happens("suggested", 0.022, outcome in FINAL)
    arrested = draw.chosen.get("arrest") in ("批准逮捕", "决定逮捕") and outcome in FINAL
    kinds = {"": 0.88, "sentence": 0.11, "custody": 0.01 if arrested else 0}
    draw.among("executed", kinds, outcome == "起诉")
    draw.happens("incidental", 0.5, crime.charge in DAMAGING and outcome == "起诉")
    draw.happens("complained", 0.12, outcome in GENTLE and not draw.chosen["minor"])
