"""Every rule kind against its naive twin on random small tables, through the way a run takes from YAML to DuckDB."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.twins import kind_twins_case, kind_twins_days, kind_twins_links, kind_twins_row, kind_twins_values
from support.twins.kind_cards import CARDS, CATALOGUE
from support.twins.kind_tables import Tables, make_schemas, store, tables, typed_rows
from support.twins.kind_twins import TODAY, TWINS, Twin

from expectations.catalogue.kinds import KINDS
from expectations.fitting.rule_checks import fit_problems
from expectations.sql.context import AuditTable, build_audit_table, guarded
from expectations.sql.judgements import Judgement, judgements_of
from expectations.sql.lookups import create_lookups

REGISTERED = (kind_twins_row, kind_twins_days, kind_twins_values, kind_twins_links, kind_twins_case)
"""The modules whose twins are registered by importing them."""

GROUPS = sorted({twin.group for twin in TWINS.values()})

Violations = set[tuple[str, int]]
"""Name of the judgement, number of the row."""


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")  # a dozen rows are no work to share
        create_lookups(connection, CATALOGUE)
        make_schemas(connection)
        yield connection


def of_group(group: str) -> list[Twin]:
    return [twin for twin in TWINS.values() if twin.group == group]


@cache
def prepared(group: str, card: str) -> tuple[AuditTable, dict[Judgement, str]]:
    """The conditions of a group's rules on a card, and the columns they need."""
    table = AuditTable(CARDS[card], CATALOGUE.cards, CATALOGUE.dictionaries)
    rules = [twin.rule for twin in of_group(group) if card in twin.rule.cards]
    judgements = [j for rule in rules for j in judgements_of(rule, CARDS[card], TODAY, CATALOGUE.cards)]
    return table, {judgement: table.prepare(judgement).condition for judgement in judgements}


@cache
def items_read(group: str) -> dict[str, list[str]]:
    """The items a group's rules read, by card; cards they do not look at are left out."""
    by_card = {name: set[str]().union(*(t.items_read(card) for t in of_group(group))) for name, card in CARDS.items()}
    return {name: sorted(items) for name, items in by_card.items() if items}


def product_violations(con: duckdb.DuckDBPyConnection, group: str, rows: Tables) -> Violations:
    """What the product finds in the rows."""
    unreadable = {name: store(con, CARDS[name], items_read(group)[name], rows[name]) for name in rows}
    violations: Violations = set()
    for name in rows:
        table, conditions = prepared(group, name)
        if conditions:
            build_audit_table(con, table)
            columns = [guarded(condition, j, unreadable[name], ()) for j, condition in conditions.items()]
            judged = con.execute(f"select _row, {', '.join(columns)} from audit.{name}").fetchall()
            names = [judgement.name for judgement in conditions]
            violations |= {(n, row) for row, *those in judged for n, broken in zip(names, those, strict=True) if broken}
    return violations


def expected(group: str, rows: Tables) -> Violations:
    """What the twins find in the rows."""
    typed = {name: typed_rows(CARDS[name], rows[name]) for name in rows}
    return {violation for twin in of_group(group) for violation in twin.violations(typed)}


def test_every_kind_has_twins() -> None:
    assert {twin.rule.kind for twin in TWINS.values()} == set(KINDS)
    assert set(GROUPS) == {*KINDS, "other_rows"}


def test_the_guard_accepts_every_rule() -> None:
    rules = {rule_id: twin.rule for rule_id, twin in TWINS.items()}
    assert list(fit_problems(replace(CATALOGUE, rules=rules))) == []


@pytest.mark.parametrize("group", GROUPS)
@settings(max_examples=45, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=st.data())
def test_rules_find_what_their_twins_find(con: duckdb.DuckDBPyConnection, group: str, drawn: st.DataObject) -> None:
    rows = drawn.draw(tables(items_read(group)))
    assert product_violations(con, group, rows) == expected(group, rows)
