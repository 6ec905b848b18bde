"""The parameters of a request that leaves in another protocol than it came in. Pure.

What was asked crosses first, by way of the words of openai_chat, and with it what a preset says;
the rules of the endpoint then act on what arrives. Each parameter keeps the name by which it was
asked for.
"""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from filon.conversation.errors import InvalidRequest
from filon.conversation.message import Message
from filon.conversation.request import ChatRequest
from filon.pipeline import preset_words
from filon.pipeline.parameters import decide
from filon.pipeline.preset_words import Rules
from filon.protocols.carrying import PIVOT
from filon.protocols.crossing import Crossed
from filon.protocols.wire import Protocol
from filon.providers.aliases import canonical
from filon.providers.endpoint import Endpoint, ParameterRule
from filon.trace.records import Because, Decision, Verdict

_Pairs = tuple[tuple[str, str], ...]
_LIMIT = "max_tokens"


class Carried(Struct, frozen=True, kw_only=True):
    """A request in the words of the protocol in which it will leave.

    `wanted` are the parameters as they came, `asked` the same on the other side and what became of
    each; `told` are decisions on what of the messages has no place there. `preset` is all that the
    chosen preset says, `rules` what of it crossed with the rest since the request is silent on it.
    """

    came: Protocol
    leaves: Protocol
    request: ChatRequest
    wanted: Mapping[str, Any]
    asked: Crossed
    told: tuple[Decision, ...] = ()
    preset: tuple[ParameterRule, ...] = ()
    rules: Rules = {}

    @property
    def crosses(self) -> bool:
        """Whether the two protocols differ."""
        return self.came.name != self.leaves.name

    @property
    def rule(self) -> str:
        """What decides, in the words of a decision."""
        return f"{self.came.name if self.crosses else PIVOT} to {self.leaves.name}"


def carry(
    request: ChatRequest,
    came: Protocol,
    leaves: Protocol,
    preset: tuple[ParameterRule, ...] = (),
) -> Carried:
    """Takes a request from one protocol to another, with what a preset says where the request is
    silent. Raises InvalidRequest for what neither can be said there nor left out."""
    if came.name == leaves.name:
        return _stays(request, came, preset)
    wanted = request.parameters
    rule = f"{came.name} to {leaves.name}"
    carried = came.messages_to_chat(request)
    first = came.to_chat(wanted)
    said = (*wanted, *first.parameters)
    rules = preset_words.unsaid(preset, said, leaves.name)
    crossed = _crossed(first, preset_words.values(rules), carried.messages, leaves)
    lost = (*carried.lost, *leaves.lost_from_chat(carried.messages))
    told = [_of_messages("dropped", name, why, rule) for name, why in dict(lost).items()]
    told += [_of_messages("renamed", name, why, rule) for name, why in carried.changed]
    request = replace(request, messages=carried.messages, parameters=crossed.parameters, raw=None)
    return Carried(
        came=came,
        leaves=leaves,
        request=request,
        wanted={**preset_words.values(rules), **wanted},
        asked=crossed,
        told=tuple(told),
        preset=preset,
        rules=rules,
    )


def _stays(request: ChatRequest, protocol: Protocol, preset: tuple[ParameterRule, ...]) -> Carried:
    """The request as it came; only what the preset says has a way to go."""
    wanted = request.parameters
    rules = preset_words.unsaid(preset, wanted, protocol.name)
    asked = Crossed(parameters=wanted)
    if rules:
        asked = _beside(wanted, rules, request.messages, protocol)
    return Carried(
        came=protocol,
        leaves=protocol,
        request=request,
        wanted={**preset_words.values(rules), **wanted},
        asked=asked,
        preset=preset,
        rules=rules,
    )


def _beside(
    wanted: Mapping[str, Any], rules: Rules, messages: tuple[Message, ...], protocol: Protocol
) -> Crossed:
    """What was asked in this protocol, untouched, and behind it what the preset adds."""
    # How much a model may think depends on how much it may say.
    limits = [(_LIMIT, value) for name, value in wanted.items() if canonical(name) == _LIMIT]
    crossed = protocol.from_chat({**preset_words.values(rules), **dict(limits)}, messages=messages)
    kept_out = {*wanted, *(name for name, _ in crossed.added)}
    pairs = [(old, new) for old, new in crossed.renamed if _top(old) in rules]
    taken = [(old, _top(new)) for old, new in pairs if _top(new) in wanted]
    more = {name: value for name, value in crossed.parameters.items() if name not in kept_out}
    return Crossed(
        parameters={**wanted, **more},
        renamed=tuple((old, new) for old, new in pairs if _top(new) not in wanted),
        lost=crossed.lost,
        idle=(*crossed.idle, *((old, f"The request itself says `{new}`.") for old, new in taken)),
    )


def _of_messages(verdict: Verdict, name: str, why: str, rule: str) -> Decision:
    because = Because(source="filon", rule=rule, why=why)
    return Decision(name=f"messages: {name}", decision=verdict, because=because)


