"""How values become the text of a cell: the date styles, units, aliases and Y marks that real exports mix.

Spoiled rows are written plainly, so that the wrong value in the export is the one that was planted.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from expectations.catalogue.cards import Card, Field
from expectations.catalogue.catalogues import Catalogue
from sample_data.matter import Row, Value

DateStyle = Callable[[date], str]

DASHES: DateStyle = date.isoformat
_SLASHES: DateStyle = "{:%Y/%m/%d}".format
_SHORT_SLASHES: DateStyle = "{0.year}/{0.month}/{0.day}".format
_DOTS: DateStyle = "{0.year}.{0.month}.{0.day}".format
_CHINESE: DateStyle = "{0.year}年{0.month}月{0.day}日".format
_DIGITS: DateStyle = "{:%Y%m%d}".format
_WITH_TIME: DateStyle = "{:%Y-%m-%d} 00:00:00".format
_LEGACY_YES = frozenset({"police_suggest_plea"})


@dataclass(frozen=True)
class Manner:
    """How one export writes: its date styles (drawn per row), and the share of aliases and units among its cells."""

    dates: tuple[DateStyle, ...]
    loose: float = 0.0
    legacy_yes: bool = False


DRILL_DOWN = Manner((DASHES,) * 17 + (_SLASHES, _SLASHES, _CHINESE))
HAND_KEPT = Manner((_SLASHES, _SHORT_SLASHES, _DOTS, _CHINESE, _DIGITS, _WITH_TIME, DASHES), 0.08, True)
REGISTER = Manner((DASHES,) * 5 + (_SLASHES,))


class CellText:
    """Writes the rows of one card in one manner."""

    def __init__(self, catalogue: Catalogue, card: Card, manner: Manner) -> None:
        self.fields = card.fields
        self.manner = manner
        self.aliases: Mapping[str, Mapping[str, str]] = {
            field.name: {
                value.label: value.aliases[0]
                for value in catalogue.dictionaries[field.dictionary].values
                if value.aliases
            }
            for field in card.fields
            if field.type == "dict"
        }

    def cells(self, row: Row, spoiled: bool, rng: Random) -> list[str]:
        """The cells of one row in the order of the card."""
        style = rng.choice(self.manner.dates)
        loose = 0.0 if spoiled else self.manner.loose
        return [self._cell(field, row.get(field.name), style, loose, rng) for field in self.fields]

    def _cell(self, field: Field, value: Value, style: DateStyle, loose: float, rng: Random) -> str:
        if value is None:
            return ""
        if isinstance(value, date):
            return style(value)
        if isinstance(value, int | float):
            unit = {"月": "个月"}.get(field.unit, field.unit)
            return plain_number(value) + (unit if loose and rng.random() < loose else "")
        if self.manner.legacy_yes and field.name in _LEGACY_YES and value == "是":
            return "Y"
        if loose and rng.random() < loose:
            return self.aliases.get(field.name, {}).get(value, value)
        return value


def plain_number(value: float) -> str:
    """A number without a needless `.0`."""
    return str(int(value)) if value == int(value) else str(value)
