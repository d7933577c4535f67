"""The gate in front of a served dashboard: without a session nothing is served, and nobody is taken for somebody else."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect, sync_playwright
from sqlalchemy import delete, select
from starlette.types import Message, Scope
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from support.site.dashboard_server import session_token, with_people
from support.site.gate_site import PAGE, PASSWORD, Site, site
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from dashboard.door.gate import Gate
from expectations.people import sessions
from expectations.people.accounts import find_user
from expectations.store.register import now
from expectations.store.tables import SignIn, User

__all__ = ["site"]
CHROMIUM = Path("/usr/bin/chromium")

PATHS = [
    "/", "/findings?rule=V001", "/case", "/static/js/index.js", "/index.html", "/favicon.png", "/manifest.json", "/_stcore/host-config",
    "/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/upload_file/a/b", "/_stcore/script-health-check", "/media/a.xlsx",
    "/component/a/b", "/app/static/a", "/export/findings", "/export/", "/session", "/session-watch.js", "/icon.svg", "/password", "/auth/login",
    "/oauth2callback", "/oidc/", "/oidc/other", "/sign-in/", "/sign-in/../export/findings", "/SIGN-IN", "//sign-in", "/sign-out",
    "/_stcore/stream", "/_stcore/health/x", "/%2e%2e/static/index.html",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_nothing_is_served_without_a_session(site: Site, path: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert site.ask(path, method=method).status == 401
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        expected = 303 if (method, path) == ("POST", "/sign-out") else 401
        assert site.ask(path, method=method, Origin=f"http://{site.host}").status == expected
    page = site.ask(path, **PAGE)
    own = path.startswith(("/static/", "/_stcore/"))
    assert (page.status, page.text) == ((401, "请先登录 / sign in first") if own else (303, ""))


@pytest.mark.parametrize(
    "cookie", ["anka_session=", "anka_session=x", "anka_session=" + "0" * 64, "other=1", "anka_session=%00"]
)
def test_an_invented_cookie_is_no_session(site: Site, cookie: str) -> None:
    assert site.ask("/export/findings", Cookie=cookie).status == 401


def test_the_key_in_the_register_is_no_cookie(site: Site) -> None:
    assert site.ask("/session", token=sessions.key_of(site.session("dong1"))).status == 401


def test_that_the_server_lives_is_all_it_tells_a_stranger(site: Site) -> None:
    answer = site.ask("/_stcore/health")
    assert (answer.status, answer.text, answer.cookie) == (200, "ok", "")


def web_socket(site: Site, **headers: str) -> int:
    """200 when it is opened, else the status it is refused with."""
    sent = {"Origin": f"http://{site.host}", **headers}
    origin = sent.pop("Origin")
    try:
        with connect(
            f"ws://{site.host}/_stcore/stream",
            additional_headers=sent,
            origin=Origin(origin) if origin else None,
            subprotocols=[Subprotocol("streamlit")],
        ):
            return 200
    except InvalidStatus as refused:
        return refused.response.status_code


def test_a_web_socket_needs_a_session_and_our_origin(site: Site) -> None:
    cookie = f"anka_session={site.session('dong1')}"
    assert web_socket(site) == 403
    assert web_socket(site, Cookie="anka_session=x", X_Anka_Session="1") == 403
    assert web_socket(site, Cookie=cookie, Origin="http://elsewhere.example") == 403
    assert web_socket(site, Cookie=cookie, Origin="http://localhost:3000") == 403
    assert web_socket(site, Cookie=cookie, Origin="") == 403
    assert web_socket(site, Cookie=cookie) == 200
    first = site.sign_in("nan1").token
    assert web_socket(site, Cookie=f"anka_session={first}") == 403


def test_a_link_from_a_mail_finds_its_session(site: Site) -> None:
    page = site.ask("/case?bmsah=a%22b", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate", **PAGE)
    assert page.status == 200
    assert 'content="0;url=/case?bmsah=a%22b"' in page.text
    evil = site.ask("//elsewhere.example/", Sec_Fetch_Site="cross-site", **PAGE)
    assert 'content="0;url=/"' in evil.text


def test_a_session_ends_by_signing_out_by_time_and_by_the_administrator(site: Site) -> None:
    token = site.session("xi1")
    assert site.ask("/session", token=token).status == 204
    assert site.post("/sign-out", token).goes_to == "/sign-in"
    assert site.ask("/session", token=token).status == 401
    for values in ({"used_at": now() - timedelta(minutes=31)}, {"created_at": now() - timedelta(hours=13)}):
        token = site.session("xi1")
        site.change(token, **values)
        assert site.ask("/export/findings", token=token).status == 401
        assert web_socket(site, Cookie=f"anka_session={token}") == 403
    token = site.session("xi1")
    with site.register.writing() as session:
        find_user(session, "xi1").active = False
    assert site.ask("/session", token=token).status == 401
    with site.register.writing() as session:
        find_user(session, "xi1").active = True


def test_only_real_use_moves_the_idle_clock(site: Site) -> None:
    token, before = site.session("dong1"), now() - timedelta(minutes=20)
    site.change(token, used_at=before)
    for path in ("/session", "/static/js/index.js", "/_stcore/health"):
        site.ask(path, token=token)
    with site.register.reading() as session:
        assert session.get_one(SignIn, sessions.key_of(token)).used_at == before
    site.ask("/findings", token=token, **PAGE)
    site.ask("/session", token=token)
    with site.register.reading() as session:
        assert session.get_one(SignIn, sessions.key_of(token)).used_at > before + timedelta(minutes=19)


def test_every_answer_is_guarded(site: Site) -> None:
    token = site.session("dong1")
    for answer in (
        site.ask("/", token=token, **PAGE),
        site.ask("/sign-in"),
        site.ask("/export/x", token=token),
        site.ask("/x"),
    ):
        headers = answer.headers
        assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert (headers["X-Frame-Options"], headers["Referrer-Policy"]) == ("DENY", "same-origin")


def test_what_streamlit_does_not_bind_to_a_person_is_closed(site: Site) -> None:
    token = site.session("admin")
    for path in (
        "/media/a.xlsx",
        "/media",
        "//media/a.xlsx",
        "/_stcore/metrics",
        "/_stcore/agent/openapi.json",
        "/auth/login",
        "/_stcore/upload_file/of-somebody/else",
        "/component/a/b",
        "/export/no-such",
    ):
        assert site.ask(path, token=token).status == 404
    upload = site.ask("/_stcore/upload_file/of-somebody/else", token=token, method="PUT", Origin=f"http://{site.host}")
    assert upload.status == 404


@pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium")
def test_an_open_page_shows_nothing_more_when_its_session_has_ended(site: Site) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 390, "height": 844})
        elsewhere: list[str] = []
        page.on("request", lambda request: elsewhere.append(request.url) if site.host not in request.url else None)
        page.goto(f"{site.address}rules?lang=en")
        for name, value in (("Login", "dong1"), ("Password", PASSWORD)):
            page.get_by_label(name).fill(value)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_test_id("stHeading").first).to_be_visible(timeout=60_000)
        assert page.url == f"{site.address}rules?lang=en"
        with site.register.writing() as session:
            session.execute(delete(SignIn))
        page.get_by_text("中文").first.evaluate("element => element.click()")
        expect(page.locator('a[href*="sign-in"]')).to_be_visible(timeout=30_000)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        alert, english, chinese = page.get_by_role("alert"), "Your session has ended", "登录已过期"
        expect(alert).to_contain_text(re.compile(f"{english}|{chinese}"))
        # the click that met no session asked for Chinese: whether the address says so already is a matter of which came first
        in_english = english in alert.inner_text()
        page.get_by_role("link", name="中文" if in_english else "English").click()
        expect(alert).to_contain_text(chinese if in_english else english)
        assert [url for url in elsewhere if not url.startswith(("data:", "blob:"))] == []
        browser.close()


def streamlit_page(site: Site, login: str, *protocols: str) -> str:
    """The number of the Streamlit page a person gets who opens a web socket, perhaps asking for an older page."""
    with connect(
        f"ws://{site.host}/_stcore/stream",
        additional_headers={"Cookie": f"anka_session={site.session(login)}"},
        origin=Origin(f"http://{site.host}"),
        subprotocols=[Subprotocol(protocol) for protocol in ("streamlit", *protocols)],
    ) as socket:
        request = BackMsg()
        request.rerun_script.query_string = ""
        socket.send(request.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(bytes(socket.recv(timeout=30, decode=False)))
            if message.WhichOneof("type") == "new_session":
                return str(message.new_session.initialize.session_id)


def test_a_page_is_given_back_to_its_person_only(site: Site) -> None:
    page = streamlit_page(site, "dong1")
    assert streamlit_page(site, "xi1", "x", page) != page
    assert streamlit_page(site, "dong1", "x", page) == page


FORGED = [b"x-anka-session", b"X-Anka-User", b"x_anka_session", b"X_ANKA_user", b"x-anka_role"]


def test_identity_headers_of_a_client_never_arrive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    register = with_people(tmp_path)
    monkeypatch.setenv("ANKA_HOME", str(tmp_path))
    token = session_token(register, "dong1")
    arrived: list[Scope] = []

    async def behind(scope: Scope, _receive: Any, _send: Any) -> None:
        arrived.append(scope)

    async def nothing() -> Message:
        return {"type": "http.request"}

    async def nowhere(_message: Message) -> None:
        return None

    headers = [(name, b"1") for name in FORGED * 2]
    headers += [(b"cookie", f"anka_session={token}".encode()), (b"host", b"a"), (b"origin", b"http://a")]
    scope = {"method": "GET", "query_string": b"", "headers": headers, "state": {"anka_user": 1}}
    for kind, path in (("http", "/case"), ("websocket", "/_stcore/stream"), ("http", "/sign-in")):
        asyncio.run(Gate(behind)({**scope, "type": kind, "path": path}, nothing, nowhere))
    asyncio.run(
        Gate(behind)(
            {**scope, "type": "http", "path": "/sign-in", "headers": headers[:10], "state": {}}, nothing, nowhere
        )
    )
    with register.reading() as session:
        user_id = session.scalars(select(User.id).where(User.login == "dong1")).one()
    own = [(b"x-anka-session", sessions.key_of(token).encode()), (b"x-anka-user", str(user_id).encode())]
    identities = [[header for header in scope["headers"] if b"anka" in header[0].lower()] for scope in arrived]
    assert identities == [own, own, own, []]
    assert [scope["state"].get("anka_user") for scope in arrived] == [user_id, user_id, user_id, None]
