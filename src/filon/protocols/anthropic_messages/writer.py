"""A streamed reply as it is written: blocks one after the other, each opened and closed."""

from collections.abc import Mapping
from typing import Any

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
from filon.protocols.anthropic_messages.blocks import message_id, wire_id
from filon.protocols.anthropic_messages.errors import error_object
from filon.protocols.anthropic_messages.reply import reason_of
from filon.protocols.anthropic_messages.usage import render_usage


class _Call:
    """A tool call while it is written. It has no block before its name is known."""

    __slots__ = ("arguments", "block", "id", "name", "open")

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments = ""
        self.block: int | None = None
        self.open = False

    def is_whole(self) -> bool:
        """Whether its arguments are complete JSON, so that nothing can follow."""
        try:
            msgspec.json.decode(self.arguments.encode("utf-8", "replace"))
        except (ValueError, RecursionError):
            return False
        return True


class StreamRenderer:
    """Writes one streamed reply under the given id and model name; render Done to end.

    The protocol has one answer: events of a second choice are not told. The counts are always told,
    with the end; the first event has to have some and says 0.
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
        self._id = id
        self._model = model
        self._begun = False
        self._blocks = 0
        self._prose: str | None = None  # the type of the open block, if it is no tool call
        self._calls: dict[int, _Call] = {}
        self._refuses = False
        self._reason: str | None = None
        self._usage: Usage | None = None

    def render(self, event: StreamEvent) -> bytes:
        """The frames for one event; empty for what this protocol does not tell."""
        if isinstance(event, Broken):
            return _frame(error_object(event.problem, self._id))
        if getattr(event, "choice", 0) != 0:
            return b""
        frames = [] if self._begun else [self._message_start()]
        match event:
            case Finished(reason=reason):
                self._reason = reason
            case UsageReported(usage=usage):
                self._usage = usage
            case Done():
                frames += self._end()
            case Started():
                pass
            case _:
                frames += self._output(event)
        return b"".join(frames)

    def _output(
        self, event: TextDelta | ReasoningDelta | RefusalDelta | ToolCallDelta
    ) -> list[bytes]:
        match event:
            case TextDelta(text=text):
                return self._say("text", text)
            case RefusalDelta(text=text):
                self._refuses = True
                return self._say("text", text)
            case ReasoningDelta(text=text, signature=signature):
                return self._think(text, signature)
            case ToolCallDelta():
                return self._call(event)

    def _message_start(self) -> bytes:
        self._begun = True
        message = {
            "id": message_id(self._id),
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": (),
            "stop_reason": None,
            "stop_sequence": None,
            "usage": render_usage(self._usage),
        }
        return _frame({"type": "message_start", "message": message})

    def _say(self, kind: str, text: str) -> list[bytes]:
        """More of a text or a thought, whose member is called as its block's type."""
        if not text:
            return []
        frames = self._opened(kind)
        return [*frames, self._delta(self._blocks - 1, f"{kind}_delta", kind, text)]

    def _think(self, text: str, signature: str | None) -> list[bytes]:
        frames = self._say("thinking", text)
        if signature is not None:
            frames += self._opened("thinking")
            frames.append(self._delta(self._blocks - 1, "signature_delta", "signature", signature))
            frames += self._settle()
        return frames

    def _opened(self, kind: str) -> list[bytes]:
        """The frames that open a block of prose, if the one that is open is another."""
        if self._prose == kind:
            return []
        frames = self._settle()
        self._prose = kind
        extra = {"signature": ""} if kind == "thinking" else {}
        return [*frames, self._start({"type": kind, kind: "", **extra})]

    def _call(self, delta: ToolCallDelta) -> list[bytes]:
        call = self._calls.setdefault(delta.index, _Call())
        call.id, call.name = call.id or delta.id or "", call.name or delta.name or ""
        if call.block is not None:
            # What still comes for a call that was complete can only be blanks.
            if not call.open or not delta.arguments:
                return []
            call.arguments += delta.arguments
            return [self._delta(call.block, "input_json_delta", "partial_json", delta.arguments)]
        call.arguments += delta.arguments
        return self._begin_call(delta.index, call) if call.name else []

    def _begin_call(self, number: int, call: _Call) -> list[bytes]:
        frames = self._settle()
        call.block, call.open = self._blocks, True
        # A call without an id could not be answered.
        id = wire_id(call.id or f"{self._id}_{number}")
        frames.append(self._start({"type": "tool_use", "id": id, "name": call.name, "input": {}}))
        if call.arguments:
            frames.append(
                self._delta(call.block, "input_json_delta", "partial_json", call.arguments)
            )
        return frames

    def _settle(self, *, end: bool = False) -> list[bytes]:
        """Closes the blocks that nothing can follow. A call whose JSON is not complete stays open
        beside the next block: few providers write two calls at a time, but some do."""
        frames: list[bytes] = []
        for call in self._calls.values():
            if call.open and call.block is not None and (end or call.is_whole()):
                call.open = False
                frames.append(_frame({"type": "content_block_stop", "index": call.block}))
        if self._prose is not None:
            self._prose = None
            frames.append(_frame({"type": "content_block_stop", "index": self._blocks - 1}))
        return frames

    def _start(self, block: dict[str, Any]) -> bytes:
        index = self._blocks
        self._blocks += 1
        return _frame({"type": "content_block_start", "index": index, "content_block": block})

    def _delta(self, block: int, kind: str, member: str, value: str) -> bytes:
        delta = {"type": kind, member: value}
        return _frame({"type": "content_block_delta", "index": block, "delta": delta})

    def _end(self) -> list[bytes]:
        nameless = [(n, call) for n, call in self._calls.items() if call.block is None]
        frames = [frame for n, call in nameless for frame in self._begin_call(n, call)]
        frames += self._settle(end=True)
        delta = {"stop_reason": self._word(), "stop_sequence": None}
        frames.append(
            _frame({"type": "message_delta", "delta": delta, "usage": render_usage(self._usage)})
        )
        return [*frames, _frame({"type": "message_stop"})]

    def _word(self) -> str | None:
        if self._reason is None:
            return None
        return reason_of(self._reason, calls=bool(self._calls), refuses=self._refuses)


def _frame(told: dict[str, Any]) -> bytes:
    return sse.encode(msgspec.json.encode(told), event=told["type"])
