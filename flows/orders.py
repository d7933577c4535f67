"""What an audit is asked, and what it came to."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.fitting.rule_checks import require_fitting
from expectations.register.follow import Followed
from expectations.run.figures import Line, total
from flows.memory import peak_memory_mb
from flows.publishing import StageTime


@dataclass(frozen=True)
class AuditOrder:
    """What is asked for: which exports, as of which day, by which catalogue."""

    home: Path
    paths: tuple[Path, ...]
    as_of: date
    catalogue: Path | None = None
    card: str | None = None
    skip_refused: bool = False
    data_docs: bool = True
    register: str = ""
    """URL of the register; by default the SQLite file in the home folder."""
    rest_seconds: float = 0
    """How long an export must have been left unchanged; one that is being copied is waited for."""
    follow: bool = True
    """Whether the register is brought up to the run and pages show it; a trial leaves both alone."""
    follow_earlier: bool = False
    """Whether that is also done for an earlier audit date than that of the run followed last."""
    keep_exports: bool = True
    """Whether the home keeps a copy of the exports for as long as it keeps the run."""
    whole: bool = False
    """Whether everything is read and judged anew, also what the published run knows."""
    keep_runs: int | None = None
    """How many published runs the home keeps, 0 all of them; without a number nothing is pruned."""

    def read_catalogue(self) -> Catalogue:
        """The bundled catalogue, with the office's own laid over it. Raises CatalogueError with every mistake.

        That the bundled one fits is known before it is released; only with an office's own it is asked again.
        """
        return require_fitting(load_catalogue(self.catalogue)) if self.catalogue else load_catalogue()


@dataclass
class Stopwatch:
    """Wall time and peak memory per stage."""

    stages: list[StageTime] = field(default_factory=list)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Times the block as stage `name`."""
        begun = time.perf_counter()
        yield
        self.stages.append(StageTime(name, time.perf_counter() - begun, peak_memory_mb()))


@dataclass(frozen=True)
class AuditResult:
    """What a published run came to."""

    run_id: str
    file: Path
    folder: Path
    complete: bool
    rows_read: int
    rows_loaded: int
    rows_rejected: int
    lines: tuple[Line, ...]
    """Figures by office and department: as the pages show them when the register was brought up to the run."""
    due: int
    years_without_holidays: tuple[int, ...]
    not_judged: tuple[str, ...]
    in_error: tuple[str, ...]
    stages: tuple[StageTime, ...]
    followed: Followed | None = None
    former: Path | None = None
    """The published run it went on from; the same as `file` where nothing was new."""
    merged: tuple[str, ...] = ()
    """What duplicate rules never saw: equal rows that were merged, a line per card."""

    @property
    def problems(self) -> tuple[dict[str, object], ...]:
        """Why the run that the register followed is not complete; empty where it is."""
        return self.followed.problems if self.followed else ()

    @property
    def errors(self) -> int:
        """Errors of all lines."""
        return total(self.lines).errors

    @property
    def hints(self) -> int:
        """Hints of all lines."""
        return total(self.lines).hints
