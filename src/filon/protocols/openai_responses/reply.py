"""A whole reply, both ways, and the reading of output items that it shares with a streamed one."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

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
from filon.conversation.message import Part, Reasoning
from filon.conversation.reply import Reply
from filon.protocols.lenient_json import decode_lenient
from filon.protocols.openai_chat.errors import parse_error, problem_of
from filon.protocols.openai_responses.errors import failure_of, problem_in
from filon.protocols.openai_responses.output import output_of, response, status_of, summarised
from filon.protocols.openai_responses.seals import seal_for_caller
from filon.protocols.openai_responses.usage import parse_usage, render_usage
from filon.protocols.reading import unreadable

Said = Literal["text", "refusal", "summary", "reasoning_text"]


def object_of(value: Any) -> Mapping[str, Any]:
    """The members of a value that should be an object; none where it is not one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def list_of(value: Any) -> Sequence[Any]:
    """The members of a value that should be a list; none where it is not one."""
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


class OutputReader:
    """Makes events of output items, each piece once, though the wire says most things twice:
    as they grow, when they are done, and in the reply at the end."""

    def __init__(self) -> None:
        self._told: dict[tuple[int, str, int], int] = {}  # characters told, by item, kind and part
        self._calls: dict[int, int] = {}  # the number of the call, by its item
        self._named: set[int] = set()
        self._thoughts: dict[int, Said] = {}
        self._sealed: set[int] = set()

    @property
    def called(self) -> bool:
        """Whether the model called a function."""
        return bool(self._calls)

    @property
    def empty(self) -> bool:
        """Whether there were no events yet."""
        return not (self._told or self._calls or self._sealed)

    def more(self, said: Said, item: int, part: int, text: Any) -> list[StreamEvent]:
        """More of what an item says."""
        if not isinstance(text, str) or not text:
            return []
        place = (item, said, part)
        first = place not in self._told
        self._told[place] = self._told.get(place, 0) + len(text)
        if said == "text":
            return [TextDelta(text)]
        if said == "refusal":
            return [RefusalDelta(text)]
        # Where an item has both, the summary repeats what the thought says.
        if self._thoughts.setdefault(item, said) != said:
            return []
        gap = "\n\n" if first and part and said == "summary" else ""
        return [ReasoningDelta(gap + text, field=said)]

    def all(self, said: Said, item: int, part: int, text: Any) -> list[StreamEvent]:
        """The whole of what an item says: what was not yet told of it."""
        told = self._told.get((item, said, part), 0)
        return self.more(said, item, part, text[told:]) if isinstance(text, str) else []

    def arguments(self, item: int, text: Any) -> list[StreamEvent]:
        """More of a call's arguments."""
        if not isinstance(text, str) or not text:
            return []
        place = (item, "arguments", 0)
        self._told[place] = self._told.get(place, 0) + len(text)
        return [ToolCallDelta(index=self._number(item), arguments=text)]

    def all_arguments(self, item: int, text: Any) -> list[StreamEvent]:
        """The whole of a call's arguments: what was not yet told of them."""
        told = self._told.get((item, "arguments", 0), 0)
        return self.arguments(item, text[told:]) if isinstance(text, str) else []

    def item(self, place: int, value: Any) -> list[StreamEvent]:
        """An item as it stands: what was not yet told of it."""
        told = object_of(value)
        match told.get("type"):
            case "message":
                return self._message(place, told)
            case "function_call":
                return self._call(place, told)
            case "reasoning":
                return self._thought(place, told)
            case _:
                return []  # what a provider did by itself has no counterpart among the events

    def _number(self, item: int) -> int:
        return self._calls.setdefault(item, len(self._calls))

    def _message(self, place: int, told: Mapping[str, Any]) -> list[StreamEvent]:
        events: list[StreamEvent] = []
        for number, part in enumerate(list_of(told.get("content"))):
            inner = object_of(part)
            if inner.get("type") == "refusal":
                events += self.all("refusal", place, number, inner.get("refusal"))
            else:
                events += self.all("text", place, number, inner.get("text"))
        return events

    def _call(self, place: int, told: Mapping[str, Any]) -> list[StreamEvent]:
        arguments = told.get("arguments")
        if arguments is not None and not isinstance(arguments, str):
            arguments = msgspec.json.encode(arguments).decode()
        if place in self._named:
            return self.all_arguments(place, arguments)
        self._named.add(place)
        id = _word(told.get("call_id")) or _word(told.get("id"))
        begun = ToolCallDelta(index=self._number(place), id=id, name=_word(told.get("name")))
        rest = self.all_arguments(place, arguments)
        if rest and isinstance(rest[0], ToolCallDelta):
            return [msgspec.structs.replace(begun, arguments=rest[0].arguments)]
        return [begun]

    def _thought(self, place: int, told: Mapping[str, Any]) -> list[StreamEvent]:
        events: list[StreamEvent] = []
        for said, member in (("reasoning_text", "content"), ("summary", "summary")):
            kind: Said = "reasoning_text" if said == "reasoning_text" else "summary"
            for number, part in enumerate(list_of(told.get(member))):
                events += self.all(kind, place, number, object_of(part).get("text"))
        sealed = _word(told.get("encrypted_content"))
        if sealed is not None and place not in self._sealed and told.get("status") != "in_progress":
            self._sealed.add(place)
            field = self._thoughts.get(place, "summary")
            events.append(ReasoningDelta("", field=field, signature=sealed))
        return events


