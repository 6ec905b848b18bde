"""The parts of a reply that dialects spell differently: thoughts, calls, probabilities, counts."""

import secrets
import string
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from filon.practice.answers.counts import Counts
from filon.practice.answers.voice import Delta
from filon.practice.answers.wish import Wish
from filon.practice.dialects.dialect import Dialect
from filon.practice.model.family import Model
from filon.practice.model.generate import Said
from filon.practice.model.pieces import Pieces

# 10^10 ticks are a dollar: so xAI's known replies match its list prices (seen 2026-11).
_TICKS_PER_USD = 10_000_000_000
_LETTERS = string.ascii_letters + string.digits


class Reply(Struct, frozen=True, kw_only=True):
    """What all chunks of one reply share. `served` is the model's name as the reply gives it,
    `created` Unix seconds."""

    dialect: Dialect
    model: Model
    wish: Wish
    pieces: Pieces
    id: str
    served: str
    created: int


def call_id(dialect: Dialect) -> str:
    """A fresh id for a tool call."""
    if dialect.has("short_call_ids"):
        return "".join(secrets.choice(_LETTERS) for _ in range(9))
    return f"call_{secrets.token_hex(12)}"


def delta_of(spoken: Delta, reply: Reply) -> dict[str, Any] | None:
    """The delta that says this; None where the dialect hides it."""
    match spoken.kind:
        case "text":
            return {"content": spoken.text}
        case "reasoning":
            return _thought_delta(spoken.text, reply)
        case "call":
            function: dict[str, Any] = {"arguments": spoken.text}
            call: dict[str, Any] = {"index": spoken.call, "function": function}
            if spoken.name is not None:
                call |= {"id": call_id(reply.dialect), "type": "function"}
                call["function"] = {"name": spoken.name, "arguments": spoken.text}
            return {"tool_calls": [call]}


def _thought_delta(text: str, reply: Reply) -> dict[str, Any] | None:
    style = reply.dialect.wire.reasoning.use
    if style == "hidden" or reply.wish.thoughts == "hidden":
        return None
    if style == "parts":
        thought = [{"type": "text", "text": text}]
        return {"content": [{"type": "thinking", "thinking": thought}]}
    return thought_members(text, reply, None)


def thought_members(thought: str, reply: Reply, answer: str | None) -> dict[str, Any]:
    """The members of a message that hold its reasoning. `answer` is the text of a whole message,
    beside which some dialects put it in one list."""
    style = reply.dialect.wire.reasoning.use
    if style == "hidden" or reply.wish.thoughts == "hidden":
        return {}
    if style == "parts":
        parts: list[dict[str, Any]] = [
            {"type": "thinking", "thinking": [{"type": "text", "text": thought}]}
        ]
        return {"content": [*parts, {"type": "text", "text": answer}] if answer else parts}
    if style == "details":
        detail = {"type": "reasoning.text", "text": thought, "format": "unknown", "index": 0}
        return {"reasoning": thought, "reasoning_details": [detail]}
    name = "reasoning_content" if style == "reasoning_content" else "reasoning"
    return {name: thought}


def calls_of(reply: Reply, deltas: Sequence[Delta]) -> list[dict[str, Any]]:
    """The tool calls of one choice of a whole reply."""
    names: dict[int, str] = {}
    texts: dict[int, list[str]] = {}
    for delta in deltas:
        if delta.kind == "call":
            if delta.name is not None:
                names[delta.call] = delta.name
            texts.setdefault(delta.call, []).append(delta.text)
    return [
        {
            "id": call_id(reply.dialect),
            "type": "function",
            "function": {"name": names.get(number, ""), "arguments": "".join(texts[number])},
        }
        for number in sorted(texts)
    ]


def logprobs_of(said: Sequence[Said], reply: Reply) -> list[dict[str, Any]]:
    """The probabilities of these tokens, as OpenAI writes them."""
    return [
        {
            **_token(one.token, one.logprob, reply.pieces),
            "top_logprobs": [_token(token, value, reply.pieces) for token, value in one.top],
        }
        for one in said
    ]


def _token(token: int, logprob: float, pieces: Pieces) -> dict[str, Any]:
    data = pieces.data(token)
    text = data.decode("utf-8", "replace")
    return {"token": text, "logprob": logprob, "bytes": list(data)}


def usage_of(reply: Reply, counts: Counts) -> dict[str, Any]:
    """The counts as this dialect reports them."""
    dialect = reply.dialect
    beside = dialect.has("reasoning_beside") is not None
    answer = counts.answer - counts.thought if beside else counts.answer
    usage: dict[str, Any] = {
        "prompt_tokens": counts.prompt,
        "completion_tokens": answer,
        "total_tokens": counts.prompt + counts.answer,
    }
    if dialect.has("cached_details"):
        usage["prompt_tokens_details"] = {"cached_tokens": counts.cached}
    if dialect.has("cache_hit_tokens"):
        usage["prompt_cache_hit_tokens"] = counts.cached
        usage["prompt_cache_miss_tokens"] = counts.prompt - counts.cached
    if reply.model.reasons or dialect.has("cached_details"):
        usage["completion_tokens_details"] = {"reasoning_tokens": counts.thought}
    if dialect.has("cost"):
        usage["cost"] = counts.cost(reply.model)
    if dialect.has("cost_ticks"):
        usage["cost_in_usd_ticks"] = round(counts.cost(reply.model) * _TICKS_PER_USD)
    if dialect.has("x_groq"):
        usage |= {
            "queue_time": round(counts.queue_time, 9),
            "prompt_time": round(counts.prompt_time, 9),
            "completion_time": round(counts.answer_time, 9),
            "total_time": round(counts.prompt_time + counts.answer_time, 9),
        }
    return usage
