"""A part of the house: a process with a name, a way to ask whether it answers, and a way to see whether it is at work. Keeping it is the
supervisor's.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

from flows.serving import guard
from flows.serving.lines import relay

_ANSWER_SECONDS = 5
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)
_ESTABLISHED = "01"
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy knows nothing of this machine


@dataclass(frozen=True)
class Part:
    """What is to be kept running."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    answers: Callable[[], bool]
    at_work: Callable[[int], bool]
    """Whether the process of that number does something that should not be broken off."""
    after: str = ""
    """The part that must answer first."""
    stop_seconds: float = 10
    hands: tuple[int, ...] = ()
    """Open files it gets."""

    def begin(self) -> "subprocess.Popen[bytes]":
        """Starts it in a process group of its own: Ctrl+C is the supervisor's to hand on, and what it starts ends with it."""
        process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.hands,
            process_group=0,
        )
        assert process.stdout is not None
        relay(self.name, process.stdout)
        return process


def answers_at(address: str) -> bool:
    """Whether a part answers its health on this machine."""
    try:
        _DIRECT.open(address, timeout=_ANSWER_SECONDS).close()
    except (OSError, HTTPException, ValueError):
        return False
    return True


def beats(reading: int) -> bool:
    """Whether anything was written to a pipe since it was asked last."""
    heard = False
    with suppress(BlockingIOError):
        while os.read(reading, 4096):
            heard = True
    return heard


def resident_bytes(pid: int) -> int:
    """How much memory a process holds now; 0 where the system does not say."""
    try:
        found = _RESIDENT.search(Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0
    return int(found[1]) * 1024 if found else 0


def has_children(pid: int) -> bool:
    """Whether a process has begun others that still run."""
    with suppress(OSError):
        return any(listed.read_text().strip() for listed in Path(f"/proc/{pid}/task").glob("*/children"))
    return False


def is_visited(port: int) -> bool:
    """Whether anybody is connected to a port of this machine."""
    with suppress(OSError):
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        return any(row[1].endswith(f":{port:04X}") and row[3] == _ESTABLISHED for row in rows)
    return False


def free_port(wanted: int) -> int:
    """The port, or any other of 127.0.0.1 where something listens on it."""
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no free port")


class Guard:
    """The process that ends the parts if this one is killed; see `guard`."""

    def __init__(self) -> None:
        self._groups: set[int] = set()
        self._process = self._begin()

    def watch(self, group: int) -> None:
        """From now on that group ends with us."""
        self._groups.add(group)
        self._say(group)

    def forget(self, group: int) -> None:
        """The group is gone; its number may be given to others."""
        self._groups.discard(group)
        self._say(-group)

    def look(self) -> None:
        """Begins it again where somebody has ended it."""
        if self._process.poll() is not None:
            self._process = self._begin()
            for group in self._groups:
                self._say(group)

    def done(self) -> None:
        """There is nothing left to guard."""
        self._process.kill()
        self._process.wait()

    def _begin(self) -> "subprocess.Popen[str]":
        # isolated and without site packages: ten megabytes instead of a hundred
        command = [sys.executable, "-I", "-S", guard.__file__]
        return subprocess.Popen(command, stdin=subprocess.PIPE, text=True, process_group=0)

    def _say(self, group: int) -> None:
        with suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.write(f"{group}\n")
            self._process.stdin.flush()


def end_group(process: "subprocess.Popen[bytes]") -> None:
    """Ends a part and all that it has begun, as it is."""
    guard.tell(process.pid, signal.SIGKILL)
    process.wait()
