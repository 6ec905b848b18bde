"""The only stage that talks to a provider: attempts at the target that `route` chose, each recorded
as it happens."""

from collections.abc import AsyncGenerator, Sequence

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
            patience = exchanging.patience
            try:
                held.add(await exchanging.open(), clock.monotonic())
                while not exchanging.over:
                    ready = await _ready(exchanging, held, trying)
                    left = clock.monotonic()
                    for output in ready:
                        yield output
                    patience.paused(clock.monotonic() - left)
                if not held.committed:
                    for output in held.release():
                        yield output
                    await trying.answered()
                return
            except FilonError as error:
                again = await trying.failed(error, committed=held.committed)
        finally:
            await trying.end()
        held.drop()
        await trying.wait(again)


async def _ready(exchanging: Exchanging, held: Held, trying: Trying) -> Sequence[Output]:
    """What may be passed on next, if anything."""
    committed = held.committed
    try:
        chunk = await exchanging.read(min(exchanging.patience.until(), held.until()))
    except TimeoutError:
        if clock.monotonic() < held.until():
            raise exchanging.out_of_time() from None
        ready = held.release()
    else:
        if chunk is None:
            return ()
        ready = held.add(chunk, clock.monotonic())
    if held.committed and not committed:
        await trying.answered()
    return ready
