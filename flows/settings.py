"""Settings from the environment (`ANKA_…`), and the switches that keep every dependency offline."""

import os
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from expectations.home import Home

_OFFLINE = {
    "DO_NOT_TRACK": "1",
    "GX_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
}
"""Telemetry off, everywhere, always."""

_ONE_SHOT = {
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
    "PREFECT_SERVER_SERVICES_SCHEDULER_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_LATE_RUNS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_CANCELLATION_CLEANUP_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_PAUSE_EXPIRATIONS_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_FOREMAN_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_TRIGGERS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
}
"""What a run without a Prefect server does not need."""


class Settings(BaseSettings):
    """`ANKA_HOME`: the home folder; `ANKA_CATALOGUE`: a folder laid over the bundled catalogue; `ANKA_KEEP_RUNS`: how many
    published runs are kept; `ANKA_INBOX`: folder of the nightly exports; `ANKA_REGISTER`: URL of the register, if it is not
    the SQLite file in the home folder; `ANKA_REST_SECONDS`: how long an export must have been left unchanged; `ANKA_BACKUPS`: folder of the
    back-ups; `ANKA_KEEP_BACKUPS`: how many stay there; `ANKA_BACKUP_PASSPHRASE` or `ANKA_BACKUP_PASSPHRASE_FILE`: what encrypts them."""

    model_config = SettingsConfigDict(env_prefix="ANKA_", extra="ignore")

    home: Path = Path(".anka")
    catalogue: Path | None = None
    keep_runs: int = 30
    inbox: Path = Path("inbox")
    rest_seconds: float = 5
    backups: Path = Path("backups")
    keep_backups: int = 30
    backup_passphrase: str = ""
    backup_passphrase_file: Path | None = None
    register_url: str = Field("", validation_alias="ANKA_REGISTER")


_THIS_MACHINE = ("127.0.0.1", "localhost")


def prepare_environment(home: Home) -> None:
    """Sets the switches; must run before Prefect is imported."""
    os.environ.update(_OFFLINE)
    _ask_this_machine_directly()
    home.prefect.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(home.prefect.absolute()))
    if not os.environ.get("PREFECT_API_URL"):
        for name, value in _ONE_SHOT.items():
            os.environ.setdefault(name, value)


def _ask_this_machine_directly() -> None:
    """A proxy of the office knows nothing of what listens on this machine, such as Prefect's server."""
    for name in ("NO_PROXY", "no_proxy"):  # libraries read either, and the small one first
        hosts = os.environ.get(name) or os.environ.get(name.swapcase(), "")
        if hosts.strip() != "*":
            missing = [host for host in _THIS_MACHINE if host not in hosts.replace(" ", "").split(",")]
            os.environ[name] = ",".join(filter(None, (hosts, *missing)))
