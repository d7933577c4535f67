"""A register on SQLite and one on a real PostgreSQL server, for every test that takes the fixture `register`."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from expectations.store.register import Register, open_register

_numbers = count()
_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty server of its own on 127.0.0.1; one per worker."""
    if not _PROGRAMS:
        pytest.skip("PostgreSQL is not installed at /usr/lib/postgresql")
    programs, folder = _PROGRAMS[-1], tmp_path_factory.mktemp("postgresql")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    as_somebody = _as_postgres(folder)
    where = folder / "server"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    subprocess.run(
        [*as_somebody, programs / "initdb", "-D", where, "-U", "anka", "-E", "UTF8", "--auth=trust", "--no-sync"],
        check=True,
        **quiet,
    )  # type: ignore[call-overload]
    options = (
        f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off -c max_connections=60"
    )
    server = subprocess.Popen(
        [*as_somebody, programs / "postgres", "-D", where, *options.replace("''", "").split()], **quiet
    )  # type: ignore[call-overload]
    url = f"postgresql+psycopg://anka@127.0.0.1:{port}/postgres"
    try:
        _wait(programs, port)
        yield url
    finally:
        os.kill(int((where / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        server.wait(timeout=30)


def empty_database(server: str) -> str:
    """The URL of a new database on the server of `postgresql`."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    name = f"empty{next(_numbers)}"
    with engine.connect() as con:
        con.execute(text(f"create database {name}"))
    url = engine.url.set(database=name).render_as_string(hide_password=False)
    engine.dispose()
    return url


def _as_postgres(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root; Debian's package brings a user for it."""
    if os.getuid() != 0:
        return []
    user = pwd.getpwnam("postgres")
    for part in (folder, *folder.parents[:3]):
        if part.owner() == "root" and str(part) != "/tmp":
            # Folders of pytest are root's alone; the server has to pass through them to its own.
            part.chmod(part.stat().st_mode | 0o011)
    shutil.chown(folder, user.pw_uid, user.pw_gid)
    return ["runuser", "-u", "postgres", "--"]


def _wait(programs: Path, port: int) -> None:
    for _ in range(120):
        ready = subprocess.run(
            [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port), "-t", "1"], check=False
        )
        if ready.returncode == 0:
            return
    raise TimeoutError(port)


@pytest.fixture(params=["sqlite", "postgresql"])
def register(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Register]:
    """An empty register, on both databases."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'register.db'}"
    else:
        server = create_engine(request.getfixturevalue("postgresql"), isolation_level="AUTOCOMMIT")
        name = f"t{abs(hash(str(tmp_path)))}"
        with server.connect() as con:
            con.execute(text(f"create database {name}"))
        url = server.url.set(database=name).render_as_string(hide_password=False)
        server.dispose()
    opened = open_register(url)
    yield opened
    opened.close()
    open_register.cache_clear()
