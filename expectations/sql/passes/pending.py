"""Columns still to be made, as they stand in a condition between the passes: calls that say what the column holds.

No rule can write one, since the guard knows no such function. To the passes they are as whole as a column: none looks inside.
"""

from collections.abc import Callable

from sqlglot import exp

from expectations.catalogue.cards import Link
from expectations.sql.language import call, function_name, replace_calls

LINKED = "_linked"
"""An aggregate of linked rows: card, aggregate, and what the rows must meet beyond the link."""

STAGE, FOUND = "_stage", "_found"
"""An item of the row of another stage; whether there is one."""

CODED = "_coded"
"""A value that rests on coded items alone: computed on their distinct values."""

SHARED = "_shared"
"""A dear value of the judged row: computed once, however many conditions use it."""

_PENDING = frozenset((LINKED, STAGE, FOUND, CODED, SHARED))


def linked(link: Link, value: exp.Expr, condition: exp.Expr | None, *, compared: bool) -> exp.Expr:
    """The column of an aggregate; `compared` where value or condition also read the judged row."""
    node = call(LINKED, exp.column(link.card), value, *([condition] if condition is not None else []))
    node.set("link", link)
    node.set("compared", compared)
    return node


def of_stage(link: Link, item: str) -> exp.Expr:
    """The column of an item of the stage's row, or, without item, of whether there is a row."""
    items = [exp.column(item)] if item else []
    node = call(STAGE if item else FOUND, exp.column(link.card), *items)
    node.set("link", link)
    return node


def coded(card: str, value: exp.Expr) -> exp.Expr:
    """The column of a value of coded items of the card."""
    node = call(CODED, value)
    node.set("card", card)
    return node


def shared(value: exp.Expr) -> exp.Expr:
    """The column of a value of the judged row."""
    return call(SHARED, value)


def is_pending(node: exp.Expr) -> bool:
    """Whether a node is a column still to be made."""
    return isinstance(node, exp.Anonymous) and function_name(node) in _PENDING


def replace_around(tree: exp.Expr, replacement: Callable[[exp.Expr], exp.Expr | None]) -> exp.Expr:
    """A copy with calls and items of stages replaced, but for what lies inside pending columns."""
    return replace_calls(tree, lambda node: node if is_pending(node) else replacement(node), (exp.Func, exp.Dot))
