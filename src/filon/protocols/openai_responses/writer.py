"""The writer of a streamed reply: every event of the protocol, in its order and numbered."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from filon.conversation.errors import Problem
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
from filon.conversation.message import Reasoning, ToolCall
from filon.kit import sse
from filon.protocols.openai_responses.errors import broken_frame, failure_of
from filon.protocols.openai_responses.output import (
    Wire,
    call_id,
    call_item,
    item_id,
    message_item,
    reasoning_item,
    refusal_part,
    response,
    status_of,
    summarised,
    text_part,
)
from filon.protocols.openai_responses.seals import seal_for_caller
from filon.protocols.openai_responses.usage import render_usage


class _Said(Struct):
    """A part of a message under way: `output_text` or `refusal`."""

    kind: str
    texts: list[str]


class _Item(Struct):
    """An output item under way."""

    id: str
    index: int


class _Message(_Item):
    done: list[Wire]
    part: _Said | None = None


class _Thought(_Item):
    summary: bool
    texts: list[str]
    sealed: str | None = None


class _Call(_Item):
    id_given: str | None
    name: str
    arguments: list[str]


class StreamRenderer:
    """Writes one streamed reply under the given id and model name; render Done to end.

    `asked` are the caller's parameters, which this protocol repeats. The counts are always told,
    whatever `include_usage` says. There is room for one choice: the others are left out.
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
        self._asked = asked or {}
        self._response = response(id, model, created, self._asked)
        self._number = 0
        self._output: dict[int, Wire] = {}  # what is done, by its place
        self._places = 0
        self._open: _Message | _Thought | None = None
        # Calls stay open to the end: providers may write several at once.
        self._calls: dict[int, _Call] = {}
        self._unnamed: dict[int, list[ToolCallDelta]] = {}
        self._reason: str | None = None
        self._over = False

    def render(self, event: StreamEvent) -> bytes:
        """The frames for one event; empty for what this protocol does not tell."""
        if self._over or getattr(event, "choice", 0):
            return b""
        if isinstance(event, Broken) and not self._number:
            # What came before was relayed, and another beginning would contradict it.
            self._over = True
            return broken_frame(event.problem)
        begun = b"" if self._number else self._begin()
        return begun + self._frames(event)

    def _frames(self, event: StreamEvent) -> bytes:
        match event:
            case TextDelta(text=text):
                return self._say("output_text", text)
            case RefusalDelta(text=text):
                return self._say("refusal", text)
            case ReasoningDelta():
                return self._think(event)
            case ToolCallDelta():
                return self._call(event)
            case Finished(reason=reason):
                self._reason = reason
                return self._close_all()
            case UsageReported(usage=usage):
                self._response["usage"] = render_usage(usage)
                return b""
            case Broken(problem=problem):
                return self._break_off(problem)
            case Done():
                return self._end()
            case Started():
                return b""

    def _frame(self, kind: str, **members: Any) -> bytes:
        told = {"type": kind, "sequence_number": self._number, **members}
        self._number += 1
        return sse.encode(msgspec.json.encode(told), event=kind)

    def _begin(self) -> bytes:
        return self._frame("response.created", response=self._response) + self._frame(
            "response.in_progress", response=self._response
        )

    def _place(self) -> int:
        self._places += 1
        return self._places - 1

    def _added(self, index: int, item: Wire) -> bytes:
        return self._frame("response.output_item.added", output_index=index, item=item)

    def _done(self, index: int, item: Wire) -> bytes:
        self._output[index] = item
        return self._frame("response.output_item.done", output_index=index, item=item)

    # A message.

    def _say(self, kind: str, text: str) -> bytes:
        if not text:
            return b""
        frames = b""
        item = self._open
        if not isinstance(item, _Message):
            frames = self._close()
            index = self._place()
            item = self._open = _Message(id=item_id("msg", self._id, index), index=index, done=[])
            frames += self._added(index, message_item(item.id, (), "in_progress"))
        if item.part is None or item.part.kind != kind:
            frames += self._close_part(item)
            item.part = _Said(kind, [])
            frames += self._of_part("response.content_part.added", item, part=_wire_part(item.part))
        item.part.texts.append(text)
        if kind == "refusal":
            return frames + self._of_part("response.refusal.delta", item, delta=text)
        return frames + self._of_part("response.output_text.delta", item, delta=text, logprobs=[])

    def _of_part(self, kind: str, item: _Message, **members: Any) -> bytes:
        return self._frame(
            kind,
            item_id=item.id,
            output_index=item.index,
            content_index=len(item.done),
            **members,
        )

    def _close_part(self, item: _Message) -> bytes:
        if item.part is None:
            return b""
        text, wire = "".join(item.part.texts), _wire_part(item.part)
        if item.part.kind == "refusal":
            frames = self._of_part("response.refusal.done", item, refusal=text)
        else:
            frames = self._of_part("response.output_text.done", item, text=text, logprobs=[])
        frames += self._of_part("response.content_part.done", item, part=wire)
        item.done.append(wire)
        item.part = None
        return frames

    # A thought.

    def _think(self, event: ReasoningDelta) -> bytes:
        if not event.text and event.signature is None:
            return b""
        frames = b""
        item = self._open
        summary = summarised(event.field, self._asked)
        if not isinstance(item, _Thought) or item.summary != summary:
            frames = self._close()
            index = self._place()
            item = self._open = _Thought(
                id=item_id("rs", self._id, index), index=index, summary=summary, texts=[]
            )
            empty = reasoning_item(item.id, Reasoning(""), "in_progress", summary=summary)
            frames += self._added(index, empty)
        if event.text:
            if not item.texts and summary:
                part = {"type": "summary_text", "text": ""}
                frames += self._of_thought("response.reasoning_summary_part.added", item, part=part)
            item.texts.append(event.text)
            kind = "reasoning_summary_text" if summary else "reasoning_text"
            frames += self._of_thought(f"response.{kind}.delta", item, delta=event.text)
        if event.signature is not None:
            item.sealed = seal_for_caller(event.field, event.signature)
            frames += self._close()
        return frames

    def _of_thought(self, kind: str, item: _Thought, **members: Any) -> bytes:
        place = {"summary_index": 0} if item.summary else {"content_index": 0}
        return self._frame(kind, item_id=item.id, output_index=item.index, **place, **members)

    def _close_thought(self, item: _Thought, status: str) -> bytes:
        text, frames = "".join(item.texts), b""
        if text and item.summary:
            part = {"type": "summary_text", "text": text}
            frames = self._of_thought("response.reasoning_summary_text.done", item, text=text)
            frames += self._of_thought("response.reasoning_summary_part.done", item, part=part)
        elif text:
            frames = self._of_thought("response.reasoning_text.done", item, text=text)
        thought = Reasoning(text, item.sealed)
        wire = reasoning_item(item.id, thought, status, summary=item.summary)
        return frames + self._done(item.index, wire)

    # A call.

    def _call(self, event: ToolCallDelta) -> bytes:
        call = self._calls.get(event.index)
        if call is not None:
            return self._argue(call, event.arguments)
        held = self._unnamed.setdefault(event.index, [])
        held.append(event)
        # Some tell the name after the first arguments; the item cannot be added without it.
        return self._begin_call(event.index) if event.name else b""

    def _begin_call(self, number: int) -> bytes:
        held = self._unnamed.pop(number)
        frames = self._close()
        index = self._place()
        given = next((one.id for one in held if one.id), None)
        name = next((one.name for one in held if one.name), "")
        call = _Call(
            id=item_id("fc", self._id, index), index=index, id_given=given, name=name, arguments=[]
        )
        self._calls[number] = call
        frames += self._added(index, self._wire_call(call, "in_progress"))
        return frames + self._argue(call, "".join(one.arguments for one in held))

    def _argue(self, call: _Call, text: str) -> bytes:
        if not text:
            return b""
        call.arguments.append(text)
        return self._frame(
            "response.function_call_arguments.delta",
            item_id=call.id,
            output_index=call.index,
            delta=text,
        )

    def _close_call(self, call: _Call, status: str) -> bytes:
        frames = self._frame(
            "response.function_call_arguments.done",
            item_id=call.id,
            output_index=call.index,
            name=call.name,
            arguments="".join(call.arguments),
        )
        return frames + self._done(call.index, self._wire_call(call, status))

    def _wire_call(self, call: _Call, status: str) -> Wire:
        id = call_id(self._id, call.index, call.id_given)
        told = ToolCall(id=id, name=call.name, arguments="".join(call.arguments))
        return call_item(call.id, told, status)

    # The ends.

    def _close(self, status: str = "completed") -> bytes:
        """Closes the message or thought under way."""
        item, self._open = self._open, None
        if isinstance(item, _Message):
            frames = self._close_part(item)
            return frames + self._done(item.index, message_item(item.id, item.done, status))
        return b"" if item is None else self._close_thought(item, status)

    def _close_all(self, *, broken: bool = False) -> bytes:
        status = "failed" if broken else status_of(self._reason)[0]
        frames = b"".join(self._begin_call(number) for number in sorted(self._unnamed))
        last = self._places - 1
        ending = "completed" if status == "completed" else "incomplete"
        if self._open is not None:
            frames += self._close(ending if self._open.index == last else "completed")
        for number in sorted(self._calls):
            call = self._calls.pop(number)
            frames += self._close_call(call, ending if call.index == last else "completed")
        return frames

    def _end(self) -> bytes:
        frames = self._close_all()
        self._over = True
        status, incomplete = status_of(self._reason)
        if status == "failed":
            self._response["error"] = {
                "code": "server_error",
                "message": f"The provider broke the answer off (it says `{self._reason}`).",
            }
        return frames + self._last(status, incomplete)

    def _break_off(self, problem: Problem) -> bytes:
        frames = self._close_all(broken=True)
        self._over = True
        self._response["error"] = failure_of(problem)
        frames += self._last("failed", None)
        return frames + broken_frame(problem, self._number)

    def _last(self, status: str, incomplete: Wire | None) -> bytes:
        self._response |= {
            "status": status,
            "incomplete_details": incomplete,
            "output": [item for _, item in sorted(self._output.items())],
        }
        return self._frame(f"response.{status}", response=self._response)


def _wire_part(part: _Said) -> Wire:
    text = "".join(part.texts)
    return refusal_part(text) if part.kind == "refusal" else text_part(text)
