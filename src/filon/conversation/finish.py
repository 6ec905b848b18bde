"""Why a reply ended, in one vocabulary, whichever protocol's word for it came."""

from collections.abc import Mapping
from typing import Literal

Ending = Literal["stop", "length", "tool_calls", "content_filter", "refusal", "pause", "error"]

# The words of the three protocols, then those that providers put in their place.
_ENDINGS: Mapping[str, Ending] = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "refusal",
    "pause_turn": "pause",
    "completed": "stop",
    "max_output_tokens": "length",
    "failed": "error",
    "cancelled": "error",
    "error": "error",
    "eos": "stop",
    "end": "stop",
    "model_length": "length",
}


def is_known(reason: str) -> bool:
    """Whether this word for an end has a counterpart in other protocols."""
    return reason in _ENDINGS


def ending(reason: str, *, calls: bool = False) -> Ending:
    """What a provider's word means. An unknown word means that the model came to an end.

    `calls` says that the reply holds tool calls: one protocol has no word of its own for an end
    by tool calls, and providers of another say `stop` there.
    """
    meant = _ENDINGS.get(reason, "stop")
    return "tool_calls" if calls and meant == "stop" else meant
