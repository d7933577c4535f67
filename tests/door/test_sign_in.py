"""Sign-in, passwords, one-time links and the provider on a served dashboard, and what must not work there."""

import json
import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import select
from support.site.gate_site import HASHED, NEW, PAGE, PASSWORD, Answer, Site, answer_to, site

from dashboard.door.answers import local_address
from expectations.people import sessions
from expectations.people.accounts import find_user
from expectations.store.switches import set_switch
from expectations.store.tables import Access
from expectations.texts import Language

__all__ = ["site"]


def test_a_deep_link_survives_sign_in(site: Site) -> None:
    deep = f"/findings?department={quote('第一检察部')}&rule=V001&lang=en"
    turned = site.ask(deep, **PAGE)
    assert turned.goes_to == f"/sign-in?next={quote(deep, safe='')}"
    form = site.ask(turned.goes_to, **PAGE)
    assert "Sign in" in form.text
    hidden = re.findall(r'name="next" value="([^"]+)"', form.text)[0].replace("&amp;", "&")
    entered = site.sign_in("dong1", next=hidden)
    assert (entered.status, entered.goes_to) == (303, deep)
    assert re.search("; HttpOnly; Path=/; SameSite=strict$", entered.cookie)
    page = site.ask(entered.goes_to, token=entered.token, **PAGE)
    assert page.status == 200
    assert '<script src="/session-watch.js" defer></script></body>' in page.text
    assert 'href="/icon.svg"' in page.text
    assert [site.ask(path, token=entered.token).status for path in ("/session-watch.js", "/icon.svg")] == [200, 200]


def test_behind_https_the_cookie_is_secure(site: Site) -> None:
    body = f"login=dong1&password={quote(PASSWORD)}"
    kind = "application/x-www-form-urlencoded"
    answer = site.ask(
        "/sign-in",
        method="POST",
        body=body,
        Content_Type=kind,
        Origin=f"https://{site.host}",
        X_Forwarded_Proto="https",
    )
    assert "; Secure" in answer.cookie


@pytest.mark.parametrize(
    "address",
    [
        "//elsewhere.example",
        "https://elsewhere.example",
        "/\\elsewhere.example",
        "/\t/elsewhere.example",
        "javascript:alert(1)",
        "elsewhere.example",
        "",
        "/sign-out",
        "/password",
        "/oidc/start",
        "///elsewhere.example",
        "/ /x",
        "\\\\elsewhere.example",
    ],
)
def test_sign_in_leads_nowhere_else(site: Site, address: str) -> None:
    assert local_address(address) == "/"
    assert site.ask(f"/sign-in?next={quote(address)}", token=site.session("dong1"), **PAGE).goes_to == "/"


def test_sign_in_from_another_site_is_refused(site: Site) -> None:
    body, kind = f"login=dong1&password={quote(PASSWORD)}", "application/x-www-form-urlencoded"
    for headers in (
        {},
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "cross-site", "Origin": f"http://{site.host}"},
        {"Sec_Fetch_Site": "same-site"},
    ):
        for path in ("/sign-in", "/sign-out", "/password"):
            answer = site.ask(path, method="POST", body=body, Content_Type=kind, token=site.session("dong1"), **headers)
            assert (answer.status, answer.cookie) == (403, "")


def test_known_and_unknown_logins_answer_alike_until_both_have_to_wait(site: Site) -> None:
    answers = {}
    for login in ("bei1", "no-such-person"):
        tried = [site.sign_in(login, "wrong") for _ in range(6)]
        answers[login] = [(answer.status, re.sub(r"\d\d:\d\d|" + login, "", answer.text)) for answer in tried]
    assert answers["bei1"] == answers["no-such-person"]
    assert "之后再试" in answers["bei1"][4][1]
    assert site.sign_in("bei1").status == 401
    with site.register.reading() as session:
        actions = list(session.scalars(select(Access.action).where(Access.login == "bei1")))
    assert actions == ["sign_in_failed"] * 7


def test_a_first_password_opens_nothing_but_its_change(site: Site) -> None:
    token = site.sign_in("nan1").token
    page = site.ask("/findings", token=token, **PAGE)
    assert (page.status, page.goes_to) == (303, "/password?next=%2Ffindings")
    for path in (
        "/static/js/index.js",
        "/_stcore/host-config",
        "/export/findings",
        "/_stcore/upload_file/a/b",
        "/session",
    ):
        assert site.ask(path, token=token).status == 403
    assert "首次登录" in site.ask("/password", token=token).text
    assert site.post("/password", token, old=PASSWORD, new=NEW, again="else").status == 400
    assert site.post("/password", token, old=PASSWORD, new="nan1nan1nan1", again="nan1nan1nan1").status == 400
    changed = site.post("/password", token, old=PASSWORD, new=NEW, again=NEW, next="/findings")
    assert (changed.status, changed.goes_to) == (303, "/findings")
    assert site.ask("/session", token=token).status == 204
    assert site.sign_in("nan1").status == 401
    with site.register.writing() as session:
        user = find_user(session, "nan1")
        user.password_hash, user.must_change = HASHED, True


def test_a_one_time_link_is_used_once(site: Site) -> None:
    link = sessions.one_time_link(site.register, "dong1")
    first = site.ask(f"/{link}&next=/findings", **PAGE)
    assert (first.status, first.goes_to) == (303, "/findings")
    assert site.ask("/session", token=first.token).status == 204
    second = site.ask(f"/{link}", **PAGE)
    assert (second.status, second.token) == (200, "")
    assert "已使用或已过期" in second.text


