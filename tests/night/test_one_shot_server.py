"""Prefect's server for the time of a command: who may ask it, how it ends, and the database it begins with."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from expectations.errors import InputError
from expectations.home import Home
from flows.night.one_shot_server import one_shot_server
from flows.settings import prepare_environment

COMMAND = """
import os, sys
from pathlib import Path
from expectations.home import Home
from flows.settings import prepare_environment
prepare_environment(Home(Path(sys.argv[1])))
from expectations.errors import InputError
from expectations.home import Home
from flows.night.one_shot_server import one_shot_server
from flows.settings import prepare_environment
with one_shot_server():
    print(os.environ["PREFECT_API_URL"], os.environ.get("PREFECT_API_AUTH_STRING"), flush=True)
    sys.stdin.read()
"""
WAIT = 60


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An account's cache folder that is empty at first."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(name="command")
def command_(tmp_path: Path, cache: Path) -> Iterator["Running"]:
    with Running(tmp_path / "home", cache) as running:
        yield running


class Running:
    """A command with its server, in a home of its own."""

    def __init__(self, home: Path, cache: Path) -> None:
        self.home = home
        usual = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        self.process = subprocess.Popen(
            [sys.executable, "-c", COMMAND, str(home)],
            env=usual | {"XDG_CACHE_HOME": str(cache)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.api, self.password = self.process.stdout.readline().split()

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def asked(self, path: str, password: str | None = None) -> requests.Response:
        """The answer to who waits for it: the server takes seconds to come up, and nobody is refused meanwhile."""
        name, word = (password or self.password).split(":")
        return requests.get(f"{self.api}{path}", auth=(name, word), timeout=WAIT)

    def told(self, path: str, said: dict[str, Any]) -> Any:
        """What the server makes of something."""
        name, word = self.password.split(":")
        answer = requests.post(f"{self.api}{path}", json=said, auth=(name, word), timeout=WAIT)
        answer.raise_for_status()
        return answer.json()

    def is_gone(self) -> bool:
        """Whether nothing answers any more, within a while."""
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            try:
                requests.get(f"{self.api}/health", timeout=WAIT)
            except requests.ConnectionError:
                return True
            time.sleep(0.2)
        return False


def test_only_the_command_itself_is_answered(command: Running) -> None:
    assert command.asked("/admin/version").status_code == 200
    assert command.asked("/admin/version", "anka:guessed").status_code == 401


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_server_ends_with_the_command_however_that_ends(command: Running, signal_number: signal.Signals) -> None:
    assert command.asked("/health").ok
    command.process.send_signal(signal_number)
    command.process.wait(WAIT)
    assert command.is_gone()


def contents(database: Path) -> tuple[set[tuple[str, str]], dict[str, int]]:
    """The objects of a database of Prefect, and the rows of its tables that hold any."""
    with closing(sqlite3.connect(database)) as con:
        objects = set(con.execute("select type, name from sqlite_master where name not like 'sqlite_stat%'").fetchall())
        tables = [name for kind, name in objects if kind == "table"]
        rows = {name: con.execute(f'select count(*) from "{name}"').fetchone()[0] for name in tables}
        return objects, {name: count for name, count in rows.items() if count}


def test_new_homes_begin_with_an_empty_database_made_once(tmp_path: Path, cache: Path) -> None:
    for name in ("one", "two"):
        with Running(tmp_path / name, cache) as running:
            assert running.asked("/health").ok
    (kept,) = (cache / "anka").iterdir()
    assert contents(kept)[1] == {"alembic_version": 1}
    first, second = (tmp_path / name / "prefect" / "prefect.db" for name in ("one", "two"))
    assert contents(first)[0] == contents(second)[0] == contents(kept)[0]


@pytest.mark.long
def test_records_of_runs_end_after_ninety_days(tmp_path: Path, cache: Path) -> None:
    database = tmp_path / "home" / "prefect" / "prefect.db"
    with Running(tmp_path / "home", cache) as running:
        flow = running.told("/flows/", {"name": "nightly_audit"})["id"]
        done = {"type": "COMPLETED", "name": "Completed"}
        for name in ("old", "young"):
            run = running.told("/flow_runs/", {"flow_id": flow, "name": name, "state": done})["id"]
            running.told("/artifacts/", {"flow_run_id": run, "type": "markdown", "data": name})
    with closing(sqlite3.connect(database)) as con, con:
        con.execute(
            "update flow_run set end_time = datetime('now', case name when 'old' then '-91 days' else '-89 days' end)"
        )
    with Running(tmp_path / "home", cache) as running:
        assert running.asked("/health").ok
    with closing(sqlite3.connect(database)) as con:
        assert con.execute("select name from flow_run").fetchall() == [("young",)]
        assert con.execute("select count(*) from artifact").fetchone() == (1,)


class Office(BaseHTTPRequestHandler):
    """A server that answers as the test has it."""

    status = 200

    def do_GET(self) -> None:
        """The answer to whether it is well."""
        assert self.path == "/api/health"
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Not into the test's output."""


@pytest.fixture(name="office")
def office_(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Office]]:
    """A server of the office, which the environment names; also a proxy, which nobody answers for."""
    answering = type("Answering", (Office,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{server.server_port}/api")
        yield answering
        server.shutdown()


@pytest.mark.parametrize("status", [200, 401, 403])
def test_a_server_of_the_office_is_used_instead(office: type[Office], status: int) -> None:
    office.status = status
    before = dict(os.environ)
    with one_shot_server():
        assert dict(os.environ) == before


def test_this_machine_is_not_asked_through_a_proxy(
    office: type[Office], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office.status == 200
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "example.org")
    monkeypatch.delenv("NO_PROXY", raising=False)
    for name in ("PREFECT_HOME", "DO_NOT_TRACK", "GX_ANALYTICS_ENABLED"):
        monkeypatch.setenv(name, os.environ.get(name, "1"))  # put back at the end
    with pytest.raises(InputError), one_shot_server():
        pass
    prepare_environment(Home(tmp_path))
    assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "example.org,127.0.0.1,localhost"
    with one_shot_server():
        pass


@pytest.mark.parametrize("kind", ["another service", "nobody", "silent", "no address"])
def test_a_server_that_does_not_answer_is_one_line_within_seconds(
    office: type[Office], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr("flows.night.one_shot_server._ANSWER_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        if kind == "another service":
            office.status = 404
        elif kind == "no address":
            monkeypatch.setenv("PREFECT_API_URL", "prefect")
        else:
            monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{port}/api")
        if kind == "nobody":
            silent.close()
        begun = time.monotonic()
        with pytest.raises(InputError, match="no Prefect server answers") as refused, one_shot_server():
            pass
    assert time.monotonic() - begun < 10
    assert "\n" not in refused.value.message
    assert "--no-prefect" in refused.value.hint


@pytest.mark.long
def test_a_cache_folder_that_cannot_be_looked_into_costs_seconds_and_no_audit(tmp_path: Path) -> None:
    with Running(
        tmp_path / "home", cache=tmp_path / ("x" * 300)
    ) as running:  # as that of another account, also for root
        assert running.asked("/admin/version").status_code == 200
