"""Other rows: each lookup becomes an aggregate over the rows its link finds."""

from collections.abc import Sequence

from sqlglot import exp

from expectations.catalogue.cards import Link
from expectations.sql.language import AGGREGATES, call, function_name, parse_condition, replace_calls
from expectations.sql.other_rows import (
    COUNTS,
    IN_ORDER,
    JUDGED,
    OTHER,
    Counting,
    Lookup,
    is_number_of_rows,
    lookup_at,
    value_without_rows,
)
from expectations.sql.passes.coded_values import coded_values
from expectations.sql.passes.in_place import in_place
from expectations.sql.passes.pending import linked, replace_around
from expectations.sql.passes.scope import Scope

_HISTOGRAM = "histogram"
_MADE_OF_ROWS = AGGREGATES | {_HISTOGRAM}


def linked_rows(tree: exp.Expr, scope: Scope) -> exp.Expr:
    """Puts pending columns in place of `agg_rows`, `count_rows` and what is made of them.

    A row that links nothing has no group, so its aggregates are NULL; a count must be 0 there.

    >>> show(linked_rows, "count_rows(u, r.g = t.g and r.a > 1) = 0")
    coalesce(_linked(u, count(r._row), r.a > 1), (0)) = 0
    >>> show(linked_rows, "agg_rows(u, max(r.a), r.g = t.g) > a")
    _linked(u, MAX(r.a)) > a
    >>> show(linked_rows, "agg_rows(u, mode(r.a), r.g = t.g) = a")
    _linked(u, commonest(histogram(r.a))) = a
    """

    def value_of(node: exp.Expr) -> exp.Expr | None:
        lookup = lookup_at(node)
        return None if lookup is None or lookup.is_stage else _value(lookup, scope)

    return replace_around(tree, value_of)


def _value(lookup: Lookup, scope: Scope) -> exp.Expr:
    link = lookup.link(scope.card)
    assert link is not None, "refused by the guard"
    assert lookup.value is not None, "no stage"
    counting = lookup.counting(link)
    if counting:
        return _counted(lookup.value, link, counting, scope)
    value, beyond = _with_whole_counts(lookup.value), lookup.beyond(link)
    compared = any(column.table == JUDGED for part in (value, *beyond) for column in part.find_all(exp.Column))
    aggregate = _aggregate(link, value, beyond, scope, compared=compared)
    empty = value_without_rows(value)
    if empty is None:
        return aggregate
    if is_number_of_rows(lookup.value):
        return call("coalesce", aggregate, empty)
    # NULL may be what the linked rows come to, so it does not say that there are none.
    rows = _aggregate(link, call("count", exp.column("_row", OTHER)), [], scope, compared=compared)
    no_rows = exp.Is(this=rows, expression=exp.Null())
    return exp.Paren(this=exp.Case(ifs=[exp.If(this=no_rows, true=empty)], default=aggregate))


def _with_whole_counts(value: exp.Expr) -> exp.Expr:
    """The value with counts that are 0 where all they count is unknown, for which DuckDB's `count_if` is NULL."""
    if isinstance(value, exp.Func) and function_name(value) in COUNTS:
        return value  # by itself it is made 0 where there are no rows, too

    def whole(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        return call("coalesce", node, exp.Literal.number(0)) if function_name(node) == "count_if" else None

    return replace_calls(value, whole)


def _counted(value: exp.Expr, link: Link, counting: Counting, scope: Scope) -> exp.Expr:
    """How many linked rows differ, without comparing every row with every other.

    `r.g = t.g and r.a <> t.a` would pair all rows of a group with each other. The rows of the group less those of the group
    that have the same `a` are as many, and both are counts by keys. With two items that differ, the rows that agree in both were
    taken away twice and are added again, and so on. `<>` is never true of a blank item: rows blank there are not counted at all,
    and a judged row blank there differs from none.
    """
    linked_items = (exp.column(name, OTHER) for _, name in counting.differing)
    filled = [exp.Not(this=exp.Is(this=item, expression=exp.Null())) for item in linked_items]
    total: exp.Expr = exp.Literal.number(0)
    for sign, key in counting.signed_keys():
        group = _aggregate(
            Link(card=link.card, by=dict(key)), value, [*counting.other_row_terms, *filled], scope, compared=False
        )
        kind = exp.Add if sign > 0 else exp.Sub
        total = kind(this=total, expression=call("coalesce", group, exp.Literal.number(0)))
    own_filled = " and ".join(f"{own_item} is not null" for own_item, _ in counting.differing)
    chosen = exp.Case(
        ifs=[exp.If(this=parse_condition(own_filled or "true"), true=total)], default=exp.Literal.number(0)
    )
    return exp.Paren(this=chosen)


def _aggregate(
    link: Link, value: exp.Expr, conditions: Sequence[exp.Expr], scope: Scope, *, compared: bool
) -> exp.Expr:
    """The pending column; the conditions beyond the link choose among the rows of a group, so that one group serves many rules."""
    linked_scope = scope.for_card(link.card)

    def on_linked_row(tree: exp.Expr) -> exp.Expr:
        return coded_values(in_place(tree, linked_scope), linked_scope)

    where = exp.and_(*map(on_linked_row, conditions)) if conditions else None
    return linked(link, with_ties_decided(on_linked_row(in_row_order(value))), where, compared=compared)


def in_row_order(value: exp.Expr) -> exp.Expr:
    """The value with lists, first and last ones in the order of the rows, in the end: not in whichever the database reads them."""

    def ordered(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        if function_name(node) not in IN_ORDER:
            return None
        (argument,) = node.expressions
        item, keys = (argument.this, argument.expressions) if isinstance(argument, exp.Order) else (argument, [])
        # of distinct values there is no row each stands in
        last_key = item.expressions[0].copy() if isinstance(item, exp.Distinct) else exp.column("_row", OTHER)
        in_order = [*(key.copy() for key in keys), exp.Ordered(this=last_key)]
        return call(function_name(node), exp.Order(this=item.copy(), expressions=in_order))

    return replace_calls(value, ordered)


def with_ties_decided(value: exp.Expr) -> exp.Expr:
    """The value with the least of the commonest values for a mode: the database would take whichever it happens to read first."""

    def decided(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        if function_name(node) != "mode":
            return None
        return call("commonest", call(_HISTOGRAM, *(argument.copy() for argument in node.expressions)))

    return replace_calls(value, decided)


def filtered(value: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
    """The aggregates of `value` over the rows that meet the condition."""
    if condition is None:
        return value
    where = exp.Where(this=condition)

    def only_those(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        return exp.Filter(this=node, expression=where) if function_name(node) in _MADE_OF_ROWS else None

    return replace_calls(value, only_those)
