"""What the overview counts beside the figures of offices and departments: error types, severities and rules."""

from dataclasses import dataclass

import duckdb

from expectations.run.counted import counted_once


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


@counted_once
def by_error_type(con: duckdb.DuckDBPyConnection) -> list[TypeCount]:
    """Errors by type and severity."""
    rows = con.execute(
        "select error_type, severity, count(*) from findings where not is_hint group by all order by error_type, severity"
    )
    return [TypeCount(*row) for row in rows.fetchall()]


@counted_once
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
