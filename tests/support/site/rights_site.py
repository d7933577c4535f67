"""The audited sample behind a served dashboard, one person of every role, and what each of them may not read, found by plain SQL.

Pages are asked for as Chromium does it, over Streamlit's WebSocket, so that everything sent is searched, not only what is drawn.
"""

import http.client
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit

import duckdb
import openpyxl
from sqlalchemy import select
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from expectations.home import Home
from expectations.notices import issue
from expectations.people.accounts import find_user
from expectations.people.organisation import reader_of
from expectations.register.follow import follow
from expectations.register.life import Decision, decide
from expectations.rights.reader import MACHINE, Reader
from expectations.rights.roles import Role
from expectations.store.register import Register
from expectations.store.switches import set_switch
from expectations.store.tables import Finding, Notice, Run
from support.notice_cases import text_of
from support.register_rows import row_of
from support.site.dashboard_server import serving, session_token, with_people

CITY, DISTRICT = "汉东市人民检察院", "汉东市示例区人民检察院"
DEPARTMENT, PROSECUTOR = "第一检察部", "示检秋澄一"
OTHER_DEPARTMENT = "第七检察部"
_HERE = f"coalesce(office, '') <> '{CITY}'"
"""A row of the district, or one whose office is mistyped, which reaches people by their department or name."""

ROLES: dict[str, Role] = {
    "shi-guan": "supervisor",
    "anguan": "supervisor",
    "qiu1": "prosecutor",
    "zhuli-qiu1": "assistant",
    "zhuren1": "head",
    "lingdao": "leader",
    "admin": "administrator",
}
"""A person of every role, supervisors of the city and of the district."""
ROWS = {
    "shi-guan": "true",
    "anguan": f"{_HERE} and department is not null",
    "qiu1": f"prosecutor = '{PROSECUTOR}' and {_HERE}",
    "zhuli-qiu1": f"prosecutor = '{PROSECUTOR}' and {_HERE}",
    "zhuren1": f"department = '{DEPARTMENT}' and {_HERE}",
    "lingdao": "false",
    "admin": "false",
}
"""Whose rows each may read, written out once more."""
Params = Mapping[str, str | list[str]]
"""Parameters of an address."""
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


@dataclass(frozen=True)
class Sent:
    """What a page sent."""

    messages: tuple[ForwardMsg, ...]

    @cached_property
    def text(self) -> str:
        """All of it, addresses and data of charts included."""
        raw = "\n".join(message.SerializeToString().decode("utf-8", "ignore") for message in self.messages)
        return unquote_plus(_ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), raw))

    @cached_property
    def elements(self) -> list[Any]:
        """The elements outside the side bar, in order."""
        of_main = (
            message
            for message in self.messages
            if message.WhichOneof("type") == "delta" and message.metadata.delta_path[0] == 0
        )
        return [message.delta.new_element for message in of_main if message.delta.WhichOneof("type") == "new_element"]

    @property
    def words(self) -> list[str]:
        """The texts of the page."""
        bodies = (getattr(element, element.WhichOneof("type")) for element in self.elements)
        return [str(element.body) for element in bodies if hasattr(element, "body")]

    @property
    def mistakes(self) -> list[str]:
        """Exceptions and red boxes."""
        exceptions = [
            str(element.exception.message) for element in self.elements if element.WhichOneof("type") == "exception"
        ]
        alerts = [element.alert for element in self.elements if element.WhichOneof("type") == "alert"]
        return exceptions + [str(element.body) for element in alerts if element.format == Alert.ERROR]

    @property
    def refused(self) -> bool:
        """Whether it says that the page is not the reader's, and nothing else."""
        kinds = [element.WhichOneof("type") for element in self.elements]
        return kinds == ["alert"] and self.words[0].startswith("您没有此页面的权限")


@dataclass(frozen=True)
class Case:
    """A finding with the case it stands on."""

    finding_id: str
    card: str
    bmsah: str
    name: str
    suspect_no: str
    prosecutor: str


