"""`anka bench --small`: what everybody waits for, beside what importing its libraries alone takes.

Every time is that of a fresh process with an empty home. The runs take turns, so that a busy moment of the machine meets both sides.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from expectations.progress import Stage
from flows.progress import tell
from sample_data import COMMITTED

_ANKA = ("-m", "flows.cli.main")
_AUDIT = (
    *_ANKA,
    "audit",
    str(resources.files("sample_data").joinpath("exports")),
    "--as-of",
    COMMITTED.as_of.isoformat(),
    "--home",
    ".anka",
)


@dataclass(frozen=True)
class Pair:
    """Two programs for the same interpreter, and how often each is run: the fastest run counts."""

    name: str
    program: tuple[str, ...]
    beside: str
    runs: int = 3

    @property
    def beside_program(self) -> tuple[str, ...]:
        """What the program is compared with."""
        return ("-c", self.beside)


PAIRS = (
    Pair("anka audit of the sample, with Prefect", _AUDIT, "import great_expectations, prefect", 2),
    Pair("anka audit of the sample, --no-prefect", (*_AUDIT, "--no-prefect"), "import great_expectations", 2),
    Pair("anka --help", (*_ANKA, "--help"), "import typer, rich"),
)


@dataclass(frozen=True)
class SmallFigures:
    """The fastest seconds of both sides."""

    pair: Pair
    seconds: float
    beside_seconds: float

    @property
    def ratio(self) -> float:
        """How many times as long the command takes."""
        return self.seconds / self.beside_seconds


def run_small(pairs: Sequence[Pair] = PAIRS) -> tuple[SmallFigures, ...]:
    """Runs every pair in turns."""
    figures = []
    for number, pair in enumerate(pairs):
        tell(Stage.SMALL, number, len(pairs))
        times = [(_run(pair.beside_program), _run(pair.program)) for _ in range(pair.runs)]
        figures.append(SmallFigures(pair, min(t for _, t in times), min(t for t, _ in times)))
    tell(Stage.SMALL, len(pairs), len(pairs))
    return tuple(figures)


def small_text(figures: Sequence[SmallFigures], format: Literal["table", "json"]) -> str:
    """The figures as text or JSON."""
    shown = [
        {
            "what": each.pair.name,
            "seconds": round(each.seconds, 3),
            "beside": each.pair.beside,
            "beside_seconds": round(each.beside_seconds, 3),
            "ratio": round(each.ratio, 2),
            "runs": each.pair.runs,
        }
        for each in figures
    ]
    if format == "json":
        return json.dumps({"small": shown}, ensure_ascii=False, indent=1)
    return "\n".join(
        f"{s['what']:<40} {s['seconds']:8.2f} s   {s['beside']:<36} {s['beside_seconds']:8.2f} s   ratio {s['ratio']:.2f}"
        for s in shown
    )


def _run(program: Sequence[str]) -> float:
    """Seconds of a fresh process in an empty folder that is its home too. Raises CalledProcessError when it fails."""
    with tempfile.TemporaryDirectory(prefix="anka-bench-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANKA_", "PREFECT_"))}
        environment |= {"HOME": folder, "GX_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
        begun = time.perf_counter()
        subprocess.run([sys.executable, *program], cwd=Path(folder), env=environment, capture_output=True, check=True)
        return time.perf_counter() - begun
