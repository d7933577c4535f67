"""What the rules are judged on: `audit.<card>`, one row per card row with everything a condition reads.

`passes` say what a condition needs; here it is named and gathered, so that conditions share it, and made. No rule is judged here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import duckdb
from sqlglot import exp

from expectations.catalogue.cards import Card, Link
from expectations.catalogue.dictionaries import Dictionary
from expectations.sql.judgements import Judgement, OpenLimit
from expectations.sql.language import call, function_name, parse_condition, render, replace_calls
from expectations.sql.link_tables import DistinctValues, LinkedRows, StageRows, select_statement
from expectations.sql.other_rows import lookups_of
from expectations.sql.passes import rewritten
from expectations.sql.passes.linked_rows import filtered, linked_rows
from expectations.sql.passes.pending import CODED, FOUND, LINKED, SHARED, STAGE, is_pending
from expectations.sql.passes.scope import Scope


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
    """The columns a set of judgements needs beside a card, gathered while their conditions are rewritten.

    What is asked twice is made once: tables are known by what they join, columns by their SQL.
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
        stage_items = {
            f"{lookup.card}.{lookup.field}": self.condition(lookup.node)
            for lookup in lookups_of(judgement.tree)
            if lookup.field and lookup.field in self.cards[lookup.card].by_name
        }
        # What is compared with a day is left out: the audit date is one, and it changes every night.
        linked = [
            lookup
            for lookup in lookups_of(judgement.tree)
            if not lookup.is_stage and not any(lookup.node.find_all(exp.Cast))
        ]
        values = (self._with_columns(linked_rows(lookup.node, self.scope), self.joined) for lookup in linked)
        shared = {column.name for value in values for column in value.find_all(exp.Column)}
        linked_values = tuple(sorted(shared - self.card.by_name.keys()))
        return Prepared(
            self.condition(judgement.tree, silent), stage_items, linked_values, self._open_limit(judgement, silent)
        )

    def _open_limit(self, judgement: Judgement, silent: Sequence[exp.Expr]) -> OpenLimit | None:
        """The judgement's limit over `audit.<card>`, silent where the judgement is."""
        if judgement.open_trees is None:
            return None
        still_open, last_day = judgement.open_trees
        return OpenLimit(self.condition(still_open, silent), self.condition(last_day))

    def condition(self, tree: exp.Expr, silent: Sequence[exp.Expr] = ()) -> str:
        """A canonical condition over `audit.<card>`, false where one of `silent` is true."""
        for condition in silent:
            tree = exp.and_(tree, exp.not_(call("coalesce", condition.copy(), exp.false())))
        return render(self._with_columns(rewritten(tree, self.scope), self.joined))

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
            (str(link), compared), LinkedRows(f"l{len(self.linked)}", self.card.name, link, compared)
        )
        _, value, *conditions = node.expressions
        where = self._with_columns(conditions[0], table.distinct) if conditions else None
        return self._column_for(table.values, render(filtered(self._with_columns(value, table.distinct), where)))

    def _stage_column(self, node: exp.Expr) -> str:
        return self._column_for(self._stage(node.args["link"]).values, node.expressions[1].name)

    def _stage(self, link: Link) -> StageRows:
        return self.stages.setdefault(link.card, StageRows(f"s{len(self.stages)}", link))

    def _coded_column(self, node: exp.Expr, joined: dict[str, DistinctValues]) -> str:
        (value,) = node.expressions
        card, items = node.args["card"], tuple(sorted({column.name for column in value.find_all(exp.Column)}))
        values = self.distinct.setdefault((card, items), DistinctValues(f"d{len(self.distinct)}", card, items))
        joined[values.name] = values
        return self._column_for(values.values, render(value))

    def _shared_column(self, node: exp.Expr) -> str:
        (value,) = node.expressions
        return self._column_for(self.in_row, render(self._with_columns(value, self.joined)))

    def _column_for(self, values: dict[str, str], sql: str) -> str:
        return values.get(sql) or values.setdefault(sql, f"_v{next(self.numbers)}")

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
        link_tables: list[LinkedRows | StageRows] = [*self.linked.values(), *self.stages.values()]
        joined_tables = [*self.joined.values(), *link_tables]
        columns = [f"{table.name}.{column}" for table in joined_tables for column in table.columns]
        columns += [f"{sql} as {column}" for sql, column in self.in_row.items()]
        # Distinct values first: the tables of linked rows are made with them.
        temporary_tables = [*self.distinct.values(), *link_tables]
        return [
            "create schema if not exists audit",
            *(table.definition() for table in temporary_tables),
            f"create or replace table audit.{name}_shared as {select_statement(name, joined_tables, columns)}",
            *(f"drop table {table.name}" for table in temporary_tables),
            view,
        ]


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
