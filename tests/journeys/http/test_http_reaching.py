"""How both HTTP clients reach a server, or tell why not: names, ports, TLS, addresses, headers."""

import asyncio
import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

import pytest

from filon.kit.http import HttpFailure, Phases, Upstream
from filon.kit.http.address import address_of
from filon.kit.http.connection import Connection
from filon.kit.http.dialing import first_open
from filon.kit.http.pool import Pool
from filon.practice.faults.connections import CONNECTIONS
from filon.practice.faults.fault import Fault
from filon.practice.service import Practice
from tests.journeys.http.aiohttp_upstream import AiohttpUpstream
from tests.journeys.http.peer import (
    CERTIFICATES,
    CLIENTS,
    HELLO,
    Got,
    Peer,
    ask,
    outgoing,
)


def trusting(name: str) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(CERTIFICATES / name))


def serving(name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / name)
    return context


@pytest.mark.parametrize("make", CLIENTS.values(), ids=CLIENTS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_tls(make: Callable[..., Upstream], host: str) -> None:
    upstream = make(trust=trusting("good.pem"))
    async with Peer().listening(serving("good.pem")) as peer:
        peer.plays((HELLO,), (HELLO[:-1], "close"), (HELLO,))
        first, second = Phases(), Phases()
        url = f"https://{host}:{peer.port}"
        assert (await ask(upstream, url, phases=first)).body == b"hello"
        assert (await ask(upstream, url, phases=second)).kind == "payload"
        assert (await ask(upstream, url, method="POST", body=b"x" * 500_000)).body == b"hello"
        assert (first.reused, second.reused) == (False, True)
        assert (first.dns is None) is (host == "127.0.0.1")
        # aiohttp times TCP and TLS as one.
        assert (first.tls is None) is isinstance(upstream, AiohttpUpstream)
        await upstream.close()


@pytest.mark.parametrize("make", CLIENTS.values(), ids=CLIENTS)
@pytest.mark.parametrize(
    ("certificate", "trusted", "told"),
    [
        ("other-name.pem", "other-name.pem", "mismatch"),
        ("unknown-authority.pem", "good.pem", "unable to get local issuer"),
        ("good.pem", None, "self-signed"),
    ],
)
async def test_a_certificate_that_is_refused(
    make: Callable[..., Upstream], certificate: str, trusted: str | None, told: str
) -> None:
    upstream = make(trust=trusting(trusted) if trusted else None)
    async with Peer().listening(serving(certificate)) as peer:
        peer.plays((HELLO,))
        with pytest.raises(HttpFailure) as caught:
            await upstream.open(outgoing(f"https://127.0.0.1:{peer.port}"), Phases())
        assert caught.value.kind == "tls"
        assert told in caught.value.detail
        assert peer.requests == []
        await upstream.close()


@asynccontextmanager
async def answering(data: bytes | None, host: str = "127.0.0.1") -> AsyncGenerator[int]:
    """A server that writes this as soon as anything comes and closes, or says nothing for ever;
    its port."""
    server = await asyncio.start_server(_Answering(data).serve, host, 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


class _Answering:
    def __init__(self, data: bytes | None) -> None:
        self._data = data

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1 << 16):
            if self._data is not None:
                writer.write(self._data)
                break
        writer.close()


async def test_no_tls_behind_https(client: Upstream) -> None:
    async with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert (await ask(client, f"https://127.0.0.1:{port}")).kind == "tls"
    async with answering(b"") as port:
        # aiohttp takes the end of a handshake for a server that cannot be reached.
        kind = "unreachable" if isinstance(client, AiohttpUpstream) else "tls"
        assert (await ask(client, f"https://127.0.0.1:{port}")).kind == kind


async def test_a_handshake_that_never_ends(client: Upstream) -> None:
    async with answering(None) as port:
        got = await ask(client, f"https://127.0.0.1:{port}", connect=0.05)
    assert got.kind == "connect_timeout"


def unheard() -> int:
    """A port at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def test_nobody_is_there(client: Upstream) -> None:
    assert await ask(client, "http://filon.invalid/v1") == Got(kind="dns")
    assert await ask(client, f"http://127.0.0.1:{unheard()}") == Got(kind="refused")
    # One name, two addresses, and nobody at either of them.
    assert await ask(client, f"http://localhost:{unheard()}") == Got(kind="refused")


async def test_a_name_is_looked_up(client: Upstream, peer: Peer) -> None:
    peer.plays((HELLO,))
    phases = Phases()
    exchange = await client.open(outgoing(f"http://localhost:{peer.port}"), phases)
    # Of a reply that is here as a whole, aiohttp no longer knows the connection.
    assert exchange.address == (
        None if isinstance(client, AiohttpUpstream) else f"127.0.0.1:{peer.port}"
    )
    assert phases.dns is not None
    assert phases.connect is not None
    await exchange.close()


async def test_the_next_address_is_tried() -> None:
    async with answering(HELLO, "127.0.0.2") as port:
        address = address_of(f"http://host.example:{port}")
        make = partial(Connection, address.place, pool := Pool())
        connection = await first_open(("127.0.0.1", "127.0.0.3", "127.0.0.2"), address, make)
        assert connection.address == f"127.0.0.2:{port}"
        await pool.close()
        with pytest.raises(HttpFailure, match=r"host\.example:\d+: Connection refused") as caught:
            await first_open(("127.0.0.1", "127.0.0.3"), address, make)
        assert caught.value.kind == "refused"


async def test_an_address_of_ipv6(client: Upstream) -> None:
    async with answering(HELLO[:-1], "::1") as port:
        exchange = await client.open(outgoing(f"http://[::1]:{port}/"), phases := Phases())
        assert exchange.address == f"[::1]:{port}"
        assert ("Host", f"[::1]:{port}") in phases.request_headers
        await exchange.close()


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PUT", "OPTIONS"])
@pytest.mark.parametrize("body", [b"", b"{}"])
async def test_what_goes_out_is_what_was_given_and_two_headers_more(
    client: Upstream, peer: Peer, method: str, body: bytes
) -> None:
    peer.plays((HELLO,))
    headers = (("x-Two", "a b"), ("Authorization", "Bearer k"), ("x-Two", ""), ("x-n", "\u00fc"))
    phases = Phases()
    await ask(client, f"{peer.url}/a?b=c", method=method, headers=headers, body=body, phases=phases)
    head, _, rest = peer.requests[0].partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    assert line == f"{method} /a?b=c HTTP/1.1"
    length = (("Content-Length", str(len(body))),) if body or method[0] in "PD" else ()
    sent = (("Host", peer.url.removeprefix("http://")), *headers, *length)
    assert lines == [f"{name}: {value}" for name, value in sent]
    assert phases.request_headers == sent
    assert rest == body


UNUSABLE: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "a line break in a header": ("", (("x-a", "b\r\nx-c: d"),)),
    "a line feed in a header": ("", (("x-a", "b\nc"),)),
    "a line break in a name": ("", (("x-a\r\nx-b", "c"),)),
    "no port": (":99999", ()),
}


@pytest.mark.parametrize("name", UNUSABLE)
async def test_nothing_is_sent_that_cannot_be_said(client: Upstream, peer: Peer, name: str) -> None:
    rest, headers = UNUSABLE[name]
    peer.plays((HELLO,))
    url = peer.url if not rest else f"http://127.0.0.1{rest}"
    assert await ask(client, url, headers=headers) == Got(kind="url")
    assert peer.requests == []


@pytest.fixture(scope="module")
async def places() -> AsyncIterator[dict[str, str]]:
    """Practice, by the faults of its doors and, for any other, by an empty name."""
    service = Practice()
    port = await service.start()
    yield {
        "": f"http://127.0.0.1:{port}",
        "closed": f"http://127.0.0.1:{service.doors.closed_port}",
        "tls": f"https://127.0.0.1:{service.doors.tls_port}",
    }
    await service.stop()


KINDS = {
    "closed": "refused",
    "tls": "tls",
    "reset-before-headers": "disconnected",
    "close-before-headers": "disconnected",
    "reset-after-headers": "payload",
}


@pytest.mark.parametrize("fault", CONNECTIONS, ids=lambda fault: fault.name)
async def test_every_fault_of_a_connection(
    client: Upstream, places: dict[str, str], fault: Fault
) -> None:
    place = places.get(fault.name, places[""])
    asked = ask(
        client,
        f"{place}/v1/chat/completions",
        method="POST",
        headers=(("x-practice-fault", fault.name), ("x-practice-speed", "0")),
        body=b'{"model":"echo","messages":[{"role":"user","content":"x"}]}',
    )
    if fault.name in KINDS:
        assert (await asked).kind == KINDS[fault.name]
        return
    # Nothing at all, or a byte now and then: only a time limit ends these.
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await asked
