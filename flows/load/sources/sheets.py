"""What every reader hands over: sheets of text cells as DuckDB relations, or a refusal in one line.

A relation has the columns `_sheet_row` (from 1, headings counted), `_problem` (why a row can't be read, or NULL),
`_surplus` (cells beyond the headings, or NULL) and `c0`, `c1` … as text.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from expectations.sql.quoting import quoted
from expectations.texts import Bilingual
from flows.load.headings import Headings, Row

HEAD = 12
"""Rows handed over as plain text: the ten where headings may stand, and what may complete them."""

NO_PROBLEMS = "null::varchar as _problem, null::varchar[] as _surplus"
"""The columns of a reader that has no malformed rows."""


@dataclass(frozen=True)
class PlainLines:
    """Rows as lines of a UTF-8 file, one a row unless a cell has line breaks; `skipped` lines before them. `headings`: the bytes above,
    without a mark of the encoding, lines ended by a line feed."""

    file: Path
    skipped: int
    headings: bytes


@dataclass(frozen=True)
class Sheet:
    """One sheet of a file. `rows(n)` is the relation of the rows below row n; `carefully(n)` the same by a slower
    reader that accepts malformed rows, where the fast one may fail. `lines(n)`: these rows as lines, where the file has any.
    `damaged`: some cells hold the mark of a character that could not be read.

    `merged`: by column, how many cells lie below the first of cells merged downwards; the relation has its text beside `c3` as `m3`.
    `from_1904`: serial numbers of days count from 1904.
    """

    name: str
    number: int
    head: tuple[Row, ...]
    width: Callable[[int], int]
    rows: Callable[[int], str]
    carefully: Callable[[int], str] | None = None
    lines: Callable[[int], PlainLines | None] | None = None
    damaged: bool = False
    merged: Mapping[int, int] = field(default_factory=dict)
    from_1904: bool = False


@dataclass(frozen=True)
class UnreadSheet:
    """A sheet that is not read and why; `refused` where it may hold cards."""

    name: str
    number: int
    reason: Bilingual
    hint: Bilingual
    refused: bool


@dataclass(frozen=True)
class Reading:
    """What a reader needs besides the file: a folder for copies, and the headings that tell a delimiter."""

    folder: Path
    headings: Mapping[str, Headings]


def stored_rows(
    path: Path, width: int, *, with_problems: bool = False, merged: Iterable[int] = ()
) -> Callable[[int], str]:
    """The relation of a sheet that was written to a parquet file, row 1 first."""
    cells = "".join([*(f", c{place}" for place in range(width)), *(f", m{place}" for place in merged)])
    problems = "_problem, _surplus" if with_problems else NO_PROBLEMS
    return lambda below: (
        f"select file_row_number + 1 as _sheet_row, {problems}{cells}"
        f" from read_parquet({quoted(str(path))}, file_row_number = true) where file_row_number >= {below}"
    )
