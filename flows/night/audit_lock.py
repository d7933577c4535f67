"""One audit at a time per home, from load to publishing: the stages open the warehouse one after another, and between two of them another
audit could put its rows in the place of ours.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from expectations.errors import InputError
from expectations.home import Home
from expectations.texts import Bilingual

if sys.platform != "win32":
    import fcntl

_ASK_AGAIN = 1


@contextmanager
def sole_audit(home: Home, patience: float = 0) -> Iterator[None]:
    """Holds the home's lock while the block runs; it ends with the process, however that ends. Raises InputError when it is held, for so many
    seconds."""
    home.make()
    with (home.root / "audit.lock").open("w") as lock:
        if sys.platform != "win32":
            # not a file whose presence is the lock: the system lets go of this one when the process is killed
            end = time.monotonic() + patience
            while not _taken(lock):
                if time.monotonic() < end:
                    time.sleep(_ASK_AGAIN)
                    continue
                raise InputError(
                    Bilingual("另一个核查正在进行", "another audit is running"),
                    hint=Bilingual("等它结束后再运行", "run again when it has finished"),
                )
        yield


def _taken(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
