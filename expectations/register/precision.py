"""How far a rule can be trusted: its findings that people confirmed against those they found to be no error.

Counts only verdicts on the rule as it stands: those before its last change speak of another rule. Nothing is held or
released here.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from expectations.register.readers_rows import rows_of
from expectations.register.transitions import ACTIVE
from expectations.rights.reader import Reader
from expectations.store.revision import counted_once
from expectations.store.tables import Event, Finding, Run

LEAST_VERIFIED = 5
"""Verdicts below which a precision says nothing."""
VERDICTS = {"confirm": True, "uphold": True, "reject": False, "accept": False}
"""Supervisor's decisions by whether they say that the finding is an error."""


@dataclass(frozen=True)
class Precision:
    """A rule's active findings and what people said of its findings, each finding by the last verdict on it."""

    rule_id: str
    hits: int = 0
    confirmed: int = 0
    rejected: int = 0

    @property
    def verified(self) -> int:
        """The denominator."""
        return self.confirmed + self.rejected

    def needs_tuning(self, floor: float) -> bool:
        """Whether enough findings were verified and too few of them were errors."""
        return self.verified >= LEAST_VERIFIED and self.confirmed / self.verified < floor


def precision_by_rule(session: Session, reader: Reader) -> dict[str, Precision]:
    """Every rule with active or verified findings, counted among the findings of the reader's scope."""
    hits = counted_once(session, ("hits", reader.figures), lambda: _hits(session, reader))
    verdicts = _verdicts(session, reader)
    rules = {rule_id for rule_id, _ in hits} | {rule_id for rule_id, _ in verdicts}
    numbers = dict(hits)
    return {
        rule_id: Precision(rule_id, numbers.get(rule_id, 0), verdicts[rule_id, True], verdicts[rule_id, False])
        for rule_id in sorted(rules)
    }


def _hits(session: Session, reader: Reader) -> list[tuple[str, int]]:
    query = select(Finding.rule_id, func.count()).where(Finding.state.in_(ACTIVE), rows_of(reader.figures))
    return [(rule_id, int(number)) for rule_id, number in session.execute(query.group_by(Finding.rule_id))]


def _verdicts(session: Session, reader: Reader) -> Counter[tuple[str, bool]]:
    """Findings by rule and last verdict. Decisions made together share their moment, so there are few groups."""
    last_verdicts = (
        select(func.max(Event.id).label("id"))
        .where(Event.action.in_(tuple(VERDICTS)), Event.undone.is_(False))
        .group_by(Event.finding_id)
        .subquery()
    )
    rows = session.execute(
        select(Finding.rule_id, Event.action, Event.at, func.count())
        .join(last_verdicts, last_verdicts.c.id == Event.id)
        .join(Finding, Finding.finding_id == Event.finding_id)
        .where(rows_of(reader.figures))
        .group_by(Finding.rule_id, Event.action, Event.at)
    ).all()
    changed_at = _last_change(session)
    counts: Counter[tuple[str, bool]] = Counter()
    for rule_id, action, at, number in rows:
        if at >= changed_at.get(rule_id, at):
            counts[rule_id, VERDICTS[action]] += number
    return counts


def _last_change(session: Session) -> dict[str, datetime]:
    """When the register first met each rule as it now stands; rules that never changed are left out."""
    # A rule switched off for some nights and back as it was has not changed: its fingerprint is kept meanwhile.
    rows = session.execute(select(Run.rules, Run.followed_at).order_by(Run.seq)).all()
    changed_at: dict[str, datetime] = {}
    fingerprints: dict[str, str] = {}
    for rules, at in rows:
        for rule_id, fingerprint in rules.items():
            if fingerprints.setdefault(rule_id, fingerprint) != fingerprint:
                fingerprints[rule_id], changed_at[rule_id] = fingerprint, at
    return changed_at
