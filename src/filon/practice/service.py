"""The practice provider's server: its port, and who answers there once somebody asks."""

import asyncio
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from filon.conversation.errors import Problem
from filon.practice.clock import Clock, RealClock
from filon.practice.faults.doors import Doors
from filon.practice.http import Request, Response
from filon.practice.listener import Connection, Limits
from filon.protocols.openai_chat.errors import render_error

if TYPE_CHECKING:
    from filon.practice.answering import Answering
    from filon.practice.desk import Desk

_JSON = ("content-type", "application/json")

# How often it is seen whether an outage has begun or ended, in seconds.
_LOOK = 0.05


class Practice:
    """The practice provider on a port of its own; `start` and `stop`.

    `folder` is where the ledger is kept beyond a restart, `token` what its controls ask for;
    None keeps nothing and asks for nothing.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        *,
        clock: Clock | None = None,
        folder: Path | None = None,
        token: str | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._clock = clock or RealClock()
        self._folder = folder
        self._token = token
        self._answering: Answering | None = None
        # A request and the page may both be the first to ask, each in its own thread.
        self._making = Lock()
        self._connections: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._address = ("", 0)
        self._outages: asyncio.Task[None] | None = None
        self.doors = Doors()

    @property
    def desk(self) -> "Desk":
        """What practice remembers while it runs."""
        return self._who_answers().desk

    @property
    def busy(self) -> int:
        """How many answers are being written."""
        return sum(connection.busy for connection in self._connections)

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> int:
        """Opens the port and returns its number; 0 takes any free one. Raises OSError."""
        await self._listen(host, port)
        try:
            await self.doors.start(host)
        except OSError:
            await self._shut()
            raise
        self._outages = asyncio.get_running_loop().create_task(self._keep_outages())
        return self._address[1]

    async def stop(self) -> None:
        """Closes the port and every connection."""
        if self._outages is None:
            return
        self._outages.cancel()
        await asyncio.wait({self._outages})
        self._outages = None
        await self._shut()
        await self.doors.stop()
        if self._answering is not None:
            self.desk.ledger.close()

    async def _listen(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, host, port)
        self._address = (host, self._server.sockets[0].getsockname()[1])

    async def _shut(self) -> None:
        if self._server is None:
            return
        self._server.close()
        connections = tuple(self._connections)
        for connection in connections:
            connection.close()
        for connection in connections:
            await connection.wait_closed()
        await self._server.wait_closed()
        self._server = None

    async def _keep_outages(self) -> None:
        """Closes the port for as long as a rule wants it closed, and opens it again."""
        while True:
            until = self._closed_until()
            if until is not None and self._server is not None:
                await self._shut()
            elif until is None and self._server is None:
                # Another program may have taken the port meanwhile; it may give it back.
                with suppress(OSError):
                    await self._listen(*self._address)
            await asyncio.sleep(_LOOK)

    def _closed_until(self) -> float | None:
        """When the outage ends that a rule wants now; before the first request there are none."""
        if self._answering is None:
            return None
        return self.desk.rules.closed_between(self._clock.now())

    async def answer(self, request: Request) -> Response:
        """The response to a request. Raises FilonError."""
        answering = self._answering or await asyncio.to_thread(self._who_answers)
        return await answering.answer(request)

    def _who_answers(self) -> "Answering":
        """Takes a tenth of a second and 30 MB the first time, so that it waits to be asked for."""
        with self._making:
            if self._answering is None:
                from filon.practice.answering import Answering

                self._answering = Answering(self._clock, self._folder, self._token)
            return self._answering

    def refuse(self, problem: Problem) -> Response:
        """The response that tells a problem with a request that belongs to no dialect."""
        status, body = render_error(problem)
        return Response(status=status, headers=(_JSON, ("server", "filon-practice")), body=body)

    def _connection(self) -> Connection:
        return Connection(self, self._limits, self._connections, self._clock)


def warm() -> None:
    """Reads all that answers, the model and what it knows; do it off the event loop."""
    from filon.practice import answering

    answering.warm()
