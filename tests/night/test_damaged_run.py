"""A damaged pointer or published file: a line and a hint in every command, the last good run shown, and the next audit as good as ever."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.audits import ARREST, AS_OF, write_cards
from support.commands import anka
from support.dashboard_small import publish_small
from support.site.single_pages import opened_page

from dashboard.frame.view import open_view
from expectations.catalogue.catalogues import Catalogue
from expectations.home import DamagedRunError, Home
from expectations.register.belonging import home_register
from expectations.rights.reader import MACHINE
from expectations.run.published import FoundDamagedError, shown_run


def pointer(text: str) -> Callable[[Home], None]:
    return content(text.encode())


def content(written: bytes) -> Callable[[Home], None]:
    def write(home: Home) -> None:
        home.pointer.write_bytes(written)

    return write


def truncated(home: Home) -> None:
    changed(home, lambda content: content[: len(content) // 2])


def emptied(home: Home) -> None:
    changed(home, lambda _: b"")


def flipped_head(home: Home) -> None:
    changed(home, lambda content: bytes([content[0] ^ 1]) + content[1:])


def flipped(home: Home) -> None:
    """A byte of the table of findings, which is read by lists only."""
    changed(home, lambda content: content.replace("受理日期无法识别".encode(), "受理日期无法认识".encode()))


def missing(home: Home) -> None:
    home.current().unlink()


def changed(home: Home, change: Callable[[bytes], bytes]) -> None:
    file = home.current()
    sound = file.read_bytes()
    broken = change(sound)
    assert broken != sound
    file.write_bytes(broken)


DAMAGE = {
    "garbage": pointer("garbage"),
    "{}": pointer("{}"),
    "[]": pointer("[]"),
    "null": pointer("null"),
    "number": pointer('{"file": 1}'),
    "empty": pointer(""),
    "no text": content(b"\xff\xfe\x00"),
    "missing file": pointer('{"file": "000009-20260630-0000000000.duckdb"}'),
    "elsewhere": pointer('{"file": "../../etc/passwd"}'),
    "truncated": truncated,
    "emptied": emptied,
    "flipped head": flipped_head,
    "flipped": flipped,
    "missing": missing,
}
OFTEN = ("garbage", "truncated", "flipped", "missing")
"""Of every kind one; the others are tried on pages, which take no process each."""
COMMANDS = {
    "findings": ("findings", "--format", "json"),
    "due": ("due", "--format", "json"),
    "batch": ("batch", "--period", "2026H1"),
    "digest": ("notices", "digest", "-o", "out"),
    "review": ("rules", "review"),
}


def good_of(name: str) -> str:
    """The newest run that can be read: with a damaged pointer it is the one that was shown."""
    return "000001-r1" if name in ("truncated", "emptied", "flipped head", "flipped", "missing") else "000002-r1"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Two runs, of which the second is the present one."""
    small = publish_small(tmp_path / "home")
    small.root.chmod(0o700)
    second = small.published / "000002-r1.duckdb"
    shutil.copy(small.current(), second)
    small.switch_to(second)
    home_register(small)  # it knows its register from here on
    return small


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in OFTEN else pytest.mark.long) for name in DAMAGE]
)
def test_a_list_is_refused_in_a_line_and_after_going_back_there_is_one(
    home: Home, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home.root.parent)
    DAMAGE[name](home)
    completed = anka(*COMMANDS["findings"], home=home.root, code=2)
    line, hint = completed.stderr.strip().splitlines()
    assert "the present run is damaged" in line
    assert "anka go-back" in hint
    assert completed.stdout == ""
    assert good_of(name) in anka("go-back", home=home.root).stdout
    assert len(json.loads(anka(*COMMANDS["findings"], home=home.root).stdout)) == 4
    assert "nothing was changed" in anka("go-back", home=home.root, code=2).stderr


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", ["garbage", "truncated"])
def test_every_command_says_it_in_a_line(home: Home, name: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home.root.parent)
    DAMAGE[name](home)
    completed = anka(*COMMANDS[command], home=home.root, code=2)
    assert "the present run is damaged" in completed.stderr
    assert len(completed.stderr.strip().splitlines()) == 2


@pytest.mark.parametrize("name", [name for name in DAMAGE if name != "flipped"])
def test_pages_show_the_last_good_run_and_say_so(home: Home, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    DAMAGE[name](home)
    app = opened_page("findings", home.root, monkeypatch)
    assert "当前核查结果已损坏" in app.error[0].value
    assert "r1" in app.error[0].value
    assert shown_run(home).file.stem == good_of(name)


def test_a_byte_that_changed_is_found_while_a_page_reads_it_and_the_next_pass_shows_another(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANKA_HOME", str(home.root))
    DAMAGE["flipped"](home)
    with pytest.raises(FoundDamagedError), open_view(MACHINE, "zh", entered=True) as view:
        view.con.execute("select max(hash(f)) from findings f").fetchall()
    with open_view(MACHINE, "zh", entered=True) as view:
        assert view.file.name == "000001-r1.duckdb"
        assert view.instead_of is not None
        assert view.con.execute("select count(*), max(hash(f)) is null from findings f").fetchall() == [(4, False)]


@pytest.mark.parametrize("name", ["garbage", "truncated", "missing"])
def test_where_no_run_can_be_read_pages_say_so_and_the_administrators_opens(
    home: Home, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANKA_HOME", str(home.root))
    DAMAGE[name](home)
    for file in home.published_files():
        file.write_bytes(b"damaged")
    with pytest.raises(DamagedRunError), open_view(MACHINE, "zh", entered=True):
        pass
    with open_view(MACHINE, "zh", entered=True, needs_run=False) as view:
        assert view.run.run_id == ""
        assert view.instead_of is not None
    assert "the present run is damaged" in anka("go-back", home=home.root, code=2).stderr


@pytest.mark.parametrize(
    ("name", "goes_back"),
    [
        pytest.param("flipped card", False, marks=pytest.mark.long),
        pytest.param("garbage", True, marks=pytest.mark.long),
        pytest.param("truncated", False, marks=pytest.mark.long),
        pytest.param("truncated", True, marks=pytest.mark.long),
        pytest.param("missing", False, marks=pytest.mark.long),
    ],
)
def test_an_audit_goes_on_from_no_damaged_run_and_mends_the_home(
    tmp_path: Path, catalogue: Catalogue, name: str, goes_back: bool
) -> None:
    rows = [{"bmsah": ARREST, "accept_date": "2026-05-04", "case_name": "某某案件的名称足够长"}, {}]
    export = write_cards(tmp_path / "in", catalogue, "arrest", rows)
    home = Home(tmp_path / "home")
    audit = ("audit", "--no-prefect", "--format", "json", export)
    for day in ("2026-06-29", AS_OF.isoformat()):
        anka(*audit, "--as-of", day, home=home.root)
    before = json.loads(anka("findings", "--format", "json", home=home.root).stdout)
    home.current().chmod(0o600)
    if name == "flipped card":
        changed(home, lambda content: content.replace("某某案件的名称足够长".encode(), "某某案件的名称足够短".encode()))
    else:
        DAMAGE[name](home)
    if goes_back:
        anka("go-back", home=home.root)
    again = json.loads(anka(*audit, "--as-of", AS_OF.isoformat(), home=home.root).stdout)
    assert again["status"] == "complete"
    assert json.loads(anka("findings", "--format", "json", home=home.root).stdout) == before
