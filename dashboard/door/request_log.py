"""The log one diagnoses by: a line for every request and for whatever was slow. No name, no login, no value: an address is told by the
page or file it asks for, a session by a few signs of the hash of its key, a statement by the function that runs it.
"""

import gc
import hashlib
import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from starlette.types import Message, Scope, Send

from dashboard.door.stripped_log import OWN, strip_errors, to_file
from dashboard.exports.routes import EXPORTS
from expectations.errors import InputError
from expectations.office_days import office_clock
from expectations.rights.roles import PAGES
from expectations.store.register import now
from expectations.store.slow_statements import caller_of, watch_statements
from expectations.texts import Bilingual

FILE_VARIABLE, SLOW_VARIABLE = "ANKA_LOG", "ANKA_SLOW_SECONDS"
_SLOW = "2"
_STATE = "anka.request"
_LOG = logging.getLogger(OWN)
_LOOKING = threading.Lock()
"""Held by who looks where another thread is."""
_ROUTES = frozenset(
    (
        "/", "/start", "/sign-in", "/sign-out", "/password", "/oidc/start", "/oidc/callback", "/session", "/session-watch.js", "/icon.svg",
        "/first-start", "/health/live", "/health/ready", "/_stcore/health", "/_stcore/host-config", "/_stcore/stream",
        *(f"/{page}" for pages in PAGES.values() for page in pages), *(f"/export/{name}" for name in EXPORTS),
    )
)  # fmt: skip
_FOLDERS = ("/static/", "/data-docs/", "/_stcore/upload_file/", "/_stcore/")
"""Of what lies below them only the folder is told."""
_OTHER = "(other)"
_BEAT = ("/_stcore/health", "200")
"""What `anka serve` asks every five seconds: well, it would be all the log."""


def begin_log() -> None:
    """Begins it: on standard error, or in the file that `ANKA_LOG` names. On a terminal only what is slow or failed is shown."""
    file = os.environ.get(FILE_VARIABLE, "")
    strip_errors()
    if file:
        to_file(Path(file))
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    _LOG.addHandler(handler)
    _LOG.propagate = False
    _LOG.setLevel(logging.WARNING if sys.stderr.isatty() else logging.INFO)
    watch_statements(slow_seconds(), lambda name, seconds: _slow("statement", name, seconds))


def slow_seconds() -> float:
    """What takes longer is slow. Raises InputError."""
    said = os.environ.get(SLOW_VARIABLE, "") or _SLOW
    try:
        return float(said)
    except ValueError:
        raise InputError(
            Bilingual("不是秒数", "no number of seconds").about(f"{SLOW_VARIABLE}={said}"),
            hint=f"{SLOW_VARIABLE}={_SLOW}",
        ) from None


def requested(scope: Scope, send: Send) -> tuple[Scope, Send]:
    """The request with a place for its session, and an answer that is written down when it is begun."""
    begun, told = time.monotonic(), dict[str, str]()

    async def answer(message: Message) -> None:
        kind = message["type"]
        if kind == "http.response.start":
            _line(scope, told, str(message["status"]), begun)
        elif kind == "websocket.accept":
            _line(scope, told, "open", begun)
        elif kind == "websocket.close":
            _line(scope, told, "closed", begun)
        await send(message)

    return {**scope, _STATE: told}, answer


def note_session(scope: Scope, key: str) -> None:
    """Keeps whose session a request came with."""
    scope.get(_STATE, {})["session"] = hashlib.sha256(key.encode()).hexdigest()[:8]


@contextmanager
def timed_page(page: str) -> Iterator[None]:
    """Writes down a pass of a page that was slow, with where it was when it had become so."""
    limit, begun, here = slow_seconds(), time.monotonic(), threading.get_ident()
    places: list[str] = []
    timer = threading.Timer(limit, lambda: places.append(caller_of(_frame_of(here))))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        seconds = time.monotonic() - begun
        if seconds >= limit:
            _slow("page", page, seconds, f" in={places[0]}" if places else "")


def _frame_of(thread: int) -> FrameType | None:
    """Where another thread is. Python's garbage is let lie meanwhile: should looking set off a collection, what that calls may let other threads
    go on, and the first that begins, ends or looks as well would wait for this one for ever, and this one for it."""
    with _LOOKING:
        collects = gc.isenabled()
        gc.disable()
        try:
            return sys._current_frames().get(thread)  # noqa: SLF001 -- documented, and the only way to ask
        finally:
            if collects:
                gc.enable()


def _line(scope: Scope, told: dict[str, str], status: str, begun: float) -> None:
    if (scope["path"], status) == _BEAT:
        return
    milliseconds = round((time.monotonic() - begun) * 1000)
    method = str(scope.get("method", "WEBSOCKET"))
    parts = f"method={method} route={route_of(str(scope['path']))} status={status} ms={milliseconds}"
    _LOG.info("%s request %s session=%s", _now(), parts, told.get("session", "-"))


def route_of(path: str) -> str:
    """What is asked for, of addresses that are known; whatever else somebody types stays out of the log."""
    if path in _ROUTES:
        return path
    return next((f"{folder}…" for folder in _FOLDERS if path.startswith(folder)), _OTHER)


def _slow(what: str, name: str, seconds: float, where: str = "") -> None:
    _LOG.warning("%s slow %s=%s seconds=%.1f%s", _now(), what, name, seconds, where)


def _now() -> str:
    return office_clock(now()).isoformat(timespec="milliseconds")
