"""Prefect's server with its pages and its scheduler, on 127.0.0.1, with its records in the home: `python -m flows.serving.prefect_server PORT`."""

import sys

import uvicorn
from prefect.server.api.server import create_app

from flows.one_shot_server import prepare_database

_STOP_SECONDS = 3
"""Pages of Prefect that are open hold their connections; they are not waited for longer."""


def main(port: int) -> None:
    """Serves until it is told to end."""
    prepare_database()
    uvicorn.run(
        create_app(final=True),
        host="127.0.0.1",
        port=port,
        log_level="warning",
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
