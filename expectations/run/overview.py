"""Figures of the overview: cards checked, cards with errors, findings by department, error type, severity and rule.

A card is one case on one card type; a row without case number counts by itself. Hints never count as errors.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from expectations.finding.departments import department_order
from expectations.run.published import WRONG_CARDS


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
    """Cards checked and with errors of a department, of a card type or of both, and the findings there."""

    department: str
    card: str
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


def totals(groups: Sequence[GroupCount]) -> Totals:
    """The figures at the top of the overview."""
    return Totals(
        checked=sum(one.checked for one in groups),
        with_errors=sum(one.with_errors for one in groups),
        errors=sum(one.errors for one in groups),
        serious=sum(one.serious for one in groups),
        hints=sum(one.hints for one in groups),
    )


def by_department(groups: Sequence[GroupCount]) -> list[GroupCount]:
    """One line per department in the fixed order of departments."""
    names = sorted({group.department for group in groups}, key=department_order)
    return [_together([one for one in groups if one.department == name], department=name) for name in names]


def by_card(groups: Sequence[GroupCount]) -> list[GroupCount]:
    """One line per card type."""
    return [
        _together([one for one in groups if one.card == name], card=name)
        for name in sorted({one.card for one in groups})
    ]


def _together(groups: Sequence[GroupCount], department: str = "", card: str = "") -> GroupCount:
    return GroupCount(
        department, card, sum(one.checked for one in groups), sum(one.with_errors for one in groups),
        sum(one.serious for one in groups), sum(one.normal for one in groups), sum(one.hints for one in groups),
    )  # fmt: skip


def group_counts(con: duckdb.DuckDBPyConnection) -> list[GroupCount]:
    """Cards and findings by department and card type, in one pass; a group with findings but no card checked is kept."""
    rows = con.execute(f"""{WRONG_CARDS},
c as (select coalesce(department, '') as department, card, count(*) as n from checked group by all),
w as (select department, card, count(*) as n from wrong group by all),
f as (
  select coalesce(department, '') as department, card, count(*) filter (where not is_hint and severity = 'serious') as serious,
    count(*) filter (where not is_hint and severity <> 'serious') as normal, count(*) filter (where is_hint) as hints
  from findings group by all
)
select department, card, coalesce(c.n, 0), coalesce(w.n, 0), coalesce(serious, 0), coalesce(normal, 0), coalesce(hints, 0)
from c full join w using (department, card) full join f using (department, card)""")
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
