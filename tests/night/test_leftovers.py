"""What killed and failed work leaves behind is gone after the next audit or command, and nothing of a living one is touched."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from support.audits import ARREST, AS_OF, write_cards
from support.commands import anka

from expectations.catalogue.catalogues import Catalogue
from expectations.home import Home, number_of
from expectations.register.belonging import home_register
from expectations.register.reading import last_run
from expectations.run.published import current_run
from flows.audit import run_audit
from flows.orders import AuditOrder

AUDIT = """
import os, signal, sys
from datetime import date
from importlib import import_module
from pathlib import Path
from flows.audit import run_audit
from flows.orders import AuditOrder
module, name, when, home, export, day = sys.argv[1:]
place = import_module(module)
for part in name.split(".")[:-1]:
    place = getattr(place, part)
name = name.split(".")[-1]
original = getattr(place, name)
def killed(*arguments, **options):
    if when == "after":
        original(*arguments, **options)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(place, name, killed)
run_audit(AuditOrder(Path(home), (Path(export),), date.fromisoformat(day), data_docs=False))
"""
POINTS = {
    "loading": ("flows.audit", "write_profile", "before"),
    "publishing": ("flows.publishing", "name_cards", "before"),
    "published, not followed": ("flows.audit", "publish", "after"),
    "followed, without its name": ("flows.audit", "follow", "after"),
    "followed, not switched": ("expectations.home", "Home.switch_to", "before"),
}
HOLD = """
import sys, time
from pathlib import Path
from expectations.work_folders import work_folder
with work_folder("test") as folder:
    (folder / "rows.parquet").write_text("case data")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Path:
    rows = [{"bmsah": ARREST, "accept_date": "2026-05-04"}, {}]
    return write_cards(tmp_path_factory.mktemp("exports") / "in", catalogue, "arrest", rows)


def audited(home: Home, export: Path, day: int = 0) -> None:
    """A good night."""
    run_audit(AuditOrder(home.root, (export,), AS_OF + timedelta(days=day), data_docs=False, keep_runs=30))


def killed_at(point: str, home: Home, export: Path, day: int) -> None:
    """An audit of another day that is killed at a point of its work."""
    as_of = (AS_OF + timedelta(days=day)).isoformat()
    command = [sys.executable, "-c", AUDIT, *POINTS[point], str(home.root), str(export), as_of]
    completed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert completed.returncode == -signal.SIGKILL, completed.stderr


def shown_run_id(home: Home) -> str:
    with current_run(home) as con:
        return str(con.execute("select run_id from runs").fetchall()[0][0])


def followed_run_id(home: Home) -> str:
    with home_register(home).reading() as session:
        run = last_run(session)
    assert run is not None
    return run.run_id


def everything(home: Home) -> set[str]:
    """What lies in the home between two audits."""
    return {path.relative_to(home.root).as_posix() for path in home.root.rglob("*") if path.is_file()}


@pytest.mark.long
def test_after_any_kill_the_next_audit_leaves_what_a_home_holds_that_was_never_killed(
    tmp_path: Path, export: Path
) -> None:
    home, untouched = Home(tmp_path / "killed"), Home(tmp_path / "untouched")
    for each in (home, untouched):
        audited(each, export)
    for day, point in enumerate(POINTS, 1):
        killed_at(point, home, export, day)
        shown_run_id(home)
        for each in (home, untouched):
            audited(each, export, day)
        assert everything(home) == everything(untouched), point
        assert shown_run_id(home) == followed_run_id(home) == shown_run_id(untouched)


@pytest.mark.long
def test_the_run_that_was_followed_is_shown_when_the_next_audit_begins(tmp_path: Path, export: Path) -> None:
    """Also where that one fails."""
    home = Home(tmp_path)
    audited(home, export)
    killed_at("followed, not switched", home, export, 1)
    assert shown_run_id(home) != followed_run_id(home)
    broken = tmp_path / "broken.csv"
    broken.write_text("谁,也,不,认识\n1,2,3,4\n", encoding="utf-8")
    anka("audit", "--no-prefect", "--as-of", (AS_OF + timedelta(days=1)).isoformat(), broken, home=tmp_path, code=2)
    assert shown_run_id(home) == followed_run_id(home)


def test_runs_are_pruned_with_what_belongs_to_them_also_without_prefect(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANKA_KEEP_RUNS", "2")
    home = Home(tmp_path)
    for day in range(3):
        audited(home, export, day)
    (tmp_path / "runs" / "letters").mkdir()
    anka("audit", "--no-prefect", "--as-of", (AS_OF + timedelta(days=3)).isoformat(), export, home=tmp_path)
    runs = {file.stem.split("-", 1)[1] for file in home.published_files()}
    assert [number_of(file) for file in home.published_files()] == [3, 4]
    assert {folder.name for folder in (tmp_path / "runs").iterdir()} == {*runs, "letters"}


@contextmanager
def holding(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", Path]]:
    """A process at work in a folder of its own below `folder`."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], env=os.environ | {"TMPDIR": str(folder)}, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        try:
            yield process, Path(process.stdout.readline().strip())
        finally:
            process.kill()


def test_a_folder_for_the_time_being_goes_with_the_next_one_if_its_process_was_killed(
    tmp_path: Path, export: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp" / "anka-work-mine").mkdir(parents=True)
    (tmp_path / "tmp" / "anka-work-link").symlink_to(tmp_path)
    commands = (["load"], ["check", "-o", tmp_path / "out"], ["audit", "--no-prefect"])
    for arguments in commands:
        with holding(tmp_path / "tmp") as (killed, of_killed), holding(tmp_path / "tmp") as (_, of_living):
            killed.kill()
            killed.wait()
            assert (of_killed / "rows.parquet").exists()
            anka(*arguments, export, home=tmp_path / "home")
            assert not of_killed.exists(), arguments
            assert (of_living / "rows.parquet").exists(), arguments
            assert {path.name for path in (tmp_path / "tmp").iterdir()} == {of_living.name, "anka-work-link"}
    assert tmp_path.exists()


def test_a_killed_load_leaves_a_private_folder_and_the_next_one_deletes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it works, as the system does when memory ends."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    big = tmp_path / "审查逮捕.csv"
    rows = "".join(f"汉东检刑捕受[2026]770101{number:06}号,S{number},张三\n" for number in range(600_000))
    big.write_text("部门受案号,嫌疑人编号,嫌疑人姓名\n" + rows, encoding="utf-8")
    command = [sys.executable, "-m", "flows.cli.main", "load", str(big)]
    with subprocess.Popen(command, env=os.environ | {"ANKA_HOME": str(tmp_path / "home")}, umask=0) as process:
        while process.poll() is None and not (left := list(tmp_path.glob("anka-work-load-*/*"))):
            pass
        process.kill()
    assert left
    (folder,) = tmp_path.glob("anka-work-*")
    assert folder.stat().st_mode & 0o077 == 0
    small = tmp_path / "审查逮捕2.csv"
    small.write_text("部门受案号,嫌疑人编号,嫌疑人姓名\n" + rows[:100].rpartition("\n")[0] + "\n", encoding="utf-8")
    anka("load", small, home=tmp_path / "home")
    assert not list(tmp_path.glob("anka-work-*"))
