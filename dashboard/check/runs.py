"""A check before handing in, as the page runs it: `anka check` in a folder that is deleted, and what came of it. No Streamlit here.

Nothing is kept: the exports, the run and the marked workbooks lie in that folder only, and its helpers have it as their own.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from threading import BoundedSemaphore
from typing import Any

from dashboard.check.command_line import Running, start
from expectations.errors import InputError
from expectations.texts import Bilingual, Language
from expectations.work_folders import work_folder

TIME_LIMIT = 300
_AT_ONCE = 2
"""Checks at the same time on one server: each takes a processor and up to a gigabyte."""

_turns = BoundedSemaphore(_AT_ONCE)


@dataclass(frozen=True)
class Upload:
    """A file somebody dropped."""

    name: str
    content: bytes


@dataclass(frozen=True)
class CheckedUpload:
    """What was found in one file, and the marked workbook."""

    name: str
    rows_loaded: int
    findings: tuple[Mapping[str, Any], ...]
    not_judged: tuple[Mapping[str, Any], ...]
    workbook_name: str
    workbook: bytes

    def count(self, severity: str) -> int:
        """How many findings of that severity."""
        return sum(finding["severity"] == severity for finding in self.findings)


class CheckRun:
    """A check at work: ask `running` until it has ended, then for the `outcome`."""

    def __init__(self, folder: Path, uploads: Sequence[Upload], as_of: date, card: str, language: Language) -> None:
        files = [_lay_down(folder / "exports" / str(number), upload) for number, upload in enumerate(uploads)]
        marked_folder, own_folder = folder / "marked", folder / "own"
        marked_folder.mkdir()
        own_folder.mkdir()
        chosen = ["--card", card] if card else []
        self.running: Running = start(
            [
                "check",
                "--format",
                "json",
                "--as-of",
                as_of.isoformat(),
                "--lang",
                language,
                *chosen,
                "-o",
                str(marked_folder),
                *map(str, files),
            ],
            folder,
            {"TMPDIR": str(own_folder), "ANKA_HOME": str(own_folder / "home"), "ANKA_REGISTER": ""},
        )

    def outcome(self) -> tuple[CheckedUpload, ...]:
        """What was found. Raises AnkaError as the command said it."""
        text = self.running.output.read_text(encoding="utf-8")
        if not text.strip():
            raise self.running.mistake()
        return tuple(_checked_upload(checked_file) for checked_file in json.loads(text))


@contextmanager
def checking(uploads: Sequence[Upload], as_of: date, card: str = "", language: Language = "zh") -> Iterator[CheckRun]:
    """A check at work, which marks in that language; everything it made is gone when the block is left, and it is ended if it is still there."""
    if not _turns.acquire(blocking=False):
        raise InputError(
            Bilingual("现在自查的人较多", "several checks are at work"),
            hint=Bilingual("请稍候再试", "please try again in a minute"),
        )
    try:
        with work_folder("check") as folder:
            run = CheckRun(folder, uploads, as_of, card, language)
            try:
                yield run
            finally:
                run.running.kill()
    finally:
        _turns.release()


def _lay_down(folder: Path, upload: Upload) -> Path:
    """The file under its own name, which may tell its card, in a folder of its own."""
    folder.mkdir(parents=True)
    name = PurePosixPath(upload.name.replace("\\", "/")).name.replace("\0", "") or "export"
    file = folder / name
    file.touch(mode=0o600)
    file.write_bytes(upload.content)
    return file


def _checked_upload(checked_file: Mapping[str, Any]) -> CheckedUpload:
    workbook = Path(str(checked_file["workbook"]))
    return CheckedUpload(
        str(checked_file["name"]),
        int(checked_file["rows_loaded"]),
        tuple(checked_file["findings"]),
        tuple(checked_file["not_judged"]),
        workbook.name,
        workbook.read_bytes(),
    )
