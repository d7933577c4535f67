"""What a user did or handed in that the program can't work with: one line, a hint, an exit code of its own.

Bugs are not derived from these and keep their traceback.
"""

import difflib
from collections.abc import Iterable


class AnkaError(Exception):
    """A mistake outside the program: shown as one line and a hint, without a traceback."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(AnkaError):
    """An export, a path or an option that can't be used."""


class CatalogueError(AnkaError):
    """A catalogue with mistakes; `problems` holds every one of them, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(self.problems), hint="改正上列各处后运行 anka rules check / fix them, then run anka rules check"
        )


class NotReconciledError(AnkaError):
    """The counts of the judge and the collected findings differ, or a rule could not be judged: nothing may be published."""

    exit_code = 3


def nearest(word: str, available: Iterable[str]) -> str:
    """`"，最接近的是 X"` for the closest available spelling, or an empty string."""
    close = difflib.get_close_matches(word, list(available), n=1, cutoff=0.5)
    return f"; nearest / 最接近: {close[0]}" if close else ""
