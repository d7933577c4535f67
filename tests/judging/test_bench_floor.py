"""The hand-written floor of the benchmark finds what the audit, the twins and the specification find."""

import random
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from support.contract.spec_oracle import oracle_findings, spec_rules
from support.places import SAMPLE
from support.twins.pandas_twins import TWINS, violating_keys
from support.twins.pandas_values import Unreadable, card_fields, cleaned, typed_columns

from expectations.catalogue.catalogues import Catalogue
from expectations.home import Home
from expectations.sql.lookups import create_lookups
from flows.bench.floor import (
    FLOOR,
    count_violations,
    find_violations,
    open_floor,
    run_floor,
    run_read_csv,
)
from flows.bench.measuring import BenchFigures, processor_seconds
from flows.bench.multiplying import multiply
from flows.bench.nights import next_night
from flows.load import load_exports
from flows.publishing import StageTime
from sample_data import COMMITTED

OWN_ROW, OTHER_ROWS = FLOOR["prosecution"]
TODAY = date(2026, 6, 30)
PARSED = {"date": pa.date32(), "int": pa.int32(), "months": pa.float64(), "wan_yuan": pa.float64()}
MIXED_ROWS = 400


def store_card(con: duckdb.DuckDBPyConnection, raw: pd.DataFrame, card: str = "prosecution") -> None:
    """Creates cards.<card> from raw text by field name, as the loader lays it out but with the twins' own reading."""
    values = typed_columns(card, raw)
    columns: dict[str, pa.Array] = {}
    for name, field in card_fields(card).items():
        cells = values.get(name, [None] * len(raw))
        kind = PARSED.get(field["type"], pa.string())
        readable = [None if isinstance(cell, Unreadable) else cell for cell in cells]
        columns[name] = pa.array(readable, pa.float64() if kind == pa.int32() else kind).cast(kind)
        if field["type"] in PARSED:
            texts = raw.get(name, cells)
            columns[f"{name}__raw"] = pa.array([cleaned(t if isinstance(t, str) else None) for t in texts], pa.string())
    bad = [[n for n, cells in values.items() if isinstance(cells[row], Unreadable)] or None for row in range(len(raw))]
    rows = {"_row": pa.array(range(len(raw)), pa.int64()), "_unreadable": pa.array(bad, pa.list_(pa.string()))}
    con.register("typed", pa.table({**rows, **columns}))
    con.execute("create schema if not exists cards")
    con.execute(f"create table cards.{card} as from typed")


def floor_counts(con: duckdb.DuckDBPyConnection, *scripts: str, card: str = "prosecution") -> dict[str, int]:
    """Violations by rule."""
    con.execute("attach if not exists ':memory:' as floor")
    find_violations(con, TODAY, scripts)
    return count_violations(con, card)


