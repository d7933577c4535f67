"""Where every command begins and ends: it listens for Ctrl+C and for being told to end before anything slow is imported, and a terminal that
can't show a sign gets it escaped.

However a command is ended, it says so in one line within seconds: what was begun is undone by the blocks it stands in. Standard library only.
"""

import atexit
import codecs
import io
import os
import select
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from expectations.texts import Bilingual

_HELPERS_END, _PATIENCE = 2, 8
"""Seconds after which the processes it has begun are told to end too, and after which it is ended as it is."""

_ENDING = (signal.SIGINT, signal.SIGTERM)


class Interrupted(BaseException):
    """The command was told to end. No Exception: nothing between here and the end of the command is to mend it."""


def main() -> None:
    """Entry point of `anka`."""
    interruption = _Interruption()
    try:
        interruption.listen()
        show_every_sign()
        from flows.cli.main import main as anka

        anka()
    except BaseException:
        # whatever a library made of it on its way here
        if interruption.number:
            _leave(interruption.say())
        raise
    finally:
        interruption.done()


class _Interruption:
    """The first signal that says that the command is to end, and how long it has for that.

    The signal raises `Interrupted` where the program is. It is also seen by a thread, because a library may have a handler of its own, lose
    what is raised in one of its callbacks, or not come back for long.
    """

    def __init__(self) -> None:
        self.number = 0
        self._raised = self._said = False

    def listen(self) -> None:
        """Begins."""
        for number in _ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                signal.signal(number, self._raise)
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        threading.Thread(target=self._watch, args=(reading,), daemon=True).start()

    def done(self) -> None:
        """From here on a signal ends the process without a word."""
        for number in _ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)

    def say(self) -> int:
        """The one line; returns the exit code."""
        if not self._said:
            self._said = True
            say_interrupted(self.number)
        return 128 + self.number

    def _raise(self, number: int, frame: FrameType | None) -> None:
        self.number = self.number or number
        if not self._raised:  # a second one must not break off what the first one has undone
            self._raised = True
            raise Interrupted

    def _watch(self, signals: int) -> None:
        while (number := os.read(signals, 1)[0]) not in _ENDING:
            pass
        self.number = self.number or number
        # or until it is told a second time
        if not select.select([signals], [], [], _HELPERS_END)[0]:
            _end_helpers(signal.SIGTERM)
            select.select([signals], [], [], _PATIENCE - _HELPERS_END)
        code = self.say()
        _end_helpers(signal.SIGKILL)
        os._exit(code)


def say_interrupted(number: int) -> None:
    """The one line of a command that was told to end."""
    line = Bilingual("已中断", "interrupted").about(signal.Signals(number).name)
    with suppress(OSError, ValueError):
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def end_by_itself() -> None:
    """From here on the command listens for signals itself, and takes the time it needs to end."""
    signal.set_wakeup_fd(-1)


def _leave(code: int) -> NoReturn:
    """Ends the process, in which all blocks have been left. Not by the interpreter: a thread may be importing a library, and what it
    imports would be taken away from under it, at which it crashes. What is left for the end of the process is done all the same.
    """
    with suppress(OSError, ValueError):
        sys.stdout.flush()
    atexit._run_exitfuncs()  # noqa: SLF001  # there is no other name for it
    os._exit(code)


def show_every_sign() -> None:
    """What the terminal has no sign for is escaped as JSON does it, so that JSON stays such."""
    codecs.register_error("anka-escaped", _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="anka-escaped")


def _escaped(error: UnicodeError) -> tuple[str | bytes, int]:
    assert isinstance(error, UnicodeEncodeError)
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2)), error.end


def _end_helpers(how: signal.Signals) -> None:
    """Ends the processes this one has begun, where the system lists them."""
    for listed in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            for child in listed.read_text().split():
                os.kill(int(child), how)


if __name__ == "__main__":
    main()
