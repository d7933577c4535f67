"""Prefect's server with its pages and its scheduler, on 127.0.0.1, with its records in the home: `python -m flows.serving.prefect_server PORT`."""

import os
import sys
from pathlib import Path

import uvicorn
from prefect.server.api.server import create_app

from flows.night.one_shot_server import prepare_database

_STOP_SECONDS = 3
"""Pages of Prefect that are open hold their connections; they are not waited for longer."""


def main(port: int) -> None:
    """Serves until it is told to end."""
    prepare_database()
    app = create_app(final=True)
    for copied in Path(os.environ["PREFECT_SERVER_UI_STATIC_DIRECTORY"]).rglob("*"):
        copied.chmod(copied.stat().st_mode & 0o700)  # they come with the rights they have in the program
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
