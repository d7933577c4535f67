"""A condition means the same after it is rewritten as before: both are evaluated by DuckDB on the same small tables.

The rewritten one goes the way of a run; the literal one is the text itself over the macros, with a sub-query for every other row.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.small_catalogue import write_small_catalogue

from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.kinds.base import operand
from expectations.fitting.rule_checks import check_catalogue, fit_problems
from expectations.sql.context import AuditTable, build_audit_table
from expectations.sql.judgements import Judgement, judgements_of
from expectations.sql.lookups import create_lookups


@dataclass(frozen=True)
class Term:
    """A condition, or a part of one, in the rule language and as it is evaluated literally over `cards.t o`."""

    rule: str
    literal: str


def same(text: str) -> Term:
    return Term(text, text)


def linked(card: str, aggregate: str, more_condition: str = "") -> Term:
    helper = f"agg_rows({card}, {aggregate}, r.g = t.g{more_condition})"
    query = f"(select {aggregate} from cards.{card} r where r.g = o.g{more_condition.replace('t.', 'o.')})"
    return Term(helper, query)


LATEST = "(select {} from cards.u r where r.g = o.g order by r.a desc nulls last, r._row desc limit 1)"
NUMBERS = [
    *map(same, ("a", "b", "1", "-2", "coalesce(a, b)", "nullif(a, b)", "len(items(m))", "abs(a)", "month(d)")),
    Term(":low", "(-1)"),
    Term("b -:low", "b - (-1)"),
    linked("t", "sum(r.a)"),
    linked("t", "max(r.a)", " and r.b <> t.b"),
    linked("u", "count(r._row)", " and r.k <> t.k"),
    Term("count_rows(t, r.g = t.g and r.a < t.a)", "(select count(*) from cards.t r where r.g = o.g and r.a < o.a)"),
    Term("stage(u).a", LATEST.format("r.a")),
]
TEXTS = [
    *map(same, ("s", "k", "m", "'是'", "coalesce(s, k)", "upper(s)", "nullif(k, '无')")),
    Term("raw(a)", "a__raw"),
    Term("raw(d)", "d__raw"),
    Term("stage(u).k", LATEST.format("r.k")),
    linked("u", "max(r.s)"),
]
WHOLE = [
    *map(
        same,
        (
            "yes(k)",
            "no(k)",
            "has(m, '是')",
            "has_any(m, ['是', '否'])",
            "none_or_blank(m)",
            "none_or_blank(s)",
            "blank(d)",
            "in_dictionary(k, 'K', false)",
            "in_dictionary(m, 'K', true)",
            "in_dict_group(k, 'K', '')",
            "in_codes(s, 'K')",
            "custodial(s)",
            "is_workday(d)",
            "d = date '2026-06-01'",
            "same_set(items(m), items(s))",
            "true",
            "charges_valid(s, d)",
            "subset(items(k), items(m))",
        ),
    ),
    Term("has_stage(u)", "exists (select 1 from cards.u r where r.g = o.g)"),
    Term("blank(stage(u).s)", f"{LATEST.format('r.s')} is null"),
    linked("t", "bool_or(blank(r.a) = blank(r.b))"),
    linked("t", "bool_and(has(r.m, '是') or r.a is null)"),
]


def joined(form: str, *parts: Term) -> Term:
    return Term(form.format(*(p.rule for p in parts)), form.format(*(p.literal for p in parts)))


numbers, texts = st.sampled_from(NUMBERS), st.sampled_from(TEXTS)
OF_NUMBERS = st.sampled_from(
    "{} = {}|{} <> {}|{} <= {}|{} > {}|{} is distinct from {}|{} between -1 and {}|{} not in (1, {})|{} + {} > 1".split(
        "|"
    )
)
OF_TEXTS = st.sampled_from("{} = {}|{} in ('是', {})|{} is not distinct from {}|{} not in ('x', {})".split("|"))
OF_CONDITIONS = st.sampled_from(
    (
        "{} and {}|{} or {}|{} = {}|{} <> {}|({}) = ({})|not {} or {}|not ({} and {})|{} is distinct from {}|{} in (true, {})|({}) in ({})|"
        "({}) between ({}) and true|coalesce({}, {})|case when {} then {} end|({} or {}) and a = 1|not {} = {}|if({}, {}, a = 1)"
    ).split("|")
)
OF_ONE = st.sampled_from("not {}|({})|({}) is null|({}) is not null|not ({})|({}) = false|not (not {})".split("|"))
leaves = (
    st.sampled_from(WHOLE)
    | st.builds(joined, st.sampled_from(("blank({})", "not blank({})")), numbers | texts)
    | st.builds(joined, OF_NUMBERS, numbers, numbers)
    | st.builds(joined, OF_TEXTS, texts, texts)
    | st.builds(joined, st.just("{} like '%是%'"), texts)
    | st.builds(joined, st.just("{} is null"), numbers | texts)
)
conditions = st.recursive(
    leaves,
    lambda inner: st.builds(joined, OF_CONDITIONS, inner, inner) | st.builds(joined, OF_ONE, inner),
    max_leaves=5,
)

small = st.sampled_from((None, -1, 0, 1, 2))
words = st.sampled_from((None, "是", "否", "无", "x", "是、否", "1"))
days = st.none() | st.integers(0, 3).map(lambda days: date(2026, 6, 1) + timedelta(days))
rows = st.tuples(small, small, small, words, words, words, days)
other_rows = st.tuples(small, small, words, words)


@pytest.fixture(scope="module")
def small_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    catalogue = write_small_catalogue(tmp_path_factory.mktemp("small"))
    assert check_catalogue(catalogue).problems == ()
    return catalogue


@pytest.fixture(scope="module")
def tables(small_catalogue: Catalogue) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    create_lookups(con, small_catalogue)
    con.execute("create schema cards")
    con.execute("set threads = 1")
    return con


def store(
    con: duckdb.DuckDBPyConnection, own_rows: list[tuple[object, ...]], linked_rows: list[tuple[object, ...]]
) -> None:
    con.execute(
        "create or replace table cards.t (_row bigint, g integer, a integer, b integer, s varchar, k varchar, m varchar, d date)"
    )
    con.execute("create or replace table cards.u (_row bigint, g integer, a integer, s varchar, k varchar)")
    if own_rows:
        con.executemany(
            "insert into cards.t values (?, ?, ?, ?, ?, ?, ?, ?)", [(n, *row) for n, row in enumerate(own_rows)]
        )
    if linked_rows:
        con.executemany("insert into cards.u values (?, ?, ?, ?, ?)", [(n, *row) for n, row in enumerate(linked_rows)])
    for card, names in (("t", "gabd"), ("u", "ga")):
        for name in names:
            con.execute(f"alter table cards.{card} add column {name}__raw varchar")
            con.execute(f"update cards.{card} set {name}__raw = {name}::varchar")


def judged(catalogue: Catalogue, **changed: str) -> Judgement:
    rule = catalogue.rules["TT01"].model_copy(update=changed)
    (judgement,) = judgements_of(rule, catalogue.cards["t"], date(2026, 6, 30), catalogue.cards)
    return judgement


def rewritten(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, judgements: list[Judgement]) -> list[set[int]]:
    """The rows every judgement finds, on the table a run makes for all of them together."""
    table = AuditTable(catalogue.cards["t"], catalogue.cards, catalogue.dictionaries)
    prepared = [table.prepare(judgement).condition for judgement in judgements]
    build_audit_table(con, table)
    return [{row for (row,) in con.execute(f"select _row from audit.t where {where}").fetchall()} for where in prepared]


def literal(con: duckdb.DuckDBPyConnection, where: str) -> set[int]:
    return {row for (row,) in con.execute(f"select _row from cards.t o where {where}").fetchall()}


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(conditions, min_size=1, max_size=4),
    st.lists(rows, min_size=1, max_size=6),
    st.lists(other_rows, max_size=4),
)
def test_a_rewritten_condition_finds_the_rows_of_the_literal_one(
    small_catalogue: Catalogue,
    tables: duckdb.DuckDBPyConnection,
    terms: list[Term],
    own_rows: list[tuple[object, ...]],
    linked_rows: list[tuple[object, ...]],
) -> None:
    """Where it is true and where it is false, so that the rest is where it is unknown."""
    store(tables, own_rows, linked_rows)
    try:
        expected = [literal(tables, where) for term in terms for where in (term.literal, f"not ({term.literal})")]
    except (duckdb.ParserException, duckdb.BinderException, duckdb.ConversionException):
        assume(False)  # two comparisons in a row are no SQL, or compare a text with a truth value
    judgements = [
        judged(small_catalogue, when=when, then=then)
        for t in terms
        for when, then in ((t.rule, "false"), ("true", t.rule))
    ]
    for judgement in judgements:
        catalogue = replace(small_catalogue, rules={"TT01": judgement.rule})
        assert list(fit_problems(catalogue)) == []
    assert rewritten(tables, small_catalogue, judgements) == expected


def test_both_or_neither(small_catalogue: Catalogue, tables: duckdb.DuckDBPyConnection) -> None:
    """`a is null = b is null` is not `(a is null) = (b is null)`."""
    pairs = list(product((None, 1), repeat=2))
    store(tables, [(1, a, b, None, None, None, None) for a, b in pairs], [])
    (rows_found,) = rewritten(tables, small_catalogue, [judged(small_catalogue, then="blank(a) = blank(b)")])
    assert rows_found == {1, 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a", "a"),
        ("stage(u).$f", "stage(u).$f"),
        ("coalesce(a, b = 1 or c)", "coalesce(a, b = 1 or c)"),
        ("add_days(:today, -1) + 1", "add_days(:today, -1) + 1"),
        ("nullif(s, 'a or b')", "nullif(s, 'a or b')"),
        ("a is null", "(a is null)"),
        ("a = 1 or b", "(a = 1 or b)"),
        ("not blank(a)", "(not blank(a))"),
    ],
)
def test_an_operand_of_a_kind_is_bracketed_where_it_is_a_condition(text: str, expected: str) -> None:
    assert operand(text) == expected
