"""What both HTTP clients do with connections: kept, found closed, left early, filled up."""

import asyncio
from typing import Any

import pytest

from filon.kit.http import Phases, Upstream
from tests.journeys.http.aiohttp_upstream import AiohttpUpstream
from tests.journeys.http.peer import HELLO, Got, Peer, ask, outgoing
from tests.journeys.site import until
from tests.waiting import LONG


async def test_a_connection_is_kept(client: Upstream, peer: Peer) -> None:
    peer.plays((HELLO,))
    first, second = Phases(), Phases()
    await ask(client, peer.url, phases=first)
    await ask(client, f"{peer.url}/other", phases=second)
    assert peer.connections == 1
    assert (first.reused, second.reused) == (False, True)
    assert first.connect is not None
    assert (second.dns, second.connect, second.tls) == (None, None, None)
    assert second.sent is not None
    assert second.first_byte is not None
    assert 0 <= second.sent <= second.first_byte


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        HELLO + b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsomething",
        HELLO + b"?",
        b"HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
async def test_a_connection_is_not_kept(own: Upstream, peer: Peer, data: bytes) -> None:
    peer.plays((data,))
    for _ in range(2):
        assert (await ask(own, peer.url)).body == b"hello"
    assert peer.connections == 2


async def test_bytes_that_nobody_asked_for_end_a_connection(own: Upstream, peer: Peer) -> None:
    """They would be taken for the next reply."""
    late = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
    peer.plays((HELLO, "pause", "pause", late), (HELLO,))
    await ask(own, peer.url)
    await until(lambda: peer.written == len(HELLO + late))
    assert (await ask(own, peer.url)).status == 200
    assert peer.connections == 2


@pytest.mark.parametrize("end", ["close", "reset"])
async def test_a_stale_connection_is_replaced(own: Upstream, peer: Peer, end: Any) -> None:
    peer.plays((HELLO,), (end,), (HELLO,))
    await ask(own, peer.url)
    phases = Phases()
    got = await ask(own, peer.url, method="POST", body=b"{}", phases=phases)
    assert got.body == b"hello"
    assert (phases.reused, phases.retried_stale) == (False, True)
    assert (len(peer.requests), peer.connections) == (3, 2)


async def test_aiohttp_gives_a_stale_connection_up(peer: Peer) -> None:
    """It repeats what may be repeated without harm, and a POST is not of that kind. Ours repeats
    it too: a provider that has closed an idle connection has not read it."""
    upstream = AiohttpUpstream()
    peer.plays((HELLO,), ("close",), (HELLO,))
    await ask(upstream, peer.url)
    assert await ask(upstream, peer.url, method="POST", body=b"{}") == Got(kind="disconnected")
    await upstream.close()


async def test_nothing_is_sent_twice_once_a_byte_came(own: Upstream, peer: Peer) -> None:
    peer.plays((HELLO,), (b"H", "close"), (HELLO,))
    await ask(own, peer.url)
    assert await ask(own, peer.url) == Got(kind="disconnected")
    assert len(peer.requests) == 2


async def test_nothing_is_sent_twice_over_a_new_connection(own: Upstream, peer: Peer) -> None:
    peer.plays(("close",), (HELLO,))
    assert await ask(own, peer.url) == Got(kind="disconnected")
    assert len(peer.requests) == 1


async def test_a_connection_closed_meanwhile_is_not_used(own: Upstream, peer: Peer) -> None:
    peer.plays((HELLO, "close"), (HELLO,))
    await ask(own, peer.url)
    phases = Phases()
    assert (await ask(own, peer.url, phases=phases)).body == b"hello"
    assert len(peer.requests) == 2
    assert (phases.reused, phases.retried_stale) == (False, False)


async def test_many_at_once(client: Upstream, peer: Peer) -> None:
    peer.plays((HELLO,))
    for _ in range(2):
        got = await asyncio.gather(*(ask(client, peer.url) for _ in range(20)))
        assert {one.body for one in got} == {b"hello"}
    assert peer.connections <= 20


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\n\r\nhel"])
async def test_whoever_leaves_closes_the_connection(
    client: Upstream, peer: Peer, head: bytes
) -> None:
    """Before the head and within the body: the provider is told by the end of the connection."""
    peer.plays((head, "wait"))
    reading = asyncio.ensure_future(ask(client, peer.url))
    await until(lambda: peer.requests)
    for _ in range(5):
        await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait({reading})
    await asyncio.wait_for(peer.left.wait(), LONG)
    assert reading.cancelled()


async def test_an_exchange_that_is_closed_early(client: Upstream, peer: Peer) -> None:
    peer.plays((b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhel", "wait"))
    exchange = await client.open(outgoing(peer.url), Phases())
    await exchange.close()
    await asyncio.wait_for(peer.left.wait(), LONG)


async def test_closing_the_client_ends_what_runs(own: Upstream, peer: Peer) -> None:
    peer.plays(("wait",))
    reading = asyncio.ensure_future(ask(own, peer.url))
    await until(lambda: peer.requests)
    await own.close()
    assert await reading == Got(kind="disconnected")


async def test_a_large_request(client: Upstream, peer: Peer) -> None:
    peer.plays((HELLO,))
    body = bytes(range(256)) * 16384
    assert (await ask(client, peer.url, method="POST", body=body)).body == b"hello"
    assert peer.requests[0].partition(b"\r\n\r\n")[2] == body


async def test_a_reply_before_the_request_is_whole(client: Upstream, peer: Peer) -> None:
    """It is what there is to tell; what was not read must not become the next request."""
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig"
    peer.plays((refusal, "wait"), deaf=True)
    got = await ask(client, peer.url, method="POST", body=b"x" * 16_000_000)
    assert (got.status, got.body, got.kind) == (413, b"big", None)
    peer.plays((HELLO,))
    assert (await ask(client, peer.url)).body == b"hello"
    assert peer.connections == 1


async def test_a_reply_that_nobody_reads_stays_at_the_server(client: Upstream, peer: Peer) -> None:
    pieces = 512
    peer.plays(
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (pieces * 65536),
            *(bytes(65536) for _ in range(pieces)),
        )
    )
    exchange = await client.open(outgoing(peer.url), Phases())
    before = -1
    while peer.written > before:
        before = peer.written
        for _ in range(50):
            await asyncio.sleep(0)
    assert peer.written < pieces * 65536 * 0.75
    assert sum([len(piece) async for piece in exchange.chunks()]) == pieces * 65536
    await exchange.close()
    assert (await ask(client, peer.url)).status == 200
