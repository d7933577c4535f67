"""A browser as far as the server sees one: signed in over HTTP by a link, a WebSocket that speaks Streamlit's protocol, and what the page
shows as far as the next step needs it.
"""

import asyncio
import http.client
import re
import time
from dataclasses import dataclass, field
from html import unescape
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from expectations.errors import AnkaError
from expectations.texts import Bilingual

_COOKIE = "anka_session"
_FAILED = ForwardMsg.FINISHED_WITH_COMPILE_ERROR
_PATIENCE = 120
"""Seconds after which a page that has not come is given up."""
_LINK = re.compile(r'href="((\w+)\?[^"]+)"')


class BrokenPageError(AnkaError):
    """A page showed an error, or did not come: figures of such a run are worth nothing."""

    def __init__(self, what: str) -> None:
        super().__init__(Bilingual("页面出错", "a page failed").about(what))


def sign_in(address: str, link: str) -> str:
    """The cookie of a person who opens a one-time link."""
    host = urlsplit(address).netloc
    connection = http.client.HTTPConnection(host, timeout=_PATIENCE)
    try:
        connection.request("GET", f"/{link}", headers={"Sec-Fetch-Site": "none"})
        answer = connection.getresponse()
        cookie = answer.getheader("Set-Cookie", "")
    finally:
        connection.close()
    if not cookie.startswith(f"{_COOKIE}="):
        raise BrokenPageError(f"sign-in: {answer.status}")
    return cookie.split(";")[0]


@dataclass
class Shown:
    """What a page came to: how long it took, its size, and what can be used on it."""

    seconds: float = 0
    bytes_sent: int = 0
    pages: tuple[str, ...] = ()
    """Pages in the navigation."""
    links: dict[str, list[str]] = field(default_factory=dict)
    """Addresses it links to, by page."""
    widgets: dict[str, str] = field(default_factory=dict)
    """Identities of widgets that can be used, by their key."""
    texts: list[str] = field(default_factory=list)
    """What it says, in order; as markup where it is marked up."""

    def take(self, element: Element) -> None:
        """Notes what an element offers. Raises BrokenPageError for an error."""
        kind = element.WhichOneof("type")
        shown: Any = getattr(element, kind) if kind else None
        if kind == "exception":
            raise BrokenPageError(f"{shown.type}: {shown.message}")
        if kind == "alert" and shown.format == Alert.ERROR:
            raise BrokenPageError(shown.body)
        if body := getattr(shown, "body", ""):
            self.texts.append(body)
        for address, page in _LINK.findall(body):
            self.links.setdefault(page, []).append(unescape(address))
        if (identity := getattr(shown, "id", "")) and not getattr(shown, "disabled", False):
            self.widgets[identity.rsplit("-", 1)[-1]] = identity


class Tab:
    """A tab of a signed-in browser: one session of Streamlit."""

    def __init__(self, address: str, cookie: str) -> None:
        self._address, self._cookie = address, cookie
        self._socket: ClientConnection | None = None
        self._pages: dict[str, str] = {}
        self._page = ""

    async def __aenter__(self) -> "Tab":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes the tab."""
        if self._socket is not None:
            await self._socket.close()
            self._socket = None

    async def open(self, address: str = "") -> Shown:
        """Loads an address: a new session, as a link does that is followed."""
        await self.close()
        begun = time.perf_counter()
        self._socket = await connect(
            f"ws://{urlsplit(self._address).netloc}/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]  # a name of a type of its own, which is a text
            origin=self._address,  # type: ignore[arg-type]
            additional_headers={"Cookie": self._cookie, "Sec-Fetch-Site": "same-origin"},
            open_timeout=_PATIENCE,
            ping_interval=None,  # a browser sends none, and waits for a slow server
            max_size=None,
            compression=None,
        )
        page, _, query = address.partition("?")
        message = BackMsg()
        message.rerun_script.page_name = page
        message.rerun_script.query_string = query
        return await self._run(message, begun)

    async def go(self, page: str) -> Shown:
        """Another page of the navigation."""
        if page not in self._pages:
            raise BrokenPageError(f"not in the navigation: {page}")
        self._page = self._pages[page]
        return await self._run(self._rerun())

    async def press(self, widget: str) -> Shown:
        """Presses a button."""
        message = self._rerun()
        message.rerun_script.widget_states.widgets.add(id=widget, trigger_value=True)
        return await self._run(message)

    async def enter(self, widget: str, text: str) -> Shown:
        """Writes into a field."""
        message = self._rerun()
        message.rerun_script.widget_states.widgets.add(id=widget, string_value=text)
        return await self._run(message)

    def _rerun(self) -> BackMsg:
        message = BackMsg()
        message.rerun_script.page_script_hash = self._page
        return message

    async def _run(self, message: BackMsg, begun: float | None = None) -> Shown:
        """Sends a message and waits until the page is whole. Raises BrokenPageError for one that shows an error."""
        if self._socket is None:
            raise BrokenPageError("no page is open")
        message.rerun_script.context_info.url = self._address
        message.rerun_script.context_info.timezone = "Asia/Shanghai"
        shown, begun = Shown(), begun or time.perf_counter()
        await self._socket.send(message.SerializeToString())
        async with asyncio.timeout(_PATIENCE):
            while True:
                raw = await self._socket.recv()
                assert isinstance(raw, bytes)
                shown.bytes_sent += len(raw)
                if self._is_whole(ForwardMsg.FromString(raw), shown):
                    break
        shown.seconds, shown.pages = time.perf_counter() - begun, tuple(self._pages)
        return shown

    def _is_whole(self, message: ForwardMsg, shown: Shown) -> bool:
        """Takes a message; whether it says that the page is whole. One that only sends on to another page is not."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._page = message.new_session.page_script_hash
        elif kind == "navigation":
            self._pages = {
                page.url_pathname: page.page_script_hash for page in message.navigation.app_pages if not page.is_hidden
            }
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            shown.take(message.delta.new_element)
        elif kind == "page_not_found" or (kind == "script_finished" and message.script_finished == _FAILED):
            raise BrokenPageError(kind)
        return kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
