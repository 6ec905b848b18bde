"""Our HTTP client by way of a proxy: what goes out, what is kept, and whose failure is whose."""

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import pytest

from filon.kit.http import HttpFailure, Phases, Upstream
from filon.kit.http.proxies import Direct, Proxies, direct_of, proxy_of
from filon.kit.http.upstream import Http1Upstream
from tests.journeys.http.peer import CERTIFICATES, HELLO, Got, Peer, Script, apart, ask, outgoing
from tests.journeys.http.proxying import MADE, WHO, SmallProxy
from tests.journeys.http.test_http_reaching import answering, serving, unheard
from tests.waiting import until, with_patience

# No name server knows it; only the proxy leads there.
FAR = "other.example"
SECRET = "canary%3APASSWORD"
BASIC = "Basic " + b64encode(b"me:canary:PASSWORD").decode()
KEY = (("Authorization", "Bearer sk-canary"),)


def trusted() -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(CERTIFICATES / "other-name.pem"))
    context.load_verify_locations(cafile=str(CERTIFICATES / "good.pem"))
    return context


@pytest.fixture(scope="module")
async def far() -> AsyncIterator[Peer]:
    """A server that only the proxy knows the way to, over TLS."""
    async with Peer().listening(serving("other-name.pem")) as peer:
        yield peer


@pytest.fixture(scope="module")
async def proxy() -> AsyncIterator[SmallProxy]:
    async with SmallProxy().listening() as proxy:
        yield proxy


@asynccontextmanager
async def via(url: str, direct: Direct | None = None) -> AsyncGenerator[Upstream]:
    """A client with this proxy for everything."""
    one = proxy_of(url)
    proxies = Proxies(http=one, https=one, direct=direct or Direct())
    upstream = Http1Upstream(trusted(), proxies)
    yield upstream
    await upstream.close()


def place(proxy: SmallProxy, user: str = "", scheme: str = "http") -> str:
    return f"{scheme}://{user}127.0.0.1:{proxy.port}"


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_tunnel_is_made_once_and_kept(far: Peer, scheme: str) -> None:
    """To the proxy goes where to, and nothing else; TLS is with the server itself. The proxy may
    speak TLS as well."""
    context = serving("good.pem") if scheme == "https" else None
    async with SmallProxy().listening(context) as proxy, via(place(proxy, "", scheme)) as client:
        far.plays((HELLO,))
        proxy.passes(far.port)
        url = f"https://{FAR}/v1?a=b"
        first, second = Phases(), Phases()
        assert (await ask(client, url, headers=KEY, phases=first)).body == b"hello"
        body = b"x" * 300_000
        got = await ask(client, url, method="POST", body=body, phases=second)
        assert (got.status, got.body) == (200, b"hello")
        target = f"{FAR}:443"
        assert proxy.heads == [f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode()]
        assert (
            far.requests[0]
            == (
                f"GET /v1?a=b HTTP/1.1\r\nHost: {FAR}\r\nAuthorization: Bearer sk-canary\r\n\r\n"
            ).encode()
        )
        assert far.requests[1].endswith(body)
        assert (first.reused, second.reused) == (False, True)
        assert first.through == second.through == place(proxy, "", scheme)
        assert (first.dns, second.proxy) == (None, None)
        assert None not in (first.connect, first.proxy, first.tls)


async def test_without_tls_the_proxy_reads_the_request(peer: Peer, proxy: SmallProxy) -> None:
    """Names of several servers share a connection to it."""
    async with via(place(proxy)) as client:
        peer.plays((HELLO,))
        proxy.passes(peer.port)
        phases = Phases()
        first = f"http://{FAR}:8080/a?b=c"
        assert (await ask(client, first, headers=KEY, phases=phases)).body == b"hello"
        got = await ask(client, "http://another.example/x", method="POST", body=b"{}")
        assert (got.status, got.body) == (200, b"hello")
        assert [head.partition(b"\r\n")[0] for head in proxy.heads] == [
            b"GET http://other.example:8080/a?b=c HTTP/1.1",
            b"POST http://another.example/x HTTP/1.1",
        ]
        assert b"\r\nHost: other.example:8080\r\n" in proxy.heads[0]
        assert peer.requests[1].endswith(b"\r\n\r\n{}")
        assert proxy.connections == 1
        assert (phases.through, phases.proxy, phases.tls) == (place(proxy), None, None)


