"""Ctrl+C and being told to end, at any moment: one line, the right exit code, published whole or not at all, nothing left, within seconds."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.places import SAMPLE

from expectations.home import Home
from expectations.run.published import read_whole

EXPORT = SAMPLE / "exports" / "听证.csv"
WORKBOOK = next((SAMPLE / "exports").glob("民事*.xlsx"))
SECONDS = 30
"""Far more than it takes: other tests may be at work on the machine."""
COMMANDS: dict[str, tuple[str, ...]] = {
    "audit": ("audit", "--no-prefect", "--as-of", "2026-06-30", str(WORKBOOK), str(EXPORT)),
    "audit with Prefect": ("audit", "--as-of", "2026-06-30", str(EXPORT)),
    "check": ("check", str(WORKBOOK), "-o", "marked"),
    "batch": ("batch", "--period", "2026H1", "--as-of", "2026-06-30", str(EXPORT)),
}
MOMENTS = [
    ("audit", 0.3, signal.SIGINT),
    ("audit", 6.0, signal.SIGTERM),
    ("audit with Prefect", 9.0, signal.SIGINT),
    ("check", 6.0, signal.SIGTERM),
    ("batch", 3.0, signal.SIGINT),
]
"""Commands, seconds after which they are told to end, and how: while they import and while they are at work."""
MORE_MOMENTS = [
    ("audit", 2.0, signal.SIGTERM),
    ("audit", 7.0, signal.SIGINT),
    ("audit with Prefect", 4.0, signal.SIGTERM),
    ("audit with Prefect", 13.0, signal.SIGINT),
    ("check", 1.0, signal.SIGINT),
    ("batch", 12.0, signal.SIGTERM),
]


@pytest.fixture(name="begun")
def begun_() -> Iterator[list["subprocess.Popen[str]"]]:
    """Commands that are ended with the test, whatever happens."""
    commands: list[subprocess.Popen[str]] = []
    yield commands
    for command in commands:
        command.kill()
        command.communicate()


def begin(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    """A command with a home and a folder for what it needs for the time being."""
    (folder / "temporary").mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "flows.start", *arguments],
        cwd=folder,
        env=os.environ | {"ANKA_HOME": str(folder / "home"), "TMPDIR": str(folder / "temporary")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
    )


def helpers_of(session: int) -> list[str]:
    """Processes of a session that still run."""
    listed = subprocess.run(["ps", "-eo", "sid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    lines = [line.split(None, 2) for line in listed.splitlines()]
    return [line[2] for line in lines if line[0] == str(session) and not line[1].startswith("Z")]


def require_whole_or_nothing(home: Home) -> None:
    """Nothing is published; or the signal came after the last step of that, and what is published can be read to its last byte."""
    if home.pointer.exists():
        read_whole(home.current())
        assert home.as_switched_to()


@pytest.mark.parametrize(
    ("name", "moment", "number"),
    [*MOMENTS, *(pytest.param(*moment, marks=pytest.mark.long) for moment in MORE_MOMENTS)],
)
def test_a_command_that_is_told_to_end_ends(
    tmp_path: Path, begun: list["subprocess.Popen[str]"], name: str, moment: float, number: signal.Signals
) -> None:
    command = begin(tmp_path, *COMMANDS[name])
    begun.append(command)
    time.sleep(moment)
    if command.poll() is not None:
        pytest.skip("the machine was quicker than the test")
    os.kill(command.pid, number)
    told = time.monotonic()
    _, said = command.communicate(timeout=SECONDS)
    if command.returncode == 0:
        pytest.skip("the command was at its end")
    assert command.returncode == 128 + number
    assert said.strip().splitlines() == [f"已中断 / interrupted: {number.name}"]
    assert list((tmp_path / "temporary").iterdir()) == []
    require_whole_or_nothing(Home(tmp_path / "home"))
    assert not (tmp_path / "marked").exists()
    while helpers_of(command.pid) and time.monotonic() < told + SECONDS:
        time.sleep(0.2)
    assert helpers_of(command.pid) == []


STUCK = """
import sys, time
from pathlib import Path
import flows.start as start
import flows.cli.main

def stuck():
    while True:
        try:
            print("begun", flush=True)
            time.sleep(600)
        except BaseException:  # as a library may
            pass

flows.cli.main.main = stuck
start._HELPERS_END, start._PATIENCE = 0.5, 1
start.main()
"""


def test_a_library_that_swallows_the_signal_is_not_waited_for(begun: list["subprocess.Popen[str]"]) -> None:
    command = subprocess.Popen([sys.executable, "-c", STUCK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    begun.append(command)
    assert command.stdout is not None
    assert command.stdout.readline() == "begun\n"
    command.terminate()
    _, said = command.communicate(timeout=SECONDS)
    assert (command.returncode, said) == (128 + signal.SIGTERM, "已中断 / interrupted: SIGTERM\n")


def test_a_second_signal_ends_at_once(begun: list["subprocess.Popen[str]"]) -> None:
    patient = STUCK.replace("0.5, 1", "60, 600")
    command = subprocess.Popen(
        [sys.executable, "-c", patient], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    begun.append(command)
    assert command.stdout is not None
    for _ in range(2):
        assert command.stdout.readline() == "begun\n"
        command.terminate()
    _, said = command.communicate(timeout=SECONDS)
    assert (command.returncode, said) == (128 + signal.SIGTERM, "已中断 / interrupted: SIGTERM\n")
