"""Registers the cases outside the two criminal stages: case and unified number, title, department and prosecutor.

Each kind of case has its own class word in the number; what happens in the case is written by the card modules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sample_data.matter import Row
from sample_data.numbering import Numbering, case_number
from sample_data.office import DESKS, unit_items

CIVIL_ROOM, PIL_ROOM, PETITION_ROOM, EXECUTION_ROOM = range(8, 12)
ORDINARY_ROOM = 0


@dataclass(frozen=True)
class Docket:
    """A kind of case: its class word, its case type and the department that handles it."""

    word: str
    case_type: str
    room: int


APPEAL = Docket("刑上", "二审上诉案件", ORDINARY_ROOM)
PROTEST = Docket("刑抗", "二审抗诉案件", ORDINARY_ROOM)
PIL_ADMIN = Docket("行公", "行政公益诉讼案件", PIL_ROOM)
PIL_CIVIL = Docket("民公", "民事公益诉讼案件", PIL_ROOM)
CIVIL = Docket("民监", "民事检察案件", CIVIL_ROOM)
ADMIN = Docket("行监", "行政检察案件", CIVIL_ROOM)
COMPLAINT = Docket("控申", "控告申诉案件", PETITION_ROOM)
CRIMINAL_APPEAL = Docket("刑申", "刑事申诉案件", PETITION_ROOM)
COMPENSATION = Docket("赔", "国家赔偿案件", PETITION_ROOM)
AID = Docket("救助", "国家司法救助案件", PETITION_ROOM)
VIOLATION = Docket("执违", "刑事执行检察案件", EXECUTION_ROOM)
EXECUTION = Docket("执", "刑事执行检察案件", EXECUTION_ROOM)
CUSTODY_REVIEW = Docket("羁审", "羁押必要性审查案件", EXECUTION_ROOM)
SUGGESTION = Docket("检建", "检察建议案件", ORDINARY_ROOM)
FILING = Docket("立监", "立案监督案件", ORDINARY_ROOM)
INVESTIGATION = Docket("侦监", "侦查活动监督案件", ORDINARY_ROOM)


def registered(docket: Docket, day: date, title: str, numbering: Numbering, rng: Random, tysah: str = "") -> Row:
    """The items every case begins with; the unified number of the matter where it already has one."""
    items = {name: value for name, value in unit_items(rng.choice(DESKS[docket.room]), rng).items() if name != "note"}
    return items | {
        "bmsah": case_number(docket.word, day, numbering.next(docket.word, day.year)),
        "tysah": tysah or numbering.matter(day.year),
        "case_name": title,
        "case_type": docket.case_type,
    }


def wish(fixed: Mapping[str, Any], name: str, options: Mapping[Any, float], rng: Random) -> Any:
    """What a plant fixed, else one of the weighted options."""
    return fixed[name] if name in fixed else rng.choices(list(options), list(options.values()))[0]
