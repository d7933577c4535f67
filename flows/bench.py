"""`anka bench`: an audit at scale beside one hand-written SELECT that counts the same rules on the same table.

Figures are ratios against something run beside it, never limits of a test. The export is multiplied by DuckDB from a
generated sample, so that planted defects stay in proportion.
"""

import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Literal

import duckdb

from expectations import load_catalogue
from expectations.home import Home
from expectations.published import open_published
from flows.audit import AuditOrder, AuditResult, run_audit
from flows.load import load_exports
from flows.progress import tell
from flows.publishing import Stage
from sample_data import COMMITTED, generate

FLOOR = resources.files("flows").joinpath("bench_floor.sql")
_SAMPLE_CASES = 3000
_FLOOR_RUNS = 3


@dataclass(frozen=True)
class BenchFigures:
    """Seconds and MB. `floor_seconds`: the fastest of three runs of the hand-written SELECT on the audited table."""

    rows: int
    findings: int
    stages: tuple[Stage, ...]
    floor_seconds: float
    floor_differs: tuple[str, ...]

    @property
    def audit_seconds(self) -> float:
        """Judging and collecting, on cards already loaded: what the floor does too."""
        return sum(stage.seconds for stage in self.stages if stage.name in ("judge", "collect"))

    @property
    def whole_seconds(self) -> float:
        """Loading, judging, collecting, publishing."""
        return sum(stage.seconds for stage in self.stages)


def run_bench(rows: int, as_of: date = COMMITTED.as_of) -> BenchFigures:
    """Audits a generated export of `rows` suspects and runs the floor beside it, in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="anka-bench-") as folder:
        root = Path(folder)
        tell("示例 / sample", 0, 2)
        generate(COMMITTED.seed, _SAMPLE_CASES, as_of, root / "sample")
        tell("示例 / sample", 1, 2)
        export = multiply(root / "sample" / "exports", root / "export", rows)
        tell("示例 / sample", 2, 2)
        result = run_audit(AuditOrder(root / "home", (export,), as_of))
        shutil.rmtree(root / "export")
        seconds, counts = run_floor(Home(root / "home").warehouse, as_of)
        return BenchFigures(rows, result.errors + result.hints, result.stages, seconds, _differences(result, counts))


def multiply(sample: Path, folder: Path, rows: int) -> Path:
    """One csv of prosecution cards with `rows` rows: the sample over and over, each time as other cases and suspects."""
    catalogue = load_catalogue()
    card = catalogue.cards["prosecution"]
    folder.mkdir()
    target = folder / "一审公诉案件020101表1行19列受理合计（人）.csv"
    files = [path for path in sample.iterdir() if "一审公诉" in path.name]
    with duckdb.connect() as con:
        load_exports(con, catalogue, files, card="prosecution")
        number = (
            "regexp_replace(bmsah, '\\d{6}号$', lpad(((copy * cases + case_no) % 1000000)::varchar, 6, '0') || '号')"
        )
        changed = {"bmsah": number, "suspect_no": "suspect_no || '-' || copy"}
        columns = ", ".join(f'{changed.get(f.name, f.name)} as "{f.header}"' for f in card.fields)
        raw = ", ".join(f"{f.name}__raw as {f.name}" if f.parsed else f.name for f in card.fields)
        con.execute(
            f"create temp table sample as select {raw}, dense_rank() over (order by bmsah) as case_no, "
            "(select count(distinct bmsah) from cards.prosecution) as cases from cards.prosecution order by _row"
        )
        con.execute("set preserve_insertion_order = false")  # the copy streams instead of waiting for its turn
        con.execute("set memory_limit = '1GB'")
        copies = -(-rows // con.table("sample").shape[0])
        con.execute(
            f"copy (select {columns} from range($1) r(copy), sample limit $2) to '{target}' (header)", [copies, rows]
        )
    return target


def run_floor(warehouse: Path, as_of: date) -> tuple[float, dict[str, int]]:
    """Seconds of the fastest run of the hand-written SELECT, and what it counted by rule."""
    statement = FLOOR.read_text(encoding="utf-8")
    best, counts = float("inf"), dict[str, int]()
    with duckdb.connect(str(warehouse)) as con:
        for number in range(_FLOOR_RUNS):
            tell("手写查询 / floor", number, _FLOOR_RUNS)
            begun = time.perf_counter()
            rows = con.execute(statement, {"today": as_of}).fetchall()
            best = min(best, time.perf_counter() - begun)
            counts = {str(rule): int(count) for rule, count in rows}
        tell("手写查询 / floor", _FLOOR_RUNS, _FLOOR_RUNS)
    return best, counts


def shown(figures: BenchFigures, format: Literal["table", "json"]) -> str:
    """The figures as text or JSON; `ratio_to_floor` compares judging and collecting, `ratio_whole_to_floor` everything."""
    summary = {
        "rows": figures.rows,
        "findings": figures.findings,
        "ratio_to_floor": round(figures.audit_seconds / figures.floor_seconds, 2),
        "ratio_whole_to_floor": round(figures.whole_seconds / figures.floor_seconds, 2),
        "floor_seconds": round(figures.floor_seconds, 3),
        "audit_seconds": round(figures.audit_seconds, 3),
        "whole_seconds": round(figures.whole_seconds, 3),
        "floor_differs": list(figures.floor_differs),
        "stages": [
            {"stage": s.name, "seconds": round(s.seconds, 3), "peak_mb": round(s.peak_mb)} for s in figures.stages
        ],
    }
    if format == "json":
        return json.dumps(summary, ensure_ascii=False, indent=1)
    lines = [f"{name}: {value}" for name, value in summary.items() if name != "stages"]
    lines += [f"  {s.name:<8} {s.seconds:8.2f} s  {s.peak_mb:7.0f} MB" for s in figures.stages]
    return "\n".join(lines)


def _differences(result: AuditResult, floor: dict[str, int]) -> tuple[str, ...]:
    """Rules the floor counts otherwise than the audit; empty when both agree on every rule."""
    with open_published(result.file) as con:
        audited: Sequence[tuple[str, int]] = con.execute(
            "select rule_id, sum(rows_violated)::bigint from judgements where card = 'prosecution' group by rule_id"
        ).fetchall()
    return tuple(f"{rule}: {floor.get(rule)} ≠ {count}" for rule, count in sorted(audited) if floor.get(rule) != count)
