"""A published run holds for every reader what is theirs, and nothing else: rows, cards, names."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from expectations.home import Home
from expectations.register.follow import follow
from expectations.register.life import Decision, decide
from expectations.register.trust import hold, release
from expectations.rights.reader import MACHINE, Reader
from expectations.rights.roles import Role
from expectations.rights.scope import EVERYTHING, NOTHING, Scope
from expectations.run.figures import by, figure_lines
from expectations.run.overview import TypeCount, by_error_type
from expectations.run.sights import Sights
from expectations.store.register import Register, open_register

OFFICE = "汉东市示例区人民检察院"
KNOWN = frozenset((OFFICE,))
PROSECUTOR = "示检秋澄一"


def reader(role: Role, rows: Scope, figures: Scope | None = None, own: Scope = NOTHING) -> Reader:
    return Reader(9, role, role, (role,), rows, figures or rows, own=own)


OWN = Scope(handlers=frozenset(((OFFICE, "", PROSECUTOR),)), known=KNOWN)
DEPARTMENT = Scope(departments=frozenset(((OFFICE, "第二检察部"),)), known=KNOWN)
ONE = reader("prosecutor", OWN, own=OWN)
HEAD = reader("head", DEPARTMENT)
LEADER = reader("leader", NOTHING, EVERYTHING)


@pytest.fixture(scope="module")
def register(audited_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Register:
    """A register of our own over the audited sample: its decisions are nobody else's."""
    opened = open_register(f"sqlite:///{tmp_path_factory.mktemp('scoped') / 'register.db'}")
    follow(opened, Home(audited_home).current())
    return opened


@pytest.fixture(scope="module")
def sights() -> Sights:
    return Sights()


def ask(sights: Sights, register: Register, home: Path, who: Reader, query: str) -> list[tuple[object, ...]]:
    with sights.open(Home(home).current(), register, who) as con:
        return con.execute(query).fetchall()


@pytest.mark.parametrize(
    ("who", "condition"),
    [(ONE, f"prosecutor = '{PROSECUTOR}'"), (HEAD, "department = '第二检察部'"), (MACHINE, "true")],
)
@pytest.mark.parametrize("table", ["findings", "checked", "card_rows", "due"])
def test_rows_are_those_of_the_reader(
    sights: Sights,
    register: Register,
    audited_home: Path,
    published: duckdb.DuckDBPyConnection,
    who: Reader,
    condition: str,
    table: str,
) -> None:
    expected = published.execute(f"select * from {table} where {condition} order by all").fetchall()
    assert ask(sights, register, audited_home, who, f"select * exclude (rowid) from {table} order by all") == expected


@pytest.mark.parametrize(
    ("who", "condition"),
    [(ONE, f"prosecutor = '{PROSECUTOR}'"), (HEAD, "department = '第二检察部'"), (LEADER, "false")],
)
def test_cards_hold_the_rows_of_the_reader_only(
    sights: Sights,
    register: Register,
    audited_home: Path,
    published: duckdb.DuckDBPyConnection,
    who: Reader,
    condition: str,
) -> None:
    cards = [name for (name,) in published.execute("select card from cards_known").fetchall()]
    for card in cards:
        expected = published.execute(
            f"select card_row from card_rows where card = '{card}' and {condition} order by all"
        ).fetchall()
        assert ask(sights, register, audited_home, who, f"select _row from cards.{card} order by all") == expected


def test_a_leader_counts_everything_and_reads_no_name(
    sights: Sights, register: Register, audited_home: Path, published: duckdb.DuckDBPyConnection
) -> None:
    with sights.open(Home(audited_home).current(), register, LEADER) as con:
        assert by(figure_lines(con), "office", "department") == by(figure_lines(published), "office", "department")
    names = "name, case_name, suspect_no, prosecutor"
    for table, further in (("findings", ', message, message_en, "values"'), ("card_rows", ""), ("due", "")):
        rows = ask(sights, register, audited_home, LEADER, f"select distinct {names}{further} from {table}")
        assert {value for row in rows for value in row} <= {None}
        numbers = ask(sights, register, audited_home, LEADER, f"select count(*) from {table} where bmsah not like '#%'")
        assert numbers == [(0,)]
    assert ask(sights, register, audited_home, LEADER, "select count(*) from rejected_rows") == [(0,)]


