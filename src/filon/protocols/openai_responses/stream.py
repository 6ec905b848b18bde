"""A streamed reply: the reader, fed bytes cut anywhere. The writer is in writer.py."""

from typing import Any

import msgspec
from msgspec import Struct

from filon.conversation.events import Broken, StreamEvent
from filon.kit import sse
from filon.protocols.lenient_json import decode_lenient, mend
from filon.protocols.openai_chat.errors import problem_of
from filon.protocols.openai_responses.errors import problem_in
from filon.protocols.openai_responses.reply import (
    OutputReader,
    Said,
    ends_of,
    list_of,
    object_of,
    parse_reply,
    started_of,
)
from filon.protocols.pieces import Piece
from filon.protocols.reading import FrameReader


class _Event(Struct):
    """One event of the wire, less what is not needed. Any: providers' types differ."""

    type: Any = None
    response: Any = None
    item: Any = None
    output_index: Any = None
    content_index: Any = None
    summary_index: Any = None
    delta: Any = None
    text: Any = None
    refusal: Any = None
    arguments: Any = None
    error: Any = None
    object: Any = None


_DECODER = msgspec.json.Decoder(_Event)

_DELTAS: dict[str, Said] = {
    "response.output_text.delta": "text",
    "response.refusal.delta": "refusal",
    "response.reasoning_summary_text.delta": "summary",
    "response.reasoning_text.delta": "reasoning_text",
}
_DONES: dict[str, Said] = {
    "response.output_text.done": "text",
    "response.refusal.done": "refusal",
    "response.reasoning_summary_text.done": "summary",
    "response.reasoning_text.done": "reasoning_text",
}
_BEGUN = ("response.created", "response.queued", "response.in_progress")
_ENDS = ("response.completed", "response.incomplete", "response.failed", "response.cancelled")


class StreamParser(FrameReader):
    """Reads one streamed reply. After its last event no more events come.

    The end is `response.completed` or one of its kin. Some servers add [DONE], which says nothing.
    """

    # Every event has a number of its own, and a text is remembered until it is told once more.
    recurs = False

    def __init__(self, limit: int = sse.DEFAULT_LIMIT) -> None:
        super().__init__(limit)
        self._started = False
        self._output = OutputReader()
        self._item_index = 0  # of the last item that named its place

    def _document(self, body: bytes) -> list[StreamEvent]:
        return parse_reply(body)

    def _missing(self) -> str | None:
        if self._started or not self._output.empty:
            return "The stream ended in the middle of the answer."
        return "The stream ended before any answer began."

    def _item(self, item: sse.Item) -> Piece:
        return Piece(item.raw) if isinstance(item, sse.Comment) else self._piece(item)

    def _piece(self, item: sse.Event) -> Piece:
        data = item.data.strip()
        if not data or data == b"[DONE]":
            return Piece(item.raw)
        try:
            told = _decode(data)
        except ValueError:
            return Piece(item.raw) if self._over else self._not_an_event(item)
        kind = told.type if isinstance(told.type, str) else item.event
        # Behind an event `error` the failed reply still comes, with the model's name in it.
        events = [] if self._over else self._events_of(kind, told, data)
        model = object_of(told.response).get("model")
        return Piece(
            item.raw,
            tuple(events),
            model if isinstance(model, str) else None,
            bool(object_of(object_of(told.response).get("usage"))),
        )

    def _events_of(self, kind: str, told: _Event, data: bytes) -> list[StreamEvent]:
        if kind in _DELTAS:
            return self._output.more(_DELTAS[kind], self._place(told), _part(told), told.delta)
        if kind == "response.function_call_arguments.delta":
            return self._output.arguments(self._place(told), told.delta)
        if kind in _BEGUN:
            return self._begin(told)
        if kind in _ENDS:
            return self._end(told)
        if kind == "error" or told.error or told.object == "error":
            self._over = True
            return [Broken(problem_in(decode_lenient(data)))]
        return self._whole(kind, told)

    def _whole(self, kind: str, told: _Event) -> list[StreamEvent]:
        """What is told once more when it is done, for servers that did not tell it before."""
        if kind in _DONES:
            said = _DONES[kind]
            text = told.refusal if said == "refusal" else told.text
            return self._output.all(said, self._place(told), _part(told), text)
        if kind == "response.function_call_arguments.done":
            return self._output.all_arguments(self._place(told), told.arguments)
        if kind == "response.output_item.done":
            return self._output.item(self._place(told), told.item)
        if kind == "response.output_item.added":
            place = self._place(told)
            # The other kinds are empty when they are added.
            is_call = object_of(told.item).get("type") == "function_call"
            return self._output.item(place, told.item) if is_call else []
        return []

    def _place(self, told: _Event) -> int:
        index = told.output_index
        if isinstance(index, int) and not isinstance(index, bool):
            self._item_index = index
        return self._item_index

    def _begin(self, told: _Event) -> list[StreamEvent]:
        if self._started:
            return []
        self._started = True
        return [started_of(object_of(told.response))]

    def _end(self, told: _Event) -> list[StreamEvent]:
        self._over = True
        response = object_of(told.response)
        events = self._begin(told)
        if self._output.empty:
            for number, item in enumerate(list_of(response.get("output"))):
                events += self._output.item(number, item)
        status = response.get("status") or str(told.type).rpartition(".")[2]
        return [*events, *ends_of({**response, "status": status}, called=self._output.called)]

    def _not_an_event(self, item: sse.Event) -> Piece:
        try:
            value = decode_lenient(item.data)
        except ValueError:
            value = None
        if problem_of(value) is None:
            gist = item.text[:200]
            return self._broken(item.raw, f"A frame of the stream cannot be read: {gist}")
        self._over = True
        return Piece(item.raw, (Broken(problem_in(value)),))


def _part(told: _Event) -> int:
    index = told.summary_index if told.content_index is None else told.content_index
    return index if isinstance(index, int) and not isinstance(index, bool) else 0


def _decode(data: bytes) -> _Event:
    try:
        return _DECODER.decode(data)
    except msgspec.ValidationError:
        raise
    except ValueError:
        return _DECODER.decode(mend(data))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
