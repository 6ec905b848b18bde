"""Tools and the choice among them, between this protocol and chat completions.

What is misshapen stays as it is: the provider says best what is wrong with it.
"""

from typing import Any, cast

Losses = list[tuple[str, str]]

_NO_COUNTERPART = {
    "cache_control": "Chat completions has no marks for a prompt cache.",
    "defer_loading": "Chat completions shows a model all tools at once.",
    "allowed_callers": "In chat completions only the model calls tools.",
    "input_examples": "Chat completions has no place for examples of a tool's input.",
}
# The AI SDK asks for it in every stream with tools (ai-sdk-anthropic 4.0.105, 2026-11-27).
_IDLE = {
    "eager_input_streaming": "It says how a call is streamed and changes nothing about the call.",
}
_EMPTY_SCHEMA: dict[str, Any] = {"type": "object", "properties": {}}


def tools_from_chat(value: Any) -> tuple[Any, Losses]:
    """Chat's functions as tools, and what cannot come along."""
    if not isinstance(value, list):
        return value, []
    tools: list[Any] = []
    losses: Losses = []
    for number, tool in enumerate(cast("list[Any]", value)):
        where = f"tools[{number}]"
        told = cast("dict[str, Any]", tool) if isinstance(tool, dict) else {}
        function = told.get("function")
        if isinstance(function, dict):
            tools.append(_tool(cast("dict[str, Any]", function), told))
        elif told.get("type") in (None, "function"):
            tools.append(tool)
        else:
            why = f"Anthropic's messages has no tools of type `{told['type']}`."
            losses.append((where, why))
    return tools, losses


def _tool(function: dict[str, Any], around: dict[str, Any]) -> dict[str, Any]:
    tool: dict[str, Any] = {"name": function.get("name")}
    if function.get("description") is not None:
        tool["description"] = function["description"]
    tool["input_schema"] = function.get("parameters") or _EMPTY_SCHEMA
    if function.get("strict"):
        # False is what is so unasked, and not every host knows the field.
        tool["strict"] = function["strict"]
    if around.get("cache_control") is not None:
        tool["cache_control"] = around["cache_control"]
    return tool


def tools_to_chat(value: Any) -> tuple[Any, Losses, Losses]:
    """The caller's own tools as chat's functions, what cannot come along, such as tools that run
    at the provider, and what need not."""
    if not isinstance(value, list):
        return value, [], []
    tools: list[Any] = []
    losses: Losses = []
    idle: Losses = []
    for number, tool in enumerate(cast("list[Any]", value)):
        where = f"tools[{number}]"
        if not isinstance(tool, dict):
            tools.append(tool)
            continue
        told = cast("dict[str, Any]", tool)
        if told.get("type") not in (None, "custom"):
            why = f"`{told['type']}` is a tool of Anthropic's own, which no other provider runs."
            losses.append((where, why))
            continue
        tools.append({"type": "function", "function": _function(told)})
        for names, found in ((_NO_COUNTERPART, losses), (_IDLE, idle)):
            found += [
                (f"{where}.{name}", why)
                for name, why in names.items()
                if told.get(name) is not None
            ]
    return tools, losses, idle


def _function(tool: dict[str, Any]) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.get("name")}
    if tool.get("description") is not None:
        function["description"] = tool["description"]
    function["parameters"] = tool.get("input_schema") or _EMPTY_SCHEMA
    if tool.get("strict") is not None:
        function["strict"] = tool["strict"]
    return function


_CHOICES = {"auto": "auto", "required": "any", "none": "none"}
_CHOICES_BACK = {wire: word for word, wire in _CHOICES.items()}


def choice_from_chat(choice: Any, *, parallel: bool | None) -> Any:
    """Chat's `tool_choice` and `parallel_tool_calls` as one choice; None where neither says
    anything here."""
    if choice is None:
        told: dict[str, Any] = {"type": "auto"}
        if parallel is not False:
            return None
    elif isinstance(choice, str) and choice in _CHOICES:
        told = {"type": _CHOICES[choice]}
    elif (name := _function_named(choice)) is not None:
        told = {"type": "tool", "name": name}
    else:
        return choice
    if parallel is False and told["type"] != "none":
        told["disable_parallel_tool_use"] = True
    return told


def _function_named(choice: Any) -> str | None:
    told = cast("dict[str, Any]", choice) if isinstance(choice, dict) else {}
    function = told.get("function")
    name = cast("dict[str, Any]", function).get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else None


def choice_to_chat(choice: Any) -> tuple[Any, bool | None]:
    """The choice as chat's `tool_choice`, and its `parallel_tool_calls` where it is said."""
    if not isinstance(choice, dict):
        return choice, None
    told = cast("dict[str, Any]", choice)
    kind, disabled = told.get("type"), told.get("disable_parallel_tool_use")
    parallel = None if not isinstance(disabled, bool) else not disabled
    if kind == "tool" and isinstance(told.get("name"), str):
        return {"type": "function", "function": {"name": told["name"]}}, parallel
    return _CHOICES_BACK.get(str(kind), cast("Any", told)), parallel


def forces(choice: Any) -> bool:
    """Whether a choice of this protocol makes the model call a tool."""
    told = cast("dict[str, Any]", choice) if isinstance(choice, dict) else {}
    return told.get("type") in ("any", "tool")
