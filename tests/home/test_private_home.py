"""Nobody but its owner reads the home: real commands under the usual umask, every path below it looked at."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from support.audits import ARREST, write_cards
from support.places import SAMPLE
from support.site.dashboard_server import serving
from support.site.gate_site import answer_to

from expectations.catalogue.catalogues import Catalogue
from expectations.health.home_files import rights_check
from expectations.home import Home

FAR = "Pacific/Kiritimati"


def anka(home: Path, *arguments: str, umask: int = 0o022) -> subprocess.CompletedProcess[str]:
    """A command of its own, under umask 022 as most accounts have it, on a machine whose clock is another one than the office's."""
    environment = {**os.environ, "ANKA_HOME": str(home), "TZ": "UTC", "ANKA_TIME_ZONE": FAR}
    return subprocess.run(
        [sys.executable, "-m", "flows.cli.main", *arguments],
        env=environment,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )


def open_to_others(home: Path) -> list[str]:
    return [f"{path} {path.stat().st_mode:o}" for path in (home, *home.rglob("*")) if path.stat().st_mode & 0o077]


@contextmanager
def looked_at(home: Path) -> Iterator[list[str]]:
    """What was ever open to others while the block ran, looked for all the time."""
    seen, over = list[str](), threading.Event()

    def look() -> None:
        while not over.wait(0.002):  # the processor is for the command
            with suppress(OSError):  # gone while it was looked at
                seen.extend(open_to_others(home) if home.exists() else ())

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


@pytest.fixture(scope="module")
def nightly(tmp_path_factory: pytest.TempPathFactory, catalogue: Catalogue) -> Path:
    """A new home after an audit with Prefect and an account, made by commands under no umask and looked at all the time."""
    folder = tmp_path_factory.mktemp("nightly")
    export = write_cards(folder / "in", catalogue, "arrest", [{"bmsah": ARREST, "accept_date": "2026-05-04"}, {}])
    home = folder / "new" / "home"
    with looked_at(home) as seen:
        audited = anka(home, "audit", str(export), umask=0)
        assert audited.returncode == 0, audited.stderr
        added = anka(home, "user", "add", "admin", "--name", "管理员", "--role", "administrator", umask=0)
        assert added.returncode == 0, added.stderr
    assert sorted(set(seen)) == []
    return home


def test_a_new_home_is_its_owners_alone(nightly: Path) -> None:
    names = {path.name for path in nightly.rglob("*")}
    assert {"warehouse.duckdb", "register.db", "quarantine.csv", "prefect.db", "index.html"} <= names
    assert open_to_others(nightly) == []


@pytest.mark.long
@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_nothing_is_open_to_others_at_any_moment(tmp_path: Path, catalogue: Catalogue, umask: int) -> None:
    export = write_cards(tmp_path / "in", catalogue, "arrest", [{"bmsah": ARREST, "accept_date": "2026-05-04"}, {}])
    home = tmp_path / "home"
    commands = (
        ("audit", str(export), "--as-of", "2026-06-29"),
        ("user", "import", str(SAMPLE / "organisation.csv")),
        ("audit", "--no-prefect", str(export), "--as-of", "2026-06-30"),
        ("findings",),
    )
    with looked_at(home) as seen:
        for arguments in commands:
            completed = anka(home, *arguments, umask=umask)
            assert completed.returncode == 0, completed.stderr
        former = os.umask(umask)
        try:
            with serving(home, tmp_path / "log"):
                pass
        finally:
            os.umask(former)
    assert sorted(set(seen)) == []


def test_the_night_is_named_by_the_offices_day(nightly: Path) -> None:
    days = {f"{datetime.now(ZoneInfo(FAR)):%Y%m%d}", Home(nightly).current().stem.split("-")[1]}
    assert len(days) == 1


def test_an_open_home_is_closed_and_it_is_said_once(nightly: Path) -> None:
    for path in (nightly, *nightly.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    completed = anka(nightly, "user", "list")
    assert completed.returncode == 0
    (line,) = completed.stderr.strip().splitlines()
    assert str(nightly) in line
    assert "other accounts could read the home" in line
    assert open_to_others(nightly) == []
    assert anka(nightly, "user", "list").stderr == ""


def test_what_is_open_below_a_closed_home_is_closed_without_a_word(nightly: Path) -> None:
    for path in nightly.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    assert rights_check(Home(nightly)).state == "warn"
    assert anka(nightly, "user", "list").stderr == ""
    assert open_to_others(nightly) == []
    assert rights_check(Home(nightly)).state == "ok"


def test_a_dashboard_without_the_command_line_closes_it_too(nightly: Path, tmp_path: Path) -> None:
    for path in (nightly, *nightly.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with serving(nightly, tmp_path / "log"):
        assert open_to_others(nightly) == []


def test_a_dashboard_that_is_told_to_end_leaves_nothing_that_was_for_the_time_being(
    nightly: Path, tmp_path: Path
) -> None:
    with serving(nightly, tmp_path / "log") as address:
        answer_to(urlsplit(address).netloc, "GET", "/health/ready", "", {})
        assert [path.name.split("-")[0].isdigit() for path in (nightly / "spill").iterdir()] == [True]
    assert not (nightly / "spill").exists()
    assert not (nightly / "register.db-wal").exists()


def test_the_files_sqlite_puts_beside_the_register_are_closed_while_it_is_in_use(nightly: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from expectations.home import Home\n"
        "from expectations.store.register import open_register, register_url\n"
        "with open_register(register_url(Home(Path(sys.argv[1])))).reading() as session:\n"
        "    session.connection(); print(*(f'{p.name} {p.stat().st_mode & 0o777:o}' for p in Path(sys.argv[1]).glob('register.db*')))"
    )
    fresh = nightly.parent / "fresh"
    for home in (fresh, nightly):
        completed = subprocess.run(
            [sys.executable, "-c", script, str(home)], umask=0o022, capture_output=True, text=True, check=True
        )
        modes = dict(zip(*[iter(completed.stdout.split())] * 2, strict=True))
        assert modes.keys() >= {"register.db", "register.db-wal", "register.db-shm"}
        assert set(modes.values()) == {"600"}


def test_a_folder_with_other_things_in_it_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir(mode=0o755)
    (tmp_path / "published").mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    former = os.umask(0o022)
    try:
        assert Home(tmp_path).keep_private()
        assert not Home(tmp_path).keep_private()
    finally:
        os.umask(former)
    rights = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "letters", tmp_path / "published")}
    assert (rights, tmp_path.stat().st_mode & 0o777) == ({"letters": 0o755, "published": 0o700}, 0o755)
