"""China's working days: the calendar package for the years it knows, over it the catalogue's calendar, day by day.

Only which days are worked; the tables and macros made of them are `lookups` and `macros.sql`.
"""

from collections.abc import Iterable
from datetime import date

from chinese_calendar import holidays, workdays

from expectations.catalogue.dictionaries import CalendarYear

PACKAGE_YEARS = frozenset(day.year for day in holidays)
"""The years for which the package holds the State Council's notice."""


def exceptions(calendar: Iterable[CalendarYear]) -> dict[date, bool]:
    """The days of holidays (false) and make-up working days (true); every other day follows the week."""
    days: dict[date, bool] = dict.fromkeys(holidays, False) | dict.fromkeys(workdays, True)
    for year in calendar:
        days |= dict.fromkeys(year.days_off, False) | dict.fromkeys(year.make_up_days, True)
    return days


def package_days() -> bytes:
    """What the package holds, for the fingerprint of a catalogue: a run with other holidays is another run."""
    return ",".join(f"{day:%Y%m%d}{worked:d}" for day, worked in sorted(exceptions(()).items())).encode()


def known_years(calendar: Iterable[CalendarYear]) -> frozenset[int]:
    """The years with holiday data; all others follow the week."""
    return PACKAGE_YEARS.union(year.year for year in calendar)
