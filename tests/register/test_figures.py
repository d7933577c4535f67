"""Figures of runs, departments and rules against plain computations over the rows that were written."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session
from support.figure_register import (
    CITY,
    HANDLER,
    HEAD,
    LAST,
    LEADER,
    OTHER_OFFICE,
    PARTNER,
    RUNS,
    SUPERVISOR,
    TODAY,
    Rows,
    small_register,
)

from expectations.figures.comparison import office_figures, whole_offices
from expectations.figures.departments import Days, Work, causes, days_of, department_work, owner_delays
from expectations.figures.runs import (
    Asked,
    RunLine,
    department_counts,
    offices_counted,
    run_lines,
    runs_within,
)
from expectations.register.trust import hold, release
from expectations.rights.reader import Reader
from expectations.store.register import open_register
from expectations.store.switches import set_switch
from expectations.store.tables import RuleState, RunFigure


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    return small_register(tmp_path_factory.mktemp("figures"))


@pytest.fixture
def session(rows: Rows) -> Iterator[Session]:
    with rows.register.reading() as session:
        yield session


def may_count(reader: Reader, row: dict[str, Any]) -> bool:
    """Independently of the code: what each of the readers of these tests counts."""
    counted = {
        "anjian": True,
        "other": row["office"] == PARTNER,
        "leader": row["office"] == CITY,
        "head": (row["office"], row["department"]) == (CITY, "第二检察部"),
        "yi": False,
    }
    return bool(counted[reader.login])


def lines(session: Session, reader: Reader, selection: Asked, days: int | None) -> list[RunLine]:
    return run_lines(session, reader, selection, runs_within(session, reader, days))


ASKED = (
    Asked(),
    Asked(hints=True),
    Asked(rules=("C1",)),
    Asked(office=CITY, departments=("第二检察部",)),
    Asked(error_types=("错填", "漏填"), departments=("第十一检察部",)),
)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("reader", [SUPERVISOR, OTHER_OFFICE, LEADER, HEAD, HANDLER], ids=lambda reader: reader.login)
def test_a_trend_equals_pandas(rows: Rows, session: Session, reader: Reader, asked: Asked) -> None:
    frame = pd.DataFrame(
        row
        for row in rows.figures
        if may_count(reader, row)
        and row["is_hint"] == asked.hints
        and asked.office in (None, row["office"])
        and row["department"] in (asked.departments or (row["department"],))
        and row["rule_id"] in (asked.rules or (row["rule_id"],))
        and row["error_type"] in (asked.error_types or (row["error_type"],))
    )
    sums = {} if frame.empty else frame.groupby("seq")[["open", "new", "corrected"]].sum().to_dict("index")
    expected = []
    for night in RUNS:
        numbers = sums.get(night.seq, {"open": 0, "new": 0, "corrected": 0})
        cards = sum(
            count
            for (office, department), count in night.checked.items()
            if may_count(reader, {"office": office, "department": department})
            and asked.office in (None, office)
            and department in (asked.departments or (department,))
        )
        expected.append((night.seq, numbers["open"], numbers["new"], numbers["corrected"], cards))
    trend = lines(session, reader, asked, None)
    assert [
        (line.run.seq, line.counts.open, line.counts.new, line.counts.corrected, line.checked) for line in trend
    ] == expected


def test_a_period_ends_with_the_newest_run_and_knows_what_changed_before_it(session: Session) -> None:
    runs = runs_within(session, SUPERVISOR, 90)
    assert [(run.seq, run.complete, run.problems, run.changed) for run in runs] == [
        (2, True, (), ()),
        (3, False, ("department_missing",), ("C1",)),
        (4, True, (), ("P1",)),
    ]
    assert [run.seq for run in runs_within(session, SUPERVISOR, 1)] == [4]
    assert runs_within(session, SUPERVISOR, 1)[0].changed == ("P1",)


def test_only_changes_of_the_rules_asked_for_are_marked(session: Session) -> None:
    assert [line.changed for line in lines(session, SUPERVISOR, Asked(), None)] == [(), (), ("C1",), ("P1",)]
    assert [line.changed for line in lines(session, SUPERVISOR, Asked(rules=("C1",)), None)] == [
        (),
        (),
        ("C1",),
        (),
    ]
    assert not any(line.changed for line in lines(session, SUPERVISOR, Asked(rules=("V6",)), None))


def test_departments_over_time(rows: Rows, session: Session) -> None:
    runs = runs_within(session, HEAD, None)
    counts = department_counts(session, HEAD, runs, CITY)
    assert {(seq, name): count.open for (seq, name), count in counts.items()} == {
        (seq, "第二检察部"): sum(
            row["open"]
            for row in rows.figures
            if (row["seq"], row["office"], row["department"]) == (seq, CITY, "第二检察部") and not row["is_hint"]
        )
        for seq in (1, 2, 3, 4)
    }
    assert offices_counted(runs) == [CITY]
    assert offices_counted(runs_within(session, HANDLER, None)) == []


DAYS = Days(LAST, 30, TODAY, 10)


def work(session: Session, reader: Reader, office: str = CITY) -> dict[str, Work]:
    lines = department_work(session, reader, office, runs_within(session, reader, None), DAYS)
    return {line.department: line for line in lines}


def test_what_is_open_by_age_overdue_and_corrected(rows: Rows, session: Session) -> None:
    second = work(session, SUPERVISOR)["第二检察部"]
    mine = [row for row in rows.findings if row["office"] == CITY and row["department"] == "第二检察部"]
    still = [row for row in mine if row["state"] in ("new", "open", "reopened") and not row["is_hint"]]
    ages = [(LAST - row["first_seen"]).days for row in still]
    assert (
        second.ages
        == (sum(age <= 7 for age in ages), sum(7 < age <= 30 for age in ages), sum(age > 30 for age in ages))
        == (1, 2, 1)
    )
    assert (second.open, second.checked) == (len(still), 12)
    assert second.overdue == sum(age > 10 for age in ages) == 3
    took = [(row["closed_on"] - row["first_seen"]).days for row in mine if row["state"] == "corrected"]
    assert (second.corrected, second.in_time, second.median_days) == (2, sum(days <= 10 for days in took), median(took))
    assert (second.notices, second.notices_overdue, second.hints) == (2, 1, 1)


def test_corrections_before_the_period_do_not_count(session: Session) -> None:
    days = Days(LAST, 8, TODAY, 10)
    lines_of_work = department_work(session, SUPERVISOR, CITY, runs_within(session, SUPERVISOR, None), days)
    assert [(line.department, line.corrected, line.median_days) for line in lines_of_work] == [
        ("第二检察部", 1, 4),
        ("第十一检察部", 0, None),
    ]


def test_departments_keep_their_order_and_their_scope(session: Session) -> None:
    assert list(work(session, LEADER)) == ["第二检察部", "第十一检察部"]
    assert list(work(session, HEAD)) == ["第二检察部"]
    assert list(work(session, OTHER_OFFICE)) == []
    assert list(work(session, OTHER_OFFICE, PARTNER)) == ["第二检察部"]
    assert work(session, HANDLER) == {}


def test_a_rule_on_hold_counts_as_a_hint(tmp_path: Path) -> None:
    register = small_register(tmp_path).register
    hold(register, SUPERVISOR, "V6", "误报多")
    with register.reading() as session:
        second = work(session, SUPERVISOR)["第二检察部"]
        assert (second.open, second.hints) == (3, 2)
        assert causes(session, SUPERVISOR, CITY, None).rules == (("C1", 4),)
    release(register, SUPERVISOR, "V6", "已调整")
    with register.reading() as session:
        assert work(session, SUPERVISOR)["第二检察部"].open == 4
        state = session.get(RuleState, "V6")
        assert state is not None
        assert (state.held, state.by) == (False, "案管")


def test_causes_of_a_department_and_of_an_office(session: Session) -> None:
    common = causes(session, SUPERVISOR, CITY, "第二检察部")
    assert (common.total, common.rules, common.types) == (4, (("C1", 3), ("V6", 1)), (("漏填", 3), ("错填", 1)))
    assert causes(session, HEAD, CITY, None).total == 4
    assert causes(session, LEADER, CITY, None).total == 5
    assert causes(session, HANDLER, CITY, None).total == 0


def test_handlers_are_named_only_to_those_who_see_their_rows(session: Session) -> None:
    delays = owner_delays(session, HEAD, CITY, "第二检察部", DAYS)
    assert [(delay.prosecutor, delay.open, delay.overdue) for delay in delays] == [("丙", 1, 1), ("乙", 3, 2)]
    assert [delay.prosecutor for delay in owner_delays(session, HANDLER, CITY, "第二检察部", DAYS)] == ["乙"]
    assert owner_delays(session, LEADER, CITY, "第二检察部", DAYS) == []


def test_the_days_for_a_reply_are_a_switch(tmp_path: Path) -> None:
    register = small_register(tmp_path).register
    with register.writing() as session:
        set_switch(session, "reply_days", 40)
    with register.reading() as session:
        runs = runs_within(session, SUPERVISOR, None)
        days = days_of(session, runs[-1], 90, TODAY)
        assert (days.as_of, days.since, days.reply) == (LAST, LAST - timedelta(days=90), 40)
        assert [line.overdue for line in department_work(session, SUPERVISOR, CITY, runs, days)] == [0, 0]


def test_two_offices_side_by_side(rows: Rows, session: Session) -> None:
    runs = runs_within(session, SUPERVISOR, 90)
    assert whole_offices(SUPERVISOR, runs) == [PARTNER, CITY]
    assert whole_offices(LEADER, runs_within(session, LEADER, 90)) == [CITY]
    assert whole_offices(HEAD, runs_within(session, HEAD, 90)) == []
    partner = office_figures(session, SUPERVISOR, runs, PARTNER)
    theirs = [row for row in rows.figures if row["office"] == PARTNER and row["seq"] >= 2 and not row["is_hint"]]
    last = [row for row in theirs if row["seq"] == 4]
    assert (partner.checked, partner.open) == (6, sum(row["open"] for row in last))
    assert (partner.new, partner.corrected) == (
        sum(row["new"] for row in theirs),
        sum(row["corrected"] for row in theirs),
    )
    assert sum(counts.open for counts in partner.types.values()) == partner.open
    assert partner.hints == sum(
        row["open"] for row in rows.figures if row["office"] == PARTNER and row["seq"] == 4 and row["is_hint"]
    )


def test_runs_without_findings_count_nought(tmp_path: Path) -> None:
    register = small_register(tmp_path).register
    with register.writing() as session:
        session.execute(delete(RunFigure))
    with register.reading() as session:
        assert [(line.counts.open, line.checked) for line in lines(session, HEAD, Asked(), None)] == [
            (0, 9),
            (0, 10),
            (0, 10),
            (0, 12),
        ]


def test_before_the_first_run_there_are_no_figures(tmp_path: Path) -> None:
    with open_register(f"sqlite:///{tmp_path / 'empty.db'}").reading() as session:
        assert lines(session, SUPERVISOR, Asked(), 90) == []