def test_an_office_below_sees_itself_and_mistyped_offices_reach_their_people(
    sights: Sights, register: Register, audited_home: Path, published: duckdb.DuckDBPyConnection
) -> None:
    office = reader("supervisor", Scope(offices=KNOWN, known=KNOWN))
    expected = published.execute(f"select count(*) from findings where office = '{OFFICE}'").fetchall()
    assert ask(sights, register, audited_home, office, "select count(*) from findings") == expected
    mistyped = published.execute("select department, prosecutor from findings where office = '11' limit 1").fetchall()
    department, prosecutor = mistyped[0]
    for scope in (
        Scope(departments=frozenset(((OFFICE, department),)), known=KNOWN),
        Scope(handlers=frozenset(((OFFICE, "", prosecutor),)), known=KNOWN),
    ):
        counts = ask(
            sights, register, audited_home, reader("head", scope), "select count(*) from findings where office = '11'"
        )
        assert counts[0][0]


def test_decisions_show_at_once_and_for_everybody(sights: Sights, register: Register, audited_home: Path) -> None:
    supervisor = replace(MACHINE, user_id=3)
    finding, rule = ask(
        sights,
        register,
        audited_home,
        MACHINE,
        "select finding_id, rule_id from findings where not is_hint order by all limit 1",
    )[0]
    count_of_finding = f"select count(*) from findings where finding_id = '{finding}'"
    assert ask(sights, register, audited_home, MACHINE, count_of_finding) == [(1,)]
    decide(register, supervisor, [str(finding)], Decision("reject", "old_card", "历史案卡"))
    assert ask(sights, register, audited_home, MACHINE, count_of_finding) == [(0,)]
    errors = f"select count(*) from findings where rule_id = '{rule}' and not is_hint"
    before = ask(sights, register, audited_home, LEADER, errors)
    hold(register, supervisor, str(rule), "误报过多")
    assert ask(sights, register, audited_home, LEADER, errors) == [(0,)]
    release(register, supervisor, str(rule), "已核对")
    assert ask(sights, register, audited_home, LEADER, errors) == before


def test_figures_are_counted_once_for_all_who_see_the_same(
    sights: Sights, register: Register, audited_home: Path
) -> None:
    def figures(who: Reader) -> list[TypeCount]:
        with sights.open(Home(audited_home).current(), register, who) as con:
            return by_error_type(con)

    supervisor = replace(MACHINE, user_id=3)
    counted = figures(MACHINE)
    assert figures(supervisor) is counted
    assert figures(HEAD) != counted
    findings = "select finding_id, error_type from findings where not is_hint order by all limit 2"
    (first, _), (second, error_type) = ask(sights, register, audited_home, MACHINE, findings)
    decide(register, supervisor, [str(first)], Decision("confirm"))
    assert figures(MACHINE) is counted  # which leaves out nothing
    decide(register, supervisor, [str(second)], Decision("reject", "old_card", "历史案卡"))

    def errors(counts: list[TypeCount]) -> int:
        return sum(count.errors for count in counts if count.error_type == error_type)

    assert errors(figures(MACHINE)) == errors(counted) - 1


def test_readers_at_the_same_time_do_not_mix(sights: Sights, register: Register, audited_home: Path) -> None:
    readers = [ONE, HEAD, MACHINE, LEADER] * 10
    expected = {
        who.login: ask(sights, register, audited_home, who, "select count(*) from findings") for who in readers[:4]
    }
    with ThreadPoolExecutor(8) as pool:
        counted = list(
            pool.map(
                lambda who: (who.login, ask(sights, register, audited_home, who, "select count(*) from findings")),
                readers,
            )
        )
    assert all(expected[login] == count for login, count in counted)
