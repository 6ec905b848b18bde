"""The practice provider on the wire, byte by byte, through real sockets."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from filon.kit import clock
from filon.practice.listener import Limits
from filon.practice.service import Practice
from tests.waiting import until, with_patience

CHAT = "/v1/chat/completions"
HELLO: dict[str, Any] = {"model": "echo", "messages": [{"role": "user", "content": "Hello"}]}


class Wire:
    """A connection to the practice provider."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, *pieces: bytes, pause: float = 0.0) -> None:
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            await asyncio.sleep(pause)

    async def head(self) -> tuple[int, dict[str, str]]:
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[:-2]
        return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:])

    async def chunk(self) -> bytes:
        size = int(await self.reader.readuntil(b"\r\n"), 16)
        return (await self.reader.readexactly(size + 2))[:-2]

    async def reply(self) -> tuple[int, dict[str, str], bytes]:
        status, headers = await self.head()
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while chunk := await self.chunk():
                body += chunk
            return status, headers, body
        return status, headers, await self.reader.readexactly(int(headers["content-length"]))

    async def ended(self) -> bool:
        return await self.reader.read() == b""


class Server:
    """A running practice provider."""

    def __init__(self, practice: Practice, port: int) -> None:
        self.practice = practice
        self.port = port

    @asynccontextmanager
    async def wire(self) -> AsyncGenerator[Wire]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Wire(reader, writer)
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)


@asynccontextmanager
async def serving(**limits: Any) -> AsyncGenerator[Server]:
    practice = Practice(Limits(**limits))
    port = await practice.start()
    try:
        yield Server(practice, port)
    finally:
        await practice.stop()


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    async with serving() as running:
        yield running


def post(
    body: dict[str, Any] | bytes, *headers: str, path: str = CHAT, speed: str | None = "0"
) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"POST {path} HTTP/1.1", "host: practice", f"content-length: {len(data)}", *headers]
    if speed is not None:
        lines.append(f"x-practice-speed: {speed}")
    return "\r\n".join((*lines, "", "")).encode() + data


def get(path: str, method: str = "GET") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nhost: practice\r\n\r\n".encode()


def problem(body: bytes) -> dict[str, Any]:
    return json.loads(body)["error"]


async def test_several_requests_on_one_connection(server: Server) -> None:
    async with server.wire() as wire:
        for path in (CHAT, f"/practice{CHAT}", f"{CHAT}?a=b", f"http://practice{CHAT}"):
            await wire.send(post(HELLO, path=path))
            status, headers, body = await wire.reply()
            assert status == 200
            assert headers["content-type"] == "application/json"
            assert headers["connection"] == "keep-alive"
            assert headers["x-request-id"].startswith("req_")
            assert headers["date"].endswith("GMT")
            assert "> Hello" in json.loads(body)["choices"][0]["message"]["content"]


async def test_a_stream_is_chunked_and_ends_with_done(server: Server) -> None:
    async with server.wire() as wire:
        await wire.send(post(HELLO | {"stream": True}))
        status, headers, body = await wire.reply()
        assert status == 200
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        assert headers["cache-control"] == "no-cache"
        assert body.endswith(b"data: [DONE]\n\n")
        assert b'"usage"' not in body
        await wire.send(post(HELLO))
        assert (await wire.reply())[0] == 200


async def test_a_request_cut_into_single_bytes(server: Server) -> None:
    async with server.wire() as wire:
        await wire.send(*(bytes([byte]) for byte in post(HELLO)))
        assert (await wire.reply())[0] == 200


async def test_a_chunked_upload(server: Server) -> None:
    data = json.dumps(HELLO).encode()
    head = f"POST {CHAT} HTTP/1.1\r\nhost: p\r\ntransfer-encoding: chunked\r\nx-practice-speed: 0"
    chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (data[:7], data[7:30], data[30:])]
    async with server.wire() as wire:
        await wire.send(head.encode() + b"\r\n\r\n", *chunks, b"0\r\n\r\n", pause=0.005)
        assert (await wire.reply())[0] == 200


async def test_requests_sent_ahead_are_answered_in_order(server: Server) -> None:
    async with server.wire() as wire:
        await wire.send(post(HELLO, speed="50") + get("/v1/models") + post(HELLO | {"model": "x"}))
        assert [(await wire.reply())[0] for _ in range(3)] == [200, 200, 404]


async def test_too_many_requests_sent_ahead_end_the_connection(server: Server) -> None:
    async with server.wire() as wire:
        await wire.send(post(HELLO, speed="1") + get("/v1/models") * 20)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await wire.reply()


async def test_expect_is_answered_before_the_body(server: Server) -> None:
    whole = post(HELLO, "expect: 100-continue")
    head, blank, data = whole.partition(b"\r\n\r\n")
    async with server.wire() as wire:
        await wire.send(head + blank)
        assert await wire.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        await wire.send(data)
        assert (await wire.reply())[0] == 200
    async with server.wire() as wire:
        await wire.send(post(HELLO, "expect: a miracle"))
        assert (await wire.reply())[0] == 417


