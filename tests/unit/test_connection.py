"""A caller's connection under uvicorn's server: what is read, what is written, and when it ends."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Generator
from typing import Any, cast

import pytest
import uvicorn

from filon.server.connection import Connection
from filon.server.door import HIGH_WATER, Door
from filon.server.security import FOR_ALL
from tests.waiting import LONG, until

HEAD = "POST {} HTTP/1.1\r\nHost: here\r\nContent-Length: {}\r\n{}\r\n"

CHUNKED = b"POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"


def asked(path: str, body: str = "", more: str = "") -> bytes:
    return (HEAD.format(path, len(body), more) + body).encode()


class Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


class Serving:
    """A server whose doors are served by the method that their path names."""

    def __init__(self, keep: int = 60) -> None:
        config = uvicorn.Config(
            self,
            port=0,
            http=Connection,
            ws="none",
            interface="asgi3",
            lifespan="off",
            log_config=None,
            headers=list(FOR_ALL),
            server_header=False,
            timeout_keep_alive=keep,
            timeout_graceful_shutdown=1,
        )
        self.server = Server(config)
        self.writers: list[asyncio.StreamWriter] = []
        self.doors: list[Door] = []
        self.heard: list[bytes] = []
        self.asked = asyncio.Event()
        self.stuck = asyncio.Event()
        self.go = asyncio.Event()
        self.left = asyncio.Event()

    def __call__(self, door: Door) -> Awaitable[None] | None:
        self.doors.append(door)
        self.asked.set()
        return getattr(self, door.path.removeprefix("/"))(door)

    @property
    def port(self) -> int:
        return self.server.servers[0].sockets[0].getsockname()[1]

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        return reader, writer

    def at_once(self, door: Door) -> None:
        door.reply(200, b"{}")

    async def echo(self, door: Door) -> None:
        body = door.arrived()
        if body is None:
            body, more = b"", True
            while more:
                message = await door.receive()
                body, more = body + message["body"], message["more_body"]
        self.heard.append(body)
        door.reply(200, b"%d" % len(body))

    async def waits(self, door: Door) -> None:
        door.when_left(self.left.set)
        await self.go.wait()
        door.reply(200, b"[]")

    async def streams(self, door: Door) -> None:
        door.stream(b"content-type: text/plain\r\n")
        for part in (b"one", b"", b"two"):
            door.write(part)
        door.end()

    async def floods(self, door: Door) -> None:
        door.stream(b"")
        while not door.gone:
            door.write(b"x" * HIGH_WATER)
            if door.line.full:
                self.stuck.set()
                await door.drain()
        self.left.set()

    async def faulty(self, door: Door) -> None:
        raise ZeroDivisionError

    async def breaks(self, door: Door) -> None:
        door.stream(b"")
        door.write(b"some")
        raise ZeroDivisionError

    async def split(self, door: Door) -> None:
        door.begin(200, ((b"x-told", b"a\r\nset-cookie: b=c"), (b"content-length", b"0")))
        door.end()

    async def asgi(self, door: Door) -> None:
        await door.send({"type": "http.response.start", "status": 204, "headers": []})
        await door.send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def serving() -> AsyncGenerator[Serving]:
    async with running(Serving()) as one:
        yield one


@contextlib.asynccontextmanager
async def running(one: Serving) -> AsyncGenerator[Serving]:
    task = asyncio.ensure_future(one.server.serve())
    await until(lambda: one.server.started)
    yield one
    for writer in one.writers:
        writer.close()
    one.go.set()
    one.server.should_exit = True
    async with asyncio.timeout(LONG):
        await task
        # The faults are the tests' own: nobody need be told that they were not looked at.
        tasks = [door.task for door in one.doors if door.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)


async def reply(reader: asyncio.StreamReader) -> tuple[dict[str, str], bytes]:
    """The next reply's head, with the status under no name, and its body."""
    async with asyncio.timeout(LONG):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.strip().split("\r\n")
        pairs = [line.split(": ", 1) for line in lines]
        told = {"": status.split(" ")[1], **dict(pairs)}
        assert len(told) == len(lines) + 1
        if "transfer-encoding" not in told:
            return told, await reader.readexactly(int(told.get("content-length", "0")))
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
        await reader.readexactly(2)
        return told, body


