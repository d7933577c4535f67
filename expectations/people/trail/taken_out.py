"""The entry of the access log which says that the earlier ones were taken out, into which archive, and from which hash the chain goes on."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.store.tables import Access

TAKEN_OUT = "log_taken_out"
_SAID = re.compile(r"last=(\d+) hash=([0-9a-f]{64}) sha256=([0-9a-f]{64})\b")


@dataclass(frozen=True)
class TakenOut:
    """The last entry that was taken out, its hash, and the SHA-256 of the archive it is in."""

    last: int
    hash: str
    sha256: str

    def as_text(self) -> str:
        """As the entry says it."""
        return f"last={self.last} hash={self.hash} sha256={self.sha256}"


def taken_out(session: Session) -> TakenOut | None:
    """What was taken out last, if anything was."""
    newest = select(Access.detail).where(Access.action == TAKEN_OUT).order_by(Access.id.desc()).limit(1)
    detail = session.execute(newest).scalar()
    said = _SAID.match(detail or "")
    return TakenOut(int(said[1]), said[2], said[3]) if said else None