def started_of(told: Mapping[str, Any]) -> Started:
    """Who answers."""
    created = told.get("created_at")
    is_time = isinstance(created, int | float) and 0 < created < 1e11
    return Started(
        id=_word(told.get("id")),
        model=_word(told.get("model")),
        created=int(created) if is_time and created is not None else None,
    )


def ends_of(told: Mapping[str, Any], *, called: bool) -> list[StreamEvent]:
    """The end of a reply, by its status: the reason, the counts, and that it is done or broken."""
    counted = parse_usage(told.get("usage"))
    usage: list[StreamEvent] = [] if counted is None else [UsageReported(counted)]
    status = told.get("status")
    if status in ("failed", "cancelled") or (told.get("error") and status != "completed"):
        return [*usage, Broken(problem_in({"error": told.get("error")}))]
    if status == "incomplete":
        why = _word(object_of(told.get("incomplete_details")).get("reason"))
        reason = why or "incomplete"
    else:
        # This protocol has no word of its own for an end by calls.
        reason = "tool_calls" if called else _word(status) or "completed"
    return [Finished(reason), *usage, Done()]


def parse_reply(body: bytes) -> list[StreamEvent]:
    """The events of a whole reply. A body that is an error, or no reply, gives Broken."""
    try:
        value = decode_lenient(body)
    except ValueError:
        gist = parse_error(502, (), body, now=0.0).message
        return [unreadable(body, f"The reply cannot be read: {gist[:300]}")]
    told = object_of(value)
    if not isinstance(told.get("output"), list):
        if problem_of(value) is not None:
            return [Broken(problem_in(value))]
        what = "The reply is JSON, but no response: it has no `output`."
        return [unreadable(body, what)]
    reader = OutputReader()
    events: list[StreamEvent] = [started_of(told)]
    for number, item in enumerate(list_of(told["output"])):
        events += reader.item(number, item)
    return [*events, *ends_of(told, called=reader.called)]


def render_reply(
    reply: Reply, *, id: str, model: str, created: int, asked: Mapping[str, Any] | None = None
) -> bytes:
    """A whole reply under the given id and model name. `asked` are the caller's parameters, which
    this protocol repeats. There is room for one choice, the first."""
    wire = response(id, model, created, asked or {})
    choice = reply.first
    status, incomplete = status_of(choice.finish_reason)
    if reply.problem is not None:
        status, wire["error"] = "failed", failure_of(reply.problem)
    wire["status"], wire["incomplete_details"] = status, incomplete
    wire["output"] = output_of(
        [_sealed(part, choice.reasoning_field) for part in choice.parts],
        id,
        "completed" if status == "completed" else "incomplete",
        summary=summarised(choice.reasoning_field, asked or {}),
    )
    if reply.usage is not None:
        wire["usage"] = render_usage(reply.usage)
    return msgspec.json.encode(wire)


def _sealed(part: Part, field: str) -> Part:
    if not isinstance(part, Reasoning) or part.signature is None:
        return part
    return Reasoning(part.text, seal_for_caller(field, part.signature))
