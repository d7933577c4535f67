"""A dashboard served on a free port of 127.0.0.1, as its own process, and people signed in to it, for the browser tests."""

import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

import dashboard
from expectations.home import Home
from expectations.people import sessions
from expectations.people.accounts import find_user
from expectations.people.organisation_file import read_organisation
from expectations.people.organisation_import import import_organisation
from expectations.store.register import Register, open_register, register_url
from support.places import SAMPLE

ORGANISATION = SAMPLE / "organisation.csv"


@contextmanager
def serving(home: Path, log: Path, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a dashboard on `home`; its own process ends with the block."""
    with serving_as(home, log, environment) as (address, _):
        yield address


@contextmanager
def serving_as(home: Path, log: Path, environment: Mapping[str, str] | None = None) -> Iterator[tuple[str, int]]:
    """The same, with the number of the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with log.open("w", encoding="utf-8") as out:
        settings = {**os.environ, "ANKA_HOME": str(home), "ANKA_SPARE": "0", **(environment or {})}
        server = subprocess.Popen(dashboard.command(port), env=settings, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/_stcore/health")
            yield f"http://127.0.0.1:{port}/", server.pid
        finally:
            server.terminate()
            server.wait(timeout=20)


def register_of(home: Path) -> Register:
    """The register of a home."""
    return open_register(register_url(Home(home)))


def with_people(home: Path) -> Register:
    """The register of a home, with the sample's organisation in it; nobody has a password."""
    register = register_of(home)
    lines = read_organisation(ORGANISATION.name, ORGANISATION.read_bytes())
    import_organisation(register, lines, (None, "test"), give_passwords=False)
    return register


def session_token(register: Register, login: str) -> str:
    """The cookie of a person who has just signed in."""
    with register.writing() as session:
        return sessions.start(session, find_user(session, login).id, "link")


def signed_in_context(browser: Browser, address: str, home: Path, login: str, **options: Any) -> BrowserContext:
    """A browser context in which `login` of the sample's organisation is signed in; see `with_people`."""
    context = browser.new_context(**options)
    token = session_token(register_of(home), login)
    context.add_cookies(
        [{"name": "anka_session", "value": token, "url": address, "httpOnly": True, "sameSite": "Strict"}]
    )
    return context


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
