"""A small office for faults: one card, two rules, four findings; the acts that change something durable there, and whether all is well."""

import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from expectations.authoring.pack_files import export_pack, import_pack
from expectations.backups.archive import opened
from expectations.backups.making import BackupOrder, make_backup
from expectations.backups.restoring import RestoreOrder, restore
from expectations.home import Home
from expectations.notices import issue, reply, withdraw
from expectations.people import access_log
from expectations.people.organisation_file import read_organisation
from expectations.people.organisation_import import import_organisation
from expectations.people.trail.checking import check
from expectations.register.belonging import home_register
from expectations.register.life import Decision, decide, undo
from expectations.register.trust import hold, release
from expectations.rights.reader import MACHINE
from expectations.run.published import open_published, read_whole, shown_run
from expectations.store.register import Register
from expectations.store.switches import set_switch, switch
from expectations.store.tables import Access, Event, Finding, Notice, NoticeFinding, Run
from flows.audit import run_audit
from flows.cli.upkeep.go_back import go_back
from flows.orders import AuditOrder
from flows.published_heads import published_heads

FIRST_DAY = date(2026, 6, 1)
NIGHT = 3
"""The night after those a place is made with."""
PACK_VERSIONS = ("1", "2")
OFFICE, DEPARTMENT = "某院", "一部"
_PACK = """
pack: {{name: small, title: {{zh: 小}}, version: '{version}', extends: nothing}}
"""
_CARDS = """
card: t
title: {zh: 表}
key: [c]
file_words: [表]
roles: {case: c, person: '', name: '', case_name: '', office: o, department: d, prosecutor: p}
sections:
  - title: {zh: 表}
    fields:
      - {name: c, header: 案号, level: case}
      - {name: o, header: 单位, level: case}
      - {name: d, header: 部门, level: case}
      - {name: p, header: 承办人, level: case}
      - {name: a, header: 甲, type: int, level: case}
      - {name: b, header: 乙, type: int, level: case}
"""
_RULE = """
  - id: TT0{number}
    kind: implies
    cards: [t]
    level: case
    title: {{zh: 错{number}}}
    message: {{zh: 有误}}
    how_to_fill: {{zh: 改}}
    severity: normal
    error_type: 不一致
    owner: handler
    fields: [{item}]
    then: {item} = 1
    examples: {{accepted: {{{item}: '1'}}, violating: {{{item}: '2'}}}}
"""


@dataclass(frozen=True)
class Place:
    """A folder with catalogue, exports, a home and packs."""

    folder: Path

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    @property
    def packs(self) -> Path:
        return self.folder / "home" / "packs"

    @property
    def backups(self) -> Path:
        return self.folder / "backups"

    @property
    def restored(self) -> Home:
        return Home(self.folder / "restored")

    def register(self) -> Register:
        return home_register(self.home)

    def audit(self, day: int, keep: int = 1) -> str:
        """A night, after which so many runs are kept; returns the run."""
        (self.folder / "in").mkdir(exist_ok=True)
        rows = [f"案{number},{OFFICE},{DEPARTMENT},甲,{1 + number % 2 if day < NIGHT else 2},2" for number in range(4)]
        export = self.folder / "in" / "表.csv"
        export.write_text(
            "\n".join(["案号,单位,部门,承办人,甲,乙", *rows, f"案9,{OFFICE},{DEPARTMENT},甲,1,{day}"]) + "\n",
            encoding="utf-8",
        )
        order = AuditOrder(
            self.home.root,
            (export,),
            FIRST_DAY + timedelta(day),
            self.folder / "rules",
            data_docs=False,
            keep_runs=keep,
        )
        return run_audit(order).run_id

    def archive(self, version: str) -> Path:
        """A pack as another office hands it over."""
        return self.folder / f"small{version}.zip"

    def make_packs(self) -> None:
        """The rules, and two versions of them as archives."""
        rules = self.folder / "rules"
        rules.mkdir(parents=True)
        (rules / "cards.yaml").write_text(_CARDS, encoding="utf-8")
        texts = [_RULE.format(number=number, item=item) for number, item in ((1, "a"), (2, "b"))]
        (rules / "rules.yaml").write_text("theme: consistency\nrules:" + "".join(texts), encoding="utf-8")
        for version in PACK_VERSIONS:
            (rules / "pack.yaml").write_text(_PACK.format(version=version), encoding="utf-8")
            export_pack(rules, self.archive(version))

    def make(self) -> None:
        """Two nights, people, decisions, a notice, two versions of a pack."""
        self.make_packs()
        for day in range(1, NIGHT):
            self.audit(day, keep=2)
        register = self.register()
        self.people(register)
        ids = self.findings(register)
        decide(register, MACHINE, ids[:3], Decision("confirm"))
        issue(register, MACHINE, ids[:1], "written", today=FIRST_DAY)
        register.close()

    def findings(self, register: Register) -> list[str]:
        with register.reading() as session:
            return list(session.scalars(select(Finding.finding_id).order_by(Finding.finding_id)))

    def people(self, register: Register, more: str = "") -> None:
        text = f"单位,上级单位,部门,办案组,姓名,登录名,角色,协助,联系方式,统一认证账号\n{OFFICE},,{DEPARTMENT},,甲,jia,检察官,,,\n"
        text += f"{OFFICE},,,,管,guan,管理员,,,\n{more}"
        import_organisation(
            register, read_organisation("people.csv", text.encode()), (None, "test"), give_passwords=False
        )


