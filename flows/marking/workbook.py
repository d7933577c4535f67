"""Marking a workbook: which part is which sheet, the marks of each sheet, the result sheet behind the others, and the proof that nothing
else was changed. The order of work.
"""

import zipfile
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from lxml import etree

from flows.load.sources.workbook_reader.outcome import distinct_names
from flows.marking.cells import Area, SheetText
from flows.marking.marks import Kind, Mark, Place, ResultSheet, gravest
from flows.marking.notes import add_notes
from flows.marking.package import BROKEN_CONTAINER, MAIN, OFFICE, Package, UnmarkableError, child, of_part, serialised
from flows.marking.proof import prove_copy
from flows.marking.result_sheet import result_part
from flows.marking.styles import Styles

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_LONGEST_NOTE = 6000
_MOST_NOTES = 30_000
"""Excel opens a sheet with more notes very slowly; the result sheet has them all."""


def is_workbook_package(path: Path) -> bool:
    """Whether the file is an .xlsx or .xlsm, whatever its suffix says; the strict variant, which has other names, is not.

    A container that can't be opened is none: why, the load says. Raises UnmarkableError for one with parts that can't be read.
    """
    try:
        with zipfile.ZipFile(path):
            pass
    except BROKEN_CONTAINER:
        return False
    with Package(path) as package:
        book = package.related("", "officeDocument")
        return book in package and etree.QName(package.xml(book)).namespace == MAIN


def keeps_macros(path: Path) -> bool:
    """Whether the workbook has macros, so that it must be named .xlsm."""
    with Package(path) as package:
        return "macroEnabled" in package.content_type(package.related("", "officeDocument"))


def sheet_names(path: Path) -> tuple[str, ...]:
    """The sheets of a workbook, hidden ones too."""
    with Package(path) as package:
        return tuple(_sheets(package))


def mark_workbook(source: Path, target: Path, marks: Sequence[Mark], result: ResultSheet) -> None:
    """Writes a copy of `source` with marked cells and the result sheet; everything else stays as it is, which is proven.

    Raises UnmarkableError for a workbook of which no such copy can be made, NotProvenError for a copy that differs in more; there is
    no copy then.
    """
    try:
        prove_copy(source, target, _write_marked(source, target, marks, result))
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def _write_marked(source: Path, target: Path, marks: Sequence[Mark], result: ResultSheet) -> Mapping[str, Set[Place]]:
    """Writes the copy; returns the marked cells of every part that is a sheet with marks."""
    places_of_parts: dict[str, Set[Place]] = {}
    with Package(source) as package:
        book = package.related("", "officeDocument")
        styles_part = package.related(book, "styles")
        with of_part(styles_part):
            styles = Styles(package.read(styles_part) if styles_part else None)
        targets = [(mark.sheet, (mark.row, mark.column)) for mark in marks]
        sheets = _sheets(package)
        for name in dict.fromkeys(mark.sheet for mark in marks):
            part = sheets.get(name)
            if part is None:
                raise UnmarkableError(f"找不到工作表 {name}", f"there is no part of the sheet {name}")
            mark_numbers = [number for number, mark in enumerate(marks) if mark.sheet == name]
            with of_part(part):
                places = _mark_sheet(package, part, [marks[number] for number in mark_numbers], styles)
            places_of_parts[part] = set(places)
            for number, place in zip(mark_numbers, places, strict=True):
                targets[number] = (name, place)
        with of_part(book):
            _add_result(package, book, result_part(result, styles, targets), result.name)
        # the styles last: marks and the result sheet have added to them
        if not styles_part:
            styles_part = "xl/styles.xml" if "xl/styles.xml" not in package else package.free_name("xl/styles{}.xml")
            package.relate(book, "styles", styles_part)
        package.put(styles_part, styles.content(), _STYLES_TYPE)
        package.write(target)
    return places_of_parts


def _sheets(package: Package) -> Mapping[str, str]:
    """Part of every sheet by its name, in the order of the workbook."""
    book = package.related("", "officeDocument")
    parts = {relation.id: relation.part for relation in package.relations(book)}
    listed = list(package.xml(book).iter(f"{{{MAIN}}}sheet"))
    return {
        name: part
        for name, sheet in zip(distinct_names(str(sheet.get("name", "")) for sheet in listed), listed, strict=True)
        if (part := parts.get(sheet.get(f"{{{OFFICE}}}id", ""), "")) in package
    }


def _mark_sheet(package: Package, part: str, marks: Sequence[Mark], styles: Styles) -> list[Place]:
    """Marks the cells of a sheet; returns where each mark came to stand."""
    sheet = SheetText(package.read(part))
    merged = sheet.merged()
    places = [_visible((mark.row, mark.column), merged) for mark in marks]
    kinds: dict[Place, list[Kind]] = {}
    notes: dict[Place, list[str]] = {}
    for mark, place in zip(marks, places, strict=True):
        kinds.setdefault(place, []).append(mark.kind)
        notes.setdefault(place, []).append(mark.note)
    sheet.mark({place: gravest(place_kinds) for place, place_kinds in kinds.items()}, styles.marked)
    texts = {place: _joined(notes[place]) for place in sorted(notes)[:_MOST_NOTES]}
    sheet.let_notes_show(add_notes(package, part, texts))
    package.put(part, sheet.content())
    return places


def _visible(place: Place, merged: Sequence[Area]) -> Place:
    """Of merged cells the first one shows; all others are hidden behind it."""
    return next((area.first for area in merged if area.holds(place)), place)


def _joined(notes: Sequence[str]) -> str:
    text = "\n\n".join(dict.fromkeys(notes))
    return text if len(text) <= _LONGEST_NOTE else text[:_LONGEST_NOTE] + "…（其余见结果表）"


def _add_result(package: Package, book: str, content: bytes, name: str) -> None:
    part = package.free_name("xl/worksheets/sheet{}.xml")
    package.put(part, content, _SHEET_TYPE)
    root: Any = package.xml(book)
    listed = child(root, "sheets")
    number = max((int(sheet.get("sheetId", "0")) for sheet in listed), default=0) + 1
    key = package.relate(book, "worksheet", part)
    etree.SubElement(listed, f"{{{MAIN}}}sheet", {"name": name, "sheetId": str(number), f"{{{OFFICE}}}id": key})
    package.put(book, serialised(root))
