"""Planted defects and near misses: the independent evaluator finds each defect, no near miss, and nothing else."""

import csv
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from support.contract.spec_exports import read_exports, spec_fields
from support.contract.spec_oracle import Finding, accepted, judge, judgements, loaded_spec, spec_rules

from sample_data import COMMITTED, generate
from sample_data.plants import ALL_PLANTS, DEFECTS, EXEMPT, NEAR_MISSES

AS_OF = date(2026, 6, 30)
ENOUGH_CASES = 670
"""Just enough prosecution cases to hold every plant and every near miss once."""
COMMITTED_FOLDER = Path(__file__).resolve().parents[2] / "sample_data"
NEVER_JUDGED = {("V027", card) for card in ("second_instance", "civil", "admin", "supervision")}
"""Rules with judgements on a card that no row can be judged by: the lists of these cards do not know 无."""


def lines_of(path: Path) -> Counter[Finding]:
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return Counter((r["rule_id"], r["card"], r["bmsah"], r["suspect_no"], r["field"]) for r in rows)


def judged(folder: Path, as_of: date) -> tuple[Counter[Finding], set[Finding]]:
    """The findings of a sample, and the rows and cases judged and not found wanting for which it names near misses."""
    near = {(rule, card, field) for rule, card, _, _, field in lines_of(folder / "near_misses.csv")}
    tables = read_exports((folder / "exports").iterdir())
    findings: Counter[Finding] = Counter()
    silent: set[Finding] = set()
    with loaded_spec(tables) as con:
        for j in judgements(tables, as_of, spec_rules()):
            findings += judge(con, j)
            if (j.rule.id, j.card, j.field) in near:
                silent |= accepted(con, j)
    return findings, silent


def by_rule(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings of each rule, so that a failing test names the rules."""
    return dict(Counter(f"{rule} on {card}" for rule, card, *_ in findings))


def assert_exactly_planted(folder: Path, as_of: date) -> None:
    """Precision and recall are 1 for every rule, and every near miss is judged and silent."""
    findings, silent = judged(folder, as_of)
    planted, near = lines_of(folder / "planted.csv"), lines_of(folder / "near_misses.csv")
    assert by_rule((findings - planted).elements()) == {}, "findings nobody planted"
    assert by_rule((planted - findings).elements()) == {}, "planted defects nobody found"
    assert by_rule(near.keys() - silent) == {}, "near misses that are not judged"
    assert by_rule(f for f in near if f in findings) == {}, "near misses that are violated"


def judged_pairs() -> set[tuple[str, str]]:
    """Every rule with every card it is judged on."""
    return {(j.rule.id, j.card) for j in judgements(spec_fields(), AS_OF, spec_rules())} - NEVER_JUDGED


def pairs(findings: Iterable[Finding]) -> set[tuple[str, str]]:
    return {(rule, card) for rule, card, *_ in findings}


def test_every_rule_has_a_plant_and_a_near_miss_on_every_card_it_is_judged_on() -> None:
    rules_and_cards = judged_pairs()
    assert len({rule for rule, _ in rules_and_cards}) == 241
    assert rules_and_cards - {(p.rule_id, p.card) for p in DEFECTS} == set()
    assert rules_and_cards - {(p.rule_id, p.card) for p in NEAR_MISSES} == set()
    assert {(p.rule_id, p.card) for p in ALL_PLANTS} == rules_and_cards


def test_a_near_miss_says_why_and_a_defect_does_not() -> None:
    assert not [p for p in DEFECTS if p.near]
    assert not [p for p in NEAR_MISSES if not p.near]


@pytest.mark.parametrize(("seed", "as_of"), [(1, AS_OF), (2, AS_OF), (3, date(2025, 10, 9))])
def test_the_findings_are_exactly_the_planted_ones(tmp_path: Path, seed: int, as_of: date) -> None:
    generate(seed, ENOUGH_CASES, as_of, tmp_path)
    assert judged_pairs() - pairs(lines_of(tmp_path / "planted.csv")) == set()
    assert judged_pairs() - pairs(lines_of(tmp_path / "near_misses.csv")) == set()
    assert_exactly_planted(tmp_path, as_of)


def test_a_small_sample_is_exactly_planted_too(tmp_path: Path) -> None:
    generate(5, 60, AS_OF, tmp_path)
    assert_exactly_planted(tmp_path, AS_OF)


def test_what_a_rule_exempts_is_not_judged_by_it(tmp_path: Path) -> None:
    generate(4, 60, AS_OF, tmp_path, plants=EXEMPT)
    findings, silent = judged(tmp_path, AS_OF)
    exempt = lines_of(tmp_path / "near_misses.csv")
    assert by_rule(findings.elements()) == {}
    assert {rule for rule, *_ in exempt} == {p.rule_id for p in EXEMPT}
    assert by_rule(exempt.keys() & silent) == {}


def test_the_committed_sample_is_complete_and_what_its_tables_say() -> None:
    assert judged_pairs() - pairs(lines_of(COMMITTED_FOLDER / "planted.csv")) == set()
    assert judged_pairs() - pairs(lines_of(COMMITTED_FOLDER / "near_misses.csv")) == set()
    assert_exactly_planted(COMMITTED_FOLDER, COMMITTED.as_of)
