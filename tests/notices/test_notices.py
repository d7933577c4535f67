"""Notices of rule 665: which findings stand in them, grades, numbers without gaps, ten days, replies, who sees them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.notice_cases import HEAD, JIA, LEADER, OFFICE, ONE, SUPERVISOR, TODAY, TWO, YI, finding, keep
from support.register_cases import postgresql, register

from expectations.errors import InputError
from expectations.home import Home
from expectations.notices import (
    Grading,
    digest_subjects,
    grading,
    issue,
    notices,
    one_notice,
    overdue,
    progress,
    propose,
    ready,
    reply,
    said_of,
    set_grading,
    state_of,
    withdraw,
)
from expectations.notices.issuing import short_name
from expectations.notices.reading import withdrawal_of
from expectations.notices.weeks import Subject, Week, week_figures
from expectations.register.life import undo
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import MACHINE
from expectations.store.register import Register
from expectations.store.switches import set_switch
from expectations.store.tables import Event, Finding, Notice, RuleState, Unit

__all__ = ["postgresql", "register"]


def test_one_notice_per_department_numbered_with_ten_calendar_days(register: Register) -> None:
    keep(register, finding("1"), finding("2", prosecutor="乙"), finding("3", department=TWO))
    issued = issue(register, SUPERVISOR, ["1", "2", "3", "1"], "written", today=TODAY)
    assert [(notice.number, notice.department, notice.prosecutor) for notice in issued.notices] == [
        ("示例检案管监〔2026〕1号", ONE, ""),
        ("示例检案管监〔2026〕2号", TWO, ""),
    ]
    assert {notice.due_on for notice in issued.notices} == {date(2026, 7, 10)}
    assert issued.skipped == ()
    with register.reading() as session:
        noticed = session.get_one(Finding, "1")
        assert (noticed.notice_id, noticed.version) == (issued.notices[0].id, 2)
        event = session.scalars(select(Event).where(Event.finding_id == "1")).one()
        assert (event.action, event.user_name, event.note) == ("noticed", "监管员", "示例检案管监〔2026〕1号")


def test_a_mistyped_office_is_the_only_one_it_can_be(register: Register) -> None:
    keep(register, Unit(id=1, name=OFFICE, kind="district", parent_id=None))
    keep(register, Unit(id=2, name=ONE, kind="department", parent_id=1), finding("1"), finding("2", office="示列院"))
    (notice,) = issue(register, MACHINE, ["1", "2"], "written", today=TODAY).notices
    assert notice.number == "示例检案管监〔2026〕1号"
    with register.reading() as session:
        assert digest_subjects(session, MACHINE)[0] == (Subject(OFFICE, ONE),)
        figures = week_figures(session, Home(Path("none")), Subject(OFFICE, ONE), Week.of(date(2026, 6, 23)))
    assert (figures.checked, figures.stock, figures.new, figures.open, figures.wrong) == (None, 2, 2, 2, 2)


def test_one_notice_per_person(register: Register) -> None:
    keep(register, finding("1"), finding("2", prosecutor="乙"), finding("3", prosecutor=""))
    issued = issue(register, SUPERVISOR, ["1", "2", "3"], "report", "prosecutor", TODAY)
    assert [notice.prosecutor for notice in issued.notices] == ["乙", "甲"]
    assert [why.en for _, why in issued.skipped] == ["no prosecutor"]


UNFIT: dict[str, dict[str, object]] = {
    "hint": {"is_hint": True},
    "held": {"rule_id": "H1"},
    "unverified": {"verification": ""},
    "rejected": {"verification": "rejected"},
    "corrected": {"state": "corrected"},
    "disputed": {"answer": "not_error"},
    "elsewhere": {"office": "别院"},
}


def test_what_is_not_fit_for_a_notice_is_left_out_with_the_reason(register: Register) -> None:
    keep(register, *(finding(name, **values) for name, values in UNFIT.items()))
    keep(register, RuleState(rule_id="H1", held=True, since=finding("x").verified_at, by="", reason=""))
    issued = issue(register, SUPERVISOR, UNFIT, "written", today=TODAY)
    assert issued.notices == ()
    assert {name: why.en for name, why in issued.skipped} == {
        "hint": "hints never stand in a notice",
        "held": "hints never stand in a notice",
        "unverified": "not confirmed",
        "rejected": "not confirmed",
        "corrected": "it no longer stands open",
        "disputed": "a dispute is to be decided first",
        "elsewhere": "no such finding",
    }


def test_a_finding_stands_in_one_live_notice(register: Register) -> None:
    keep(register, finding("1"))
    (first,) = issue(register, SUPERVISOR, ["1"], "written", today=TODAY).notices
    again = issue(register, SUPERVISOR, ["1"], "written", today=TODAY)
    assert again.skipped == (("1", f"已在通知中 / already in a notice: {first.number}"),)
    withdraw(register, SUPERVISOR, first.id, "发错部门")
    (second,) = issue(register, SUPERVISOR, ["1"], "written", today=TODAY).notices
    assert second.number == "示例检案管监〔2026〕2号"
    with register.reading() as session:
        assert session.get_one(Notice, first.id).withdrawn
        assert withdrawal_of(session, SUPERVISOR, first.id) == ("监管员", "发错部门")
        assert [notice.number[-2:] for notice in notices(session, SUPERVISOR)] == ["2号", "1号"]
        assert state_of(first, TODAY) == "due"


def test_a_finding_that_came_back_after_the_reply_may_stand_in_another(register: Register) -> None:
    keep(register, finding("1"))
    (first,) = issue(register, SUPERVISOR, ["1"], "written", today=TODAY).notices
    reply(register, HEAD, first.id, "已整改", TODAY)
    with register.writing() as session:
        session.get_one(Finding, "1").state = "reopened"
    assert len(issue(register, SUPERVISOR, ["1"], "written", today=TODAY).notices) == 1


def test_numbers_begin_anew_each_year_and_office_and_oral_reminders_have_none(register: Register) -> None:
    keep(
        register,
        *(finding(str(number), office=OFFICE if number < 4 else "广州市天河区人民检察院") for number in range(1, 6)),
    )
    oral = issue(register, MACHINE, ["1"], "oral", today=TODAY).notices[0]
    numbers = [
        issue(register, MACHINE, [finding_id], "written", today=day).notices[0].number
        for finding_id, day in (("2", TODAY), ("3", date(2027, 1, 4)), ("4", TODAY), ("5", TODAY))
    ]
    assert (oral.number, oral.serial) == ("", None)
    assert numbers == [
        "示例检案管监〔2026〕1号",
        "示例检案管监〔2027〕1号",
        "天河检案管监〔2026〕1号",
        "天河检案管监〔2026〕2号",
    ]


def test_notices_issued_at_once_have_numbers_without_gap(register: Register) -> None:
    ids = [str(number) for number in range(24)]
    keep(register, *(finding(finding_id) for finding_id in ids))
    with ThreadPoolExecutor(8) as pool:
        results = list(
            pool.map(lambda finding_id: issue(register, SUPERVISOR, [finding_id, "0"], "written", today=TODAY), ids)
        )
    serials = sorted(notice.serial or 0 for issued in results for notice in issued.notices)
    with register.reading() as session:
        noticed = session.scalars(select(Event.finding_id).where(Event.action == "noticed")).all()
    assert serials == list(range(1, len(serials) + 1))
    assert sorted(noticed) == sorted(ids)


def test_only_a_supervisor_issues_and_withdraws(register: Register) -> None:
    keep(register, finding("1"))
    for reader in (HEAD, JIA, LEADER):
        with pytest.raises(NotAllowedError):
            issue(register, reader, ["1"], "written")
        with pytest.raises(NotAllowedError):
            withdraw(register, reader, 1, "x")
        with register.reading() as session, pytest.raises(NotAllowedError):
            ready(session, reader, "department")


def test_heads_see_their_department_persons_their_own_and_others_nothing(register: Register) -> None:
    keep(register, finding("1"), finding("2"), finding("3", department=TWO, prosecutor="乙"))
    department = issue(register, SUPERVISOR, ["1"], "written", today=TODAY).notices[0]
    person = issue(register, SUPERVISOR, ["2"], "written", "prosecutor", TODAY).notices[0]
    of_yi = issue(register, SUPERVISOR, ["3"], "written", "prosecutor", TODAY).notices[0]
    with register.reading() as session:
        ids_by_reader = {
            reader.name: {notice.id for notice in notices(session, reader)}
            for reader in (SUPERVISOR, HEAD, JIA, YI, LEADER)
        }
        assert ids_by_reader == {
            "监管员": {department.id, person.id, of_yi.id},
            "部门长": {department.id, person.id},
            "甲": {person.id},
            "乙": {of_yi.id},
            "检察长": set(),
        }
        assert one_notice(session, JIA, of_yi.id) is None
        assert said_of(session, JIA, of_yi.id) == []
        assert progress(session, JIA, [of_yi.id]) == {}
    with pytest.raises(NotAllowedError):
        reply(register, JIA, of_yi.id, "x")
    assert reply(register, JIA, person.id, "已补填", TODAY).replied_by == "甲"
    with pytest.raises(NotAllowedError):
        reply(register, LEADER, person.id, "x")


def test_overdue_from_the_eleventh_day_until_the_reply(register: Register) -> None:
    keep(register, finding("1"), finding("2", department=TWO))
    notice_in_writing = issue(register, SUPERVISOR, ["1"], "written", today=TODAY).notices[0]
    issue(register, SUPERVISOR, ["2"], "oral", today=TODAY)
    with register.reading() as session:
        assert overdue(session, SUPERVISOR, TODAY + timedelta(days=10)) == []
        assert [notice.id for notice in overdue(session, HEAD, TODAY + timedelta(days=11))] == [notice_in_writing.id]
    with pytest.raises(InputError):
        reply(register, SUPERVISOR, notice_in_writing.id, "  ")
    reply(register, SUPERVISOR, notice_in_writing.id, "纸质回复：已整改", TODAY + timedelta(days=11))
    with register.reading() as session:
        assert overdue(session, HEAD, TODAY + timedelta(days=30)) == []


def test_progress_and_what_was_said_though_the_finding_changed(register: Register) -> None:
    keep(register, *(finding(finding_id) for finding_id in "1234"))
    notice = issue(register, SUPERVISOR, "1234", "written", today=TODAY).notices[0]
    with register.writing() as session:
        for finding_id, state in zip("1234", ("corrected", "explained", "new", "not_seen"), strict=True):
            changed = session.get_one(Finding, finding_id)
            changed.state, changed.message, changed.present = state, "别的话", {}
    with register.reading() as session:
        far = progress(session, HEAD, [notice.id])[notice.id]
        assert (far.corrected, far.explained, far.open, far.gone, far.settled, far.total) == (1, 1, 1, 1, 2, 4)
        assert {entry.message for entry in said_of(session, HEAD, notice.id)} == {"受理日期为空"}


def test_an_undo_of_decisions_leaves_notices_alone(register: Register) -> None:
    keep(register, finding("1"))
    notice = issue(register, SUPERVISOR, ["1"], "written", today=TODAY).notices[0]
    assert undo(register, SUPERVISOR, f"notice-{notice.id}").done == ()


def test_ready_groups_by_addressee_with_the_grade_proposed(register: Register) -> None:
    keep(register, finding("1"), finding("2", department=TWO, severity="serious"), finding("3", verification=""))
    with register.reading() as session:
        assert [
            (group.to[1], group.grade.name, len(group.findings))
            for group in ready(session, SUPERVISOR, "department", TODAY)
        ] == [(ONE, "oral", 1), (TWO, "written", 1)]
    keep(register, finding("4"))
    issue(register, SUPERVISOR, ["4"], "written", today=TODAY - timedelta(days=20))
    with register.reading() as session:
        assert [group.grade.name for group in ready(session, SUPERVISOR, "department", TODAY)] == ["report", "written"]


@pytest.mark.parametrize(
    ("rows", "late", "grade"),
    [
        ([{}] * 4, 0, "oral"),
        ([{}] * 5, 0, "written"),
        ([{"severity": "serious"}], 0, "written"),
        ([{"times_reopened": 1}], 0, "written"),
        ([{"answer": "still_wrong"}], 0, "written"),
        ([{"severity": "serious"}] * 10, 0, "report"),
        ([{}], 1, "report"),
    ],
)
def test_the_grade_proposed(rows: list[dict[str, object]], late: int, grade: str) -> None:
    assert propose([finding(str(number), **values) for number, values in enumerate(rows)], late).name == grade


def test_thresholds_are_the_offices_own(register: Register) -> None:
    set_grading(register, SUPERVISOR, Grading(written_all=0, report_serious=2))
    with register.reading() as session:
        limits = grading(session)
    assert propose([finding(str(number)) for number in range(9)], thresholds=limits).name == "oral"
    assert (
        propose([finding(str(number), severity="serious") for number in range(2)], thresholds=limits).name == "report"
    )
    with pytest.raises(InputError):
        Grading(written_all=-1)


def test_the_form_of_the_number_is_a_switch(register: Register) -> None:
    keep(register, finding("1"))
    with register.writing() as session:
        set_switch(session, "notice_number", "京示检流监〔{year}〕{serial}号")
        set_switch(session, "reply_days", 7)
    notice = issue(register, SUPERVISOR, ["1"], "written", today=TODAY).notices[0]
    assert (notice.number, notice.due_on) == ("京示检流监〔2026〕1号", date(2026, 7, 7))


@pytest.mark.parametrize(
    ("office", "short"),
    [
        ("汉东市示例区人民检察院", "示例"),
        ("示例院", "示例"),
        ("汉东省人民检察院", "汉东"),
        ("苏州市人民检察院", "苏州"),
        ("江苏省苏州市人民检察院", "苏州"),
        ("某县人民检察院", "某县"),
        ("", ""),
    ],
)
def test_the_short_name_of_an_office(office: str, short: str) -> None:
    assert short_name(office) == short
