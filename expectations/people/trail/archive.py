"""Sealed archives of the access log: its entries before a day in one file, which proves by itself that they are as they were written.

The file is a zip of `entries.jsonl` (an entry a line), `manifest.json` (which entries, of which register, and the hashes at both ends) and
`README.txt`, which tells a stranger how to follow the chain. Entries that lie in an archive can be taken out of the register; an entry
says so, and the chain goes on from the hash it names.
"""

import errno
import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from expectations.errors import InputError
from expectations.people import access_log
from expectations.people.trail.checking import COLUMNS, Archived, Entry, check_entries
from expectations.people.trail.taken_out import TAKEN_OUT, TakenOut, taken_out
from expectations.store.chain import guard_lifted
from expectations.store.register import Register
from expectations.store.tables import Access
from expectations.texts import Bilingual

_ENTRIES, _MANIFEST, _README = "entries.jsonl", "manifest.json", "README.txt"
_PORTION = 5000
_MOST_MANIFEST, _LONGEST_LINE = 2**16, 2**20
_FORMAT = 1
_STAMP = (1980, 1, 1, 0, 0, 0)
"""Of the files in the zip: the same entries make the same bytes."""


class _Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = Field(ge=1)
    register_id: str
    first: int = Field(ge=1)
    last: int = Field(ge=1)
    previous: str
    hash: str
    sha256: str


@dataclass(frozen=True)
class Archive:
    """A file of entries `first` to `last`: `previous` is the hash before the first, `hash` that of the last; `sha256` is of the file."""

    file: Path
    register_id: str
    first: int
    last: int
    previous: str
    hash: str
    sha256: str

    def entries(self) -> Iterator[Entry]:
        """Every entry, in order. Raises InputError for what is no entry."""
        with zipfile.ZipFile(self.file) as zipped, zipped.open(_ENTRIES) as lines:
            while line := lines.readline(_LONGEST_LINE):
                yield _entry_of(line, self.file)


