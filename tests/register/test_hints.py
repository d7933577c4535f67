"""Whether a finding is a hint now is one answer: in Python, in a published run, in the register, in lists and in exports."""

from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import select
from support.dashboard_small import publish_small
from support.nights import Night, Wrong
from typer.testing import CliRunner

from expectations.finding.hints import is_hint_now
from expectations.register.follow import follow
from expectations.register.reading import Wanted, count_findings, list_findings
from expectations.register.trust import hold, release
from expectations.rights.reader import MACHINE
from expectations.run.findings import count_findings as count_in_run
from expectations.run.published import FindingFilter, current_run, select_findings, show_hints_as_now
from expectations.run.sights import Sights
from expectations.store.holds import held_rules
from expectations.store.register import Register, open_register, register_url
from expectations.store.tables import Finding, RunFigure
from flows.cli.main import app

HELD = ("C001", "C003")
WRONG = tuple(
    Wrong(f"f{number}", rule_id=rule, severity="hint" if hint else "serious", is_hint=hint)
    for number, (rule, hint) in enumerate(product(("C001", "C002"), (False, True)))
)
EXPECTED = {wrong.finding_id: is_hint_now(wrong.is_hint, wrong.rule_id, HELD) for wrong in WRONG}


@pytest.fixture
def held_register(tmp_path: Path) -> Register:
    register = open_register(f"sqlite:///{tmp_path / 'register.db'}")
    follow(register, Night(wrong=WRONG).publish(tmp_path))
    for rule in HELD:
        hold(register, MACHINE, rule, "误报")
    return register


def test_python_run_and_register_agree(held_register: Register, tmp_path: Path) -> None:
    assert EXPECTED == {"f0": True, "f1": True, "f2": False, "f3": True}
    with held_register.reading() as session:
        hints = {finding.finding_id: finding.hint_now for finding in session.scalars(select(Finding))}
        severities = {finding.finding_id: finding.severity_now for finding in session.scalars(select(Finding))}
        figures = session.execute(select(RunFigure.rule_id, RunFigure.is_hint, RunFigure.hint_now)).all()
    assert hints == EXPECTED
    assert severities == {finding: "hint" if hint else "serious" for finding, hint in EXPECTED.items()}
    assert len(figures) == 4
    assert all(now == is_hint_now(hint, rule, HELD) for rule, hint, now in figures)
    with Sights().open(tmp_path / "000000.duckdb", held_register, MACHINE) as con:
        sight = con.execute("select finding_id, is_hint, severity from findings").fetchall()
    assert {finding: hint for finding, hint, _ in sight} == EXPECTED
    assert {finding: severity for finding, _, severity in sight} == severities


def test_lists_filter_and_count_by_the_present_severity(held_register: Register, tmp_path: Path) -> None:
    serious = Wanted(severities=("serious",))
    with held_register.reading() as session, Sights().open(tmp_path / "000000.duckdb", held_register, MACHINE) as con:
        assert [finding.finding_id for finding in list_findings(session, MACHINE, serious)] == ["f2"]
        assert count_findings(session, MACHINE, Wanted()) == count_in_run(con, FindingFilter()) == (1, 3)
        assert (
            count_findings(session, MACHINE, serious)
            == count_in_run(con, FindingFilter(severities=("serious",)))
            == (1, 0)
        )


def test_the_command_lists_what_is_on_hold_as_hints(tmp_path: Path) -> None:
    home = publish_small(tmp_path / "home")
    register = open_register(register_url(home))
    arguments = ["findings", "--severity", "serious", "--format", "csv", "--home", str(home.root)]
    before = CliRunner().invoke(app, arguments).output
    hold(register, MACHINE, "V6", "误报")
    with current_run(home) as con, register.reading() as session:
        show_hints_as_now(con, held_rules(session))
        rows = select_findings(con, FindingFilter(rules=("V6",)), "zh").fetchall()
        assert [row[2] for row in rows] == ["hint", "hint"]
    after = CliRunner().invoke(app, arguments)
    release(register, MACHINE, "V6", "已修正")
    again = CliRunner().invoke(app, arguments).output
    assert before.count("V6") == again.count("V6") == 2
    assert after.exit_code == 0
    assert "V6" not in after.output
