"""What a user did or handed in that the program can't work with: one line, a hint, an exit code of its own.

Bugs are not derived from these and keep their traceback.
"""

import difflib
import json
from collections.abc import Iterable

from expectations.texts import NO_TEXT, Bilingual, joined, same


class AnkaError(Exception):
    """A mistake outside the program: shown as one line and a hint, without a traceback."""

    exit_code = 2

    def __init__(self, message: Bilingual, hint: str = "") -> None:
        super().__init__(str(message))
        self.message = message
        self.hint = same(hint)


class InputError(AnkaError):
    """An export, a path or an option that can't be used."""


class CatalogueError(AnkaError):
    """A catalogue with mistakes; `problems` holds every one of them, a line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            joined("\n", self.problems),
            hint=Bilingual("改正上列各处后运行 anka rules check", "fix them, then run anka rules check"),
        )


class NotReconciledError(AnkaError):
    """The counts of the judge and the collected findings differ, or a rule could not be judged: nothing may be published."""

    exit_code = 3


def mistake_as_json(error: AnkaError) -> str:
    """A mistake as one line, for a program that shows it in the language of its reader."""
    texts = {name: {"zh": text.zh, "en": text.en} for name, text in (("error", error.message), ("hint", error.hint))}
    return json.dumps({**texts, "code": error.exit_code}, ensure_ascii=False)


def mistake_from_json(line: str) -> tuple[Bilingual, Bilingual] | None:
    """Message and hint of such a line, None of any other."""
    try:
        parts = json.loads(line)
        return Bilingual(**parts["error"]), Bilingual(**parts["hint"])
    except (ValueError, TypeError, KeyError):
        return None


def nearest(word: str, available: Iterable[str]) -> Bilingual:
    """`; 最接近 / nearest: X` for the closest available spelling, or nothing."""
    close = difflib.get_close_matches(word, list(available), n=1, cutoff=0.5)
    return "; " + Bilingual("最接近", "nearest").about(close[0]) if close else NO_TEXT
