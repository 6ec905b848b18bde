"""A caller's connection: bytes in, a door for each request, bytes out.

It stands under uvicorn's server in the place of uvicorn's own, which makes an ASGI message, an
event and a timer for what nearly no request needs, and writes a reply's head and body apart. The
server makes it, knows it among its connections and tells it to end; HTTP is read by httptools.
"""

import asyncio
import logging
from collections import deque
from functools import lru_cache
from http import HTTPStatus
from typing import Any, cast

import httptools
from uvicorn import Config
from uvicorn.server import ServerState

from filon.kit import clock
from filon.server.door import Door, Serve
from filon.server.heads import address_of, head_of, plain

_LOG = logging.getLogger("uvicorn.error")
_BAD_REQUEST = b"Invalid HTTP request received."
# Bytes of a request's head, far more than any client sends; without an end to it one caller could
# fill the memory.
_HEAD = 128 * 1024
_TOO_LONG = b"The head of the request is longer than 128 KB."


class Connection(asyncio.Protocol):
    """One connection. `config.app` is what serves its doors; the other arguments are the server's,
    as its own protocols take them."""

    transport: asyncio.Transport

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._serve: Serve = cast("Serve", config.app)
        self._state = server_state
        self._loop = _loop or asyncio.get_running_loop()
        self._parser: Any = httptools.HttpRequestParser(self)
        # Requests behind one another in the same packet are answered even where one of them says
        # that it is the last.
        self._parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.server: tuple[str, int | None] | None = None
        self.client: tuple[str, int] | None = None
        self.full = False
        self._room = asyncio.Event()
        self.reading = True
        # The request that is read, the one that is answered, and those that came too early.
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        # Bytes that came of it and are no body.
        self._bare = 0
        # Whether the parser has seen nothing of a next request, and how many bytes are to come of a
        # body that it does not see either.
        self._between = True
        self._owed = 0
        self._door: Door | None = None
        self._answering: Door | None = None
        self._early: deque[Door] = deque()
        # How long it may be without a request, in seconds, and since when it is.
        self._kept = config.timeout_keep_alive
        self._idle_since: float | None = None
        self._idle_timer: asyncio.TimerHandle | None = None
        self._always: list[tuple[bytes, bytes]] = []
        self._always_bytes = b""

    # What the loop tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there."""
        self.transport = cast("asyncio.Transport", transport)
        self._state.connections.add(cast("Any", self))
        self.server = _place(transport.get_extra_info("sockname"))
        self.client = _place(transport.get_extra_info("peername"))

    def data_received(self, data: bytes) -> None:
        """The caller says something."""
        self._idle_since = None
        if self._owed:
            data = self._body_of(data)
        elif self._between:
            data = self._plainly(data)
        if data:
            self._parse(data)

    def _plainly(self, data: bytes) -> bytes:
        """Takes a plain request without the parser, and gives back what is behind it."""
        found = plain(data)
        if found is None:
            return data
        head, begins, length = found
        door = self._door = Door(self, head)
        self._next(door)
        body = data[begins:]
        if len(body) == length:
            door.whole(body)
            return b""
        self._owed = length
        return self._body_of(body)

    def _body_of(self, data: bytes) -> bytes:
        body, rest = data[: self._owed], data[self._owed :]
        self._owed -= len(body)
        if body:
            self.on_body(body)
        if not self._owed:
            self.on_message_complete()
        return rest

    def _parse(self, data: bytes) -> None:
        self._bare += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # The request has been read by now, and is answered as if it had not asked for that.
            _LOG.warning("Unsupported upgrade request.")
            self._between = False
        except httptools.HttpParserError:
            self._refuse(400, _BAD_REQUEST)
        if self._bare > _HEAD:
            self._refuse(431, _TOO_LONG)

    def eof_received(self) -> None:
        """The caller says no more, which ends the connection."""

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._state.connections.discard(cast("Any", self))
        if self._idle_timer is not None:
            self._idle_timer.cancel()
        if self._answering is not None:
            self._answering.leave()
        self.resume_writing()
        # They know the connection as it knows them, and would not go by themselves.
        self._parser = self._door = self._answering = None
        self._early.clear()

    def pause_writing(self) -> None:
        """The caller reads more slowly than is written."""
        self.full = True
        self._room.clear()

    def resume_writing(self) -> None:
        """It has caught up."""
        self.full = False
        self._room.set()

    # What the parser reads.

    def on_message_begin(self) -> None:
        """A request begins."""
        self._between = False
        self._url = b""
        self._headers = []

    def on_url(self, url: bytes) -> None:
        """A part of its address."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Its head is here: it can be served, its body may follow."""
        method = self._parser.get_method().decode("ascii")
        head = head_of(method, address_of(self._url), tuple(self._headers))
        door = self._door = Door(self, head)
        # What stands behind a body in chunks is no header of the request.
        self._headers = []
        self._bare = 0
        # Only one that says so keeps an HTTP/1.0 connection, so that the rest need not be asked.
        if b"connection" in door.first or not self._parser.should_keep_alive():
            door.version = self._parser.get_http_version()
            door.keep_alive = door.version != "1.0" and self._parser.should_keep_alive()
        self._next(door)

    def _next(self, door: Door) -> None:
        if self._answering is None:
            self._open(door)
        else:
            self.pause_reading()
            self._early.append(door)

    def on_body(self, body: bytes) -> None:
        """A part of its body."""
        self._bare = 0
        if self._door is not None and not self._door.ended:
            self._door.take(body)

    def on_message_complete(self) -> None:
        """Its end."""
        self._between = True
        if self._door is not None and not self._door.ended:
            self._door.complete()

    # What a door asks.

    async def drain(self) -> None:
        """Returns when there is room to write again."""
        await self._room.wait()

    def preamble(self, status: int) -> bytes:
        """The status line and the headers of every reply."""
        if self._always is not self._state.default_headers:
            self._always = self._state.default_headers
            self._always_bytes = b"".join(b"%b: %b\r\n" % pair for pair in self._always)
        return _status_line(status) + self._always_bytes

    def pause_reading(self) -> None:
        """The caller has to wait with what it sends."""
        if self.reading and not self.transport.is_closing():
            self.reading = False
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        """The caller may go on."""
        if not self.reading and not self.transport.is_closing():
            self.reading = True
            self.transport.resume_reading()

    def answered(self) -> None:
        """A reply has been written to its end: the next request's turn, or nobody's."""
        self._state.total_requests += 1
        self._answering = None
        if self.transport.is_closing():
            return
        if not self.reading:
            self.resume_reading()
        if self._early:
            self._open(self._early.popleft())
            return
        self._idle_since = clock.monotonic()
        if self._idle_timer is None:
            self._idle_timer = self._loop.call_later(self._kept, self._look)

    # The rest.

    def shutdown(self) -> None:
        """Ends, at the latest behind the replies to what has been asked."""
        if self._door is None or self._door.ended:
            self.transport.close()
        else:
            self._door.keep_alive = False

    def _open(self, door: Door) -> None:
        self._answering = door
        door.task = self._loop.create_task(self._served(door))
        self._state.tasks.add(door.task)

    async def _served(self, door: Door) -> None:
        try:
            waiting = self._serve(door)
            if waiting is not None:
                await waiting
        finally:
            if door.task is not None:
                self._state.tasks.discard(door.task)
            if not door.ended:
                door.close()

    def _look(self) -> None:
        """Closes what nobody has used for long. One timer does for many requests: it looks how
        long it really is, and goes on for the rest."""
        self._idle_timer = None
        if self._idle_since is None:
            return
        rest = self._idle_since + self._kept - clock.monotonic()
        if rest <= 0:
            self.transport.close()
        else:
            self._idle_timer = self._loop.call_later(rest, self._look)

    def _refuse(self, status: int, why: bytes) -> None:
        if self.transport.is_closing():
            return
        _LOG.warning(why.decode())
        self.transport.write(
            self.preamble(status)
            + b"content-type: text/plain; charset=utf-8\r\n"
            + b"content-length: %d\r\nconnection: close\r\n\r\n" % len(why)
            + why
        )
        self.transport.close()


@lru_cache(maxsize=600)
def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()


def _place(told: Any) -> tuple[str, int] | None:
    """A socket's host and port; IPv6 tells two things more."""
    return cast("tuple[str, int]", told[:2]) if isinstance(told, tuple) else None
