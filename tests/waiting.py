"""How tests wait, so that none depends on how fast the machine is: for what must come, as long as
it takes; for a silence, with more patience until the test has got as far as the silence."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from filon.kit import clock

Got = TypeVar("Got")

# Seconds after which something hangs, on whatever machine: nothing that only takes its time may
# run into it, and no test may need it to pass.
LONG = 180.0


async def until(true: Callable[[], object]) -> None:
    """Waits until something is so."""
    ends = clock.monotonic() + LONG
    while not true():
        assert clock.monotonic() < ends, "it never came about"
        await asyncio.sleep(0.005)


async def with_patience(
    ask: Callable[[float], Awaitable[Got]], reached: Callable[[Got], object]
) -> Got:
    """What `ask` brings with so many seconds of patience; with more of it where it did not get to
    the silence that the test is about, which on a busy machine takes longer than a short one."""
    for seconds in (0.3, 3.0):
        got = await ask(seconds)
        if reached(got):
            return got
    return await ask(30.0)
