"""What both HTTP clients make of what servers do: the same, but for differences that are named."""

import asyncio
import gzip
import zlib
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from filon.kit import clock
from filon.kit.http import Phases, Upstream
from tests.journeys.http.aiohttp_upstream import AiohttpUpstream
from tests.journeys.http.peer import (
    HELLO,
    Got,
    Peer,
    Script,
    apart,
    ask,
    outgoing,
)
from tests.journeys.http.pouring import Sink, never
from tests.journeys.site import until


class Case(Struct, frozen=True, kw_only=True):
    """Bytes, how they end, and what must be made of them. `aiohttp` is its own result, and
    `because` says why it differs."""

    data: bytes
    got: Got
    end: tuple[Any, ...] = ()
    method: str = "GET"
    aiohttp: Got | None = None
    because: str = ""


def good(body: bytes, *headers: tuple[str, str], status: int = 200) -> Got:
    return Got(status=status, headers=headers, body=body)


LENGTH_5 = ("Content-Length", "5")
CHUNKED = ("Transfer-Encoding", "chunked")

GOOD: dict[str, Case] = {
    "a length": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", got=good(b"hello", LENGTH_5)
    ),
    "no body": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", got=good(b"", ("Content-Length", "0"))
    ),
    "chunks": Case(
        data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nhel\r\n0002\r\nlo\r\n0\r\n\r\n",
        got=good(b"hello", CHUNKED),
    ),
    "chunks with extensions and trailers": Case(
        data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        b'5;a=b;c="d"\r\nhello\r\n0;e\r\nX-Sum: 1\r\n\r\n',
        got=good(b"hello", CHUNKED),
    ),
    "chunks with sizes in capitals, and blanks after them": Case(
        data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA  \r\n0123456789\r\n0\r\n\r\n",
        got=good(b"0123456789", ("Transfer-Encoding", "Chunked")),
    ),
    "a body until the end": Case(
        data=b"HTTP/1.1 200 OK\r\nX-A: b\r\n\r\nhello",
        end=("close",),
        got=good(b"hello", ("X-A", "b")),
    ),
    "nothing until the end": Case(data=b"HTTP/1.1 200 OK\r\n\r\n", end=("close",), got=good(b"")),
    "HTTP/1.0 until the end": Case(
        data=b"HTTP/1.0 200 OK\r\n\r\nhello", end=("close",), got=good(b"hello")
    ),
    "HTTP/1.0 with a length": Case(
        data=b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", got=good(b"hello", LENGTH_5)
    ),
    "204": Case(data=b"HTTP/1.1 204 No Content\r\n\r\n", got=good(b"", status=204)),
    "304 with a length": Case(
        data=b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        got=good(b"", LENGTH_5, status=304),
    ),
    "HEAD with a length": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", method="HEAD", got=good(b"", LENGTH_5)
    ),
    "HEAD with chunks": Case(
        data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        method="HEAD",
        got=good(b"", CHUNKED),
    ),
    "100 before it": Case(
        data=b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        got=good(b"hello", LENGTH_5),
    ),
    "103 with headers before it": Case(
        data=b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nContent-Encoding: br\r\n\r\n"
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        got=good(b"hello", LENGTH_5),
    ),
    "no words after the status": Case(
        data=b"HTTP/1.1 429\r\nContent-Length: 5\r\n\r\nhello",
        got=good(b"hello", LENGTH_5, status=429),
    ),
    "line feeds alone": Case(
        data=b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", got=good(b"hello", LENGTH_5)
    ),
    "blanks, letters of latin-1 and repeated headers": Case(
        data=b"HTTP/1.1 200 OK\r\nX-A:\t b c \t\r\nx-a: \xe9\r\nX-Empty:\r\nContent-Length: 5\r\n"
        b"\r\nhello",
        got=good(b"hello", ("X-A", "b c"), ("x-a", "\xe9"), ("X-Empty", ""), LENGTH_5),
    ),
    "an offer of another protocol": Case(
        data=b"HTTP/1.1 200 OK\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 5\r\n\r\n"
        b"hello",
        got=good(b"hello", ("Upgrade", "h2c"), ("Connection", "Upgrade"), LENGTH_5),
    ),
    "gzip unasked": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 25\r\n\r\n"
        + gzip.compress(b"hello", mtime=0),
        got=good(b"hello", ("Content-Encoding", "gzip"), ("Content-Length", "25")),
    ),
    "deflate unasked": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 13\r\n\r\n"
        + zlib.compress(b"hello"),
        got=good(b"hello", ("Content-Encoding", "deflate"), ("Content-Length", "13")),
    ),
}

CLOSED = Got(kind="disconnected")
NO_HTTP = Got(kind="broken_reply")


def cut(body: bytes, *headers: tuple[str, str], kind: str = "payload") -> Got:
    return Got(status=200, headers=headers, body=body, kind=kind)


LOSES = "of bytes that arrive together and break somewhere, it tells the break alone"

