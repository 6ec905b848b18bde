"""A message of the chat while it grows: what a tab is told of new events, and how it adds up."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from filon.conversation.events import (
    ReasoningDelta,
    RefusalDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
)

Shown = TextDelta | RefusalDelta | ReasoningDelta | ToolCallDelta

_TEXTS = ("text", "refusal", "reasoning")
GROWING = (*_TEXTS, "calls", "thinking_since")


def delta_of(events: Iterable[StreamEvent], clean: Callable[[str], str]) -> dict[str, Any]:
    """What these events add to a message, each text masked by `clean`. Calls are pieces by
    `index`: the first has the id and the name, all have more of the arguments."""
    texts = {"text": "", "refusal": "", "reasoning": ""}
    calls: list[dict[str, Any]] = []
    for event in events:
        match event:
            case TextDelta(text=text):
                texts["text"] += text
            case RefusalDelta(text=text):
                texts["refusal"] += text
            case ReasoningDelta(text=text):
                texts["reasoning"] += text
            case ToolCallDelta():
                calls = _with(calls, _piece(event))
            case _:
                pass
    delta: dict[str, Any] = {name: clean(text) for name, text in texts.items() if text}
    if calls:
        delta["calls"] = [{**call, "arguments": clean(call["arguments"])} for call in calls]
    return delta


def grown(so_far: Mapping[str, Any], delta: Mapping[str, Any]) -> dict[str, Any]:
    """A message, or a delta of it, with what the next delta adds."""
    told = dict(so_far)
    for name in _TEXTS:
        if delta.get(name):
            told[name] = (so_far.get(name) or "") + delta[name]
    for piece in delta.get("calls") or ():
        told["calls"] = _with(told.get("calls") or [], piece)
    if delta.get("thinking_since") is not None:
        told["thinking_since"] = delta["thinking_since"]
    return told


def _piece(event: ToolCallDelta) -> dict[str, Any]:
    return {
        "index": event.index,
        "id": event.id or "",
        "name": event.name or "",
        "arguments": event.arguments,
    }


def _with(calls: list[dict[str, Any]], piece: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The calls with one piece more. Some providers repeat id and name: the first ones count."""
    known = next((call for call in calls if call["index"] == piece["index"]), None)
    if known is None:
        return sorted([*calls, dict(piece)], key=_index)
    longer = {
        "index": known["index"],
        "id": known["id"] or piece["id"],
        "name": known["name"] or piece["name"],
        "arguments": known["arguments"] + piece["arguments"],
    }
    return [longer if call is known else call for call in calls]


def _index(call: Mapping[str, Any]) -> int:
    return call["index"]
