"""What killed and failed audits left in a home, deleted under its lock, where nobody else is at work."""

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from expectations.errors import AnkaError
from expectations.home import DamagedRunError, Home, number_of
from expectations.register.reading import last_run
from expectations.run.published import opens, read_whole
from expectations.store.register import Register
from expectations.work_folders import delete_leftovers, delete_work_folders
from flows.kept_exports import HALF_COPIED
from flows.publishing import UNFINISHED, prune_run_folders

_HALF_WRITTEN = re.compile(r"(current|register)\.\d+\.tmp")


def sweep(home: Home) -> None:
    """Deletes what only the audit at work needs."""
    for file in (*home.root.glob(f"{home.loaded.name}*"), *home.published.glob(f"*{UNFINISHED}*")):
        file.unlink(missing_ok=True)
    shutil.rmtree(home.touched.parent, ignore_errors=True)


def sweep_leftovers(home: Home) -> None:
    """Deletes what audits that are gone left, before one begins: in the home and among the machine's temporary files."""
    sweep(home)
    for file in _half_written(home):
        file.unlink(missing_ok=True)
    prune_run_folders(home)
    delete_leftovers(home.spill, "*/")
    delete_work_folders()


def finish_switch(home: Home, register: Register) -> None:
    """Lets pages show the run the register followed last, where the audit was killed between the two."""
    with register.reading() as session:
        run = last_run(session)
    file = home.published / Path(run.file).name if run else None
    if file and opens(file) and number_of(file) > _shown_number(home):
        with suppress(DamagedRunError):  # somebody went back from it, and not without a reason
            read_whole(file)
            home.switch_to(file)


def _shown_number(home: Home) -> int:
    """The number of the present published file; of none, or where the pointer is damaged, one before all."""
    try:
        return number_of(home.current())
    except AnkaError:
        return -1


def _half_written(home: Home) -> Iterator[Path]:
    yield home.exports / HALF_COPIED
    for folder in (home.root, home.published):
        yield from (file for file in folder.glob("*.tmp") if _HALF_WRITTEN.fullmatch(file.name))
