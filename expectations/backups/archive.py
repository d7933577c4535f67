"""The file of a back-up: a tar of plain files behind a manifest with the size and SHA-256 of each, compressed by zstd, encrypted if a
passphrase is given, and at its end the SHA-256 of all of it. Written and read as a stream: memory does not grow with it.

A file may have been made by somebody who means harm: nothing is taken that the manifest does not name, no name leads elsewhere, and no
more is unpacked than the manifest says.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import IO, Any, NoReturn, cast

import pyarrow as pa
from pydantic import BaseModel, ConfigDict

from expectations.backups import encryption
from expectations.errors import InputError
from expectations.file_names import stays_below
from expectations.texts import Bilingual

FORMAT = 1
REGISTER = "register.db"
PLACES = frozenset((REGISTER, "published", "exports", "runs", "reviews", "rechecks", "templates", "packs"))
"""What of a home a back-up may hold; anything else in one is not ours."""
_MANIFEST = "manifest.json"
_MOST_MANIFEST = 64 * 2**20
_SLACK = 64 * 2**10
"""What may stand between two files of an archive: the head of the next one, and what is read ahead."""
_PIECE = 2**20
_FRAME = b"\x50\x2a\x4d\x18\x20\x00\x00\x00"
"""The head of a frame of 32 bytes that every reader of zstd skips: it holds the sum of all before it."""
_SUM_BYTES = 32
_ANOTHER = Bilingual("换一个备份", "take another one")


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Declared):
    """A file of the home, by its path below it."""

    name: str
    size: int
    sha256: str


class LogHead(_Declared):
    """The head of the access log."""

    entry: int
    hash: str


class Manifest(_Declared):
    """What a back-up is of, and every file in it. `revision`: of the register's tables; `present`: the published file pages show; `pack`: the folder below
    `packs` that `ANKA_CATALOGUE` named; `home`: where the home lay."""

    format: int
    made_at: datetime
    version: str
    revision: str
    register_id: str
    present: str
    log_head: LogHead
    pack: str
    home: str
    entries: tuple[Entry, ...]

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.entries)


def entry_of(name: str, file: Path) -> Entry:
    """A file as the manifest names it. Raises InputError for a name that can't be unpacked everywhere."""
    if not stays_below(name):
        raise InputError(
            Bilingual("文件名不能用于备份", "name can't stand in a back-up").about(f"{name!r}"),
            hint=Bilingual("改名后再运行", "rename it and run again"),
        )
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return Entry(name=name, size=file.stat().st_size, sha256=digest)


def write_archive(target: IO[bytes], manifest: Manifest, files: Mapping[str, Path], key: encryption.Key | None) -> str:
    """Writes everything into an open empty file; its SHA-256. Raises InputError where a file is no longer what the manifest says."""
    summing = _Summing(target)
    sink = cast("IO[bytes]", summing)
    if key is not None:
        sink.write(key.locked)
    with (
        encryption.encrypting(sink, key) if key else nullcontext(sink) as inside,
        pa.CompressedOutputStream(inside, "zstd") as packed,
        tarfile.open(fileobj=packed, mode="w|") as tar,
    ):
        text = manifest.model_dump_json().encode("utf-8")
        _add(tar, _MANIFEST, len(text), io.BytesIO(text))
        for entry in manifest.entries:
            with files[entry.name].open("rb") as content:
                checked = _Summing(content)
                _add(tar, entry.name, entry.size, cast("IO[bytes]", checked))
            if checked.digest().hex() != entry.sha256:
                raise _changed(entry.name)
    sink.write(_FRAME + summing.digest())
    return summing.digest().hex()


@contextmanager
def opened(file: Path, passphrase: str = "", key: encryption.Key | None = None) -> Iterator["Archive"]:
    """A back-up whose sum was compared and its manifest read.

    Raises InputError for what is none, is damaged or of a newer version, and for a wrong passphrase.
    """
    with _open(file) as content:
        size = _size_of_body(file, content)
        whole = _sum_agrees(content, size)
        if encryption.is_locked(content):
            key = _key(file, content, passphrase, key, whole=whole)
        body = cast("IO[bytes]", _First(content, size - content.tell()))
        with (
            encryption.decrypting(body, key) if key else nullcontext(body) as inside,
            pa.CompressedInputStream(inside, "zstd") as unpacked,
        ):
            if not whole:
                _name_damage(file, unpacked)
            yield Archive(file, unpacked)


