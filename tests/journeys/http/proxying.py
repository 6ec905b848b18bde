"""A small proxy below HTTP: it makes tunnels, passes requests on, asks who it is, and lies."""

import asyncio
from collections import deque
from collections.abc import Sequence

from tests.journeys.http.peer import Script, Step, reset
from tests.journeys.raw_server import RawServer, length_of

MADE = b"HTTP/1.1 200 Connection established\r\n\r\n"
WHO = (
    b"HTTP/1.1 407 Proxy Authentication Required\r\n"
    b'Proxy-Authenticate: Negotiate\r\nProxy-Authenticate: Basic realm="mine"\r\n'
    b"Content-Length: 0\r\n\r\n"
)


class SmallProxy(RawServer):
    """Every name leads to the same port of this machine. `heads` are what came, `wants` is the
    authorisation without which nothing passes."""

    def __init__(self) -> None:
        super().__init__()
        self.heads: list[bytes] = []
        self.wants: str | None = None
        self.leads_to = 0
        self._scripts: deque[Script] = deque()

    def passes(self, port: int, *, wants: str | None = None) -> None:
        """From now on it does as it should, and leads there."""
        self.heads.clear()
        self.connections = 0
        self.leads_to, self.wants = port, wants
        self._scripts.clear()

    def plays(self, *scripts: Script) -> None:
        """From now on it answers this, whatever comes; after a script that ends with a tunnel, it
        makes one."""
        self.heads.clear()
        self._scripts = deque(scripts)

    async def exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        if self._scripts:
            script = self._scripts.popleft() if len(self._scripts) > 1 else self._scripts[0]
            if not await _played(script, writer):
                await reader.read()
                return False
            await self._splice(reader, writer)
            return False
        if self.wants is not None and f"Proxy-Authorization: {self.wants}\r\n".encode() not in head:
            await reader.readexactly(length_of(head))
            writer.write(WHO)
            return True
        if head.startswith(b"CONNECT "):
            writer.write(MADE)
            await self._splice(reader, writer)
            return False
        return await self._pass_on(head, reader, writer)

    async def _splice(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.leads_to)
        ways = [
            asyncio.ensure_future(_poured(reader, far_writer)),
            asyncio.ensure_future(_poured(far_reader, writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)
            far_writer.transport.abort()

    async def _pass_on(
        self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """As RFC 9112, 3.2.2 has it: the server is asked in the origin form."""
        line, _, rest = head.partition(b"\r\n")
        method, target, version = line.split(b" ")
        path = b"/" + target.split(b"/", 3)[3]
        lines = [one for one in rest.split(b"\r\n") if not one.lower().startswith(b"proxy-")]
        body = await reader.readexactly(length_of(head))
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.leads_to)
        try:
            first = b" ".join((method, path, version))
            far_writer.write(b"\r\n".join((first, *lines)) + body)
            answer = await far_reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            if b"content-length" in answer.lower():
                writer.write(await far_reader.readexactly(length_of(answer)))
                return True
            if b"chunked" in answer.lower():
                writer.write(await far_reader.readuntil(b"\r\n0\r\n\r\n"))
                return True
            await _poured(far_reader, writer)
        finally:
            far_writer.transport.abort()
        return False


async def _played(script: Sequence[Step], writer: asyncio.StreamWriter) -> bool:
    """Whether a tunnel follows."""
    for step in script:
        match step:
            case bytes():
                writer.write(step)
                await writer.drain()
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
                return False
    return True


async def _poured(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
