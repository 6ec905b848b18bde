"""Replies of a provider as bytes, for the recorder's scripts."""

import json
from typing import Any

from tests.journeys.recorder import Script, Step

JSON = ("content-type", "application/json")
EVENTS = ("content-type", "text/event-stream")


def whole(body: bytes, *headers: tuple[str, str], status: int = 200) -> bytes:
    """A reply with a body of known length."""
    lines = [f"HTTP/1.1 {status} Whatever"]
    lines += [f"{name}: {value}" for name, value in headers]
    lines += [f"content-length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def refusal(status: int, message: str, *headers: tuple[str, str], **fields: Any) -> Script:
    """An error as OpenAI words it."""
    error = {"message": message, "type": "invalid_request_error", **fields}
    return (whole(json.dumps({"error": error}).encode(), JSON, *headers, status=status),)


def answer(text: str = "Hello there.", **fields: Any) -> bytes:
    """A whole chat completion's body."""
    told: dict[str, Any] = {
        "id": "cmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m-1-2026",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
        **fields,
    }
    return json.dumps(told).encode()


def completion(text: str = "Hello there.") -> Script:
    """A whole chat completion."""
    return (whole(answer(text), JSON),)


def event(**fields: Any) -> bytes:
    """One chunk of a stream."""
    told = {"id": "cmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "m-1-2026"}
    return b"data: " + json.dumps({**told, **fields}).encode() + b"\n\n"


def delta(text: str) -> bytes:
    """A chunk with more text."""
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
    return event(choices=[choice])


START = event(
    choices=[{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]
)
STOP = event(choices=[{"index": 0, "delta": {}, "finish_reason": "stop"}])
USAGE = event(choices=[], usage={"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10})
DONE = b"data: [DONE]\n\n"
OPEN = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
END = b"0\r\n\r\n"


def piece(data: bytes) -> bytes:
    """One piece in the chunked coding."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def stream(*parts: Step, end: bool = True) -> Script:
    """A stream in pieces as they are given; with `end` it ends as it should."""
    steps: list[Step] = [OPEN]
    for part in parts:
        steps.append(piece(part) if isinstance(part, bytes) else part)
    return (*steps, END) if end else tuple(steps)


def spoken(*words: str, usage: bool = True) -> Script:
    """A stream of these words, complete."""
    tail = (STOP, USAGE, DONE) if usage else (STOP, DONE)
    return stream(START, *(delta(word) for word in words), *tail)
