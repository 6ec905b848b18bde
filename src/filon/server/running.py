"""Turns that run, as far as they can be told from others by a filter."""

from filon.pipeline.services import Progress
from filon.store.trace_filter import Filter
from filon.store.trace_match import matches
from filon.store.traces import TraceSummary
from filon.trace.facts import facts


def runs_as(progress: Progress, chosen: Filter) -> bool:
    """Whether a turn that is not over is what the filter asks for, as far as is known by now."""
    if not chosen.terms:
        return True
    turn = progress.turn
    attempt = progress.recording.record() if progress.recording is not None else None
    so_far = TraceSummary(
        id=turn.id,
        started_at=turn.started,
        caller=turn.caller.kind,
        model=turn.request.model,
        endpoint=turn.endpoint.name if turn.endpoint else None,
        status=attempt.status if attempt else None,
        # It has none yet: `live` stands for it.
        outcome="complete",
        attempts=attempt.number if attempt else 0,
        ttft=attempt.timing.first_output if attempt else None,
        total=turn.elapsed(),
        conversation_id=turn.thread.conversation_id if turn.thread else None,
        key_id=turn.caller.key_id,
        facts=facts(turn.records),
    )
    key_id, name, prefix = turn.caller.key_id, turn.caller.key_name, turn.caller.key
    keys = {key_id: (name or "", prefix or "")} if key_id is not None else {}
    return matches(chosen, so_far, outcome="live", keys=keys)
