"""Uploads at the gate of a served dashboard, and connections that say little: bounded before anything lies in memory, and closed."""

import asyncio
import http.client
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace

import pytest
import uvicorn
from sqlalchemy import select
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from support.site.gate_site import Site, site
from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.typing import Origin, Subprotocol

from dashboard.door import patience, signed_in
from dashboard.door.patience import PatientProtocol, SlowBodyError, hurried
from dashboard.door.uploads import EACH_PERSON, RefusedError, Uploads
from expectations.rights.reader import MACHINE
from expectations.store.tables import Access

__all__ = ["site"]

BOUNDARY = "anka"
MB = 2**20


def body_of(content: str) -> str:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    return f"{head}{content}\r\n--{BOUNDARY}--\r\n"


@dataclass(frozen=True)
class Page:
    """A Streamlit page of a person, open for as long as its socket is."""

    site: Site
    token: str
    socket: Connection
    number: str

    def places(self, count: int) -> list[str]:
        """As the browser asks for places when files are dropped; asked while the page is drawn anew, Streamlit forgets to answer."""
        request = BackMsg()
        request.file_urls_request.request_id = f"r{count}"
        request.file_urls_request.file_names.extend(f"{number}.csv" for number in range(count))
        request.file_urls_request.session_id = self.number
        for _ in range(10):
            self.socket.send(request.SerializeToString())
            with suppress(TimeoutError):
                while True:
                    message = ForwardMsg()
                    message.ParseFromString(bytes(self.socket.recv(timeout=5, decode=False)))
                    if message.WhichOneof("type") == "file_urls_response":
                        return [place.upload_url for place in message.file_urls_response.file_urls]
        raise TimeoutError

    def put(self, place: str, content: str = "x", **headers: str) -> int:
        return self.site.ask(place, method="PUT", body=body_of(content), **{**self.headers(), **headers}).status

    def headers(self) -> dict[str, str]:
        """As the browser sends them with an upload."""
        given = re.search(r"_streamlit_xsrf=([^;]+)", self.site.ask("/_stcore/health", token=self.token).cookie)
        xsrf = given[1] if given else ""
        return {
            "Cookie": f"anka_session={self.token}; _streamlit_xsrf={xsrf}",
            "X_Xsrftoken": xsrf,
            "Origin": f"http://{self.site.host}",
            "Content_Type": f"multipart/form-data; boundary={BOUNDARY}",
        }


def opened(site: Site, login: str, stack: ExitStack) -> Page:
    token = site.session(login)
    sock = stack.enter_context(
        connect(
            f"ws://{site.host}/_stcore/stream",
            additional_headers={"Cookie": f"anka_session={token}"},
            origin=Origin(f"http://{site.host}"),
            subprotocols=[Subprotocol("streamlit")],
        )
    )
    request = BackMsg()
    request.rerun_script.query_string = ""
    sock.send(request.SerializeToString())
    number = ""
    while True:  # until the page is drawn, and it is known whose it is
        message = ForwardMsg()
        message.ParseFromString(bytes(sock.recv(timeout=120, decode=False)))
        if message.WhichOneof("type") == "new_session":
            number = message.new_session.initialize.session_id
        elif message.WhichOneof("type") == "script_finished":
            return Page(site, token, sock, number)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as entered:
        yield entered


def refused(site: Site, login: str) -> list[str]:
    with site.register.reading() as session:
        chosen = select(Access.detail).where(Access.login == login, Access.action == "refused")
        return list(session.scalars(chosen.where(Access.subject == "upload").order_by(Access.id)))


def test_only_places_that_were_handed_out_are_taken(site: Site, stack: ExitStack) -> None:
    page, other = opened(site, "dong1", stack), opened(site, "xi1", stack)
    first, second = page.places(2)
    assert page.put(first) == 204
    assert page.put(f"/_stcore/upload_file/{page.number}/invented") == 404
    assert other.put(second) == 404
    assert page.put(second.replace("/upload_file/", "//upload_file/")) == 404
    assert page.put(second) == 204
    assert refused(site, "dong1") == ["place"]
    assert refused(site, "xi1") == ["place"]


def test_a_file_that_says_it_is_too_large_is_not_read(site: Site, stack: ExitStack) -> None:
    page = opened(site, "xi1", stack)
    (place,) = page.places(1)
    begun = time.monotonic()
    assert page.put(place, Content_Length=f"{70 * MB}") == 413
    assert time.monotonic() - begun < 5
    assert refused(site, "xi1")[-1] == "file"


def test_a_file_that_does_not_say_its_length_is_counted(site: Site, stack: ExitStack) -> None:
    """In pieces, as long as a prosecutor's files may be and a little longer."""
    page = opened(site, "xi1", stack)
    (place,) = page.places(1)
    headers = {name.replace("_", "-"): value for name, value in page.headers().items()}
    sent = []

    def pieces() -> Iterator[bytes]:
        yield body_of("x").partition("x\r\n")[0].encode()
        for _ in range(90):
            sent.append(MB)
            yield b"x" * MB

    # The server may close before all was sent.
    with (
        closing(http.client.HTTPConnection(site.host, timeout=60)) as connection,
        suppress(BrokenPipeError, ConnectionResetError),
    ):
        connection.request("PUT", place, pieces(), headers, encode_chunked=True)
        assert connection.getresponse().status == 413
    assert refused(site, "xi1")[-1] == "file"
    assert len(sent) > 55


