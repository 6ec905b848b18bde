"""A streamed chat completion: a reader fed bytes cut anywhere, and a writer."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

import msgspec

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
from filon.conversation.usage import Usage
from filon.kit import sse
from filon.protocols.lenient_json import decode_lenient
from filon.protocols.openai_chat.errors import error_object, parse_error, problem_of
from filon.protocols.openai_chat.reply import (
    CallNumbers,
    WireChoice,
    WireReply,
    decode,
    events_of,
    finish_of,
    index_of,
    only_text,
    read_reply,
    reasoning_name,
    started_of,
    usage_of,
    word_of,
)
from filon.protocols.openai_chat.usage import render_usage
from filon.protocols.pieces import Piece
from filon.protocols.reading import FrameReader


class StreamParser(FrameReader):
    """Reads one streamed reply, in every accent of it. After Broken or Done no more events come."""

    def __init__(self, limit: int = sse.DEFAULT_LIMIT) -> None:
        super().__init__(limit)
        self._started = False
        self._open: set[int] = set()
        self._finished: set[int] = set()

    @cached_property
    def _numbers(self) -> CallNumbers:
        # Most replies call no tools.
        return CallNumbers()

    def _document(self, body: bytes) -> list[StreamEvent]:
        events, self.reply = read_reply(body)
        return events

    def _missing(self) -> str | None:
        """Without [DONE], an end of every choice will do."""
        if self._open:
            return "The stream ended in the middle of the answer."
        return None if self._finished else "The stream ended before any answer began."

    def _piece(self, item: sse.Event) -> Piece:
        data = item.data.strip()
        if data == b"[DONE]":
            self._over = True
            return Piece(item.raw, (Done(),))
        if not data:
            return Piece(item.raw)
        if item.event == "error":
            return self._error(item)
        try:
            wire = decode(data)
        except ValueError:
            return self._not_a_chunk(item)
        text = self._plain_text(wire)
        if text is not None:
            return Piece(item.raw, (TextDelta(text),), wire.model, wire.usage is not msgspec.UNSET)
        return self._chunk(item.raw, data, wire)

    def _plain_text(self, wire: WireReply) -> str | None:
        """What a chunk says that says nothing else, as nearly all do, in the middle of the answer;
        None for any other."""
        choices = wire.choices
        if (
            not choices
            or len(choices) != 1
            or 0 not in self._open
            or wire.usage
            or wire.x_groq
            or wire.error
            or wire.detail
            or wire.type is not None
            or wire.object == "error"
            or wire.model.__class__ is not str
        ):
            return None
        choice = choices[0]
        if choice.finish_reason is not None or choice.index != 0:
            return None
        return only_text(choice.delta)

    def _chunk(self, raw: bytes, data: bytes, wire: WireReply) -> Piece:
        events: list[StreamEvent] = []
        failure = wire.error or "error" in (wire.object, wire.type)
        if failure or (wire.detail and wire.choices is None):
            problem = problem_of(decode_lenient(data))
        else:
            problem = None
        if not self._started and wire.choices:
            self._started = True
            events.append(started_of(wire))
        broken: StreamEvent | None = None if problem is None else Broken(problem)
        for choice in wire.choices or ():
            broken = self._choice(choice, events) or broken
        usage = usage_of(wire)
        if usage is not None:
            events.append(usage)
        if problem is not None:
            broken = Broken(problem)
        if broken is not None:
            self._over = True
            events.append(broken)
        model = wire.model if isinstance(wire.model, str) else None
        return Piece(raw, tuple(events), model, wire.usage is not msgspec.UNSET)

    def _choice(self, choice: WireChoice, events: list[StreamEvent]) -> StreamEvent | None:
        """Adds the events of one choice of a chunk; returns the failure if its end is one."""
        index = index_of(choice)
        if choice.delta is not None:
            events += events_of(choice.delta, index, self._numbers)
        if index in self._finished:
            return None  # some repeat the reason on the chunk with the usage
        self._open.add(index)
        end = finish_of(choice.finish_reason, index)
        if end is None or isinstance(end, Broken):
            return end
        self._open.discard(index)
        self._finished.add(index)
        events.append(end)
        return None

    def _error(self, item: sse.Event) -> Piece:
        self._over = True
        return Piece(item.raw, (Broken(parse_error(200, (), item.data, now=0.0)),))

    def _not_a_chunk(self, item: sse.Event) -> Piece:
        try:
            problem = problem_of(decode_lenient(item.data))
        except ValueError:
            problem = None
        if problem is None:
            gist = item.text[:200]
            return self._broken(item.raw, f"A frame of the stream cannot be read: {gist}")
        self._over = True
        return Piece(item.raw, (Broken(problem),))


class StreamRenderer:
    """Writes one streamed reply under the given id and model name.

    The counts are told once, before [DONE], and only with `include_usage`; render Done to end.
    """

    def __init__(
        self,
        *,
        id: str,
        model: str,
        created: int,
        include_usage: bool = False,
        asked: Mapping[str, Any] | None = None,
    ) -> None:
        self._head = {
            "id": id,
            "object": "chat.completion.chunk",
            "created": created,
            "model": model,
        }
        self._include_usage = include_usage
        self._usage: Usage | None = None
        self._begun: set[int] = set()

    def render(self, event: StreamEvent) -> bytes:
        """The frames for one event; empty for what this protocol does not tell."""
        match event:
            case TextDelta(text=text, choice=index):
                return self._delta(index, {"content": text})
            case ReasoningDelta(text=text, choice=index, field=field):
                # A piece that only seals a thought has nothing to tell in this protocol.
                return self._delta(index, {reasoning_name(field): text}) if text else b""
            case RefusalDelta(text=text, choice=index):
                return self._delta(index, {"refusal": text})
            case ToolCallDelta(choice=index):
                return self._delta(index, {"tool_calls": [_wire_call(event)]})
            case Finished(reason=reason, choice=index):
                return self._choice(index, {}, word_of(reason))
            case Started():
                return self._delta(0, {"content": ""})
            case UsageReported(usage=usage):
                self._usage = usage
                return b""
            case Broken(problem=problem):
                return sse.encode(msgspec.json.encode(error_object(problem)))
            case Done():
                return self._end()

    def _delta(self, index: int, delta: dict[str, Any]) -> bytes:
        if index not in self._begun:
            self._begun.add(index)
            delta = {"role": "assistant", **delta}
        return self._choice(index, delta, None)

    def _choice(self, index: int, delta: dict[str, Any], reason: str | None) -> bytes:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}
        chunk: dict[str, Any] = {**self._head, "choices": [choice]}
        if self._include_usage:
            chunk["usage"] = None
        return sse.encode(msgspec.json.encode(chunk))

    def _end(self) -> bytes:
        if not self._include_usage or self._usage is None:
            return b"data: [DONE]\n\n"
        chunk = {**self._head, "choices": cast("list[Any]", []), "usage": render_usage(self._usage)}
        return sse.encode(msgspec.json.encode(chunk)) + b"data: [DONE]\n\n"


def _wire_call(delta: ToolCallDelta) -> dict[str, Any]:
    function: dict[str, Any] = {"arguments": delta.arguments}
    if delta.name is not None:
        function = {"name": delta.name, **function}
    call: dict[str, Any] = {"index": delta.index, "function": function}
    if delta.id is not None:
        call = {"index": delta.index, "id": delta.id, "type": "function", "function": function}
    return call
