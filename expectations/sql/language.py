"""The rule language: which functions and columns a condition may use, and the guard that refuses everything else.

A condition is one read-only boolean expression over the columns of one row. Placeholders (`$f`, `:today`, parameters) are
replaced by `judgements` before the guard sees the text.
"""

from collections.abc import Callable, Collection
from importlib import resources
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects import DuckDB

from expectations.errors import nearest

MACROS = resources.files("expectations.sql").joinpath("macros.sql").read_text(encoding="utf-8")
"""SQL that creates the helpers; needs the `lookup` tables."""

HELPERS = frozenset(
    """blank items items_no_none none_or_blank has has_any yes no charges charges2 in_group any_in_group all_in_group same_set
    subset in_dictionary in_codes in_dict_group charges_valid class_ok custodial eff bmsah_year bmsah_unit bmsah_class doc_year
    doc_seq doc_prefix id_check_ok id_birth id_sex uscc_ok add_days add_months months_between full_years legal_age is_workday
    next_workday add_workdays deadline deadline_md review_start review_end prev_period hours_between minutes_between add_hours
    add_minutes raw opt""".split()
)
"""Helpers over the judged row (specification, section 2)."""

OTHER_ROWS = frozenset({"person_count", "case_persons", "stage", "has_stage", "count_rows", "agg_rows"})
"""Helpers over other rows; `other_rows` says what they mean."""

AGGREGATES = frozenset("min max sum avg count count_if bool_and bool_or list first last mode".split())
"""Functions that make one value of the other rows."""

BUILTINS = frozenset(
    """abs array cast coalesce contains date_diff day ends_with greatest least len length list_contains list_has_all list_has_any
    hour lower minute month nullif regexp_extract regexp_full_match regexp_matches regexp_replace replace round starts_with substr
    substring translate trim try_cast upper year case if and or xor""".split()
)
"""DuckDB functions a condition may use, by any of the names the parser knows them under; all exist on other engines too."""


_XOR = "xor"


class _RuleDialect(DuckDB):  # type: ignore[misc]  # sqlglot's dialects are made by a metaclass
    """DuckDB's syntax with every function kept under the name it was written with."""

    class Parser(DuckDB.Parser):  # type: ignore[misc]  # as above
        FUNCTIONS: ClassVar[dict[str, Any]] = {}


_OPERATORS = frozenset(
    (
        exp.Add,
        exp.Sub,
        exp.Mul,
        exp.Div,
        exp.IntDiv,
        exp.Mod,
        exp.Neg,
        exp.DPipe,
        exp.Not,
        exp.EQ,
        exp.NEQ,
        exp.GT,
        exp.GTE,
        exp.LT,
        exp.LTE,
        exp.NullSafeEQ,
        exp.NullSafeNEQ,
        exp.Is,
        exp.In,
        exp.Between,
        exp.Like,
        exp.ILike,
        exp.Bracket,
    )
)
_PARTS = frozenset(
    (exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.DataType, exp.DataTypeParam)
)
AROUND_AGGREGATES = frozenset((exp.Distinct, exp.Order, exp.Ordered))
"""What else may stand in an aggregate of other rows."""

_TYPES = {
    exp.DType.BOOLEAN: "boolean",
    exp.DType.DATE: "date",
    exp.DType.TIMESTAMP: "timestamp",
    exp.DType.TEXT: "varchar",
    exp.DType.VARCHAR: "varchar",
    exp.DType.INT: "integer",
    exp.DType.BIGINT: "bigint",
    exp.DType.DOUBLE: "double",
    exp.DType.DECIMAL: "decimal",
}
"""The types a value may be cast to."""


RULE_DIALECT = _RuleDialect
"""The syntax of conditions and of the macros they use."""
_TOO_DEEP = "nested too deeply; write it in fewer steps / 嵌套过深，请减少层次"
_MOST_DEEP = 200
"""Operators and functions within each other; the bundled rules have 21."""


def parse_condition(text: str) -> exp.Expr:
    """The syntax tree of one expression. Raises ValueError with a one-line reason when it is none."""
    dialect = _RuleDialect()
    try:
        tokens = dialect.tokenize(text)
        trees = dialect.parser().parse(tokens, text)
    except sqlglot.errors.SqlglotError as error:
        raise ValueError(f"not an expression / 不是合法的表达式: {_first_line(error)}") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    tree: exp.Expr | None = trees[0] if len(trees) == 1 else None
    if tree is None:
        raise ValueError("exactly one expression is allowed / 只允许一个表达式")
    if any(token.comments for token in tokens):
        raise ValueError("comments are not allowed in a condition; use note / 条件中不允许注释，请写入 note")
    if _is_deep(tree):
        raise ValueError(_TOO_DEEP)
    tree = _with_not_closed(tree)
    return _with_xor_compared(tree) if _XOR in text.lower() else tree


def _is_deep(tree: exp.Expr) -> bool:
    """Whether it is nested so deeply that going through it could fail."""
    level = [tree]
    for _ in range(_MOST_DEEP):
        level = [child for node in level for child in node.iter_expressions()]
        if not level:
            return False
    return True


