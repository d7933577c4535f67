"""Years without holiday data in which limits of a run end: there the week is followed, and the run must say so.

The days a judgement looks up are found in its syntax tree; nothing is judged here.
"""

from collections.abc import Iterable
from functools import lru_cache

import duckdb
from sqlglot import exp

from expectations.run.schema import CALENDAR_GAPS
from expectations.sql.judgements import Judgement
from expectations.sql.language import function_name, render

_LOOKED_UP = {
    "deadline": "case when not ({3}) then case when ({2}) = 'month' then add_months({0}, {1}) else add_days({0}, {1}) end end",
    "deadline_md": "case when not ({3}) then add_days(add_months({0}, {1}), {2}) end",
    "next_workday": "{0}",
    "is_workday": "{0}",
    "add_workdays": "{0}",
}
"""By helper, the day it looks up in the calendar; none for a person in custody, whose limit does not move."""

_MOST_KEPT = 2048
"""Judgements of which it is kept what they look up; a catalogue has a thousand."""

_NOT_ON_THE_CARD = frozenset({"stage", "has_stage", "agg_rows", "raw"})


def find_calendar_gaps(
    con: duckdb.DuckDBPyConnection, judgements: Iterable[Judgement], known_years: frozenset[int]
) -> tuple[int, ...]:
    """Fills table `calendar_gaps` (year, card, card_rows) with rows that look up a day of an unknown year; returns the years.

    Where no year is known the catalogue goes by the week, and nothing is missing. Needs the `cards` tables and the macros. On the safe side: a day counts even where its rule does not apply in the end; one
    that rests on other rows is left out.
    """
    con.execute(CALENDAR_GAPS.create())
    if not known_years:
        return ()
    by_card: dict[str, dict[str, None]] = {}
    for judgement in judgements:
        by_card.setdefault(judgement.card.name, {}).update(dict.fromkeys(_days_looked_up(judgement)))
    years = ", ".join(map(str, sorted(known_years)))
    for card, days in sorted(by_card.items()):
        if days:
            con.execute(
                f"insert into calendar_gaps select year(day), '{card}', count(distinct _row) "
                f"from (select _row, unnest([{', '.join(days)}]) as day from cards.{card}) "
                f"where year(day) not in ({years}) group by year(day) order by year(day)"
            )
    gap_years = con.execute("select distinct year from calendar_gaps order by year").fetchall()
    return tuple(int(year) for (year,) in gap_years)


@lru_cache(_MOST_KEPT)
def _days_looked_up(judgement: Judgement) -> tuple[str, ...]:
    """The days of the judged row that the judgement looks up, as SQL over `cards.<card>`."""
    calls = ((_LOOKED_UP.get(function_name(node)), node) for node in judgement.tree.find_all(exp.Anonymous))
    return tuple(
        form.format(*(render(argument) for argument in node.expressions))
        for form, node in calls
        if form and not _looks_elsewhere(node)
    )


def _looks_elsewhere(node: exp.Expr) -> bool:
    """Whether a call reads other rows or the text of a cell, which a query on the card's items cannot answer."""
    return any(column.table for column in node.find_all(exp.Column)) or any(
        function_name(inside) in _NOT_ON_THE_CARD for inside in node.find_all(exp.Func)
    )
