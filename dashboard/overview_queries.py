"""Figures of the overview: cards checked, cards with errors, findings by department, error type, severity and rule.

A card is one case on one card type; a row without case number counts by itself. Hints never count as errors.
"""

from dataclasses import dataclass

import duckdb

from dashboard.departments import department_order
from expectations.published import WRONG_CARDS


@dataclass(frozen=True)
class Totals:
    """Figures of the whole run."""

    checked: int
    with_errors: int
    errors: int
    serious: int
    hints: int


@dataclass(frozen=True)
class GroupCount:
    """Cards checked and with errors of one department or card type, and its findings."""

    name: str
    checked: int
    with_errors: int
    serious: int
    normal: int
    hints: int

    @property
    def errors(self) -> int:
        """Findings that are errors."""
        return self.serious + self.normal


@dataclass(frozen=True)
class TypeCount:
    """Errors of one type and severity."""

    error_type: str
    severity: str
    errors: int


@dataclass(frozen=True)
class RuleCount:
    """A rule with its number of findings and of cards hit."""

    rule_id: str
    title_zh: str
    title_en: str
    severity: str
    is_hint: bool
    how_to_fill: str
    how_to_fill_en: str
    findings: int
    cards: int


def totals(con: duckdb.DuckDBPyConnection) -> Totals:
    """The figures at the top of the overview."""
    row = con.execute(
        WRONG_CARDS + "select (select count(*) from checked), (select count(*) from wrong), "
        "count(*) filter (where not is_hint), count(*) filter (where not is_hint and severity = 'serious'), "
        "count(*) filter (where is_hint) from findings"
    ).fetchall()[0]
    return Totals(*row)


def by_department(con: duckdb.DuckDBPyConnection) -> list[GroupCount]:
    """One line per department in the fixed order of departments."""
    return sorted(_by(con, "department"), key=lambda group: department_order(group.name))


def by_card(con: duckdb.DuckDBPyConnection) -> list[GroupCount]:
    """One line per card type."""
    return sorted(_by(con, "card"), key=lambda group: group.name)


def _by(con: duckdb.DuckDBPyConnection, column: str) -> list[GroupCount]:
    """Groups by `department` or `card`; a group with findings but no card checked is kept."""
    rows = con.execute(f"""{WRONG_CARDS},
c as (select coalesce({column}, '') as name, count(*) as n from checked group by all),
w as (select {column} as name, count(*) as n from wrong group by all),
f as (
  select coalesce({column}, '') as name, count(*) filter (where not is_hint and severity = 'serious') as serious,
    count(*) filter (where not is_hint and severity <> 'serious') as normal, count(*) filter (where is_hint) as hints
  from findings group by all
)
select name, coalesce(c.n, 0), coalesce(w.n, 0), coalesce(serious, 0), coalesce(normal, 0), coalesce(hints, 0)
from c full join w using (name) full join f using (name)""")
    return [GroupCount(*row) for row in rows.fetchall()]


def by_error_type(con: duckdb.DuckDBPyConnection) -> list[TypeCount]:
    """Errors by type and severity."""
    rows = con.execute(
        "select error_type, severity, count(*) from findings where not is_hint group by all order by error_type, severity"
    )
    return [TypeCount(*row) for row in rows.fetchall()]


def top_rules(con: duckdb.DuckDBPyConnection, *, hints: bool, limit: int = 10) -> list[RuleCount]:
    """The rules with most findings, errors or hints, with the correct way to fill."""
    rows = con.execute(
        """
with hit as (
  select rule_id, card, bmsah, case when bmsah is null then card_row end as lone_row, count(*) as findings
  from findings where is_hint = $hints group by all
), counted as materialized (select rule_id, sum(findings)::bigint as findings, count(*) as cards from hit group by rule_id)
select rule_id, title_zh, title_en, severity, $hints, how_to_fill, how_to_fill_en, findings, counted.cards
from counted join rules using (rule_id) order by findings desc, rule_id limit $limit""",
        {"hints": hints, "limit": limit},
    )
    return [RuleCount(*row) for row in rows.fetchall()]
