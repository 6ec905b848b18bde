"""Turns that run, as far as they have come."""

from filon.pipeline.services import Progress
from filon.store.trace_filter import Filter
from filon.store.trace_match import matches
from filon.store.traces import TraceSummary
from filon.trace.facts import facts
from filon.trace.records import Timing


def so_far(progress: Progress) -> TraceSummary:
    """A turn that is not over as lists show it. Its outcome says nothing yet: `live` stands for
    it."""
    turn = progress.turn
    attempt = progress.recording.record() if progress.recording is not None else None
    return TraceSummary(
        id=turn.id,
        started_at=turn.started,
        caller=turn.caller.kind,
        model=turn.request.model,
        endpoint=turn.endpoint.name if turn.endpoint else None,
        status=attempt.status if attempt else None,
        outcome="complete",
        attempts=attempt.number if attempt else 0,
        ttft=attempt.timing.first_output if attempt else None,
        total=turn.elapsed(),
        mark="title" if turn.caller.kind == "title" else None,
        conversation_id=turn.thread.conversation_id if turn.thread else None,
        message_id=turn.thread.answer_id if turn.thread else None,
        timing=attempt.timing if attempt else Timing(),
        key_id=turn.caller.key_id,
        facts=facts(turn.records),
    )


def runs_as(progress: Progress, chosen: Filter) -> bool:
    """Whether a turn that is not over is what the filter asks for, as far as is known by now."""
    if not chosen.terms:
        return True
    caller = progress.turn.caller
    known = {}
    if caller.key_id is not None:
        known = {caller.key_id: (caller.key_name or "", caller.key or "")}
    return matches(chosen, so_far(progress), outcome="live", keys=known)
