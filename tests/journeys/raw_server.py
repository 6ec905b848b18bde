"""What a server below HTTP needs that plays scripts: a port, connections, and requests as bytes."""

import asyncio
import re
import ssl
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self

_LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)


class RawServer(ABC):
    """Serves each connection until an exchange over it says that it was the last."""

    def __init__(self) -> None:
        self.port = 0
        self.connections = 0
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def standing(self) -> int:
        """How many connections there are now."""
        return len(self._tasks)

    @asynccontextmanager
    async def listening(self, context: ssl.SSLContext | None = None) -> AsyncGenerator[Self]:
        """Opens its port, and closes every connection at the end."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context, limit=1 << 26)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in tuple(self._tasks):
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while await self.exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    @abstractmethod
    async def exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection may serve another."""


def length_of(head: bytes) -> int:
    """How many bytes of a body follow this head."""
    found = _LENGTH.search(head)
    return int(found[1]) if found else 0
