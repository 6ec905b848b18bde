"""One reply, parsed as it comes: its head, then pieces of its body as they arrived.

The parser calls back while bytes are fed to it; whoever reads is woken once for each arrival.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Protocol

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from filon.kit import clock
from filon.kit.http.broken import HEAD_LIMIT, endless, last_words, unreadable
from filon.kit.http.exchange import Headers, HttpFailure, Phases, Pour
from filon.kit.http.plain import Plain, plain_reply
from filon.kit.unpack import Unpackable, unpacker

# Bytes of a body that wait unread before the server is no longer listened to, and until when.
_MUCH = 256 * 1024
_LITTLE = 64 * 1024
_NEVER = float("inf")

# The headers that decide how a reply is read.
_NOTED = frozenset((b"content-encoding", b"content-length", b"keep-alive", b"transfer-encoding"))


class Line(Protocol):
    """What a reply needs of its connection."""

    address: str | None

    def wake_by(self, until: float) -> None:
        """Rings the reply then (monotonic seconds), or sooner."""
        ...

    def listen(self, on: bool) -> None:
        """Goes on taking bytes, or leaves them in the network for a while."""
        ...

    def release(self, idle: float | None) -> None:
        """The reply is whole: the connection may serve another for so many seconds, or None."""
        ...

    def abort(self) -> None:
        """Closes it at once."""
        ...


class Reply:
    """A reply while it comes. It is an Exchange as soon as `head` has returned."""

    def __init__(self, line: Line, method: str, phases: Phases) -> None:
        self.status = 0
        self.headers: Headers = ()
        self.silent = True
        self._size = 0
        self._begun = False
        self._whole = False
        self._interim = False
        self._keep = False
        self._sent = False
        self._failure: HttpFailure | None = None
        self._unpack: Callable[[bytes], Iterator[bytes]] | None = None
        self._packed: Iterator[bytes] | None = None
        self._parser: HttpResponseParser | None = None
        self._closed = False
        self._held = 0
        self._listening = True
        self._bare = 0
        self._waiter: asyncio.Future[None] | None = None
        self._until = _NEVER
        self._into: Pour | None = None
        self._later: Callable[[], float] | None = None
        self.address = line.address
        self._line = line
        self._bodiless = method == "HEAD"
        self._phases = phases
        self._named: list[tuple[bytes, bytes]] = []
        self._noted: dict[bytes, bytes] = {}
        self._arriving: list[bytes] = []
        self._pieces: deque[bytes] = deque()

    def sent(self) -> None:
        """The last byte of the request has left."""
        self._sent = True
        self._phases.sent = self._phases.since()

    def feed(self, data: bytes) -> None:
        """These bytes came."""
        if self._closed:
            return
        if self._parser is None:
            if not self._bodiless and (plain := plain_reply(data)) is not None:
                self._plainly(plain)
                return
            self.silent = False
            self._parser = _parser(self)
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._misread(error)
        pieces = self._arriving
        if pieces:
            self._bare = 0
            piece = pieces.pop() if len(pieces) == 1 else self._joined()
            if self._into is None:
                self._keep_for_later(piece)
            elif not self._into(piece):
                self._into = None
        else:
            self._count_bare(data)
        if self._whole:
            self._over()
        if self._into is None or self._closed:
            self._wake()

    def _plainly(self, plain: Plain) -> None:
        self.silent = False
        self._begin(200, plain.headers, keep=True)
        self._whole = True
        if plain.body:
            self._pieces.append(plain.body)
            self._held = len(plain.body)
        if plain.keep_alive:
            self._noted[b"keep-alive"] = plain.keep_alive
        self._over()
        self._wake()

    def _misread(self, error: Exception) -> None:
        if self._whole:
            self._keep = False
        else:
            self._fail(unreadable(self._begun, str(error)))

    def _count_bare(self, data: bytes) -> None:
        self._bare += len(data)
        if self._bare > HEAD_LIMIT:
            self._fail(endless())

    def _joined(self) -> bytes:
        joined = b"".join(self._arriving)
        self._arriving.clear()
        return joined

    def _keep_for_later(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._held += len(piece)
        if self._held > _MUCH and self._listening and not self._whole:
            self._listening = False
            self._line.listen(False)

    def ended(self, error: Exception | None) -> None:
        """The connection is over, by an error or in good order."""
        waiter = self._waiter
        if error is not None and not isinstance(error, OSError) and waiter and not waiter.done():
            # No network's: the loop ends a connection when what it hands bytes to raises. It is no
            # fault of the server's, and whoever waits is told whose.
            waiter.set_exception(error)
        if self._whole or self._failure is not None:
            return
        if self._begun and error is None and self._runs_to_the_end():
            self._whole = True
            self._closed, self._parser = True, None
        elif self._begun:
            self._fail(HttpFailure("payload", "the connection ended in the middle of the reply"))
        else:
            self._fail(HttpFailure("disconnected", last_words(error, silent=self.silent)))
        self._wake()

    def _runs_to_the_end(self) -> bool:
        """Whether nothing but the connection's end tells the body's (RFC 9112, 6.3)."""
        codings = self._noted.get(b"transfer-encoding", b"").lower()
        return b"content-length" not in self._noted and not codings.endswith(b"chunked")

    def _fail(self, failure: HttpFailure) -> None:
        if self._failure is None and not self._whole:
            self._failure = failure
            self._closed, self._parser = True, None
            self._line.abort()

    def _over(self) -> None:
        self._closed, self._parser = True, None
        if self._keep and self._sent:
            kept = self._noted.get(b"keep-alive")
            self._line.release(None if kept is None else idle_seconds(kept))
        else:
            self._line.abort()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _more(self, until: float | None) -> None:
        """Waits for an arrival or an end. Raises TimeoutError at `until`."""
        waiter = self._waiter = asyncio.get_running_loop().create_future()
        self._until = _NEVER if until is None else until
        # One timer for all waits of a connection, and no asyncio.timeout: either costs as much as
        # all the rest of a read. It rings too early for most of them, and then waits on.
        self._line.wake_by(self._until)
        try:
            await waiter
        finally:
            self._waiter = None

    def rung(self) -> None:
        """Time has passed; whoever waits no longer than until now is told."""
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        if self._later is not None:
            self._until = self._later()
        if clock.monotonic() < self._until:
            self._line.wake_by(self._until)
        else:
            waiter.set_exception(TimeoutError())

    async def head(self, until: float | None = None) -> None:
        """Waits for status and headers. Raises HttpFailure, and TimeoutError at `until`; whatever
        happens before they are here closes the connection."""
        try:
            while not self._begun:
                if self._failure is not None:
                    raise self._failure
                await self._more(until)
        finally:
            if not self._begun:
                self.give_up()

    @property
    def over(self) -> bool:
        """Whether the end is here and everything before it was read."""
        return self._whole and not self._pieces and self._packed is None

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, one piece for each arrival. What came before a failure is given first."""
        while (piece := await self.read(None)) is not None:
            yield piece

    async def read(self, until: float | None) -> bytes | None:
        """The next of these pieces; None at the end. Raises HttpFailure, and TimeoutError at
        `until`."""
        while True:
            if self._packed is not None:
                part = self._next_part()
                if part is not None:
                    return part
            if self._pieces:
                piece = self._take()
                if b"content-encoding" not in self._noted:
                    return piece
                self._unpack_on(piece)
            elif self._failure is not None:
                raise self._failure
            elif self._whole:
                return None
            else:
                await self._more(until)

    async def pour(self, into: Pour, until: Callable[[], float]) -> None:
        """Hands the rest over as it comes; as in Exchange."""
        while self._pieces or self._packed or self._closed or b"content-encoding" in self._noted:
            piece = await self.read(until())
            if piece is None or not into(piece):
                return
        self._into, self._later = into, until
        try:
            await self._more(until())
            is_enough = self._into is None
        finally:
            self._into = self._later = None
        # Where it is, a failure waits for the next pour.
        if self._failure is not None and not is_enough:
            raise self._failure

    def _unpack_on(self, piece: bytes) -> None:
        """The next parts are this piece's, drawn one by one: it may be far larger unpacked."""
        if self._unpack is None:
            coding = self._noted[b"content-encoding"].decode("latin-1")
            try:
                self._unpack = unpacker(coding) or _as_they_are
            except Unpackable as error:
                raise HttpFailure("compressed", str(error)) from error
        self._packed = self._unpack(piece)

    def _next_part(self) -> bytes | None:
        assert self._packed is not None
        try:
            part = next(self._packed, None)
        except Unpackable as error:
            raise HttpFailure("compressed", str(error)) from error
        if part is None:
            self._packed = None
        return part

    def _take(self) -> bytes:
        piece = self._pieces.popleft()
        self._held -= len(piece)
        if not self._listening and self._held <= _LITTLE:
            self._listening = True
            if not self._closed:
                self._line.listen(True)
        return piece

    async def close(self) -> None:
        """Ends the exchange; closes the connection unless the body came to its end."""
        self.give_up()

    def give_up(self) -> None:
        """The same, at once."""
        if not self._whole and self._failure is None:
            self._fail(HttpFailure("disconnected", "the exchange was closed here"))
            self._wake()

    # The parser's callbacks, under its names for them.

    def on_message_begin(self) -> None:
        if self._whole:
            self._keep = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._begun:
            return
        value = value.rstrip(b" \t")
        self._named.append((name, value))
        self._size += len(name) + len(value)
        lowered = name.lower()
        if lowered in _NOTED:
            before = self._noted.get(lowered)
            self._noted[lowered] = value if before is None else before + b", " + value

    def on_headers_complete(self) -> None:
        parser = self._parser
        if parser is None or self._begun:
            return
        status = parser.get_status_code()
        if self._size > HEAD_LIMIT:
            self._fail(endless())
        elif status == 101 or status < 100:
            told = f"its status is {status}, which answers nothing that was asked"
            self._fail(HttpFailure("broken_reply", told))
        elif status < 200:
            self._interim = True
            self._named.clear()
            self._noted.clear()
        else:
            headers = tuple(
                [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self._named]
            )
            self._begin(status, headers, keep=parser.should_keep_alive())
            self._whole = self._bodiless

    def _begin(self, status: int, headers: Headers, *, keep: bool) -> None:
        self._phases.first_byte = self._phases.since()
        self.status = status
        self.headers = headers
        self._begun = True
        self._keep = keep
        self._bare = 0

    def on_body(self, data: bytes) -> None:
        if self._whole:
            # Bytes that belong to no reply.
            self._keep = False
            return
        self._arriving.append(data)

    def on_message_complete(self) -> None:
        if self._interim:
            self._interim = False
        elif self._begun:
            self._whole = True


def _as_they_are(piece: bytes) -> Iterator[bytes]:
    return iter((piece,))


def idle_seconds(keep_alive: bytes) -> float | None:
    """How long a server says that it keeps an idle connection, in seconds; None where it does not.
    For a value of the header Keep-Alive, such as `timeout=5, max=100`."""
    for part in keep_alive.lower().split(b","):
        name, _, value = part.strip().partition(b"=")
        if name == b"timeout" and value.isdigit():
            return float(value)
    return None


def _parser(reply: Reply) -> HttpResponseParser:
    parser = HttpResponseParser(reply)
    # What servers of providers, and the small ones on people's own machines, get wrong harmlessly.
    parser.set_dangerous_leniencies(
        lenient_headers=True,
        lenient_optional_cr_before_lf=True,
        lenient_spaces_after_chunk_size=True,
    )
    return parser
