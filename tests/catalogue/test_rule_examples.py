"""Each rule judges its accepted example as right and its violating example as wrong, through the way of a real run."""

from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pytest

from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.fitting.rule_checks import check_catalogue
from expectations.fitting.rule_examples import ExampleOutcome, cards_of_example, example_outcome, prepare_for_examples

RULES = sorted(load_catalogue().rules)


@pytest.fixture(scope="module")
def con(catalogue: Catalogue) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        prepare_for_examples(con, catalogue)
        yield con


@pytest.mark.parametrize("rule_id", RULES)
def test_examples(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, rule_id: str) -> None:
    rule = catalogue.rules[rule_id]
    for example, expected in ((rule.examples.accepted, False), (rule.examples.violating, True)):
        cards = cards_of_example(catalogue, rule, example)
        assert cards
        for card in cards:
            assert example_outcome(con, catalogue, rule, card, example) == ExampleOutcome(expected, ())


def test_a_wrong_example_is_reported(catalogue: Catalogue) -> None:
    rule = catalogue.rules["C003"]
    swapped = rule.model_copy(
        update={"examples": rule.examples.model_copy(update={"accepted": rule.examples.violating})}
    )
    outcome = check_catalogue(replace(catalogue, rules={"C003": swapped}))
    assert outcome.examples == 2
    assert len(outcome.problems) == 1
    assert "C003: the accepted example violates the rule" in outcome.problems[0]
