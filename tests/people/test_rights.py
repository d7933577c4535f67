"""The rights matrix: every role at every page, download and address, with and without session, forged, asking for another's.

What nobody may read is found by SQL of its own (rights_site) and searched for in everything the server sends.
"""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import get_args
from urllib.parse import unquote, unquote_plus, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import Message
from support.site.browser_pages import CHROMIUM, browser, opened, settle
from support.site.rights_asked import (
    EXPORTERS,
    MAY,
    OTHERS_ASKED,
    ROUTES_ASKED,
    SUPERVISORS,
    TRIALS,
    as_roles,
    downloads_of_another,
    forged,
    head_of,
    params_of_another,
    status_of,
    wrong_number,
)
from support.site.rights_site import DISTRICT, OTHER_DEPARTMENT, ROLES, ROWS, Office, served
from websockets.exceptions import InvalidStatus

from dashboard import asgi
from dashboard.door.gate import Gate
from dashboard.exports.downloads import File, exporting
from dashboard.exports.handed_out import HANDED_OUT
from dashboard.exports.routes import EXPORTS
from dashboard.run.recheck_runs import Order, start_recheck
from expectations.errors import InputError
from expectations.finding.masks import mask_number
from expectations.notices import issue, reply, withdraw
from expectations.people import sessions
from expectations.register.life import Decision, decide, undo
from expectations.register.transitions import Action
from expectations.register.trust import hold, release
from expectations.rights.acts import ACTS, Act, NotAllowedError
from expectations.rights.roles import PAGES
from expectations.rights.scope import EVERYTHING
from expectations.run.published import open_published
from expectations.run.sights import Sights
from expectations.store.tables import Access, Event, Finding
from sample_data import COMMITTED

__all__ = ["browser"]

NAMES = tuple(dict.fromkeys(page for pages in PAGES.values() for page in pages))
EVERYBODY = tuple(ROLES)


@pytest.fixture(scope="module")
def office(audited_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with served(audited_home, tmp_path_factory.mktemp("rights")) as served_office:
        yield served_office


def reasons(action: Action) -> Decision:
    return Decision(action, "other" if action in ("reject", "answer_not_error") else "", "试一试")


@pytest.mark.parametrize("login", EVERYBODY)
def test_a_page_holds_what_is_the_readers_and_a_page_of_others_nothing(office: Office, login: str) -> None:
    own, case = PAGES[ROLES[login]], params_of_another(office, "case")[0]
    requests = [(page, params) for page in own for params in ({}, *params_of_another(office, page))]
    requests += [(page, case if page == "case" else {}) for page in NAMES if page not in own]
    office.token(login)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda request: office.open(login, *request), requests))
    for (page, params), sent in zip(requests, answers, strict=True):
        assert not sent.mistakes, (page, params, sent.mistakes)
        assert sent.refused == (page not in own), (page, sent.words)
        address = f"{params} {logged_cases(office) if page == 'admin' else ''}"
        assert office.leaks(login, sent.text, "" if sent.refused else address) == [], (page, params)


def logged_cases(office: Office) -> str:
    """What the access log says by its purpose: who looked at which case."""
    with office.register.reading() as session:
        return " ".join(session.scalars(select(Access.subject).where(Access.action == "case")))


def test_a_supervisor_reads_what_is_hidden_from_the_others(office: Office) -> None:
    another = office.other
    for login in SUPERVISORS:
        text = office.open(login, "case", params_of_another(office, "case")[1]).text
        assert (another.bmsah in text, another.name in text, another.suspect_no in text) == (True, True, True)
        notice_page = office.open(login, "notices", {"tab": "issued", "id": str(office.notices["other"])})
        assert another.bmsah in notice_page.text
    listed = office.open("shi-guan", "findings", {"kind": "all", "size": "100"}).text
    assert len(office.leaks("qiu1", listed)) > 20  # the search finds what there is