@dataclass
class Office:
    """The served dashboard with its people and what they may not read."""

    address: str
    home: Home
    register: Register
    log: Path
    other: Case
    own: Case
    notices: Mapping[str, int]
    tokens: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, frozenset[str]] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return urlsplit(self.address).netloc

    def token(self, login: str) -> str:
        """The cookie of a person, the same every time."""
        if login not in self.tokens:
            self.tokens[login] = session_token(self.register, login)
        return self.tokens[login]

    def reader(self, login: str) -> Reader:
        with self.register.reading() as session:
            return reader_of(session, find_user(session, login).id)

    def fetch(self, path: str, login: str = "", headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Status and readable content of a download; headers are sent as they are spelt."""
        sent = {**(headers or {}), **({"Cookie": f"anka_session={self.token(login)}"} if login else {})}
        with closing(http.client.HTTPConnection(self.host, timeout=60)) as connection:
            connection.request("GET", path, headers=sent)
            with connection.getresponse() as answer:
                return answer.status, readable(answer.headers.get_content_type(), answer.read())

    def open(
        self, login: str, page: str, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> Sent:
        """The page at an address, as the browser asks for it."""
        sent = {**(headers or {}), **({"Cookie": f"anka_session={self.token(login)}"} if login else {})}
        with connect(
            f"ws://{self.host}/_stcore/stream",
            additional_headers=sent,
            origin=Origin(f"http://{self.host}"),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
        ) as socket:
            request = BackMsg()
            request.rerun_script.page_name = page
            request.rerun_script.query_string = urlencode(params or {}, doseq=True)
            socket.send(request.SerializeToString())
            return Sent(tuple(_until_finished(socket)))

    def leaks(self, login: str, text: str, address: str = "") -> list[str]:
        """What of others stands in a text; `address` holds what the reader asked for, which the page may say again."""
        if login not in self.unreadable:
            self.unreadable[login] = unreadable(self.home.current(), ROWS[login])
        return [
            text_of_another
            for text_of_another in self.unreadable[login]
            if text_of_another in text and text_of_another not in address
        ]


def _until_finished(socket: Any) -> Iterator[ForwardMsg]:
    while True:
        message = ForwardMsg()
        message.ParseFromString(bytes(socket.recv(timeout=60, decode=False)))
        yield message
        kind = message.WhichOneof("type")
        if kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return


def readable(kind: str, content: bytes) -> str:
    """The text of a document or workbook, a line a row; of anything else, as it stands."""
    if kind.endswith("wordprocessingml.document"):
        return text_of(content)
    if not kind.endswith("spreadsheetml.sheet"):
        return content.decode("utf-8", "replace")
    sheets = openpyxl.load_workbook(BytesIO(content)).worksheets
    return "\n".join(
        "|".join(str(cell).replace("\n", " ") for cell in row)
        for sheet in sheets
        for row in sheet.iter_rows(values_only=True)
    )


def unreadable(file: Path, rows: str) -> frozenset[str]:
    """Names and numbers of suspects and case numbers that stand in no row of the reader's, whatever column."""
    with duckdb.connect(str(file), read_only=True) as con:
        con.execute(f"create temp table own as select card, card_row, ({rows}) is true as own from card_rows")
        texts_of_all = con.execute("select distinct unnest([name, suspect_no, bmsah]) from card_rows").fetchall()
        texts = [str(con.execute(f"select columns(*)::varchar from findings where {rows}").fetchall())]
        texts.append(str(con.execute("from rules").fetchall()))  # its examples are invented
        for (card,) in con.execute("select card from cards_known").fetchall():
            own = f"select card_row from own where own and card = '{card}'"
            texts.append(
                str(con.execute(f"select columns(*)::varchar from cards.{card} where _row in ({own})").fetchall())
            )
    own_text = "\n".join(texts)
    return frozenset(str(text) for (text,) in texts_of_all if text and str(text) not in own_text)


@contextmanager
def served(audited_home: Path, folder: Path) -> Iterator[Office]:
    """The audited sample in a home of its own, with decisions, notices and people, served."""
    home = Home(folder / "home")
    home.published.mkdir(parents=True)
    present = Home(audited_home).current()
    shutil.copy(present, home.published)
    home.switch_to(home.published / present.name)
    register = with_people(home.root)
    follow(register, home.current())
    with register.writing() as session:
        set_switch(session, "partner_offices", True)
        run = session.scalars(select(Run.run_id)).one()
    docs = home.run_folder(run) / "data_docs"
    docs.mkdir(parents=True)
    (docs / "index.html").write_text("Data Docs", encoding="utf-8")
    other, own = _case(register, OTHER_DEPARTMENT, ""), _case(register, DEPARTMENT, PROSECUTOR)
    notices = _notices(register, other, own)
    log = folder / "server.log"
    with serving(home.root, log) as address:
        yield Office(address, home, register, log, other, own, notices)


def _case(register: Register, department: str, prosecutor: str) -> Case:
    """An error of a person's card in a department, of a suspect with name and number."""
    conditions = [
        Finding.department == department,
        Finding.name != "",
        Finding.suspect_no != "",
        Finding.office == DISTRICT,
    ]
    conditions += [Finding.bmsah != "", ~Finding.is_hint] + ([Finding.prosecutor == prosecutor] if prosecutor else [])
    with register.reading() as session:
        finding = session.scalars(select(Finding).where(*conditions).order_by(Finding.finding_id)).first()
    assert finding is not None
    return Case(finding.finding_id, finding.card, finding.bmsah, finding.name, finding.suspect_no, finding.prosecutor)


def _notices(register: Register, other: Case, own: Case) -> dict[str, int]:
    """A notice to the other department, one to the prosecutor in person, one to a department of the city."""
    decide(register, MACHINE, [other.finding_id, own.finding_id], Decision("confirm"))
    notice_ids = {
        "other": issue(register, MACHINE, [other.finding_id], "written").notices[0].id,
        "own": issue(register, MACHINE, [own.finding_id], "written", "prosecutor").notices[0].id,
    }
    with register.writing() as session:
        to_the_city = {"office": CITY, "department": "第一检察部", "prosecutor": PROSECUTOR, "issued_by": "示市管东"}
        numbered = {"year": 2026, "serial": 900, "number": "汉东检案管监〔2026〕900号", "grade": "written"}
        days = {"issued_on": date(2026, 6, 30), "due_on": date(2026, 7, 10)}
        city = Notice(**row_of(Notice, **to_the_city, **numbered, **days))
        session.add(city)
        session.flush()
        notice_ids["city"] = city.id
    return notice_ids
