"""Reading the early warnings of a published run: the one place where they are selected, for command line and dashboard alike."""

from dataclasses import dataclass

import duckdb

from expectations.run.published import PLACES, Where, check_choices, place_columns
from expectations.texts import Language

DUE_COLUMNS = (
    "days_left",
    "last_day",
    "grade",
    "rule_id",
    "title",
    "card",
    "case",
    "person",
    "name",
    "case_name",
    "office",
    "department",
    "prosecutor",
    "owner",
    *PLACES,
)
"""Columns of the warnings handed out by the command line."""

_WARNINGS = """(select d.*, bmsah as "case", suspect_no as person, {place}, r.title_{language} as title
  from due d left join rules r using (rule_id))"""


@dataclass(frozen=True)
class DueFilter:
    """Which warnings are asked for; an empty tuple leaves a column unfiltered."""

    departments: tuple[str, ...] = ()
    prosecutors: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()

    def where(self) -> Where:
        """The filter as a WHERE clause with its parameters."""
        where = Where()
        for column, values in (
            ("department", self.departments),
            ("prosecutor", self.prosecutors),
            ("rule_id", self.rules),
            ("grade", self.grades),
        ):
            if values:
                where.add(f"coalesce({column}, '') in (select unnest(?::varchar[]))", list(values))
        return where


def select_due(con: duckdb.DuckDBPyConnection, due_filter: DueFilter, language: Language) -> duckdb.DuckDBPyRelation:
    """The warnings asked for, in DUE_COLUMNS, the most pressing first, their titles in a language.

    Raises InputError when a department, prosecutor or rule is one the run does not know.
    """
    check_choices(con, due_filter.departments, due_filter.prosecutors, due_filter.rules)
    where = due_filter.where()
    columns = ", ".join(f'"{name}"' for name in DUE_COLUMNS)
    warnings = _WARNINGS.format(place=place_columns("d"), language=language)
    return con.sql(
        f"select {columns} from {warnings} {where.sql} "
        "order by days_left, department, rule_id, card, bmsah, suspect_no, card_row",
        params=where.values,
    )
