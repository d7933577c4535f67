"""The profile of a run: what every item holds, beside what it held in the run before, and what changed sharply."""

import json
from dataclasses import dataclass

import duckdb

from expectations.errors import AnkaError
from expectations.home import Home
from expectations.run.published import open_published

COMMONEST = 5
"""So many of the commonest values are kept."""

FEWEST_ROWS = 20
"""Shares of fewer rows say little, and their changes nothing."""

SHARE_CHANGED, ROWS_CHANGED = 0.10, 0.30
"""A filled share that moved by a tenth of the rows, or rows that became a third more or fewer, is worth a look. Chosen to be silent on a
usual night, in which an export grows by a few cases."""

NEW_SHARE = 0.20
"""A value that no row had and every fifth has."""


@dataclass(frozen=True)
class Figures:
    """What an item holds in the rows of a card. `distinct` is an estimate within two in a hundred; `commonest` is of dictionaries only:
    text and rows; `lowest` and `highest` of days and numbers."""

    rows: int
    filled: int
    distinct: int
    commonest: tuple[tuple[str, int], ...] = ()
    lowest: str | None = None
    highest: str | None = None

    @property
    def share(self) -> float:
        """Of the rows, how many have the item."""
        return self.filled / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class ItemProfile:
    """An item of a card with its figures, those of the run before, and the names of what changed sharply."""

    card: str
    field: str
    header: str
    figures: Figures
    former: Figures | None
    changes: tuple[str, ...]


def sharp_changes(figures: Figures, former: Figures | None) -> list[str]:
    """Names of what is very different from the run before: `rows`, `filled`, `new_value`, `ends_earlier`."""
    if former is None or max(figures.rows, former.rows) < FEWEST_ROWS:
        return []
    changes = []
    if abs(figures.rows - former.rows) > ROWS_CHANGED * max(former.rows, 1):
        changes.append("rows")
    if abs(figures.share - former.share) > SHARE_CHANGED:
        changes.append("filled")
    before = {text for text, _ in former.commonest}
    if former.commonest and any(
        text not in before and count > NEW_SHARE * figures.filled for text, count in figures.commonest
    ):
        changes.append("new_value")
    if figures.highest and former.highest and "-" in former.highest[1:] and figures.highest < former.highest:
        changes.append("ends_earlier")
    return changes


def profile(con: duckdb.DuckDBPyConnection) -> list[ItemProfile]:
    """Every item of the cards that were loaded now or in the run before, in the order of the cards."""
    rows = con.execute(
        """select p.card, p.field, coalesce(f.header, p.field), changes,
  rows, filled, distinct_values, commonest, lowest, highest,
  former_rows, former_filled, former_distinct, former_commonest, former_lowest, former_highest
from profile p left join fields f on f.card = p.card and f.name = p.field order by p.rowid"""
    )
    return [
        ItemProfile(
            card,
            field,
            header,
            _figures(*values[:6]),
            None if values[6] is None else _figures(*values[6:]),
            tuple(changes),
        )
        for card, field, header, changes, *values in rows.fetchall()
    ]


def former_figures_of(home: Home) -> dict[tuple[str, str], Figures]:
    """The figures of the published run by card and item, for the next to stand beside; none where this version can read no run."""
    try:
        with open_published(home.current()) as con:
            rows = con.execute(
                "select card, field, rows, filled, distinct_values, commonest, lowest, highest from profile"
            )
            return {(card, field): _figures(*values) for card, field, *values in rows.fetchall() if values[0]}
    except (AnkaError, duckdb.Error, OSError, ValueError):
        return {}


def _figures(rows: int, filled: int, distinct: int, commonest: str, lowest: str | None, highest: str | None) -> Figures:
    return Figures(
        rows, filled, distinct, tuple((text, count) for text, count in json.loads(commonest)), lowest, highest
    )
