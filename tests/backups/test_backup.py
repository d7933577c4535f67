"""A back-up holds what was committed before it began, whatever goes on meanwhile, and comes back whole into another home, on SQLite and PostgreSQL."""

import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from support.commands import anka
from support.homes.backed_up import FINDINGS, FIRST, PASSPHRASE, Office, decided_in, make_office, sums_of
from support.register_cases import empty_database, postgresql

from expectations.backups import last_backup
from expectations.backups.archive import opened
from expectations.backups.making import BackupOrder, make_backup
from expectations.backups.restoring import RestoreOrder, check, require_free, restore
from expectations.errors import InputError
from expectations.home import Home
from expectations.office_days import office_clock
from expectations.people.trail.checking import check as check_log
from expectations.register.belonging import home_register
from expectations.store.register import open_register
from expectations.store.switches import set_switch, switch
from expectations.store.tables import Access, Run, SignIn
from flows.backups.passphrases import given_passphrase
from flows.settings import Settings

__all__ = ["postgresql"]

ENDED = {"sign_ins", "access_log", "log_head", "settings", "runs"}
"""Tables a restoration changes: nobody is signed in, messages are off, it is written down, dropped exports lie elsewhere."""
KILLED_AT = (pytest.param(0, marks=pytest.mark.long), pytest.param(60_000, marks=pytest.mark.long), 330_000)
"""Bytes of one file after which the process is gone: at the first, in the copy of the register, in the back-up itself."""
BACK_UP = """
import signal, sys
from pathlib import Path
from expectations.backups.making import BackupOrder, make_backup
from expectations.home import Home
signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
make_backup(BackupOrder(Home(Path(sys.argv[1])), Path(sys.argv[2])))
"""

