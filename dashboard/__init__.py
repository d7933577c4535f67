"""The dashboard: a Streamlit application over the published run. The public door for whoever starts it; no page
stands here.
"""

import sys
from pathlib import Path

APP = Path(__file__).with_name("app.py")
"""The script Streamlit runs."""

_SETTINGS = {
    "server.address": "127.0.0.1",
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "browser.gatherUsageStats": "false",
    "runner.magicEnabled": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.base": "light",
    "theme.primaryColor": "#1F5A96",
    "theme.baseFontSize": "15",
    "theme.headingFontSizes": '["1.6rem","1.3rem","1.1rem"]',
    "theme.metricValueFontSize": "1.7rem",
}


def command(port: int) -> list[str]:
    """The command line that serves the dashboard on 127.0.0.1:`port`; `ANKA_HOME` names the home folder."""
    options = [f"--{name}={value}" for name, value in _SETTINGS.items()]
    return [sys.executable, "-m", "streamlit", "run", str(APP), f"--server.port={port}", *options]


__all__ = ["APP", "command"]
