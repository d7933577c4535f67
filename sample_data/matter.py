"""The shapes the generator passes around: a row, a matter with its cards, an expected finding.

Only shapes; what is put into them is decided by the card modules and the plants.
"""

from dataclasses import dataclass, field
from datetime import date

Value = str | int | float | date | None
Row = dict[str, Value]


@dataclass(frozen=True, order=True)
class Planted:
    """One finding the audit must make, or (of a near miss) must not make: a line of a truth table."""

    rule_id: str
    card: str
    bmsah: str
    suspect_no: str
    field: str = ""


@dataclass(frozen=True)
class Matter:
    """All that belongs together: the rows of one suspect's or one dispute's course, by card."""

    cards: dict[str, list[Row]] = field(default_factory=dict)

    def rows(self, card: str) -> list[Row]:
        """The rows of one card, none where the matter never came there."""
        return self.cards.setdefault(card, [])


def text(value: Value) -> str:
    """The value as truth table and case names show it; blank for None."""
    return "" if value is None else str(value)
