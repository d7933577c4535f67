"""The flows as they are scheduled: without parameters, from the settings, and with records that name nobody."""

import logging
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.client.schemas import State
from prefect.exceptions import FailedRun
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from expectations.errors import AnkaError
from expectations.home import Home
from expectations.office_days import as_kept, today
from expectations.register.belonging import home_register
from flows.messages.morning import tell
from flows.night.attempts import NotOwed
from flows.night.nightly_audit import nightly_audit, tell_of_crash, told_by_kind
from flows.settings import Settings


def _is_news(record: logging.LogRecord) -> bool:
    """Prefect raises of a run that says it failed, and logs where; its state has told it by then."""
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))


for name in ("prefect.flow_runs", "prefect.engine"):
    logging.getLogger(name).addFilter(_is_news)


@flow(name="nightly_audit", log_prints=False, on_crashed=[tell_of_crash])
def nightly() -> State[None]:
    """Audits the inbox, unless another audit has done it since the night was due."""
    due = as_kept(flow_run.scheduled_start_time)
    try:
        with told_by_kind():
            result = nightly_audit.fn(since=due)
    except NotOwed:
        return Completed(message="another audit has done it", name="NotNeeded")
    except AnkaError as mistake:  # its line says all there is; where it was raised helps nobody
        return Failed(message=mistake.message.splitlines()[0])
    return Completed(message=f"run {result.run_id}")


@flow(name="morning_messages", log_prints=False)
def morning() -> State[None]:
    """Sends what is due; fails when a message was not delivered or no night has published for too long."""
    settings = Settings()
    home = Home(Path(settings.home).absolute())
    with told_by_kind():
        told = tell(home, home_register(home, settings.register_url), today())
    get_run_logger().info(
        "messages on: %s, due: %s, sent: %s, sent before: %s, without an address: %s, not delivered: %s",
        told.are_on,
        len(told.deliveries),
        told.sent,
        told.sent_before,
        told.no_address,
        told.failed,
    )
    if told.is_well:
        return Completed()
    return Failed(message=f"not delivered: {told.failed}; hours since a night published: {told.nights.good_hours}")
