"""Reading the early warnings of a published run: the one place where they are selected, for command line and dashboard alike."""

from dataclasses import dataclass

import duckdb

from expectations.run.published import Where, check_choices

DUE_COLUMNS = (
    "days_left",
    "last_day",
    "grade",
    "rule_id",
    "title",
    "card",
    "bmsah",
    "suspect_no",
    "name",
    "case_name",
    "office",
    "department",
    "prosecutor",
    "owner",
    "sheet",
    "sheet_row",
)
"""Columns of the warnings handed out by the command line."""

_WARNINGS = "(select d.*, r.title_zh as title from due d left join rules r using (rule_id))"


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


def select_due(con: duckdb.DuckDBPyConnection, due_filter: DueFilter) -> duckdb.DuckDBPyRelation:
    """The warnings asked for, in DUE_COLUMNS, the most pressing first.

    Raises InputError when a department, prosecutor or rule is one the run does not know.
    """
    check_choices(con, due_filter.departments, due_filter.prosecutors, due_filter.rules)
    where = due_filter.where()
    return con.sql(
        f"select {', '.join(DUE_COLUMNS)} from {_WARNINGS} {where.sql} "
        "order by days_left, department, rule_id, card, bmsah, suspect_no, card_row",
        params=where.values,
    )
