"""The findings list: choices of its filters, one sorted page of it, and the rows of its register. Filtering is the
core's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from expectations.finding.columns import COLUMNS, Finding, finding_of, selected
from expectations.finding.departments import department_order
from expectations.finding.labels import severity_order
from expectations.finding.masks import Masks
from expectations.run.counted import counted_once
from expectations.run.published import FindingFilter, place_columns

SORTS = ("department", "severity", "rule", "bmsah", "run")
"""Orders the list offers; `run` is the order in which the run found them."""

_DEPARTMENT = "list_position(?::varchar[], coalesce(department, ''))"
_ORDERS = {
    "department": (_DEPARTMENT, "prosecutor", "bmsah"),
    "severity": (severity_order(), _DEPARTMENT, "bmsah"),
    "rule": ("rule_id", _DEPARTMENT, "bmsah"),
    "bmsah": ("bmsah", "card"),
    "run": ("rowid",),
}


@dataclass(frozen=True)
class Choices:
    """What the filters offer. Prosecutors come with their departments, rules with their titles."""

    departments: tuple[str, ...]
    prosecutors: tuple[tuple[str, str], ...]
    rules: dict[str, tuple[str, str]]
    error_types: tuple[str, ...]
    cards: dict[str, tuple[str, str]]

    def prosecutors_of(self, departments: Sequence[str]) -> tuple[str, ...]:
        """The prosecutors of some departments, of all when none is named."""
        return tuple(
            sorted({name for department, name in self.prosecutors if not departments or department in departments})
        )


@counted_once
def choices(con: duckdb.DuckDBPyConnection) -> Choices:
    """The choices of the filters. Rules and error types are those with findings."""
    owners = con.execute(
        "select distinct coalesce(department, ''), coalesce(prosecutor, '') from checked "
        "union select distinct coalesce(department, ''), coalesce(prosecutor, '') from findings order by all"
    ).fetchall()
    rules = con.execute(
        "select rule_id, title_zh, title_en from rules where rule_id in (select rule_id from findings) order by rule_id"
    ).fetchall()
    types = con.execute("select distinct error_type from findings order by all").fetchall()
    return Choices(
        tuple(sorted({department for department, _ in owners}, key=department_order)),
        tuple(owners),
        {rule_id: (zh, en) for rule_id, zh, en in rules},
        tuple(name for (name,) in types),
        card_titles(con),
    )


@counted_once
def card_titles(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[str, str]]:
    """Chinese and English title of every card type."""
    return {
        card: (zh, en) for card, zh, en in con.execute("select card, title_zh, title_en from cards_known").fetchall()
    }


@counted_once
def count_findings(con: duckdb.DuckDBPyConnection, finding_filter: FindingFilter) -> tuple[int, int]:
    """Errors and hints the filter selects."""
    where = finding_filter.where()
    rows = con.execute(
        f"select count(*) filter (where not is_hint), count(*) filter (where is_hint) from findings {where.sql}",
        where.values,
    ).fetchall()
    return int(rows[0][0]), int(rows[0][1])


def page_of_findings(
    con: duckdb.DuckDBPyConnection, finding_filter: FindingFilter, *, sort: str, descending: bool, page: int, size: int
) -> list[Finding]:
    """Page `page` (from 0) of the findings, `size` a page."""
    statement, values = _selection(con, finding_filter, selected(), sort, descending)
    rows = con.execute(f"{statement} limit ? offset ?", [*values, size, page * size]).fetchall()
    return findings_from(con, rows)


def places_of(con: duckdb.DuckDBPyConnection, finding_ids: Sequence[str]) -> dict[str, tuple[str, str, int]]:
    """File, sheet and row of findings of the run, by id; a file without sheets has a blank one."""
    rows = con.execute(
        f"select finding_id, {place_columns('findings')} from findings where list_contains(?::varchar[], finding_id)",
        [list(finding_ids)],
    ).fetchall()
    return {finding: (file or "", sheet, row or 0) for finding, file, sheet, row in rows}


def findings_of_card(con: duckdb.DuckDBPyConnection, card: str, rows: Sequence[int], bmsah: str) -> list[Finding]:
    """The findings of one card: of its case number, else of its rows."""
    finding_rows = con.execute(
        f"select {selected()} from findings "
        "where card = ? and (bmsah = ? or (bmsah is null and card_row in (select unnest(?::bigint[])))) "
        f"order by is_hint, {severity_order()}, rule_id, card_row, rowid",
        [card, bmsah, list(rows)],
    ).fetchall()
    return findings_from(con, finding_rows)


def findings_from(con: duckdb.DuckDBPyConnection, rows: Sequence[tuple[object, ...]]) -> list[Finding]:
    """Findings of rows with all columns, masked."""
    masks = masks_of(con)
    return [finding_of(dict(zip(COLUMNS, row, strict=True)), masks) for row in rows]


def masks_of(con: duckdb.DuckDBPyConnection) -> Masks:
    """The masks for whoever reads through `con`."""
    numbers = con.execute("select card, name from fields where type = 'id_no'").fetchall()
    shows_numbers = con.execute("select coalesce(getvariable('shows_numbers'), false)").fetchall()[0][0]
    return Masks(frozenset((card, name) for card, name in numbers), bool(shows_numbers))


def register_rows(
    con: duckdb.DuckDBPyConnection, finding_filter: FindingFilter, *, sort: str, descending: bool, batch: int = 5000
) -> Iterator[tuple[Finding, str]]:
    """All findings the filter selects, each with the case type (案件类别) of its card; fetched in batches."""
    masks = masks_of(con)
    statement, values = _selection(con, finding_filter, selected(), sort, descending)
    # A join keeps no order, so the rows are numbered before it.
    numbered = f"select row_number() over () as n, * from ({statement})"
    cursor = con.execute(
        f"select {selected()}, t.case_type from ({numbered}) f left join ({_case_types(con)}) t "
        "on t.case_card = f.card and t.case_row = f.card_row order by n",
        values,
    )
    while rows := cursor.fetchmany(batch):
        yield from ((finding_of(dict(zip(COLUMNS, row[:-1], strict=True)), masks), row[-1] or "") for row in rows)


def _case_types(con: duckdb.DuckDBPyConnection) -> str:
    cards = con.execute("select card from fields where name = 'case_type' order by card").fetchall()
    tables = [f"select '{card}' as case_card, _row as case_row, case_type from cards.{card}" for (card,) in cards]
    return " union all ".join(tables) or "select '' as case_card, -1 as case_row, '' as case_type"


def _selection(
    con: duckdb.DuckDBPyConnection, finding_filter: FindingFilter, columns: str, sort: str, descending: bool
) -> tuple[str, list[object]]:
    where = finding_filter.where()
    terms = _ORDERS[sort]
    direction = "desc" if descending else "asc"
    order = ", ".join([f"{terms[0]} {direction} nulls last", *terms[1:], "rowid"])
    values = [*where.values, *([_departments(con)] if _DEPARTMENT in terms else [])]
    return f"select {columns} from findings {where.sql} order by {order}", values


def _departments(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute("select distinct coalesce(department, '') from findings").fetchall()
    return sorted((name for (name,) in rows), key=department_order)
