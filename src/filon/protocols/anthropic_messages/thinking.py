"""How much a model thinks: by a budget of tokens or by an effort here, by an effort elsewhere."""

from typing import Any, cast

from msgspec import Struct

# What is left for the answer where nobody said how long it may be.
ANSWER = 4_096
LEAST_BUDGET = 1_024

_BUDGETS = {
    "minimal": 1_024,
    "low": 2_048,
    "medium": 8_192,
    "high": 16_384,
    "xhigh": 32_768,
    "max": 32_768,
}
_EFFORTS = {"minimal": "low", "low": "low", "medium": "medium", "high": "high"}
_ADAPTIVE = {**_EFFORTS, "xhigh": "xhigh", "max": "max"}


class Thought(Struct, frozen=True):
    """What an effort comes to: `thinking`, and the effort of `output_config` where that says it.
    `why_not` tells why there is none of it."""

    thinking: dict[str, Any] | None = None
    effort: str | None = None
    why_not: str | None = None


def of_effort(effort: Any, max_tokens: int | None, *, adaptive: bool) -> Thought:
    """How this protocol says chat's `reasoning_effort`.

    `adaptive` is for the models that take an effort and refuse a budget. A budget stays below
    `max_tokens`, as the protocol demands.
    """
    if effort == "none":
        return Thought({"type": "disabled"})
    if not isinstance(effort, str) or effort not in _BUDGETS:
        return Thought(why_not=f"Anthropic's messages knows no effort {effort!r}.")
    if adaptive:
        return Thought({"type": "adaptive"}, _ADAPTIVE[effort])
    budget = _BUDGETS[effort]
    if max_tokens is not None and budget >= max_tokens:
        # The half is for the answer.
        budget = max_tokens // 2
        if budget < LEAST_BUDGET:
            return Thought(
                why_not=f"`max_tokens` leaves no room to think: it needs {2 * LEAST_BUDGET}."
            )
    return Thought({"type": "enabled", "budget_tokens": budget})


def is_on(thinking: Any) -> bool:
    """Whether a `thinking` of this protocol lets the model think."""
    told = cast("dict[str, Any]", thinking) if isinstance(thinking, dict) else {}
    return told.get("type") in ("enabled", "adaptive", "between_tools")


def budget_of(thinking: Any) -> int | None:
    """The budget that it gives, where it gives one."""
    told = cast("dict[str, Any]", thinking) if isinstance(thinking, dict) else {}
    budget = told.get("budget_tokens")
    return budget if isinstance(budget, int) and not isinstance(budget, bool) else None


def effort_to_chat(effort: str) -> str:
    """This protocol's effort in chat's words, whose highest is `xhigh`."""
    return "xhigh" if effort == "max" else effort


def effort_of_budget(budget: int) -> str:
    """The effort that a budget of tokens comes to, in the words that all hosts know."""
    if budget <= _BUDGETS["low"]:
        return "low"
    return "medium" if budget <= _BUDGETS["medium"] else "high"
