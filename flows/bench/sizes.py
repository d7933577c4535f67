"""Several sizes of `anka bench`: each is measured by a command of its own, so that none profits from the one before; how time grows
with them; and the figures as text.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from math import log
from statistics import linear_regression
from typing import Any, Literal

from flows.progress import Way

Summary = Mapping[str, Any]
"""The figures of one size, as `anka bench --format json` prints them."""

_PROGRAM = [
    sys.executable,
    "-m",
    "flows.start",
]  # not `-c`: DuckDB would take it for a prompt and draw bars on standard output


def run_sizes(sizes: Sequence[int], progress: Way) -> list[Summary]:
    """The figures of all sizes, the smallest first; how far they are goes to standard error as always."""
    return [_run_size(rows, progress) for rows in sorted(set(sizes))]


def growth(seconds_by_rows: Mapping[int, float]) -> float:
    """The exponent by which time grows with rows, by least squares of the logarithms: 1 where twice the rows take twice the time."""
    rows = [log(number) for number in seconds_by_rows]
    return linear_regression(rows, [log(seconds) for seconds in seconds_by_rows.values()]).slope


def growth_of(summaries: Sequence[Summary]) -> dict[str, float]:
    """The exponent of every time and every stage over at least two sizes."""
    times = [_times(summary) for summary in summaries]
    return {
        name: growth({int(summary["rows"]): of_size[name] for summary, of_size in zip(summaries, times, strict=True)})
        for name in times[0]
        if all(of_size[name] > 0 for of_size in times)
    }


def sizes_text(summaries: Sequence[Summary], format: Literal["table", "json"]) -> str:
    """One size as it is; several with the growth of time over them."""
    exponents = {name: round(value, 2) for name, value in growth_of(summaries).items()} if len(summaries) > 1 else {}
    if format == "json":
        shown = {"sizes": list(summaries), "growth": exponents} if exponents else summaries[0]
        return json.dumps(shown, ensure_ascii=False, indent=1)
    lines = [line for summary in summaries for line in (*_lines(summary), "")]
    lines += [f"growth of {name}: rows to the power of {value}" for name, value in exponents.items()]
    return "\n".join(lines).rstrip()


def _run_size(rows: int, progress: Way) -> Summary:
    command = [*_PROGRAM, "bench", "--rows", str(rows), "--format", "json", "--progress", progress]
    summary: Summary = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
    return summary


def _times(summary: Summary) -> dict[str, float]:
    seconds = {name: float(value) for name, value in summary.items() if name.endswith("_seconds")}
    return seconds | {stage["stage"]: float(stage["seconds"]) for stage in summary["stages"]}


def _lines(summary: Summary) -> list[str]:
    plain = [f"{name}: {value}" for name, value in summary.items() if name not in ("stages", "ratios")]
    ratios = [f"{name}: {value}" for name, value in summary["ratios"].items()]
    stages = [f"  {s['stage']:<8} {s['seconds']:8.2f} s  {s['peak_mb']:7} MB" for s in summary["stages"]]
    return [*plain, *ratios, *stages]
