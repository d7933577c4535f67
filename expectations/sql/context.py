"""What the rules are judged on: the rows of a card, and beside each what its conditions ask of other rows.

`passes` say what a condition needs; here it is named and gathered, so that conditions share it, and made. No rule is judged here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from weakref import WeakKeyDictionary

import duckdb
from sqlglot import exp

from expectations.catalogue.cards import Card, Link
from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.dictionaries import Dictionary
from expectations.sql.judgements import Judgement, OpenLimit, all_judgements
from expectations.sql.language import call, function_name, parse_condition, render, replace_calls
from expectations.sql.link_tables import DistinctValues, LinkedRows, StageRows
from expectations.sql.other_rows import ROW_COLUMNS, lookups_of
from expectations.sql.passes import rewritten
from expectations.sql.passes.linked_rows import filtered, linked_rows
from expectations.sql.passes.pending import CODED, FOUND, LINKED, SHARED, STAGE, is_pending
from expectations.sql.passes.scope import Scope

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Prepared:
    """A judgement over `audit.<card>`: its condition, its limit, the columns holding the items of other stages it reads and
    what it makes of linked rows. `joins` put these columns beside rows of the card
    known as `c`."""

    condition: str
    stage_items: Mapping[str, str] = field(default_factory=dict)
    linked_values: tuple[str, ...] = ()
    open_limit: OpenLimit | None = None
    joins: tuple[str, ...] = ()

    def guarded(self, judgement: Judgement, unreadable: Iterable[str], absent_in: Iterable[int]) -> "Prepared":
        """The same, condition and limit silent on rows where the judgement can't be made; see `guarded`."""
        limit = self.open_limit
        if limit is not None:
            limit = replace(limit, still_open=guarded(limit.still_open, judgement, unreadable, absent_in))
        return replace(self, condition=guarded(self.condition, judgement, unreadable, absent_in), open_limit=limit)


