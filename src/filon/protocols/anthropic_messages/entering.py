"""Parameters of chat completions on their way into this protocol. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from filon.conversation.message import Message
from filon.protocols.anthropic_messages import thinking
from filon.protocols.anthropic_messages.carrying import hangs
from filon.protocols.anthropic_messages.tools import choice_from_chat, forces, tools_from_chat
from filon.protocols.crossing import Crossed, Crossing

_NO_COUNTERPART = "Anthropic's messages has no counterpart."
_PENALTY = "Anthropic's messages has no penalties for repeating."
_LOGPROBS = "Anthropic's messages tells no probabilities."
_LOST = {
    "frequency_penalty": _PENALTY,
    "presence_penalty": _PENALTY,
    "repetition_penalty": _PENALTY,
    "logit_bias": "Anthropic's messages cannot make single tokens likelier.",
    "logprobs": _LOGPROBS,
    "top_logprobs": _LOGPROBS,
    "n": "Anthropic's messages gives one answer per request.",
    "seed": "Anthropic's messages cannot be asked to repeat itself.",
    "min_p": _NO_COUNTERPART,
    "top_a": _NO_COUNTERPART,
    "prediction": "Anthropic's messages takes no foreseen text.",
    "modalities": "Anthropic's messages answers in text alone.",
    "audio": "Anthropic's messages answers in text alone.",
    "store": "Anthropic's messages keeps no answers.",
    "verbosity": _NO_COUNTERPART,
    "web_search_options": "Anthropic searches with a tool of its own, which has to be asked for.",
    "functions": "Functions are sent as `tools`.",
    "function_call": "The choice of a function is sent as `tool_choice`.",
}
_CACHES = "Anthropic's messages marks what to cache with `cache_control`; the answer is the same."
# Values that say only what is true without them.
_DEFAULTS: dict[str, tuple[Any, ...]] = {
    "frequency_penalty": (0,),
    "presence_penalty": (0,),
    "repetition_penalty": (1,),
    "logit_bias": ({},),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "n": (1,),
    "min_p": (0,),
    "top_a": (0,),
    "modalities": (["text"],),
    "store": (False,),
    "verbosity": ("medium",),
}
_HANGS = (
    "Anthropic's messages lets a model think on after a tool's answer only if the call has its "
    "sealed thought, and chat completions kept none."
)
_TIERS = {"auto": "auto", "priority": "auto", "default": "standard_only"}

Rule = Callable[[Crossing, str, Any], None]


def from_chat(
    parameters: Mapping[str, Any], *, adaptive: bool = False, messages: Sequence[Message] = ()
) -> Crossed:
    """What was asked in chat completions, in this protocol's names.

    `max_tokens` is added where it was not asked, since the protocol demands it. `adaptive` is for
    models that think by effort and refuse a budget. Where `messages` end in answers of tools to a
    call without a sealed thought, a budget is left out: the protocol would refuse them. A name that
    nobody knows goes on as it is: it may be one of the provider's own.
    """
    crossing = Crossing()
    for name, value in parameters.items():
        if value is None:
            crossing.idle.append((name, "Null says nothing."))
        else:
            _RULES.get(name, _kept)(crossing, name, value)
    _choose(crossing, parameters)
    effort = parameters.get("reasoning_effort")
    if effort is not None:
        _effort(crossing, effort, adaptive=adaptive)
    if thinking.budget_of(crossing.out.get("thinking")) is not None and hangs(messages):
        del crossing.out["thinking"]
        asked = "thinking" if "thinking" in parameters else "reasoning_effort"
        crossing.renamed = [pair for pair in crossing.renamed if pair[0] != asked]
        # No loss to refuse: an agent's first request passes, and the same words must in its second.
        crossing.idle.append((asked, _HANGS))
    _fit(crossing)
    _limit(crossing)
    return crossing.done()


def _kept(crossing: Crossing, name: str, value: Any) -> None:
    crossing.out[name] = value


def _lost(crossing: Crossing, name: str, value: Any) -> None:
    if any(_is_same(value, one) for one in _DEFAULTS.get(name, ())):
        crossing.idle.append((name, "This is so without being asked."))
    else:
        crossing.lost.append((name, _LOST[name]))


def _is_same(value: Any, other: Any) -> bool:
    return value == other and isinstance(value, bool) == isinstance(other, bool)


def _later(crossing: Crossing, name: str, value: Any) -> None:
    """For what depends on the others."""


def _max_tokens(crossing: Crossing, name: str, value: Any) -> None:
    if name == "max_tokens":
        if "max_tokens" in crossing.out:
            crossing.idle.append((name, "`max_completion_tokens` says it too, and counts."))
        else:
            crossing.out[name] = value
        return
    if "max_tokens" in crossing.out:
        crossing.idle.append(("max_tokens", "`max_completion_tokens` says it too, and counts."))
    crossing.rename(name, "max_tokens", value)


def _stop(crossing: Crossing, name: str, value: Any) -> None:
    wanted = cast("list[Any]", value) if isinstance(value, list) else [value]
    told = [one for one in wanted if not isinstance(one, str) or one.strip()]
    if len(told) < len(wanted):
        why = "Anthropic's messages stops at no text that is empty or blank."
        crossing.lost.append((name, why))
    if told:
        crossing.rename(name, "stop_sequences", told)
    elif not wanted:
        crossing.idle.append((name, "The list is empty."))


def _cached(crossing: Crossing, name: str, value: Any) -> None:
    crossing.idle.append((name, _CACHES))


def _stream_options(crossing: Crossing, name: str, value: Any) -> None:
    crossing.idle.append((name, "Anthropic's messages always tells the usage."))


def _user(crossing: Crossing, name: str, value: Any) -> None:
    held = crossing.out.get("metadata")
    if isinstance(held, dict) and "user_id" in held:
        crossing.lost.append((name, "Another field says already who asks."))
    else:
        crossing.put(name, "metadata", "user_id", value)


def _metadata(crossing: Crossing, name: str, value: Any) -> None:
    if not isinstance(value, dict):
        crossing.out[name] = value
        return
    told = cast("dict[str, Any]", value)
    if "user_id" in told:
        crossing.out[name] = {"user_id": told["user_id"]}
    why = "Anthropic's messages takes nothing in `metadata` but `user_id`."
    crossing.lost += [(f"{name}.{one}", why) for one in told if one != "user_id"]


def _service_tier(crossing: Crossing, name: str, value: Any) -> None:
    if value == "standard_only":
        crossing.out[name] = value
    elif isinstance(value, str) and value in _TIERS:
        if _TIERS[value] == value:
            crossing.out[name] = value
        else:
            crossing.rename(name, name, _TIERS[value])
    else:
        crossing.lost.append((name, f"Anthropic's messages has no tier {value!r}."))


def _response_format(crossing: Crossing, name: str, value: Any) -> None:
    told = cast("dict[str, Any]", value) if isinstance(value, dict) else {}
    schema = told.get("json_schema")
    if told.get("type") == "text":
        crossing.idle.append((name, "This is so without being asked."))
    elif told.get("type") == "json_schema" and isinstance(schema, dict):
        _schema(crossing, name, cast("dict[str, Any]", schema))
    elif told.get("type") == "json_object":
        why = "Anthropic's messages has no JSON mode without a schema; send a `json_schema`."
        crossing.lost.append((name, why))
    else:
        crossing.lost.append((name, _NO_COUNTERPART))


def _schema(crossing: Crossing, name: str, told: dict[str, Any]) -> None:
    wanted = {"type": "json_schema", "schema": told.get("schema") or {"type": "object"}}
    crossing.put(name, "output_config", "format", wanted)
    if told.get("name") is not None:
        # Chat completions demands one, so that it says nothing about what is wanted.
        why = "Anthropic's format of an answer has no name; the answer is the same."
        crossing.idle.append((f"{name}.json_schema.name", why))
    if told.get("description") is not None:
        why = "Anthropic's format of an answer has no description."
        crossing.lost.append((f"{name}.json_schema.description", why))
    if told.get("strict") is not None:
        strict = "Anthropic's messages always keeps to the schema."
        kept = crossing.idle if told["strict"] is True else crossing.lost
        kept.append((f"{name}.json_schema.strict", strict))


def _output_config(crossing: Crossing, name: str, value: Any) -> None:
    held = crossing.out.get(name)
    if isinstance(held, dict) and isinstance(value, dict):
        value = {**cast("dict[str, Any]", held), **cast("dict[str, Any]", value)}
    crossing.out[name] = value


def _tools(crossing: Crossing, name: str, value: Any) -> None:
    tools, losses = tools_from_chat(value)
    crossing.lost += losses
    if tools:
        crossing.out[name] = tools
    elif not losses:
        crossing.idle.append((name, "The list is empty."))


def _choose(crossing: Crossing, parameters: Mapping[str, Any]) -> None:
    choice, parallel = parameters.get("tool_choice"), parameters.get("parallel_tool_calls")
    if "tools" not in crossing.out:
        why = "There is no tool to which it could apply."
        asked = (("tool_choice", choice), ("parallel_tool_calls", parallel))
        crossing.idle += [(name, why) for name, value in asked if value is not None]
        return
    told = choice_from_chat(choice, parallel=parallel)
    if told is not None:
        crossing.out["tool_choice"] = told
    if parallel is False and choice != "none":
        crossing.renamed.append(("parallel_tool_calls", "tool_choice.disable_parallel_tool_use"))
    elif parallel is not None:
        crossing.idle.append(("parallel_tool_calls", "This is so without being asked."))


def _fit(crossing: Crossing) -> None:
    if not thinking.is_on(crossing.out.get("thinking")):
        return
    why = "Anthropic's messages does not take it while the model thinks."
    for name in ("temperature", "top_k", "top_p"):
        if name in crossing.out and not _fits_thinking(name, crossing.out[name]):
            del crossing.out[name]
            crossing.lost.append((name, why))


def _fits_thinking(name: str, value: Any) -> bool:
    if not isinstance(value, int | float):
        return True
    return value == 1 if name == "temperature" else name == "top_p" and 0.95 <= value <= 1


def _effort(crossing: Crossing, effort: Any, *, adaptive: bool) -> None:
    name = "reasoning_effort"
    if "thinking" in crossing.out:
        crossing.lost.append((name, "`thinking` says already how much the model thinks."))
        return
    limit = crossing.out.get("max_tokens")
    limit = limit if isinstance(limit, int) and not isinstance(limit, bool) else None
    thought = thinking.of_effort(effort, limit, adaptive=adaptive)
    if thought.why_not is not None:
        crossing.lost.append((name, thought.why_not))
        return
    if thinking.is_on(thought.thinking) and forces(crossing.out.get("tool_choice")):
        why = "Anthropic's messages lets no model think that is made to call a tool."
        crossing.lost.append((name, why))
        return
    crossing.rename(name, "thinking", thought.thinking)
    if thought.effort is not None:
        crossing.put(name, "output_config", "effort", thought.effort)


def _limit(crossing: Crossing) -> None:
    if "max_tokens" in crossing.out:
        return
    budget = thinking.budget_of(crossing.out.get("thinking")) or 0
    crossing.out["max_tokens"] = thinking.ANSWER + budget
    why = f"The protocol demands it and nobody said it: {thinking.ANSWER:,} for the answer"
    why += f" and {budget:,} to think." if budget else "."
    crossing.added.append(("max_tokens", why))


_RULES: dict[str, Rule] = {
    **dict.fromkeys(_LOST, _lost),
    "max_tokens": _max_tokens,
    "max_completion_tokens": _max_tokens,
    "stop": _stop,
    "prompt_cache_key": _cached,
    "prompt_cache_retention": _cached,
    "stream_options": _stream_options,
    "user": _user,
    "safety_identifier": _user,
    "metadata": _metadata,
    "service_tier": _service_tier,
    "response_format": _response_format,
    "output_config": _output_config,
    "tools": _tools,
    "tool_choice": _later,
    "parallel_tool_calls": _later,
    "reasoning_effort": _later,
}
