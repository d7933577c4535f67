"""What conditions may cost: one that would be endless when written out, or makes endless texts, is refused before the database sees it."""

import time
from datetime import date
from pathlib import Path

import pytest
from support.places import ROOT

from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.sql.costs import cost_problems
from expectations.sql.judgements import all_judgements
from expectations.sql.language import parse_condition

PATIENCE = 10
"""Seconds, on a busy machine."""
NESTED = "helpers nested too often"
LONG = "makes too long a text"
DEEP = "nested too deeply"


def nested(helper: str, times: int, *more: str) -> str:
    """A helper within itself."""
    return f"{helper}(" * times + "name" + "".join(f", {argument}" for argument in more).join([""] + [")"] * times)


DEAR = [
    (nested("next_workday", 12) + " = name", NESTED),
    (nested("next_workday", 500) + " = name", DEEP),
    (nested("id_check_ok", 5), NESTED),
    (nested("is_workday", 12), NESTED),
    (nested("add_workdays", 14, "1") + " = name", NESTED),
    (nested("deadline", 12, "1", "'day'", "false") + " = name", NESTED),
    (" or ".join(["id_check_ok(id_check_ok(id_check_ok(name)))"] * 190), NESTED),
    ("next_workday(" * 6 + "next_workday(name) + 1" + ")" * 6 + " = name", NESTED),
    (nested("replace", 9, "'a'", f"'{'b' * 40}'") + " = ''", LONG),
    (nested("replace", 2, "'a'", "name") + " = ''", LONG),
    (nested("regexp_replace", 9, "'.'", "'\\0\\0\\0'", "'g'") + " = ''", LONG),
    (nested("regexp_replace", 3, "'.*'", f"'{chr(92)}0{'x' * 60}'") + " = ''", LONG),
    (" || ".join(["name"] * 1_500) + " = ''", DEEP),
    ("not " * 4_000 + "true", DEEP),
    ("- " * 5_000 + "1 = 1", DEEP),
    (" and ".join(["true"] * 2_000), DEEP),
    ("case when true then " * 900 + "1" + " end" * 900 + " = 1", DEEP),
    ("name" + "::int" * 3_000 + " = 1", DEEP),
    ("name in (" * 2_000, DEEP),
    ("[" * 9_000, DEEP),
    ("(" * 9_000, DEEP),
]


def reasons(condition: str) -> list[str]:
    try:
        return list(cost_problems(parse_condition(condition)))
    except ValueError as error:
        return [str(error)]


@pytest.mark.parametrize(("condition", "words"), DEAR, ids=[condition[:30] for condition, _ in DEAR])
def test_a_dear_condition_is_refused_at_once(condition: str, words: str) -> None:
    begun = time.monotonic()
    (line,) = reasons(condition)
    assert words in line
    assert "\n" not in line
    assert time.monotonic() - begun < PATIENCE


@pytest.mark.parametrize(
    "condition",
    [
        "next_workday(next_workday(add_days(accept_date, 1))) = accept_date",
        "replace(replace(replace(name, '（', '('), '）', ')'), ' ', '') = name",
        "regexp_replace(regexp_replace(name, '[a-z]', '', 'g'), '([0-9])', '\\1,', 'g') = name",
        "name in (" + ", ".join(f"'{number}'" for number in range(2_000)) + ")",
        " or ".join(f"name = '{number}'" for number in range(150)),
        "(" * 30 + "true" + ")" * 30,
    ],
    ids=lambda condition: condition[:30],
)
def test_what_people_write_is_not(condition: str) -> None:
    assert reasons(condition) == []


@pytest.mark.parametrize("folder", [None, *sorted((ROOT / "tests" / "catalogue").glob("*_catalogue"))])
def test_no_rule_there_is_comes_near(catalogue: Catalogue, folder: Path | None) -> None:
    held = load_catalogue(folder) if folder else catalogue
    trees = [tree for judgement in all_judgements(held, date(2026, 6, 30)) for tree in judgement.trees]
    assert trees
    assert [line for tree in trees for line in cost_problems(tree)] == []
