"""Verdict tables: every judgement of a run, evaluated once, as a boolean column beside the number of the row.

`audit.<card>_<theme>` holds the judgements of one card and theme; a theme of many is several tables, since what a statement costs
grows faster than its width. Great Expectations, collecting and early warnings read the columns; no condition is run a second time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

import duckdb

from expectations.catalogue.cards import Card
from expectations.connections import within_time
from expectations.sql.context import AuditTable, Prepared
from expectations.sql.judgements import Judgement
from expectations.sql.quoting import column

MOST_TOGETHER = 32
"""Judgements of one statement: 449 conditions on 200,000 rows took 7.6 s in one statement, 3.1 s in statements of 20 to 40."""


@dataclass(frozen=True)
class VerdictTable:
    """The table `audit.<name>`: one row per row of the card, `judgements` by their column."""

    name: str
    card: Card
    theme: str
    judgements: Mapping[str, Judgement]

    def violating(self, judgement: Judgement) -> str:
        """The query of the rows that break the rule, as `_row`."""
        return f"select _row from audit.{column(self.name)} where {column(verdict_column(judgement))}"

    def rows_where_set(self, name: str, shown_as: str) -> str:
        """The query of the rows on which a column has a value, as `_row` and the value."""
        return (
            f"select _row, {column(name)} as {shown_as} from audit.{column(self.name)} where {column(name)} is not null"
        )


def make_verdict_tables(
    con: duckdb.DuckDBPyConnection,
    table: AuditTable,
    prepared: Mapping[Judgement, Prepared],
    themes: Mapping[str, str],
) -> tuple[list[VerdictTable], dict[Judgement, str]]:
    """Makes the tables of a card; `themes` by rule id. Judgements DuckDB can't evaluate are left out: returned with its message."""
    tables, broken = list[VerdictTable](), dict[Judgement, str]()
    # What shares dear values stands together, so that they are computed in few statements.
    in_order = sorted(prepared, key=lambda j: (themes[j.rule.id], table.dear_values(prepared[j].condition), j.name))
    for theme, of_theme in groupby(in_order, lambda judgement: themes[judgement.rule.id]):
        judgements = list(of_theme)
        for number in range(0, len(judgements), MOST_TOGETHER):
            name = f"{table.card.name}_{theme}" + (f"_{number // MOST_TOGETHER + 1}" if number else "")
            made = {judgement: prepared[judgement] for judgement in judgements[number : number + MOST_TOGETHER]}
            try:
                with within_time(con):
                    con.execute(verdict_statement(table, name, made))
            except duckdb.OutOfMemoryException:
                raise  # the fault of no rule
            except duckdb.Error:
                made, unmade = _sorted_out(con, table, made)
                broken |= unmade
                con.execute(verdict_statement(table, name, made))
            if made:
                tables.append(VerdictTable(name, table.card, theme, {verdict_column(j): j for j in made}))
    return tables, broken


def count_rows(
    con: duckdb.DuckDBPyConnection, table: AuditTable, prepared: Mapping[Judgement, Prepared]
) -> Iterator[tuple[Judgement, int]]:
    """How many rows each condition is true on, without keeping which."""
    judgements = list(prepared)
    for number in range(0, len(judgements), MOST_TOGETHER):
        together = judgements[number : number + MOST_TOGETHER]
        conditions = [prepared[judgement].condition for judgement in together]
        counts = ", ".join(f"count(*) filter (where {condition})" for condition in conditions)
        with within_time(con):
            numbers = con.execute(f"select {counts} from ({table.rows_with(conditions)})").fetchall()[0]
        yield from zip(together, map(int, numbers), strict=True)


def verdict_column(judgement: Judgement) -> str:
    """The column of a judgement within its table, e.g. `C024_sex`: true where the rule is broken, else false."""
    return "_".join(filter(None, (judgement.rule.id, judgement.field)))


def last_day_column(judgement: Judgement) -> str:
    """The column of a judgement's limit: its last day where the act is still to be done, else NULL."""
    return f"{verdict_column(judgement)}_last_day"


def verdict_statement(table: AuditTable, name: str, prepared: Mapping[Judgement, Prepared]) -> str:
    """What makes `audit.<name>`."""
    values = [value for judgement, each in prepared.items() for value in verdict_values(judgement, each)]
    rows = table.rows_with(values)
    return f"create or replace table audit.{column(name)} as select {', '.join(['_row', *values])} from ({rows})"


def verdict_values(judgement: Judgement, prepared: Prepared) -> Iterable[str]:
    """The columns of a judgement over the rows `rows_with` gives."""
    yield f"coalesce({prepared.condition}, false) as {column(verdict_column(judgement))}"
    if prepared.open_limit:
        limit = prepared.open_limit
        last_day = f"case when {limit.still_open} then try_cast({limit.last_day} as date) end"
        yield f"{last_day} as {column(last_day_column(judgement))}"


def _sorted_out(
    con: duckdb.DuckDBPyConnection, table: AuditTable, prepared: Mapping[Judgement, Prepared]
) -> tuple[dict[Judgement, Prepared], dict[Judgement, str]]:
    """An error of a statement names no judgement: each is tried by itself. Those that can be evaluated, and the others' messages."""
    good, broken = dict[Judgement, Prepared](), dict[Judgement, str]()
    for judgement, each in prepared.items():
        try:
            with within_time(con):
                con.execute(verdict_statement(table, "tried", {judgement: each}))
            good[judgement] = each
        except duckdb.Error as error:
            broken[judgement] = str(error).splitlines()[0]
    con.execute("drop table if exists audit.tried")
    return good, broken
