"""`anka serve` as an office runs it, on free ports, over an inbox with one small export."""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from expectations.home import Home
from expectations.store.register import Register, now, open_register, register_url
from expectations.store.tables import Attempt, Message
from support.house.nginx import free_ports
from support.places import SAMPLE

WAIT = 300
"""Seconds a step may take on a machine that is busy with other tests."""
PARTS = {"dashboard": "dashboard.asgi", "prefect": "flows.serving.prefect_server", "worker": "flows.serving.worker"}


@dataclass
class House:
    process: "subprocess.Popen[bytes]"
    folder: Path
    port: int
    prefect_port: int

    @property
    def home(self) -> Home:
        return Home(self.folder / "home")

    @property
    def register(self) -> Register:
        return open_register(register_url(self.home))

    def said(self) -> str:
        return (self.folder / "said").read_text(encoding="utf-8")

    def until(self, holds: Callable[[], bool], seconds: float = WAIT) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.3)

    def until_ready(self) -> None:
        self.until(lambda: all(f"{part}: 已就绪" in self.said() for part in PARTS))

    def asks(self, path: str, /, **body: Any) -> Any:
        """What Prefect's server answers to whoever knows the password."""
        password = (self.home.prefect / "password").read_bytes().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.prefect_port}/api/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": "Basic " + base64.b64encode(password).decode()},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def runs(self, flow: str) -> list[dict[str, Any]]:
        """The runs of a flow, also those to come."""
        return list(self.asks("flow_runs/filter", flows={"name": {"any_": [flow]}}))

    def outcomes(self) -> list[str]:
        with self.register.reading() as session:
            return list(session.scalars(select(Attempt.outcome).order_by(Attempt.id)))

    def told(self) -> list[tuple[str, str]]:
        """Kind and recipient of every message that was tried."""
        with self.register.reading() as session:
            return sorted((message.kind, message.recipient) for message in session.scalars(select(Message)))

    def pids(self) -> dict[str, int]:
        """The processes of the parts."""
        return {
            part: pid for part, words in PARTS.items() for pid in children(self.process.pid) if words in words_of(pid)
        }

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(WAIT)


def children(pid: int) -> list[int]:
    """The processes one has begun, as Linux lists them by thread."""
    return [
        int(child) for listed in Path(f"/proc/{pid}/task").glob("*/children") for child in listed.read_text().split()
    ]


def words_of(pid: int) -> str:
    """The command line of a process that lives."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def nights(register: Register, *outcomes: str) -> None:
    """Attempts of earlier days, the last of three days ago."""
    with register.writing() as session:
        for age, outcome in zip(range(len(outcomes) + 2, 2, -1), outcomes, strict=True):
            began = now() - timedelta(days=age)
            ended = None if outcome == "running" else began
            session.add(Attempt(started_at=began, ended_at=ended, outcome=outcome, reason=""))


@contextmanager
def house(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[House]:
    """It begins with the block and is killed at its end, if it still lives."""
    (folder / "inbox").mkdir(exist_ok=True)
    shutil.copy(SAMPLE / "exports" / "听证.csv", folder / "inbox")
    port, prefect_port = free_ports(2)
    usual = {name: text for name, text in os.environ.items() if not name.startswith(("PREFECT_", "ANKA_"))}
    places = {"ANKA_HOME": str(folder / "home"), "ANKA_INBOX": str(folder / "inbox"), "ANKA_SPARE": "0"}
    command = ["-m", "flows.start", "serve", "--port", str(port), "--prefect-port", str(prefect_port)]
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, *command],
            env={**usual, **places, **(environment or {})},
            stdout=said,
            stderr=subprocess.STDOUT,
        )
    try:
        yield House(process, folder, port, prefect_port)
    finally:
        process.kill()
        process.wait()
