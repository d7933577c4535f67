"""Working days: the named calendar a catalogue goes by, if it names one, and over it the catalogue's own, day by day.

Only which days are worked; the tables and macros made of them are `lookups` and `macros.sql`.
"""

from collections.abc import Iterable
from datetime import date
from typing import Literal

from chinese_calendar import holidays, workdays

from expectations.catalogue.dictionaries import CalendarYear

NamedCalendar = Literal["china", "week"]
"""China's holidays and make-up days as its State Council publishes them, by year; or no holidays at all, Monday to Friday."""

PACKAGE_YEARS = frozenset(day.year for day in holidays)
"""The years for which the package holds the State Council's notice."""


def exceptions(calendar: Iterable[CalendarYear], named: NamedCalendar) -> dict[date, bool]:
    """The days of holidays (false) and make-up working days (true); every other day follows the week."""
    days: dict[date, bool] = {}
    if named == "china":
        days |= dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True)
    for year in calendar:
        days |= dict.fromkeys(year.days_off, False) | dict.fromkeys(year.make_up_days, True)
    return days


def named_days(named: NamedCalendar) -> bytes:
    """What the named calendar holds, for the fingerprint of a catalogue: a run with other holidays is another run."""
    return ",".join(f"{day:%Y%m%d}{worked:d}" for day, worked in sorted(exceptions((), named).items())).encode()


def known_years(calendar: Iterable[CalendarYear], named: NamedCalendar) -> frozenset[int]:
    """The years with holiday data; all others follow the week. None at all where the week is what a catalogue goes by."""
    listed = frozenset(year.year for year in calendar)
    return PACKAGE_YEARS | listed if named == "china" else listed
