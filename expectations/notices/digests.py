"""The weekly digest of a department, for its Monday meeting, and of a prosecutor: as figures, as text, as Word document.

Every figure stands beside its denominator and last week's; nobody is compared with anybody else.
"""

from dataclasses import dataclass
from datetime import date

import duckdb
from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.finding.labels import case_word, place_word
from expectations.finding.masks import mask_identity
from expectations.home import Home
from expectations.notices.documents import FORBIDDEN_IN_NAMES, addressee_of
from expectations.notices.grades import demands_reply
from expectations.notices.labels import day_words, read_labels
from expectations.notices.reading import progress
from expectations.notices.scopes import number_of
from expectations.notices.templates import fill_document
from expectations.notices.weeks import Subject, Week, WeekFigures, open_by_rule, week_figures
from expectations.register.readers_rows import rows_of
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import Reader
from expectations.run.published import open_shown
from expectations.run.readers_rows import published_rows
from expectations.store.offices import read_offices
from expectations.store.tables import Finding, Notice
from expectations.texts import Bilingual, Language

DIGEST_TEMPLATE = "digest.docx"
_TOP_RULES, _MOST_DUE = 5, 20
FIGURES = (
    ("checked", Bilingual("已核查案卡", "cards checked")),
    ("wrong", Bilingual("有待处理错误的案卡 / 已核查案卡", "cards with open errors / cards checked")),
    ("new", Bilingual("新发现 / 本周在册", "new / stock of the week")),
    ("corrected", Bilingual("已改正 / 本周在册", "corrected / stock of the week")),
    ("explained", Bilingual("认定为非错误 / 本周在册", "found to be no error / stock of the week")),
    ("open", Bilingual("周末待处理 / 本周在册", "open on Sunday / stock of the week")),
    (
        "overdue",
        Bilingual("通知逾期未回复的问题 / 通知中待处理的问题", "in notices without a reply in time / open in notices"),
    ),
)
"""The lines of the first table. 本周在册: what stood open on Monday and what came during the week."""


_RULES = Bilingual("常见问题与填法（{number} 条）", "Frequent errors and how to fill the items ({number})")
_LATE = Bilingual("逾期未回复的通知", "Notices without a reply in time")
_DUE = Bilingual("期限预警", "Limits that end soon or have ended")


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
    place: str
    """File, sheet and row: what tells limits of one case apart."""
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
    language: Language = "zh"

    def pick(self, words: Bilingual) -> str:
        """Words in the language of the digest."""
        return words.in_language(self.language)

    def line(self, name: str) -> tuple[str, str]:
        """A figure of FIGURES this week and last week, as `part / whole`."""
        return _share(self.now, name), _share(self.before, name)


def digest(session: Session, reader: Reader, home: Home, week: Week, subject: Subject, language: Language) -> Digest:
    """The digest of a week, in a language. Raises NotAllowedError when the reader does not see all of the subject's rows."""
    if not reader.rows.holds(subject.office, subject.department, subject.prosecutor or None):
        raise NotAllowedError
    with open_shown(home) as con:
        labels = read_labels(con, language)
        as_of = con.execute("select as_of from runs").fetchall()[0][0]
        due, due_all = _due(con, published_rows(subject.rows(session), "d"), language)
    by_rule = open_by_rule(session, subject, week)
    total = sum(count for _, count in by_rule)
    late, notices = _late(session, reader, subject, week.last, language)
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
        language,
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
    return fill_document(home, DIGEST_TEMPLATE, weekly.language, digest_values(weekly))


def digest_title(weekly: Digest) -> str:
    """What it is called."""
    return weekly.pick(Bilingual("{name} 案卡质量周报", "{name}: week of the case cards")).format(
        name=weekly.subject.name
    )


def digest_file_name(weekly: Digest) -> str:
    """What it is saved under, without a suffix."""
    subject = weekly.subject
    kind = weekly.pick(Bilingual("案卡质量周报", "digest"))
    return f"{kind}_{weekly.week.name}_{subject.department}{subject.prosecutor}".translate(FORBIDDEN_IN_NAMES)


