"""Nothing is reached beyond the machine: neither by Anka nor by a library of another language underneath it."""

import os
import shutil
import sys
from pathlib import Path

import pytest
from support.network.alone import alone, namespace, outward
from support.places import ROOT, SAMPLE

pytestmark = pytest.mark.skipif(not namespace(), reason="this machine has no strace, or allows no network namespace")

EXPORT = SAMPLE / "exports" / "听证.csv"


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.getaddrinfo('index.example', 443)",
        "import socket; socket.create_connection(('192.0.2.1', 443), 1)",
        "import socket; socket.create_connection(('2001:db8::1', 443), 1)",
        "import duckdb; duckdb.execute('install httpfs')",
    ],
)
def test_whoever_tries_is_seen(attempt: str) -> None:
    completed, attempts = alone(sys.executable, "-c", attempt)
    assert completed.returncode == 1
    assert attempts


def test_what_stays_on_the_machine_is_not_counted() -> None:
    assert (
        outward(['1 connect(3, {sa_family=AF_INET, sin_port=htons(8501), sin_addr=inet_addr("127.0.0.1")}, 16) = 0'])
        == []
    )
    assert outward(['1 connect(3, {sa_family=AF_UNIX, sun_path="/run/nscd/socket"}, 110) = -1 ENOENT']) == []


def test_a_day_of_the_office_reaches_nothing_beyond_the_machine(tmp_path: Path) -> None:
    export = Path(shutil.copy(EXPORT, tmp_path))
    completed, attempts = alone(
        sys.executable, "-m", "support.network.office_day", tmp_path / "home", export, "3",
        env=os.environ | {"ANKA_SPARE": "0", "PYTHONPATH": str(ROOT / "tests")},
    )  # fmt: skip
    assert completed.returncode == 0, completed.stderr
    assert "pages: first page" in completed.stdout
    assert attempts == []
