"""What people may do with a finding, as one table: by whom, from which standing, with which key, what must be given, what it becomes.

Pages offer what is `possible`, a decision that is tried is refused by the same rows, and docs/findings.md shows them. Runs move the
rest (`follow`).
"""

from dataclasses import dataclass
from typing import Literal, Self, get_args

from expectations.rights.acts import Act
from expectations.rights.reader import Reader
from expectations.store.tables import Finding
from expectations.texts import NO_TEXT, Bilingual

State = Literal["new", "open", "reopened", "explained", "corrected", "not_seen", "withdrawn"]
STATES: tuple[State, ...] = get_args(State)
ACTIVE: tuple[State, ...] = ("new", "open", "reopened")
"""Standing open: somebody has to do something."""

Action = Literal["confirm", "reject", "accept", "uphold", "answer_corrected", "answer_not_error"]
Awaited = Literal["nothing", "run", "decision"]
"""What an answer waits for: one that says corrected for the next run, one that disputes for the supervisor."""
Verdict = Literal["", "confirmed", "rejected"]


@dataclass(frozen=True)
class Standing:
    """Where a finding stands, as far as it bears on what may be done: by default open, not verified, without an answer."""

    state: str = "open"
    awaits: Awaited = "nothing"
    verdict: str = ""

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """That of a finding."""
        return cls(finding.state, awaited(finding), finding.verification)


def awaited(finding: Finding) -> Awaited:
    """What the answer to a finding waits for; nothing once a dispute is decided or a run found the finding again."""
    if finding.decision:
        return "nothing"
    return "decision" if finding.answer == "not_error" else "run" if finding.answer == "corrected" else "nothing"


@dataclass(frozen=True)
class Transition:
    """A row of the table. `state`, `verdict`, `answer` and `decision` are what the finding then has; None leaves it as it was."""

    action: Action
    act: Act
    """The right it takes."""
    key: str
    """On the keyboard, where a finding is at hand; a person is offered the rows of one right at a time."""
    since: tuple[State, ...]
    awaits: tuple[Awaited, ...]
    state: State | None = None
    verdict: Verdict | None = None
    answer: str | None = None
    decision: str | None = None
    asks_reason: bool = False
    asks_note: bool = False
    may_end: bool = False
    """Whether a last day may be given."""

    @property
    def asks(self) -> bool:
        """Whether something must be given."""
        return self.asks_reason or self.asks_note

    @property
    def denies(self) -> bool:
        """Whether it says that there is no error."""
        return self.verdict == "rejected"


TRANSITIONS: tuple[Transition, ...] = (
    Transition("confirm", "decide", "y", ACTIVE, ("nothing", "run"), verdict="confirmed"),
    # A supervisor may think better of it, before the term of the explanation ends it.
    Transition("confirm", "decide", "y", ("explained",), ("nothing", "run"), state="open", verdict="confirmed"),
    Transition(
        "reject",
        "decide",
        "x",
        ACTIVE,
        ("nothing", "run"),
        state="explained",
        verdict="rejected",
        asks_reason=True,
        asks_note=True,
        may_end=True,
    ),
    Transition(
        "accept", "decide", "a", ACTIVE, ("decision",), state="explained", verdict="rejected", decision="accepted"
    ),
    Transition("uphold", "decide", "w", ACTIVE, ("decision",), verdict="confirmed", decision="upheld", asks_note=True),
    Transition("answer_corrected", "answer", "y", ACTIVE, ("nothing",), answer="corrected", decision=""),
    Transition(
        "answer_not_error",
        "answer",
        "x",
        ACTIVE,
        ("nothing",),
        answer="not_error",
        decision="",
        asks_reason=True,
        asks_note=True,
    ),
)
RIGHTS: dict[str, Act] = {row.action: row.act for row in TRANSITIONS}
"""The right that each action takes."""


def possible(reader: Reader, standing: Standing) -> tuple[Transition, ...]:
    """What the reader may do with a finding that stands so, in the order of the table."""
    return tuple(row for row in TRANSITIONS if reader.may(row.act) and transition(row.action, standing) is row)


def transition(action: Action, standing: Standing) -> Transition | Bilingual:
    """The row by which an action moves a finding that stands so; why there is none."""
    row = next((row for row in TRANSITIONS if row.action == action and standing.state in row.since), None)
    if row is None:
        return Bilingual("已不在待处理状态", "it no longer stands open")
    return _obstacle(row, standing) or row


def _obstacle(row: Transition, standing: Standing) -> Bilingual:
    if standing.awaits not in row.awaits:
        if row.act == "answer":
            return Bilingual("已经答复，等待处理", "already answered")
        if standing.awaits == "decision":
            return Bilingual("有异议待决定，请采纳或维持", "a dispute waits: accept it or uphold the finding")
        return Bilingual("没有待决定的异议", "there is no dispute to decide")
    if row.decision is None and row.verdict is not None and row.verdict == standing.verdict:
        return Bilingual("此前已有同样的核实结论", "it has been verified so already")
    return NO_TEXT
