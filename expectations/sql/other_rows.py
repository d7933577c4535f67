"""The helpers that look at other rows: the other persons of a case, another stage, the measures, related cases.

Turns them into `Lookup`s: what is asked of which rows, found through which link of the card. Pure syntax trees; the SQL that
answers them is `link_tables`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from sqlglot import exp

from expectations.catalogue.cards import Card, Link, Role
from expectations.errors import nearest
from expectations.sql.language import (
    AGGREGATES,
    AROUND_AGGREGATES,
    OTHER_ROWS,
    call,
    function_name,
    misuse,
    parse_condition,
    render,
    replace_calls,
)

JUDGED, OTHER = "t", "r"
"""How a lookup names the judged row and the other rows."""

COUNTS = frozenset({"count", "count_if"})
"""Those of them that are 0 where there is no row."""

IN_ORDER = frozenset({"list", "first", "last"})
"""Those of them that come to another value where the rows stand in another order."""

LIST_FUNCTIONS = frozenset({"flatten", "list_distinct"})
"""What may be done with a list of the other rows' lists."""

_OF_NULL = frozenset("abs round len length year month day date_diff lower upper trim substr cast try_cast".split())
_OF_NULL |= LIST_FUNCTIONS
_STRICT = (
    *(exp.Paren, exp.Neg, exp.Not, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.DPipe),
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.Bracket),
)
"""Functions and operators that make NULL of a NULL."""

ROW_COLUMNS = frozenset({"_row", "_file"})
"""Columns of every card that are no items."""

_OTHER_ROW = ("_row", "_row")
"""The pair that says that a row is not the judged one."""

_MOST_DIFFERING = 3  # each doubles the group counts
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

    def equalities(self, blanks_match: bool) -> frozenset[tuple[str, str]]:
        """The pairs (own item, item there) the condition on the other rows equates."""
        return frozenset(pair for term in _terms(self.where) if (pair := _equality(term, blanks_match)))

    def link(self, judged_card: Card) -> Link | None:
        """The link of the card the lookup goes through: the narrowest declared one that fits."""
        if self.is_stage:
            return next((link for link in judged_card.links if link.card == self.card and link.latest), None)
        fitting = [
            link
            for link in judged_card.links
            if link.card == self.card and link.pairs <= self.equalities(link.blanks_match)
        ]
        return max(fitting, key=lambda link: len(link.pairs), default=None)

    def beyond(self, link: Link) -> list[exp.Expr]:
        """What the condition asks of the other rows beyond the link."""
        return [term for term in _terms(self.where) if _equality(term, link.blanks_match) not in link.pairs]

    def counting(self, link: Link) -> "Counting | None":
        """How to count the rows by keys alone, where they are only counted and compared item by item; else None."""
        if self.value is None or render(self.value).lower() != "count(r._row)" or link.blanks_match:
            return None
        terms = self.beyond(link)
        equal = {pair for term in terms if (pair := _equality(term, blanks_match=False))}
        differing = {pair for term in terms if (pair := _inequality(term))}
        other_row_terms = [
            term for term in terms if not any(column.table == JUDGED for column in term.find_all(exp.Column))
        ]
        pairs = link.pairs | equal | differing
        if len(equal) + len(differing) + len(other_row_terms) < len(terms):
            return None
        # A key names every own item once: an item compared with two items there is none.
        if len({own_item for own_item, _ in pairs}) < len(pairs):
            return None
        if not (equal or differing) or len(differing) > _MOST_DIFFERING:
            return None
        return Counting(link.pairs | equal, tuple(sorted(differing)), tuple(other_row_terms))

    def linked_items(self) -> frozenset[str]:
        """Items of the other card the lookup reads, those of its condition included."""
        names = {column.name for column in self.node.find_all(exp.Column) if column.table == OTHER}
        return frozenset({*names, self.field} - ROW_COLUMNS - {""})

    def judged_items(self) -> frozenset[str]:
        """Items of the judged row the lookup reads."""
        names = {column.name for column in self.node.find_all(exp.Column) if column.table == JUDGED}
        return frozenset(names - ROW_COLUMNS)


