"""From a condition to SQL, step by step and as a whole; that the meaning stays is `test_rewriting`."""

import doctest
from pathlib import Path

import pytest
from support.golden_sql import GOLDEN, golden_text, pairs
from support.small_catalogue import write_small_catalogue

from expectations.catalogue.catalogues import Catalogue
from expectations.sql.language import parse_condition, render
from expectations.sql.other_rows import canonical
from expectations.sql.passes import PASSES
from expectations.sql.passes.linked_rows import in_row_order
from expectations.sql.passes.scope import Pass, Scope


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return write_small_catalogue(tmp_path_factory.mktemp("small"))


@pytest.mark.parametrize("step", PASSES, ids=lambda step: step.__name__)
def test_a_pass_does_what_its_example_says(small: Catalogue, step: Pass, capsys: pytest.CaptureFixture[str]) -> None:
    scope = Scope(small.cards["t"], small.cards, small.dictionaries)

    def show(pass_shown: Pass, condition: str) -> None:
        after = pass_shown(canonical(parse_condition(condition), scope.card), scope)
        print(after.sql(dialect="duckdb", normalize_functions=False))  # noqa: T201 - what a doctest compares is printed

    (examples,) = doctest.DocTestFinder(recurse=False).find(
        step, step.__name__, globs={"show": show, step.__name__: step}
    )
    assert examples.examples
    assert doctest.DocTestRunner().run(examples).failed == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("value", "in_order"),
    [
        ("flatten(list(r.a))", "FLATTEN(LIST(r.a ORDER BY r._row))"),
        ("last(r.a order by r.d)", "LAST(r.a ORDER BY r.d, r._row)"),
        ("list(distinct r.a)", "LIST(DISTINCT r.a ORDER BY r.a)"),
        ("max(r.a)", "MAX(r.a)"),
    ],
)
def test_values_of_other_rows_do_not_depend_on_the_order_of_reading(value: str, in_order: str) -> None:
    assert render(in_row_order(parse_condition(value))) == in_order


@pytest.mark.parametrize("step", PASSES, ids=lambda step: step.__name__)
def test_a_pass_leaves_the_tree_it_is_given_alone(small: Catalogue, step: Pass) -> None:
    scope = Scope(small.cards["t"], small.cards, small.dictionaries)
    condition = "blank(a) and has(m, '是') and charges_valid(s, d) and stage(u).a = 1 and count_rows(u, r.g = t.g) > 1"
    tree = canonical(parse_condition(condition), scope.card)
    before = render(tree)
    assert render(step(tree, scope)) != before
    assert render(tree) == before


@pytest.mark.parametrize("file", sorted(GOLDEN.glob("*.sql")), ids=lambda file: file.stem)
def test_conditions_become_the_sql_beside_them(small: Catalogue, file: Path) -> None:
    """Write it anew with `PYTHONPATH=tests python -m support.golden_sql`."""
    text = file.read_text(encoding="utf-8")
    assert pairs(text)
    assert golden_text(small, pairs(text)) == text
