"""SQLite and PostgreSQL give the same figures: with a rule on hold, verdicts, and every kind of reader."""

from pathlib import Path
from typing import Any

from support.figure_register import (
    CITY,
    LAST,
    READERS,
    SUPERVISOR,
    TODAY,
    add_events,
    event,
    filled,
    followed_at,
    small_register,
)
from support.register_cases import postgresql, register

from expectations.figures.departments import Days, causes, department_work, owner_delays
from expectations.figures.runs import Asked, department_counts, run_lines, runs_within, type_counts
from expectations.register.precision import precision_by_rule
from expectations.register.trust import hold
from expectations.store.register import Register

__all__ = ["postgresql", "register"]

DAYS = Days(LAST, 30, TODAY, 10)


def figures(register: Register) -> dict[str, Any]:
    hold(register, SUPERVISOR, "V6", "误报多")
    add_events(register, [event("f1", "reject", followed_at(4)), event("f2", "confirm", followed_at(4))])
    by_login: dict[str, Any] = {}
    with register.reading() as session:
        for login, reader in READERS.items():
            runs = runs_within(session, reader, None)
            by_login[login] = (
                run_lines(session, reader, Asked(error_types=("漏填",)), runs),
                department_counts(session, reader, runs, CITY),
                type_counts(session, reader, runs[-1], Asked(hints=True)),
                department_work(session, reader, CITY, runs, DAYS),
                causes(session, reader, CITY, "第二检察部"),
                owner_delays(session, reader, CITY, "第二检察部", DAYS),
                precision_by_rule(session, reader),
            )
    return by_login


def test_both_databases_give_the_same_figures(register: Register, tmp_path: Path) -> None:
    filled(register)
    (tmp_path / "other").mkdir()
    assert figures(register) == figures(small_register(tmp_path / "other").register)
