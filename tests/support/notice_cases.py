"""Findings, people and a published run for the tests of notices and messages, written out literally."""

from collections.abc import Iterator
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest

from expectations.home import Home
from expectations.rights.reader import Reader
from expectations.rights.scope import Scope
from expectations.store.register import Register, now, open_register
from expectations.store.tables import Finding, Run, User
from support.dashboard_small import publish_small
from support.register_rows import row_of

OFFICE, ONE, TWO = "示例院", "第一检察部", "第二检察部"
TODAY = date(2026, 6, 30)
KNOWN = frozenset((OFFICE,))
HEAD = Reader(
    11,
    "head1",
    "部门长",
    ("head",),
    Scope(departments=frozenset(((OFFICE, ONE),)), known=KNOWN),
    own=Scope(handlers=frozenset()),
)
JIA = Reader(12, "jia", "甲", ("prosecutor",), Scope(handlers=frozenset(((OFFICE, "", "甲"),)), known=KNOWN))
YI = Reader(13, "yi", "乙", ("prosecutor",), Scope(handlers=frozenset(((OFFICE, "", "乙"),)), known=KNOWN))
LEADER = Reader(14, "leader", "检察长", ("leader",))
SUPERVISOR = Reader(15, "sup", "监管员", ("supervisor",), Scope(offices=frozenset((OFFICE,)), known=KNOWN))


def finding(finding_id: str, **changes: Any) -> Finding:
    """A confirmed, open, normal finding of 甲 in the first department, with `changes`."""
    usual: dict[str, Any] = {
        "finding_id": finding_id,
        "rule_id": "C1",
        "rule_fingerprint": "r",
        "values_fingerprint": "v",
        "severity": "normal",
        "error_type": "漏填",
        "card": "arrest",
        "level": "case",
        "bmsah": f"A{finding_id}",
        "case_name": "示例甲盗窃案",
        "office": OFFICE,
        "department": ONE,
        "prosecutor": "甲",
        "owner": "handler",
        "fields": "accept_date",
        "present": {"accept_date": None},
        "message": "受理日期为空",
        "basis": "规则157",
        "state": "open",
        "first_seen": date(2026, 6, 23),
        "last_seen": TODAY,
        "first_seq": 1,
        "last_seq": 1,
        "state_seq": 1,
        "verification": "confirmed",
        "verified_by": "监管员",
        "verified_at": datetime(2026, 6, 24),
    }
    return Finding(**row_of(Finding, **(usual | changes)))


def person(login: str, name: str, role: str, unit_id: int | None = None, contact: str = "") -> User:
    """A person with one role and an account that is in use."""
    return User(**row_of(User, login=login, name=name, roles=[role], unit_id=unit_id, contact=contact, active=True))


def keep(register: Register, *rows: object) -> None:
    """Writes rows."""
    with register.writing() as session:
        session.add_all(rows)


def followed(home: Home, seq: int = 1, as_of: date = TODAY) -> Run:
    """A run the register has followed: the small one published in `home`."""
    run = {"run_id": "r1", "file": str(home.current()), "as_of": as_of, "followed_at": now(), "complete": True}
    return Run(**row_of(Run, seq=seq, **run))


def text_of(content: bytes) -> str:
    """Paragraphs and cells of a Word document in one text."""
    page = docx.Document(BytesIO(content))
    cells = [cell.text for table in page.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in page.paragraphs), *cells])


@pytest.fixture
def sqlite_register(tmp_path: Path) -> Iterator[Register]:
    """An empty register in a file."""
    opened = open_register(f"sqlite:///{tmp_path / 'register.db'}")
    yield opened
    opened.close()
    open_register.cache_clear()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose published run is the literal one of the dashboard's tests."""
    return publish_small(tmp_path / "home")
