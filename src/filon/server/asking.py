"""One short request to a local server, whose failure is an answer too."""

import asyncio

from msgspec import Struct

from filon.kit.http import HttpFailure, Outgoing, Phases, Upstream
from filon.providers.endpoint import Endpoint
from filon.providers.headers import keyed
from filon.providers.local.known import Reply
from filon.providers.local.servers import root

# A server of this machine accepts in a millisecond; a name that leads nowhere must not hold us up.
_CONNECT = 0.7
_TIME = 2.0
_SIZE = 16 * 1024 * 1024


class Silence(Struct, frozen=True):
    """No answer came, and why: a kind of HttpFailure, or `slow`."""

    kind: str
    detail: str


async def ask(
    upstream: Upstream,
    endpoint: Endpoint,
    path: str,
    body: bytes = b"",
    *,
    method: str = "GET",
    key: bool = False,
) -> Reply | Silence:
    """What comes back from a path of the server's own API, below its address without `/v1`."""
    headers = {"accept": "application/json", "accept-encoding": "identity"}
    if body:
        headers["content-type"] = "application/json"
    if key:
        headers.update(keyed(endpoint))
    request = Outgoing(
        method=method,
        url=root(endpoint.base_url) + path,
        headers=tuple(headers.items()),
        body=body,
        connect_timeout=_CONNECT,
    )
    try:
        async with asyncio.timeout(_TIME):
            return await _whole(upstream, request)
    except HttpFailure as failure:
        return Silence(failure.kind, failure.detail)
    except TimeoutError:
        return Silence("slow", f"nothing within {_TIME:.0f} s")


async def _whole(upstream: Upstream, request: Outgoing) -> Reply:
    exchange = await upstream.open(request, Phases())
    parts: list[bytes] = []
    size = 0
    try:
        async for chunk in exchange.chunks():
            parts.append(chunk)
            size += len(chunk)
            if size > _SIZE:
                break
    finally:
        await exchange.close()
    return Reply(exchange.status, b"".join(parts))
