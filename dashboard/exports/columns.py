"""Columns of the sheets of a download, by the keys of their headings in the reader's language."""

from collections.abc import Iterable

from dashboard.words.texts import text
from expectations.texts import Language
from expectations.workbooks import Column, Kind

Declared = tuple[str, int, Kind]
"""Key of the heading, width in signs, kind of the cells."""


def columns(language: Language, declared: Iterable[Declared]) -> list[Column]:
    """The columns as a sheet takes them."""
    return [Column(text(key, language), width, kind) for key, width, kind in declared]
