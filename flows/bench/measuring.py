"""`anka bench`: an audit at scale, with the register, beside what an expert would write by hand on the same files and tables.

Figures are ratios against something run beside it, never limits of a test. Both judge every rule of every card.
"""

import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import expectations.judging.suites  # noqa: F401  # Great Expectations comes with it: imported here, so that no stage pays for it
from expectations.home import Home
from expectations.progress import Stage
from expectations.run.published import open_published
from flows.audit import run_audit
from flows.bench.floor import run_floor, run_read_csv
from flows.bench.multiplying import make_exports
from flows.bench.nights import next_night
from flows.memory import peak_memory_mb
from flows.orders import AuditOrder, AuditResult
from flows.progress import tell
from flows.publishing import StageTime
from sample_data import COMMITTED


@dataclass(frozen=True)
class BenchFigures:
    """What one size took, in seconds and MB. `whole_seconds` are by the clock, `processor_seconds` of all threads and children.

    `read_csv_seconds` and `floor_seconds`: what loading, and judging and collecting, are compared with. `night_seconds`: the night after,
    in which one row in a hundred is another; `same_night_seconds`: that night once more, with nothing new.
    """

    rows: int
    findings: int
    stages: tuple[StageTime, ...]
    whole_seconds: float
    processor_seconds: float
    peak_mb: float
    read_csv_seconds: float
    floor_seconds: float
    floor_differs: tuple[str, ...]
    night_seconds: float
    same_night_seconds: float

    @property
    def judge_collect_seconds(self) -> float:
        """Judging and collecting, on cards already loaded: what the floor does too."""
        return self._seconds("judge", "collect")

    @property
    def ratios(self) -> dict[str, float]:
        """The figures the targets are set in."""
        return {
            "load_to_read_csv": self._seconds("load") / self.read_csv_seconds,
            "judge_collect_to_floor": self.judge_collect_seconds / self.floor_seconds,
            "whole_to_read_csv_and_floor": self.whole_seconds / (self.read_csv_seconds + self.floor_seconds),
            "publish_follow_share": self._seconds("publish", "follow") / self.whole_seconds,
            "night_to_whole": self.night_seconds / self.whole_seconds,
        }

    def summary(self) -> dict[str, Any]:
        """The figures for a program."""
        return {
            "rows": self.rows,
            "findings": self.findings,
            "whole_seconds": round(self.whole_seconds, 3),
            "processor_seconds": round(self.processor_seconds, 3),
            "peak_mb": round(self.peak_mb),
            "judge_collect_seconds": round(self.judge_collect_seconds, 3),
            "read_csv_seconds": round(self.read_csv_seconds, 3),
            "floor_seconds": round(self.floor_seconds, 3),
            "night_seconds": round(self.night_seconds, 3),
            "same_night_seconds": round(self.same_night_seconds, 3),
            "ratios": {name: round(ratio, 2) for name, ratio in self.ratios.items()},
            "floor_differs": list(self.floor_differs),
            "stages": [
                {"stage": s.name, "seconds": round(s.seconds, 3), "peak_mb": round(s.peak_mb)} for s in self.stages
            ],
        }

    def _seconds(self, *names: str) -> float:
        return sum(stage.seconds for stage in self.stages if stage.name in names)


def run_bench(rows: int, as_of: date = COMMITTED.as_of) -> BenchFigures:
    """Audits a generated export of `rows` suspects and runs the floors beside it, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="anka-bench-") as folder:
        root = Path(folder)
        tell(Stage.SAMPLE, 0, 1)
        export = make_exports(rows, as_of, root / "export")
        tell(Stage.SAMPLE, 1, 1)
        begun, processor = time.perf_counter(), processor_seconds()
        result = run_audit(AuditOrder(root / "home", (export,), as_of))
        whole, processor, peak = time.perf_counter() - begun, processor_seconds() - processor, peak_memory_mb()
        read_csv_seconds = run_read_csv(export, root / "read_csv.duckdb")
        floor_seconds, counts = run_floor(Home(root / "home").warehouse, as_of)
        night = AuditOrder(root / "home", (next_night(export, root / "night"),), as_of + timedelta(1))
        night_seconds, same_night_seconds = (_seconds_of(night) for _ in range(2))
        return BenchFigures(
            rows,
            result.errors + result.hints,
            result.stages,
            whole,
            processor,
            peak,
            read_csv_seconds,
            floor_seconds,
            _differences(result, counts),
            night_seconds,
            same_night_seconds,
        )


def _seconds_of(order: AuditOrder) -> float:
    begun = time.perf_counter()
    run_audit(order)
    return time.perf_counter() - begun


def processor_seconds() -> float:
    """Seconds that processors have worked for this process so far, its children that have ended included."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _differences(result: AuditResult, floor: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
    """Rules the floor counts otherwise than the audit; empty when both agree on every rule."""
    with open_published(result.file) as con:
        audited: Sequence[tuple[str, str, int]] = con.execute(
            "select card, rule_id, sum(rows_violated)::bigint from judgements group by card, rule_id order by card, rule_id"
        ).fetchall()
    return tuple(
        f"{card} {rule}: {found} ≠ {count}"
        for card, rule, count in audited
        if (found := floor.get(card, {}).get(rule, 0)) != count
    )
