"""`anka bench --small`: what everybody waits for, beside what importing its libraries alone takes.

Every time is that of a fresh process with an empty home, or, of a check by the spare process, from the order to its end. The runs take
turns, so that a busy moment of the machine meets both sides.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import Literal

import openpyxl

from expectations.progress import Stage
from expectations.spare_orders import BEGUN, PREPARED, Command
from flows.progress import tell
from sample_data import COMMITTED

_ANKA = ("-m", "flows.start")
_AUDIT = (
    *_ANKA,
    "audit",
    str(resources.files("sample_data").joinpath("exports")),
    "--as-of",
    COMMITTED.as_of.isoformat(),
    "--home",
    ".anka",
)

_CHECKED = "一审公诉.xlsx"
_HEADING_ROWS, _ROWS_CHECKED = 3, 16
_CHECK = (*_ANKA, "check", "--format", "json", "--progress", "json", "-o", "marked.xlsx", _CHECKED)


@dataclass(frozen=True)
class Pair:
    """Two programs for the same interpreter, and how often each is run: the fastest run counts."""

    name: str
    program: tuple[str, ...]
    beside: str
    runs: int = 3
    by_spare: bool = False
    """Whether the program is the command that a prepared spare process becomes."""

    @property
    def beside_program(self) -> tuple[str, ...]:
        """What the program is compared with."""
        return ("-c", self.beside)


PAIRS = (
    Pair("anka audit of the sample, with Prefect", _AUDIT, "import great_expectations, prefect", 2),
    Pair("anka audit of the sample, --no-prefect", (*_AUDIT, "--no-prefect"), "import great_expectations", 2),
    Pair("anka check of 16 rows", _CHECK, "import great_expectations"),
    Pair("anka check of 16 rows, by the spare", _CHECK, "import great_expectations", by_spare=True),
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
        run = _run_by_spare if pair.by_spare else _run
        times = [(_run(pair.beside_program), run(pair.program)) for _ in range(pair.runs)]
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
    """Seconds of a fresh process in a folder that is its home too. Raises CalledProcessError when it fails."""
    with _folder(program) as folder:
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, *program], cwd=folder, env=_environment(folder), capture_output=True, check=True
        )
        return time.perf_counter() - begun


def _run_by_spare(program: Sequence[str]) -> float:
    """Seconds from the order to the end. Raises CalledProcessError when it fails."""
    with _folder(program) as folder:
        environment = _environment(folder)
        checked = Command(program[len(_ANKA) :], environment, folder / "out.txt", folder / "said.txt")
        command = [sys.executable, "-m", "flows.spare"]
        spare = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        with spare:
            assert spare.stdin is not None
            assert spare.stdout is not None
            while spare.stdout.readline().strip() not in (PREPARED.encode(), b""):
                pass
            begun = time.perf_counter()
            spare.stdin.write(checked.line().encode())
            took_it = spare.stdout.readline().strip() == BEGUN.encode()
            code = spare.wait()
            seconds = time.perf_counter() - begun
        if code or not took_it:
            raise subprocess.CalledProcessError(code, command)
        return seconds


@contextmanager
def _folder(program: Sequence[str]) -> Iterator[Path]:
    """An empty folder, but for the export that the program names."""
    with tempfile.TemporaryDirectory(prefix="anka-bench-") as name:
        folder = Path(name)
        if _CHECKED in program:
            _write_own_cards(folder / _CHECKED)
        yield folder


def _write_own_cards(target: Path) -> None:
    """What one prosecutor has: the heading and the first rows of the sample's largest card."""
    sample = resources.files("sample_data").joinpath("exports")
    source = next(file for file in sample.iterdir() if file.name.startswith("一审公诉") and file.name.endswith("xlsx"))
    rows = openpyxl.load_workbook(Path(str(source)), read_only=True).worksheets[0].iter_rows(values_only=True)
    own = openpyxl.Workbook(write_only=True)
    sheet = own.create_sheet()
    for row in islice(rows, _HEADING_ROWS + _ROWS_CHECKED):
        sheet.append(row)
    own.save(target)


def _environment(folder: Path) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("ANKA_", "PREFECT_"))}
    return environment | {"HOME": str(folder), "GX_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
