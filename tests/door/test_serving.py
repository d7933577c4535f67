"""`anka dashboard` as a process: it answers on this machine, ends when told to, and a taken port is one clear line."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from support.site.dashboard_server import with_people

from expectations.store.register import let_go


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_dashboard_answers_and_ends_with_its_command(tmp_path: Path, ending: signal.Signals) -> None:
    port = free_port()
    with_people(tmp_path / "home")
    let_go()
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "flows.start", "dashboard", "--port", str(port), "--no-open"],
            env=os.environ | {"ANKA_HOME": str(tmp_path / "home")},
            stdout=log,
            stderr=log,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a test run in the background ignores it
        )
        try:
            assert answers(port, 90), (tmp_path / "log").read_text()
            urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=30).close()
            assert (tmp_path / "home" / "register.db-wal").exists()
        finally:
            server.send_signal(ending)
            assert server.wait(30) == (-ending if ending == signal.SIGKILL else 128 + ending)
    deadline = time.monotonic() + (15 if ending == signal.SIGKILL else 0)  # nobody waited for the server then
    while answers(port, 1) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not answers(port, 1)
    # told to end, it leaves the register as one file, and nothing that was there for the time being
    not_folded = tmp_path / "home" / "register.db-wal"
    while not_folded.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert not not_folded.exists()


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        completed = subprocess.run(
            [sys.executable, "-m", "flows.cli.main", "demo", "--port", port],
            env=os.environ | {"ANKA_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert completed.returncode == 2
    assert f"port {port} is in use" in completed.stderr
    assert "Traceback" not in completed.stderr
