"""Precision of rules: which verdicts count, whose findings, and when tuning is suggested."""

from pathlib import Path

import pytest
from support.figure_register import (
    HANDLER,
    LEADER,
    OTHER_OFFICE,
    SUPERVISOR,
    add_events,
    event,
    followed_at,
    small_register,
)

from expectations.register.precision import Precision, precision_by_rule
from expectations.store.register import open_register


def test_precision_takes_the_last_verdict_on_the_rule_as_it_stands(tmp_path: Path) -> None:
    register = small_register(tmp_path).register
    before, after = followed_at(2), followed_at(4)
    add_events(
        register,
        [
            event("f1", "reject", before),  # C1 changed at run 3: it speaks of another rule
            event("f3", "reject", after),
            event("f3", "confirm", after),
            event("f4", "answer_not_error", after),
            event("f4", "accept", after),
            event("f6", "uphold", after),
            event("f7", "reject", after, undone=True),
            event("f2", "reject", before),  # V6 never changed
        ],
    )
    with register.reading() as session:
        by_rule = precision_by_rule(session, SUPERVISOR)
        assert by_rule == {
            "C1": Precision("C1", hits=5, confirmed=2, rejected=1),
            "P1": Precision("P1", hits=1),
            "V6": Precision("V6", hits=1, rejected=1),
        }
        assert precision_by_rule(session, LEADER)["C1"] == Precision("C1", 4, 2, 1)
        assert precision_by_rule(session, OTHER_OFFICE) == {"C1": Precision("C1", hits=1)}
        assert precision_by_rule(session, HANDLER)["C1"] == Precision("C1", 2, 0, 1)


@pytest.mark.parametrize(
    ("confirmed", "rejected", "tune"), [(0, 4, False), (2, 3, True), (3, 3, False), (0, 5, True), (0, 0, False)]
)
def test_tuning_is_suggested_from_five_verdicts_on(confirmed: int, rejected: int, tune: bool) -> None:
    assert Precision("C1", 9, confirmed, rejected).needs_tuning(0.5) is tune


def test_an_empty_register_knows_no_precision(tmp_path: Path) -> None:
    with open_register(f"sqlite:///{tmp_path / 'empty.db'}").reading() as session:
        assert precision_by_rule(session, SUPERVISOR) == {}
