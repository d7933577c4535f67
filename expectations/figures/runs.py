"""The figures of runs: what stood open, was new or was corrected at the end of each, within what the reader may count.

Reads `run_figures` and `runs`; `follow` writes them. No figure here names a person, and none is put in order of size.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, and_, func, not_, select
from sqlalchemy.orm import Session

from expectations.register.readers_rows import departments_of
from expectations.rights.reader import Reader
from expectations.rights.scope import Scope
from expectations.store.offices import Offices, read_offices
from expectations.store.tables import Run, RunFigure


@dataclass(frozen=True)
class Asked:
    """Which figures: of an office (None: all), of departments, rules and error types (none named: all), errors or hints."""

    office: str | None = None
    departments: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    error_types: tuple[str, ...] = ()
    hints: bool = False


@dataclass(frozen=True)
class RunMark:
    """A run as a point in time: whether it is complete, which rules changed before it, how many cards it checked where."""

    seq: int
    run_id: str
    as_of: date
    complete: bool
    problems: tuple[str, ...]
    """What kept it from being complete: files_refused, rules_in_error, department_missing, rows_off_trend."""
    changed: tuple[str, ...]
    """Rules new, changed or switched off since the run before."""
    checked: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Cards checked by office and department, where the reader may count them."""

    def checked_in(self, office: str | None, departments: Iterable[str] = ()) -> int:
        """The denominator: cards checked in an office and some departments, in all where none is named."""
        names = set(departments)
        return sum(
            cards
            for (counted_under, name), cards in self.checked.items()
            if office in (None, counted_under) and (not names or name in names)
        )


@dataclass(frozen=True)
class Counts:
    """Findings at the end of a run."""

    open: int = 0
    new: int = 0
    corrected: int = 0


@dataclass(frozen=True)
class RunLine:
    """A run with the figures asked for."""

    run: RunMark
    counts: Counts
    checked: int
    changed: tuple[str, ...]
    """Of the rules asked for, those that changed before this run."""


def runs_within(session: Session, reader: Reader, days: int | None) -> list[RunMark]:
    """The runs of the last `days` days before the newest one, oldest first; all of them for None."""
    seqs = session.execute(select(Run.seq, Run.as_of).order_by(Run.seq)).all()
    if not seqs:
        return []
    since = seqs[-1].as_of - timedelta(days=days) if days is not None else date.min
    seqs_within = [row.seq for row in seqs if row.as_of > since]
    # One run more: which rules changed is told against the run before.
    first_read = max((row.seq for row in seqs if row.seq < seqs_within[0]), default=seqs_within[0])
    columns = (Run.seq, Run.run_id, Run.as_of, Run.complete, Run.problems, Run.departments, Run.rules)
    rows = session.execute(select(*columns).where(Run.seq >= first_read).order_by(Run.seq)).all()
    changes = _changes([row.rules for row in rows])
    offices = read_offices(session)
    within = set(seqs_within)
    return [
        RunMark(
            row.seq,
            row.run_id,
            row.as_of,
            row.complete,
            tuple(dict.fromkeys(str(json.loads(problem).get("kind", "")) for problem in row.problems)),
            changed,
            _checked(reader.figures, offices, row.departments),
        )
        for row, changed in zip(rows, changes, strict=True)
        if row.seq in within
    ]


def _changes(rules: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, ...]]:
    """Per run, the rules whose fingerprint is not that of the run before; none for the first."""
    yield ()
    for before, after in pairwise(rules):
        rule_ids = before.keys() | after.keys()
        yield tuple(sorted(rule for rule in rule_ids if before.get(rule) != after.get(rule)))


def _checked(scope: Scope, offices: Offices, departments: Mapping[str, int]) -> dict[tuple[str, str], int]:
    """Under the office they are counted under, as in `run.figures`."""
    cards_checked: Counter[tuple[str, str]] = Counter()
    for key, cards in departments.items():
        office, _, department = key.partition("|")
        if scope.holds(office, department):
            cards_checked[offices.counted_under(office, department), department] += cards
    return dict(cards_checked)


