"""Connections of the practice provider, byte by byte.

Raw asyncio, because faults that are met on real wires have to be made on this one.
"""

import asyncio
import socket
import struct
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Protocol, cast

import httptools
from msgspec import Struct

from filon.conversation.errors import (
    CallerError,
    FilonError,
    InternalError,
    InvalidRequest,
    Problem,
    TooLarge,
    TooSlow,
)
from filon.practice.clock import Clock, RealClock
from filon.practice.http import (
    CONTINUE,
    LAST_CHUNK,
    Cut,
    Request,
    Response,
    read_target,
    render_chunk,
    render_head,
)

_BEFORE_RESET = 0.05  # seconds


class Limits(Struct, frozen=True, kw_only=True):
    """Sizes in bytes, times in seconds.

    `arrival` is how long a request may take to arrive, `idle` how long a connection may rest
    between two. After a refusal the rest of a request is read and thrown away for `linger`:
    a client that is still sending would otherwise never see the answer.
    """

    max_head: int = 64 * 1024
    max_body: int = 8 * 1024 * 1024
    arrival: float = 20.0
    idle: float = 75.0
    linger: float = 2.0
    max_waiting: int = 16


class Service(Protocol):
    """What answers the requests."""

    async def answer(self, request: Request) -> Response:
        """The response. May raise FilonError."""
        ...

    def refuse(self, problem: Problem) -> Response:
        """The response that tells a problem."""
        ...


class Arriving:
    """A request that has begun to arrive."""

    __slots__ = ("body", "headers", "in_body", "size", "url")

    def __init__(self) -> None:
        self.url: list[bytes] = []
        self.headers: list[tuple[str, str]] = []
        self.body: list[bytes] = []
        self.size = 0
        self.in_body = False


