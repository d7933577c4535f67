"""Who has to wait after wrong passwords: each login at each address for itself, longer with every failure. In memory, bounded.

So nobody locks somebody else out: whoever guesses waits at their own address. What a login nobody has answers is no different, since only
what was typed is asked. Guesses from ever other addresses are counted by login too, see `accounts`.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from expectations.store.register import now

TRIES = 5
"""Failures in a row after which there is a wait."""
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=15)
_FORGOTTEN = timedelta(hours=24)
_MOST = 50_000


def wait_after(failures: int, tries: int) -> timedelta:
    """How long to wait after so many failures in a row: not at all before `tries`, then from a minute on twice as long each time."""
    over = failures - tries
    return timedelta(0) if over < 0 else min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT)


@dataclass
class _Failures:
    count: int
    last: datetime


@dataclass
class Guesses:
    """Failures by key: a login at an address, or whatever else is guessed at."""

    clock: Callable[[], datetime] = now
    tries: int = TRIES
    _failures: OrderedDict[tuple[str, str], _Failures] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, key: tuple[str, str]) -> datetime | None:
        """Until when the next attempt has to wait; None lets it be made, and counts it as a failure until `forget` says otherwise,
        so that many made at once are not more than one after another."""
        with self._lock:
            moment = self.clock()
            failures = self._failures.pop(key, None)
            if failures is None or moment - failures.last > _FORGOTTEN:
                failures = _Failures(0, moment)
            self._failures[key] = failures
            while len(self._failures) > _MOST:
                self._failures.popitem(last=False)
            failures.last = min(failures.last, moment)  # of a clock that was put back nobody waits longer
            until = failures.last + wait_after(failures.count, self.tries)
            if until > moment:
                return until
            failures.count += 1
            failures.last = moment
            return None

    def waits_until(self, key: tuple[str, str]) -> datetime | None:
        """Until when the next attempt has to wait, if it has to."""
        with self._lock:
            failures, moment = self._failures.get(key), self.clock()
            until = min(failures.last, moment) + wait_after(failures.count, self.tries) if failures else moment
        return until if until > moment else None

    def forget(self, key: tuple[str, str]) -> None:
        """After a right password."""
        with self._lock:
            self._failures.pop(key, None)

    def forget_login(self, login: str) -> None:
        """At every address: an administrator says so."""
        with self._lock:
            for key in [key for key in self._failures if key[0] == login]:
                del self._failures[key]
