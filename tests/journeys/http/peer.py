"""A server below HTTP: it plays bytes, cuts and lies; and one exchange of a client with it."""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from filon.kit.http import HttpFailure, Outgoing, Phases, Upstream
from filon.kit.http.upstream import Http1Upstream
from tests.journeys.http.aiohttp_upstream import AiohttpUpstream
from tests.journeys.http.pouring import PouredUpstream
from tests.journeys.raw_server import RawServer, length_of
from tests.waiting import LONG

# What is played: bytes to write; "pause" lets the other side read first; "close" and "reset" end
# the connection; "wait" lasts until the client leaves.
Step = bytes | Literal["pause", "close", "reset", "wait"]
Script = Sequence[Step]

Backend = tuple[str, dict[str, bool]]

# The loop that Filon serves with; every other journey runs on asyncio's own.
SERVING: Backend = ("asyncio", {"use_uvloop": True})
CLIENTS: dict[str, Callable[..., Upstream]] = {
    "own": Http1Upstream,
    "poured": PouredUpstream,
    "aiohttp": AiohttpUpstream,
}
HELLO = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
CERTIFICATES = Path(__file__).parents[1] / "certificates"


class Peer(RawServer):
    """The server. `requests` are the bytes of each, `left` is set when a client leaves an answer
    that has not ended."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[bytes] = []
        self.left = asyncio.Event()
        self.deaf = False
        self.written = 0
        self._scripts: deque[Script] = deque()

    @property
    def url(self) -> str:
        """Where it listens, in plain HTTP."""
        return f"http://127.0.0.1:{self.port}"

    def plays(self, *scripts: Script, deaf: bool = False) -> None:
        """From now on: these scripts, one for each request, the last again and again. A `deaf`
        server answers as soon as it has a request's head, and reads no body."""
        self._scripts = deque(scripts)
        self.connections = 0
        self.requests.clear()
        self.left.clear()
        self.deaf = deaf
        self.written = 0

    async def exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = await reader.readuntil(b"\r\n\r\n")
        if not self.deaf:
            request += await reader.readexactly(length_of(request))
        self.requests.append(request)
        script = self._scripts.popleft() if len(self._scripts) > 1 else self._scripts[0]
        try:
            return await self._play(script, reader, writer)
        except ConnectionError:
            self.left.set()
            raise

    async def _play(
        self, script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        for step in script:
            match step:
                case bytes():
                    writer.write(step)
                    await writer.drain()
                    self.written += len(step)
                case "pause":
                    await asyncio.sleep(0)
                    await asyncio.sleep(0)
                case "close":
                    writer.close()
                    return False
                case "reset":
                    reset(writer)
                    return False
                case "wait":
                    while await reader.read(1 << 16):
                        pass
                    self.left.set()
                    return False
        return not self.deaf


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection by a reset, and not in good order."""
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


def apart(data: bytes, *places: int) -> Script:
    """These bytes, arriving in pieces that are cut at these places."""
    script: list[Step] = []
    for start, end in zip((0, *places), (*places, len(data)), strict=True):
        script.append(data[start:end])
        script.append("pause")
    return script


class Got(Struct, frozen=True, kw_only=True):
    """What a client made of an answer: a reply with its body, or how it failed. A reply may fail
    after its head."""

    status: int | None = None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    kind: str | None = None


def outgoing(
    url: str,
    *,
    method: str = "GET",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    connect: float = 20.0,
) -> Outgoing:
    """A request."""
    return Outgoing(method=method, url=url, headers=headers, body=body, connect_timeout=connect)


async def ask(
    upstream: Upstream,
    url: str,
    *,
    method: str = "GET",
    headers: tuple[tuple[str, str], ...] = (),
    body: bytes = b"",
    connect: float = 20.0,
    phases: Phases | None = None,
) -> Got:
    """One exchange, read to its end."""
    request = outgoing(url, method=method, headers=headers, body=body, connect=connect)
    try:
        async with asyncio.timeout(LONG):
            exchange = await upstream.open(request, phases or Phases())
    except HttpFailure as failure:
        return Got(kind=failure.kind)
    pieces: list[bytes] = []
    kind: str | None = None
    try:
        async with asyncio.timeout(LONG):
            async for piece in exchange.chunks():
                pieces.append(piece)
    except HttpFailure as failure:
        kind = failure.kind
    finally:
        await exchange.close()
    return Got(status=exchange.status, headers=exchange.headers, body=b"".join(pieces), kind=kind)
