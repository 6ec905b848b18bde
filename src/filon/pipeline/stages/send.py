"""The only stage that talks to a provider: attempts at the target that `route` chose, each recorded
as it happens."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from filon.conversation.errors import FilonError
from filon.kit import clock
from filon.pipeline.attempt import Exchanging
from filon.pipeline.commit import GRACE, Held
from filon.pipeline.services import Progress, Services
from filon.pipeline.trying import Trying
from filon.pipeline.turn import Output


async def send(progress: Progress, services: Services) -> AsyncGenerator[Output]:
    """Attempts until one answers.

    Yields Opened, then a Chunk for each piece of the reply, held back until there is something to
    see; a failure before that stays between Filon and the provider. Raises GaveUp where another
    target may answer, ProviderError where none may, and DeadlinePassed when the caller's time is
    over. Whatever happens, the attempts' records and the answer so far stand in the turn.
    """
    trying = Trying(progress, services)
    held = Held(clock.monotonic() + GRACE)
    while True:
        try:
            exchanging = await trying.begin()
            try:
                async with aclosing(_exchange(exchanging, held, trying)) as outputs:
                    async for output in outputs:
                        yield output
                await trying.answered()
                return
            except FilonError as error:
                again = await trying.failed(error, committed=held.committed)
        finally:
            await trying.end()
        held.drop()
        await trying.wait(again)


async def _exchange(exchanging: Exchanging, held: Held, trying: Trying) -> AsyncGenerator[Output]:
    """What one attempt gives, as far as it may be passed on."""
    patience = exchanging.patience
    held.add(await exchanging.open(), clock.monotonic())
    while True:
        committed = held.committed
        try:
            chunk = await exchanging.read(min(patience.until(), held.until()))
        except TimeoutError:
            if clock.monotonic() < held.until():
                raise exchanging.out_of_time() from None
            ready = held.release()
        else:
            if chunk is None:
                break
            ready = held.add(chunk, clock.monotonic())
        if held.committed and not committed:
            await trying.answered()
        for output in ready:
            left = clock.monotonic()
            yield output
            patience.paused(clock.monotonic() - left)
    for output in held.release():
        yield output
