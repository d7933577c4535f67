"""`anka bench --peers`: every peer judges the same table in a process of its own, and what each found is compared with the hand-written."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from expectations.progress import Stage
from flows.bench.peers.judged import JUDGED, Measured, Violations, read_judged
from flows.bench.peers.making import write_table
from flows.bench.peers.table import TITLES
from flows.progress import tell

State = Literal["agrees", "differs", "not installed", "failed"]
_PEERS, _ALL = "uv sync --group peers", "uv sync --no-dev --group peers --group soda"
"""The second because the group of Soda conflicts with that of development."""


@dataclass(frozen=True)
class Peer:
    """A module of this room with `run`, the distribution whose version counts, and how to get it."""

    name: str
    module: str
    distribution: str
    installing: str = "uv sync"


BY_HAND = Peer("hand-written DuckDB", "by_hand", "duckdb")
PEERS = (
    BY_HAND,
    Peer("Anka", "anka", "anka-audit"),
    Peer("Anka, keys only", "anka_keys", "anka-audit"),
    Peer("Great Expectations on pandas", "great_expectations_pandas", "great-expectations"),
    Peer("pandera on polars", "pandera_polars", "pandera", _PEERS),
    Peer("Pointblank on polars", "pointblank_polars", "pointblank", _PEERS),
    Peer("cuallee on polars", "cuallee_polars", "cuallee", _PEERS),
    Peer("Soda on DuckDB", "soda_on_duckdb", "soda-duckdb", _ALL),
)

_NO_TELEMETRY = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "SODA_CORE_TELEMETRY_ENABLED": "false",
    "DISABLE_PANDERA_IMPORT_WARNING": "true",
}


@dataclass(frozen=True)
class PeerFigures:
    """What one peer took and found. Without a measurement, `note` says why: how to install it, or what it said when it failed."""

    peer: str
    version: str
    state: State
    measured: Measured | None = None
    ratio: float | None = None
    """Seconds of judging over those of the hand-written statement."""
    differs: tuple[str, ...] = ()
    note: str = ""

    @property
    def findings(self) -> int:
        """Violations of all rules."""
        return sum(map(_count, self.measured.violations.values())) if self.measured else 0

    @property
    def counts_only(self) -> bool:
        """Whether it names no row."""
        return self.measured is not None and any(isinstance(found, int) for found in self.measured.violations.values())

    def summary(self) -> dict[str, object]:
        """The figures for a program."""
        shown: dict[str, object] = {"peer": self.peer, "version": self.version, "state": self.state}
        if self.measured:
            seconds = {
                name: round(value, 3) for name, value in asdict(self.measured).items() if name.endswith("_seconds")
            }
            shown |= seconds | {
                "peak_mb": round(self.measured.peak_mb),
                "ratio_to_hand_written": self.ratio and round(self.ratio, 1),
                "findings": self.findings,
                "yields": "counts only" if self.counts_only else "keys",
                "differs": list(self.differs),
            }
        return shown | ({"note": self.note} if self.note else {})


def run_peers(rows: int, peers: Sequence[Peer] = PEERS) -> tuple[PeerFigures, ...]:
    """Makes the table and has every peer judge it, one after the other. The hand-written statement always runs, and first."""
    with tempfile.TemporaryDirectory(prefix="anka-bench-") as name:
        folder = Path(name)
        table = folder / "loans.csv"
        tell(Stage.SAMPLE, 0, 1)
        write_table(rows, table)
        tell(Stage.SAMPLE, 1, 1)
        floor = _run(BY_HAND, table, folder)
        others = [peer for peer in peers if peer is not BY_HAND]
        figures = [_compared(floor, floor)]
        for number, peer in enumerate(others):
            tell(Stage.PEERS, number, len(others))
            figures.append(_compared(_run(peer, table, folder), floor))
        tell(Stage.PEERS, len(others), len(others))
        return tuple(figures)


def peers_text(rows: int, figures: Iterable[PeerFigures], format: Literal["table", "json"]) -> str:
    """The figures as text or JSON."""
    figures = list(figures)
    if format == "json":
        shown = {"rows": rows, "rules": len(TITLES), "peers": [each.summary() for each in figures]}
        return json.dumps(shown, ensure_ascii=False, indent=1)
    lines = [
        f"{rows} rows, {len(TITLES)} rules",
        f"{'':<29} {'version':<9} {'import s':>8} {'load s':>8} {'judge s':>8} {'ratio':>7} {'peak MB':>8} {'findings':>9}",
    ]
    for each in figures:
        measured, head = each.measured, f"{each.peer:<29} {each.version or '-':<9}"
        if measured is None:
            lines.append(f"{head} {each.state}: {each.note}")
            continue
        seconds = f"{measured.import_seconds:8.2f} {measured.load_seconds:8.2f} {measured.judge_seconds:8.2f}"
        said = (
            each.state
            + (", counts only" if each.counts_only else "")
            + "".join(f"\n    {rule}" for rule in each.differs)
        )
        lines.append(f"{head} {seconds} {each.ratio or 0:7.1f} {measured.peak_mb:8.0f} {each.findings:9}  {said}")
    return "\n".join(lines)


def differences(found: Violations, expected: Mapping[str, Sequence[int]]) -> tuple[str, ...]:
    """The rules on which a peer found other rows than the hand-written statement, or another number of them."""
    return tuple(
        f"{rule}: {_count(found.get(rule, []))} ≠ {len(keys)}"
        for rule in TITLES
        if not _same(found.get(rule, []), keys := expected.get(rule, []))
    )


def _same(found: list[int] | int, keys: Sequence[int]) -> bool:
    return found == len(keys) if isinstance(found, int) else sorted(found) == sorted(keys)


def _count(found: list[int] | int) -> int:
    return found if isinstance(found, int) else len(found)


def _run(peer: Peer, table: Path, folder: Path) -> PeerFigures:
    """The peer's figures, not yet compared."""
    try:
        installed = version(peer.distribution)
    except PackageNotFoundError:
        return PeerFigures(peer.name, "", "not installed", note=peer.installing)
    own = folder / peer.module
    own.mkdir()
    command = [sys.executable, "-m", "flows.bench.peers", peer.module, str(table), str(own)]
    ended = subprocess.run(
        command, cwd=own, env=os.environ | _NO_TELEMETRY, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        said = ended.stderr.strip().splitlines()
        return PeerFigures(peer.name, installed, "failed", note=said[-1] if said else f"exit code {ended.returncode}")
    return PeerFigures(peer.name, installed, "agrees", read_judged(own / JUDGED))


def _compared(figures: PeerFigures, floor: PeerFigures) -> PeerFigures:
    if figures.measured is None or floor.measured is None:
        return figures
    expected = {rule: found for rule, found in floor.measured.violations.items() if not isinstance(found, int)}
    differs = differences(figures.measured.violations, expected)
    return replace(
        figures,
        state="differs" if differs else "agrees",
        ratio=figures.measured.judge_seconds / floor.measured.judge_seconds,
        differs=differs,
    )
