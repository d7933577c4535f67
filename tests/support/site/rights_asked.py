"""What the tests of rights ask for: pages and downloads with the parameters of another's, forged headers, people who change roles."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import duckdb
from sqlalchemy import select

from dashboard.run.recheck_runs import Order, start_recheck
from expectations.notices import issue, ready, reply, withdraw
from expectations.notices.grading import Grading, set_grading
from expectations.people import sessions
from expectations.people.accounts import find_user
from expectations.people.organisation import read_tree
from expectations.register.life import Decision, decide
from expectations.register.trust import hold, release
from expectations.rights.acts import ACTS, Act, NotAllowedError
from expectations.rights.reader import Reader
from expectations.store.tables import User
from sample_data import COMMITTED
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


Trial = Callable[[Office, Reader], object]


def _page(page: str) -> Trial:
    """Opening a page; raises as the act does where it is refused."""

    def trial(office: Office, reader: Reader) -> None:
        if office.open(reader.login, page).refused:
            raise NotAllowedError

    return trial


def _download(office: Office, reader: Reader) -> None:
    if office.fetch("/export/due.xlsx", reader.login)[0] == 403:
        raise NotAllowedError


def _preview(office: Office, reader: Reader) -> None:
    with office.register.reading() as session:
        ready(session, reader, "department")


TRIALS: Mapping[Act, Sequence[Trial]] = {
    "decide": [lambda office, reader: decide(office.register, reader, [], Decision("confirm"))],
    "answer": [lambda office, reader: decide(office.register, reader, [], Decision("answer_corrected"))],
    "notify": [
        lambda office, reader: issue(office.register, reader, [], "written"),
        lambda office, reader: withdraw(office.register, reader, 999, "试"),
        lambda office, reader: set_grading(office.register, reader, Grading()),
        _preview,
    ],
    "reply": [lambda office, reader: reply(office.register, reader, 999, "")],
    "recheck": [lambda office, reader: start_recheck(reader, office.register, office.home, Order(COMMITTED.as_of))],
    "hold": [
        lambda office, reader: hold(office.register, reader, "V001", ""),
        lambda office, reader: release(office.register, reader, "V001", ""),
    ],
    "manage": [_page("admin")],
    "export": [_download],
    "watch": [lambda _, reader: reader.require("watch")],
}
"""Every act as it is done, with nothing to do it on: who may, gets past the question whether they may, and changes nothing."""
_HANDLERS = ("qiu1", "zhuli-qiu1", "zhuren1")
MAY: Mapping[Act, tuple[str, ...]] = {
    "decide": SUPERVISORS,
    "answer": _HANDLERS,
    "notify": SUPERVISORS,
    "reply": (*SUPERVISORS, "qiu1", "zhuren1"),
    "recheck": SUPERVISORS,
    "hold": SUPERVISORS,
    "manage": ("admin",),
    "export": (*SUPERVISORS, *_HANDLERS),
    "watch": (*SUPERVISORS, "admin"),
}
"""Who may, said once more."""

Asked = tuple[str, int, int, Mapping[str, int]]
"""Address, what somebody who is not signed in is answered, everybody signed in, and those for whom it is something else."""
ROUTES_ASKED: Mapping[str, Sequence[Asked]] = {
    "/sign-in": [("/sign-in", 200, 303, {})],
    "/sign-out": [("/sign-out", 401, 200, {})],
    "/first-start": [("/first-start?token=x", 303, 303, {})],
    "/password": [("/password", 401, 200, {})],
    "/oidc/start": [("/oidc/start", 502, 502, {})],
    "/oidc/callback": [("/oidc/callback?code=x&state=y", 401, 401, {})],
    "/session-watch.js": [("/session-watch.js", 401, 200, {})],
    "/icon.svg": [("/icon.svg", 401, 200, {})],
    "/export/{name}": [
        ("/export/nothing.xlsx", 401, 404, {}),
        ("/export/due.xlsx", 401, 200, {"lingdao": 403, "admin": 403}),
    ],
    "/data-docs/{path:path}": [("/data-docs/index.html", 401, 404, {"shi-guan": 200})],
}
"""The dashboard's own routes; each download by name is asked for in `downloads_of_another`."""
OTHERS_ASKED: Sequence[Asked] = (
    ("/_stcore/health", 200, 200, {}),
    ("/health/live", 200, 200, {}),
    ("/session", 401, 204, {}),
    ("/_stcore/host-config", 401, 200, {}),
    ("/_stcore/metrics", 401, 404, {}),
    ("/_stcore/script-health-check", 401, 404, {}),
    ("/media/x", 401, 404, {}),
    ("/component/x/index.html", 401, 404, {}),
    ("/_stcore/upload_file/x/y", 401, 404, {}),
    ("/app/static/x", 401, 404, {}),
)
"""What Streamlit and the gate answer beside them."""
