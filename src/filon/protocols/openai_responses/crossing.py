"""Parameters between Responses and the vocabulary of chat completions, both ways. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Message
from filon.protocols.crossing import Crossed, Crossing
from filon.protocols.openai_responses.tools import (
    Carried,
    choice_from_chat,
    choice_to_chat,
    tools_from_chat,
    tools_to_chat,
)

_STATE = (
    "`{}` refers to what the provider of OpenAI responses keeps, and the model that was chosen "
    "is reached in another protocol, where nothing is kept."
)
_LOGPROBS = "Log probabilities are not carried from one protocol to another."
_ENCRYPTED = "Thoughts come back as text or sealed by their provider, as it gives them."
_NO_COUNTERPART = "Chat completions has no counterpart."
_NOT_HERE = "OpenAI responses has no counterpart."


class _Crossing(Crossing):
    """A crossing under way, in which some values are carried by rules of their own."""

    def carry(self, name: str, carried: Carried) -> None:
        """What is left of the value keeps its name."""
        if carried.value is not None:
            self.out[name] = carried.value
        self.lost += carried.lost


_Rule = Callable[[_Crossing, str, Any], None]


def to_chat(parameters: Mapping[str, Any]) -> Crossed:
    """What was asked in Responses, in the words of chat completions. Raises InvalidRequest for
    what refers to a state that only a provider of Responses keeps."""
    return _cross(parameters, _TO_CHAT).done()


def from_chat(parameters: Mapping[str, Any], *, messages: Sequence[Message] = ()) -> Crossed:
    """What was asked in chat completions, in the words of Responses; `messages` decide nothing.

    `store` is added as false where it was not asked: chat completions keeps nothing by default.
    """
    crossing = _cross(parameters, _FROM_CHAT)
    if crossing.out.get("store") is None:
        crossing.out["store"] = False
        why = "Unlike chat completions, OpenAI responses keeps answers unless told not to."
        crossing.added.append(("store", why))
    return crossing.done()


def _cross(parameters: Mapping[str, Any], rules: Mapping[str, _Rule]) -> _Crossing:
    crossing = _Crossing()
    for name, value in parameters.items():
        rule = rules.get(name)
        if rule is None:
            crossing.out[name] = value
        elif value is not None:
            rule(crossing, name, value)
    if parameters.get("tools") and "tools" not in crossing.out:
        for name in ("tool_choice", "parallel_tool_calls"):
            if crossing.out.pop(name, None) is not None:
                crossing.lost.append((name, "No tool is left to which it could apply."))
    return crossing


def _members(value: Any) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def _refused(_: _Crossing, name: str, value: Any) -> None:
    if value is False:
        return
    raise InvalidRequest(
        _STATE.format(name),
        code="needs_state",
        fix="Send the whole conversation in `input`, or choose a model whose endpoint speaks "
        "openai_responses.",
        param=name,
    )


def _lost_there(crossing: _Crossing, name: str, value: Any) -> None:
    crossing.lost.append((name, _NO_COUNTERPART))


def _lost_here(crossing: _Crossing, name: str, value: Any) -> None:
    crossing.lost.append((name, _NOT_HERE))


def _lost_unless_zero(crossing: _Crossing, name: str, value: Any) -> None:
    if value in (0, {}, []):
        crossing.idle.append((name, "The value changes nothing."))
    else:
        crossing.lost.append((name, _NOT_HERE))


def _logprobs(crossing: _Crossing, name: str, value: Any) -> None:
    if value:
        crossing.lost.append((name, _LOGPROBS))
    else:
        crossing.idle.append((name, "It asks for none."))


# From Responses.


def _store(crossing: _Crossing, name: str, value: Any) -> None:
    if value:
        crossing.lost.append((name, "No answer is kept to be fetched later."))
    else:
        crossing.idle.append((name, "No answer is kept to be fetched later."))


def _limit_to_chat(crossing: _Crossing, name: str, value: Any) -> None:
    crossing.rename(name, "max_completion_tokens", value)


def _reasoning(crossing: _Crossing, name: str, value: Any) -> None:
    for member, told in _members(value).items():
        if told is None:
            continue
        if member == "effort":
            crossing.rename("reasoning.effort", "reasoning_effort", told)
        elif member in ("summary", "generate_summary"):
            why = "Thoughts are told as the provider gives them, in the place of the summary."
            crossing.idle.append((f"reasoning.{member}", why))
        else:
            crossing.lost.append((f"reasoning.{member}", _NO_COUNTERPART))


def _text(crossing: _Crossing, name: str, value: Any) -> None:
    for member, told in _members(value).items():
        if told is None:
            continue
        if member == "format":
            crossing.rename("text.format", "response_format", _format_to_chat(told))
        elif member == "verbosity":
            crossing.rename("text.verbosity", "verbosity", told)
        else:
            crossing.lost.append((f"text.{member}", _NO_COUNTERPART))


def _format_to_chat(value: Any) -> Any:
    told = _members(value)
    if told.get("type") != "json_schema":
        return value
    inner = {name: one for name, one in told.items() if name != "type"}
    return {"type": "json_schema", "json_schema": inner}


def _tools_to_chat(crossing: _Crossing, name: str, value: Any) -> None:
    crossing.carry(name, tools_to_chat(value))


def _choice_to_chat(crossing: _Crossing, name: str, value: Any) -> None:
    crossing.carry(name, choice_to_chat(value))


def _include(crossing: _Crossing, name: str, value: Any) -> None:
    for one in cast("list[Any]", value) if isinstance(value, list) else [value]:
        what = f"include: {one}"
        if one == "reasoning.encrypted_content":
            crossing.idle.append((what, _ENCRYPTED))
        elif one == "message.output_text.logprobs":
            crossing.lost.append((what, _LOGPROBS))
        else:
            crossing.lost.append((what, "Only OpenAI responses has what this would add."))


def _truncation(crossing: _Crossing, name: str, value: Any) -> None:
    if value == "disabled":
        crossing.idle.append((name, "Nothing is cut from the conversation."))
    else:
        crossing.lost.append((name, "Chat completions never cuts a conversation by itself."))


def _stream_options(crossing: _Crossing, name: str, value: Any) -> None:
    for member in _members(value):
        why = "It is about how a provider writes its stream, and this one is written by Filon."
        crossing.idle.append((f"{name}.{member}", why))


def _client_metadata(crossing: _Crossing, name: str, value: Any) -> None:
    # Codex 0.171.0 sends it with every request: ids of its session (seen 2026-11-27).
    why = "A program tells about itself there, which changes nothing about the answer."
    crossing.idle.append((name, why))


_TO_CHAT: Mapping[str, _Rule] = {
    "previous_response_id": _refused,
    "conversation": _refused,
    "prompt": _refused,
    "background": _refused,
    "background_options": _lost_there,
    "store": _store,
    "max_output_tokens": _limit_to_chat,
    "reasoning": _reasoning,
    "text": _text,
    "tools": _tools_to_chat,
    "tool_choice": _choice_to_chat,
    "include": _include,
    "truncation": _truncation,
    "top_logprobs": _logprobs,
    "stream_options": _stream_options,
    "max_tool_calls": _lost_there,
    "context_management": _lost_there,
    "image": _lost_there,
    "access_programs": _lost_there,
    "client_metadata": _client_metadata,
}


# From chat completions.


def _limit_from_chat(crossing: _Crossing, name: str, value: Any) -> None:
    if "max_output_tokens" in crossing.out:
        crossing.idle.append((name, "The other limit on output tokens counts."))
    else:
        crossing.rename(name, "max_output_tokens", value)


def _joined(crossing: _Crossing, name: str, value: Any) -> None:
    """Some providers of chat completions know the object by the same name."""
    inner = {**_members(crossing.out.get(name)), **_members(value)}
    crossing.out[name] = inner if isinstance(value, dict) else value


def _effort(crossing: _Crossing, name: str, value: Any) -> None:
    crossing.put(name, "reasoning", "effort", value)


def _format_from_chat(crossing: _Crossing, name: str, value: Any) -> None:
    told = _members(value)
    if told.get("type") == "json_schema":
        value = {"type": "json_schema", **_members(told.get("json_schema"))}
    crossing.put(name, "text", "format", value)


def _verbosity(crossing: _Crossing, name: str, value: Any) -> None:
    crossing.put(name, "text", "verbosity", value)


def _tools_from_chat(crossing: _Crossing, name: str, value: Any) -> None:
    crossing.carry(name, tools_from_chat(value))


def _choice_from_chat(crossing: _Crossing, name: str, value: Any) -> None:
    crossing.carry(name, choice_from_chat(value))


def _choices(crossing: _Crossing, name: str, value: Any) -> None:
    if value == 1:
        crossing.idle.append((name, "OpenAI responses always gives one answer."))
    else:
        crossing.lost.append((name, "OpenAI responses gives one answer and no more."))


def _usage(crossing: _Crossing, name: str, value: Any) -> None:
    kept = {member: one for member, one in _members(value).items() if member != "include_usage"}
    if "include_usage" in _members(value):
        why = "OpenAI responses always tells the token count."
        crossing.idle.append(("stream_options.include_usage", why))
    if kept:
        crossing.out[name] = kept


def _modalities(crossing: _Crossing, name: str, value: Any) -> None:
    if value == ["text"]:
        crossing.idle.append((name, "OpenAI responses answers in text."))
    else:
        crossing.lost.append((name, _NOT_HERE))


def _legacy(crossing: _Crossing, name: str, value: Any) -> None:
    instead = "tools" if name == "functions" else "tool_choice"
    crossing.lost.append((name, f"It has long been replaced by `{instead}`, which can cross."))


def _search(crossing: _Crossing, name: str, value: Any) -> None:
    why = "In OpenAI responses searching is a tool; ask for `web_search` at /v1/responses."
    crossing.lost.append((name, why))


_FROM_CHAT: Mapping[str, _Rule] = {
    "max_completion_tokens": _limit_from_chat,
    "max_tokens": _limit_from_chat,
    "reasoning": _joined,
    "text": _joined,
    "reasoning_effort": _effort,
    "response_format": _format_from_chat,
    "verbosity": _verbosity,
    "tools": _tools_from_chat,
    "tool_choice": _choice_from_chat,
    "stream_options": _usage,
    "n": _choices,
    "logprobs": _logprobs,
    "top_logprobs": _logprobs,
    "stop": _lost_here,
    "seed": _lost_here,
    "frequency_penalty": _lost_unless_zero,
    "presence_penalty": _lost_unless_zero,
    "logit_bias": _lost_unless_zero,
    "modalities": _modalities,
    "audio": _lost_here,
    "prediction": _lost_here,
    "functions": _legacy,
    "function_call": _legacy,
    "web_search_options": _search,
}
