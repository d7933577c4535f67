"""What the rules are judged on: `audit.<card>`, one row per card row with everything a condition reads.

Helper calls that several conditions share, that cost much, or that look at other rows become columns computed once. Rewrites
conditions and decides what is computed where; no rule is judged here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import duckdb
from sqlglot import exp

from expectations.catalogue.cards import CODED_TYPES, Card, Link
from expectations.catalogue.dictionaries import Dictionary
from expectations.sql.judgements import Judgement, OpenLimit, raw_column
from expectations.sql.language import (
    call,
    closed,
    function_name,
    functions_of,
    parse_condition,
    render,
    replace_calls,
    replace_within,
)
from expectations.sql.link_tables import DistinctValues, LinkedRows, StageRows, select_statement
from expectations.sql.other_rows import (
    AGGREGATES,
    JUDGED,
    LIST_FUNCTIONS,
    OTHER,
    Counting,
    Lookup,
    lookup_at,
    lookups_of,
    value_without_rows,
)

LONGEST_LITERAL_LIST = 32
"""Dictionaries up to this length are compared in place as a literal list; longer ones once per distinct value."""

_CHEAP = frozenset(
    """blank yes no custodial eff raw and or xor case if cast try_cast coalesce contains starts_with ends_with
    greatest least year month day date_diff length trim substr nullif abs round lower upper add_days add_months array""".split()
)
"""Functions evaluated in place: as cheap as reading a column, or only the frame around dearer ones."""

_CHARGES_VALID = "not (coalesce(charges_from({x}) > ({d}), false) or coalesce(charges_to({x}) < ({d}), false))"
"""`charges_valid` in two calls over the charges alone, so that they are computed on the distinct values."""


@dataclass(frozen=True)
class Prepared:
    """A judgement over `audit.<card>`: its condition, its limit, the columns holding the items of other stages it reads and
    what it makes of linked rows."""

    condition: str
    stage_items: Mapping[str, str] = field(default_factory=dict)
    linked_values: tuple[str, ...] = ()
    open_limit: OpenLimit | None = None

    def guarded(self, judgement: Judgement, unreadable: Iterable[str], absent_in: Iterable[int]) -> "Prepared":
        """The same, condition and limit silent on rows where the judgement can't be made; see `guarded`."""
        limit = self.open_limit
        if limit is not None:
            limit = replace(limit, still_open=guarded(limit.still_open, judgement, unreadable, absent_in))
        return replace(self, condition=guarded(self.condition, judgement, unreadable, absent_in), open_limit=limit)


