"""When things happen in a matter: every date of the course, in order, none after the audit date.

All clean limits are kept with room to spare (a month is taken as 27 days), so that no date here depends on holidays.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from sample_data.courses.scenario import FAST, OPEN, RETURNED, Scenario

_CUSTODY_DAYS = {"retention": (40, 90), "residence": (8, 35)}
WINDOW_DAYS = 395
"""How far back from the audit date cases were accepted."""


@dataclass(frozen=True)
class Timeline:
    """The dates of one matter; None for what has not happened by the audit date."""

    as_of: date
    crime_start: date
    crime_end: date
    caught: date
    arrest_accept: date | None = None
    arrest_close: date | None = None
    arrest_done: date | None = None
    accept: date | None = None
    ret1: date | None = None
    rep1: date | None = None
    ret2: date | None = None
    rep2: date | None = None
    extend: date | None = None
    close: date | None = None
    court: date | None = None
    judged: date | None = None
    received: date | None = None
    remedy: date | None = None
    second: date | None = None
    effective: date | None = None
    finish: date | None = None

    @property
    def last_start(self) -> date:
        """The day the last stretch of review began."""
        start = self.rep2 or self.rep1 or self.accept
        assert start is not None
        return start

    @property
    def first_year(self) -> int:
        """The year of the first acceptance, which numbers the matter."""
        first = self.arrest_accept or self.accept
        assert first is not None
        return first.year


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def weekday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - days(max(day.weekday() - 4, 0))


def plan_timeline(scenario: Scenario, as_of: date, rng: Random) -> Timeline:
    """Dates for a scenario, counted back from the audit date."""
    if not scenario.outcome:
        return _arrest_only(scenario, as_of, rng)
    dates: dict[str, date] = {}
    gaps = _review_gaps(scenario, rng) | _trial_gaps(scenario, rng)
    accept = _accept_date(scenario, as_of, gaps, rng)
    day = accept
    for name, gap in gaps.items():
        day = day + days(gap) if name == "effective" else weekday(day + days(gap))
        dates[name] = day
    dates["accept"] = accept
    if scenario.extended:
        start = dates.get("rep2", dates.get("rep1", accept))
        dates["extend"] = weekday(start + days(rng.randint(25, 27)))
    if scenario.outcome == RETURNED:
        dates.pop("rep1" if scenario.returns == 1 else "rep2", None)
    past = {name: day for name, day in dates.items() if day <= as_of}
    _drop_unknown(scenario, past)
    return Timeline(as_of=as_of, **past, **_before_acceptance(scenario, accept, rng))


def _review_gaps(s: Scenario, rng: Random) -> dict[str, int]:
    gaps: dict[str, int] = {}
    for n in range(1, s.returns + 1):
        gaps[f"ret{n}"] = rng.randint(14, 26)
        gaps[f"rep{n}"] = rng.randint(18, 27)
    if s.outcome == "退查后未重报":
        del gaps[f"rep{s.returns}"]
        gaps["close"] = rng.randint(36, 60)
    elif s.outcome not in (OPEN, RETURNED):
        quick = s.procedure == FAST and s.outcome == "起诉"
        low, high = (4, 9) if quick and not s.converted else (30, 41) if s.extended else (7, 26)
        gaps["close"] = s.review_days or rng.randint(low, high)
    return gaps


def _trial_gaps(s: Scenario, rng: Random) -> dict[str, int]:
    if s.untried:
        return {}
    if s.outcome != "起诉":
        return {"finish": rng.randint(3, 15)} if s.outcome not in (OPEN, RETURNED) else {}
    quick = s.procedure == FAST and not s.converted
    gaps = {"court": rng.randint(4, 14) if quick else rng.randint(12, 55)}
    gaps["judged"] = 0 if quick or rng.random() < 0.6 else rng.randint(3, 20)
    gaps["received"] = rng.randint(1, 6)
    if s.remedy:
        gaps["remedy"] = rng.randint(2, 8)
        # A remedy still open gets a day after every audit date, which is cut off like all that lies ahead.
        gaps["second"] = rng.randint(35, 75) if s.remedy_done else 9999
        gaps["effective"] = 0
    else:
        # Ten days to appeal, counted from the day after the receipt (刑诉法第230条); in effect on the next.
        gaps["effective"] = 11
    gaps["finish"] = rng.randint(2, 18)
    return gaps


def _until(s: Scenario) -> tuple[str, ...]:
    order = (
        "ret1",
        "rep1",
        "ret2",
        "rep2",
        "close",
        "court",
        "judged",
        "received",
        "remedy",
        "second",
        "effective",
        "finish",
    )
    last = {"close": 5, "judged": 8, "remedy": 9, "effective": 11, "finish": 12}[s.until]
    return tuple(name for name in order[:last] if not (name == "second" and not s.remedy_done))


def _accept_date(s: Scenario, as_of: date, gaps: dict[str, int], rng: Random) -> date:
    if s.outcome == OPEN and s.review_days:
        return as_of - days(s.review_days)
    if s.outcome == OPEN:
        back = rng.randint(30, 34) if s.extended else rng.randint(1, 14 if s.returns else 19)
        return weekday(as_of - days(back + sum(gaps.values())))
    if s.outcome == RETURNED:
        before = sum(gaps[name] for name in ("ret1", "rep1", "ret2")[: 2 * s.returns - 1])
        return weekday(as_of - days(before + (s.review_days or rng.randint(1, 18))))
    needed = sum(gaps[name] for name in _until(s) if name in gaps)
    nearest = max(needed + 3, s.ago)
    return weekday(as_of - days(rng.randint(nearest, max(s.recent or WINDOW_DAYS, nearest + 14))))


def _drop_unknown(s: Scenario, dates: dict[str, date]) -> None:
    """A judgment is known only once received; a case is finished only once its judgment has effect."""
    if "received" not in dates:
        for name in ("judged", "remedy", "second", "effective", "finish"):
            dates.pop(name, None)
    if s.outcome == "起诉" and "effective" not in dates:
        dates.pop("finish", None)


def _arrest_only(s: Scenario, as_of: date, rng: Random) -> Timeline:
    if s.arrest == OPEN:
        open_dates = _arrest_dates(s, as_of - days(s.review_days or rng.randint(1, 3)), rng)
        return Timeline(
            as_of=as_of, **{n: d for n, d in open_dates.items() if n not in ("arrest_close", "arrest_done")}
        )
    nearest = max(14, s.ago)
    back = rng.randint(nearest, max(s.recent or (75 if s.arrest == "批准逮捕" else 300), nearest + 5))
    dates = _arrest_dates(s, weekday(as_of - days(back)), rng)
    return Timeline(as_of=as_of, **dates)


def _arrest_dates(s: Scenario, accept: date, rng: Random) -> dict[str, date]:
    detained = s.request_measure == "拘留"
    close = weekday(accept + days(s.arrest_days or (rng.randint(3, 7) if detained else rng.randint(5, 13))))
    caught = accept - days(rng.randint(3, 27) if detained else rng.randint(10, 60))
    return {
        "arrest_accept": accept,
        "arrest_close": max(close, accept),
        "arrest_done": max(close, accept) + days(rng.randint(2, 8)),
        "caught": caught,
    } | _crime_dates(caught, rng)


def _crime_dates(caught: date, rng: Random) -> dict[str, date]:
    end = caught - days(rng.randint(0, 70))
    return {"crime_end": end, "crime_start": end - days(rng.choice((0, 0, 0, rng.randint(1, 120))))}


def _before_acceptance(s: Scenario, accept: date, rng: Random) -> dict[str, date]:
    if s.arrest:
        return _arrest_dates(
            s, weekday(accept - days((s.investigation_days or rng.randint(28, 70)) + s.arrest_days)), rng
        )
    caught = accept - days(rng.randint(*_CUSTODY_DAYS.get(s.custody, (10, 120))))
    return {"caught": caught} | _crime_dates(caught, rng)