def _with_not_closed(tree: exp.Expr) -> exp.Expr:
    """`a not in (1, 2) < b` is held as a negation that is compared, and would be written `not a in (1, 2) < b`, the negation of all."""
    for negation in reversed(list(tree.find_all(exp.Not))):  # the inner ones first
        beside_an_operator = isinstance(negation.parent, exp.Binary | exp.Unary | exp.In | exp.Between)
        if beside_an_operator and not isinstance(negation.parent, exp.Connector | exp.Not | exp.Paren):
            negation.replace(exp.Paren(this=negation.copy()))
    return tree


def _with_xor_compared(tree: exp.Expr) -> exp.Expr:
    """`xor(p, q)` as what it means of two conditions, that they differ: DuckDB's own is of the bits of whole numbers."""

    def differ(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        if function_name(node) != _XOR:
            return None
        if len(node.expressions) != 2:
            raise ValueError(f"{_XOR} takes two conditions / {_XOR} 需要两个条件")
        one, other = (closed(_with_xor_compared(part)) for part in node.expressions)
        return exp.NEQ(this=one, expression=other)

    return replace_calls(tree, differ)


def refusals(tree: exp.Expr, columns: Collection[str]) -> list[str]:
    """Why a condition over `columns` must be refused; empty when it may run."""
    if isinstance(tree, exp.Alias) or not isinstance(tree, exp.Condition):
        return ["not one boolean expression / 不是一个布尔表达式"]
    problems = misuse(tree, AGGREGATES)
    if alone := sorted(functions_of(tree) & AGGREGATES):
        place = "stands in agg_rows or case_persons only / 聚合函数只能写在 agg_rows、case_persons 内"
        problems.append(f"an aggregate {place}: {', '.join(alone)}")
    problems += unknown({c.name for c in tree.find_all(exp.Column)}, columns, "unknown column / 未知的案卡项")
    problems += [
        f"qualified name is not allowed / 不允许带表名: {c.sql()}" for c in tree.find_all(exp.Column) if c.table
    ]
    return list(dict.fromkeys(problems))


def misuse(
    tree: exp.Expr, functions: Collection[str] = (), kinds: Collection[type[exp.Expr]] = frozenset()
) -> list[str]:
    """What an expression holds beyond what one may hold: functions and operators known here, further `functions` and `kinds`."""
    allowed = _OPERATORS | _PARTS | set(kinds)
    problems = [
        f"{type(node).__name__.lower()} is not allowed in a condition / 条件中不允许"
        for node in tree.walk()
        if type(node) not in allowed and not isinstance(node, exp.Func)
    ]
    for node in tree.find_all(exp.DataType):
        if node.this not in _TYPES or node.args.get("nested"):
            problems += unknown({node.sql(_RuleDialect).lower()}, set(_TYPES.values()), "unknown type / 未知的类型")
    return problems + unknown(functions_of(tree), HELPERS | BUILTINS | set(functions), "unknown function / 未知的函数")


def functions_of(tree: exp.Expr) -> set[str]:
    """Lower-case names of the functions a tree calls."""
    return {function_name(node) for node in tree.find_all(exp.Func)}


def function_name(node: exp.Func) -> str:
    """The name a function is known by, lower case."""
    return (node.name if isinstance(node, exp.Anonymous) else node.sql_names()[0]).lower()


def call(name: str, *arguments: exp.Expr) -> exp.Anonymous:
    """A function call, written as it is named."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def render(tree: exp.Expr) -> str:
    """The tree as DuckDB SQL."""
    return tree.sql(dialect=_RuleDialect, comments=False)


def pretty(statement: str) -> str:
    """A statement laid out for reading; it does the same."""
    (tree,) = sqlglot.parse(statement, dialect=_RuleDialect)
    assert tree is not None, "a statement of ours"
    return tree.sql(dialect=_RuleDialect, pretty=True, normalize_functions=False)


def replace_calls(
    tree: exp.Expr, replacement: Callable[[exp.Expr], exp.Expr | None], kinds: tuple[type[exp.Expr], ...] = (exp.Func,)
) -> exp.Expr:
    """A copy of the tree in which outermost nodes of `kinds` are replaced where `replacement` returns something.

    What is put in binds as the call it replaces did: in parentheses wherever an operator is beside it.
    """

    def visit(node: exp.Expr, parent: exp.Expr | None = None) -> exp.Expr:
        replaced = replacement(node) if isinstance(node, kinds) else None
        if replaced is not None:
            return replaced if parent is None or _encloses(parent) else closed(replaced)
        for key, child in list(node.args.items()):
            if isinstance(child, exp.Expr):
                node.set(key, visit(child, node))
            elif isinstance(child, list):
                node.set(key, [visit(item, node) if isinstance(item, exp.Expr) else item for item in child])
        return node

    return visit(tree.copy())


def closed(tree: exp.Expr) -> exp.Expr:
    """The tree so that it can stand beside any operator."""
    # sqlglot counts `and` and `or` among the functions.
    binds_as_one = isinstance(tree, (*_PARTS, exp.Func)) and not isinstance(tree, exp.Connector)
    return tree if binds_as_one else exp.Paren(this=tree)


def _encloses(parent: exp.Expr) -> bool:
    """Whether what stands in the node is set off by brackets or commas."""
    return isinstance(parent, exp.Paren | exp.Anonymous)


def unknown(used: Collection[str], available: Collection[str], problem: str) -> list[str]:
    """One line per name that is not available, with the nearest that is."""
    return [f"{problem}: {name}{nearest(name, available)}" for name in sorted(set(used) - set(available))]


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].replace("\x1b[4m", "").replace("\x1b[0m", "")
