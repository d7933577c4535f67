"""The spare process: a check by it is the check of a command started afresh, and without it checks go on."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from support.places import SAMPLE

from dashboard.check import command_line, spare
from dashboard.check.command_line import Running, start
from dashboard.check.spare import SparePlace

HEARING = SAMPLE / "exports" / "听证.csv"
LONG = 180
PACK = "pack: {name: office, title: {zh: 本院}, version: '1.0', extends: base}\n"
SWITCHED_OFF = "changes: [{rule: V018, switched_off: true, reason: 另有系统提示, since: 2026-01-01}]\n"


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[SparePlace]:
    """A server's place, without a spare yet; commands are started through it."""
    own = SparePlace()
    monkeypatch.setattr(command_line, "SPARE", own)
    yield own
    own.clear()


@dataclass(frozen=True)
class Check:
    """What a check came to: its exit code, what it wrote to its outputs, and the cells of the workbook."""

    code: int
    found: object
    said: list[str]
    workbook: Sequence[tuple[object, ...]]


def begin(folder: Path, environment: Mapping[str, str] | None = None, export: Path = HEARING) -> Running:
    (folder / "own").mkdir(parents=True)
    (folder / "marked").mkdir()
    arguments = ["check", "--format", "json", "--as-of", "2026-06-30", "-o", str(folder / "marked"), str(export)]
    return start(arguments, folder, {"TMPDIR": str(folder / "own"), **(environment or {})})


def outcome(folder: Path, running: Running) -> Check:
    assert running.wait(LONG)
    text = running.output.read_text(encoding="utf-8").replace(str(folder), "FOLDER")
    cells = [
        (sheet.title, cell.coordinate, cell.value, cell.comment and cell.comment.text, cell.fill.patternType)
        for file in (folder / "marked").iterdir()
        for sheet in openpyxl.load_workbook(file)
        for row in sheet.iter_rows()
        for cell in row
    ]
    assert list((folder / "own").iterdir()) == []
    lines = running.error_output.read_text(encoding="utf-8").splitlines()
    return Check(running.process.returncode, json.loads(text) if text else None, lines, cells)


def spares_of(process: int) -> list[int]:
    """The processes a process has begun that are spares and not ended."""
    children = Path(f"/proc/{process}/task/{process}/children")
    names = children.read_text(encoding="utf-8").split() if children.exists() else []
    return [int(name) for name in names if b"flows.spare" in Path(f"/proc/{name}/cmdline").read_bytes()]


def is_gone(process: int, seconds: float) -> bool:
    """Whether a process ends in time; one that has ended may wait for whoever has to take note of it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False


def test_a_check_by_the_spare_is_the_check_of_a_fresh_command(place: SparePlace, tmp_path: Path) -> None:
    fresh = outcome(tmp_path / "fresh", begin(tmp_path / "fresh"))
    place.keep()
    assert place.wait_until_ready(LONG, prepared=True)
    (waiting,) = spares_of(os.getpid())
    running = begin(tmp_path / "warm")
    assert running.process.pid == waiting
    warm = outcome(tmp_path / "warm", running)
    assert (warm.code, warm.found, warm.workbook) == (0, fresh.found, fresh.workbook)
    assert warm.said == fresh.said
    assert fresh.found


def test_mistakes_and_bugs_are_told_alike(place: SparePlace, tmp_path: Path) -> None:
    nothing = tmp_path / "听证.csv"
    nothing.write_bytes(b"")
    fresh = outcome(tmp_path / "fresh", begin(tmp_path / "fresh", export=nothing))
    place.keep()
    assert place.wait_until_ready(LONG)
    running = begin(tmp_path / "warm", export=nothing)
    warm = outcome(tmp_path / "warm", running)
    assert (warm.code, warm.found, warm.said) == (fresh.code, fresh.found, fresh.said) == (2, None, fresh.said)
    assert "the file is empty" in str(running.mistake())


def test_one_command_leaves_the_next_nothing(place: SparePlace, tmp_path: Path) -> None:
    """Each has a process, and of the environment what it was given."""
    place.keep()
    assert place.wait_until_ready(LONG)
    first = begin(tmp_path / "first", {"ANKA_MEMORY": "viel"})
    assert outcome(tmp_path / "first", first).code == 2
    assert "no size: ANKA_MEMORY=viel" in str(first.mistake())
    place.keep()
    assert place.wait_until_ready(LONG)
    (waiting,) = spares_of(os.getpid())
    second = begin(tmp_path / "second")
    assert second.process.pid == waiting != first.process.pid
    assert outcome(tmp_path / "second", second).code == 0


def test_settings_that_have_changed_hold(place: SparePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.keep()
    assert place.wait_until_ready(LONG)
    (waiting,) = spares_of(os.getpid())
    monkeypatch.setenv("ANKA_MEMORY", "viel")
    running = begin(tmp_path / "check")
    assert running.process.pid != waiting
    assert outcome(tmp_path / "check", running).code == 2
    assert is_gone(waiting, 0.5)


def test_a_catalogue_that_has_changed_is_read_anew(
    place: SparePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when neither size nor time of a file tells."""
    office = tmp_path / "office"
    office.mkdir()
    (office / "pack.yaml").write_text(PACK, encoding="utf-8")
    changes = office / "changes.yaml"
    changes.write_text(SWITCHED_OFF.replace("V018", "V012"), encoding="utf-8")
    times = changes.stat()
    monkeypatch.setenv("ANKA_CATALOGUE", str(office))
    place.keep()
    assert place.wait_until_ready(LONG, prepared=True)
    changes.write_text(SWITCHED_OFF, encoding="utf-8")
    os.utime(changes, ns=(times.st_atime_ns, times.st_mtime_ns))
    warm = outcome(tmp_path / "warm", begin(tmp_path / "warm"))
    place.clear()
    fresh = outcome(tmp_path / "fresh", begin(tmp_path / "fresh"))
    assert warm.found == fresh.found
    assert {"V012", "V018"} & rules_that_found(warm) == {"V012"}