async def test_who_asks_is_told_to_the_proxy_alone(
    far: Peer, peer: Peer, proxy: SmallProxy
) -> None:
    async with via(place(proxy, f"me:{SECRET}@")) as client:
        far.plays((HELLO,))
        proxy.passes(far.port, wants=BASIC)
        assert (await ask(client, f"https://{FAR}/")).body == b"hello"
        assert BASIC.encode() not in far.requests[0]
        peer.plays((HELLO,))
        proxy.passes(peer.port, wants=BASIC)
        phases = Phases()
        assert (await ask(client, f"http://{FAR}/", phases=phases)).body == b"hello"
        assert BASIC.encode() not in peer.requests[0]
        # As it went out, for the trace; the redactor knows the name of this header.
        assert ("Proxy-Authorization", BASIC) in phases.request_headers


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("user", ["", "me:canary-WRONG@"])
async def test_a_proxy_that_wants_to_know_who_asks(
    proxy: SmallProxy, scheme: str, user: str
) -> None:
    async with via(place(proxy, user)) as client:
        proxy.passes(unheard(), wants=BASIC)
        failure = await failed(client, f"{scheme}://{FAR}/")
        assert failure.kind == "proxy_auth"
        assert "Negotiate, Basic" in failure.detail
        assert ("refuses" if user else "none is configured") in failure.detail
        assert "canary" not in failure.detail


async def failed(client: Upstream, url: str) -> HttpFailure:
    with pytest.raises(HttpFailure) as caught:
        await client.open(outgoing(url), Phases())
    return caught.value


