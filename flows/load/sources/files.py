"""Which files a run reads: the given paths in the given order, folders by file name.

Nothing is read here but a file's first bytes, and all of them for the content hash; what is inside a file is `containers`.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from expectations.errors import InputError
from expectations.file_names import shown
from expectations.texts import Bilingual, joined
from flows.load.sources.containers import kind_of
from flows.load.sources.refusals import Refused, refusal_of, unreadable

SUFFIXES = (".xlsx", ".xls", ".xlsm", ".xlsb", ".csv", ".txt", ".tsv", ".et", ".ods")
"""Files of a folder with other suffixes are skipped and listed; a file named by the user is always tried."""


@dataclass(frozen=True)
class Inbox:
    """The files of a run in order, and the files of folders that were skipped."""

    files: tuple[Path, ...]
    skipped: tuple[Path, ...]


def list_files(paths: Sequence[Path]) -> Inbox:
    """Files of a run, each once. Raises InputError when a path does not exist or nothing is left."""
    missing = [path for path in paths if not path.exists()]
    if missing:
        raise InputError(
            joined(
                "\n", (f"{shown(path)}: " + Bilingual("文件或目录不存在", "no such file or folder") for path in missing)
            ),
            Bilingual("检查路径", "check the path"),
        )
    files: dict[Path, Path] = {}
    skipped: list[Path] = []
    for path in paths:
        for file in sorted(path.iterdir(), key=lambda entry: shown(entry.name)) if path.is_dir() else [path]:
            if path.is_dir() and not _is_export(file):
                skipped += [file] if file.is_file() else []
            else:
                files.setdefault(file.resolve(), file)
    if not files:
        places = "、".join(map(shown, paths)) or "(无)"
        raise InputError(
            f"{places}: " + Bilingual("没有可读的文件", "no file to load"),
            Bilingual("支持的后缀", "known suffixes").about(" ".join(SUFFIXES)),
        )
    return Inbox(tuple(files.values()), tuple(skipped))


def require_loadable(paths: Sequence[Path], *, skip_refused: bool = False, rest_seconds: float = 0) -> None:
    """Says within a moment, before anything heavy is imported, what is no export by its first bytes. Raises InputError as a load does.

    A file changed within `rest_seconds` may still be written: that of which only the beginning can be there is left to the load.
    """
    files = list_files(paths).files
    refused = [(shown(file.name), why.message, why.hint) for file in files if (why := _first_look(file, rest_seconds))]
    if refused and (not skip_refused or len(refused) == len(files)):
        raise refusal_of(refused)


def _first_look(file: Path, rest_seconds: float) -> Refused | None:
    """Why a file is no export, as far as its first bytes tell."""
    try:
        kind_of(file)
    except Refused as refused:
        return None if _may_be_begun(file, rest_seconds) else refused
    except OSError as error:
        return unreadable(error)
    return None


def _may_be_begun(file: Path, rest_seconds: float) -> bool:
    with file.open("rb") as stream:
        beginning = stream.read(4).strip(b"\0")
    is_young = rest_seconds > 0 and time.time() - file.stat().st_mtime < rest_seconds
    return is_young and beginning in (b"", b"PK\x03\x04")


def content_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _is_export(file: Path) -> bool:
    hidden = file.name.startswith((".", "~$"))  # ~$ marks the lock file of a workbook that is open in Excel
    return file.is_file() and not hidden and file.suffix.lower() in SUFFIXES


def still_written(files: Sequence[Path], rest_seconds: float, longest_wait: float = 600) -> set[Path]:
    """Waits until no file changed for `rest_seconds`; those that still change after `longest_wait`. One unchanged for so long costs no wait."""
    states = {file: _state(file) for file in files}
    young = {
        file for file, (_, changed) in states.items() if rest_seconds > 0 and time.time() - changed / 1e9 < rest_seconds
    }
    end = time.monotonic() + longest_wait
    while young and time.monotonic() < end:
        time.sleep(rest_seconds)
        states_now = {file: _state(file) for file in young}
        young = {file for file in young if states_now[file] != states[file]}
        states |= states_now
    return young


def _state(file: Path) -> tuple[int, int]:
    """Size, and the time of the last change in nanoseconds."""
    stat = file.stat()
    return stat.st_size, stat.st_mtime_ns
