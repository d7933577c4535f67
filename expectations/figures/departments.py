"""What the register says now of the departments of an office: age, delay, corrections, causes. Counts only; the one list
of people takes the reader's rows, not their figures.

Errors and hints never meet in a number; the findings of a rule on hold are hints.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from expectations.figures.runs import RunMark
from expectations.finding.departments import department_order
from expectations.notices.grades import awaiting_reply
from expectations.register.readers_rows import by_no_index, departments_of, offices_among, rows_of
from expectations.register.transitions import ACTIVE
from expectations.rights.reader import Reader
from expectations.store.offices import read_offices
from expectations.store.switches import switch
from expectations.store.tables import Finding, Notice

AGES = (7, 30)
"""Last day of the first and of the second age group; what is older stands in the third."""
TOP_RULES = 10


@dataclass(frozen=True)
class Days:
    """The days figures depend on: of the last run, of the period before it, of the calendar, and those given for a reply."""

    as_of: date
    period: int
    today: date
    reply: int

    @property
    def since(self) -> date:
        """The day before the period begins."""
        return self.as_of - timedelta(days=self.period)

    @property
    def late_before(self) -> date:
        """What was first seen before this day is overdue."""
        return self.as_of - timedelta(days=self.reply)


@dataclass(frozen=True)
class Work:
    """A department's open errors by age, what is overdue, and what was corrected in the period."""

    department: str
    checked: int = 0
    ages: tuple[int, int, int] = (0, 0, 0)
    overdue: int = 0
    hints: int = 0
    corrected: int = 0
    in_time: int = 0
    """Of those, corrected within the days given for a reply."""
    correction_days: tuple[int, ...] = ()
    notices: int = 0
    """Notices still without a reply."""
    notices_overdue: int = 0

    @property
    def open(self) -> int:
        """Errors that stand open."""
        return sum(self.ages)

    @property
    def median_days(self) -> float | None:
        """Days from first seen to corrected: half took longer."""
        return median(self.correction_days) if self.correction_days else None


@dataclass(frozen=True)
class Causes:
    """Open errors by rule and by error type; `total` is the denominator of both."""

    total: int = 0
    rules: tuple[tuple[str, int], ...] = ()
    types: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class OwnerDelay:
    """A handler's open errors and how many are overdue."""

    prosecutor: str
    open: int
    overdue: int


def days_of(session: Session, run: RunMark, period: int, today: date) -> Days:
    """The days of a page drawn `today` on the last run."""
    return Days(run.as_of, period, today, int(switch(session, "reply_days")))


def department_work(session: Session, reader: Reader, office: str, runs: Sequence[RunMark], days: Days) -> list[Work]:
    """The departments of an office in their fixed order, those that left the exports included."""
    in_office = and_(_under(session, office), departments_of(reader.figures, Finding))
    ages, hints = _open(session, in_office, days)
    corrections = _corrections(session, in_office, days)
    notices = _notices(session, reader, office, days)
    departments_checked = {name for run in runs for counted_under, name in run.checked if counted_under == office}
    names = sorted(departments_checked | ages.keys() | hints.keys() | notices.keys(), key=department_order)
    return [
        _work(
            name,
            runs[-1].checked.get((office, name), 0),
            ages[name],
            hints[name],
            corrections[name],
            notices[name],
            days,
        )
        for name in names
    ]


def _work(
    name: str,
    checked: int,
    errors_by_day: Counter[date],
    hints: int,
    corrections: Counter[int],
    notices: tuple[int, int],
    days: Days,
) -> Work:
    groups = [0, 0, 0]
    for first_seen, number in errors_by_day.items():
        groups[sum((days.as_of - first_seen).days > last_day for last_day in AGES)] += number
    return Work(
        department=name,
        checked=checked,
        ages=(groups[0], groups[1], groups[2]),
        overdue=sum(number for first_seen, number in errors_by_day.items() if first_seen < days.late_before),
        hints=hints,
        corrected=corrections.total(),
        in_time=sum(number for days_taken, number in corrections.items() if days_taken <= days.reply),
        correction_days=tuple(sorted(corrections.elements())),
        notices=notices[0],
        notices_overdue=notices[1],
    )


