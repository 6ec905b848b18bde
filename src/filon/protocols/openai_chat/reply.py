"""A whole chat completion, both ways, and the pieces it shares with a streamed one."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec import UNSET, Struct, UnsetType

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
from filon.conversation.finish import Ending, ending, is_known
from filon.conversation.message import Refusal, Text, ToolCall
from filon.conversation.reply import Choice, Reply
from filon.protocols.lenient_json import decode_lenient, mend
from filon.protocols.openai_chat.errors import parse_error, problem_of
from filon.protocols.openai_chat.message import REASONING_FIELDS
from filon.protocols.openai_chat.usage import WireUsage, parse_usage, render_usage
from filon.protocols.reading import unreadable


class Saying(Struct):
    """What a choice says, whole (`message`) or in part (`delta`). Any: providers' types differ."""

    content: Any = None
    reasoning_content: Any = None
    reasoning: Any = None
    refusal: Any = None
    tool_calls: Any = None
    function_call: Any = None


class WireChoice(Struct):
    """One choice of a reply or of a chunk."""

    index: Any = 0
    delta: Saying | None = None
    message: Saying | None = None
    finish_reason: Any = None


class WireReply(Struct):
    """A reply or a chunk. Members that are not here are skipped, which makes it quick."""

    id: Any = None
    model: Any = None
    created: Any = None
    object: Any = None
    choices: list[WireChoice] | None = None
    usage: Any | UnsetType = UNSET
    x_groq: Any = None
    error: Any = None
    type: Any = None
    detail: Any = None


class PlainReply(WireReply):
    """One whose counts are as they should be, as nearly all are."""

    usage: WireUsage | None | UnsetType = UNSET


_PLAIN = msgspec.json.Decoder(PlainReply)
_DECODER = msgspec.json.Decoder(WireReply)


def decode(data: bytes) -> WireReply:
    """Reads a reply or a chunk, mending its text if need be. Raises ValueError."""
    try:
        return _PLAIN.decode(data)
    except msgspec.ValidationError:
        return _DECODER.decode(data)
    except ValueError:
        return _DECODER.decode(mend(data))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


class CallNumbers:
    """Gives each tool call its own index, where a provider numbers them badly or not at all."""

    __slots__ = ("_ids", "_last", "_numbers")

    def __init__(self) -> None:
        self._numbers: dict[tuple[int, int], int] = {}  # (choice, the wire's index): ours
        self._ids: dict[tuple[int, int], str] = {}  # (choice, ours): the call's id
        self._last: dict[int, int] = {}

    def number(self, choice: int, index: Any, id: str | None, name: str | None) -> int:
        """The index for a piece with this index, id and name on the wire."""
        last = self._last.get(choice, -1)
        if not isinstance(index, int) or isinstance(index, bool):
            # Without an index, an id or else a name of its own is what begins a call.
            goes_on = self._ids.get((choice, last)) == id if id else not name
            number = last if goes_on and last >= 0 else last + 1
        else:
            number = self._numbers.get((choice, index), index)
            # Some number every parallel call 0; another id with a name is another call.
            if id and name and self._ids.get((choice, number), id) != id:
                number = last + 1
            self._numbers[choice, index] = number
        if id:
            self._ids.setdefault((choice, number), id)
        self._last[choice] = max(last, number)
        return number


def events_of(said: Saying, choice: int, numbers: CallNumbers) -> list[StreamEvent]:
    """The events for what a choice says, in the order in which a reader should see them."""
    events: list[StreamEvent] = []
    # Some send the same thought under both names.
    if isinstance(said.reasoning_content, str) and said.reasoning_content:
        events.append(ReasoningDelta(said.reasoning_content, choice, REASONING_FIELDS[0]))
    elif isinstance(said.reasoning, str) and said.reasoning:
        events.append(ReasoningDelta(said.reasoning, choice, REASONING_FIELDS[1]))
    if isinstance(said.content, str):
        if said.content:
            events.append(TextDelta(said.content, choice))
    elif isinstance(said.content, list):
        events += _of_parts(cast("list[Any]", said.content), choice)
    if isinstance(said.refusal, str) and said.refusal:
        events.append(RefusalDelta(said.refusal, choice))
    if isinstance(said.tool_calls, list):
        for call in cast("list[Any]", said.tool_calls):
            events += _of_call(call, choice, numbers)
    if isinstance(said.function_call, dict):
        legacy = cast("dict[str, Any]", said.function_call)
        events += _of_call({"index": 0, "function": legacy}, choice, numbers)
    return events


