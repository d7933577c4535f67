"""From a condition as a rule writes it to one over `audit.<card>`: small steps, each a pure function from tree to tree.

What has to be computed beforehand becomes a *pending* column, which says what it holds; `context` names the columns, so that
conditions that ask the same share one, and makes the tables.
"""

from functools import reduce

from sqlglot import exp

from expectations.sql.passes.charges import charges_by_period
from expectations.sql.passes.coded_values import coded_values
from expectations.sql.passes.in_place import in_place
from expectations.sql.passes.linked_rows import linked_rows
from expectations.sql.passes.scope import Pass, Scope
from expectations.sql.passes.shared_values import shared_values
from expectations.sql.passes.stages import stages

PASSES: tuple[Pass, ...] = (linked_rows, stages, charges_by_period, in_place, coded_values, shared_values)
"""In the order of work: other rows first, since nothing of the judged row may be taken for theirs; then what is cheap, so that it
is not made a column; then what few distinct values answer; what is left and dear is computed once per row."""


def rewritten(tree: exp.Expr, scope: Scope) -> exp.Expr:
    """The canonical condition after every pass; the given tree is not changed."""
    return reduce(lambda condition, rewrite: rewrite(condition, scope), PASSES, tree)
