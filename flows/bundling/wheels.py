"""The wheels of the lock for this machine's system and Python: fetched from a package index and held against the hashes of the lock."""

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message
from functools import cached_property
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

from expectations.errors import InputError
from expectations.texts import Bilingual
from flows.bundling.archive import sha256_of
from flows.bundling.checkout import LOCK, run_tool
from flows.bundling.licences import is_licence_text, licence_of, licence_texts

PYTHON = ".".join(map(str, sys.version_info[:2]))
INSTALLER = "pip"
"""Its wheel installs the others; it is not installed itself."""

_SHIPPED = ("--frozen", "--no-dev", "--quiet")
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

    def one(self, name: str) -> "Locked":
        """The one version of a package."""
        (version,) = (version for locked, version in self.hashes if locked == name)
        return Locked(name, version, "")

    def require(self, wheel: Wheel) -> None:
        """Raises InputError where a wheel is not one of the lock."""
        if wheel.sha256 not in self.hashes.get((wheel.name, wheel.version), frozenset()):
            raise InputError(Bilingual("与 uv.lock 的校验和不符", "not the wheel of uv.lock").about(wheel.file.name))


@dataclass(frozen=True)
class Locked:
    """One distribution of the lock, and where it is installed: everywhere, or on some Pythons."""

    name: str
    version: str
    marker: str

    def requirement(self, *hashes: str) -> str:
        """As a line of requirements."""
        condition = f" ; {self.marker}" if self.marker else ""
        return " ".join(
            [f"{self.name}=={self.version}{condition}", *(f"--hash=sha256:{sha256}" for sha256 in sorted(hashes))]
        )


def shipped() -> list[Locked]:
    """What is installed with Anka on systems like this one and any patch of this Python. Raises InputError."""
    lines = exported(
        "requirements.txt", "--no-emit-project", "--no-hashes", "--no-header", "--no-annotate"
    ).splitlines()
    return [
        Locked(requirement.name, next(iter(requirement.specifier)).version, str(requirement.marker or ""))
        for requirement in map(Requirement, lines)
        if requirement.marker is None or any(map(requirement.marker.evaluate, _patches()))
    ]


def _patches() -> list[dict[str, str]]:
    """The first and the last Python for which a bundle may be: one that is made on 3.11.7 has to serve 3.11.2, which needs more."""
    return [{"python_full_version": f"{PYTHON}.{patch}"} for patch in (0, 99)]


def fetched(wanted: Sequence[Locked], folder: Path) -> list[Wheel]:
    """Their wheels, fetched into `folder`. Raises InputError."""
    lock = Lock.read(LOCK)
    requirements = folder.with_name(f"{folder.name}.txt")
    lines = [replace(locked, marker="").requirement(*lock.hashes[locked.name, locked.version]) for locked in wanted]
    requirements.write_text("\n".join(lines), encoding="utf-8")
    options = ("--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-input", "--retries", "2", "--quiet")
    run_tool("pip", "download", *options, "--dest", str(folder), "--requirement", str(requirements))
    wheels = sorted((Wheel(file) for file in folder.glob("*.whl")), key=lambda wheel: wheel.name)
    for wheel in wheels:
        lock.require(wheel)
    return wheels


def own_wheel(folder: Path) -> Wheel:
    """Anka itself, built from the checkout. Raises InputError."""
    run_tool("hatchling", "build", "-t", "wheel", "-d", str(folder))
    (wheel,) = (Wheel(file) for file in folder.glob("anka_audit-*.whl"))
    return wheel


def exported(format: str, *options: str) -> str:
    """What is shipped on any system, as uv writes the lock in another format. Raises InputError."""
    return run_tool("uv", "export", *_SHIPPED, "--format", format, *options)