def _of_parts(parts: list[Any], choice: int) -> list[StreamEvent]:
    events: list[StreamEvent] = []
    for part in parts:
        if not isinstance(part, dict):
            continue
        told = cast("dict[str, Any]", part)
        if told.get("type") == "thinking":
            thought = _prose(told.get("thinking"))
            if thought:
                events.append(ReasoningDelta(thought, choice, "thinking"))
        elif text := _prose(told.get("text")):
            events.append(TextDelta(text, choice))
    return events


def _prose(value: Any) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    texts = (
        cast("dict[str, Any]", one).get("text") if isinstance(one, dict) else one
        for one in cast("list[Any]", value)
    )
    return "".join(text for text in texts if isinstance(text, str))


def _of_call(call: Any, choice: int, numbers: CallNumbers) -> list[StreamEvent]:
    if not isinstance(call, dict):
        return []
    told = cast("dict[str, Any]", call)
    function = told.get("function")
    inner = cast("dict[str, Any]", function) if isinstance(function, dict) else {}
    id, name, arguments = told.get("id"), inner.get("name"), inner.get("arguments")
    id = id if isinstance(id, str) and id else None
    name = name if isinstance(name, str) and name else None
    if arguments is None:
        arguments = ""
    elif not isinstance(arguments, str):
        arguments = msgspec.json.encode(arguments).decode()
    if not (id or name or arguments):
        return []
    index = numbers.number(choice, told.get("index"), id, name)
    return [ToolCallDelta(index=index, id=id, name=name, arguments=arguments, choice=choice)]


# Words in `finish_reason` that mean a failure, with the status our caller is told.
_FAILURES = {"error": 502, "insufficient_system_resource": 503}


def finish_of(reason: Any, choice: int) -> StreamEvent | None:
    """The end of a choice, or the failure that its reason means."""
    if not isinstance(reason, str) or not reason:
        return None
    if reason not in _FAILURES:
        return Finished(reason, choice)
    return Broken(
        Problem(
            code="provider_error" if reason == "error" else reason,
            message=f"The provider broke the answer off (finish_reason is `{reason}`).",
            blame="provider",
            status=_FAILURES[reason],
            fix="Try again, or choose another endpoint.",
            provider_body=f'"finish_reason":"{reason}"',
        )
    )


def usage_of(wire: WireReply) -> StreamEvent | None:
    """The counts of a reply or chunk, wherever its provider puts them."""
    usage = parse_usage(wire.usage)
    if usage is None and isinstance(wire.x_groq, dict):
        usage = parse_usage(cast("dict[str, Any]", wire.x_groq).get("usage"))
    return None if usage is None else UsageReported(usage)


def started_of(wire: WireReply) -> Started:
    """Who answers. Empty values, which some send before they know better, count as none."""
    created = wire.created
    return Started(
        id=wire.id if isinstance(wire.id, str) and wire.id else None,
        model=wire.model if isinstance(wire.model, str) and wire.model else None,
        created=created if isinstance(created, int) and created > 0 else None,
    )


def index_of(choice: WireChoice) -> int:
    """The number of a choice, 0 where it has none."""
    index = choice.index
    return index if isinstance(index, int) and not isinstance(index, bool) else 0


def parse_reply(body: bytes) -> list[StreamEvent]:
    """The events of a whole reply. A body that is an error, or no reply, gives Broken."""
    return read_reply(body)[0]


def read_reply(body: bytes) -> tuple[list[StreamEvent], Reply | None]:
    """As `parse_reply`, with what they fold into where that is plain."""
    try:
        wire = decode(body)
    except ValueError:
        return [_not_a_reply(body)], None
    if wire.choices is None:
        return [_not_a_reply(body)], None
    plain = _plain_reply(wire, wire.choices)
    return (events_in(wire, wire.choices), None) if plain is None else plain


def only_text(said: Saying | None) -> str | None:
    """The text of what says a text and nothing else; None for all that says more or nothing."""
    if (
        said is None
        or said.content.__class__ is not str
        or said.reasoning_content
        or said.reasoning
        or said.refusal
        or said.tool_calls
        or said.function_call
    ):
        return None
    return said.content or None


