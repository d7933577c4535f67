"""Which parts the house of a home has, and that it has them once."""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from expectations.connections import size_in_bytes
from expectations.errors import InputError
from expectations.home import Home
from expectations.texts import Bilingual
from flows.serving.parts import Part, answers_at, beats, has_children, is_visited
from flows.settings import prepare_environment

if sys.platform != "win32":
    import fcntl

MEMORY_VARIABLE = "ANKA_SERVE_MEMORY"
_MOST = "2GB"
_WORKER_STOPS = 45
"""Seconds: Prefect gives a run half a minute to end by itself."""
_NEVER = 0
_PREFECT = {
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",  # records of runs end after 90 days
    "PREFECT_LOGGING_COLORS": "false",
}


@contextmanager
def sole_house(home: Home) -> Iterator[None]:
    """Holds the home's lock of `anka serve`, which ends with the process. Raises InputError when it is held."""
    home.make()
    with (home.root / "serve.lock").open("w") as lock:
        if sys.platform != "win32":
            _lock(lock, home)
        yield


def _lock(lock: IO[str], home: Home) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(
            Bilingual("这个主目录已有 anka serve 在运行", "anka serve is at work on this home already").about(
                home.root
            ),
            hint=Bilingual("先结束它，或用 --home 指定另一个", "end it first, or choose another with --home"),
        ) from None


def most_bytes() -> int:
    """How much memory a part may hold: `ANKA_SERVE_MEMORY`; 0 for no limit. Raises InputError."""
    asked = os.environ.get(MEMORY_VARIABLE, _MOST)
    return _NEVER if asked == "0" else int(size_in_bytes(MEMORY_VARIABLE, asked))


def parts_of(
    home: Home, port: int, dashboard_command: Sequence[str], prefect_port: int, beating: tuple[int, int]
) -> list[Part]:
    """The parts, in the order they begin. `beating`: the two ends of the pipe by which the worker says that it lives."""
    environment = {**os.environ, "ANKA_HOME": str(home.root)}
    office_server = environment.get("PREFECT_API_URL", "")
    api = office_server or f"http://127.0.0.1:{prefect_port}/api"
    prefect_environment = _prefect_environment(home, environment, api, own=not office_server)
    for_pages = {name: text for name, text in environment.items() if not name.startswith("PREFECT_")}
    parts = [
        Part(
            "dashboard",
            dashboard_command,
            for_pages,
            lambda: answers_at(f"http://127.0.0.1:{port}/_stcore/health"),
            lambda pid: is_visited(port),
        )
    ]
    if not office_server:
        parts.append(
            Part(
                "prefect",
                (sys.executable, "-m", "flows.serving.prefect_server", str(prefect_port)),
                prefect_environment,
                lambda: answers_at(f"{api}/health"),
                lambda pid: False,
            )
        )
    reading, writing = beating
    worker = Part(
        "worker",
        (sys.executable, "-m", "flows.serving.worker", str(writing)),
        prefect_environment,
        lambda: beats(reading),
        has_children,
        after="" if office_server else "prefect",
        stop_seconds=_WORKER_STOPS,
        hands=(writing,),
    )
    return [*parts, worker]


def _prefect_environment(home: Home, environment: Mapping[str, str], api: str, *, own: bool) -> Mapping[str, str]:
    """What Prefect's parts are begun with: an own server asks for a password, since every account of the machine reaches its port."""
    os.environ["PREFECT_API_URL"] = api
    prepare_environment(home)
    prepared = {**environment, **_PREFECT, **os.environ}
    if own:
        password = password_file(home).read_text(encoding="ascii").strip()
        prepared |= {
            "PREFECT_API_AUTH_STRING": password,
            "PREFECT_SERVER_API_AUTH_STRING": password,
            "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(home.prefect.absolute() / "pages"),
        }
    return prepared


def password_file(home: Home) -> Path:
    """The file that holds the password of Prefect's pages, made where there is none."""
    file = home.prefect / "password"
    if not file.exists():
        home.prefect.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(f"anka:{secrets.token_urlsafe(24)}\n", encoding="ascii")
    return file
