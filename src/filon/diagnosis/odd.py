"""What is odd about an answer that came. Notices, and no failures. Pure.

It runs for every complete answer, so the plain case must cost next to nothing: what takes time is
looked at only where something cheap has pointed at it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import sub
from statistics import median
from typing import Any, cast

import msgspec
from msgspec import Struct

from filon.conversation.finding import Finding
from filon.conversation.finish import ending
from filon.conversation.message import Message, Reasoning, Refusal, ToolCall
from filon.conversation.request import ChatRequest
from filon.conversation.usage import Usage
from filon.diagnosis.catalogue import by_code
from filon.diagnosis.envelope import Said
from filon.diagnosis.facts import Failure, Known
from filon.diagnosis.finding import finding
from filon.diagnosis.fixes import Told
from filon.providers.aliases import canonical
from filon.providers.endpoint import Endpoint
from filon.providers.local import servers
from filon.trace.records import Attempt

# A stall is a gap of more than a second and of five times the usual one.
_STALL = 1.0
_TIMES = 5.0
# Our own count is rough; only a gap that no way of counting explains is spoken of.
_FACTOR = 2
_LEAST = 1500
_BYTES_PER_TOKEN = 4

_FENCE = re.compile(r"^\s*```(?:json)?\s*\n(.*?)\n?```\s*$", re.DOTALL | re.IGNORECASE)
_TAGS = ("<think>", "<thinking>", "<|channel|>analysis")
_VERSION = re.compile(
    r"(?:[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|\d{4}|\d{2}-\d{2,4}|00\d|0|latest|preview|v\d+(:\d+)?))+$"
)
# The parameters that may ask for JSON.
_WISHES = frozenset({"response_format", "output_format", "text"})
_ANY = msgspec.json.Decoder()


class Answered(Struct, frozen=True, kw_only=True):
    """A complete answer. `answered` is the model as the reply names it, `sent` the fields of the
    request on the wire where that is known; `prompt_tokens` our own count of the prompt, None where
    nobody doubts the provider's."""

    endpoint: Endpoint
    model: str
    request: ChatRequest
    message: Message | None
    finish_reason: str | None
    usage: Usage | None
    answered: str | None
    attempt: Attempt
    prompt_tokens: int | None = None


def seems_short(body_size: int, usage: Usage | None) -> bool:
    """Whether a body of so many bytes may hold far more tokens than were counted, so that it is
    worth counting."""
    if usage is None or usage.input_tokens is None:
        return False
    most = body_size // _BYTES_PER_TOKEN
    return most > _FACTOR * usage.input_tokens and most - usage.input_tokens > _LEAST


def odd(told: Answered) -> tuple[Finding, ...]:
    """The notices on a complete answer; mostly none."""
    if told.request.wants != "answer":
        return ()
    # One after the other: a generator for each would cost more than all of the plain case.
    found: list[Finding] = []
    message = told.message
    text = message.text if message is not None else ""
    reason = told.finish_reason
    if not text or reason != "stop":
        found += _ends(told, text)
    if text and ("<" in text or _wants_json(told.request.parameters)):
        found += _says(told, text)
    if told.usage is None:
        found.append(_notice(told, "usage_missing", "usage: nothing", "usage"))
    elif told.prompt_tokens is not None:
        found += _short(told, told.usage, told.prompt_tokens)
    if told.answered and told.answered != told.model and not _same(told.model, told.answered):
        found += _other(told, told.answered)
    times = told.attempt.frames.times
    if len(times) > 2 and times[-1] - times[0] > _STALL:
        found += _stalled(told)
    return tuple(found)


def _ends(told: Answered, text: str) -> Iterator[Finding]:
    parts = told.message.parts if told.message is not None else ()
    calls = [part for part in parts if isinstance(part, ToolCall)]
    yield from _calls(told, calls)
    end = ending(told.finish_reason or "stop", calls=bool(calls))
    evidence = f"finish_reason: {told.finish_reason}"
    if end == "content_filter":
        yield _notice(told, "answer_filtered", evidence, "answer")
    elif end == "refusal" or any(isinstance(part, Refusal) for part in parts):
        said = "".join(part.text for part in parts if isinstance(part, Refusal))
        yield _notice(told, "model_refused", said or evidence, "answer")
    elif text or calls:
        if end == "length":
            yield _notice(told, _by_length(text), _lengths(told), "answer")
    elif _thought(told):
        yield _notice(told, "empty_after_reasoning", _lengths(told), "usage")
    elif end == "length":
        yield _notice(told, "cut_by_length", _lengths(told), "answer")
    else:
        yield _notice(told, "answer_empty", evidence, "answer")


def _by_length(text: str) -> str:
    tail = text[-60:]
    loops = len(tail) == 60 and text[-3000:].count(tail) >= 4
    return "repeats_itself" if loops else "cut_by_length"


def _lengths(told: Answered) -> str:
    """Why it ended, and the figures that belong to it."""
    parts = [f"finish_reason: {told.finish_reason}"]
    usage = told.usage or Usage()
    if usage.output_tokens is not None:
        parts.append(f"output_tokens: {usage.output_tokens}")
    if usage.reasoning_tokens:
        parts.append(f"reasoning_tokens: {usage.reasoning_tokens}")
    for name, value in told.request.parameters.items():
        if canonical(name) == "max_tokens":
            parts.append(f"{name}: {value}")
    return ", ".join(parts)


