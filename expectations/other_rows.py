"""The helpers that look at other rows: the other persons of a case, another stage, the measures, related cases.

Turns them into `Lookup`s: what is asked of which rows, found through which link of the card. Pure syntax trees; the SQL that
answers them is `link_tables`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from expectations.cards import Card, Link
from expectations.errors import nearest
from expectations.language import call, function_name, misuse, parse_condition, replace_calls

JUDGED, OTHER = "t", "r"
"""How a lookup names the judged row and the other rows."""

AGGREGATES = frozenset("min max sum avg count count_if bool_and bool_or list first last".split())
"""Functions that make one value of the other rows."""

LIST_FUNCTIONS = frozenset({"flatten", "list_distinct"})
"""What may be done with a list of the other rows' lists."""

ROW_COLUMNS = frozenset({"_row", "_file"})
"""Columns of every card that are no items."""

_ROWS, _STAGE, _HAS_STAGE = "agg_rows", "stage", "has_stage"
_PERSONS = "count(distinct r.{person}) + count_if(blank(r.{person}))"


@dataclass(frozen=True, eq=False)
class Lookup:
    """One value asked of rows of `card`: an aggregate over linked rows, an item of the stage's row, or whether it exists."""

    node: exp.Expr
    card: str
    value: exp.Expr | None = None
    where: exp.Expr | None = None
    field: str = ""

    @property
    def is_stage(self) -> bool:
        """Whether one row, the latest, is asked and not all of them."""
        return self.where is None

    @cached_property
    def equalities(self) -> frozenset[tuple[str, str]]:
        """The pairs (own item, item there) the condition on the other rows equates."""
        return frozenset(pair for term in _terms(self.where) if (pair := _equality(term)))

    def link(self, own: Card) -> Link | None:
        """The link of the card the lookup goes through: the narrowest declared one that fits."""
        if self.is_stage:
            return next((link for link in own.links if link.card == self.card and link.latest), None)
        fitting = [link for link in own.links if link.card == self.card and link.pairs <= self.equalities]
        return max(fitting, key=lambda link: len(link.pairs), default=None)

    def beyond(self, link: Link) -> list[exp.Expr]:
        """What the condition asks of the other rows beyond the link."""
        return [term for term in _terms(self.where) if _equality(term) not in link.pairs]

    def read_there(self) -> frozenset[str]:
        """Items of the other card the lookup reads, those of its condition included."""
        named = {column.name for column in self.node.find_all(exp.Column) if column.table == OTHER}
        return frozenset({*named, self.field} - ROW_COLUMNS - {""})

    def read_here(self) -> frozenset[str]:
        """Items of the judged row the lookup reads."""
        return frozenset(column.name for column in self.node.find_all(exp.Column) if column.table == JUDGED)