@dataclass
class AuditTable:
    """The columns a set of judgements needs beside a card, gathered while their conditions are rewritten."""

    card: Card
    cards: Mapping[str, Card]
    dictionaries: Mapping[str, Dictionary]
    distinct: dict[tuple[str, tuple[str, ...]], DistinctValues] = field(default_factory=dict)
    linked: dict[tuple[str, bool], LinkedRows] = field(default_factory=dict)
    stages: dict[str, StageRows] = field(default_factory=dict)
    beside: dict[str, DistinctValues] = field(default_factory=dict)
    in_row: dict[str, str] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    def prepare(self, judgement: Judgement, silent_where: Iterable[str] = ()) -> Prepared:
        """The judgement over `audit.<card>`, silent where one of the further conditions is true."""
        silent = [parse_condition(condition) for condition in silent_where]
        stage_items = {
            f"{lookup.card}.{lookup.field}": self._stage_item(lookup)
            for lookup in lookups_of(judgement.tree)
            if lookup.field and lookup.field in self.cards[lookup.card].by_name
        }
        # What is compared with a day is left out: the audit date is one, and it changes every night.
        linked = [
            one for one in lookups_of(judgement.tree) if not one.is_stage and not any(one.node.find_all(exp.Cast))
        ]
        shared = {column.name for one in linked for column in self._linked_value(one).find_all(exp.Column)}
        linked_values = tuple(sorted(shared - self.card.by_name.keys()))
        return Prepared(
            self._prepared(judgement.tree, silent), stage_items, linked_values, self._open_limit(judgement, silent)
        )

    def _open_limit(self, judgement: Judgement, silent: Sequence[exp.Expr]) -> OpenLimit | None:
        """The judgement's limit over `audit.<card>`, silent where the judgement is."""
        if judgement.open_trees is None:
            return None
        still_open, last_day = judgement.open_trees
        return OpenLimit(self._prepared(still_open, silent), self._prepared(last_day))

    def _prepared(self, tree: exp.Expr, silent: Sequence[exp.Expr] = ()) -> str:
        for condition in silent:
            tree = exp.and_(tree, exp.not_(call("coalesce", condition.copy(), exp.false())))
        return render(replace_calls(tree, self._own_value, (exp.Func, exp.Dot)))

    def _own_value(self, node: exp.Expr) -> exp.Expr | None:
        """What stands for a node in a condition on the judged row; None to look at what is inside it."""
        lookup = lookup_at(node)
        if lookup:
            return self._stage_value(lookup) if lookup.is_stage else self._linked_value(lookup)
        if not isinstance(node, exp.Func):
            return None
        if function_name(node) == "charges_valid":
            return self._own(_valid_charges(node))
        in_place = self._in_place(node, self.card)
        if in_place is not None or isinstance(node, exp.Connector) or function_name(node) in _CHEAP:
            return in_place
        if self._is_coded(node, self.card):
            values = self._distinct_values(node, self.card)
            self.beside[values.name] = values
            return exp.column(self._distinct_column(values, node))
        if not isinstance(node, exp.Anonymous):
            return None
        inside = call(node.name, *(self._own(argument) for argument in node.expressions))
        return exp.column(self._named(self.in_row, render(inside)))

    def _own(self, tree: exp.Expr) -> exp.Expr:
        return replace_within(tree, self._own_value, (exp.Func, exp.Dot))

    def _other_value(self, node: exp.Expr, other: Card, table: LinkedRows) -> exp.Expr | None:
        """What stands for a node in a condition on linked rows."""
        in_place = self._in_place(node, other)
        around = not isinstance(node, exp.Func) or function_name(node) in _CHEAP | AGGREGATES | LIST_FUNCTIONS
        if in_place is not None or around or not self._is_coded(node, other):
            return in_place
        values = self._distinct_values(node, other)
        table.distinct[values.name] = values
        return exp.column(self._distinct_column(values, node))

    def _linked_value(self, lookup: Lookup) -> exp.Expr:
        link = lookup.link(self.card)
        assert link is not None, "refused by the guard"
        assert lookup.value is not None, "no stage"
        counting = lookup.counting(link)
        if counting:
            return self._counted_value(lookup, link, counting)
        beyond = lookup.beyond(link)
        compared = any(
            column.table == JUDGED for part in (lookup.value, *beyond) for column in part.find_all(exp.Column)
        )
        column = self._aggregate(link, lookup.value, beyond, compared=compared)
        empty = value_without_rows(lookup.value)
        return call("coalesce", column, empty) if empty is not None else column

    def _counted_value(self, lookup: Lookup, link: Link, counting: Counting) -> exp.Expr:
        """The count as a sum of group counts; nothing differs from a blank item."""
        assert lookup.value is not None, "no stage"
        there = (exp.column(there, OTHER) for _, there in counting.differing)
        filled = [exp.Not(this=exp.Is(this=item, expression=exp.Null())) for item in there]
        groups = [
            (
                sign,
                self._aggregate(
                    Link(card=link.card, by=dict(key)), lookup.value, [*counting.alone, *filled], compared=False
                ),
            )
            for sign, key in counting.parts()
        ]
        total = " ".join(f"{'+' if sign > 0 else '-'} coalesce({render(column)}, 0)" for sign, column in groups)
        here = " and ".join(f"{own} is not null" for own, _ in counting.differing)
        return parse_condition(f"(case when {here or 'true'} then 0 {total} else 0 end)")

    def _aggregate(self, link: Link, value: exp.Expr, only: Sequence[exp.Expr], *, compared: bool) -> exp.Column:
        """The column that holds an aggregate of the linked rows that meet the conditions."""
        table = self.linked.setdefault(
            (str(link), compared), LinkedRows(f"l{len(self.linked)}", self.card.name, link, compared)
        )
        other = self.cards[link.card]

        def there(tree: exp.Expr) -> exp.Expr:
            return replace_within(tree, lambda node: self._other_value(node, other, table))

        only_where = exp.and_(*(there(term) for term in only)) if only else None
        return exp.column(self._named(table.values, render(_filtered(there(value), only_where))))

    def _stage_value(self, lookup: Lookup) -> exp.Expr:
        if lookup.field:
            return exp.column(self._stage_item(lookup))
        return call("coalesce", exp.column(self._stage(lookup).found), exp.false())

    def _stage_item(self, lookup: Lookup) -> str:
        return self._named(self._stage(lookup).values, lookup.field)

    def _stage(self, lookup: Lookup) -> StageRows:
        link = lookup.link(self.card)
        assert link is not None, "refused by the guard"
        return self.stages.setdefault(link.card, StageRows(f"s{len(self.stages)}", link))

    def _is_coded(self, node: exp.Expr, card: Card) -> bool:
        """Whether a call reads coded items of the card's row and nothing else."""
        coded = {f.name for f in card.fields if f.type in CODED_TYPES}
        columns = list(node.find_all(exp.Column))
        here = all(column.table in ("", OTHER) for column in columns) and not any(lookups_of(node))
        here = here and not functions_of(node) & AGGREGATES
        return here and bool(columns) and {column.name for column in columns} <= coded

    def _distinct_values(self, node: exp.Expr, card: Card) -> DistinctValues:
        inputs = tuple(sorted({column.name for column in node.find_all(exp.Column)}))
        new = DistinctValues(f"d{len(self.distinct)}", card.name, inputs)
        return self.distinct.setdefault((card.name, inputs), new)

    def _distinct_column(self, values: DistinctValues, node: exp.Expr) -> str:
        bare = node.copy()
        for column in bare.find_all(exp.Column):
            column.set("table", None)
        inside = replace_within(bare, lambda each: self._in_place(each, self.cards[values.card]))
        return self._named(values.values, render(inside))

    def _named(self, values: dict[str, str], sql: str) -> str:
        return values.get(sql) or values.setdefault(sql, f"_v{next(self.numbers)}")

    def _in_place(self, node: exp.Expr, card: Card) -> exp.Expr | None:
        """Cheaper SQL for calls that need no column of their own."""
        if not isinstance(node, exp.Func):
            return None
        name, argument = function_name(node), node.expressions[0] if node.expressions else None
        if name == "raw" and isinstance(argument, exp.Column):
            return exp.column(raw_column(card.field(argument.name)), argument.table or None)
        if name == "opt" and argument is not None:
            item: exp.Expr = argument.copy()
            return item
        if name == "blank" and argument is not None and (_is_item(argument) or _is_item_call(argument)):
            inside = argument.copy()
            if card is self.card and not _is_there(argument):
                inside = self._own(inside)
            else:
                inside = replace_within(inside, lambda each: self._in_place(each, card))
            return exp.Is(this=closed(inside), expression=exp.Null())
        if name == "in_dictionary":
            return self._in_short_list(*node.expressions)
        return None

    def _in_short_list(self, value: exp.Expr, dictionary: exp.Expr, multiple: exp.Expr) -> exp.Expr | None:
        labels = [entry.label for entry in self.dictionaries[dictionary.name].values]
        if not isinstance(value, exp.Column) or multiple.sql() == "TRUE" or len(labels) > LONGEST_LITERAL_LIST:
            return None
        in_list = exp.In(this=value.copy(), expressions=[exp.Literal.string(label) for label in labels])
        return exp.Anonymous(this="coalesce", expressions=[in_list, exp.false()])

    def statements(self) -> list[str]:
        """What makes `audit.<card>`, in order.

        `audit.<card>_shared` has one row per card row with every shared value, put together from temporary tables. `audit.<card>`
        is a view that puts it beside the card's own columns by position: it is stored in the physical order of the card's
        rows, and the wide card is not copied.
        """
        name = self.card.name
        view = (
            f"create or replace view audit.{name} as select c.*, s.* exclude (_row), s._row as _shared_row "
            f"from cards.{name} c positional join audit.{name}_shared s"
        )
        others: list[LinkedRows | StageRows] = [*self.linked.values(), *self.stages.values()]
        beside = [*self.beside.values(), *others]
        columns = [f"{table.name}.{column}" for table in beside for column in table.columns]
        columns += [f"{sql} as {column}" for sql, column in self.in_row.items()]
        parts = [*self.distinct.values(), *others]
        return [
            "create schema if not exists audit",
            *(table.definition() for table in parts),
            f"create or replace table audit.{name}_shared as {select_statement(name, beside, columns)}",
            *(f"drop table {table.name}" for table in parts),
            view,
        ]


