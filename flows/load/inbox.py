"""Which folder the nightly audit reads: the environment says it, else the office on the page 管理."""

from pathlib import Path

from expectations.store.register import Register
from expectations.store.switches import switch
from flows.settings import Settings


def inbox_of(settings: Settings, register: Register) -> Path:
    """What `ANKA_INBOX` names, else the switch `inbox`, else `inbox` in the working directory."""
    if "inbox" in settings.model_fields_set:
        return settings.inbox
    with register.reading() as session:
        named = str(switch(session, "inbox"))
    return Path(named) if named else settings.inbox
