"""A whole reply, both ways, and the pieces it shares with a streamed one."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec import Raw, Struct

from filon.conversation.events import (
    Broken,
    Done,
    Finished,
    ReasoningDelta,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from filon.conversation.finish import Ending, ending
from filon.conversation.message import Part, Reasoning, Refusal, Text, ToolCall
from filon.conversation.reply import Choice, Reply
from filon.protocols.anthropic_messages.blocks import message_id, wire_id, wire_input
from filon.protocols.anthropic_messages.errors import parse_error, problem_of
from filon.protocols.anthropic_messages.usage import parse_usage, render_usage
from filon.protocols.lenient_json import decode_lenient, mend
from filon.protocols.reading import unreadable

REASONING_FIELD = "thinking"


class WireBlock(Struct):
    """A block of the answer, whole or as it begins. Any: hosts differ in the types."""

    type: Any = None
    text: Any = None
    thinking: Any = None
    signature: Any = None
    id: Any = None
    name: Any = None
    input: Raw = Raw()


class WireMessage(Struct):
    """A whole answer, or its head where it is streamed."""

    type: Any = None
    id: Any = None
    model: Any = None
    content: list[WireBlock] | None = None
    stop_reason: Any = None
    stop_details: Any = None
    usage: Any = None
    error: Any = None


_DECODER = msgspec.json.Decoder(WireMessage)


def parse_reply(body: bytes) -> list[StreamEvent]:
    """The events of a whole reply. A body that is an error, or no reply, gives Broken."""
    try:
        wire = _decode(body)
    except (ValueError, RecursionError):
        return [_not_a_reply(body)]
    if wire.content is None or wire.type == "error":
        return [_not_a_reply(body)]
    events: list[StreamEvent] = [started_of(wire)]
    calls = 0
    for block in wire.content:
        events += events_of(block, calls)
        calls += block.type == "tool_use"
    events += ends_of(wire.stop_reason, wire.stop_details)
    usage = parse_usage(wire.usage)
    if usage is not None:
        events.append(UsageReported(usage))
    return [*events, Done()]


def _decode(body: bytes) -> WireMessage:
    try:
        return _DECODER.decode(body)
    except msgspec.ValidationError:
        raise
    except ValueError:
        return _DECODER.decode(mend(body))


def _not_a_reply(body: bytes) -> Broken:
    try:
        problem = problem_of(decode_lenient(body))
    except ValueError:
        gist = parse_error(502, (), body, now=0.0).message
        return unreadable(body, f"The reply cannot be read: {gist[:300]}")
    if problem is not None:
        return Broken(problem)
    return unreadable(body, "The reply is JSON, but no message: it has no `content`.")


def started_of(wire: WireMessage) -> Started:
    """Who answers. Empty values count as none."""
    return Started(id=word(wire.id), model=word(wire.model))


def word(value: Any) -> str | None:
    """A text that says something, or None."""
    return value if isinstance(value, str) and value else None


def events_of(block: WireBlock, call: int) -> list[StreamEvent]:
    """The events for a whole block; `call` is the number of the tool call that it may be. A block
    that has no type of ours gives none: its bytes pass where the caller speaks this protocol."""
    text = word(block.text)
    if block.type == "text":
        return [] if text is None else [TextDelta(text)]
    if block.type == "thinking":
        thought, signature = word(block.thinking) or "", word(block.signature)
        if not thought and signature is None:
            return []
        return [ReasoningDelta(thought, field=REASONING_FIELD, signature=signature)]
    if block.type == "tool_use":
        given = bytes(block.input)
        arguments = given.decode("utf-8", "replace") if given.startswith(b"{") else "{}"
        return [
            ToolCallDelta(index=call, id=word(block.id), name=word(block.name), arguments=arguments)
        ]
    return []


def ends_of(reason: Any, details: Any) -> list[StreamEvent]:
    """The end of the answer, with the provider's explanation where it says why it refuses."""
    told = cast("dict[str, Any]", details) if isinstance(details, dict) else {}
    why = word(told.get("explanation"))
    events: list[StreamEvent] = [] if why is None else [RefusalDelta(why)]
    named = word(reason)
    return events if named is None else [*events, Finished(named)]


def render_reply(
    reply: Reply, *, id: str, model: str, created: int, asked: Mapping[str, Any] | None = None
) -> bytes:
    """A whole reply under the given id and model name. It tells the first choice, and no time."""
    choice = reply.first
    wire: dict[str, Any] = {
        "id": message_id(id),
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [_wire_block(part) for part in choice.parts if _is_told(part)],
        "stop_reason": _reason_of(choice),
        "stop_sequence": None,
        "usage": render_usage(reply.usage),
    }
    return msgspec.json.encode(wire)


def _reason_of(choice: Choice) -> str | None:
    if choice.finish_reason is None:
        return None
    calls = any(isinstance(part, ToolCall) for part in choice.parts)
    refuses = any(isinstance(part, Refusal) for part in choice.parts)
    return reason_of(choice.finish_reason, calls=calls, refuses=refuses)


_WORDS: dict[Ending, str] = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
    "refusal": "refusal",
    "pause": "pause_turn",
    "error": "end_turn",
}
_OWN = frozenset(
    {
        "end_turn",
        "max_tokens",
        "stop_sequence",
        "tool_use",
        "pause_turn",
        "refusal",
        "model_context_window_exceeded",
    }
)


def reason_of(reason: str, *, calls: bool, refuses: bool) -> str:
    """The end of an answer in this protocol's words; clients know no others.

    `calls` and `refuses` say that the answer holds tool calls, or a refusal told apart from text.
    """
    if reason in _OWN:
        return reason
    meant = ending(reason, calls=calls)
    return "refusal" if refuses and meant == "stop" else _WORDS[meant]


def _is_told(part: Part) -> bool:
    return not (isinstance(part, Text | Refusal) and not part.text)


def _wire_block(part: Part) -> dict[str, Any]:
    match part:
        case Reasoning(text=text, signature=signature):
            return {"type": "thinking", "thinking": text, "signature": signature or ""}
        case ToolCall(id=id, name=name, arguments=arguments):
            told = {"id": wire_id(id), "name": name, "input": wire_input(arguments)}
            return {"type": "tool_use", **told}
        case Text(text=text) | Refusal(text=text):
            return {"type": "text", "text": text}
        case _:
            raise ValueError(f"a reply does not hold a part of type {type(part).__name__}")