@pytest.mark.parametrize("login", ["qiu1", "zhuli-qiu1", "zhuren1"])
def test_a_case_of_another_is_like_one_that_does_not_exist(office: Office, login: str) -> None:
    another, own = office.other, office.own
    for params, none in (
        ({"card": another.card, "bmsah": another.bmsah}, {"card": another.card, "bmsah": "汉东检刑捕受[2025]999号"}),
        ({"finding": another.finding_id}, {"finding": "0000000000000000"}),
        ({"q": another.name}, {"q": "无此人无此案"}),
        ({"q": another.suspect_no}, {"q": "99999999999999999"}),
        (
            {"card": own.card, "bmsah": own.bmsah, "finding": another.finding_id},
            {"card": own.card, "bmsah": own.bmsah, "finding": "0"},
        ),
        ({"card": another.card, "row": "0"}, {"card": another.card, "row": "99999999"}),
    ):
        existing, missing = office.open(login, "case", params), office.open(login, "case", none)
        existing_value, missing_value = (next(reversed(query.values())) for query in (params, none))
        assert [words.replace(existing_value, missing_value) for words in existing.words] == missing.words
    notice_page = office.open(login, "notices", {"tab": "issued", "id": str(office.notices["other"])})
    assert notice_page.words == office.open(login, "notices", {"tab": "issued", "id": "999"}).words


def test_nothing_another_table_of_the_run_holds_gets_through(office: Office) -> None:
    """The run as each reader's queries see it, every table and column, whatever a page may ask one day."""
    sights, file = Sights(), office.home.current()
    with open_published(file) as con:
        tables = con.execute(
            "select distinct table_schema, table_name from information_schema.tables where table_catalog = current_database()"
        ).fetchall()
    assert len(tables) > 20
    for login in EVERYBODY:
        with sights.open(file, office.register, office.reader(login)) as con:
            cells = {
                str(cell)
                for schema, table in tables
                if table != "rules"
                for row in con.execute(f'from {schema}."{table}"').fetchall()
                for cell in row
            }
            rows_seen = con.execute("select count(*) from card_rows").fetchall()[0][0]
        assert office.leaks(login, "\n".join(cells)) == [], login
        if ROLES[login] != "leader":
            with open_published(file) as con:
                assert rows_seen == con.execute(f"select count(*) from card_rows where {ROWS[login]}").fetchall()[0][0]


@pytest.mark.parametrize("login", EVERYBODY)
def test_a_download_holds_what_is_the_readers(office: Office, login: str) -> None:
    asked_for = downloads_of_another(office)
    assert asked_for.keys() == EXPORTS.keys()
    for name, params in asked_for.items():
        status, text = office.fetch(f"/export/{name}?{urlencode(params, doseq=True)}", login)
        assert status == status_of(login, name), (name, text)
        assert office.leaks(login, text) == [], name
        if login not in SUPERVISORS:
            assert OTHER_DEPARTMENT not in text, name
            assert office.other.prosecutor not in text, name
        elif status == 200 and name in ("findings.xlsx", "notice.docx", "notice-list.xlsx"):
            assert office.other.bmsah in text
    assert office.fetch("/data-docs/index.html", login)[0] == (200 if login == "shi-guan" else 404)
    for outside in ("../../../register.db", "%2e%2e/%2e%2e/%2e%2e/register.db", "x" * 5000, "x/" * 3000, "a%00b"):
        assert office.fetch(f"/data-docs/{outside}", login)[0] in (400, 404)
    if login not in EXPORTERS:
        return
    with open_published(office.home.current()) as con:
        for name, table, sheets in (("findings.xlsx?kind=all", "findings", 2), ("due.xlsx", "due", 1)):
            status, text = office.fetch(f"/export/{name}", login)
            rows = con.execute(f"select count(*) from {table} where {ROWS[login]}").fetchall()[0][0]
            assert len(text.splitlines()) == rows + sheets, name
            assert office.leaks(login, text) == []


