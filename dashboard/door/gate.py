"""The gate: pure ASGI in front of Streamlit and our own routes. Nothing is served to anybody who is not signed in.

It sees every HTTP and WebSocket request before anything else does, asks the register for the session, and hands on who it
is in headers no client can send. Sign-in itself stands in sign_in, what a person may see in rights.
"""

import sys
from posixpath import normpath
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.door import signed_in, uploads
from dashboard.door.answers import bounce, guarded, is_navigation, local_address, watched
from dashboard.door.health import health
from dashboard.door.patience import SlowBodyError, hurried
from dashboard.door.request_log import note_session, requested
from dashboard.frame.place import register
from expectations.errors import AnkaError
from expectations.people import access_log, sessions
from expectations.people.sessions import Standing
from expectations.texts import Bilingual

COOKIE = "anka_session"
HEALTH = "/_stcore/health"
_STREAM = "/_stcore/stream"
_PASSWORD = "/password"
_OPEN = frozenset(
    (
        ("GET", "/sign-in"),
        ("HEAD", "/sign-in"),
        ("POST", "/sign-in"),
        ("POST", "/sign-out"),
        ("GET", "/first-start"),
        ("POST", "/first-start"),
        ("GET", "/oidc/start"),
        ("GET", "/oidc/callback"),
    )
)
"""What is served without a session, beside the bare answer that the server is alive."""
_CLOSED = (
    "/media",
    "/auth",
    "/oauth2callback",
    "/component",
    "/app/static",
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/script-health-check",
    "/_stcore/bidi-components",
)
"""Of Streamlit, for nobody: files not bound to a person, and what the dashboard does not use."""
_NO_REGISTER = Bilingual("台账不能使用，请告知管理员", "the register can't be used, tell the administrator")
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_OURS = b"x-anka-"