def provider_round(site: Site, *, tamper: str = "", browser: bool = True) -> Answer:
    """Sign-in over the provider, as a browser does it."""
    started = site.ask("/oidc/start?next=/findings")
    bound = started.cookie.partition(";")[0] if browser else ""
    at_provider = urlsplit(started.goes_to)
    back = urlsplit(answer_to(at_provider.netloc, "GET", f"{at_provider.path}?{at_provider.query}", "", {}).goes_to)
    return site.ask(f"{back.path}?{back.query}{tamper}", Cookie=bound, **PAGE)


def test_the_provider_signs_people_in(site: Site) -> None:
    site.provider.claims, site.provider.forged = {"sub": "s-1", "preferred_username": "Dong1"}, False
    assert "/oidc/start" in site.ask("/sign-in").text
    entered = provider_round(site)
    assert (entered.status, entered.goes_to) == (303, "/findings")
    assert site.ask("/session", token=entered.token).status == 204


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"sub": "s-1", "preferred_username": "nobody-here"}, 403),
        ({"sub": "s-1"}, 403),
        ({"sub": "s-1", "preferred_username": "dong1", "nonce": "of another attempt"}, 401),
        ({"sub": "s-1", "preferred_username": "dong1", "aud": "another-client"}, 401),
        ({"sub": "s-1", "preferred_username": "dong1", "iss": "https://elsewhere.example"}, 401),
        ({"sub": "s-1", "preferred_username": "dong1", "exp": 1_700_000_000}, 401),
    ],
)
def test_who_the_provider_does_not_prove_is_refused(site: Site, claims: dict[str, object], status: int) -> None:
    site.provider.claims, site.provider.forged = claims, False
    answer = provider_round(site)
    assert (answer.status, answer.token) == (status, "")


def test_a_forged_token_a_foreign_browser_and_a_second_use_are_refused(site: Site) -> None:
    site.provider.claims, site.provider.forged = {"sub": "s-1", "preferred_username": "dong1"}, True
    assert provider_round(site).status == 401
    site.provider.forged = False
    assert provider_round(site, browser=False).status == 401
    assert provider_round(site, tamper="&state=of-somebody-else").status == 401
    assert site.ask("/oidc/callback?code=code-0&state=x", **PAGE).status == 401
    with site.register.reading() as session:
        failed = session.scalars(select(Access.detail).where(Access.detail.startswith("oidc"))).all()
    assert json.dumps(failed).count("id_token") >= 1


@pytest.fixture
def english_home(site: Site) -> Iterator[None]:
    with site.register.writing() as session:
        set_switch(session, "language", "en")
    yield
    with site.register.writing() as session:
        set_switch(session, "language", "catalogue")


def remember(site: Site, login: str, language: Language | None) -> None:
    with site.register.writing() as session:
        find_user(session, login).language = language


@pytest.mark.usefixtures("english_home")
def test_sign_in_speaks_the_homes_language_unless_the_address_says_another(site: Site) -> None:
    for path in ("/sign-in", "/sign-in?next=%2Fmine", "/sign-in?once=unknown", "/sign-in?lang=fr"):
        assert "<h2>Sign in</h2>" in site.ask(path, **PAGE).text
    for path in ("/sign-in?lang=zh", f"/sign-in?next={quote('/mine?lang=zh&a=b')}"):
        page = site.ask(path, **PAGE).text
        assert "<h2>登录</h2>" in page
        assert 'name="lang" value="zh"' in page
    assert "Wrong login or password" in site.sign_in("xi1", "wrong", lang="en").text


def test_a_language_chosen_at_sign_in_goes_on_behind_it(site: Site) -> None:
    page = site.ask("/sign-in?next=%2Ffindings%3Frule%3DV001%26lang%3Dzh", **PAGE).text
    switch = unescape(re.findall(r'<a href="([^"]+)" lang="en">English</a>', page)[0])
    page = site.ask(switch, **PAGE).text
    assert "<h2>Sign in</h2>" in page
    after = unescape(re.findall(r'name="next" value="([^"]+)"', page)[0])
    assert after == "/findings?rule=V001&lang=en"
    assert site.sign_in("xi1", next=after).goes_to == after


def test_a_signed_in_person_is_asked_in_their_own_language(site: Site) -> None:
    token = site.session("xi1")
    assert "退出" in site.ask("/sign-out", token=token, **PAGE).text
    remember(site, "xi1", "en")
    for path, words in (
        ("/sign-out", "Sign out"),
        ("/password", "Change the password"),
        ("/password?lang=zh", "修改密码"),
        ("/password?next=/mine?lang=zh", "修改密码"),
    ):
        assert words in site.ask(path, token=token, **PAGE).text, path
    remember(site, "xi1", None)


def test_a_one_time_link_in_a_language_leads_into_it(site: Site) -> None:
    remember(site, "xi1", "en")
    link = f"/{sessions.one_time_link(site.register, 'xi1')}"
    remember(site, "xi1", None)
    assert link.endswith("&lang=en")
    entered = site.ask(link, **PAGE)
    assert (entered.status, entered.goes_to) == (303, "/?lang=en")
    assert "<h2>Sign in</h2>" in site.ask(link, **PAGE).text
