"""The weekly digest of a department, for its Monday meeting, and of a prosecutor: as figures, as text, as Word document.

Every figure stands beside its denominator and last week's; nobody is compared with anybody else.
"""

from dataclasses import dataclass
from datetime import date

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.finding.labels import case_word
from expectations.finding.masks import mask_identity
from expectations.home import Home
from expectations.notices.documents import addressee_of
from expectations.notices.grades import demands_reply
from expectations.notices.labels import chinese_day, read_labels
from expectations.notices.reading import progress
from expectations.notices.scopes import number_of
from expectations.notices.templates import fill_document
from expectations.notices.weeks import Subject, Week, WeekFigures, open_by_rule, week_figures
from expectations.register.readers_rows import rows_of
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import Reader
from expectations.run.published import current_run
from expectations.run.readers_rows import published_rows
from expectations.store.offices import read_offices
from expectations.store.tables import Finding, Notice

DIGEST_TEMPLATE = "digest.docx"
_TOP_RULES, _MOST_DUE = 5, 20
FIGURES = (
    ("checked", "已核查案卡"),
    ("wrong", "有待处理错误的案卡 / 已核查案卡"),
    ("new", "新发现 / 本周在册"),
    ("corrected", "已改正 / 本周在册"),
    ("explained", "认定为非错误 / 本周在册"),
    ("open", "周末待处理 / 本周在册"),
    ("overdue", "通知逾期未回复的问题 / 通知中待处理的问题"),
)
"""The lines of the first table. 本周在册: what stood open on Monday and what came during the week."""


@dataclass(frozen=True)
class TopRule:
    """A frequent rule and how to fill what it judges; `open` of all `total` open findings."""

    rule_id: str
    title: str
    how: str
    open: int
    total: int


@dataclass(frozen=True)
class LateNotice:
    """A notice whose reply is overdue."""

    notice_id: int
    number: str
    to: str
    due_on: date
    settled: int
    total: int


@dataclass(frozen=True)
class DueCase:
    """A case running out of time."""

    days_left: int
    last_day: date
    title: str
    case: str
    """Its number, or where a row without one stands."""
    case_name: str
    prosecutor: str


@dataclass(frozen=True)
class Digest:
    """A week of a department or person."""

    subject: Subject
    week: Week
    as_of: date
    """Of the published run the deadlines are of."""
    now: WeekFigures
    before: WeekFigures
    rules: tuple[TopRule, ...]
    late: tuple[LateNotice, ...]
    notices: int
    """Written notices that await or had a reply: the denominator of the late ones."""
    due: tuple[DueCase, ...]
    due_all: int

    def line(self, name: str) -> tuple[str, str]:
        """A figure of FIGURES this week and last week, as `part / whole`."""
        return _share(self.now, name), _share(self.before, name)


def digest(session: Session, reader: Reader, home: Home, week: Week, subject: Subject) -> Digest:
    """The digest of a week. Raises NotAllowedError when the reader does not see all of the subject's rows."""
    if not reader.rows.holds(subject.office, subject.department, subject.prosecutor or None):
        raise NotAllowedError
    with current_run(home) as con:
        labels = read_labels(con)
        as_of = con.execute("select as_of from runs").fetchall()[0][0]
        due, due_all = _due(con, published_rows(subject.rows(session), "d"))
    by_rule = open_by_rule(session, subject, week)
    total = sum(count for _, count in by_rule)
    late, notices = _late(session, reader, subject, week.last)
    return Digest(
        subject,
        week,
        as_of,
        week_figures(session, home, subject, week),
        week_figures(session, home, subject, week.before),
        tuple(
            TopRule(rule, labels.title(rule), labels.how(rule), count, total) for rule, count in by_rule[:_TOP_RULES]
        ),
        late,
        notices,
        due,
        due_all,
    )


def digest_subjects(session: Session, reader: Reader) -> tuple[tuple[Subject, ...], tuple[Subject, ...]]:
    """The departments and the persons the reader may have digests of, by name."""
    rows = session.execute(
        select(Finding.office, Finding.department, Finding.prosecutor).where(rows_of(reader.rows)).distinct()
    ).all()
    offices = read_offices(session)
    owners = {
        (offices.resolved(office, department), department, person) for office, department, person in rows if department
    }
    known_owners = sorted(owner for owner in owners if not offices.known_offices or owner[0] in offices.known_offices)
    departments = dict.fromkeys(Subject(office, department) for office, department, _ in known_owners)
    persons = [Subject(*owner) for owner in known_owners if owner[2]]
    seen_whole = [subject for subject in departments if reader.rows.holds(subject.office, subject.department)]
    seen_persons = [
        subject for subject in persons if reader.rows.holds(subject.office, subject.department, subject.prosecutor)
    ]
    return tuple(seen_whole), tuple(seen_persons)


def digest_document(home: Home, weekly: Digest) -> bytes:
    """The digest as Word document, from `digest.docx`. Raises InputError for a broken template."""
    return fill_document(home, DIGEST_TEMPLATE, digest_values(weekly))


def digest_title(weekly: Digest) -> str:
    """What it is called."""
    subject_name = f"{weekly.subject.department} {weekly.subject.prosecutor}".strip()
    return f"{subject_name} 案卡质量周报"


