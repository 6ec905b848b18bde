"""What machines ask a server for again and again: whether it lives, and takes requests."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from filon.server.door import Door
from filon.server.errors import NOT_KEPT
from filon.server.house import ServerHouse
from filon.store.errors import StoreError
from filon.store.writer import Backlog

# Seconds. A store that takes longer to find one row does not keep up.
_STORE_PATIENCE = 2.0


class Reason(Struct, frozen=True):
    """Why no requests should come now. Everyone may read it, so it names no place and no cause
    that a stranger need not know."""

    code: str
    message: str
    fix: str


_CLOSING = Reason(
    "shutting_down", "It is shutting down.", "Send requests elsewhere; it ends by itself."
)
_NO_STORE = Reason(
    "store_silent", "The database does not answer.", "Look at the log, and at the disk."
)
_STOPPED = Reason("store_stopped", "Nothing is stored any more.", "Restart it; the log says why.")
_FULL = Reason(
    "store_behind",
    "More is waiting to be stored than has room.",
    "Wait; if it stays so, look at the disk.",
)

# By the code of what keeps the database from being written. What a stranger need not know is left
# out: the log has it all.
_UNWRITABLE = {
    "store_locked": Reason(
        "store_locked",
        "Another program holds the database locked.",
        "Close that program, or wait until it is done; what is to be stored waits.",
    ),
    "store_full": Reason("store_full", "The disk is full.", "Make room; no restart is needed."),
}
_UNWRITTEN = Reason(
    "store_unwritable",
    "The database cannot be written.",
    "Look at the log, and at the disk; no restart is needed.",
)


async def health(door: Door, _: ServerHouse) -> None:
    """That the process lives and its loop turns; nothing else is looked at."""
    _reply(door, 200, {"alive": True})


async def ready(door: Door, house: ServerHouse) -> None:
    """Whether requests may come. 503 with every reason why not."""
    answers = await _answers(house)
    # A lock shows in an attempt to write alone, and nobody else may try for a while.
    house.store.touch()
    reasons = unready(closing=house.closing, backlog=house.store.backlog, answers=answers)
    _reply(door, 503 if reasons else 200, {"ready": not reasons, "reasons": reasons})


# For anyone, by GET and HEAD; a gateway that is only looked after need not load FastAPI for them.
PROBES: Mapping[str, Callable[[Door, ServerHouse], Awaitable[None]]] = {
    "/health": health,
    "/ready": ready,
}


def _reply(door: Door, status: int, told: Mapping[str, Any]) -> None:
    door.reply(status, msgspec.json.encode(told), NOT_KEPT)


def unready(*, closing: bool, backlog: Backlog, answers: bool) -> list[Reason]:
    """Why no requests should come now; empty when they may. `answers`: whether the store does."""
    reasons = [_CLOSING] if closing else []
    if backlog.stopped:
        reasons.append(_STOPPED)
    elif backlog.trouble is not None:
        reasons.append(_UNWRITABLE.get(backlog.trouble, _UNWRITTEN))
    elif not backlog.takes:
        reasons.append(_FULL)
    if not answers:
        reasons.append(_NO_STORE)
    return reasons


async def _answers(house: ServerHouse) -> bool:
    try:
        async with asyncio.timeout(_STORE_PATIENCE):
            await house.store.people.named("you")
    except (StoreError, TimeoutError):
        return False
    return True
