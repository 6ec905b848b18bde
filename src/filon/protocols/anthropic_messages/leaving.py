"""Parameters of this protocol on their way into the vocabulary of chat completions. Pure."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from filon.protocols.anthropic_messages import thinking
from filon.protocols.anthropic_messages.tools import choice_to_chat, tools_to_chat
from filon.protocols.crossing import Crossed, Crossing

_HOST = "It is a service of Anthropic's own, which no other provider has."
_LOST = {
    "cache_control": "Chat completions has no marks for a prompt cache.",
    "container": _HOST,
    "context_management": _HOST,
    "mcp_servers": _HOST,
    "inference_geo": _HOST,
    "speed": _HOST,
    "diagnostics": _HOST,
    "user_profile_id": _HOST,
    "workspace_id": _HOST,
    "betas": _HOST,
}
_TIERS = {"auto": "auto", "standard_only": "default"}
_SCHEMA_NAME = "answer"
# OpenAI's limit on `user` (mnfst/llm-gateway pull 2789, 2026-08-31). Claude Code sends 150.
_LONGEST_USER = 64

Rule = Callable[[Crossing, str, Any], None]


def to_chat(parameters: Mapping[str, Any]) -> Crossed:
    """What was asked in this protocol, in the names of chat completions.

    A name that nobody knows goes on as it is: it may be one of the provider's own.
    """
    crossing = Crossing()
    for name, value in parameters.items():
        if value is None:
            crossing.idle.append((name, "Null says nothing."))
        else:
            _RULES.get(name, _kept)(crossing, name, value)
    _think(crossing, parameters.get("thinking"))
    if "tools" not in crossing.out:
        for name in ("tool_choice", "parallel_tool_calls"):
            if crossing.out.pop(name, None) is not None:
                crossing.idle.append((name, "There is no tool to which it could apply."))
    return crossing.done()


def _kept(crossing: Crossing, name: str, value: Any) -> None:
    crossing.out[name] = value


def _lost(crossing: Crossing, name: str, value: Any) -> None:
    crossing.lost.append((name, _LOST[name]))


def _later(crossing: Crossing, name: str, value: Any) -> None:
    """For what depends on the others."""


def _stop(crossing: Crossing, name: str, value: Any) -> None:
    if value == []:
        crossing.idle.append((name, "The list is empty."))
    else:
        crossing.rename(name, "stop", value)


def _metadata(crossing: Crossing, name: str, value: Any) -> None:
    told = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    for member, inner in told.items():
        if inner is None:
            continue
        if member == "user_id" and isinstance(inner, str) and len(inner) > _LONGEST_USER:
            why = f"It has {len(inner)} characters, and OpenAI takes {_LONGEST_USER} at most. It "
            crossing.idle.append((f"{name}.user_id", f"{why}changes nothing about the answer."))
        elif member == "user_id":
            crossing.rename(f"{name}.user_id", "user", inner)
        else:
            why = "Only `user_id` has a counterpart in chat completions."
            crossing.lost.append((f"{name}.{member}", why))


def _service_tier(crossing: Crossing, name: str, value: Any) -> None:
    told = _TIERS.get(value) if isinstance(value, str) else None
    if told is None:
        crossing.lost.append((name, f"Chat completions has no tier {value!r}."))
    elif told == value:
        crossing.out[name] = value
    else:
        crossing.rename(name, name, told)


def _output_config(crossing: Crossing, name: str, value: Any) -> None:
    told = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    for member, inner in told.items():
        place = f"{name}.{member}"
        if inner is None:
            continue
        if member == "effort" and isinstance(inner, str):
            crossing.rename(place, "reasoning_effort", thinking.effort_to_chat(inner))
        elif member == "format" and isinstance(inner, dict):
            crossing.rename(place, "response_format", _format(cast("dict[str, Any]", inner)))
        else:
            crossing.lost.append((place, "Chat completions has no counterpart."))


def _format(told: dict[str, Any]) -> dict[str, Any]:
    schema = {"name": _SCHEMA_NAME, "schema": told.get("schema"), "strict": True}
    return {"type": "json_schema", "json_schema": schema}


def _tools(crossing: Crossing, name: str, value: Any) -> None:
    tools, losses, idle = tools_to_chat(value)
    crossing.lost += losses
    crossing.idle += idle
    if tools:
        crossing.out[name] = tools
    elif not losses:
        crossing.idle.append((name, "The list is empty."))


def _tool_choice(crossing: Crossing, name: str, value: Any) -> None:
    crossing.out[name], parallel = choice_to_chat(value)
    if parallel is not None:
        crossing.rename(f"{name}.disable_parallel_tool_use", "parallel_tool_calls", parallel)


def _think(crossing: Crossing, value: Any) -> None:
    if value is None:
        return
    told = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    if told.get("display") is not None:
        why = "In chat completions the provider chooses how much of a thought it shows."
        crossing.lost.append(("thinking.display", why))
    budget = thinking.budget_of(value)
    if told.get("type") == "disabled":
        why = "Chat completions has no word for it that all providers know: the model's own "
        crossing.lost.append(("thinking", f"{why}default counts."))
    elif "reasoning_effort" in crossing.out:
        crossing.idle.append(("thinking", "`output_config.effort` says how much it thinks."))
    elif budget is not None:
        effort = thinking.effort_of_budget(budget)
        crossing.rename("thinking", "reasoning_effort", effort)
    elif thinking.is_on(value):
        crossing.idle.append(("thinking", "It is left to the model how much it thinks."))
    else:
        crossing.lost.append(("thinking", "Chat completions has no counterpart."))


_RULES: dict[str, Rule] = {
    **dict.fromkeys(_LOST, _lost),
    "stop_sequences": _stop,
    "metadata": _metadata,
    "service_tier": _service_tier,
    "output_config": _output_config,
    "tools": _tools,
    "tool_choice": _tool_choice,
    "thinking": _later,
}