def _valid_charges(node: exp.Func) -> exp.Expr:
    charges, day = (render(argument) for argument in node.expressions)
    return exp.Paren(this=parse_condition(_CHARGES_VALID.format(x=charges, d=day)))


def _filtered(value: exp.Expr, condition: exp.Expr | None) -> exp.Expr:
    """The aggregates of `value` over the rows that meet the condition."""
    if condition is None:
        return value
    where = exp.Where(this=condition)

    def only_those(node: exp.Expr) -> exp.Expr | None:
        assert isinstance(node, exp.Func)
        return exp.Filter(this=node, expression=where) if function_name(node) in AGGREGATES else None

    return replace_within(value, only_those)


def _is_item(node: exp.Expr) -> bool:
    """Whether a node is an item of a row: the judged one, a linked one or a stage."""
    lookup = lookup_at(node)
    return isinstance(node, exp.Column) or (lookup is not None and bool(lookup.field))


def _is_item_call(node: exp.Expr) -> bool:
    """Whether a node is the raw text of an item or the first filled of several: NULL where blank, like an item."""
    return (
        isinstance(node, exp.Anonymous)
        and function_name(node) in ("raw", "coalesce")
        and all(map(_is_item, node.expressions))
    )


def _is_there(node: exp.Expr) -> bool:
    return any(column.table == OTHER for column in node.find_all(exp.Column))


