"""The way out: one exchange with a server, with its phases timed and its bytes as they came.

`Upstream` is the interface; `AiohttpUpstream` the client in use. Redirects are never followed: a
key must not travel to an address that nobody configured.
"""

import io
import socket
import ssl
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Protocol

import aiohttp
from msgspec import Struct

from filon.kit import clock


class HttpFailure(Exception):
    """No usable reply. `kind` is one of: dns, refused, unreachable, tls, connect_timeout,
    disconnected, payload, url."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail


class Outgoing(Struct, frozen=True, kw_only=True):
    """A request to send. `connect_timeout` is in seconds."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    connect_timeout: float


class Phases:
    """When each phase of one exchange happened, in seconds from `start` (monotonic)."""

    __slots__ = (
        "connect",
        "connect_start",
        "dns",
        "dns_start",
        "first_byte",
        "headers_sent",
        "queue_start",
        "queued",
        "request_headers",
        "reused",
        "sent",
        "start",
    )

    def __init__(self) -> None:
        self.start = clock.monotonic()
        self.queue_start: float | None = None
        self.queued: float | None = None
        self.dns_start: float | None = None
        self.dns: float | None = None
        self.connect_start: float | None = None
        self.connect: float | None = None
        self.headers_sent: float | None = None
        self.sent: float | None = None
        self.first_byte: float | None = None
        self.reused = False
        self.request_headers: tuple[tuple[str, str], ...] = ()

    def since(self) -> float:
        """Seconds since the exchange began."""
        return clock.monotonic() - self.start


class Exchange(Protocol):
    """A reply that has begun: its head is here, its body still comes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    address: str | None

    def chunks(self) -> AsyncIterator[bytes]:
        """The body's bytes as they come. Raises HttpFailure when it is cut."""
        ...

    async def close(self) -> None:
        """Ends the exchange; closes the connection unless the body was read to its end."""
        ...


class Upstream(Protocol):
    """Sends requests."""

    async def open(self, request: Outgoing, phases: Phases) -> Exchange:
        """Sends the request and waits for the head of the reply. Raises HttpFailure."""
        ...

    async def close(self) -> None:
        """Closes every connection."""
        ...


class AiohttpExchange:
    """An exchange over aiohttp."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        self.status = response.status
        self.headers = tuple(
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in response.raw_headers
        )
        self.address = _peer(response)

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._response.content.iter_any():
                yield chunk
        except aiohttp.ClientPayloadError as error:
            raise HttpFailure(
                "payload", "the connection ended in the middle of the reply"
            ) from error
        except (aiohttp.ClientConnectionError, ConnectionError) as error:
            raise HttpFailure("disconnected", str(error) or type(error).__name__) from error

    async def close(self) -> None:
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


class AiohttpUpstream:
    """One pool of connections for the whole process, never closed while in use."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trace_configs=[_timing_hooks()],
                # What goes out is what the translate stage wrote, and nothing more.
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        return self._session

    async def open(self, request: Outgoing, phases: Phases) -> AiohttpExchange:
        try:
            response = await self._open_session().request(
                request.method,
                request.url,
                headers=request.headers,
                # A file, since aiohttp warns of large bytes that it would write at once.
                data=io.BytesIO(request.body) if request.body else None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=request.connect_timeout),
                trace_request_ctx=phases,
            )
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise _failure(error) from error
        phases.first_byte = phases.since()
        return AiohttpExchange(response)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


def _failure(error: Exception) -> HttpFailure:
    detail = str(error) or type(error).__name__
    match error:
        case aiohttp.InvalidURL():
            return HttpFailure("url", f"not an address: {detail}")
        case aiohttp.ClientConnectorDNSError():
            return HttpFailure("dns", detail)
        case aiohttp.ClientSSLError() | ssl.SSLError():
            return HttpFailure("tls", detail)
        case aiohttp.ServerTimeoutError() | TimeoutError():
            return HttpFailure("connect_timeout", detail)
        case aiohttp.ClientConnectorError(os_error=socket.gaierror()):
            return HttpFailure("dns", detail)
        case aiohttp.ClientConnectorError(os_error=ConnectionRefusedError()):
            return HttpFailure("refused", detail)
        case aiohttp.ClientConnectorError():
            return HttpFailure("unreachable", detail)
        case ValueError():
            return HttpFailure("url", detail)
        case _:
            return HttpFailure("disconnected", detail)


def _peer(response: aiohttp.ClientResponse) -> str | None:
    connection = response.connection
    if connection is None or connection.transport is None:
        return None
    peer = connection.transport.get_extra_info("peername")
    return f"{peer[0]}:{peer[1]}" if peer else None


def _timing_hooks() -> aiohttp.TraceConfig:
    hooks = aiohttp.TraceConfig()
    hooks.on_connection_queued_start.append(_queued_start)
    hooks.on_connection_queued_end.append(_queued_end)
    hooks.on_dns_resolvehost_start.append(_dns_start)
    hooks.on_dns_resolvehost_end.append(_dns_end)
    hooks.on_connection_create_start.append(_connect_start)
    hooks.on_connection_create_end.append(_connect_end)
    hooks.on_connection_reuseconn.append(_reused)
    hooks.on_request_headers_sent.append(_headers_sent)
    hooks.on_request_chunk_sent.append(_chunk_sent)
    return hooks


def _phases(context: SimpleNamespace) -> Phases:
    return context.trace_request_ctx


async def _queued_start(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    phases.queue_start = phases.since()


async def _queued_end(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    phases.queued = phases.since() - (phases.queue_start or 0.0)


async def _dns_start(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    phases.dns_start = phases.since()


async def _dns_end(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    phases.dns = phases.since() - (phases.dns_start or 0.0)


async def _connect_start(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    phases.connect_start = phases.since()


async def _connect_end(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    # aiohttp times name, TCP and TLS as one; what remains after the name is TCP with TLS.
    phases.connect = phases.since() - (phases.connect_start or 0.0) - (phases.dns or 0.0)


async def _reused(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    phases.reused = True


async def _headers_sent(
    _s: object, context: SimpleNamespace, told: aiohttp.TraceRequestHeadersSentParams
) -> None:
    phases = _phases(context)
    # aiohttp's header names are a subclass of str that msgpack does not know.
    phases.request_headers = tuple((f"{name}", f"{value}") for name, value in told.headers.items())
    phases.sent = phases.since()


async def _chunk_sent(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    phases.sent = phases.since()
