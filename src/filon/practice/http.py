"""A request and a response of HTTP/1.1 as values, and the head of a response as bytes."""

from collections.abc import AsyncGenerator, Callable
from email.utils import formatdate
from http import HTTPStatus
from typing import Literal

import httptools
from msgspec import Struct

Headers = tuple[tuple[str, str], ...]

# How an answer ends: whole; the connection reset or closed before its head or after it; accepted
# and never answered; or byte by byte, `Response.drip` seconds apart.
Ending = Literal[
    "whole", "reset_before_head", "close_before_head", "reset_after_head", "silent", "drip"
]


class Cut(Exception):
    """Raised by a stream that ends here, without its last chunk. `reset` sends RST, not FIN."""

    def __init__(self, *, reset: bool = False) -> None:
        super().__init__("cut")
        self.reset = reset


class Request(Struct, frozen=True, kw_only=True):
    """A request that has arrived whole. `headers` keep their order and spelling."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""
    version: str = "1.1"
    keep_alive: bool = True

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    def header(self, name: str) -> str | None:
        """The value of a header, the first if it came twice."""
        for one, value in self.headers:
            if one.lower() == name:
                return value
        return None


class Response(Struct, frozen=True, kw_only=True):
    """What to answer: a whole `body`, or a `stream` of pieces that are sent as they come.

    `ending` is how the connection fares, `drip` the seconds between two bytes where it drips.
    `over` is called when all is over, sent or not.
    """

    status: int
    headers: Headers = ()
    body: bytes = b""
    stream: AsyncGenerator[bytes] | None = None
    ending: Ending = "whole"
    drip: float = 0.0
    over: Callable[[], None] | None = None


def read_target(url: bytes) -> str:
    """The path and query, where a proxy's client sends the whole address too."""
    if not url.startswith((b"http://", b"https://")):
        return url.decode("latin-1")
    parsed = httptools.parse_url(url)
    target = (parsed.path or b"/") + (b"?" + parsed.query if parsed.query else b"")
    return target.decode("latin-1")


def render_head(response: Response, *, version: str, keep_alive: bool, now: float) -> bytes:
    """The status line and headers, with what the framing of the body needs. `now` is Unix time."""
    lines = [f"HTTP/1.1 {response.status} {_reason(response.status)}"]
    lines += (f"{name}: {value}" for name, value in response.headers)
    lines.append(f"date: {formatdate(now, usegmt=True)}")
    if response.stream is None:
        if response.status != HTTPStatus.NO_CONTENT:
            lines.append(f"content-length: {len(response.body)}")
    elif version != "1.0":
        lines.append("transfer-encoding: chunked")
    lines.append(f"connection: {'keep-alive' if keep_alive else 'close'}")
    return "\r\n".join((*lines, "", "")).encode("latin-1", "replace")


def render_chunk(data: bytes) -> bytes:
    """One piece of a body in the chunked coding."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
