"""What a hostile pack may try: the guard refuses it in one line, and a locked connection would not carry it out either."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import DBAPIError

from expectations.catalogue.catalogues import Catalogue
from expectations.connections import LOCKED, open_duckdb
from expectations.fitting.rule_checks import fit_problems
from expectations.sql.language import parse_condition, refusals

COLUMNS = ("name", "accept_date", "bmsah", "summary")
HOSTILE = [
    "(describe 'http://127.0.0.1:9/x.csv') is null", "(describe select 1) is null", "(summarize 'x.csv') is null", "(show tables) is null",
    "(pivot cards.arrest on name) is null", "(values (1)) is null", "name in (values ('a'))", "(table cards.arrest) is null",
    "(select 1) = 1", "exists (select 1)", "name in (select name from cards.arrest)", "name = any(select name from cards.arrest)",
    "(from cards.arrest) is null", "from cards.arrest", "select true", "with x as (select 1) select true", "true union select false",
    "#1 is null", "columns(*) is null", "* is null", "count(*) > 0", "name = all(['a'])",
    "read_text('/etc/passwd') is null", "read_csv('/etc/passwd') is null", "read_blob('x') is null", '"read_text"(\'x\') is null',
    "READ_TEXT('x') is null", "main.blank(name)", "system.main.blank(name)", "glob('/*') is null", "getenv('HOME') is null",
    "query_table('cards.arrest') is null", "query('select 1') is null", "getvariable('x') is null", "current_setting('threads') = 1",
    "nextval('s') = 1", "random() < 1", "now() > accept_date", "current_date > accept_date", "current_user = 'x'", "version() = 'x'",
    "sleep_ms(1) is null", "pg_typeof(name) = 'x'", "sql_auto_complete('x') is null", "json_serialize_sql('select 1') is null",
    "repeat('x', 1000000000) is null", "range(1000000000) is null", "generate_series(1, 2) is null", "unnest([1]) = 1",
    "list_transform([1], lambda x: x) is null", "list_filter([1], x -> true) is null", "[x for x in [1]] is null", "name.upper() = 'A'",
    "name.read_text() is null", "accept_date at time zone 'UTC' is null", "name::regclass is null", "cast(name as regtype) is null",
    "name::json is null", "name::blob is null", "name::struct(a int) is null", "name::integer[] is null", "name::timestamptz is null",
    "name::mood is null", "accept_date + interval 1 day > accept_date", "name collate nocase = 'a'", "name ~ 'a'", "name similar to 'a'",
    "row_number() over () = 1", "sum(1) over (order by name) = 1", "lag(name) over () = 'a'", "count(name) > 1", "max(name) = 'a'",
    "blank(name) filter (where true)", "blank(x := name)", "blank(x => name)", "blank(distinct name)", "blank(name order by name)",
    "{'a': 1} is null", "map {'a': 1} is null", "struct_pack(a := 1) is null", "row(1, 2) is null", "(1, 2) = (1, 2)", "@name = 'x'",
    "? = 1", "$1 = 1", "$x = 1", ":x = 1", "name = :today; drop table x", "true; select 1", "attach 'x.db'", "copy x to 'y'",
    "set threads = 1", "pragma version", "install httpfs", "load httpfs", "call x()", "drop table x", "insert into x values (1)",
    "create table x (a int)", "export database 'x'", "checkpoint", "use x", "vacuum", "explain select 1", "begin", "execute x",
    "true -- and false", "/* name */ true", "true /*+ hint */", "true) or (true", "name as x", "x'00' = name", "e.name = 'x'", "r.name = t.name",
    "cards.arrest.name = 'x'", "rowid = 1", "_row = 1", "name", "", "   ", ";", "(" * 5000 + "true" + ")" * 5000,
    "try(name) is null", "name[1:2] = 'a'", "name is of (integer)", "grouping(name) = 1", "default", "name like 'a' escape name",
    "position('a' in name) = 1", "extract(year from accept_date) = 1", "'a' 'b' = name", "$$x$$ = name", "u&'x' = name",
]  # fmt: skip
ALLOWED = {"name", "name like 'a' escape name", "@name = 'x'"}
"""No harm: a column by itself, which the database refuses where it is no truth value; the escape of a pattern; `@` is `abs`."""


def reasons(condition: str) -> list[str]:
    try:
        return refusals(parse_condition(condition), COLUMNS)
    except ValueError as error:
        return [str(error)]


@pytest.mark.parametrize("condition", [c for c in HOSTILE if c not in ALLOWED], ids=lambda text: text[:40])
def test_a_hostile_condition_is_refused_in_one_line(condition: str) -> None:
    lines = reasons(condition)
    assert lines
    assert not any("\n" in line for line in lines)


IN_OTHER_ROWS = [
    "agg_rows(prosecution, max((select 1)), r.bmsah = t.bmsah) = 1",
    "agg_rows(prosecution, read_text('x'), r.bmsah = t.bmsah) is null",
    "agg_rows(prosecution, max(x.name), r.bmsah = t.bmsah) is null",
    "agg_rows(prosecution, max(cards.r.name), r.bmsah = t.bmsah) is null",
    "agg_rows(prosecution, max(r.name) filter (where true), r.bmsah = t.bmsah) is null",
    "agg_rows(prosecution, max(r.name) over (), r.bmsah = t.bmsah) is null",
    "agg_rows(prosecution, count(*), r.bmsah = t.bmsah) = 1",
    "agg_rows(prosecution, max(r.name), r.bmsah = t.bmsah and (describe 'x') is null) is null",
    "agg_rows(prosecution, max(r.name), r.bmsah = t.bmsah and r.name in (select 'x')) is null",
    "agg_rows((select 1), max(r.name), r.bmsah = t.bmsah) is null",
    "agg_rows(lookup.charges, max(r.name), r.bmsah = t.bmsah) is null",
    "agg_rows(prosecution)",
    "agg_rows()",
    "stage(arrest).name() is null",
    "stage(arrest)",
    "stage((select 1)).name is null",
    "stage(arrest).nothing is null",
    "stage().name is null",
    "has_stage('x')",
    "case_persons((select 1)) is null",
    "count_rows(prosecution, exists (from cards.arrest)) = 1",
]


@pytest.mark.parametrize(
    "condition", [*IN_OTHER_ROWS, *(c for c in HOSTILE if c not in ALLOWED)], ids=lambda text: text[:40]
)
def test_no_rule_carries_it(catalogue: Catalogue, condition: str) -> None:
    """Through a rule, whose other condition stands beside it: nothing leads from one into the other."""
    rule = catalogue.rules["C003"].model_copy(update={"when": condition, "needs": ("arrest",)})
    problems = list(fit_problems(replace(catalogue, rules={"C003": rule})))
    assert problems
    assert not any("\n" in line for line in problems)


def test_the_message_names_the_function_and_the_nearest() -> None:
    assert reasons("blanc(name)") == ["unknown function / 未知的函数: blanc; 最接近 / nearest: blank"]
    assert reasons("name::timestampz is null")[0].startswith("unknown type / 未知的类型: ")


@pytest.mark.parametrize(
    ("condition", "line"),
    [
        (
            "agg_rows(prosecution, sum(count_rows(prosecution, r.bmsah = t.bmsah)), r.bmsah = t.bmsah) > 1",
            "a helper of other rows inside another / 跨行函数不能嵌套: count_rows",
        ),
        (
            "agg_rows(prosecution, max(r.name), r.bmsah = t.bmsah and has_stage(arrest)) = 'x'",
            "a helper of other rows inside another / 跨行函数不能嵌套: has_stage",
        ),
        (
            "agg_rows(prosecution, r.name, r.bmsah = t.bmsah) = 'x'",
            "an item of other rows outside an aggregate / 其他行的项须放在聚合函数内: r.name",
        ),
        (
            "max(name) = 'x'",
            "an aggregate stands in agg_rows or case_persons only / 聚合函数只能写在 agg_rows、case_persons 内: max",
        ),
        ("xor(name = 'x')", "xor takes two conditions / xor 需要两个条件"),
    ],
)
def test_what_stands_in_the_wrong_place_is_said_once_and_as_what_it_is(
    catalogue: Catalogue, condition: str, line: str
) -> None:
    rule = catalogue.rules["C003"].model_copy(update={"when": condition, "needs": ("arrest",)})
    problems = list(fit_problems(replace(catalogue, rules={"C003": rule})))
    assert {
        problem.split("C003: ")[1].removeprefix("card prosecution: ").removeprefix("card arrest: ")
        for problem in problems
    } == {line}


OPENING = [
    "select * from (describe '{url}')", "select * from '{url}'", "select * from read_csv('{url}')", "select * from (summarize '{file}')",
    "select * from read_text('{file}')", "select * from read_csv('{file}')", "select * from read_blob('{folder}/*')",
    "select * from glob('{folder}/*')", "attach '{file}' as x", "copy (select 1) to '{folder}/out.csv'", "copy lookup.t from '{file}'",
    "export database '{folder}/out'", "install httpfs", "load httpfs", "load '{file}'", "set enable_external_access = true",
    "set lock_configuration = false", "set autoinstall_known_extensions = true", "set allowed_directories = ['/']", "reset threads",
    "set profiling_output = '{folder}/x'", "set temp_directory = '{folder}'", "set home_directory = '{folder}'",
]  # fmt: skip
"""What a condition would have to do to reach a file or the network."""


@pytest.fixture(params=["memory", "own file", "read only", "attaching", "folder"])
def locked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Every kind of connection the product opens."""
    own, other_file = tmp_path / "own.duckdb", tmp_path / "other.duckdb"
    for file in (own, other_file):
        duckdb.connect(str(file)).close()
    (tmp_path / "work").mkdir()
    opened: dict[str, dict[str, Any]] = {
        "memory": {},
        "own file": {"database": own},
        "read only": {"database": own, "read_only": True},
        "attaching": {"files": [other_file]},
        "folder": {"database": own, "folders": [tmp_path / "work"]},
    }
    with open_duckdb(**opened[request.param]) as con:
        yield con


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A server that would notice."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        yield server


