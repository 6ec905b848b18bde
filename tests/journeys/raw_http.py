"""A client that sends any bytes to practice, one request a connection, and tells what came back."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from tests.waiting import LONG


class Came(Struct, frozen=True):
    """What came back. `status` is None where nothing did; `whole` says that the body is all."""

    status: int | None
    headers: dict[str, str]
    body: bytes
    whole: bool

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def events(self) -> list[Any]:
        """The data of a stream's events as JSON, the mark at the end left out."""
        texts = [block[len(b"data: ") :] for block in self.body.split(b"\n\n") if block]
        return [json.loads(text) for text in texts if text != b"[DONE]"]


def request(
    method: str, path: str, data: bytes = b"", headers: Iterable[tuple[str, bytes]] = ()
) -> bytes:
    """A request as bytes, after which the connection is to be closed."""
    lines = [f"{method} {path} HTTP/1.1".encode("latin-1"), b"host: p", b"connection: close"]
    if data or method in ("POST", "PUT"):
        lines.append(b"content-length: %d" % len(data))
    lines += [name.encode() + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, b"", b""]) + data


async def ask(port: int, sent: bytes) -> Came:
    """Sends it and reads to the end of the connection. Raises TimeoutError where that is late."""
    async with asyncio.timeout(LONG):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            return read_reply(await _everything(reader, writer, sent))
        finally:
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)


async def _everything(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes
) -> bytes:
    got = bytearray()
    try:
        writer.write(sent)
        await writer.drain()
        while data := await reader.read(1 << 16):
            got += data
    except ConnectionError:
        pass  # it was reset: what came before it is what came
    return bytes(got)


def read_reply(data: bytes) -> Came:
    """What these bytes of HTTP/1.1 say."""
    head, blank, rest = data.partition(b"\r\n\r\n")
    if not blank:
        return Came(None, {}, b"", whole=False)
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    status = int(first.split()[1])
    if headers.get("transfer-encoding") == "chunked":
        body, whole = _joined(rest)
    else:
        body, whole = rest, len(rest) == int(headers.get("content-length", 0))
    return Came(status, headers, body, whole)


def _joined(rest: bytes) -> tuple[bytes, bool]:
    """A body in chunks, and whether its end came."""
    pieces: list[bytes] = []
    while True:
        size, feed, rest = rest.partition(b"\r\n")
        if not feed:
            return b"".join(pieces), False
        length = int(size, 16)
        if length == 0:
            return b"".join(pieces), True
        pieces.append(rest[:length])
        rest = rest[length + 2 :]
