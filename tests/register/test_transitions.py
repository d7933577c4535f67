"""Who may do what with a finding at which moment, and what it becomes: a literal table against the product, act by act."""

import re
from collections.abc import Iterator
from itertools import product
from typing import get_args

import pytest
from sqlalchemy import func, insert, select, update
from support.figure_register import finding
from support.places import ROOT

from dashboard.words.texts import text
from expectations.register.life import Decision, decide, undo
from expectations.register.transitions import (
    ACTIVE,
    STATES,
    TRANSITIONS,
    Action,
    Awaited,
    Standing,
    Transition,
    Verdict,
    possible,
)
from expectations.rights.acts import ACTS, NotAllowedError
from expectations.rights.reader import Reader
from expectations.rights.roles import ROLES, Role
from expectations.rights.scope import EVERYTHING
from expectations.store.register import Register, open_register
from expectations.store.tables import Event, Finding

Talk = tuple[str, str, str, str]
"""State, verification, answer, decision."""

MOMENTS: dict[str, Talk] = {
    "new": ("new", "", "", ""),
    "open": ("open", "", "", ""),
    "reopened": ("reopened", "", "", ""),
    "confirmed": ("open", "confirmed", "", ""),
    "said corrected": ("new", "", "corrected", ""),
    "confirmed, said corrected": ("open", "confirmed", "corrected", ""),
    "said corrected, found again": ("open", "", "still_wrong", ""),
    "disputed": ("open", "", "not_error", ""),
    "confirmed, disputed": ("reopened", "confirmed", "not_error", ""),
    "upheld": ("open", "confirmed", "not_error", "upheld"),
    "rejected": ("explained", "rejected", "", ""),
    "rejected, said corrected": ("explained", "rejected", "corrected", ""),
    "accepted": ("explained", "rejected", "not_error", "accepted"),
    "corrected": ("corrected", "confirmed", "corrected", ""),
    "not seen": ("not_seen", "", "", ""),
    "withdrawn": ("withdrawn", "confirmed", "", ""),
}
MOVES: dict[tuple[str, Action], Talk] = {
    ("new", "confirm"): ("new", "confirmed", "", ""),
    ("new", "reject"): ("explained", "rejected", "", ""),
    ("new", "answer_corrected"): ("new", "", "corrected", ""),
    ("new", "answer_not_error"): ("new", "", "not_error", ""),
    ("open", "confirm"): ("open", "confirmed", "", ""),
    ("open", "reject"): ("explained", "rejected", "", ""),
    ("open", "answer_corrected"): ("open", "", "corrected", ""),
    ("open", "answer_not_error"): ("open", "", "not_error", ""),
    ("reopened", "confirm"): ("reopened", "confirmed", "", ""),
    ("reopened", "reject"): ("explained", "rejected", "", ""),
    ("reopened", "answer_corrected"): ("reopened", "", "corrected", ""),
    ("reopened", "answer_not_error"): ("reopened", "", "not_error", ""),
    ("confirmed", "reject"): ("explained", "rejected", "", ""),
    ("confirmed", "answer_corrected"): ("open", "confirmed", "corrected", ""),
    ("confirmed", "answer_not_error"): ("open", "confirmed", "not_error", ""),
    ("said corrected", "confirm"): ("new", "confirmed", "corrected", ""),
    ("said corrected", "reject"): ("explained", "rejected", "corrected", ""),
    ("confirmed, said corrected", "reject"): ("explained", "rejected", "corrected", ""),
    ("said corrected, found again", "confirm"): ("open", "confirmed", "still_wrong", ""),
    ("said corrected, found again", "reject"): ("explained", "rejected", "still_wrong", ""),
    ("said corrected, found again", "answer_corrected"): ("open", "", "corrected", ""),
    ("said corrected, found again", "answer_not_error"): ("open", "", "not_error", ""),
    ("disputed", "accept"): ("explained", "rejected", "not_error", "accepted"),
    ("disputed", "uphold"): ("open", "confirmed", "not_error", "upheld"),
    ("confirmed, disputed", "accept"): ("explained", "rejected", "not_error", "accepted"),
    ("confirmed, disputed", "uphold"): ("reopened", "confirmed", "not_error", "upheld"),
    ("upheld", "reject"): ("explained", "rejected", "not_error", "upheld"),
    ("upheld", "answer_corrected"): ("open", "confirmed", "corrected", ""),
    ("upheld", "answer_not_error"): ("open", "confirmed", "not_error", ""),
    ("rejected", "confirm"): ("open", "confirmed", "", ""),
    ("rejected, said corrected", "confirm"): ("open", "confirmed", "corrected", ""),
    ("accepted", "confirm"): ("open", "confirmed", "not_error", "accepted"),
}
"""What each act makes of a finding. What is not named here is refused."""
DECISIONS: tuple[Action, ...] = ("confirm", "reject", "accept", "uphold")
ANSWERS: tuple[Action, ...] = ("answer_corrected", "answer_not_error")
MAY: dict[Role, tuple[Action, ...]] = {
    "supervisor": DECISIONS,
    "prosecutor": ANSWERS,
    "assistant": ANSWERS,
    "head": ANSWERS,
    "leader": (),
    "administrator": (),
}
FINDINGS_PAGE = ROOT / "docs" / "findings.md"


