"""The `lookup` tables the rule language rests on: dictionaries, charge groups and working days, written once per run."""

from datetime import date
from functools import lru_cache

import duckdb
import pyarrow as pa

from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.dictionaries import CHARGES
from expectations.catalogue.working_days import exceptions
from expectations.connections import open_duckdb
from expectations.sql.language import MACROS
from expectations.sql.quoting import quoted

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)
"""Span of lookup.calendar; the macros follow the week outside it."""

_MOST_KEPT = 2
"""Catalogues whose tables are kept."""

_CALENDAR = """
with days as (
  select span.moment::date as day, coalesce(e.is_workday, isodow(span.moment) < 6) as is_workday
  from range($1::timestamp, $2::timestamp + interval 1 day, interval 1 day) span(moment)
  left join calendar_exceptions e on e.day = span.moment::date
)
select day, is_workday, (count_if(is_workday) over (order by day))::integer as workdays,
  min(day) filter (where is_workday) over (order by day rows between current row and unbounded following) as next_workday
from days order by day
"""


def create_lookups(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Creates schema `lookup` with its tables, and the macros."""
    con.execute("create schema if not exists lookup")
    for name, rows in _tables(catalogue).items():
        _store(con, name, rows)
    con.execute(_charge_name_macro(catalogue))
    con.execute(_yes_macros(catalogue))
    con.execute(MACROS)


@lru_cache(_MOST_KEPT)
def _tables(catalogue: Catalogue) -> dict[str, pa.Table]:
    """The tables by name; made once for as long as the catalogue is in use, the calendar of two centuries above all."""
    tables = {
        "dictionaries": _dictionary_table(catalogue),
        "charges": _charge_table(catalogue),
        "charge_groups": _group_table(catalogue),
        "calendar_exceptions": _exception_table(exceptions(catalogue.calendar, catalogue.named_calendar)),
    }
    with open_duckdb() as con:
        con.register("calendar_exceptions", tables["calendar_exceptions"])
        return tables | {"calendar": con.execute(_CALENDAR, [FIRST_DAY, LAST_DAY]).to_arrow_table()}


def _exception_table(days: dict[date, bool]) -> pa.Table:
    return pa.table({"day": pa.array(list(days), pa.date32()), "is_workday": list(days.values())})


def _dictionary_table(catalogue: Catalogue) -> pa.Table:
    rows = [
        {
            "dictionary": dictionary.name,
            "code": value.code,
            "label": value.label,
            "group": value.group,
            "valid_from": value.valid_from,
            "valid_to": value.valid_to,
        }
        for dictionary in catalogue.dictionaries.values()
        for value in dictionary.values
    ]
    text, day = pa.string(), pa.date32()
    names = {"dictionary": text, "code": text, "label": text, "group": text, "valid_from": day, "valid_to": day}
    return pa.Table.from_pylist(rows, pa.schema(names))


def _charge_table(catalogue: Catalogue) -> pa.Table:
    charges = catalogue.dictionaries[CHARGES].values if CHARGES in catalogue.dictionaries else ()
    return pa.table(
        {
            "label": pa.array([c.label for c in charges], pa.string()),
            "chapter": pa.array([c.group.split("/")[0] for c in charges], pa.string()),
            "section": pa.array([c.group for c in charges], pa.string()),
            "valid_from": pa.array([c.valid_from for c in charges], pa.date32()),
            "valid_to": pa.array([c.valid_to for c in charges], pa.date32()),
        }
    )


def _group_table(catalogue: Catalogue) -> pa.Table:
    pairs = [(name, charge) for name, members in catalogue.charge_groups.items() for charge in sorted(members)]
    return pa.Table.from_pylist(
        [{"group": name, "charge": charge} for name, charge in pairs],
        pa.schema({"group": pa.string(), "charge": pa.string()}),
    )


def _store(con: duckdb.DuckDBPyConnection, name: str, rows: pa.Table) -> None:
    con.register("lookup_rows", rows)
    con.execute(f"create or replace table lookup.{name} as select * from lookup_rows")
    con.unregister("lookup_rows")


def _yes_macros(catalogue: Catalogue) -> str:
    """The macros that know what the catalogue's cards say for yes."""
    says_yes = f"coalesce(x in ({', '.join(map(quoted, catalogue.yes_words))}), false)"
    return f"create or replace macro yes(x) as {says_yes}; create or replace macro no(x) as not {says_yes}"


def _charge_name_macro(catalogue: Catalogue) -> str:
    """The macro that puts the dictionary's name in place of another spelling a pack declared."""
    charges = catalogue.dictionaries[CHARGES].values if CHARGES in catalogue.dictionaries else ()
    labels = {quoted(alias): quoted(charge.label) for charge in charges for alias in charge.aliases}
    label_of = "map {" + ", ".join(f"{alias}: {label}" for alias, label in labels.items()) + "}"
    return f"create or replace macro charge_name(c) as {f'coalesce({label_of}[c], c)' if labels else 'c'}"
