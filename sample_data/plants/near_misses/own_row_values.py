"""Values of the near misses: awkward dates, the last day of a limit, identities at an edge, other written forms.

Working days come from the bundled calendar. What the law says about a limit stands with the plants, not here.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from expectations.catalogue.catalogues import load_catalogue
from sample_data.courses.timeline import months_after
from sample_data.matter import Row, Value
from sample_data.people import full_years, id_check_digit, uscc_check_sign
from sample_data.planting import Change
from sample_data.plants.wants import day_of, number_of

Limit = tuple[int, int]
"""A time limit in months and days."""


@cache
def _exceptions() -> tuple[frozenset[date], frozenset[date]]:
    """The days off and the make-up working days of the bundled calendar."""
    years = load_catalogue().calendar
    return frozenset(d for y in years for d in y.days_off), frozenset(d for y in years for d in y.make_up_days)


def _working(day: date) -> bool:
    off, made_up = _exceptions()
    return day in made_up or (day not in off and day.weekday() < 5)


def last_day(start: date, limit: Limit, moves: bool = True) -> date:
    """The last day of a limit; where it `moves`, the first working day from then on."""
    day = months_after(start, limit[0]) + timedelta(days=limit[1])
    while moves and not _working(day):
        day += timedelta(days=1)
    return day


def first_start(end: date, limit: Limit, moves: bool = True) -> date:
    """The earliest start of a limit that `end` still keeps."""
    start = end
    while last_day(start - timedelta(days=1), limit, moves) >= end:
        start -= timedelta(days=1)
    return start


@cache
def awkward_start(first: date, last: date, limit: Limit) -> date:
    """The start between the two days whose limit is moved farthest by days off; the latest of several."""
    starts = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return max(starts, key=lambda day: (last_day(day, limit) - last_day(day, limit, moves=False), day))


def ends(name: str, limit: Limit, moves: bool = True) -> Callable[[Row], Value]:
    """The last day of a limit that the date `name` starts."""
    return lambda row: last_day(day_of(row, name), limit, moves)


def accepted_for(end: str, limit: Limit, moves: bool = True) -> Callable[[Row], Value]:
    """The earliest acceptance, in the year of the case number, that still makes `end` timely."""
    return lambda row: max(
        first_start(day_of(row, end), limit, moves), day_of(row, "accept_date").replace(month=1, day=1)
    )


def started(after: str, span: tuple[int, int], limit: Limit) -> Callable[[Row], date]:
    """A start so many days (from, to) after the date `after`, as awkward as can be."""

    def start(row: Row) -> date:
        low, high = (day_of(row, after) + timedelta(days=n) for n in span)
        return awkward_start(low, high, limit)

    return start


def answered_on_last_day(
    applied: str, answered: str, after: str, span: tuple[int, int], limit: Limit
) -> dict[str, Change]:
    """An application in that span and its answer on the last day."""
    start = started(after, span, limit)
    return {applied: start, answered: lambda row: last_day(start(row), limit)}


COURSE = "accept_date notice_date interrog_date plea_sign_date p_close_date close_date nonpros_date finish_date".split()
"""The dates of a case that was dropped by an office nobody sent an arrest case to."""


def carried(target: Callable[[date], date]) -> dict[str, Change]:
    """A whole dropped case carried to another day of acceptance; what may lie before it is left blank."""

    def moved(name: str) -> Change:
        def change(row: Row) -> Value:
            day, start = row.get(name), day_of(row, "accept_date")
            return day + (target(start) - start) if isinstance(day, date) else None

        return change

    blank = ("crime_start", "crime_end", "early_type", "early_date", "early_mode", "np_recon_apply", "np_recon_date")
    return {name: moved(name) for name in COURSE} | dict.fromkeys(blank)


def closed_on(end: Callable[[date], date], target: Callable[[date], date]) -> dict[str, Change]:
    """A dropped case carried to another day of acceptance and closed on a day that follows from it."""

    def closed(row: Row) -> date:
        return end(target(day_of(row, "accept_date")))

    def finished(row: Row) -> Value:
        return closed(row) + timedelta(days=5)

    names = ("p_close_date", "close_date", "nonpros_date")
    return carried(target) | dict.fromkeys(names, closed) | {"finish_date": finished}


def before_days_off(accept: date) -> date:
    """The day of this year up to the acceptance whose month later is moved farthest by days off."""
    return awkward_start(date(accept.year, 1, 1), accept, (1, 0))


def on_the_31st(accept: date) -> date:
    """The last day of this year up to the acceptance whose month later is shorter; else the acceptance."""
    days = [accept - timedelta(days=n) for n in range((accept - date(accept.year, 1, 1)).days + 1)]
    return next((day for day in days if day.day == 31 and months_after(day, 1).day < 31), accept)


def taken_in(limit: Limit) -> dict[str, Change]:
    """An arrest case taken in a little earlier, so that its last day falls on days off, and decided after them."""

    def accepted(row: Row) -> date:
        day = day_of(row, "accept_date")
        return awkward_start(max(day - timedelta(days=9), day.replace(month=1, day=1)), day, limit)

    def decided(row: Row) -> Value:
        return last_day(accepted(row), limit)

    def finished(row: Row) -> Value:
        return last_day(accepted(row), limit) + timedelta(days=4)

    begun: dict[str, Change] = dict.fromkeys(("accept_date", "request_date", "interrog_date"), accepted)
    return begun | dict.fromkeys(("p_close_date", "close_date", "served_date"), decided) | {"finish_date": finished}


def accepted_early(*names: str, end: str, limit: Limit, moves: bool = True) -> dict[str, Change]:
    """Acceptance, and what was done that day, as early as the end still allows."""
    return dict.fromkeys(("accept_date", *names), accepted_for(end, limit, moves))


def with_unit(name: str, unit: str) -> Change:
    """A number of the clean row written with its unit."""
    return lambda row: f"{number_of(row, name):g}{unit}"


def in_chinese(name: str) -> Change:
    """A date of the clean row written with 年, 月 and 日."""
    return lambda row: "{0.year}年{0.month}月{0.day}日".format(day_of(row, name))


def serial(name: str) -> Change:
    """A date of the clean row as the number Excel stores."""
    return lambda row: str((day_of(row, name) - date(1899, 12, 30)).days)


def reborn(birth: Callable[[Row], date], younger: int = 0) -> dict[str, Change]:
    """Another birth date with the identity number and the age that go with it, the age so many years less."""

    def number(row: Row) -> Value:
        old = str(row["id_no"])
        first17 = f"{old[:6]}{birth(row):%Y%m%d}{old[14:17]}"
        return first17 + id_check_digit(first17)

    def age(row: Row) -> Value:
        return full_years(birth(row), day_of(row, "crime_start")) - younger

    return {"birth_date": birth, "id_no": number, "age_at_crime": age}


def years_before_crime(years: int, days: int = 0) -> Callable[[Row], date]:
    """So many years before the crime, and days before that."""
    return lambda row: date.fromordinal(months_after(day_of(row, "crime_start"), -12 * years).toordinal() - days)


def ending_in_x(number: str) -> str:
    """The number with another serial of the same sex, so that its check digit is X."""
    firsts = (f"{number[:14]}{serial_no:03d}" for serial_no in range(int(number[16]) % 2, 1000, 2))
    return next(first17 + "X" for first17 in firsts if id_check_digit(first17) == "X")


def sloppy(number: str) -> str:
    """A number ending in X, written in three groups with a small x."""
    number = ending_in_x(number).lower()
    return f"{number[:6]} {number[6:14]} {number[14:]}"


def unknown_county(number: str) -> str:
    """The number with a county that no list has, in the same province."""
    return (first17 := number[:2] + "9999" + number[6:17]) + id_check_digit(first17)


def last_sign(code: str) -> str:
    """The credit code with another serial, so that its check sign is the last of all signs."""
    firsts = (f"{code[:10]}{serial_no:07d}" for serial_no in range(9_000_000, 9_001_000))
    return next(first17 + "Y" for first17 in firsts if uscc_check_sign(first17) == "Y")


def five_digits(number: str) -> str:
    """The case number with a serial of five digits."""
    start, end = number.index("]") + 7, len(number) - 1
    return f"{number[:start]}{int(number[start:end]):05d}号"


def late_document(number: str) -> str:
    """The document number in the last ten thousand of five digits."""
    start, end = number.index("〕") + 1, len(number) - 1
    return f"{number[:start]}{90_000 + int(number[start:end])}号"


PER_CASE = frozenset(
    "C011 C013 C014 C015 C031 C032 C034 C035 C036 C039 C051 L007 L008 L035 L036 T009 T016 T017 T018".split()
    + "P002 P003 P004 P005 P006 P009 P011".split()
)
"""The rules of these plants that make one finding per case."""
OTHER_CHARGE_ITEMS = ("transfer_other_charges", "ps_other_charges", "p_close_other", "close_other_charges", "j_other")
ARREST_OTHER_ITEMS = ("transfer_other_charges", "a_other", "p_close_other")


def with_others(charge: str, items: tuple[str, ...] = OTHER_CHARGE_ITEMS) -> dict[str, Change]:
    """One other charge, named alike at every stage."""
    return dict.fromkeys(items, charge)
