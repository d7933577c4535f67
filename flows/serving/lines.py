"""The log of the house: one line a happening, with the office's time, a level and the part that speaks; on standard output, and in a file that
is kept small. What parts print passes through here: of an error its kind and place are kept, since its text may hold values of cards.
"""

import logging
import re
import sys
import threading
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

from expectations.office_days import as_kept, office_clock

LOG = logging.getLogger("anka.serve")
_FILE_BYTES, _FILES = 10_000_000, 5
_ERROR = re.compile(r"^(?:[A-Za-z_]\w*\.)*[A-Za-z_]\w*(?=:|$)")
_PREFECTS = re.compile(r"^\d\d:\d\d:\d\d\.\d{3} \| ([A-Z]+) *\| ")
"""How a line of Prefect's begins: time and level."""
_BEGINS = "Traceback (most recent call last):"


def open_log(file: Path | None) -> None:
    """Begins the log; with a file, lines go there too, in at most so many files of so many bytes."""
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stdout)]
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(RotatingFileHandler(file, maxBytes=_FILE_BYTES, backupCount=_FILES, encoding="utf-8"))
    for handler in handlers:
        handler.setFormatter(_Lines("%(asctime)s %(levelname)-7s %(message)s"))
        LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False


class _Lines(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 -- logging's own name
        """As the office's clock shows it."""
        shown = office_clock(as_kept(datetime.fromtimestamp(record.created, UTC)))
        return shown.isoformat(" ", "seconds")


def relay(name: str, output: IO[bytes]) -> None:
    """Writes what a part prints into the log, until it ends."""

    def read() -> None:
        lines = (line.decode("utf-8", "replace").rstrip() for line in output)
        for line in without_texts_of_errors(lines):
            prefects = _PREFECTS.match(line)
            level = logging.getLevelNamesMapping().get(prefects[1], logging.INFO) if prefects else logging.INFO
            LOG.log(level, "%s: %s", name, line[prefects.end() :] if prefects else line)
        output.close()

    threading.Thread(target=read, daemon=True).start()


def without_texts_of_errors(lines: Iterable[str]) -> Iterator[str]:
    """The lines, of tracebacks only where it was and the kind of error; blank ones are left out."""
    inside = False
    for line in lines:
        if _BEGINS in line:
            inside = True
            yield line[: line.index(_BEGINS) + len(_BEGINS)]
        elif inside and line.startswith(" "):
            if line.lstrip().startswith('File "'):
                yield line
        elif inside:
            # the line that ends a traceback; what follows it, up to the next line with a time, is more of its text
            kind = _ERROR.match(line)
            if _PREFECTS.match(line):
                inside = False
                yield line
            elif kind and kind[0].rpartition(".")[2][:1].isupper():
                yield kind[0]
        elif line.strip():
            yield line
