"""Whether a text file ends where its rows end. A file that was still being copied, or whose copy broke off, must not be taken for whole.

Only the end is looked at. Where a cut falls exactly between two rows, or inside the last cell of a row, the file itself does not tell.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from expectations.texts import Bilingual
from flows.load.sources.refusals import Refused

_TAIL = 2**18
"""Bytes at the end whose rows are compared with the last one."""
_UNSURE = 100
"""Rows at the beginning of such an end that are not compared: it may begin inside a cell of several lines."""
_ZEROS = 4
_MARKS = " \t\x1a"
"""What may stand alone on a last line; the last is how old programs mark the end of a text."""
_ENDS = ("\n", "\r")
_TOTALS = ("合计", "总计", "小计", "共计", "total")

CUT = (
    Bilingual(
        "文件在一行中间断开，可能没有复制完", "the file ends in the middle of a row, as if it was not copied to its end"
    ),
    Bilingual("重新复制或重新导出后再运行", "copy or export it again"),
)


def require_filled(path: Path) -> None:
    """Raises Refused for a file that has its full size before its content: its end holds zeros."""
    with path.open("rb") as stream:
        stream.seek(-min(_ZEROS, path.stat().st_size), io.SEEK_END)
        if stream.read() == b"\0" * _ZEROS:
            raise Refused(*CUT)


def require_whole(text: Path, delimiter: str, heading: Sequence[str], below: int) -> None:
    """Raises Refused when the last row of a UTF-8 file breaks off; the headings end on line `below`."""
    size = text.stat().st_size
    with text.open("rb") as stream:
        stream.seek(max(size - _TAIL, 0))
        lines = list(io.StringIO(stream.read().decode("utf-8-sig", errors="replace"), newline=""))
    rows = lines[1:] if size > _TAIL else lines[below:]
    if not rows:
        is_whole = lines[-1].endswith(_ENDS)
    else:
        is_whole = _is_whole(rows, delimiter, _filled(heading), passed_over=_UNSURE if size > _TAIL else 0)
    if not is_whole:
        raise Refused(*CUT)


def _is_whole(lines: Sequence[str], delimiter: str, width: int, *, passed_over: int) -> bool:
    rows = _rows(lines, delimiter, width)
    if rows is None:
        return False
    if not rows or lines[-1].endswith(_ENDS) or not lines[-1].strip(_MARKS):
        return True
    last = rows.pop()
    if last and last[0].strip().lower().startswith(_TOTALS):
        return True  # every row before it is there
    # as long as the shortest row that was ended: exports may leave out blank cells at the end of every row
    return len(last) >= min([width, *(len(row) for row in rows[passed_over:] if any(row))])


def _rows(lines: Sequence[str], delimiter: str, width: int) -> list[list[str]] | None:
    """The rows of the lines, without those whose quotes do not pair; None where the last cell was opened and not closed."""
    rows, begun = list[list[str]](), 0
    while begun < len(lines):
        reader = csv.reader(lines[begun:], delimiter=delimiter, strict=True)
        read = 0
        try:
            for row in reader:
                rows.append(row)
                read = reader.line_num
        except csv.Error:
            at_end = begun + reader.line_num == len(lines) and _is_open(lines[begun + read :], delimiter)
            if at_end and not any(line.count(delimiter) + 1 >= width for line in lines[begun + read + 1 :]):
                return None
            begun += read + 1  # a stray quote is followed by rows of its own
        else:
            break
    return rows


def _is_open(lines: Sequence[str], delimiter: str) -> bool:
    """Whether a cell of the row is still open at its end: closing it leaves nothing to object to."""
    try:
        list(csv.reader([*lines, '"'], delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _filled(heading: Sequence[str]) -> int:
    """How many cells a row has up to the last heading that says something."""
    return max((place for place, text in enumerate(heading, start=1) if text.strip()), default=1)