def reader_of_role(role: Role, *further: Role) -> Reader:
    return Reader(9, role, "某人", (role, *further), EVERYTHING, EVERYTHING)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    opened = open_register(f"sqlite:///{tmp_path_factory.mktemp('transitions') / 'register.db'}")
    with opened.writing() as session:
        session.execute(insert(Finding), [finding(1)])
    yield opened
    opened.close()


def put_finding(register: Register, talk: Talk) -> None:
    """Makes the finding stand so."""
    values = dict(zip(("state", "verification", "answer", "decision"), talk, strict=True))
    with register.writing() as session:
        session.execute(update(Finding).values(**values))


def standing(register: Register) -> tuple[Talk, int, int, Standing]:
    """How the finding stands, its version, and how many events there are."""
    with register.reading() as session:
        finding_row = session.scalars(select(Finding)).one()
        events = session.scalar(select(func.count()).select_from(Event)) or 0
        return (
            (finding_row.state, finding_row.verification, finding_row.answer, finding_row.decision),
            finding_row.version,
            events,
            Standing.of(finding_row),
        )


def decision(action: Action) -> Decision:
    return Decision(action, "other" if action in ("reject", "answer_not_error") else "", "情况说明")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("role", ROLES)
def test_every_role_may_do_at_every_moment_what_the_table_says_and_nothing_else(
    register: Register, role: Role, moment: str
) -> None:
    reader = reader_of_role(role)
    for action in get_args(Action):
        put_finding(register, MOMENTS[moment])
        before = standing(register)
        offered = {row.action for row in possible(reader, before[3])}
        becomes = MOVES.get((moment, action)) if action in MAY[role] else None
        assert (action in offered) == (becomes is not None), action
        if action not in MAY[role]:
            with pytest.raises(NotAllowedError):
                decide(register, reader, ["f1"], decision(action))
            assert standing(register) == before
            continue
        outcome = decide(register, reader, ["f1"], decision(action))
        if becomes is None:
            assert (outcome.done, len(outcome.skipped)) == ((), 1), action
            assert outcome.skipped[0][1].count(" / ") == 1
            assert standing(register) == before
            continue
        assert (outcome.done, outcome.skipped) == (("f1",), ()), action
        talk, version, events, _ = standing(register)
        assert (talk, version, events) == (becomes, before[1] + 1, before[2] + 1), action
        assert undo(register, reader, outcome.batch).done == ("f1",)
        assert standing(register)[0] == MOMENTS[moment]