@dataclass(frozen=True)
class Counting:
    """A count of rows that agree in `equal`, differ in every pair of `differing` and meet `other_row_terms`.

    It is the rows that agree in `equal`, less those that agree in one more pair, plus those that agree in two more, and so on:
    grouping by keys instead of comparing every row with every other.
    """

    equal: frozenset[tuple[str, str]]
    differing: tuple[tuple[str, str], ...]
    other_row_terms: tuple[exp.Expr, ...]
    """What is asked of the other row alone, whatever the judged one is."""

    def signed_keys(self) -> Iterator[tuple[int, frozenset[tuple[str, str]]]]:
        """Sign and key of every group count the count is made of."""
        for size in range(len(self.differing) + 1):
            for agreeing in combinations(self.differing, size):
                yield (-1) ** size, self.equal | frozenset(agreeing)


def canonical(tree: exp.Expr, card: Card) -> exp.Expr:
    """The tree with every helper over other rows written as `agg_rows(card, value, where)`, `stage` or `has_stage`.

    Other rows are `r.`, the judged row is `t.` inside them and bare outside. Raises ValueError for wrong arguments.
    """

    def rewritten(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        name, arguments = function_name(node), node.expressions
        if name == "person_count":
            persons = _PERSONS.format(person=_item_in_role(card, "person", name))
            return parse_condition(f"{_ROWS}({card.name}, {persons}, {_same_case(card, name)})")
        if name == "case_persons":
            _expect(node, 1)
            return call(_ROWS, exp.column(card.name), _qualified(arguments[0]), parse_condition(_same_case(card, name)))
        if name == "count_rows":
            _expect(node, 2)
            return call(_ROWS, arguments[0], call("count", exp.column("_row", OTHER)), arguments[1])
        if name in (_ROWS, _STAGE, _HAS_STAGE):
            _expect(node, 3 if name == _ROWS else 1)
            return node
        return None

    tree = replace_calls(tree, rewritten)
    inside = {id(column) for lookup in lookups_of(tree) for column in lookup.node.find_all(exp.Column)}
    for column in list(tree.find_all(exp.Column)):
        if column.table == JUDGED and id(column) not in inside:
            column.set("table", None)
    return tree.transform(_one_value, copy=False)


def _one_value(node: exp.Expr) -> exp.Expr:
    """`agg_rows(c, count(distinct x), w) <= 1` asks whether there are two values: smallest and greatest tell at once."""
    lookup = lookup_at(node.this) if isinstance(node, exp.LTE) and node.expression.sql() == "1" else None
    value = lookup.value if lookup else None
    distinct = value.expressions[0] if isinstance(value, exp.Anonymous) and value.expressions else None
    if (
        lookup is None
        or lookup.where is None
        or not isinstance(distinct, exp.Distinct)
        or len(distinct.expressions) != 1
    ):
        return node
    item, where = render(distinct.expressions[0]), render(lookup.where)
    same = f"min({item}) = max({item})"  # unknown where there is no value, as for no rows
    return parse_condition(f"coalesce({_ROWS}({lookup.card}, {same}, {where}), true)")


def _same_case(card: Card, helper: str) -> str:
    case = _item_in_role(card, "case", helper)
    return f"r.{case} = t.{case}"


def _item_in_role(card: Card, role: Role, helper: str) -> str:
    item = card.role(role)
    if item is None:
        raise ValueError(
            f"{helper} needs an item in role {role}, which card {card.name} has not / 案卡没有担任 {role} 的项"
        )
    return item


def lookups_of(tree: exp.Expr) -> Iterator[Lookup]:
    """Every lookup of a canonical tree."""
    for node in tree.find_all(exp.Func):
        lookup = lookup_at(node.parent if isinstance(node.parent, exp.Dot) else node)
        if lookup:
            yield lookup


def lookup_at(node: exp.Expr | None) -> Lookup | None:
    """The lookup a node of a canonical tree stands for, if it stands for one."""
    if isinstance(node, exp.Dot) and isinstance(node.this, exp.Func) and function_name(node.this) == _STAGE:
        has_item = isinstance(node.expression, exp.Identifier)
        return Lookup(node, node.this.expressions[0].name, field=node.expression.name) if has_item else None
    if not isinstance(node, exp.Func):
        return None
    if function_name(node) == _HAS_STAGE:
        return Lookup(node, node.expressions[0].name)
    if function_name(node) == _ROWS:
        card, value, where = node.expressions
        return Lookup(node, card.name, value, where)
    return None


def lookup_problems(lookup: Lookup, card: Card, cards: Mapping[str, Card]) -> Iterator[str]:
    """Why a lookup must be refused; nothing when it may run."""
    linked_card = cards.get(lookup.card)
    if linked_card is None:
        yield f"unknown card / 未知的案卡 {lookup.card}{nearest(lookup.card, cards)}"
        return
    for name in sorted(lookup.linked_items() - linked_card.by_name.keys()):
        yield f"card {linked_card.name} has no field / 案卡没有此项 {name}{nearest(name, linked_card.by_name)}"
    for name in sorted(lookup.judged_items() - card.by_name.keys()):
        yield f"card {card.name} has no field / 案卡没有此项 {name}{nearest(name, card.by_name)}"
    if lookup.link(card) is None:
        declared = ", ".join(
            str(link) for link in card.links if link.card == lookup.card and (link.latest or lookup.where)
        )
        yield (
            f"card {card.name} declares no such link to / 案卡未声明到该案卡的关联: {lookup.card}"
            f"; declared / 已声明: {declared or 'none / 无'}"
        )
    inside = list(lookup.node.find_all(exp.Func))
    nested = sorted(
        {function_name(node) for part in (lookup.value, lookup.where) if part for node in part.find_all(exp.Func)}
        & OTHER_ROWS
    )
    if nested:
        yield f"a helper of other rows inside another / 跨行函数不能嵌套: {', '.join(nested)}"
        return
    for column in _columns(lookup.value):
        if column.table == OTHER and not _is_aggregated(column):
            yield f"an item of other rows outside an aggregate / 其他行的项须放在聚合函数内: {column.sql()}"
    if not lookup.is_stage and any(
        not column.table for part in (lookup.value, lookup.where) for column in _columns(part)
    ):
        yield "write r. or t. before every item there / 跨行条件中的案卡项前须写 r. 或 t."
    qualified_columns = [column for part in (lookup.value, lookup.where) for column in _columns(part) if column.table]
    yield from (
        f"write r. or t., nothing else / 只能写 r. 或 t.: {column.sql()}"
        for column in qualified_columns
        if column.table not in (JUDGED, OTHER) or column.db
    )
    if any(function_name(node) in ("first", "last") and not node.find(exp.Order) for node in inside):
        yield "first and last need an order by / first、last 须写 order by"
    parts = [part for part in (lookup.value, lookup.where) if part is not None]
    yield from (text for part in parts for text in misuse(part, AGGREGATES | LIST_FUNCTIONS, AROUND_AGGREGATES))


def opt_problems(tree: exp.Expr) -> Iterator[str]:
    """Why a use of `opt` must be refused: whether a column may be absent is asked of the judged row only."""
    for node in tree.find_all(exp.Func):
        if function_name(node) == "opt":
            items = node.expressions
            if len(items) != 1 or not isinstance(items[0], exp.Column) or items[0].table not in ("", JUDGED):
                yield f"opt takes one item of the judged row / opt 只接受本行的一个案卡项: {render(node)}"


def outside_lookups(tree: exp.Expr) -> exp.Expr:
    """The tree with NULL in place of every lookup: what a condition says of the judged row."""
    return replace_calls(tree, lambda node: exp.Null() if lookup_at(node) else None, (exp.Func, exp.Dot))


def value_without_rows(value: exp.Expr) -> exp.Expr | None:
    """What an aggregate yields where no row is linked: counts 0, all else made of NULLs; None if that is NULL for certain."""
    counts = any(function_name(node) in COUNTS for node in value.find_all(exp.Func))
    if not counts and _null_of_nulls(value):
        return None

    def empty(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        if function_name(node) in COUNTS:
            return exp.Literal.number(0)
        return exp.Null() if function_name(node) in AGGREGATES else None

    return replace_calls(exp.Paren(this=value.copy()), empty)


def is_number_of_rows(value: exp.Expr) -> bool:
    """Whether a value is made of counts and numbers alone, so that it is never NULL."""
    if isinstance(value, exp.Func):
        return function_name(value) in COUNTS
    parts = (value.this, value.expression) if isinstance(value, exp.Add | exp.Sub | exp.Mul) else (value.this,)
    if isinstance(value, exp.Paren | exp.Add | exp.Sub | exp.Mul):
        return all(map(is_number_of_rows, parts))
    return isinstance(value, exp.Literal) and not value.is_string


def _null_of_nulls(value: exp.Expr) -> bool:
    """Whether a value is NULL wherever its aggregates are: made of them by what says nothing of NULL."""
    if isinstance(value, exp.Func) and function_name(value) in AGGREGATES:
        return True
    if isinstance(value, exp.Func):
        of_nulls = function_name(value) in _OF_NULL and not isinstance(value, exp.Connector)
        return of_nulls and any(map(_null_of_nulls, _operands(value)))
    return isinstance(value, _STRICT) and any(map(_null_of_nulls, _operands(value)))


def _operands(node: exp.Expr) -> list[exp.Expr]:
    return [child for child in node.iter_expressions() if not isinstance(child, exp.DataType)]


def linked_file(lookup: Lookup, link: Link, files: frozenset[int]) -> str:
    """A condition that is true where a row the lookup rests on stands in one of the files."""
    numbers = f"in ({', '.join(map(str, sorted(files)))})"
    if lookup.is_stage:
        return f"{_STAGE}({lookup.card})._file {numbers}"
    equal = " and ".join(f"r.{linked_item} {link.equals} t.{own_item}" for own_item, linked_item in sorted(link.pairs))
    return f"{_ROWS}({lookup.card}, bool_or(r._file {numbers}), {equal})"


def _qualified(value: exp.Expr) -> exp.Expr:
    value = value.copy()
    for column in value.find_all(exp.Column):
        if not column.table:
            column.set("table", exp.to_identifier(OTHER))
    return value


def _is_aggregated(column: exp.Column) -> bool:
    parent = column.parent
    while parent is not None and not (isinstance(parent, exp.Func) and function_name(parent) in AGGREGATES):
        parent = parent.parent
    return parent is not None


def _columns(part: exp.Expr | None) -> list[exp.Column]:
    return list(part.find_all(exp.Column)) if part is not None else []


def _terms(where: exp.Expr | None) -> list[exp.Expr]:
    if where is None:
        return []
    where = where.unnest()
    if not isinstance(where, exp.And):
        return [where]
    terms = [term for part in where.flatten() for term in _terms(part)]
    # “Another row” says nothing new beside an item that differs, and as one more pair it would double the counts of `Counting`.
    differs = any(_tells_apart(term) for term in terms)
    return [term for term in terms if not (differs and _inequality(term) == _OTHER_ROW)]


def _tells_apart(term: exp.Expr) -> bool:
    """Whether a row can never meet the term together with itself, since it compares an item with the same item."""
    pair = _pair(term) if isinstance(term, exp.NEQ | exp.LT | exp.GT) else None
    return pair is not None and pair[0] == pair[1] and pair != _OTHER_ROW


def _equality(term: exp.Expr, blanks_match: bool) -> tuple[str, str] | None:
    """(own item, item there) of `r.x = t.y`, or of `r.x is not distinct from t.y` where blanks match."""
    return _pair(term) if isinstance(term, exp.NullSafeEQ if blanks_match else exp.EQ) else None


def _pair(term: exp.Expr) -> tuple[str, str] | None:
    """(own item, item there) of a comparison of two items."""
    left, right = term.this, term.expression
    if not (isinstance(left, exp.Column) and isinstance(right, exp.Column)):
        return None
    item_of_row = {left.table: left.name, right.table: right.name}
    return (item_of_row[JUDGED], item_of_row[OTHER]) if item_of_row.keys() == {JUDGED, OTHER} else None


def _inequality(term: exp.Expr) -> tuple[str, str] | None:
    """(own item, item there) of `r.x <> t.y`."""
    return _pair(term) if isinstance(term, exp.NEQ) else None


def _expect(node: exp.Func, arguments: int) -> None:
    if len(node.expressions) != arguments:
        raise ValueError(f"{function_name(node)} takes {arguments} argument(s) / 参数个数应为 {arguments}")
