"""The disk is full at fifty places of a night: one line, the run and the register as they were, and once there is room the night of a home
that never had too little. The command's exit code, Prefect, quotas and a read-only disk stand in tests/night/test_disk.py.
"""

import shutil
from pathlib import Path

import pytest
from support.faults.disks import BALLAST, fill, mounted
from support.faults.forge import forge

pytestmark = pytest.mark.long

PLACES, STEP = 50, 0.2
"""Megabytes that are left free grow by so much from place to place."""


def test_wherever_the_disk_is_full_nothing_is_lost_and_the_next_night_is_whole(tmp_path: Path) -> None:
    with forge() as forged:
        assert forged.order("make", tmp_path / "made").error == ""
        shutil.copytree(tmp_path / "made", tmp_path / "untouched")
        expected = forged.order("night", tmp_path / "untouched").result
        outcomes = []
        for number in range(PLACES):
            room = STEP * (number + 0.5)
            place = tmp_path / f"place{number}"
            shutil.copytree(tmp_path / "made", place, ignore=shutil.ignore_patterns("home"))
            with mounted(place / "home", "size=200m", "mode=700"):
                shutil.copytree(tmp_path / "made" / "home", place / "home", dirs_exist_ok=True)
                fill(place / "home", room)
                ended = forged.order("act", place, "audit")
                assert ended.error == "" or "No space left on device" in ended.error, (room, ended.error)
                found = forged.order("problems", place, "audit", said=ended.said)
                assert (found.error, found.result) == ("", []), (room, ended.error)
                (place / "home" / BALLAST).unlink()
                healed = forged.order("night", place)
                assert (healed.error, healed.result) == ("", expected), (room, ended.error)
            outcomes.append(bool(ended.error))
        print(f"full at {sum(outcomes)} of {PLACES} places")  # noqa: T201
        assert sum(outcomes) > PLACES // 2
