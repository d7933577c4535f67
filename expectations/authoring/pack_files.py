"""Handing a pack to another office as one file: a zip of its YAML with a manifest that names version and checksums.

The file is the same for the same content, and nothing is unpacked before every checksum has been compared.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from expectations.catalogue.catalogues import Layer, bundled_folder, catalogue_layers, load_catalogue
from expectations.errors import CatalogueError, InputError

FORMAT = 1
MANIFEST = "manifest.json"
_STAMP = (1980, 1, 1, 0, 0, 0)
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class PackArchive:
    """What an exported file holds: the pack and those it extends, and the checksum of all of it."""

    name: str
    version: str
    checksum: str
    folders: tuple[str, ...]
    base_fingerprint: str


def export_pack(folder: Path, target: Path) -> PackArchive:
    """Writes the pack in `folder`, with the packs it extends below the bundled catalogue, to `target`.

    Raises CatalogueError when the pack has mistakes, InputError when it has no name and version or its parents lie elsewhere.
    """
    load_catalogue(folder)
    problems: list[str] = []
    layers = [layer for layer in catalogue_layers([folder], problems) if layer.folder != bundled_folder().resolve()]
    if problems:
        raise CatalogueError(problems)
    _require_named(layers, folder)
    files = {
        f"{layer.folder.name}/{path.relative_to(layer.folder).as_posix()}": path.read_bytes()
        for layer in layers
        for path in sorted(layer.folder.rglob("*"))
        if path.suffix in (".yaml", ".yml")
    }
    archive = PackArchive(
        layers[-1].pack.name, layers[-1].pack.version, _checksum(files),
        tuple(layer.folder.name for layer in layers), load_catalogue().fingerprint,
    )  # fmt: skip
    manifest = {"format": FORMAT} | archive.__dict__ | {"files": {name: _hash(data) for name, data in files.items()}}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in [(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode()), *files.items()]:
            zipped.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
    return archive


def import_pack(file: Path, into: Path, *, replace: bool = False) -> PackArchive:
    """Unpacks an exported file below `into` after comparing every checksum and reading it; returns what it holds.

    Raises InputError for a file that is no pack, is damaged, or whose folders exist already (unless `replace`), CatalogueError
    for one that does not fit the bundled catalogue here; nothing is changed then.
    """
    archive, files = _read(file)
    present = [name for name in archive.folders if (into / name).exists()]
    if present and not replace:
        raise InputError(
            f"文件夹已存在 / folder exists: {', '.join(str(into / name) for name in present)}",
            hint="用 --replace 覆盖，或换一个 --into / use --replace or another --into",
        )
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".incoming-", dir=into) as folder:
        incoming = Path(folder)
        for name, data in files.items():
            (incoming / name).parent.mkdir(parents=True, exist_ok=True)
            (incoming / name).write_bytes(data)
        load_catalogue(incoming / archive.folders[-1])
        for name in present:
            (into / name).rename(incoming / f"{name}.replaced")
        for name in archive.folders:
            (incoming / name).rename(into / name)
    return archive


def _read(file: Path) -> tuple[PackArchive, dict[str, bytes]]:
    try:
        with zipfile.ZipFile(file) as zipped:
            if sum(info.file_size for info in zipped.infolist()) > _MOST_BYTES:
                raise InputError(f"文件过大 / too large: {file.name}")
            manifest: dict[str, Any] = json.loads(zipped.read(MANIFEST))
            files = {name: zipped.read(name) for name in zipped.namelist() if name != MANIFEST}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        raise InputError(
            f"不是规则包文件 / not an exported pack: {file}",
            hint="用 anka rules export 生成 / made by anka rules export",
        ) from None
    if manifest.get("format") != FORMAT:
        raise InputError(f"规则包格式不受支持 / unknown format of the pack: {manifest.get('format')}")
    archive = PackArchive(
        **{key: manifest[key] for key in PackArchive.__dataclass_fields__} | {"folders": tuple(manifest["folders"])}
    )
    damaged = sorted(
        name
        for name in files.keys() | manifest["files"].keys()
        if manifest["files"].get(name) != _hash(files.get(name, b""))
    )
    if damaged or archive.checksum != _checksum(files):
        raise InputError(
            f"校验和不符，文件可能被改动 / checksum differs: {', '.join(damaged[:3]) or file.name}",
            hint="请对方重新导出 / ask for a new export",
        )
    _require_inside(files, archive.folders)
    return archive, files


def _require_named(layers: Iterable[Layer], folder: Path) -> None:
    for layer in layers:
        if not layer.pack.version:
            raise InputError(
                f"{layer.folder}: 缺少 pack.yaml 的名称和版本 / no pack.yaml with name and version",
                hint="pack: {name: my-office, title: {zh: 本院}, version: '1.0', extends: base}",
            )
        if layer.folder.parent != folder.resolve().parent:
            raise InputError(f"上级规则包应与本包并列放置 / a pack it extends must lie beside it: {layer.folder}")


def _require_inside(files: Iterable[str], folders: Iterable[str]) -> None:
    """A name that leads out of the pack's folders is an attack, not a pack."""
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or path.parts[0] not in folders or "\\" in name:
            raise InputError(f"规则包含有非法路径 / illegal path in the pack: {name}")


def _checksum(files: dict[str, bytes]) -> str:
    return _hash("\n".join(f"{name} {_hash(data)}" for name, data in sorted(files.items())).encode())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
