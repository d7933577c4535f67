"""What the child process finds: sheets of text columns, or the reason why there are none."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from .places import Area

Both = tuple[str, str]
"""A text in Chinese and English; the child process knows no more of the program than it needs."""

SAVE_AGAIN: Both = ("在 Excel 或 WPS 中打开后另存为 xlsx", "save it again as xlsx")
HIDDEN: Both = ("隐藏的工作表", "a hidden sheet")
EMPTY: Both = ("空的工作表", "an empty sheet")
NO_CELLS: Both = ("图表或宏表，没有单元格", "a chart or macro sheet, without cells")


class Unreadable(Exception):
    """A workbook that can't be read, in one line with a hint."""

    def __init__(self, reason: Both, hint: Both = ("", "")) -> None:
        super().__init__(*reason)
        self.reason = reason
        self.hint = hint


@dataclass
class SheetFacts:
    """What a container says of a sheet without its cells: whether it is shown and holds cells, what is merged, why it can't be read.

    `first_column`: the first that holds something, where the parser begins with it.
    """

    name: str
    state: str = "visible"
    has_cells: bool = True
    first_column: int = 0
    merged: list[Area] = field(default_factory=list)
    problem: Unreadable | None = None


@dataclass(frozen=True)
class Book:
    """A workbook prepared for the parser: its sheets in order, and the file or content to parse. `from_1904`: its days count from 1904.

    `rows_on_top`: how many rows every sheet got that are not in the file.
    """

    sheets: tuple[SheetFacts, ...]
    content: Path | bytes
    from_1904: bool = False
    rows_on_top: int = 0


@dataclass(frozen=True)
class ReadSheet:
    """A sheet that is read: its place in the workbook and its text columns, row 1 of the sheet first.

    `merged`: by column, for the rows below the first of merged cells the text of the first; as long as the column.
    """

    name: str
    number: int
    columns: list[pa.Array]
    merged: Mapping[int, pa.Array] = field(default_factory=dict)
    from_1904: bool = False


@dataclass(frozen=True)
class UnreadSheet:
    """A sheet that is not read and why; `refused` where it may hold cards."""

    name: str
    number: int
    reason: Both
    hint: Both = ("", "")
    refused: bool = False


def distinct_names(names: Iterable[str]) -> list[str]:
    """The names, one that stands again with its number behind it: sheets are found by name."""
    given, counts = list[str](), Counter[str]()
    for name in names:
        counts[name] += 1
        given.append(name if counts[name] == 1 else f"{name}（{counts[name]}）")
    return given


def text_column(cells: Iterable[str | None]) -> pa.Array:
    """Cells as a text column. Not `pyarrow.array`: that imports pandas, which takes a second."""
    builder = pa.lib.StringBuilder()
    builder.append_values(list(cells))
    return builder.finish()


def below_first(columns: Sequence[pa.Array], areas: Sequence[Area]) -> dict[int, pa.Array]:
    """By column, the text of the first of merged cells beside each of the cells below it."""
    texts: dict[int, list[str | None]] = {}
    for area in areas:
        if area.first_column >= len(columns) or area.first_row >= len(columns[0]):
            continue
        text = columns[area.first_column][area.first_row].as_py()
        below = range(area.first_row + 1, min(area.last_row + 1, len(columns[0])))
        if text and below:
            beside = texts.setdefault(area.first_column, [None] * len(columns[0]))
            beside[below.start : below.stop] = [text] * len(below)
    return {place: text_column(beside) for place, beside in texts.items()}
