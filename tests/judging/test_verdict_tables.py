"""The verdict tables: each condition is evaluated once, in statements of bounded width, and one that fails fails alone."""

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import great_expectations.expectations as core
import pytest
from support.small_catalogue import write_small_catalogue

from expectations.catalogue.catalogues import Catalogue
from expectations.connections import TookTooLongError, open_duckdb, within_time
from expectations.errors import InputError
from expectations.judging.judge import LoadedCards, Verdict, judge
from expectations.judging.verdict_tables import MOST_TOGETHER, last_day_column, make_verdict_tables
from expectations.progress import unheard
from expectations.sql.context import AuditTable, build_audit_table
from expectations.sql.judgements import Judgement, judgements_of
from expectations.sql.lookups import create_lookups

AS_OF = date(2026, 6, 30)
LOADED = LoadedCards({"t": frozenset({0}), "u": frozenset({0})}, {}, {})
ROWS = 7
PATIENCE = 60
"""Seconds, on a busy machine."""


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    (tmp_path / "catalogue").mkdir()
    return write_small_catalogue(tmp_path / "catalogue")


def with_rules(catalogue: Catalogue, **conditions: str) -> Catalogue:
    rule = catalogue.rules["TT01"]
    rules = {name: rule.model_copy(update={"id": name, "then": then}) for name, then in conditions.items()}
    return replace(catalogue, rules=rules, themes=dict.fromkeys(rules, "consistency"))


def store(con: duckdb.DuckDBPyConnection) -> None:
    """Cards `t` and `u`: seven rows, `a` and `b` from 0 to 6."""
    con.execute("create schema cards")
    for card, items in (("t", "b, s, k, m"), ("u", "s, k")):
        texts = ", ".join(f"'是' as {item}" if item != "b" else "range as b" for item in items.split(", "))
        days = ", date '2026-06-01' as d" if card == "t" else ""
        con.execute(
            f"create table cards.{card} as select range as _row, 0 as _file, '' as _sheet, range as _sheet_row, "
            f"null::varchar[] as _unreadable, 1 as g, range as a, {texts}{days} from range({ROWS})"
        )


def judged(database: Path, catalogue: Catalogue) -> dict[str, Verdict]:
    return {verdict.judgement.rule.id: verdict for verdict in judge(database, catalogue, AS_OF, LOADED, None, unheard)}


def test_a_condition_is_evaluated_once_on_every_row(catalogue: Catalogue, tmp_path: Path) -> None:
    """The item counts how often it is read: what evaluates a condition twice reads it twice."""
    database = tmp_path / "run.duckdb"
    with open_duckdb(database) as con:
        store(con)
        con.execute("create sequence times_read")
        con.execute("alter table cards.t rename to stored_t")
        con.execute("create view cards.t as select * replace (a + 0 * nextval('times_read') as a) from cards.stored_t")
    verdicts = judged(database, with_rules(catalogue, TT01="a < 5", TT02="b < 3"))
    assert {name: verdict.rows_violated for name, verdict in verdicts.items()} == {"TT01": 2, "TT02": 4}
    with open_duckdb(database) as con:
        assert con.execute(verdicts["TT01"].query + " order by 1").fetchall() == [(5,), (6,)]
        assert con.execute("select nextval('times_read')").fetchall() == [(ROWS + 1,)]


def test_many_judgements_are_several_statements_of_bounded_width(catalogue: Catalogue, tmp_path: Path) -> None:
    number = 2 * MOST_TOGETHER + 1
    many = with_rules(catalogue, **{f"T{n:03}": f"a < {n % ROWS}" for n in range(number)})
    database = tmp_path / "run.duckdb"
    with open_duckdb(database) as con:
        store(con)
    verdicts = judged(database, many)
    assert {name: verdict.rows_violated for name, verdict in verdicts.items()} == {
        f"T{n:03}": ROWS - n % ROWS for n in range(number)
    }
    with open_duckdb(database, read_only=True) as con:
        widths = con.execute(
            "select table_name, count(*) - 1 from duckdb_columns() where schema_name = 'audit' and table_name like 't\\_cons%'"
            " escape '\\' group by all order by all"
        ).fetchall()
    assert widths == [("t_consistency", MOST_TOGETHER), ("t_consistency_2", MOST_TOGETHER), ("t_consistency_3", 1)]


def test_a_condition_that_fails_on_a_row_fails_alone(catalogue: Catalogue, tmp_path: Path) -> None:
    database = tmp_path / "run.duckdb"
    with open_duckdb(database) as con:
        store(con)
    verdicts = judged(database, with_rules(catalogue, TT01="a < 5", TT02="cast(s as integer) = 1", TT03="b < 3"))
    assert {name: (verdict.state, verdict.rows_violated) for name, verdict in verdicts.items()} == {
        "TT01": ("judged", 2),
        "TT02": ("error", 0),
        "TT03": ("judged", 4),
    }
    assert "是" in verdicts["TT02"].reason.zh


