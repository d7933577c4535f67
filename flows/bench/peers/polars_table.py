"""The table as a frame of polars, for the peers that judge on one."""

from pathlib import Path

import polars as pl

from flows.bench.peers.table import COLUMNS

_TYPES = {"bigint": pl.Int64, "integer": pl.Int32, "varchar": pl.String, "date": pl.Date}


def read_table(file: Path) -> pl.DataFrame:
    """Reads the csv with the types of the table."""
    return pl.read_csv(file, schema={name: _TYPES[kind] for name, kind in COLUMNS.items()})
