"""What whatever watches the machine may ask without a session: whether the process lives, and whether the house is ready.

The answer names checks and nothing else; what was seen stands on the page 管理 and in `anka doctor`.
"""

import asyncio
import time
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from dashboard.frame.place import home, register
from expectations.health.checks import Check, failing
from expectations.health.readiness import readiness

LIVE, READY = "/health/live", "/health/ready"
KEPT_SECONDS = 5.0
"""Whoever asks more often is told what was found then."""
PATIENCE_SECONDS = 10.0
"""A database that says nothing for so long is a failing check of its own."""


class Watch:
    """The last look at the house, shared by everybody who asks."""

    def __init__(self) -> None:
        self._looking: asyncio.Task[tuple[Check, ...]] | None = None
        self._seen: tuple[Check, ...] = ()
        self._seen_at = float("-inf")

    async def ready(self) -> Response:
        """200, or 503 with the names of the checks that fail."""
        if time.monotonic() - self._seen_at > KEPT_SECONDS:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            try:  # one look for all who ask meanwhile; it goes on when one of them has no patience left
                await asyncio.wait_for(asyncio.shield(self._looking), PATIENCE_SECONDS)
            except TimeoutError:
                return _answer(("slow",), ())
        return _answer(failing(self._seen), [check.name for check in self._seen if check.state == "warn"])

    async def _look(self) -> tuple[Check, ...]:
        self._seen = await run_in_threadpool(readiness, home(), register)
        self._seen_at = time.monotonic()
        return self._seen


_WATCH = Watch()


async def health(scope: Scope) -> Response | None:
    """The answer to a question about health; None for any other."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    if scope["path"] == LIVE:
        return JSONResponse({"alive": True})
    return await _WATCH.ready() if scope["path"] == READY else None


def _answer(failed: Sequence[str], warned: Sequence[str]) -> Response:
    return JSONResponse({"ready": not failed, "failing": [*failed], "warnings": [*warned]}, 503 if failed else 200)
