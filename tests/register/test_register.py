"""The life of a finding over the nights, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update
from support.nights import OPTIONAL, Night, Row, Wrong
from support.register_cases import postgresql, register

from expectations.errors import InputError
from expectations.register.follow import Followed, follow
from expectations.register.life import Decision, decide, undo
from expectations.register.problems import kinds_in_words, problem_words
from expectations.register.reading import Wanted, choices, count_findings, history, list_findings, one_finding
from expectations.register.trust import release
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import MACHINE, Reader
from expectations.rights.scope import NOTHING, Scope
from expectations.store.explained import explained_findings
from expectations.store.register import Register
from expectations.store.tables import Event, Finding, Run, RunFigure

__all__ = ["postgresql", "register"]

FIRST = Night(wrong=(Wrong(),))
OWN = Scope(
    handlers=frozenset((("汉东市示例区人民检察院", "", "示检甲"),)), known=frozenset(("汉东市示例区人民检察院",))
)
OWNER = Reader(7, "jia", "示检甲", ("prosecutor",), OWN, OWN, own=OWN)
OTHER_SCOPE = replace(OWN, handlers=frozenset((("汉东市示例区人民检察院", "", "示检乙"),)))
OTHER = Reader(8, "yi", "示检乙", ("prosecutor",), OTHER_SCOPE, OTHER_SCOPE, own=OTHER_SCOPE)
SUPERVISOR = replace(MACHINE, user_id=1, name="监管员")
REJECT = Decision("reject", "true_as_filled", "已核对卷宗")

Nights = Callable[..., Followed]


@pytest.fixture
def nights(register: Register, tmp_path: Path) -> Nights:
    """Follows one night after the other; says what the last one changed."""

    def run(*several: Night) -> Followed:
        return [follow(register, night.publish(tmp_path)) for night in several][-1]

    return run


def the(register: Register, finding_id: str = "f1") -> Finding:
    with register.reading() as session:
        finding = one_finding(session, MACHINE, finding_id)
    assert finding is not None
    return finding


def events(register: Register, finding_id: str = "f1") -> list[tuple[str, str]]:
    with register.reading() as session:
        return [
            (event.action, event.reason_code) for event in history(session, MACHINE, [finding_id]).get(finding_id, [])
        ]


def test_a_finding_is_new_then_open_then_corrected_then_reopened(register: Register, nights: Nights) -> None:
    assert nights(FIRST).new == 1
    assert the(register).state == "new"
    assert nights(FIRST.on(2)).open == 1
    assert (the(register).state, the(register).first_seen, the(register).last_seen) == (
        "open",
        date(2026, 6, 1),
        date(2026, 6, 2),
    )
    assert nights(FIRST.on(3, wrong=())).corrected == 1
    gone = the(register)
    assert (gone.state, gone.closed_on, gone.last_seen) == ("corrected", date(2026, 6, 3), date(2026, 6, 2))
    assert nights(FIRST.on(4)).reopened == 1
    back = the(register)
    assert (back.state, back.times_reopened, back.closed_on, back.last_seen) == ("reopened", 1, None, date(2026, 6, 4))
    assert nights(FIRST.on(5)).open == 1
    assert events(register) == [("corrected", ""), ("reopened", "again")]


def test_following_a_run_again_changes_nothing(register: Register, tmp_path: Path) -> None:
    file = FIRST.publish(tmp_path)
    follow(register, file)
    before = the(register)
    assert follow(register, file) == Followed(1)
    assert (the(register).state, the(register).version) == (before.state, before.version)
    with register.reading() as session:
        assert len(session.scalars(select(Run)).all()) == 1


@pytest.mark.parametrize(
    ("night", "state"),
    [
        (FIRST.on(2, wrong=(), rows=(Row("案2"),)), "not_seen"),
        (FIRST.on(2, wrong=(), rows=(Row(suspect_no="人2"),)), "not_seen"),
        (FIRST.on(2, wrong=(), rules={"C001": "r2"}), "withdrawn"),
        (FIRST.on(2, wrong=(), switched_off=("C001",)), "withdrawn"),
        (FIRST.on(2, wrong=(), rules={"C002": "r1"}), "withdrawn"),
        (FIRST.on(2, wrong=(), not_judged=("C001",)), "new"),
        (FIRST.on(2, wrong=(), in_error=("C001",)), "new"),
        (FIRST.on(2, wrong=(), rows=(Row(unreadable=("ps_charge",)),)), "new"),
        (FIRST.on(2, wrong=(), absent=("ps_charge",)), "new"),
        (FIRST.on(2, wrong=(), absent=("close_date",)), "corrected"),
        (FIRST.on(2, wrong=()), "corrected"),
    ],
    ids=[
        "case gone",
        "person gone",
        "rule changed",
        "rule off",
        "rule gone",
        "not judged",
        "in error",
        "made unreadable",
        "column gone",
        "other column gone",
        "corrected",
    ],
)
def test_only_a_judged_card_is_corrected(register: Register, nights: Nights, night: Night, state: str) -> None:
    nights(FIRST, night)
    finding = the(register)
    assert finding.state == state
    assert finding.last_seen == date(2026, 6, 1)


def test_an_item_whose_column_may_be_absent_keeps_no_finding_open(register: Register, nights: Nights) -> None:
    first = FIRST.on(1, wrong=(Wrong(values={"ps_charge": None, OPTIONAL: None}),), absent=(OPTIONAL,))
    nights(first, FIRST.on(2, wrong=(), rows=(Row(unreadable=(OPTIONAL,)),)))
    assert the(register).state == "new"
    nights(FIRST.on(3, wrong=(), absent=(OPTIONAL,)))
    assert the(register).state == "corrected"


def test_a_person_number_that_was_wrong_is_corrected_not_lost(register: Register, nights: Nights) -> None:
    wrong = Wrong(values={"suspect_no": "人1"})
    nights(FIRST.on(1, wrong=(wrong,)), FIRST.on(2, wrong=(), rows=(Row(suspect_no="人9"),)))
    assert the(register).state == "corrected"


def test_a_case_that_comes_back_is_open_and_not_reopened(register: Register, nights: Nights) -> None:
    nights(FIRST, FIRST.on(2, wrong=(), rows=(Row("案2"),)), FIRST.on(3))
    assert (the(register).state, the(register).times_reopened) == ("open", 0)
    assert events(register) == [("not_seen", ""), ("seen_again", "")]


def test_an_explanation_lasts_while_nothing_changes(register: Register, nights: Nights) -> None:
    nights(FIRST)
    outcome = decide(register, SUPERVISOR, ["f1"], REJECT)
    assert (outcome.done, outcome.skipped) == (("f1",), ())
    assert nights(FIRST.on(2)).explained == 1
    explained = the(register)
    assert (explained.state, explained.verification, explained.note, explained.verified_by) == (
        "explained",
        "rejected",
        "已核对卷宗",
        "监管员",
    )
    assert explained.explained_until == date(2026, 6, 1) + timedelta(days=365)


@pytest.mark.parametrize(
    ("night", "reason"),
    [
        (FIRST.on(2, wrong=(Wrong(values={"ps_charge": "盗窃罪"}),)), "values"),
        (FIRST.on(2, wrong=(Wrong(rule_print="r2"),), rules={"C001": "r2"}), "rule"),
        (FIRST.on(20), "expired"),
    ],
)
def test_an_explanation_ends_with_values_rule_or_term(
    register: Register, nights: Nights, night: Night, reason: str
) -> None:
    nights(FIRST)
    decide(register, SUPERVISOR, ["f1"], replace(REJECT, until=date(2026, 6, 19)))
    assert nights(FIRST.on(2), replace(night, day=max(night.day, date(2026, 6, 3)))).reopened == 1
    finding = the(register)
    assert (finding.state, finding.verification, finding.note, finding.explained_until) == ("reopened", "", "", None)
    assert events(register) == [("reject", "true_as_filled"), ("reopened", reason)]


def test_an_explained_finding_that_was_away_is_explained_again(register: Register, nights: Nights) -> None:
    nights(FIRST)
    decide(register, SUPERVISOR, ["f1"], REJECT)
    nights(FIRST.on(2, wrong=(), rows=(Row("案2"),)), FIRST.on(3))
    assert the(register).state == "explained"


@pytest.mark.parametrize(
    "back",
    [
        FIRST.on(3, wrong=(Wrong(values={"ps_charge": "盗窃罪"}),)),
        FIRST.on(3, wrong=(Wrong(rule_print="r2"),), rules={"C001": "r2"}),
    ],
)
@pytest.mark.parametrize("decision", [REJECT, Decision("confirm")])
def test_what_comes_back_as_another_one_is_not_what_was_verified(
    register: Register, nights: Nights, back: Night, decision: Decision
) -> None:
    nights(FIRST)
    decide(register, SUPERVISOR, ["f1"], decision)
    nights(FIRST.on(2, wrong=(), rows=(Row("案2"),)), back, replace(back, day=date(2026, 6, 4)))
    assert (the(register).state, the(register).verification) == ("open", "")


def test_rejections_of_the_former_rule_do_not_hold_the_new_one(register: Register, nights: Nights) -> None:
    several = tuple(Wrong(f"f{number}", bmsah=f"案{number}") for number in range(6))
    first = FIRST.on(1, wrong=several, rows=tuple(Row(wrong.bmsah) for wrong in several))
    nights(first)
    assert decide(register, SUPERVISOR, [f"f{number}" for number in range(4)], REJECT).held == ()
    tuned = tuple(replace(wrong, rule_print="r2") for wrong in several[4:])
    nights(replace(first, day=date(2026, 6, 2), wrong=tuned, rules={"C001": "r2"}))
    assert decide(register, SUPERVISOR, ["f4", "f5"], REJECT).held == ()


def test_a_rule_rejected_often_goes_on_hold_until_it_is_released(register: Register, nights: Nights) -> None:
    several = tuple(Wrong(f"f{number}", bmsah=f"案{number}") for number in range(12))
    nights(FIRST.on(1, wrong=several, rows=tuple(Row(wrong.bmsah) for wrong in several)))
    assert decide(register, SUPERVISOR, [f"f{number}" for number in range(4)], REJECT).held == ()
    assert decide(register, SUPERVISOR, ["f4"], REJECT).held == ("C001",)
    with register.reading() as session:
        assert count_findings(session, SUPERVISOR, Wanted()) == (0, 7)
    with pytest.raises(NotAllowedError):
        release(register, OWNER, "C001", "x")
    with pytest.raises(InputError):
        release(register, SUPERVISOR, "C001", " ")
    release(register, SUPERVISOR, "C001", "已与案管核对")
    with register.reading() as session:
        assert count_findings(session, SUPERVISOR, Wanted()) == (7, 0)
    assert decide(register, SUPERVISOR, ["f5"], REJECT).held == ()
    assert decide(register, SUPERVISOR, ["f6", "f7", "f8", "f9"], REJECT).held == ("C001",)


@pytest.mark.parametrize("reader", [SUPERVISOR, OWNER])
def test_a_filter_offers_what_a_decision_may_bring_back(register: Register, nights: Nights, reader: Reader) -> None:
    def offered() -> tuple[list[str], list[str]]:
        with register.reading() as session:
            in_list = [finding.finding_id for finding in list_findings(session, reader, Wanted())]
            return choices(session, reader, Finding.rule_id), in_list

    nights(FIRST.on(1, wrong=(Wrong(), Wrong("f2", rule_id="C002")), rules={"C001": "r1", "C002": "r1"}))
    rejected = decide(register, SUPERVISOR, ["f2"], REJECT)
    assert offered() == (["C001", "C002"], ["f1"])
    undo(register, SUPERVISOR, rejected.batch)
    assert offered() == (["C001", "C002"], ["f1", "f2"])
    nights(FIRST.on(2, wrong=(Wrong(),), rules={"C001": "r1", "C002": "r1"}))
    assert offered() == (["C001"], ["f1"])


def test_what_was_explained_is_known_until_it_is_undone(register: Register, nights: Nights) -> None:
    nights(FIRST)
    rejected = decide(register, SUPERVISOR, ["f1"], REJECT)
    with register.reading() as session:
        assert list(explained_findings(session)) == ["f1"]
    undo(register, SUPERVISOR, rejected.batch)
    with register.reading() as session:
        assert list(explained_findings(session)) == []


def test_the_owner_says_corrected_and_the_next_run_decides(register: Register, nights: Nights) -> None:
    nights(FIRST)
    decide(register, OWNER, ["f1"], Decision("answer_corrected"))
    with register.writing() as session:
        session.execute(update(Finding).values(answered_at=Finding.first_seen))
    nights(FIRST.on(2))
    assert the(register).answer == "still_wrong"
    decide(register, OWNER, ["f1"], Decision("answer_corrected"))
    nights(FIRST.on(3, wrong=()))
    assert the(register).state == "corrected"
    assert [action for action, _ in events(register)] == [
        "answer_corrected",
        "still_wrong",
        "answer_corrected",
        "corrected",
    ]


def test_other_values_that_are_still_wrong_have_to_be_verified_again(register: Register, nights: Nights) -> None:
    nights(FIRST)
    decide(register, SUPERVISOR, ["f1"], Decision("confirm"))
    nights(FIRST.on(2))
    assert the(register).verification == "confirmed"
    nights(FIRST.on(3, wrong=(Wrong(values={"ps_charge": "乱"}),)))
    finding = the(register)
    assert (finding.state, finding.verification, finding.present) == ("open", "", {"ps_charge": "乱"})
    assert events(register)[-1] == ("values_changed", "")


def test_equal_values_are_not_verified_again_where_another_version_wrote_them_otherwise(
    register: Register, nights: Nights
) -> None:
    shown = {"ps_charge": "乱", "j_date": None}
    by_former, by_new = "of the former one, and in its order", "of the new program, in another one"
    before = [Wrong(f"f{number}", bmsah=f"案{number}", values=shown, values_print=by_former) for number in range(4)]
    rows = tuple(Row(f"案{number}") for number in range(4))
    nights(FIRST.on(1, wrong=tuple(before), rows=rows))
    decide(register, SUPERVISOR, ["f0", "f1", "f2"], Decision("confirm"))
    decide(register, SUPERVISOR, ["f3"], Decision("reject", "true_as_filled", "已核对"))
    same, more, other, explained = (replace(wrong, values_print=by_new) for wrong in before)
    more = replace(more, values={"j_date": None, "ps_charge": "乱", "close_date": "2026-01-01"})
    other = replace(other, values=shown | {"j_date": "2026-05-01"})
    followed = nights(FIRST.on(2, wrong=(same, more, other, explained), rows=rows))
    assert [the(register, f"f{number}").verification for number in range(4)] == [
        "confirmed",
        "confirmed",
        "",
        "rejected",
    ]
    assert {the(register, f"f{number}").values_fingerprint for number in range(4)} == {by_new}
    assert followed.to_verify_again == {"values": 1}
    assert "1（案卡值变化 / other values 1）" in followed.said_to_verify_again
    # of one program even what is not shown tells
    nights(FIRST.on(3, wrong=(replace(same, values_print=f"{by_new} now"),), rows=rows))
    assert the(register, "f0").verification == ""


def test_a_dispute_is_decided_by_the_supervisor(register: Register, nights: Nights) -> None:
    nights(FIRST.on(1, wrong=(Wrong(), Wrong("f2", bmsah="案2")), rows=(Row(), Row("案2"))))
    dispute = Decision("answer_not_error", "old_card", "历史案卡")
    assert decide(register, OWNER, ["f1", "f2"], dispute).done == ("f1", "f2")
    with register.reading() as session:
        assert count_findings(session, SUPERVISOR, Wanted(step="disputed")) == (2, 0)
    passed_over = decide(register, SUPERVISOR, ["f1", "f2"], Decision("confirm"))
    assert (passed_over.done, {why[:4] for _, why in passed_over.skipped}) == ((), {"有异议待"})
    assert decide(register, SUPERVISOR, ["f1"], Decision("accept")).done == ("f1",)
    assert decide(register, SUPERVISOR, ["f2"], Decision("uphold", note="标准要求补填")).done == ("f2",)
    accepted, upheld = the(register), the(register, "f2")
    assert (accepted.state, accepted.decision, accepted.note) == ("explained", "accepted", "历史案卡")
    assert (upheld.state, upheld.decision, upheld.decision_note) == ("new", "upheld", "标准要求补填")
    assert decide(register, SUPERVISOR, ["f2"], Decision("accept")).skipped[0][0] == "f2"


def test_nobody_decides_beyond_their_role_or_scope(register: Register, nights: Nights) -> None:
    nights(FIRST)
    with pytest.raises(NotAllowedError):
        decide(register, OWNER, ["f1"], Decision("confirm"))
    with pytest.raises(NotAllowedError):
        decide(register, SUPERVISOR, ["f1"], Decision("answer_corrected"))
    assert decide(register, OTHER, ["f1"], Decision("answer_corrected")).skipped == (
        ("f1", "没有这个问题 / no such finding"),
    )
    with register.reading() as session:
        assert one_finding(session, OTHER, "f1") is None
        assert history(session, OTHER, ["f1"]) == {}
        assert list_findings(session, replace(OTHER, rows=NOTHING), Wanted()) == []
    assert the(register).answer == ""


@pytest.mark.parametrize(
    "decision",
    [("reject", "", "说明"), ("reject", "old_card", " "), ("uphold", "", ""), ("answer_not_error", "nonsense", "x")],
)
def test_an_error_is_denied_only_with_a_reason_and_a_note(decision: tuple[str, str, str]) -> None:
    with pytest.raises(InputError):
        Decision(*decision)  # type: ignore[arg-type]


def test_what_changed_meanwhile_is_left_and_said(register: Register, nights: Nights) -> None:
    nights(FIRST)
    versions_seen = {"f1": the(register).version}
    decide(register, OWNER, ["f1"], Decision("answer_corrected"), versions_seen)
    late = decide(register, SUPERVISOR, ["f1"], Decision("confirm"), versions_seen)
    assert late.done == ()
    assert "刷新" in late.skipped[0][1]


def test_a_decision_on_many_is_undone_as_one_where_nothing_happened_since(register: Register, nights: Nights) -> None:
    nights(FIRST.on(1, wrong=(Wrong(), Wrong("f2"))))
    batch = decide(register, SUPERVISOR, ["f1", "f2"], REJECT).batch
    decide(register, SUPERVISOR, ["f2"], Decision("confirm"))
    assert undo(register, replace(SUPERVISOR, user_id=99), batch).done == ()
    undone = undo(register, SUPERVISOR, batch)
    assert (undone.done, [finding_id for finding_id, _ in undone.skipped]) == (("f1",), ["f2"])
    back = the(register)
    assert (back.state, back.verification, back.reason_code, back.explained_until) == ("new", "", "", None)
    assert events(register) == [("reject", "true_as_filled"), ("undo", "")]
    assert undo(register, SUPERVISOR, batch).done == ()


def test_figures_of_a_run_are_those_of_its_findings(register: Register, nights: Nights) -> None:
    second = Wrong("f2", department="第二检察部", prosecutor="示检乙")
    nights(FIRST.on(1, wrong=(Wrong(), second)), FIRST.on(2, wrong=(second,)))
    with register.reading() as session:
        rows = session.scalars(select(RunFigure).order_by(RunFigure.seq, RunFigure.department)).all()
    assert [(row.seq, row.department, row.new, row.open, row.corrected) for row in rows] == [
        (1, "第一检察部", 1, 1, 0),
        (1, "第二检察部", 1, 1, 0),
        (2, "第一检察部", 0, 0, 1),
        (2, "第二检察部", 0, 1, 0),
    ]


def test_the_scope_finds_a_row_whose_office_was_mistyped(register: Register, nights: Nights) -> None:
    nights(FIRST.on(1, wrong=(Wrong(office="11"), Wrong("f2", office="11", prosecutor="示检乙"))))
    with register.reading() as session:
        assert [finding.finding_id for finding in list_findings(session, OWNER, Wanted(own=True))] == ["f1"]
        events_written = session.scalars(select(Event)).all()
    assert events_written == []


def test_a_run_that_could_not_load_an_export_is_not_complete_and_names_it(nights: Nights, register: Register) -> None:
    assert nights(FIRST).problems == ()
    (problem,) = nights(FIRST.on(2, refused={"听证.csv": "不是文本"})).problems
    assert problem_words(problem).zh == "1 个导出文件未能载入：听证.csv（不是文本）"
    assert problem_words(problem).en == "exports that could not be loaded (1): 听证.csv (no table)"
    assert "听证" not in problem_words(problem, naming_files=False) + kinds_in_words([problem])
    with register.reading() as session:
        assert list(session.scalars(select(Run.complete).order_by(Run.seq))) == [True, False]
