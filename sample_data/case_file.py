"""What both cards of one matter share: who investigates and handles it, its numbers, and the facts of the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from sample_data.courses.scenario import Scenario
from sample_data.courses.suspects import Suspect
from sample_data.courses.timeline import Timeline
from sample_data.matter import Row
from sample_data.numbering import CaseNumbers
from sample_data.office import Desk, Sender, choose_desk, choose_sender, station_of


@dataclass(frozen=True)
class CaseFile:
    """One matter before it is written on cards; `facts` are case items both cards carry."""

    scenario: Scenario
    timeline: Timeline
    numbers: CaseNumbers
    sender: Sender
    desk: Desk
    facts: Row


def open_file(s: Scenario, t: Timeline, numbers: CaseNumbers, rng: Random) -> CaseFile:
    """A case file with a sender and a desk that fit the crime."""
    sender = choose_sender(s.crime, rng)
    facts: Row = {
        "telecom_flag": "是" if rng.random() < s.crime.telecom else "否",
        "victim_info": rng.choice(s.crime.victim or ("无",)),
        "casualty": rng.choice(s.crime.casualty or ("无",)) or "无",
        "special_work": "无",
        "violence_ctx": "无",
        "hmt_flag": "否" if rng.random() < 0.5 else None,
        "foreign_flag": "否" if rng.random() < 0.5 else None,
        "invest_org": sender.name,
        "invest_org_type": sender.kind,
        "transfer_unit": sender.name,
        "transferor_phone": "示例经办人 000-0000000" if rng.random() < 0.5 else None,
    }
    if facts["telecom_flag"] == "是" and s.crime.economic:
        facts["special_work"] = "涉及电信网络诈骗"
    return CaseFile(s, t, numbers, sender, choose_desk(s.crime, s.minor, rng), facts)


def station_item(case: CaseFile, rng: Random) -> Row:
    """The police station, which only the arrest card names."""
    return {"police_station": station_of(case.scenario.crime, rng)}


def case_title(suspects: Sequence[Suspect], charge: str) -> str:
    """The case name: first suspect, number of suspects, charge."""
    and_others = f"等{len(suspects)}人" if len(suspects) > 1 else ""
    return f"{suspects[0].items['name']}{and_others}{charge}案"


def case_charges(suspects: Sequence[Suspect]) -> tuple[str, str | None]:
    """The main charge and the other charges of a case as the sender names them."""
    names = list(dict.fromkeys(s.crime.charge for s in suspects))
    return names[0], ",".join(names[1:]) or None