def _crossed(
    first: Crossed, more: Mapping[str, Any], messages: tuple[Message, ...], leaves: Protocol
) -> Crossed:
    second = leaves.from_chat({**first.parameters, **more}, messages=messages)
    asked = {_top(pivot): old for old, pivot in first.renamed}
    renamed = {old: new for old, new in first.renamed if _top(new) in second.parameters}
    renamed |= {asked.get(pivot, pivot): new for pivot, new in second.renamed}
    return Crossed(
        parameters=second.parameters,
        renamed=tuple((old, new) for old, new in renamed.items() if old != new),
        lost=(*first.lost, *_as_asked(second.lost, asked)),
        idle=(*first.idle, *_as_asked(second.idle, asked)),
        added=second.added,
    )


def refuse_lost(carried: Carried) -> None:
    """For a caller who wants nothing left out. Raises InvalidRequest for the first that is lost,
    which names the others too. What a preset says is not the caller's."""
    lost = [(name, why) for name, why in carried.asked.lost if _top(name) not in carried.rules]
    if not lost:
        return
    (name, why), *others = lost
    too = ", ".join(f"`{other}`" for other, _ in others)
    raise InvalidRequest(
        f"`{name}` of {carried.came.label} cannot be said in {carried.leaves.label}, which this "
        f"model's endpoint speaks. {why}" + (f" The same goes for {too}." if too else ""),
        code="parameter_not_translatable",
        fix="Leave out what cannot be said, choose another model, or use a lenient key, for which "
        "Filon drops such parameters and says so in the trace.",
        param=name,
    )


def decide_across(
    carried: Carried, endpoint: Endpoint, model: str, *, asker: str
) -> tuple[Decision, ...]:
    """The endpoint's decisions on what arrived there, as `decide` makes them.

    What is added because the protocol wants it said comes last: a preset or the configuration may
    have said it, or left it out on purpose.
    """
    added = dict(carried.asked.added)
    parameters = carried.asked.parameters
    decisions = decide(
        {name: value for name, value in parameters.items() if name not in added},
        stream=carried.request.stream,
        endpoint=endpoint,
        model=model,
        asker=asker,
        preset=carried.preset if carried.leaves.name == PIVOT else (),
    )
    if not added:
        return decisions
    said = {canonical(one.name) for one in decisions}
    return (
        *decisions,
        *(
            Decision(
                name=name,
                decision="added",
                because=Because(source="filon", rule=carried.rule, why=why),
                sent=parameters[name],
                sent_as=name,
            )
            for name, why in added.items()
            if canonical(name) not in said
        ),
    )


def told(decisions: Iterable[Decision], carried: Carried) -> tuple[Decision, ...]:
    """The same decisions by the names that were asked, with all that was lost on the way. They are
    for people: where two parameters became one, each has its decision."""
    shown = _shown(decisions, carried) if carried.crosses or carried.rules else tuple(decisions)
    if carried.leaves.name == PIVOT:
        return shown
    return preset_words.attributed(shown, carried.preset, carried.rules, carried.rule)


def _shown(decisions: Iterable[Decision], carried: Carried) -> tuple[Decision, ...]:
    crossed, rule = carried.asked, carried.rule
    sources: dict[str, list[tuple[str, str]]] = {}
    for old, new in crossed.renamed:
        sources.setdefault(canonical(_top(new)), []).append((old, new))
    arrived = (
        shown
        for one in decisions
        for shown in _arrived(one, rule, sources.get(canonical(one.name), ()), carried.wanted)
    )
    return (
        *arrived,
        *_left("dropped", crossed.lost, rule, carried.wanted),
        *_left("no_effect", crossed.idle, rule, carried.wanted),
        *carried.told,
    )


def _arrived(
    one: Decision, rule: str, sources: Iterable[tuple[str, str]], wanted: Mapping[str, Any]
) -> list[Decision]:
    """What became of each parameter that this one was made of."""
    because = Because(source="filon", rule=rule, why="The other protocol says it so.")
    shown: list[Decision] = []
    if wanted.get(one.name) is not None:
        mine = replace(one, wanted=wanted[one.name])
        if one.decision == "kept" and mine.wanted != one.sent:
            mine = replace(mine, decision="renamed", because=because)
        shown.append(mine)
    for old, new in sources:
        mine = replace(one, name=old, wanted=_at(wanted, old))
        if one.decision == "kept":
            inside = f"It stands in `{new}`." if new != one.sent_as else one.note
            mine = replace(mine, decision="renamed", because=because, note=inside)
        shown.append(mine)
    return shown or [one]


def _at(wanted: Mapping[str, Any], name: str) -> Any:
    """The value at this place, such as `reasoning.effort`."""
    if name in wanted:
        return wanted[name]
    first, _, rest = name.partition(".")
    inner = wanted.get(first)
    return _at(cast("dict[str, Any]", inner), rest) if rest and isinstance(inner, dict) else None


def _left(
    verdict: Verdict, pairs: _Pairs, rule: str, wanted: Mapping[str, Any]
) -> tuple[Decision, ...]:
    return tuple(
        Decision(
            name=name,
            decision=verdict,
            because=Because(source="filon", rule=rule, why=why),
            wanted=_at(wanted, name),
        )
        for name, why in pairs
    )


def _as_asked(pairs: _Pairs, asked: Mapping[str, str]) -> _Pairs:
    return tuple((asked.get(name, name), why) for name, why in pairs)


def _top(name: str) -> str:
    """The parameter of which this is a member: `thinking` of `thinking.budget_tokens`."""
    return name.partition(".")[0]
