"""A connection that keeps what is written to it, for doors without a socket."""

import asyncio
from typing import cast

from filon.server.door import Door
from filon.server.heads import Address, head_of


class FakeLine:
    """What a door needs of a connection, and a transport in one."""

    def __init__(self) -> None:
        self.transport = cast("asyncio.Transport", self)
        self.full = False
        self.server: tuple[str, int | None] | None = ("127.0.0.1", 1)
        self.client: tuple[str, int] | None = ("127.0.0.1", 2)
        self.writes: list[bytes] = []
        self.closed = False
        self.reading = True
        self.ends = 0
        self.room = asyncio.Event()

    def door(self, method: str, path: str, *headers: tuple[bytes, bytes]) -> Door:
        """A request that came through it."""
        return Door(self, head_of(method, Address(path, path.encode(), b""), headers))

    @property
    def sent(self) -> bytes:
        return b"".join(self.writes)

    def replies(self) -> list[tuple[dict[bytes, bytes], bytes]]:
        """The head and the body of each write; the head has the status under no name."""
        found: list[tuple[dict[bytes, bytes], bytes]] = []
        for write in self.writes:
            head, _, body = write.partition(b"\r\n\r\n")
            status, *lines = head.split(b"\r\n")
            pairs = [line.partition(b": ") for line in lines]
            found.append(
                ({b"": status.split()[1], **{name: value for name, _, value in pairs}}, body)
            )
        return found

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    async def drain(self) -> None:
        await self.room.wait()

    def preamble(self, status: int) -> bytes:
        return b"HTTP/1.1 %d X\r\n" % status

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def answered(self) -> None:
        self.ends += 1
