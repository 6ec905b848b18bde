"""A provider that writes down every byte it receives and answers with bytes from a script.

Raw asyncio, and no HTTP library: what the trace says was sent is compared with what came here.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Literal

from tests.journeys.raw_server import RawServer, length_of
from tests.waiting import LONG

# What an answer consists of: bytes to write, seconds to wait, or how it ends. "hold" waits until
# the test says `release`, "stall" writes nothing more until the client leaves, "cut" resets the
# connection, "close" ends it in good order.
Step = bytes | float | Literal["hold", "stall", "cut", "close"]
Script = Sequence[Step]


class Recorded:
    """One request as it came: its exact bytes, and whether its sender has left since."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self.head = head
        self.body = body
        # Bytes of the answer that the connection has taken so far.
        self.taken = 0
        self.left = asyncio.Event()
        self.answering = asyncio.Event()

    @property
    def line(self) -> str:
        """The request line."""
        return self.head.partition(b"\r\n")[0].decode("latin-1")

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All headers in their order and spelling."""
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        pairs = (line.partition(": ") for line in lines if line)
        return [(name, value) for name, _, value in pairs]


class Recorder(RawServer):
    """The provider: `requests` is what came, `script` what it answers next."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[Recorded] = []
        self._scripts: deque[Script] = deque()
        self._usual: Script = ()
        self._arrived = asyncio.Event()
        self._released = asyncio.Event()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.port}/v1"

    def answers(self, *scripts: Script) -> None:
        """From now on: these answers in turn, the last one again and again."""
        self._scripts = deque(scripts[:-1])
        self._usual = scripts[-1]
        self._released = asyncio.Event()

    def release(self) -> None:
        """Lets the answers go on that are held, and those that come to a "hold" after that."""
        self._released.set()

    @property
    def last(self) -> Recorded:
        """The latest request."""
        return self.requests[-1]

    async def request(self, number: int) -> Recorded:
        """The request of this number, waited for."""
        async with asyncio.timeout(LONG):
            while len(self.requests) <= number:
                self._arrived.clear()
                await self._arrived.wait()
        return self.requests[number]

    async def exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(length_of(head))
        recorded = Recorded(head, body)
        self.requests.append(recorded)
        self._arrived.set()
        script = self._scripts.popleft() if self._scripts else self._usual
        # A client of ours sends nothing before the answer is over, so that an end is all there is.
        leaving = asyncio.ensure_future(_gone(reader))
        answering = asyncio.ensure_future(_answer(script, writer, recorded, self._released))
        try:
            await asyncio.wait({leaving, answering}, return_when=asyncio.FIRST_COMPLETED)
            if leaving.done():
                recorded.left.set()
                return False
            return answering.result()
        finally:
            for one in (leaving, answering):
                one.cancel()
            await asyncio.wait({leaving, answering})


async def _gone(reader: asyncio.StreamReader) -> None:
    while not reader.at_eof():
        if reader.exception() is not None:
            return
        await asyncio.sleep(0.005)


async def _answer(
    script: Script, writer: asyncio.StreamWriter, recorded: Recorded, released: asyncio.Event
) -> bool:
    """Plays the script; whether the connection may serve another request."""
    for step in script:
        match step:
            case bytes():
                writer.write(step)
                await writer.drain()
                recorded.taken += len(step)
                recorded.answering.set()
            case "hold":
                await released.wait()
            case "stall":
                await asyncio.Event().wait()
            case "cut":
                writer.transport.abort()
                return False
            case "close":
                writer.close()
                return False
            case _:
                await asyncio.sleep(float(step))
    return True
