"""`anka doctor`: a house in which all is well, and every kind of damage found by its own check, with nothing changed by looking."""

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pyarrow as pa
import pytest
from pydantic import SecretStr
from support.commands import anka
from support.dashboard_small import publish_small
from support.places import SAMPLE
from typer.testing import CliRunner

from expectations.health.checks import LABELS, Check, failing
from expectations.health.home_files import rights_check
from expectations.health.machine import address_check, clock_check, memory_check, packages_check, proxy_check
from expectations.health.readiness import NAMES
from expectations.home import Home, kept_copy
from expectations.progress import unheard
from expectations.register.belonging import home_register
from expectations.store.register import now
from flows.cli.main import app
from flows.doctor.channels import channels_check
from flows.doctor.everything import House, look_at
from flows.doctor.prefect_server import prefect_check
from flows.messages.sending import MessageSettings
from flows.settings import Settings

pytestmark = pytest.mark.filterwarnings(
    "ignore:'imghdr' is deprecated:DeprecationWarning"
)  # imported by a plugin of Apprise

RUN = CliRunner()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as a night leaves it, nothing of it in use."""
    home = publish_small(tmp_path_factory.mktemp("doctor") / "home")
    home.switch_to(home.current())
    home.exports.mkdir()
    export = b"an export\n"
    with pa.CompressedOutputStream(str(kept_copy(home.exports, hashlib.sha256(export).hexdigest())), "zstd") as copy:
        copy.write(export)
    home_register(home).close()
    for path in (home.root, *home.root.rglob("*")):
        path.chmod(path.stat().st_mode & 0o700)
    return home.root


@pytest.fixture
def home(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("PREFECT_API_URL", "ANKA_REGISTER", "ANKA_CATALOGUE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANKA_ADDRESS", "https://anka.office")
    return Home(shutil.copytree(model, tmp_path / "home"))


def looked_at(home: Home) -> dict[str, Check]:
    inbox = SAMPLE / "exports"
    house = House(home, Settings(home=home.root, inbox=inbox))
    return {check.name: check for check in look_at(house, unheard)}


def state_of(home: Home) -> dict[str, tuple[int, str]]:
    """Rights and content of every file but SQLite's own index of its log."""
    return {
        str(path): (path.stat().st_mode, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in home.root.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_all_is_well_in_a_well_house_and_looking_changes_nothing(home: Home) -> None:
    before = state_of(home)
    checks = looked_at(home)
    assert state_of(home) == before
    assert failing(checks.values()) == ()
    assert set(checks) == set(LABELS) - {"channels"}
    assert {name for name, check in checks.items() if check.state == "warn"} <= {
        "backup",
        "calendar",
        "memory",
        "proxy",
        "packages",
        "exports",
    }
    assert list(checks).index("home") < list(checks).index(NAMES[0]) < list(checks).index("published")


def test_the_command_leaves_nothing_behind(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANKA_INBOX", str(SAMPLE / "exports"))
    shutil.rmtree(home.spill, ignore_errors=True)
    before = {path.name for path in home.root.iterdir()}
    anka("doctor", home=home.root)
    assert {path.name for path in home.root.iterdir()} - before <= {"register.db-wal", "register.db-shm"}


def write(place: str, content: bytes) -> Callable[[Home], object]:
    return lambda home: (home.root / place).write_bytes(content)


def register_edited(statement: str) -> Callable[[Home], None]:
    def edit(home: Home) -> None:
        with closing(sqlite3.connect(home.root / "register.db")) as con, con:
            con.executescript(statement)

    return edit


def flipped(home: Home) -> None:
    file = home.current()
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o600)
    file.write_bytes(content)


def damaged_copy(home: Home) -> None:
    copy = next(home.exports.glob("*.zst"))
    copy.write_bytes(copy.read_bytes()[:-5])


def damaged_register(home: Home) -> None:
    file = home.root / "register.db"
    content = bytearray(file.read_bytes())
    for page in range(20, len(content) // 4096, 7):
        content[page * 4096 : page * 4096 + 40] = b"\xff" * 40
    file.write_bytes(content)


NO_TRIGGERS = "drop trigger access_log_no_update;"
DAMAGES: dict[str, tuple[str, Callable[[Home], object]]] = {
    "tables of another program": ("register", register_edited("update alembic_version set version_num = '0001'")),
    "no register": ("register", lambda home: (home.root / "register.db").unlink()),
    "an entry of the log changed": (
        "log",
        register_edited(NO_TRIGGERS + "update access_log set login = 'x' where id = 1"),
    ),
    "a row that refers to none": (
        "integrity",
        register_edited(
            "insert into sign_ins values ('t', 99, '2026-01-01 00:00:00', '2026-01-01 00:00:00', 0, 'link')"
        ),
    ),
    "a register with pages overwritten": ("integrity", damaged_register),
    "another run followed": ("followed", register_edited("update runs set run_id = '20260101-0123456789'")),
    "entries of the day after tomorrow": (
        "clock",
        register_edited("update runs set followed_at = '2099-01-01 00:00:00.000000'"),
    ),
    "a changed byte": ("published", flipped),
    "a kept export cut off": ("kept", damaged_copy),
    "a home others can read": ("rights", lambda home: home.root.chmod(0o755)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_found_by_its_check_with_what_to_do(home: Home, damage: str) -> None:
    name, spoil = DAMAGES[damage]
    spoil(home)
    if name == "rights":
        (home.root / "register.db").chmod(0o644)
    checks = looked_at(home)
    assert name in failing(checks.values())
    assert all(check.do.zh and check.do.en for check in checks.values() if check.state != "ok")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("notes.txt", "not of Anka: notes.txt"),
        ("published/copy of a run.xlsx", "not of Anka: published/copy of a run.xlsx"),
        ("published/000009-x.unfinished", "left by something that was killed: published/000009-x.unfinished"),
    ],
)
def test_a_file_that_is_not_of_the_home_is_named(home: Home, place: str, words: str) -> None:
    write(place, b"")(home)
    assert looked_at(home)["files"].seen.en == words


def test_files_open_below_a_closed_home_are_named_and_not_unwell(home: Home) -> None:
    (home.root / "register.db").chmod(0o640)
    check = rights_check(home)
    assert (check.state, check.seen.en) == ("warn", "open to others: register.db")


def test_a_home_that_is_not_there_is_one_failing_check(tmp_path: Path) -> None:
    checks = looked_at(Home(tmp_path / "nowhere"))
    assert failing(checks.values()) == ("home",)
    assert not (tmp_path / "nowhere").exists()


def test_a_read_only_home_is_looked_at_all_the_same(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    # an account that may do everything is asked as one that may not write
    may = os.access
    monkeypatch.setattr(os, "access", lambda path, mode, **how: not mode & os.W_OK and may(path, mode, **how))
    checks = looked_at(home)
    assert failing(checks.values()) == ("home",)
    assert checks["log"].state == checks["integrity"].state == "ok"


def test_the_command_says_it_in_words_and_for_programs(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANKA_INBOX", str(SAMPLE / "exports"))
    outcome = RUN.invoke(app, ["doctor", "--home", str(home.root)])
    assert outcome.exit_code == 0, outcome.output
    assert any(line.startswith("✓ 台账 / register:") for line in outcome.stdout.splitlines())
    damaged_copy(home)
    outcome = RUN.invoke(app, ["doctor", "--json", "--progress", "json", "--home", str(home.root)])
    assert outcome.exit_code == 3
    answer = json.loads(outcome.stdout)
    assert '"stage": "verify"' in outcome.stderr
    assert (answer["well"], answer["failing"]) == (False, ["kept"])
    kept = next(check for check in answer["checks"] if check["name"] == "kept")
    assert kept["do"]["en"].startswith("delete them")


# --- the machine


def test_a_clock_before_the_last_entry_is_unwell() -> None:
    assert clock_check(now() + timedelta(hours=1)).state == "fail"
    assert clock_check(now()).state == clock_check(None).state == "ok"


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("", "warn"),
        ("http://127.0.0.1:8501", "ok"),
        ("http://anka.office", "warn"),
        ("https://anka.office/", "ok"),
        ("https://anka.office/anka", "fail"),
        ("https://user:s3cret@anka.office", "fail"),
        ("anka.office", "fail"),
    ],
)
def test_addresses_of_the_dashboard(address: str, state: str) -> None:
    check = address_check({"ANKA_ADDRESS": address})
    assert check.state == state
    assert "s3cret" not in check.seen + check.do


def test_a_proxy_is_named_without_its_password() -> None:
    check = proxy_check({"https_proxy": "http://user:s3cret@proxy:3128", "NO_PROXY": "127.0.0.1"})
    assert (check.state, check.seen.en) == ("warn", "set: HTTPS_PROXY, NO_PROXY")
    assert proxy_check({"NO_PROXY": "*"}).state == "ok"


def test_memory_is_read_as_linux_says_it(tmp_path: Path) -> None:
    said = tmp_path / "meminfo"
    said.write_text("MemTotal: 2097152 kB\nMemAvailable: 1572864 kB\n")
    assert memory_check(said).state == "warn"
    said.write_text("MemTotal: 16777216 kB\nMemAvailable: 8388608 kB\n")
    assert memory_check(said).seen.en == "16.0 GB, 8.0 GB available"
    assert memory_check(tmp_path / "nothing").state == "ok"


def test_packages_are_compared_with_the_lock(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_text('[[package]]\nname = "typer"\nversion = "0.0.1"\n')
    check = packages_check(lock)
    assert check.state == "warn"
    assert "typer " in check.seen
    assert packages_check(tmp_path / "none").state == "ok"


# --- what listens elsewhere


@contextmanager
def server(answers: dict[str, object]) -> Iterator[str]:
    """A real web server that answers with JSON by path."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name the server calls
            body = json.dumps(answers.get(self.path)).encode()
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(200 if self.path in answers else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=listening.serve_forever, daemon=True).start()
    try:
        yield f"127.0.0.1:{listening.server_port}"
    finally:
        listening.shutdown()
        listening.server_close()


def test_prefect_is_well_with_a_night_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")  # which must not be asked
    night = datetime.now(UTC) + timedelta(hours=5)
    answers: dict[str, object] = {
        "/api/health": True,
        "/api/flow_runs/filter": [{"expected_start_time": night.isoformat()}],
    }
    with server(answers) as place:
        variables = {"PREFECT_API_URL": f"http://{place}/api"}
        assert prefect_check(variables).state == "ok"
        answers["/api/flow_runs/filter"] = []
        assert "anka serve" in prefect_check(variables).do.en
    assert prefect_check(variables).state == "fail"
    assert prefect_check({}).state == "ok"


def test_channels_are_reached_without_sending_and_named_without_their_passwords() -> None:
    with server({}) as place:
        good = MessageSettings(message_urls=SecretStr(f"json://robot:s3cret@{place}/hook"))
        check = channels_check(good)
        assert (check.state, str(check.seen)) == ("ok", "json")
    check = channels_check(good)
    assert check.state == "fail"
    assert "s3cret" not in check.seen
    assert channels_check(MessageSettings(message_urls=SecretStr(""))).state == "warn"


def test_exports_that_no_longer_arrive_are_seen_in_the_inbox(home: Home, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    settings = Settings(home=home.root, inbox=inbox)

    def state() -> str:
        return next(check.state for check in look_at(House(home, settings), unheard) if check.name == "inbox")

    assert state() == "fail"
    file = inbox / "听证.csv"
    file.write_bytes(b"x")
    assert state() == "ok"
    os.utime(file, (time.time() - 9 * 86_400,) * 2)
    assert state() == "warn"
