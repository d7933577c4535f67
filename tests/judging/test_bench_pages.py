"""`anka bench --pages` at a small size: the home it makes is whole, people of every role reach every page, and errors are not counted away."""

import json
from pathlib import Path

import pytest
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.Element_pb2 import Element
from support.commands import anka

from expectations.home import Home
from expectations.people.organisation import reader_of
from expectations.register.belonging import home_register
from expectations.register.reading import Wanted, count_findings
from expectations.rights.reader import MACHINE
from expectations.run.figures import figure_lines, total
from expectations.run.published import current_run
from expectations.run.sights import Sights
from expectations.store.tables import User
from flows.bench.pages.browser import BrokenPageError, Shown, Tab
from flows.bench.pages.many_findings import DISTRICTS, login_in, make_home
from flows.bench.pages.visiting import logins, pages_text, run_pages

PAGES = {
    "today", "mine", "overview", "departments", "findings", "due", "case", "trends", "rules", "notices", "check", "run", "admin",
}  # fmt: skip
"""Every page anybody finds in the navigation; what else the tour holds is named after the page it begins on."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with some thousand findings."""
    root = tmp_path_factory.mktemp("pages") / "home"
    assert make_home(root, 5000) >= 5000
    return root


def test_what_is_repeated_is_counted_as_a_run_counts_it(home: Path) -> None:
    with current_run(Home(home)) as con:
        lines = figure_lines(con)
        (found, rows) = con.execute(
            "select count(*), count(distinct finding_id) from findings semi join card_rows using (card, card_row)"
        ).fetchall()[0]
        (judged,) = con.execute("select sum(findings) from judgements").fetchall()[0]
        (checked,) = con.execute("select count(*) from checked").fetchall()[0]
        for (card,) in con.execute("select card from cards_known").fetchall():
            (cells, listed) = con.execute(
                f"select (select count(distinct _row) from cards.{card}), (select count(*) from card_rows where card = '{card}')"
            ).fetchall()[0]
            assert cells == listed
    assert found == rows == judged == total(lines).errors + total(lines).hints >= 5000
    assert total(lines).checked == checked
    with home_register(Home(home), "").reading() as session:
        assert sum(count_findings(session, MACHINE, Wanted())) == found


def test_a_district_sees_its_own_share(home: Path) -> None:
    register = home_register(Home(home), "")
    for district in (1, 2):
        with register.reading() as session:
            user = session.query(User).where(User.login == login_in(district, "anguan")).one()
            reader = reader_of(session, user.id)
            in_register = sum(count_findings(session, reader, Wanted()))
        with Sights().open(Home(home).current(), register, reader) as con:
            ((in_run, offices),) = con.execute("select count(*), count(distinct office) from findings").fetchall()
        assert in_run == in_register > 0
        assert offices == 1
        assert in_run < 5000 / 10


@pytest.mark.long
def test_people_of_every_role_reach_every_page(home: Path) -> None:
    figures = run_pages(home, 3, (0, 0.02))
    reached = {kind.split(",")[0] for kind in figures.seconds}
    assert reached >= PAGES
    assert reached >= {"first page", "case by a link", "findings by a link"}
    assert {"findings, next", "findings, search", "today, next", "mine, search"} <= figures.seconds.keys()
    summary = json.loads(pages_text(figures, "json"))["pages"]
    assert summary["users"] == 3
    assert summary["findings"] >= 5000
    assert 0 < summary["seconds"]["p50"] <= summary["seconds"]["p95"] <= summary["seconds"]["max"]
    assert summary["changes"] == sum(page["changes"] for page in summary["pages"].values())
    assert summary["peak_mb"] is None or summary["peak_mb"] > 100
    assert "MB at most" in pages_text(figures, "table") or summary["peak_mb"] is None


def test_fifty_people_are_of_all_roles_and_districts() -> None:
    chosen = logins(50)
    assert len(set(chosen)) == 50
    assert {login.partition(".")[0] for login in chosen} >= {
        "shi-guan",
        "admin",
        "anguan",
        "zhuren1",
        "lingdao",
        "dong1",
    }
    assert len({login.partition(".")[2] for login in chosen}) == DISTRICTS


def test_a_page_that_shows_an_error_ends_the_run() -> None:
    exception, alert, warning = Element(), Element(), Element()
    exception.exception.message = "boom"
    alert.alert.body, alert.alert.format = "a mistake", Alert.ERROR
    warning.alert.body, warning.alert.format = "mind this", Alert.WARNING
    with pytest.raises(BrokenPageError, match="boom"):
        Shown().take(exception)
    with pytest.raises(BrokenPageError, match="a mistake"):
        Shown().take(alert)
    Shown().take(warning)


def test_the_command_refuses_two_comparisons(tmp_path: Path) -> None:
    assert "exclude one another" in anka("bench", "--pages", "--small", home=tmp_path, code=2).stderr


def test_a_page_nobody_is_shown_is_no_page() -> None:
    with pytest.raises(BrokenPageError, match="not in the navigation: findings"):
        Tab("http://127.0.0.1:1", "anka_session=x").go("findings").send(None)
