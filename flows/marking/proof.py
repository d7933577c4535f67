"""The proof that a marked copy differs from its export in nothing but marks, cell by cell, made before the copy is handed out.

It reads both packages anew, with a parser of its own: what the writer believed of rows and cells is not asked.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Any

from lxml import etree

from expectations.errors import AnkaError
from expectations.texts import Bilingual
from flows.marking.cells import numbered_cells
from flows.marking.marks import Place, reference
from flows.marking.package import CONTENT_TYPES, MAIN, Package, child, of_part, relations_part

_PIECE = 2**20
_COUNTS = ("count", "uniqueCount")
"""Attributes that say how long a list is, which grows."""
_LOOKS = ("fillId", "borderId", "applyFill", "applyBorder")
"""What the style of a marked cell may differ in."""
_ROW_OF_REFERENCE = re.compile(rb"\sr=\"\$?[A-Za-z]+\$?(\d+)\"")

_Check = Callable[[Package, Package, str], None]


class NotProvenError(AnkaError):
    """A copy that differs from its export in more than marks. The message does not name the file, whoever catches it does."""

    exit_code = 3

    def __init__(self, where: str) -> None:
        super().__init__(
            Bilingual(
                f"标注后的副本与原件不完全一致（{where}），因此没有写出",
                f"the marked copy would not be equal to the export ({where}), so none was written",
            ),
            hint=Bilingual("在 Excel 或 WPS 中打开后另存为 xlsx，再自查", "save it again as xlsx and check that"),
        )


def prove_copy(source: Path, copy: Path, marked: Mapping[str, Set[Place]]) -> None:
    """Compares the two; `marked` are the marked cells by the part of their sheet. Raises NotProvenError."""
    with Package(source) as before, Package(copy) as after:
        if after.parts[: len(before.parts)] != before.parts:
            raise NotProvenError(CONTENT_TYPES)
        declared = _declared(before, marked)
        for part in before.parts:
            if _same_bytes(before, after, part):
                continue
            if part.lower() not in declared:
                raise NotProvenError(part)
            with of_part(part):
                declared[part.lower()](before, after, part)


def _declared(before: Package, marked: Mapping[str, Set[Place]]) -> dict[str, _Check]:
    """The parts that marks may change, and what they may change there."""
    book = before.related("", "officeDocument")
    checks: dict[str, _Check] = dict.fromkeys(
        (CONTENT_TYPES, book, relations_part(book), before.related(book, "styles")), _only_added
    )
    for sheet, places in marked.items():
        checks[relations_part(sheet)] = _only_added
        checks[before.related(sheet, "comments")] = _only_commented
        for relation in before.relations(sheet):
            if relation.type.endswith("/vmlDrawing"):
                checks[relation.part] = _only_drawn
        checks[sheet] = partial(_only_marked, places)
    return {part.lower(): check for part, check in checks.items()}


def _same_bytes(before: Package, after: Package, part: str) -> bool:
    with before.stream(part) as one, after.stream(part) as other:
        while piece := one.read(_PIECE):
            if other.read(_PIECE) != piece:
                return False
        return not other.read(1)


def _only_added(before: Package, after: Package, part: str) -> None:
    """Whatever stood in a part of lists stands there in the same order; lists may have grown at their ends."""
    left, right = before.xml(part), after.xml(part)
    candidates = iter(right)
    if not _same_tag(left, right) or not all(
        any(_grown(element, candidate) for candidate in candidates) for element in left
    ):
        raise NotProvenError(part)


def _grown(before: Any, after: Any) -> bool:
    """Whether an element is the other one, but for members added behind its own."""
    if _text(before) == _text(after):
        return True
    return _same_tag(before, after) and [_text(member) for member in before] == [
        _text(member) for member in after[: len(before)]
    ]


def _same_tag(before: Any, after: Any) -> bool:
    names = {*before.attrib, *after.attrib}.difference(_COUNTS)
    return before.tag == after.tag and all(before.get(name) == after.get(name) for name in names)


def _only_commented(before: Package, after: Package, part: str) -> None:
    """Every note is there, its text perhaps longer."""
    left, right = before.xml(part), after.xml(part)
    texts = [
        [(note.attrib, "".join(note.itertext("{*}t"))) for note in child(root, "commentList")] for root in (left, right)
    ]
    same = all(
        attributes == other_attributes and other_text.startswith(text)
        for (attributes, text), (other_attributes, other_text) in zip(*texts, strict=False)
    )
    if not same or len(texts[0]) > len(texts[1]) or not _grown(child(left, "authors"), child(right, "authors")):
        raise NotProvenError(part)


def _only_drawn(before: Package, after: Package, part: str) -> None:
    """The drawing is there to its last sign, with shapes put in at one place."""
    left, right = before.read(part), after.read(part)
    end = left.rindex(b"</xml>")
    if not (right.startswith(left[:end]) and right.endswith(left[end:]) and len(right) >= len(left)):
        raise NotProvenError(part)


def _only_marked(places: Set[Place], before: Package, after: Package, part: str) -> None:
    """The sheet is the same but for the look of its marked cells, and every one of these is marked."""
    proof = _SheetProof(part, places, _formats(before), _formats(after))
    with before.stream(part) as one, after.stream(part) as other:
        left, right = _Rows(one), _Rows(other)
        for row, other_row in zip_longest(left, right):
            if row is None or other_row is None:
                raise NotProvenError(part)
            proof.compare(row, other_row)
        proof.compare_frames(left.frame, right.frame)
    proof.require_every_mark()


def _formats(package: Package) -> Sequence[Any]:
    styles = package.related(package.related("", "officeDocument"), "styles")
    return list(child(package.xml(styles), "cellXfs")) if styles else []


class _Rows:
    """The rows of a sheet one after another, and then its frame: everything else."""

    def __init__(self, stream: Any) -> None:
        self._events = etree.iterparse(stream, tag="{*}row", resolve_entities=False, no_network=True)

    def __iter__(self) -> Iterator[Any]:
        for _, row in self._events:
            if etree.QName(row.getparent()).localname == "sheetData":
                yield row
                row.clear(keep_tail=True)
                while row.getprevious() is not None:
                    del row.getparent()[0]

    @property
    def frame(self) -> Any:
        """The sheet without its rows."""
        root = self._events.root
        for row in root.iterfind("{*}sheetData/{*}row"):
            row.getparent().remove(row)
        return root


@dataclass
class _SheetProof:
    """What is known of a sheet while its rows are compared."""

    part: str
    marked: Set[Place]
    formats: Sequence[Any]
    formats_after: Sequence[Any]
    number: int = 0
    changed: set[Place] = field(default_factory=set)
    added: set[Place] = field(default_factory=set)
    there: set[Place] = field(default_factory=set)
    """Marked places at which the export has a cell."""

    def compare(self, before: Any, after: Any) -> None:
        """Compares a row with the same one of the copy."""
        self.number = int(before.get("r", self.number + 1))
        text = _text(before)
        # most rows have no marks: they are compared as they are written, and only looked at for references to other rows
        is_same = text == _text(after)
        if is_same and {int(number) for number in _ROW_OF_REFERENCE.findall(text)} <= {self.number}:
            return
        cells, there = list(numbered_cells(before, self.number)), 0
        for place, cell in list(numbered_cells(after, self.number)):
            same_place = there < len(cells) and cells[there][0] == place
            if same_place and place in self.marked:
                self._take_mark_away(place, cells[there][1], cell)
            elif not same_place:
                self._take_made_cell_away(place, cell)
            there += same_place
        self.there |= self.marked & {place for place, _ in cells}
        for row in (before, after):
            row.attrib.pop("spans", None)
        if _text(before) != _text(after):
            raise NotProvenError(f"{self.part}, row {self.number}")

    def compare_frames(self, before: Any, after: Any) -> None:
        """Compares what is no row: the copy may have a drawing for its notes."""
        elements = [_text(element) for element in before]
        drawing = f"{{{MAIN}}}legacyDrawing"
        with_drawing = before.find(drawing) is not None
        others = [_text(element) for element in after if with_drawing or element.tag != drawing]
        if not _same_tag(before, after) or elements != others:
            raise NotProvenError(self.part)

    def require_every_mark(self) -> None:
        """Every marked cell is marked, and none was made where there was one."""
        unmarked = self.marked - self.changed - self.added
        for place in sorted(unmarked | (self.added & self.there)):
            raise self._moved(place)

    def _take_mark_away(self, place: Place, before: Any, after: Any) -> None:
        style, style_after = (int(cell.get("s", "0")) for cell in (before, after))
        format, format_after = self.formats[style : style + 1] or self.formats[:1], self.formats_after[style_after]
        if format and _look(format[0]) != _look(format_after):
            raise self._moved(place)
        if style != style_after:
            self.changed.add(place)
            if "s" in before.attrib:
                after.set("s", before.get("s"))
            else:
                del after.attrib["s"]

    def _take_made_cell_away(self, place: Place, cell: Any) -> None:
        if place not in self.marked or set(cell.attrib) - {"r", "s"} or len(cell) or (cell.text or "").strip():
            raise self._moved(place)
        self.added.add(place)
        neighbour = cell.getprevious()
        if neighbour is not None and cell.tail:
            neighbour.tail = (neighbour.tail or "") + cell.tail
        cell.getparent().remove(cell)

    def _moved(self, place: Place) -> NotProvenError:
        return NotProvenError(f"{self.part}, {reference(place)}")


def _look(format: Any) -> tuple[dict[str, str], list[bytes]]:
    """A style without fill and border: number format, font, alignment, protection."""
    attributes = {name: value for name, value in format.attrib.items() if name not in _LOOKS}
    return attributes, [_text(element) for element in format]


def _text(element: Any) -> bytes:
    return bytes(etree.tostring(element, with_tail=False))
