"""What `anka serve --write-units` writes: units that systemd reads and calls safe, an environment nobody else reads, and nginx as the docs say."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from support.places import ROOT
from typer.testing import CliRunner, Result

from expectations.errors import InputError
from expectations.home import Home
from flows.cli.main import app
from flows.serving.units import nginx_example, quoted, write_units

SYSTEMD = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs the Debian package systemd")
UNITS = ("anka.service", "anka-notify.service", "anka-notify.timer")
MOST_EXPOSED = 20
"""Tenths of the ten by which systemd says how exposed a service is; 20 is what it calls OK."""


@pytest.fixture(name="units")
def units_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what was written for a home with a blank in its path and a register with a password."""
    monkeypatch.setenv("ANKA_REGISTER", 'postgresql://anka:se cr"et@127.0.0.1/anka')
    monkeypatch.setenv("ANKA_ADDRESS", "https://cards.example:8443/")
    monkeypatch.setenv("ANKA_TIME_ZONE", "Asia/Urumqi")
    monkeypatch.delenv("ANKA_INBOX", raising=False)
    written = write(tmp_path / "units", tmp_path / "a home")
    assert written.exit_code == 0, written.output
    assert sorted(map(Path, written.stdout.split("\n")[:-1])) == sorted((tmp_path / "units").iterdir())
    return tmp_path / "units"


def write(folder: Path, home: Path) -> Result:
    return CliRunner().invoke(app, ["serve", "--home", str(home), "--port", "8600", "--write-units", str(folder)])


@SYSTEMD
def test_systemd_reads_the_units(units: Path) -> None:
    verified = subprocess.run(
        ["systemd-analyze", "verify", *(units / name for name in UNITS)], capture_output=True, text=True, check=False
    )
    about_ours = [line for line in verified.stderr.splitlines() if str(units) in line or line.startswith("anka")]
    assert (verified.returncode, about_ours) == (0, [])


@SYSTEMD
@pytest.mark.parametrize("unit", ["anka.service", "anka-notify.service"])
def test_systemd_calls_the_services_safe(units: Path, unit: str) -> None:
    judged = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=yes", f"--threshold={MOST_EXPOSED}", units / unit],
        capture_output=True,
        text=True,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout


def test_units_say_what_an_office_needs(units: Path, tmp_path: Path) -> None:
    service, notify, timer = ((units / name).read_text() for name in UNITS)
    for text in (service, notify):
        assert {"User=anka", "UMask=0077", "EnvironmentFile=/etc/anka/anka.env", "ProtectSystem=strict"} <= set(
            text.splitlines()
        )
        assert f'ReadWritePaths="{tmp_path / "a home"}"' in text
        assert not re.search("@[A-Z_]+@", text)
    assert re.search(r"^ExecStart=\S.* serve --port 8600$", service, re.MULTILINE)
    assert "Restart=always" in service
    assert re.search(r"^ExecStart=\S.* notify$", notify, re.MULTILINE)
    assert {"OnCalendar=*-*-* 08:30:00 Asia/Urumqi", "Persistent=true"} <= set(timer.splitlines())


@pytest.mark.parametrize("disk", ["/mnt/backup", "/mnt/b u"])
def test_the_house_starts_without_the_disk_of_its_back_ups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, disk: str
) -> None:
    monkeypatch.setenv("ANKA_BACKUPS", disk)
    for file in write_units(tmp_path / "units", Home(tmp_path / "home"), 8501):
        if file.suffix == ".service":
            (line,) = re.findall(r"^ReadWritePaths=.*$", file.read_text(encoding="utf-8"), re.MULTILINE)
            assert shlex.split(line.partition("=")[2]) == [str(tmp_path / "home"), f"-{disk}"]


def test_the_environment_is_for_its_owner_alone(units: Path, tmp_path: Path) -> None:
    environment = units / "anka.env"
    assert environment.stat().st_mode & 0o777 == 0o600
    lines = environment.read_text(encoding="utf-8").splitlines()
    assert f'ANKA_HOME="{tmp_path / "a home"}"' in lines
    assert 'ANKA_REGISTER="postgresql://anka:se cr\\"et@127.0.0.1/anka"' in lines
    assert "ANKA_TIME_ZONE=Asia/Urumqi" in lines
    assert "#ANKA_SERVE_MEMORY=2GB" in lines
    assert "#ANKA_INBOX=/srv/anka/inbox" in lines, "or the switch of that name would say nothing"
    others = [file for file in units.iterdir() if file != environment]
    assert [file.name for file in others if "se cr" in file.read_text(encoding="utf-8")] == []


def test_nothing_is_written_over(units: Path, tmp_path: Path) -> None:
    (units / "anka.env").write_text("mine")
    again = write(units, tmp_path / "a home")
    assert isinstance(again.exception, InputError)
    assert (units / "anka.env").read_text() == "mine"
    assert not (Home(tmp_path / "a home").root).exists()


def test_nginx_serves_the_address_of_the_office(units: Path) -> None:
    written = (units / "anka.nginx.conf").read_text(encoding="utf-8")
    assert written == nginx_example("cards.example", 8600)


def test_the_docs_show_nginx_as_it_is_written() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```nginx\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert blocks == [nginx_example()]


@pytest.mark.parametrize(
    ("text", "word"),
    [("/srv/anka", "/srv/anka"), ("/a b", '"/a b"'), ('a"b\\', '"a\\"b\\\\"'), ("", '""'), ("a#b", '"a#b"')],
)
def test_words_are_quoted_as_systemd_reads_them(text: str, word: str) -> None:
    assert quoted(text) == word
