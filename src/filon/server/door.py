"""One request of a caller and its reply: what stands between the connection and whoever serves.

The gateway reads and writes through it directly. For the pages and `/api`, which are ASGI
applications, it has the scope and the two ends that ASGI wants.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol

from starlette.types import Message, Scope

from filon.server.heads import Head

Pairs = tuple[tuple[bytes, bytes], ...]

# Bytes of a body that may wait to be read before the caller has to.
HIGH_WATER = 65_536

# The headers that decide how a reply is framed.
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"connection"})
_NO_BODY = frozenset({204, 304})
_FAULT = b"Internal Server Error"
_FAULT_HEAD = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"content-length", b"%d" % len(_FAULT)),
)


class Line(Protocol):
    """The connection as a door sees it. `full` says that the caller reads more slowly than is
    written, `reading` that it may go on to send."""

    transport: asyncio.Transport
    full: bool
    reading: bool
    server: tuple[str, int | None] | None
    client: tuple[str, int] | None

    async def drain(self) -> None:
        """Returns when there is room to write again."""
        ...

    def preamble(self, status: int) -> bytes:
        """The status line and the headers of every reply."""
        ...

    def pause_reading(self) -> None:
        """The caller has to wait with what it sends."""
        ...

    def resume_reading(self) -> None:
        """The caller may go on."""
        ...

    def answered(self) -> None:
        """The reply has been written to its end."""
        ...


class Door:
    """A request and its reply. `headers`, `first` and `told` are as `Head` has them.

    `begun` and `ended` say how far the reply is, `gone` that the caller has left before its end.
    `keep_alive` says whether the connection stays open behind the reply, `policies` are headers
    that the reply gets unless it has its own. `expects` says that the caller waits to be told
    `100 Continue` before it sends its body.
    """

    __slots__ = (
        "_body",
        "_complete",
        "_flows",
        "_held",
        "_left",
        "_length",
        "_news",
        "_size",
        "_stirred",
        "address",
        "begun",
        "ended",
        "expects",
        "first",
        "gone",
        "headers",
        "keep_alive",
        "line",
        "method",
        "path",
        "policies",
        "task",
        "told",
        "version",
    )

    def __init__(self, line: Line, head: Head) -> None:
        self.line = line
        self.method = head.method
        self.address = head.address
        self.path = head.address.path
        self.headers = head.headers
        self.first = head.first
        self.told = head.told
        self.version = "1.1"
        self.keep_alive = True
        self.policies: Pairs = ()
        self.task: asyncio.Task[None] | None = None
        self.begun = self.ended = self.gone = False
        self.expects = b"expect" in self.first and self.first[b"expect"].lower() == b"100-continue"
        self._body: list[bytes] = []
        self._size = 0
        self._complete = self._news = False
        self._stirred: asyncio.Event | None = None
        self._left: Callable[[], object] | None = None
        # The reply's head until the first of its body, so that they leave in one write.
        self._held = b""
        # How many bytes of the reply's body are to come; None where it goes in chunks.
        self._length: int | None = None
        # Whether the head has left, so that each further part is a chunk and nothing else.
        self._flows = False

    def header(self, name: bytes) -> str | None:
        """The first header of this lower-case name."""
        value = self.first.get(name)
        return None if value is None else value.decode("latin-1")

    def names(self, part: bytes) -> bool:
        """Whether this stands in any header's name."""
        return part in b"\n".join(self.first)

    # What the connection tells.

    def take(self, data: bytes) -> None:
        """A part of the body came."""
        self._body.append(data)
        self._size += len(data)
        self._news = True
        if self._size > HIGH_WATER:
            self.line.pause_reading()
        if self._stirred is not None:
            self._stirred.set()

    def whole(self, body: bytes) -> None:
        """The body came all at once, with the head."""
        self._body.append(body)
        self._complete = self._news = True

    def complete(self) -> None:
        """The body has come to its end."""
        self._complete = self._news = True
        if self._stirred is not None:
            self._stirred.set()

    def leave(self) -> None:
        """The caller has gone."""
        if self.ended or self.gone:
            return
        self.gone = True
        if self._stirred is not None:
            self._stirred.set()
        if self._left is not None:
            self._left()

    # What whoever serves asks and writes.

    def arrived(self) -> bytes | None:
        """The whole body, where all of it is here already and none of it has been read."""
        if not self._complete or self.gone:
            return None
        if not self.line.reading:
            self.line.resume_reading()
        self._news = False
        body, self._body = self._body, []
        return body[0] if len(body) == 1 else b"".join(body)

    def when_left(self, left: Callable[[], object] | None) -> None:
        """Has this called when the caller leaves before the reply's end, or nothing any more."""
        self._left = left
        if left is not None:
            if not self.line.reading:
                self.line.resume_reading()
            if self.gone:
                left()

    def reply(self, status: int, body: bytes, lines: bytes = b"") -> None:
        """A whole JSON reply. `lines` are more lines of its head, each with its end."""
        size = len(body)
        framing = b"content-type: application/json\r\ncontent-length: %d\r\n" % size
        head = self._open(status, framing + lines, size)
        if not self.gone:
            self.line.transport.write(head if self.method == "HEAD" else head + body)
            self._over()

    def stream(self, lines: bytes) -> None:
        """The head of a reply that comes in parts. It leaves with the first of them."""
        self._held = self._open(200, lines, None)

    def begin(self, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """The same for a reply whose head others wrote."""
        told = tuple(headers)
        names = {name for name, _ in told}
        lines = b"".join([b"%b: %b\r\n" % pair for pair in told if pair[0] not in _FRAMING])
        # A line that begins within another would be a header, or a reply, of somebody else's.
        within = b"".join([part for pair in told for part in pair])
        if any(mark in within for mark in (b"\r", b"\n", b"\0")):
            raise RuntimeError("A header of the reply is not one line.")
        length: int | None = None
        for name, value in told:
            if name == b"content-length":
                length = int(value)
                lines += b"content-length: %d\r\n" % length
            elif name == b"connection" and b"close" in value.lower():
                self.keep_alive = False
        self.policies = tuple(pair for pair in self.policies if pair[0] not in names)
        self._held = self._open(status, lines, length)

    def _open(self, status: int, lines: bytes, length: int | None) -> bytes:
        if self.begun:
            raise RuntimeError("A reply has one head.")
        self.begun = True
        self.expects = False
        if self.policies:
            lines += b"".join([b"%b: %b\r\n" % pair for pair in self.policies])
        if not self.keep_alive:
            lines += b"connection: close\r\n"
        self._length = length
        if self.method == "HEAD" or status in _NO_BODY:
            self._length = 0
        elif length is None:
            lines += b"transfer-encoding: chunked\r\n"
        return self.line.preamble(status) + lines + b"\r\n"

    def flush(self) -> None:
        """Lets the head leave that waits for the first of its body."""
        held, self._held = self._held, b""
        if held and not self.gone:
            self.line.transport.write(held)

    def write(self, data: bytes) -> None:
        """A part of the reply's body. Where the line is full then, `drain` comes next."""
        if self.gone or not data:
            return
        if self._flows:
            self.line.transport.write(b"%x\r\n%b\r\n" % (len(data), data))
        else:
            self.line.transport.write(self._framed(data))

    def end(self, data: bytes = b"") -> None:
        """The last part of the reply's body."""
        if self.gone:
            return
        last = self._framed(data)
        if self._length is None:
            last += b"0\r\n\r\n"
        elif self._length and self.method != "HEAD":
            raise RuntimeError("The reply is shorter than its content-length.")
        if last:
            self.line.transport.write(last)
        self._over()

    def _over(self) -> None:
        self.ended, self._flows = True, False
        if self._stirred is not None:
            self._stirred.set()
        if not self.keep_alive:
            self.line.transport.close()
        self.line.answered()

    async def drain(self) -> None:
        """Returns when there is room to write again."""
        await self.line.drain()

    def _framed(self, data: bytes) -> bytes:
        """A part of the body as it goes over the wire, behind the head if that still waits."""
        if not self.begun or self.ended:
            raise RuntimeError("A reply's body comes between its head and its end.")
        held, self._held = self._held, b""
        if self.method == "HEAD":
            return held
        if self._length is None:
            self._flows = True
            return b"%b%x\r\n%b\r\n" % (held, len(data), data) if data else held
        self._length -= len(data)
        if self._length < 0:
            raise RuntimeError("The reply is longer than its content-length.")
        return held + data

    def close(self) -> None:
        """Ends what whoever served has left open: with the shortest of replies if there is none
        yet, else by ending the connection, so that the caller knows that something is missing."""
        if self.ended or self.gone:
            return
        if self.begun:
            self.line.transport.close()
            return
        self.keep_alive = False
        self.begin(500, _FAULT_HEAD)
        self.end(_FAULT)

    # The same for ASGI applications.

    @property
    def scope(self) -> Scope:
        """The request as ASGI has it."""
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": self.version,
            "server": self.line.server,
            "client": self.line.client,
            "scheme": "http",
            "method": self.method,
            "root_path": "",
            "path": self.path,
            "raw_path": self.address.raw,
            "query_string": self.address.query,
            "headers": self.headers,
        }

    async def receive(self) -> Message:
        """The next part of the body, or that the caller has gone or has its reply."""
        if self.expects and not self.line.transport.is_closing():
            self.line.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.expects = False
        if not self.gone and not self.ended:
            self.line.resume_reading()
            if not self._news:
                self._stirred = self._stirred or asyncio.Event()
                self._stirred.clear()
                await self._stirred.wait()
        if self.gone or self.ended:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": self._read(), "more_body": not self._complete}

    async def send(self, message: Message) -> None:
        """The head of the reply, which leaves at once, or a part of its body."""
        if message["type"] == "http.response.start":
            self.begin(message["status"], message.get("headers", ()))
            self.flush()
            return
        if self.line.full:
            await self.drain()
        if message.get("more_body", False):
            self.write(message.get("body", b""))
        else:
            self.end(message.get("body", b""))

    def _read(self) -> bytes:
        body = b"".join(self._body)
        self._body.clear()
        self._size = 0
        self._news = False
        return body


# Serves a door, at once or when what it gives is waited for.
Serve = Callable[[Door], Awaitable[None] | None]
