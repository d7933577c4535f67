"""Where this dashboard keeps its things: the home folder and the register, as the environment names them.

No Streamlit here: the gate, the routes and the pages ask the same two functions.
"""

import os
from pathlib import Path

from expectations.home import Home
from expectations.register.belonging import home_register
from expectations.run.sights import Sights
from expectations.store.register import Register

SIGHTS = Sights()
"""The published files as their readers may see them, shared by all pages and exports of the process."""


def home() -> Home:
    """The home folder `ANKA_HOME` names."""
    return Home(Path(os.environ.get("ANKA_HOME", ".anka")).resolve())


def register() -> Register:
    """The register `ANKA_REGISTER` names, else the file in the home folder. Raises InputError when it can't be reached
    or is not the home's."""
    return home_register(home(), os.environ.get("ANKA_REGISTER", ""))
