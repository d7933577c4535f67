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
from support.register_rows import row_of

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
READERS = {reader.login: reader for reader in (SUPERVISOR, OTHER_OFFICE, LEADER, HEAD, HANDLER)}


@dataclass(frozen=True)
class Night:
    """A run: its number and day, whether it is complete, the fingerprints of its rules, cards checked per department."""

    seq: int
    day: date
    complete: bool
    rules: dict[str, str]
    checked: dict[tuple[str, str], int]


SECOND, ELEVENTH, OF_PARTNER = (CITY, "第二检察部"), (CITY, "第十一检察部"), (PARTNER, "第二检察部")
RUNS = (
    Night(1, LAST - timedelta(100), True, {"C1": "a", "V6": "a"}, {SECOND: 9, ELEVENTH: 8, OF_PARTNER: 5}),
    Night(2, LAST - timedelta(60), True, {"C1": "a", "V6": "a"}, {SECOND: 10, ELEVENTH: 20, OF_PARTNER: 5}),
    Night(3, LAST - timedelta(1), False, {"C1": "b", "V6": "a"}, {SECOND: 10, OF_PARTNER: 6}),
    Night(4, LAST, True, {"C1": "b", "V6": "a", "P1": "a"}, {SECOND: 12, ELEVENTH: 21, OF_PARTNER: 6}),
)


@dataclass
class Rows:
    """The register, and what was written into it."""

    register: Register
    figures: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)


def figure(seq: int, office: str, department: str, rule_id: str, numbers: tuple[int, int, int]) -> dict[str, Any]:
    """A row of figures; `numbers` are the findings new, open and corrected."""
    new, still_open, corrected = numbers
    return row_of(
        RunFigure,
        seq=seq,
        office=office,
        department=department,
        rule_id=rule_id,
        error_type={"C1": "漏填", "V6": "错填", "P1": "核对"}[rule_id],
        severity="normal",
        is_hint=rule_id == "P1",
        new=new,
        open=still_open,
        corrected=corrected,
    )


def finding(number: int, **changes: object) -> dict[str, Any]:
    """An open finding of 乙 in the second department, with `changes`."""
    usual: dict[str, object] = {
        "finding_id": f"f{number}",
        "rule_id": "C1",
        "rule_fingerprint": "b",
        "values_fingerprint": "v",
        "severity": "normal",
        "error_type": "漏填",
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
        "message": "示例甲的受理日期为空",
        "card_row": number,
        "sheet": "",
        "sheet_row": number + 2,
        "state": "open",
        "first_seen": LAST,
        "last_seen": LAST,
        "first_seq": 1,
        "last_seq": 4,
        "state_seq": 4,
    }
    return row_of(Finding, **(usual | changes))


def event(finding_id: str, action: str, at: datetime, *, undone: bool = False) -> dict[str, Any]:
    """What the supervisor did to a finding."""
    of_user = {"user_id": 1, "user_name": "案管", "batch": "b"}
    return row_of(Event, finding_id=finding_id, at=at, action=action, undone=undone, **of_user)


def followed_at(seq: int) -> datetime:
    return datetime.combine(RUNS[seq - 1].day, datetime.min.time())


def small_register(folder: Path) -> Rows:
    """The rows in an SQLite file of their own."""
    return filled(open_register(f"sqlite:///{folder / 'register.db'}"))


def filled(register: Register) -> Rows:
    """Figures of every run and nine findings; numbers differ per run, department and rule, so that no sum hides a mix-up."""
    rows = Rows(register)
    for night in RUNS:
        for place, (office, department) in enumerate(night.checked):
            for rule, rule_id in enumerate(("C1", "V6", "P1")):
                numbers = (night.seq + place, 10 * night.seq + place + 3 * rule, rule + place)
                rows.figures.append(figure(night.seq, office, department, rule_id, numbers))
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
    runs = [_run(night) for night in RUNS]
    notices = [
        row_of(
            Notice,
            year=2026,
            serial=serial,
            grade="written",
            office=CITY,
            department="第二检察部",
            issued_on=LAST,
            due_on=due,
            replied_on=replied,
            withdrawn=withdrawn,
        )
        for serial, due, replied, withdrawn in (
            (1, TODAY - timedelta(days=1), None, False),
            (2, TODAY, None, False),
            (3, TODAY - timedelta(days=9), LAST, False),
            (4, TODAY - timedelta(days=9), None, True),
        )
    ]
    with rows.register.writing() as session:
        for table, table_rows in ((Run, runs), (RunFigure, rows.figures), (Finding, rows.findings), (Notice, notices)):
            session.execute(insert(table), table_rows)
    return rows


def _run(night: Night) -> dict[str, Any]:
    missing = json.dumps({"kind": "department_missing", "departments": ["第十一检察部"]})
    return row_of(
        Run,
        seq=night.seq,
        run_id=f"r{night.seq}",
        as_of=night.day,
        followed_at=followed_at(night.seq),
        complete=night.complete,
        problems=[] if night.complete else [missing],
        departments={"|".join(department): cards for department, cards in night.checked.items()},
        rules=night.rules,
    )


def add_events(register: Register, events: list[dict[str, Any]]) -> None:
    with register.writing() as session:
        session.execute(insert(Event), events)
