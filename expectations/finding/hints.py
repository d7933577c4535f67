"""Whether a finding is a hint now: by its rule, or since its rule is on hold. Said once, for a finding in hand, for a published run
and for the register; nobody else decides it. Which rules are on hold is kept in the register.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, or_


def is_hint_now(is_hint: bool, rule_id: str, held_rules: Collection[str]) -> bool:
    """For a finding in hand."""
    return is_hint or rule_id in held_rules


def hint_now_sql(rows: str, held_table: str) -> str:
    """For rows of DuckDB known as `rows`; `held` is a table of the rules on hold."""
    return f"({rows}.is_hint or {rows}.rule_id in (select rule_id from {held_table}))"


def hint_now(
    is_hint: SQLColumnExpression[bool], rule_id: SQLColumnExpression[str], held_rules: Select[Any]
) -> ColumnElement[bool]:
    """For columns of the register; `held` selects the rules on hold."""
    return or_(is_hint, rule_id.in_(held_rules))


def severity_now_sql(rows: str, held_table: str) -> str:
    """The severity it is filtered and listed under, in DuckDB: its rule's, or hint while that is on hold."""
    return f"(case when {rows}.rule_id in (select rule_id from {held_table}) then 'hint' else {rows}.severity end)"


def severity_now(
    severity: SQLColumnExpression[str], rule_id: SQLColumnExpression[str], held_rules: Select[Any]
) -> ColumnElement[str]:
    """The same in the register."""
    return case((rule_id.in_(held_rules), "hint"), else_=severity)