def is_encrypted(file: Path) -> bool:
    """Whether a passphrase is needed. Raises InputError where there is no such file."""
    with _open(file) as content:
        return encryption.is_locked(content)


class DamagedBackupError(InputError):
    """A back-up that is not as it was written."""


class Archive:
    """A back-up being read, once, from its beginning to its end."""

    def __init__(self, file: Path, stream: pa.NativeFile) -> None:
        self._file = file
        self._bounded = _Bounded(stream, _MOST_MANIFEST)
        try:
            self._tar = tarfile.open(fileobj=cast("IO[bytes]", self._bounded), mode="r|")  # noqa: SIM115 -- `opened` closes what it reads
        except (tarfile.TarError, pa.ArrowException, OSError) as error:
            raise self._damage(_MANIFEST, error) from None
        self.manifest = self._read_manifest()

    def unpack(self, into: Path | None, only: Collection[str] = ()) -> None:
        """Compares every file with the manifest and puts it below `into`, or nowhere; with `only` those alone. Raises InputError."""
        for entry in self.manifest.entries:
            place = into / entry.name if into is not None and (not only or entry.name in only) else None
            digest = hashlib.sha256()
            with _written_to(place) as out:
                for piece in self._pieces(entry.name, entry.size):
                    digest.update(piece)
                    out.write(piece)
            if digest.hexdigest() != entry.sha256:
                raise _damaged(self._file, entry.name)
        self._bounded.left = _SLACK
        if self._member() is not None:
            raise _damaged(self._file, Bilingual("含有清单以外的文件", "holds a file the manifest does not name"))

    def _read_manifest(self) -> Manifest:
        text = b"".join(self._pieces(_MANIFEST, None))
        try:
            known = json.loads(text)["format"] <= FORMAT
            manifest = Manifest.model_validate_json(text) if known else None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise _damaged(self._file, _MANIFEST) from None
        if manifest is None:
            raise InputError(
                Bilingual("备份由更新的版本建立", "the back-up was made by a newer version"),
                hint=Bilingual("更新本程序", "update Anka"),
            )
        names = {entry.name for entry in manifest.entries}
        told = {f"published/{manifest.present}"} if manifest.present else set()
        told |= {f"packs/{manifest.pack}"} if manifest.pack else set()
        bad = sorted(name for name in names | told if not stays_below(name) or name.split("/")[0] not in PLACES)
        if bad or len(names) < len(manifest.entries) or any(entry.size < 0 for entry in manifest.entries):
            raise InputError(
                Bilingual("备份含有非法路径", "illegal path in the back-up").about(f"{(bad or [_MANIFEST])[0]!r}"),
                hint=_ANOTHER,
            )
        return manifest

    def _pieces(self, name: str, size: int | None) -> Iterator[bytes]:
        """The content of the next file, which has to be the one of that name. Raises InputError."""
        member = self._member(name)
        if member is None or member.name != name or member.type != tarfile.REGTYPE or member.sparse:
            raise _damaged(self._file, name)
        if size is not None:
            if member.size != size:
                raise _damaged(self._file, name)
            self._bounded.left = size + _SLACK
        content = cast("IO[bytes]", self._tar.extractfile(member))
        try:
            while piece := content.read(_PIECE):
                yield piece
        except (tarfile.TarError, pa.ArrowException, EOFError, OSError) as error:
            raise self._damage(name, error) from None

    def _member(self, name: str = "") -> tarfile.TarInfo | None:
        try:
            return self._tar.next()
        except (tarfile.TarError, pa.ArrowException, EOFError, OSError) as error:
            raise self._damage(name, error) from None

    def _damage(self, name: str, error: Exception) -> Exception:
        """What to say of an error in reading: of a disk that can't be read it is the machine's."""
        return error if isinstance(error, OSError) and error.errno else _damaged(self._file, name)


