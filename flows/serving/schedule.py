"""What runs when: one line a flow. Whatever is added here is scheduled by `anka serve`, seen on Prefect's pages and made up for."""

import os
from dataclasses import dataclass
from datetime import datetime, time

from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import RunnerDeployment

from expectations.office_days import last_at, office_zone


@dataclass(frozen=True)
class Entry:
    """A flow that runs once a day."""

    name: str
    """Of the deployment."""
    flow: str
    entrypoint: str
    """Where the flow stands: Prefect imports it in the process of the run."""
    switch: str
    """The switch that holds its time, by the office's clock."""
    description: str
    needs: str = ""
    """The environment variable without which it is not scheduled."""

    @property
    def is_wanted(self) -> bool:
        """Whether this office has it scheduled."""
        return not self.needs or bool(os.environ.get(self.needs))

    def deployment(self, clock: time) -> RunnerDeployment:
        """What Prefect is told of it."""
        cron = CronSchedule(cron=f"{clock.minute} {clock.hour} * * *", timezone=office_zone().key)
        return RunnerDeployment(
            name=self.name,
            flow_name=self.flow,
            entrypoint=self.entrypoint,
            description=self.description,
            schedules=[DeploymentScheduleCreate(schedule=cron, active=True)],
            paused=False,
            enforce_parameter_schema=False,
        )

    def last_due(self, clock: time) -> datetime:
        """When it was due last, as moments are kept."""
        return last_at(clock)


NIGHT = Entry(
    "nightly",
    "nightly_audit",
    "flows.serving.scheduled.nightly",
    "night_time",
    "Audits the exports in the inbox (ANKA_INBOX) every night and publishes the run.",
)
SCHEDULE = (
    NIGHT,
    Entry(
        "morning",
        "morning_messages",
        "flows.serving.scheduled.morning",
        "morning_time",
        "What `anka notify` does: messages that are due, and the alarm when no night came.",
    ),
    Entry(
        "nightly",
        "nightly_backup",
        "flows.backups.nightly_backup.nightly_backup",
        "backup_time",
        "Backs the home up every morning after the audit, into ANKA_BACKUPS.",
        needs="ANKA_BACKUPS",
    ),
)
