"""The spine: the order of the seven stages, and what happens when one of them fails."""

import asyncio
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import CallerError, FilonError, Problem
from filon.pipeline.repairing import Repairing
from filon.pipeline.retrying import ROOM
from filon.pipeline.services import Progress, Services
from filon.pipeline.stages.admit import admit
from filon.pipeline.stages.assemble import assemble
from filon.pipeline.stages.recall import recall
from filon.pipeline.stages.route import route
from filon.pipeline.stages.send import send
from filon.pipeline.stages.settle import close, settle
from filon.pipeline.stages.translate import translate
from filon.pipeline.trying import GaveUp, has_next
from filon.pipeline.turn import Answer, Taker, Turn
from filon.providers.endpoint import Endpoint
from filon.store.messages import INTERRUPTED
from filon.trace.records import StageFailed

Stage = Callable[[Turn, Services], Turn | Awaitable[Turn]]

_WAITING: tuple[tuple[str, Stage], ...] = (("admit", admit), ("assemble", assemble))


async def run(turn: Turn, services: Services, taker: Taker) -> Turn:
    """Takes a turn through all stages, and hands what comes back to `taker`. Returns it settled.

    Never raises for a failed turn: the problem stands in the turn. Cancelling who waits for it
    stops the provider and settles the turn as it is.
    """
    progress = _begun(turn, services)
    try:
        await _asked(progress, services)
        failed: _Failed | None = None
        _routed(progress, services)
        while True:
            try:
                _translated(progress, services)
                await send(progress, services, taker)
                break
            except Repairing as found:
                progress.turn = _anew(progress.turn, repair=found.repair)
            except GaveUp as gave_up:
                failed = _given_up(progress, gave_up.error, failed, services)
                _routed(progress, services)
    except asyncio.CancelledError:
        problem = INTERRUPTED if services.closing else _left(progress.turn)
        progress.turn = replace(progress.turn, problem=problem)
        raise
    except _Told:
        pass
    except FilonError as error:
        _fail(progress, error.problem)
    except Exception as error:
        _fail(progress, _fault(progress.stage, error))
        _log_fault(progress, services, error)
    finally:
        try:
            await _settled(progress, services, taker)
        finally:
            del services.running[turn.id]
    return progress.turn


def _begun(turn: Turn, services: Services) -> Progress:
    progress = services.running[turn.id] = Progress(turn)
    services.announce(progress)
    if services.log.tells("debug"):
        services.log.event(
            "asked",
            level="debug",
            trace=turn.id,
            caller=turn.caller.kind,
            by=turn.caller.by,
            model=turn.request.model,
        )
    return progress


async def _asked(progress: Progress, services: Services) -> None:
    """The stages that may have to wait, up to where it is known what is asked."""
    for name, stage in _WAITING:
        progress.stage = name
        turn = stage(progress.turn, services)
        progress.turn = turn = turn if isinstance(turn, Turn) else await turn
        if turn.problem is not None:
            raise _Told


class _Told(Exception):
    """A stage ended the turn, and its own record says why."""


def _routed(progress: Progress, services: Services) -> None:
    progress.stage = "route"
    progress.turn = route(progress.turn, services.directory)


def _translated(progress: Progress, services: Services) -> None:
    """Up to where the target can be asked. Raises GaveUp for one that cannot."""
    progress.stage = "translate"
    try:
        progress.turn = translate(progress.turn)
    except FilonError as error:
        raise GaveUp(error) from error
    progress.stage = "recall"
    progress.turn = recall(progress.turn, services)
    progress.stage = "send"


class _Failed(Struct, frozen=True):
    """A target that was given up, and of what."""

    error: FilonError
    endpoint: Endpoint | None
    model: str | None


