"""Reading notices: those a person may see, what each said of its findings, how far they have come, which replies are overdue."""

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from expectations.finding.labels import case_word
from expectations.notices.grades import awaiting_reply, grade_of
from expectations.notices.scopes import visible
from expectations.register.transitions import ACTIVE
from expectations.rights.reader import Reader
from expectations.store.tables import Event, Finding, Notice, NoticeFinding
from expectations.texts import Bilingual

NoticeState = Literal["withdrawn", "replied", "overdue", "due", "no_reply"]


@dataclass(frozen=True)
class Said:
    """A finding in the words of the notice: as it stood on the day of issue, whatever became of it since."""

    finding_id: str
    rule_id: str
    severity: str
    error_type: str
    card: str
    bmsah: str
    suspect_no: str
    case_name: str
    name: str
    department: str
    prosecutor: str
    fields: str
    present: Mapping[str, Any]
    message: str
    basis: str
    sheet: str = ""
    sheet_row: int = 0
    """Where the row stood; notices issued before that was kept do not say."""
    message_en: str = ""
    """Blank in notices issued before it was kept."""

    @property
    def words(self) -> Bilingual:
        """The message."""
        return Bilingual(self.message, self.message_en or self.message)

    @property
    def case_word(self) -> Bilingual:
        """The case number, or where a row without one stood."""
        return case_word(self.bmsah, self.sheet, self.sheet_row)

    @classmethod
    def of(cls, finding: Finding) -> "Said":
        """What a notice says of the finding today."""
        return cls(**{field.name: getattr(finding, field.name) for field in dataclasses.fields(cls)})


@dataclass(frozen=True)
class Progress:
    """The findings of a notice by what became of them."""

    corrected: int = 0
    explained: int = 0
    open: int = 0
    gone: int = 0
    """Not seen any more, or their rule was withdrawn."""

    @property
    def total(self) -> int:
        """All it named."""
        return self.corrected + self.explained + self.open + self.gone

    @property
    def settled(self) -> int:
        """Corrected or explained."""
        return self.corrected + self.explained


def notices(
    session: Session, reader: Reader, *, grades: Collection[str] = (), unanswered: bool = False, withdrawn: bool = True
) -> list[Notice]:
    """The notices the reader may see, the latest first."""
    query = select(Notice).where(visible(reader)).order_by(Notice.issued_on.desc(), Notice.id.desc())
    if grades:
        query = query.where(Notice.grade.in_(sorted(grades)))
    if unanswered:
        query = query.where(awaiting_reply())
    if not withdrawn:
        query = query.where(Notice.withdrawn.is_(False))
    return list(session.scalars(query))


def one_notice(session: Session, reader: Reader, notice_id: int) -> Notice | None:
    """The notice, if the reader may see it."""
    return session.scalars(select(Notice).where(Notice.id == notice_id, visible(reader))).first()


def overdue(session: Session, reader: Reader, today: date) -> list[Notice]:
    """Notices that demand a reply whose last day is over without one, the oldest first."""
    late = [notice for notice in notices(session, reader, unanswered=True) if notice.due_on < today]
    return sorted(late, key=lambda notice: (notice.due_on, notice.id))


def state_of(notice: Notice, today: date) -> NoticeState:
    """Where a notice stands."""
    if notice.withdrawn:
        return "withdrawn"
    if notice.replied_on is not None:
        return "replied"
    if not grade_of(notice).wants_reply:
        return "no_reply"
    return "overdue" if notice.due_on < today else "due"


def progress(session: Session, reader: Reader, notice_ids: Collection[int]) -> dict[int, Progress]:
    """How far the findings of each notice have come by now; for notices the reader may see."""
    rows = session.execute(
        select(NoticeFinding.notice_id, Finding.state, func.count())
        .join(Finding, Finding.finding_id == NoticeFinding.finding_id)
        .join(Notice, Notice.id == NoticeFinding.notice_id)
        .where(NoticeFinding.notice_id.in_(sorted(notice_ids)), visible(reader))
        .group_by(NoticeFinding.notice_id, Finding.state)
    ).all()
    counts_by_notice: dict[int, dict[str, int]] = {}
    for notice_id, state, number in rows:
        kind = state if state in ("corrected", "explained") else "open" if state in ACTIVE else "gone"
        kinds = counts_by_notice.setdefault(notice_id, {})
        kinds[kind] = kinds.get(kind, 0) + number
    return {notice_id: Progress(**kinds) for notice_id, kinds in counts_by_notice.items()}


def said_of(session: Session, reader: Reader, notice_id: int) -> list[Said]:
    """What a notice says of its findings, in its order; nothing when the reader may not see it."""
    if one_notice(session, reader, notice_id) is None:
        return []
    events = session.execute(
        select(Event.before)
        .join(NoticeFinding, NoticeFinding.finding_id == Event.finding_id)
        .where(NoticeFinding.notice_id == notice_id, Event.batch == batch_of(notice_id), Event.action == "noticed")
        .order_by(NoticeFinding.position)
    ).scalars()
    return [Said(**before["said"]) for before in events]


def states_of(session: Session, reader: Reader, notice_id: int) -> dict[str, str]:
    """The present state of each finding of a notice, by its id."""
    rows = session.execute(
        select(Finding.finding_id, Finding.state)
        .join(NoticeFinding, NoticeFinding.finding_id == Finding.finding_id)
        .join(Notice, Notice.id == NoticeFinding.notice_id)
        .where(Notice.id == notice_id, visible(reader))
    ).all()
    return dict(iter(rows))


def notices_naming(session: Session, reader: Reader, finding_ids: Collection[str]) -> dict[str, list[Notice]]:
    """The notices the reader may see that named a finding, the earliest first, by its id."""
    rows = session.execute(
        select(NoticeFinding.finding_id, Notice)
        .join(Notice, Notice.id == NoticeFinding.notice_id)
        .where(NoticeFinding.finding_id.in_(sorted(finding_ids)), visible(reader))
        .order_by(Notice.issued_on, Notice.id)
    ).all()
    notices_by_finding: dict[str, list[Notice]] = {}
    for finding_id, notice in rows:
        notices_by_finding.setdefault(finding_id, []).append(notice)
    return notices_by_finding


def withdrawal_of(session: Session, reader: Reader, notice_id: int) -> tuple[str, str]:
    """Who withdrew a notice and why; blank when nobody did."""
    if one_notice(session, reader, notice_id) is None:
        return "", ""
    event = session.scalars(
        select(Event).where(Event.batch == batch_of(notice_id), Event.action == "notice_withdrawn").limit(1)
    ).first()
    return (event.user_name, event.note) if event else ("", "")


def words_to_keep(finding: Said) -> dict[str, Any]:
    """As the event of the issue keeps it."""
    return dataclasses.asdict(finding)


def batch_of(notice_id: int) -> str:
    """The batch of the events of a notice."""
    return f"notice-{notice_id}"
