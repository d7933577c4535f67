"""Which messages are due to whom: counts and a link, never a name or a number of a suspect. Nothing is sent or stored here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from expectations.home import Home
from expectations.notices import digest_subjects, grade_of, notices, state_of
from expectations.notices.grades import awaiting_reply
from expectations.notices.scopes import number_of
from expectations.notices.weeks import Subject, Week, week_figures
from expectations.people.organisation import reader_of
from expectations.register.attempts import standing, troubled
from expectations.register.readers_rows import rows_of
from expectations.rights.reader import Reader
from expectations.rights.scope import EVERYTHING
from expectations.store.tables import Finding, Notice, Run, User
from expectations.texts import Bilingual

OFFICE = "office"
"""The recipient of what goes to the channels of the office."""
_WARN_DAYS = 2
_ISSUED_DAYS = 7
"""A notice older than this is no news: whoever switches messages on late is not told of all that ever was."""


@dataclass(frozen=True)
class Letter:
    """A message: `kind` and `about` with the recipient say whether it was sent before."""

    kind: str
    about: str
    recipient: str
    name: str
    contact: str
    title: str
    body: str

    @property
    def key(self) -> str:
        """What the outbox knows it by, beside the recipient."""
        return f"{self.kind}:{self.about}"


@dataclass(frozen=True)
class Occasion:
    """When and for what messages are written; with a week, its digests too."""

    home: Home
    address: str
    today: date
    week: Week | None = None

    def link(self, page: str, **params: object) -> str:
        """A deep link into the dashboard."""
        query = urlencode(params)
        return f"{self.address.rstrip('/')}/{page}{'?' if query else ''}{query}"


def letters(session: Session, occasion: Occasion) -> list[Letter]:
    """Everything there is to say, whether it was said before or not."""
    run = session.scalars(select(Run).order_by(Run.seq.desc()).limit(1)).first()
    due_letters: list[Letter] = []
    for user in session.scalars(select(User).where(User.active.is_(True)).order_by(User.login)).all():
        reader = reader_of(session, user.id)
        to = _Recipient(user.login, user.name, user.contact)
        if run is not None:
            due_letters += _new_findings(session, occasion, run, reader, to)
        due_letters += _alarms(session, occasion, reader, to)
        due_letters += _notices(session, occasion, reader, to)
        if occasion.week is not None:
            due_letters += _digests(session, occasion, occasion.week, reader, to)
    return due_letters + (_to_office(session, occasion, run) if run is not None else [])


@dataclass(frozen=True)
class _Recipient:
    login: str
    name: str
    contact: str

    def letter(self, kind: str, about: object, title: str, *lines: str) -> Letter:
        return Letter(kind, str(about), self.login, self.name, self.contact, title, "\n".join(lines))


def _new_findings(session: Session, occasion: Occasion, run: Run, reader: Reader, to: _Recipient) -> Iterator[Letter]:
    """To owners about their own cards; to supervisors about all they look after."""
    supervises = reader.may("decide")
    scope = reader.rows if supervises else reader.own
    ids = [] if scope.nothing else _new_error_ids(session, run, rows_of(scope))
    if not ids:
        return
    page, params = ("today", {}) if supervises else ("mine", {})
    if len(ids) == 1 and not supervises:
        page, params = "case", {"finding": ids[0]}
    yield to.letter(
        "new",
        run.seq,
        f"案卡质检：新发现 {len(ids)} 个问题",
        f"{run.as_of} 核查新发现{'' if supervises else '您负责的'}问题 {len(ids)} 个，请登录查看。",
        f"The audit of {run.as_of} found {len(ids)} new errors{'' if supervises else ' on your cards'}.",
        occasion.link(page, **params),
    )


def _new_error_ids(session: Session, run: Run, rows: ColumnElement[bool]) -> list[str]:
    """Errors that are new or came back with a run."""
    came = and_(Finding.state.in_(("new", "reopened")), Finding.state_seq == run.seq)
    return list(session.scalars(select(Finding.finding_id).where(rows, came, not_(Finding.hint_now))))


_TROUBLE: Mapping[str, tuple[str, str, str]] = {
    "failed": (
        "夜间核查失败",
        "夜间核查没有完成，未发布新的结果，看板仍显示此前的结果。",
        "The nightly audit failed and published nothing; the dashboard shows the run before it.",
    ),
    "killed": (
        "夜间核查中断",
        "夜间核查被中断（程序被终止或机器关机），未发布新的结果，看板仍显示此前的结果。",
        "The nightly audit was killed, or the machine went off, and published nothing; the dashboard shows the run before it.",
    ),
    "incomplete": (
        "夜间核查不完整",
        "夜间核查已发布，但不完整，其数字不能视为“无错误”。",
        "The nightly audit was published but is not complete; no figure of it may be read as “no error”.",
    ),
}
"""By outcome of an attempt: title and text."""


def _alarms(session: Session, occasion: Occasion, reader: Reader, to: _Recipient) -> Iterator[Letter]:
    """To supervisors and administrators: nights that went wrong, each once; for every day on which none came, another one."""
    if not reader.may("watch"):
        return
    for attempt in troubled(session):
        title, zh, en = _TROUBLE[attempt.outcome]
        why = [Bilingual("原因", "reason").about(attempt.reason)] if attempt.reason else []
        yield to.letter(attempt.outcome, attempt.id, f"案卡质检：{title}", zh, en, *why, occasion.link("run"))
    nights = standing(session)
    if nights.stale:
        days = nights.good_hours // 24
        yield to.letter(
            "missed",
            f"{nights.good_at:%Y%m%d}+{days}",
            "案卡质检：没有新的夜间核查",
            f"最近一次成功的夜间核查在 {nights.good_hours} 小时前（应不超过 {nights.limit_hours} 小时）。请检查定时任务和导出文件。",
            f"The last nightly audit that published is {nights.good_hours} hours old (limit {nights.limit_hours}): look at the schedule and the exports.",
            occasion.link("run"),
        )


def _notices(session: Session, occasion: Occasion, reader: Reader, to: _Recipient) -> Iterator[Letter]:
    """Issued, to be answered within two days, overdue; a supervisor is told of the overdue ones only."""
    supervises = reader.may("notify")
    for notice in notices(session, reader, withdrawn=False):
        state = state_of(notice, occasion.today)
        if (
            state in ("due", "no_reply")
            and not supervises
            and notice.issued_on >= occasion.today - timedelta(days=_ISSUED_DAYS)
        ):
            yield _about(occasion, to, "issued", notice, Bilingual("收到", "issued"))
        if state == "due" and not supervises and (notice.due_on - occasion.today).days <= _WARN_DAYS:
            yield _about(occasion, to, "due", notice, Bilingual("即将到期", "reply due soon"))
        if state == "overdue":
            yield _about(occasion, to, "overdue", notice, Bilingual("逾期未回复", "reply overdue"))


def _about(occasion: Occasion, to: _Recipient, kind: str, notice: Notice, news: Bilingual) -> Letter:
    grade = grade_of(notice)
    until = "，" + Bilingual(f"回复期限 {notice.due_on}", f"reply by {notice.due_on}") if grade.wants_reply else ""
    grade_name = grade.called.zh
    return to.letter(
        kind,
        notice.id,
        f"{grade_name}（{news.zh}）",
        f"{f'{grade_name} ' if notice.number else ''}{number_of(notice)}：{news}{until}",
        occasion.link("notices", tab="issued", id=notice.id),
    )


def _digests(session: Session, occasion: Occasion, week: Week, reader: Reader, to: _Recipient) -> Iterator[Letter]:
    """To heads for their departments, to prosecutors for themselves."""
    if reader.may("notify") or not reader.may("reply"):
        return
    departments, persons = digest_subjects(session, reader)
    subjects = departments or tuple(subject for subject in persons if subject.prosecutor == reader.name)
    if not subjects:
        return
    yield to.letter(
        "digest",
        week.name,
        f"案卡质量周报 {week.name}",
        *(_week_line(session, occasion.home, subject, week) for subject in subjects),
        occasion.link("notices", tab="digests", week=week.name),
    )


def _week_line(session: Session, home: Home, subject: Subject, week: Week) -> str:
    figures = week_figures(session, home, subject, week)
    whose = f"{subject.department} {subject.prosecutor}".strip()
    return f"{whose}：" + Bilingual(
        f"新发现 {figures.new}，已改正 {figures.corrected} / 在册 {figures.stock}，待处理 {figures.open}，逾期 {figures.overdue}",
        f"new {figures.new}, corrected {figures.corrected} of {figures.stock}, open {figures.open}, overdue {figures.overdue}",
    )


def _to_office(session: Session, occasion: Occasion, run: Run) -> list[Letter]:
    """One summary of a run for the channels of the office."""
    number = len(_new_error_ids(session, run, rows_of(EVERYTHING)))
    late = select(func.count()).select_from(Notice).where(awaiting_reply(), Notice.due_on < occasion.today)
    overdue = session.scalar(late) or 0
    if not number and not overdue:
        return []
    to = _Recipient(OFFICE, Bilingual("本院", "office"), "")
    return [
        to.letter(
            "new",
            run.seq,
            f"案卡质检：{run.as_of} 核查",
            f"新发现问题 {number} 个，逾期未回复的通知 {overdue} 份。",
            f"{number} new errors, {overdue} notices overdue.",
            occasion.link("today"),
        )
    ]
