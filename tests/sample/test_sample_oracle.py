"""The independent evaluator of the specification is itself held to the specification's examples."""

import json
from datetime import date

import duckdb
import pytest
from support.contract.spec_exports import SPEC, spec_fields
from support.contract.spec_oracle import (
    SpecRule,
    empty_tables,
    example_tables,
    fill_tables,
    judge,
    judgements,
    open_spec,
    oracle_findings,
    rows_where,
    spec_rules,
    today_of_examples,
)

CLEAN_CARDS = ("arrest", "prosecution", "measure")


@pytest.fixture(scope="module")
def spec() -> duckdb.DuckDBPyConnection:
    return open_spec()


def example_states(con: duckdb.DuckDBPyConnection, rule: SpecRule, text: str) -> tuple[int, int]:
    """How many rows of an example are judged and how many findings are made."""
    tables, params = example_tables(rule, text)
    card = next(iter(tables)) if rule.card == "*" else next(c for c in rule.card.split("|") if c in tables)
    items = {name for row in tables[card] for name in row}
    fill_tables(con, tables)
    judged, findings = 0, 0
    for j in judgements(spec_fields(), today_of_examples(), [rule], params):
        if j.card == card and (not j.field or j.field in items):
            judged += len(rows_where(con, j, "true"))
            findings += judge(con, j).total()
    empty_tables(con, tables)
    return judged, findings


@pytest.mark.parametrize(("release", "rules", "own_row"), [("1", 195, 148), ("2", 46, 31)])
def test_every_example_is_judged_as_the_specification_says(
    spec: duckdb.DuckDBPyConnection, release: str, rules: int, own_row: int
) -> None:
    wrong = []
    for rule in spec_rules(release):
        judged, findings = example_states(spec, rule, rule.example_ok)
        if not judged or findings:
            wrong.append((rule.id, "accepted example", judged, findings))
        _, findings = example_states(spec, rule, rule.example_bad)
        if not findings:
            wrong.append((rule.id, "violating example", 0, findings))
    assert wrong == []
    assert len(spec_rules(release)) == rules
    assert sum(rule.own_row for rule in spec_rules(release)) == own_row


def test_the_clean_case_has_no_findings() -> None:
    case = json.loads((SPEC / "clean_case.json").read_text(encoding="utf-8"))
    assert oracle_findings({card: case[card] for card in CLEAN_CARDS}, date(2026, 6, 30)) == set()


def test_an_unreadable_value_is_reported_once_and_judged_by_nothing_else() -> None:
    row = {
        "bmsah": "汉东检刑诉受[2026]770101000009号",
        "suspect_no": "S1",
        "accept_date": "2026-13-45",
        "p_result": "起诉",
    }
    findings = oracle_findings({"prosecution": [row]}, date(2026, 6, 30))
    assert {f for f in findings if f[4] == "accept_date"} == {
        ("V015", "prosecution", row["bmsah"], "S1", "accept_date")
    }
    assert not {f for f in findings if f[0] in ("V002", "T005", "T022", "T025", "L002")}
