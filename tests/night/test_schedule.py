"""The night as an office sets it up: a real Prefect server, `flows/prefect.yaml` deployed, a worker, and the schedule that fires by itself."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from support.places import SAMPLE

from expectations.home import Home
from expectations.run.published import open_published

FLOWS = Path(__file__).parents[2] / "flows"
PREFECT = (sys.executable, "-m", "prefect")
DEPLOYMENT = "nightly_audit/nightly"
AHEAD, AGAIN = timedelta(seconds=10), timedelta(minutes=1)
WAIT = 300
"""Seconds a step may take on a machine that is busy with other tests."""


@pytest.fixture
def office(tmp_path: Path) -> Mapping[str, str]:
    """The variables of docs/operations.md, for an inbox with one small export."""
    (tmp_path / "inbox").mkdir()
    shutil.copy(SAMPLE / "exports" / "听证.csv", tmp_path / "inbox")
    (tmp_path / "home" / "prefect").mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    usual = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "ANKA_"))}
    return usual | {
        "ANKA_HOME": str(tmp_path / "home"),
        "ANKA_INBOX": str(tmp_path / "inbox"),
        "PREFECT_HOME": str(tmp_path / "home" / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    }


def test_the_schedule_fires_and_the_run_is_published(office: Mapping[str, str], tmp_path: Path) -> None:
    home, port = Home(tmp_path / "home"), office["PREFECT_API_URL"].split(":")[-1].split("/")[0]
    with running(office, "server", "start", "--host", "127.0.0.1", "--port", port) as server:
        until(lambda: answers(office), server)
        prefect(office, "work-pool", "create", "anka", "--type", "process")
        with running(office, "worker", "start", "--pool", "anka") as worker:
            prefect(office, "--no-prompt", "deploy", "--all")
            add_schedule(office, datetime.now(UTC) + AHEAD)
            until(lambda: "COMPLETED" in [run["state_type"] for run in scheduled(office)], worker)
        tables = {made["key"]: made["data"] for made in asked(office, "POST", "artifacts/filter", {}).json()}
        assert "18:00" in [run["expected_start_time"][11:16] for run in scheduled(office)], "02:00 in Shanghai"
    with open_published(home.current()) as con:
        assert con.execute("select distinct card from checked").fetchall() == [("hearing",)]
        counts = con.execute("select rows_read, rows_loaded, rows_rejected from runs").fetchall()[0]
    assert "| {} = {} + {} |".format(*counts) in tables["run"]
    assert "| 完整 / complete | 是 / yes |" in tables["run"]
    assert "| 部门 department |" in tables["departments"]


@contextmanager
def running(office: Mapping[str, str], *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of Prefect; it and all that it started end with the block, also the runs a worker gives sessions of their own."""
    process = subprocess.Popen([*PREFECT, *command], cwd=FLOWS, env=office)
    try:
        yield process
    finally:
        for pid in family(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(timeout=20)


def family(pid: int) -> list[int]:
    """A process, its children, and theirs, as Linux lists them by thread."""
    pids = [pid]
    for member in pids:
        for listed in Path(f"/proc/{member}/task").glob("*/children"):
            with suppress(OSError):  # gone meanwhile
                pids += map(int, listed.read_text().split())
    return pids


def prefect(office: Mapping[str, str], *command: str) -> None:
    """A command of Prefect that ends by itself, and well."""
    subprocess.run([*PREFECT, *command], cwd=FLOWS, env=office, timeout=WAIT, check=True)


def answers(office: Mapping[str, str]) -> bool:
    try:
        return requests.get(f"{office['PREFECT_API_URL']}/health", timeout=60).ok
    except requests.RequestException:
        return False


def add_schedule(office: Mapping[str, str], first: datetime) -> None:
    """A second schedule of the deployment beside that of the night; it fires again where a slow machine missed the first time."""
    deployment = asked(office, "GET", f"deployments/name/{DEPLOYMENT}").json()
    schedule: dict[str, float | str] = {"interval": AGAIN.total_seconds(), "anchor_date": first.isoformat()}
    asked(office, "POST", f"deployments/{deployment['id']}/schedules", [{"active": True, "schedule": schedule}])


def scheduled(office: Mapping[str, str]) -> list[dict[str, Any]]:
    """The runs the server's schedules have made, whatever became of them."""
    return [run for run in asked(office, "POST", "flow_runs/filter", {}).json() if run["auto_scheduled"]]


def asked(office: Mapping[str, str], method: str, path: str, body: Any = None) -> requests.Response:
    """The server's answer; one whose database is locked for a moment says 503, and is to be asked again."""
    end = time.monotonic() + WAIT
    while True:
        answer = requests.request(method, f"{office['PREFECT_API_URL']}/{path}", json=body, timeout=60)
        if answer.status_code != requests.codes.service_unavailable or time.monotonic() > end:
            answer.raise_for_status()
            return answer
        time.sleep(1)


def until(holds: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = WAIT) -> None:
    """Waits for what `process` brings about; what it prints is shown when the test fails."""
    end = time.monotonic() + seconds
    while not holds():
        assert process.poll() is None, "it ended by itself"
        assert time.monotonic() < end, "it never came"
        time.sleep(0.3)
