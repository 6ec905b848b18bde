"""The output of a reply as it is written: its items, and the object around them."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from filon.conversation.finish import ending
from filon.conversation.message import Part, Reasoning, Refusal, Text, ToolCall

Wire = dict[str, Any]

# What the caller asked stands in the reply too; these are the values where nothing was asked.
_REPEATED: Mapping[str, Any] = {
    "max_output_tokens": None,
    "max_tool_calls": None,
    "metadata": {},
    "parallel_tool_calls": True,
    "reasoning": {"effort": None, "summary": None},
    "safety_identifier": None,
    "service_tier": None,
    "temperature": None,
    "text": {"format": {"type": "text"}},
    "tool_choice": "auto",
    "tools": [],
    "top_p": None,
    "truncation": "disabled",
    "user": None,
}
_INCOMPLETE = {
    "length": "max_output_tokens",
    "content_filter": "content_filter",
    # A provider's check stopped the answer; a model that declines comes to an end of its own.
    "refusal": "content_filter",
    "pause": "pause_turn",
}


def response(id: str, model: str, created: int, asked: Mapping[str, Any]) -> Wire:
    """The object of a reply that has just begun. `asked` are the caller's own parameters."""
    given = {
        name: asked[name] if asked.get(name) is not None else value
        for name, value in _REPEATED.items()
    }
    given["text"] = {**_REPEATED["text"], **_object(given["text"])}
    return {
        "id": response_id(id),
        "object": "response",
        "created_at": created,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": asked.get("instructions"),
        "model": model,
        "output": [],
        "previous_response_id": None,
        # Filon keeps no answers for programs to fetch later.
        "store": False,
        "usage": None,
        **given,
    }


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def status_of(reason: str | None) -> tuple[str, Wire | None]:
    """The status of a reply with this end, and its `incomplete_details`."""
    means = "stop" if reason is None else ending(reason)
    if means == "error":
        return "failed", None
    if means in _INCOMPLETE:
        return "incomplete", {"reason": _INCOMPLETE[means]}
    return "completed", None


def response_id(id: str) -> str:
    """The id of a reply, with the prefix that this protocol's ids have."""
    return id if id.startswith("resp_") else f"resp_{stem_of(id)}"


def stem_of(id: str) -> str:
    """What the ids of one reply have in common."""
    return id.rpartition("_")[2].removeprefix("chatcmpl-")


def item_id(prefix: str, id: str, number: int) -> str:
    """The id of the output item with this number: `msg_`, `rs_` or `fc_`, and the reply's own."""
    return f"{prefix}_{stem_of(id)}{number:02d}"


def summarised(field: str, asked: Mapping[str, Any]) -> bool:
    """Whether thoughts are told as a summary: where they are one, or the caller asked for one."""
    told = _object(asked.get("reasoning"))
    return field == "summary" or bool(told.get("summary") or told.get("generate_summary"))


def text_part(text: str) -> Wire:
    """Text of a message."""
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def refusal_part(text: str) -> Wire:
    """A model's own words for declining."""
    return {"type": "refusal", "refusal": text}


def message_item(id: str, content: Sequence[Wire], status: str) -> Wire:
    """A message of the model."""
    return {
        "id": id,
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": list(content),
    }


def call_item(id: str, call: ToolCall, status: str) -> Wire:
    """A call of a function."""
    return {
        "id": id,
        "type": "function_call",
        "status": status,
        "call_id": call.id,
        "name": call.name,
        "arguments": call.arguments,
    }


def reasoning_item(id: str, thought: Reasoning, status: str, *, summary: bool) -> Wire:
    """A thought, told as a summary or as it was."""
    item: Wire = {"id": id, "type": "reasoning", "status": status, "summary": []}
    if summary:
        item["summary"] = [{"type": "summary_text", "text": thought.text}] if thought.text else []
    elif thought.text:
        item["content"] = [{"type": "reasoning_text", "text": thought.text}]
    if thought.signature is not None:
        item["encrypted_content"] = thought.signature
    return item


def call_id(id: str, number: int, given: str | None) -> str:
    """The id by which a call is answered: the provider's own, or ours where it gave none."""
    return given or f"call_{stem_of(id)}{number:02d}"


def output_of(parts: Sequence[Part], id: str, status: str, *, summary: bool) -> list[Wire]:
    """The items of a whole reply, of which the last one has this status. What is said in one go is
    one message."""
    items: list[Wire] = []
    content: list[Wire] = []
    for part in parts:
        number = len(items)
        match part:
            case Text(text=text) | Refusal(text=text):
                if not content:
                    items.append(message_item(item_id("msg", id, number), (), "completed"))
                is_text = isinstance(part, Text)
                content.append(text_part(text) if is_text else refusal_part(text))
                items[-1]["content"] = content
                continue
            case Reasoning():
                name = item_id("rs", id, number)
                items.append(reasoning_item(name, part, "completed", summary=summary))
            case ToolCall(name=name, arguments=arguments):
                call = ToolCall(id=call_id(id, number, part.id), name=name, arguments=arguments)
                items.append(call_item(item_id("fc", id, number), call, "completed"))
            case _:
                continue  # a picture or an opaque part does not come from events
        content = []
    # A thought that its provider sealed is whole.
    if items and "encrypted_content" not in items[-1]:
        items[-1]["status"] = status
    return items