async def is_over(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(LONG):
        return await reader.read() == b""


async def ask(serving: Serving, data: bytes) -> tuple[dict[str, str], bytes]:
    reader, writer = await serving.open()
    writer.write(data)
    return await reply(reader)


async def test_every_reply_says_what_all_say(serving: Serving) -> None:
    head, body = await ask(serving, asked("/at_once"))
    assert (head[""], body) == ("200", b"{}")
    assert head["date"].endswith("GMT")
    assert {name: head[name] for name, _ in FOR_ALL} == dict(FOR_ALL)


async def test_a_connection_serves_one_request_after_another(serving: Serving) -> None:
    reader, writer = await serving.open()
    for number in range(3):
        writer.write(asked("/echo", "x" * number))
        assert (await reply(reader))[1] == b"%d" % number
    assert len({id(door.task) for door in serving.doors}) == 3


@pytest.mark.parametrize("more", ["Connection: close\r\n", ""])
async def test_the_last_request_ends_the_connection(serving: Serving, more: str) -> None:
    reader, writer = await serving.open()
    data = asked("/at_once", more=more)
    writer.write(data if more else data.replace(b"HTTP/1.1", b"HTTP/1.0"))
    head, _ = await reply(reader)
    assert head["connection"] == "close"
    assert await is_over(reader)


async def test_requests_that_come_too_early_are_answered_in_order(serving: Serving) -> None:
    reader, writer = await serving.open()
    writer.write(asked("/waits") + asked("/echo", "abc") + asked("/at_once"))
    async with asyncio.timeout(LONG):
        await serving.asked.wait()
    await asyncio.sleep(0.05)
    assert [door.path for door in serving.doors] == ["/waits"]
    serving.go.set()
    assert [(await reply(reader))[1] for _ in range(3)] == [b"[]", b"3", b"{}"]


async def test_a_body_in_pieces_is_whole(serving: Serving) -> None:
    reader, writer = await serving.open()
    size = 10 * HIGH_WATER
    head, body = asked("/echo", "y" * size).split(b"\r\n\r\n")
    writer.write(head + b"\r\n\r\n" + body[:5])
    await asyncio.sleep(0.05)
    writer.write(body[5:])
    assert (await reply(reader))[1] == b"%d" % size
    writer.write(
        b"POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"
    )
    await asyncio.sleep(0.05)
    writer.write(b"2\r\nde\r\n0\r\n\r\n")
    assert (await reply(reader))[1] == b"5"
    assert serving.heard == [body, b"abcde"]


async def test_a_caller_that_waits_to_be_told_is_told(serving: Serving) -> None:
    reader, writer = await serving.open()
    head, _, body = asked("/echo", "abc", "Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    writer.write(head + b"\r\n\r\n")
    assert (await reply(reader))[0] == {"": "100"}
    writer.write(body)
    assert (await reply(reader))[1] == b"3"


async def test_who_leaves_is_noticed_at_once(serving: Serving) -> None:
    _, writer = await serving.open()
    writer.write(asked("/waits"))
    async with asyncio.timeout(LONG):
        await serving.asked.wait()
    writer.close()
    async with asyncio.timeout(LONG):
        await serving.left.wait()
    assert serving.doors[0].gone


async def test_a_stream_goes_in_chunks(serving: Serving) -> None:
    head, body = await ask(serving, asked("/streams"))
    assert (head["transfer-encoding"], body) == ("chunked", b"onetwo")


async def test_who_does_not_read_is_waited_for(serving: Serving) -> None:
    _, writer = await serving.open()
    writer.write(asked("/floods"))
    async with asyncio.timeout(LONG):
        await serving.stuck.wait()
    await asyncio.sleep(0.05)
    assert not serving.doors[0].gone
    writer.transport.abort()
    async with asyncio.timeout(LONG):
        await serving.left.wait()


@pytest.mark.parametrize("path", ["/faulty", "/split"])
async def test_a_fault_before_the_reply_is_told(serving: Serving, path: str) -> None:
    reader, writer = await serving.open()
    writer.write(asked(path))
    head, body = await reply(reader)
    assert (head[""], head["connection"]) == ("500", "close")
    assert (body, "set-cookie" in head) == (b"Internal Server Error", False)
    assert await is_over(reader)


async def test_a_fault_within_the_reply_leaves_it_without_an_end(serving: Serving) -> None:
    reader, writer = await serving.open()
    writer.write(asked("/breaks"))
    async with asyncio.timeout(LONG):
        assert (await reader.read()).endswith(b"4\r\nsome\r\n")


async def test_what_has_no_body_has_none(serving: Serving) -> None:
    reader, writer = await serving.open()
    writer.write(b"HEAD /at_once HTTP/1.1\r\nHost: here\r\n\r\n" + asked("/asgi") + asked("/echo"))
    async with asyncio.timeout(LONG):
        head = await reader.readuntil(b"\r\n\r\n")
    assert b"content-length: 2" in head
    assert (await reply(reader))[0][""] == "204"
    assert (await reply(reader))[1] == b"0"


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET /at_once HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        CHUNKED.replace(b"Host: here", b"Content-Length: 3"),
        b"GET /at_once HTTP/1.1\r\nHost : a\r\n\r\n",
        b"GET /at_once HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        b"GET http:// HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_refused(serving: Serving, data: bytes) -> None:
    reader, writer = await serving.open()
    writer.write(data)
    async with asyncio.timeout(LONG):
        came = await reader.read()
    assert came.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"nosniff" in came


async def test_one_that_wants_another_protocol_is_answered_in_http(serving: Serving) -> None:
    more = "Connection: Upgrade\r\nUpgrade: websocket\r\n"
    head, _ = await ask(serving, asked("/at_once", more=more))
    assert head[""] == "200"


async def test_what_nobody_uses_is_closed() -> None:
    async with running(Serving(keep=1)) as serving:
        loop = asyncio.get_running_loop()
        reader, writer = await serving.open()
        began = loop.time()
        for _ in range(3):
            writer.write(asked("/at_once"))
            await reply(reader)
            await asyncio.sleep(0.4)
        # The timer of the first is over by now; the last one counts.
        assert await is_over(reader)
        assert loop.time() - began > 1.7


async def test_the_end_waits_for_what_is_asked(serving: Serving) -> None:
    idle, _ = await serving.open()
    reader, writer = await serving.open()
    writer.write(asked("/waits"))
    async with asyncio.timeout(LONG):
        await serving.asked.wait()
    serving.server.should_exit = True
    assert await is_over(idle)
    serving.go.set()
    head, body = await reply(reader)
    assert (head["connection"], body) == ("close", b"[]")
    assert await is_over(reader)


async def test_a_reply_leaves_in_one_write(
    serving: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[bytes] = []
    made = Connection.connection_made

    def watched(self: Connection, transport: Any) -> None:
        made(self, cast("Any", Watched(transport, writes)))

    monkeypatch.setattr(Connection, "connection_made", watched)
    await ask(serving, asked("/at_once"))
    await ask(serving, asked("/streams"))
    whole, first, *rest = writes
    assert whole.startswith(b"HTTP/1.1 200 OK\r\n")
    assert whole.endswith(b"\r\n\r\n{}")
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert first.endswith(b"\r\n\r\n3\r\none\r\n")
    assert rest == [b"3\r\ntwo\r\n", b"0\r\n\r\n"]


class Watched:
    """A transport that notes what is written."""

    def __init__(self, transport: Any, writes: list[bytes]) -> None:
        self._transport = transport
        self._writes = writes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        self._writes.append(data)
        self._transport.write(data)


async def test_a_head_without_an_end_is_refused(serving: Serving) -> None:
    begun = b"POST /echo HTTP/1.1\r\nHost: here\r\n"
    told, _ = await ask(
        serving, begun + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 900) for n in range(160))
    )
    assert told[""].startswith("431"), told


async def test_what_stands_behind_the_chunks_is_no_header(serving: Serving) -> None:
    _, body = await ask(serving, CHUNKED + b"2\r\nhi\r\n0\r\nX-Late: yes\r\n\r\n")
    assert body == b"2"
    assert serving.doors[0].header(b"x-late") is None
    assert b"x-late" not in dict(serving.doors[0].headers)


async def test_requests_are_the_same_however_they_are_cut(serving: Serving) -> None:
    bodies = ["abc", "", "de"]
    data = b"".join(asked("/echo", body) for body in bodies) + CHUNKED + b"1\r\nf\r\n0\r\n\r\n"
    data += asked("/echo", "ghi")
    for cut in range(1, len(data), 7):
        reader, writer = await serving.open()
        writer.write(data[:cut])
        await asyncio.sleep(0.002)
        writer.write(data[cut:])
        answers = [(await reply(reader))[1] for _ in range(5)]
        assert answers == [b"3", b"0", b"2", b"1", b"3"], cut
        assert serving.heard[-5:] == [b"abc", b"", b"de", b"f", b"ghi"]
        writer.close()
