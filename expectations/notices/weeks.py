"""A week of the register in figures: what stood open, came, was corrected, is overdue; and the cases checked. Counts only.

A finding is counted as the register knows it now: one corrected and found again since counts as open all the while.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, SQLColumnExpression, String, and_, case, cast, func, not_, or_, select
from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.home import Home
from expectations.notices.grades import demands_reply
from expectations.office_days import begin_of
from expectations.run.figures import figure_lines, total
from expectations.run.published import open_published, opens
from expectations.store.offices import read_offices
from expectations.store.tables import Finding, Notice, NoticeFinding, Run
from expectations.texts import Bilingual

_CLOSED = ("corrected", "not_seen", "withdrawn")


@dataclass(frozen=True)
class Week:
    """An ISO week, Monday to Sunday."""

    first: date

    @classmethod
    def parse(cls, text: str) -> "Week":
        """`2026-W26`. Raises InputError."""
        try:
            year, _, number = text.partition("-W")
            return cls(date.fromisocalendar(int(year), int(number), 1))
        except ValueError:
            raise InputError(
                Bilingual("不是周", "not a week").about(text), hint=Bilingual("例如", "for example").about("2026-W26")
            ) from None

    @classmethod
    def of(cls, day: date) -> "Week":
        """The week a day falls in."""
        return cls(day - timedelta(days=day.weekday()))

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def name(self) -> str:
        """`2026-W26`."""
        year, number, _ = self.first.isocalendar()
        return f"{year}-W{number:02d}"

    @property
    def before(self) -> "Week":
        """The week before."""
        return Week(self.first - timedelta(days=7))


@dataclass(frozen=True)
class Subject:
    """Whose week it is; a blank prosecutor means the department."""

    office: str
    department: str
    prosecutor: str = ""

    @property
    def name(self) -> str:
        """Whose, as a title says it."""
        return f"{self.department} {self.prosecutor}".strip()

    def rows(self, session: Session) -> Callable[..., ColumnElement[bool]]:
        """The condition on its rows, to be made over their office, department and prosecutor; as figures count them."""
        offices = read_offices(session)

        def over(
            office: SQLColumnExpression[str], department: SQLColumnExpression[str], prosecutor: SQLColumnExpression[str]
        ) -> ColumnElement[bool]:
            of_person = [prosecutor == self.prosecutor] if self.prosecutor else []
            return and_(offices.rows_under(self.office, office, department), department == self.department, *of_person)

        return over

    def findings(self, session: Session) -> ColumnElement[bool]:
        """The same on the register's findings."""
        return self.rows(session)(Finding.office, Finding.department, Finding.prosecutor)

    def notices(self) -> ColumnElement[bool]:
        """The condition on notices: those to the person, or all of the department."""
        of_person = [Notice.prosecutor == self.prosecutor] if self.prosecutor else []
        return and_(Notice.office == self.office, Notice.department == self.department, *of_person)


@dataclass(frozen=True)
class WeekFigures:
    """Errors of a week, without hints. `stock` is what stood open on Monday and came during the week: the denominator of four."""

    checked: int | None
    """Cards checked by the last run of the week, one per case and kind of card; None when that run is not kept any more."""
    wrong: int
    """Those with an error open at its end."""
    stock: int
    new: int
    corrected: int
    explained: int
    open: int
    noticed: int
    """Open findings that stand in a written notice."""
    overdue: int
    """Those whose notice was to be answered by the end of the week and is not."""


def week_figures(session: Session, home: Home, subject: Subject, week: Week) -> WeekFigures:
    """The figures of a week; of the present one, up to now."""
    counted = and_(subject.findings(session), not_(Finding.hint_now))
    after = week.last + timedelta(days=1)
    came = Finding.first_seen.between(week.first, week.last)
    stands = _stands(week)
    stood = and_(Finding.first_seen < week.first, not_(_settled_before(week.first)))

    def count(condition: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(Finding).where(counted, condition)) or 0

    case_or_row = case((Finding.bmsah == "", cast(Finding.card_row, String)), else_=Finding.bmsah)
    wrong = (
        session.scalar(select(func.count((Finding.card + "|" + case_or_row).distinct())).where(counted, stands)) or 0
    )
    within = and_(Finding.verified_at >= begin_of(week.first), Finding.verified_at < begin_of(after))
    noticed, late = (_in_notices(session, and_(counted, stands), week, late=late) for late in (False, True))
    return WeekFigures(
        cards_checked(session, home, subject, week.last),
        wrong,
        count(stood) + count(came),
        count(came),
        count(and_(Finding.state == "corrected", Finding.closed_on.between(week.first, week.last))),
        count(and_(Finding.state == "explained", within)),
        count(stands),
        noticed,
        late,
    )


def open_by_rule(session: Session, subject: Subject, week: Week) -> list[tuple[str, int]]:
    """Rules whose findings stood open at the end of a week, the most frequent first."""
    number, counted = func.count(), and_(subject.findings(session), not_(Finding.hint_now))
    rows = session.execute(
        select(Finding.rule_id, number)
        .where(counted, _stands(week))
        .group_by(Finding.rule_id)
        .order_by(number.desc(), Finding.rule_id)
    ).all()
    return [(rule, count) for rule, count in rows]


def cards_checked(session: Session, home: Home, subject: Subject, day: date) -> int | None:
    """Cards the last run up to `day` checked; None when there was none, or its file is gone and the register does not know."""
    run = session.scalars(select(Run).where(Run.as_of <= day).order_by(Run.seq.desc()).limit(1)).first()
    if run is None:
        return None
    offices = read_offices(session)
    file = next((place for place in (Path(run.file), home.published / Path(run.file).name) if opens(place)), None)
    if file is not None:
        with open_published(file) as con:
            lines = figure_lines(con, offices)
        department_lines = [
            line for line in lines if (line.office, line.department) == (subject.office, subject.department)
        ]
        return total(line for line in department_lines if subject.prosecutor in ("", line.prosecutor)).checked
    card_counts = [
        int(cards)
        for key, cards in run.departments.items()
        for office, _, department in [key.partition("|")]
        if (offices.counted_under(office, department), department) == (subject.office, subject.department)
    ]
    return sum(card_counts) if card_counts and not subject.prosecutor else None


def _stands(week: Week) -> ColumnElement[bool]:
    """Open at the end of a week."""
    return and_(Finding.first_seen <= week.last, not_(_settled_before(week.last + timedelta(days=1))))


def _settled_before(day: date) -> ColumnElement[bool]:
    """Closed by a run, or explained by a person, before a day."""
    by_run = and_(Finding.state.in_(_CLOSED), func.coalesce(Finding.closed_on, Finding.last_seen) < day)
    verified = or_(Finding.verified_at.is_(None), Finding.verified_at < begin_of(day))
    by_person = and_(Finding.state == "explained", verified)
    return or_(by_run, by_person)


def _in_notices(session: Session, findings: ColumnElement[bool], week: Week, *, late: bool) -> int:
    """Open findings in written notices of up to that week; with `late` those whose reply was due by its end and is missing."""
    missing = and_(Notice.due_on <= week.last, or_(Notice.replied_on.is_(None), Notice.replied_on > week.last))
    return (
        session.scalar(
            select(func.count(Finding.finding_id.distinct()))
            .join(NoticeFinding, NoticeFinding.finding_id == Finding.finding_id)
            .join(Notice, Notice.id == NoticeFinding.notice_id)
            .where(
                findings,
                demands_reply(),
                Notice.issued_on <= week.last,
                *([missing] if late else []),
            )
        )
        or 0
    )
