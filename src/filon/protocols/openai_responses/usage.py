"""Token counts, both ways."""

from collections.abc import Mapping
from typing import Any, cast

from filon.conversation.usage import Usage

# As in chat completions: 10^10 ticks are a dollar.
_TICKS_PER_USD = 10_000_000_000


def parse_usage(value: Any) -> Usage | None:
    """The counts, or None where none is to be found."""
    if not isinstance(value, dict):
        return None
    told = cast("dict[str, Any]", value)
    given, made = _inner(told, "input_tokens_details"), _inner(told, "output_tokens_details")
    usage = Usage(
        input_tokens=_count(told.get("input_tokens")),
        output_tokens=_count(told.get("output_tokens")),
        cached_tokens=_count(given.get("cached_tokens")),
        reasoning_tokens=_count(made.get("reasoning_tokens")),
        cost_usd=_cost(told),
        written_tokens=_count(given.get("cache_write_tokens")),
    )
    return None if usage == Usage() else usage


def _inner(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = told.get(name)
    return cast("Mapping[str, Any]", inner) if isinstance(inner, dict) else {}


def _cost(told: Mapping[str, Any]) -> float | None:
    ticks = _number(told.get("cost_in_usd_ticks"))
    return _number(told.get("cost")) if ticks is None else ticks / _TICKS_PER_USD


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e18:
        return None
    return float(value)


def _count(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number.is_integer() else None


def render_usage(usage: Usage) -> dict[str, Any]:
    """The counts that are known. Details of which nothing is known are null, which clients that
    want the member take, and which is no count."""
    wire: dict[str, Any] = {}
    if usage.input_tokens is not None:
        wire["input_tokens"] = usage.input_tokens
    wire["input_tokens_details"] = _known(
        cached_tokens=usage.cached_tokens, cache_write_tokens=usage.written_tokens
    )
    if usage.output_tokens is not None:
        wire["output_tokens"] = usage.output_tokens
    wire["output_tokens_details"] = _known(reasoning_tokens=usage.reasoning_tokens)
    if usage.input_tokens is not None and usage.output_tokens is not None:
        wire["total_tokens"] = usage.input_tokens + usage.output_tokens
    if usage.cost_usd is not None:
        wire["cost"] = usage.cost_usd
    return wire


def _known(**counts: int | None) -> dict[str, int] | None:
    return {name: count for name, count in counts.items() if count is not None} or None