def write_archive(register: Register, before: datetime, folder: Path) -> Archive:
    """Seals the entries before a moment (UTC), from the first there is on, in a file of `folder` named by their numbers.

    It is read back and followed before it gets its name. Raises InputError where there is none, and where the log was tampered with.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with register.reading() as session:
        first, last = session.execute(select(func.min(Access.id), func.max(Access.id)).where(Access.at < before)).one()
        if last is None:
            raise InputError(
                Bilingual("没有更早的日志", "no entry is older").about(f"{before:%Y-%m-%d}"),
                hint=Bilingual("换一个日期", "another --before"),
            )
        file = folder / f"access-log-{register.identity()[:8]}-{first}-{last}.zip"
        if file.exists():
            raise InputError(
                Bilingual("文件已存在", "file exists").about(file), hint=Bilingual("换一个文件夹", "another folder")
            )
        unfinished = file.with_name(f".{file.name}.{os.getpid()}.unfinished")
        unfinished.touch(mode=0o600)
        try:
            _write(unfinished, register.identity(), _of(session, last))
            require_whole(read_archive(unfinished))
            unfinished.replace(file)
        finally:
            unfinished.unlink(missing_ok=True)
    return read_archive(file)


def read_archive(file: Path) -> Archive:
    """What an archive says it holds. Raises InputError for a file that is none or whose bytes are not those it was sealed with."""
    try:
        with zipfile.ZipFile(file) as zipped:
            manifest = _Manifest.model_validate_json(_bounded(zipped, _MANIFEST, _MOST_MANIFEST))
            with zipped.open(_ENTRIES) as entries:
                sealed = _sha256(entries)
        with file.open("rb") as content:
            digest = _sha256(content)
    except FileNotFoundError:
        raise InputError(Bilingual("没有这个文件", "no such file").about(file)) from None
    except OSError as error:
        if error.errno != errno.EINVAL:  # a damaged directory of a zip leads to before its beginning
            raise
        raise _no_archive(file) from None
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, NotImplementedError, RuntimeError):
        raise _no_archive(file) from None
    if manifest.format > _FORMAT or sealed != manifest.sha256 or manifest.first > manifest.last:
        raise _no_archive(file)
    return Archive(file, manifest.register_id, manifest.first, manifest.last, manifest.previous, manifest.hash, digest)


def require_whole(archive: Archive) -> None:
    """Raises InputError with the first entry of an archive that is not as it was written."""
    verdict = check_entries(archive.entries(), archive.first, archive.previous)
    if verdict.problems or (verdict.last.entry, verdict.last.hash) != (archive.last, archive.hash):
        problem = verdict.problems[0].words if verdict.problems else Bilingual("首尾不符", "its ends differ")
        raise InputError(
            Bilingual("日志被改动，未封存", "the log was tampered with, nothing was sealed").about(problem),
            hint="anka log verify",
        )


def take_out(register: Register, archive: Archive) -> int:
    """Takes the entries of a whole archive out of the register; how many. Raises InputError where they are not the first it has, or
    not those of the archive; nothing is changed then."""
    require_whole(archive)
    with register.writing() as session:
        before = taken_out(session)
        first = session.scalar(select(func.min(Access.id)))
        last = session.scalar(select(Access.hash).where(Access.id == archive.last))
        there = (register.identity(), first, before.hash if before else "", last)
        if there != (archive.register_id, archive.first, archive.previous, archive.hash):
            raise _not_next(archive)
        said = TakenOut(archive.last, archive.hash, archive.sha256)
        access_log.note(session, *access_log.BY_MACHINE, TAKEN_OUT, archive.file.name, said.as_text())
        with guard_lifted(session.connection()):
            return int(session.execute(delete(Access).where(Access.id <= archive.last)).rowcount)  # type: ignore[attr-defined]


def followed_with(register: Register, files: Iterable[Path]) -> list[Archived]:
    """Archives as they are followed with the log, in the order of their entries. Raises InputError for one of another register."""
    archives = sorted(map(read_archive, files), key=lambda archive: archive.first)
    for archive in archives:
        if archive.register_id != register.identity():
            raise InputError(
                Bilingual("封存件属于另一个台账", "the archive is of another register").about(archive.file),
                hint=Bilingual("检查 ANKA_REGISTER", "check ANKA_REGISTER"),
            )
    return [Archived(each.file.name, each.first, each.previous, each.entries()) for each in archives]


def _of(session: Session, last: int) -> Iterator[Entry]:
    wanted = select(*COLUMNS).where(Access.id <= last).order_by(Access.id)
    for row in session.execute(wanted.execution_options(yield_per=_PORTION)):
        yield Entry(*row)


def _write(file: Path, register_id: str, entries: Iterable[Entry]) -> None:
    digest, first, last = hashlib.sha256(), None, None
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as zipped:
        with zipped.open(_member(_ENTRIES), "w", force_zip64=True) as out:
            for entry in entries:
                first, last = first or entry, entry
                line = _line(entry)
                digest.update(line)
                out.write(line)
        assert first is not None and last is not None  # noqa: PT018 -- one is there where the other is
        manifest = _Manifest(
            format=_FORMAT,
            register_id=register_id,
            first=first.id,
            last=last.id,
            previous=first.previous,
            hash=last.hash,
            sha256=digest.hexdigest(),
        )
        zipped.writestr(_member(_MANIFEST), manifest.model_dump_json(indent=1))
        zipped.writestr(_member(_README), Path(__file__).with_name(_README).read_text(encoding="utf-8"))


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _STAMP)
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def _line(entry: Entry) -> bytes:
    said = [
        entry.previous,
        entry.id,
        entry.at.isoformat(),
        entry.user_id,
        entry.login,
        entry.action,
        entry.subject,
        entry.detail,
    ]
    return json.dumps([*said, entry.hash], separators=(",", ":")).encode("ascii") + b"\n"


def _entry_of(line: bytes, file: Path) -> Entry:
    try:
        previous, number, at, user_id, login, action, subject, detail, own = json.loads(line)
        return Entry(number, datetime.fromisoformat(at), user_id, login, action, subject, detail, previous, own)
    except (ValueError, TypeError, RecursionError):
        raise _no_archive(file) from None


def _bounded(zipped: zipfile.ZipFile, name: str, most: int) -> bytes:
    with zipped.open(name) as content:
        text = content.read(most + 1)
    if len(text) > most:
        raise ValueError(name)
    return text


def _sha256(content: IO[bytes]) -> str:
    return hashlib.file_digest(content, "sha256").hexdigest()  # type: ignore[arg-type]


def _no_archive(file: Path) -> InputError:
    return InputError(
        Bilingual("不是日志封存件，或已损坏", "no archive of the log, or a damaged one").about(file),
        hint=Bilingual("anka log archive 写出的文件", "a file that anka log archive wrote"),
    )


def _not_next(archive: Archive) -> InputError:
    return InputError(
        Bilingual(
            "封存件与台账中最早的日志不符，未作任何改动",
            "the archive is not of the first entries of the log, nothing was changed",
        ).about(archive.file.name),
        hint="anka log verify --archive",
    )