MEASURED = """
import resource, sys
from pathlib import Path
from expectations.backups.making import BackupOrder, make_backup
from expectations.backups.restoring import RestoreOrder, restore
from expectations.home import Home
home, folder, new = map(Path, sys.argv[1:])
restore(RestoreOrder(make_backup(BackupOrder(Home(home), folder)).backup.file, Home(new)))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.fixture(scope="module")
def first_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = make_office(tmp_path_factory.mktemp("office"))
    office.register.close()
    return office


@pytest.fixture
def office(first_office: Office, tmp_path: Path) -> Iterator[Office]:
    """A home of its own, with the same register as all others."""
    shutil.copytree(first_office.home.root, tmp_path / "home")
    yield Office(Home(tmp_path / "home"), "", tmp_path / "backups")
    open_register.cache_clear()


@pytest.mark.parametrize(("source", "target"), [("sqlite", "sqlite"), ("server", "server")])
def test_what_comes_back_is_what_was_there(
    tmp_path: Path, request: pytest.FixtureRequest, source: str, target: str
) -> None:
    urls = [
        empty_database(request.getfixturevalue("postgresql")) if kind == "server" else "" for kind in (source, target)
    ]
    office = make_office(tmp_path, urls[0])
    made = office.back_up()
    before = sums_of(office.register)
    new = Home(tmp_path / "new" / "home")
    order = RestoreOrder(made.backup.file, new, urls[1])
    assert check(order).run == restore(order).run
    register = home_register(new, urls[1])
    after = sums_of(register)
    assert {name: one for name, one in after.items() if name not in ENDED} == {
        name: one for name, one in before.items() if name not in ENDED
    }
    assert new.current().read_bytes() == office.home.current().read_bytes()
    assert new.as_switched_to()
    assert (new.root / "templates" / "notice.docx").read_text() == "ours"
    assert not (new.root / "warehouse.duckdb").exists()
    assert new.register_id() == office.home.register_id()
    with register.reading() as session:
        assert not session.scalars(select(SignIn)).all()
        assert switch(session, "messages_on") is False
        assert check_log(session).whole
        entry = session.scalars(select(Access).order_by(Access.id.desc()).limit(1)).one()
        assert entry.action == "restored"
        assert entry.subject == made.backup.file.name
        dropped = session.scalars(select(Run).order_by(Run.seq.desc()).limit(1)).one().inputs[1]
    assert Path(dropped).is_file()
    assert Path(dropped).is_relative_to(new.root)
    assert (new.root / "register.db").exists() is (target == "sqlite")
    # what comes next gets a number nobody has
    office_of_new = Office(new, urls[1], tmp_path)
    assert office_of_new.confirm("f9").done == ("f9",)
    for one in (register, office.register):
        one.close()
    open_register.cache_clear()


def test_everything_below_the_new_home_is_its_owners_alone(office: Office, tmp_path: Path) -> None:
    made = office.back_up()
    assert stat.S_IMODE(made.backup.file.stat().st_mode) == 0o600
    new = tmp_path / "new"
    restore(RestoreOrder(made.backup.file, Home(new)))
    assert [path for path in (new, *new.rglob("*")) if path.stat().st_mode & 0o077] == []
    assert not (new / "spill").exists()


def test_the_home_and_the_log_say_which_back_up_was_the_last(office: Office) -> None:
    assert last_backup(office.home) is None
    first, second = office.back_up().backup, office.back_up().backup
    assert first.file != second.file
    assert last_backup(office.home) == second
    with office.register.reading() as session:
        entries = session.scalars(select(Access).where(Access.action == "backup")).all()
    assert [entry.subject for entry in entries] == [first.file.name, second.file.name]
    assert second.sha256 in entries[1].detail


@pytest.mark.parametrize("inside", ["home", "home/backups", "home/../home/backups", "link/backups"])
def test_a_back_up_does_not_go_into_the_home(office: Office, tmp_path: Path, inside: str) -> None:
    (tmp_path / "link").symlink_to(office.home.root)
    with pytest.raises(InputError, match="lost with it"):
        make_backup(BackupOrder(office.home, tmp_path / inside))
    assert not (office.home.root / "backups").exists()


def test_times_of_back_ups_are_the_offices(office: Office, tmp_path: Path) -> None:
    made = office.back_up()
    moment = f"{office_clock(made.backup.made_at):%Y-%m-%d %H:%M:%S}"
    assert f"备份时间 / made at: {moment}" in anka("restore", made.backup.file, "--check", home=tmp_path).stdout


def test_only_the_oldest_of_the_same_register_go(office: Office) -> None:
    theirs = office.folder / "anka-00000000-20260101-000000-000000.tar.zst"
    office.folder.mkdir()
    theirs.write_text("of another register")
    files = [office.back_up(keep=2).backup.file for _ in range(4)]
    foreign = office.folder / "anka-notes.tar.zst"
    foreign.write_text("mine")
    office.back_up(keep=2)
    left = {file.name for file in office.folder.iterdir()}
    assert {theirs.name, foreign.name, files[3].name} <= left
    assert len(left) == 4


def test_the_pack_in_use_comes_back_with_what_it_extends(office: Office, tmp_path: Path) -> None:
    for name, above in (("city", "base"), ("office", "../city")):
        folder = tmp_path / "packs" / name
        folder.mkdir(parents=True)
        (folder / "pack.yaml").write_text(
            f"pack:\n  name: {name}\n  title: {{zh: {name}}}\n  version: '1.0'\n  extends: {above}\n"
        )
    made = office.back_up(pack=tmp_path / "packs" / "office")
    restored = restore(RestoreOrder(made.backup.file, Home(tmp_path / "new")))
    assert restored.pack == tmp_path / "new" / "packs" / "office"
    assert (restored.pack / "pack.yaml").is_file()
    assert (restored.pack.parent / "city" / "pack.yaml").is_file()


def every_decision_is_there(office: Office, rounds: int, tmp_path: Path) -> None:
    """Back-ups while somebody decides one finding after another and runs are published: what was committed before one began is in it."""
    done = threading.Event()

    def work() -> None:
        for number in range(3, FINDINGS):
            if done.is_set():
                return
            office.confirm(f"f{number}")
            if number % 10 == 0:
                office.publish(FIRST.on(3 + number // 10))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(rounds):
            before = office.decided()
            made = office.back_up(keep=1)
            home = Home(tmp_path / f"restored-{number}")
            restored = restore(RestoreOrder(made.backup.file, home))
            register = home_register(home)
            assert before <= decided_in(register)
            with register.reading() as session:
                assert check_log(session).whole
            # pages show the run the register followed last
            assert home.current().stem.endswith(restored.run.split("-")[1])
            register.close()
    finally:
        done.set()
        worker.join()


def test_no_decision_is_lost_while_people_work_and_a_run_publishes(office: Office, tmp_path: Path) -> None:
    every_decision_is_there(office, 4, tmp_path)


@pytest.mark.long
def test_no_decision_is_lost_in_sixty_back_ups(office: Office, tmp_path: Path) -> None:
    every_decision_is_there(office, 60, tmp_path)


def killed_at(office: Office, at: int) -> None:
    """A back-up whose process is gone after so many bytes of a file, and the next one."""
    killed = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({at}, resource.RLIM_INFINITY))\n{BACK_UP}",
            office.home.root,
            office.folder,
        ],
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGXFSZ, killed.stderr
    assert [file for file in office.folder.glob("*") if not file.name.startswith(".")] == []
    assert last_backup(office.home) is None
    made = office.back_up()
    assert [file.name for file in office.folder.iterdir()] == [made.backup.file.name]


def with_more_than_the_register(office: Office) -> int:
    """Lets a back-up be larger than any file in it; how large."""
    office.register.close()
    for number in range(3):
        (office.home.root / "templates" / f"{number}.docx").write_bytes(random.Random(number).randbytes(150_000))
    return 450_000


@pytest.mark.parametrize("at", KILLED_AT)
def test_a_killed_back_up_leaves_no_file_under_the_final_name(office: Office, at: int) -> None:
    with_more_than_the_register(office)
    killed_at(office, at)


@pytest.mark.long
def test_memory_does_not_grow_with_the_home(office: Office, tmp_path: Path) -> None:
    """A home of 1 GB is backed up and brought back in hardly more memory than one of 1 MB."""
    office.register.close()
    peaks = []
    for megabytes in (1, 1000):
        with (office.home.root / "templates" / "large.docx").open("wb") as large:
            for number in range(megabytes):
                large.write(random.Random(number).randbytes(2**20))
        measured = subprocess.run(
            [
                sys.executable,
                "-c",
                MEASURED,
                office.home.root,
                tmp_path / f"out{megabytes}",
                tmp_path / f"new{megabytes}",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        peaks.append(int(measured.stdout) // 1024)
    assert peaks[1] < peaks[0] + 60, peaks


def test_a_home_that_is_in_use_is_not_touched(office: Office, tmp_path: Path) -> None:
    made = office.back_up()
    new = tmp_path / "new"
    new.mkdir()
    (new / "audit.lock").touch()
    with pytest.raises(InputError, match="not empty"):
        restore(RestoreOrder(made.backup.file, Home(new)))
    assert [file.name for file in new.iterdir()] == ["audit.lock"]


@pytest.mark.skipif(os.geteuid() == 0 and not shutil.which("setpriv"), reason="no setpriv: root may write everywhere")
def test_an_empty_home_is_filled_where_nothing_can_be_put_beside_it(office: Office, tmp_path: Path) -> None:
    file = office.back_up().backup.file
    place = tmp_path / "closed"
    home = Home(place / "home")
    (home.root / ".anka-restoring-left").mkdir(parents=True)
    place.chmod(0o555)
    as_others = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    try:
        completed = subprocess.run(
            [*as_others, sys.executable, "-m", "flows.cli.main", "restore", file, "--home", home.root],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        place.chmod(0o755)
    assert completed.returncode == 0, completed.stderr
    assert not list(home.root.glob(".anka-restoring-*"))
    assert home_register(home).identity() == office.register.identity()
    assert home.current().is_file()


def test_a_database_that_holds_something_is_not_touched(office: Office, postgresql: str, tmp_path: Path) -> None:
    made = office.back_up()
    url = empty_database(postgresql)
    register = open_register(url)
    with register.writing() as session:
        set_switch(session, "hold_after", 7)
    before = sums_of(register)
    order = RestoreOrder(made.backup.file, Home(tmp_path / "new"), url)
    assert check(order).files > 0
    for act in (require_free, restore):
        with pytest.raises(InputError, match="not empty"):
            act(order)
    assert sums_of(register) == before
    assert not (tmp_path / "new").exists()
    register.close()


def test_a_passphrase_encrypts_and_a_wrong_one_opens_nothing(office: Office, tmp_path: Path) -> None:
    made = office.back_up(passphrase=PASSPHRASE)
    content = made.backup.file.read_bytes()
    assert b"manifest.json" not in content
    assert made.backup.encrypted
    with pytest.raises(InputError, match="wrong passphrase"), opened(made.backup.file, "another passphrase"):
        pass
    assert restore(RestoreOrder(made.backup.file, Home(tmp_path / "new"), "", PASSPHRASE)).files > 3


def test_a_passphrase_comes_from_a_file_nobody_else_reads(office: Office, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{PASSPHRASE}\n")
    secret.chmod(0o644)
    office.register.close()
    with pytest.raises(InputError, match="other accounts can read") as raised:
        given_passphrase(secret, Settings())
    assert PASSPHRASE not in f"{raised.value}{raised.value.hint}"
    secret.chmod(0o600)
    assert given_passphrase(secret, Settings()) == PASSPHRASE
    refused = anka("backup", office.folder, "--encrypt", home=office.home.root, code=2)
    assert "ANKA_BACKUP_PASSPHRASE" in refused.stderr
    assert not office.folder.exists()


def test_nothing_is_no_back_up(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing in this home"):
        make_backup(BackupOrder(Home(tmp_path / "home"), tmp_path / "backups"))
    assert list(tmp_path.iterdir()) == []
