"""The `lookup` tables the rule language rests on: dictionaries, charge groups and working days, written once per run."""

from collections.abc import Iterable
from datetime import date

import duckdb
import pyarrow as pa

from expectations.catalogues import Catalogue
from expectations.dictionaries import CalendarYear
from expectations.language import MACROS

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""Span of lookup.calendar; the macros follow the week outside it."""

_CALENDAR = """
create or replace table lookup.calendar as
with days as (
  select span.moment::date as day, coalesce(e.is_workday, isodow(span.moment) < 6) as is_workday
  from range($1::timestamp, $2::timestamp + interval 1 day, interval 1 day) span(moment)
  left join lookup.calendar_exceptions e on e.day = span.moment::date
)
select day, is_workday,
  min(day) filter (where is_workday) over (order by day rows between current row and unbounded following) as next_workday
from days order by day
"""


def create_lookups(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Creates schema `lookup` with its tables, and the macros."""
    con.execute("create schema if not exists lookup")
    _store(con, "dictionaries", _dictionary_table(catalogue))
    _store(con, "charges", _charge_table(catalogue))
    _store(con, "charge_groups", _group_table(catalogue))
    _store(con, "calendar_exceptions", _exception_table(catalogue.calendar))
    con.execute(_CALENDAR, [FIRST_DAY, LAST_DAY])
    con.execute(MACROS)


def _exception_table(calendar: Iterable[CalendarYear]) -> pa.Table:
    exceptions = {day: False for year in calendar for day in year.days_off}
    exceptions |= {day: True for year in calendar for day in year.make_up_days}
    return pa.table({"day": pa.array(list(exceptions), pa.date32()), "is_workday": list(exceptions.values())})


def _dictionary_table(catalogue: Catalogue) -> pa.Table:
    rows = [
        {
            "dictionary": dictionary.name, "code": value.code, "label": value.label, "group": value.group,
            "valid_from": value.valid_from, "valid_to": value.valid_to,
        }
        for dictionary in catalogue.dictionaries.values()
        for value in dictionary.values
    ]  # fmt: skip
    text, day = pa.string(), pa.date32()
    names = {"dictionary": text, "code": text, "label": text, "group": text, "valid_from": day, "valid_to": day}
    return pa.Table.from_pylist(rows, pa.schema(names))


def _charge_table(catalogue: Catalogue) -> pa.Table:
    charges = catalogue.dictionaries["CHARGE"].values
    return pa.table(
        {
            "label": [c.label for c in charges],
            "chapter": [c.group.split("/")[0] for c in charges],
            "section": [c.group for c in charges],
            "valid_from": pa.array([c.valid_from for c in charges], pa.date32()),
            "valid_to": pa.array([c.valid_to for c in charges], pa.date32()),
        }
    )


def _group_table(catalogue: Catalogue) -> pa.Table:
    pairs = [(name, charge) for name, members in catalogue.charge_groups.items() for charge in sorted(members)]
    return pa.table({"group": [name for name, _ in pairs], "charge": [charge for _, charge in pairs]})


def _store(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    con.register("lookup_rows", rows)
    con.execute(f"create or replace table lookup.{name} as select * from lookup_rows")
    con.unregister("lookup_rows")