@dataclass
class AuditTable:
    """The columns a set of judgements needs beside a card, gathered while their conditions are rewritten.

    What is asked twice is made once: tables are known by what they join, columns by their SQL. `in_row`: dear values of the row
    itself, column by SQL; they may read columns of the tables.
    """

    card: Card
    cards: Mapping[str, Card]
    dictionaries: Mapping[str, Dictionary]
    distinct: dict[tuple[str, tuple[str, ...]], DistinctValues] = field(default_factory=dict)
    linked: dict[tuple[str, bool], LinkedRows] = field(default_factory=dict)
    stages: dict[str, StageRows] = field(default_factory=dict)
    joined: dict[str, DistinctValues] = field(default_factory=dict)
    in_row: dict[str, str] = field(default_factory=dict)
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def scope(self) -> Scope:
        """What the passes must know."""
        return Scope(self.card, self.cards, self.dictionaries)

    def prepare(self, judgement: Judgement, silent_where: Iterable[str] = ()) -> Prepared:
        """The judgement over `audit.<card>`, silent where one of the further conditions is true."""
        silent = [parse_condition(condition) for condition in silent_where]
        rewrites = _rewrites_of(judgement, self.scope)
        stage_items = {item: self._condition(tree) for item, tree in rewrites.stage_items.items()}
        values = (self._with_columns(value, self.joined) for value in rewrites.linked_values)
        # In the order of the condition: the columns are numbered by all rules of a run, the fingerprint is of this one.
        shared = dict.fromkeys(column.name for value in values for column in value.find_all(exp.Column))
        linked_values = tuple(name for name in shared if name not in self.card.by_name and name not in ROW_COLUMNS)
        if silent:
            condition = self._condition(rewritten(_silenced(judgement.tree, silent), self.scope))
        else:
            condition = self._condition(rewrites.condition)
        return Prepared(
            condition,
            stage_items,
            linked_values,
            self._open_limit(judgement, rewrites, silent),
            self._joins(self._tables_of((*stage_items.values(), *linked_values))),
        )

    def _open_limit(self, judgement: Judgement, rewrites: "_Rewrites", silent: Sequence[exp.Expr]) -> OpenLimit | None:
        """The judgement's limit over `audit.<card>`, silent where the judgement is."""
        if judgement.open_trees is None or rewrites.open_limit is None:
            return None
        still_open, last_day = rewrites.open_limit
        if silent:
            still_open = rewritten(_silenced(judgement.open_trees[0], silent), self.scope)
        return OpenLimit(self._condition(still_open), self._condition(last_day))

    def condition(self, tree: exp.Expr) -> str:
        """A canonical condition over `audit.<card>`."""
        return self._condition(rewritten(tree, self.scope))

    def _condition(self, rewrite: exp.Expr | str) -> str:
        return rewrite if isinstance(rewrite, str) else render(self._with_columns(rewrite, self.joined))

    def _with_columns(self, tree: exp.Expr, joined: dict[str, DistinctValues]) -> exp.Expr:
        """The tree with a named column for every pending one; tables of distinct values it needs are put into `joined`."""
        column_names: dict[str, Callable[[exp.Expr], str]] = {
            LINKED: self._linked_column,
            STAGE: self._stage_column,
            FOUND: lambda node: self._stage(node.args["link"]).match_column,
            CODED: lambda node: self._coded_column(node, joined),
            SHARED: self._shared_column,
        }

        def column(node: exp.Expr) -> exp.Expr | None:
            assert isinstance(node, exp.Func)
            return exp.column(column_names[function_name(node)](node)) if is_pending(node) else None

        return replace_calls(tree, column)

    def _linked_column(self, node: exp.Expr) -> str:
        link: Link = node.args["link"]
        compared: bool = node.args["compared"]
        table = self.linked.setdefault(
            (str(link), compared), LinkedRows(self._table_name("l", self.linked), self.card.name, link, compared)
        )
        _, value, *conditions = node.expressions
        where = self._with_columns(conditions[0], table.distinct) if conditions else None
        return self._column_for(table.values, render(filtered(self._with_columns(value, table.distinct), where)))

    def _stage_column(self, node: exp.Expr) -> str:
        return self._column_for(self._stage(node.args["link"]).values, node.expressions[1].name)

    def _stage(self, link: Link) -> StageRows:
        return self.stages.setdefault(link.card, StageRows(self._table_name("s", self.stages), link))

    def _coded_column(self, node: exp.Expr, joined: dict[str, DistinctValues]) -> str:
        (value,) = node.expressions
        card, items = node.args["card"], tuple(sorted({column.name for column in value.find_all(exp.Column)}))
        new = DistinctValues(self._table_name("d", self.distinct), card, items)
        values = self.distinct.setdefault((card, items), new)
        joined[values.name] = values
        return self._column_for(values.values, render(value))

    def _shared_column(self, node: exp.Expr) -> str:
        (value,) = node.expressions
        return self._column_for(self.in_row, render(self._with_columns(value, self.joined)))

    def _column_for(self, values: dict[str, str], sql: str) -> str:
        return values.get(sql) or values.setdefault(sql, f"_v{next(self.numbers)}")

    def _table_name(self, kind: str, tables: Sized) -> str:
        return f"{self.card.name}_{kind}{len(tables)}"

    def statements(self) -> list[str]:
        """What makes the tables beside the card, and the view `audit.<card>` that puts all of them beside its rows."""
        # Distinct values first: the tables of linked rows are made with them.
        tables: list[DistinctValues | LinkedRows | StageRows] = [*self.distinct.values(), *self.linked.values()]
        tables += self.stages.values()
        everything = [*self.in_row.values(), *(column for table in self._beside for column in table.columns)]
        return [
            "create schema if not exists audit",
            *(table.definition() for table in tables),
            f"create or replace view audit.{self.card.name} as {self.rows_with(everything)}",
        ]

    def dear_values(self, condition: str) -> tuple[str, ...]:
        """The dear values of the row that a condition names; what names the same is best evaluated together."""
        names = _words([condition])
        return tuple(name for name in self.in_row.values() if name in names)

    def rows_with(self, conditions: Iterable[str]) -> str:
        """The SELECT of the card's rows with the columns these conditions name.

        A table more is a join more, and its columns are carried through all others, so only what is named is joined.
        """
        names, computed = _words(conditions), dict[str, str]()
        # Backwards, since a value may name those made before it.
        for sql, column in reversed(self.in_row.items()):
            if column in names:
                names |= _words([sql])
                computed[column] = sql
        tables = self._tables_of(names)
        columns = "".join(f", {table.name}.{column}" for table in tables for column in table.columns)
        rows = f"select c.*{columns} from cards.{self.card.name} c {' '.join(self._joins(tables))}".rstrip()
        for level in _levels(dict(reversed(computed.items()))):
            rows = f"select *, {', '.join(f'{computed[column]} as {column}' for column in level)} from ({rows})"
        return rows

    @property
    def _beside(self) -> list[DistinctValues | LinkedRows | StageRows]:
        """The tables that are joined with the card's rows."""
        return [*self.joined.values(), *self.linked.values(), *self.stages.values()]

    def _tables_of(self, names: Iterable[str]) -> list[DistinctValues | LinkedRows | StageRows]:
        """The tables that hold what is named."""
        return [table for table in self._beside if not set(names).isdisjoint(table.columns)]

    def _joins(self, tables: Iterable[DistinctValues | LinkedRows | StageRows]) -> tuple[str, ...]:
        return tuple(table.join("c") for table in tables)