def test_a_document_of_another_is_like_one_that_does_not_exist(office: Office) -> None:
    for login in ("qiu1", "zhuli-qiu1", "zhuren1"):
        for name in ("notice.docx", "notice-list.xlsx"):
            answers = {
                office.fetch(f"/export/{name}?id={notice_id}", login)
                for notice_id in (office.notices["other"], 999, "x")
            }
            assert len(answers) == 1
    own = f"/export/notice.docx?id={office.notices['own']}"
    assert [office.fetch(own, login)[0] for login in ("qiu1", "zhuren1", "anguan")] == [200, 200, 200]
    assert [office.fetch(own, login)[0] for login in ("zhuli-qiu1", "xi1", "lingdao")] == [400, 400, 403]
    city = f"/export/notice.docx?id={office.notices['city']}"  # to somebody of the same name and department elsewhere
    assert [office.fetch(city, login)[0] for login in ("shi-guan", "anguan", "qiu1", "zhuren1")] == [200, 400, 400, 400]
    assert "900号" not in office.open("qiu1", "mine").text


def test_without_a_session_nothing_comes_whatever_the_headers_claim(office: Office) -> None:
    claims = forged(office)
    for name, params in downloads_of_another(office).items():
        for headers in ({}, claims):
            assert office.fetch(f"/export/{name}?{urlencode(params, doseq=True)}", headers=headers)[0] == 401
    for page in ("", *NAMES, "data-docs/index.html"):
        assert office.fetch(f"/{page}", headers=claims)[0] == 401
    for headers in ({}, claims, {"Cookie": f"anka_session={sessions.key_of(office.token('shi-guan'))}"}):
        with pytest.raises(InvalidStatus):
            office.open("", "findings", headers=headers)


@pytest.mark.parametrize("login", ["qiu1", "lingdao"])
def test_who_claims_to_be_another_is_who_they_are(office: Office, login: str) -> None:
    claims = forged(office)
    assert office.fetch("/export/findings.xlsx?kind=all", login, claims) == office.fetch(
        "/export/findings.xlsx?kind=all", login
    )
    assert office.open(login, "today", headers=claims).refused
    for page, params in (("findings", {"text": office.other.bmsah}), ("case", {"finding": office.other.finding_id})):
        sent = office.open(login, page, params, claims)
        assert sent.words == office.open(login, page, params).words
        assert office.leaks(login, sent.text, str(params)) == []


