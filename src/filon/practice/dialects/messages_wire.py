"""Replies of Anthropic's messages, whole and in events.

Written apart from filon.protocols, so that practice is a second witness of the protocol. Shapes
after the `anthropic` client 2.12 and platform.claude.com/docs, seen 2026-11-27.
"""

import secrets
from collections.abc import Sequence
from typing import Any

import msgspec

from filon.practice.answers.counts import Counts
from filon.practice.answers.voice import Delta, Over, Spoken
from filon.practice.dialects.chat_parts import Reply
from filon.practice.dialects.messages_turns import seal
from filon.practice.model.plan import Kind

_REASONS = {
    "stop": "end_turn",
    "length": "max_tokens",
    "tool_calls": "tool_use",
    "content_filter": "refusal",
}


def frame(value: dict[str, Any]) -> bytes:
    """One event of the stream; its name is its type."""
    name = value["type"].encode()
    return b"event: " + name + b"\ndata: " + msgspec.json.encode(value) + b"\n\n"


PING = frame({"type": "ping"})
END = frame({"type": "message_stop"})


class Manner(msgspec.Struct, frozen=True, kw_only=True):
    """How a reply is told: with its usage or without, thoughts in the clear or only sealed.
    `written` is how many tokens of the prompt went into the cache."""

    usage: bool = True
    shows: bool = True
    written: int = 0


class EventWriter:
    """Writes the events of one streamed reply, one block after the other."""

    def __init__(self, reply: Reply, manner: Manner) -> None:
        self._reply = reply
        self._manner = manner
        self._blocks = 0
        self._open: Kind | None = None
        self._thought: list[str] = []
        self._over: Over | None = None

    def opening(self, counts: Counts) -> bytes:
        """The first event, which has all that is known before anything is said."""
        message = _message(self._reply, (), None, None)
        if self._manner.usage:
            message["usage"] = _usage(self._reply, counts, self._manner)
        return frame({"type": "message_start", "message": message})

    def write(self, spoken: Spoken) -> list[bytes]:
        """The events for one thing that was said."""
        if isinstance(spoken, Over):
            self._over = spoken
            return []
        if spoken.kind == "call":
            return self._call(spoken)
        frames: list[bytes] = []
        if self._open != spoken.kind:
            block = {"type": "text", "text": ""}
            if spoken.kind == "reasoning":
                block = {"type": "thinking", "thinking": "", "signature": ""}
            frames = self._opened(spoken.kind, block)
        if spoken.kind == "text":
            return [*frames, self._delta("text_delta", "text", spoken.text)]
        if not self._manner.shows:
            return frames
        self._thought.append(spoken.text)
        return [*frames, self._delta("thinking_delta", "thinking", spoken.text)]

    def close(self, counts: Counts) -> list[bytes]:
        """The end of the last block, why it ended, the counts, and the last event."""
        reason, stop = _ending(self._reply, self._over, counts)
        end: dict[str, Any] = {
            "type": "message_delta",
            "delta": {"stop_reason": reason, "stop_sequence": stop},
        }
        if self._manner.usage:
            end["usage"] = _usage(self._reply, counts, self._manner)
        return [*self._closed(), frame(end), END]

    def _call(self, spoken: Delta) -> list[bytes]:
        frames: list[bytes] = []
        if spoken.name is not None:
            call = {"type": "tool_use", "id": _call_id(), "name": spoken.name}
            frames = self._opened("call", {**call, "input": {}})
        return [*frames, self._delta("input_json_delta", "partial_json", spoken.text)]

    def _opened(self, kind: Kind, block: dict[str, Any]) -> list[bytes]:
        frames = self._closed()
        frames.append(
            frame({"type": "content_block_start", "index": self._blocks, "content_block": block})
        )
        if self._blocks == 0:
            frames.append(PING)
        self._open = kind
        self._blocks += 1
        return frames

    def _closed(self) -> list[bytes]:
        if self._open is None:
            return []
        frames: list[bytes] = []
        if self._open == "reasoning":
            signature = seal("".join(self._thought))
            frames.append(self._delta("signature_delta", "signature", signature))
            self._thought.clear()
        self._open = None
        return [*frames, frame({"type": "content_block_stop", "index": self._blocks - 1})]

    def _delta(self, kind: str, member: str, text: str) -> bytes:
        delta = {"type": kind, member: text}
        return frame({"type": "content_block_delta", "index": self._blocks - 1, "delta": delta})


def whole(reply: Reply, spoken: Sequence[Spoken], counts: Counts, manner: Manner) -> bytes:
    """The whole reply."""
    over = next((one for one in spoken if isinstance(one, Over)), None)
    reason, stop = _ending(reply, over, counts)
    deltas = [one for one in spoken if isinstance(one, Delta)]
    message = _message(reply, _blocks(deltas, reason, shows=manner.shows), reason, stop)
    if manner.usage:
        message["usage"] = _usage(reply, counts, manner)
    return msgspec.json.encode(message)


def _message(
    reply: Reply, content: Sequence[dict[str, Any]], reason: str | None, stop: str | None
) -> dict[str, Any]:
    return {
        "id": reply.id,
        "type": "message",
        "role": "assistant",
        "model": reply.served,
        "content": content,
        "stop_reason": reason,
        "stop_sequence": stop,
    }


def _blocks(deltas: Sequence[Delta], reason: str, *, shows: bool) -> list[dict[str, Any]]:
    runs: list[tuple[Delta, list[str]]] = []
    for delta in deltas:
        if not runs or (runs[-1][0].kind, runs[-1][0].call) != (delta.kind, delta.call):
            runs.append((delta, []))
        runs[-1][1].append(delta.text)
    blocks: list[dict[str, Any]] = []
    for first, texts in runs:
        text = "".join(texts)
        if first.kind == "reasoning":
            shown = text if shows else ""
            blocks.append({"type": "thinking", "thinking": shown, "signature": seal(shown)})
        elif first.kind == "call":
            given = _input(text, cut=reason != "tool_use")
            call = {"type": "tool_use", "id": _call_id(), "name": first.name, "input": given}
            blocks.append(call)
        else:
            blocks.append({"type": "text", "text": text})
    return blocks


def _input(text: str, *, cut: bool) -> Any:
    """A call's arguments as the object that they are. What is no JSON stays a text, so that it can
    be seen; of what was cut off nothing is left."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return {} if cut else text


def _ending(reply: Reply, over: Over | None, counts: Counts) -> tuple[str, str | None]:
    if over is None:
        return "end_turn", None
    if over.stop is not None:
        return "stop_sequence", over.stop
    limit = reply.wish.max_tokens or 0
    if over.reason == "length" and counts.prompt + limit > reply.model.context:
        return "model_context_window_exceeded", None
    return _REASONS.get(over.reason, over.reason), None


def _usage(reply: Reply, counts: Counts, manner: Manner) -> dict[str, Any]:
    written = manner.written
    usage: dict[str, Any] = {
        "input_tokens": counts.prompt - counts.cached - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": counts.cached,
        "output_tokens": counts.answer,
    }
    if reply.model.reasons:
        usage["output_tokens_details"] = {"thinking_tokens": counts.thought}
    return usage


def _call_id() -> str:
    return f"toolu_{secrets.token_hex(12)}"
