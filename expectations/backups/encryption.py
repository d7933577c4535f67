"""Encrypting a back-up by a passphrase, in the format of age (https://age-encryption.org): scrypt for the passphrase, ChaCha20-Poly1305 for the
content, piece by piece, each authenticated in its place.

The passphrase locks a key made for the one file; the key encrypts the content as it streams by. The locked key stands at the beginning of the file.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BufferedIOBase
from typing import IO, cast

import pyrage

from expectations.errors import InputError
from expectations.texts import Bilingual

_BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----\n"
_END = b"-----END AGE ENCRYPTED FILE-----\n"
_LONGEST_KEY = 4096
_SHORTEST = 8


@dataclass(frozen=True)
class Key:
    """The key of one file, and the same locked by its passphrase."""

    identity: pyrage.x25519.Identity
    locked: bytes


def new_key(passphrase: str) -> Key:
    """A key for a new file. Takes seconds, as every guess of a passphrase will. Raises InputError for a short one."""
    if len(passphrase) < _SHORTEST:
        raise InputError(
            Bilingual("口令过短", "the passphrase is too short"),
            hint=Bilingual(f"至少 {_SHORTEST} 个字符", f"{_SHORTEST} signs at least"),
        )
    identity = pyrage.x25519.Identity.generate()
    locked = pyrage.passphrase.encrypt(str(identity).encode("ascii"), passphrase, armored=True)
    return Key(identity, locked)


def is_locked(content: IO[bytes]) -> bool:
    """Whether a file begins with a locked key; the place in the file stays where it is."""
    place = content.tell()
    first = content.read(len(_BEGIN))
    content.seek(place)
    return first == _BEGIN


def read_locked(content: IO[bytes]) -> bytes:
    """The locked key at the beginning of a file; what is read next is the content. Raises ValueError where it has no end."""
    beginning = content.read(_LONGEST_KEY)
    end = beginning.index(_END) + len(_END)
    content.seek(end)
    return beginning[:end]


def unlock(locked: bytes, passphrase: str) -> Key:
    """The key. Raises InputError for a wrong passphrase."""
    try:
        identity = pyrage.passphrase.decrypt(locked, passphrase).decode("ascii")
        return Key(pyrage.x25519.Identity.from_str(identity), locked)
    except (pyrage.DecryptError, pyrage.IdentityError, ValueError):
        raise InputError(
            Bilingual("口令不对", "wrong passphrase"),
            hint=Bilingual("备份时所用的口令", "the one the back-up was made with"),
        ) from None


@contextmanager
def encrypting(sink: IO[bytes], key: Key) -> Iterator[IO[bytes]]:
    """What is written in the block goes to `sink` encrypted."""

    def encrypt(piped: BufferedIOBase) -> None:
        pyrage.encrypt_io(piped, cast("BufferedIOBase", sink), [key.identity.to_public()])

    with _beside("wb", "rb", encrypt) as inside:
        yield inside


@contextmanager
def decrypting(source: IO[bytes], key: Key) -> Iterator[IO[bytes]]:
    """What is read in the block is the content of `source`; it ends early where that is not as it was written."""

    def decrypt(piped: BufferedIOBase) -> None:
        with suppress(pyrage.DecryptError, OSError):  # the reader notices what is missing, or has read enough
            pyrage.decrypt_io(cast("BufferedIOBase", source), piped, [key.identity])

    with _beside("rb", "wb", decrypt) as inside:
        yield inside


@contextmanager
def _beside(ours: str, other: str, work: Callable[[BufferedIOBase], None]) -> Iterator[IO[bytes]]:
    """One end of a pipe, with `work` at its other end: the library pulls what it takes and pushes what it gives. Raises what that raises."""
    reading, writing = os.pipe()
    here, there = (writing, reading) if ours == "wb" else (reading, writing)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with cast("BufferedIOBase", os.fdopen(there, other)) as piped:
                work(piped)
        except BaseException as error:  # noqa: BLE001 -- raised below, in the thread that waits
            failed.append(error)

    worker = threading.Thread(target=run, name="anka-encryption")
    worker.start()
    try:
        with suppress(BrokenPipeError), cast("IO[bytes]", os.fdopen(here, ours)) as inside:
            yield inside
    finally:
        worker.join()
    if failed:
        raise failed[0]
