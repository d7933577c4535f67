"""`anka settings`: every switch of the page 管理 on the command line, checked and logged as there; what else a script asks of `anka`."""

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from sqlalchemy import select
from support.site.dashboard_server import register_of, with_people
from typer.testing import CliRunner, Result

from expectations.people.access_log import BY_MACHINE
from expectations.people.accounts import NewPerson, add_user
from expectations.store.switches import DEFAULTS, switch
from expectations.store.tables import Access
from flows.cli.main import app
from flows.load.inbox import inbox_of
from flows.settings import Settings

RUN = CliRunner()
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # by a plugin of Apprise


def settings(home: Path, *words: str) -> Result:
    return RUN.invoke(app, ["settings", *words, "--home", str(home)])


def entries(home: Path) -> list[tuple[str, str, str]]:
    with register_of(home).reading() as session:
        chosen = select(Access).where(Access.action == "switch").order_by(Access.id)
        return [(entry.login, entry.subject, entry.detail.split(" account=")[0]) for entry in session.scalars(chosen)]


def test_all_switches_are_shown_with_their_values(tmp_path: Path) -> None:
    assert json.loads(settings(tmp_path, "get", "--json").stdout) == DEFAULTS
    assert "stale_hours = 26" in settings(tmp_path, "get").stdout.splitlines()
    assert settings(tmp_path, "get", "messages_on").stdout == "off\n"


@pytest.mark.parametrize(
    ("name", "typed", "value"),
    [
        ("messages_on", "on", True),
        ("stale_hours", "74", 74),
        ("precision_floor", "1", 1.0),
        ("night_time", "3:05", "03:05"),
        ("inbox", "/srv/anka/导出", "/srv/anka/导出"),
        ("language", "en", "en"),
    ],
)
def test_a_switch_is_set_and_logged_once(tmp_path: Path, name: str, typed: str, value: object) -> None:
    answer = json.loads(settings(tmp_path, "set", name, typed, "--json").stdout)
    assert answer == {"name": name, "former": DEFAULTS[name], "value": value, "changed": True}
    assert json.loads(settings(tmp_path, "set", name, typed, "--json").stdout)["changed"] is False
    with register_of(tmp_path).reading() as session:
        assert switch(session, name) == value
    assert entries(tmp_path) == [(BY_MACHINE[1], name, f"{DEFAULTS[name]} → {value}".strip())]


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("stale_hour", "1", "no such switch: stale_hour; 最接近 / nearest: stale_hours"),
        ("stale_hours", "0", "switch stale_hours is out of bounds: 0"),
        ("stale_hours", "soon", "switch stale_hours has a wrong type: 'soon'"),
        ("messages_on", "perhaps", "switch messages_on has a wrong type: 'perhaps'"),
        ("free_gb", "-1", "switch free_gb is out of bounds: -1"),
        ("night_time", "24:00", "not a time of day: 24:00"),
        ("night_time", "²:00", "not a time of day"),
        ("inbox", "inbox", "needs the whole path: inbox"),
        ("notice_number", "{serial}", "no year or serial"),
    ],
)
def test_what_a_switch_can_not_be_is_one_line_and_changes_nothing(
    tmp_path: Path, name: str, typed: str, words: str
) -> None:
    outcome = settings(tmp_path, "set", name, typed)
    assert outcome.exit_code != 0
    assert words in str(outcome.exception)
    assert entries(tmp_path) == []


def test_the_inbox_is_what_the_environment_names_else_the_switch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = register_of(tmp_path)
    monkeypatch.delenv("ANKA_INBOX", raising=False)
    assert inbox_of(Settings(), register) == Path("inbox")
    settings(tmp_path, "set", "inbox", "/srv/exports")
    assert inbox_of(Settings(), register) == Path("/srv/exports")
    monkeypatch.setenv("ANKA_INBOX", "/elsewhere")
    assert inbox_of(Settings(), register) == Path("/elsewhere")


def test_the_version_is_told_without_importing_anything_heavy() -> None:
    look = (
        "import sys; from flows.cli.main import app\ntry: app(['--version'])\nexcept SystemExit: pass\n"
        "print([name for name in ('duckdb', 'sqlalchemy', 'pandas', 'yaml', 'pydantic') if name in sys.modules])"
    )
    lines = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[:2] == [f"Anka {version('anka-audit')}", f"DuckDB {version('duckdb')}"]
    assert lines[2].startswith("规则库 / catalogue: 20")
    assert lines[3] == "[]"


@pytest.mark.parametrize(
    ("address", "options", "begins"),
    [
        ("https://anka.office/", (), "https://anka.office/sign-in?once="),
        ("https://anka.office", ("--port", "8600"), "http://127.0.0.1:8600/sign-in?once="),
        ("", (), "http://127.0.0.1:8501/sign-in?once="),
    ],
)
def test_a_link_has_the_outside_address_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, options: tuple[str, ...], begins: str
) -> None:
    monkeypatch.setenv("ANKA_ADDRESS", address)
    with_people(tmp_path)
    outcome = RUN.invoke(app, ["user", "link", "dong1", "--home", str(tmp_path), *options])
    assert outcome.stdout.startswith(begins)


def test_a_test_message_that_can_not_be_sent_says_so_and_ends_with_three(tmp_path: Path) -> None:
    with register_of(tmp_path).writing() as session:
        add_user(session, NewPerson("guan", "管理员", ("administrator",)), "", BY_MACHINE)
    outcome = RUN.invoke(app, ["notify", "--test", "guan", "--home", str(tmp_path)])
    assert outcome.exit_code == 3
    assert "not sent: guan  没有联系方式 / no address" in outcome.stderr
    outcome = RUN.invoke(app, ["notify", "--test", "guam", "--home", str(tmp_path)])
    assert "no such login: guam" in str(outcome.exception)
