"""The command line `anka` as a process of its own, for what the dashboard may not do itself: audits and checks.

How far it is, and what it said when it failed, are read from what it writes on standard error. No Streamlit here.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from expectations.errors import MISTAKES_AS_JSON, AnkaError, mistake_from_json
from expectations.texts import Bilingual

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_MOVES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STEP = re.compile(r"^\W*\s*(?P<stage>\S.*?)\s+[━╸╺ ]+\s*(?P<done>\d+)/(?P<total>\d+)\s")
_TAIL = 16_384
_SHOWS_PROGRESS = {"FORCE_COLOR": "1", "COLUMNS": "120", "PYTHONUTF8": "1", MISTAKES_AS_JSON: "1"}
"""Lets the command draw its progress bars although nobody sits at a terminal, and say mistakes in both languages."""


@dataclass(frozen=True)
class Step:
    """A stage of the work and how far it is."""

    stage: str
    done: int
    total: int


_BROKEN = (Bilingual("程序出错，未能完成", "the program failed"), Bilingual("请联系维护人员", "please report this"))


class CommandFailedError(AnkaError):
    """The command ended with an error; what it said of it."""


@dataclass(frozen=True)
class Running:
    """A command at work. It has a process group of its own, so that its helpers end with it."""

    process: subprocess.Popen[bytes]
    out: Path
    said: Path

    @property
    def ended(self) -> bool:
        """Whether it has."""
        return self.process.poll() is not None

    def wait(self, seconds: float) -> bool:
        """Waits so long at most; whether it has ended."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.ended

    def kill(self) -> None:
        """Ends it and its helpers at once, if it is still there."""
        if not self.ended:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def steps(self) -> tuple[Step, ...]:
        """The stages it has come to, each as last heard of."""
        found: dict[str, Step] = {}
        for line in self._lines():
            if match := _STEP.match(line):
                found.pop(match["stage"], None)
                found[match["stage"]] = Step(match["stage"], int(match["done"]), int(match["total"]))
        return tuple(found.values())

    def mistake(self) -> CommandFailedError:
        """Why it failed, as it said itself. A bug says nothing a user could read: its traceback stays where it is."""
        lines = self._lines()
        told = next((told for line in reversed(lines) if (told := mistake_from_json(line))), None)
        return CommandFailedError(*(told or _BROKEN))

    def _lines(self) -> list[str]:
        with self.said.open("rb") as stream:
            stream.seek(0, os.SEEK_END)
            stream.seek(max(stream.tell() - _TAIL, 0))
            text = stream.read().decode("utf-8", errors="replace")
        plain = _MOVES.sub("\r", _COLOURS.sub("", text))
        return [line for piece in re.split(r"[\r\n]+", plain) if (line := piece.strip())]


def start(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Running:
    """Starts `anka` with the arguments; what it writes goes to files in `folder`."""
    out, said = folder / "out.txt", folder / "said.txt"
    with out.open("wb") as standard, said.open("wb") as error:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.cli.main", *arguments], stdin=subprocess.DEVNULL, stdout=standard, stderr=error,
            env={**os.environ, **_SHOWS_PROGRESS, **environment}, start_new_session=True,
        )  # fmt: skip
    return Running(process, out, said)
