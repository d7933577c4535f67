"""Findings that were explained, which pages of a run leave out: few of many, and asked for whenever something was decided."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from expectations.store.tables import Finding

IS_EXPLAINED = Finding.state == bindparam("explained", "explained", literal_execute=True)
"""The condition as the index of the explained ones says it."""


def explained_findings(session: Session) -> Sequence[str]:
    """Their ids."""
    return session.scalars(select(Finding.finding_id).where(IS_EXPLAINED)).all()
