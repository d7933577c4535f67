"""The zip container of an .xlsx workbook: its parts, how they relate, and writing it again with some of them replaced.

Parts that nobody asked for are copied byte by byte. What is inside a sheet or the styles is known elsewhere. Whatever is wrong with a
container or with the XML of a part becomes one line here.
"""

import posixpath
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from lxml import etree

from expectations.errors import InputError
from expectations.texts import Bilingual

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CONTENT_TYPES = "[Content_Types].xml"

LARGEST_PART = 400 * 2**20
"""Bytes of an unpacked part; a sheet of 20,000 rows and 200 columns takes half of it."""

LARGEST_PACKAGE = 2 * LARGEST_PART
"""Bytes of all parts together."""

BROKEN_CONTAINER = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
"""What Python's reader raises for damaged, encrypted and oddly packed entries."""

_NO_TIME = (1980, 1, 1, 0, 0, 0)
"""Of parts that are added: the same check gives the same bytes."""


class UnmarkableError(InputError):
    """A workbook of which no faithful copy can be made; the message does not name the file, whoever catches it does."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(
            Bilingual(f"无法在工作簿中标注：{zh}", f"the workbook can't be marked: {en}"),
            hint=Bilingual("在 Excel 或 WPS 中打开后另存为 xlsx，再自查", "save it again as xlsx and check that"),
        )


@dataclass(frozen=True)
class Relation:
    """A part another part points at."""

    id: str
    type: str
    part: str


class Package:
    """The parts of a workbook. `put` replaces one; the file itself is never written."""

    def __init__(self, path: Path) -> None:
        """Raises UnmarkableError for a container that can't be read."""
        with _one_line("压缩结构已损坏", "damaged zip container"):
            self._archive = zipfile.ZipFile(path)
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._changed: dict[str, bytes] = {}
        self._added: dict[str, str] = {}
        try:
            self._list_entries()
        except UnmarkableError:
            self._archive.close()
            raise

    def _list_entries(self) -> None:
        for entry in self._archive.infolist():
            part = part_name(entry.filename)
            if part.lower() in self._entries:
                # readers differ in which of them they take
                raise UnmarkableError(f"部件 {part} 出现两次", f"part {part} stands twice")
            self._entries[part.lower()] = entry
        size = sum(entry.file_size for entry in self._entries.values())
        largest = max((entry.file_size for entry in self._entries.values()), default=0)
        if largest > LARGEST_PART or size > LARGEST_PACKAGE:
            raise InputError(
                Bilingual(f"工作簿解开后过大（{size // 2**20} MB）", f"too large when unpacked ({size // 2**20} MB)"),
                hint=Bilingual("分成几个文件，或用 anka audit 核查", "split it, or use anka audit"),
            )

    def __enter__(self) -> "Package":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._archive.close()

    def __contains__(self, part: str) -> bool:
        return part.lower() in self._entries or part.lower() in self._added

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of all parts, in the order they are stored."""
        return (*(part_name(entry.filename) for entry in self._entries.values()), *self._added.values())

    def read(self, part: str) -> bytes:
        """The bytes of a part."""
        if part.lower() in self._changed:
            return self._changed[part.lower()]
        with self.stream(part) as stream, _one_line(f"部件 {part} 已损坏", f"part {part} is damaged"):
            return stream.read()

    @contextmanager
    def stream(self, part: str) -> Iterator[IO[bytes]]:
        """A part as it is stored, to be read piece by piece."""
        entry = self._entry(part)
        try:
            stream = self._archive.open(entry)
        except (*BROKEN_CONTAINER, OSError):  # the place of the entry may lie outside the file
            raise UnmarkableError(f"部件 {part} 已损坏", f"part {part} is damaged") from None
        with stream:
            yield stream

    def _entry(self, part: str) -> zipfile.ZipInfo:
        if part.lower() not in self._entries:
            raise UnmarkableError(f"缺少部件 {part}", f"part {part} is missing")
        return self._entries[part.lower()]

    def xml(self, part: str) -> Any:
        """The root element of a part."""
        with of_part(part):
            return parsed(self.read(part))

    def put(self, part: str, content: bytes, content_type: str = "") -> None:
        """Replaces or adds a part; an added one needs its content type."""
        if content_type and not self.content_type(part):
            types = self.xml(CONTENT_TYPES)
            etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=f"/{part}", ContentType=content_type)
            self._set(CONTENT_TYPES, serialised(types))
        self._set(part, content)

    def _set(self, part: str, content: bytes) -> None:
        if part not in self:
            self._added[part.lower()] = part
        self._changed[part.lower()] = content

    def know_suffix(self, suffix: str, content_type: str) -> None:
        """Says what files with a suffix are, unless the package does already."""
        types = self.xml(CONTENT_TYPES)
        suffixes = {str(default.get("Extension", "")).lower() for default in types.iter(f"{{{_TYPES}}}Default")}
        if suffix not in suffixes:
            types.insert(0, etree.Element(f"{{{_TYPES}}}Default", Extension=suffix, ContentType=content_type))
            self._set(CONTENT_TYPES, serialised(types))

    def content_type(self, part: str) -> str:
        """The declared content type of a part."""
        for override in self.xml(CONTENT_TYPES).iter(f"{{{_TYPES}}}Override"):
            if part_name(str(override.get("PartName", ""))).lower() == part.lower():
                return str(override.get("ContentType", ""))
        return ""

    def relations(self, part: str) -> list[Relation]:
        """What a part points at inside the package; the part "" is the package itself."""
        rels = relations_part(part)
        if rels not in self:
            return []
        folder = posixpath.dirname(part)
        return [
            Relation(
                relation.get("Id", ""),
                relation.get("Type", ""),
                part_name(posixpath.normpath(posixpath.join("/", folder, _strokes(relation.get("Target", ""))))),
            )
            for relation in self.xml(rels).iter(f"{{{_RELATIONS}}}Relationship")
            if relation.get("TargetMode") != "External"
        ]

    def related(self, part: str, kind: str) -> str:
        """The part of that kind another one points at, or blank."""
        return next((relation.part for relation in self.relations(part) if relation.type == f"{OFFICE}/{kind}"), "")

    def relate(self, part: str, kind: str, target: str) -> str:
        """Lets a part point at another; returns the id of the relation."""
        rels = relations_part(part)
        root = self.xml(rels) if rels in self else parsed(f'<Relationships xmlns="{_RELATIONS}"/>'.encode())
        ids = {relation.get("Id") for relation in root}
        key = next(name for number in range(1, len(ids) + 2) if (name := f"ankaId{number}") not in ids)
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", Id=key, Type=f"{OFFICE}/{kind}", Target=f"/{target}")
        self._set(rels, serialised(root))
        return key

    def free_name(self, pattern: str) -> str:
        """The first name `pattern` makes of a number that no part bears."""
        return next(name for number in range(1, 100_000) if (name := pattern.format(number)) not in self)

    def write(self, target: Path) -> None:
        """Writes the workbook with what was put: parts in the order they had, added ones behind them, the times as they were."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
            for part in self.parts:
                entry = self._entries.get(part.lower()) or zipfile.ZipInfo(part, _NO_TIME)
                described = zipfile.ZipInfo(entry.filename, entry.date_time)
                described.compress_type = zipfile.ZIP_DEFLATED
                described.external_attr = entry.external_attr
                if part.lower() in self._changed:
                    copy.writestr(described, self._changed[part.lower()])
                    continue
                damage = _one_line(f"部件 {part} 已损坏", f"part {part} is damaged")
                # piece by piece: what a part says of its size may be true and far beyond the memory
                with self.stream(part) as stored, copy.open(described, "w") as written, damage:
                    shutil.copyfileobj(stored, written)


