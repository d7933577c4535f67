"""Two offices side by side: the same figures of each, with their denominators. Nothing is put in order and nothing is scored."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from expectations.figures.runs import Asked, Counts, RunMark, run_lines, type_counts
from expectations.rights.reader import Reader


@dataclass(frozen=True)
class OfficeFigures:
    """An office at the last run and over the period."""

    office: str
    checked: int
    open: int
    hints: int
    new: int
    corrected: int
    types: dict[str, Counts]


def whole_offices(reader: Reader, runs: Sequence[RunMark]) -> list[str]:
    """The offices the reader may count as a whole, by name; a single department of an office is not the office."""
    scope = reader.figures
    offices = {office for run in runs for office, _ in run.checked if office and office in (scope.known or {office})}
    return sorted(office for office in offices if scope.whole_office(office))


def office_figures(session: Session, reader: Reader, runs: Sequence[RunMark], office: str) -> OfficeFigures:
    """The figures of one office."""
    errors = run_lines(session, reader, Asked(office), runs)
    hints = type_counts(session, reader, runs[-1], Asked(office, hints=True))
    return OfficeFigures(
        office,
        errors[-1].checked,
        errors[-1].counts.open,
        sum(counts.open for counts in hints.values()),
        sum(line.counts.new for line in errors),
        sum(line.counts.corrected for line in errors),
        type_counts(session, reader, runs[-1], Asked(office)),
    )
