"""`anka bench --pages`: many people at once on the real dashboard, every page change timed from the request to the end of its script.

Each has a role and a district, goes through all pages of their navigation in an order of their own, and on a list to its next page,
through its search, to a list behind a figure and to a case. An error on any page ends the run: its figures would be worth nothing.
"""

import asyncio
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import quantiles
from typing import Any, Literal

from expectations.home import Home
from expectations.people.sessions import one_time_link
from expectations.progress import Stage
from expectations.register.belonging import home_register
from expectations.run.published import current_run
from flows.bench.pages.browser import BrokenPageError, Shown, Tab, sign_in
from flows.bench.pages.many_findings import DISTRICTS, login_in, make_home
from flows.progress import tell

THINK = (5.0, 10.0)
"""Seconds for which a person looks at a page before going on."""
LONGEST = 600.0
"""Seconds after which everybody stops, also who has not been everywhere: a server that is too slow has figures too."""
_CITY = "shi-guan"
_LOGINS = ("dong1", "zhuren1", "anguan", "zhuli-xi5", "xi5", "lingdao", "qiu1", "bei4", "zhuli-dong1", "nan1")
"""Those who use it in a district: half of them prosecutors, and everybody else who comes to pages with findings."""
_ADMINISTRATOR = "admin"
_SEARCHED = "羁押"
_PACKAGES = ("streamlit", "duckdb", "sqlalchemy")
_READY_SECONDS = 60
_STOP_SECONDS = 20

Step = tuple[str, Shown]


@dataclass
class PageFigures:
    """Seconds of every page change by its kind, and the peak memory of the server, where the system tells it."""

    users: int
    findings: int
    seconds: dict[str, list[float]] = field(default_factory=dict)
    kilobytes: dict[str, float] = field(default_factory=dict)
    """The largest of each kind."""
    peak_mb: float | None = None

    def note(self, kind: str, shown: Shown) -> None:
        """One page change."""
        self.seconds.setdefault(kind, []).append(shown.seconds)
        self.kilobytes[kind] = max(self.kilobytes.get(kind, 0), shown.bytes_sent / 1024)

    def summary(self) -> dict[str, Any]:
        """The figures for a program."""
        every = [seconds for of_kind in self.seconds.values() for seconds in of_kind]
        return {
            "users": self.users,
            "findings": self.findings,
            "changes": len(every),
            "seconds": _spread(every),
            "peak_mb": None if self.peak_mb is None else round(self.peak_mb),
            "pages": {
                kind: {**_spread(seconds), "changes": len(seconds), "kilobytes": round(self.kilobytes[kind])}
                for kind, seconds in sorted(self.seconds.items())
            },
            "versions": {name: version(name) for name in _PACKAGES},
        }


def run_bench_of_pages(home: Path | None, users: int, findings: int, think: tuple[float, float] = THINK) -> PageFigures:
    """Makes a home with so many findings, unless `home` is one already, and lets people use it. Raises BrokenPageError."""
    with nullcontext(home) if home else tempfile.TemporaryDirectory(prefix="anka-bench-") as place:
        root = Path(place)
        if not Home(root).pointer.exists():
            make_home(root, findings)
        return run_pages(root, users, think)


def run_pages(home: Path, users: int, think: tuple[float, float] = THINK, longest: float = LONGEST) -> PageFigures:
    """Serves `home` and lets so many people use it until each has been through all pages, so many seconds at most.

    Raises BrokenPageError.
    """
    figures = PageFigures(users, _findings_in(home))
    register = home_register(Home(home.absolute()), "")
    links = [one_time_link(register, login) for login in logins(users)]
    with _served(home.absolute()) as (address, server):
        cookies = [sign_in(address, link) for link in links]
        try:
            asyncio.run(_visit(address, cookies, figures, think, longest))
        except ExceptionGroup as together:
            broken, _ = together.split(BrokenPageError)
            if broken is None:
                raise
            raise broken.exceptions[0] from None
        figures.peak_mb = _peak_mb(server)
    return figures


def pages_text(figures: PageFigures, format: Literal["table", "json"]) -> str:
    """The figures as text or JSON."""
    summary = figures.summary()
    if format == "json":
        return json.dumps({"pages": summary}, ensure_ascii=False, indent=1)
    heading = f"{'':<24} {'changes':>8} {'p50 s':>8} {'p95 s':>8} {'max s':>8} {'KB':>8}"
    rows = {**summary["pages"], "all": {**summary["seconds"], "changes": summary["changes"]}}
    lines = [
        f"{kind:<24} {r['changes']:>8,} {r['p50']:>8.2f} {r['p95']:>8.2f} {r['max']:>8.2f} {r.get('kilobytes', ''):>8}"
        for kind, r in rows.items()
    ]
    peak = "" if summary["peak_mb"] is None else f", server {summary['peak_mb']:,} MB at most"
    versions = ", ".join(f"{name} {number}" for name, number in summary["versions"].items())
    return "\n".join([f"{figures.users} users, {figures.findings:,} findings{peak}; {versions}", heading, *lines])


