"""Soda on DuckDB: a contract of checks, each of which counts the rows that break it and names none of them."""

import json
from pathlib import Path

import duckdb
from soda_core.contracts import verify_contract_locally
from soda_duckdb import DuckDBDataSource

from expectations.connections import open_duckdb
from flows.bench.peers.judged import Judged, Violations, timed
from flows.bench.peers.table import AGES, BRANCHES, COLUMNS, NUMBER_FORM, PHONE_FORM, STATUSES

_FAILED_ROWS = {
    "LN09": "due_on < lent_on",
    "LN10": "returned_on < lent_on",
    "LN11": "paid > total",
    "LN12": "total <> fee + fine",
    "LN13": "status = 'returned' and returned_on is null",
    "LN14": "status = 'lent' and returned_on is not null",
    "LN15": "status = 'lost' and fine = 0",
}
_DUPLICATES = {
    "LN16": "select id from loans where number in (select number from loans group by number having count(*) > 1)",
    "LN17": "select id from loans join (select reader, item, lent_on from loans where reader is not null"
    " group by reader, item, lent_on having count(*) > 1) using (reader, item, lent_on)",
}
"""Soda's own check counts the rows beyond the first of each kind; a query counts all of them, as the other peers do."""


def run(file: Path, folder: Path) -> Judged:
    """Counts only."""
    contract = folder / "contract.yml"
    contract.write_text(json.dumps(_contract()), encoding="utf-8")  # JSON is YAML
    with open_duckdb(folder / "soda.duckdb", files=[file]) as con:
        return timed(lambda: _load(con, file), lambda connection: _judge(connection, contract))


def _load(con: duckdb.DuckDBPyConnection, file: Path) -> duckdb.DuckDBPyConnection:
    return con.execute(f"create table loans as from read_csv('{file}', columns = {COLUMNS})")


def _judge(con: duckdb.DuckDBPyConnection, contract: Path) -> Violations:
    source = DuckDBDataSource.from_existing_cursor(con.cursor(), name="bench")
    session = verify_contract_locally(data_sources=[source], contract_file_path=str(contract))
    results = session.contract_verification_results[0].check_results
    return {result.check.name: int(result.threshold_value) for result in results}


def _contract() -> dict[str, object]:
    columns = {
        "reader": [_check("missing", "LN01")],
        "branch": [_check("missing", "LN02"), _check("invalid", "LN04", valid_values=[*BRANCHES])],
        "status": [_check("invalid", "LN03", valid_values=[*STATUSES])],
        "number": [_check("invalid", "LN05", valid_format={"name": "number", "regex": NUMBER_FORM})],
        "phone": [_check("invalid", "LN06", valid_format={"name": "phone", "regex": PHONE_FORM})],
        "age": [_check("invalid", "LN07", valid_min=AGES[0], valid_max=AGES[1])],
        "fee": [_check("invalid", "LN08", valid_min=0)],
    }
    return {
        "dataset": "bench/main/loans",
        "columns": [{"name": name, "checks": checks} for name, checks in columns.items()],
        "checks": [_check("failed_rows", rule, expression=condition) for rule, condition in _FAILED_ROWS.items()]
        + [_check("failed_rows", rule, query=query) for rule, query in _DUPLICATES.items()],
    }


def _check(kind: str, rule: str, **settings: object) -> dict[str, object]:
    return {kind: {"name": rule, "qualifier": rule, **settings}}
