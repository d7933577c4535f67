"""`anka` as a page runs it: a process of its own, how far it is and why it failed as it says itself (`--progress json`). No Streamlit
here.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dashboard.check.spare import SPARE, command_environment
from expectations.errors import AnkaError, mistake_from_json
from expectations.spare_orders import Command
from expectations.texts import Bilingual


@dataclass(frozen=True)
class Step:
    """A stage of the work and how far it is."""

    words: Bilingual
    done: int
    total: int

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        return min(self.done / max(self.total, 1), 1.0)


_BROKEN = (Bilingual("程序出错，未能完成", "the program failed"), Bilingual("请联系维护人员", "please report this"))


class CommandFailedError(AnkaError):
    """The command ended with an error; what it said of it."""


@dataclass(frozen=True)
class Running:
    """A command at work. It has a process group of its own, so that its helpers end with it."""

    process: subprocess.Popen[bytes]
    output: Path
    error_output: Path

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
        steps: dict[str, Step] = {}
        for line in self._lines():
            with suppress(ValueError, TypeError, KeyError):  # another line, or one half written
                step = json.loads(line)
                steps[step["stage"]] = Step(Bilingual(step["zh"], step["en"]), step["done"], step["total"])
        return tuple(steps.values())

    def mistake(self) -> CommandFailedError:
        """Why it failed, as it said itself. A bug says nothing a user could read: its traceback stays where it is."""
        mistake = next((mistake for line in self._lines() if (mistake := mistake_from_json(line))), None)
        return CommandFailedError(*(mistake or _BROKEN))

    def _lines(self) -> list[str]:
        return self.error_output.read_text(encoding="utf-8", errors="replace").splitlines()


def start(arguments: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Running:
    """Starts a long command of `anka`; what it writes goes to files in `folder`. The server's spare process becomes it, if there is one."""
    base = command_environment()
    command = Command(
        (*arguments, "--progress", "json"), {**base, **environment}, folder / "out.txt", folder / "said.txt"
    )
    process = SPARE.become(command, base) or _afresh(command)
    SPARE.fill_after(process)
    return Running(process, command.output, command.error_output)


def _afresh(command: Command) -> "subprocess.Popen[bytes]":
    with command.output.open("wb") as standard, command.error_output.open("wb") as error:
        return subprocess.Popen(
            [sys.executable, "-m", "flows.start", *command.arguments],
            stdin=subprocess.DEVNULL,
            stdout=standard,
            stderr=error,
            env=command.environment,
            start_new_session=True,
        )
