"""Setting switches as somebody: every change with its entry in the access log, all of them or none. What a switch may be stands in `store.switches`."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from expectations.people import access_log
from expectations.people.access_log import By
from expectations.store.switches import Value, checked, set_switch, switch


def change(session: Session, entered: Mapping[str, Value], by: By) -> tuple[str, ...]:
    """Sets what differs from what stands, with the caller's transaction; the names of what was changed. Raises InputError."""
    kept = {name: checked(name, value) for name, value in entered.items()}
    changed = []
    for name, value in kept.items():
        present = switch(session, name)
        if present != value:
            set_switch(session, name, value)
            access_log.note(session, *by, "switch", name, f"{present} → {value}")
            changed.append(name)
    return tuple(changed)