def canonical(tree: exp.Expr, card: Card) -> exp.Expr:
    """The tree with every helper over other rows written as `agg_rows(card, value, where)`, `stage` or `has_stage`.

    Other rows are `r.`, the judged row is `t.` inside them and bare outside. Raises ValueError for wrong arguments.
    """

    def rewritten(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        name, given = function_name(node), node.expressions
        if name == "person_count":
            persons = _PERSONS.format(person=card.role("person"))
            return parse_condition(f"{_ROWS}({card.name}, {persons}, {_same_case(card)})")
        if name == "case_persons":
            _expect(node, 1)
            return call(_ROWS, exp.column(card.name), _qualified(given[0]), parse_condition(_same_case(card)))
        if name == "count_rows":
            _expect(node, 2)
            return call(_ROWS, given[0], call("count", exp.column("_row", OTHER)), given[1])
        if name in (_ROWS, _STAGE, _HAS_STAGE):
            _expect(node, 3 if name == _ROWS else 1)
            return node
        return None

    tree = replace_calls(tree, rewritten)
    inside = {id(column) for lookup in lookups_of(tree) for column in lookup.node.find_all(exp.Column)}
    for column in list(tree.find_all(exp.Column)):
        if column.table == JUDGED and id(column) not in inside:
            column.set("table", None)
    return tree


def _same_case(card: Card) -> str:
    case = card.role("case")
    return f"r.{case} = t.{case}"


def lookups_of(tree: exp.Expr) -> Iterator[Lookup]:
    """Every lookup of a canonical tree."""
    for node in tree.find_all(exp.Func):
        lookup = lookup_at(node.parent if isinstance(node.parent, exp.Dot) else node)
        if lookup:
            yield lookup


def lookup_at(node: exp.Expr | None) -> Lookup | None:
    """The lookup a node of a canonical tree stands for, if it stands for one."""
    if isinstance(node, exp.Dot) and isinstance(node.this, exp.Func) and function_name(node.this) == _STAGE:
        return Lookup(node, node.this.expressions[0].name, field=node.expression.name)
    if not isinstance(node, exp.Func):
        return None
    if function_name(node) == _HAS_STAGE:
        return Lookup(node, node.expressions[0].name)
    if function_name(node) == _ROWS:
        card, value, where = node.expressions
        return Lookup(node, card.name, value, where)
    return None


def lookup_problems(lookup: Lookup, own: Card, cards: Mapping[str, Card]) -> Iterator[str]:
    """Why a lookup must be refused; nothing when it may run."""
    other = cards.get(lookup.card)
    if other is None:
        yield f"unknown card / 未知的案卡 {lookup.card}{nearest(lookup.card, cards)}"
        return
    for name in sorted(lookup.read_there() - other.by_name.keys()):
        yield f"card {other.name} has no field / 案卡没有此项 {name}{nearest(name, other.by_name)}"
    for name in sorted(lookup.read_here() - own.by_name.keys()):
        yield f"card {own.name} has no field / 案卡没有此项 {name}{nearest(name, own.by_name)}"
    if lookup.link(own) is None:
        declared = ", ".join(
            str(link) for link in own.links if link.card == lookup.card and (link.latest or lookup.where)
        )
        yield (
            f"card {own.name} declares no such link to / 案卡未声明到该案卡的关联: {lookup.card}"
            f"; declared / 已声明: {declared or 'none / 无'}"
        )
    inside = list(lookup.node.find_all(exp.Func))
    if any(lookup_at(node) for node in inside if node is not lookup.node and node.parent is not lookup.node):
        yield "a lookup inside a lookup / 跨行函数不能嵌套"
    if not lookup.is_stage and any(
        not column.table for part in (lookup.value, lookup.where) for column in _columns(part)
    ):
        yield "write r. or t. before every item there / 跨行条件中的案卡项前须写 r. 或 t."
    if any(function_name(node) in ("first", "last") and not node.find(exp.Order) for node in inside):
        yield "first and last need an order by / first、last 须写 order by"
    parts = [part for part in (lookup.value, lookup.where) if part is not None]
    yield from (text for part in parts for text in misuse(part, AGGREGATES | LIST_FUNCTIONS))


def outside_lookups(tree: exp.Expr) -> exp.Expr:
    """The tree with NULL in place of every lookup: what a condition says of the judged row."""
    return replace_calls(tree, lambda node: exp.Null() if lookup_at(node) else None, (exp.Func, exp.Dot))


def value_without_rows(value: exp.Expr) -> exp.Expr | None:
    """What an aggregate yields where no row is linked: counts 0, everything else NULL; None if that is all NULL."""
    if not any(function_name(node) in ("count", "count_if") for node in value.find_all(exp.Func)):
        return None

    def empty(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        if function_name(node) in ("count", "count_if"):
            return exp.Literal.number(0)
        return exp.Null() if function_name(node) in AGGREGATES else None

    return replace_calls(exp.Paren(this=value.copy()), empty)


def linked_file(lookup: Lookup, link: Link, files: frozenset[int]) -> str:
    """A condition that is true where a row the lookup rests on stands in one of the files."""
    numbers = f"in ({', '.join(map(str, sorted(files)))})"
    if lookup.is_stage:
        return f"{_STAGE}({lookup.card})._file {numbers}"
    equal = " and ".join(f"r.{there} = t.{own}" for own, there in sorted(link.pairs))
    return f"{_ROWS}({lookup.card}, bool_or(r._file {numbers}), {equal})"


def _qualified(value: exp.Expr) -> exp.Expr:
    value = value.copy()
    for column in value.find_all(exp.Column):
        if not column.table:
            column.set("table", exp.to_identifier(OTHER))
    return value


def _columns(part: exp.Expr | None) -> list[exp.Column]:
    return list(part.find_all(exp.Column)) if part is not None else []


def _terms(where: exp.Expr | None) -> list[exp.Expr]:
    if where is None:
        return []
    where = where.unnest()
    return list(where.flatten()) if isinstance(where, exp.And) else [where]


def _equality(term: exp.Expr) -> tuple[str, str] | None:
    """(own item, item there) of `r.x = t.y`."""
    left, right = (term.this, term.expression) if isinstance(term, exp.EQ) else (None, None)
    if not (isinstance(left, exp.Column) and isinstance(right, exp.Column)):
        return None
    named = {left.table: left.name, right.table: right.name}
    return (named[JUDGED], named[OTHER]) if named.keys() == {JUDGED, OTHER} else None


def _expect(node: exp.Func, arguments: int) -> None:
    if len(node.expressions) != arguments:
        raise ValueError(f"{function_name(node)} takes {arguments} argument(s) / 参数个数应为 {arguments}")
