"""What the tests of rights ask for: pages and downloads with the parameters of another's, forged headers, people who change roles."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import duckdb
from sqlalchemy import select

from expectations.people import sessions
from expectations.people.accounts import find_user
from expectations.people.organisation import read_tree
from expectations.rights.acts import ACTS
from expectations.store.tables import User
from support.site.rights_site import CITY, DISTRICT, OTHER_DEPARTMENT, ROLES, Office, Params

SUPERVISORS = ("shi-guan", "anguan")
EXPORTERS = tuple(login for login, role in ROLES.items() if "export" in ACTS[role])
_WEEK = "2026-W27"


def params_of_another(office: Office, page: str) -> Sequence[Params]:
    """The parameters that ask a page for what is another's."""
    another = office.other
    whose: Params = {"department": OTHER_DEPARTMENT, "prosecutor": another.prosecutor, "kind": "all"}
    nasty: dict[str, list[Params]] = {
        "today": [{"list": "all", **whose}],
        "mine": [{"list": "all", **whose}],
        "findings": [whose, {"text": another.bmsah, "kind": "all"}],
        "due": [{"department": OTHER_DEPARTMENT}],
        "departments": [{"office": CITY, "department": OTHER_DEPARTMENT}],
        "trends": [{"office": CITY, "department": OTHER_DEPARTMENT}],
        "rules": [{"rule": "V001"}],
        "notices": [{"tab": "issued", "id": str(office.notices["other"])}, {"tab": "outbox"}, {"tab": "digests"}],
        "compare": [{"office": [CITY, DISTRICT]}],
        "admin": [{"part": "log"}],
        "case": [
            {"card": another.card, "bmsah": another.bmsah},
            {"finding": another.finding_id},
            {"q": another.name},
            {"card": office.own.card, "bmsah": office.own.bmsah, "finding": another.finding_id},
        ],
    }
    return nasty.get(page, [])


def downloads_of_another(office: Office) -> dict[str, Params]:
    """Every download, asked for what is another's."""
    whose: Params = {"department": OTHER_DEPARTMENT, "prosecutor": office.other.prosecutor}
    notice: Params = {"id": str(office.notices["other"])}
    return {
        "findings.xlsx": {**whose, "kind": "all"},
        "due.xlsx": {"department": OTHER_DEPARTMENT},
        "load-report.xlsx": {},
        "notice.docx": notice,
        "departments.xlsx": {"office": DISTRICT, "department": OTHER_DEPARTMENT},
        "notice-list.xlsx": notice,
        "trends.xlsx": {"office": CITY, "department": OTHER_DEPARTMENT},
        "offices.xlsx": {"office": [CITY, DISTRICT]},
        "digest.docx": {"week": _WEEK, "office": DISTRICT, **whose},
        "handed-out": {"token": "x"},
    }


REFUSALS = {
    "notice.docx": 400,
    "notice-list.xlsx": 400,
    "digest.docx": 403,
    "departments.xlsx": 403,
    "offices.xlsx": 403,
    "load-report.xlsx": 403,
}
"""What a download of another's is answered with, by those who have downloads; the others give what is the reader's: nothing."""


def status_of(login: str, name: str) -> int:
    if login not in EXPORTERS:
        return 403
    if name == "handed-out":
        return 404
    everything = login == "shi-guan" or (login == "anguan" and name not in ("offices.xlsx", "load-report.xlsx"))
    of_office = login == "zhuren1" and name == "departments.xlsx"  # of their own department
    return 200 if everything or of_office else REFUSALS.get(name, 200)


def forged(office: Office) -> dict[str, str]:
    """Headers in which a client calls itself the city's supervisor."""
    key = sessions.key_of(office.token("shi-guan"))
    number = str(office.reader("shi-guan").user_id)
    keys = ("x-anka-session", "X_Anka_Session", "X-ANKA_SESSION")
    return {**dict.fromkeys(keys, key), "x-anka-user": number, "X_Anka_User": number, "X-Forwarded-User": "shi-guan"}


def wrong_number(office: Office, con: duckdb.DuckDBPyConnection) -> tuple[str, str, str, str]:
    """A case with a wrong identity number: card, case number, the number, login of its prosecutor."""
    rows = con.execute(
        """select card, bmsah, "values"->>'id_no' as number, prosecutor from findings where contains(message, number) """
        f"and length(number) > 10 and office = '{DISTRICT}' order by finding_id"
    ).fetchall()
    with office.register.reading() as session:
        for card, bmsah, number, name in rows:
            user = session.scalars(select(User).where(User.name == name)).one_or_none()
            if user is not None and user.roles == ["prosecutor"]:
                return card, bmsah, number, user.login
    raise AssertionError("the sample has none")


def head_of(office: Office, login: str) -> str:
    """Who leads the person's department."""
    with office.register.reading() as session:
        tree, user = read_tree(session), find_user(session, login)
        mine = tree.department(user.unit_id)
        heads = [person for person in session.scalars(select(User).order_by(User.id)) if "head" in person.roles]
        return next(
            person.login for person in heads if tree.department(person.unit_id) == mine and person.login != login
        )


@contextmanager
def as_roles(office: Office, login: str, roles: list[str], *, active: bool = True) -> Iterator[None]:
    """While the block lasts, the person has other roles, or no account."""
    with office.register.writing() as session:
        user = find_user(session, login)
        before, user.roles, user.active = list(user.roles), roles, active
    try:
        yield
    finally:
        with office.register.writing() as session:
            user = find_user(session, login)
            user.roles, user.active = before, True
