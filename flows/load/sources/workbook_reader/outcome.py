"""What the child process finds: sheets of text columns, or the reason why there are none."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

Both = tuple[str, str]
"""A text in Chinese and English; the child process knows no more of the program than it needs."""


class Unreadable(Exception):
    """A workbook that can't be read, in one line with a hint."""

    def __init__(self, reason: Both, hint: Both = ("", "")) -> None:
        super().__init__(*reason)
        self.reason = reason
        self.hint = hint


@dataclass(frozen=True)
class ReadSheet:
    """A visible sheet: its place in the workbook and its text columns, row 1 of the sheet first."""

    name: str
    number: int
    columns: list[pa.Array]


def text_column(cells: Iterable[str | None]) -> pa.Array:
    """Cells as a text column. Not `pyarrow.array`: that imports pandas, which takes a second."""
    builder = pa.lib.StringBuilder()
    builder.append_values(list(cells))
    return builder.finish()
