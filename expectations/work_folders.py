"""Folders for the time being: private, locked for as long as their process lives, deleted at its end. What a killed process left is
deleted by the next one that begins with such a folder, so that no case data stays behind.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

_PREFIX = "anka-work-"


@contextmanager
def work_folder(purpose: str) -> Iterator[Path]:
    """A folder of the block among the machine's temporary files; `purpose` is a part of its name."""
    delete_work_folders()
    with locked_folder(Path(tempfile.gettempdir()), f"{_PREFIX}{purpose}-") as folder:
        yield folder


@contextmanager
def locked_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A folder of the block in `parent`, with a name that begins with `prefix`."""
    folder, lock = make_locked(parent, prefix)
    delete = partial(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(delete)  # where a thread stands in the block when the process ends
    try:
        yield folder
    finally:
        delete()
        atexit.unregister(delete)
        os.close(lock)


def make_locked(parent: Path, prefix: str) -> tuple[Path, int]:
    """A new folder and the handle that locks it; the system lets go of the lock, however the process ends."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with suppress(FileNotFoundError):
            lock = os.open(folder, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_SH)
            if folder.exists():  # else somebody took it for a leftover before it was locked
                return folder, lock
            os.close(lock)


def delete_work_folders() -> None:
    """Deletes what killed processes of this account left among the machine's temporary files."""
    delete_leftovers(Path(tempfile.gettempdir()), f"{_PREFIX}*")


def delete_leftovers(parent: Path, pattern: str, rescue: Callable[[Path], None] = lambda _: None) -> None:
    """Deletes the folders of processes that are gone, each after `rescue` has taken out what is to stay. What can't be deleted stays."""
    for folder in parent.glob(pattern):
        # not by the number of the process: that may be another's by now, or of another container
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(handle).st_uid == os.geteuid():
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    rescue(folder)
                    shutil.rmtree(folder)
            finally:
                os.close(handle)
