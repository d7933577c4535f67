"""The office's calendar: which day it is there, and what its clock showed at a moment of the register.

The one place that knows time zones. Moments are kept in UTC without a zone; the clock of the machine plays no part.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from expectations.errors import InputError
from expectations.texts import Bilingual

VARIABLE = "ANKA_TIME_ZONE"
_CHINA = "Asia/Shanghai"


def named_zone(name: str) -> ZoneInfo | None:
    """The zone of a name; None if there is none such."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def office_zone() -> ZoneInfo:
    """The zone `ANKA_TIME_ZONE` names, else China's. Raises InputError."""
    name = os.environ.get(VARIABLE) or _CHINA
    zone = named_zone(name)
    if zone is None:
        raise InputError(
            Bilingual("没有这个时区", "unknown time zone").about(f"{VARIABLE}={name}"),
            hint=Bilingual("例如", "for example").about(f"{VARIABLE}={_CHINA}"),
        )
    return zone


def office_clock(moment: datetime) -> datetime:
    """What the office's clock shows at a kept moment, with its zone."""
    return moment.replace(tzinfo=UTC).astimezone(office_zone())


def as_kept(moment: datetime) -> datetime:
    """A moment that says its zone, as moments are kept: in UTC, without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def day_of(moment: datetime) -> date:
    """The office's day in which a kept moment lies."""
    return office_clock(moment).date()


def today(moment: datetime | None = None) -> date:
    """The day it is in the office, now or at `moment`."""
    return day_of(moment) if moment else datetime.now(office_zone()).date()


def last_at(clock: time, moment: datetime | None = None) -> datetime:
    """The last moment, as moments are kept, at which the office's clock showed that time: before now, or before `moment`."""
    shown = office_clock(moment or datetime.now(UTC).replace(tzinfo=None))
    day = shown.date() if shown.time() >= clock else shown.date() - timedelta(days=1)
    return as_kept(datetime.combine(day, clock, office_zone()))


def begin_of(day: date) -> datetime:
    """The moment at which a day begins in the office, as moments are kept."""
    return as_kept(datetime.combine(day, time(), office_zone()))
