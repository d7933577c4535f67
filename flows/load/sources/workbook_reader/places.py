"""Places of cells as a workbook writes them: `B3`, `A2:A4`. Letters may be lower case."""

import re
from dataclasses import dataclass
from functools import cache

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
"""Of a sheet in the way of .xlsx."""

CORNER = "A1:A1"
"""Stands in A1 of what the parser reads where nothing does: it begins with the first row and the first column that hold something."""

_AREA = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d+)(?::\$?([A-Za-z]{1,3})\$?(\d+))?")


@dataclass(frozen=True)
class Area:
    """Merged cells: rows and columns from 0, the last ones included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def area_of(reference: str) -> Area | None:
    """The cells a reference names; None for whole rows or columns and for what is no reference."""
    match = _AREA.fullmatch(reference)
    if match is None:
        return None
    first, last = (match[1], match[2]), (match[3] or match[1], match[4] or match[2])
    return Area(int(first[1]) - 1, column_number(first[0]), int(last[1]) - 1, column_number(last[0]))


@cache
def column_number(letters: str) -> int:
    """The column of these letters, A is 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """The letters of a column from 0."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
