"""What the rules are judged on: `audit.<card>`, one row per card row with everything a condition reads.

Helper calls that several conditions share, or that cost much, become columns computed once; those over coded fields are
computed on the distinct values only. No rule is judged here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import duckdb
from sqlglot import exp

from expectations.cards import CODED_TYPES, Card
from expectations.dictionaries import Dictionary
from expectations.judgements import Judgement, raw_column
from expectations.language import function_name, render, replace_calls

PERSON_COUNT = "_person_count"

LONGEST_LITERAL_LIST = 32
"""Dictionaries up to this length are compared in place as a literal list; longer ones once per distinct value."""

_CHEAP = frozenset(
    """blank yes no custodial eff raw person_count and or xor case if cast try_cast coalesce contains starts_with ends_with
    greatest least year month day date_diff length trim substr nullif abs round lower upper add_days add_months array""".split()
)
"""Functions evaluated in place: as cheap as reading a column, or only the frame around dearer ones."""

_PERSON_COUNT_SQL = """case when bmsah is null then 0 else
    count(distinct suspect_no) over (partition by bmsah) + count(*) filter (where suspect_no is null) over (partition by bmsah)
end"""


@dataclass(frozen=True)
class SharedValue:
    """A helper call kept as a column of `audit.<card>`; `inputs` are the card's columns it reads."""

    column: str
    sql: str
    inputs: frozenset[str]


@dataclass
class AuditTable:
    """The shared values that a set of judgements needs on a card, gathered while their conditions are rewritten."""

    card: Card
    dictionaries: Mapping[str, Dictionary]
    shared: dict[str, SharedValue] = field(default_factory=dict)
    counts_persons: bool = False

    def condition(self, judgement: Judgement) -> str:
        """The judgement's condition as SQL over `audit.<card>`."""
        return render(replace_calls(judgement.tree, self._replacement))

    def _replacement(self, node: exp.Func) -> exp.Expr | None:
        in_place = self._in_place(node)
        if in_place is not None or function_name(node) in _CHEAP or isinstance(node, exp.Connector):
            return in_place
        return exp.column(self._share(node).column)

    def _share(self, node: exp.Func) -> SharedValue:
        inner = replace_calls(exp.Paren(this=node), self._in_place)
        sql = render(inner.this)
        inputs = frozenset(column.name for column in inner.find_all(exp.Column))
        return self.shared.setdefault(sql, SharedValue(f"_v{len(self.shared) + 1}", sql, inputs))

    def _in_place(self, node: exp.Func) -> exp.Expr | None:
        name, argument = function_name(node), node.expressions[0] if node.expressions else None
        if name == "person_count":
            self.counts_persons = True
            return exp.column(PERSON_COUNT)
        if name == "raw" and isinstance(argument, exp.Column):
            return exp.column(raw_column(self.card.field(argument.name)))
        if name == "blank" and argument is not None:
            value = replace_calls(exp.Paren(this=argument.copy()), self._in_place).this
            if isinstance(value, exp.Column):
                return exp.Is(this=value, expression=exp.Null())
        if name == "in_dictionary":
            return self._in_short_list(*node.expressions)
        return None

    def _in_short_list(self, value: exp.Expr, dictionary: exp.Expr, multiple: exp.Expr) -> exp.Expr | None:
        labels = [entry.label for entry in self.dictionaries[dictionary.name].values]
        if not isinstance(value, exp.Column) or multiple.sql() == "TRUE" or len(labels) > LONGEST_LITERAL_LIST:
            return None
        in_list = exp.In(this=value.copy(), expressions=[exp.Literal.string(label) for label in labels])
        return exp.Anonymous(this="coalesce", expressions=[in_list, exp.false()])

    def statement(self) -> str:
        """The SELECT that makes `audit.<card>_shared`: one row per card row with every shared value."""
        coded = {f.name for f in self.card.fields if f.type in CODED_TYPES}
        by_inputs: dict[tuple[str, ...], list[SharedValue]] = {}
        in_row: list[SharedValue] = []
        for value in self.shared.values():
            if value.inputs and value.inputs <= coded:
                by_inputs.setdefault(tuple(sorted(value.inputs)), []).append(value)
            else:
                in_row.append(value)
        distinct = [_distinct_values(self.card, number, *item) for number, item in enumerate(by_inputs.items())]
        joined = [f"d{n}.{value.column}" for n, values in enumerate(by_inputs.values()) for value in values]
        if self.counts_persons:
            joined.append(f"{_PERSON_COUNT_SQL} as {PERSON_COUNT}")
        joined += [f"{value.sql} as {value.column}" for value in in_row]
        return "\n".join(
            [
                f"create or replace table audit.{self.card.name}_shared as",
                *(["with " + ",\n".join(distinct)] if distinct else []),
                "select " + ",\n  ".join(["k._row", *joined]),
                f"from cards.{self.card.name} k",
                *(_join(number, inputs) for number, inputs in enumerate(by_inputs)),
                "order by k.rowid",
            ]
        )


def _distinct_values(card: Card, number: int, inputs: tuple[str, ...], values: Iterable[SharedValue]) -> str:
    names = ", ".join(inputs)
    keys = ", ".join(f"{name} as _k{n}" for n, name in enumerate(inputs))
    computed = ", ".join(f"{value.sql} as {value.column}" for value in values)
    return (
        f"d{number} as materialized (select {keys}, {computed} from (select distinct {names} from cards.{card.name}))"
    )


def _join(number: int, inputs: tuple[str, ...]) -> str:
    keys = " and ".join(f"k.{name} is not distinct from d{number}._k{n}" for n, name in enumerate(inputs))
    return f"left join d{number} on {keys}"


def guarded(condition: str, judgement: Judgement, unreadable: Iterable[str], absent_in: Iterable[int]) -> str:
    """The condition, silent on rows where it can't be judged.

    `unreadable`: fields of the card with unreadable cells in this run; `absent_in`: files that lack a column it reads.
    """
    guards = [f"({condition})"]
    touched = sorted(judgement.values_read & set(unreadable))
    if touched and not judgement.judges_raw_text:
        names = ", ".join(f"'{name}'" for name in touched)
        guards.append(f"(_unreadable is null or not list_has_any(_unreadable, [{names}]))")
    files = sorted(absent_in)
    if files:
        guards.append(f"_file not in ({', '.join(map(str, files))})")
    if judgement.rule.level == "case":
        guards.append("bmsah is not null")
    return " and ".join(guards)


def build_audit_table(
    con: duckdb.DuckDBPyConnection, card: Card, dictionaries: Mapping[str, Dictionary], judgements: Iterable[Judgement]
) -> Mapping[str, str]:
    """Creates `audit.<card>` for `judgements` and returns their conditions over it by judgement name.

    It is a view that puts the shared values beside the card's own columns by position: they are stored in the physical order
    of the card's rows, which is checked, and the wide card is not copied.
    """
    table = AuditTable(card, dictionaries)
    conditions = {judgement.name: table.condition(judgement) for judgement in judgements}
    con.execute("create schema if not exists audit")
    con.execute(table.statement())
    con.execute(
        f"create or replace view audit.{card.name} as select c.*, s.* exclude (_row), s._row as _shared_row "
        f"from cards.{card.name} c positional join audit.{card.name}_shared s"
    )
    out_of_step = con.execute(
        f"select count(*) from audit.{card.name} where _row is distinct from _shared_row"
    ).fetchall()
    if out_of_step != [(0,)]:
        raise RuntimeError(f"cards.{card.name} and its shared values are out of step")
    return conditions