@contextmanager
def _one_line(zh: str, en: str) -> Iterator[None]:
    try:
        yield
    except BROKEN_CONTAINER:
        raise UnmarkableError(zh, en) from None


@contextmanager
def of_part(part: str) -> Iterator[None]:
    """What XML and numbers of a part can be wrong with, as one line that names it."""
    try:
        yield
    except (etree.LxmlError, ValueError, LookupError) as error:
        cause = str(error).splitlines()[0][:100] if str(error) else type(error).__name__
        raise UnmarkableError(f"部件 {part} 读不懂（{cause}）", f"part {part} can't be understood ({cause})") from None


def part_name(name: str) -> str:
    """A name of the container as one of a part: some writers put the wrong kind of stroke, or one in front."""
    return _strokes(name).lstrip("/")


def _strokes(name: str) -> str:
    return name.replace("\\", "/")


def parsed(content: bytes) -> Any:
    """The root element of an XML text; entities are not expanded and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_blank_text=False)
    return etree.fromstring(content, parser)


def child(parent: Any, name: str) -> Any:
    """The element of that name directly below another. Raises ValueError where there is none."""
    found = parent.find(f"{{{MAIN}}}{name}")
    if found is None:
        raise ValueError(f"no <{name}>")
    return found


def serialised(root: Any) -> bytes:
    """An element as a part."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def relations_part(part: str) -> str:
    """The part that says what another one points at."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")
