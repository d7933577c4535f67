"""The exports of the night after: as those of the night before, but for one row in a hundred."""

import csv
from io import StringIO
from pathlib import Path

EVERY = 100
"""One row in so many is another one: of ten of them, nine with a cell blanked and one gone."""
_GONE = 10 * EVERY


def next_night(exports: Path, folder: Path) -> Path:
    """The exports of the next night in `folder`, which is new."""
    folder.mkdir()
    for export in sorted(exports.iterdir()):
        with (
            export.open(encoding="utf-8", newline="") as before,
            (folder / export.name).open("w", encoding="utf-8", newline="") as after,
        ):
            after.write(next(before))
            for number, line in enumerate(before, start=1):
                if number % EVERY == 0:
                    after.write("" if number % _GONE == 0 else _with_a_blank_cell(line, number // EVERY))
                else:
                    after.write(line)
    return folder


def _with_a_blank_cell(line: str, number: int) -> str:
    """The line with a cell behind the first two left blank, another one from line to line."""
    (cells,) = csv.reader([line])
    cells[2 + number % (len(cells) - 2)] = ""
    written = StringIO()
    csv.writer(written, lineterminator="\n").writerow(cells)
    return written.getvalue()
