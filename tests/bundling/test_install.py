"""A bundle as an office gets it: the same bytes every time, refused where it does not fit, and installed where there is no network."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from support.commands import anka
from support.network.alone import alone, namespace
from support.places import SAMPLE

from flows.bundling.archive import SUMS, pack, sha256_of, write_sums
from flows.bundling.bundle import write_printed
from flows.bundling.wheels import PYTHON
from flows.serving.units import program_beside

OF_A_BUNDLE = {"PATH": f"/usr/bin:/bin:{Path(sys.executable).resolve().parent}"}
"""Nothing of the environment the tests run in; Debian's own Python first, where it is the one that is wanted."""


@pytest.fixture
def unpacked(tmp_path: Path) -> Path:
    """What an installer looks at before it installs."""
    folder = tmp_path / "anka"
    (folder / "wheels").mkdir(parents=True)
    (folder / "requirements.txt").write_text("", encoding="utf-8")
    write_printed(folder, "7.8.9")
    write_sums(folder)
    return folder


def install(unpacked: Path, *arguments: str | Path, code: int = 2) -> str:
    """What the installer says when it is refused."""
    completed = subprocess.run(
        ["sh", unpacked / "install.sh", *arguments],
        cwd=unpacked.parent,
        env=OF_A_BUNDLE,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == code, completed.stdout + completed.stderr
    return completed.stderr


def test_the_same_files_give_the_same_archive(tmp_path: Path, unpacked: Path) -> None:
    pack(unpacked, tmp_path / "one.tar")
    for path in (*unpacked.rglob("*"), unpacked):
        os.utime(path, (1, 1))
        path.chmod(path.stat().st_mode & 0o700)
    pack(unpacked, tmp_path / "two.tar")
    assert sha256_of(tmp_path / "one.tar") == sha256_of(tmp_path / "two.tar")
    with tarfile.open(tmp_path / "two.tar") as archive:
        modes = {member.name: member.mode for member in archive}
    assert modes["anka"] == modes["anka/install.sh"] == 0o755
    assert modes[f"anka/{SUMS}"] == 0o644
    assert [path.name for path in tmp_path.iterdir() if path.suffix != ".tar"] == ["anka"]


def test_a_damaged_file_is_named(unpacked: Path, tmp_path: Path) -> None:
    (unpacked / "requirements.txt").write_text("evil\n", encoding="utf-8")
    assert "damaged: requirements.txt: FAILED" in install(unpacked, tmp_path / "7.8.9")
    (unpacked / "requirements.txt").unlink()
    assert "requirements.txt" in install(unpacked, tmp_path / "7.8.9")
    assert not (tmp_path / "7.8.9").exists()


def test_nothing_is_overwritten(unpacked: Path, tmp_path: Path) -> None:
    whole = tmp_path / "7.8.9" / "share" / "anka" / SUMS
    assert "rm -r" not in install(unpacked, _written(whole).parents[2])
    assert "nothing is overwritten" in install(unpacked, tmp_path / "7.8.9/")
    broken_off = _written(tmp_path / "7.8.8" / "pyvenv.cfg")
    assert "hint: " in (said := install(unpacked, broken_off.parent))
    assert f"rm -r '{broken_off.parent}'" in said
    assert broken_off.exists()
    assert not (tmp_path / "current").is_symlink()


def _written(file: Path) -> Path:
    file.parent.mkdir(parents=True)
    file.write_text("", encoding="utf-8")
    return file


def test_another_python_is_refused_and_the_wanted_one_named(unpacked: Path, tmp_path: Path) -> None:
    write_printed(unpacked, "7.8.9", python="3.99")
    assert "Python 3.99 is needed\nhint: PYTHON=/path/to/python3.99 sh install.sh" in install(unpacked, tmp_path / "x")


@pytest.mark.parametrize("arguments", [("a", "b"), ("current",), ("/",)])
def test_what_is_no_folder_of_a_version_is_refused(unpacked: Path, arguments: tuple[str, ...]) -> None:
    assert "usage" in install(unpacked, *arguments)


def test_an_installation_that_fails_leaves_nothing_behind(unpacked: Path, tmp_path: Path) -> None:
    assert "not installed" in install(unpacked, tmp_path / "opt" / "7.8.9")
    assert list((tmp_path / "opt").iterdir()) == []


def test_units_go_over_to_the_next_version_with_the_link(tmp_path: Path) -> None:
    for version in "12":
        _written(tmp_path / version / "bin" / "anka")
    python = tmp_path / "1" / "bin" / "python"
    assert program_beside(python) == tmp_path / "1" / "bin" / "anka"
    (tmp_path / "current").symlink_to("1")
    assert program_beside(python) == tmp_path / "current" / "bin" / "anka"
    (tmp_path / "current").unlink()
    (tmp_path / "current").symlink_to("2")
    assert program_beside(python) == tmp_path / "1" / "bin" / "anka"


def test_without_an_index_one_line_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    completed = anka("bundle", "-o", tmp_path / "x.tar", home=tmp_path, code=2)
    assert "the bundle could not be made: pip: ERROR: No matching distribution found for aiosqlite" in completed.stderr
    assert "PIP_INDEX_URL names a mirror" in completed.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole one, as it is made for an office."""
    folder = tmp_path_factory.mktemp("bundle")
    said = anka("bundle", "-o", folder / "one.tar", home=folder).stdout
    assert said.startswith(f"{sha256_of(folder / 'one.tar')}  ")
    anka("bundle", "-o", folder / "two.tar", home=folder)
    assert sha256_of(folder / "one.tar") == sha256_of(folder / "two.tar")
    (folder / "two.tar").unlink()
    with tarfile.open(folder / "one.tar") as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


@pytest.mark.long
@pytest.mark.skipif(not namespace(), reason="this machine has no strace, or allows no network namespace")
def test_a_bundle_is_installed_and_used_without_a_network(bundle: Path, tmp_path: Path) -> None:
    assert bundle.name.endswith(f"-py{PYTHON}")
    bill = (bundle / "sbom.cdx.json").read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_5).validate_str(bill) is None
    assert len(json.loads(bill)["components"]) == len(list((bundle / "wheels").iterdir())) - 1
    env = OF_A_BUNDLE | {"HOME": str(tmp_path), "ANKA_HOME": str(tmp_path / "home"), "LANG": "C.UTF-8"}

    def run(*command: str | Path) -> str:
        completed, attempts = alone(*command, env=env, folder=tmp_path)
        assert completed.returncode == 0, completed.stdout + completed.stderr
        assert attempts == [], command
        return completed.stdout

    first, second, current = tmp_path / "opt" / "1", tmp_path / "opt" / "2", tmp_path / "opt" / "current"
    said = run("sh", bundle / "install.sh", first)
    assert "241 条规则" in said
    assert "第 3 批" not in said, "what the catalogue lacks is nothing to whoever installs it"
    for said in (run("sh", bundle / "install.sh", second), install(bundle, second)):
        assert "ln -sfn '1'" in said or "nothing is overwritten" in said
    assert current.readlink() == Path("2")
    program = current / "bin" / "anka"
    assert "第一检察部" in run(program, "demo", "--no-serve")
    assert "核查" in run(program, "check", SAMPLE / "exports" / "听证.csv", "-o", "marked.xlsx")
    assert run(program, "batch", "--period", "2026H1").strip().endswith(".xlsx")
    run(program, "notify", "--dry-run")
    run(program, "backup", tmp_path / "backups")
    run(program, "log", "verify")
    visit = (
        "from flows.bench.pages.visiting import *; print(*run_pages(Path(sys.argv[1]), 1, (0, 0), 60).seconds, sep='|')"
    )
    pages = run(current / "bin" / "python", "-c", visit, tmp_path / "home").split("|")
    assert {"first page", "findings", "case by a link"} <= set(pages)
    run(program, "serve", "--write-units", tmp_path / "units")
    assert f"ExecStart={program} serve" in (tmp_path / "units" / "anka.service").read_text(encoding="utf-8")
    (tmp_path / "inbox").mkdir()
    house, attempts = alone(
        "timeout", "--preserve-status", "90", program, "serve",
        env=env | {"ANKA_INBOX": str(tmp_path / "inbox")}, folder=tmp_path,
    )  # fmt: skip
    assert house.returncode == 143, house.stdout + house.stderr
    assert house.stdout.count("is ready") == 3
    assert attempts == []
