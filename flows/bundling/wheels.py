"""The wheels of the lock for this machine's system and Python: fetched from a package index and held against the hashes of the lock."""

import tomllib
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from functools import cached_property
from pathlib import Path
from zipfile import ZipFile

from packaging.utils import parse_wheel_filename

from expectations.errors import InputError
from expectations.texts import Bilingual
from flows.bundling.archive import sha256_of
from flows.bundling.checkout import LOCK, run_tool
from flows.bundling.licences import is_licence_text, licence_of, licence_texts

INSTALLER = "pip"
"""Its wheel installs the others; it is not installed itself."""

_SHIPPED = ("--frozen", "--no-dev", "--no-emit-project", "--quiet")
"""Frozen, because an office's mirror of the index is not the index of the lock; the hashes are the same."""


@dataclass(frozen=True)
class Wheel:
    """One wheel as it will be installed."""

    file: Path

    @property
    def name(self) -> str:
        """As the lock writes it."""
        return str(parse_wheel_filename(self.file.name)[0])

    @property
    def version(self) -> str:
        """As the lock writes it."""
        return str(parse_wheel_filename(self.file.name)[1])

    @cached_property
    def sha256(self) -> str:
        """Of the file."""
        return sha256_of(self.file)

    @cached_property
    def metadata(self) -> Message:
        """What it says of itself."""
        with ZipFile(self.file) as wheel:
            (name,) = (
                name for name in wheel.namelist() if name.count("/") == 1 and name.endswith(".dist-info/METADATA")
            )
            return message_from_bytes(wheel.read(name))

    @cached_property
    def licence(self) -> str:
        """SPDX expression. Raises InputError."""
        return licence_of(self.metadata)

    def licence_texts(self) -> dict[str, bytes]:
        """By the names of the files. Raises InputError."""
        with ZipFile(self.file) as wheel:
            carried = {name: wheel.read(name) for name in wheel.namelist() if is_licence_text(name)}
        return licence_texts(self.metadata, self.licence, carried)


@dataclass(frozen=True)
class Lock:
    """The hashes of all wheels of a lock, by name and version."""

    hashes: dict[tuple[str, str], frozenset[str]]

    @classmethod
    def read(cls, file: Path) -> "Lock":
        """Of `uv.lock`."""
        packages = tomllib.loads(file.read_text(encoding="utf-8"))["package"]
        return cls(
            {
                (package["name"], package["version"]): frozenset(
                    wheel["hash"].removeprefix("sha256:") for wheel in package.get("wheels", ())
                )
                for package in packages
            }
        )

    def requirement(self, name: str) -> str:
        """The one locked version of a package, as a line of requirements."""
        ((version, hashes),) = ((key[1], hashes) for key, hashes in self.hashes.items() if key[0] == name)
        return " ".join([f"{name}=={version}", *(f"--hash=sha256:{sha256}" for sha256 in sorted(hashes))])

    def require(self, wheel: Wheel) -> None:
        """Raises InputError where a wheel is not one of the lock."""
        if wheel.sha256 not in self.hashes.get((wheel.name, wheel.version), frozenset()):
            raise InputError(Bilingual("与 uv.lock 的校验和不符", "not the wheel of uv.lock").about(wheel.file.name))


def locked_wheels(folder: Path) -> list[Wheel]:
    """Everything that is installed with Anka, fetched into `folder`. Raises InputError."""
    requirements = folder.with_name("locked.txt")
    requirements.write_text(exported("requirements.txt"), encoding="utf-8")
    return _fetched(requirements, folder)


def installer(folder: Path) -> Wheel:
    """pip, fetched into `folder`. Raises InputError."""
    requirements = folder.with_name("installer.txt")
    requirements.write_text(Lock.read(LOCK).requirement(INSTALLER), encoding="utf-8")
    (wheel,) = _fetched(requirements, folder)
    return wheel


def own_wheel(folder: Path) -> Wheel:
    """Anka itself, built from the checkout. Raises InputError."""
    run_tool("hatchling", "build", "-t", "wheel", "-d", str(folder))
    (wheel,) = (Wheel(file) for file in folder.glob("anka_audit-*.whl"))
    return wheel


def exported(format: str) -> str:
    """What is shipped, as uv writes the lock in another format. Raises InputError."""
    return run_tool("uv", "export", *_SHIPPED, "--format", format)


def _fetched(requirements: Path, folder: Path) -> list[Wheel]:
    options = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-input", "--retries", "2", "--quiet")
    run_tool("pip", "download", *options, "--dest", str(folder), "--requirement", str(requirements))
    lock = Lock.read(LOCK)
    wheels = sorted((Wheel(file) for file in folder.glob("*.whl")), key=lambda wheel: wheel.name)
    for wheel in wheels:
        lock.require(wheel)
    return wheels
