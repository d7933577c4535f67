"""What of a home belongs into a back-up: everything that can't be made again, as it stood at one moment.

The register is copied first; what else goes in is laid beside it in a folder for the time being, so that neither a run that publishes nor
one that is pruned meanwhile changes it.
"""

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.backups.archive import REGISTER
from expectations.catalogue.catalogues import bundled_folder, catalogue_layers
from expectations.catalogue.yaml_files import YAML_SUFFIXES
from expectations.errors import AnkaError, InputError
from expectations.home import DamagedRunError, Home, NothingPublishedError, number_of
from expectations.register.reading import last_run
from expectations.run.published import exports_of, open_published, shown_run
from expectations.store.chain import Head, log_head
from expectations.store.copying import copy_file, copy_rows
from expectations.store.register import Register, opened, register_url

_PACKS = "packs"
_COPIED = ("templates", "rechecks", "reviews")
"""Folders that are copied whole, beside what belongs to the runs."""


@dataclass(frozen=True)
class Contents:
    """What was laid down: the files by their names in the home, the published file pages will show, the pack in use, and where the log stood."""

    files: dict[str, Path]
    present: str
    pack: str
    log_head: Head


def laid_down(home: Home, register: Register, pack: Path | None, runs: int, folder: Path) -> Contents:
    """Lays everything down in an empty folder: of the published runs the `runs` newest, all with 0. Raises FileNotFoundError where a run that
    belongs to it was pruned meanwhile: asked again, there is a newer one."""
    _copy_register(register, folder / REGISTER)
    copy = opened(register_url(Home(folder)))
    try:
        with copy.reading() as session:
            followed, head = last_run(session), log_head(session)
    finally:
        copy.close()
    present = _present(home, home.published / Path(followed.file).name if followed else None)
    for run in _kept(home, present, runs):
        _lay_run(home, run, folder)
    for name in _COPIED:
        _copy_tree(home.root / name, folder / name)
    pack_name = _lay_packs(pack, folder / _PACKS) if pack else ""
    return Contents(dict(_files_below(folder)), present.name if present else "", pack_name, head)


def _copy_register(register: Register, target: Path) -> None:
    """A register on a server becomes a file too: one kind of back-up, which can be brought back to either."""
    database = register.engine.url.database
    if register.on_sqlite and database:
        copy_file(Path(database), target)
        return
    copy = opened(register_url(Home(target.parent)))
    try:
        with register.snapshot() as source, copy.filling() as filled:
            copy_rows(source, filled)
    finally:
        copy.close()


def _present(home: Home, followed: Path | None) -> Path | None:
    """The run to show with the copied register: the one pages show, or the one followed last where pages went on to another since."""
    try:
        present = shown_run(home).file
    except (NothingPublishedError, DamagedRunError):
        return None  # the register is worth keeping whatever the runs are
    except InputError:
        present = home.current()  # of another version, until the next audit
    if followed and followed.is_file() and number_of(present) > number_of(followed):
        return followed
    return present


def _kept(home: Home, present: Path | None, runs: int) -> Iterable[Path]:
    """The present run, and the newest up to it."""
    if present is None:
        return []
    earlier = [file for file in home.published_files() if number_of(file) < number_of(present)]
    return [*(earlier if runs == 0 else earlier[len(earlier) - runs + 1 :]), present]


def _lay_run(home: Home, run: Path, folder: Path) -> None:
    """The published file, the folder of the run, and the exports it was made of. Published files and exports never change: they are linked."""
    _link(run, folder / home.published.name / run.name)
    run_folder = home.run_folder(run.stem.split("-", 1)[-1])
    _copy_tree(run_folder, folder / run_folder.relative_to(home.root))
    with suppress(AnkaError, duckdb.Error), open_published(run) as con:
        for sha256 in exports_of(con):
            for export in home.exports.glob(f"{sha256}.*"):
                with suppress(FileNotFoundError, FileExistsError):
                    _link(export, folder / home.exports.name / export.name)


def _lay_packs(pack: Path, folder: Path) -> str:
    """The pack in use and those it extends, as they lie beside each other; where the first of them is then, below `folder`."""
    layers = [layer.folder for layer in catalogue_layers([pack], []) if layer.folder != bundled_folder().resolve()]
    layers = layers or [pack.resolve()]  # a pack with mistakes is kept as it is
    above = Path(os.path.commonpath([layer.parent for layer in layers]))
    for layer in layers:
        for file in sorted(layer.rglob("*")):
            if file.is_file() and file.name.endswith(YAML_SUFFIXES):
                _copy(file, folder / file.relative_to(above))
    return pack.resolve().relative_to(above).as_posix()


def _copy_tree(source: Path, target: Path) -> None:
    """Plain files; links and what vanishes meanwhile are left out."""
    for file in sorted(source.rglob("*")) if source.is_dir() else ():
        if file.is_file() and not file.is_symlink():
            with suppress(FileNotFoundError):
                _copy(file, target / file.relative_to(source))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(source)
    except PermissionError:  # a file system without links
        shutil.copyfile(source, target)


def _files_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """The register first: whoever looks into a back-up needs it and nothing else."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    for file in sorted(files, key=lambda file: file.name != REGISTER or file.parent != folder):
        yield file.relative_to(folder).as_posix(), file