def test_a_second_confirmation_writes_nothing_and_says_why(register: Register) -> None:
    put_finding(register, MOMENTS["open"])
    supervisor = reader_of_role("supervisor")
    decide(register, supervisor, ["f1"], Decision("confirm"))
    before = standing(register)
    again = [decide(register, supervisor, ["f1"], Decision("confirm")) for _ in range(3)]
    assert standing(register) == before
    assert {outcome.skipped for outcome in again} == {
        (("f1", "此前已有同样的核实结论 / it has been verified so already"),)
    }
    assert [row.action for row in possible(supervisor, before[3])] == ["reject"]


@pytest.mark.parametrize(
    "words", ["已不在待处理状态", "有异议待决定", "没有待决定的异议", "已经答复", "此前已有同样的核实结论"]
)
def test_a_refusal_names_its_reason(register: Register, words: str) -> None:
    moment, role, action = {
        "已不在待处理状态": ("corrected", "supervisor", "confirm"),
        "有异议待决定": ("disputed", "supervisor", "reject"),
        "没有待决定的异议": ("confirmed", "supervisor", "accept"),
        "已经答复": ("disputed", "prosecutor", "answer_corrected"),
        "此前已有同样的核实结论": ("confirmed, said corrected", "supervisor", "confirm"),
    }[words]
    put_finding(register, MOMENTS[moment])
    outcome = decide(register, reader_of_role(role), ["f1"], decision(action))  # type: ignore[arg-type]
    assert outcome.skipped[0][1].startswith(words)


def test_from_a_state_an_action_leads_one_way() -> None:
    ways = [(row.action, state) for row in TRANSITIONS for state in row.since]
    assert len(ways) == len(set(ways))
    assert {row.action for row in TRANSITIONS} == set(get_args(Action))


def test_no_key_means_two_things_to_who_has_one_right_at_a_time() -> None:
    everything = reader_of_role("supervisor", "prosecutor")
    for state, awaits, verdict in product(STATES, get_args(Awaited), get_args(Verdict)):
        rows = possible(everything, Standing(state, awaits, verdict))
        keys = [(row.act, row.key) for row in rows]
        assert len(keys) == len(set(keys))
        assert not {row.key for row in rows} & {"j", "k", "u"}, "these lead through the list and take back"


def line(row: Transition) -> tuple[str, ...]:
    """A row of the table as docs/findings.md has it."""
    since = ["stands open" if row.since == ACTIVE else " ".join(f"`{state}`" for state in row.since)]
    since.append(
        {("decision",): "disputed", ("nothing", "run"): "not disputed", ("nothing",): "no answer waits"}[row.awaits]
    )
    if row.verdict and row.decision is None and row.verdict == "confirmed" and row.since == ACTIVE:
        since.append("not yet confirmed")
    gives = [name for name, is_asked in (("reason", row.asks_reason), ("note", row.asks_note)) if is_asked]
    gives += ["a last day if wanted"] * row.may_end
    waits = {"corrected": "waits for the next run", "not_error": "waits for the supervisor"}.get(row.answer or "", "")
    becomes = [f"`{row.state}`" if row.state else "", row.verdict or "", row.decision or "", waits]
    return (
        ", ".join(since),
        ", ".join(role for role in ROLES if row.act in ACTS[role]),
        f"{text(f'work.{row.action}', 'zh').rstrip('…')} `{row.action}`",
        f"`{row.key}`",
        ", ".join(gives) or "–",
        ", ".join(filter(None, becomes)),
    )


def test_the_page_of_findings_shows_the_table() -> None:
    page = FINDINGS_PAGE.read_text(encoding="utf-8")
    table = re.findall(r"<!-- transitions -->\n(.*?)<!-- end -->", page, re.DOTALL)
    table_rows = [
        tuple(cell.strip() for cell in row.strip("|").split("|")) for row in table[0].strip().splitlines()[2:]
    ]
    assert table_rows == [line(row) for row in TRANSITIONS]


def test_every_key_the_page_names_is_one() -> None:
    page = FINDINGS_PAGE.read_text(encoding="utf-8")
    assert set(re.findall(r"`([a-z])`", page)) == {row.key for row in TRANSITIONS} | {"j", "k", "u"}
