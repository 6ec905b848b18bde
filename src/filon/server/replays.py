"""Turns that nobody waits for at a door: replays, and requests that were pasted. The server owns
them; the event stream and the trace tell what they do."""

import asyncio

from filon.conversation.errors import NotFound
from filon.pipeline.run import run
from filon.pipeline.services import Services
from filon.pipeline.turn import Nobody, Turn


class Replays:
    """All that runs now."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._running: dict[str, tuple[int, asyncio.Task[None]]] = {}

    async def begin(self, turn: Turn) -> None:
        """Begins a turn; returns when its trace can be looked at."""
        task = asyncio.ensure_future(self._run(turn))
        self._running[turn.id] = (turn.caller.owner_id, task)
        # Its first step enters it among those that run.
        await asyncio.sleep(0)

    async def stop(self, owner_id: int, trace_id: str) -> None:
        """Stops one; returns when it is settled. Raises NotFound when it does not run."""
        running = self._running.get(trace_id)
        if running is None or running[0] != owner_id:
            raise NotFound("No replay and no request of this id runs.")
        running[1].cancel()
        await asyncio.wait({running[1]})

    async def close(self) -> None:
        """Stops and settles everything that runs."""
        self._services.closing = True
        await asyncio.sleep(0)
        tasks = {task for _, task in self._running.values()}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self, turn: Turn) -> None:
        try:
            await run(turn, self._services, Nobody())
        finally:
            self._running.pop(turn.id, None)