BAD: dict[str, Case] = {
    "closed at once": Case(data=b"", end=("close",), got=CLOSED),
    "reset at once": Case(data=b"", end=("reset",), got=CLOSED),
    "closed within the head": Case(data=b"HTTP/1.1 200 OK\r\nX-A", end=("close",), got=CLOSED),
    "closed after 100": Case(data=b"HTTP/1.1 100 Continue\r\n\r\n", end=("close",), got=CLOSED),
    "another protocol": Case(data=b"SSH-2.0-OpenSSH_9.6\r\n", end=("wait",), got=NO_HTTP),
    "an alert of TLS": Case(data=b"\x15\x03\x01\x00\x02\x02\x46", end=("close",), got=NO_HTTP),
    "a page without a head": Case(data=b"<html><body>no</body></html>", end=("wait",), got=NO_HTTP),
    "a status that is none": Case(data=b"HTTP/1.1 2x0 OK\r\n\r\n", end=("wait",), got=NO_HTTP),
    "a header without a name": Case(
        data=b"HTTP/1.1 200 OK\r\n: b\r\n\r\n", end=("wait",), got=NO_HTTP
    ),
    "two lengths": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        end=("wait",),
        got=NO_HTTP,
    ),
    "a length, and chunks": Case(
        data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
        b"5\r\nhello\r\n0\r\n\r\n",
        end=("wait",),
        got=NO_HTTP,
    ),
    "a head that is too long": Case(
        data=b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 100_000 + b"\r\n\r\n", end=("wait",), got=NO_HTTP
    ),
    "a head without an end": Case(
        data=b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 40_000, end=("wait",), got=NO_HTTP
    ),
    "101": Case(
        data=b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\nhello",
        end=("wait",),
        got=NO_HTTP,
        aiohttp=good(b"", ("Upgrade", "x"), ("Connection", "Upgrade"), status=101),
        because="it takes it for a reply, which the pipeline then calls refused",
    ),
    "a body that is cut": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        end=("close",),
        got=cut(b"hel", LENGTH_5),
    ),
    "a body that is reset": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
        end=("pause", "reset"),
        got=cut(b"hel", LENGTH_5),
    ),
    "a chunk that is cut": Case(
        data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        end=("close",),
        got=cut(b"hel", CHUNKED),
    ),
    "chunks without their end": Case(
        data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        end=("close",),
        got=cut(b"hello", CHUNKED),
    ),
    "a body until a reset": Case(
        data=b"HTTP/1.1 200 OK\r\n\r\nhel",
        end=("pause", "reset"),
        got=cut(b"hel"),
        aiohttp=good(b"hel"),
        because="any end is one to it, although a reset says that bytes were lost",
    ),
    "a chunk without a size": Case(
        data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\nlo\r\n",
        end=("wait",),
        got=cut(b"hel", CHUNKED, kind="broken_reply"),
        aiohttp=NO_HTTP,
        because=LOSES,
    ),
    "trailers without an end": Case(
        data=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
        + b"X-A: b\r\n" * 40_000,
        end=("wait",),
        got=cut(b"hello", CHUNKED, kind="broken_reply"),
        aiohttp=NO_HTTP,
        because=LOSES,
    ),
    "an unknown compression": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello",
        got=cut(b"", ("Content-Encoding", "br"), LENGTH_5, kind="compressed"),
    ),
    "gzip that is none": Case(
        data=b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        got=cut(b"", ("Content-Encoding", "gzip"), LENGTH_5, kind="compressed"),
    ),
}


def script(case: Case) -> Script:
    return (case.data, *case.end) if case.data else case.end


@pytest.mark.parametrize("name", [*GOOD, *BAD])
async def test_the_same_is_made_of_it(client: Upstream, peer: Peer, name: str) -> None:
    case = {**GOOD, **BAD}[name]
    peer.plays(script(case))
    got = await ask(client, peer.url, method=case.method)
    if case.aiohttp is not None and isinstance(client, AiohttpUpstream):
        assert got == case.aiohttp, case.because
    else:
        assert got == case.got


@pytest.mark.parametrize("name", GOOD)
async def test_a_reply_is_the_same_wherever_it_is_cut(own: Upstream, peer: Peer, name: str) -> None:
    case = GOOD[name]
    for place in range(1, len(case.data)):
        peer.plays((*apart(case.data, place), *case.end))
        assert await ask(own, peer.url, method=case.method) == case.got, place


@pytest.mark.parametrize("name", GOOD)
async def test_a_reply_may_come_byte_by_byte(client: Upstream, peer: Peer, name: str) -> None:
    case = GOOD[name]
    peer.plays((*apart(case.data, *range(1, len(case.data))), *case.end))
    assert await ask(client, peer.url, method=case.method) == case.got


async def test_a_failure_gives_what_came_before_it(own: Upstream, peer: Peer) -> None:
    for case in BAD.values():
        for place in (len(case.data) - 2, len(case.data) - 1):
            peer.plays((*apart(case.data, max(0, place)), *case.end))
            got = await ask(own, peer.url)
            assert (got.status, got.body, got.kind) == (
                case.got.status,
                case.got.body,
                case.got.kind,
            )


