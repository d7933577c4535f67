"""The flows as the worker runs them: what the log of the house says of a night that failed."""

import os
import subprocess
import sys
from pathlib import Path

NIGHT = """
import os, sys
from pathlib import Path
from expectations.home import Home
from flows.settings import prepare_environment
prepare_environment(Home(Path(os.environ["ANKA_HOME"])))
from flows.night.one_shot_server import one_shot_server
with one_shot_server():
    from flows.serving import scheduled
    if sys.argv[1:]:
        def broken(**_):
            raise ValueError
        scheduled.nightly_audit.fn = broken
    from prefect.client.orchestration import get_client
    from prefect.flow_engine import run_flow
    from prefect.logging.loggers import flow_run_logger
    flow_run = get_client(sync_client=True).create_flow_run(scheduled.nightly)
    try:  # as the process of a run does
        run_flow(scheduled.nightly, flow_run, error_logger=flow_run_logger(flow_run, scheduled.nightly))
    except Exception as error:
        print(type(error).__name__)
"""


def night(tmp_path: Path, *arguments: str) -> tuple[str, list[str]]:
    """What its process ends with, and the lines of its log that warn."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    usual = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    completed = subprocess.run(
        [sys.executable, "-c", NIGHT, *arguments],
        env=usual
        | {"ANKA_HOME": str(tmp_path / "home"), "ANKA_INBOX": str(inbox), "PREFECT_LOGGING_LEVEL": "INFO"}
        | {"PREFECT_LOGGING_COLORS": "false", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert completed.stdout, completed.stderr[-1500:]
    lines = completed.stderr.splitlines() + completed.stdout.splitlines()
    return completed.stdout.split()[-1], [line for line in lines if "INFO" not in line and line.strip()]


def test_a_night_without_exports_is_said_without_a_traceback(tmp_path: Path) -> None:
    error, lines = night(tmp_path)
    assert error == "FailedRun"
    assert not any("Traceback" in line for line in lines)
    (line,) = [line for line in lines if "ERROR" in line]
    assert "没有可读的文件" in line


def test_an_error_of_the_program_keeps_its_place(tmp_path: Path) -> None:
    error, lines = night(tmp_path, "broken")
    assert error == "ValueError"
    assert any("Traceback" in line for line in lines)
