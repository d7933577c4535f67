"""A dashboard served on a free port of 127.0.0.1, as its own process, for the browser tests."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dashboard


@contextmanager
def serving(home: Path, log: Path) -> Iterator[str]:
    """The address of a dashboard on `home`; its own process ends with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(
            dashboard.command(port), env={**os.environ, "ANKA_HOME": str(home)}, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_it_answers(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)
