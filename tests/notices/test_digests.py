"""Weekly digests: figures beside their denominators and last week's, rules with how to fill, and who may have which."""

from datetime import date, datetime

import pytest
from support.notice_cases import (
    HEAD,
    JIA,
    LEADER,
    OFFICE,
    ONE,
    SUPERVISOR,
    finding,
    followed,
    home,
    keep,
    sqlite_register,
    text_of,
)

from expectations.errors import InputError
from expectations.home import Home
from expectations.notices import digest, digest_document, digest_subjects, digest_text, issue
from expectations.notices.weeks import Subject, Week
from expectations.rights.acts import NotAllowedError
from expectations.store.register import Register
from expectations.store.tables import Finding

__all__ = ["home", "sqlite_register"]

DEPARTMENT = Subject("示例院", "第十一检察部")


@pytest.fixture
def weeks(sqlite_register: Register, home: Home) -> Register:
    """Two weeks of a department: W26 (22–28 June) and W27, in which the run stands."""
    place = {"department": "第十一检察部", "office": OFFICE}
    keep(
        sqlite_register,
        followed(home),
        finding("1", first_seen=date(2026, 6, 16), **place),
        finding("2", first_seen=date(2026, 6, 24), **place),
        finding("3", first_seen=date(2026, 6, 16), state="corrected", closed_on=date(2026, 6, 29), **place),
        finding("4", first_seen=date(2026, 6, 30), rule_id="V6", prosecutor="丙", **place),
        finding("5", first_seen=date(2026, 6, 30), state="explained", verified_at=datetime(2026, 7, 1, 9), **place),
        finding("6", first_seen=date(2026, 6, 30), is_hint=True, **place),
        finding("7", first_seen=date(2026, 6, 30)),
    )
    issue(sqlite_register, SUPERVISOR, "12", "written", today=date(2026, 6, 20))
    return sqlite_register


def test_a_digest_stands_beside_last_weeks(weeks: Register, home: Home) -> None:
    with weeks.reading() as session:
        digest_of_week = digest(session, SUPERVISOR, home, Week.parse("2026-W27"), DEPARTMENT, "zh")
    assert {
        name: digest_of_week.line(name)
        for name in ("checked", "wrong", "new", "corrected", "explained", "open", "overdue")
    } == {
        "checked": ("1", "—"),
        "wrong": ("3 / 1", "3 / —"),
        "new": ("2 / 5", "1 / 3"),
        "corrected": ("1 / 5", "0 / 3"),
        "explained": ("1 / 5", "0 / 3"),
        "open": ("3 / 5", "3 / 3"),
        "overdue": ("2 / 2", "0 / 2"),
    }
    assert [(line.rule_id, line.how, line.open, line.total) for line in digest_of_week.rules] == [
        ("C1", "补填受理日期", 2, 3),
        ("V6", "核对证件", 1, 3),
    ]
    assert [(line.number, line.settled, line.total) for line in digest_of_week.late] == [
        ("示例检案管监〔2026〕1号", 0, 2)
    ]
    assert [(line.days_left, line.case) for line in digest_of_week.due] == [(-3, "A1")]
    document = text_of(digest_document(home, digest_of_week))
    for part in (
        "第十一检察部 案卡质量周报",
        "2026年6月29日至2026年7月5日",
        "新发现 / 本周在册",
        "2 / 5",
        "1 / 3",
        "填法：补填受理日期",
        "示例检案管监〔2026〕1号，第十一检察部，应于 2026年6月30日 前回复，已改正 0 / 2",
        "已逾期 3 日：受理日期为空，A1 示例乙案，甲",
    ):
        assert part in document, part
    assert "新发现 / 本周在册：2 / 5（上周 1 / 3）" in digest_text(digest_of_week)
    assert "排名" not in digest_text(digest_of_week)


def test_a_digest_of_a_person_and_who_may_have_which(weeks: Register, home: Home) -> None:
    with weeks.reading() as session:
        mine = digest(session, JIA, home, Week.parse("2026-W27"), Subject(OFFICE, "第十一检察部", "甲"), "zh")
        assert mine.line("new") == ("1 / 4", "1 / 3")
        assert mine.line("checked") == ("1", "—")
        for reader, subject in ((JIA, DEPARTMENT), (HEAD, DEPARTMENT), (LEADER, DEPARTMENT)):
            with pytest.raises(NotAllowedError):
                digest(session, reader, home, Week.parse("2026-W27"), subject, "zh")
        departments, persons = digest_subjects(session, JIA)
        assert departments == ()
        assert [(subject.department, subject.prosecutor) for subject in persons] == [
            (ONE, "甲"),
            ("第十一检察部", "甲"),
        ]
        assert len(digest_subjects(session, SUPERVISOR)[0]) == 2


def test_a_quiet_week(sqlite_register: Register, home: Home) -> None:
    with sqlite_register.reading() as session:
        digest_of_week = digest(session, SUPERVISOR, home, Week.parse("2026-W27"), Subject(OFFICE, "第九检察部"), "zh")
        assert session.get(Finding, "1") is None
    assert digest_of_week.line("open") == ("0 / 0", "0 / 0")
    document = text_of(digest_document(home, digest_of_week))
    for part in ("没有待处理的问题", "没有逾期未回复的通知", "没有临近或超过的期限"):
        assert part in document


@pytest.mark.parametrize("text", ["2026-W60", "2026", "W26", "2026-26", ""])
def test_what_is_not_a_week(text: str) -> None:
    with pytest.raises(InputError):
        Week.parse(text)
