"""The only stage that talks to a provider: attempts at the target that `route` chose, each recorded
as it happens."""

from collections.abc import Awaitable, Sequence
from typing import cast

from filon.conversation.errors import FilonError
from filon.kit import clock
from filon.pipeline.attempt import Exchanging
from filon.pipeline.commit import GRACE, Held
from filon.pipeline.patience import Patience
from filon.pipeline.services import Progress, Services
from filon.pipeline.trying import Trying
from filon.pipeline.turn import Chunk, Opened, Taker


async def send(progress: Progress, services: Services, taker: Taker) -> None:
    """Attempts until one answers.

    The taker gets what was opened, then a chunk for each piece of the reply, held back until there
    is something to see; a failure before that stays between Filon and the provider. Raises GaveUp
    where another target may answer, ProviderError where none may, and DeadlinePassed when the
    caller's time is over. Whatever happens, the attempts' records and the answer so far stand in
    the turn.
    """
    trying = Trying(progress, services)
    held = Held(clock.monotonic() + GRACE)
    while True:
        try:
            exchanging = await trying.begin()
            patience = exchanging.patience
            try:
                held.add(await exchanging.open(), clock.monotonic())
                while not (exchanging.over or held.committed):
                    await _pass_on(await _ready(exchanging, held, trying), taker, patience)
                while not exchanging.over:
                    await _rest(exchanging, taker, patience)
                if not held.committed:
                    await _pass_on(held.release(), taker, patience)
                    trying.answered()
                return
            except FilonError as error:
                again = await trying.failed(error, committed=held.committed)
        finally:
            await trying.end()
        held.drop()
        await trying.wait(again)


async def _rest(exchanging: Exchanging, taker: Taker, patience: Patience) -> None:
    """The rest of a reply of which the reader has seen something, or until it has to be waited
    for."""
    try:
        waiting = await exchanging.pour(taker)
    except TimeoutError:
        raise exchanging.out_of_time() from None
    if waiting is not None:
        await _taken(waiting, patience)


async def _pass_on(ready: Sequence[Opened | Chunk], taker: Taker, patience: Patience) -> None:
    for one in ready:
        if type(one) is Opened:
            taker.opened(one)
            continue
        waiting = taker.chunk(cast(Chunk, one))
        if waiting is not None:
            await _taken(waiting, patience)


async def _taken(waiting: Awaitable[None], patience: Patience) -> None:
    """Waits for a reader, which is no silence of the provider's."""
    left = clock.monotonic()
    await waiting
    patience.paused(clock.monotonic() - left)


async def _ready(exchanging: Exchanging, held: Held, trying: Trying) -> Sequence[Opened | Chunk]:
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
        trying.answered()
    return ready
