"""What a condition may cost before it is judged on a single row: how long it becomes when its helpers are written out, and how long a text
it can make.

The database does neither within its limits of memory and time: it writes macros out while it reads a statement, each argument as often
as the helper names it, and keeps texts beside what it counts. So both are reckoned here, from above. The time that rows take is
bounded by `within_time` of `connections`.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache

import sqlglot
from sqlglot import exp

from expectations.sql.language import HELPERS, MACROS, RULE_DIALECT, function_name

MOST_PARTS = 100_000
"""Of a condition written out: the longest of the bundled rules has some thousands."""
MOST_SIGNS = 1_000_000
"""Of a text that a condition makes of cells of the usual length; two thousand rows are worked on at once."""
_USUAL_CELL = 1_000
_FEW_NESTED, _FEW_HELPERS = 3, 20
"""So few helpers, so deep within each other, can't make a condition too long: none names an argument twenty times."""
_OTHER_MACROS = {"charge_name": 2, "yes": 1, "no": 1}
"""How often the helpers name their argument that a catalogue's own words make."""
_TRUTHS = (exp.Predicate, exp.Connector, exp.Not)


def cost_problems(tree: exp.Expr) -> Iterator[str]:
    """Why a condition costs too much, in one line each."""
    helpers = sum(1 for node in tree.find_all(exp.Func) if function_name(node) in HELPERS)
    if (helpers > _FEW_HELPERS or _nested(tree) > _FEW_NESTED) and _parts(tree, {}) > MOST_PARTS:
        yield "helpers nested too often; write it in fewer steps / 函数嵌套过多，请减少层次"
    if _signs(tree) > MOST_SIGNS:
        yield "makes too long a text; replace less or with shorter texts / 生成的文本过长，请减少替换"


def _children(node: exp.Expr) -> Iterator[exp.Expr]:
    for value in node.args.values():
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, exp.Expr):
                yield child


def _nested(node: exp.Expr) -> int:
    """How many helpers stand within each other."""
    within = max((_nested(child) for child in _children(node)), default=0)
    return within + (isinstance(node, exp.Func) and function_name(node) in HELPERS)


def _parts(node: exp.Expr, named: Mapping[str, int]) -> int:
    """How many parts the node has once its macros are written out; `named`: the parts of what stands for a parameter."""
    if isinstance(node, exp.Column) and not node.table and node.name.lower() in named:
        return named[node.name.lower()]
    parts = [_parts(child, named) for child in _children(node)]
    name = function_name(node) if isinstance(node, exp.Func) else ""
    if name in _OTHER_MACROS:
        return 1 + _OTHER_MACROS[name] * sum(parts)
    if name in _macros():
        parameters, body = _macros()[name]
        return min(_parts(body, dict(zip(parameters, parts, strict=False))), 2 * MOST_PARTS)
    return min(1 + sum(parts), 2 * MOST_PARTS)


@lru_cache(1)
def _macros() -> dict[str, tuple[tuple[str, ...], exp.Expr]]:
    """Parameters and body of every helper."""
    made = {}
    for statement in sqlglot.parse(MACROS, dialect=RULE_DIALECT):
        assert isinstance(statement, exp.Create)
        head, body = statement.this, statement.expression
        made[head.this.name.lower()] = (tuple(parameter.name.lower() for parameter in head.expressions), body)
    return made


def _signs(node: exp.Expr) -> int:
    """How many signs the text of a node can have, where each cell has the usual number."""
    if isinstance(node, exp.Column):
        return _USUAL_CELL
    if isinstance(node, exp.Literal):
        return len(node.name)
    within = [_signs(child) for child in _children(node)]
    if isinstance(node, _TRUTHS):
        return max((5, *(signs for signs in within if signs > MOST_SIGNS)))
    name = function_name(node) if isinstance(node, exp.Func) else ""
    if name in ("replace", "regexp_replace") and len(within) > 2:  # what, by what, of which text
        text, sought, put_in = within[:3]
        each = -(-put_in // max(sought, 1)) if name == "replace" else put_in + 1
        return (text + 1) * max(each, 1)
    return sum(within)
