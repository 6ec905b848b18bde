"""The spine: the order of the seven stages, and what happens when one of them fails."""

import asyncio
import traceback
from collections.abc import AsyncGenerator, Awaitable
from typing import Any, cast

from msgspec.structs import replace

from filon.conversation.errors import FilonError, Problem
from filon.kit import clock
from filon.pipeline.commit import hold_until_output
from filon.pipeline.services import Progress, Services
from filon.pipeline.stages.admit import admit
from filon.pipeline.stages.assemble import assemble
from filon.pipeline.stages.recall import recall
from filon.pipeline.stages.route import route
from filon.pipeline.stages.send import send
from filon.pipeline.stages.settle import settle
from filon.pipeline.stages.translate import translate
from filon.pipeline.turn import Ended, Output, Turn
from filon.store.messages import INTERRUPTED
from filon.trace.records import StageFailed


async def run(turn: Turn, services: Services) -> AsyncGenerator[Output]:
    """Takes a turn through all stages. Yields what comes back, and last the settled turn.

    Never raises for a failed turn: the problem stands in the turn. Closing the generator, or
    cancelling who waits for it, stops the provider and settles the turn as it is.
    """
    progress = services.running[turn.id] = Progress(turn.noting(turn.received))
    services.announce(progress)
    services.log.event(
        "asked", trace=turn.id, caller=turn.caller.kind, by=turn.caller.by, model=turn.request.model
    )
    try:
        await step(progress, "admit", admit, services)
        await step(progress, "assemble", assemble, services)
        await step(progress, "route", route, services.directory)
        await step(progress, "translate", translate)
        await step(progress, "recall", recall, services)
        progress.stage = "send"
        async for output in hold_until_output(send(progress, services)):
            yield output
    except (GeneratorExit, asyncio.CancelledError):
        problem = INTERRUPTED if services.closing else _left(progress.turn)
        progress.turn = replace(progress.turn, problem=problem)
        raise
    except FilonError as error:
        _fail(progress, error.problem)
    except Exception as error:
        _fail(progress, _fault(progress.stage, error))
        services.log.event(
            "fault", level="error", trace=turn.id, details=traceback.format_exc(limit=8)
        )
    finally:
        try:
            await _settled(progress, services)
        finally:
            del services.running[turn.id]
    yield Ended(turn=progress.turn)


async def refuse(turn: Turn, problem: Problem, services: Services) -> Turn:
    """Settles a turn whose request could not be read, before any stage saw it."""
    received = replace(turn.received, error=problem)
    progress = Progress(replace(turn, problem=problem).noting(received))
    await _settled(progress, services)
    return progress.turn


async def _settled(progress: Progress, services: Services) -> None:
    """Settles the turn to its end, even when the caller's task is cancelled a second time. A
    fault in it is logged; an answer's row is then closed when the program starts again."""
    settling = asyncio.ensure_future(settle(progress, services))
    await asyncio.wait({settling})
    error = settling.exception()
    if error is not None:
        details = "".join(traceback.format_exception(error, limit=8))
        services.log.event("fault", level="error", trace=progress.turn.id, details=details)
        progress.turn = replace(
            progress.turn, problem=progress.turn.problem or _fault("settle", error)
        )


async def step(progress: Progress, name: str, stage: Any, *given: Any) -> None:
    """Runs one stage and stamps its records with when it began and ended."""
    progress.stage = name
    progress.stage_started = started = clock.now()
    before = len(progress.turn.records)
    result = stage(progress.turn, *given)
    turn = cast(Turn, await result if isinstance(result, Awaitable) else result)
    stamped = tuple(
        replace(record, started=started, ended=clock.now()) for record in turn.records[before:]
    )
    progress.turn = replace(turn, records=(*turn.records[:before], *stamped))


def _fail(progress: Progress, problem: Problem) -> None:
    turn = replace(progress.turn, problem=problem)
    # A failed attempt tells of itself; any other stage has left no record yet.
    if progress.stage != "send":
        turn = turn.noting(
            StageFailed(
                stage=progress.stage,
                started=progress.stage_started,
                ended=clock.now(),
                error=problem,
            )
        )
    progress.turn = turn


def _fault(stage: str, error: BaseException) -> Problem:
    return Problem(
        code="internal_error",
        message=f"A fault of Filon's own in the stage {stage}: {type(error).__name__}.",
        blame="filon",
        status=500,
        fix="The log has the details under this trace's id; report it.",
    )


def _left(turn: Turn) -> Problem:
    chat = turn.caller.kind == "chat"
    return Problem(
        code="stopped" if chat else "caller_left",
        message="You stopped the answer." if chat else "The caller closed the connection.",
        blame="caller",
        status=499,
    )