def digest_text(weekly: Digest) -> str:
    """The digest as plain text."""
    pick = weekly.pick
    figure = pick(Bilingual("{words}：{now}（上周 {before}）", "{words}: {now} (the week before {before})"))
    rule_line = pick(Bilingual("- {title}（{id}）{share}：{how}", "- {title} ({id}) {share}: {how}"))
    notice_line = pick(
        Bilingual(
            "- {number} {to}，{due_on}，已改正 {share}",
            "- {number}, {to}, reply was due on {due_on}, corrected {share}",
        )
    )
    due_line = pick(
        Bilingual(
            "- {left}：{title}，{case}，{prosecutor}（{last_day}），{place}",
            "- {left}: {title}, {case}, {prosecutor} ({last_day}), {place}",
        )
    )
    lines = [
        digest_title(weekly),
        f"{weekly.subject.office}  {weekly.week.name}  {weekly.week.first}—{weekly.week.last}",
        "",
    ]
    for name, words in FIGURES:
        now, before = weekly.line(name)
        lines.append(figure.format(words=pick(words), now=now, before=before))
    lines += ["", pick(_RULES).format(number=len(weekly.rules))]
    lines += [
        rule_line.format(title=rule.title, id=rule.rule_id, share=f"{rule.open} / {rule.total}", how=rule.how)
        for rule in weekly.rules
    ]
    lines += ["", f"{pick(_LATE)} {len(weekly.late)} / {weekly.notices}"]
    lines += [
        notice_line.format(
            number=notice.number, to=notice.to, due_on=notice.due_on, share=f"{notice.settled} / {notice.total}"
        )
        for notice in weekly.late
    ]
    lines += ["", f"{pick(_DUE)} {len(weekly.due)} / {weekly.due_all}"]
    lines += [
        due_line.format(
            left=pick(_time_left(case.days_left)),
            title=case.title,
            case=case.case,
            prosecutor=case.prosecutor,
            last_day=case.last_day,
            place=case.place,
        )
        for case in weekly.due
    ]
    return "\n".join(lines) + "\n"


def digest_values(weekly: Digest) -> dict[str, object]:
    """What the Word template may use."""
    pick = weekly.pick
    figures = [
        {"name": pick(words), "now": weekly.line(name)[0], "before": weekly.line(name)[1]} for name, words in FIGURES
    ]
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
            "due_on": pick(day_words(notice.due_on)),
            "settled": notice.settled,
            "total": notice.total,
        }
        for notice in weekly.late
    ]
    due = [
        {
            "left": pick(_time_left(case.days_left)),
            "title": case.title,
            "bmsah": case.case,
            "place": case.place,
            "case_name": case.case_name,
            "prosecutor": case.prosecutor,
            "last_day": case.last_day.isoformat(),
        }
        for case in weekly.due
    ]
    first, last = day_words(weekly.week.first), day_words(weekly.week.last)
    return {
        "title": digest_title(weekly),
        "office": weekly.subject.office,
        "department": weekly.subject.department,
        "prosecutor": weekly.subject.prosecutor,
        "week": weekly.week.name,
        "period": pick(Bilingual(f"{first.zh}至{last.zh}", f"{first.en} to {last.en}")),
        "figures": figures,
        "rules": rules,
        "notices": notices,
        "notices_all": weekly.notices,
        "due": due,
        "due_all": weekly.due_all,
        "remark": pick(
            Bilingual(
                f"本周在册 = 周一时待处理 + 本周新发现，核对提示不计。期限截至核查日 {weekly.as_of}。仅供本部门改正使用，不作排名。",
                f"Stock of the week: what stood open on Monday and what came during the week, hints not counted. Limits as of {weekly.as_of}. "
                "For corrections within the department only; nobody is ranked.",
            )
        ),
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


def _due(con: duckdb.DuckDBPyConnection, rows: str, language: Language) -> tuple[tuple[DueCase, ...], int]:
    """The most pressing limits of the rows `d`, and how many there are."""
    title_columns = "nullif(r.title_en, ''), r.title_zh" if language == "en" else "r.title_zh"
    limits = con.execute(
        f"select d.days_left, d.last_day, coalesce({title_columns}, d.rule_id), coalesce(d.bmsah, ''), coalesce(d.case_name, ''), "
        f"coalesce(d.prosecutor, ''), coalesce(d.sheet, ''), coalesce(d.sheet_row, 0), coalesce(n.name, '') from due d left join (select distinct file_no, name from files) n using (file_no) left join rules r using (rule_id) where {rows} "
        "order by d.days_left, d.rule_id, d.bmsah, d.suspect_no, d.card_row",
    ).fetchall()
    cases = tuple(
        DueCase(
            days_left,
            last_day,
            title,
            case_word(bmsah, *place).in_language(language),
            f"{file} {place_word(*place).in_language(language)}",
            mask_identity(name),
            prosecutor,
        )
        for days_left, last_day, title, bmsah, name, prosecutor, *place, file in limits[:_MOST_DUE]
    )
    return cases, len(limits)


def _late(
    session: Session, reader: Reader, subject: Subject, day: date, language: Language
) -> tuple[tuple[LateNotice, ...], int]:
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
        LateNotice(
            notice.id,
            number_of(notice).in_language(language),
            addressee_of(notice).in_language(language),
            notice.due_on,
            so_far.settled,
            so_far.total,
        )
        for notice in late
        if (so_far := progress_by_notice.get(notice.id))
    )
    return late_notices, len(rows)


def _time_left(days: int) -> Bilingual:
    if days < 0:
        return Bilingual(f"已逾期 {-days} 日", f"over since {-days} days")
    return Bilingual(f"剩余 {days} 日", f"{days} days left") if days else Bilingual("今日届满", "ends today")
