"""What would become of a request if it were sent now: each parameter's way through the rules of
its endpoint, and what the request weighs before and after. Pure; nothing is sent."""

from collections.abc import Mapping
from typing import Any, Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from filon.config.preset import Preset
from filon.conversation.request import ChatRequest
from filon.pipeline import crossing
from filon.pipeline.crossing import Carried
from filon.pipeline.stages import assemble
from filon.pipeline.stages.assemble import Gathered
from filon.pipeline.stages.translate import translate
from filon.pipeline.turn import Caller, begin
from filon.protocols.registry import PROTOCOLS
from filon.providers.aliases import canonical
from filon.providers.endpoint import Endpoint
from filon.trace.records import Body, Decision, Received, Translated

# The rules in the order in which they act, each with the fields of an endpoint that hold it.
Rules = Literal[
    "asked",
    "preset",
    "defaults",
    "addParams",
    "count tokens",
    "dropParams",
    "customParams",
    "quirks",
]
_FIELDS: tuple[tuple[Rules, tuple[str, ...]], ...] = (
    ("asked", ()),
    ("preset", ()),
    ("defaults", ("defaults",)),
    ("addParams", ("add",)),
    ("count tokens", ("ask_usage",)),
    ("dropParams", ("drop",)),
    ("customParams", ("reasoning_format", "parameter_names")),
    ("quirks", ("quirks",)),
)
_NO_RULES: Mapping[str, Any] = {
    "defaults": (),
    "add": (),
    "ask_usage": False,
    "drop": (),
    "reasoning_format": None,
    "parameter_names": "custom",
    "quirks": (),
}

# A value for each parameter that a program may send, to see what would become of it.
SAMPLES: Mapping[str, Any] = {
    "temperature": 0.7,
    "top_p": 0.9,
    "max_tokens": 256,
    "max_completion_tokens": 256,
    "frequency_penalty": 0.5,
    "presence_penalty": 0.5,
    "stop": ["END"],
    "seed": 7,
    "n": 2,
    "logit_bias": {"0": -100},
    "logprobs": True,
    "top_logprobs": 3,
    "response_format": {"type": "json_object"},
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    "tool_choice": "auto",
    "parallel_tool_calls": True,
    "reasoning_effort": "low",
    "verbosity": "low",
    "user": "someone",
    "metadata": {"a": "b"},
    "store": False,
    "service_tier": "auto",
    "stream_options": {"include_usage": True},
    "top_k": 40,
    "min_p": 0.05,
    "repetition_penalty": 1.1,
}


# What means nothing without a tool.
_NEED_TOOLS = ("tool_choice", "parallel_tool_calls")


class Step(Struct, frozen=True, kw_only=True):
    """What one kind of rule made of a parameter. `decision` is how it stands after it."""

    rules: Rules
    decision: Decision


class Explained(Struct, frozen=True, kw_only=True):
    """A request that could be sent now.

    `asked` is the body as it would be without any rule, `translated` the request as it would
    leave. `steps` holds, by the parameter's canonical name, each rule that changed something, in
    order. `weights` are the bytes that a parameter takes in the body: asked, then sent.
    """

    endpoint: Endpoint
    model: str
    asked: bytes
    translated: Translated
    steps: Mapping[str, tuple[Step, ...]]
    weights: Mapping[str, tuple[int, int]]

    @property
    def saved(self) -> int:
        """Bytes that the rules take off the body; negative where they add more."""
        return len(self.asked) - len(self.translated.body.data)


def explain(
    request: ChatRequest, endpoint: Endpoint, model: str, preset: Preset | None = None
) -> Explained:
    """Follows the request through the rules of this endpoint. Raises EndpointNotReady for headers
    that no request can carry."""
    endpoint = endpoint.at(model)
    sent = _translated(request, endpoint, model, preset)
    bare = _translated(request, replace(endpoint, **_NO_RULES), model)
    return Explained(
        endpoint=endpoint,
        model=model,
        asked=bare.body.data,
        translated=sent,
        steps=_steps(request, endpoint, model, preset),
        weights={
            canonical(one.name): (_weight(one.name, one.wanted), _weight(one.sent_as, one.sent))
            for one in sent.decisions
        },
    )


def would_become(endpoint: Endpoint, model: str, asked: Mapping[str, Any]) -> tuple[Decision, ...]:
    """What would become of each sample that nobody has asked for: those alone that would not
    arrive as they are. Each is tried by itself, so that none hides another."""
    told: list[Decision] = []
    known = {canonical(name) for name in asked}
    endpoint = endpoint.at(model)
    for name, value in SAMPLES.items():
        if canonical(name) in known:
            continue
        given = {name: value}
        if name in _NEED_TOOLS:
            given["tools"] = SAMPLES["tools"]
        carried = _carried(ChatRequest(model=model, messages=(), parameters=given), endpoint)
        decisions = crossing.decide_across(carried, endpoint, model, asker="you")
        shown = crossing.told(decisions, carried)
        mine = next((one for one in shown if _is_of(one, name)), None)
        if mine is not None and mine.decision != "kept":
            told.append(mine)
    return tuple(told)


def _is_of(one: Decision, name: str) -> bool:
    """Whether it is about this parameter, or about something in it."""
    return canonical(one.name) == canonical(name) or one.name.startswith((f"{name}.", f"{name}["))


def _carried(request: ChatRequest, endpoint: Endpoint, preset: Preset | None = None) -> Carried:
    """What is typed is in the words of chat completions."""
    said = preset.parameters if preset else ()
    return crossing.carry(request, PROTOCOLS["openai_chat"], PROTOCOLS[endpoint.protocol], said)


def _translated(
    request: ChatRequest, endpoint: Endpoint, model: str, preset: Preset | None = None
) -> Translated:
    turn = begin(
        Caller(kind="cli", owner_id=0, by="command line"),
        request,
        Received(protocol="filon_chat", path="filon explain", body=Body(b"")),
    )
    given = Gathered(preset=preset, person="you", now=turn.started)
    turn = translate(replace(assemble.decide(turn, given), endpoint=endpoint, model=model))
    return next(one for one in turn.records if isinstance(one, Translated))


def _steps(
    request: ChatRequest, endpoint: Endpoint, model: str, preset: Preset | None
) -> Mapping[str, tuple[Step, ...]]:
    steps: dict[str, tuple[Step, ...]] = {}
    before: dict[str, Decision] = {}
    partial = replace(endpoint, **_NO_RULES)
    for rules, fields in _FIELDS:
        carried = _carried(request, endpoint, preset if rules != "asked" else None)
        partial = replace(partial, **{field: getattr(endpoint, field) for field in fields})
        decisions = crossing.decide_across(carried, partial, model, asker="you")
        after = {canonical(one.name): one for one in crossing.told(decisions, carried)}
        for name, decision in after.items():
            if before.get(name) != decision:
                step = Step(rules=rules, decision=decision)
                steps[name] = (*steps.get(name, ()), step)
        before = after
    return steps


def _weight(name: str | None, value: Any) -> int:
    """Bytes of `"name":value,` in a body; none where there is nothing."""
    if name is None or value is None:
        return 0
    return len(msgspec.json.encode({name: value})) - 1
