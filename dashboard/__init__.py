"""The dashboard: a gate and a Streamlit application over the published run and the register. The public door for whoever
starts it; no page stands here.
"""

import sys
from pathlib import Path

APP = Path(__file__).with_name("app.py")
"""The script Streamlit runs."""


def command(port: int) -> list[str]:
    """The command line that serves the dashboard on 127.0.0.1:`port`; `ANKA_HOME` names the home folder."""
    return [sys.executable, "-m", "dashboard.asgi", str(port)]


__all__ = ["APP", "command"]