def judged(published: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Rows violated by card and rule, as the audit of the committed sample counted them."""
    rows = published.execute(
        "select card, rule_id, sum(rows_violated)::bigint from judgements group by card, rule_id"
    ).fetchall()
    assert {card for card, *_ in rows} == FLOOR.keys()
    return {card: {rule: count for of, rule, count in rows if of == card and count} for card in FLOOR}


def store_linked_cards(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, *but: str) -> None:
    """Creates every card that a floor looks at without rows."""
    linked = {link.card for of in FLOOR for link in catalogue.cards[of].links}
    for card in (linked | FLOOR.keys()) - {*but}:
        store_card(con, pd.DataFrame(columns=[*card_fields(card)], dtype=object), card)


def mixed_rows(catalogue: Catalogue, card: str = "prosecution") -> pd.DataFrame:
    """Rows put together at random from the examples of all rules, here and there with an unreadable or odd cell."""
    rng = random.Random(4)
    fields = catalogue.cards[card].by_name
    rows = [
        {name: str(value) for name, value in example.items() if name in fields}
        for rule in catalogue.rules.values()
        if card in rule.cards or "*" in rule.cards
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
    store_card(lookups, raw)
    columns = typed_columns("prosecution", raw.reindex(columns=[*card_fields("prosecution")]))
    expected = {
        rule_id: len(list(violating_keys(rule, "prosecution", columns, TODAY)))
        for rule_id, rule in TWINS.items()
        if "prosecution" in rule.cards
    }
    counts = floor_counts(lookups, OWN_ROW)
    assert {rule_id: counts[rule_id] for rule_id in expected} == expected
    assert all(expected.values())


def test_nothing_is_violated_on_empty_cards(lookups: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    store_linked_cards(lookups, catalogue)
    for card, scripts in FLOOR.items():
        assert floor_counts(lookups, *scripts, card=card) == {}


def test_the_floor_counts_every_rule_like_the_audit(audited_home: Path, published: duckdb.DuckDBPyConnection) -> None:
    _, counts = run_floor(Home(audited_home).warehouse, COMMITTED.as_of)
    assert counts == judged(published)


@pytest.mark.parametrize("card", FLOOR)
def test_the_floor_finds_the_rows_the_audit_finds(
    card: str, audited_home: Path, published: duckdb.DuckDBPyConnection, catalogue: Catalogue
) -> None:
    by_row = "select rule_id, card_row from findings where card = $card and level <> 'case'"
    found = Counter(published.execute(by_row, {"card": card}).fetchall())
    rules, key = {rule for rule, _ in found}, catalogue.cards[card].key
    with open_floor(Home(audited_home).warehouse) as con:
        find_violations(con, COMMITTED.as_of, FLOOR[card])
        rows = con.execute(f"select rule_id, _row from floor.{card}").fetchall()
        columns = [name for (name,) in con.execute(f"select column_name from (describe floor.{card})").fetchall()]
        keys = f"select {', '.join(key)}, _row from"
        strange = con.execute(f"({keys} floor.{card}) except ({keys} cards.{card})").fetchall()
    assert Counter(row for row in rows if row[0] in rules) == found
    assert (columns, strange) == (["rule_id", *key, "_row"], [])


def test_two_copies_of_all_cards_violate_twice_as_often(
    catalogue: Catalogue, published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    (rows,) = published.execute("select count(*) from cards.prosecution").fetchall()[0]
    multiply(SAMPLE / "exports", tmp_path / "export", 2 * rows)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as con:
        create_lookups(con, catalogue)
        report = load_exports(con, catalogue, [tmp_path / "export"])
    assert (report.rows.rejected, report.refused) == (0, ())
    assert run_read_csv(tmp_path / "export", tmp_path / "read_csv.duckdb") > 0
    with duckdb.connect(str(tmp_path / "read_csv.duckdb")) as con:
        tables = con.execute("select table_name from duckdb_tables()").fetchall()
        assert sum(con.table(name).shape[0] for (name,) in tables) == report.rows.read
    _, counts = run_floor(tmp_path / "warehouse.duckdb", COMMITTED.as_of)
    assert counts == {
        card: {rule: 2 * count for rule, count in of_card.items()} for card, of_card in judged(published).items()
    }


@pytest.mark.parametrize("card", FLOOR)
def test_the_floor_counts_like_the_specification(
    card: str, lookups: duckdb.DuckDBPyConnection, catalogue: Catalogue
) -> None:
    raw = mixed_rows(catalogue, card)
    raw["bmsah"] = [f"{text[:-1]}{number:04}号" for number, text in enumerate(raw["bmsah"])]
    if card == "hearing":
        raw["rel_bmsah"], raw["hear_no"] = raw["bmsah"], raw["suspect_no"]  # what tells hearings apart
    store_card(lookups, raw, card)
    store_linked_cards(lookups, catalogue, card)
    rows = [{str(name): text for name, text in row.items() if isinstance(text, str)} for row in raw.to_dict("records")]
    rules = {rule.id: rule for rule in spec_rules() if rule.own_row}
    expected = Counter(rule_id for rule_id, *_ in oracle_findings({card: rows}, TODAY, [*rules.values()]))
    counts = floor_counts(lookups, *FLOOR[card], card=card)
    assert {rule_id: count for rule_id, count in counts.items() if rule_id in rules} == expected


def test_the_figures_of_a_size_are_ratios_of_known_times() -> None:
    seconds = {"load": 6.0, "judge": 3.0, "collect": 1.0, "warn": 0.5, "publish": 1.5, "follow": 0.5}
    stages = tuple(StageTime(name, value, 500) for name, value in seconds.items())
    figures = BenchFigures(
        rows=1000,
        findings=7,
        stages=stages,
        whole_seconds=12.5,
        processor_seconds=20,
        peak_mb=600.4,
        read_csv_seconds=3,
        floor_seconds=2,
        floor_differs=(),
        night_seconds=2.5,
        same_night_seconds=1,
    )
    summary = figures.summary()
    assert summary["ratios"] == {
        "load_to_read_csv": 2,
        "judge_collect_to_floor": 2,
        "whole_to_read_csv_and_floor": 2.5,
        "publish_follow_share": 0.16,
        "night_to_whole": 0.2,
    }
    assert summary["judge_collect_seconds"] == 4
    assert summary["peak_mb"] == 600
    assert [stage["stage"] for stage in summary["stages"]] == [*seconds]


def test_processor_time_counts_children_that_have_ended() -> None:
    before = processor_seconds()
    subprocess.run([sys.executable, "-c", "sum(range(10_000_000))"], check=True)
    assert processor_seconds() - before > 0.05


def test_of_the_next_night_one_row_in_a_hundred_is_another(tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    lines = ["a,b,c,d", *(f'{number},"x, y",c{number},d{number}' for number in range(1, 3001))]
    (export / "cards.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    night = (next_night(export, tmp_path / "night") / "cards.csv").read_text(encoding="utf-8").splitlines()
    assert len(night) == len(lines) - 3  # one in a thousand is gone
    assert len(set(night) - set(lines)) == 27
    assert night[100] == '100,"x, y",c100,'
