"""Replies of chat completions as each dialect writes them, whole and in chunks."""

from collections.abc import Sequence
from typing import Any

import msgspec

from filon.practice.answers.counts import Counts
from filon.practice.answers.voice import Delta, Over, Spoken
from filon.practice.dialects.chat_parts import (
    Reply,
    call_id,
    calls_of,
    delta_of,
    logprobs_of,
    thought_members,
    usage_of,
)
from filon.practice.model.generate import Said

DONE = b"data: [DONE]\n\n"


def frame(value: Any) -> bytes:
    """One event of the stream."""
    return b"data: " + msgspec.json.encode(value) + b"\n\n"


class ChunkWriter:
    """Writes the chunks of one streamed reply."""

    def __init__(self, reply: Reply, *, usage: bool) -> None:
        self._reply = reply
        self._usage = usage
        self._begun: set[int] = set()
        self._calls: dict[tuple[int, int], list[Any]] = {}
        self._ended: list[Over] = []

    def opening(self) -> bytes:
        """The first chunk, which has a role and no text."""
        self._begun.add(0)
        choice = self._choice(0, {"role": "assistant", "content": ""}, None)
        head = self._head()
        if self._reply.dialect.has("x_groq"):
            head["x_groq"] = {"id": f"req_{self._reply.id.rpartition('-')[2]}"}
        return frame({**head, "choices": [choice]} | self._null_usage())

    def write(self, spoken: Spoken) -> list[bytes]:
        """The chunks for one thing that was said."""
        if isinstance(spoken, Over):
            self._ended.append(spoken)
            return [*self._whole_calls(spoken.choice), *self._ending(spoken)]
        if spoken.kind == "call" and self._reply.dialect.wire.calls.use == "whole":
            self._gather(spoken)
            return []
        delta = delta_of(spoken, self._reply)
        return [] if delta is None else [self._chunk(spoken.choice, delta, spoken.said)]

    def close(self, counts: Counts) -> list[bytes]:
        """What follows the last choice: the counts where this dialect sends them, and the end."""
        kind = self._reply.dialect.wire.usage.use
        frames: list[bytes] = []
        if kind == "finish" and self._ended:
            last = self._ended[-1]
            frames.append(self._finish(last, usage_of(self._reply, counts), counts))
        elif self._usage and (kind == "extra" or self._reply.wish.usage):
            usage = usage_of(self._reply, counts)
            frames.append(frame({**self._head(), "choices": [], "usage": usage}))
        return [*frames, DONE]

    def _gather(self, spoken: Delta) -> None:
        row = self._calls.setdefault((spoken.choice, spoken.call), ["", []])
        if spoken.name is not None:
            row[0] = spoken.name
        row[1].append(spoken.text)

    def _whole_calls(self, choice: int) -> list[bytes]:
        """The calls of a choice, each in one delta, as some providers send them."""
        calls = [
            {
                "index": number,
                "id": call_id(self._reply.dialect),
                "type": "function",
                "function": {"name": name, "arguments": "".join(texts)},
            }
            for (whose, number), (name, texts) in sorted(self._calls.items())
            if whose == choice
        ]
        return [self._chunk(choice, {"tool_calls": [call]}, ()) for call in calls]

    def _ending(self, over: Over) -> list[bytes]:
        last = len(self._ended) == self._reply.wish.n
        if last and self._reply.dialect.wire.usage.use == "finish":
            return []  # it goes out with the counts
        return [self._finish(over, None, None)]

    def _finish(self, over: Over, usage: Any, counts: Counts | None) -> bytes:
        choice = self._choice(over.choice, self._last_delta(), over.reason)
        if self._reply.dialect.has("native_finish"):
            choice["native_finish_reason"] = over.reason
        chunk: dict[str, Any] = {**self._head(), "choices": [choice]}
        if usage is not None and self._usage:
            chunk["usage"] = usage
            if self._reply.dialect.has("x_groq"):
                chunk["x_groq"] = {"id": f"req_{self._reply.id.rpartition('-')[2]}", "usage": usage}
        else:
            chunk |= self._null_usage()
        return frame(chunk)

    def _last_delta(self) -> dict[str, Any]:
        return {"content": ""} if self._reply.dialect.wire.usage.use == "finish" else {}

    def _chunk(self, index: int, delta: dict[str, Any], said: Sequence[Said]) -> bytes:
        if index not in self._begun:
            self._begun.add(index)
            delta = {"role": "assistant", **delta}
        choice = self._choice(index, delta, None)
        if self._reply.wish.sampling.logprobs and "content" in delta:
            choice["logprobs"] = {"content": logprobs_of(said, self._reply), "refusal": None}
        return frame({**self._head(), "choices": [choice]} | self._null_usage())

    def _choice(self, index: int, delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
        return {"index": index, "delta": delta, "logprobs": None, "finish_reason": reason}

    def _null_usage(self) -> dict[str, Any]:
        asked = self._reply.dialect.wire.usage.use == "asked" and self._reply.wish.usage
        null = self._usage and (asked or self._reply.dialect.has("null_usage") is not None)
        return {"usage": None} if null else {}

    def _head(self) -> dict[str, Any]:
        return head_of(self._reply, "chat.completion.chunk")


def whole(reply: Reply, spoken: Sequence[Spoken], counts: Counts, *, usage: bool) -> bytes:
    """The whole reply."""
    wire = head_of(reply, "chat.completion")
    wire["choices"] = [_whole_choice(reply, spoken, number) for number in range(reply.wish.n)]
    if usage:
        wire["usage"] = usage_of(reply, counts)
    if reply.dialect.has("x_groq"):
        wire["x_groq"] = {"id": f"req_{reply.id.rpartition('-')[2]}"}
    return msgspec.json.encode(wire)


def head_of(reply: Reply, kind: str) -> dict[str, Any]:
    """The members that stand at the top of every chunk and reply."""
    head: dict[str, Any] = {
        "id": reply.id,
        "object": kind,
        "created": reply.created,
        "model": reply.served,
    }
    fingerprint = reply.dialect.value("fingerprint", f"fp_pocket{reply.model.order}")
    if fingerprint is not None:
        head["system_fingerprint"] = fingerprint
    tier = reply.dialect.value("service_tier", "default")
    if tier is not None:
        head["service_tier"] = tier
    if reply.dialect.has("provider_name"):
        head["provider"] = "Practice"
    return head


def _whole_choice(reply: Reply, spoken: Sequence[Spoken], number: int) -> dict[str, Any]:
    own = [one for one in spoken if one.choice == number]
    deltas = [one for one in own if isinstance(one, Delta)]
    reason = next((one.reason for one in own if isinstance(one, Over)), "stop")
    text = "".join(one.text for one in deltas if one.kind == "text")
    thought = "".join(one.text for one in deltas if one.kind == "reasoning")
    calls = calls_of(reply, deltas)
    message: dict[str, Any] = {
        "role": "assistant",
        "content": text if text or not calls else None,
        "refusal": None,
    }
    if thought:
        message |= thought_members(thought, reply, text)
    if calls:
        message["tool_calls"] = calls
    choice: dict[str, Any] = {"index": number, "message": message, "logprobs": None}
    if reply.wish.sampling.logprobs:
        said = [token for one in deltas if one.kind == "text" for token in one.said]
        choice["logprobs"] = {"content": logprobs_of(said, reply), "refusal": None}
    choice["finish_reason"] = reason
    if reply.dialect.has("native_finish"):
        choice["native_finish_reason"] = reason
    return choice
