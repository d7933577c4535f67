"""What a peer gives back: how long it loaded and judged, and the keys of the rows that break each rule. Imports nothing heavy."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from flows.memory import peak_memory_mb

Table = TypeVar("Table")
Violations = Mapping[str, list[int] | int]
"""By rule: the keys of the rows that break it, or their number where a peer only counts."""


JUDGED = "judged.json"
"""What a peer's process leaves in its folder."""


@dataclass(frozen=True)
class Judged:
    """Seconds from the file to the peer's own table, seconds from that to the violations, and these."""

    load_seconds: float
    judge_seconds: float
    violations: Violations


@dataclass(frozen=True)
class Measured(Judged):
    """The same with the seconds its imports took and the peak memory of its process in MB."""

    import_seconds: float
    peak_mb: float


def timed(load: Callable[[], Table], judge: Callable[[Table], Violations]) -> Judged:
    """Runs both steps of a peer and takes their times."""
    begun = time.perf_counter()
    table = load()
    loaded = time.perf_counter()
    violations = judge(table)
    return Judged(loaded - begun, time.perf_counter() - loaded, violations)


def write_judged(judged: Judged, import_seconds: float, file: Path) -> None:
    """Hands everything over to the process that compares."""
    measured = asdict(judged) | {"import_seconds": import_seconds, "peak_mb": peak_memory_mb()}
    file.write_text(json.dumps(measured), encoding="utf-8")


def read_judged(file: Path) -> Measured:
    """What `write_judged` wrote."""
    return Measured(**json.loads(file.read_text(encoding="utf-8")))
