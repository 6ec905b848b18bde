"""A streamed reply as it is read, from bytes cut anywhere."""

from typing import Any

import msgspec
from msgspec import Struct

from filon.conversation.events import (
    Broken,
    Done,
    Finished,
    ReasoningDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from filon.kit import sse
from filon.protocols.anthropic_messages.errors import problem_of
from filon.protocols.anthropic_messages.reply import (
    REASONING_FIELD,
    WireBlock,
    WireMessage,
    ends_of,
    events_of,
    parse_reply,
    started_of,
    word,
)
from filon.protocols.anthropic_messages.usage import merged, parse_usage
from filon.protocols.lenient_json import decode_lenient, mend
from filon.protocols.pieces import Piece
from filon.protocols.reading import FrameReader


class WireDelta(Struct):
    """More of a block, or how the message ended."""

    type: Any = None
    text: Any = None
    thinking: Any = None
    signature: Any = None
    partial_json: Any = None
    stop_reason: Any = None
    stop_details: Any = None


class WireEvent(Struct):
    """One event of a stream. Members that are not here are skipped."""

    type: Any = None
    index: Any = None
    message: WireMessage | None = None
    content_block: WireBlock | None = None
    delta: WireDelta | None = None
    usage: Any = None


_DECODER = msgspec.json.Decoder(WireEvent)


def _decode(data: bytes) -> WireEvent:
    try:
        return _DECODER.decode(data)
    except msgspec.ValidationError:
        raise
    except ValueError:
        return _DECODER.decode(mend(data))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


class StreamParser(FrameReader):
    """Reads one streamed reply. The first event's counts are those of the input; the last one's
    are totals."""

    def __init__(self, limit: int = sse.DEFAULT_LIMIT) -> None:
        super().__init__(limit)
        self._started = False
        self._ended = False  # the reason for the end has come
        self._usage: dict[str, Any] = {}
        self._calls: dict[Any, int] = {}  # the wire's number of a block: the number of its call
        self._silent: set[Any] = set()  # calls that have told no arguments yet

    def _document(self, body: bytes) -> list[StreamEvent]:
        return parse_reply(body)

    def _missing(self) -> str | None:
        if self._ended:
            return None
        if self._started:
            return "The stream ended in the middle of the answer."
        return "The stream ended before any answer began."

    def _piece(self, item: sse.Event) -> Piece:
        data = item.data.strip()
        if not data:
            return Piece(item.raw)
        if data == b"[DONE]":
            self._over = True
            return Piece(item.raw, (Done(),))
        try:
            wire = _decode(data)
        except ValueError:
            return self._not_an_event(item)
        kind = wire.type if isinstance(wire.type, str) else item.event
        if kind in ("error", "message"):
            return self._not_an_event(item)
        events = self._events_of(kind, wire)
        if kind == "message_stop":
            self._over = True
        model = None if wire.message is None else word(wire.message.model)
        return Piece(item.raw, tuple(events), model, bool(wire.usage))

    def _events_of(self, kind: str, wire: WireEvent) -> list[StreamEvent]:
        match kind:
            case "message_start":
                return self._begin(wire.message or WireMessage())
            case "content_block_start":
                return self._open(wire.index, wire.content_block or WireBlock())
            case "content_block_delta":
                return self._more(wire.index, wire.delta or WireDelta())
            case "content_block_stop":
                return self._close_block(wire.index)
            case "message_delta":
                return self._end(wire.delta or WireDelta(), wire.usage)
            case "message_stop":
                return [Done()]
            case _:
                return []  # a ping, or what a later version tells

    def _begin(self, message: WireMessage) -> list[StreamEvent]:
        self._started = True
        self._usage = merged({}, message.usage)
        # What is told of the output so far is no count of it yet.
        usage = parse_usage({**self._usage, "output_tokens": None})
        told = [] if usage is None or not usage.input_tokens else [UsageReported(usage)]
        return [started_of(message), *told]

    def _open(self, index: Any, block: WireBlock) -> list[StreamEvent]:
        events = events_of(block, len(self._calls))
        if block.type != "tool_use":
            return events
        key = _key(index)
        self._calls[key] = len(self._calls)
        call = events[0]
        assert isinstance(call, ToolCallDelta)
        if call.arguments.strip("{} \t\r\n"):
            return events
        self._silent.add(key)
        return [msgspec.structs.replace(call, arguments="")]

    def _more(self, index: Any, delta: WireDelta) -> list[StreamEvent]:
        match delta.type:
            case "text_delta":
                text = word(delta.text)
                return [] if text is None else [TextDelta(text)]
            case "thinking_delta":
                text = word(delta.thinking)
                return [] if text is None else [ReasoningDelta(text, field=REASONING_FIELD)]
            case "signature_delta":
                seal = word(delta.signature)
                if seal is None:
                    return []
                return [ReasoningDelta("", field=REASONING_FIELD, signature=seal)]
            case "input_json_delta":
                call, text = self._calls.get(_key(index)), word(delta.partial_json)
                if call is None or text is None:
                    return []
                self._silent.discard(_key(index))
                return [ToolCallDelta(index=call, arguments=text)]
            case _:
                return []

    def _close_block(self, index: Any) -> list[StreamEvent]:
        key = _key(index)
        if key not in self._silent:
            return []
        # A call without arguments streams none, and elsewhere no text is no JSON.
        self._silent.discard(key)
        return [ToolCallDelta(index=self._calls[key], arguments="{}")]

    def _end(self, delta: WireDelta, usage: Any) -> list[StreamEvent]:
        events: list[StreamEvent] = []
        if not self._ended:
            events = ends_of(delta.stop_reason, delta.stop_details)
            self._ended = any(isinstance(event, Finished) for event in events)
        self._usage = merged(self._usage, usage)
        counted = parse_usage(self._usage)
        return events if counted is None else [*events, UsageReported(counted)]

    def _not_an_event(self, item: sse.Event) -> Piece:
        try:
            problem = problem_of(decode_lenient(item.data))
        except ValueError:
            problem = None
        if problem is None:
            return self._broken(
                item.raw, f"A frame of the stream cannot be read: {item.text[:200]}"
            )
        self._over = True
        return Piece(item.raw, (Broken(problem),))


def _key(index: Any) -> Any:
    return index if isinstance(index, int) else None
