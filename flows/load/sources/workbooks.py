"""Workbooks and HTML tables, read in a child process with limits of memory and time.

A hostile workbook can claim any size, and a parser that aborts must not take the run with it. The parser itself is
the package `workbook_reader`; nothing here opens the file.
"""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from expectations.refused_by_machine import disk_is_full
from expectations.texts import NO_TEXT, Bilingual
from flows.load.sources.refusals import Refused
from flows.load.sources.sheets import HEAD, Reading, Sheet, UnreadSheet, stored_rows
from flows.load.sources.text_encoding import rewritten_as_utf8, text_encoding

BASE_MEMORY = 900 * 2**20
BASE_SECONDS = 8
"""Of processor time, so that a good file is not refused because the machine is busy."""

PATIENCE = 6
"""The wall time waited for the child, in multiples of its processor time."""

FREE_BYTES = 2 * 2**20
"""A file up to this size gets the base limits, a larger one more in proportion."""

MEMORY_PER_BYTE = 45
"""Measured: 20,000 rows of 216 columns, 11 MB as .xlsx, take 400 MB."""

SECONDS_PER_BYTE = 2.5 / 2**20

_TIME_SIGNALS = frozenset({9, 24})
"""SIGXCPU and, at the hard limit, SIGKILL; `signal` does not name them on Windows."""


def read_workbook(path: Path, kind: Literal["workbook", "html"], reading: Reading) -> tuple[Sheet | UnreadSheet, ...]:
    """The sheets of a workbook in order. Raises Refused when the parser fails or exceeds its limits, or none holds anything."""
    folder = reading.folder / "sheets"
    folder.mkdir()
    is_damaged = False
    if kind == "html":
        page = reading.folder / "page.html"
        is_damaged = rewritten_as_utf8(path, text_encoding(path).name, page)
        path = page
    outcome = _run(path, kind, folder)
    if "refused" in outcome:
        raise Refused(Bilingual(*outcome["refused"]), _hint(outcome["hint"]))
    sheets = tuple(_sheet(entry, folder, is_damaged) for entry in outcome["sheets"])
    if not any(isinstance(sheet, Sheet) for sheet in sheets):
        raise Refused(
            Bilingual("没有可见且有内容的工作表", "no visible sheet with content"),
            Bilingual("重新导出，或取消隐藏有案卡的工作表", "export it again, or unhide the sheet with the cards"),
        )
    return sheets


def _sheet(entry: dict[str, Any], folder: Path, is_damaged: bool) -> Sheet | UnreadSheet:
    if "file" not in entry:
        reason = Bilingual(*entry["reason"])
        return UnreadSheet(entry["name"], entry["number"], reason, _hint(entry["hint"]), entry["refused"])
    width, merged = int(entry["width"]), {int(place): cells for place, cells in entry["merged"].items()}
    return Sheet(
        entry["name"],
        entry["number"],
        tuple(map(tuple, entry["head"])),
        lambda _: width,
        stored_rows(folder / entry["file"], width, merged=merged),
        merged=merged,
        from_1904=entry["from_1904"],
        damaged=is_damaged,
    )


def _hint(both: tuple[str, str]) -> Bilingual:
    return Bilingual(*both) if any(both) else NO_TEXT


def _run(path: Path, kind: str, folder: Path) -> dict[str, Any]:
    beyond = max(0, path.stat().st_size - FREE_BYTES)
    memory, seconds = BASE_MEMORY + int(beyond * MEMORY_PER_BYTE), BASE_SECONDS + int(beyond * SECONDS_PER_BYTE)
    command = [
        sys.executable,
        "-P",  # or a module in the working directory could stand in for one the parser imports
        "-m",
        "workbook_reader",
        str(path.resolve()),
        kind,
        str(folder),
        str(memory),
        str(seconds),
        str(HEAD),
    ]
    try:
        child = subprocess.run(
            command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds * PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _too_slow(seconds) from None
    if -child.returncode in _TIME_SIGNALS:
        raise _too_slow(seconds)
    manifest = folder / "sheets.json"
    if child.returncode == 0 and manifest.exists():
        outcome: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))
        return outcome
    if disk_is_full(child.stderr.decode(errors="replace")):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    raise Refused(
        Bilingual(
            f"无法解析：文件已损坏或声称的大小超出内存限制（{memory // 2**20} MB）",
            f"damaged, or beyond the memory limit ({memory // 2**20} MB)",
        ),
        Bilingual("在 Excel 或 WPS 中打开后另存为 xlsx 或 csv", "save it again as xlsx or csv"),
    )


def _too_slow(seconds: int) -> Refused:
    return Refused(
        Bilingual(f"{seconds} 秒内未能读完，文件可能已损坏", f"not read within {seconds} seconds"),
        Bilingual("在 Excel 或 WPS 中打开后另存为 xlsx 或 csv", "save it again as xlsx or csv"),
    )


def _environment() -> dict[str, str]:
    """The child finds its package, and reserves no address space per core, which its memory limit would count."""
    module_path = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH", ""))))
    frugal = {
        "MALLOC_ARENA_MAX": "2",
        "OMP_NUM_THREADS": "1",
        "RAYON_NUM_THREADS": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }
    return {**os.environ, **frugal, "PYTHONPATH": module_path, "PYTHONUTF8": "1"}
