"""Reading the register: lists, counts and histories of findings, each within what the reader may see.

The one place where findings of the register are selected; every function takes a `Reader`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, not_, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from expectations.finding.columns import SEARCHED
from expectations.finding.departments import department_order
from expectations.finding.labels import SEVERITIES
from expectations.register.readers_rows import by_no_index, counted_rows_of, rows_of
from expectations.register.transitions import ACTIVE, State
from expectations.rights.reader import Reader
from expectations.rights.scope import Scope
from expectations.run.published import FindingFilter
from expectations.store.explained import IS_EXPLAINED
from expectations.store.register import Register
from expectations.store.revision import counted_once, counted_once_a_run
from expectations.store.tables import Event, Finding, Run

Step = Literal["", "unverified", "confirmed", "disputed", "answered", "still_wrong"]
STEPS: tuple[Step, ...] = ("", "unverified", "confirmed", "disputed", "answered", "still_wrong")
"""Where the talk about a finding stands: not verified, confirmed, disputed and undecided, said to be corrected, said so but found
again."""

SORTS = ("department", "severity", "rule", "age", "bmsah")
"""Orders a list offers."""


@dataclass(frozen=True)
class Wanted(FindingFilter):
    """Which findings of the register are asked for: what a run's findings are filtered by, and where they stand."""

    states: tuple[State, ...] = ACTIVE
    ids: tuple[str, ...] = ()
    bmsah: str = ""
    step: Step = ""
    own: bool = False
    """Only the reader's own cards and those of the people they work with."""


@dataclass(frozen=True)
class OwnerCount:
    """How many findings of a list are whose."""

    department: str
    prosecutor: str
    errors: int
    hints: int


def last_run(session: Session) -> Run | None:
    """The run the register followed last."""
    return session.scalars(select(Run).order_by(Run.seq.desc()).limit(1)).first()


def last_day(register: Register) -> date | None:
    """The audit date of the run followed last, None before the first."""
    with register.reading() as session:
        run = last_run(session)
    return run.as_of if run else None


def list_findings(
    session: Session,
    reader: Reader,
    register_filter: Wanted,
    *,
    sort: str = "department",
    descending: bool = False,
    limit: int = 50,
    offset: int = 0,
) -> list[Finding]:
    """A page of the findings asked for, in one of SORTS. Departments stand in the order of their numbers."""
    departments = choices(session, reader, Finding.department)
    if sort == "department":
        page = _by_department(session, reader, register_filter, departments, descending, limit, offset)
        return _findings(session, page)
    department = _in_order(departments)
    orders: dict[str, list[Any]] = {
        "severity": [_severity(), department, Finding.bmsah],
        "rule": [Finding.rule_id, department, Finding.bmsah],
        "age": [Finding.first_seen, department, Finding.bmsah],
        "bmsah": [Finding.bmsah, Finding.card],
    }
    first_term, *other_terms = orders[sort]
    ordered = [first_term.desc() if descending else first_term.asc(), *other_terms, Finding.finding_id]
    # The index holds all that the order needs, so whole rows are read for the page alone.
    ids = (
        _selected(session, reader, select(Finding.finding_id), register_filter)
        .order_by(*ordered)
        .limit(limit)
        .offset(offset)
    )
    return _findings(session, list(session.scalars(ids)))


def _by_department(
    session: Session,
    reader: Reader,
    register_filter: Wanted,
    departments: Sequence[str],
    descending: bool,
    limit: int,
    offset: int,
) -> list[str]:
    """The ids of a page, department by department: each lies in the index in the order asked for, and none need be sorted."""
    page: list[str] = []
    for name in sorted(departments, key=department_order, reverse=descending):
        query = _selected(session, reader, select(Finding.finding_id), register_filter).where(
            Finding.department == name
        )
        if offset:
            counted = session.scalar(query.with_only_columns(func.count())) or 0
            if counted <= offset:
                offset -= counted
                continue
        in_order = query.order_by(Finding.prosecutor, Finding.bmsah, Finding.finding_id)
        page += session.scalars(in_order.limit(limit - len(page)).offset(offset))
        offset = 0
        if len(page) == limit:
            break
    return page


