"""What libraries and the interpreter write of errors, without anybody's values: kind and place of an error stay, its text goes, since it
may quote a cell or a name. Everything that goes to standard error can go to a file instead, which is begun anew when it is large.
"""

import io
import logging
import sys
import threading
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path
from traceback import extract_tb
from types import TracebackType

from expectations.errors import AnkaError
from expectations.finding.masks import mask_identity

OWN = "anka.dashboard"
"""The logger whose lines are made without values."""
_LARGEST, _KEPT = 10_000_000, 5
_LONGEST = 200
_PACKAGES = Path(__file__).parents[2]


def strip_errors() -> None:
    """From here on no record holds more of an error than its kind and place, whoever writes it and whatever shows it."""
    made = logging.getLogRecordFactory()

    def record(*args: object, **named: object) -> logging.LogRecord:
        entry = made(*args, **named)
        if entry.name != OWN:
            # arguments are left out: the words say what happened, not to whom
            entry.msg, entry.args = mask_identity(str(entry.msg).strip().partition("\n")[0][:_LONGEST]), ()
        if entry.exc_info and entry.exc_info[1]:
            entry.exc_text, entry.exc_info = told(entry.exc_info[1]), None
        return entry

    logging.setLogRecordFactory(record)
    sys.excepthook = lambda _kind, error, _traceback: _say(error)
    threading.excepthook = lambda arguments: _say(arguments.exc_value)
    sys.unraisablehook = lambda arguments: _say(arguments.exc_value)


def told(error: BaseException) -> str:
    """An error with what it was raised from: the places, then the kind; of a mistake that users are told the words before its values."""
    return "\n".join(line for each in _with_causes(error) for line in (*_places(each.__traceback__), _kind(each)))


def to_file(file: Path) -> None:
    """Lets everything that goes to standard error go to `file`, for this account alone."""
    stream = _Rotated(file)
    present = sys.stderr
    loggers = [logging.getLogger(), *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    for handler in (handler for logger in loggers for handler in logger.handlers):
        if isinstance(handler, logging.StreamHandler) and handler.stream is present:
            handler.setStream(stream)
    sys.stderr = stream


class _Rotated(io.TextIOBase):
    """A stream whose lines go to a file; of older ones some are kept beside it."""

    def __init__(self, file: Path) -> None:
        file.touch(mode=0o600)
        self._handler = RotatingFileHandler(file, maxBytes=_LARGEST, backupCount=_KEPT, encoding="utf-8")
        self._begun = ""
        self._lock = threading.Lock()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Writes whole lines, and keeps the rest until it is one."""
        with self._lock:
            *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._handler.emit(logging.LogRecord(OWN, logging.INFO, "", 0, line, None, None))
        return len(text)


def _say(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt):
        sys.stderr.write(f"{told(error)}\n")


def _kind(error: BaseException) -> str:
    name = type(error).__name__
    if not isinstance(error, AnkaError):
        return name
    return f"{name}: {mask_identity(error.message.en.partition(': ')[0])}"


def _places(traceback: TracebackType | None) -> Iterator[str]:
    for frame in extract_tb(traceback):
        file = Path(frame.filename)
        shown = file.relative_to(_PACKAGES) if file.is_relative_to(_PACKAGES) else Path(*file.parts[-3:])
        yield f"  {shown}:{frame.lineno} {frame.name}"


def _with_causes(error: BaseException) -> Iterator[BaseException]:
    """The first cause first."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    yield from reversed(chain)