class Connection(asyncio.Protocol):
    """One connection: requests are answered one after the other, in the order they came.

    When the client leaves, the answer that is being written is cancelled at once. `clock` dates
    the answers and paces those that drip; the limits are the machine's time.
    """

    def __init__(
        self,
        service: Service,
        limits: Limits,
        open_connections: set["Connection"],
        clock: Clock | None = None,
    ) -> None:
        self._service = service
        self._limits = limits
        self._clock = clock or RealClock()
        self._open = open_connections
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._waiting: list[Request | Problem] = []
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._writable = asyncio.Event()
        self._arriving: Arriving | None = None
        self._head_size = 0
        self._refused = False
        self._head_sent = False

    @property
    def busy(self) -> bool:
        """Whether an answer is being written."""
        return self._task is not None

    def close(self) -> None:
        """Ends the connection without ceremony."""
        if self._transport is not None:
            self._transport.abort()

    async def wait_closed(self) -> None:
        """Until the answer that was being written has stopped."""
        if self._task is not None:
            await asyncio.wait({self._task})

    # What asyncio calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not isinstance: uvloop's transports are none of asyncio's classes.
        self._transport = cast(asyncio.Transport, transport)
        self._open.add(self)
        self._writable.set()
        self._arm(self._limits.idle, self._end)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open.discard(self)
        self._disarm()
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._head_size += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            pass  # refused when its headers were read
        except httptools.HttpParserError as error:
            self._refuse(InvalidRequest(f"This is no HTTP/1.1 request: {error}."))
        if self._arriving is None or self._arriving.in_body:
            self._head_size = 0
        elif self._head_size > self._limits.max_head:
            limit = f"{self._limits.max_head:,} bytes"
            self._refuse(TooLarge(f"The headers are longer than {limit}.", status=431))

    # What the parser calls.

    def on_message_begin(self) -> None:
        self._arriving = Arriving()
        self._arm(self._limits.arrival, self._too_slow)

    def on_url(self, url: bytes) -> None:
        if self._arriving is not None:
            self._arriving.url.append(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._arriving is not None:
            self._arriving.headers.append((name.decode("latin-1"), value.decode("latin-1")))

    def on_headers_complete(self) -> None:
        if self._arriving is None:
            return
        self._arriving.in_body = True
        if self._parser.should_upgrade():
            self._refuse(InvalidRequest("Changing the protocol (`Upgrade`) is not offered here."))
        for name, value in self._arriving.headers:
            if name.lower() == "content-length" and value.isdecimal():
                self._check_size(int(value))
            elif name.lower() == "expect":
                self._expect(value)

    def on_body(self, body: bytes) -> None:
        if self._arriving is None or self._refused:
            return
        self._arriving.size += len(body)
        self._arriving.body.append(body)
        self._check_size(self._arriving.size)

    def on_message_complete(self) -> None:
        arrived, self._arriving = self._arriving, None
        if arrived is None or self._refused:
            return
        self._disarm()
        version = self._parser.get_http_version()
        self._queue(
            Request(
                method=self._parser.get_method().decode("latin-1"),
                target=read_target(b"".join(arrived.url)),
                headers=tuple(arrived.headers),
                body=b"".join(arrived.body),
                version=version,
                # An older client would need the length of a stream, which nobody knows.
                keep_alive=self._parser.should_keep_alive() and version != "1.0",
            )
        )

    def _expect(self, value: str) -> None:
        if self._refused or self._transport is None:
            return
        if value.lower() != "100-continue":
            self._refuse(
                CallerError(f"`Expect: {value}` cannot be met.", status=417, code="expect")
            )
        elif self._task is None and self._parser.get_http_version() != "1.0":
            self._transport.write(CONTINUE)

    def _check_size(self, size: int) -> None:
        if size > self._limits.max_body:
            limit = f"{self._limits.max_body:,} bytes"
            self._refuse(TooLarge(f"The body is longer than {limit}.", fix="Send less at once."))

    def _too_slow(self) -> None:
        seconds = f"{self._limits.arrival:g} s"
        self._refuse(TooSlow(f"The request did not arrive within {seconds}."))

    def _refuse(self, error: FilonError) -> None:
        """Answers with an error after whatever is being answered, and reads no more."""
        if not self._refused:
            self._refused = True
            self._disarm()
            self._queue(error.problem)

    # Answering.

    def _queue(self, item: Request | Problem) -> None:
        if len(self._waiting) >= self._limits.max_waiting:
            self.close()
            return
        self._waiting.append(item)
        if self._task is None:
            self._next()

    def _next(self) -> None:
        item = self._waiting.pop(0)
        self._head_sent = False
        self._task = self._loop.create_task(self._serve(item))
        self._task.add_done_callback(self._served)

    async def _serve(self, item: Request | Problem) -> None:
        if isinstance(item, Problem):
            last = Request(method="", target="", keep_alive=False)
            await self._send(last, self._service.refuse(item))
            return
        try:
            response = await self._service.answer(item)
        except FilonError as error:
            response = self._service.refuse(error.problem)
        try:
            await self._send(item, response)
        finally:
            # A stream that was never begun runs none of its own ending.
            if response.over is not None:
                response.over()

    async def _send(self, request: Request, response: Response) -> None:
        if response.ending != "whole" and await self._failed(request, response):
            return
        write = self._write
        if response.ending == "drip":
            write = partial(self._drip, seconds=response.drip)
        head = self._head(request, response)
        if response.stream is None:
            await write(head if request.method == "HEAD" else head + response.body)
        else:
            await write(head)
            try:
                await _send_stream(response.stream, write, chunked=request.version != "1.0")
            except Cut as cut:
                await self._break_off(reset=cut.reset)
        if not request.keep_alive:
            self._end_after_answer()

    async def _failed(self, request: Request, response: Response) -> bool:
        """Whether the connection was made to fail where an answer was due, or never to answer."""
        if response.ending == "drip":
            return False
        if response.stream is not None:
            await response.stream.aclose()
        if response.ending == "silent":
            await asyncio.Event().wait()  # cancelled when the client leaves or the server stops
        if response.ending == "reset_after_head":
            await self._write(self._head(request, response))
        await self._break_off(reset=response.ending != "close_before_head")
        return True

    def _head(self, request: Request, response: Response) -> bytes:
        self._head_sent = True
        alive, now = request.keep_alive, self._clock.now()
        return render_head(response, version=request.version, keep_alive=alive, now=now)

    async def _write(self, data: bytes) -> None:
        if self._transport is None or self._transport.is_closing():
            raise asyncio.CancelledError  # the client has left; asyncio is about to tell us so
        self._transport.write(data)
        await self._writable.wait()

    async def _drip(self, data: bytes, *, seconds: float) -> None:
        for byte in data:
            await self._write(bytes((byte,)))
            await self._clock.sleep(seconds)

    async def _break_off(self, *, reset: bool) -> None:
        """Ends the connection behind what was written so far, by RST or by FIN."""
        if self._transport is None:
            return
        self._transport.set_write_buffer_limits(0)
        await self._writable.wait()
        if reset:
            # It throws away what has not left yet, and with many clients what they have not read.
            await self._clock.sleep(_BEFORE_RESET if self._head_sent else 0)
            _reset_at_close(self._transport)
            self._transport.abort()
        else:
            self._transport.close()

    def _served(self, task: asyncio.Task[None]) -> None:
        self._task = None
        if self._transport is None or self._transport.is_closing():
            return
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._report(error)
        elif self._waiting:
            self._next()
        elif not self._refused and self._arriving is None:
            self._arm(self._limits.idle, self._end)

    def _report(self, error: BaseException) -> None:
        """A fault of ours: logged by the loop, told to the client if it has no answer yet."""
        self._loop.call_exception_handler(
            {"message": "the practice provider failed", "exception": error}
        )
        self._waiting.clear()
        if self._head_sent or self._refused:
            self.close()
        else:
            self._refuse(InternalError("The practice provider failed."))

    def _end_after_answer(self) -> None:
        if self._transport is None or self._transport.is_closing():
            return
        if self._refused and self._transport.can_write_eof():
            self._transport.write_eof()
            self._arm(self._limits.linger, self._end)
        else:
            self._transport.close()

    def _end(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def _arm(self, seconds: float, action: Callable[[], None]) -> None:
        self._disarm()
        self._timer = self._loop.call_later(seconds, action)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def _send_stream(
    stream: AsyncGenerator[bytes], write: Callable[[bytes], Awaitable[None]], *, chunked: bool
) -> None:
    async with aclosing(stream):
        async for data in stream:
            if data:
                await write(render_chunk(data) if chunked else data)
    if chunked:
        await write(LAST_CHUNK)


def _reset_at_close(transport: asyncio.Transport) -> None:
    """Aborting alone would send FIN; to linger for no time sends RST."""
    form = "hh" if sys.platform == "win32" else "ii"
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(form, 1, 0))
