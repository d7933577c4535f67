"""Coded items have few distinct values: what rests on them alone is computed once per combination, not once per row."""

from sqlglot import exp

from expectations.catalogue.cards import CODED_TYPES
from expectations.sql.language import AGGREGATES, function_name, functions_of
from expectations.sql.other_rows import LIST_FUNCTIONS, OTHER
from expectations.sql.passes.pending import coded, is_pending, replace_around
from expectations.sql.passes.scope import Scope

CHEAP = frozenset(
    """blank yes no custodial eff raw and or xor case if cast try_cast coalesce contains starts_with ends_with
    greatest least year month day hour minute date_diff length trim substr substring replace translate nullif abs round lower upper
    add_days add_months add_hours add_minutes hours_between minutes_between array""".split()
)
"""Functions evaluated in place: as cheap as reading a column, or only the frame around dearer ones."""

_AROUND = CHEAP | AGGREGATES | LIST_FUNCTIONS


def coded_values(tree: exp.Expr, scope: Scope) -> exp.Expr:
    """Puts pending columns in place of dear calls over coded items of the scope's card; what they hold is over its bare rows.

    Looking up a dictionary or splitting charges costs more than all else; a hundred thousand rows have some dozens of values.

    >>> show(coded_values, "has(m, '是') and same_set(items(m), items(s)) and yes(k)")
    _coded(has(m, '是')) AND same_set(_coded(items(m)), items(s)) AND yes(k)
    """

    def computed_once(node: exp.Expr) -> exp.Expr | None:
        is_frame = not isinstance(node, exp.Func) or function_name(node) in _AROUND
        if is_frame or not _is_coded(node, scope):
            return None
        # The distinct values of a card know no `r.`; and without it, what is asked of linked rows shares the column of the judged ones.
        bare = node.copy()
        for column in bare.find_all(exp.Column):
            column.set("table", None)
        return coded(scope.card.name, bare)

    return replace_around(tree, computed_once)


def _is_coded(node: exp.Expr, scope: Scope) -> bool:
    """Whether a call reads coded items of the scope's rows and nothing else."""
    items = {field.name for field in scope.card.fields if field.type in CODED_TYPES}
    columns = list(node.find_all(exp.Column))
    within_scope = all(column.table in ("", OTHER) for column in columns) and not any(
        map(is_pending, node.find_all(exp.Func))
    )
    within_scope = within_scope and not functions_of(node) & AGGREGATES
    return within_scope and bool(columns) and {column.name for column in columns} <= items
