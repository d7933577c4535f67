"""Issuing notices: which findings may stand in one, to whom it goes, its number and its last day, and taking it back.

Everything of one notice happens in one writing transaction: the number, what it says, the events of its findings.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import func, not_, or_, select, text
from sqlalchemy.orm import Session

from expectations import office_days
from expectations.errors import InputError
from expectations.notices.grades import Grade, grade_named
from expectations.notices.grading import grading, propose
from expectations.notices.reading import Said, batch_of, overdue, words_to_keep
from expectations.notices.scopes import number_of, visible
from expectations.people import access_log
from expectations.people.languages import home_language
from expectations.register.readers_rows import rows_of
from expectations.register.transitions import ACTIVE, awaited
from expectations.rights.reader import Reader
from expectations.store.offices import read_offices
from expectations.store.register import Register, now
from expectations.store.switches import DEFAULTS, switch
from expectations.store.tables import Event, Finding, Notice, NoticeFinding
from expectations.texts import NO_TEXT, Bilingual

Per = Literal["department", "prosecutor"]
Addressee = tuple[str, str, str]
"""Office, department, prosecutor; the last is blank for a department."""

_NUMBERING_LOCK = 7701021  # any number only Anka uses as a PostgreSQL advisory lock
_CHUNK = 500
_ENGLISH_NUMBER = "{office} {year}/{serial}"
"""As printed in a home that speaks English, where nobody has set the switch."""
_COURT = re.compile("(人民检察院|检察院|院)$")
_KIND = re.compile("(?<=..)[省市县区旗州盟]$")
_LARGER = re.compile("^.*[省市县区旗州盟](?=..)")


@dataclass(frozen=True)
class Issued:
    """The notices made, and the findings left out with the reason."""

    notices: tuple[Notice, ...]
    skipped: tuple[tuple[str, Bilingual], ...]


@dataclass(frozen=True)
class Draft:
    """A notice that could be issued: to whom, about what, and the grade the findings suggest."""

    to: Addressee
    findings: tuple[Finding, ...]
    grade: Grade


def issue(
    register: Register,
    reader: Reader,
    finding_ids: Iterable[str],
    grade: str,
    per: Per = "department",
    today: date | None = None,
) -> Issued:
    """Issues one notice per addressee, of the grade of that name, numbered without gaps within office and year if its grade is.

    The reply is due so many calendar days after the day of issue, which is not counted: rule 665 asks for a written reply
    within ten days (十日以内). Raises InputError, NotAllowedError; findings that can't stand in a notice are skipped with the reason.
    """
    reader.require("notify")
    chosen, day = grade_named(grade), today or office_days.today()
    with register.writing() as session:
        _take_turn(register, session)
        ids = list(dict.fromkeys(finding_ids))
        by_addressee, skipped = _by_addressee(session, _findings_by_id(session, reader, ids, lock=True), ids, per)
        issued = [
            _issue_one(session, reader, to, findings, chosen, day) for to, findings in sorted(by_addressee.items())
        ]
    return Issued(tuple(issued), tuple(skipped))


def preview(
    session: Session, reader: Reader, finding_ids: Iterable[str], per: Per, today: date | None = None
) -> tuple[Draft, ...]:
    """What `issue` would make of the findings, with the grade proposed for each addressee."""
    reader.require("notify")
    ids = list(dict.fromkeys(finding_ids))
    by_addressee, _ = _by_addressee(session, _findings_by_id(session, reader, ids, lock=False), ids, per)
    return _drafts(session, reader, by_addressee, today or office_days.today())


def ready(session: Session, reader: Reader, per: Per, today: date | None = None) -> tuple[Draft, ...]:
    """Everything confirmed that stands in no notice yet, by addressee, with the grade proposed."""
    reader.require("notify")
    candidates = select(Finding).where(
        rows_of(reader.rows),
        Finding.state.in_(ACTIVE),
        Finding.verification == "confirmed",
        not_(Finding.hint_now),
        or_(Finding.notice_id.is_(None), Finding.state == "reopened"),
    )
    findings_by_id = {finding.finding_id: finding for finding in session.scalars(candidates)}
    by_addressee, _ = _by_addressee(session, findings_by_id, list(findings_by_id), per)
    return _drafts(session, reader, by_addressee, today or office_days.today())


def withdraw(register: Register, reader: Reader, notice_id: int, reason: str) -> Notice:
    """Takes a notice back; it keeps its number, and its findings may stand in another one. Raises InputError, NotAllowedError.

    A notice out of the reader's sight is refused like one that does not exist.
    """
    reader.require("notify")
    if not reason.strip():
        raise InputError(Bilingual("请写明撤回理由", "say why it is withdrawn"))
    with register.writing() as session:
        query = select(Notice).where(Notice.id == notice_id, visible(reader)).with_for_update()
        notice = session.scalars(query).first()
        if notice is None or notice.withdrawn:
            raise InputError(
                Bilingual("没有这份可撤回的通知", "no notice to withdraw").about(notice_id), hint="anka notices list"
            )
        notice.withdrawn = True
        rows = session.scalars(
            select(Finding).where(Finding.notice_id == notice_id).order_by(Finding.finding_id).with_for_update()
        ).all()
        for finding in rows:
            finding.notice_id = None
            finding.version += 1
            session.add(_event(reader, finding.finding_id, "notice_withdrawn", notice, reason.strip()))
        said = access_log.shown_text(reason.strip())
        access_log.note(session, reader.user_id, reader.login, "notice_withdrawn", str(notice_id), said)
    return notice


def _take_turn(register: Register, session: Session) -> None:
    """One writer at a time, so that no number is given twice or left out; SQLite's writers wait by themselves."""
    if not register.on_sqlite:
        session.execute(text(f"select pg_advisory_xact_lock({_NUMBERING_LOCK})"))


