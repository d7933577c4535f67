"""Prefect's server for the time of one command, where the office runs none: begun before anything is imported, because it takes
seconds to come up, and ended with the command however that ends.

As a program of its own (`python -m flows.night.one_shot_server FD`) it is that server. It answers on a socket it inherits, so that no
port can be taken in between and whoever asks early waits.
"""

import asyncio
import errno
import http.client
import os
import secrets
import shutil
import socket
import sqlite3
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from pathlib import Path
from urllib.error import HTTPError

from expectations.errors import InputError
from expectations.texts import Bilingual

_STOP_SECONDS = 10
_ANSWER_SECONDS = 5
_LEAST_FREE = 16 * 2**20
"""With less of the disk free the server answers that something is wrong with it, and not what."""
_ASKS_WHO = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@contextmanager
def one_shot_server() -> Iterator[None]:
    """Prefect's API on 127.0.0.1 while the block runs, for this process and its children alone; nothing where `PREFECT_API_URL`
    names a server. To be entered before Prefect is imported. Raises InputError where that server does not answer."""
    if office_server := os.environ.get("PREFECT_API_URL"):
        _require_answer(office_server)
        yield
        return
    password = f"anka:{secrets.token_hex()}"  # other accounts of the machine reach the port too
    with socket.create_server(("127.0.0.1", 0)) as listening:
        os.environ |= {
            "PREFECT_API_URL": f"http://127.0.0.1:{listening.getsockname()[1]}/api",
            "PREFECT_API_AUTH_STRING": password,
            "PREFECT_SERVER_API_AUTH_STRING": password,
        }
        log = Path(os.environ["PREFECT_HOME"], "server.log")
        server = subprocess.Popen(
            [sys.executable, "-m", "flows.night.one_shot_server", str(listening.fileno())],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log.open("w"),
            pass_fds=[listening.fileno()],
        )
    try:
        yield
    except BaseException as error:
        server.terminate()  # it may not have come so far that it hears its input end
        if type(error).__module__.startswith("prefect.") and shutil.disk_usage(log.parent).free < _LEAST_FREE:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(log.parent)) from None
        raise
    finally:
        assert server.stdin is not None
        server.stdin.close()
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _require_answer(api: str) -> None:
    """Asks once: Prefect itself would ask for minutes, and not say whom."""
    try:
        urllib.request.build_opener().open(f"{api}/health", timeout=_ANSWER_SECONDS).close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        if isinstance(error, HTTPError):
            error.close()
        cause = getattr(error, "reason", error)
        # else somebody is there: whom to trust and what to say to them, Prefect knows
        if not isinstance(cause, ssl.SSLError) and getattr(error, "code", 0) not in _ASKS_WHO:
            raise InputError(
                Bilingual("Prefect 服务没有应答", "no Prefect server answers").about(f"{api} ({cause})"),
                hint=Bilingual(
                    "启动它，或去掉环境变量 PREFECT_API_URL，或加 --no-prefect",
                    "start it, or take PREFECT_API_URL out of the environment, or add --no-prefect",
                ),
            ) from None


def serve(inherited: int) -> None:
    """Serves Prefect's API on the socket of that number until standard input ends: with the process that began it, even a killed
    one."""
    import uvicorn
    from prefect.server.api.server import create_app

    prepare_database()
    _forget_old_runs()
    server = uvicorn.Server(uvicorn.Config(create_app(ephemeral=True, final=True), fd=inherited, log_level="error"))

    def end() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=end, daemon=True).start()
    server.run()


def prepare_database() -> None:
    """Gives a new home the database of Prefect as a copy of an empty one, because its hundreds of migrations take seconds: the first
    server of this account runs them and keeps a copy, which holds tables and no rows, in the cache folder."""
    import prefect
    from platformdirs import user_cache_path
    from prefect.server.database import provide_database_interface
    from prefect.settings import get_current_settings

    database = get_current_settings().home / "prefect.db"
    url = get_current_settings().server.database.connection_url
    if database.exists() or url is None or not url.get_secret_value().endswith(str(database)):
        return
    kept = user_cache_path("anka") / f"prefect-{prefect.__version__}.db"
    if os.access(kept, os.R_OK):  # HOME may still name the folder of another account, as after `runuser -u`
        shutil.copyfile(kept, database)
        return
    asyncio.run(provide_database_interface().create_db())
    with suppress(OSError, sqlite3.Error):  # a home in which nothing may be kept only waits longer
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(f".{os.getpid()}")
        with closing(sqlite3.connect(database)) as con:
            con.execute("vacuum into ?", [str(beside)])
        beside.replace(kept)


def _forget_old_runs() -> None:
    """Deletes records of runs that ended more than 90 days ago (`PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD`), with their logs and
    artifacts: a server that lives for minutes never comes to it by itself."""
    from prefect.server.database import provide_database_interface
    from prefect.server.services.db_vacuum import vacuum_old_flow_runs
    from sqlalchemy.exc import SQLAlchemyError

    with suppress(
        SQLAlchemyError
    ):  # tables of an earlier Prefect, which the server brings up to date: the next one deletes
        asyncio.run(vacuum_old_flow_runs(db=provide_database_interface()))


if __name__ == "__main__":
    serve(int(sys.argv[1]))
