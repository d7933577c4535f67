"""Where this dashboard keeps its things: the home folder and the register, as the environment names them.

No Streamlit here: the gate, the routes and the pages ask the same two functions.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from expectations.home import Home
from expectations.register.belonging import home_register
from expectations.rights.reader import Reader
from expectations.run.published import FoundDamagedError, RunConnection, Shown, noting_damage, shown_run
from expectations.run.sights import Sights
from expectations.store.register import Register

_SIGHTS = Sights()
"""The published files as their readers may see them, shared by all pages and exports of the process."""


@contextmanager
def sighted(reader: Reader) -> Iterator[tuple[Shown, RunConnection]]:
    """The run that is shown, as the reader may see it. Raises NothingPublishedError, DamagedRunError; FoundDamagedError
    where that turns out while it is read."""
    shown = shown_run(home())
    try:
        with noting_damage(shown.file), _SIGHTS.open(shown.file, register(), reader) as con:
            yield shown, con
    except FoundDamagedError:
        _SIGHTS.forget(shown.file)
        raise


def home() -> Home:
    """The home folder `ANKA_HOME` names."""
    return Home(Path(os.environ.get("ANKA_HOME", ".anka")).resolve())


def register() -> Register:
    """The register `ANKA_REGISTER` names, else the file in the home folder. Raises InputError when it can't be reached
    or is not the home's."""
    return home_register(home(), os.environ.get("ANKA_REGISTER", ""))
