"""aiohttp behind our interface: what our own client is held against."""

import asyncio
import io
import socket
import ssl
from collections.abc import AsyncGenerator, Callable
from types import SimpleNamespace

import aiohttp

from filon.kit import clock
from filon.kit.http.address import host_and_port
from filon.kit.http.exchange import HttpFailure, Outgoing, Phases, Pour
from filon.kit.unpack import Unpackable, unpacker


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
        # It does not tell an end before it is read.
        self.over = False
        self._source: AsyncGenerator[bytes] | None = None
        self._reading: asyncio.Future[bytes | None] | None = None

    async def chunks(self) -> AsyncGenerator[bytes]:
        try:
            unpack = unpacker(self._response.headers.get("content-encoding", ""))
            async for chunk in self._response.content.iter_any():
                if unpack is None:
                    yield chunk
                    continue
                for piece in unpack(chunk):
                    yield piece
        except Unpackable as error:
            raise HttpFailure("compressed", str(error)) from error
        except aiohttp.ClientPayloadError as error:
            raise HttpFailure(
                "payload", "the connection ended in the middle of the reply"
            ) from error
        except (aiohttp.ClientConnectionError, ConnectionError) as error:
            raise HttpFailure("disconnected", str(error) or type(error).__name__) from error

    async def read(self, until: float) -> bytes | None:
        if self._source is None:
            self._source = self.chunks()
        if self._reading is None:
            self._reading = asyncio.ensure_future(anext(self._source, None))
        await asyncio.wait({self._reading}, timeout=max(0.0, until - clock.monotonic()))
        if not self._reading.done():
            raise TimeoutError
        reading, self._reading = self._reading, None
        return reading.result()

    async def pour(self, into: Pour, until: Callable[[], float]) -> None:
        while (piece := await self.read(until())) is not None and into(piece):
            pass

    async def close(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


class AiohttpUpstream:
    """One pool of connections for the whole process. `trust` replaces what this machine trusts."""

    def __init__(self, trust: ssl.SSLContext | None = None) -> None:
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=0, keepalive_timeout=60, ssl=self._trust or True
                ),
                timeout=aiohttp.ClientTimeout(total=None),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trace_configs=[_timing_hooks()],
                # What goes out is what the translate stage wrote, and nothing more.
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        return self._session

    async def open(
        self, request: Outgoing, phases: Phases, until: float | None = None
    ) -> AiohttpExchange:
        async with asyncio.timeout_at(until):
            return await self._opened(request, phases)

    async def _opened(self, request: Outgoing, phases: Phases) -> AiohttpExchange:
        try:
            response = await self._open_session().request(
                request.method,
                request.url,
                headers=request.headers,
                # A file, since aiohttp warns of large bytes that it would write at once.
                data=io.BytesIO(request.body) if request.body else None,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=request.connect_timeout),
                trace_request_ctx=_Times(phases),
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
        case aiohttp.ClientResponseError():
            return HttpFailure("broken_reply", f"what came is no HTTP: {detail}")
        case ValueError():
            return HttpFailure("url", detail)
        case _:
            return HttpFailure("disconnected", detail)


def _peer(response: aiohttp.ClientResponse) -> str | None:
    connection = response.connection
    if connection is None or connection.transport is None:
        return None
    peer = connection.transport.get_extra_info("peername")
    return host_and_port(peer[0], peer[1]) if peer else None


def _timing_hooks() -> aiohttp.TraceConfig:
    hooks = aiohttp.TraceConfig()
    hooks.on_dns_resolvehost_start.append(_dns_start)
    hooks.on_dns_resolvehost_end.append(_dns_end)
    hooks.on_connection_create_start.append(_connect_start)
    hooks.on_connection_create_end.append(_connect_end)
    hooks.on_connection_reuseconn.append(_reused)
    hooks.on_request_headers_sent.append(_headers_sent)
    hooks.on_request_chunk_sent.append(_chunk_sent)
    return hooks


class _Times:
    """The phases of one exchange, and when those that are under way began."""

    def __init__(self, phases: Phases) -> None:
        self.phases = phases
        self.name = 0.0
        self.connection = 0.0


def _times(context: SimpleNamespace) -> _Times:
    return context.trace_request_ctx


def _phases(context: SimpleNamespace) -> Phases:
    return _times(context).phases


async def _dns_start(_s: object, context: SimpleNamespace, _p: object) -> None:
    _times(context).name = _phases(context).since()


async def _dns_end(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    phases.dns = phases.since() - _times(context).name


async def _connect_start(_s: object, context: SimpleNamespace, _p: object) -> None:
    _times(context).connection = _phases(context).since()


async def _connect_end(_s: object, context: SimpleNamespace, _p: object) -> None:
    phases = _phases(context)
    # aiohttp times name, TCP and TLS as one; what remains after the name is TCP with TLS.
    phases.connect = phases.since() - _times(context).connection - (phases.dns or 0.0)


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
