"""`anka log verify` on the command line, and what commands leave in the log: every act of the machine has an entry, with its account."""

import getpass
import json
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import create_engine, select, text
from support.dashboard_small import publish_small
from typer.testing import CliRunner

from expectations.home import Home
from expectations.people import sessions
from expectations.register.belonging import home_register
from expectations.run.schema import LOG_HEAD
from expectations.store.chain import log_head
from expectations.store.register import Register
from expectations.store.tables import Access
from flows.cli.main import app

RUN = CliRunner()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """With a published run that keeps the head of the log as it stood."""
    made = publish_small(tmp_path / "home")
    register = home_register(made)
    with register.reading() as session:
        head = log_head(session)
    (file,) = made.published_files()
    with duckdb.connect(str(file)) as con:
        con.execute(f"insert into {LOG_HEAD.name} values (?, ?, ?)", [head.entry, head.hash, register.identity()])
    return made


def entries(register: Register) -> list[tuple[str, str, str]]:
    with register.reading() as session:
        rows = session.execute(select(Access.action, Access.subject, Access.detail).order_by(Access.id)).all()
        return [(action, subject, detail) for action, subject, detail in rows]


def verified(home: Home, *options: str) -> tuple[int, dict[str, object]]:
    outcome = RUN.invoke(app, ["log", "verify", "--home", str(home.root), "--json", *options])
    return outcome.exit_code, json.loads(outcome.output)


def test_lists_and_exports_by_command_stand_in_the_log(home: Home, tmp_path: Path) -> None:
    for words in (
        ["findings", "--text", "示例甲"],
        ["findings", "-o", str(tmp_path / "f.csv"), "--rule", "V6"],
        ["due", "--format", "json"],
        ["notices", "grading", "--written-all", "7"],
    ):
        assert RUN.invoke(app, [*words, "--home", str(home.root)]).exit_code == 0, words
    by = f"account={getpass.getuser()}"
    logged = entries(home_register(home))
    assert ("list", "findings", f"text=… {by}") in logged
    assert ("export", "findings", f"rule_id=V6 as=csv {by}") in logged
    assert ("export", "due", f"as=json {by}") in logged
    assert [action for action, _, _ in logged].count("grading") == 1
    assert "示例甲" not in str(logged)


def test_a_whole_log_is_said_to_be_whole_and_a_changed_one_names_the_entry(home: Home) -> None:
    register = home_register(home)
    for _ in range(3):
        RUN.invoke(app, ["findings", "--home", str(home.root)])
    code, said = verified(home)
    assert (code, said["whole"], said["witnesses"], said["problems"]) == (0, True, 1, [])
    with register.reading() as session:
        printed = str(log_head(session))
    assert verified(home, "--head", printed)[0] == 0
    engine = create_engine(register.engine.url)
    with engine.begin() as connection:
        connection.execute(text("drop trigger access_log_no_update"))
        connection.execute(text("update access_log set subject = 'due' where id = 2"))
    engine.dispose()
    code, said = verified(home, "--head", printed)
    problems = said["problems"]
    assert isinstance(problems, list)
    assert (code, [(problem["kind"], problem["entry"]) for problem in problems]) == (3, [("changed", 2)])
    shown = RUN.invoke(app, ["log", "verify", "--home", str(home.root)])
    assert (shown.exit_code, "第 2 条被改动 / entry 2 was changed" in shown.output) == (3, True)


def test_a_log_cut_off_is_found_by_the_published_run(home: Home) -> None:
    register = home_register(home)
    engine = create_engine(register.engine.url)
    with engine.begin() as connection:
        connection.execute(text("drop trigger access_log_no_delete"))
        connection.execute(text("delete from access_log"))
        connection.execute(text("update log_head set entry = 0, hash = ''"))
    engine.dispose()
    code, said = verified(home)
    problems = said["problems"]
    assert isinstance(problems, list)
    assert (code, problems[0]["kind"], problems[0]["entry"]) == (3, "cut_off", 1)
    assert "000001-r1.duckdb" in str(problems[0]["en"])


def test_what_is_no_head_is_a_usage_error(home: Home) -> None:
    outcome = RUN.invoke(app, ["log", "verify", "--home", str(home.root), "--head", "nonsense"])
    assert (outcome.exit_code != 0, "nonsense" in str(outcome.exception)) == (True, True)


def test_a_one_time_link_stands_in_the_log(home: Home) -> None:
    RUN.invoke(app, ["user", "add", "admin", "--name", "管", "--role", "administrator", "--home", str(home.root)])
    register = home_register(home)
    sessions.one_time_link(register, "admin")
    assert entries(register)[-1] == ("link", "admin", f"account={getpass.getuser()}")
