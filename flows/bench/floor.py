"""The floor of the benchmark: what an expert would write by hand for speed alone, on the same files and the same tables."""

import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from importlib import resources
from pathlib import Path

import duckdb

from expectations.connections import open_duckdb
from expectations.progress import Stage
from flows.progress import tell

_STATEMENTS = resources.files("flows.bench").joinpath("statements")
_CARDS = """prosecution arrest measure extension second_instance supervision juvenile execution civil admin pil petition suggestion
hearing""".split()
_IN_TWO = {"prosecution": ("prosecution", "prosecution_links")}
FLOOR = {
    card: tuple(_STATEMENTS.joinpath(f"{name}.sql").read_text(encoding="utf-8") for name in _IN_TWO.get(card, (card,)))
    for card in _CARDS
}
"""The scripts by card. The rules of prosecution cards that look at other rows are in a second one."""

_RUNS = 3


def run_floor(warehouse: Path, as_of: date) -> tuple[float, dict[str, dict[str, int]]]:
    """Seconds of the fastest run of the hand-written statements, and how many violations they found by card and rule."""
    best, counts = float("inf"), dict[str, dict[str, int]]()
    with open_floor(warehouse) as con:
        for number in range(_RUNS):
            tell(Stage.FLOOR, number, _RUNS)
            begun = time.perf_counter()
            for scripts in FLOOR.values():
                find_violations(con, as_of, scripts)
            counts = {card: count_violations(con, card) for card in FLOOR}
            best = min(best, time.perf_counter() - begun)
        tell(Stage.FLOOR, _RUNS, _RUNS)
    return best, counts


@contextmanager
def open_floor(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The audited tables to be read, beside a new database `floor` to write to."""
    with (
        tempfile.TemporaryDirectory(prefix="anka-bench-") as folder,
        open_duckdb(Path(folder) / "floor.duckdb", files=[warehouse]) as con,
    ):
        con.execute(f"attach '{warehouse}' as warehouse (read_only)")
        con.execute("use warehouse")
        yield con


def find_violations(con: duckdb.DuckDBPyConnection, as_of: date, scripts: Iterable[str]) -> None:
    """Fills table `floor.<card>`: rule_id, key and row number of every violated judgement."""
    con.execute(f"set variable today = date '{as_of}'")
    for script in scripts:
        con.execute(script)


def count_violations(con: duckdb.DuckDBPyConnection, card: str) -> dict[str, int]:
    """Violations by rule; a rule without any is not there."""
    return dict(con.execute(f"select rule_id, count(*) from floor.{card} group by rule_id").fetchall())


def run_read_csv(exports: Path, database: Path) -> float:
    """Seconds in which DuckDB reads the files into tables of a new database, every cell as text: the floor of loading."""
    with open_duckdb(database, folders=[exports]) as con:
        begun = time.perf_counter()
        for number, file in enumerate(sorted(exports.glob("*.csv"))):
            # its own guess at the quotes rests on the first rows, which may have none
            con.execute(
                f"create table export_{number} as from read_csv('{file}', all_varchar = true, header = true, delim = ',', quote = '\"')"
            )
        con.execute("checkpoint")
        return time.perf_counter() - begun
