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
from expectations.people.accounts import find_user
from expectations.people.languages import home_language, language_of
from expectations.people.organisation import reader_of
from expectations.register.attempts import standing, troubled
from expectations.register.readers_rows import rows_of
from expectations.rights.reader import Reader
from expectations.rights.scope import EVERYTHING
from expectations.store.tables import Finding, Notice, Run, User
from expectations.texts import NO_TEXT, Bilingual, Language, same

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

    def link(self, to: "_Recipient", page: str, **params: object) -> str:
        """A deep link into the dashboard that opens in the recipient's language, also where sign-in comes before it."""
        query = urlencode({**params, **({} if to.language == to.home_language else {"lang": to.language})})
        return f"{self.address.rstrip('/')}/{page}{'?' if query else ''}{query}"


def letters(session: Session, occasion: Occasion) -> list[Letter]:
    """Everything there is to say, whether it was said before or not."""
    run = session.scalars(select(Run).order_by(Run.seq.desc()).limit(1)).first()
    due_letters: list[Letter] = []
    for user in session.scalars(select(User).where(User.active.is_(True)).order_by(User.login)).all():
        reader = reader_of(session, user.id)
        to = _Recipient(user.login, user.name, user.contact, reader.language, reader.home_language)
        if run is not None:
            due_letters += _new_findings(session, occasion, run, reader, to)
        due_letters += _alarms(session, occasion, reader, to)
        due_letters += _notices(session, occasion, reader, to)
        if occasion.week is not None:
            due_letters += _digests(session, occasion, occasion.week, reader, to)
    return due_letters + (_to_office(session, occasion, run) if run is not None else [])


def trial_letter(session: Session, login: str, address: str) -> Letter:
    """A message that says nothing but that it arrived. Raises InputError for an unknown login."""
    user = find_user(session, login)
    to = _Recipient(user.login, user.name, user.contact, language_of(session, user), home_language(session))
    arrived = Bilingual(
        "这是案卡质检的试发消息，收到即表示消息可以送达。", "This is a test: messages of Anka reach you."
    )
    return to.letter("trial", user.login, Bilingual("案卡质检试发消息", "Anka: test message"), arrived, address)


@dataclass(frozen=True)
class _Recipient:
    login: str
    name: str
    contact: str
    language: Language
    home_language: Language

    def letter(self, kind: str, about: object, title: Bilingual, *lines: str) -> Letter:
        """In the recipient's language."""
        body = "\n".join(same(line).in_language(self.language) for line in lines)
        return Letter(kind, str(about), self.login, self.name, self.contact, title.in_language(self.language), body)


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
        Bilingual(f"案卡质检：新发现 {len(ids)} 个问题", f"Case cards: new errors: {len(ids)}"),
        Bilingual(
            f"{run.as_of} 核查新发现{'' if supervises else '您负责的'}问题 {len(ids)} 个，请登录查看。",
            f"New errors found{'' if supervises else ' on your cards'} by the audit of {run.as_of}: {len(ids)}.",
        ),
        occasion.link(to, page, **params),
    )


def _new_error_ids(session: Session, run: Run, rows: ColumnElement[bool]) -> list[str]:
    """Errors that are new or came back with a run."""
    came = and_(Finding.state.in_(("new", "reopened")), Finding.state_seq == run.seq)
    return list(session.scalars(select(Finding.finding_id).where(rows, came, not_(Finding.hint_now))))


_TROUBLE: Mapping[str, tuple[Bilingual, Bilingual]] = {
    "failed": (
        Bilingual("案卡质检：夜间核查失败", "Case cards: the nightly audit failed"),
        Bilingual(
            "夜间核查没有完成，未发布新的结果，看板仍显示此前的结果。",
            "The nightly audit failed and published nothing; the dashboard shows the run before it.",
        ),
    ),
    "killed": (
        Bilingual("案卡质检：夜间核查中断", "Case cards: the nightly audit was killed"),
        Bilingual(
            "夜间核查被中断（程序被终止或机器关机），未发布新的结果，看板仍显示此前的结果。",
            "The nightly audit was killed, or the machine went off, and published nothing; the dashboard shows the run before it.",
        ),
    ),
    "incomplete": (
        Bilingual("案卡质检：夜间核查不完整", "Case cards: the nightly audit is not complete"),
        Bilingual(
            "夜间核查已发布，但不完整，其数字不能视为“无错误”。",
            "The nightly audit was published but is not complete; no figure of it may be read as “no error”.",
        ),
    ),
}
"""By outcome of an attempt: title and text."""


def _alarms(session: Session, occasion: Occasion, reader: Reader, to: _Recipient) -> Iterator[Letter]:
    """To supervisors and administrators: nights that went wrong, each once; for every day on which none came, another one."""
    if not reader.may("watch"):
        return
    for attempt in troubled(session):
        title, words = _TROUBLE[attempt.outcome]
        why = [Bilingual("原因", "reason").about(attempt.why)] if attempt.reason else []
        yield to.letter(attempt.outcome, attempt.id, title, words, *why, occasion.link(to, "run"))
    nights = standing(session)
    if nights.stale:
        days = nights.good_hours // 24
        yield to.letter(
            "missed",
            f"{nights.good_at:%Y%m%d}+{days}",
            Bilingual("案卡质检：没有新的夜间核查", "Case cards: no new nightly audit"),
            nights.why_stale,
            Bilingual("请检查定时任务和导出文件。", "Look at the schedule and the exports."),
            occasion.link(to, "run"),
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
    until = Bilingual(f"，回复期限 {notice.due_on}", f", reply by {notice.due_on}") if grade.wants_reply else NO_TEXT
    called = grade.called + " " if notice.number else NO_TEXT
    return to.letter(
        kind,
        notice.id,
        Bilingual(f"{grade.called.zh}（{news.zh}）", f"{grade.called.en} ({news.en})"),
        called + number_of(notice) + Bilingual("：", ": ") + news + until,
        occasion.link(to, "notices", tab="issued", id=notice.id),
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
        Bilingual(f"案卡质量周报 {week.name}", f"Digest of the case cards {week.name}"),
        *(_week_line(session, occasion.home, subject, week) for subject in subjects),
        occasion.link(to, "notices", tab="digests", week=week.name),
    )


def _week_line(session: Session, home: Home, subject: Subject, week: Week) -> Bilingual:
    figures = week_figures(session, home, subject, week)
    return Bilingual(
        f"{subject.name}：新发现 {figures.new}，已改正 {figures.corrected} / 在册 {figures.stock}，待处理 {figures.open}，逾期 {figures.overdue}",
        f"{subject.name}: new {figures.new}, corrected {figures.corrected} of {figures.stock}, open {figures.open}, overdue {figures.overdue}",
    )


def _to_office(session: Session, occasion: Occasion, run: Run) -> list[Letter]:
    """One summary of a run for the channels of the office."""
    number = len(_new_error_ids(session, run, rows_of(EVERYTHING)))
    late = select(func.count()).select_from(Notice).where(awaiting_reply(), Notice.due_on < occasion.today)
    overdue = session.scalar(late) or 0
    if not number and not overdue:
        return []
    language = home_language(session)
    to = _Recipient(OFFICE, Bilingual("本院", "office"), "", language, language)
    return [
        to.letter(
            "new",
            run.seq,
            Bilingual(f"案卡质检：{run.as_of} 核查", f"Case cards: audit of {run.as_of}"),
            Bilingual(
                f"新发现问题 {number} 个，逾期未回复的通知 {overdue} 份。",
                f"New errors: {number}, notices overdue: {overdue}.",
            ),
            occasion.link(to, "today"),
        )
    ]
