"""`anka go-back`: the last good run is shown again while the present one is damaged."""

from contextlib import suppress
from pathlib import Path

import typer

from expectations.errors import InputError
from expectations.home import Home
from expectations.run.published import FoundDamagedError, Shown, read_whole, shown_run
from expectations.texts import Bilingual
from flows.cli.options import HomeFolder, home_at
from flows.night.audit_lock import sole_audit


def go_back(home: HomeFolder = Path(".anka")) -> None:
    """Switches to the newest published run that can be read. Raises InputError where the present one can be."""
    home_folder = home_at(home)
    _wholly_readable(home_folder)  # before the lock, which would make the home
    with sole_audit(home_folder):
        shown = _wholly_readable(home_folder)
        if shown.instead_of is None:
            raise InputError(
                Bilingual("当前核查结果完好，未改动", "the present run is not damaged, nothing was changed").about(
                    shown.file.stem
                )
            )
        home_folder.switch_to(shown.file)
    typer.echo(Bilingual("已退回", "gone back to").about(shown.file.stem))


def _wholly_readable(home: Home) -> Shown:
    """The newest run that can be read to its last byte. Raises DamagedRunError where there is none."""
    while True:
        shown = shown_run(home)
        with suppress(FoundDamagedError):
            read_whole(shown.file)
            return shown
