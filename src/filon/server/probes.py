"""What machines ask a server for: whether it lives, whether to send it requests, what it counts."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from msgspec import Struct
from msgspec.structs import asdict

from filon.conversation.errors import Forbidden, Unauthenticated
from filon.server import metrics
from filon.server.given import House, anyone
from filon.server.house import ServerHouse
from filon.server.security import COOKIE, signed_in
from filon.store.errors import StoreError
from filon.store.writer import Backlog

router = APIRouter(include_in_schema=False)

# Seconds. A store that takes longer to find one row does not keep up.
_STORE_PATIENCE = 2.0
_NOT_KEPT = {"cache-control": "no-store"}

_bearer = HTTPBearer(auto_error=False)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


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


@router.get("/health", dependencies=[Depends(anyone)])
async def health() -> Response:
    """That the process lives and its loop turns; nothing else is looked at."""
    return JSONResponse({"alive": True}, headers=_NOT_KEPT)


@router.get("/ready", dependencies=[Depends(anyone)])
async def ready(house: House) -> Response:
    """Whether requests may come. 503 with every reason why not."""
    answers = await _answers(house)
    # A lock shows in an attempt to write alone, and nobody else may try for a while.
    house.store.touch()
    reasons = unready(closing=house.closing, backlog=house.store.backlog, answers=answers)
    told = {"ready": not reasons, "reasons": [asdict(reason) for reason in reasons]}
    return JSONResponse(told, status_code=503 if reasons else 200, headers=_NOT_KEPT)


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


async def observer(request: Request, house: House, bearer: Bearer) -> None:
    """A signed-in person, or a program whose key may use everything: the figures tell of all
    endpoints and of what was spent there. Raises Unauthenticated or Forbidden."""
    if bearer is None and request.cookies.get(COOKIE):
        await signed_in(house, request.cookies.get(COOKIE))
        return
    if bearer is None:
        raise Unauthenticated(
            "The metrics are not for everyone.",
            code="missing_api_key",
            fix="Send a gateway key as Authorization: Bearer KEY; filon keys create NAME makes "
            "one. In the browser, sign in.",
        )
    key = await house.keys.check(bearer.credentials)
    if key.rules.scoped:
        raise Forbidden(
            f"The key {key.name} may use some models only, and the metrics tell of all.",
            code="key_is_scoped",
            fix="Use a key without a scope.",
            names={"key": key.name},
        )


@router.get("/metrics", dependencies=[Depends(observer)])
async def figures(house: House) -> Response:
    """All that is counted, as Prometheus reads it."""
    text = await metrics.exposition(house.services)
    return Response(text, media_type=metrics.MEDIA_TYPE, headers=_NOT_KEPT)
