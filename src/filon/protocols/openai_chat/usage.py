"""Token counts, both ways. Providers agree on two names and differ on the rest."""

from typing import Annotated, Any, cast

from msgspec import Meta, Struct

from filon.conversation.usage import Usage

# 10^10 ticks are a dollar: so the known replies match the list prices exactly (seen 2026-11).
_TICKS_PER_USD = 10_000_000_000
# More tokens than this are none.
_MOST = 10**18


Count = Annotated[int, Meta(ge=0, lt=_MOST)] | None


class PromptDetails(Struct):
    """What the prompt's tokens were."""

    cached_tokens: Count = None
    cache_write_tokens: Count = None


class CompletionDetails(Struct):
    """What the answer's tokens were."""

    reasoning_tokens: Count = None


class WireUsage(Struct):
    """The counts as they stand in a reply. Any: what a cost is differs."""

    prompt_tokens: Count = None
    completion_tokens: Count = None
    total_tokens: Count = None
    prompt_tokens_details: PromptDetails | None = None
    completion_tokens_details: CompletionDetails | None = None
    prompt_cache_hit_tokens: Count = None
    cached_tokens: Count = None
    cache_creation_input_tokens: Count = None
    cost: Any = None
    cost_in_usd_ticks: Any = None


_NO_PROMPT = PromptDetails()
_NO_COMPLETION = CompletionDetails()
_NOTHING_COUNTED = Usage()


def parse_usage(value: Any) -> Usage | None:
    """The counts, or None where none is to be found."""
    told = value if type(value) is WireUsage else _understood(value)
    if told is None:
        return None
    prompt = told.prompt_tokens_details or _NO_PROMPT
    completion = told.completion_tokens_details or _NO_COMPLETION
    cached, written = prompt.cached_tokens, prompt.cache_write_tokens
    if cached is None:
        cached = told.prompt_cache_hit_tokens
    if cached is None:
        cached = told.cached_tokens
    if written is None:
        written = told.cache_creation_input_tokens
    usage = Usage(
        input_tokens=told.prompt_tokens,
        output_tokens=_output(told, completion.reasoning_tokens),
        cached_tokens=cached,
        reasoning_tokens=completion.reasoning_tokens,
        cost_usd=_cost(told),
        written_tokens=written,
    )
    return None if usage == _NOTHING_COUNTED else usage


def _understood(value: Any) -> WireUsage | None:
    """What can be understood of counts among which something has an odd type."""
    if not isinstance(value, dict):
        return None
    told = cast("dict[str, Any]", value)
    prompt = _group(told, "prompt_tokens_details")
    completion = _group(told, "completion_tokens_details")
    return WireUsage(
        prompt_tokens=_count(told.get("prompt_tokens")),
        completion_tokens=_count(told.get("completion_tokens")),
        total_tokens=_count(told.get("total_tokens")),
        prompt_tokens_details=PromptDetails(
            cached_tokens=_count(prompt.get("cached_tokens")),
            cache_write_tokens=_count(prompt.get("cache_write_tokens")),
        ),
        completion_tokens_details=CompletionDetails(_count(completion.get("reasoning_tokens"))),
        prompt_cache_hit_tokens=_count(told.get("prompt_cache_hit_tokens")),
        cached_tokens=_count(told.get("cached_tokens")),
        cache_creation_input_tokens=_count(told.get("cache_creation_input_tokens")),
        cost=told.get("cost"),
        cost_in_usd_ticks=told.get("cost_in_usd_ticks"),
    )


def _group(told: dict[str, Any], name: str) -> dict[str, Any]:
    inner = told.get(name)
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else {}


def _output(told: WireUsage, reasoning: int | None) -> int | None:
    """Output tokens with the reasoning in them; where the sum shows it beside them, it is added."""
    output, given, total = told.completion_tokens, told.prompt_tokens, told.total_tokens
    if output is None or given is None or total is None or not reasoning:
        return output
    return output + reasoning if given + output + reasoning == total else output


def _cost(told: WireUsage) -> float | None:
    ticks = _number(told.cost_in_usd_ticks)
    if ticks is not None:
        return ticks / _TICKS_PER_USD
    cost = told.cost
    if isinstance(cost, dict):
        cost = cast("dict[str, Any]", cost).get("total_cost")
    return _number(cost)


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