@dataclass(frozen=True)
class _Rewrites:
    """What the passes make of a judgement: nothing of it depends on a run. Text where no column is to be made, else trees.

    `linked_values` are what it makes of linked rows."""

    condition: exp.Expr | str
    stage_items: Mapping[str, exp.Expr | str]
    linked_values: tuple[exp.Expr, ...]
    open_limit: tuple[exp.Expr | str, exp.Expr | str] | None


_REWRITES: WeakKeyDictionary[Judgement, tuple[Mapping[str, Dictionary], _Rewrites]] = WeakKeyDictionary()


def rewrite_ahead(catalogue: Catalogue, as_of: date) -> Iterator[Judgement]:
    """Makes of every judgement what `prepare` will ask of it, and says which is done."""
    for judgement in all_judgements(catalogue, as_of):
        _rewrites_of(judgement, Scope(judgement.card, catalogue.cards, catalogue.dictionaries))
        yield judgement


def _rewrites_of(judgement: Judgement, scope: Scope) -> _Rewrites:
    """Made once for as long as there is the judgement; the passes cost more than all else of preparing it."""
    dictionaries, rewrites = _REWRITES.get(judgement, (None, None))
    if rewrites is None or dictionaries is not scope.dictionaries:
        rewrites = _rewrite(judgement, scope)
        _REWRITES[judgement] = (scope.dictionaries, rewrites)
    return rewrites


def _rewrite(judgement: Judgement, scope: Scope) -> _Rewrites:
    lookups = lookups_of(judgement.tree)
    stage_items = {
        f"{lookup.card}.{lookup.field}": _rewritten(lookup.node, scope)
        for lookup in lookups
        if lookup.field and lookup.field in scope.cards[lookup.card].by_name
    }
    # What is compared with a day is left out: the audit date is one, and it changes every night.
    linked_values = tuple(
        linked_rows(lookup.node, scope)
        for lookup in lookups
        if not lookup.is_stage and not any(lookup.node.find_all(exp.Cast))
    )
    limit = judgement.open_trees
    open_limit = (_rewritten(limit[0], scope), _rewritten(limit[1], scope)) if limit else None
    return _Rewrites(_rewritten(judgement.tree, scope), stage_items, linked_values, open_limit)


def _rewritten(tree: exp.Expr, scope: Scope) -> exp.Expr | str:
    after_passes = rewritten(tree, scope)
    return after_passes if any(map(is_pending, after_passes.find_all(exp.Func))) else render(after_passes)


def _silenced(tree: exp.Expr, silent: Iterable[exp.Expr]) -> exp.Expr:
    """A condition that is false where one of `silent` is true."""
    for condition in silent:
        tree = exp.and_(tree, exp.not_(call("coalesce", condition.copy(), exp.false())))
    return tree


def _levels(values: Mapping[str, str]) -> Iterator[list[str]]:
    """Columns in the order in which they can be made of their SQL: each names columns of earlier levels only. DuckDB reads a column made in
    the same SELECT as its SQL written once more, and cannot where that has a subquery."""
    remaining = dict(values)
    while remaining:
        level = [column for column, sql in remaining.items() if remaining.keys().isdisjoint(_words([sql]))]
        yield level
        for column in level:
            del remaining[column]


def _words(texts: Iterable[str]) -> set[str]:
    return set[str]().union(*map(_WORD.findall, texts))


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
    """Makes the tables beside the card and `audit.<card>` with every column the prepared judgements need."""
    for statement in table.statements():
        con.execute(statement)
