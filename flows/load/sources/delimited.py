"""Delimited text files: encoding, delimiter, and the relation DuckDB reads the rows from.

DuckDB reads well-formed files, whatever their size. Files with malformed or ragged rows go through `ragged_rows`,
which accounts for each of them.
"""

import csv
import io
import re
from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copyfile

from expectations.file_names import is_plain
from expectations.sql.card_rows import DAMAGED
from expectations.sql.quoting import quoted
from expectations.texts import Bilingual
from flows.load.headings import FEWEST_MATCHES, HEAD_ROWS, Headings, Row, find_header_row
from flows.load.sources.cut_off import require_filled, require_whole
from flows.load.sources.ragged_rows import LONGEST_CELL, store_ragged_rows
from flows.load.sources.refusals import Refused
from flows.load.sources.sheets import HEAD, NO_PROBLEMS, PlainLines, Reading, Sheet, stored_rows
from flows.load.sources.text_encoding import CHUNK, rewritten_as_utf8, text_encoding

DELIMITERS = (",", "\t", ";", "|", "，", "；", "\x01", "\x1f", "^", "~")
"""What may stand between cells, the commonest first; the headings tell which does."""

_NAMES = {"\t": Bilingual("制表符", "tab"), " ": Bilingual("空格", "blanks")}
_DECLARED = re.compile(r"\ufeff?\"?sep=(.)\"?\r?\n")
"""A first line for Excel, which says what stands between cells."""
_BETWEEN = re.compile(r"[^\w\s\"'()（）\[\]〔〕【】]{1,3}|[ \u3000]{2,}")
"""What else may stand between the cells of a line."""
_MOST_TRIED = 8

_HEAD_CHARACTERS = 4 * 2**20


@dataclass(frozen=True)
class Head:
    """The first records of a text file and the number of the line each of them ends on."""

    rows: tuple[Row, ...]
    last_lines: tuple[int, ...]


def read_delimited(path: Path, reading: Reading) -> tuple[Sheet, ...]:
    """The one sheet of a text file. Raises Refused when no encoding fits."""
    require_filled(path)
    encoding = text_encoding(path)
    # DuckDB can be handed no other name, and looks through links
    text = path if is_plain(path) else Path(copyfile(path, reading.folder / "plain.csv"))
    holds_nul, is_damaged = _holds(path, b"\0", DAMAGED.encode())
    if encoding.name not in ("utf-8", "utf-8-sig") or not encoding.exact or holds_nul:
        text = reading.folder / "text.csv"
        is_damaged = rewritten_as_utf8(path, encoding.name, text)
    delimiter, head = _best_delimiter(text, reading.headings)
    if encoding.name == "gb18030" and delimiter >= "@":
        freed = reading.folder / "freed.csv"
        is_damaged |= _free_delimiters(text, delimiter, head, freed)
        text = freed

    def carefully(below: int) -> str:
        target = reading.folder / "rows.parquet"
        width = _width(head, below)
        store_ragged_rows(text, delimiter, width, target)
        return stored_rows(target, width, with_problems=True)(below)

    def lines(below: int) -> PlainLines | None:
        require_whole(text, delimiter, head.rows[below - 1], head.last_lines[below - 1])
        # DuckDB's `skip` counts in its own way: headings of more than one line are left out of a copy
        body = None if below == head.last_lines[below - 1] == 1 else reading.folder / "body.csv"
        if _parts_formulas(text, delimiter) or not _is_regular(text, head.last_lines[below - 1], body):
            return None
        with text.open("rb") as stream:
            headings = b"".join(stream.readline() for _ in range(head.last_lines[below - 1]))
        headings = headings.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n")
        return PlainLines(body or text, 0 if body else 1, headings)

    def fast(below: int) -> str:
        plain = lines(below)
        return _relation(plain, delimiter, below, _width(head, below)) if plain else carefully(below)

    return (Sheet("", 0, head.rows, lambda row: _width(head, row), fast, carefully, lines, is_damaged),)


def _free_delimiters(text: Path, delimiter: str, head: Head, target: Path) -> bool:
    """Writes a copy of a GB18030 text whose delimiter may be taken for half a character; whether that is so somewhere.

    A character that lost its own second half before the delimiter has taken it for that, and the cells after it stand a place too far
    left. Only lines with too few cells are looked at; one that has not as many as the headings then is not loaded.
    """
    leads = range(0x81, 0xFF) if delimiter.isascii() else ()  # of two bytes: its place in the line can't be told
    swallowed = re.compile("|".join(bytes((lead, ord(delimiter))).decode("gb18030") for lead in leads) or "$")
    most = max(len(row) for row in head.rows) - 1
    any_freed = False
    with text.open(encoding="utf-8", newline="") as lines, target.open("w", encoding="utf-8", newline="") as copy:
        for line in lines:
            cells, ending = line.rstrip("\r\n"), line[len(line.rstrip("\r\n")) :]
            is_short = bool(cells.strip()) and cells.count(delimiter) < most
            freed, number = swallowed.subn(DAMAGED + delimiter, cells) if is_short else (cells, 0)
            if number and (not leads or freed.count(delimiter) != most):
                freed = cells + most * delimiter + DAMAGED
            any_freed |= number > 0
            copy.write(freed + ending)
    return any_freed


