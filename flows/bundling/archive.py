"""A folder as one archive: the same files give the same bytes, whoever packs them and when."""

import hashlib
import os
import tarfile
from pathlib import Path

SUMS = "SHA256SUMS"
_PACKED_AT = 1577836800
"""2020-01-01, of every file."""


def write_sums(folder: Path) -> None:
    """Writes the file by which `sha256sum -c` checks all others."""
    files = [path for path in _contents(folder) if path.is_file() and path.name != SUMS]
    lines = [f"{sha256_of(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def pack(folder: Path, target: Path) -> None:
    """Packs `folder`, under its own name, into `target`, which is there at the end or not at all."""
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with tarfile.open(unfinished, "w", format=tarfile.PAX_FORMAT) as archive:
            for path in (folder, *_contents(folder)):
                name = path.relative_to(folder.parent).as_posix()
                archive.add(path, name, recursive=False, filter=_without_origin)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def sha256_of(file: Path) -> str:
    """Hash of a file of any size."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _contents(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix())


def _without_origin(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mtime = _PACKED_AT
    member.mode = 0o755 if member.isdir() or member.name.endswith(".sh") else 0o644
    return member
