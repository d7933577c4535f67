"""Delimited files with malformed rows: short rows are filled up, long and malformed ones kept and named, none lost.

The slow way beside DuckDB's reader, see `delimited`; here alone a Python loop goes over rows.
"""

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import pyarrow as pa
import pyarrow.parquet as pq

from expectations.texts import Bilingual
from flows.load.sources.refusals import Refused

LONGEST_CELL = 2**20
"""Characters of the longest cell; a workbook cell holds 32,767."""

MORE_CELLS = "more cells than headings"
MALFORMED = "malformed quotes"

# a malformed row is read on to the longest cell before it fails and again line by line, so a file full of them would take hours
_MOST_MALFORMED = 1_000
_BATCH = 4_000

Record = tuple[str | None, list[str] | None, list[str]]
"""Problem, surplus cells, cells."""


class _Lines:
    """Lines of a file that can be put back: after a quote that never closes reading starts again on the next line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        # never more at once: a file without line ends would fill the memory
        line = self._again.popleft() if self._again else self._stream.readline(2 * LONGEST_CELL)
        if not line:
            raise StopIteration
        if len(line) >= 2 * LONGEST_CELL:
            raise Refused(
                Bilingual("有一行超过 200 万个字符，不是表格", "a line of over two million characters"),
                Bilingual("检查换行后重新导出", "check its line ends, export it again"),
            )
        self.taken.append(line)
        return line

    def put_back(self) -> str:
        """Give back all lines taken for the present record but the first, which is returned."""
        first, *later = self.taken
        self._again.extendleft(reversed(later))
        return first


def store_ragged_rows(text: Path, delimiter: str, width: int, target: Path) -> None:
    """Write all rows of a UTF-8 file, row 1 first, as the table `sheets` describes."""
    columns = [pa.field(f"c{place}", pa.string()) for place in range(width)]
    fixed = [("_problem", pa.string()), ("_surplus", pa.list_(pa.string()))]
    schema = pa.schema([*fixed, *columns])
    with pq.ParquetWriter(target, schema, compression="snappy") as writer:
        for batch in _batches(_records(text, delimiter, width)):
            writer.write_table(_table(batch, width, schema))


def _records(text: Path, delimiter: str, width: int) -> Iterator[Record]:
    for parsed, problem in _parsed(text, delimiter):
        row = _with_whole_formulas(parsed, delimiter) if problem is None else parsed
        surplus = row[width:]
        if problem:
            yield problem, row, []
        elif any(cell.strip() for cell in surplus):
            yield MORE_CELLS, surplus, row[:width]
        else:
            yield None, None, row[:width]


def _parsed(text: Path, delimiter: str) -> Iterator[tuple[list[str], str | None]]:
    malformed = 0
    csv.field_size_limit(LONGEST_CELL)
    with text.open(encoding="utf-8-sig", newline="") as stream:
        lines = _Lines(stream)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        while True:
            lines.taken.clear()
            try:
                yield next(reader), None
            except StopIteration:
                return
            except csv.Error:
                malformed += 1
                if malformed > _MOST_MALFORMED:
                    raise Refused(
                        Bilingual(
                            f"超过 {_MOST_MALFORMED} 行的引号不成对",
                            f"quotes do not pair in over {_MOST_MALFORMED} rows",
                        ),
                        Bilingual("检查分隔符和引号后重新导出", "export it again"),
                    ) from None
                yield [lines.put_back().rstrip("\r\n")], MALFORMED


def _with_whole_formulas(row: list[str], delimiter: str) -> list[str]:
    """The row with `="a,b"` as one cell: no quote stands before it, so that a reader of csv parts it where the delimiter stands."""
    if not any(cell.startswith('="') and cell.count('"') % 2 for cell in row):
        return row
    whole = list[str]()
    cells = iter(row)
    for cell in cells:
        parts = [cell]
        if cell.startswith('="'):
            while sum(part.count('"') for part in parts) % 2 and (part := next(cells, None)) is not None:
                parts.append(part)
        # a quote that is never closed parts nothing
        whole += [delimiter.join(parts)] if parts[-1].endswith('"') else parts
    return whole


def _batches(records: Iterator[Record]) -> Iterator[list[Record]]:
    batch: list[Record] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _table(batch: list[Record], width: int, schema: pa.Schema) -> pa.Table:
    problems = pa.array([record[0] for record in batch], pa.string())
    surplus = pa.array([record[1] for record in batch], pa.list_(pa.string()))
    full = [cells + [None] * (width - len(cells)) for _, _, cells in batch]
    columns = list(zip(*full, strict=True)) or [()] * width
    return pa.table([problems, surplus, *(pa.array(column, pa.string()) for column in columns)], schema=schema)
