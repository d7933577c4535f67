"""The styles of a workbook: of every style that a marked cell has, a copy with another fill and border.

Number format, font and alignment stay. Pattern and kind of line differ too, so that nobody needs to tell colours apart.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

from lxml import etree

from flows.marking.marks import Kind, Look
from flows.marking.package import MAIN, child, parsed, serialised

_FILLS: dict[Kind, tuple[str, str, str]] = {
    "serious": ("solid", "FFFFB3AE", "FFFFB3AE"),
    "normal": ("lightUp", "FFE0A030", "FFFFF4D6"),
    "hint": ("gray0625", "FF2F75B5", "FFEAF3FC"),
}
"""Pattern, colour of the pattern, colour behind it."""

_BORDERS: dict[Kind, tuple[str, str]] = {
    "serious": ("medium", "FFB3261E"),
    "normal": ("dashed", "FFB45309"),
    "hint": ("dotted", "FF1D4ED8"),
    "related": ("dashDot", "FF6B7280"),
}

# Two fills, for Excel takes the first two as none and gray125 whatever they say.
_MINIMAL = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
"""For a workbook whose writer saved itself the styles."""


class Styles:
    """The style sheet of a workbook while styles are added to it."""

    def __init__(self, content: bytes | None) -> None:
        self._root = parsed(content or _MINIMAL.encode())
        self._complete()
        self._marked: dict[tuple[int, Kind], int] = {}
        self._looks: dict[Look, int] = {}
        self._parts: dict[tuple[str, Kind], int] = {}

    def content(self) -> bytes:
        """The part."""
        return serialised(self._root)

    def marked(self, style: int, kind: Kind) -> int:
        """The style of a cell, marked."""
        if (style, kind) not in self._marked:
            formats = self._list("cellXfs")
            copy = deepcopy(formats[style] if style < len(formats) else formats[0])
            if kind in _FILLS:
                copy.set("fillId", str(self._fill(kind)))
                copy.set("applyFill", "1")
            copy.set("borderId", str(self._border(kind)))
            copy.set("applyBorder", "1")
            self._marked[style, kind] = self._append("cellXfs", copy)
        return self._marked[style, kind]

    def look(self, look: Look) -> int:
        """A style of the result sheet."""
        if look not in self._looks:
            self._looks[look] = self._add_look(look)
        return self._looks[look]

    def _complete(self) -> None:
        """Adds the lists that a sparing writer left out, in the order a style sheet has them."""
        before = self._root.find(f"{{{MAIN}}}numFmts")
        for standard in parsed(_MINIMAL.encode()):
            present = self._root.find(standard.tag)
            if present is None:
                self._root.insert(0 if before is None else self._root.index(before) + 1, standard)
                present = standard
            before = present

    def _add_look(self, look: Look) -> int:
        font = {"title": ("FF1F2937", True, 14), "head": ("FF1F2937", True, 11), "link": ("FF0B57D0", False, 11)}.get(
            look, ("FF1F2937", False, 11)
        )
        fill = self._append("fills", _solid("FFD9E2F3")) if look == "head" else 0
        format = _element(
            "xf",
            numFmtId="0",
            fontId=str(self._append("fonts", _font(*font))),
            fillId=str(fill),
            borderId="0",
            xfId="0",
        )
        format.set("applyFont", "1")
        format.set("applyFill", "1")
        if look not in ("title", "plain"):
            format.set("applyAlignment", "1")
            format.append(_element("alignment", vertical="top", wrapText="1"))
        plain = self._append("cellXfs", format)
        kind = next((kind for kind in _BORDERS if kind == look), None)
        return self.marked(plain, kind) if kind else plain

    def _fill(self, kind: Kind) -> int:
        if ("fill", kind) not in self._parts:
            pattern, colour, behind = _FILLS[kind]
            fill = _element("fill")
            pattern_fill = etree.SubElement(fill, f"{{{MAIN}}}patternFill", patternType=pattern)
            etree.SubElement(pattern_fill, f"{{{MAIN}}}fgColor", rgb=colour)
            etree.SubElement(pattern_fill, f"{{{MAIN}}}bgColor", rgb=behind)
            self._parts["fill", kind] = self._append("fills", fill)
        return self._parts["fill", kind]

    def _border(self, kind: Kind) -> int:
        if ("border", kind) not in self._parts:
            line, colour = _BORDERS[kind]
            border = _element("border")
            for side in ("left", "right", "top", "bottom"):
                edge = etree.SubElement(border, f"{{{MAIN}}}{side}", style=line)
                etree.SubElement(edge, f"{{{MAIN}}}color", rgb=colour)
            etree.SubElement(border, f"{{{MAIN}}}diagonal")
            self._parts["border", kind] = self._append("borders", border)
        return self._parts["border", kind]

    def _list(self, name: str) -> Sequence[Any]:
        members: Sequence[Any] = child(self._root, name)
        return members

    def _append(self, name: str, element: Any) -> int:
        members: Any = self._list(name)
        members.append(element)
        members.set("count", str(len(members)))
        return len(members) - 1


def _element(name: str, **attributes: str) -> Any:
    return etree.Element(f"{{{MAIN}}}{name}", attributes)


def _solid(colour: str) -> Any:
    fill = _element("fill")
    pattern_fill = etree.SubElement(fill, f"{{{MAIN}}}patternFill", patternType="solid")
    etree.SubElement(pattern_fill, f"{{{MAIN}}}fgColor", rgb=colour)
    return fill


def _font(colour: str, bold: bool, size: int) -> Any:
    font = _element("font")
    if bold:
        font.append(_element("b"))
    font.append(_element("sz", val=str(size)))
    font.append(_element("color", rgb=colour))
    font.append(_element("name", val="等线"))
    return font