Act = Callable[[Place, Callable[[str], None]], None]
"""What is done in a place; it says what was answered to whoever did it."""


def _audit(place: Place, say: Callable[[str], None]) -> None:
    say(f"run {place.audit(NIGHT)}")


def _decide(place: Place, say: Callable[[str], None]) -> None:
    register = place.register()
    for finding_id in place.findings(register)[3:6]:
        outcome = decide(register, MACHINE, [finding_id], Decision("reject", "other", "核对过"))
        for done in outcome.done:
            say(f"event reject {done}")
    undone = undo(register, MACHINE, outcome.batch)
    for done in undone.done:
        say(f"event undo {done}")


def _notice(place: Place, say: Callable[[str], None]) -> None:
    register = place.register()
    for finding_id in place.findings(register)[1:3]:
        (notice,) = issue(register, MACHINE, [finding_id], "written", today=FIRST_DAY).notices
        say(f"notice {notice.number}")
    reply(register, MACHINE, 1, "已改")
    say("event notice_replied")
    withdraw(register, MACHINE, 2, "发错")
    say("event notice_withdrawn")


def _settings(place: Place, say: Callable[[str], None]) -> None:
    register = place.register()
    with register.writing() as session:
        for name, value in (("reply_days", 12), ("idle_minutes", 45)):
            set_switch(session, name, value)
            access_log.note(session, *access_log.BY_MACHINE, "switch", name, str(value))
    say("setting 12 45")


def _holds(place: Place, say: Callable[[str], None]) -> None:
    register = place.register()
    hold(register, MACHINE, "TT02", "待查")
    release(register, MACHINE, "TT02", "查清")
    say("logged release")


def _people(place: Place, say: Callable[[str], None]) -> None:
    place.people(place.register(), f"{OFFICE},,二部,,乙,yi,检察官,,,\n")
    say("logged organisation")


def _damage(place: Place) -> None:
    present = place.home.current()
    present.chmod(0o600)
    os.truncate(present, 5000)


def _go_back(place: Place, say: Callable[[str], None]) -> None:
    go_back(place.home.root)
    say("gone back")


def _packs(place: Place, say: Callable[[str], None]) -> None:
    for version in PACK_VERSIONS:
        import_pack(place.archive(version), place.packs, replace=True)
        say(f"pack {version}")


def _empty(place: Place) -> None:
    shutil.rmtree(place.home.root)
    place.home.make()


def _migrate(place: Place, say: Callable[[str], None]) -> None:
    """A register begun anew: every migration there is."""
    place.register()
    say("begun")


def _back_up(place: Place, say: Callable[[str], None]) -> None:
    for _ in range(2):
        say(f"file {make_backup(BackupOrder(place.home, place.backups, keep=1)).backup.file.suffix}")


def _one_backup(place: Place) -> None:
    make_backup(BackupOrder(place.home, place.backups))


def _restore(place: Place, say: Callable[[str], None]) -> None:
    (file,) = place.backups.iterdir()
    if not place.restored.pointer.exists():
        restore(RestoreOrder(file, place.restored))
    say("restored")


