"""Connections that wait for a next request, the one used last first: the others may grow old."""

import asyncio

from filon.kit import clock
from filon.kit.http.connection import Connection, Place

_IDLE = 60.0
# A server closes at the time that it names; a request under way then would meet the end.
_MARGIN = 1.0
_SWEEP = 10.0


class Pool:
    """All connections of a client, idle and in use. Times are seconds."""

    def __init__(self) -> None:
        self._all: set[Connection] = set()
        self._idle: dict[Place, dict[Connection, float]] = {}
        self._sweeping: asyncio.TimerHandle | None = None

    def take(self, place: Place) -> Connection | None:
        """A connection that leads there and is free, or None."""
        idle = self._idle.get(place)
        while idle:
            connection, until = idle.popitem()
            if clock.monotonic() < until and connection.is_usable():
                return connection
            connection.abort()
        return None

    def made(self, connection: Connection) -> None:
        """It is open."""
        self._all.add(connection)

    def free(self, connection: Connection, idle: float | None) -> None:
        """It may carry another request."""
        seconds = _IDLE if idle is None else min(_IDLE, idle - _MARGIN)
        if seconds <= 0:
            connection.abort()
            return
        self._idle.setdefault(connection.place, {})[connection] = clock.monotonic() + seconds
        if self._sweeping is None:
            self._sweeping = asyncio.get_running_loop().call_later(_SWEEP, self._sweep)

    def gone(self, connection: Connection) -> None:
        """It is over."""
        self._all.discard(connection)
        self._idle.get(connection.place, {}).pop(connection, None)

    def _sweep(self) -> None:
        self._sweeping = None
        now = clock.monotonic()
        for idle in self._idle.values():
            for connection in [one for one, until in idle.items() if until <= now]:
                del idle[connection]
                connection.abort()
        self._idle = {place: idle for place, idle in self._idle.items() if idle}
        if self._idle:
            self._sweeping = asyncio.get_running_loop().call_later(_SWEEP, self._sweep)

    async def close(self) -> None:
        """Closes all of them, and returns when the loop has let go of them."""
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None
        self._idle.clear()
        connections = tuple(self._all)
        for connection in connections:
            connection.abort()
        if connections:
            await asyncio.wait([connection.over for connection in connections])
