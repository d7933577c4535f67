"""Exports no card is known for, as tables of cleaned text: one table for all sheets that have the same headings.

The load's own readers open the files, so that a draft sees the cells an audit will see. Rows stay in DuckDB.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from expectations.catalogue.cards import FOOTER_WORDS, SUBTOTAL_WORDS, TOTAL_WORDS
from expectations.errors import InputError
from expectations.file_names import shown
from expectations.sql.cell_values import clean_sql
from expectations.sql.quoting import quoted
from expectations.texts import Bilingual
from flows.load.headings import FEWEST_MATCHES, HEAD_ROWS, Row, normalise_heading
from flows.load.sources.containers import kind_of
from flows.load.sources.delimited import read_delimited
from flows.load.sources.files import list_files
from flows.load.sources.refusals import Refused
from flows.load.sources.sheets import Reading, Sheet, UnreadSheet
from flows.load.sources.workbooks import read_workbook

FILE_TAIL = re.compile(r"[\s\d_.年月日-]+$")
"""What ends the name of a file and is no part of what it holds: a date, a number."""
_NO_CARD = f"(?i)^(?:{'|'.join((*TOTAL_WORDS, *SUBTOTAL_WORDS))})[:：]?$|^(?:{'|'.join(FOOTER_WORDS)})[:：]"
"""The first cell of a row that says something of the sheet."""
_NUMBER = re.compile(r"[-+\d.,/:%\s]+")


@dataclass(frozen=True)
class Export:
    """The rows of all sheets with the same headings: columns `c0`, `c1` … of `table`, in the order of `headings`.

    `files`: the names of the files, each with its sheets.
    """

    table: str
    headings: tuple[str, ...]
    files: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """What was found: exports by their headings, and sheets that can't be read or in which no row looks like headings."""

    exports: tuple[Export, ...]
    passed_over: tuple[str, ...]

    def called(self, export: Export) -> str:
        """What a person would call it: its first file without a date at the end, or its sheet where the file holds others as well."""
        file, sheets = next(iter(export.files.items()))
        stem = Path(file).stem
        return sheets[0] or stem if not self.stands_alone(export) else FILE_TAIL.sub("", stem) or stem

    def stands_alone(self, export: Export) -> bool:
        """Whether the files of an export hold nothing else, so that their names tell it."""
        files = Counter(file for each in self.exports for file in each.files)
        return all(files[file] == 1 for file in export.files)


def read_exports(con: duckdb.DuckDBPyConnection, paths: Sequence[Path], work: Path) -> Read:
    """Reads the files into tables. Raises InputError for a file that can't be read, or where nothing looks like an export."""
    exports: dict[frozenset[str], Export] = {}
    passed_over: list[str] = []
    for number, path in enumerate(list_files(paths).files):
        folder = work / str(number)
        folder.mkdir()
        for sheet in _sheets(path, folder):
            name = shown(path.name)
            place = f"{name} [{sheet.name}]" if sheet.name else name
            index = header_index(sheet.head) if isinstance(sheet, Sheet) else None
            if index is None or isinstance(sheet, UnreadSheet):
                passed_over.append(place)
                continue
            columns = _columns(sheet.head[index], sheet.width(index + 1))
            known = frozenset(map(normalise_heading, columns))
            export = exports.setdefault(known, Export(f"export{len(exports)}", tuple(columns)))
            export.files.setdefault(name, []).append(sheet.name)
            _add_rows(con, export, sheet, index, columns)
    if not exports:
        raise InputError(
            Bilingual("找不到表头", "no row looks like headings").about("、".join(passed_over)),
            Bilingual(
                f"表头须在前 {HEAD_ROWS} 行内，至少 {FEWEST_MATCHES} 列",
                f"headings stand in the first {HEAD_ROWS} rows and are {FEWEST_MATCHES} at least",
            ),
        )
    return Read(tuple(exports.values()), tuple(passed_over))


def _sheets(path: Path, folder: Path) -> Iterator[Sheet | UnreadSheet]:
    reading = Reading(folder, {})
    try:
        kind = kind_of(path)
        yield from read_delimited(path, reading) if kind == "text" else read_workbook(path, kind, reading)
    except Refused as refused:
        raise InputError(f"{shown(path.name)}: " + refused.message, refused.hint) from None


def header_index(head: Sequence[Row]) -> int | None:
    """The row that looks like headings: most cells that are words, each of them once; the upper one of equal rows."""
    words = [_words(row) for row in head[:HEAD_ROWS]]
    most = max(words, default=0)
    return words.index(most) if most >= FEWEST_MATCHES else None


def _words(row: Row) -> int:
    return len({normalise_heading(cell) for cell in row if normalise_heading(cell) and not _NUMBER.fullmatch(cell)})


def _columns(row: Row, width: int) -> dict[str, int]:
    """The places of the headings, the first of several that are the same."""
    columns: dict[str, int] = {}
    seen: set[str] = set()
    for place, cell in enumerate(row[:width]):
        heading = " ".join(cell.split())
        if (known := normalise_heading(heading)) and known not in seen:
            seen.add(known)
            columns[heading] = place
    return columns


def _add_rows(
    con: duckdb.DuckDBPyConnection, export: Export, sheet: Sheet, index: int, columns: dict[str, int]
) -> None:
    places = {normalise_heading(heading): place for heading, place in columns.items()}
    in_order = [(heading, places[normalise_heading(heading)]) for heading in export.headings]
    cells = ", ".join(f"{clean_sql(f'c{place}')} as c{number}" for number, (_, place) in enumerate(in_order))
    names = [f"c{number}" for number in range(len(in_order))]
    is_header = " and ".join(f"{name} = {quoted(heading)}" for name, (heading, _) in zip(names, in_order, strict=True))
    is_no_card = f"regexp_matches(coalesce({', '.join(names)}), {quoted(_NO_CARD)})"
    is_row = f"coalesce({', '.join(names)}) is not null and not coalesce({is_header}, false) and not {is_no_card}"
    declared = ", ".join(f"{name} varchar" for name in names)
    con.execute(f"create table if not exists {export.table} ({declared})")

    def add(relation: str) -> None:
        con.execute(
            f"insert into {export.table} select * from (select {cells} from ({relation}) where _problem is null) where {is_row}"
        )

    try:
        add(sheet.rows(index + 1))
    except duckdb.InvalidInputException:
        # DuckDB stops at the first malformed row; the slower reader goes on
        if sheet.carefully is None:
            raise
        add(sheet.carefully(index + 1))
