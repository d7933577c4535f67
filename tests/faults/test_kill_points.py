"""Whatever is killed, at whichever of its durable acts: the run shown is whole, the register is whole, nothing answered is lost, and the
next night is that of a home that was never killed.

The points are counted, not timed: `support.faults.counted` says what counts.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from support.faults.counted import spread
from support.faults.forge import Forge, forge
from support.faults.place import ACTS

FEW: Mapping[str, int] = {
    "audit": 2,
    "decide": 2,
    "notice": 2,
    "settings": 1,
    "holds": 1,
    "people": 1,
    "go back": 1,
    "back up": 1,
    "restore": 1,
}
MANY: Mapping[str, int] = {
    "audit": 80, "decide": 24, "notice": 24, "settings": 11, "holds": 14, "people": 12, "go back": 5, "packs": 24, "migrate": 20,
    "back up": 12, "restore": 12,
}  # fmt: skip
"""Points of each act."""
REPEATED = ("packs", "restore")
"""What puts right by itself, when it is done again, what a kill left of it."""


@pytest.fixture(scope="module")
def forged() -> Iterator[Forge]:
    with forge() as process:
        yield process


@pytest.fixture(scope="module")
def made(forged: Forge, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults") / "made"
    assert forged.order("make", folder).error == ""
    return folder


@pytest.mark.parametrize("act", FEW)
def test_a_kill_loses_nothing(forged: Forge, made: Path, tmp_path: Path, act: str) -> None:
    killed(forged, made, tmp_path, act, FEW[act], nights=act == "audit")


@pytest.mark.long
@pytest.mark.parametrize("act", MANY)
def test_a_kill_anywhere_loses_nothing(forged: Forge, made: Path, tmp_path: Path, act: str) -> None:
    killed(forged, made, tmp_path, act, MANY[act], nights=True)


def killed(forged: Forge, made: Path, folder: Path, act: str, wanted: int, *, nights: bool) -> None:
    """Kills `act` at so many points, each in a copy of the place; with `nights` the night after each is compared too."""
    untouched = folder / "untouched"
    shutil.copytree(made, untouched)
    whole = forged.order("act", untouched, act)
    assert whole.error == ""
    assert not forged.order("problems", untouched, act, said=whole.said).result
    expected: Mapping[str, Any] = forged.order("night", untouched).result if nights else {}
    acts: Sequence[str] = whole.result
    for point in spread(len(acts), wanted):
        place, where = folder / "killed", f"{act} {point}/{len(acts)} before {acts[point - 1]}"
        shutil.copytree(made, place)
        ended = forged.order("act", place, act, until=point)
        assert (ended.killed, ended.error) == (True, ""), where
        assert ended.said == whole.said[: len(ended.said)], where
        found = forged.order("problems", place, act, said=ended.said)
        assert (found.error, found.result) == ("", []), where
        if nights:
            again = forged.order("again", place, act) if act in REPEATED else None
            assert again is None or again.error == "", where
            healed = forged.order("night", place)
            assert healed.error == "", where
            assert comparable(healed.result, act) == comparable(expected, act), where
        shutil.rmtree(place)


def comparable(states: Mapping[str, Any], act: str) -> Mapping[str, Any]:
    """Of an act of people, which may have been done or not, everything but what it changes; nor what a night keeps to be quicker."""
    if act == "audit":
        return states
    files = [name for name in states["files"] if name != "backups.json" and not name.endswith(".lines")]
    return {"files": files, **{name: states[name] for name in ("shown", "listed", "chain")}}


def test_every_act_is_killed() -> None:
    assert set(MANY) == set(ACTS) >= set(FEW)
    assert sum(MANY.values()) >= 200
