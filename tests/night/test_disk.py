"""A full or read-only disk: a line and a hint, the last run and the register as they were, and everything well once there is room."""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.audits import ARREST, write_cards
from support.faults.disks import MB, fill, mounted

from expectations.catalogue.catalogues import Catalogue
from expectations.home import Home


def anka(
    home: Path, *arguments: str | Path, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "flows.cli.main", *map(str, arguments)],
        env=os.environ | {"ANKA_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        preexec_fn=before,
    )


def refused(completed: subprocess.CompletedProcess[str]) -> str:
    """The line of a command that was refused in one line and a hint."""
    assert completed.returncode == 2, completed.stderr
    assert "Traceback" not in completed.stderr
    line, hint = completed.stderr.strip().splitlines()[-2:]
    assert hint.startswith("hint:")
    return line


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Path:
    rows = [{"bmsah": ARREST, "accept_date": "2026-05-04"}, {}]
    return write_cards(tmp_path_factory.mktemp("exports") / "in", catalogue, "arrest", rows)


def audit(export: Path, day: str, *more: str) -> tuple[str | Path, ...]:
    return ("audit", *(more or ("--no-prefect",)), "--as-of", day, export)


def findings(home: Path) -> list[object]:
    listed = anka(home, "findings", "--format", "json")
    assert listed.returncode == 0, listed.stderr
    return list(json.loads(listed.stdout))


def files_of(home: Path) -> set[str]:
    parts = (path.relative_to(home) for path in home.rglob("*") if path.is_file())
    return {part.as_posix() for part in parts if part.parts[0] not in ("prefect", "register.db-wal", "register.db-shm")}


@pytest.mark.parametrize("room", [1, *(pytest.param(room, marks=pytest.mark.long) for room in (0.2, 3, 6))])
def test_a_full_disk_is_one_line_and_once_there_is_room_the_next_night_is_whole(
    tmp_path: Path, export: Path, room: float
) -> None:
    home = tmp_path / "home"
    with mounted(home, "size=400m", "mode=700"):
        assert anka(home, *audit(export, "2026-06-28")).returncode == 0
        before = findings(home)
        fill(home, room)
        said = refused(anka(home, *audit(export, "2026-06-29")))
        assert "No space left on device" in said
        (home / "ballast").unlink()
        assert findings(home) == before
        assert anka(home, *audit(export, "2026-06-29")).returncode == 0
        assert len(Home(home).published_files()) == len(Home(home).run_folders()) == 2
        assert not [name for name in files_of(home) if "unfinished" in name or "loaded" in name]


@pytest.mark.long
def test_a_full_disk_is_one_line_with_prefect_too(tmp_path: Path, export: Path) -> None:
    home = tmp_path / "home"
    with mounted(home, "size=400m", "mode=700"):
        assert anka(home, *audit(export, "2026-06-28")).returncode == 0
        before = findings(home)
        fill(home, 4)
        refused(anka(home, *audit(export, "2026-06-29", "--prefect")))
        (home / "ballast").unlink()
        assert findings(home) == before


@pytest.mark.parametrize("largest", [pytest.param(largest, marks=pytest.mark.long) for largest in (0, MB // 2, 2 * MB)])
def test_a_limit_on_files_is_one_line(tmp_path: Path, export: Path, largest: int) -> None:
    """A quota of the account, which needs no mounting to be tried."""
    home = tmp_path / "home"
    assert anka(home, *audit(export, "2026-06-28")).returncode == 0
    before = findings(home)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    refused(anka(home, *audit(export, "2026-06-29"), before=limit))
    assert findings(home) == before


def test_a_read_only_home_is_one_line(tmp_path: Path, export: Path) -> None:
    home = tmp_path / "home"
    with mounted(home, "size=400m", "mode=700"):
        assert anka(home, *audit(export, "2026-06-28")).returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", home], check=True)
        before = files_of(home)
        for arguments in (
            audit(export, "2026-06-29"),
            audit(export, "2026-06-29", "--prefect"),
            ("batch", "--period", "2026H1"),
            ("user", "list"),
            ("findings",),
            ("due",),
            ("notify",),
            ("dashboard", "--no-open"),
            ("go-back",),
        ):
            completed = anka(home, *arguments)
            assert "Traceback" not in completed.stderr, arguments
            assert completed.returncode in (0, 2), arguments
            if completed.returncode:
                refused(completed)
        assert files_of(home) == before