def _add(tar: tarfile.TarFile, name: str, size: int, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    try:
        tar.addfile(member, content)
    except (tarfile.ReadError, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise
        raise _changed(name) from None


def _changed(name: str) -> InputError:
    return InputError(
        Bilingual("备份时文件被改动", "changed while it was backed up").about(name),
        hint=Bilingual("再运行一次", "run it again"),
    )


@contextmanager
def _open(file: Path) -> Iterator[IO[bytes]]:
    try:
        content = file.open("rb")
    except (FileNotFoundError, IsADirectoryError):
        raise InputError(
            Bilingual("没有这个备份文件", "no such back-up").about(file),
            hint=Bilingual("anka backup 写出的文件", "a file that anka backup wrote"),
        ) from None
    with content:
        yield content


def _size_of_body(file: Path, content: IO[bytes]) -> int:
    """How many bytes the sum at the end is of. Raises InputError where there is none."""
    size = content.seek(0, io.SEEK_END) - len(_FRAME) - _SUM_BYTES
    content.seek(max(size, 0))
    if size < 0 or content.read(len(_FRAME)) != _FRAME:
        what = Bilingual("不是备份文件，或被截断", "no back-up, or cut off")
        raise _damaged(file, what)
    return size


def _sum_agrees(content: IO[bytes], size: int) -> bool:
    content.seek(0)
    digest, body = hashlib.sha256(), _First(content, size)
    while piece := body.read(_PIECE):
        digest.update(piece)
    content.seek(size + len(_FRAME))
    agrees = content.read(_SUM_BYTES) == digest.digest()
    content.seek(0)
    return agrees


def _key(file: Path, content: IO[bytes], passphrase: str, key: encryption.Key | None, *, whole: bool) -> encryption.Key:
    try:
        locked = encryption.read_locked(content)
        return key or encryption.unlock(locked, passphrase)
    except (ValueError, InputError) as error:
        if whole and isinstance(error, InputError):
            raise
        raise _damaged(file, Bilingual("校验和不符", "the checksum differs")) from None


def _name_damage(file: Path, stream: pa.NativeFile) -> NoReturn:
    """Raises DamagedBackupError, of the first file in a back-up that is not as it was, where that can be told."""
    try:
        Archive(file, stream).unpack(None)
    except DamagedBackupError:
        raise
    except InputError:
        pass  # what its manifest says by now
    raise _damaged(file, Bilingual("校验和不符", "the checksum differs"))


def _damaged(file: Path, what: object) -> DamagedBackupError:
    return DamagedBackupError(
        Bilingual("备份文件已损坏，未作任何改动", "the back-up is damaged, nothing was changed").about(
            Bilingual(file.name, file.name).about(what)
        ),
        hint=_ANOTHER,
    )


@contextmanager
def _written_to(place: Path | None) -> Iterator[IO[bytes]]:
    """A new file for its owner alone; without a place nothing is kept."""
    if place is None:
        yield cast("IO[bytes]", _Nowhere())
        return
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.touch(mode=0o600, exist_ok=False)
    with place.open("wb") as out:
        yield out


class _Nowhere(io.RawIOBase):
    """Where what is only compared goes."""

    def write(self, piece: Any, /) -> int:
        return len(piece)


class _Summing(io.RawIOBase):
    """Bytes on their way from or to a file, and the sum of all so far."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._hash = stream, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, piece: Any, /) -> int:
        self._hash.update(piece)
        self._stream.write(piece)
        return len(piece)

    def read(self, size: int = -1, /) -> bytes:
        piece = self._stream.read(size)
        self._hash.update(piece)
        return piece

    def flush(self) -> None:
        self._stream.flush()

    def digest(self) -> bytes:
        return self._hash.digest()


class _First(io.RawIOBase):
    """The first so many bytes of what is left of a file."""

    def __init__(self, content: IO[bytes], size: int) -> None:
        self._content, self._left = content, size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        piece = self._content.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece


class _Bounded:
    """Bytes of which no more may come than is allowed at this moment: a small archive must fill neither memory nor disk."""

    def __init__(self, stream: pa.NativeFile, left: int) -> None:
        self._stream, self.left = stream, left

    def read(self, size: int) -> bytes:
        piece = bytes(self._stream.read(size))
        self.left -= len(piece)
        if self.left < 0:
            raise InputError(
                Bilingual("备份解开后大于清单所载", "the back-up unpacks to more than its manifest says"), hint=_ANOTHER
            )
        return piece