def _findings_by_id(session: Session, reader: Reader, ids: Sequence[str], *, lock: bool) -> dict[str, Finding]:
    """The findings within the reader's rows; with `lock` nobody changes them until the end of the transaction."""
    findings: dict[str, Finding] = {}
    ids = sorted(ids)  # locked in the order in which decisions lock them, so that neither waits for the other for good
    for start in range(0, len(ids), _CHUNK):
        query = select(Finding).where(Finding.finding_id.in_(ids[start : start + _CHUNK]), rows_of(reader.rows))
        query = query.order_by(Finding.finding_id)
        findings |= {
            finding.finding_id: finding for finding in session.scalars(query.with_for_update() if lock else query)
        }
    return findings


def _by_addressee(
    session: Session, findings_by_id: Mapping[str, Finding], ids: Sequence[str], per: Per
) -> tuple[dict[Addressee, list[Finding]], list[tuple[str, Bilingual]]]:
    """The findings that may stand in a notice, by addressee, and why the others may not."""
    live_notices = _live_notices(session, findings_by_id.values())
    offices = read_offices(session)
    by_addressee: defaultdict[Addressee, list[Finding]] = defaultdict(list)
    skipped: list[tuple[str, Bilingual]] = []
    for finding_id in ids:
        finding = findings_by_id.get(finding_id)
        why = _refusal(finding, live_notices, per)
        if finding is None or why:
            skipped.append((finding_id, why))
        else:
            person = finding.prosecutor if per == "prosecutor" else ""
            by_addressee[offices.resolved(finding.office, finding.department), finding.department, person].append(
                finding
            )
    return {to: sorted(rows, key=_order) for to, rows in by_addressee.items()}, skipped


def _refusal(finding: Finding | None, live_notices: Mapping[int, Notice], per: Per) -> Bilingual:
    """Why a finding can't stand in a notice; blank when it can."""
    if finding is None:
        return Bilingual("没有这个问题", "no such finding")
    live = live_notices.get(finding.notice_id or 0)
    addressee = finding.prosecutor if per == "prosecutor" else finding.department
    reasons = (
        (finding.state not in ACTIVE, Bilingual("已不在待处理状态", "it no longer stands open")),
        (finding.hint_now, Bilingual("核对提示不进入通知", "hints never stand in a notice")),
        (finding.verification != "confirmed", Bilingual("未核实属实", "not confirmed")),
        (awaited(finding) == "decision", Bilingual("异议待处理", "a dispute is to be decided first")),
        (
            live is not None and not (finding.state == "reopened" and live.replied_on is not None),
            Bilingual("已在通知中", "already in a notice").about(number_of(live) if live else ""),
        ),
        (
            not addressee,
            Bilingual("没有承办检察官", "no prosecutor")
            if per == "prosecutor"
            else Bilingual("没有承办部门", "no department"),
        ),
    )
    return next((why for applies, why in reasons if applies), NO_TEXT)