def _plain_reply(
    wire: WireReply, choices: list[WireChoice]
) -> tuple[list[StreamEvent], Reply] | None:
    """A reply that says one text and nothing else, as nearly all do; None for any other."""
    if len(choices) != 1 or wire.error or wire.x_groq:
        return None
    choice = choices[0]
    text, reason = only_text(choice.message), choice.finish_reason
    if (
        text is None
        or choice.index
        or not reason
        or reason.__class__ is not str
        or reason in _FAILURES
    ):
        return None
    started, usage = started_of(wire), parse_usage(wire.usage)
    reply = Reply(
        id=started.id,
        model=started.model,
        created=started.created,
        choices=(Choice(index=0, parts=(Text(text),), finish_reason=reason),),
        usage=usage,
        done=True,
    )
    counts = () if usage is None else (UsageReported(usage),)
    return [started, TextDelta(text), Finished(reason), *counts, Done()], reply


def events_in(wire: WireReply, choices: list[WireChoice]) -> list[StreamEvent]:
    """The events of any reply that has choices."""
    events: list[StreamEvent] = [started_of(wire)]
    numbers = CallNumbers()
    ends: list[StreamEvent] = []
    for position, choice in enumerate(choices):
        index = index_of(choice) if choice.index else position
        events += events_of(choice.message or choice.delta or Saying(), index, numbers)
        end = finish_of(choice.finish_reason, index)
        if end is not None:
            ends.append(end)
    usage = usage_of(wire)
    if usage is not None:
        ends.append(usage)
    problem = problem_of({"error": wire.error}) if wire.error else None
    if problem is not None:
        return [*events, Broken(problem)]
    broken = Broken in map(type, ends)
    return [*events, *ends] if broken else [*events, *ends, Done()]


def _not_a_reply(body: bytes) -> Broken:
    try:
        problem = problem_of(decode_lenient(body))
    except ValueError:
        gist = parse_error(502, (), body, now=0.0).message
        return unreadable(body, f"The reply cannot be read: {gist[:300]}")
    if problem is not None:
        return Broken(problem)
    return unreadable(body, "The reply is JSON, but no chat completion: it has no `choices`.")


def render_reply(
    reply: Reply, *, id: str, model: str, created: int, asked: Mapping[str, Any] | None = None
) -> bytes:
    """A whole reply under the given id and model name."""
    wire: dict[str, Any] = {
        "id": id,
        "object": "chat.completion",
        "created": created,
        "model": model,
        "choices": [_wire_choice(choice) for choice in reply.choices],
    }
    if reply.usage is not None:
        wire["usage"] = render_usage(reply.usage)
    return msgspec.json.encode(wire)


def _wire_choice(choice: Choice) -> dict[str, Any]:
    refusals = [part.text for part in choice.parts if isinstance(part, Refusal)]
    calls = [
        {
            "id": part.id,
            "type": "function",
            "function": {"name": part.name, "arguments": part.arguments},
        }
        for part in choice.parts
        if isinstance(part, ToolCall)
    ]
    text, reasoning = choice.text, choice.reasoning
    message: dict[str, Any] = {
        "role": "assistant",
        "content": text if text or not (calls or refusals) else None,
        "refusal": "".join(refusals) or None,
    }
    if reasoning:
        message[reasoning_name(choice.reasoning_field)] = reasoning
    if calls:
        message["tool_calls"] = calls
    return {
        "index": choice.index,
        "message": message,
        "logprobs": None,
        "finish_reason": None if choice.finish_reason is None else word_of(choice.finish_reason),
    }


# A pause is an end that the caller answers by asking on, which here is a plain stop.
_WORDS: dict[Ending, str] = {"refusal": "content_filter", "pause": "stop"}
_OWN = frozenset({"stop", "length", "tool_calls", "function_call", "content_filter"})


def word_of(reason: str) -> str:
    """The end of a choice in this protocol's words; one that nobody knows stays as it is."""
    if reason in _OWN or not is_known(reason):
        return reason
    means = ending(reason)
    return _WORDS.get(means, means)


def reasoning_name(field: str) -> str:
    """The member in which reasoning is written: the one it came in, where callers know that one."""
    return field if field in REASONING_FIELDS else REASONING_FIELDS[0]
