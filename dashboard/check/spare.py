"""The spare process of this server: one is kept ready, so that a check need not wait until Great Expectations is imported.

What it is and does is `flows.spare`. It becomes one command and ends; then the next is started. Where none is ready a command is
started afresh, which takes longer and does the same. No Streamlit here.
"""

import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from expectations.spare_orders import BEGUN, PREPARED, READY, Command

VARIABLE = "ANKA_SPARE"
_PATIENCE = 10
"""Seconds in which a spare must begin its command: it may be at something that it does beforehand."""

_HEAD_START = 5
"""Seconds a command has the processors for itself before the next spare gets ready."""

_SETTLING = 5
"""Seconds after the server answers: whoever opens the dashboard first has the processors for the first page."""

_LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class _Spare:
    """A process at its work beforehand; `environment` is what it has read its settings from, `said` the words heard of it."""

    process: "subprocess.Popen[bytes]"
    environment: Mapping[str, str]
    said: set[str] = field(default_factory=set)

    def has_said(self, word: str, seconds: float = 0) -> bool:
        """Whether it has said this, or says it within so many seconds."""
        assert self.process.stdout is not None
        until = time.monotonic() + seconds
        while word not in self.said:
            heard = select.select([self.process.stdout], [], [], max(0, until - time.monotonic()))[0]
            line = self.process.stdout.readline() if heard else b""
            if not line:  # nothing in time, or it is gone
                return False
            self.said.add(line.strip().decode())
        return True

    def becomes(self, command: Command) -> bool:
        """Whether it has begun the command; what did not is ended."""
        assert self.process.stdin is not None
        begun = False
        with suppress(OSError):  # it is gone
            self.process.stdin.write(command.line().encode())
            begun = self.has_said(BEGUN, _PATIENCE)
        if begun:
            self._let_go()
        else:
            self.end()
        return begun

    def end(self) -> None:
        """Ends it, whatever it is at."""
        self.process.kill()
        self.process.wait()
        self._let_go()

    def _let_go(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


class SparePlace:
    """The place of one spare, empty until `keep`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spare: _Spare | None = None
        self._kept = False

    def keep(self) -> None:
        """From now on there is a spare. It ends by itself when this process does, however that ends."""
        self._kept = True
        self._fill()

    def wait_until_ready(self, seconds: float, *, prepared: bool = False) -> bool:
        """Whether within so many seconds there is a spare that can take a command; `prepared`: has nothing left to do beforehand."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self._lock:
                if self._spare is not None and self._spare.has_said(PREPARED if prepared else READY):
                    return True
            time.sleep(_LOOK_SECONDS)
        return False

    def become(self, command: Command, base: Mapping[str, str]) -> "subprocess.Popen[bytes] | None":
        """The spare as this command, if there is one, ready and started with the settings `base`, which hold now."""
        with self._lock:
            if self._spare is None or not self._spare.has_said(READY):
                return None
            spare, self._spare = self._spare, None
        if dict(spare.environment) != dict(base):
            spare.end()
            return None
        return spare.process if spare.becomes(command) else None

    def clear(self) -> None:
        """From now on there is none."""
        self._kept = False
        with self._lock:
            spare, self._spare = self._spare, None
        if spare is not None:
            spare.end()

    def fill_after(self, process: "subprocess.Popen[bytes]") -> None:
        """Sees to the next spare when the command has ended, or has had a head start."""
        if self._kept:
            threading.Thread(target=self._fill_after, args=(process,), daemon=True).start()

    def _fill_after(self, process: "subprocess.Popen[bytes]") -> None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_HEAD_START)
        self._fill()

    def _fill(self) -> None:
        with self._lock:
            if not self._kept or (self._spare is not None and self._spare.process.poll() is None):
                return
            environment = command_environment()
            process = subprocess.Popen(
                [sys.executable, "-m", "flows.spare"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=environment,
                start_new_session=True,
            )
            self._spare = _Spare(process, environment)


SPARE = SparePlace()


def command_environment() -> dict[str, str]:
    """The environment every command of this server starts from."""
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}


def keep_spare_once_served(port: int) -> None:
    """Keeps a spare from the time on at which the server answers on the port, unless the setting says no."""
    if os.environ.get(VARIABLE, "") != "0":
        threading.Thread(target=_keep_once_served, args=(port,), daemon=True).start()


def _keep_once_served(port: int) -> None:
    while not _answers(port):
        time.sleep(_LOOK_SECONDS)
    time.sleep(_SETTLING)
    SPARE.keep()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