PAGE = b"<html><body>Sign in to the network</body></html>"
GOOD: dict[str, Script] = {
    "byte by byte": apart(MADE, *range(1, len(MADE))),
    "1.0 and bare line feeds": (b"HTTP/1.0 200\n\n",),
    "an interim answer before it": (b"HTTP/1.1 100 Continue\r\n\r\n", "pause", MADE),
    "headers, and a length that means nothing": (
        b"HTTP/1.1 200 OK\r\nVia: 1.1 it\r\nContent-Length: 5\r\n\r\n",
    ),
    "another 2xx": (b"HTTP/1.1 204 No Content\r\n\r\n",),
}
BAD: dict[str, tuple[Script, str, str]] = {
    "forbidden": (
        (b"HTTP/1.1 403 Forbidden\r\n\r\n",),
        "proxy_denied",
        "answered 403 Forbidden",
    ),
    "a redirect": (
        (b"HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n",),
        "proxy_denied",
        "answered 302",
    ),
    "not reached": ((b"HTTP/1.1 502 Bad Gateway\r\n\r\n",), "proxy_failed", "502 Bad Gateway"),
    "a page with a status": (
        (b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\n\r\n" + PAGE,),
        "proxy_failed",
        "answered 503",
    ),
    "a page without": ((PAGE,), "proxy_failed", "no HTTP"),
    "another protocol": ((b"SSH-2.0-OpenSSH\r\n",), "proxy_failed", "no HTTP"),
    "no status": ((b"HTTP/1.1 fine\r\n\r\n",), "proxy_failed", "no HTTP"),
    "closed at once": (("close",), "proxy_failed", "closed the connection"),
    "closed in the middle": ((MADE[:9], "close"), "proxy_failed", "closed the connection"),
    "reset": (("reset",), "proxy_failed", "asked for a tunnel"),
    "bytes behind it": ((MADE + b"HTTP/1.1 200 OK\r\n\r\n",), "proxy_failed", "more than"),
    "no end": ((b"HTTP/1.1 200 OK\r\nx: " + b"y" * 70_000, "wait"), "proxy_failed", "end"),
    "asks who, and leaves": ((WHO, "close"), "proxy_auth", "Negotiate, Basic"),
}


@pytest.mark.parametrize("name", GOOD)
async def test_answers_that_open_a_tunnel(far: Peer, proxy: SmallProxy, name: str) -> None:
    async with via(place(proxy)) as client:
        far.plays((HELLO,))
        proxy.passes(far.port)
        proxy.plays(GOOD[name])
        assert (await ask(client, f"https://{FAR}/")).body == b"hello"


@pytest.mark.parametrize("name", BAD)
async def test_answers_that_open_none(far: Peer, proxy: SmallProxy, name: str) -> None:
    script, kind, told = BAD[name]
    async with via(place(proxy)) as client:
        proxy.passes(far.port)
        proxy.plays((*script, "wait"))
        failure = await failed(client, f"https://{FAR}/")
        assert failure.kind == kind
        assert told in failure.detail
        assert place(proxy) in failure.detail
        # Nothing of it is used again.
        await until(lambda: not proxy.standing)


async def test_what_comes_a_moment_too_early_is_no_server_s(far: Peer, proxy: SmallProxy) -> None:
    """Bytes behind the answer, in a packet of their own: before the handshake or as its answer."""
    async with via(place(proxy)) as client:
        proxy.passes(far.port)
        proxy.plays((MADE, "pause", b"HTTP/1.1 200 OK\r\n\r\n", "pause", "wait"))
        assert (await failed(client, f"https://{FAR}/")).kind in ("tls", "proxy_failed")


async def test_a_proxy_that_says_nothing(proxy: SmallProxy) -> None:
    async with via(place(proxy)) as client:
        proxy.plays(("wait",))
        tried = partial(ask_within, client)
        got = await with_patience(tried, lambda got: got.kind == "proxy_failed")
        assert got == Got(kind="proxy_failed")


async def ask_within(client: Upstream, seconds: float) -> Got:
    return await ask(client, f"https://{FAR}/", connect=seconds)


async def test_no_proxy_is_there() -> None:
    async with via(f"http://127.0.0.1:{unheard()}") as client:
        for scheme in ("http", "https"):
            failure = await failed(client, f"{scheme}://{FAR}/")
            assert failure.kind == "proxy_refused"
            assert "Connection refused" in failure.detail
    async with via("http://proxy.invalid:3128") as client:
        assert (await failed(client, f"https://{FAR}/")).kind == "proxy_unreachable"
    # A proxy that is to speak TLS and does not.
    deaf = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    async with deaf as port, via(f"https://127.0.0.1:{port}") as client:
        assert (await failed(client, f"https://{FAR}/")).kind == "proxy_unreachable"


async def test_the_server_s_failures_stay_the_server_s(far: Peer, proxy: SmallProxy) -> None:
    async with via(place(proxy)) as client:
        proxy.passes(far.port)
        far.plays((HELLO[:-1], "close"), ("close",))
        assert (await ask(client, f"https://{FAR}/")).kind == "payload"
        assert (await ask(client, f"https://{FAR}/")).kind == "disconnected"
        assert "mismatch" in (await failed(client, "https://wrong.example/")).detail
        # Statuses that only a proxy gives have another meaning behind a tunnel.
        far.plays((b"HTTP/1.1 407 Odd\r\nX-Squid-Error: ERR_X\r\nContent-Length: 0\r\n\r\n",))
        assert (await ask(client, f"https://{FAR}/")).status == 407


OWN = {
    "squid": (b"503 Service Unavailable\r\nX-Squid-Error: ERR_DNS_FAIL 0", "proxy_failed"),
    "rfc 9209": (b"502 Bad Gateway\r\nProxy-Status: it; error=connection_refused", "proxy_failed"),
    "denied": (b"403 Forbidden\r\nX-Squid-Error: ERR_ACCESS_DENIED 0", "proxy_denied"),
    "the way there": (b"404 Not Found\r\nProxy-Status: it; received-status=404", None),
    "nobody's": (b"502 Bad Gateway\r\nServer: nginx", None),
}


@pytest.mark.parametrize("name", OWN)
async def test_a_proxy_that_says_that_the_error_is_its_own(proxy: SmallProxy, name: str) -> None:
    head, kind = OWN[name]
    async with via(place(proxy)) as client:
        proxy.plays((b"HTTP/1.1 " + head + b"\r\nContent-Length: 0\r\n\r\n", "wait"))
        assert (await ask(client, f"http://{FAR}/")).kind == kind


async def test_a_kept_way_that_was_closed_meanwhile(far: Peer, proxy: SmallProxy) -> None:
    async with via(place(proxy)) as client:
        far.plays((HELLO, "close"), (HELLO,))
        proxy.passes(far.port)
        assert (await ask(client, f"https://{FAR}/")).body == b"hello"
        await until(lambda: not proxy.standing)
        phases = Phases()
        assert (await ask(client, f"https://{FAR}/", phases=phases)).body == b"hello"
        assert len(proxy.heads) == 2
        assert phases.proxy is not None


async def test_what_is_near_is_asked_without(peer: Peer, proxy: SmallProxy) -> None:
    """This machine whatever the settings say; the rest as NO_PROXY has it."""
    async with via(f"http://127.0.0.1:{unheard()}", direct_of("filon.invalid")) as client:
        peer.plays((HELLO,))
        for host in ("127.0.0.1", "localhost", "LOCALHOST"):
            phases = Phases()
            got = await ask(client, f"http://{host}:{peer.port}/", phases=phases)
            assert (got.body, phases.through) == (b"hello", None)
        assert (await failed(client, "http://filon.invalid/")).kind == "dns"


async def test_closing_the_client_ends_a_tunnel_in_the_making(proxy: SmallProxy) -> None:
    async with via(place(proxy)) as client:
        proxy.plays(("wait",))
        asking = asyncio.ensure_future(ask(client, f"https://{FAR}/"))
        await until(lambda: proxy.heads)
    assert (await asking).kind == "proxy_failed"
