"""Handing a pack to another office as one file: a zip of its YAML with a manifest that names version and checksums.

The file is the same for the same content, and nothing is unpacked before every checksum has been compared.
"""

import hashlib
import json
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from expectations.catalogue.catalogues import Layer, bundled_folder, catalogue_layers, load_catalogue
from expectations.catalogue.yaml_files import MOST_BYTES, MOST_FILES, YAML_SUFFIXES
from expectations.errors import AnkaError, CatalogueError, InputError
from expectations.file_names import stays_below
from expectations.texts import Bilingual
from expectations.work_folders import delete_leftovers, locked_folder

FORMAT = 1
_INCOMING, _REPLACED = ".incoming-", ".replaced"
MANIFEST = "manifest.json"
_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest a zip knows: the hour of export must not change the file
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PLAIN = re.compile(r"\w(?:[\w .()（）-]*[\w)）-])?")
"""A name of a folder or file that is one name on every system: it leads nowhere else."""
_PLAIN_NAMES = Bilingual(
    "字母、数字、汉字、空格和 . - ( )，不以点开头或结尾", "letters, digits, blanks and . - ( ), no dot at either end"
)


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
        if path.name.endswith(YAML_SUFFIXES)
    }
    for name in files:
        if not _plain(name):
            raise InputError(
                Bilingual("文件名不能用于规则包", "name can't stand in a pack").about(name), hint=_PLAIN_NAMES
            )
    archive = PackArchive(
        layers[-1].pack.name,
        layers[-1].pack.version,
        _checksum(files),
        tuple(layer.folder.name for layer in layers),
        load_catalogue().fingerprint,
    )
    manifest = (
        {"format": FORMAT} | archive.__dict__ | {"files": {name: _hash(content) for name, content in files.items()}}
    )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, content in [(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode()), *files.items()]:
            zipped.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return archive


def import_pack(file: Path, into: Path, *, replace: bool = False) -> PackArchive:
    """Unpacks an exported file below `into` after comparing every checksum and reading it; returns what it holds.

    Raises InputError for a file that is no pack, is damaged, or whose folders exist already (unless `replace`), CatalogueError
    for one that does not fit the bundled catalogue here; nothing is changed then.
    """
    archive, files = _read(file)
    delete_leftovers(into, f"{_INCOMING}*", lambda killed: put_back(killed, into))
    present = [into / name for name in archive.folders if os.path.lexists(into / name)]
    if present and not replace:
        raise InputError(
            Bilingual("文件夹已存在", "folder exists").about(", ".join(map(str, present))),
            hint=Bilingual("用 --replace 覆盖，或换一个 --into", "use --replace or another --into"),
        )
    for folder in present:
        if folder.is_symlink() or not folder.is_dir():
            raise InputError(
                Bilingual("不是文件夹，不能覆盖", "no folder, so not replaced").about(folder),
                hint=Bilingual("换一个 --into", "use another --into"),
            )
    made = [folder for folder in (into, *into.parents) if not os.path.lexists(folder)]
    try:
        into.mkdir(parents=True, exist_ok=True)
        with locked_folder(into, _INCOMING) as incoming:
            for file_name, content in files.items():
                (incoming / file_name).parent.mkdir(parents=True, exist_ok=True)
                (incoming / file_name).write_bytes(content)
            _require_whole(incoming, archive.folders)
            load_catalogue(incoming / archive.folders[-1])
            swap_in(incoming, into, archive.folders)
    except (OSError, AnkaError) as error:
        for folder in made:
            with suppress(OSError):  # it was not made after all
                folder.rmdir()
        if isinstance(error, AnkaError):
            raise
        raise InputError(
            f"{into}: "
            + Bilingual("无法写入，原有规则包未改动", "can't be written, the packs there are as they were").about(
                error.strerror
            ),
            hint=Bilingual("检查权限和磁盘", "check access rights and disk"),
        ) from None
    return archive


def _require_whole(incoming: Path, folders: Sequence[str]) -> None:
    """The pack and those it extends are what is in the archive: no folder of this machine is read, and none comes unread."""
    problems: list[str] = []
    layers = catalogue_layers([incoming / folders[-1]], problems, incoming)
    if problems:
        raise CatalogueError(problems)
    of_pack = {layer.folder for layer in layers} - {bundled_folder().resolve()}
    if of_pack != {(incoming / name).resolve() for name in folders}:
        raise InputError(
            Bilingual("规则包的文件夹不是它所扩展的规则包", "the folders of the pack are not those it extends").about(
                ", ".join(folders)
            ),
            hint=Bilingual("请对方重新导出", "ask for a new export"),
        )