def former_runs(session: Session, reader: Reader, limit: int) -> list[tuple[Run, tuple[int, int, int, int]]]:
    """The runs followed, the latest first; of each, the findings new, open, corrected and reopened that the reader may count."""
    numbers = (RunFigure.new, RunFigure.open, RunFigure.corrected, RunFigure.reopened)
    rows = session.execute(
        select(Run, *(func.coalesce(func.sum(number), 0) for number in numbers))
        .outerjoin(RunFigure, and_(RunFigure.seq == Run.seq, departments_of(reader.figures, RunFigure)))
        .group_by(Run.seq)
        .order_by(Run.seq.desc())
        .limit(limit)
    ).all()
    return [(row[0], (int(row[1]), int(row[2]), int(row[3]), int(row[4]))) for row in rows]


def run_lines(session: Session, reader: Reader, figure_filter: Asked, runs: Sequence[RunMark]) -> list[RunLine]:
    """The trend: the figures asked for at each of `runs`, oldest first; a run without findings counts nought."""
    if not runs:
        return []
    rows = session.execute(
        select(RunFigure.seq, *_sums()).where(_of(session, reader, figure_filter, runs[0].seq)).group_by(RunFigure.seq)
    ).all()
    counts = {seq: Counts(*map(int, numbers)) for seq, *numbers in rows}
    return [
        RunLine(
            run,
            counts.get(run.seq, Counts()),
            run.checked_in(figure_filter.office, figure_filter.departments),
            tuple(rule for rule in run.changed if not figure_filter.rules or rule in figure_filter.rules),
        )
        for run in runs
    ]


def department_counts(
    session: Session, reader: Reader, runs: Sequence[RunMark], office: str
) -> dict[tuple[int, str], Counts]:
    """Errors of an office by run and department."""
    if not runs:
        return {}
    rows = session.execute(
        select(RunFigure.seq, RunFigure.department, *_sums())
        .where(_of(session, reader, Asked(office), runs[0].seq))
        .group_by(RunFigure.seq, RunFigure.department)
    ).all()
    return {(seq, department): Counts(*map(int, numbers)) for seq, department, *numbers in rows}


def type_counts(session: Session, reader: Reader, run: RunMark, figure_filter: Asked) -> dict[str, Counts]:
    """The figures asked for at one run, by error type."""
    rows = session.execute(
        select(RunFigure.error_type, *_sums())
        .where(_of(session, reader, figure_filter, run.seq), RunFigure.seq == run.seq)
        .group_by(RunFigure.error_type)
    ).all()
    return {error_type: Counts(*map(int, numbers)) for error_type, *numbers in rows}


def offices_counted(runs: Iterable[RunMark]) -> list[str]:
    """The offices of some runs in which the reader may count, by name."""
    return sorted({office for run in runs for office, _ in run.checked})


def _sums() -> list[ColumnElement[int]]:
    return [func.sum(RunFigure.open), func.sum(RunFigure.new), func.sum(RunFigure.corrected)]


def _of(session: Session, reader: Reader, figure_filter: Asked, first_seq: int) -> ColumnElement[bool]:
    parts = [
        RunFigure.seq >= first_seq,
        RunFigure.hint_now if figure_filter.hints else not_(RunFigure.hint_now),
        departments_of(reader.figures, RunFigure),
    ]
    if figure_filter.office is not None:
        parts.append(read_offices(session).rows_under(figure_filter.office, RunFigure.office, RunFigure.department))
    for column, values in (
        (RunFigure.department, figure_filter.departments),
        (RunFigure.rule_id, figure_filter.rules),
        (RunFigure.error_type, figure_filter.error_types),
    ):
        if values:
            parts.append(column.in_(values))
    return and_(*parts)
