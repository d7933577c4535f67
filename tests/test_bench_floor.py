"""The hand-written floor of the benchmark counts what the audit, the twins and the specification count."""

import random
from collections import Counter
from datetime import date
from importlib import resources
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from conftest import SAMPLE
from pandas_twins import TWINS, violating_keys
from pandas_values import Unreadable, card_fields, cleaned, export_rows, typed_columns

from expectations import Catalogue
from sample_data import COMMITTED

FLOOR = resources.files("flows").joinpath("bench_floor.sql").read_text(encoding="utf-8")
TODAY = date(2026, 6, 30)
PARSED = {"date": pa.date32(), "int": pa.int32(), "months": pa.float64(), "wan_yuan": pa.float64()}
MIXED_ROWS = 400


def store_cards(con: duckdb.DuckDBPyConnection, raw: pd.DataFrame) -> None:
    """Creates cards.prosecution from raw text by field name, as the loader lays it out but with the twins' own reading."""
    values = typed_columns("prosecution", raw)
    columns: dict[str, pa.Array] = {}
    for name, field in card_fields("prosecution").items():
        cells = values.get(name, [None] * len(raw))
        kind = PARSED.get(field["type"], pa.string())
        readable = [None if isinstance(cell, Unreadable) else cell for cell in cells]
        columns[name] = pa.array(readable, pa.float64() if kind == pa.int32() else kind).cast(kind)
        if field["type"] in PARSED:
            texts = raw.get(name, cells)
            columns[f"{name}__raw"] = pa.array([cleaned(t if isinstance(t, str) else None) for t in texts], pa.string())
    bad = [[n for n, cells in values.items() if isinstance(cells[row], Unreadable)] or None for row in range(len(raw))]
    con.register("typed", pa.table({"_unreadable": pa.array(bad, pa.list_(pa.string())), **columns}))
    con.execute("create schema cards")
    con.execute("create table cards.prosecution as from typed")


def floor_counts(con: duckdb.DuckDBPyConnection, today: date = TODAY) -> dict[str, int]:
    """Violations by rule."""
    return dict(con.execute(FLOOR, {"today": today}).fetchall())


def mixed_rows(catalogue: Catalogue) -> pd.DataFrame:
    """Rows put together at random from the examples of all rules, here and there with an unreadable or odd cell."""
    rng = random.Random(4)
    fields = catalogue.cards["prosecution"].by_name
    rows = [
        {name: str(value) for name, value in example.items() if name in fields}
        for rule in catalogue.rules.values()
        if "prosecution" in rule.cards or "*" in rule.cards
        for example in (rule.examples.accepted, rule.examples.violating)
        if isinstance(example, dict)
    ]
    for number in range(MIXED_ROWS):
        row: dict[str, str] = {}
        for _ in range(8):
            row |= rng.choice(rows[: len(rows) - number])
        row |= {
            rng.choice([*fields]): rng.choice(["三年", "，", "是", "2026-04-07", "17", "盗窃罪、诈骗罪"])
            for _ in range(6)
        }
        rows.append(row)
    for number, row in enumerate(rows):
        row["bmsah"] = row.get("bmsah", f"汉东检刑诉受[2026]770101{number:06}号")
        row["suspect_no"] = f"S{number}"
    return pd.DataFrame(rows, dtype=object)


def test_the_floor_counts_like_the_twins(lookups: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    raw = mixed_rows(catalogue)
    store_cards(lookups, raw)
    columns = typed_columns("prosecution", raw.reindex(columns=[*card_fields("prosecution")]))
    expected = {
        rule_id: len(list(violating_keys(rule, "prosecution", columns, TODAY)))
        for rule_id, rule in TWINS.items()
        if "prosecution" in rule.cards
    }
    counts = floor_counts(lookups)
    assert {rule_id: counts[rule_id] for rule_id in expected} == expected
    assert all(expected.values())


def test_every_rule_has_a_count_on_an_empty_card(lookups: duckdb.DuckDBPyConnection) -> None:
    store_cards(lookups, pd.DataFrame(columns=[*card_fields("prosecution")], dtype=object))
    counts = floor_counts(lookups)
    assert set(counts.values()) == {0}
    assert len(counts) == 127


def test_the_floor_counts_like_the_audit(
    lookups: duckdb.DuckDBPyConnection, published: duckdb.DuckDBPyConnection
) -> None:
    judged = dict(
        published.execute(
            "select rule_id, sum(rows_violated)::bigint from judgements where card = 'prosecution' group by rule_id"
        ).fetchall()
    )
    store_cards(lookups, export_rows(SAMPLE / "exports", "prosecution"))
    counts = floor_counts(lookups, COMMITTED.as_of)
    assert {rule_id: (count, judged[rule_id]) for rule_id, count in counts.items() if count != judged[rule_id]} == {}


def test_the_floor_counts_like_the_specification(
    lookups: duckdb.DuckDBPyConnection, catalogue: Catalogue, spec: Path
) -> None:
    oracle = pytest.importorskip("spec_oracle", reason=f"reads {spec}")
    raw = mixed_rows(catalogue)
    raw["bmsah"] = [f"{text[:-1]}{number:04}号" for number, text in enumerate(raw["bmsah"])]
    store_cards(lookups, raw)
    rows = [{name: text for name, text in row.items() if isinstance(text, str)} for row in raw.to_dict("records")]
    rules = [rule for rule in oracle.spec_rules() if rule.own_row]
    expected = Counter(rule_id for rule_id, *_ in oracle.oracle_findings({"prosecution": rows}, TODAY, rules))
    counts = floor_counts(lookups)
    assert {rule_id: (n, expected[rule_id]) for rule_id, n in counts.items() if n != expected[rule_id]} == {}
