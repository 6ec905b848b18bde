"""A settled turn as the rows that are kept of it. Pure."""

from filon.conversation.finding import Finding
from filon.conversation.message import Message, Reasoning, Refusal, Text
from filon.conversation.usage import Usage
from filon.kit import clock
from filon.kit.redact import Redactor
from filon.pipeline.turn import Turn
from filon.store.messages import Chip, Ending
from filon.store.traces import TraceSummary
from filon.trace.facts import Facts, facts
from filon.trace.records import Attempt, Settled, Timing, Translated

# The kinds of frames that show a reader something that is no thought.
_SEEN = {"text", "refusal", "tool_call"}
_NOTHING = Usage()
_NO_TIMING = Timing()


def settled(turn: Turn) -> Settled | None:
    """The turn's last record, when it is over."""
    last = turn.records[-1] if turn.records else None
    return last if isinstance(last, Settled) else None


def message_ending(turn: Turn, redactor: Redactor) -> Ending:
    """How the answer's row is closed."""
    end = settled(turn)
    assert end is not None
    message = end.message
    return Ending(
        state=end.outcome,
        text=redactor.text(_joined(message, Text, Refusal)),
        reasoning=redactor.text(_joined(message, Reasoning)),
        content=message,
        problem=end.error if end.outcome in ("failed", "partial") else None,
        chip=chip(turn, end),
        trace_id=turn.id,
        at=clock.now(),
    )


def chip(turn: Turn, end: Settled) -> Chip:
    """The figures under the answer."""
    used = end.usage or end.estimated or Usage()
    translated = [record for record in turn.records if isinstance(record, Translated)]
    attempts = [record for record in turn.records if isinstance(record, Attempt)]
    told = facts(turn.records)
    odd = [finding for finding in _findings(attempts, end) if finding.kind == "notice"]
    return Chip(
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        cached_tokens=used.cached_tokens,
        reasoning_tokens=used.reasoning_tokens,
        estimated=end.usage is None and end.estimated is not None,
        cost_kind=end.cost.kind,
        cost_usd=end.cost.usd,
        ttft=end.ttft,
        rate=end.rate,
        total=end.started - turn.started,
        lost=len(told.dropped),
        finish_reason=end.finish_reason,
        thought=thought_for(attempts[-1]) if attempts else None,
        thought_field=end.thought_field,
        dropped=told.dropped,
        changed=told.changed,
        because=_places(translated, {*told.dropped, *told.changed}),
        notices=tuple(dict.fromkeys(finding.code for finding in odd)),
        answered=next((one.names.get("answered") for one in odd if "answered" in one.names), None),
    )


def _places(translated: list[Translated], names: set[str]) -> dict[str, str]:
    """The line, or the word for where no file is at work, that decided each of these."""
    told = [(one.name, one.because) for one in translated[-1].decisions] if translated else []
    return {
        name: why.source if why.line is None else f"{why.source}:{why.line}"
        for name, why in told
        if name in names
    }


def _findings(attempts: list[Attempt], end: Settled) -> list[Finding]:
    """Those of the attempt that answered, and of the turn."""
    return [*(attempts[-1].findings if attempts else ()), *end.findings]


def thought_for(attempt: Attempt) -> float | None:
    """Seconds from the first piece of a thought to the first of anything else that is seen, or to
    the end; None where both came in one piece, or where the frames that would tell were cut."""
    if attempt.frames_cut:
        return None
    began: float | None = None
    for frame in attempt.frames:
        kinds = set(frame.kind.split())
        if began is None and "reasoning" in kinds:
            began = frame.at
        if kinds & _SEEN:
            return frame.at - began if began is not None and frame.at > began else None
    if began is None or attempt.timing.ended is None:
        return None
    return attempt.timing.ended - began


def trace_summary(turn: Turn) -> TraceSummary:
    """The settled turn's trace as the list shows it."""
    end = settled(turn)
    assert end is not None
    used = end.usage or end.estimated or _NOTHING
    last = _last_attempt(turn)
    known = facts(turn.records)
    return TraceSummary(
        id=turn.id,
        started_at=turn.started,
        caller=turn.caller.kind,
        model=turn.request.model,
        endpoint=turn.endpoint.name if turn.endpoint else None,
        status=_status(turn, last),
        outcome=end.outcome,
        attempts=last.number if last else 0,
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        estimated=end.usage is None and end.estimated is not None,
        cost_kind=end.cost.kind,
        cost_usd=end.cost.usd,
        ttft=end.ttft,
        total=end.started - turn.started,
        mark=_mark(turn, known),
        conversation_id=turn.thread.conversation_id if turn.thread else None,
        message_id=turn.thread.answer_id if turn.thread else None,
        timing=last.timing if last else _NO_TIMING,
        key_id=turn.caller.key_id,
        facts=known,
    )


def _joined(message: Message | None, *kinds: type[Text | Reasoning | Refusal]) -> str:
    parts = message.parts if message is not None else ()
    return "".join(part.text for part in parts if isinstance(part, kinds))


def _last_attempt(turn: Turn) -> Attempt | None:
    # It stands just before the end, so that hardly any record is looked at.
    for record in reversed(turn.records):
        if type(record) is Attempt:
            return record
    return None


def _status(turn: Turn, last: Attempt | None) -> int | None:
    if last is not None and last.status is not None:
        return last.status
    return turn.problem.status if turn.problem is not None else None


def _mark(turn: Turn, known: Facts) -> str | None:
    """The one word worth reading in a list: the failure, the loss, or what it was for."""
    if turn.problem is not None:
        return turn.problem.code
    if turn.failed:
        # The first is what was asked for.
        return f"fell back from {next(iter(turn.failed)).partition('/')[0]}"
    if known.dropped:
        return f"{len(known.dropped)} lost"
    return "title" if turn.caller.kind == "title" else None
