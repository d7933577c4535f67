"""What a re-check needs of the register: the exports of the last runs, and what became of the findings of some cases."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from expectations.register.readers_rows import rows_of
from expectations.register.transitions import ACTIVE
from expectations.rights.reader import Reader
from expectations.store.tables import Finding, Run

_PORTION = 5000


def inputs_lately(session: Session, runs: int) -> set[str]:
    """The export files and folders the last `runs` runs were made of."""
    inputs = session.scalars(select(Run.inputs).order_by(Run.seq.desc()).limit(runs))
    return {name for names in inputs for name in names}


def became(session: Session, reader: Reader, run: Run, cases: Sequence[str] | None) -> dict[str, int]:
    """Findings of some cases (None: of all), of those the reader may see, by what the run made of them: new, reopened, corrected,
    open as before, other.
    """
    counts: dict[str, int] = {}
    for condition in _portions(cases):
        rows = session.execute(
            select(Finding.state, (Finding.state_seq == run.seq).label("moved"), func.count())
            .where(rows_of(reader.rows), condition)
            .group_by(Finding.state, "moved")
        )
        for state, moved, number in rows:
            kind = _kind(state, bool(moved))
            counts[kind] = counts.get(kind, 0) + number
    return counts


def _portions(cases: Sequence[str] | None) -> Iterable[ColumnElement[bool]]:
    if cases is None:
        return [true()]
    return (Finding.bmsah.in_(cases[start : start + _PORTION]) for start in range(0, len(cases), _PORTION))


def _kind(state: str, moved: bool) -> str:
    if state in ("new", "reopened", "corrected") and moved:
        return state
    return "open" if state in ACTIVE else "other"
