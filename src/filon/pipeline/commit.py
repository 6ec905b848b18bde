"""Commit on first output: until a reader could see something, nothing of a reply is passed on.

So a failure before that point still has a status of its own, and a retry can stay invisible.
"""

import asyncio
from collections.abc import AsyncGenerator

from filon.conversation.events import is_output
from filon.pipeline.turn import Chunk, Output

GRACE = 10.0


async def hold_until_output(
    outputs: AsyncGenerator[Output], grace: float = GRACE
) -> AsyncGenerator[Output]:
    """The same outputs, held back until the first real output or for `grace` seconds at most.

    When `outputs` raises before that, what was held is dropped and the error goes through.
    """
    held: list[Output] = []
    loop = asyncio.get_running_loop()
    deadline = loop.time() + grace
    pending: asyncio.Task[Output | None] | None = None
    try:
        while True:
            pending = asyncio.ensure_future(anext(outputs, None))
            await asyncio.wait({pending}, timeout=max(0.0, deadline - loop.time()))
            if not pending.done():
                break
            output, pending = pending.result(), None
            if output is None:
                break
            held.append(output)
            if _shows(output):
                break
        for output in held:
            yield output
        if pending is not None:
            output, pending = await pending, None
            if output is not None:
                yield output
        async for output in outputs:
            yield output
    finally:
        if pending is not None:
            pending.cancel()
            await asyncio.wait({pending})
        await outputs.aclose()


def _shows(output: Output) -> bool:
    return isinstance(output, Chunk) and any(is_output(event) for event in output.events)
