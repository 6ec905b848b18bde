"""How it ended: tokens, price, findings; message and trace go to the writer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Literal

from msgspec.structs import replace

from filon.conversation import tokens
from filon.conversation.finding import Finding
from filon.conversation.usage import Usage
from filon.diagnosis.odd import Answered, odd, seems_short
from filon.pipeline.ending import message_ending, trace_summary
from filon.pipeline.services import Progress, Services
from filon.pipeline.turn import Turn
from filon.providers.models import price
from filon.store.errors import StoreError
from filon.store.trace_blob import Bare
from filon.store.trace_kept import kept
from filon.store.traces import TraceSummary
from filon.trace.records import Attempt, Cost, Settled

# Ends that nobody asked for and that are no failure of the provider.
_CUT_OFF = ("caller_left", "interrupted")

Outcome = Literal["complete", "stopped", "partial", "failed"]


def close(progress: Progress, services: Services) -> None:
    """Adds the last record, and gives back what `admit` took."""
    turn = progress.turn
    try:
        progress.turn = turn.noting(decide(turn, turn.now()))
    finally:
        # In any case, or the key would have a place less for ever.
        reserved = progress.turn.reserved
        if reserved is not None:
            services.rates.settle(reserved, _used(progress.turn))


def settle(progress: Progress, services: Services) -> Coroutine[Any, Any, None] | None:
    """Masks the records of a closed turn and hands it to the store. Returns what there is still to
    wait for, if anything: room at the writer, or a chat's answer on the disk."""
    if progress.turn.thread is not None:
        return _answer_settled(progress, services)
    records = _masked(progress, services)
    turn = progress.turn
    summary = trace_summary(turn)
    if not services.store.traces.offer(turn.caller.owner_id, summary, records):
        return _stored(progress, summary, records, services)
    _tell(progress, summary, services)
    return None


async def _answer_settled(progress: Progress, services: Services) -> None:
    records = _masked(progress, services)
    await _stored(progress, trace_summary(progress.turn), records, services)


def _masked(progress: Progress, services: Services) -> Bare:
    """Masks the records. Returns them ready to be stored."""
    turn = progress.turn
    request = turn.request
    # A key may stand where a model's name should; the list shows the name.
    masked = kept(turn.records, services.redactor, request.model)
    if not masked.clean:
        request = replace(request, model=services.redactor.text(request.model))
    progress.turn = replace(turn, records=masked.records, request=request)
    return masked.bare


async def _stored(
    progress: Progress, summary: TraceSummary, records: Bare, services: Services
) -> None:
    """A store that fails is told in the log, not to the caller, who has an answer."""
    try:
        await _store(progress.turn, summary, records, services)
    except StoreError as error:
        services.log.event("not_stored", level="error", trace=progress.turn.id, reason=str(error))
    _tell(progress, summary, services)


def _tell(progress: Progress, summary: TraceSummary, services: Services) -> None:
    services.counts.settled(progress.turn, services.directory)
    services.announce(progress)
    _log(progress.turn, summary, services)


def decide(turn: Turn, now: float) -> Settled:
    """The last record. `now` is Unix time in seconds."""
    answer, thread = turn.answer, turn.thread
    usage, began, ended = answer.usage, answer.began, answer.ended
    estimated = None if usage is not None else _estimate(turn)
    count = (usage or estimated or Usage()).output_tokens
    writing = ended - began if began is not None and ended is not None else 0.0
    return Settled(
        started=now,
        ended=turn.now(),
        error=turn.problem,
        outcome=_outcome(turn),
        usage=usage,
        estimated=estimated,
        cost=_cost(turn, usage, estimated),
        finish_reason=answer.finish_reason,
        ttft=began,
        rate=count / writing if count and writing > 0.05 else None,
        thought_field=answer.thought_field,
        message=answer.message,
        message_id=thread.answer_id if thread else None,
        conversation_id=thread.conversation_id if thread else None,
        model=answer.model,
        findings=_odd(turn) if turn.problem is None else (),
    )


def _odd(turn: Turn) -> tuple[Finding, ...]:
    """What is odd about the answer, which came whole."""
    attempt = turn.records[-1] if turn.records else None
    if not isinstance(attempt, Attempt) or turn.endpoint is None:
        return ()
    answer = turn.answer
    doubtful = seems_short(len(attempt.request_body.data), answer.usage)
    return odd(
        Answered(
            endpoint=turn.endpoint,
            model=attempt.model,
            request=turn.request,
            message=answer.message,
            finish_reason=answer.finish_reason,
            usage=answer.usage,
            answered=answer.model,
            attempt=attempt,
            prompt_tokens=tokens.of_request(turn.request) if doubtful else None,
        )
    )


def _used(turn: Turn) -> int:
    """All tokens of the turn, as far as they are known."""
    last = turn.records[-1] if turn.records else None
    usage = (last.usage or last.estimated) if isinstance(last, Settled) else None
    if usage is None:
        return 0
    return (usage.input_tokens or 0) + (usage.output_tokens or 0)


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
    return Usage(
        input_tokens=tokens.of_request(turn.request),
        output_tokens=tokens.of_answer(turn.answer.message),
    )


def _cost(turn: Turn, usage: Usage | None, estimated: Usage | None) -> Cost:
    if turn.endpoint is None or turn.model is None:
        return Cost(kind="unknown", why="The request did not get as far as an endpoint.")
    counted = usage or estimated
    if counted is None:
        return Cost(kind="unknown", why="Nothing was counted: no answer came.")
    return price(turn.endpoint, turn.model, counted, turn.started)


async def _store(turn: Turn, summary: TraceSummary, records: Bare, services: Services) -> None:
    owner = turn.caller.owner_id
    if turn.thread is not None and turn.thread.answer_id is not None:
        ending = message_ending(turn, services.redactor)
        # Together, so that the writer commits both at once: no answer without its trace.
        await asyncio.gather(
            services.store.traces.insert_now(owner, summary, records),
            services.store.messages.finish(owner, turn.thread.answer_id, ending),
        )
    else:
        await services.store.traces.insert(owner, summary, records)


def _log(turn: Turn, summary: TraceSummary, services: Services) -> None:
    level = "info" if summary.outcome in ("complete", "stopped") else "warning"
    if not services.log.tells(level):
        return
    findings = summary.facts.findings if summary.facts is not None else ()
    services.log.event(
        "settled",
        level=level,
        trace=summary.id,
        caller=summary.caller,
        model=summary.model,
        outcome=summary.outcome,
        input_tokens=summary.input_tokens,
        output_tokens=summary.output_tokens,
        usd=summary.cost_usd,
        ttft=summary.ttft,
        seconds=turn.elapsed(),
        finding=",".join(findings) or None,
        problem=turn.problem.message if turn.problem else None,
    )