ACTS: Mapping[str, Act] = {
    "audit": _audit,
    "decide": _decide,
    "notice": _notice,
    "settings": _settings,
    "holds": _holds,
    "people": _people,
    "go back": _go_back,
    "packs": _packs,
    "migrate": _migrate,
    "back up": _back_up,
    "restore": _restore,
}


BEFOREHAND: Mapping[str, Callable[[Place], None]] = {"go back": _damage, "migrate": _empty, "restore": _one_backup}
"""What an act needs that is not part of it."""


def problems(place: Place, act: str, said: Sequence[str]) -> list[str]:
    """What is not as promised right after a kill."""
    if act == "migrate":
        return [] if place.register().identity() else ["no register"]
    shown = shown_run(place.home)
    read_whole(shown.file)
    for file in place.backups.glob("anka-*.tar.zst") if act == "back up" else ():  # one with its name is whole
        with opened(file) as archive:
            archive.unpack(None)
    if act == "restore" and place.restored.pointer.exists():
        read_whole(shown_run(place.restored).file)
    damaged = [f"shown instead of {shown.instead_of.what}"] if shown.instead_of is not None and act != "go back" else []
    with closing(sqlite3.connect(place.home.root / "register.db")) as con:
        broken = [str(row) for row in con.execute("pragma integrity_check") if row != ("ok",)]
        broken += [f"foreign key {row}" for row in con.execute("pragma foreign_key_check")]
    register = place.register()
    with register.reading() as session:
        chain = check(session, published_heads(place.home, register)).problems
        kept = _kept(session)
        numbering = list(session.scalars(select(Notice.serial).order_by(Notice.id)))
        without_findings = session.scalar(
            select(func.count()).select_from(Notice).where(~Notice.id.in_(select(NoticeFinding.notice_id)))
        )
    lost = [f"answered and lost: {line}" for line in (*_BEFORE, *said) if line.startswith(_KEPT) and line not in kept]
    if numbering != list(range(1, len(numbering) + 1)) or without_findings:
        lost.append(f"notices {numbering}, without findings {without_findings}")
    if not kept & {"setting 10 30", "setting 12 45"}:
        lost.append("half of the settings")
    if len([*place.backups.glob("anka-*.tar.zst")]) < min(1, sum(line.startswith("file ") for line in said)):
        lost.append("no back-up")
    return [*damaged, *broken, *(str(problem.words) for problem in chain), *lost]


def _kept(session: Session) -> set[str]:
    """What the register holds, in the words in which acts answer."""
    events = session.execute(select(Event.action, Event.finding_id)).all()
    return {
        *(f"event {action} {finding_id}" for action, finding_id in events),
        *(f"event {action}" for action, _ in events),
        *(f"events {action} {times}" for action, times in Counter(action for action, _ in events).items()),
        *(f"notice {number}" for number in session.scalars(select(Notice.number))),
        *(f"logged {action}" for action in session.scalars(select(Access.action))),
        *(f"run {run_id}" for run_id in session.scalars(select(Run.run_id))),
        f"setting {switch(session, 'reply_days')} {switch(session, 'idle_minutes')}",
    }


_KEPT = ("event ", "events ", "notice ", "logged ", "run ", "setting ")
_BEFORE = ("events confirm 3", "notice 某检案管监〔2026〕1号", "logged organisation")
"""What was answered before anything was killed."""


def states(place: Place) -> dict[str, object]:
    """What a home has come to: its files, and what the register says of runs and findings."""
    register = place.register()
    with register.reading() as session:
        whole = check(session, published_heads(place.home, register)).whole
        runs = [tuple(row) for row in session.execute(select(Run.seq, Run.run_id).order_by(Run.seq))]
        findings = [
            tuple(row)
            for row in session.execute(
                select(
                    Finding.finding_id, Finding.state, Finding.verification, Finding.notice_id, Finding.last_seq
                ).order_by(Finding.finding_id)
            )
        ]
    files = sorted(
        part.relative_to(place.home.root).as_posix()
        for part in place.home.root.rglob("*")
        if part.is_file() and not part.name.startswith("register.db-")
    )
    with open_published(place.home.current()) as con:
        shown = con.execute("select run_id from runs").fetchall()[0][0]
        listed = con.execute("select finding_id from findings order by all").fetchall()
    return {"files": files, "runs": runs, "findings": findings, "shown": shown, "listed": listed, "chain": whole}