def digest_text(weekly: Digest) -> str:
    """The digest as plain text."""
    lines = [
        digest_title(weekly),
        f"{weekly.subject.office}  {weekly.week.name}  {weekly.week.first}—{weekly.week.last}",
        "",
    ]
    for name, words in FIGURES:
        now, before = weekly.line(name)
        lines.append(f"{words}：{now}（上周 {before}）")
    lines += ["", f"常见问题与填法（{len(weekly.rules)} 条）"]
    lines += [f"- {rule.title}（{rule.rule_id}）{rule.open} / {rule.total}：{rule.how}" for rule in weekly.rules]
    lines += ["", f"逾期未回复的通知 {len(weekly.late)} / {weekly.notices}"]
    lines += [
        f"- {notice.number} {notice.to}，{notice.due_on}，已改正 {notice.settled} / {notice.total}"
        for notice in weekly.late
    ]
    lines += ["", f"期限预警 {len(weekly.due)} / {weekly.due_all}"]
    lines += [
        f"- {_time_left(case.days_left)}：{case.title}，{case.case}，{case.prosecutor}（{case.last_day}）"
        for case in weekly.due
    ]
    return "\n".join(lines) + "\n"


def digest_values(weekly: Digest) -> dict[str, object]:
    """What the Word template may use."""
    figures = [{"name": words, "now": weekly.line(name)[0], "before": weekly.line(name)[1]} for name, words in FIGURES]
    rules = [
        {
            "no": number,
            "rule_id": rule.rule_id,
            "title": rule.title,
            "how": rule.how or "—",
            "share": f"{rule.open} / {rule.total}",
        }
        for number, rule in enumerate(weekly.rules, start=1)
    ]
    notices = [
        {
            "number": notice.number,
            "to": notice.to,
            "due_on": chinese_day(notice.due_on),
            "settled": notice.settled,
            "total": notice.total,
        }
        for notice in weekly.late
    ]
    due = [
        {
            "left": _time_left(case.days_left),
            "title": case.title,
            "bmsah": case.case,
            "case_name": case.case_name,
            "prosecutor": case.prosecutor,
            "last_day": case.last_day.isoformat(),
        }
        for case in weekly.due
    ]
    return {
        "title": digest_title(weekly),
        "office": weekly.subject.office,
        "department": weekly.subject.department,
        "prosecutor": weekly.subject.prosecutor,
        "week": weekly.week.name,
        "period": f"{chinese_day(weekly.week.first)}至{chinese_day(weekly.week.last)}",
        "figures": figures,
        "rules": rules,
        "notices": notices,
        "notices_all": weekly.notices,
        "due": due,
        "due_all": weekly.due_all,
        "remark": f"本周在册 = 周一时待处理 + 本周新发现，核对提示不计。期限截至核查日 {weekly.as_of}。仅供本部门改正使用，不作排名。",
    }


def _share(figures: WeekFigures, name: str) -> str:
    if name == "checked":
        return "—" if figures.checked is None else f"{figures.checked:,}"
    if name == "wrong":
        return f"{figures.wrong:,} / {'—' if figures.checked is None else f'{figures.checked:,}'}"
    part, denominator = (
        (figures.overdue, figures.noticed) if name == "overdue" else (getattr(figures, name), figures.stock)
    )
    return f"{part:,} / {denominator:,}"


def _due(con: duckdb.DuckDBPyConnection, rows: str) -> tuple[tuple[DueCase, ...], int]:
    """The most pressing limits of the rows `d`, and how many there are."""
    limits = con.execute(
        "select d.days_left, d.last_day, coalesce(r.title_zh, d.rule_id), coalesce(d.bmsah, ''), coalesce(d.case_name, ''), "
        f"coalesce(d.prosecutor, ''), coalesce(d.sheet, ''), coalesce(d.sheet_row, 0) from due d left join rules r using (rule_id) where {rows} "
        "order by d.days_left, d.rule_id, d.bmsah, d.suspect_no, d.card_row",
    ).fetchall()
    cases = tuple(
        DueCase(days_left, last_day, title, case_word(bmsah, *place).zh, mask_identity(name), prosecutor)
        for days_left, last_day, title, bmsah, name, prosecutor, *place in limits[:_MOST_DUE]
    )
    return cases, len(limits)


def _late(session: Session, reader: Reader, subject: Subject, day: date) -> tuple[tuple[LateNotice, ...], int]:
    """Written notices to the subject without a reply at the end of `day`, and how many there are of any kind."""
    rows = session.scalars(
        select(Notice)
        .where(subject.notices(), demands_reply(), Notice.issued_on <= day)
        .order_by(Notice.due_on, Notice.id)
    ).all()
    late = [
        notice for notice in rows if notice.due_on <= day and (notice.replied_on is None or notice.replied_on > day)
    ]
    progress_by_notice = progress(session, reader, [notice.id for notice in late])
    late_notices = tuple(
        LateNotice(notice.id, number_of(notice), addressee_of(notice), notice.due_on, so_far.settled, so_far.total)
        for notice in late
        if (so_far := progress_by_notice.get(notice.id))
    )
    return late_notices, len(rows)


def _time_left(days: int) -> str:
    return f"已逾期 {-days} 日" if days < 0 else f"剩余 {days} 日" if days else "今日届满"
