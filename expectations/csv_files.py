"""The csv files of every front end, as harmless as the Excel files: opened in a spreadsheet, no text in them is taken for a formula.

Such a text gets an apostrophe in front, which spreadsheets and the load take for "this is text". Numbers stay numbers. Which rows a file
holds is decided by whoever asks for it.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

_FORMULA = re.compile("[\\s\ufeff\u200b-\u200f\u202a-\u202e\u2060]*[=+\\-@＝＋－＠]|[\\t\\r\\n]")
"""What a spreadsheet takes for a formula, also behind blanks and signs without width, and as wide as a Chinese sign."""
_NEGATIVE = re.compile(r"-\d+(?:\.\d+)?")


def harmless(value: object) -> object:
    """The value of a cell, where it is a text one that no spreadsheet computes."""
    if isinstance(value, str) and _FORMULA.match(value) and not _NEGATIVE.fullmatch(value):
        return f"'{value}"
    return value


def write_csv(stream: TextIO, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Writes a table to `stream`, which must leave line ends as they are; the number of rows."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(heading)
    count = 0
    for row in rows:
        writer.writerow([harmless(value) for value in row])
        count += 1
    return count
