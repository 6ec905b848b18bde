"""Token counts, both ways. Here what came from a cache or went into one is counted apart."""

from collections.abc import Mapping
from typing import Any, cast

from filon.conversation.usage import Usage

_INPUT = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


def parse_usage(value: Any) -> Usage | None:
    """The counts, the cached and the written among the input; None where none is to be found."""
    if not isinstance(value, dict):
        return None
    told = cast("dict[str, Any]", value)
    given, cached, written = (_count(told.get(name)) for name in _INPUT)
    details = told.get("output_tokens_details")
    thought = cast("dict[str, Any]", details) if isinstance(details, dict) else {}
    usage = Usage(
        input_tokens=None if given is None else given + (cached or 0) + (written or 0),
        output_tokens=_count(told.get("output_tokens")),
        cached_tokens=cached,
        reasoning_tokens=_count(thought.get("thinking_tokens")),
        written_tokens=written,
    )
    return None if usage == Usage() else usage


def merged(before: Mapping[str, Any], value: Any) -> dict[str, Any]:
    """The counts of a stream so far: later ones are totals too and take the place of earlier."""
    told = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    return {**before, **{name: one for name, one in told.items() if one is not None}}


def render_usage(usage: Usage | None) -> dict[str, Any]:
    """The counts in this protocol's names. It demands the input's and the output's: they are 0
    where nobody counted, and the others are left out."""
    usage = usage or Usage()
    cached, written = usage.cached_tokens, usage.written_tokens
    given = (usage.input_tokens or 0) - (cached or 0) - (written or 0)
    wire: dict[str, Any] = {"input_tokens": max(0, given)}
    if written is not None:
        wire["cache_creation_input_tokens"] = written
    if cached is not None:
        wire["cache_read_input_tokens"] = cached
    wire["output_tokens"] = usage.output_tokens or 0
    if usage.reasoning_tokens is not None:
        wire["output_tokens_details"] = {"thinking_tokens": usage.reasoning_tokens}
    return wire


def _count(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e18:
        return None
    return int(value) if float(value).is_integer() else None
