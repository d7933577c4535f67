"""What every page is given: the published run as the reader may see it, the register, and the language. Nothing is selected or drawn
here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from dashboard.frame.parameters import LANGUAGE
from dashboard.frame.place import home, register, sighted
from dashboard.words.texts import label, text
from expectations.errors import AnkaError
from expectations.finding.masks import Masks
from expectations.home import NothingPublishedError
from expectations.people.languages import as_language
from expectations.rights.reader import Reader
from expectations.run.account import NO_RUN, Run, run
from expectations.run.findings import masks_of
from expectations.run.published import RunConnection, shown_run, without_run
from expectations.store.register import Register
from expectations.texts import Language


@dataclass(frozen=True)
class View:
    """A page's own cursor on the published run as the reader may see it, the register, and the reader's language."""

    con: RunConnection
    file: Path
    run: Run
    language: Language
    reader: Reader
    register: Register
    entered: bool = False
    """Whether the reader has just come to this page: its parameters are then read from the address."""
    instead_of: AnkaError | None = None
    """Why the run shown is an older one or none, where the present one can't be read."""

    @cached_property
    def masks(self) -> Masks:
        """How numbers are shown to the reader."""
        return masks_of(self.con)

    def t(self, key: str, **values: object) -> str:
        """An interface text."""
        return text(key, self.language, **values)

    def label(self, prefix: str, value: str) -> str:
        """The label of a coded value."""
        return label(prefix, value, self.language)

    def pick(self, zh: str, en: str) -> str:
        """The text of the run in the reader's language, Chinese where there is no English."""
        return en if self.language == "en" and en else zh

    def link(self, page: str, /, **params: object) -> str:
        """The relative address of a page, in the same language; blank parameters are left out, lists are repeated."""
        filled = {name: value for name, value in params.items() if value not in ("", None, [], ())}
        query = urlencode({**filled, LANGUAGE.name: self.address_language}, doseq=True)
        return f"{page}?{query}" if query else page

    @property
    def address_language(self) -> list[str]:
        """The language as an address says it: not at all where it goes without saying."""
        return LANGUAGE.written(self.language if self.reader.needs_saying(self.language) else None)


@contextmanager
def open_view(reader: Reader, language: Language, entered: bool, *, needs_run: bool = True) -> Iterator[View]:
    """The run that is shown, as `reader` may see it, and none at all where the page needs none and it can't be read. Raises
    NothingPublishedError, DamagedRunError, FoundDamagedError."""
    problem = None if needs_run else _no_run()
    if problem:
        with without_run() as nothing:
            unread = None if isinstance(problem, NothingPublishedError) else problem
            yield View(nothing, home().root, NO_RUN, language, reader, register(), entered, unread)
        return
    with sighted(reader) as (shown, con):
        yield View(con, shown.file, run(con), language, reader, register(), entered, shown.instead_of)


def _no_run() -> AnkaError | None:
    """Why there is no run to show; also one that another version published can't be."""
    try:
        shown_run(home())
    except AnkaError as problem:
        return problem
    return None


def chosen_language(reader: Reader) -> Language:
    """The language of the session, at first that of the address, else the reader's."""
    if "language" not in st.session_state:
        st.session_state["language"] = LANGUAGE.of(st.query_params.get_all) or reader.language
    return as_language(st.session_state["language"])


def entered(page: str) -> bool:
    """Notes the page shown; whether it was another one before."""
    former = st.session_state.get("page")  # nothing else tells a page that was just opened from one that is drawn again
    st.session_state["page"] = page
    return former != page