def _findings(session: Session, page: Sequence[str]) -> list[Finding]:
    """The findings with these ids, in their order."""
    places = {finding_id: place for place, finding_id in enumerate(page)}
    findings = session.scalars(select(Finding).where(Finding.finding_id.in_(page)))
    return sorted(findings, key=lambda finding: places[finding.finding_id])


def count_findings(session: Session, reader: Reader, register_filter: Wanted) -> tuple[int, int]:
    """Errors and hints among the findings asked for; those of held rules are hints."""
    what = ("counts", _scopes(reader, register_filter), register_filter)
    return counted_once(session, what, lambda: _count_findings(session, reader, register_filter))


def _scopes(reader: Reader, register_filter: Wanted) -> tuple[Scope, Scope | None]:
    """What of the reader decides which findings are selected."""
    return reader.rows, reader.own if register_filter.own else None


def _count_findings(session: Session, reader: Reader, register_filter: Wanted) -> tuple[int, int]:
    counts = select(
        func.coalesce(func.sum(case((Finding.hint_now, 0), else_=1)), 0),
        func.coalesce(func.sum(case((Finding.hint_now, 1), else_=0)), 0),
    )
    errors, hints = session.execute(_selected(session, reader, counts, register_filter)).one()
    return int(errors), int(hints)


@dataclass(frozen=True)
class StepCounts:
    """How many of the findings asked for stand where."""

    new: int
    unverified: int
    disputed: int
    answered: int
    still_wrong: int
    confirmed: int
    all: int


def count_steps(session: Session, reader: Reader, register_filter: Wanted) -> StepCounts:
    """All counts of a working list in one pass; `new` are those the last run found or found again."""
    what = ("steps", _scopes(reader, register_filter), register_filter)
    return counted_once(session, what, lambda: _count_steps(session, reader, register_filter))


def _count_steps(session: Session, reader: Reader, register_filter: Wanted) -> StepCounts:
    conditions: dict[str, ColumnElement[bool]] = {"new": Finding.state.in_(("new", "reopened"))}
    conditions |= {step: _at_step(step) for step in STEPS if step}
    counts = [
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0).label(name) for name, condition in conditions.items()
    ]
    query = select(*counts, func.count().label("all")).select_from(Finding)
    row = session.execute(_selected(session, reader, query, register_filter)).mappings().one()
    return StepCounts(**{name: int(number) for name, number in row.items()})


def count_by_owner(session: Session, reader: Reader, register_filter: Wanted) -> list[OwnerCount]:
    """The findings asked for by department and prosecutor, in the order of their names."""
    counts = select(
        Finding.department,
        Finding.prosecutor,
        func.sum(case((Finding.hint_now, 0), else_=1)),
        func.sum(case((Finding.hint_now, 1), else_=0)),
    )
    rows = session.execute(
        _selected(session, reader, counts, register_filter)
        .group_by(Finding.department, Finding.prosecutor)
        .order_by(Finding.department, Finding.prosecutor)
    )
    return [
        OwnerCount(department, prosecutor, int(errors), int(hints)) for department, prosecutor, errors, hints in rows
    ]


def ids_of(session: Session, reader: Reader, register_filter: Wanted, limit: int = 5000) -> dict[str, int]:
    """Ids and versions of the findings asked for, for a decision on all of them."""
    query = _selected(session, reader, select(Finding.finding_id, Finding.version), register_filter)
    rows = session.execute(query.order_by(Finding.finding_id).limit(limit))
    return {str(finding_id): int(version) for finding_id, version in rows}


def one_finding(session: Session, reader: Reader, finding_id: str) -> Finding | None:
    """A finding by its id; None when there is none the reader may see."""
    return session.scalars(select(Finding).where(Finding.finding_id == finding_id, rows_of(reader.rows))).first()


