"""Tools and the choice among them: flat here, nested in chat completions."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from msgspec import Struct

_TOOL = ("name", "description", "parameters", "strict")
_HOSTED = (
    "This tool is run by the provider behind OpenAI responses; another protocol knows only "
    "functions that the caller runs."
)
_CUSTOM = "Only tools of type `function` can cross to another protocol."
_MEMBER = "The other protocol has no such member of a tool."
_CHOICE = "It names no function, and only functions can cross to another protocol."


class Carried(Struct, frozen=True):
    """What crosses, and what does not: pairs of a name and a sentence."""

    value: Any = None
    lost: tuple[tuple[str, str], ...] = ()


def _object(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return cast("Sequence[Any]", value) if isinstance(value, list) else ()


def tools_to_chat(value: Any) -> Carried:
    """Flat tools as chat completions nests them."""
    tools: list[Any] = []
    lost: list[tuple[str, str]] = []
    for number, tool in enumerate(_list(value)):
        told = _object(tool)
        if told.get("type") != "function":
            custom = told.get("type") in ("custom", "namespace")
            lost.append((f"tools[{number}]", _CUSTOM if custom else _HOSTED))
            continue
        function = {name: told[name] for name in _TOOL if told.get(name) is not None}
        lost += (
            (f"tools[{number}].{name}", _MEMBER)
            for name in told
            if name not in (*_TOOL, "type") and told[name]
        )
        tools.append({"type": "function", "function": function})
    return Carried(tools or None, tuple(lost))


def tools_from_chat(value: Any) -> Carried:
    """Nested tools in the flat form."""
    tools: list[Any] = []
    lost: list[tuple[str, str]] = []
    for number, tool in enumerate(_list(value)):
        told = _object(tool)
        function = _object(told.get("function"))
        if told.get("type", "function") != "function" or not function:
            lost.append((f"tools[{number}]", _CUSTOM))
            continue
        flat = {name: function[name] for name in _TOOL if name in function}
        # Here a function is strict unless it says otherwise, there the other way round.
        tools.append(
            {"type": "function", **flat, "strict": bool(function.get("strict"))}
            | ({} if "parameters" in flat else {"parameters": None})
        )
        lost += (
            (f"tools[{number}].{name}", _MEMBER)
            for name in (*told, *function)
            if name not in (*_TOOL, "type", "function")
        )
    return Carried(tools or None, tuple(lost))


def choice_to_chat(value: Any) -> Carried:
    """The choice of a tool as chat completions says it."""
    told = _object(value)
    if not told:
        return Carried(value)
    if told.get("type") == "function":
        return Carried({"type": "function", "function": {"name": told.get("name")}})
    if told.get("type") == "allowed_tools":
        named = [_object(tool) for tool in _list(told.get("tools"))]
        if all(tool.get("type") == "function" for tool in named):
            tools = [{"type": "function", "function": {"name": one.get("name")}} for one in named]
            allowed = {"mode": told.get("mode"), "tools": tools}
            return Carried({"type": "allowed_tools", "allowed_tools": allowed})
    return Carried(None, (("tool_choice", _CHOICE),))


def choice_from_chat(value: Any) -> Carried:
    """The choice of a tool from chat completions."""
    told = _object(value)
    if not told:
        return Carried(value)
    if told.get("type", "function") == "function":
        name = _object(told.get("function")).get("name")
        return Carried({"type": "function", "name": name})
    if told.get("type") == "allowed_tools":
        allowed = _object(told.get("allowed_tools"))
        named = [_object(tool) for tool in _list(allowed.get("tools"))]
        if all(tool.get("type") == "function" for tool in named):
            names = [_object(tool.get("function")).get("name") for tool in named]
            tools = [{"type": "function", "name": name} for name in names]
            return Carried({"type": "allowed_tools", "mode": allowed.get("mode"), "tools": tools})
    return Carried(None, (("tool_choice", _CHOICE),))