def swap_in(incoming: Path, into: Path, names: Iterable[str]) -> None:
    """Moves the folders `names` from `incoming` to `into`; those there before lie in `incoming` afterwards, as `name.replaced`.

    Raises OSError when one can't be moved. Whatever goes wrong, everything moved before is back in its place then.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        for name in names:
            moves = [(incoming / name, into / name)]
            if (into / name).exists():
                moves.insert(0, (into / name, incoming / f"{name}{_REPLACED}"))
            for source, target in moves:
                source.rename(target)
                moved.append((source, target))
    except BaseException:  # also when somebody stops it
        for source, target in reversed(moved):
            target.rename(source)
        raise


def put_back(incoming: Path, into: Path) -> None:
    """Undoes what `swap_in` had begun when it was killed: the packs it had moved out of the way come back. One that was done stays done."""
    folders = [folder for folder in incoming.iterdir() if folder.is_dir()]
    replaced = [folder for folder in folders if folder.name.endswith(_REPLACED)]
    if len(replaced) == len(folders) and all(
        (into / former.name.removesuffix(_REPLACED)).exists() for former in replaced
    ):
        return
    for former in replaced:
        place = into / former.name.removesuffix(_REPLACED)
        if place.exists():
            place.rename(incoming / f"{place.name}.broken-off")
        former.rename(place)


class _Manifest(BaseModel):
    """What stands beside the files: who the pack is, and the checksum of each file."""

    model_config = ConfigDict(strict=True, extra="forbid")

    format: int
    name: str
    version: str
    checksum: str
    folders: list[str]
    base_fingerprint: str
    files: dict[str, str]


def _read(file: Path) -> tuple[PackArchive, dict[str, bytes]]:
    try:
        if not file.is_file() or file.stat().st_size > MOST_BYTES:
            raise _too_large(file) if file.is_file() else FileNotFoundError
        with zipfile.ZipFile(file) as zipped:
            entries = zipped.infolist()
            if sum(entry.file_size for entry in entries) > MOST_BYTES or len(entries) > MOST_FILES:
                raise _too_large(file)
            _require_plain(entries)
            manifest = _Manifest.model_validate_json(zipped.read(MANIFEST))
            files = {entry.filename: zipped.read(entry) for entry in entries if entry.filename != MANIFEST}
    except (OSError, KeyError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error):
        raise InputError(
            Bilingual("不是规则包文件", "not an exported pack").about(file),
            hint=Bilingual("用 anka rules export 生成", "made by anka rules export"),
        ) from None
    if manifest.format != FORMAT:
        raise InputError(
            Bilingual("规则包格式不受支持", "unknown format of the pack").about(manifest.format),
            hint=Bilingual("支持的格式", "known format").about(FORMAT),
        )
    present = {name: _hash(content) for name, content in files.items()}
    damaged = sorted({name for name, _ in present.items() ^ manifest.files.items()})
    if damaged or manifest.checksum != _checksum(files):
        raise InputError(
            Bilingual("校验和不符，文件可能被改动", "checksum differs").about(", ".join(damaged[:3]) or file.name),
            hint=Bilingual("请对方重新导出", "ask for a new export"),
        )
    if sorted(manifest.folders) != sorted({name.split("/")[0] for name in files}):
        raise InputError(
            Bilingual("规则包的文件夹与文件不符", "the folders of the pack are not those of its files").about(
                ", ".join(manifest.folders)
            ),
            hint=Bilingual("请对方重新导出", "ask for a new export"),
        )
    return PackArchive(
        manifest.name, manifest.version, manifest.checksum, tuple(manifest.folders), manifest.base_fingerprint
    ), files


def _too_large(file: Path) -> InputError:
    return InputError(
        Bilingual("文件过大", "too large").about(file.name),
        hint=Bilingual("规则包只含 YAML", "a pack holds YAML only"),
    )


def _require_plain(entries: Iterable[zipfile.ZipInfo]) -> None:
    """A name that leads out of the pack's folders is an attack, not a pack; so is a link, or one name twice."""
    names_seen: set[str] = set()
    for entry in entries:
        # As written in the zip: zipfile itself cuts a name at a NUL and turns some separators.
        name = entry.orig_filename
        is_link = stat.S_ISLNK(entry.external_attr >> 16)
        if (
            is_link
            or entry.is_dir()
            or entry.compress_type not in _PACKED
            or name != entry.filename
            or not (_plain(name) or name == MANIFEST)
            or name.casefold() in names_seen
        ):
            raise InputError(
                Bilingual("规则包有非法路径", "illegal path in the pack").about(f"{name!r}"),
                hint=Bilingual("请对方重新导出", "ask for a new export"),
            )
        names_seen.add(name.casefold())


def _plain(name: str) -> bool:
    folder, *parts = name.split("/")
    named_plainly = stays_below(name) and all(_PLAIN.fullmatch(part) for part in (folder, *parts))
    return bool(parts) and named_plainly and name.endswith(YAML_SUFFIXES)


def _require_named(layers: Iterable[Layer], folder: Path) -> None:
    for layer in layers:
        if not layer.pack.version:
            raise InputError(
                f"{layer.folder}: " + Bilingual("缺少 pack.yaml 的名称和版本", "no pack.yaml with name and version"),
                hint="pack: {name: my-office, title: {zh: 本院}, version: '1.0', extends: base}",
            )
        if layer.folder.parent != folder.resolve().parent:
            raise InputError(
                Bilingual("上级规则包应与本包并列放置", "a pack it extends must lie beside it").about(layer.folder)
            )


def _checksum(files: dict[str, bytes]) -> str:
    return _hash("\n".join(f"{name} {_hash(data)}" for name, data in sorted(files.items())).encode())


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