def _open(
    session: Session, in_office: ColumnElement[bool], days: Days
) -> tuple[defaultdict[str, Counter[date]], Counter[str]]:
    """Open errors by department and day first seen; hints by department."""
    hint = Finding.hint_now.label("hint")
    rows = session.execute(
        select(Finding.department, hint, Finding.first_seen, func.count())
        .where(Finding.state.in_(ACTIVE), in_office)
        .group_by(
            Finding.department, "hint", Finding.first_seen
        )  # by name: PostgreSQL takes equal parameters for different ones
    ).all()
    errors: defaultdict[str, Counter[date]] = defaultdict(Counter)
    hints: Counter[str] = Counter()
    for department, is_hint, first_seen, number in rows:
        if is_hint:
            hints[department] += number
        else:
            # The audit date may lie before that of an earlier run, and what that one found is then no age.
            errors[department][min(first_seen, days.as_of)] += number
    return errors, hints


def _corrections(session: Session, in_office: ColumnElement[bool], days: Days) -> defaultdict[str, Counter[int]]:
    """Errors corrected in the period, by department and days they took."""
    rows = session.execute(
        select(Finding.department, Finding.first_seen, Finding.closed_on, func.count())
        .where(Finding.state == "corrected", Finding.closed_on > days.since, not_(Finding.hint_now), in_office)
        .group_by(Finding.department, Finding.first_seen, Finding.closed_on)
    ).all()
    corrections: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for department, first_seen, closed_on, number in rows:
        if closed_on:
            corrections[department][(closed_on - first_seen).days] += number
    return corrections


def _notices(session: Session, reader: Reader, office: str, days: Days) -> defaultdict[str, tuple[int, int]]:
    """Notices without a reply by department: all, and those past their day."""
    rows = session.execute(
        select(Notice.department, func.count(), func.count().filter(Notice.due_on < days.today))
        .where(Notice.office == office, awaiting_reply(), departments_of(reader.figures, Notice))
        .group_by(Notice.department)
    ).all()
    return defaultdict(lambda: (0, 0), {department: (waiting, late) for department, waiting, late in rows})


def causes(session: Session, reader: Reader, office: str, department: str | None) -> Causes:
    """Open errors of a department, of all departments of the office for None, by rule and error type, most frequent first."""
    parts = [Finding.state.in_(ACTIVE), _under(session, office), departments_of(reader.figures, Finding)]
    if department is not None:
        parts.append(by_no_index(Finding.department) == department)
    rows = session.execute(
        select(Finding.rule_id, Finding.error_type, func.count())
        .where(*parts, not_(Finding.hint_now))
        .group_by(Finding.rule_id, Finding.error_type)
    ).all()
    rules: Counter[str] = Counter()
    types: Counter[str] = Counter()
    for rule_id, error_type, number in rows:
        rules[rule_id] += number
        types[error_type] += number
    return Causes(rules.total(), _by_number(rules)[:TOP_RULES], tuple(sorted(types.items())))


def _by_number(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def owner_delays(session: Session, reader: Reader, office: str, department: str, days: Days) -> list[OwnerDelay]:
    """Who in a department has open errors, by name: of the rows the reader sees by name, so never for a leader."""
    late = func.count().filter(Finding.first_seen < days.late_before)
    rows = session.execute(
        select(Finding.prosecutor, func.count(), late)
        .where(Finding.state.in_(ACTIVE), _under(session, office), Finding.department == department)
        .where(rows_of(reader.rows), not_(Finding.hint_now))
        .group_by(Finding.prosecutor)
        .order_by(Finding.prosecutor)
    ).all()
    return [OwnerDelay(*row) for row in rows]


def _under(session: Session, office: str) -> ColumnElement[bool]:
    """Findings counted under an office."""
    offices = read_offices(session)
    return and_(
        offices_among([office], offices.known_offices), offices.rows_under(office, Finding.office, Finding.department)
    )