class Gate:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the lifespan of the server."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [header for header in scope["headers"] if not _claims_identity(header[0])]}
        scope, send = requested(scope, send)
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, guarded(scope, send))

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def answer(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._answered(scope, hurried(receive, _length(scope)), answer)
        except SlowBodyError:
            if not begun:
                slow = PlainTextResponse(Bilingual("请求来得太慢", "too slow"), 408, {"Connection": "close"})
                await slow(scope, receive, send)

    async def _answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if method not in _SAFE and not from_here(scope):
            await PlainTextResponse(Bilingual("请求不是从本站发出的", "not sent from this site"), 403)(
                scope, receive, send
            )
            return
        if (well := await health(scope)) is not None:
            await well(scope, receive, send)
            return
        if path != HEALTH and not _register_is_there():
            await PlainTextResponse(_NO_REGISTER, 503)(scope, receive, send)
            return
        session = await standing(scope)
        if (method, path) in _OPEN:
            await self.app(_identified(scope, session), receive, send)
        elif session is None:
            await _turned_away(scope)(scope, receive, send)
        elif path == "/session":
            await Response(status_code=403 if session.must_change else 204)(scope, receive, send)
        elif session.must_change and path not in (_PASSWORD, "/sign-out"):
            await _to_password(scope)(scope, receive, send)
        elif _is_closed(scope):
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        elif path.startswith(uploads.PREFIX):
            await self._upload(scope, receive, send, session)
        else:
            # only what somebody at the machine asks for: a page left open polls all night and must not keep the session alive
            if is_navigation(scope) or path.startswith("/export/"):
                sessions.touch(register(), session.key)
            scope, send = watched(scope, send)
            await self.app(_identified(scope, session), receive, send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send, session: Standing) -> None:
        """Streamlit's own route for uploads, where there is room for one; of another method than PUT only to a page of one's own."""
        reader = await run_in_threadpool(sessions.reader_in, register(), session.key)
        path = scope["path"]
        if reader is None or scope["method"] != "PUT":
            page = path.removeprefix(uploads.PREFIX).split("/")[0]
            owned = reader is not None and signed_in.owner(page) == session.user_id
            inner: ASGIApp = self.app if owned else PlainTextResponse("Not Found", 404)
            await inner(_identified(scope, session), receive, send)
            return
        try:
            with uploads.UPLOADS.taking(reader, path, _length(scope)) as upload:
                await self.app(_identified(scope, session), uploads.counted(receive, upload), send)
        except uploads.RefusedError as refused:
            await run_in_threadpool(access_log.log_refused, register(), reader, "upload", refused.word)
            words = "Not Found" if refused.status == 404 else Bilingual("上传被拒绝", "upload refused")
            await PlainTextResponse(words, refused.status, {"Connection": "close"})(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["path"] == _STREAM and from_here(scope) and _register_is_there()
        session = await standing(scope) if asked else None
        if session is None or session.must_change:
            await receive()  # a handshake is refused after it was taken, not before
            await send({"type": "websocket.close", "code": 1008})
            return

        async def noting(message: Message) -> None:
            uploads.UPLOADS.note_places(message)
            await send(message)

        await self.app(_identified(scope, session), receive, noting)


async def standing(scope: Scope) -> Standing | None:
    """The session the request's cookie belongs to, if it holds."""
    token = HTTPConnection(scope).cookies.get(COOKIE, "")
    session = await run_in_threadpool(sessions.standing, register(), sessions.key_of(token)) if token else None
    if session is not None:
        note_session(scope, session.key)
    return session


def _register_is_there() -> bool:
    """Whether the home's register can be used; why not is for whoever runs the dashboard, not for who is not signed in."""
    try:
        register()
    except AnkaError as error:
        sys.stderr.write(f"{error.message}\nhint: {error.hint}\n")
        return False
    return True


def from_here(scope: Scope) -> bool:
    """Whether the request was sent by one of our own pages: browsers say so, and what does not say it is refused."""
    headers = Headers(scope=scope)
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    # null is what browsers send that hide the origin; then sec-fetch-site decides, which no page can write
    if origin is not None and origin != "null":
        return origin.partition("://")[2] == headers.get("host")
    return site is not None


def _claims_identity(name: bytes) -> bool:
    """Whether a header is one only the gate may write, however it is spelt."""
    return name.lower().replace(b"_", b"-").startswith(_OURS)


def _identified(scope: Scope, session: Standing | None) -> Scope:
    """The request with who sent it; the key is no token: nobody can sign in with it."""
    if session is None:
        return scope
    identity_headers = [(b"x-anka-session", session.key.encode()), (b"x-anka-user", str(session.user_id).encode())]
    state = {**scope.get("state", {}), "anka_session": session.key, "anka_user": session.user_id}
    return {**scope, "headers": [*scope["headers"], *identity_headers], "state": state}


def _length(scope: Scope) -> int | None:
    """How long the body of a request says it is, if it does."""
    said = Headers(scope=scope).get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


def _is_closed(scope: Scope) -> bool:
    """What nobody gets, and places of uploads that are spelt otherwise than they were handed out."""
    # as the router below may read it: //media and /x/../media lead to the same place
    asked = str(scope["path"])
    path = normpath("/" + asked.lstrip("/"))
    if any(path == closed_path or path.startswith(f"{closed_path}/") for closed_path in _CLOSED):
        return True
    return path.startswith(uploads.PREFIX.rstrip("/")) and path != asked


def _turned_away(scope: Scope) -> Response:
    """Without a session: a page goes to sign-in and comes back afterwards, everything else is refused."""
    if scope["path"] == HEALTH and scope["method"] in ("GET", "HEAD"):
        return PlainTextResponse("ok")
    if not is_navigation(scope):
        return PlainTextResponse(Bilingual("请先登录", "sign in first"), 401)
    if Headers(scope=scope).get("sec-fetch-site") in ("cross-site", "same-site"):
        return HTMLResponse(bounce(_address(scope)))
    return RedirectResponse(f"/sign-in?{urlencode({'next': _address(scope)})}", 303)


def _to_password(scope: Scope) -> Response:
    if not is_navigation(scope):
        return PlainTextResponse(Bilingual("请先修改初始密码", "change the first password"), 403)
    return RedirectResponse(f"{_PASSWORD}?{urlencode({'next': _address(scope)})}", 303)


def _address(scope: Scope) -> str:
    """Path and query as the browser sent them; the front page where they could lead elsewhere."""
    raw = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    return local_address(f"{raw}?{query}" if query else raw)
