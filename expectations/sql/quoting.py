"""Texts and names as parts of SQL, so that nothing of an export or a pack is read as SQL."""

import re


def quoted(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def column(name: str) -> str:
    """`name` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def escaped(text: str) -> str:
    """`text` as a part of a regular expression within an SQL string."""
    return re.sub(r"([][.*+?^${}()|\\])", r"\\\1", text).replace("'", "''")
