"""An office at work: people of all roles in front of pages, deciding, answering, taking back, downloading, over real HTTP and WebSockets.

What a page said was done is noted, so that it can be looked for in the register afterwards.
"""

import asyncio
import http.client
import random
import re
import time
from collections import Counter
from collections.abc import Awaitable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlsplit

from websockets.exceptions import WebSocketException

from flows.bench.pages.browser import BrokenPageError, Shown, Tab

Done = tuple[str, str, str]
"""What the register must hold: login, action, finding."""

_ACTIONS = {"b_confirm": "confirm", "b_answer_corrected": "answer_corrected"}
"""Buttons that decide at once, and what they do."""
_LISTS = ("today", "mine")
_DOWNLOADS = ("findings.xlsx", "due.xlsx")
_FINDING = re.compile(r'data-finding="([^"]+)"')
_SAID = re.compile(r"✔ (?:已处理|已撤销) (\d+) 个")
_LEFT = re.compile(r"个未处理：(.+)")
_TURNS = 4
"""Decisions in a row, before another page is looked at."""


@dataclass
class Work:
    """What a crowd came to."""

    acknowledged: Counter[Done] = field(default_factory=Counter)
    attempted: Counter[Done] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    """Why what was tried was left as it was, in the words of the page."""
    seconds: dict[str, list[float]] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    """Of downloads."""
    memory_mb: list[tuple[float, float]] = field(default_factory=list)
    """Seconds since the beginning, and what the server's process holds."""

    def spread(self, kind: str = "") -> tuple[int, float, float, float]:
        """Number, middle, time 95 of 100 stay below and longest; of all kinds, or of one."""
        every = sorted(value for name, values in self.seconds.items() if kind in ("", name) for value in values)
        cuts = quantiles(every, n=100, method="inclusive")
        return len(every), cuts[49], cuts[94], every[-1]


@dataclass(frozen=True)
class Crowd:
    """The people, by login with their cookies, in front of the dashboard at `address`, whose process is `server`."""

    address: str
    server: int
    cookies: dict[str, str]
    think: tuple[float, float]

    def at_work(self, seconds: float) -> Work:
        """Lets them work for so long."""
        work = Work()
        asyncio.run(self._all(work, seconds))
        return work

    async def _all(self, work: Work, seconds: float) -> None:
        begun = time.monotonic()
        end = begun + seconds
        async with asyncio.TaskGroup() as together:
            together.create_task(self._weigh(work, begun, end))
            for number, login in enumerate(self.cookies):
                together.create_task(self._person(login, random.Random(number), work, end))

    async def _weigh(self, work: Work, begun: float, end: float) -> None:
        while time.monotonic() < end:
            work.memory_mb.append((time.monotonic() - begun, resident_mb(self.server)))
            await asyncio.sleep(10)

    async def _person(self, login: str, chance: random.Random, work: Work, end: float) -> None:
        await asyncio.sleep(chance.uniform(0, self.think[1]))
        while time.monotonic() < end:
            try:
                async with Tab(self.address, self.cookies[login]) as tab:
                    first = await self._timed("first page", tab.open(), work, chance)
                    while time.monotonic() < end:
                        await self._turn(login, tab, first.pages, work, chance)
            except (BrokenPageError, WebSocketException, OSError, TimeoutError) as error:
                work.failures.append(f"{login}: {type(error).__name__} {error}")

    async def _turn(self, login: str, tab: Tab, pages: Sequence[str], work: Work, chance: random.Random) -> None:
        """A page, and on a list of work some findings of it; now and then a download."""
        lists = [page for page in pages if page in _LISTS]
        page = chance.choice(lists) if lists and chance.random() < 0.6 else chance.choice(pages)
        shown = await self._timed(page, tab.go(page), work, chance)
        if page in _LISTS:
            for _ in range(_TURNS):
                shown = await self._decide(login, tab, shown, work, chance)
        elif chance.random() < 0.1:
            await asyncio.to_thread(self._download, login, chance.choice(_DOWNLOADS), work)

    async def _decide(self, login: str, tab: Tab, shown: Shown, work: Work, chance: random.Random) -> Shown:
        """Decides on the finding at hand, and sometimes takes it back; or goes on to the next, where nothing can be decided."""
        action = next((key for key in _ACTIONS if key in shown.widgets), "")
        findings = _FINDING.findall("".join(shown.texts))
        if not action or not findings:
            further = shown.widgets.get("b_next")
            return await self._timed("next finding", tab.press(further), work, chance) if further else shown
        shown = await self._act((login, _ACTIONS[action], findings[0]), tab, shown.widgets[action], work, chance)
        undo = shown.widgets.get("b_undo")
        if undo and chance.random() < 0.15:
            shown = await self._act((login, "undo", findings[0]), tab, undo, work, chance)
        return shown

    async def _act(self, done: Done, tab: Tab, widget: str, work: Work, chance: random.Random) -> Shown:
        work.attempted[done] += 1
        shown = await self._timed(done[1], tab.press(widget), work, chance)
        said = next(map(_SAID.search, filter(_SAID.search, shown.texts)), None)
        if said and int(said[1]) == 1:
            work.acknowledged[done] += 1
        else:
            why = next(map(_LEFT.search, filter(_LEFT.search, shown.texts)), None)
            work.left[why[1] if why else "not said"] += 1
        return shown

    async def _timed(self, kind: str, page: Awaitable[Shown], work: Work, chance: random.Random) -> Shown:
        """A page, how long it took, and a look at it."""
        shown = await page
        work.seconds.setdefault(kind, []).append(shown.seconds)
        await asyncio.sleep(chance.uniform(*self.think))
        return shown

    def _download(self, login: str, name: str, work: Work) -> None:
        with closing(http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=120)) as connection:
            connection.request("GET", f"/export/{name}", headers={"Cookie": self.cookies[login]})
            with connection.getresponse() as answer:
                answer.read()
                work.statuses[answer.status] += 1


def resident_mb(process: int) -> float:
    """What a process holds in memory at this moment."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii", errors="replace")
    found = re.search(r"^VmRSS:\s+(\d+) kB", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024
