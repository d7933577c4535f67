"""`charges_valid`: two questions about charges alone, so that the day does not keep them from being answered once for all rows."""

from sqlglot import exp

from expectations.sql.language import function_name, parse_condition
from expectations.sql.passes.pending import replace_around
from expectations.sql.passes.scope import Scope

_VALID = "(not (coalesce(charges_from(charges) > (day), false) or coalesce(charges_to(charges) < (day), false)))"


def charges_by_period(tree: exp.Expr, scope: Scope) -> exp.Expr:
    """Splits `charges_valid(charges, day)` into calls over the charges, compared with the day.

    There are few distinct lists of charges and many days, so the calls become columns of the distinct lists later.

    >>> show(charges_by_period, "charges_valid(s, d)")
    (NOT (coalesce(charges_from(s) > (d), FALSE) OR coalesce(charges_to(s) < (d), FALSE)))
    """

    def by_period(node: exp.Expr) -> exp.Expr | None:
        if not isinstance(node, exp.Func) or function_name(node) != "charges_valid":
            return None
        charges, day = (charges_by_period(argument, scope) for argument in node.expressions)
        valid = parse_condition(_VALID)
        for column in list(valid.find_all(exp.Column)):
            column.replace((charges if column.name == "charges" else day).copy())
        return valid

    return replace_around(tree, by_period)
