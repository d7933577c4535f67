"""One page by itself, as Streamlit's test runner builds it: it cannot follow the navigation."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

SHOW = """
from dashboard.{module} import {function}
from dashboard.frame import empty
from dashboard.frame.run_state import banner
from dashboard.frame.view import chosen_language, entered, open_view
from expectations.home import NothingPublishedError
from expectations.rights.reader import MACHINE

try:
    with open_view(MACHINE, chosen_language(MACHINE), entered("{module}")) as view:
        banner(view)
        {function}(view)
except NothingPublishedError:
    empty.no_run(chosen_language(MACHINE))
"""

MODULES = {
    "rules": "run.rules_page",
    "overview": "figures.overview_page",
    "due": "lists.due_page",
    "findings": "lists.findings_page",
    "run": "run.page",
    "case": "case.page",
    "notices": "notices.page",
}


def opened_page(page: str, home: Path, monkeypatch: pytest.MonkeyPatch, /, **params: str) -> AppTest:
    """One page by itself: Streamlit's test runner cannot follow the navigation."""
    monkeypatch.setenv("ANKA_HOME", str(home))
    app = AppTest.from_string(SHOW.format(module=MODULES[page], function=f"{page}_page"), default_timeout=60)
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app
