"""What every page is given: the published run, open for reading, and the language. Nothing is selected or drawn
here.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import streamlit as st

from dashboard.run_queries import Run, run
from dashboard.texts import Language, label, text
from expectations.home import Home
from expectations.published import open_published


@dataclass(frozen=True)
class View:
    """A page's own cursor on the published run, and the reader's language."""

    con: duckdb.DuckDBPyConnection
    file: Path
    run: Run
    language: Language
    entered: bool = False
    """Whether the reader has just come to this page: its parameters are then read from the address."""

    def t(self, key: str, **values: object) -> str:
        """An interface text."""
        return text(key, self.language, **values)

    def label(self, prefix: str, value: str) -> str:
        """The label of a coded value."""
        return label(prefix, value, self.language)

    def pick(self, zh: str, en: str) -> str:
        """The text of the run in the reader's language, Chinese where there is no English."""
        return en if self.language == "en" and en else zh

    def link(self, page: str, **params: object) -> str:
        """The address of a page with its parameters, in the reader's language."""
        return link(page, self.language, **params)


def link(page: str, language: Language, **params: object) -> str:
    """A relative address; blank parameters are left out, lists are repeated."""
    kept = {name: value for name, value in params.items() if value not in ("", None, [], ())}
    query = urlencode({**kept, **({"lang": "en"} if language == "en" else {})}, doseq=True)
    return f"{page}?{query}" if query else page


def home() -> Home:
    """The home folder `ANKA_HOME` names."""
    return Home(Path(os.environ.get("ANKA_HOME", ".anka")).resolve())


@st.cache_resource(max_entries=3, show_spinner=False)
def _published(file: str) -> duckdb.DuckDBPyConnection:
    """One connection per published file, shared by all sessions; each takes its own cursor."""
    return open_published(Path(file))


@contextmanager
def open_view(language: Language, entered: bool) -> Iterator[View]:
    """The present published run. Raises NothingPublishedError."""
    file = home().current()
    cursor = _published(str(file)).cursor()
    try:
        yield View(cursor, file, run(cursor), language, entered)
    finally:
        cursor.close()


def chosen_language() -> Language:
    """The language of the session, at first that of the address."""
    if "language" not in st.session_state:
        st.session_state["language"] = "en" if st.query_params.get("lang") == "en" else "zh"
    return "en" if st.session_state["language"] == "en" else "zh"


def entered(page: str) -> bool:
    """Notes the page shown; whether it was another one before."""
    former = st.session_state.get("page")
    st.session_state["page"] = page
    return former != page


def write_address(language: Language, params: Mapping[str, str | Sequence[str]]) -> None:
    """Puts what the page shows into the address, so that it can be shared."""
    kept = {name: value for name, value in params.items() if value}
    wanted = {**kept, **({"lang": "en"} if language == "en" else {})}
    present = {name: st.query_params.get_all(name) for name in st.query_params}
    if present != {name: [value] if isinstance(value, str) else list(value) for name, value in wanted.items()}:
        st.query_params.from_dict(wanted)
