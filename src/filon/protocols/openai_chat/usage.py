"""Token counts, both ways. Providers agree on two names and differ on the rest."""

from typing import Any, cast

from filon.conversation.usage import Usage

# 10^10 ticks are a dollar: so the known replies match the list prices exactly (seen 2026-11).
_TICKS_PER_USD = 10_000_000_000
# More tokens than this are none.
_MOST = 10**18


def parse_usage(value: Any) -> Usage | None:
    """The counts, or None where none is to be found."""
    if not isinstance(value, dict):
        return None
    told = cast("dict[str, Any]", value)
    reasoning = _details(told, "completion_tokens_details", "reasoning_tokens")
    cached = _details(told, "prompt_tokens_details", "cached_tokens")
    if cached is None:
        cached = _count(told.get("prompt_cache_hit_tokens"))
    if cached is None:
        cached = _count(told.get("cached_tokens"))
    written = _details(told, "prompt_tokens_details", "cache_write_tokens")
    if written is None:
        written = _count(told.get("cache_creation_input_tokens"))
    usage = Usage(
        input_tokens=_count(told.get("prompt_tokens")),
        output_tokens=_output(told, reasoning),
        cached_tokens=cached,
        reasoning_tokens=reasoning,
        cost_usd=_cost(told),
        written_tokens=written,
    )
    return None if usage == Usage() else usage


def _output(told: dict[str, Any], reasoning: int | None) -> int | None:
    """Output tokens with the reasoning in them; where the sum shows it beside them, it is added."""
    output = _count(told.get("completion_tokens"))
    given, total = _count(told.get("prompt_tokens")), _count(told.get("total_tokens"))
    if output is None or given is None or total is None or not reasoning:
        return output
    return output + reasoning if given + output + reasoning == total else output


def _cost(told: dict[str, Any]) -> float | None:
    ticks = _number(told.get("cost_in_usd_ticks"))
    if ticks is not None:
        return ticks / _TICKS_PER_USD
    cost = told.get("cost")
    if isinstance(cost, dict):
        cost = cast("dict[str, Any]", cost).get("total_cost")
    return _number(cost)


def _details(told: dict[str, Any], group: str, name: str) -> int | None:
    inner = told.get(group)
    return _count(cast("dict[str, Any]", inner).get(name)) if isinstance(inner, dict) else None


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _MOST:
        return None
    return float(value)


def _count(value: Any) -> int | None:
    if value is None:
        return None
    if value.__class__ is int and 0 <= value < _MOST:
        return value
    number = _number(value)
    return int(number) if number is not None and number.is_integer() else None


def render_usage(usage: Usage) -> dict[str, Any]:
    """The counts that are known, in this protocol's names; what is not known is left out."""
    wire: dict[str, Any] = {}
    if usage.input_tokens is not None:
        wire["prompt_tokens"] = usage.input_tokens
    if usage.output_tokens is not None:
        wire["completion_tokens"] = usage.output_tokens
    if usage.input_tokens is not None and usage.output_tokens is not None:
        wire["total_tokens"] = usage.input_tokens + usage.output_tokens
    if usage.cached_tokens is not None:
        wire["prompt_tokens_details"] = {"cached_tokens": usage.cached_tokens}
    if usage.reasoning_tokens is not None:
        wire["completion_tokens_details"] = {"reasoning_tokens": usage.reasoning_tokens}
    if usage.cost_usd is not None:
        wire["cost"] = usage.cost_usd
    return wire