PERSON = replace(MACHINE, user_id=71)


def test_a_person_and_the_process_have_so_much_room_and_no_more() -> None:
    uploads = Uploads()
    for user in range(71, 76):
        signed_in.remember(f"page{user}", user)
        response = ForwardMsg()
        for number in range(9):
            place = response.file_urls_response.file_urls.add()
            place.upload_url = f"/_stcore/upload_file/page{user}/f{number}"
        uploads.note_places({"type": "websocket.send", "bytes": response.SerializeToString()})
    most = EACH_PERSON // 2

    def path(user: int, number: int) -> str:
        return f"/_stcore/upload_file/page{user}/f{number}"

    with ExitStack() as coming:
        for number in range(2):
            coming.enter_context(uploads.taking(PERSON, path(71, number), most))
        with pytest.raises(RefusedError, match="person"), uploads.taking(PERSON, path(71, 2), 1):
            pass
        for user in (72, 73):
            for number in range(2):
                coming.enter_context(uploads.taking(replace(PERSON, user_id=user), path(user, number), most))
        with pytest.raises(RefusedError, match="all"), uploads.taking(replace(PERSON, user_id=74), path(74, 0), 1):
            pass
    with uploads.taking(PERSON, path(71, 2), None) as upload:
        assert upload.reserved > 200 * MB
    leader = replace(PERSON, roles=("leader",))
    with pytest.raises(RefusedError, match="no uploader"), uploads.taking(leader, path(71, 3), 1):
        pass


def test_a_page_that_speaks_of_uploads_hands_out_none() -> None:
    uploads, text = Uploads(), ForwardMsg()
    text.delta.new_element.markdown.body = "/_stcore/upload_file/page71/mine"
    uploads.note_places({"type": "websocket.send", "bytes": text.SerializeToString()})
    signed_in.remember("page71", 71)
    with pytest.raises(RefusedError, match="place"), uploads.taking(PERSON, "/_stcore/upload_file/page71/mine", 1):
        pass


async def answering(_scope: Scope, receive: Receive, send: Send) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a server that waits half a second for a head."""
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.5)
    config = uvicorn.Config(answering, port=0, http=PatientProtocol, lifespan="off", log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield int(server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join()


def closed_after(port: int, *pieces: bytes, pause: float = 0.0) -> float | None:
    """How many seconds after the first piece the server closes; None where it answers."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        begun = time.monotonic()
        for piece in pieces:
            try:
                client.sendall(piece)
            except OSError:
                break
            time.sleep(pause)
        try:
            answered = client.recv(1000)
        except ConnectionResetError:
            answered = b""
        return None if answered else time.monotonic() - begun


def test_a_connection_that_says_nothing_or_never_ends_its_head_is_closed(impatient: int) -> None:
    head = b"GET / HTTP/1.1\r\nHost: a\r\n"
    for pieces, pause in (((), 0.0), ((head,), 0.0), (tuple(bytes([sign]) for sign in head * 3), 0.1)):
        seconds = closed_after(impatient, *pieces, pause=pause)
        assert seconds is not None
        assert 0.3 < seconds < 5
    assert closed_after(impatient, head, b"\r\n") is None


def test_the_second_request_of_a_connection_is_waited_for_no_longer(impatient: int) -> None:
    with socket.create_connection(("127.0.0.1", impatient), timeout=20) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 204")
        begun = time.monotonic()
        client.sendall(b"GET / HT")
        with suppress(ConnectionResetError):
            assert client.recv(1000) == b""
        assert time.monotonic() - begun < 4


def test_a_long_request_with_its_head_is_left_alone(impatient: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\n"
    assert closed_after(impatient, head, *[b"x"] * 8, pause=0.2) is None


def test_a_body_that_stops_or_trickles_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "BODY_PAUSE_SECONDS", 0.3)
    monkeypatch.setattr(patience, "BODY_SECONDS", 1.0)

    async def trickling() -> Message:
        await asyncio.sleep(0.1)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def stopped() -> Message:
        await asyncio.sleep(60)
        return {"type": "http.request", "more_body": True}

    async def read(receive: Receive) -> float:
        begun, next_message = time.monotonic(), hurried(receive, 100)
        with suppress(SlowBodyError):
            while (await next_message())["more_body"]:
                pass
        return time.monotonic() - begun

    assert 0.2 < asyncio.run(read(stopped)) < 1
    assert 0.8 < asyncio.run(read(trickling)) < 3


def test_the_dashboard_closes_a_connection_that_says_nothing(site: Site) -> None:
    host, _, port = site.host.partition(":")
    assert host == "127.0.0.1"
    seconds = closed_after(int(port), b"GET / HTTP/1.1\r\n")
    assert seconds is not None
    assert seconds < patience.HEAD_SECONDS + 4