def of_case(session: Session, reader: Reader, card: str, bmsah: str, card_row: int | None = None) -> list[Finding]:
    """Every finding a case has had on a card type, closed ones included."""
    same_case = Finding.bmsah == bmsah if bmsah else and_(Finding.bmsah == "", Finding.card_row == card_row)
    query = select(Finding).where(Finding.card == card, same_case, rows_of(reader.rows))
    return list(session.scalars(query.order_by(Finding.rule_id, Finding.finding_id)))


def knows_case(session: Session, bmsah: str) -> bool:
    """Whether any finding was ever of a case, whoever may see it."""
    return session.scalar(select(Finding.finding_id).where(Finding.bmsah == bmsah).limit(1)) is not None


def history(session: Session, reader: Reader, ids: Sequence[str]) -> dict[str, list[Event]]:
    """What happened to findings, the latest last; only of those the reader may see."""
    query = (
        select(Event)
        .join(Finding, Finding.finding_id == Event.finding_id)
        .where(Event.finding_id.in_(ids), rows_of(reader.rows))
    )
    events: dict[str, list[Event]] = {}
    for event in session.scalars(query.order_by(Event.id)):
        events.setdefault(event.finding_id, []).append(event)
    return events


def choices(session: Session, reader: Reader, column: InstrumentedAttribute[str]) -> list[str]:
    """The values a filter on a column can take: those of findings that are active, or could be again by a decision."""
    value = column if reader.rows.everything else by_no_index(column)
    queries = [
        select(value).where(condition, counted_rows_of(reader.rows)).distinct()
        for condition in (_in_states(ACTIVE), IS_EXPLAINED)
    ]
    return list(
        counted_once_a_run(
            session,
            ("choices", reader.rows, column.key),
            lambda: sorted({name for query in queries for name in session.scalars(query)}),
        )
    )


def _selected(session: Session, reader: Reader, query: Any, register_filter: Wanted) -> Any:
    scope: Scope = reader.own if register_filter.own else reader.rows
    query = query.where(rows_of(reader.rows), rows_of(scope)) if register_filter.own else query.where(rows_of(scope))
    query = query.where(_in_states(register_filter.states))
    for name, values in register_filter.chosen():
        column = Finding.severity_now if name == "severity" else getattr(Finding, name)
        query = query.where(column.in_(values))
    if register_filter.ids:
        query = query.where(Finding.finding_id.in_(register_filter.ids))
    if register_filter.bmsah:
        query = query.where(Finding.bmsah == register_filter.bmsah)
    if register_filter.kind != "all":
        query = query.where(Finding.hint_now if register_filter.kind == "hints" else not_(Finding.hint_now))
    if register_filter.step:
        query = query.where(_at_step(register_filter.step))
    if register_filter.text.strip():
        pattern = f"%{_escaped(register_filter.text.strip().lower())}%"
        looked_in = [getattr(Finding, name) for name in SEARCHED]
        query = query.where(or_(*(func.lower(column).like(pattern, escape="\\") for column in looked_in)))
    return query


def _at_step(step: Step) -> ColumnElement[bool]:
    return {
        "unverified": Finding.verification == "",
        "confirmed": Finding.verification == "confirmed",
        "disputed": and_(Finding.answer == "not_error", Finding.decision == ""),
        "answered": Finding.answer == "corrected",
        "still_wrong": Finding.answer == "still_wrong",
    }[step]


def _in_states(states: Sequence[State]) -> ColumnElement[bool]:
    """Findings in some states, all when none is named; written so that the index of the active ones can be used."""
    if not states:
        return true()
    active = Finding.state.in_(bindparam("active", ACTIVE, expanding=True, literal_execute=True))
    if set(states) == set(ACTIVE):
        return active
    return and_(active, Finding.state.in_(states)) if set(states) <= set(ACTIVE) else Finding.state.in_(states)


def _in_order(departments: Sequence[str]) -> ColumnElement[int]:
    """The place of a finding's department in their order."""
    places = {name: place for place, name in enumerate(sorted(departments, key=department_order))}
    return case(places, value=Finding.department, else_=len(places)) if places else literal(0)


def _severity() -> ColumnElement[int]:
    return case({name: place for place, name in enumerate(SEVERITIES)}, value=Finding.severity_now)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