def test_a_locked_connection_reaches_nothing(
    locked: duckdb.DuckDBPyConnection, listening: socket.socket, tmp_path: Path
) -> None:
    (tmp_path / "outside").mkdir()
    secret = tmp_path / "outside" / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/x.csv"
    for statement in OPENING:
        with pytest.raises(duckdb.Error):
            locked.execute(statement.format(url=url, file=secret, folder=secret.parent))
    with pytest.raises(TimeoutError):
        listening.accept()
    assert [path.name for path in secret.parent.iterdir()] == ["secret.csv"]


def test_the_connection_of_great_expectations_is_locked(tmp_path: Path) -> None:
    engine = create_engine(f"duckdb:///{tmp_path / 'x.duckdb'}", poolclass=NullPool, connect_args={"config": LOCKED})
    with engine.connect() as con, pytest.raises(DBAPIError, match="locked"):
        con.execute(text("set enable_external_access = true"))


def test_a_locked_connection_opens_what_it_was_opened_for(tmp_path: Path) -> None:
    work, other_file = tmp_path / "it's work", tmp_path / "it's.duckdb"
    work.mkdir()
    (work / "x.csv").write_text("a\n1\n", encoding="utf-8")
    duckdb.connect(str(other_file)).close()
    with open_duckdb(files=[other_file], folders=[work], settings={"threads": "1"}) as con:
        con.execute(
            "attach $file as other (read_only)".replace("$file", "'" + str(other_file).replace("'", "''") + "'")
        )
        assert con.execute("from read_csv($1)", [str(work / "x.csv")]).fetchall() == [(1,)]
        assert con.execute("select current_setting('threads')").fetchall() == [(1,)]


def test_threads_that_open_one_file_at_once_all_find_it_locked(tmp_path: Path) -> None:
    own = tmp_path / "own.duckdb"
    duckdb.connect(str(own)).close()

    together = threading.Barrier(8, timeout=20)

    def is_locked(_: int) -> bool:
        together.wait()
        with open_duckdb(own, read_only=True) as con:
            ((locked,),) = con.execute("select current_setting('lock_configuration')").fetchall()
            together.wait()
        together.wait()  # so that the next ones open it anew
        return bool(locked)

    with ThreadPoolExecutor(together.parties) as threads:
        assert all(threads.map(is_locked, range(50 * together.parties)))
