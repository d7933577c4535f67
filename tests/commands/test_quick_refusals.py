"""What is no export is refused before anything heavy is imported, in one line, and leaves no home behind."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from support.commands import anka
from support.notice_cases import keep
from support.shop_tables import write_shop

from expectations.errors import InputError
from expectations.home import Home
from expectations.register.belonging import home_register
from expectations.store.register import open_register, register_url
from expectations.store.tables import Attempt, Run
from flows.load import require_loadable

SHOP_CATALOGUE = Path(__file__).parents[1] / "catalogue" / "shop_catalogue"
HEAVY = (
    "great_expectations",
    "prefect",
    "duckdb",
    "pandas",
    "pyarrow",
    "sqlalchemy",
    "streamlit",
    "sqlglot",
    "fastexcel",
)
COMMANDS = (["audit"], ["audit", "--no-prefect"], ["batch", "--period", "2026H1"], ["check", "-o", "out"])
CONTENTS = {
    "空.xlsx": (b"", "文件是空的"),
    "加密.xlsx": (b"%TSD-Header-###%" + bytes(range(256)), "可能被安全软件加密"),
    "说明.csv": ("没有列的一段话\n".encode(), "没有分列"),
    "图片.xls": (b"\x89PNG\r\n\x1a\n" + bytes(99), "是图片"),
}


def imported(*arguments: str | Path, home: Path) -> tuple[str, set[str]]:
    """What the command says, and the packages it imported."""
    completed = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flows.cli.main", *map(str, arguments)],
        env=os.environ | {"ANKA_HOME": str(home), "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert completed.returncode == 2, completed.stderr
    lines = completed.stderr.splitlines()
    said = [line for line in lines if not line.startswith("import time:")]
    return "\n".join(said), {line.rsplit("|")[-1].strip().split(".")[0] for line in lines}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("name", [*CONTENTS, "nowhere.xlsx", "folder"])
def test_a_command_refuses_before_it_imports(tmp_path: Path, command: list[str], name: str) -> None:
    content, words = CONTENTS.get(name, (None, "文件或目录不存在" if name != "folder" else "没有可读的文件"))
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
        os.utime(path, (1, 1))
    if name == "folder":
        path.mkdir()
        (path / "x.doc").write_bytes(b"x")
        words = "是文件夹" if command[0] == "check" else words
    said, packages = imported(*command, path, home=tmp_path / "home")
    assert words in said
    assert name in said
    assert len(said.splitlines()) == 2
    assert packages & set(HEAVY) == set()
    assert not (tmp_path / "home").exists()


def test_every_refused_file_of_a_folder_is_named(tmp_path: Path) -> None:
    for name, (content, _) in CONTENTS.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "好.csv").write_text("a,b,c\n1,2,3\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        require_loadable([tmp_path])
    lines = refused.value.message.splitlines()
    assert sorted(line.split(": ")[0] for line in lines) == sorted(CONTENTS)
    require_loadable([tmp_path], skip_refused=True)
    (tmp_path / "好.csv").unlink()
    with pytest.raises(InputError):
        require_loadable([tmp_path], skip_refused=True)


@pytest.mark.parametrize("content", [b"", b"\0" * 9, b"PK\x03\x04 begun"])
def test_a_file_that_is_still_written_is_left_to_the_load(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.xlsx"
    path.write_bytes(content)
    require_loadable([path], rest_seconds=60)
    os.utime(path, (1, 1))
    with pytest.raises(InputError):
        require_loadable([path], rest_seconds=60)


def test_where_nights_are_watched_the_refusal_is_a_failed_night(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.make()
    register = home_register(home)
    keep(register)
    imported("audit", tmp_path / "nowhere", home=home.root)
    with register.reading() as session:
        (attempt,) = session.scalars(select(Attempt)).all()
    assert attempt.outcome == "failed"
    assert "文件或目录不存在" in attempt.reason


def test_an_export_that_was_left_out_is_named_beside_the_figures(tmp_path: Path) -> None:
    """Also where everything else is as before: it is another run then, and not the complete one of the night before."""
    inbox, home = tmp_path / "inbox", tmp_path / "home"
    inbox.mkdir()
    write_shop(inbox)
    audit = ("audit", inbox, "--catalogue", SHOP_CATALOGUE, "--as-of", "2025-05-01", "--skip-refused", "--no-prefect")
    assert "未能载入" not in anka(*audit, home=home).stderr
    (inbox / "zz听证.csv").write_bytes(bytes(range(256)) * 12)
    completed = anka(*audit, "--format", "json", home=home)
    (line,) = [line for line in completed.stderr.splitlines() if "未能载入" in line]
    assert "zz听证.csv" in line
    assert json.loads(completed.stdout)["followed"]["problems"][0]["kind"] == "files_refused"
    (inbox / "zz听证.csv").unlink()
    assert "未能载入" not in anka(*audit, home=home).stderr
    with open_register(register_url(Home(home))).reading() as session:
        assert list(session.scalars(select(Run.complete).order_by(Run.seq))) == [True, False, True]
