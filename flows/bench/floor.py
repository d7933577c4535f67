"""The floor of the benchmark: what an expert would write by hand for speed alone, on the same files and the same tables."""

import time
from datetime import date
from importlib import resources
from pathlib import Path

from expectations.connections import open_duckdb
from expectations.progress import Stage
from flows.progress import tell

FLOOR = tuple(resources.files("flows.bench").joinpath(name) for name in ("floor.sql", "floor_links.sql"))
"""The rules that need only the judged row, and those that look at other rows: all that are judged on prosecution cards."""

_RUNS = 3


def run_floor(warehouse: Path, as_of: date) -> tuple[float, dict[str, int]]:
    """Seconds of the fastest run of the hand-written statements, and what they counted by rule."""
    statements = [path.read_text(encoding="utf-8") for path in FLOOR]
    best, counts = float("inf"), dict[str, int]()
    with open_duckdb(warehouse, read_only=True) as con:
        for number in range(_RUNS):
            tell(Stage.FLOOR, number, _RUNS)
            begun = time.perf_counter()
            rows = [row for statement in statements for row in con.execute(statement, {"today": as_of}).fetchall()]
            best = min(best, time.perf_counter() - begun)
            counts = {str(rule): int(count) for rule, count in rows}
        tell(Stage.FLOOR, _RUNS, _RUNS)
    return best, counts


def run_read_csv(exports: Path, database: Path) -> float:
    """Seconds in which DuckDB reads the files into tables of a new database, every cell as text: the floor of loading."""
    with open_duckdb(database, folders=[exports]) as con:
        begun = time.perf_counter()
        for number, file in enumerate(sorted(exports.glob("*.csv"))):
            con.execute(f"create table export_{number} as from read_csv('{file}', all_varchar = true, header = true)")
        con.execute("checkpoint")
        return time.perf_counter() - begun
