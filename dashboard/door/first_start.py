"""The page of the first start: shown only to who holds the token that the terminal printed, and only while there is no account at all."""

import hmac
import os

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard import FIRST_START, FIRST_START_VARIABLE, token_hash
from dashboard.door.first_start_page import Entered, page_of_first_start
from dashboard.door.sign_in import enter, form_of, start_session
from dashboard.door.sign_in_pages import asked_language
from dashboard.frame.place import register
from dashboard.words.texts import bilingual, text
from expectations.errors import AnkaError
from expectations.people import first_start
from expectations.people.languages import as_language

_AFTERWARDS = "/admin?part=health"


async def show(request: Request) -> Response:
    """The form (GET)."""
    token = request.query_params.get("token", "")
    if not await run_in_threadpool(_is_open, token):
        return _nothing()
    language = asked_language(str(request.url)) or "zh"
    return page_of_first_start(language, token, Entered(inbox=os.environ.get("ANKA_INBOX", "")))


async def take(request: Request) -> Response:
    """What was entered (POST)."""
    form = await form_of(request)
    if form is None:
        return PlainTextResponse(bilingual("sign.too_large"), 413)
    token, language = str(form.get("token", "")), as_language(str(form.get("lang", "")))
    if not await run_in_threadpool(_is_open, token):
        return _nothing()
    entered = _entered(form)
    if form.get("password") != form.get("again"):
        return page_of_first_start(language, token, entered, text("sign.differ", language), status=400)
    try:
        user_id = await run_in_threadpool(
            first_start.begin, register(), _as_whole(entered, str(form.get("password", "")))
        )
    except AnkaError as error:
        message = error.message.in_language(language)
        return page_of_first_start(language, token, entered, message, status=400)
    address = request.client.host if request.client else ""
    return enter(request, await run_in_threadpool(start_session, user_id, "", address), _AFTERWARDS)


def _is_open(token: str) -> bool:
    """Whether this is the token, and nobody has an account yet."""
    expected = os.environ.get(FIRST_START_VARIABLE, "")
    if not expected or not hmac.compare_digest(token_hash(token), expected):
        return False
    with register().reading() as session:
        return first_start.nobody_yet(session)


def _nothing() -> Response:
    """As of any address that does not exist; to a browser the sign-in page."""
    return RedirectResponse("/sign-in", 303)


def _entered(form: FormData) -> Entered:
    return Entered(**{name: str(form.get(name, "")) for name in Entered.__dataclass_fields__})


def _as_whole(entered: Entered, password: str) -> first_start.FirstStart:
    return first_start.FirstStart(
        entered.office,
        entered.name,
        entered.login,
        password,
        entered.inbox.strip(),
        entered.night_time,
        entered.language,
    )


ROUTES = [Route(FIRST_START, show), Route(FIRST_START, take, methods=["POST"])]
