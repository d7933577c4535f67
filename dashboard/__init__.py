"""The dashboard: a gate and a Streamlit application over the published run and the register. The public door for whoever
starts it; no page stands here.
"""

import hashlib
import secrets
import sys
from pathlib import Path

APP = Path(__file__).with_name("app.py")
"""The script Streamlit runs."""


def command(port: int) -> list[str]:
    """The command line that serves the dashboard on 127.0.0.1:`port`; `ANKA_HOME` names the home folder."""
    return [sys.executable, "-m", "dashboard.asgi", str(port)]


FIRST_START = "/first-start"
FIRST_START_VARIABLE = "ANKA_FIRST_START"
"""The hash of the token that opens the page of the first start; without it there is no such page."""


def first_start_token() -> tuple[str, str]:
    """A token to be shown once, and its hash for `ANKA_FIRST_START` of the dashboard."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """What the dashboard knows of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


__all__ = ["APP", "FIRST_START", "FIRST_START_VARIABLE", "command", "first_start_token", "token_hash"]
