"""What is dear and rests on the whole row: computed once per row, however many conditions ask it."""

from sqlglot import exp

from expectations.sql.language import call, function_name
from expectations.sql.passes.coded_values import CHEAP
from expectations.sql.passes.pending import replace_around, shared
from expectations.sql.passes.scope import Scope


def shared_values(tree: exp.Expr, scope: Scope) -> exp.Expr:
    """Puts pending columns in place of the helper calls that are left, the inner ones first, so that these are shared as well.

    >>> show(shared_values, "next_workday(add_days(d, 1)) > d and len(items(s)) > 1")
    _shared(next_workday(add_days(d, 1))) > d AND _shared(len(_shared(items(s)))) > 1
    """

    def computed_once(node: exp.Expr) -> exp.Expr | None:
        if not isinstance(node, exp.Anonymous) or function_name(node) in CHEAP:
            return None
        return shared(call(node.name, *(shared_values(argument, scope) for argument in node.expressions)))

    return replace_around(tree, computed_once)
