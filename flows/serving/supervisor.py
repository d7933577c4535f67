"""Keeps the parts of the house: starts them in order, restarts one that died, that does not answer for long or that has grown too large, and
ends them in order, work before records.
"""

import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from types import FrameType

from expectations.texts import Bilingual
from flows.serving.lines import LOG
from flows.serving.parts import Guard, Part, end_group, resident_bytes


@dataclass(frozen=True)
class Patience:
    """Seconds between two looks and two questions; after which one that does not answer is restarted; after which one that lives is well; and
    the longest delay of a restart."""

    look: float = 0.5
    ask: float = 5
    silent: float = 180
    well: float = 600
    longest_delay: float = 60


class _Kept:
    """A part and its process."""

    def __init__(self, part: Part, patience: Patience, guard: Guard) -> None:
        self.part, self._patience, self._guard = part, patience, guard
        self.process: subprocess.Popen[bytes] | None = None
        self.is_ready = False
        self._deaths, self._begin_at = 0, 0.0
        self._begun = self._answered = self._asked = 0.0
        self._is_large = False

    def look(self, may_begin: bool, most_bytes: int) -> None:
        """One look: begins it, notices that it died, asks it, weighs it."""
        now = time.monotonic()
        if self.process is None:
            if may_begin and now >= self._begin_at:
                self._begin(now)
        elif (code := self.process.poll()) is not None:
            self._restart(f"已结束（{code}）", f"ended ({code})")
        elif now - self._asked >= self._patience.ask:
            self._asked = now
            self._ask(now)
            self._weigh(most_bytes)

    def tell_to_end(self) -> None:
        """Asks it to end in its own way."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def end(self) -> None:
        """Waits until it has, and ends what is left of it."""
        if self.process is None:
            return
        try:
            self.process.wait(self.part.stop_seconds)
        except subprocess.TimeoutExpired:
            LOG.warning(
                "%s: %s", self.part.name, Bilingual("没有按时结束，强行结束", "did not end in time and was ended")
            )
        self.kill()

    def kill(self) -> None:
        """Ends it and all that it has begun, as they are."""
        if self.process is not None:
            end_group(self.process)
            self._guard.forget(self.process.pid)
            self.process, self.is_ready = None, False

    def _begin(self, now: float) -> None:
        self.process = self.part.begin()
        self._guard.watch(self.process.pid)
        self._begun = self._answered = now
        self._is_large = False

    def _ask(self, now: float) -> None:
        if self.part.answers():
            self._answered = now
            if not self.is_ready:
                self.is_ready = True
                LOG.info("%s: %s", self.part.name, Bilingual("已就绪", "is ready"))
        elif now - self._answered > self._patience.silent:
            self._restart("长时间没有应答", "has not answered for long")

    def _weigh(self, most_bytes: int) -> None:
        if self.process is None or not most_bytes or (held := resident_bytes(self.process.pid)) <= most_bytes:
            return
        size = f"{held // 10**6} MB"
        if not self._is_large:
            self._is_large = True
            LOG.warning(
                "%s: %s",
                self.part.name,
                Bilingual("内存超限，空闲时重启", "holds more memory than it may, restarts when idle").about(size),
            )
        if not self.part.at_work(self.process.pid):
            self.tell_to_end()
            self.end()
            self._restart(f"内存超限（{size}）", f"held too much memory ({size})")

    def _restart(self, why: str, why_en: str) -> None:
        self.kill()
        now = time.monotonic()
        self._deaths = 0 if now - self._begun > self._patience.well else self._deaths + 1
        delay = min(2.0 ** max(self._deaths - 1, 0), self._patience.longest_delay)
        self._begin_at = now + delay
        LOG.warning(
            "%s: %s",
            self.part.name,
            Bilingual(f"{why}，{delay:g} 秒后重启", f"{why_en}, starts again in {delay:g} s"),
        )


class Supervisor:
    """Keeps parts until it is told to end."""

    def __init__(self, parts: Sequence[Part], most_bytes: int = 0, patience: Patience | None = None) -> None:
        self._guard = Guard()
        self._patience = patience or Patience()
        self._kept = [_Kept(part, self._patience, self._guard) for part in parts]
        self._most_bytes = most_bytes
        self._told: list[int] = []

    def run(self) -> int:
        """Keeps them; returns the number of the signal that ended it."""
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as nohup has it
                signal.signal(number, self._tell)
        try:
            while not self._told:
                self._guard.look()
                ready = {kept.part.name for kept in self._kept if kept.is_ready}
                for kept in self._kept:
                    kept.look(not kept.part.after or kept.part.after in ready, self._most_bytes)
                time.sleep(self._patience.look)
            LOG.info("anka: %s", Bilingual("正在结束", "ending").about(signal.Signals(self._told[0]).name))
            self._end()
        finally:
            for kept in self._kept:
                kept.kill()
            self._guard.done()
        return self._told[0]

    def _tell(self, number: int, frame: FrameType | None) -> None:
        self._told.append(number)
        if len(self._told) > 1:  # told twice: it is not waited for any more
            for kept in self._kept:
                if kept.process is not None:
                    kept.process.kill()

    def _end(self) -> None:
        """What is at work first, since it needs the others to say what became of it; the rest together."""
        working = [kept for kept in self._kept if kept.part.after]
        others = [kept for kept in self._kept if not kept.part.after]
        for together in (working, others):
            for kept in together:
                kept.tell_to_end()
            for kept in together:
                kept.end()
