"""Making a back-up while people work and runs publish: laid down, written beside its place, read back to its last byte, renamed, and noted in the
home and in the access log. What went wrong leaves no file under the final name.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO

from expectations.backups import encryption
from expectations.backups.archive import FORMAT, LogHead, Manifest, entry_of, opened, write_archive
from expectations.backups.contents import Contents, laid_down
from expectations.backups.records import Backup, remember
from expectations.errors import InputError
from expectations.home import Home
from expectations.office_days import office_clock
from expectations.people import access_log
from expectations.register.belonging import home_register
from expectations.store.migrating import newest_revision
from expectations.store.register import Register, now
from expectations.texts import Bilingual
from expectations.work_folders import locked_folder

_TRIES = 3
_UNFINISHED = ".unfinished"


@dataclass(frozen=True)
class BackupOrder:
    """What is backed up, and where to. `register`: URL, blank for the file in the home; `pack`: the folder `ANKA_CATALOGUE` names; `runs`: how many published
    runs, 0 for all; `keep`: how many back-ups of this register stay in the folder, 0 for all; a blank passphrase encrypts nothing."""

    home: Home
    folder: Path
    register: str = ""
    pack: Path | None = None
    runs: int = 1
    keep: int = 0
    passphrase: str = ""


@dataclass(frozen=True)
class Made:
    """A back-up, how many files it holds, which run, and which older ones were deleted for it."""

    backup: Backup
    present: str
    files: int
    dropped: tuple[Path, ...]


def make_backup(order: BackupOrder) -> Made:
    """Makes it. Raises InputError where there is nothing to back up, or the folder can't be used."""
    home = order.home
    if home.register_id() is None and not home.pointer.exists():
        raise InputError(
            Bilingual("主目录里还没有内容", "nothing in this home yet").about(home.root),
            hint=Bilingual("检查 ANKA_HOME", "check ANKA_HOME"),
        )
    _require_outside(order.folder, home)
    register = home_register(home, order.register)
    folder = _usable(order.folder.absolute())
    begun = now()
    family = f"anka-{register.identity()[:8]}-"
    _sweep(folder, family)
    home.spill.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked_folder(home.spill, "backup-") as work, _unfinished(folder, family) as (unfinished, target):
        contents = _laid_down(order, register, work)
        manifest = _manifest(order, register, contents, begun)
        key = encryption.new_key(order.passphrase) if order.passphrase else None
        sha256 = write_archive(target, manifest, contents.files, key)
        target.flush()
        os.fsync(target.fileno())
        with opened(unfinished, key=key) as archive:
            archive.unpack(None)
        file = _named(
            unfinished, folder / f"{family}{office_clock(begun):%Y%m%d-%H%M%S-%f}.tar.zst{'.encrypted' if key else ''}"
        )
    same_disk = folder.stat().st_dev == home.root.stat().st_dev
    backup = Backup(begun, file, file.stat().st_size, sha256, key is not None, same_disk)
    remember(home, backup)
    _log(register, backup)
    return Made(backup, contents.present, len(manifest.entries), tuple(_rotate(file, family, order.keep)))


def _laid_down(order: BackupOrder, register: Register, work: Path) -> Contents:
    for number in range(_TRIES):
        place = work / str(number)
        place.mkdir(mode=0o700)
        with suppress(FileNotFoundError):
            return laid_down(order.home, register, order.pack, order.runs, place)
    raise InputError(
        Bilingual("备份时核查结果不断更替", "runs went while they were backed up"),
        hint=Bilingual("再运行一次", "run it again"),
    )


def _manifest(order: BackupOrder, register: Register, contents: Contents, begun: datetime) -> Manifest:
    return Manifest.model_validate(
        {
            "format": FORMAT,
            "made_at": begun,
            "version": version("anka-audit"),
            "revision": newest_revision(),
            "register_id": register.identity(),
            "present": contents.present,
            "log_head": LogHead(entry=contents.log_head.entry, hash=contents.log_head.hash),
            "pack": contents.pack,
            "home": str(order.home.root),
            "entries": tuple(entry_of(name, file) for name, file in contents.files.items()),
        }
    )


def _require_outside(folder: Path, home: Home) -> None:
    if folder.resolve().is_relative_to(home.root.resolve()):
        raise InputError(
            Bilingual("备份不能放在主目录里", "a back-up in the home is lost with it").about(folder),
            hint=Bilingual("指定另一处的文件夹，最好在另一块磁盘", "name a folder elsewhere, best on another disk"),
        )


def _usable(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(
            Bilingual("不是文件夹", "not a folder").about(folder),
            hint=Bilingual("指定放备份的文件夹", "name the folder back-ups go to"),
        ) from None
    return folder


@contextmanager
def _unfinished(folder: Path, family: str) -> Iterator[tuple[Path, IO[bytes]]]:
    """A file for the time being, locked while it is written, and gone where it was not renamed."""
    path = folder / f".{family}{os.getpid()}{_UNFINISHED}"
    target = _locked(path)
    while not path.exists():  # somebody took it for a leftover before it was locked
        target.close()
        target = _locked(path)
    try:
        with target:
            yield path, target
    finally:
        path.unlink(missing_ok=True)


def _locked(path: Path) -> IO[bytes]:
    target = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    with suppress(OSError):  # not every file system of a network knows locks
        fcntl.flock(target, fcntl.LOCK_EX)
    return target


def _named(unfinished: Path, file: Path) -> Path:
    """Gives the finished file its name, so that it is still there after a power cut."""
    unfinished.rename(file)
    with suppress(OSError):  # not every file system knows it
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return file


def _sweep(folder: Path, family: str) -> None:
    """Deletes what a killed back-up of the same register left; one at work is locked."""
    for left in folder.glob(f".{family}*{_UNFINISHED}"):
        with suppress(OSError), left.open("rb") as content:
            fcntl.flock(content, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _rotate(made: Path, family: str, keep: int) -> Iterator[Path]:
    """Deletes the oldest back-ups of the same register beyond `keep`; never the one just made, whatever the clock said, nor any other file."""
    ours = re.compile(rf"{family}\d{{8}}-\d{{6}}-\d{{6}}\.tar\.zst(\.encrypted)?")
    others = sorted(file for file in made.parent.iterdir() if ours.fullmatch(file.name) and file != made)
    for file in others[: len(others) - keep + 1] if keep else []:
        file.unlink(missing_ok=True)
        yield file


def _log(register: Register, backup: Backup) -> None:
    with register.writing() as session:
        said = f"sha256={backup.sha256} bytes={backup.size}{' encrypted' if backup.encrypted else ''}"
        access_log.note(session, *access_log.BY_MACHINE, "backup", backup.file.name, said)
