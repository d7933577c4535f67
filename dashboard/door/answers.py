"""What the gate adds to answers: security headers on all of them, the session watch and our icon on Streamlit's page, and the page
that lets a link from a mail find its session. Nobody's identity is looked at here.
"""

from html import escape
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Scope, Send

from expectations.texts import Bilingual

_CODE = ("/static/", "/favicon")  # Streamlit's own files: the same for everybody, and many
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with no-referrer browsers hide the origin of our own forms, which from_here needs
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Streamlit draws with inline styles and charts with compiled expressions; what matters is that nothing is asked elsewhere."""
_NOT_AFTERWARDS = ("/sign-in", "/sign-out", "/password", "/oidc/", "/first-start", "/session", "/static/", "/_stcore/")
_ICONS = (b'href="./favicon.png"', b'href="/icon.svg"')
"""Streamlit's own way to another icon goes through files the gate keeps closed, or asks the internet for it."""
_WATCH = b'<script src="/session-watch.js" defer></script></body>'
WATCH_SCRIPT = """\
// Leaves the page when its session has ended: idle for too long, signed out in another window, switched off.
(function () {
  async function look() {
    try {
      const answer = await fetch("/session", { cache: "no-store", redirect: "error" });
      if (answer.status === 401 || answer.status === 403) {
        const next = encodeURIComponent(location.pathname + location.search);
        location.replace("/sign-in?expired=1&next=" + next);
      }
    } catch (error) { /* the server is away; Streamlit says so */ }
  }
  setInterval(look, 30000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  window.addEventListener("pageshow", look);
})();
"""


def is_navigation(scope: Scope) -> bool:
    """Whether somebody opens an address in a browser, as against a page fetching something."""
    headers = Headers(scope=scope)
    if scope["method"] not in ("GET", "HEAD") or scope["path"].startswith(("/static/", "/_stcore/")):
        return False
    destination = headers.get("sec-fetch-dest")
    return destination == "document" if destination is not None else "text/html" in headers.get("accept", "")


def guarded(scope: Scope, send: Send) -> Send:
    """Answers with the headers every one of them carries."""
    is_code = scope["path"].startswith(_CODE)

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", _POLICY)
            if not is_code or message["status"] >= 300:
                headers["Cache-Control"] = "no-store"
        await send(message)

    return answer


def local_address(address: str) -> str:
    """`address` if it is a path of this site, and one to come to after sign-in; else the front page."""
    unsafe = not address.isprintable() or " " in address or "\\" in address
    if unsafe or not address.startswith("/") or address.startswith("//"):
        return "/"
    return "/" if urlsplit(address).path.startswith(_NOT_AFTERWARDS) else address


def watched(scope: Scope, send: Send) -> tuple[Scope, Send]:
    """Streamlit's page with the script that leaves it when the session ends; asked for whole, so that it can be added."""
    if not is_navigation(scope) or scope["method"] != "GET" or scope["path"].startswith("/export/"):
        return scope, send
    # packed, in part or as not modified, the page would have no end to put the script before
    unwanted = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
    plain_scope = {**scope, "headers": [header for header in scope["headers"] if header[0].lower() not in unwanted]}
    starts: list[Message] = []
    body = bytearray()

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_streamlits(Headers(raw=message["headers"])):
            starts.append(message)
        elif message["type"] == "http.response.body" and starts:
            body.extend(message.get("body", b""))
            if not message.get("more_body"):
                await _send_whole(starts[0], bytes(body).replace(b"</body>", _WATCH, 1).replace(*_ICONS), send)
        else:
            await send(message)

    return plain_scope, answer


def _is_streamlits(headers: Headers) -> bool:
    """Whether it is a page, and none of ours: they bring their own policy, which allows no script."""
    return "text/html" in headers.get("content-type", "") and "content-security-policy" not in headers


async def _send_whole(start: Message, body: bytes, send: Send) -> None:
    headers = MutableHeaders(scope=start)
    headers["Content-Length"] = str(len(body))
    for name in ("etag", "last-modified", "accept-ranges"):
        del headers[name]
    await send(start)
    await send({"type": "http.response.body", "body": body})


def bounce(address: str) -> str:
    """A page that opens `address` once more, from here: a browser keeps a strict cookie back on the way from a mail or a chat."""
    target = escape(address)
    words = Bilingual("打开", "open")
    return f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={target}"><a href="{target}">{words}</a>'