def _thought(told: Answered) -> bool:
    parts = told.message.parts if told.message is not None else ()
    counted = bool(told.usage and told.usage.reasoning_tokens)
    return counted or any(isinstance(part, Reasoning) and part.text for part in parts)


def _calls(told: Answered, calls: Sequence[ToolCall]) -> Iterator[Finding]:
    offered: frozenset[str] = _offered(told.request.parameters) if calls else frozenset()
    for call in calls:
        if offered and call.name not in offered:
            yield _notice(told, "tool_unknown", f"name: {call.name}", "answer", tool=call.name)
        if call.arguments.strip() and not _is_json(call.arguments):
            shown = call.arguments[-200:]
            yield _notice(told, "tool_json_broken", f"… {shown}", "answer", tool=call.name)


def _offered(parameters: Mapping[str, Any]) -> frozenset[str]:
    """The names of the tools in any protocol's words."""
    names: set[str] = set()
    for field in ("tools", "functions"):
        items = parameters.get(field)
        for item in cast("list[Any]", items) if isinstance(items, list) else []:
            tool = cast("dict[str, Any]", item) if isinstance(item, dict) else {}
            inner = tool.get("function")
            named = cast("dict[str, Any]", inner) if isinstance(inner, dict) else tool
            name = named.get("name")
            if not isinstance(name, str):
                # A tool of the provider's own, whose calls may have any name.
                return frozenset()
            names.add(name)
    return frozenset(names)


def _says(told: Answered, text: str) -> Iterator[Finding]:
    tag = next((one for one in _TAGS if one in text), None)
    if tag is not None and text.lstrip().startswith(tag):
        yield _notice(told, "think_tags", text.strip()[:200], "answer")
        text = text.rpartition("</think>")[2] or text
    if _wants_json(told.request.parameters) and not _is_json(text):
        fence = _FENCE.match(text)
        fenced = fence is not None and _is_json(fence[1])
        code = "json_in_fence" if fenced else "json_unreadable"
        yield _notice(told, code, text.strip()[:200], "answer")


def _wants_json(parameters: Mapping[str, Any]) -> bool:
    """Whether an answer in JSON was asked for: chat completions, responses, Anthropic's."""
    if _WISHES.isdisjoint(parameters):
        return False
    wish = parameters.get("response_format") or parameters.get("output_format")
    if wish is None:
        text = parameters.get("text")
        wish = cast("dict[str, Any]", text).get("format") if isinstance(text, dict) else None
    kind = cast("dict[str, Any]", wish).get("type") if isinstance(wish, dict) else None
    return kind in ("json_object", "json_schema")


def _is_json(text: str) -> bool:
    try:
        _ANY.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _short(told: Answered, usage: Usage, sent: int) -> Iterator[Finding]:
    counted = usage.input_tokens
    if counted is None or any(one.code == "prompt_cut" for one in told.attempt.findings):
        return
    if sent < _FACTOR * counted or sent - counted < _LEAST:
        return
    evidence = f"{counted:,} tokens counted, about {sent:,} sent"
    yield _notice(told, "prompt_counted_short", evidence, "usage")


@lru_cache(maxsize=1024)
def _same(asked: str, answered: str) -> bool:
    """Whether two ids are one model, by its family: not by a date, a version or a prefix."""
    return _family(asked) == _family(answered) or _family(asked) == "auto"


def _family(model: str) -> str:
    name = model.lower().rpartition("/")[2]
    # openrouter's `:free`, Ollama's `:latest`, the switches of practice.
    return _VERSION.sub("", name.partition(":")[0])


def _other(told: Answered, answered: str) -> Iterator[Finding]:
    endpoint = told.endpoint
    # A local server of one model answers to any name, and a deployment has a name of its own.
    if servers.of(endpoint.provider) is not None or told.model in endpoint.targets:
        return
    yield _notice(told, "other_model", f"model: {answered}", "answer", answered=answered[:200])


def _stalled(told: Answered) -> Iterator[Finding]:
    """The longest gap between pieces that held something, behind the first of them."""
    frames = told.attempt.frames
    numbers = frames.saying()
    times = [frames.times[number] for number in numbers]
    gaps = [*map(sub, times[1:], times)]
    longest = max(gaps, default=0.0)
    if longest <= _STALL:
        return
    usual = median(gaps)
    if longest <= _TIMES * usual:
        return
    at = gaps.index(longest)
    yield _notice(
        told,
        "stalled",
        f"{longest:.1f} s between two pieces, where {usual:.2g} s is usual",
        f"frames {numbers[at] + 1}-{numbers[at + 1] + 1}",
        gap=f"{longest:.1f}",
    )


def _notice(told: Answered, code: str, evidence: str, where: str, **names: str) -> Finding:
    attempt, endpoint = told.attempt, told.endpoint
    failure = Failure(endpoint=endpoint.label, model=told.model, url=attempt.url, variable=None)
    known = Known(endpoint=endpoint)
    about = Told(symptom=by_code(code), failure=failure, said=Said(layers=()), known=known)
    all_names = {"endpoint": endpoint.label, "model": told.model, "url": attempt.url, **names}
    return finding(about, all_names, evidence, where)