def guarded(condition: str, judgement: Judgement, unreadable: Iterable[str], absent_in: Iterable[int]) -> str:
    """The condition, silent on rows where it can't be judged.

    `unreadable`: fields of the card with unreadable cells in this run; `absent_in`: files that lack a column it reads.
    """
    guards = [f"({condition})"]
    touched = sorted((judgement.values_read - judgement.raw_read) & set(unreadable))
    if touched:
        names = ", ".join(f"'{name}'" for name in touched)
        guards.append(f"(_unreadable is null or not list_has_any(_unreadable, [{names}]))")
    files = sorted(absent_in)
    if files:
        guards.append(f"_file not in ({', '.join(map(str, files))})")
    if judgement.rule.level == "case":
        guards.append(f"{judgement.card.role('case')} is not null")
    return " and ".join(guards)


def build_audit_table(con: duckdb.DuckDBPyConnection, table: AuditTable) -> None:
    """Creates `audit.<card>` with every column the prepared judgements need, and checks that it is in step with the card."""
    name = table.card.name
    for statement in table.statements():
        con.execute(statement)
    out_of_step = con.execute(f"select count(*) from audit.{name} where _row is distinct from _shared_row").fetchall()
    if out_of_step != [(0,)]:
        raise RuntimeError(f"cards.{name} and its shared values are out of step")
