"""The zip container of an .xlsx workbook: its parts, how they relate, and writing it again with some of them replaced.

Parts that nobody asked for are copied byte by byte. What is inside a sheet or the styles is known elsewhere.
"""

import posixpath
import zipfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from lxml import etree

from expectations.errors import InputError
from expectations.texts import Bilingual

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_CONTENT_TYPES = "[Content_Types].xml"

LARGEST_PART = 400 * 2**20
"""Bytes of an unpacked part; a sheet of 20,000 rows and 200 columns takes half of it."""


@dataclass(frozen=True)
class Relation:
    """A part another part points at."""

    id: str
    type: str
    part: str


class Package:
    """The parts of a workbook. `put` replaces one; the file itself is never written."""

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path)
        self._names = {name.lstrip("/"): name for name in self._archive.namelist()}
        self._changed: dict[str, bytes] = {}

    def __enter__(self) -> "Package":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def __contains__(self, part: str) -> bool:
        return part in self._names or part in self._changed

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises InputError for one of absurd size."""
        if part in self._changed:
            return self._changed[part]
        entry = self._archive.getinfo(self._names[part])
        if entry.file_size > LARGEST_PART:
            raise InputError(
                Bilingual(
                    f"工作簿解开后过大（{entry.file_size // 2**20} MB）",
                    f"too large when unpacked ({entry.file_size // 2**20} MB)",
                ),
                hint=Bilingual("分成几个文件，或用 anka audit 核查", "split it, or use anka audit"),
            )
        return self._archive.read(entry)

    def xml(self, part: str) -> Any:
        """The root element of a part."""
        return parsed(self.read(part))

    def put(self, part: str, content: bytes, content_type: str = "") -> None:
        """Replaces or adds a part; an added one needs its content type."""
        if content_type and not self.content_type(part):
            types = self.xml(_CONTENT_TYPES)
            etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)
            self._changed[_CONTENT_TYPES] = serialised(types)
        self._changed[part] = content

    def know_suffix(self, suffix: str, content_type: str) -> None:
        """Says what files with a suffix are, unless the package does already."""
        types = self.xml(_CONTENT_TYPES)
        suffixes = {str(default.get("Extension", "")).lower() for default in types.iter(f"{{{_TYPES}}}Default")}
        if suffix not in suffixes:
            types.insert(0, etree.Element(f"{{{_TYPES}}}Default", Extension=suffix, ContentType=content_type))
            self._changed[_CONTENT_TYPES] = serialised(types)

    def content_type(self, part: str) -> str:
        """The declared content type of a part."""
        for override in self.xml(_CONTENT_TYPES).iter(f"{{{_TYPES}}}Override"):
            if str(override.get("PartName", "")).lstrip("/") == part:
                return str(override.get("ContentType", ""))
        return ""

    def relations(self, part: str) -> list[Relation]:
        """What a part points at inside the package; the part "" is the package itself."""
        rels = _relations_part(part)
        if rels not in self:
            return []
        folder = posixpath.dirname(part)
        return [
            Relation(
                relation.get("Id", ""),
                relation.get("Type", ""),
                posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/"),
            )
            for relation in self.xml(rels).iter(f"{{{_RELATIONS}}}Relationship")
            if relation.get("TargetMode") != "External"
        ]

    def related(self, part: str, kind: str) -> str:
        """The part of that kind another one points at, or blank."""
        return next((relation.part for relation in self.relations(part) if relation.type == f"{OFFICE}/{kind}"), "")

    def relate(self, part: str, kind: str, target: str) -> str:
        """Lets a part point at another; returns the id of the relation."""
        rels = _relations_part(part)
        root = self.xml(rels) if rels in self else parsed(f'<Relationships xmlns="{_RELATIONS}"/>'.encode())
        ids = {relation.get("Id") for relation in root}
        key = next(name for number in range(1, len(ids) + 2) if (name := f"ankaId{number}") not in ids)
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", Id=key, Type=f"{OFFICE}/{kind}", Target=f"/{target}")
        self._changed[rels] = serialised(root)
        return key

    def free_name(self, pattern: str) -> str:
        """The first name `pattern` makes of a number that no part bears."""
        return next(name for number in range(1, 100_000) if (name := pattern.format(number)) not in self)

    def write(self, target: Path) -> None:
        """Writes the workbook with what was put."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
            for name, stored in self._names.items():
                copy.writestr(name, self._changed[name] if name in self._changed else self._archive.read(stored))
            for name in self._changed.keys() - self._names.keys():
                copy.writestr(name, self._changed[name])


def parsed(content: bytes) -> Any:
    """The root element of an XML text; entities are not expanded and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False)
    return etree.fromstring(content, parser)


def serialised(root: Any) -> bytes:
    """An element as a part."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _relations_part(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