def rules_that_found(check: Check) -> set[str]:
    assert isinstance(check.found, list)
    return {finding["rule_id"] for finding in check.found[0]["findings"]}


def test_while_none_is_ready_a_command_is_started_afresh(place: SparePlace, tmp_path: Path) -> None:
    place.keep()
    deadline = time.monotonic() + LONG
    while not spares_of(os.getpid()) and time.monotonic() < deadline:  # begun, but not yet under its own name
        time.sleep(0.01)
    (waiting,) = spares_of(os.getpid())
    running = begin(tmp_path / "check")
    assert running.process.pid != waiting
    assert outcome(tmp_path / "check", running).code == 0
    assert place.wait_until_ready(LONG)
    assert spares_of(os.getpid()) == [waiting]


def test_a_spare_that_has_died_is_missed_by_nobody(place: SparePlace, tmp_path: Path) -> None:
    place.keep()
    assert place.wait_until_ready(LONG)
    (waiting,) = spares_of(os.getpid())
    os.kill(waiting, signal.SIGKILL)
    assert is_gone(waiting, 5)
    running = begin(tmp_path / "check")
    assert outcome(tmp_path / "check", running).code == 0
    assert place.wait_until_ready(LONG)  # the next has come by itself
    assert spares_of(os.getpid()) != [waiting]


def test_a_spare_that_does_not_answer_is_ended(
    place: SparePlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spare, "_PATIENCE", 0.5)
    place.keep()
    assert place.wait_until_ready(LONG)
    (waiting,) = spares_of(os.getpid())
    os.kill(waiting, signal.SIGSTOP)
    running = begin(tmp_path / "check")
    assert running.process.pid != waiting
    assert is_gone(waiting, 0.5)
    assert outcome(tmp_path / "check", running).code == 0


def test_a_check_by_the_spare_can_be_ended(place: SparePlace, tmp_path: Path) -> None:
    place.keep()
    assert place.wait_until_ready(LONG)
    running = begin(tmp_path / "check")
    running.kill()
    assert running.process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("seconds", [0.5, LONG])
def test_the_spare_ends_with_its_server_however_that_ends(seconds: float) -> None:
    """While it gets ready, and while it waits; it holds no file then."""
    program = (
        "import sys; from dashboard.check.spare import SPARE; SPARE.keep(); "
        f"SPARE.wait_until_ready({seconds}, prepared=True); print('kept', flush=True); sys.stdin.read()"
    )
    server = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdout.readline() == b"kept\n"
    (waiting,) = spares_of(server.pid)
    if seconds == LONG:
        opened = {str(file.readlink()) for file in Path(f"/proc/{waiting}/fd").iterdir()}
        assert not [name for name in opened if name.startswith("/") and name != os.devnull]
    server.kill()
    server.communicate()
    assert is_gone(waiting, 30)


@pytest.mark.parametrize(("setting", "number"), [("1", 1), ("0", 0)])
def test_the_server_keeps_one_unless_told_not_to(tmp_path: Path, setting: str, number: int) -> None:
    """The pages' processes of the other tests of pages keep none; this one serves nobody."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "ANKA_HOME": str(tmp_path / "home"), spare.VARIABLE: setting}
    server = subprocess.Popen(
        [sys.executable, "-m", "dashboard.asgi", str(port)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + (60 if number else 12)
        while not spares_of(server.pid) and time.monotonic() < deadline:
            time.sleep(0.5)
        assert len(spares_of(server.pid)) == number
    finally:
        server.terminate()
        server.wait(30)
