"""In which forms a column writes days and moments: those that occur, and whether day or month comes first, which is never guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import duckdb

from expectations.catalogue.cards import Field
from expectations.catalogue.date_formats import pattern_of
from expectations.sql.cell_values import rare_sql, typed_sql
from expectations.sql.quoting import quoted

_TIMES = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_CLEAR = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
)  # fmt: skip
"""Days that are written in one way only."""
_EITHER = tuple(
    (f"%d{sign}%m{sign}{year}", f"%m{sign}%d{sign}{year}") for sign in ("/", ".", "-") for year in ("%Y", "%y")
)
"""Day first and month first look the same."""
HAS_SHAPE = r"^.*\d.*[-/.年: ].*\d.*$"
"""What a day looks like, whatever its form."""
_USUAL: tuple[Literal["date", "datetime"], ...] = ("date", "datetime")
_CLOCK, _MIDNIGHT = r"\d{1,2}[:时]\d{1,2}", r"\b0?0:00(?::00(?:\.0+)?)?$"


@dataclass(frozen=True)
class Dates:
    """How a column writes its days or moments: no `formats` where the usual reading reads them. `unclear`: pairs of forms that all values
    fit, or that both occur, so that a person has to say which is meant. `fitting`: cells read."""

    type: str
    formats: tuple[str, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    unclear: tuple[tuple[str, str], ...] = ()
    fitting: int = 0


def dates_in(con: duckdb.DuckDBPyConnection, needed: int, rare: int) -> Dates | None:
    """The forms of the values in `anka_values` (text `v`, `n` cells); None where fewer than `needed` cells are days or moments.

    A form of `rare` cells or fewer is a slip and none of the column's.
    """
    usual = {kind: reading_sql(Field(name="v", header="v", type=kind)) for kind in _USUAL}
    # five digits may be the serial number of a day, and are anything else more often
    days, moments, timed = cells(
        con,
        f"({usual['date']}) is not null and not regexp_full_match(v, '\\d{{5}}(?:\\.\\d+)?')",
        f"({usual['datetime']}) is not null",
        f"regexp_matches(v, {quoted(_CLOCK)}) and not regexp_matches(v, {quoted(_MIDNIGHT)})",
    )
    if moments >= needed and timed:
        return Dates("datetime", fitting=moments)
    if days >= needed and timed <= rare:
        return Dates("date", fitting=days)
    return _written_dates(con, needed, rare)


def _written_dates(con: duckdb.DuckDBPyConnection, needed: int, rare: int) -> Dates | None:
    clear = [form + time for time in _TIMES for form in _CLEAR]
    pairs = [(day + time, month + time) for time in _TIMES for day, month in _EITHER]
    by_form = dict(zip(clear, cells(con, *map(_fits, clear)), strict=True))
    unclear: list[tuple[str, str]] = []
    either = (condition for pair in pairs for condition in (*map(_fits, pair), " and ".join(map(_fits, pair))))
    counts = iter(cells(con, *either))
    for (day_first, month_first), (by_day, by_month, both) in zip(pairs, zip(counts, counts, counts), strict=True):  # noqa: B905 - one iterator
        if max(by_day, by_month) <= rare:
            continue
        if (by_day > both) == (by_month > both):
            unclear.append((day_first, month_first))
        else:
            by_form[day_first if by_day > both else month_first] = max(by_day, by_month)
    chosen = [(form, count) for form, count in _chosen(con, by_form) if count > rare]
    fitting = sum(count for _, count in chosen)
    if fitting >= needed:
        forms = tuple(form for form, _ in chosen)
        has_time = any("%H" in form or "%I" in form for form in forms)
        return Dates("datetime" if has_time else "date", forms, tuple(chosen), fitting=fitting)
    in_doubt = [_fits(form) for pair in unclear for form in pair]
    (covered,) = cells(con, " or ".join([*in_doubt, *(_fits(form) for form, _ in chosen)]) or "false")
    return Dates("text", (), tuple(chosen), tuple(unclear)) if unclear and covered >= needed else None


def _chosen(con: duckdb.DuckDBPyConnection, by_form: Mapping[str, int]) -> list[tuple[str, int]]:
    """The forms that occur with the cells each reads beyond those before it, the commonest first."""
    chosen: list[tuple[str, int]] = []
    for form in sorted((form for form, count in by_form.items() if count), key=lambda each: -by_form[each]):
        (count,) = cells(con, " and ".join([_fits(form), *(f"not ({_fits(other)})" for other, _ in chosen)]))
        if count:
            chosen.append((form, count))
    return chosen


def _fits(form: str) -> str:
    # `and` does not promise an order: what looks otherwise must not reach strptime
    return f"case when regexp_matches(v, {quoted(pattern_of(form))}) then try_strptime(v, {quoted(form)}) is not null else false end"


def reading_sql(field: Field) -> str:
    """The value of a text `v` in a field of that type, in whatever form it is read."""
    rare = rare_sql(field, "v")
    value = typed_sql(field, "v", {})
    return f"coalesce({value}, {rare})" if rare else f"({value})"


def cells(con: duckdb.DuckDBPyConnection, *conditions: str) -> tuple[int, ...]:
    """How many cells of `anka_values` meet each of the conditions."""
    counts = ", ".join(f"coalesce(sum(n) filter (where {condition}), 0)::bigint" for condition in conditions)
    return tuple(con.execute(f"select {counts} from anka_values").fetchall()[0])
