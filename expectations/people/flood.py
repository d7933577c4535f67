"""How much of the same may happen in a while before it is only counted: attempts that are refused, by whom. In memory, bounded.

Whether something is allowed is decided elsewhere; here is only how often it is worth an entry.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from expectations.store.register import now

_MOST_KEYS = 10_000
_EVERYBODY = ""


@dataclass
class _Window:
    """What happened since it began, and how much of it was left out."""

    began: datetime
    admitted: int = 0
    left_out: int = 0


@dataclass
class Flood:
    """`each`: how many of one key are admitted `within` a time; `all_together`: of all keys of a place."""

    each: int
    all_together: int
    within: timedelta
    clock: Callable[[], datetime] = now
    _windows: OrderedDict[tuple[str, str], _Window] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def admit(self, place: str, key: str) -> tuple[bool, int]:
        """Whether it is worth an entry, and how many of this key were left out since the last one that was."""
        with self._lock:
            moment = self.clock()
            own, everybody = self._window((place, key), moment), self._window((place, _EVERYBODY), moment)
            if own.admitted >= self.each or everybody.admitted >= self.all_together:
                own.left_out += 1
                return False, 0
            own.admitted += 1
            everybody.admitted += 1
            left_out, own.left_out = own.left_out, 0
            return True, left_out

    def _window(self, key: tuple[str, str], moment: datetime) -> _Window:
        """Of a key, begun anew when it is over; what was left out in it is kept until it is said."""
        window = self._windows.pop(key, None)
        if (
            window is None or not window.began <= moment <= window.began + self.within
        ):  # also when the clock was put back
            window = _Window(moment, left_out=window.left_out if window else 0)
        self._windows[key] = window
        while len(self._windows) > _MOST_KEYS:
            self._windows.popitem(last=False)
        return window
