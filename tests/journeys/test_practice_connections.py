"""How connections of the practice provider fail: every ending and every cut, on real sockets, as
plain streams and aiohttp see them."""

import asyncio
import errno
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from filon.conversation.errors import Problem
from filon.practice.clock import Clock, RealClock, VirtualClock
from filon.practice.http import Cut, Ending, Request, Response
from filon.practice.listener import Connection, Limits
from tests.waiting import LONG, until

HEADERS = (("content-type", "text/plain"),)
PIECES = (b"one ", b"two ", b"three")


class Pieces:
    """A stream of three pieces that notes that it was closed."""

    def __init__(self, cut: Cut | None) -> None:
        self.closed = 0
        self._cut = cut

    async def stream(self) -> AsyncGenerator[bytes]:
        try:
            for piece in PIECES:
                yield piece
            if self._cut is not None:
                raise self._cut
        finally:
            self.closed += 1


class Table:
    """Answers each path with its own ending."""

    def __init__(self) -> None:
        self.answering = asyncio.Event()
        self.last = Pieces(None)

    async def answer(self, request: Request) -> Response:
        self.answering.set()
        _, kind, name = request.path.split("/")
        if kind == "cut":
            self.last = Pieces(Cut(reset=name == "reset"))
            return Response(status=200, headers=HEADERS, stream=self.last.stream())
        ending: Ending = ENDINGS[name]
        if kind == "stream":
            self.last = Pieces(None)
            stream = self.last.stream()
            return Response(status=200, headers=HEADERS, stream=stream, ending=ending, drip=3.0)
        return Response(status=200, headers=HEADERS, body=b"".join(PIECES), ending=ending, drip=3.0)

    def refuse(self, problem: Problem) -> Response:
        return Response(status=problem.status, body=problem.message.encode())


ENDINGS: dict[str, Ending] = {
    "whole": "whole",
    "reset-before": "reset_before_head",
    "close-before": "close_before_head",
    "reset-after": "reset_after_head",
    "silent": "silent",
    "drip": "drip",
}


class Server:
    """A listener with the table."""

    def __init__(self, table: Table, open_connections: set[Connection], port: int) -> None:
        self.table = table
        self.open = open_connections
        self.port = port

    @property
    def busy(self) -> int:
        return sum(connection.busy for connection in self.open)

    async def stop(self) -> None:
        connections = tuple(self.open)
        for connection in connections:
            connection.close()
        for connection in connections:
            await connection.wait_closed()

    @asynccontextmanager
    async def wire(self) -> AsyncGenerator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield reader, writer
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)


@asynccontextmanager
async def serving(clock: Clock) -> AsyncGenerator[Server]:
    table, connections = Table(), set[Connection]()
    listening = await asyncio.get_running_loop().create_server(
        lambda: Connection(table, Limits(), connections, clock), "127.0.0.1", 0
    )
    server = Server(table, connections, listening.sockets[0].getsockname()[1])
    try:
        yield server
    finally:
        listening.close()
        await server.stop()


# Both loops are in use: uvicorn takes uvloop, practice alone takes asyncio's own.
@pytest.fixture(scope="module", params=[False, True], ids=["asyncio", "uvloop"])
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, bool]]:
    return "asyncio", {"use_uvloop": request.param}


@pytest.fixture
async def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def server(clock: VirtualClock) -> AsyncIterator[Server]:
    async with serving(clock) as running:
        yield running


def get(path: str, version: str = "1.1") -> bytes:
    return f"GET {path} HTTP/{version}\r\nhost: practice\r\n\r\n".encode()


async def rest(reader: asyncio.StreamReader) -> tuple[bytes, type[Exception] | None]:
    """All that still comes, and the exception with which it ends."""
    got = b""
    try:
        while data := await reader.read(65536):
            got += data
    except ConnectionError as error:
        return got, type(error)
    return got, None


def body_of(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]


def chunked(*pieces: bytes) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)


@pytest.mark.parametrize("version", ["1.1", "1.0"])
@pytest.mark.parametrize("kind", ["body", "stream"])
@pytest.mark.parametrize(
    ("name", "error"), [("reset-before", ConnectionResetError), ("close-before", None)]
)
async def test_a_connection_ends_before_its_answer(
    server: Server, version: str, kind: str, name: str, error: type[Exception] | None
) -> None:
    async with server.wire() as (reader, writer):
        writer.write(get(f"/{kind}/{name}", version))
        assert await rest(reader) == (b"", error)


# The pause before a reset is real here: what came before it is read with certainty.
@pytest.mark.parametrize("version", ["1.1", "1.0"])
@pytest.mark.parametrize("kind", ["body", "stream"])
async def test_a_connection_is_reset_after_its_head(version: str, kind: str) -> None:
    async with serving(RealClock()) as server, server.wire() as (reader, writer):
        writer.write(get(f"/{kind}/reset-after", version))
        got, error = await rest(reader)
        assert error is ConnectionResetError
        assert got.startswith(b"HTTP/1.1 200 OK\r\n")
        assert got.endswith(b"\r\n\r\n")
        assert server.table.last.closed == 0  # it never began


