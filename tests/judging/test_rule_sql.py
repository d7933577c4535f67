"""`anka rules show --sql` shows what the judge runs: its script, run by hand, makes the same table and finds the same rows."""

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from support.commands import anka

from expectations.catalogue.catalogues import Catalogue
from expectations.connections import open_duckdb
from expectations.fitting.rule_examples import prepare_for_examples, store_example
from expectations.fitting.rule_sql import CardSql, rule_sql
from expectations.judging.judge import LoadedCards, Verdict, judge
from expectations.office_days import today
from expectations.sql.language import pretty

AS_OF = date(2026, 6, 30)
RULES = {
    "C001": "the card alone",
    "C006": "coded items",
    "X010": "an item of another stage",
    "C052": "linked rows",
    "X006": "linked rows, their coded items, shared values",
    "T005": "a limit",
}


def squeezed(statement: str) -> str:
    """A statement without blanks, the ways to write one thing made one."""
    return re.sub(r"\s+", "", pretty(statement))


def judged_by_hand(catalogue: Catalogue, database: Path, rule_id: str) -> tuple[CardSql, list[str], list[object]]:
    """The script of a rule, run: its table's columns and rows, and the rows it finds."""
    (of_card,) = rule_sql(catalogue, rule_id, AS_OF)
    with open_duckdb(database) as con:
        for statement in of_card.statements:
            con.execute(statement)
        shared = con.execute(f"from audit.{of_card.card} order by _row")
        columns = [name for name, *_ in shared.description or ()]
        rows: list[object] = [*shared.fetchall()]
        for query in of_card.violating.values():
            rows += [row for row, *_ in con.execute(query).fetchall()]
    return of_card, columns, rows


def judged_by_the_judge(
    catalogue: Catalogue, database: Path, rule_id: str
) -> tuple[tuple[Verdict, ...], list[str], list[object]]:
    alone = replace(catalogue, rules={rule_id: catalogue.rules[rule_id]})
    (card,) = catalogue.cards_of(catalogue.rules[rule_id])
    everywhere = {name: frozenset({0}) for name in catalogue.cards}
    verdicts = judge(database, alone, AS_OF, LoadedCards(everywhere, {}, {}), None)
    with open_duckdb(database) as con:
        shared = con.execute(f"from audit.{card.name} order by _row")
        columns = [name for name, *_ in shared.description or ()]
        rows: list[object] = [*shared.fetchall()]
        for verdict in verdicts:
            rows += [row for row, *_ in con.execute(verdict.query).fetchall()]
    return verdicts, columns, rows


@pytest.mark.parametrize("rule_id", RULES, ids=lambda rule_id: f"{rule_id}, {RULES[rule_id]}")
def test_the_script_is_what_the_judge_runs(catalogue: Catalogue, tmp_path: Path, rule_id: str) -> None:
    database, rule = tmp_path / "run.duckdb", catalogue.rules[rule_id]
    (card,) = catalogue.cards_of(rule)
    with open_duckdb(database) as con:
        prepare_for_examples(con, catalogue)
        for card_name in {card.name, *(link.card for link in card.links)}:
            fields = catalogue.cards[card_name].by_name
            store_example(con, catalogue, catalogue.cards[card_name], rule.examples.violating, fields)
    verdicts, columns, rows = judged_by_the_judge(catalogue, database, rule_id)
    assert [verdict.state for verdict in verdicts] == ["judged"]
    assert sum(verdict.rows_violated for verdict in verdicts) > 0
    of_card, columns_by_hand, rows_by_hand = judged_by_hand(catalogue, database, rule_id)
    assert (columns_by_hand, rows_by_hand) == (columns, rows)
    with open_duckdb(database, read_only=True) as con:
        for verdict in verdicts:
            name = verdict.judgement.name
            _, condition = squeezed(of_card.violating[name]).split("WHERE", 1)
            assert squeezed(f"select {verdict.prepared.condition}") == f"SELECT{condition}"
            assert bool(verdict.limit_query) == (name in of_card.limits) == (rule_id == "T005")
            if verdict.limit_query:
                by_hand = con.execute(of_card.limits[name]).fetchall()
                assert by_hand == con.execute(verdict.limit_query).fetchall()


def test_the_command_prints_the_script_or_its_parts(catalogue: Catalogue, tmp_path: Path) -> None:
    script = anka("rules", "show", "X010", "--sql", home=tmp_path).stdout
    (of_card,) = rule_sql(catalogue, "X010", today())
    assert script == of_card.script()
    assert "-- X010/arrest" in script
    parts = json.loads(anka("rules", "show", "x010", "--sql", "--format", "json", home=tmp_path).stdout)
    assert parts == [
        {
            "card": "arrest",
            "statements": list(of_card.statements),
            "violating": of_card.violating,
            "limits": of_card.limits,
        }
    ]