def test_a_file_handed_out_is_its_persons(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through gate and route as they are served, in this process: the files are in its memory."""
    monkeypatch.setenv("ANKA_HOME", str(office.home.root))
    token = HANDED_OUT.keep(office.reader("qiu1"), File("自查.txt", "本人".encode(), "text/plain"))
    app = Gate(Starlette(routes=[Route("/export/{name}", exporting(EXPORTS))]))

    def status(login: str) -> int:
        messages: list[Message] = []

        async def ask() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def tell(message: Message) -> None:
            messages.append(message)

        cookie = [(b"cookie", f"anka_session={office.token(login)}".encode())] if login else []
        scope = {
            "type": "http",
            "method": "GET",
            "path": "/export/handed-out",
            "query_string": f"token={token}".encode(),
            "headers": [(b"host", b"a"), *cookie],
        }
        asyncio.run(app(scope, ask, tell))
        return int(messages[0]["status"])

    assert [status(login) for login in ("", "qiu1", "zhuli-qiu1", "shi-guan", "admin")] == [401, 200, 404, 404, 403]


@pytest.mark.parametrize("login", EVERYBODY)
def test_nobody_decides_beyond_their_acts_or_rows(office: Office, login: str) -> None:
    reader, another = office.reader(login), office.other
    with office.register.reading() as session:
        foreign = session.scalars(select(Finding).where(Finding.office != DISTRICT, Finding.state == "new")).first()
        assert foreign is not None
        ids = [foreign.finding_id] if login == "anguan" else [another.finding_id]
        before = events(office)
    for action in get_args(Action):
        act = "answer" if action.startswith("answer") else "decide"
        if act not in ACTS[ROLES[login]]:
            for finding_id in (another.finding_id, office.own.finding_id, foreign.finding_id):
                with pytest.raises(NotAllowedError):
                    decide(office.register, reader, [finding_id], reasons(action))
        elif login != "shi-guan":
            outcome = decide(office.register, reader, ids, reasons(action))
            assert (outcome.done, [finding_id for finding_id, _ in outcome.skipped]) == ((), ids)
    if ROLES[login] == "supervisor":
        return
    for forbidden in (
        lambda: issue(office.register, reader, [another.finding_id], "written"),
        lambda: withdraw(office.register, reader, office.notices["other"], "试"),
        lambda: reply(office.register, reader, office.notices["other"], "试"),
        lambda: hold(office.register, reader, "V001", "试"),
        lambda: release(office.register, reader, "V001", "试"),
        lambda: start_recheck(reader, office.register, office.home, Order(COMMITTED.as_of)),
    ):
        with pytest.raises(NotAllowedError):
            forbidden()
    assert events(office) == before


@pytest.mark.parametrize("act", get_args(Act))
def test_an_act_is_done_by_those_who_may_and_refused_to_all_others(office: Office, act: Act) -> None:
    before = events(office)
    for trial in TRIALS[act]:
        done = set[str]()
        for login in EVERYBODY:
            with suppress(NotAllowedError):
                with suppress(InputError):
                    trial(office, office.reader(login))
                done.add(login)
        assert done == set(MAY[act])
    assert events(office) == before


def test_every_route_answers_every_role_as_the_table_says(office: Office) -> None:
    """A route or an act without a row of its own is none that anybody has thought about."""
    served = {route.path for route in getattr(asgi.app, "_user_routes")}  # noqa: B009  # Streamlit hands them out nowhere else
    assert (served, set(get_args(Act))) == (set(ROUTES_ASKED), set(TRIALS))
    asked = (*chain.from_iterable(ROUTES_ASKED.values()), *OTHERS_ASKED)
    answers = {address: {login: office.fetch(address, login)[0] for login in ("", *EVERYBODY)} for address, *_ in asked}
    assert answers == {
        address: {"": nobody, **dict.fromkeys(EVERYBODY, somebody), **others}
        for address, nobody, somebody, others in asked
    }


def events(office: Office) -> int:
    with office.register.reading() as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


def test_notices_and_decisions_of_another_office_or_person_stay(office: Office) -> None:
    district = office.reader("anguan")
    with office.register.reading() as session:
        foreign = session.scalars(select(Finding.finding_id).where(Finding.office != DISTRICT)).all()
    assert issue(office.register, district, foreign, "written").notices == ()
    with pytest.raises(InputError):
        withdraw(office.register, district, office.notices["city"], "发错")
    with pytest.raises(NotAllowedError):
        reply(office.register, district, office.notices["city"], "已改")
    rejected = decide(office.register, office.reader("shi-guan"), [office.own.finding_id], reasons("reject"))
    assert rejected.done
    for login in EVERYBODY[1:]:
        assert undo(office.register, office.reader(login), rejected.batch).done == ()
    with as_roles(office, "shi-guan", ["head"]):
        assert undo(office.register, replace(office.reader("shi-guan"), rows=EVERYTHING), rejected.batch).done == ()
    assert undo(office.register, office.reader("shi-guan"), rejected.batch).done == rejected.done


def test_identity_numbers_are_whole_for_who_corrects_them_only(office: Office) -> None:
    with open_published(office.home.current()) as con:
        card, bmsah, number, login = wrong_number(office, con)
    masked = mask_number(number)
    sees_whole = {login: True, "shi-guan": False, "anguan": False, head_of(office, login): False}
    for name, is_whole in sees_whole.items():
        texts = [
            office.open(name, page, params).text
            for page, params in (("case", {"card": card, "bmsah": bmsah}), ("findings", {"text": bmsah, "kind": "all"}))
        ]
        texts.append(office.fetch(f"/export/findings.xlsx?{urlencode({'text': bmsah, 'kind': 'all'})}", name)[1])
        assert [number in text for text in texts] == [is_whole] * 3, name
        assert [masked in text for text in texts] == [not is_whole] * 3, name


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium")
@pytest.mark.parametrize(
    ("login", "page", "button", "roles", "active", "says"),
    [
        ("shi-guan", "today?list=unverified", "属实", ["leader"], True, "您没有此页面的权限"),
        ("anguan", "today?list=unverified", "下一个", ["administrator"], True, "您没有此页面的权限"),
        ("zhuli-qiu1", "mine", "已在系统内改正", ["assistant"], False, "登录已过期"),
    ],
)
def test_what_is_taken_away_is_gone_with_the_next_click(
    office: Office, browser: Browser, login: str, page: str, button: str, roles: list[str], active: bool, says: str
) -> None:
    before = events(office)
    with opened(browser, office.address, office.home.root, login) as open_page:
        open_page.goto(office.address + page)
        expect(open_page.locator(".st-key-at_hand .anka-finding")).to_be_visible(timeout=60_000)
        settle(open_page)
        with as_roles(office, login, roles, active=active):
            open_page.locator(".st-key-at_hand").get_by_role("button", name=button).click()
            expect(open_page.get_by_text(says).first).to_be_visible(timeout=30_000)
            settle(open_page)
            assert open_page.locator("[data-finding]").count() == 0
            assert open_page.get_by_test_id("stException").count() == 0
    assert events(office) == before


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium")
@pytest.mark.parametrize("login", ["zhuli-qiu1", "zhuren1", "lingdao", "admin"])
def test_what_a_browser_draws(office: Office, browser: Browser, login: str) -> None:
    """The first page of each role, and by address a page and a case that are not theirs."""
    own = PAGES[ROLES[login]]
    foreign = [next((name for name in NAMES if name not in own), "mine")]
    another = urlencode({"card": office.other.card, "bmsah": office.other.bmsah})
    with opened(browser, office.address, office.home.root, login) as page:
        page.goto(office.address)
        expect(page).to_have_url(re.compile(f"/{own[0]}"), timeout=60_000)
        expect(page.get_by_role("heading").first).to_be_visible(timeout=30_000)
        links = page.get_by_test_id("stSidebarNavLink").all()
        assert {urlsplit(str(link.get_attribute("href"))).path.strip("/") for link in links} == set(own)
        for address in (*foreign, f"case?{another}"):
            page.goto(office.address + address)
            words = "您没有此页面的权限" if address.partition("?")[0] not in own else "本次核查中没有这张案卡"
            expect(page.get_by_text(words).first).to_be_visible(timeout=30_000)
            settle(page)
            assert office.leaks(login, unquote_plus(page.content()), unquote(another)) == []


def test_no_log_names_a_suspect_or_an_identity_number(office: Office) -> None:
    """After all of the above: neither the access log nor what the server writes."""
    office.fetch(f"/export/findings.xlsx?{urlencode({'text': office.own.name, 'name': office.own.name})}", "qiu1")
    with office.register.reading() as session:
        entries = session.scalars(select(Access)).all()
        logged = [f"{entry.action} {entry.subject} {entry.detail}" for entry in entries]
    assert {"sign_in", "export", "case", "list", "refused"} <= {entry.action for entry in entries}
    with open_published(office.home.current()) as con:
        texts = con.execute("select distinct unnest([name, suspect_no]) from card_rows").fetchall()
        texts += con.execute(
            "select distinct id_no from cards.arrest union select distinct id_no from cards.prosecution"
        ).fetchall()
    secrets = [str(secret) for (secret,) in texts if secret and len(str(secret)) > 2]
    for text in ("\n".join(logged), unquote(office.log.read_text(encoding="utf-8"))):
        assert [secret for secret in secrets if secret in text] == []
