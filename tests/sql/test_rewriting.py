"""A condition means the same after it is rewritten as before: both are evaluated by DuckDB on the same small tables.

The rewritten one goes the way of a run; the literal one is the text itself over the macros, with a sub-query for every other row.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product

import duckdb
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from sqlglot import exp
from support.small_catalogue import write_small_catalogue

from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.kinds import KINDS
from expectations.catalogue.kinds.base import operand
from expectations.fitting.rule_checks import check_catalogue, fit_problems
from expectations.sql.context import AuditTable, build_audit_table
from expectations.sql.judgements import Judgement, judgements_of
from expectations.sql.language import parse_condition, render
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
    linked("u", "coalesce(max(r.a), -1)", " and r.a > 0"),
    linked("u", "nullif(count(r._row), 1)"),
    linked("u", "count(r.a) - count(distinct r.k)", " and r.s is not null"),
    linked("u", "greatest(min(r.a), 0)", " and r.a < t.a"),
    linked("u", "case when count(r._row) > 1 then max(r.a) end"),
    Term(
        "agg_rows(u, count_if(r.a > 1) + count(r._row), r.g = t.g)",
        "(select coalesce(count_if(r.a > 1), 0) + count(*) from cards.u r where r.g = o.g)",
    ),
    Term("count_rows(t, r.g = t.g and r.a < t.a)", "(select count(*) from cards.t r where r.g = o.g and r.a < o.a)"),
    Term("stage(u).a", LATEST.format("r.a")),
]
TEXTS = [
    *map(same, ("s", "k", "m", "'是'", "coalesce(s, k)", "upper(s)", "nullif(k, '无')")),
    Term("raw(a)", "a__raw"),
    Term("raw(d)", "d__raw"),
    Term("stage(u).k", LATEST.format("r.k")),
    linked("u", "max(r.s)"),
    *map(
        same,
        (
            "s || k",
            "coalesce(s, '') || m",
            "k::varchar",
            "cast(a as varchar)",
            "substr(s, 1, 1)",
            "trim(s)",
            "lower(m)",
            "items(m)[1]",
            "case when yes(k) then s else m end",
            "eff(s, k, m)",
            "prev_period('2026-0' || '5')",
            "bmsah_unit(s)",
            "doc_prefix(m)",
            "id_sex(s)",
            "regexp_extract(m, '.', 0)",
        ),
    ),
]
DAYS = [
    *map(
        same,
        (
            "d",
            "date '2026-06-02'",
            "add_days(d, 1)",
            "add_months(d, 1)",
            "next_workday(d)",
            "add_workdays(d, 2)",
            "deadline(d, 1, 'month', false)",
            "deadline_md(d, 0, 3, yes(k))",
            "coalesce(d, date '2026-06-03')",
            "review_start(d, d, null, null, d)",
            "review_end(null, d, d, null, null, date '2026-06-30')",
            "d + 1",
            "d - 1",
            "greatest(d, date '2026-06-02')",
        ),
    ),
    Term(":today", "date '2026-06-30'"),
]
LISTS = [
    *map(
        same,
        (
            "items(m)",
            "items_no_none(m)",
            "['是', '否']",
            "charges(s)",
            "charges2(s, m)",
            "[k, s]",
            "items(k || ',' || s)",
        ),
    ),
    linked("u", "list(distinct r.k)"),
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
            "class_ok(s, k)",
            "charges_valid(m, d)",
            "any_in_group(charges(m), 'G')",
            "all_in_group(charges(s), 'G')",
            "in_group(s, 'G')",
            "id_check_ok(s)",
            "uscc_ok(m)",
            "legal_age(d, d) >= 14",
            "months_between(d, date '2026-09-01') > 2",
            "full_years(d, d) = 0",
            "bmsah_year(s) = 2026",
            "doc_year(s) = 2026",
            "doc_seq(m) = 1",
            "bmsah_class(s) = k",
            "list_contains(items(m), s)",
            "starts_with(s, k)",
            "regexp_matches(s, '是|x')",
            "d between date '2026-06-01' and date '2026-06-02'",
        ),
    ),
    Term("has_stage(u)", "exists (select 1 from cards.u r where r.g = o.g)"),
    Term("blank(stage(u).s)", f"{LATEST.format('r.s')} is null"),
    linked("t", "bool_or(blank(r.a) = blank(r.b))"),
    linked("t", "bool_and(has(r.m, '是') or r.a is null)"),
    linked("t", "bool_or(r.a = 1) is not null"),
    linked("u", "coalesce(bool_and(r.a > 0), true)", " and yes(r.k)"),
    linked("u", "blank(max(r.s))", " and r.a = 1"),
    Term(
        "agg_rows(u, count(distinct r.a), r.g = t.g) <= 1",
        "(select count(distinct r.a) from cards.u r where r.g = o.g) <= 1",
    ),
    Term("blank(opt(a))", "blank(a)"),
    Term("xor(a = 1, blank(b))", "((a = 1) <> (blank(b)))"),
    Term("not xor(yes(k), blank(s)) or a = 1", "not (yes(k) <> blank(s)) or a = 1"),
]


def joined(form: str, *parts: Term) -> Term:
    whole = [*parts, *parts][: form.count("{}")]
    return Term(form.format(*(p.rule for p in whole)), form.format(*(p.literal for p in whole)))


numbers, texts = st.sampled_from(NUMBERS), st.sampled_from(TEXTS)
days, lists = st.sampled_from(DAYS), st.sampled_from(LISTS)
OF_NUMBERS = st.sampled_from(
    (
        "{} = {}|{} <> {}|{} <= {}|{} > {}|{} is distinct from {}|{} between -1 and {}|{} not in (1, {})|{} + {} > 1|"
        "{} - {} < 1|{} * -{} = -1|{} % 2 = {}|{} // 2 >= {}|- {} + {} < 0|{}::varchar = {}::varchar|{} not between {} and 1"
    ).split("|")
)
OF_TEXTS = st.sampled_from(
    (
        "{} = {}|{} in ('是', {})|{} is not distinct from {}|{} not in ('x', {})|{} <> {}|{} < {}|{} || {} = '是否'|"
        "{} like '%' || {}|{} not like {} || '%'|{} ilike {}|has({}, {})|{} not ilike {}|contains({}, {})"
    )
    .replace("||", "#")
    .split("|")
).map(lambda form: form.replace("#", "||"))
OF_DAYS = st.sampled_from("{} = {}|{} < {}|{} >= {}|{} is distinct from {}|{} - {} > 1|{} not in ({}, d)".split("|"))
OF_LISTS = st.sampled_from(
    "same_set({}, {})|subset({}, {})|{} = {}|len({}) > len({})|list_has_any({}, {})|not list_has_all({}, {})|{}[1] = {}[1]".split(
        "|"
    )
)
OF_CONDITIONS = st.sampled_from(
    (
        "{} and {}|{} or {}|{} = {}|{} <> {}|({}) = ({})|not {} or {}|not ({} and {})|{} is distinct from {}|{} in (true, {})|({}) in ({})|"
        "({}) between ({}) and true|coalesce({}, {})|case when {} then {} end|({} or {}) and a = 1|not {} = {}|if({}, {}, a = 1)|"
        "{} < {}|{} >= {}|{} = ({})|({}) <> {}|({}) is not distinct from {}|not {} and not {}|{} or {} and {}|case {} when {} then k = '是' end"
    ).split("|")
)
OF_ONE = st.sampled_from(
    "not {}|({})|({}) is null|({}) is not null|not ({})|({}) = false|not (not {})|{} is null|{} is not null|{} = true|not {} = true|{} is true|{} is not true".split(
        "|"
    )
)
leaves = (
    st.sampled_from(WHOLE)
    | st.builds(joined, st.sampled_from(("blank({})", "not blank({})")), numbers | texts)
    | st.builds(joined, OF_NUMBERS, numbers, numbers)
    | st.builds(joined, OF_TEXTS, texts, texts)
    | st.builds(joined, OF_DAYS, days, days)
    | st.builds(joined, OF_LISTS, lists, lists)
    | st.builds(joined, st.just("{} like '%是%'"), texts)
    | st.builds(joined, st.just("{} is null"), numbers | texts)
)
conditions = st.recursive(
    leaves,
    lambda inner: st.builds(joined, OF_CONDITIONS, inner, inner) | st.builds(joined, OF_ONE, inner),
    max_leaves=5,
)

small = st.sampled_from((None, -1, 0, 1, 2))
words = st.sampled_from(
    (None, "示例〔2026〕1号", "某检刑诉受[2026]770101000001号", "是", "否", "无", "x", "是、否", "1")
)
moments = st.none() | st.integers(0, 3).map(lambda days: date(2026, 6, 1) + timedelta(days))
rows = st.tuples(small, small, small, words, words, words, moments)
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


def literal_rows(con: duckdb.DuckDBPyConnection, term: Term) -> tuple[set[int], set[int]] | None:
    """Where a condition is true and where it is false. None for one that is no SQL: two comparisons in a row, a text beside a truth value."""
    try:
        return literal(con, term.literal), literal(con, f"not ({term.literal})")
    except (duckdb.ParserException, duckdb.BinderException, duckdb.ConversionException, duckdb.InvalidInputException):
        return None


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
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
    evaluated = [(term, rows_found) for term in terms if (rows_found := literal_rows(tables, term)) is not None]
    assume(evaluated)
    terms, expected = [term for term, _ in evaluated], [found for _, pair in evaluated for found in pair]
    judgements = [
        judged(small_catalogue, when=when, then=then)
        for t in terms
        for when, then in ((t.rule, "false"), ("true", t.rule))
    ]
    for judgement in judgements:
        catalogue = replace(small_catalogue, rules={"TT01": judgement.rule})
        assert list(fit_problems(catalogue)) == []
    assert rewritten(tables, small_catalogue, judgements) == expected


NEGATIONS = (
    "p is not null|a not in (1, 2)|s not like 'x'|s not ilike 'X'|a not between 1 and 2|p is not true|a notnull|not p|not a = 1|"
    "p is not distinct from q|p is distinct from q|p is null|a in (1) = p|s like 'x' || 'y'|-a < 0|case when p then q end"
).split("|")
COMPARED = (
    "{0} < {1}|{0} >= {1}|{0} = {1}|{0} <> {1}|not {0} < {1}|{0} and {1}|{0} or not {1}|{0} is distinct from {1}|{0} in (true) > {1}|"
    "{1} <= {0} in (true, {1})|{0} between {1} and q = p|{0} is true < {1}|q < {0} is not null"
).split("|")


def test_a_condition_is_written_as_it_binds_in_the_database() -> None:
    """What is parsed is written again: `a not in (1) < b` must not become `not a in (1) < b`. Every pair, on every combination of values."""
    with duckdb.connect() as con:
        con.execute("""create table c as select * from (values (null::integer), (1), (3)) a(a), (values (null), ('x')) s(s),
            (values (null::boolean), (true), (false)) p(p), (values (null::boolean), (true), (false)) q(q)""")
        compared = 0
        for form, one, other in product(COMPARED, NEGATIONS, [*NEGATIONS, "q"]):
            condition = form.format(one, other)
            try:
                expected = con.execute(f"select {condition} from c").fetchall()
            except (duckdb.ParserException, duckdb.BinderException, duckdb.ConversionException):
                continue  # no SQL: two comparisons in a row, a text beside a truth value
            try:
                again = render(parse_condition(condition))
            except ValueError:
                continue  # refused, which nobody overlooks
            compared += 1
            assert con.execute(f"select {again} from c").fetchall() == expected, f"{condition} -> {again}"
    assert compared > 1000


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


_PLACEHOLDER = re.compile(r":(?:today|low)\b")


def bare(condition: str) -> object:
    """A condition as what it is made of, so that only how it binds is compared and not its brackets."""

    def shape(part: object) -> object:
        if isinstance(part, exp.Paren):
            return shape(part.this)
        if isinstance(part, exp.And | exp.Or):
            sides = [side.unnest() for side in (part.this, part.expression)]
            chained = [side for side in sides if type(side) is type(part)]
            parts = [inner for side in sides for inner in (shape(side)[1:] if side in chained else (shape(side),))]  # type: ignore[index]
            return (type(part).__name__, *parts)
        if isinstance(part, exp.Expr):
            return type(part).__name__, *((key, shape(child)) for key, child in part.args.items() if child)
        return tuple(map(shape, part)) if isinstance(part, list) else part

    return shape(parse_condition(_PLACEHOLDER.sub("1", condition)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(conditions, conditions, conditions)
def test_a_kind_keeps_together_what_it_is_given(one: Term, other: Term, third: Term) -> None:
    """However a condition is put into a key of a kind, it is one operand of what the kind makes of it."""
    first, second, when = one.rule, other.rule, third.rule
    common = {
        "id": "TT02",
        "cards": ["t"],
        "title": {"en": "x"},
        "message": {"en": "x"},
        "how_to_fill": {"en": "x"},
        "severity": "hint",
        "error_type": "核对",
        "owner": "handler",
        "fields": ["a"],
        "when": when,
        "examples": {"accepted": {}, "violating": {}},
    }

    def made(kind: str, **keys: object) -> tuple[str, str]:
        rule = KINDS[kind].model_validate(common | {"kind": kind} | keys)
        return rule.applies_when, rule.must_hold

    pairs = [
        (
            made("date_order", earlier=first, later=second),
            f"not blank(({second})) and not blank(({first})) and ({when})",
            f"({second}) >= ({first})",
        ),
        (made("deadline", done=first, last_day=second), when, f"({first}) <= ({second})"),
        (made("range", value=first, at_least=second, at_most="3"), when, f"({first}) between ({second}) and 3"),
        (made("range", value=first, at_most=second), when, f"({first}) <= ({second})"),
        (
            made("cross_stage", agrees_with=first),
            f"not blank(a) and not blank(({first})) and ({when})",
            f"a = ({first})",
        ),
        (made("flag_review", flag=first), when, f"not ({first})"),
        (made("duplicate", alike=first, unless=second), when, f"({first}) or ({second})"),
        (made("duplicate", same=["a"], unless=first), when, f"(count_rows($card, r.a = t.a) <= 1) or ({first})"),
    ]
    for (applies_when, must_hold), expected_where, expected in pairs:
        assert bare(applies_when.replace("$card", "t")) == bare(expected_where)
        assert bare(must_hold.replace("$card", "t")) == bare(expected.replace("$card", "t"))
