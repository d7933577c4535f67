"""Notes of cells: the comments part of a sheet and the drawing that shows them. Notes that are there already stay.

The drawing is VML, which Excel itself does not always write as well-formed XML: it is added to as text.
"""

import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from flows.marking.marks import Place, reference, writable
from flows.marking.package import MAIN, Package, child, serialised

AUTHOR = "案卡自查"
_SEPARATOR = "\n────────\n"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_SHAPE_TYPE = (
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_DRAWING = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{blocks}"/>'
    f"</o:shapelayout>{_SHAPE_TYPE}</xml>"
)
_SHAPE = (
    '<v:shape id="_x0000_s{id}" type="#_x0000_t202" style="position:absolute;z-index:{id};visibility:hidden"'
    ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox><div style="text-align:left"></div></v:textbox>'
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
    "<x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_BLOCK = 1024
"""Ids of shapes go in blocks of so many, one or more blocks for a sheet."""
_WIDE, _SIGNS_PER_LINE = 5, 26
_HIGHEST = 30


def add_notes(package: Package, sheet: str, notes: Mapping[Place, str]) -> str:
    """Adds a note to each place; returns the id of the relation from the sheet to the drawing."""
    part = package.related(sheet, "comments")
    fresh = not part
    if fresh:
        part = package.free_name("xl/comments{}.xml")
        package.put(part, _EMPTY, _COMMENTS_TYPE)
        package.relate(sheet, "comments", part)
    root = package.xml(part)
    without_shape = _write_comments(root, notes)
    package.put(part, serialised(root))
    return _draw(package, sheet, {place: notes[place] for place in without_shape})


_EMPTY = f'<comments xmlns="{MAIN}"><authors/><commentList/></comments>'.encode()


def _write_comments(root: Any, notes: Mapping[Place, str]) -> list[Place]:
    """Puts the texts in; returns the places that had no note before."""
    authors, listed = child(root, "authors"), child(root, "commentList")
    author = str(len(authors))
    etree.SubElement(authors, f"{{{MAIN}}}author").text = AUTHOR
    present = {comment.get("ref", "").upper(): comment for comment in listed}
    added: list[Place] = []
    for place, text in sorted(notes.items()):
        comment = present.get(reference(place))
        if comment is None:
            comment = etree.SubElement(listed, f"{{{MAIN}}}comment", ref=reference(place), authorId=author)
            body = etree.SubElement(comment, f"{{{MAIN}}}text")
            added.append(place)
        else:
            body = child(comment, "text")
            _as_runs(body)
            text = _SEPARATOR + text
        # behind the last run, since what tells how to pronounce a text has to follow its runs
        body.insert(len(body.findall(f"{{{MAIN}}}r")), _run(text))
    return added


def _as_runs(body: Any) -> None:
    """A plain text becomes a run, so that another can follow it."""
    plain = body.find(f"{{{MAIN}}}t")
    if plain is not None:
        body.remove(plain)
        body.insert(0, _run(plain.text or ""))


def _run(text: str) -> Any:
    run = etree.Element(f"{{{MAIN}}}r")
    looks = etree.SubElement(run, f"{{{MAIN}}}rPr")
    etree.SubElement(looks, f"{{{MAIN}}}sz", val="9")
    etree.SubElement(looks, f"{{{MAIN}}}rFont", val="宋体")
    words = etree.SubElement(run, f"{{{MAIN}}}t")
    words.text = writable(text)
    words.set(_SPACE, "preserve")
    return run


def _draw(package: Package, sheet: str, notes: Mapping[Place, str]) -> str:
    """The shapes of new notes, in the drawing of the sheet or a new one."""
    drawing_relation = next(
        (relation for relation in package.relations(sheet) if relation.type.endswith("/vmlDrawing")), None
    )
    if drawing_relation is None:
        part = package.free_name("xl/drawings/vmlDrawing{}.vml")
        # every drawing in blocks of its own: ids of shapes must differ throughout the workbook
        block = int(re.sub(r"\D", "", part)) * 64
        blocks = ",".join(str(block + number) for number in range(1 + len(notes) // _BLOCK))
        package.know_suffix("vml", _VML_TYPE)
        package.put(part, _DRAWING.format(blocks=blocks).encode())
        relation, first = package.relate(sheet, "vmlDrawing", part), block * _BLOCK + 1
    else:
        part, relation = drawing_relation.part, drawing_relation.id
        first = max(map(int, re.findall(rb"_x0000_s(\d+)", package.read(part))), default=_BLOCK) + 1
    drawing = package.read(part)
    shapes = "".join(_shape(first + number, place, notes[place]) for number, place in enumerate(sorted(notes)))
    if b"_x0000_t202" not in drawing:
        shapes = _SHAPE_TYPE + shapes
    end = drawing.rindex(b"</xml>")
    package.put(part, drawing[:end] + _with_prefixes(drawing, shapes).encode() + drawing[end:])
    return relation


def _with_prefixes(drawing: bytes, shapes: str) -> str:
    """The shapes under the prefixes v, o and x, which every drawing of Excel and WPS declares; others get their own root."""
    if all(f"xmlns:{prefix}=".encode() in drawing for prefix in "vox"):
        return shapes
    spaces = (
        'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
        ' xmlns:x="urn:schemas-microsoft-com:office:excel"'
    )
    return re.sub(r"<v:(shapetype|shape) ", rf"<v:\1 {spaces} ", shapes)


def _shape(number: int, place: Place, text: str) -> str:
    row, column = place[0] - 1, place[1] - 1
    lines = sum(1 + len(line) // _SIGNS_PER_LINE for line in text.splitlines()) + 1
    top = max(row - 1, 0)
    return _SHAPE.format(
        id=number,
        left=column + 1,
        top=top,
        right=column + 1 + _WIDE,
        bottom=top + min(lines, _HIGHEST),
        row=row,
        column=column,
    )