async def test_an_old_client_gets_its_stream_without_chunks(server: Server) -> None:
    old = post(HELLO | {"stream": True}).replace(b"HTTP/1.1", b"HTTP/1.0")
    async with server.wire() as wire:
        await wire.send(old)
        status, headers = await wire.head()
        assert status == 200
        assert headers["connection"] == "close"
        assert "transfer-encoding" not in headers
        assert (await wire.reader.read()).endswith(b"data: [DONE]\n\n")


async def test_a_client_that_wants_to_close_is_let_go(server: Server) -> None:
    async with server.wire() as wire:
        await wire.send(post(HELLO, "connection: close"))
        assert (await wire.reply())[1]["connection"] == "close"
        assert await wire.ended()


@pytest.mark.parametrize(
    ("request_bytes", "status", "says"),
    [
        (b"hello\r\n\r\n", 400, "no HTTP/1.1 request"),
        (b"\x16\x03\x01\x02\x00\x01\x00", 400, "no HTTP/1.1 request"),
        (b"GET / HTTP/9.9\r\n\r\n", 400, "no HTTP/1.1 request"),
        (b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n", 400, "no HTTP/1.1 request"),
        (
            b"POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
            400,
            "no HTTP/1.1 request",
        ),
        (b"GET / HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n", 400, "Upgrade"),
        (b"GET / HTTP/1.1\r\na: " + b"x" * 70_000, 431, "headers are longer than 65,536 bytes"),
        (get("/"), 404, "Nothing is at /. Use /v1/chat/completions or /v1/models."),
        (get("/v1/models/gpt"), 404, "The model `gpt` does not exist"),
        (get(CHAT), 405, "GET is not for /v1/chat/completions. Use POST."),
        (get("/v1/models", "DELETE"), 405, "Use GET or HEAD."),
        (post(b""), 400, "The body is empty."),
        (post(b"{"), 400, "not JSON: it ends too early"),
        (post(HELLO | {"model": "gpt"}), 404, "The model `gpt` does not exist"),
        (post(HELLO, speed="fast"), 400, "`x-practice-speed` is 'fast'"),
        (post(HELLO, speed="-1"), 400, "`x-practice-speed` is '-1'"),
        (post(HELLO, speed="nan"), 400, "`x-practice-speed` is 'nan'"),
        (post(HELLO | {"max_tokens": 0}), 400, "`max_tokens` must be at least 1, but it is 0"),
        (post(HELLO | {"max_tokens": True}), 400, "`max_tokens` must be a whole number"),
        (post(HELLO | {"temperature": 3}), 400, "`temperature` must be between 0 and 2"),
        (post(HELLO | {"temperature": "hot"}), 400, "`temperature` must be a number"),
        (post(HELLO | {"n": 9}), 400, "`n` must be between 1 and 8"),
        (post(HELLO | {"stop": ["a"] * 5}), 400, "`stop` must be"),
        (post(HELLO | {"stop": ""}), 400, "`stop` must be"),
        (post(HELLO | {"stream_options": {}}), 400, "only allowed together with `stream`"),
        (post(HELLO | {"stream": True, "stream_options": 1}), 400, "must be an object"),
        (
            post(HELLO | {"stream": True, "stream_options": {"include_usage": 1}}),
            400,
            "`stream_options.include_usage` must be true or false",
        ),
    ],
)
async def test_what_is_wrong_is_told_in_openais_shape(
    server: Server, request_bytes: bytes, status: int, says: str
) -> None:
    async with server.wire() as wire:
        await wire.send(request_bytes)
        told, headers, body = await wire.reply()
        assert told == status
        assert headers["content-type"] == "application/json"
        assert says in problem(body)["message"]
        assert set(problem(body)) == {"message", "type", "param", "code"}


async def test_head_and_options(server: Server) -> None:
    async with server.wire() as wire:
        await wire.send(get("/v1/models", "HEAD"))
        status, headers = await wire.head()
        assert status == 200
        assert int(headers["content-length"]) > 0
        await wire.send(get(CHAT, "OPTIONS"))
        status, headers = await wire.head()
        assert (status, headers["allow"]) == (204, "POST, OPTIONS")
        assert "content-length" not in headers
        await wire.send(get("*", "OPTIONS"))
        assert (await wire.head())[0] == 204
        await wire.send(get("/v1/models/echo"))
        assert json.loads((await wire.reply())[2])["owned_by"] == "filon-practice"


async def test_a_body_of_ten_megabytes_is_refused(server: Server) -> None:
    big = HELLO | {"messages": [{"role": "user", "content": "x" * 10_000_000}]}
    async with server.wire() as wire:
        await wire.send(post(big))
        status, headers, body = await wire.reply()
        assert status == 413
        assert headers["connection"] == "close"
        assert "longer than 8,388,608 bytes" in problem(body)["message"]
        assert await wire.ended()


async def test_an_endless_chunked_body_is_refused() -> None:
    async with serving(max_body=1000) as server, server.wire() as wire:
        await wire.send(f"POST {CHAT} HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n".encode())
        await wire.send(*[b"64\r\n" + b"x" * 100 + b"\r\n"] * 30)
        assert (await wire.reply())[0] == 413


async def test_a_client_that_keeps_sending_after_a_refusal_is_cut_off() -> None:
    async with serving(max_body=1000, linger=0.05) as server, server.wire() as wire:
        await wire.send(f"POST {CHAT} HTTP/1.1\r\ncontent-length: 9999\r\n\r\n".encode())
        assert (await wire.reply())[0] == 413
        with pytest.raises(ConnectionError):
            await wire.send(*[b"x" * 100] * 300, pause=0.01)


@pytest.mark.parametrize("begun", [b"POST /v1/chat/comp", post(HELLO)[:-5]])
async def test_a_request_that_never_ends_is_told_so(begun: bytes) -> None:
    async with serving(arrival=0.1) as server, server.wire() as wire:
        started = clock.monotonic()
        await wire.send(begun)
        status, _, body = await wire.reply()
        assert status == 408
        assert "did not arrive within 0.1 s" in problem(body)["message"]
        assert clock.monotonic() - started > 0.09
        assert await wire.ended()


async def test_a_drip_of_bytes_does_not_buy_time() -> None:
    async with serving(arrival=0.15) as server, server.wire() as wire:
        drip = asyncio.ensure_future(wire.send(*[b"x: y\r\n"] * 100, pause=0.02))
        await wire.send(b"POST / HTTP/1.1\r\n")
        assert (await wire.reply())[0] == 408
        drip.cancel()
        await asyncio.gather(drip, return_exceptions=True)


async def test_a_connection_that_asks_nothing_is_closed() -> None:
    async with serving(idle=0.05) as server, server.wire() as wire:
        assert await wire.ended()


async def test_a_resting_connection_is_closed() -> None:
    assert await with_patience(ends_after_a_reply, bool)


async def ends_after_a_reply(idle: float) -> bool:
    """Whether a connection is closed that rests for so many seconds after an answer, and not before
    it has asked."""
    async with serving(idle=idle) as server, server.wire() as wire:
        await wire.send(get("/v1/models"))
        try:
            await wire.reply()
        except (ConnectionError, asyncio.IncompleteReadError):
            return False
        return await wire.ended()


async def test_a_client_that_leaves_stops_the_answer(server: Server) -> None:
    async with server.wire() as wire:
        await wire.send(post(HELLO | {"stream": True}, speed="1"))
        assert (await wire.head())[0] == 200
        assert b'"role":"assistant"' in await wire.chunk()
        assert b'"content":"I"' in await wire.chunk()
        assert server.practice.busy == 1
    await until_busy(server.practice, 0)


async def test_a_client_that_leaves_before_the_answer_stops_it_too(server: Server) -> None:
    async with server.wire() as wire:
        await wire.send(post(HELLO, speed="1"))
        await until_busy(server.practice, 1)
    await until_busy(server.practice, 0)


async def until_busy(practice: Practice, busy: int) -> None:
    await until(lambda: practice.busy == busy)


async def test_stopping_ends_open_answers() -> None:
    practice = Practice()
    server = Server(practice, await practice.start())
    async with server.wire() as wire:
        await wire.send(post(HELLO | {"stream": True}, speed="1"))
        await wire.head()
        await practice.stop()
        assert practice.busy == 0
        (rest,) = await asyncio.gather(wire.reader.read(), return_exceptions=True)
        assert not isinstance(rest, bytes) or b"[DONE]" not in rest
    await practice.stop()


async def test_a_slow_reader_holds_the_answer_back() -> None:
    long = HELLO | {"n": 8, "stream": True, "messages": HELLO["messages"] * 2000}
    async with serving() as server, server.wire() as wire:
        await wire.send(post(long) * 8)
        await asyncio.sleep(0.05)
        for _ in range(8):
            assert (await wire.reply())[2].endswith(b"data: [DONE]\n\n")


async def test_the_pace_is_that_of_a_model(server: Server) -> None:
    async with server.wire() as wire:
        started = clock.monotonic()
        await wire.send(post(HELLO | {"stream": True, "max_tokens": 21}, speed="2"))
        await wire.head()
        await wire.chunk()
        first = clock.monotonic() - started
        while await wire.chunk():
            pass
        total = clock.monotonic() - started
    # At twice the speed: 0.125 s until the first token, then 80 a second, both give or take. On a
    # busy machine it may be any more; tests/unit/test_practice_pace.py holds it to the rest.
    assert first > 0.1
    assert total - first > 0.15


async def test_a_whole_answer_takes_as_long_as_a_streamed_one(server: Server) -> None:
    async with server.wire() as wire:
        started = clock.monotonic()
        await wire.send(post(HELLO | {"max_tokens": 21}, speed="2"))
        await wire.reply()
        assert clock.monotonic() - started > 0.25
