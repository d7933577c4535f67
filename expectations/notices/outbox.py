"""The messages written, for whoever looks after them. Writing and sending is the flows'."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from expectations.rights.reader import Reader
from expectations.store.tables import Message


def outbox(session: Session, reader: Reader, limit: int = 200) -> list[Message]:
    """The latest messages, the last first. Raises NotAllowedError."""
    reader.require("notify")
    return list(session.scalars(select(Message).order_by(Message.id.desc()).limit(limit)))
