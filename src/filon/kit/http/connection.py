"""One connection to a server, request after request; at most one reply is under way."""

import asyncio
import select
import sys
from typing import Protocol, cast

from filon.kit import clock
from filon.kit.http.address import host_and_port
from filon.kit.http.exchange import Headers, Phases
from filon.kit.http.reply import Reply
from filon.kit.http.tunnel import Tunnel

Place = tuple[str, str, int]

# Bytes handed to the transport in one go; a body up to this size leaves together with its head.
_PIECE = 64 * 1024
_NEVER = float("inf")


class Holder(Protocol):
    """Who is told what becomes of connections."""

    def made(self, connection: "Connection") -> None:
        """It is open."""
        ...

    def free(self, connection: "Connection", idle: float | None) -> None:
        """It may carry another request; its server keeps it idle for so many seconds, or does not
        say for how many."""
        ...

    def gone(self, connection: "Connection") -> None:
        """It is over."""
        ...


class Asked(Protocol):
    """What waits for bytes of a connection."""

    def feed(self, data: bytes) -> None:
        """These bytes came."""
        ...

    def ended(self, error: Exception | None) -> None:
        """The connection is over, by an error or in good order."""
        ...

    def sent(self) -> None:
        """The last byte of the request has left."""
        ...


class Connection(asyncio.Protocol):
    """A connection to a `place`. `over` is done when it is closed."""

    def __init__(self, place: Place, holder: Holder) -> None:
        self.place = place
        self.address: str | None = None
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._holder = holder
        self._transport: asyncio.Transport | None = None
        self._came: select.poll | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._rings = _NEVER
        self._reply: Asked | None = None
        self._unsent = memoryview(b"")
        self._full = False
        self._listening = True

    @property
    def transport(self) -> asyncio.Transport:
        """What carries it; there is one from the moment in which it is connected."""
        assert self._transport is not None
        return self._transport

    async def pass_through(self, head: bytes, tunnel: Tunnel) -> None:
        """Asks the proxy at its other end for a tunnel. Raises HttpFailure, and then it is over."""
        self._reply = tunnel
        self.transport.write(head)
        done = False
        try:
            await tunnel.open
            done = True
        finally:
            self._reply = None
            if not done:
                self.abort()

    def secured(self, transport: asyncio.Transport) -> None:
        """From now on everything goes through TLS."""
        self._transport = transport

    def is_usable(self) -> bool:
        """Whether it may carry another request: it is open, and nothing that came waits in it."""
        if self.transport.is_closing():
            return False
        # The loop may not have told yet of bytes or of an end.
        return self._came is None or not self._came.poll(0)

    def send(
        self, method: str, head: bytes, body: bytes, headers: Headers, phases: Phases
    ) -> Reply:
        """Sends a request. The reply may come while a large body still goes out."""
        phases.request_headers = headers
        reply = self._reply = Reply(self, method, phases)
        if len(body) <= _PIECE:
            self.transport.write(head + body)
            reply.sent()
        else:
            self.transport.write(head)
            self._unsent = memoryview(body)
            self._send_more()
        return reply

    def _send_more(self) -> None:
        while self._unsent and not self._full:
            piece, self._unsent = self._unsent[:_PIECE], self._unsent[_PIECE:]
            self.transport.write(piece)
        if not self._unsent and self._reply is not None:
            self._reply.sent()

    def wake_by(self, until: float) -> None:
        """Rings its reply then (monotonic seconds), or sooner."""
        if until >= self._rings:
            return
        if self._timer is not None:
            self._timer.cancel()
        loop = asyncio.get_running_loop()
        self._rings = until
        self._timer = loop.call_later(until - clock.monotonic(), self._ring)

    def _ring(self) -> None:
        self._timer, self._rings = None, _NEVER
        if isinstance(self._reply, Reply):
            self._reply.rung()

    def listen(self, on: bool) -> None:
        """Goes on taking bytes, or leaves them in the network for a while."""
        if on == self._listening or self.transport.is_closing():
            return
        self._listening = on
        if on:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()

    def release(self, idle: float | None) -> None:
        """Its reply is whole, and it may carry another request."""
        self._reply = None
        self.listen(True)
        self._holder.free(self, idle)

    def abort(self) -> None:
        """Closes it at once, whatever is still under way."""
        self._unsent = memoryview(b"")
        self.transport.abort()

    def abandon(self) -> None:
        """The same for one whose handshake failed: of its end the loop may never tell."""
        self.abort()
        self.connection_lost(None)

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is no subclass of it, for all that it does the same.
        self._transport = cast("asyncio.Transport", transport)
        self._came = _polling(transport.get_extra_info("socket").fileno())
        peer = transport.get_extra_info("peername")
        self.address = host_and_port(peer[0], peer[1]) if peer else None
        self._holder.made(self)

    def data_received(self, data: bytes) -> None:
        if self._reply is not None:
            self._reply.feed(data)
        else:
            # Nobody asked; whatever it is, it would be taken for the next reply.
            self.abort()

    def eof_received(self) -> None:
        if self._reply is not None:
            self._reply.ended(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._unsent = memoryview(b"")
        if self._timer is not None:
            self._timer.cancel()
        if self._reply is not None:
            self._reply.ended(exc)
            self._reply = None
        self._holder.gone(self)
        if not self.over.done():
            self.over.set_result(None)

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        if self._unsent:
            self._send_more()


def _polling(socket: int) -> "select.poll | None":
    """What tells whether bytes or an end wait at a socket."""
    if sys.platform == "win32":
        # There is no poll there; a stale connection is found out by its next request.
        return None
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return waiting
