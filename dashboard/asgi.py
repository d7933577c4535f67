"""The application as it is served: Streamlit's pages, our routes beside them, and the gate in front of both.

`python -m dashboard.asgi PORT` serves it on 127.0.0.1; see `dashboard.command`.
"""

import signal
import sys
from pathlib import Path

from starlette.middleware import Middleware
from starlette.routing import Route
from streamlit import App

from dashboard.check.spare import keep_spare_once_served
from dashboard.door import patience
from dashboard.door.first_start import ROUTES as FIRST_START
from dashboard.door.gate import Gate
from dashboard.door.request_log import begin_log
from dashboard.door.sign_in import ROUTES
from dashboard.exports.downloads import exporting
from dashboard.exports.routes import EXPORTS
from dashboard.frame.place import home
from dashboard.run.data_docs import data_docs

_SETTINGS: dict[str, object] = {
    "server.address": "127.0.0.1",
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.enableXsrfProtection": True,
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "server.scriptHealthCheckEnabled": False,
    "server.trustedUserHeaders": {"x-anka-user": "anka_user"},
    "browser.gatherUsageStats": False,
    "runner.magicEnabled": False,
    "runner.postScriptGC": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.base": "light",
    "theme.primaryColor": "#1F5A96",
    "theme.baseFontSize": 15,
    "theme.headingFontSizes": ["1.6rem", "1.3rem", "1.1rem"],
    "theme.metricValueFontSize": "1.7rem",
}
"""The user header makes Streamlit give a page back only to the person whose page it was. Python's garbage is left to Python: looking
through everything after each page, as Streamlit does by default, took two to six times as long as the page."""

app = App(
    Path(__file__).with_name("app.py"),
    routes=[
        *ROUTES,
        *FIRST_START,
        Route("/export/{name}", exporting(EXPORTS), methods=["GET"]),
        Route("/data-docs/{path:path}", data_docs, methods=["GET"]),
    ],
    middleware=[Middleware(Gate)],
)

if __name__ == "__main__":
    home().keep_private()
    begin_log()
    keep_spare_once_served(int(sys.argv[1]))
    patience.install()
    # the server ends in order when it is told to, and then tells the process once more: what that leaves for its end is to be done
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    app.run(config={**_SETTINGS, "server.port": int(sys.argv[1])})
