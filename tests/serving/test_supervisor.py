"""The supervisor over real processes: what dies, does not answer or grows is restarted; nothing outlives it, however it ends."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

WAIT = 60
"""Seconds a step may take on a machine that is busy with other tests."""


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not holds():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@dataclass
class Toys:
    process: "subprocess.Popen[bytes]"
    folder: Path

    def said(self) -> str:
        return (self.folder / "said").read_text(encoding="utf-8")

    def numbers(self, name: str) -> tuple[int, int]:
        """The process of a toy and its child."""
        until((self.folder / name).exists)
        own, child = (self.folder / name).read_text().split()
        return int(own), int(child)


@pytest.fixture(name="begin")
def begin_(tmp_path: Path) -> Iterator[Callable[..., Toys]]:
    """Begins a supervisor of toys with these names; it ends with the test."""
    begun = []

    def begin(*names: str) -> Toys:
        with (tmp_path / "said").open("w") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "support.house.toys", str(tmp_path), *names],
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
                stdout=said,
                stderr=subprocess.STDOUT,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
        begun.append(process)
        return Toys(process, tmp_path)

    yield begin
    for process in begun:
        process.kill()
        process.wait()


def test_what_dies_is_restarted_with_a_growing_delay_and_said(begin: Callable[..., Toys]) -> None:
    toys = begin("dying")
    until(lambda: toys.said().count("dying: 已结束") >= 3)
    delays = re.findall(r"ended \(7\), starts again in (\S+) s", toys.said())
    assert delays[:3] == ["1", "2", "2"], "up to the longest"
    line = next(line for line in toys.said().splitlines() if "ended" in line)
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+08:00 WARNING dying: 已结束（7）", line)
    assert "ValueError" in toys.said()
    assert "示例嫌疑人" not in toys.said()


def test_what_does_not_answer_for_long_is_restarted_and_the_others_stay(begin: Callable[..., Toys]) -> None:
    toys = begin("mute", "steady")
    steady, (mute, child) = toys.numbers("steady"), toys.numbers("mute")
    until(lambda: "has not answered for long" in toys.said())
    until(lambda: toys.numbers("mute")[0] != mute)
    assert not lives(child), "what it had begun is gone too"
    assert toys.numbers("steady") == steady
    assert "steady: 已就绪 / is ready" in toys.said()


def test_what_grows_too_large_is_restarted_when_it_is_idle(begin: Callable[..., Toys], tmp_path: Path) -> None:
    (tmp_path / "at_work").touch()
    toys = begin("large")
    first = toys.numbers("large")[0]
    until(lambda: "holds more memory than it may" in toys.said())
    time.sleep(0.5)
    assert lives(first)
    (tmp_path / "at_work").unlink()
    until(lambda: toys.numbers("large")[0] != first)
    assert re.search(r"held too much memory \(\d+ MB\), starts again in", toys.said())


def test_a_part_waits_for_the_one_it_needs_and_ends_before_it(begin: Callable[..., Toys], tmp_path: Path) -> None:
    toys = begin("late", "steady")
    pids = [*toys.numbers("late"), *toys.numbers("steady")]
    assert toys.said().index("steady: 已就绪") >= 0
    toys.process.terminate()
    assert toys.process.wait(WAIT) == 128 + signal.SIGTERM
    assert (tmp_path / "ended").read_text().split() == ["late", "steady"]
    until(lambda: not any(map(lives, pids)))


def test_a_part_that_will_not_end_is_ended(begin: Callable[..., Toys]) -> None:
    toys = begin("stubborn")
    pids = toys.numbers("stubborn")
    toys.process.send_signal(signal.SIGINT)
    assert toys.process.wait(WAIT) == 128 + signal.SIGINT
    assert "did not end in time" in toys.said()
    until(lambda: not any(map(lives, pids)))


def test_nothing_outlives_a_supervisor_that_is_killed(begin: Callable[..., Toys]) -> None:
    toys = begin("steady", "stubborn")
    pids = [*toys.numbers("steady"), *toys.numbers("stubborn")]
    toys.process.kill()
    until(lambda: not any(map(lives, pids)))


def test_the_guard_itself_is_replaced_when_somebody_ends_it(begin: Callable[..., Toys]) -> None:
    toys = begin("steady")
    pids = toys.numbers("steady")
    (guard,) = guards(toys.process.pid)
    os.kill(guard, signal.SIGKILL)
    until(lambda: guards(toys.process.pid) not in ([], [guard]))
    toys.process.kill()
    until(lambda: not any(map(lives, pids)))


def guards(supervisor: int) -> list[int]:
    """The guards a supervisor has."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    return [
        int(pid) for pid in children if b"guard.py" in Path(f"/proc/{pid}/cmdline").read_bytes() and lives(int(pid))
    ]