def _width(head: Head, row: int) -> int:
    return max(len(head.rows[row - 1]), 1)


def _best_delimiter(text: Path, headings: Mapping[str, Headings]) -> tuple[str, Head]:
    """The delimiter that makes most headings of one card readable in the header line. Raises Refused where only one that is not read would."""
    start = _start(text)
    declared = _DECLARED.match(start)
    delimiters = tuple(dict.fromkeys([*([declared[1]] if declared else ()), *DELIMITERS]))
    heads = {delimiter: _head(start, delimiter) for delimiter in delimiters}
    matches = {delimiter: _most_matches(head.rows, headings) for delimiter, head in heads.items()}
    best = max(delimiters, key=lambda delimiter: matches[delimiter])
    if matches[best] < FEWEST_MATCHES:
        _refuse_other_delimiter(start, headings)
        best = max(DELIMITERS[:3], key=lambda delimiter: max(map(len, heads[delimiter].rows), default=0))
    return best, heads[best]


def _most_matches(rows: Sequence[Row], headings: Mapping[str, Headings]) -> int:
    return max((_matches(rows, card_headings) for card_headings in headings.values()), default=0)


def _refuse_other_delimiter(start: str, headings: Mapping[str, Headings]) -> None:
    """Raises Refused where the headings of a card are parted by something that is not read as a delimiter."""
    lines = start.splitlines()[:HEAD_ROWS]
    for between, _ in Counter(sign for line in lines for sign in _BETWEEN.findall(line)).most_common(_MOST_TRIED):
        parting = re.compile(r"[ \u3000]{2,}" if between.isspace() else re.escape(between))
        if _most_matches([parting.split(line) for line in lines], headings) >= FEWEST_MATCHES:
            name = _NAMES[" "] if between.isspace() else f"“{between}”"
            raise Refused(
                Bilingual("各列的分隔符不受支持", "columns are parted by something that is not read").about(name),
                Bilingual("改用逗号或制表符分隔后导出，或另存为 xlsx", "export with commas or tabs, or save as xlsx"),
            )


def _matches(rows: Sequence[Row], headings: Headings) -> int:
    row = find_header_row(rows, headings)
    return row.matched if row else 0


def _start(text: Path) -> str:
    with text.open(encoding="utf-8-sig", newline="") as stream:
        return stream.read(_HEAD_CHARACTERS)


def _head(start: str, delimiter: str) -> Head:
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


def _parts_formulas(text: Path, delimiter: str) -> bool:
    """Whether `="a,b"` stands somewhere without quotes around it: only the slower reader takes it for one cell."""
    parted, sign = re.escape(delimiter.encode()), delimiter.encode()
    formula = re.compile(rb"(?:^|" + parted + rb')="(?:[^"\r\n]|"")*' + parted + rb'(?:[^"\r\n]|"")*"', re.MULTILINE)
    with text.open("rb") as stream:
        while piece := stream.read(CHUNK):
            piece += stream.readline(CHUNK)
            if b'="' in piece and (sign + b'="' in piece or b'\n="' in piece) and formula.search(piece):
                return True
    return False


def _line_pieces(text: Path, skipped: int) -> Iterator[bytes | None]:
    """Whole lines below the headings in large pieces; None where the headings are not in lines of their own."""
    with text.open("rb") as stream:
        for _ in range(skipped):
            line = stream.readline(CHUNK)
            if line.count(b"\r") != line.count(b"\r\n") or not line.endswith(b"\n"):
                yield None
        while piece := stream.read(CHUNK):
            yield piece + stream.readline(CHUNK)


def _holds(path: Path, *marks: bytes) -> tuple[bool, ...]:
    """Which of the marks are somewhere in the file."""
    held, tail = [False] * len(marks), b""
    with path.open("rb") as stream:
        for piece in iter(partial(stream.read, CHUNK), b""):
            seam = tail + piece[:8]
            held = [was or mark in piece or mark in seam for was, mark in zip(held, marks, strict=True)]
            tail = piece[-8:]
    return tuple(held)
