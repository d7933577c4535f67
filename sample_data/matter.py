"""The shapes the generator passes around: a row, a matter with its cards, an expected finding.

Only shapes; what is put into them is decided by the card modules and the plants.
"""

from dataclasses import dataclass, field
from datetime import date

Value = str | int | float | date | None
Row = dict[str, Value]


@dataclass(frozen=True, order=True)
class Planted:
    """One finding the audit must make: a line of the truth table."""

    rule_id: str
    card: str
    bmsah: str
    suspect_no: str
    field: str = ""


@dataclass(frozen=True)
class Matter:
    """One criminal matter: its arrest case, its prosecution case and the measures of its suspects.

    Either case may be missing (no rows).
    """

    arrest: list[Row] = field(default_factory=list)
    prosecution: list[Row] = field(default_factory=list)
    measure: list[Row] = field(default_factory=list)

    def rows(self, card: str) -> list[Row]:
        """The rows of one card."""
        return {"arrest": self.arrest, "prosecution": self.prosecution, "measure": self.measure}[card]


def text(value: Value) -> str:
    """The value as truth table and case names show it; blank for None."""
    return "" if value is None else str(value)
