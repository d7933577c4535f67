"""Entry of the child process: `python -m workbook_reader PATH KIND FOLDER MEMORY SECONDS HEAD`.

Writes `<number>.parquet` per sheet and `sheets.json`, which holds the first rows of each sheet or the refusal.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .html_tables import read_html_tables
from .outcome import ReadSheet, Unreadable, UnreadSheet
from .spreadsheets import read_spreadsheet


def main(arguments: list[str]) -> None:
    """Read the workbook within limits."""
    path, kind, folder, memory, seconds, head = arguments
    limit(int(memory), int(seconds))
    pa.set_cpu_count(2)  # every thread reserves address space, which the limit counts
    outcome = read(Path(path), kind, Path(folder), int(head))
    Path(folder, "sheets.json").write_text(json.dumps(outcome, ensure_ascii=False), encoding="utf-8")


def read(path: Path, kind: str, folder: Path, head: int) -> dict[str, Any]:
    """Stores the sheets of the workbook and describes the outcome."""
    try:
        sheets: Iterator[ReadSheet | UnreadSheet] = (
            read_html_tables(path) if kind == "html" else read_spreadsheet(path, folder)
        )
        return {
            "sheets": [
                stored(sheet, folder, head) if isinstance(sheet, ReadSheet) else asdict(sheet) for sheet in sheets
            ]
        }
    except Unreadable as problem:
        return {"refused": problem.reason, "hint": problem.hint}


def stored(sheet: ReadSheet, folder: Path, head: int) -> dict[str, Any]:
    """Write the cells of a sheet to parquet, those of merged columns as `m3` beside `c3`, and describe it."""
    file = f"{sheet.number}.parquet"
    names = [f"c{place}" for place in range(len(sheet.columns))] + [f"m{place}" for place in sheet.merged]
    cells = pa.Table.from_arrays([*sheet.columns, *sheet.merged.values()], names=names)
    pq.write_table(cells, folder / file, compression="snappy", row_group_size=20_000)
    first = [[cell or "" for cell in column.slice(0, head).to_pylist()] for column in sheet.columns]
    return {
        "name": sheet.name,
        "number": sheet.number,
        "width": len(sheet.columns),
        "file": file,
        "merged": {place: len(texts) - texts.null_count for place, texts in sheet.merged.items()},
        "from_1904": sheet.from_1904,
        "head": list(zip(*first, strict=True)),
    }


def limit(size: int, seconds: int) -> None:
    """Let allocations beyond `size` bytes fail, and end after `seconds` of processor time, however busy the machine is.

    Windows has no such limits; the parent's patience still holds there.
    """
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))


if __name__ == "__main__":
    main(sys.argv[1:])
