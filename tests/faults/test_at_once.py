"""Two of everything at the same moment: each is done once and whole, or refused in a line.

Two audits of one home stand in tests/judging, an audit beside a re-check in tests/check, two decisions and a night beside twenty people in
tests/register, notices in tests/notices, entries of the log in tests/people.
"""

import http.client
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, text
from support.dashboard_small import publish_small
from support.faults.place import PACK_VERSIONS, Place
from support.register_cases import postgresql
from support.site.dashboard_server import register_of, serving, session_token, with_people

from expectations.authoring.pack_files import import_pack
from expectations.catalogue.catalogues import load_catalogue
from expectations.errors import InputError
from expectations.run.published import open_published
from expectations.store.register import open_register
from expectations.store.switches import switch
from flows.cli.upkeep.go_back import go_back
from flows.night.audit_lock import sole_audit

__all__ = ["postgresql"]

TOGETHER, TIMES = 8, 6


def test_many_pages_that_meet_a_new_run_at_the_same_moment_all_open_it(tmp_path: Path) -> None:
    """As they do when a night has published: one that opened it between another's opening and locking it was told of damage."""
    file = publish_small(tmp_path / "home").current()
    start = Barrier(TOGETHER)

    def page(_: int) -> int:
        start.wait()
        with open_published(file) as con:
            return int(con.execute("select count(*) from findings").fetchall()[0][0])

    with ThreadPoolExecutor(TOGETHER) as pool:
        for _ in range(TIMES):
            assert set(pool.map(page, range(TOGETHER))) == {4}


def test_nobody_goes_back_while_an_audit_is_at_work(tmp_path: Path) -> None:
    home = publish_small(tmp_path / "home")
    pointer = home.pointer.read_bytes()
    with sole_audit(home), pytest.raises(InputError, match="another audit is running"):
        go_back(home.root)
    assert home.pointer.read_bytes() == pointer


def test_two_imports_of_one_pack_leave_one_of_them_whole(tmp_path: Path) -> None:
    place, start = Place(tmp_path), Barrier(len(PACK_VERSIONS))
    place.make_packs()

    def take(version: str) -> str:
        start.wait()
        try:
            return import_pack(place.archive(version), place.packs, replace=True).version
        except InputError as error:  # the other one was quicker
            return error.message

    for _ in range(3):
        with ThreadPoolExecutor(len(PACK_VERSIONS)) as pool:
            taken = list(pool.map(take, PACK_VERSIONS))
        assert set(taken) & set(PACK_VERSIONS), taken
        present = load_catalogue(place.packs / "rules")
        assert [pack.version for pack in present.packs][-1] in taken
        assert {path.name for path in place.packs.iterdir()} == {"rules"}


def test_many_that_begin_a_register_on_a_server_all_find_its_tables(postgresql: str) -> None:
    server = create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with server.connect() as con:
        con.execute(text("create database at_once"))
    url = server.url.set(database="at_once").render_as_string(hide_password=False)
    server.dispose()
    start = Barrier(TOGETHER)

    def begin(_: int) -> str:
        start.wait()
        opened = open_register.__wrapped__(url)
        with closing(opened):
            with opened.reading() as session:
                assert switch(session, "hold_after") == 5
            return opened.identity()

    with ThreadPoolExecutor(TOGETHER) as pool:
        assert len(set(pool.map(begin, range(TOGETHER)))) == 1


@pytest.mark.long
def test_two_dashboards_of_one_home_know_of_each_other(tmp_path: Path) -> None:
    """Who signs out at the one is signed out at the other, and both answer."""
    home = publish_small(tmp_path / "home")
    with_people(home.root)
    token = session_token(register_of(home.root), "dong1")
    with serving(home.root, tmp_path / "first.log") as first, serving(home.root, tmp_path / "second.log") as second:
        assert [asked(address, "GET", "/session", token) for address in (first, second)] == [204, 204]
        assert asked(first, "POST", "/sign-out", token) in (200, 303)
        assert [asked(address, "GET", "/session", token) for address in (first, second)] == [401, 401]
        for address in (first, second):
            with urllib.request.urlopen(f"{address}_stcore/health") as answer:
                assert answer.status == 200
    assert not any("Traceback" in (tmp_path / f"{name}.log").read_text() for name in ("first", "second"))


def asked(address: str, method: str, path: str, token: str) -> int:
    host = urlsplit(address).netloc
    headers = {"Cookie": f"anka_session={token}", "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
    with closing(http.client.HTTPConnection(host, timeout=30)) as connection:
        connection.request(method, path, "", headers)
        with connection.getresponse() as answer:
            return answer.status
