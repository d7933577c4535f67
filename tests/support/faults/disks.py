"""A small disk of its own, and one that is nearly full."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MB = 1024 * 1024
BALLAST = "ballast"


@contextmanager
def mounted(place: Path, *options: str) -> Iterator[None]:
    """A file system in memory at `place`; skipped where this account may not mount one."""
    place.mkdir(exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", place], check=False).returncode:
        pytest.skip("this account may mount nothing")
    try:
        yield
    finally:
        subprocess.run(["umount", place], check=True)


def fill(home: Path, room: float) -> None:
    """Leaves so many megabytes free."""
    free = shutil.disk_usage(home).free
    with (home / BALLAST).open("wb") as ballast:
        os.posix_fallocate(ballast.fileno(), 0, int(free - room * MB))