def test_a_condition_that_takes_too_long_fails_alone(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row is met with every other: four thousand million pairs."""
    database = tmp_path / "run.duckdb"
    with open_duckdb(database) as con:
        store(con)
        con.execute(
            "insert into cards.t select t.* replace (_row + 10 * n as _row, 7 as a) from cards.t, range(10000) r(n)"
        )
    monkeypatch.setenv("ANKA_RULE_SECONDS", "2")
    endless = "agg_rows(t, sum(r.a * t.b), r.g = t.g and r.a * t.b > r.b * t.a) > 1"
    begun = time.monotonic()
    verdicts = judged(database, with_rules(catalogue, TT01="a < 5", TT02=endless))
    assert {name: verdict.state for name, verdict in verdicts.items()} == {"TT01": "judged", "TT02": "error"}
    assert verdicts["TT02"].reason.zh == "用时超过 2 秒 / took longer than 2 s"
    assert time.monotonic() - begun < PATIENCE


def test_a_number_of_seconds_that_is_none_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANKA_RULE_SECONDS", "an hour")
    with (
        open_duckdb() as con,
        pytest.raises(InputError, match="no number of seconds: ANKA_RULE_SECONDS=an hour"),
        within_time(con),
    ):
        con.execute("select 1")


def test_what_ends_in_time_is_left_alone() -> None:
    with open_duckdb() as con:
        with pytest.raises(TookTooLongError, match=r"took longer than 0\.2 s"), within_time(con, 0.2):
            con.execute("select count(*) from range(1000000) a, range(1000000) b where a.range < b.range").fetchall()
        with within_time(con, 60):
            assert con.execute("select 1").fetchall() == [(1,)]


def test_values_shared_by_conditions_of_several_statements_are_what_each_needs(
    catalogue: Catalogue, tmp_path: Path
) -> None:
    """A dear value may rest on another; a statement takes both, and only the tables they come from."""
    moved_twice = "next_workday(next_workday(add_days(d, b))) > date '2026-06-05'"
    rules = with_rules(
        catalogue, TT01="same_set(items(m), items(s))", TT02="stage(u).a = a", TT03="b = 0", TT04=moved_twice
    )
    table = AuditTable(rules.cards["t"], rules.cards, rules.dictionaries)
    judgements = [
        judgement
        for rule in rules.rules.values()
        for judgement in judgements_of(rule, rules.cards["t"], AS_OF, rules.cards)
    ]
    prepared = {judgement: table.prepare(judgement) for judgement in judgements}
    joins = {j.rule.id: table.rows_with([each.condition]).count("left join") for j, each in prepared.items()}
    assert joins == {"TT01": 1, "TT02": 1, "TT03": 0, "TT04": 0}
    with open_duckdb(tmp_path / "run.duckdb") as con:
        create_lookups(con, rules)
        store(con)
        build_audit_table(con, table)
        made, broken = make_verdict_tables(con, table, prepared, rules.themes)
        assert broken == {}
        (verdicts,) = made
        counts = {judgement.rule.id: _violating(con, verdicts.violating(judgement)) for judgement in judgements}
    assert counts == {
        "TT01": set(),
        "TT02": set(range(ROWS - 1)),
        "TT03": set(range(1, ROWS)),
        "TT04": set(range(5)),  # Monday to Friday; Saturday and Sunday move to the Monday after
    }


def _violating(con: duckdb.DuckDBPyConnection, query: str) -> set[int]:
    return {row for (row,) in con.execute(query).fetchall()}


def test_a_suite_is_a_document_of_core_expectations(catalogue: Catalogue, tmp_path: Path) -> None:
    """What is stored of a suite can be read and run where Anka is not."""
    from expectations.judging.suites import expectation_of  # noqa: PLC0415

    rule = catalogue.rules["TT01"]
    judgement: Judgement = next(judgements_of(rule, catalogue.cards["t"], AS_OF, catalogue.cards))
    document = expectation_of("TT01", judgement).configuration.to_json_dict()
    assert document["type"] == "expect_column_values_to_not_be_in_set"
    assert document["kwargs"] == {"column": "TT01", "value_set": [True]}
    assert (
        core.ExpectColumnValuesToNotBeInSet(column="TT01", value_set=[True]).configuration.to_json_dict()["type"]
        == document["type"]
    )
    assert last_day_column(judgement) == "TT01_last_day"
