"""The worker: Prefect's runner of the scheduled flows, each run a process of its own.

`python -m flows.serving.worker FD` runs it until it is told to end, and writes to that file as long as it asks Prefect for work. Beside
the runner it looks after what no schedule can: a night whose process was killed is told, one that was missed is made up for once, and
times that somebody changed are taken over.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from httpx import HTTPError
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import ObjectNotFound
from prefect.logging import get_logger
from prefect.runner import Runner
from prefect.states import Cancelled, Crashed, Scheduled
from sqlalchemy.exc import SQLAlchemyError

from expectations.errors import AnkaError
from expectations.home import Home
from expectations.office_days import office_clock, today
from expectations.register import attempts
from expectations.register.belonging import home_register
from expectations.store.register import Register, now
from expectations.store.switches import clock_time
from flows.messages.sending import send_due
from flows.night.attempts import notice_killed
from flows.serving.schedule import NIGHT, SCHEDULE, Entry
from flows.settings import Settings

_ASK_SECONDS = 5
_LOOK_SECONDS = 15
_BEAT_SECONDS = 2
_SECOND = timedelta(seconds=1)
_MADE_UP_AT_MOST = 3
"""Runs of one night, whatever became of them: where none gets so far that it is written down, another one would not either."""
_log = get_logger("worker")


class House:
    """What is scheduled for one home, and what becomes of it."""

    def __init__(self, home: Home, client: PrefectClient, runner: Runner) -> None:
        self._home, self._client, self._runner = home, client, runner
        self._clocks: dict[Entry, time] = {}
        self._deployments: dict[Entry, UUID] = {}
        self._made_up_from = datetime.min

    async def begin(self) -> None:
        """Tells Prefect what is scheduled, and ends what the worker before has left."""
        for entry in SCHEDULE:
            await self._delete_former(entry)
        await self._take_over_times()
        for entry in self._deployments:
            await self._end_leftovers(entry)

    async def attend(self) -> None:
        """Looks again and again; what goes wrong for a time is tried again."""
        while True:
            try:
                await self._look()
            except (HTTPError, SQLAlchemyError, AnkaError, OSError) as error:
                _log.warning("could not look after the schedule: %s", type(error).__name__)
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self) -> None:
        await asyncio.to_thread(tell_of_killed, self._home, self._register)
        if await self._take_over_times():
            self._made_up_from = now()  # a time that lies before now is for tomorrow
        await self._make_up_for_night()

    @property
    def _register(self) -> Register:
        return home_register(self._home, Settings().register_url)

    async def _take_over_times(self) -> bool:
        """Tells Prefect times that have changed; whether there were any but the first."""
        with self._register.reading() as session:
            clocks = {entry: clock_time(session, entry.switch) for entry in SCHEDULE if entry.is_wanted}
        changed = {entry: clock for entry, clock in clocks.items() if self._clocks.get(entry) != clock}
        is_first = not self._clocks
        for entry, clock in changed.items():
            self._deployments[entry] = await self._runner.aadd_deployment(entry.deployment(clock))
            self._clocks[entry] = clock
            _log.info("%s: every day at %s", entry.flow, f"{clock:%H:%M}")
        return bool(changed) and not is_first

    async def _delete_former(self, entry: Entry) -> None:
        """One that is not wanted any more; and one of that name made with `prefect deploy`, for workers of a pool and a folder of its own."""
        with suppress(ObjectNotFound):
            deployed = await self._client.read_deployment_by_name(f"{entry.flow}/{entry.name}")
            if deployed.work_pool_name or not entry.is_wanted:
                await self._client.delete_deployment(deployed.id)

    async def _end_leftovers(self, entry: Entry) -> None:
        """Runs whose process is gone have crashed; of those that were missed the newest is left to be run."""
        begun = await self._runs(entry, StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
        for run in begun:
            await self._client.set_flow_run_state(run.id, Crashed(message="the worker was gone"), force=True)
        missed = await self._runs(entry, StateType.SCHEDULED)
        for run in missed[:-1]:
            await self._client.set_flow_run_state(
                run.id, Cancelled(message="missed; the last one is made up for"), force=True
            )

    async def _make_up_for_night(self) -> None:
        """Orders the last night where nothing has come of it and nothing is going to."""
        due = NIGHT.last_due(self._clocks[NIGHT])
        with self._register.reading() as session:
            is_owed = attempts.tried_before(session, due) and not attempts.done_since(session, due)
        if not is_owed or due < self._made_up_from:
            return
        if await self._runs(NIGHT, StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.CANCELLING):
            return
        if len(await self._runs(NIGHT, since=due)) >= _MADE_UP_AT_MOST:
            return
        _log.info("the night of %s was missed and is made up for", f"{office_clock(due):%Y-%m-%d %H:%M}")
        await self._client.create_flow_run_from_deployment(
            self._deployments[NIGHT], state=Scheduled(scheduled_time=due.replace(tzinfo=UTC))
        )

    async def _runs(self, entry: Entry, *states: StateType, since: datetime | None = None) -> Sequence[FlowRun]:
        """Runs that are due, in these states or, without any, in whatever state; the oldest first."""
        first = (since - _SECOND).replace(tzinfo=UTC) if since else None
        found = await self._client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[self._deployments[entry]])),
            flow_run_filter=FlowRunFilter(
                state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(states))) if states else None,
                expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC), after_=first),
            ),
        )
        return sorted(found, key=lambda run: run.expected_start_time or datetime.min.replace(tzinfo=UTC))


def tell_of_killed(home: Home, register: Register) -> None:
    """People are told of a night whose process is gone, which could not tell of itself."""
    with register.reading() as session:
        if not attempts.seem_to_run(session):
            return
    notice_killed(home, register)
    with register.reading() as session:
        if attempts.seem_to_run(session):
            return  # it lives
    send_due(home, register, today())
    _log.warning("a nightly audit was killed")


async def _beat(runner: Runner, beats: int) -> None:
    """Says that the runner asks for work; when it does not any more, it is not said."""
    before = None
    while True:
        if runner.last_polled != before:
            before = runner.last_polled
            os.write(beats, b".")
        await asyncio.sleep(_BEAT_SECONDS)


async def work(home: Home, beats: int) -> None:
    """Runs what is due until it is told to end; runs at work are ended then, and say so themselves."""
    # schedules are not paused at the end: after a restart they would stay so
    runner = Runner(name="anka", pause_on_shutdown=False, query_seconds=_ASK_SECONDS)
    async with get_client() as client:
        house = House(home, client, runner)
        await house.begin()
        beside = [asyncio.create_task(house.attend()), asyncio.create_task(_beat(runner, beats))]
        await runner.start()
        for task in beside:
            task.cancel()


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(work(Home(Path(Settings().home).absolute()), int(sys.argv[1])))
