"""The floor: the seventeen rules as one statement that an expert writes by hand, on the table that `read_csv` makes."""

import time
from importlib import resources
from pathlib import Path

from expectations.connections import open_duckdb
from flows.bench.peers.judged import Judged
from flows.bench.peers.table import COLUMNS, KEY

STATEMENT = resources.files("flows.bench.peers").joinpath("by_hand.sql")


def run(file: Path, folder: Path) -> Judged:
    """Writes rule and key of every violation to a table."""
    statement = STATEMENT.read_text(encoding="utf-8")
    with open_duckdb(folder / "by_hand.duckdb", files=[file]) as con:
        begun = time.perf_counter()
        con.execute(f"create table loans as from read_csv('{file}', columns = {COLUMNS})")
        loaded = time.perf_counter()
        con.execute(statement)
        judged = time.perf_counter()
        violations = dict(con.execute(f"select rule, list({KEY}) from violations group by rule").fetchall())
    return Judged(loaded - begun, judged - loaded, violations)
