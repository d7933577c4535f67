"""Attempts at the nightly audit: each is written down before it begins, so that one that failed, was killed or never came is seen.

A re-check is none: it says what became of it on the page that asked for it, and must not hide that the nights stand still.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from expectations.people import access_log
from expectations.store.register import Register, now
from expectations.store.switches import switch
from expectations.store.tables import Attempt, Run
from expectations.texts import Bilingual, same

Outcome = Literal["published", "incomplete", "failed", "killed"]
RUNNING = "running"
KILLED: Outcome = "killed"

_GOOD = ("published", "incomplete")
_KILLED_ENOUGH = 2
"""A night that was killed is made up for once: what kills it again would do so for ever."""
_NEWS = timedelta(days=7)
"""What went wrong earlier than this is no news: whoever switches messages on late is not told of all that ever was."""
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Standing:
    """How the nightly audit stands: when it last published (UTC), how old that may be, and its last attempt."""

    good_at: datetime | None
    limit_hours: int
    last: Attempt | None

    @property
    def good_hours(self) -> int:
        """Whole hours since it last published; 0 if it never did, or by a clock that was put back since."""
        return max(0, (now() - self.good_at) // _HOUR) if self.good_at else 0

    @property
    def last_hours(self) -> int:
        """Whole hours since the last attempt began; 0 by a clock that was put back since."""
        return max(0, (now() - self.last.started_at) // _HOUR) if self.last else 0

    @property
    def stale(self) -> bool:
        """Whether the last published run is older than the office allows. Before the first run nothing is.

        One that lies as far in the time to come was made by a wrong clock, and must not silence this until then.
        """
        return self.good_at is not None and abs(now() - self.good_at) > self.limit_hours * _HOUR

    @property
    def ahead(self) -> bool:
        """Whether the last published run lies in the time to come: then it is the clock that must be looked at."""
        return self.good_at is not None and self.good_at > now()

    @property
    def why_stale(self) -> Bilingual:
        """What is said of nights that are stale."""
        if self.ahead:
            return Bilingual(
                "最近一次成功的夜间核查的时间晚于本机时钟，请检查时钟",
                "the last nightly audit that published is later than the clock of this machine: check the clock",
            )
        return Bilingual(
            f"最近一次成功的夜间核查在 {self.good_hours} 小时前，应不超过 {self.limit_hours} 小时",
            f"the last nightly audit that published is {self.good_hours} hours old, limit {self.limit_hours}",
        )

    @property
    def failed(self) -> bool:
        """Whether the last attempt published nothing."""
        return self.last is not None and self.last.outcome in ("failed", KILLED)


def standing(session: Session) -> Standing:
    """How the nightly audit stands now; the runs followed count where no attempt has published yet."""
    good = session.scalar(select(func.max(Attempt.ended_at)).where(Attempt.outcome.in_(_GOOD)))
    if good is None:
        good = session.scalar(select(func.max(Run.followed_at)))
    last = session.scalars(select(Attempt).order_by(Attempt.id.desc()).limit(1)).first()
    return Standing(good, int(switch(session, "stale_hours")), last)


def done_since(session: Session, moment: datetime) -> bool:
    """Whether a nightly audit began at that moment or later, so that the night of that moment is not owed any more: one that came to an
    end, a bad one too, or two that were killed."""
    outcomes = session.scalars(select(Attempt.outcome).where(Attempt.started_at >= moment)).all()
    return any(outcome != KILLED for outcome in outcomes) or len(outcomes) >= _KILLED_ENOUGH


def tried_before(session: Session, moment: datetime) -> bool:
    """Whether there were nights before that moment; a home that is new owes none."""
    attempt = session.scalars(select(Attempt.id).where(Attempt.started_at < moment).limit(1)).first()
    return (
        attempt is not None
        or session.scalars(select(Run.seq).where(Run.followed_at < moment).limit(1)).first() is not None
    )


def last_complete(session: Session) -> datetime | None:
    """When a night last published a run that is complete; the runs followed count where no attempt has published yet."""
    if session.scalar(select(Attempt.id).where(Attempt.outcome.in_(_GOOD)).limit(1)) is None:
        return session.scalar(select(func.max(Run.followed_at)).where(Run.complete))
    return session.scalar(select(func.max(Attempt.ended_at)).where(Attempt.outcome == "published"))


def troubled(session: Session) -> Sequence[Attempt]:
    """The attempts of the last days that published nothing, or a run that is not complete."""
    bad = Attempt.outcome.in_(("failed", KILLED, "incomplete"))
    return session.scalars(select(Attempt).where(bad, Attempt.ended_at > now() - _NEWS).order_by(Attempt.id)).all()


def without_run(session: Session, limit: int) -> Sequence[Attempt]:
    """The last attempts that published nothing, the latest first."""
    bad = Attempt.outcome.in_(("failed", KILLED))
    return session.scalars(select(Attempt).where(bad).order_by(Attempt.id.desc()).limit(limit)).all()


def begin(register: Register) -> int:
    """Writes an attempt down and returns its number. Whoever begins holds the home's lock: what still seems to run was killed."""
    with register.writing() as session:
        _bury(session)
        attempt = Attempt(started_at=now(), ended_at=None, outcome=RUNNING, reason="")
        session.add(attempt)
        session.flush()
        access_log.note(session, *access_log.BY_MACHINE, "night", str(attempt.id), RUNNING)
        return attempt.id


def end(register: Register, number: int | None, outcome: Outcome, reason: str = "") -> None:
    """Writes down how an attempt ended; without a number, of one that could not begin."""
    with register.writing() as session:
        attempt = session.get(Attempt, number) if number else None
        if attempt is None:
            attempt = Attempt(started_at=now())
            session.add(attempt)
        why = same(reason)
        attempt.ended_at, attempt.outcome, attempt.reason, attempt.reason_en = now(), outcome, why.zh, why.en
        session.flush()
        access_log.note(session, *access_log.BY_MACHINE, "night", str(attempt.id), outcome)


def bury(register: Register) -> None:
    """Marks what still seems to run as killed; only for whoever holds the home's lock."""
    with register.writing() as session:
        _bury(session)


def _bury(session: Session) -> None:
    for number in session.scalars(select(Attempt.id).where(Attempt.outcome == RUNNING)).all():
        session.execute(update(Attempt).where(Attempt.id == number).values(outcome=KILLED, ended_at=now()))
        access_log.note(session, *access_log.BY_MACHINE, "night", str(number), KILLED)


def seem_to_run(session: Session) -> bool:
    """Whether an attempt has no end."""
    return session.scalars(select(Attempt.id).where(Attempt.outcome == RUNNING).limit(1)).first() is not None