def _given_up(
    progress: Progress, error: FilonError, last: _Failed | None, services: Services
) -> _Failed:
    """Goes back to `route`, which passes this target over. Where nothing is left, raises the last
    failure, which is what the caller is told."""
    turn = progress.turn
    progress.turn = _noting(progress, error.problem)
    # That one of several cannot be asked this at all says nothing of what failed before.
    if last is None or not isinstance(error, CallerError):
        last = _Failed(error, turn.endpoint, turn.model)
    if not _may_go_on(turn, services):
        progress.turn = replace(progress.turn, endpoint=last.endpoint, model=last.model)
        raise last.error
    progress.turn = _passing_over(progress.turn, error)
    return last


def _may_go_on(turn: Turn, services: Services) -> bool:
    return has_next(turn) and turn.elapsed() + ROOM <= services.retries.deadline


def _passing_over(turn: Turn, error: FilonError) -> Turn:
    assert turn.endpoint is not None
    failed = {**turn.failed, f"{turn.endpoint.name}/{turn.model}": error.problem.message}
    return _anew(turn, failed=failed)


def _anew(turn: Turn, **changes: Any) -> Turn:
    """The turn as it was before it was translated, but for these changes."""
    return replace(turn, wire=None, answer=Answer(), **changes)


async def refuse(turn: Turn, problem: Problem, services: Services, taker: Taker) -> Turn:
    """Settles a turn whose request could not be read, before any stage saw it."""
    received = replace(turn.received, error=problem)
    progress = Progress(replace(turn, problem=problem, records=(received,)))
    await _settled(progress, services, taker)
    return progress.turn


async def _settled(progress: Progress, services: Services, taker: Taker) -> None:
    """Closes the turn, lets the taker have the end of it, and settles it. Who has an answer need
    not wait for what is kept of it, nor do the answers of others that are there by now; what is
    told of a failure is masked first. A store that cannot follow slows the callers, or what waits
    for it would grow without end."""
    close(progress, services)
    leaves_first = progress.turn.problem is None and services.store.traces.has_room
    try:
        if leaves_first:
            taker.ended(progress.turn)
            await asyncio.sleep(0)
    finally:
        await _kept(progress, services)
    if not leaves_first:
        taker.ended(progress.turn)


async def _kept(progress: Progress, services: Services) -> None:
    """What there is still to wait for is waited for to its end, even when the caller's task is
    cancelled a second time; a fault there is logged, and an answer's row is then closed when the
    program starts again."""
    waiting = settle(progress, services)
    if waiting is None:
        return
    settling = asyncio.ensure_future(waiting)
    await asyncio.wait({settling})
    error = settling.exception()
    if error is not None:
        _log_fault(progress, services, error)
        problem = progress.turn.problem or _fault("settle", error)
        progress.turn = replace(progress.turn, problem=problem)


def _log_fault(progress: Progress, services: Services, error: BaseException) -> None:
    details = "".join(traceback.format_exception(error, limit=8))
    services.log.event("fault", level="error", trace=progress.turn.id, details=details)


def _fail(progress: Progress, problem: Problem) -> None:
    progress.turn = replace(_noting(progress, problem), problem=problem)


def _noting(progress: Progress, problem: Problem) -> Turn:
    """The turn with a record of this failure. A failed attempt tells of itself."""
    turn = progress.turn
    if any(record.error is problem for record in turn.records):
        return turn
    return turn.noting(
        StageFailed(
            stage=progress.stage,
            started=turn.records[-1].ended,
            ended=turn.now(),
            error=problem,
        )
    )


def _fault(stage: str, error: BaseException) -> Problem:
    return Problem(
        code="internal_error",
        message=f"A fault of Filon's own in the stage {stage}: {type(error).__name__}.",
        blame="filon",
        status=500,
        fix="The log has the details under this trace's id; report it.",
    )


def _left(turn: Turn) -> Problem:
    by_hand = turn.caller.kind in ("chat", "replay", "request")
    return Problem(
        code="stopped" if by_hand else "caller_left",
        message="You stopped the answer." if by_hand else "The caller closed the connection.",
        blame="caller",
        status=499,
    )
