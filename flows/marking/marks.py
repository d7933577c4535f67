"""What is to be written into a workbook: marks of cells and the lines of the result sheet. Plain values, no XML."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from flows.load.sources.workbook_reader.places import column_letters

Kind = Literal["serious", "normal", "hint", "related"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""The gravest first: it colours a cell that is marked more than once."""

Look = Literal["title", "plain", "text", "head", "link", "serious", "normal", "hint", "related"]
Place = tuple[int, int]
"""Row and column, both from 1."""

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Mark:
    """A cell and why it is marked. Row and column are the sheet's own: column 1 is A."""

    sheet: str
    row: int
    column: int
    kind: Kind
    note: str


@dataclass(frozen=True)
class ResultCell:
    """A text of the result sheet; with `link`, the index of a mark whose cell it leads to."""

    text: str
    look: Look = "text"
    link: int | None = None


Line = tuple[ResultCell, ...]


@dataclass(frozen=True)
class ResultSheet:
    """The sheet put behind the others. Lines above `frozen` stay in view; `widths` are in characters."""

    name: str
    lines: tuple[Line, ...]
    widths: tuple[int, ...]
    frozen: int = 0


def gravest(kinds: Iterable[Kind]) -> Kind:
    """The one that colours the cell."""
    return min(kinds, key=KINDS.index)


def writable(text: str) -> str:
    """The text without signs an XML file can't hold."""
    return _UNWRITABLE.sub("", text)


def reference(place: Place) -> str:
    """A1 and the like."""
    return f"{column_letters(place[1] - 1)}{place[0]}"