def logins(users: int) -> list[str]:
    """Who comes: one who sees everything, one administrator, and people of all other roles over the districts."""
    of_districts = (
        login_in(number % DISTRICTS, _LOGINS[(number + number // DISTRICTS) % len(_LOGINS)]) for number in range(users)
    )
    return [_CITY, next(of_districts), _ADMINISTRATOR, *of_districts][:users]


def _findings_in(home: Path) -> int:
    with current_run(Home(home)) as con:
        return int(con.execute("select count(*) from findings").fetchall()[0][0])


async def _visit(
    address: str, cookies: Sequence[str], figures: PageFigures, think: tuple[float, float], longest: float
) -> None:
    """All of them at once; who is through goes on until the last one is or the time is over, so that there are always as many."""
    unfinished, end = set(range(len(cookies))), time.monotonic() + longest

    def goes_on() -> bool:
        return bool(unfinished) and time.monotonic() < end

    async def person(number: int) -> None:
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, think[1]))
        while goes_on():
            await _go_through(address, cookies[number], chance, figures, think, goes_on)
            unfinished.discard(number)
            tell(Stage.VISIT, len(cookies) - len(unfinished), len(cookies))

    async with asyncio.TaskGroup() as everybody:
        for number in range(len(cookies)):
            everybody.create_task(person(number))


async def _go_through(
    address: str,
    cookie: str,
    chance: random.Random,
    figures: PageFigures,
    think: tuple[float, float],
    goes_on: Callable[[], bool],
) -> None:
    """One person through every page, and from each to what it leads to."""

    async def done(kind: str, page: Coroutine[Any, Any, Shown]) -> Shown:
        shown = await page
        figures.note(kind, shown)
        await asyncio.sleep(chance.uniform(*think))
        return shown

    async with Tab(address, cookie) as tab:
        first = await done("first page", tab.open())
        for page in chance.sample(first.pages, len(first.pages)):
            shown = await done(page, tab.go(page))
            for kind, further in _further(tab, page, shown):
                await done(kind, further())
            # as a link does: a page loaded anew, with a session of its own
            for linked in ("case", "findings"):
                if page != linked and (addresses := shown.links.get(linked)):
                    async with Tab(address, cookie) as other:
                        await done(f"{linked} by a link", other.open(chance.choice(addresses)))
            if not goes_on():
                return


def _further(tab: Tab, page: str, shown: Shown) -> Iterator[tuple[str, Callable[[], Coroutine[Any, Any, Shown]]]]:
    """What else is done on a list: its next page, and a search."""
    for key, identity in shown.widgets.items():
        if key.endswith("_page_on"):
            yield f"{page}, next", lambda identity=identity: tab.press(identity)  # type: ignore[misc]
        elif key.endswith("_text"):
            yield f"{page}, search", lambda identity=identity: tab.enter(identity, _SEARCHED)  # type: ignore[misc]


@contextmanager
def _served(home: Path) -> Iterator[tuple[str, int]]:
    """The dashboard of `home` on a free port, as a process of its own: its address and the number of the process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        sys.executable,
        "-m",
        "flows.start",
        "dashboard",
        "--home",
        str(home),
        "--port",
        str(port),
        "--no-open",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "ANKA_REGISTER"}
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(_STOP_SECONDS)


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + _READY_SECONDS
    while server.poll() is None and time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"no dashboard on port {port}")


def _peak_mb(process: int) -> float | None:
    """The peak resident memory of a process and those it started, each its own peak; None where the system does not tell."""
    folder = Path(f"/proc/{process}")
    try:
        peak = re.search(r"^VmHWM:\s+(\d+) kB", (folder / "status").read_text(), re.MULTILINE)
        children = [int(child) for task in folder.glob("task/*/children") for child in task.read_text().split()]
    except OSError:
        return None
    return (int(peak[1]) / 1024 if peak else 0) + sum(_peak_mb(child) or 0 for child in children)


def _spread(seconds: Sequence[float]) -> dict[str, float]:
    """The middle, the time 95 of 100 stay below, and the longest."""
    cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else [seconds[0]] * 99
    return {"p50": round(cuts[49], 3), "p95": round(cuts[94], 3), "max": round(max(seconds), 3)}
