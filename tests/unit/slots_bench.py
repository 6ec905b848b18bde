"""Slots on an event loop in virtual time, asked by hand."""

import asyncio
from typing import Any

from filon.pipeline.slots import MemorySlots, Taken, Wish
from filon.providers.endpoint import EndpointLimits
from tests.unit.virtual_time import VirtualLoop

Waiting = asyncio.Task[Taken]


class Bench:
    """Slots on a loop in virtual time. `order` has the names of those who got room."""

    def __init__(self, room: int = 100) -> None:
        self.loop = VirtualLoop()
        self.slots = MemorySlots(room, self.loop.time)
        self.order: list[str] = []

    def ask(
        self,
        limits: EndpointLimits,
        caller: str = "a",
        *,
        tokens: int = 0,
        time_left: float = 600.0,
        name: str = "",
        leaving: asyncio.Task[Any] | None = None,
    ) -> Waiting:
        """A request that was sent in this moment, and has come as far as it comes. `leaving` is
        cancelled just before, and has no time to do anything about it."""
        wish = Wish(
            endpoint="there", label="There", caller=caller, tokens=tokens, time_left=time_left
        )
        task = self.loop.create_task(self._take(limits, wish, name or caller, leaving))
        self.loop.advance(0)
        return task

    async def _take(
        self, limits: EndpointLimits, wish: Wish, name: str, leaving: asyncio.Task[Any] | None
    ) -> Taken:
        if leaving is not None:
            leaving.cancel()
        taken = await self.slots.take(limits, wish)
        self.order.append(name)
        return taken

    def end(self, task: Waiting, tokens: int = 0) -> None:
        self.give_back(task.result(), tokens)

    def give_back(self, taken: Taken, tokens: int) -> None:
        self.loop.run_until_complete(self.slots.give_back(taken, tokens))
        self.loop.advance(0)

    def close(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.advance(0)
        self.loop.close()


async def end_and_cancel(slots: MemorySlots, taken: Taken, waiting: asyncio.Task[Any]) -> None:
    """Serves one that waits, and cancels it before it can run again."""
    await slots.give_back(taken, taken.tokens)
    waiting.cancel()


async def cancel_and_end(slots: MemorySlots, taken: Taken, waiting: asyncio.Task[Any]) -> None:
    """Cancels one that waits, and serves the line before that one can leave it."""
    waiting.cancel()
    await slots.give_back(taken, taken.tokens)
