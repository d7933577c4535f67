"""The routes beside Streamlit: sign-in, one-time links, the organisation's provider, change of the password, sign-out.

Who may pass is decided by the gate; accounts and sessions stand in expectations.people, the HTML in sign_in_pages.
"""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.door import oidc
from dashboard.door.answers import WATCH_SCRIPT, local_address
from dashboard.door.gate import COOKIE
from dashboard.door.sign_in_pages import (
    asked_language,
    icon_svg,
    in_language,
    page_of_password,
    page_of_sign_in,
    page_of_sign_out,
)
from dashboard.frame.place import register
from dashboard.words.texts import bilingual, text
from expectations.errors import InputError
from expectations.office_days import office_clock
from expectations.people import accounts, sessions
from expectations.people.guesses import LONGEST_WAIT, TRIES
from expectations.people.languages import as_language, language_of
from expectations.texts import Language

_LARGEST_FORM = 20_000
_BROWSER = "anka_oidc"
"""Cookie that ties a browser to the attempt it began; lax, because the provider sends the browser back to us."""


async def sign_in(request: Request) -> Response:
    """The form (GET), or a one-time link; the attempt (POST)."""
    if request.method == "POST":
        return await _attempt(request)
    query, after = request.query_params, local_address(request.query_params.get("next", "/"))
    asked = asked_language(str(request.url))
    if asked and not asked_language(after):
        after = in_language(after, asked)
    if "once" in query and request.method == "GET":
        token = await run_in_threadpool(sessions.exchange, register(), query["once"])
        if token is not None:
            return enter(request, token, after)
    if _key(request):
        return RedirectResponse(after, 303)
    language = await _language(request)
    message = text("sign.link_used", language) if "once" in query else ""
    return page_of_sign_in(language, after, message, expired="expired" in query)


async def _attempt(request: Request) -> Response:
    form = await form_of(request)
    if form is None:
        return PlainTextResponse(bilingual("sign.too_large"), 413)
    login, password, after = (str(form.get(name, "")) for name in ("login", "password", "next"))
    address = request.client.host if request.client else ""
    checked = await run_in_threadpool(accounts.check_password, register(), login, password, address)
    if checked.user_id is not None:
        token = await run_in_threadpool(start_session, checked.user_id, _key(request), address)
        return enter(request, token, local_address(after))
    language = as_language(str(form.get("lang", "")))
    if checked.locked_until is not None:
        message = text("sign.locked", language, time=f"{office_clock(checked.locked_until):%H:%M}")
    else:
        minutes = int(LONGEST_WAIT.total_seconds() // 60)
        message = text("sign.wrong", language, tries=TRIES, minutes=minutes)
    return page_of_sign_in(language, after, message, login=login, status=401)


async def password(request: Request) -> Response:
    """The page to change one's password (GET), and the change (POST)."""
    key, user_id = _key(request), int(request.state.anka_user)
    if request.method != "POST":
        session = await run_in_threadpool(sessions.standing, register(), key)
        language, first = await _language(request), session is not None and session.must_change
        message = text("sign.must_change", language) if first else ""
        return page_of_password(message, language, request.query_params.get("next", "/"), note=True)
    form = await form_of(request)
    if form is None:
        return PlainTextResponse(bilingual("sign.too_large"), 413)
    language, after = as_language(str(form.get("lang", ""))), local_address(str(form.get("next", "/")))
    old, new, again = (str(form.get(name, "")) for name in ("old", "new", "again"))
    if new != again:
        return page_of_password(text("sign.differ", language), language, after, status=400)
    try:
        await run_in_threadpool(accounts.change_password, register(), user_id, old, new, key)
    except InputError as error:
        return page_of_password(error.message.in_language(language), language, after, status=400)
    return RedirectResponse(after, 303)


async def sign_out(request: Request) -> Response:
    """Asks (GET), and ends the session (POST)."""
    if request.method != "POST":
        return page_of_sign_out(await _language(request))
    if _key(request):
        await run_in_threadpool(sessions.end, register(), _key(request))
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return answer


async def oidc_start(request: Request) -> Response:
    """Sends the browser to the organisation's provider."""
    after = local_address(request.query_params.get("next", "/"))
    try:
        started = await run_in_threadpool(oidc.start, _callback(request), after)
    except oidc.ProviderError:
        language = await _language(request)
        return page_of_sign_in(language, after, text("sign.oidc_failed", language), status=502)
    answer = RedirectResponse(started.address, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(_BROWSER, started.browser, 600, path="/oidc", httponly=True, samesite="lax", secure=secure)
    return answer


async def oidc_callback(request: Request) -> Response:
    """The browser comes back from the provider."""
    query, browser = dict(request.query_params), request.cookies.get(_BROWSER, "")
    language = await _language(request)
    try:
        who = await run_in_threadpool(oidc.finish, query, browser, _callback(request))
    except oidc.ProviderError as error:
        await run_in_threadpool(accounts.note_failed_provider, register(), str(error))
        return page_of_sign_in(language, "/", text("sign.oidc_failed", language), status=401)
    token = await run_in_threadpool(sessions.start_from_provider, register(), who.subject, who.login)
    if token is None:
        return page_of_sign_in(language, "/", text("sign.oidc_unknown", language), status=403)
    answer = enter(request, token, who.after)
    answer.delete_cookie(_BROWSER, path="/oidc")
    return answer


async def watch_script(_request: Request) -> Response:
    """The script every page carries."""
    return Response(WATCH_SCRIPT, media_type="text/javascript")


async def icon(_request: Request) -> Response:
    """The icon of the browser's tab."""
    return Response(icon_svg(), media_type="image/svg+xml")


def enter(request: Request, token: str, after: str) -> Response:
    """Sends a signed-in browser on, with the cookie of its session."""
    answer = RedirectResponse(after, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, token, path="/", httponly=True, samesite="strict", secure=secure)
    return answer


def _callback(request: Request) -> str:
    return str(request.url.replace(path="/oidc/callback", query="", fragment=""))


def _key(request: Request) -> str:
    """The key of the session the request came with, or blank."""
    return str(getattr(request.state, "anka_session", ""))


async def _language(request: Request) -> Language:
    """What the address asks for, or the address to come to; else what whoever is signed in reads, else the home's."""
    asked = asked_language(str(request.url)) or asked_language(request.query_params.get("next", ""))
    if asked is not None:
        return asked
    return await run_in_threadpool(_language_of, getattr(request.state, "anka_user", None))


def _language_of(user_id: int | None) -> Language:
    with register().reading() as session:
        return language_of(session, user_id)


async def form_of(request: Request) -> FormData | None:
    """The fields of a form, or None for one no browser of ours would send."""
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > _LARGEST_FORM:
        return None
    return await request.form(max_files=0, max_fields=10)


def start_session(user_id: int, former: str, address: str) -> str:
    """A new session; the one the browser had before ends."""
    if former:
        sessions.end(register(), former)
    with register().writing() as session:
        return sessions.start(session, user_id, "password", address)


ROUTES = [
    Route("/sign-in", sign_in, methods=["GET", "POST"]),
    Route("/sign-out", sign_out, methods=["GET", "POST"]),
    Route("/password", password, methods=["GET", "POST"]),
    Route("/oidc/start", oidc_start),
    Route("/oidc/callback", oidc_callback),
    Route("/session-watch.js", watch_script),
    Route("/icon.svg", icon),
]