@pytest.mark.parametrize(
    ("name", "version", "body", "error"),
    [
        ("close", "1.1", chunked(*PIECES), None),
        ("close", "1.0", b"".join(PIECES), None),
        ("reset", "1.1", chunked(*PIECES), ConnectionResetError),
        ("reset", "1.0", b"".join(PIECES), ConnectionResetError),
    ],
)
async def test_a_stream_is_cut_behind_all_that_it_gave(
    name: str, version: str, body: bytes, error: type[Exception] | None
) -> None:
    async with serving(RealClock()) as server, server.wire() as (reader, writer):
        writer.write(get(f"/cut/{name}", version) + get("/body/whole"))
        got, ended = await rest(reader)
        assert (body_of(got), ended) == (body, error)
        assert server.table.last.closed == 1


@pytest.mark.parametrize("kind", ["body", "stream"])
async def test_an_answer_drips_byte_by_byte_and_the_connection_goes_on(
    server: Server, clock: VirtualClock, kind: str
) -> None:
    async with server.wire() as (reader, writer):
        # Requests that were sent ahead wait behind it.
        writer.write(get(f"/{kind}/drip") + get("/body/whole") + get(f"/{kind}/whole"))
        head = await reader.readuntil(b"\r\n\r\n")
        dripped = await reader.readexactly(
            len(b"".join(PIECES)) if kind == "body" else len(chunked(*PIECES) + b"0\r\n\r\n")
        )
        expected = chunked(*PIECES) + b"0\r\n\r\n" if kind == "stream" else b"".join(PIECES)
        assert dripped == expected
        assert b"connection: keep-alive" in head
        await reader.readuntil(b"\r\n\r\n")
        assert clock.monotonic() == 3.0 * len(head + dripped)
        assert await reader.readexactly(13) == b"one two three"
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200 OK")
        assert await reader.readexactly(len(expected)) == expected
        assert clock.monotonic() == 3.0 * len(head + dripped)


async def test_an_old_client_gets_its_drips_until_the_end(server: Server) -> None:
    async with server.wire() as (reader, writer):
        writer.write(get("/stream/drip", "1.0"))
        got, error = await rest(reader)
        assert (body_of(got), error) == (b"one two three", None)


async def test_silence_lasts_until_the_client_leaves(server: Server) -> None:
    async with server.wire() as (_, writer):
        writer.write(get("/stream/silent"))
        await server.table.answering.wait()
        await until_busy(server, 1)
    await until_busy(server, 0)


async def test_silence_ends_when_the_server_stops(server: Server) -> None:
    async with server.wire() as (reader, writer):
        writer.write(get("/body/silent") + get("/body/whole"))
        await server.table.answering.wait()
        await until_busy(server, 1)
        await server.stop()
        assert server.busy == 0
        assert (await rest(reader))[0] == b""


async def until_busy(server: Server, busy: int) -> None:
    await until(lambda: server.busy == busy)


async def test_a_drip_stops_when_the_client_leaves() -> None:
    async with serving(RealClock()) as server:
        async with server.wire() as (reader, writer):
            writer.write(get("/body/drip"))
            assert await reader.readexactly(1) == b"H"
            assert server.busy == 1
        await until_busy(server, 0)


# What aiohttp makes of it.


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/body/reset-before", aiohttp.ClientOSError),
        ("/stream/reset-before", aiohttp.ClientOSError),
        ("/body/close-before", aiohttp.ServerDisconnectedError),
        ("/body/reset-after", aiohttp.ClientPayloadError),
        ("/stream/reset-after", aiohttp.ClientPayloadError),
        ("/cut/close", aiohttp.ClientPayloadError),
        ("/cut/reset", aiohttp.ClientPayloadError),
        ("/body/silent", TimeoutError),
    ],
)
async def test_aiohttp_sees_each_ending(path: str, error: type[Exception]) -> None:
    timeout = aiohttp.ClientTimeout(total=0.3 if path.endswith("silent") else LONG)
    # A connection that was never used is not tried again in silence.
    async with (
        serving(RealClock()) as server,
        aiohttp.ClientSession(timeout=timeout) as session,
    ):
        seen: list[int] = []
        with pytest.raises(error) as raised:
            await fetch(session, f"http://127.0.0.1:{server.port}{path}", seen)
        assert seen == ([] if "before" in path or "silent" in path else [200])
        if path.endswith("reset-before"):
            assert isinstance(raised.value, OSError)
            assert raised.value.errno == errno.ECONNRESET


async def fetch(session: aiohttp.ClientSession, url: str, seen: list[int]) -> bytes:
    async with session.get(url) as response:
        seen.append(response.status)
        return await response.read()


async def test_aiohttp_reads_what_drips(server: Server) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            for path in ("/stream/drip", "/body/drip"):
                url = f"http://127.0.0.1:{server.port}{path}"
                async with session.get(url) as response:
                    assert await response.text() == "one two three"
