"""Cards checked, cards with errors, errors and hints of a run, by office and department. Every outlet counts a run here: commands,
the audit's result, the review workbook, digests, pages. Totals are sums of lines, nothing else.

A card is one case on one card type; a row without case number counts by itself. Hints never count as errors.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import duckdb

from expectations.finding.departments import department_order
from expectations.run.counted import counted_once
from expectations.store.offices import UNKNOWN, Offices

NO_OFFICES = Offices()
"""Where no organisation is known: every office counts as it stands."""

Grain = Literal["office", "department", "prosecutor", "card"]


@dataclass(frozen=True)
class Line:
    """Figures of an office, department, prosecutor and card type; a blank one means all of them, or that the cards have none."""

    office: str = ""
    department: str = ""
    prosecutor: str = ""
    card: str = ""
    checked: int = 0
    with_errors: int = 0
    serious: int = 0
    normal: int = 0
    hints: int = 0

    @property
    def errors(self) -> int:
        """Findings that are errors."""
        return self.serious + self.normal


_WHOSE = (
    "{'office': coalesce(office, ''), 'department': coalesce(department, ''), 'prosecutor': coalesce(prosecutor, '')}"
)
_COUNTED = f"""
with owner as (
  select card, bmsah, first({_WHOSE}) as whose from checked where bmsah is not null group by all
), wrong_case as (
  select distinct card, bmsah from findings where not is_hint and bmsah is not null
), wrong_row as (
  select card, card_row, first({_WHOSE}) as whose from findings where not is_hint and bmsah is null group by all
), wrong as (
  select card, whose from wrong_case join owner using (card, bmsah) union all select card, whose from wrong_row
), counted as (
  select {_WHOSE} as whose, card, count(*) as checked, 0 as with_errors, 0 as serious, 0 as normal, 0 as hints
  from checked group by all
  union all select whose, card, 0, count(*), 0, 0, 0 from wrong group by all
  union all select {_WHOSE}, card, 0, 0, count(*) filter (where not is_hint and severity = 'serious'),
    count(*) filter (where not is_hint and severity <> 'serious'), count(*) filter (where is_hint)
  from findings group by all
)
select whose.office, whose.department, whose.prosecutor, card, sum(checked)::bigint, sum(with_errors)::bigint,
  sum(serious)::bigint, sum(normal)::bigint, sum(hints)::bigint
from counted group by all
"""
"""A card with errors counts under whom it is checked under, an error under whom it says. Needs tables `checked` and `findings`."""


def figure_lines(con: duckdb.DuckDBPyConnection, offices: Offices = NO_OFFICES) -> list[Line]:
    """The figures of the run as far as `con` shows it, as finely as they are kept, each under the office it is counted under."""
    return [replace(line, office=offices.counted_under(line.office, line.department)) for line in _lines(con)]


@counted_once
def _lines(con: duckdb.DuckDBPyConnection) -> list[Line]:
    """The same, each under the office it names."""
    return [Line(*row) for row in con.execute(_COUNTED).fetchall()]


def by(lines: Iterable[Line], *grain: Grain) -> list[Line]:
    """The lines added up to those of `grain`: offices by name with the unknown one last, departments in their fixed order."""
    groups: dict[tuple[str, ...], list[Line]] = {}
    for line in lines:
        groups.setdefault(tuple(getattr(line, name) for name in grain), []).append(line)
    sums = [replace(total(group), **{name: getattr(group[0], name) for name in grain}) for group in groups.values()]
    return sorted(
        sums,
        key=lambda line: (
            line.office == UNKNOWN,
            line.office,
            department_order(line.department),
            line.prosecutor,
            line.card,
        ),
    )


def total(lines: Iterable[Line]) -> Line:
    """All lines added up."""
    numbers = [figure.name for figure in fields(Line) if figure.type in (int, "int")]
    rows = list(lines)
    return Line(**{name: sum(getattr(line, name) for line in rows) for name in numbers})


def several_offices(lines: Sequence[Line]) -> bool:
    """Whether a department's name does not say which department it is."""
    return len({line.office for line in lines} - {UNKNOWN}) > 1
