"""The chain of the access log: every entry holds the hash of the one before it, and one row, the head, the last of them.

Entries are appended at the end of a transaction, when everything else of it is written: of two writers one waits for the other's commit
and for nothing else. Whether the chain is whole is asked in `people.trail.checking`.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, text
from sqlalchemy.orm import Session

from expectations.store.tables import Access, LogHead

_PENDING = "log entries"
_ONLY = 1
_REFUSED = "the access log is only added to"
_ACTS = ("update", "delete")
GUARD_ON_SQLITE = tuple(
    f"create trigger access_log_no_{act} before {act} on access_log begin select raise(abort, '{_REFUSED}'); end"
    for act in _ACTS
)
GUARD_ON_POSTGRESQL = (
    "create trigger access_log_refused before update or delete or truncate on access_log for each statement execute function access_log_refused()",
)
GUARD_FUNCTION_ON_POSTGRESQL = f"create function access_log_refused() returns trigger language plpgsql as $$ begin raise exception '{_REFUSED}'; end $$"
"""What makes the database refuse to change or delete an entry."""
_LIFT_ON_SQLITE = tuple(f"drop trigger access_log_no_{act}" for act in _ACTS)
_LIFT_ON_POSTGRESQL = ("drop trigger access_log_refused on access_log",)
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


@contextmanager
def guard_lifted(connection: Connection) -> Iterator[None]:
    """Lets entries be deleted inside, within the transaction of the caller: the database itself refuses it else."""
    on_sqlite = connection.dialect.name == "sqlite"
    for statement in _LIFT_ON_SQLITE if on_sqlite else _LIFT_ON_POSTGRESQL:
        connection.execute(text(statement))
    yield
    for statement in GUARD_ON_SQLITE if on_sqlite else GUARD_ON_POSTGRESQL:
        connection.execute(text(statement))
