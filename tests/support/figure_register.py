"""A register written row by row: two offices, three departments, four runs, with plain copies of the rows to compute from."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from expectations.rights.reader import Reader
from expectations.rights.scope import EVERYTHING, NOTHING, Scope
from expectations.store.register import Register, open_register
from expectations.store.tables import Event, Finding, Notice, Run, RunFigure

CITY, PARTNER = "示例院", "伙伴院"
KNOWN = frozenset((CITY, PARTNER))
LAST = date(2026, 6, 30)
TODAY = date(2026, 7, 1)

_PARTNERS = Scope(offices=frozenset((PARTNER,)), known=KNOWN)
_CITY = Scope(offices=frozenset((CITY,)), known=KNOWN)
_SECOND = Scope(departments=frozenset(((CITY, "第二检察部"),)), known=KNOWN)
_YI = Scope(handlers=frozenset(((CITY, "第二检察部", "乙"),)), known=KNOWN)

SUPERVISOR = Reader(1, "anjian", "案管", ("supervisor",), EVERYTHING, EVERYTHING, own=NOTHING)
OTHER_OFFICE = Reader(2, "other", "他院案管", ("supervisor",), _PARTNERS, _PARTNERS)
LEADER = Reader(3, "leader", "领导", ("leader",), NOTHING, _CITY)
HEAD = Reader(4, "head", "主任", ("head",), _SECOND, _SECOND)
HANDLER = Reader(5, "yi", "乙", ("prosecutor",), _YI, _YI)
READERS = {one.login: one for one in (SUPERVISOR, OTHER_OFFICE, LEADER, HEAD, HANDLER)}

# seq, day, complete, fingerprints of C1, V6 and P1, cards checked per department
RUNS: tuple[tuple[int, date, bool, dict[str, str], dict[tuple[str, str], int]], ...] = (
    (
        1,
        LAST - timedelta(days=100),
        True,
        {"C1": "a", "V6": "a"},
        {(CITY, "第二检察部"): 9, (CITY, "第十一检察部"): 8, (PARTNER, "第二检察部"): 5},
    ),
    (
        2,
        LAST - timedelta(days=60),
        True,
        {"C1": "a", "V6": "a"},
        {(CITY, "第二检察部"): 10, (CITY, "第十一检察部"): 20, (PARTNER, "第二检察部"): 5},
    ),
    (
        3,
        LAST - timedelta(days=1),
        False,
        {"C1": "b", "V6": "a"},
        {(CITY, "第二检察部"): 10, (PARTNER, "第二检察部"): 6},
    ),
    (
        4,
        LAST,
        True,
        {"C1": "b", "V6": "a", "P1": "a"},
        {(CITY, "第二检察部"): 12, (CITY, "第十一检察部"): 21, (PARTNER, "第二检察部"): 6},
    ),
)


@dataclass
class Rows:
    """The register, and what was written into it."""

    register: Register
    figures: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)


def figure(seq: int, office: str, department: str, rule_id: str, numbers: tuple[int, int, int]) -> dict[str, Any]:
    error_type = {"C1": "漏填", "V6": "错填", "P1": "核对"}[rule_id]
    new, still, corrected = numbers
    return {
        "seq": seq,
        "office": office,
        "department": department,
        "rule_id": rule_id,
        "error_type": error_type,
        "severity": "normal",
        "is_hint": rule_id == "P1",
        "new": new,
        "open": still,
        "corrected": corrected,
        "reopened": 0,
        "explained": 0,
    }


def finding(number: int, **given: object) -> dict[str, Any]:
    return {
        "finding_id": f"f{number}",
        "rule_id": "C1",
        "rule_fingerprint": "b",
        "values_fingerprint": "v",
        "severity": "normal",
        "error_type": "漏填",
        "is_hint": False,
        "card": "arrest",
        "level": "case",
        "bmsah": f"A{number}",
        "suspect_no": "S1",
        "case_name": "示例甲案",
        "name": "示例甲",
        "office": CITY,
        "department": "第二检察部",
        "prosecutor": "乙",
        "owner": "handler",
        "fields": "accept_date",
        "present": {},
        "message": "示例甲的受理日期为空",
        "message_en": "",
        "basis": "",
        "card_row": number,
        "state": "open",
        "first_seen": LAST,
        "last_seen": LAST,
        "first_seq": 1,
        "last_seq": 4,
        "state_seq": 4,
        "closed_on": None,
        "verified_at": None,
        "answered_at": None,
        "explained_until": None,
        "notice_id": None,
        **given,
    }


def event(finding_id: str, action: str, at: datetime, *, undone: bool = False) -> dict[str, Any]:
    return {
        "finding_id": finding_id,
        "at": at,
        "action": action,
        "seq": None,
        "user_id": 1,
        "user_name": "案管",
        "reason_code": "",
        "note": "",
        "until": None,
        "batch": "b",
        "before": {},
        "undone": undone,
    }


def followed_at(seq: int) -> datetime:
    return datetime.combine(RUNS[seq - 1][1], datetime.min.time())


def small_register(folder: Path) -> Rows:
    """The rows in an SQLite file of their own."""
    return filled(open_register(f"sqlite:///{folder / 'register.db'}"))


def filled(register: Register) -> Rows:
    """Figures of every run and nine findings; numbers differ per run, department and rule, so that no sum hides a mix-up."""
    rows = Rows(register)
    for seq, _, _, _, checked in RUNS:
        for place, (office, department) in enumerate(checked):
            for rule, rule_id in enumerate(("C1", "V6", "P1")):
                numbers = (seq + place, 10 * seq + place + 3 * rule, rule + place)
                rows.figures.append(figure(seq, office, department, rule_id, numbers))
    days = {
        name: LAST - timedelta(days=number) for name, number in (("week", 7), ("month", 30), ("late", 11), ("old", 31))
    }
    rows.findings = [
        finding(1, state="new", first_seen=days["week"]),
        finding(2, first_seen=days["late"], rule_id="V6", error_type="错填"),
        finding(3, first_seen=days["month"], prosecutor="丙"),
        finding(4, state="reopened", first_seen=days["old"]),
        finding(5, first_seen=days["old"], rule_id="P1", error_type="核对", is_hint=True),
        finding(6, first_seen=days["old"], department="第十一检察部", prosecutor="甲"),
        finding(7, first_seen=days["old"], office=PARTNER),
        finding(8, state="corrected", first_seen=days["old"], closed_on=days["late"]),
        finding(9, state="corrected", first_seen=days["late"], closed_on=days["week"]),
    ]
    runs = [
        {
            "seq": seq,
            "run_id": f"r{seq}",
            "file": "",
            "as_of": day,
            "followed_at": followed_at(seq),
            "complete": complete,
            "problems": []
            if complete
            else [json.dumps({"kind": "department_missing", "departments": ["第十一检察部"]})],
            "rows": {},
            "departments": {"|".join(key): cards for key, cards in checked.items()},
            "inputs": [],
            "rules": rules,
        }
        for seq, day, complete, rules, checked in RUNS
    ]
    notices = [
        {
            "year": 2026,
            "serial": serial,
            "number": "",
            "grade": "written",
            "office": CITY,
            "department": "第二检察部",
            "prosecutor": "",
            "issued_on": LAST,
            "due_on": due,
            "issued_by": "",
            "reply": "",
            "replied_on": replied,
            "replied_by": "",
            "withdrawn": withdrawn,
        }
        for serial, due, replied, withdrawn in (
            (1, TODAY - timedelta(days=1), None, False),
            (2, TODAY, None, False),
            (3, TODAY - timedelta(days=9), LAST, False),
            (4, TODAY - timedelta(days=9), None, True),
        )
    ]
    with rows.register.writing() as session:
        for of, values in ((Run, runs), (RunFigure, rows.figures), (Finding, rows.findings), (Notice, notices)):
            session.execute(insert(of), values)
    return rows


def add_events(register: Register, events: list[dict[str, Any]]) -> None:
    with register.writing() as session:
        session.execute(insert(Event), events)
