"""Which rules are on hold. Who puts them there and why is `register.trust`; what it means for a finding, `finding.hints`."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.store.tables import RuleState


def held_rules(session: Session) -> dict[str, RuleState]:
    """The rules on hold: their findings are shown as hints and count in no score."""
    states = session.scalars(select(RuleState).where(RuleState.held).order_by(RuleState.rule_id))
    return {state.rule_id: state for state in states}
