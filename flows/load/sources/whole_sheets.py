"""An export that is no .xlsx, written as one: every row of every sheet as it stood, as text. For handing it back with notes.

Reads through the same readers as the load, so that rows and columns keep their numbers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import xlsxwriter

from expectations.catalogue.catalogues import Catalogue
from expectations.connections import open_duckdb
from expectations.errors import InputError
from expectations.texts import Bilingual
from expectations.work_folders import work_folder
from expectations.workbooks import SAFE
from flows.load.recognition import all_headings
from flows.load.sources.containers import kind_of
from flows.load.sources.delimited import read_delimited
from flows.load.sources.sheets import Reading, Sheet, UnreadSheet
from flows.load.sources.workbook_reader.places import LAST_COLUMN, LAST_ROW
from flows.load.sources.workbooks import read_workbook

NAMELESS = "导出内容"
"""The sheet of a text file, which has no name of its own."""

_CREATED = datetime(2000, 1, 1)
"""Whenever it is written: the same export gives the same bytes."""

_LONGEST_CELL = 32_767
"""Characters of a cell in Excel: Microsoft, Excel specifications and limits."""
_PORTION = 2000


@dataclass(frozen=True)
class Shortened:
    """A cell a workbook can't hold as a whole: too long, or beyond the last column. Rows and columns count from 1."""

    sheet: str
    row: int
    column: int


def write_as_workbook(
    source: Path, target: Path, catalogue: Catalogue, header_rows: Mapping[str, int]
) -> tuple[Shortened, ...]:
    """Writes the rows of `source` to `target`; `header_rows` by sheet name, where the load found one. Says what could not be written whole.

    Raises InputError for a file that can't be read or has more rows than a sheet can hold.
    """
    with (
        work_folder("rows") as folder,
        open_duckdb(files=[source], folders=[folder], spill=folder) as con,
    ):
        reading = Reading(folder, all_headings(catalogue))
        kind = kind_of(source)
        sheets = read_delimited(source, reading) if kind == "text" else read_workbook(source, kind, reading)
        with xlsxwriter.Workbook(str(target), SAFE) as book:
            book.set_properties({"created": _CREATED})
            text, shortened = book.add_format({"num_format": "@"}), list[Shortened]()
            for sheet in sheets:
                if isinstance(sheet, UnreadSheet):
                    continue
                page = book.add_worksheet(sheet.name or NAMELESS)
                page.set_column(0, 0, 24)
                page.set_column(1, 250, 16)
                for row, cells in _rows(con, sheet, header_rows.get(sheet.name, 0) if kind == "text" else 0):
                    for column, value in enumerate(cells):
                        if not value:
                            continue
                        if len(value) > _LONGEST_CELL or column >= LAST_COLUMN:
                            shortened.append(Shortened(page.name, row, column + 1))
                        if column < LAST_COLUMN:
                            page.write_string(row - 1, column, value[:_LONGEST_CELL], text)
    return tuple(shortened)


def _rows(con: duckdb.DuckDBPyConnection, sheet: Sheet, header_row: int) -> Iterator[tuple[int, Sequence[str | None]]]:
    """Every row with its number from 1: those up to the headings from the head, the others from the relation."""
    yield from enumerate(sheet.head[:header_row], 1)
    try:
        rows = con.execute(f"select * from ({sheet.rows(header_row)}) order by _sheet_row")
        portion = rows.fetchmany(_PORTION)
    except duckdb.InvalidInputException:
        if sheet.carefully is None:
            raise
        rows = con.execute(f"select * from ({sheet.carefully(header_row)}) order by _sheet_row")
        portion = rows.fetchmany(_PORTION)
    while portion:
        for number, _problem, surplus, *cells in portion:
            if number > LAST_ROW:
                raise InputError(
                    Bilingual(f"行数超过工作表的上限 {LAST_ROW}", "more rows than a sheet can hold"),
                    hint=Bilingual("分成几个文件", "split it"),
                )
            yield number, [*cells, *(surplus or ())]
        portion = rows.fetchmany(_PORTION)
