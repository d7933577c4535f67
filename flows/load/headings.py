"""Which row of a sheet holds the headings, and which column is which field (spec: exports, section 2).

Works on the first rows as plain text, never on the whole sheet. Choosing between cards is `recognition`.
"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from expectations.catalogue.cards import Card, Field
from expectations.sql.cell_values import BLANKS, INVISIBLE

HEAD_ROWS = 10
"""Headings are looked for in so many rows at the top of a sheet."""

FEWEST_MATCHES = 3
"""A row with fewer known headings than this is no header row."""

Row = Sequence[str]
Match = Literal["header", "alias"]

_BLANK = re.compile(f"[{BLANKS}]+")
_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
_WIDE_CODES = [code for code in range(0xFF01, 0xFF5F) if chr(code - 0xFEE0).isalnum()]

WIDE = "".join(map(chr, _WIDE_CODES)) + "（）：＊"
NARROW = "".join(chr(code - 0xFEE0) for code in _WIDE_CODES) + "():*"
"""Full-width signs of headings and what they compare equal to, sign by sign."""

_MOST_KEPT = 8192
"""Texts whose normal form is kept: each of the first rows of a sheet is compared with the headings of every card."""

_TO_NARROW = str.maketrans(WIDE, NARROW)


@lru_cache(_MOST_KEPT)
def normalise_heading(text: str) -> str:
    """The heading as it is compared: no blanks, mandatory star or colon, half-width brackets, letters and digits."""
    return _unwrapped(_BLANK.sub("", text)).translate(_TO_NARROW).lstrip("*★").rstrip(":")


def _unwrapped(text: str) -> str:
    """The text of a formula that is nothing but a text, as `clean_sql` reads it."""
    return text[2:-1] if len(text) > 2 and text.startswith('="') and text.endswith('"') else text


@dataclass(frozen=True)
class Headings:
    """The headings a card knows, normalised."""

    card: Card
    exact: dict[str, Field]
    alias: dict[str, Field]

    def match(self, text: str) -> tuple[Field, Match] | None:
        """The field a heading names and whether by its header or by an alias."""
        heading = normalise_heading(text)
        if heading in self.exact:
            return self.exact[heading], "header"
        return (self.alias[heading], "alias") if heading in self.alias else None

    def matches(self, row: Row) -> int:
        """How many cells of a row are headings of this card."""
        return sum(self.match(cell) is not None for cell in row)


@dataclass(frozen=True)
class HeaderRow:
    """The header row of a sheet for one card: `index` counts from 0, `matched` of `filled` cells are its headings."""

    index: int
    matched: int
    filled: int


@dataclass(frozen=True)
class Column:
    """A column of a sheet. `field` is empty for an extra column, one whose numbers a spreadsheet rounded among them; `position` counts
    from 0.

    `merged`: its cells below the first of merged ones; `filled_down`: whether they hold the text of the first.
    """

    position: int
    header: str
    field: str
    matched_by: Literal["header", "alias", "extra", "twice", "rounded"]
    """`twice`: an extra column with values, whose heading names a field that another column fills; `rounded`: a spreadsheet rounded its
    numbers."""
    merged: int = 0
    filled_down: bool = False


def headings_of(card: Card) -> Headings:
    """The normalised headings of a card."""
    exact = {normalise_heading(field.header): field for field in card.fields}
    alias: dict[str, Field] = {}
    for field in card.fields:
        for heading in field.aliases:
            alias.setdefault(normalise_heading(heading), field)
    return Headings(card, exact, alias)


def find_header_row(head: Sequence[Row], headings: Headings) -> HeaderRow | None:
    """The row with the most headings of the card among the first ones, the upper of equal rows."""
    counts = [headings.matches(row) for row in head[:HEAD_ROWS]]
    most = max(counts, default=0)
    if most < FEWEST_MATCHES:
        return None
    index = counts.index(most)
    return HeaderRow(index, most, sum(bool(normalise_heading(cell)) for cell in head[index]))


def heading_rows(head: Sequence[Row], header: HeaderRow, headings: Headings) -> tuple[int, ...]:
    """Indexes of the rows that make up the headings: the header row, and one below it that only completes it.

    Under a heading merged across columns the row below holds the items: headings where the header row has none.
    """
    below = header.index + 1
    if below >= len(head):
        return (header.index,)
    upper, lower = head[header.index], head[below]
    filled = [place for place, cell in enumerate(lower) if normalise_heading(cell)]
    completes = filled and all(
        headings.match(lower[place]) and not headings.match(_cell(upper, place)) for place in filled
    )
    return (header.index, below) if completes else (header.index,)


def heading_texts(head: Sequence[Row], rows: tuple[int, ...], width: int, headings: Headings) -> tuple[str, ...]:
    """One heading per column, completed by known headings of the row below and, for cells merged downwards, above."""
    upper = [head[index] for index in range(rows[0] - 1, -1, -1)]
    return tuple(_heading_text(place, [head[index] for index in rows], upper, headings) for place in range(width))


def map_columns(texts: Sequence[str], headings: Headings, filled: Collection[int] | None = None) -> tuple[Column, ...]:
    """Every column with its field: an exact header wins over an alias, the first column over the second.

    `filled`: which of the columns that share a field have a value, where that is known: one without is chosen only where none has.
    """
    matches = [headings.match(text) for text in texts]
    chosen: dict[str, int] = {}
    for candidates in (sharing_columns(texts, headings, filled), range(len(texts))):
        for kind in ("header", "alias"):
            for position in candidates:
                match = matches[position]
                if match and match[1] == kind:
                    chosen.setdefault(match[0].name, position)
    columns = []
    for position, (text, match) in enumerate(zip(texts, matches, strict=True)):
        if match and chosen[match[0].name] == position:
            columns.append(Column(position, text, match[0].name, match[1]))
        else:
            columns.append(Column(position, text, "", "twice" if match and position in (filled or ()) else "extra"))
    return tuple(columns)


def sharing_columns(texts: Sequence[str], headings: Headings, filled: Collection[int] | None = None) -> tuple[int, ...]:
    """Positions of the columns that name a field which another one names too; only those in `filled`, where given."""
    fields = [match[0].name if (match := headings.match(text)) else "" for text in texts]
    shared = {name for name, number in Counter(fields).items() if name and number > 1}
    return tuple(
        position for position, name in enumerate(fields) if name in shared and (filled is None or position in filled)
    )


def _heading_text(place: int, rows: Sequence[Row], above: Sequence[Row], headings: Headings) -> str:
    cells = [_cell(row, place) for row in rows]
    known_heading = next((cell for cell in reversed(cells) if headings.match(cell)), "")
    if known_heading or normalise_heading(cells[0]):
        return _tidy(known_heading or cells[0])
    return _tidy(next((cell for cell in (_cell(row, place) for row in above) if headings.match(cell)), ""))


def _cell(row: Row, place: int) -> str:
    return row[place] if place < len(row) else ""


def _tidy(text: str) -> str:
    return _unwrapped(_BLANK.sub(" ", _INVISIBLE.sub("", text)).strip())
