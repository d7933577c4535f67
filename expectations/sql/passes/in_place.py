"""What needs no column of its own: the raw text, optional and blank items, short dictionaries."""

from sqlglot import exp

from expectations.sql.judgements import raw_column
from expectations.sql.language import closed, function_name
from expectations.sql.passes.pending import STAGE, replace_around
from expectations.sql.passes.scope import Scope

LONGEST_LITERAL_LIST = 32
"""Dictionaries up to this length are compared in place as a literal list; longer ones once per distinct value."""


def in_place(tree: exp.Expr, scope: Scope) -> exp.Expr:
    """Puts cheaper SQL in place of calls that ask little.

    A blank cell is loaded as NULL, so of an item, and of it alone, `blank` asks no more than `is null`; of a computed text it may
    be more. `is null` binds otherwise than the call did, so what stands beside an operator is put in brackets: `blank(a) = blank(b)`
    is not `a is null = b is null`.

    >>> show(in_place, "blank(a) = blank(b) and blank(upper(s))")
    (a IS NULL) = (b IS NULL) AND blank(upper(s))
    >>> show(in_place, "opt(a) > 1")
    a > 1
    >>> show(in_place, "raw(d) = '三月'")
    d__raw = '三月'
    >>> show(in_place, "in_dictionary(k, 'K', false)")
    coalesce(k IN ('是', '否', '无'), FALSE)
    """

    def cheaper(node: exp.Expr) -> exp.Expr | None:
        if not isinstance(node, exp.Anonymous) or not node.expressions:
            return None
        name, argument = function_name(node), node.expressions[0]
        if name == "raw" and isinstance(argument, exp.Column):
            return exp.column(raw_column(scope.card.field(argument.name)), argument.table or None)
        if name == "blank" and (_is_item(argument) or _is_item_call(argument)):
            return exp.Is(this=closed(in_place(argument, scope)), expression=exp.Null())
        if name == "opt":
            item: exp.Expr = argument.copy()
            return item
        if name == "in_dictionary":
            return _in_short_list(scope, *node.expressions)
        return None

    return replace_around(tree, cheaper)


def _in_short_list(scope: Scope, value: exp.Expr, dictionary: exp.Expr, multiple: exp.Expr) -> exp.Expr | None:
    labels = [entry.label for entry in scope.dictionaries[dictionary.name].values]
    if not isinstance(value, exp.Column) or multiple.sql() == "TRUE" or len(labels) > LONGEST_LITERAL_LIST:
        return None
    in_list = exp.In(this=value.copy(), expressions=[exp.Literal.string(label) for label in labels])
    return exp.Anonymous(this="coalesce", expressions=[in_list, exp.false()])


def _is_item(node: exp.Expr) -> bool:
    """Whether a node is an item of a row: the judged one, a linked one or a stage."""
    return isinstance(node, exp.Column) or (isinstance(node, exp.Anonymous) and function_name(node) == STAGE)


def _is_item_call(node: exp.Expr) -> bool:
    """Whether a node is the raw text of an item or the first filled of several: NULL where blank, like an item."""
    return (
        isinstance(node, exp.Anonymous)
        and function_name(node) in ("raw", "coalesce")
        and all(map(_is_item, node.expressions))
    )
