"""The weekly digest of a department, for its Monday meeting, and of a prosecutor: as figures, as text, as Word document.

Every figure stands beside its denominator and last week's; nobody is compared with anybody else.
"""

from dataclasses import dataclass
from datetime import date

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

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
    """A frequent rule and how to fill what it judges; `found` of all `total` open findings."""

    rule_id: str
    title: str
    how: str
    found: int
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
    bmsah: str
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
    named = {
        (offices.resolved(office, department), department, person) for office, department, person in rows if department
    }
    everyone = sorted(one for one in named if not offices.known_offices or one[0] in offices.known_offices)
    departments = dict.fromkeys(Subject(office, department) for office, department, _ in everyone)
    persons = [Subject(*one) for one in everyone if one[2]]
    seen = [one for one in departments if reader.rows.holds(one.office, one.department)]
    return tuple(seen), tuple(one for one in persons if reader.rows.holds(one.office, one.department, one.prosecutor))


def digest_document(home: Home, made: Digest) -> bytes:
    """The digest as Word document, from `digest.docx`. Raises InputError for a broken template."""
    return fill_document(home, DIGEST_TEMPLATE, digest_values(made))


def digest_title(made: Digest) -> str:
    """What it is called."""
    whose = f"{made.subject.department} {made.subject.prosecutor}".strip()
    return f"{whose} 案卡质量周报"


def digest_text(made: Digest) -> str:
    """The digest as plain text."""
    lines = [digest_title(made), f"{made.subject.office}  {made.week.name}  {made.week.first}—{made.week.last}", ""]
    for name, words in FIGURES:
        now, before = made.line(name)
        lines.append(f"{words}：{now}（上周 {before}）")
    lines += ["", f"常见问题与填法（{len(made.rules)} 条）"]
    lines += [f"- {one.title}（{one.rule_id}）{one.found} / {one.total}：{one.how}" for one in made.rules]
    lines += ["", f"逾期未回复的通知 {len(made.late)} / {made.notices}"]
    lines += [f"- {one.number} {one.to}，{one.due_on}，已改正 {one.settled} / {one.total}" for one in made.late]
    lines += ["", f"期限预警 {len(made.due)} / {made.due_all}"]
    lines += [
        f"- {_left(one.days_left)}：{one.title}，{one.bmsah}，{one.prosecutor}（{one.last_day}）" for one in made.due
    ]
    return "\n".join(lines) + "\n"


def digest_values(made: Digest) -> dict[str, object]:
    """What the Word template may use."""
    figures = [{"name": words, "now": made.line(name)[0], "before": made.line(name)[1]} for name, words in FIGURES]
    rules = [
        {
            "no": number,
            "rule_id": one.rule_id,
            "title": one.title,
            "how": one.how or "—",
            "share": f"{one.found} / {one.total}",
        }
        for number, one in enumerate(made.rules, start=1)
    ]
    notices = [
        {
            "number": one.number,
            "to": one.to,
            "due_on": chinese_day(one.due_on),
            "settled": one.settled,
            "total": one.total,
        }
        for one in made.late
    ]
    due = [
        {
            "left": _left(one.days_left),
            "title": one.title,
            "bmsah": one.bmsah or "无案号",
            "case_name": one.case_name,
            "prosecutor": one.prosecutor,
            "last_day": one.last_day.isoformat(),
        }
        for one in made.due
    ]
    return {
        "title": digest_title(made),
        "office": made.subject.office,
        "department": made.subject.department,
        "prosecutor": made.subject.prosecutor,
        "week": made.week.name,
        "period": f"{chinese_day(made.week.first)}至{chinese_day(made.week.last)}",
        "figures": figures,
        "rules": rules,
        "notices": notices,
        "notices_all": made.notices,
        "due": due,
        "due_all": made.due_all,
        "remark": f"本周在册 = 周一时待处理 + 本周新发现，核对提示不计。期限截至核查日 {made.as_of}。仅供本部门改正使用，不作排名。",
    }


def _share(figures: WeekFigures, name: str) -> str:
    if name == "checked":
        return "—" if figures.checked is None else f"{figures.checked:,}"
    if name == "wrong":
        return f"{figures.wrong:,} / {'—' if figures.checked is None else f'{figures.checked:,}'}"
    part, whole = (figures.overdue, figures.noticed) if name == "overdue" else (getattr(figures, name), figures.stock)
    return f"{part:,} / {whole:,}"


def _due(con: duckdb.DuckDBPyConnection, rows: str) -> tuple[tuple[DueCase, ...], int]:
    """The most pressing limits of the rows `d`, and how many there are."""
    found = con.execute(
        "select d.days_left, d.last_day, coalesce(r.title_zh, d.rule_id), coalesce(d.bmsah, ''), coalesce(d.case_name, ''), "
        f"coalesce(d.prosecutor, '') from due d left join rules r using (rule_id) where {rows} "
        "order by d.days_left, d.rule_id, d.bmsah, d.suspect_no, d.card_row",
    ).fetchall()
    cases = tuple(
        DueCase(left, last, title, bmsah, mask_identity(name), who)
        for left, last, title, bmsah, name, who in found[:_MOST_DUE]
    )
    return cases, len(found)


def _late(session: Session, reader: Reader, subject: Subject, day: date) -> tuple[tuple[LateNotice, ...], int]:
    """Written notices to the subject without a reply at the end of `day`, and how many there are of any kind."""
    rows = session.scalars(
        select(Notice)
        .where(subject.notices(), demands_reply(), Notice.issued_on <= day)
        .order_by(Notice.due_on, Notice.id)
    ).all()
    late = [one for one in rows if one.due_on <= day and (one.replied_on is None or one.replied_on > day)]
    far = progress(session, reader, [one.id for one in late])
    return tuple(
        LateNotice(one.id, number_of(one), addressee_of(one), one.due_on, far[one.id].settled, far[one.id].total)
        for one in late
        if one.id in far
    ), len(rows)


def _left(days: int) -> str:
    return f"已逾期 {-days} 日" if days < 0 else f"剩余 {days} 日" if days else "今日届满"
