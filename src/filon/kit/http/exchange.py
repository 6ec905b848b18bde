"""What every HTTP client offers: a request goes out, its phases are timed, a reply comes back.

Redirects are never followed: a key must not travel to an address that nobody configured.
"""

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from msgspec import Struct

from filon.kit import clock

Headers = tuple[tuple[str, str], ...]
# Takes a part of a body, and says whether it takes more.
Pour = Callable[[bytes], bool]


class HttpFailure(Exception):
    """No usable reply. `kind` is one of: dns, refused, unreachable, tls, connect_timeout,
    disconnected, payload, compressed, broken_reply, url. The last one is told before anything is
    sent: the address or a header cannot be put into a request.

    Where a proxy is used and it is the proxy that failed: proxy_refused (nobody listens there),
    proxy_unreachable, proxy_auth (it wants to know who asks), proxy_denied (it does not let this
    pass), proxy_failed (it has not reached the server, or its answer makes no sense)."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class Outgoing(Struct, frozen=True, kw_only=True):
    """A request to send. `connect_timeout` is in seconds, for name, TCP, tunnel and TLS at once."""

    method: str
    url: str
    headers: Headers
    body: bytes
    connect_timeout: float


class Phases:
    """When each phase of one exchange happened, in seconds from `start` (monotonic).

    `dns`, `connect`, `proxy` (the tunnel) and `tls` are durations, None where there was no such
    phase. By way of a proxy, the first two are those of the way to it; `through` is its address.
    `retried_stale` says that a connection kept from before turned out to be closed, and that the
    request was sent once more over a new one.
    """

    __slots__ = (
        "connect",
        "dns",
        "first_byte",
        "proxy",
        "request_headers",
        "retried_stale",
        "reused",
        "sent",
        "start",
        "through",
        "tls",
    )

    def __init__(self) -> None:
        self.dns: float | None = None
        self.connect: float | None = None
        self.tls: float | None = None
        self.proxy: float | None = None
        self.through: str | None = None
        self.sent: float | None = None
        self.first_byte: float | None = None
        self.reused = False
        self.retried_stale = False
        self.request_headers: Headers = ()
        self.start = clock.monotonic()

    def since(self) -> float:
        """Seconds since the exchange began."""
        return clock.monotonic() - self.start


class Exchange(Protocol):
    """A reply that has begun: its head is here, its body still comes."""

    status: int
    headers: Headers
    address: str | None

    @property
    def over(self) -> bool:
        """Whether the next `read` would give None, as is known without waiting for it."""
        ...

    def chunks(self) -> AsyncIterator[bytes]:
        """The body's bytes as they come, unpacked where the server compressed them unasked. Raises
        HttpFailure when it is cut."""
        ...

    async def read(self, until: float) -> bytes | None:
        """The next of the body's bytes, as `chunks` has them; None at the end. Raises HttpFailure,
        and TimeoutError at `until` (monotonic seconds), after which it can be read on."""
        ...

    async def pour(self, into: Pour, until: Callable[[], float]) -> None:
        """Hands the rest of the body over as it comes, without a task's waking in between, until
        `into` says that it is enough for now or the body is at its end. `until` is asked, each time
        it seems to be due, when the next part must be here. Raises as `read` does, and what `into`
        raises."""
        ...

    async def close(self) -> None:
        """Ends the exchange; closes the connection unless the body came to its end."""
        ...


class Upstream(Protocol):
    """Sends requests."""

    async def open(self, request: Outgoing, phases: Phases, until: float | None = None) -> Exchange:
        """Sends the request and waits for the head of the reply. Raises HttpFailure, and
        TimeoutError at `until` (monotonic seconds)."""
        ...

    async def close(self) -> None:
        """Closes every connection."""
        ...
