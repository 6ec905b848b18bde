"""Replies of a provider that speaks Anthropic's messages, for the recorder's scripts."""

import json
from typing import Any

from tests.journeys.recorder import Script, Step
from tests.journeys.replies import JSON, stream, whole

USAGE = {"input_tokens": 5, "output_tokens": 3, "cache_read_input_tokens": 2}
MODEL = "claude-x-20260101"


def text(words: str) -> dict[str, Any]:
    """A block of text."""
    return {"type": "text", "text": words}


def thought(words: str, signature: str = "c2lnbmVk") -> dict[str, Any]:
    """A block of reasoning with its seal."""
    return {"type": "thinking", "thinking": words, "signature": signature}


def call(name: str, id: str, **given: Any) -> dict[str, Any]:
    """A block in which a tool is called."""
    return {"type": "tool_use", "id": id, "name": name, "input": given}


def document(*blocks: dict[str, Any], stop: str = "end_turn") -> bytes:
    """The body of a whole message."""
    told = {
        "id": "msg_01",
        "type": "message",
        "role": "assistant",
        "model": MODEL,
        "content": blocks,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": USAGE,
    }
    return json.dumps(told).encode()


def message(*blocks: dict[str, Any], stop: str = "end_turn") -> Script:
    """A whole message."""
    return (whole(document(*blocks, stop=stop), JSON),)


def event(kind: str, **fields: Any) -> bytes:
    """One event of a stream."""
    told = json.dumps({"type": kind, **fields})
    return f"event: {kind}\ndata: {told}\n\n".encode()


def start() -> bytes:
    """The event that opens a stream."""
    told = json.loads(document())
    return event("message_start", message={**told, "content": [], "stop_reason": None})


def pieces(number: int, block: dict[str, Any]) -> list[bytes]:
    """The events of one block, its text in two."""
    empty: dict[str, Any]
    match block["type"]:
        case "text":
            empty = {"type": "text", "text": ""}
            deltas = [{"type": "text_delta", "text": half} for half in _halves(block["text"])]
        case "thinking":
            empty = {"type": "thinking", "thinking": "", "signature": ""}
            deltas = [
                *(
                    {"type": "thinking_delta", "thinking": half}
                    for half in _halves(block["thinking"])
                ),
                {"type": "signature_delta", "signature": block["signature"]},
            ]
        case _:
            empty = {**block, "input": {}}
            halves = _halves(json.dumps(block["input"]))
            deltas = [{"type": "input_json_delta", "partial_json": half} for half in halves]
    return [
        event("content_block_start", index=number, content_block=empty),
        *(event("content_block_delta", index=number, delta=delta) for delta in deltas),
        event("content_block_stop", index=number),
    ]


def _halves(words: str) -> tuple[str, str]:
    middle = len(words) // 2
    return words[:middle], words[middle:]


def streamed(*blocks: dict[str, Any], stop: str = "end_turn") -> Script:
    """A stream of these blocks, complete, with a ping as Anthropic sends it."""
    parts: list[Step] = [start(), event("ping")]
    for number, block in enumerate(blocks):
        parts += pieces(number, block)
    ending = {"stop_reason": stop, "stop_sequence": None}
    parts.append(event("message_delta", delta=ending, usage={"output_tokens": 3}))
    parts.append(event("message_stop"))
    return stream(*parts)


def refusal(status: int, kind: str, words: str, *headers: tuple[str, str]) -> Script:
    """An error as Anthropic words it."""
    told = {"type": "error", "error": {"type": kind, "message": words}, "request_id": "req_1"}
    return (whole(json.dumps(told).encode(), JSON, *headers, status=status),)
