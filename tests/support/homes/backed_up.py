"""A small office in a home of its own: a run, findings decided on, people, what belongs into a back-up and what does not."""

from dataclasses import dataclass, replace
from pathlib import Path

from sqlalchemy import select

from expectations.backups.making import BackupOrder, Made, make_backup
from expectations.home import Home
from expectations.people import access_log, accounts, sessions
from expectations.people.accounts import NewPerson
from expectations.register.belonging import home_register
from expectations.register.follow import follow
from expectations.register.life import Decision, Outcome, decide
from expectations.rights.reader import MACHINE
from expectations.store.copying import TableSum, table_sums
from expectations.store.register import Register
from expectations.store.switches import set_switch
from expectations.store.tables import Event, Run
from support.nights import Night, Row, Wrong

FINDINGS = 60
FIRST = Night(
    wrong=tuple(Wrong(f"f{number}", bmsah=f"案{number}") for number in range(FINDINGS)),
    rows=tuple(Row(f"案{number}") for number in range(FINDINGS)),
)
PASSPHRASE = "correct horse battery"


@dataclass(frozen=True)
class Office:
    """A home with its register; `folder` is where its back-ups go."""

    home: Home
    url: str
    folder: Path

    @property
    def register(self) -> Register:
        return home_register(self.home, self.url)

    def order(self, **changed: object) -> BackupOrder:
        return replace(BackupOrder(self.home, self.folder, self.url), **changed)  # type: ignore[arg-type]

    def back_up(self, **changed: object) -> Made:
        return make_backup(self.order(**changed))

    def publish(self, night: Night) -> Path:
        """What an audit does at its end: the file, the register, the switch."""
        file = night.publish(self.home.published)
        follow(self.register, file)
        self.home.switch_to(file)
        return file

    def confirm(self, finding_id: str) -> Outcome:
        return decide(self.register, MACHINE, [finding_id], Decision("confirm"))

    def decided(self) -> set[str]:
        return decided_in(self.register)


def decided_in(register: Register) -> set[str]:
    """The findings somebody confirmed."""
    with register.reading() as session:
        return set(session.scalars(select(Event.finding_id).where(Event.action == "confirm")))


def sums_of(register: Register) -> dict[str, TableSum]:
    with register.snapshot() as connection:
        return {one.table: one for one in table_sums(connection)}


def make_office(root: Path, url: str = "") -> Office:
    """A run, three decisions, two people of whom one assists the other, one of them signed in, messages on, a dropped export."""
    home = Home(root / "home")
    home.published.mkdir(parents=True)
    office = Office(home, url, root / "backups")
    office.publish(FIRST)
    for number in range(3):
        office.confirm(f"f{number}")
    dropped = home.root / "rechecks" / "20260601T000000" / "file" / "听证 【补】.csv"
    for file, content in ((dropped, "部门受案号\n案1\n"), (home.root / "templates" / "notice.docx", "ours")):
        file.parent.mkdir(parents=True)
        file.write_text(content, encoding="utf-8")
    (home.root / "warehouse.duckdb").write_bytes(b"made anew by every run")
    with office.register.writing() as session:
        chief = accounts.add_user(session, NewPerson("jia", "甲", ("prosecutor",)), "hash", access_log.BY_MACHINE)
        session.flush()
        assistant = NewPerson("yi", "乙", ("assistant",), assists_id=chief.id)
        accounts.add_user(session, assistant, "hash", access_log.BY_MACHINE)
        sessions.start(session, chief.id, "password")
        set_switch(session, "messages_on", value=True)
        session.scalars(select(Run).order_by(Run.seq.desc()).limit(1)).one().inputs = ["/srv/inbox", str(dropped)]
    sessions.one_time_link(office.register, "yi")
    return office
