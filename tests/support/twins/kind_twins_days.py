"""Twins of the kinds that judge the order of days and limits; see `kind_twins`."""

from datetime import date, timedelta

from expectations.catalogue.working_days import exceptions
from support.twins.kind_cards import BUNDLED
from support.twins.kind_twins import TODAY, Judged, below, twin, yes
from support.twins.pandas_values import add_months, custodial

# date_order


@twin("ORD01", "date_order", "close_date accept_date", earlier="accept_date", later="close_date")
def closed_before_accepted(j: Judged) -> bool:
    return below(j["close_date"], j["accept_date"])


@twin(
    "ORD02",
    "date_order",
    "close_date accept_date is_unit kind",
    level="case",
    earlier="accept_date",
    later="close_date",
    when="is_unit = '是' or custodial(kind)",
)
def closed_before_accepted_in_some_cases(j: Judged) -> bool:
    return below(j["close_date"], j["accept_date"]) and (yes(j["is_unit"]) or custodial(j["kind"]))


@twin("ORD03", "date_order", "done_date accept_date close_date", order="done_date between accept_date and close_date")
def done_outside_the_case(j: Judged) -> bool:
    return below(j["done_date"], j["accept_date"]) or below(j["close_date"], j["done_date"])


@twin(
    "ORD04",
    "date_order",
    "$f ret1_date",
    each={"fields": "rep1_date ret2_date rep2_date"},
    earlier="ret1_date",
    later="$f",
)
def step_before_the_first(j: Judged) -> bool:
    return below(j.value, j["ret1_date"])


# deadline


LISTED = exceptions(BUNDLED.calendar, BUNDLED.named_calendar)
"""Holidays (false) and make-up working days (true)."""


def worked(day: date) -> bool:
    """Listed days as listed, else Monday to Friday."""
    return LISTED.get(day, day.weekday() < 5)


def next_worked(day: date) -> date:
    """The first working day on or after a day."""
    return day if worked(day) else next_worked(day + timedelta(days=1))


def last_day(start: date, months: int, days: int, in_custody: bool) -> date:
    """Last day of a limit: the first day is not counted, and out of custody it moves to a working day."""
    last = add_months(start, months) + timedelta(days=days)
    return last if in_custody else next_worked(last)


DONE = "coalesce(done_date, :today)"


@twin("DUE01", "deadline", "done_date accept_date", done=DONE, last_day="deadline(accept_date, 30, 'day', false)")
def done_after_thirty_days(j: Judged) -> bool:
    start = j["accept_date"]
    return start is not None and (j["done_date"] or TODAY) > last_day(start, 0, 30, in_custody=False)


@twin(
    "DUE02",
    "deadline",
    "done_date accept_date kind",
    done=DONE,
    level="case",
    params={"months": 1},
    when="not blank(accept_date)",
    last_day="deadline(accept_date, :months, 'month', custodial(kind))",
)
def done_after_a_month(j: Judged) -> bool:
    start = j["accept_date"]
    return start is not None and (j["done_date"] or TODAY) > last_day(start, 1, 0, custodial(j["kind"]))


@twin(
    "DUE03",
    "deadline",
    "done_date accept_date is_unit",
    done="done_date",
    last_day="deadline_md(accept_date, 1, 14, yes(is_unit))",
)
def done_after_a_month_and_a_fortnight(j: Judged) -> bool:
    start, done_date = j["accept_date"], j["done_date"]
    return start is not None and done_date is not None and done_date > last_day(start, 1, 14, yes(j["is_unit"]))


@twin(
    "DUE04", "deadline", "done_date accept_date", params={"n": 5}, in_time="done_date <= add_workdays(accept_date, :n)"
)
def done_after_five_working_days(j: Judged) -> bool:
    if j["accept_date"] is None or j["done_date"] is None:
        return False
    days = (j["accept_date"] + timedelta(days=n) for n in range(1, 40))
    return bool(j["done_date"] > [day for day in days if worked(day)][4])


@twin(
    "DUE05",
    "deadline",
    "close_date accept_date kind is_unit",
    in_time="case when custodial(kind) then close_date <= deadline(accept_date, 7, 'day', true) else "
    "close_date <= deadline(accept_date, if(yes(is_unit), 15, 20), 'day', false) end",
)
def closed_after_seven_fifteen_or_twenty_days(j: Judged) -> bool:
    if j["accept_date"] is None or j["close_date"] is None:
        return False
    days = 7 if custodial(j["kind"]) else 15 if yes(j["is_unit"]) else 20
    return bool(j["close_date"] > last_day(j["accept_date"], 0, days, custodial(j["kind"])))


@twin(
    "DUE06",
    "deadline",
    "close_date accept_date ret1_date rep1_date ret2_date rep2_date kind",
    done="review_end(close_date, ret1_date, rep1_date, ret2_date, rep2_date, :today)",
    last_day="deadline_md(review_start(accept_date, ret1_date, rep1_date, ret2_date, rep2_date), 1, 0, custodial(kind))",
)
def last_stretch_over_a_month(j: Judged) -> bool:
    start, end = j["rep2_date"] or j["rep1_date"] or j["accept_date"], j["close_date"] or TODAY
    if j["ret1_date"] and not j["rep1_date"]:
        start, end = j["accept_date"], j["ret1_date"]
    if j["ret2_date"] and not j["rep2_date"]:
        start, end = j["rep1_date"] or j["accept_date"], j["ret2_date"]
    return start is not None and end > last_day(start, 1, 0, custodial(j["kind"]))


@twin(
    "DUE07",
    "deadline",
    "$f accept_date",
    each={"fields": "ret1_date rep1_date"},
    done="$f",
    last_day="next_workday(accept_date)",
)
def not_on_the_first_working_day(j: Judged) -> bool:
    return j["accept_date"] is not None and below(next_worked(j["accept_date"]), j.value)


@twin("DUE08", "deadline", "$f", each={"fields": "done_date close_date"}, in_time="is_workday(add_days($f, 1))")
def day_before_a_holiday(j: Judged) -> bool:
    return j.value is not None and not worked(j.value + timedelta(days=1))


@twin(
    "DUE09",
    "deadline",
    "$f accept_date kind",
    each={"fields": "close_date done_date ret1_date rep1_date ret2_date"},
    done="$f",
    last_day="deadline(accept_date, 7, 'day', custodial(kind))",
)
def later_than_seven_days(j: Judged) -> bool:
    return j["accept_date"] is not None and below(last_day(j["accept_date"], 0, 7, custodial(j["kind"])), j.value)
