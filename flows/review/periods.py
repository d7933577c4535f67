"""Review periods as people write them: 2026, 2026H1, 2026Q3, 2026-05."""

import calendar
import re
from dataclasses import dataclass
from datetime import date

from expectations.errors import InputError
from expectations.texts import Bilingual

_PERIOD = re.compile(r"(?P<year>20\d{2})(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|-(?P<month>0[1-9]|1[0-2]))?")
_MONTHS = {"half": 6, "quarter": 3, "month": 1}


@dataclass(frozen=True)
class Period:
    """A span of days, both included."""

    name: str
    first: date
    last: date


def parse_period(text: str) -> Period:
    """The period named by `text`. Raises InputError."""
    match = _PERIOD.fullmatch(text.strip().upper())
    if match is None:
        raise InputError(
            Bilingual("不认识的期间", "unknown period").about(text),
            hint=Bilingual("例如", "for example").about("2026, 2026H1, 2026Q3, 2026-05"),
        )
    year, first_month, months = int(match["year"]), 1, 12
    for unit, length in _MONTHS.items():
        if match[unit]:
            first_month, months = (int(match[unit]) - 1) * length + 1, length
    last_month = first_month + months - 1
    last_day = calendar.monthrange(year, last_month)[1]
    return Period(match[0], date(year, first_month, 1), date(year, last_month, last_day))
