"""Delimited text files: encoding, delimiter, and the relation DuckDB reads the rows from.

DuckDB reads well-formed files, whatever their size. Files with malformed or ragged rows go through `ragged_rows`,
which accounts for each of them.
"""

import csv
import io
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from expectations.sql.quoting import quoted
from flows.load.headings import FEWEST_MATCHES, Headings, Row, find_header_row
from flows.load.sources.containers import rewritten_as_utf8, text_encoding
from flows.load.sources.cut_off import require_filled, require_whole
from flows.load.sources.ragged_rows import LONGEST_CELL, store_ragged_rows
from flows.load.sources.sheets import HEAD, NO_PROBLEMS, PlainLines, Reading, Sheet, stored_rows

DELIMITERS = (",", "\t", ";")
_HEAD_CHARACTERS = 4 * 2**20
_CHUNK = 8 * 2**20


@dataclass(frozen=True)
class Head:
    """The first records of a text file and the number of the line each of them ends on."""

    rows: tuple[Row, ...]
    last_lines: tuple[int, ...]


def read_delimited(path: Path, reading: Reading) -> tuple[Sheet, ...]:
    """The one sheet of a text file. Raises Refused when no encoding fits."""
    require_filled(path)
    encoding = text_encoding(path)
    text = path
    if encoding not in ("utf-8", "utf-8-sig") or _has_nul(path):
        text = rewritten_as_utf8(path, encoding, reading.folder / "text.csv")
    delimiter, head = _best_delimiter(text, reading.headings)

    def carefully(below: int) -> str:
        target = reading.folder / "rows.parquet"
        width = _width(head, below)
        store_ragged_rows(text, delimiter, width, target)
        return stored_rows(target, width, with_problems=True)(below)

    def lines(below: int) -> PlainLines | None:
        require_whole(text, delimiter, head.rows[below - 1], head.last_lines[below - 1])
        # DuckDB's `skip` counts in its own way: headings of more than one line are left out of a copy
        body = None if below == head.last_lines[below - 1] == 1 else reading.folder / "body.csv"
        if not _is_regular(text, head.last_lines[below - 1], body):
            return None
        with text.open("rb") as stream:
            headings = b"".join(stream.readline() for _ in range(head.last_lines[below - 1]))
        headings = headings.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n")
        return PlainLines(body or text, 0 if body else 1, headings)

    def fast(below: int) -> str:
        plain = lines(below)
        return _relation(plain, delimiter, below, _width(head, below)) if plain else carefully(below)

    return (Sheet("", 0, head.rows, lambda row: _width(head, row), fast, carefully, lines),)


def _width(head: Head, row: int) -> int:
    return max(len(head.rows[row - 1]), 1)


def _best_delimiter(text: Path, headings: Mapping[str, Headings]) -> tuple[str, Head]:
    """The delimiter that makes most headings of one card readable in the header line."""
    heads = {delimiter: _head(text, delimiter) for delimiter in DELIMITERS}
    matches = {
        delimiter: max((_matches(head, card_headings) for card_headings in headings.values()), default=0)
        for delimiter, head in heads.items()
    }
    best = max(DELIMITERS, key=lambda delimiter: matches[delimiter])
    if matches[best] < FEWEST_MATCHES:
        best = max(DELIMITERS, key=lambda delimiter: max(map(len, heads[delimiter].rows), default=0))
    return best, heads[best]


def _matches(head: Head, headings: Headings) -> int:
    row = find_header_row(head.rows, headings)
    return row.matched if row else 0


def _head(text: Path, delimiter: str) -> Head:
    with text.open(encoding="utf-8-sig", newline="") as stream:
        start = stream.read(_HEAD_CHARACTERS)
    csv.field_size_limit(LONGEST_CELL)
    rows, last_lines = list[Row](), list[int]()
    reader = csv.reader(io.StringIO(start, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            rows.append(tuple(row))
            last_lines.append(reader.line_num)
            if len(rows) == HEAD:
                break
    except csv.Error:
        pass  # an open quote below the headings: whoever reads all rows names that one
    return Head(tuple(rows), tuple(last_lines))


def _relation(lines: PlainLines, delimiter: str, below: int, width: int) -> str:
    """The rows as DuckDB reads them. Never with `new_line`: together with CRLF it loses rows silently."""
    columns = ", ".join(f"'c{place}': 'varchar'" for place in range(width))
    cells = "".join(f", c{place}" for place in range(width))
    options = {
        "auto_detect": "false",
        "header": "false",
        "strict_mode": "true",
        "columns": f"{{{columns}}}",
        "delim": quoted(delimiter),
        "quote": "'\"'",
        "escape": "'\"'",
        "skip": str(lines.skipped),
        # A thread that starts inside of a quoted cell with line breaks takes the rest of it for rows. Where there is none it would be
        # safe, but rows that are numbered wait for each other: cards are loaded side by side instead.
        "parallel": "false",
        "max_line_size": str(2 * LONGEST_CELL),
    }
    option_list = ", ".join(f"{name} = {value}" for name, value in options.items())
    return (
        f"select {below} + row_number() over () as _sheet_row, {NO_PROBLEMS}{cells}"
        f" from read_csv({quoted(str(lines.file))}, {option_list})"
    )


def _is_regular(text: Path, skipped: int, copy: Path | None) -> bool:
    """Whether the lines after the headings are the kind DuckDB counts as we do: one ending, none blank. Writes them to `copy`."""
    regular, endings = True, set[str]()
    with copy.open("wb") if copy else nullcontext() as body:
        for piece in _line_pieces(text, skipped):
            if piece is None:
                return False
            pairs, feeds = piece.count(b"\r\n"), piece.count(b"\n")
            endings |= ({"CRLF"} if pairs else set()) | ({"LF"} if feeds > pairs else set())
            blank = piece.startswith((b"\n", b"\r\n")) or b"\n\n" in piece or b"\n\r\n" in piece
            regular = not blank and piece.count(b"\r") == pairs and len(endings) < 2
            if not regular:
                break
            if body:
                body.write(piece)
    return regular


def _line_pieces(text: Path, skipped: int) -> Iterator[bytes | None]:
    """Whole lines below the headings in large pieces; None where the headings are not in lines of their own."""
    with text.open("rb") as stream:
        for _ in range(skipped):
            line = stream.readline(_CHUNK)
            if line.count(b"\r") != line.count(b"\r\n") or not line.endswith(b"\n"):
                yield None
        while piece := stream.read(_CHUNK):
            yield piece + stream.readline(_CHUNK)


def _has_nul(path: Path) -> bool:
    with path.open("rb") as stream:
        return any(b"\0" in piece for piece in iter(partial(stream.read, _CHUNK), b""))