async def test_pieces_are_given_as_they_arrived(own: Upstream, peer: Peer) -> None:
    """Chunks that came together are one piece; what came apart stays apart, however late it is
    read."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    arrivals = (b"1\r\na\r\n1\r\nb\r\n", b"1\r\nc\r\n", b"2\r\nde\r\n0\r\n\r\n")
    peer.plays((head, *(step for data in arrivals for step in ("pause", data))))
    exchange = await own.open(outgoing(peer.url), Phases())
    await until(lambda: peer.written == len(head) + sum(map(len, arrivals)))
    assert [piece async for piece in exchange.chunks()] == [b"ab", b"c", b"de"]
    await exchange.close()


async def test_a_body_is_poured_as_it_arrives(own: Upstream, peer: Peer) -> None:
    """Without waking who waits for it; what it is poured into may say that it has enough."""
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    parts = [b"%d" % number for number in range(9)]
    arrivals = [b"1\r\n%b\r\n" % part for part in parts]
    peer.plays((head, *(step for data in arrivals for step in (data, "pause")), b"0\r\n\r\n"))
    exchange = await own.open(outgoing(peer.url), Phases())
    sink = Sink(at_once=4)
    for taken in (4, 8):
        await exchange.pour(sink.take, never)
        assert b"".join(sink.came).startswith(b"".join(parts)[:taken])
    await exchange.pour(sink.take, never)
    assert b"".join(sink.came) == b"".join(parts)
    assert exchange.over
    await exchange.pour(sink.take, never)
    await exchange.close()


async def test_who_pours_waits_no_longer_than_is_said_then(own: Upstream, peer: Peer) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n"
    peer.plays((head, "pause", b"ab", "wait"))
    exchange = await own.open(outgoing(peer.url), Phases())
    sink = Sink(at_once=100)
    asked: list[float] = []
    with pytest.raises(TimeoutError):
        await exchange.pour(sink.take, Patient(asked, 4).until)
    # Each ring asked again, and only the last found that it was time.
    assert len(asked) >= 4
    assert b"".join(sink.came) == b"ab"
    # It can be poured on after that, and the end is told.
    with pytest.raises(TimeoutError):
        await exchange.pour(sink.take, clock.monotonic)
    await exchange.close()
    await until(peer.left.is_set)


class Patient:
    """Moves the end of a wait so many times."""

    def __init__(self, asked: list[float], times: int) -> None:
        self._asked = asked
        self._times = times

    def until(self) -> float:
        later = 0.02 if len(self._asked) < self._times else 0.0
        self._asked.append(clock.monotonic() + later)
        return self._asked[-1]


@pytest.mark.parametrize("parts", [(b"a", b"bc"), (b"abc",)], ids=["amid", "at the end"])
async def test_a_fault_of_who_takes_is_no_fault_of_the_server(
    own: Upstream, peer: Peer, parts: tuple[bytes, ...]
) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n"
    peer.plays((head, *(step for part in parts for step in ("pause", part))), (HELLO,))
    exchange = await own.open(outgoing(peer.url), Phases())
    loop = asyncio.get_running_loop()
    told: list[Any] = []
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    try:
        with pytest.raises(ZeroDivisionError) as raised:
            await exchange.pour(lambda part: bool(len(part) // 0), never)
    finally:
        loop.set_exception_handler(before)
    # The loop writes it down, and has ended the connection.
    assert told == [raised.value]
    await exchange.close()
    assert (await ask(own, peer.url)).body == b"hello"
    assert peer.connections == 2


HEADERS = st.lists(
    st.tuples(
        st.from_regex(r"X-[A-Za-z0-9-]{1,8}", fullmatch=True),
        st.text(
            st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"),
            max_size=9,
        ),
    ),
    max_size=4,
)
BODIES = st.lists(st.binary(min_size=1, max_size=40), max_size=4)
FRAMINGS = st.sampled_from(["length", "chunks", "end"])
STATUSES = st.integers(200, 599).filter(lambda status: status not in (204, 304))


def rendered(
    status: int, headers: list[tuple[str, str]], body: list[bytes], framing: str
) -> tuple[bytes, Got]:
    """A well-formed reply, and what it says."""
    whole = b"".join(body)
    added = {
        "length": (("Content-Length", str(len(whole))),),
        "chunks": (("Transfer-Encoding", "chunked"),),
        "end": (("Connection", "close"),),
    }
    sent = (*headers, *added[framing])
    lines = [f"HTTP/1.1 {status} Odd", *(f"{name}: {value}" for name, value in sent), "", ""]
    if framing == "chunks":
        whole = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in body) + b"0\r\n\r\n"
    data = "\r\n".join(lines).encode("latin-1") + whole
    return data, Got(status=status, headers=sent, body=b"".join(body))


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    reply=st.builds(rendered, STATUSES, HEADERS, BODIES, FRAMINGS),
    places=st.sets(st.integers(0, 400), max_size=5),
)
async def test_a_random_reply_cut_anywhere(
    client: Upstream, peer: Peer, reply: tuple[bytes, Got], places: set[int]
) -> None:
    data, said = reply
    end: Script = ("close",) if ("Connection", "close") in said.headers else ()
    peer.plays((*apart(data, *sorted(place for place in places if place < len(data))), *end))
    assert await ask(client, peer.url) == said
