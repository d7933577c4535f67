"""Homes in odd, forbidden and impossible places: the command runs, or says in one line what is wrong."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.commands import anka
from support.places import SAMPLE

EXPORT = SAMPLE / "exports" / "听证.csv"
AUDIT = ("audit", "--no-prefect", "--as-of", "2026-06-30", EXPORT)
NOBODY = 65534


@pytest.mark.parametrize(
    "name", ["甲'乙 \"#[1]*", *(pytest.param(name, marks=pytest.mark.long) for name in ("a b#c", "[1]*"))]
)
def test_an_odd_home_works_and_nothing_lies_beside_it(tmp_path: Path, name: str) -> None:
    home = tmp_path / "homes" / name
    anka(*AUDIT, home=home)
    assert "听证" in anka("findings", "--format", "csv", home=home).stdout
    assert [entry.name for entry in (tmp_path / "homes").iterdir()] == [name]


def one_line(*arguments: str | Path, home: Path) -> str:
    """What a command says that can't work there."""
    line, hint = anka(*arguments, home=home, code=2).stderr.strip().splitlines()
    assert hint.startswith("hint: ")
    return line


@pytest.mark.parametrize("name", ["a?b", "50%"])
def test_a_home_that_a_database_would_take_for_another_is_refused(tmp_path: Path, name: str) -> None:
    assert "can't hold ? or %" in one_line(*AUDIT, home=tmp_path / "homes" / name)
    assert not (tmp_path / "homes").exists()


def test_a_home_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert "not a folder" in one_line(*AUDIT, home=file)
    assert "the home can't be used" in one_line(*AUDIT, home=file / "below")
    assert "the home can't be used" in one_line(*AUDIT, home=tmp_path / ("x" * 300))
    assert "the home can't be used" in one_line("findings", home=tmp_path / ("x" * 300))


def test_a_home_or_a_target_that_is_not_permitted_is_one_line(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become somebody else")
    if shutil.which("setpriv") is None:
        pytest.skip("no setpriv")
    tmp_path.chmod(0o755)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    os.chown(closed, NOBODY, NOBODY)
    for place in (closed, closed / "home", Path("/root/home")):
        said = subprocess.run(
            [
                *(
                    "setpriv",
                    f"--reuid={NOBODY}",
                    f"--regid={NOBODY}",
                    "--clear-groups",
                    sys.executable,
                    "-m",
                    "flows.start",
                ),
                *("audit", "--no-prefect", "--home", str(place), str(EXPORT)),
            ],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if "No module named" in said.stderr or "Permission denied" in said.stderr.splitlines()[0]:
            pytest.skip("the program itself can't be read by others")
        assert said.returncode == 2, said.stderr
        assert "the home can't be used" in said.stderr
        assert "Traceback" not in said.stderr


def test_a_working_folder_that_is_gone_is_one_line(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    command = f'rmdir "{gone}"; exec "{sys.executable}" -m flows.start findings'
    said = subprocess.run(
        ["/bin/sh", "-c", command],
        cwd=gone,
        env={name: value for name, value in os.environ.items() if name != "ANKA_HOME"} | {"PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, "the working directory is gone" in said.stderr) == (2, True), said.stderr


def test_a_target_that_is_a_folder_is_one_line(tmp_path: Path) -> None:
    home = tmp_path / "home"
    anka(*AUDIT, home=home)
    (tmp_path / "list.csv").mkdir()
    assert "the system refuses" in one_line("findings", "-o", tmp_path / "list.csv", home=home)
