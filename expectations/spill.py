"""Where rows are put for the time being that do not fit into memory: a folder of this process below the home, private and deleted at
its end. What a killed process left there is deleted by the next audit.
"""

import atexit
import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from expectations.work_folders import make_locked


@dataclass(frozen=True)
class _Own:
    """The folder of this process, which is locked for as long as the process lives, and numbers for what is put there."""

    folder: Path
    lock: int
    numbers: Iterator[int] = field(default_factory=count)


_guard = threading.Lock()
_folders: dict[Path, _Own] = {}


def own_folder(spill: Path) -> Path:
    """The folder of this process in the folder `spill` of a home."""
    return _own(spill).folder


def fresh_name(spill: Path) -> Path:
    """A name in it that nobody has: two databases that spill into one folder overwrite each other's rows."""
    own = _own(spill)
    return own.folder / str(next(own.numbers))


def let_go_of_deleted() -> None:
    """Lets go of folders whose home is gone: a process that outlives many homes would hold the lock of each."""
    with _guard:
        for spill, own in list(_folders.items()):
            if not own.folder.is_dir():
                os.close(own.lock)
                del _folders[spill]


def _own(spill: Path) -> _Own:
    spill = spill.absolute()
    with _guard:
        if spill not in _folders or not _folders[spill].folder.is_dir():
            _folders[spill] = _made(spill)
        return _folders[spill]


def _made(spill: Path) -> _Own:
    while True:
        spill.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # the last process that had a folder in it has just ended
            folder, lock = make_locked(spill, f"{os.getpid()}-")
            atexit.register(_delete, folder)
            return _Own(folder, lock)


def _delete(folder: Path) -> None:
    """Deletes the folder of this process, and the one around it where it was the last."""
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.parent.rmdir()
