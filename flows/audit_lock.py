"""One audit at a time per home, from load to publishing: the stages open the warehouse one after another, and between two of them another
audit could put its rows in the place of ours.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from expectations.errors import InputError
from expectations.home import Home
from expectations.texts import Bilingual

if sys.platform != "win32":
    import fcntl


@contextmanager
def sole_audit(home: Home) -> Iterator[None]:
    """Holds the home's lock while the block runs; it ends with the process, however that ends. Raises InputError when it is held."""
    home.make()
    with (home.root / "audit.lock").open("w") as lock:
        if sys.platform != "win32":
            # not a file whose presence is the lock: the system lets go of this one when the process is killed
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise InputError(
                    Bilingual("另一个核查正在进行", "another audit is running"),
                    hint=Bilingual("等它结束后再运行", "run again when it has finished"),
                ) from None
        yield
