"""The nightly audit as an attempt: under the home's lock, with its beginning and its end in the register, whatever the end."""

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from traceback import extract_tb

from expectations.errors import AnkaError, InputError
from expectations.home import Home
from expectations.refused_by_machine import refused_by_machine
from expectations.register import attempts
from expectations.register.problems import problems_in_words
from expectations.store.register import Register, now
from expectations.texts import Bilingual
from flows.night.audit_lock import sole_audit
from flows.orders import AuditResult

_PATIENCE = 2 * 3600
"""Seconds a scheduled night waits for another audit, which may be a re-check or one begun by hand."""
_EARLY_SECONDS = 60
"""A scheduler begins a run a little before it is due. More than this is no haste but a clock that was put back."""


class NotOwed(Exception):
    """The night is done: another audit began when it was due or later."""


class ProgramError(Exception):
    """An error of the program, by its kind and its place alone: its own text may hold values of cards."""

    def __init__(self, error: BaseException) -> None:
        self.kind = type(error).__name__
        places = [f"{Path(frame.filename).name}:{frame.lineno}" for frame in extract_tb(error.__traceback__)]
        super().__init__(f"{self.kind}: {' > '.join(places)}")


def attempted(
    home: Home, register: Register, audit: Callable[[], AuditResult], since: datetime | None = None
) -> AuditResult:
    """Calls `audit` under the home's lock and writes down what it came to. Raises what it raises.

    A scheduled night was due at `since`: it waits for that moment and for an audit at work, and raises NotOwed when that has done
    the night's work.
    """
    number = None
    if since:
        _wait_until_due(since)
    try:
        with sole_audit(home, _PATIENCE if since else 0):
            if since:
                _require_owed(register, since)
            number = attempts.begin(register)
            result = audit()
    except NotOwed:
        raise
    except Exception as error:
        attempts.end(register, number, "failed", _reason(error))
        raise
    except BaseException:  # told to end
        attempts.end(register, number, attempts.KILLED)
        raise
    why = problems_in_words(result.problems)
    attempts.end(register, number, "incomplete" if why else "published", why)
    return result


def _wait_until_due(since: datetime) -> None:
    """What began before it was due would be taken for another audit, and the night for one that was missed."""
    for _ in range(_EARLY_SECONDS):
        early = (since - now()).total_seconds()  # of Prefect, a moment of a kind of its own
        if not 0 < early <= _EARLY_SECONDS:
            return
        time.sleep(min(early, 1))


def _require_owed(register: Register, since: datetime) -> None:
    attempts.bury(register)  # we hold the lock
    with register.reading() as session:
        if attempts.done_since(session, since):
            raise NotOwed


def notice_killed(home: Home, register: Register) -> None:
    """Marks attempts whose process is gone: they seem to run, and nobody holds the home's lock."""
    with register.reading() as session:
        if not attempts.seem_to_run(session):
            return  # an audit about to begin must not find the lock taken
    with suppress(InputError), sole_audit(home):
        attempts.bury(register)


def _reason(error: Exception) -> str:
    """The first line of what a user can mend; of anything else only its kind, since its text may hold values of cards."""
    if isinstance(error, ProgramError):
        return error.kind
    mistake = error if isinstance(error, AnkaError) else refused_by_machine(error)
    if mistake is None:
        return type(error).__name__
    return Bilingual(mistake.message.zh.splitlines()[0], mistake.message.en.splitlines()[0])
