"""The chain of the access log: every entry holds the hash of the one before it, and one row, the head, the last of them.

Entries are appended at the end of a transaction, when everything else of it is written: of two writers one waits for the other's commit
and for nothing else. Whether the chain is whole is asked in `people.trail.checking`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from expectations.store.tables import Access, LogHead

_PENDING = "log entries"
_ONLY = 1
_SHORT = 16
"""Signs of a hash as papers show it: nobody finds another entry that begins with the same 64 bits."""


@dataclass(frozen=True)
class Head:
    """The last entry of the log and its hash, which nobody can know before it was written; 0 and blank of an empty log."""

    entry: int = 0
    hash: str = ""

    def __str__(self) -> str:
        """As papers show it: the number of the entry and the beginning of its hash."""
        return f"{self.entry}-{self.hash[:_SHORT]}" if self.entry else "0"


def entry_hash(
    previous: str, number: int, at: datetime, user_id: int | None, login: str, action: str, subject: str, detail: str
) -> str:
    """The hash of an entry: of all it says, of its number, and of the hash before it."""
    said = [previous, number, at.isoformat(), user_id, login, action, subject, detail]
    return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode("ascii")).hexdigest()


def append(session: Session, entry: Access) -> None:
    """Lets an entry be written with the caller's transaction; it has its place in the chain when that ends."""
    session.info.setdefault(_PENDING, []).append(entry)


def seal(session: Session) -> None:
    """Writes what was appended behind the head. Called last before a transaction is committed: the head is locked from here on."""
    entries: Sequence[Access] = session.info.pop(_PENDING, ())
    if not entries or not session.in_transaction():  # what was rolled back has no entries either
        return
    session.flush()
    head = session.get_one(LogHead, _ONLY, with_for_update=True, populate_existing=True)
    rows = []
    for entry in entries:
        said = (entry.at, entry.user_id, entry.login, entry.action, entry.subject, entry.detail)
        number, previous = head.entry + 1, head.hash
        head.entry, head.hash = number, entry_hash(previous, number, *said)
        names = ("at", "user_id", "login", "action", "subject", "detail")
        rows.append({"id": number, **dict(zip(names, said, strict=True)), "previous": previous, "hash": head.hash})
    session.execute(insert(Access), rows)


def log_head(session: Session) -> Head:
    """The head now; that of an empty log where somebody took it away."""
    row = session.execute(select(LogHead.entry, LogHead.hash).where(LogHead.id == _ONLY)).first()
    return Head(*row) if row else Head()
