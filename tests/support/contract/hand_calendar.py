"""A calendar of 2024 to 2026 copied by hand, and last days found by counting on it; nothing of the product is imported here."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

OFF = """
2024: 0101 0210-0217 0404-0406 0501-0505 0610 0915-0917 1001-1007
2025: 0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008
2026: 0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007
"""
"""The State Council's notices, copied by hand: days off …"""

WORKED = """
2024: 0204 0218 0407 0428 0511 0914 0929 1012
2025: 0126 0208 0427 0928 1011
2026: 0104 0214 0228 0509 0920 1010
"""
"""… and the Saturdays and Sundays worked instead."""


def days_of(text: str) -> Iterator[date]:
    for year, days in re.findall(r"(\d{4}): (.*)", text):
        for first, last in (part.split("-") if "-" in part else (part, part) for part in days.split()):
            day, end = (date(int(year), int(md[:2]), int(md[2:])) for md in (first, last))
            while day <= end:
                yield day
                day += timedelta(days=1)


DAYS_OFF, DAYS_WORKED = frozenset(days_of(OFF)), frozenset(days_of(WORKED))


def worked(day: date) -> bool:
    return day in DAYS_WORKED or (day.weekday() < 5 and day not in DAYS_OFF)


def last_day(start: date, term: str, in_custody: bool) -> date:
    """The last day, by counting on a calendar."""
    parts = {unit: int(number) for number, unit in re.findall(r"(\d+) (\w+)", term)}
    day = start
    for _ in range(parts.get("workday", 0)):
        day += timedelta(days=1)
        while not worked(day):
            day += timedelta(days=1)
    month = day.month + parts.get("month", 0)
    year, month = day.year + (month - 1) // 12, (month - 1) % 12 + 1
    day = date(year, month, min(day.day, calendar.monthrange(year, month)[1])) + timedelta(days=parts.get("day", 0))
    while not in_custody and not worked(day):
        day += timedelta(days=1)
    return day
