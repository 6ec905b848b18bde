"""How it ended: tokens, price, findings; message and trace go to the writer."""

import asyncio
from typing import Literal

from msgspec.structs import replace

from filon.conversation.message import Text
from filon.conversation.usage import Usage
from filon.kit import clock
from filon.pipeline import tokens
from filon.pipeline.ending import message_ending, trace_summary
from filon.pipeline.services import Progress, Services
from filon.pipeline.turn import Turn
from filon.providers.models import price
from filon.store.errors import StoreError
from filon.trace.recorder import redact
from filon.trace.records import Cost, Settled

# Ends that nobody asked for and that are no failure of the provider.
_CUT_OFF = ("caller_left", "interrupted")

Outcome = Literal["complete", "stopped", "partial", "failed"]


async def settle(progress: Progress, services: Services) -> None:
    """Closes the turn and stores it. A store that fails is told in the log, not to the caller,
    who has an answer."""
    started = clock.now()
    turn = decide(progress.turn, started)
    turn = replace(
        turn,
        records=redact(turn.records, services.redactor),
        # A key may stand where a model's name should; the list shows the name.
        request=replace(turn.request, model=services.redactor.text(turn.request.model)),
    )
    progress.turn = turn
    try:
        await _store(turn, services)
    except StoreError as error:
        services.log.event("not_stored", level="error", trace=turn.id, reason=str(error))
    services.announce(progress)
    _log(turn, services)


def decide(turn: Turn, now: float) -> Turn:
    """Adds the last record. `now` is Unix time in seconds."""
    estimated = None if turn.answer.usage is not None else _estimate(turn)
    usage = turn.answer.usage
    began, ended = turn.answer.began, turn.answer.ended
    count = (usage or estimated or Usage()).output_tokens
    writing = ended - began if began is not None and ended is not None else 0.0
    return turn.noting(
        Settled(
            started=now,
            ended=clock.now(),
            error=turn.problem,
            outcome=_outcome(turn),
            usage=usage,
            estimated=estimated,
            cost=_cost(turn, usage, estimated),
            finish_reason=turn.answer.finish_reason,
            ttft=began,
            rate=count / writing if count and writing > 0.05 else None,
            message=turn.answer.message,
            message_id=turn.thread.answer_id if turn.thread else None,
            conversation_id=turn.thread.conversation_id if turn.thread else None,
        )
    )


def _outcome(turn: Turn) -> Outcome:
    if turn.problem is None:
        return "complete"
    if turn.problem.code == "stopped":
        return "stopped"
    if turn.answer.message is not None or turn.problem.code in _CUT_OFF:
        return "partial"
    return "failed"


def _estimate(turn: Turn) -> Usage | None:
    """Our own count, when something was sent that a provider would have counted."""
    if turn.wire is None or (turn.problem is not None and turn.answer.message is None):
        return None
    message = turn.answer.message
    text = "".join(part.text for part in message.parts if isinstance(part, Text)) if message else ""
    return Usage(input_tokens=tokens.of_request(turn.request), output_tokens=tokens.of_text(text))


def _cost(turn: Turn, usage: Usage | None, estimated: Usage | None) -> Cost:
    if turn.endpoint is None or turn.model is None:
        return Cost(kind="unknown", why="The request did not get as far as an endpoint.")
    counted = usage or estimated
    if counted is None:
        return Cost(kind="unknown", why="Nothing was counted: no answer came.")
    return price(turn.endpoint, turn.model, counted, turn.started)


async def _store(turn: Turn, services: Services) -> None:
    owner = turn.caller.owner_id
    summary = trace_summary(turn)
    if turn.thread is not None and turn.thread.answer_id is not None:
        ending = message_ending(turn, services.redactor)
        # Together, so that the writer commits both at once: no answer without its trace.
        await asyncio.gather(
            services.store.traces.insert_now(owner, summary, turn.records),
            services.store.messages.finish(owner, turn.thread.answer_id, ending),
        )
    else:
        await services.store.traces.insert(owner, summary, turn.records)


def _log(turn: Turn, services: Services) -> None:
    settled = turn.records[-1]
    assert isinstance(settled, Settled)
    used = settled.usage or settled.estimated or Usage()
    services.log.event(
        "settled",
        level="info" if settled.outcome in ("complete", "stopped") else "warning",
        trace=turn.id,
        caller=turn.caller.kind,
        model=turn.request.model,
        outcome=settled.outcome,
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        usd=settled.cost.usd,
        ttft=settled.ttft,
        seconds=clock.now() - turn.started,
        problem=turn.problem.message if turn.problem else None,
    )
