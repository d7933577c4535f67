"""Other stages: `stage(card).item` and `has_stage(card)` become columns of the one row the link finds."""

from sqlglot import exp

from expectations.sql.language import call
from expectations.sql.other_rows import lookup_at
from expectations.sql.passes.pending import of_stage, replace_around
from expectations.sql.passes.scope import Scope


def stages(tree: exp.Expr, scope: Scope) -> exp.Expr:
    """Puts pending columns in place of what is asked of another stage.

    The column is true or NULL where there is no row, as a left join leaves it: `has_stage` is never unknown.

    >>> show(stages, "has_stage(u) and stage(u).a = a")
    coalesce(_found(u), FALSE) AND _stage(u, a) = a
    """

    def value_of(node: exp.Expr) -> exp.Expr | None:
        lookup = lookup_at(node)
        if lookup is None or not lookup.is_stage:
            return None
        link = lookup.link(scope.card)
        assert link is not None, "refused by the guard"
        column = of_stage(link, lookup.field)
        return column if lookup.field else call("coalesce", column, exp.false())

    return replace_around(tree, value_of)