def _live_notices(session: Session, findings: Iterable[Finding]) -> dict[int, Notice]:
    ids = {finding.notice_id for finding in findings if finding.notice_id is not None}
    live = session.scalars(select(Notice).where(Notice.id.in_(ids), Notice.withdrawn.is_(False))) if ids else ()
    return {notice.id: notice for notice in live}


def _drafts(
    session: Session, reader: Reader, by_addressee: Mapping[Addressee, list[Finding]], day: date
) -> tuple[Draft, ...]:
    thresholds = grading(session)
    late = [(notice.office, notice.department, notice.prosecutor) for notice in overdue(session, reader, day)]
    return tuple(
        Draft(to, tuple(findings), propose(findings, late.count(to), thresholds))
        for to, findings in sorted(by_addressee.items())
    )


def _issue_one(
    session: Session, reader: Reader, to: Addressee, findings: Sequence[Finding], grade: Grade, day: date
) -> Notice:
    office, department, prosecutor = to
    serial = _next_serial(session, office, day.year) if grade.numbered else None
    days = int(switch(session, "reply_days")) if grade.reply_days is None else grade.reply_days
    notice = Notice(
        year=day.year,
        serial=serial,
        number=_number(session, office, day.year, serial) if serial else "",
        grade=grade.name,
        office=office,
        department=department,
        prosecutor=prosecutor,
        issued_on=day,
        due_on=day + timedelta(days=days),
        issued_by=reader.name,
        reply="",
        replied_on=None,
        replied_by="",
        withdrawn=False,
    )
    session.add(notice)
    session.flush()
    said_number = number_of(notice).in_language(home_language(session))
    for position, finding in enumerate(findings, start=1):
        session.add(NoticeFinding(notice_id=notice.id, finding_id=finding.finding_id, position=position))
        event = _event(reader, finding.finding_id, "noticed", notice, said_number)
        event.before = {"version": 0, "said": words_to_keep(Said.of(finding))}
        session.add(event)
        finding.notice_id = notice.id
        finding.version += 1
    session.flush()
    said = f"grade={grade.name} findings={len(findings)}"
    access_log.note(session, reader.user_id, reader.login, "notice_issued", str(notice.id), said)
    return notice


def _next_serial(session: Session, office: str, year: int) -> int:
    """One more than the highest; withdrawn notices keep theirs, so there is never a gap."""
    highest = session.scalar(select(func.max(Notice.serial)).where(Notice.office == office, Notice.year == year))
    return (highest or 0) + 1


def _number(session: Session, office: str, year: int, serial: int) -> str:
    """The number as printed, by the switch `notice_number`."""
    form = str(switch(session, "notice_number"))
    if form == DEFAULTS["notice_number"] and home_language(session) == "en":
        form = _ENGLISH_NUMBER
    return form.format(office=short_name(office), year=year, serial=serial)


def short_name(office: str) -> str:
    """The place an office is named after: 汉东市示例区人民检察院 → 示例."""
    place = _COURT.sub("", office) or office
    place = _KIND.sub("", place)
    return _LARGER.sub("", place)


def _event(reader: Reader, finding_id: str, action: str, notice: Notice, note: str) -> Event:
    """`before` holds no version a finding can have: a notice is taken back by `withdraw`, never by an undo."""
    return Event(
        finding_id=finding_id,
        at=now(),
        action=action,
        seq=None,
        user_id=reader.user_id,
        user_name=reader.name,
        reason_code="",
        note=note,
        until=notice.due_on if action == "noticed" else None,
        batch=batch_of(notice.id),
        before={"version": 0},
        undone=False,
    )


def _order(finding: Finding) -> tuple[str, str, int, str, str, str]:
    """By person and case, serious ones first within it."""
    return (
        finding.prosecutor,
        finding.bmsah,
        finding.severity != "serious",
        finding.rule_id,
        finding.suspect_no,
        finding.finding_id,
    )
