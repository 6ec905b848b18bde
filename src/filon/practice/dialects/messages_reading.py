"""From a request of Anthropic's messages to a wish, by a dialect's rules.

The rules hold for the names that came; what they leave is carried over to chat completions, whose
way the rest goes.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.request import ChatRequest
from filon.practice.answers.wish import Wish
from filon.practice.dialects.dialect import Dialect, Fact, Rule
from filon.practice.dialects.messages_turns import STRICT, bad, check_turns
from filon.practice.dialects.parameters import EFFECTIVE, Reader, sort_out
from filon.practice.dialects.reading import read
from filon.practice.model.family import Model
from filon.practice.refusal import Refusal, Refused
from filon.protocols.anthropic_messages import thinking
from filon.protocols.anthropic_messages.crossing import messages_to_chat, to_chat
from filon.protocols.anthropic_messages.tools import forces

_DEMANDED = ("model", "messages", "max_tokens")
_EVERYTHING = Rule(names=tuple(EFFECTIVE), does="accept", sure="practice")
_LEAST_TOP_P = 0.95  # while a model thinks


class Read(Struct, frozen=True):
    """What is wanted: the wish, whether the prompt shall be cached, and whether thoughts are
    shown."""

    wish: Wish
    caches: bool
    shows: bool


def check_demanded(body: bytes, *, counts: bool) -> None:
    """Refuses a body without what it must have; one that is no object is left to others to refuse.
    `counts` is for a request that only counts. Raises Refused."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return
    if not isinstance(told, dict):
        return
    for name in _DEMANDED[: 2 if counts else 3]:
        if name not in told:
            raise bad(f"{name}: Field required", name)


def read_messages(asked: ChatRequest, dialect: Dialect, model: Model, version: str) -> Read:
    """What a request wants. `version` is the one that its header told. Raises Refused."""
    parameters = asked.parameters
    _check_removed(parameters, dialect, version)
    _check_numbers(Reader(sort_out(parameters, dialect, model), dialect))
    _check_tools(parameters)
    thinks = thinking.is_on(parameters.get("thinking"))
    if thinks:
        _check_thinking(parameters)
    check_turns(asked.raw.items if asked.raw else (), thinks=thinks, strict=version >= STRICT)
    carried, crossed = messages_to_chat(asked), to_chat(parameters)
    wanted = dict(crossed.parameters)
    if not thinks:
        wanted["reasoning_effort"] = "none"
    chat = ChatRequest(
        model=asked.model, messages=carried.messages, parameters=wanted, stream=asked.stream
    )
    lost = [name for name, _ in (*carried.lost, *crossed.lost)]
    return Read(
        wish=read(chat, _anything(dialect), model),
        caches=any(name.endswith("cache_control") for name in lost),
        shows=_table(parameters.get("thinking")).get("display") != "omitted",
    )


def _anything(dialect: Dialect) -> Dialect:
    """The dialect for what has passed its rules."""
    accepts = Fact(use="accept", sure="practice")
    return replace(dialect, parameters=(_EVERYTHING,), unknown=accepts)


def _check_removed(parameters: Mapping[str, Any], dialect: Dialect, version: str) -> None:
    since, *names = (dialect.value("removed", "") or "").split(" ")
    if not since or version < since:
        return
    for name in names:
        if name in parameters:
            values = {"param": name}
            raise Refused(Refusal(kind="unknown_parameter", param=name, values=values))


def _check_numbers(reader: Reader) -> None:
    reader.number("temperature", 0.0, 1.0, 1.0)
    reader.number("top_p", 0.0, 1.0, 1.0)
    reader.integer("top_k", 0, None)
    reader.integer("max_tokens", 1, None)


def _check_tools(parameters: Mapping[str, Any]) -> None:
    tools = parameters.get("tools")
    rows = cast("list[Any]", tools) if isinstance(tools, list) else []
    for number, row in enumerate(rows):
        tool = _table(row)
        if tool.get("type") not in (None, "custom"):
            continue
        for name in ("name", "input_schema"):
            if name not in tool:
                where = f"tools.{number}.custom.{name}"
                raise bad(f"{where}: Field required", where)
    if parameters.get("tool_choice") is not None and not rows:
        raise bad("tool_choice may only be specified while providing tools", "tool_choice")


def _check_thinking(parameters: Mapping[str, Any]) -> None:
    """Words of litellm's and other programs' issues, seen 2026-11-27; those of top_k, top_p and
    tool_choice as remembered."""
    told = _table(parameters["thinking"])
    budget, limit = told.get("budget_tokens"), parameters.get("max_tokens")
    if told.get("type") == "enabled":
        where = "thinking.enabled.budget_tokens"
        if budget is None:
            raise bad(f"{where}: Field required", where)
        if isinstance(budget, bool) or not isinstance(budget, int):
            raise bad(f"{where}: Input should be a valid integer", where)
        if budget < thinking.LEAST_BUDGET:
            least = thinking.LEAST_BUDGET
            raise bad(f"{where}: Input should be greater than or equal to {least}", where)
        if limit is not None and limit <= budget:
            raise bad("`max_tokens` must be greater than `thinking.budget_tokens`", "max_tokens")
    if parameters.get("temperature") not in (None, 1):
        raise bad("`temperature` may only be set to 1 when thinking is enabled", "temperature")
    if parameters.get("top_k") is not None:
        raise bad("`top_k` must be unset when thinking is enabled", "top_k")
    top_p = parameters.get("top_p")
    if top_p is not None and top_p < _LEAST_TOP_P:
        words = f"must be greater than or equal to {_LEAST_TOP_P} or unset when thinking is enabled"
        raise bad(f"`top_p` {words}", "top_p")
    if forces(parameters.get("tool_choice")):
        words = "Thinking may not be enabled when tool_choice forces tool use."
        raise bad(words, "tool_choice")


def _table(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
