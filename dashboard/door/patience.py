"""How long the server waits for whoever speaks slowly or not at all: for the head of a request here, for its body in the gate.

uvicorn itself waits for ever for a head that never ends, so that a few hundred such connections would use up what the process may open.
"""

import asyncio

import h11
from starlette.types import Message, Receive
from uvicorn.config import HTTP_PROTOCOLS
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0
"""For a whole head from its first byte on, and for the first byte of a new connection."""
BODY_PAUSE_SECONDS = 20.0
"""Between two pieces of a body."""
BODY_SECONDS = 60.0
_LEAST_BYTES_A_SECOND = 20_000
"""A body may take BODY_SECONDS, and longer the longer it is."""


class SlowBodyError(Exception):
    """A body came too slowly; its connection is not worth keeping."""


class PatientProtocol(H11Protocol):
    """HTTP as uvicorn speaks it, on connections that are closed when no head comes."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A connection, of which nothing is known yet."""
        super().connection_made(transport)  # type: ignore[arg-type]  # a server's transports are those of streams
        self._wait()

    def data_received(self, data: bytes) -> None:
        """A piece of a head or body. The time of a head runs from its first byte on, not from its last."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:
            self._stop_waiting()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """The end of the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        self._waiting = None
        self.transport.abort()


def install() -> None:
    """Makes uvicorn speak so; Streamlit starts it and passes no protocol on."""
    HTTP_PROTOCOLS["auto"] = f"{__name__}:{PatientProtocol.__name__}"


def hurried(receive: Receive, length: int | None) -> Receive:
    """`receive` of a request whose body may not come too slowly: raises SlowBodyError. `length` is what it says it is long."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + BODY_SECONDS + (length or 0) / _LEAST_BYTES_A_SECOND
    whole = False

    async def next_message() -> Message:
        nonlocal whole
        if whole:  # from here on it is a wait for the end of the connection
            return await receive()
        patience = min(BODY_PAUSE_SECONDS, ends_at - loop.time())
        try:
            async with asyncio.timeout(max(patience, 0)):
                message = await receive()
        except TimeoutError:
            raise SlowBodyError from None
        whole = not message.get("more_body", False)
        return message

    return next_message
