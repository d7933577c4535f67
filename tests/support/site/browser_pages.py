"""A real headless Chromium for the tests of pages: people signed in, hosts and script errors watched."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from support.site.dashboard_server import signed_in_context

CHROMIUM = Path("/usr/bin/chromium")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDE, NARROW = (1440, 1000), (390, 844)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium per module."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=SWITCHES)
        yield chromium
        chromium.close()


@contextmanager
def opened(browser: Browser, address: str, home: Path, login: str, **options: Any) -> Iterator[Page]:
    """A page of `login`; afterwards it has asked no other host and no script has failed."""
    hosts: set[str] = set()
    mistakes: list[str] = []
    sizes = {"viewport": {"width": WIDE[0], "height": WIDE[1]}, "accept_downloads": True}
    context = signed_in_context(browser, address, home, login, **{**sizes, **options})
    page = context.new_page()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname or ""))
    page.on("pageerror", lambda error: mistakes.append(str(error)))
    yield page
    context.close()
    assert hosts - {""} <= {"127.0.0.1"}, hosts
    assert not mistakes, mistakes


def go(page: Page, server: str, address: str, heading: str) -> None:
    """Opens an address and waits for the page's heading."""
    page.goto(server + address)
    expect(page.get_by_role("heading", name=heading).first).to_be_visible(timeout=60_000)


def settle(page: Page) -> None:
    """Waits until the script of the page has run to its end and stays so: keys pressed before are lost."""
    at_rest = page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
    for _ in range(3):
        expect(at_rest).to_be_visible(timeout=60_000)
        page.wait_for_timeout(300)


def cells(page: Page, table: str) -> list[list[str]]:
    """The text of a table's cells, row by row."""
    rows = page.locator(f"table.{table} tbody tr")
    expect(rows.first).to_be_visible(timeout=30_000)
    return [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in rows.all()]


def number(text: str) -> int:
    """A number as shown, with its separators."""
    return int(text.replace(",", ""))
