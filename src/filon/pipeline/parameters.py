"""What becomes of each parameter on its way to the wire, and because of which line. Pure.

The order is that of the configuration's promise: what was asked, then the preset's own, then
`paramDefinitions` defaults, then `addParams`, then `dropParams`, then what LibreChat's switches
mean, then the manifest's quirks. Names are compared in their canonical form, so that `dropParams:
[frequency_penalty]` drops `frequencyPenalty` too.
"""

from collections.abc import Mapping
from typing import Any, cast

import msgspec
from msgspec.structs import replace

from filon.pipeline import switches
from filon.providers.aliases import ASKS_USAGE, canonical, wire_name
from filon.providers.endpoint import Endpoint, ParameterRule
from filon.providers.quirks import Quirk, applies, bounded
from filon.trace.records import Because, Decision

_USAGE = Because(
    source="filon",
    rule="count tokens",
    why="So that the provider counts the tokens; taken out of the reply again.",
)
_ASKS_USAGE = "stream_options"
_SPELLING = Because(source="filon", rule="spelling", why="The protocol spells it so.")

Decisions = dict[str, Decision]


def decide(
    asked: Mapping[str, Any],
    *,
    stream: bool,
    endpoint: Endpoint,
    model: str,
    asker: str,
    preset: tuple[ParameterRule, ...] = (),
) -> tuple[Decision, ...]:
    """One decision per parameter, in the order in which they will stand on the wire.

    `endpoint` is as the model is reached there (see `Endpoint.at`).
    `asker` is the word for whoever asked: "you" or "default". `preset` are the parameters of the
    chosen preset, which hold where the asker said nothing.
    """
    protocol = endpoint.protocol
    decisions = _asked(asked, stream, Because(source=asker), protocol)
    for rule in preset:
        _from_preset(decisions, rule, protocol)
    for rule in endpoint.defaults:
        decisions.setdefault(
            canonical(rule.name), _new(rule.name, "defaulted", rule.because, rule.value, protocol)
        )
    for rule in endpoint.add:
        _add(decisions, rule.name, rule.value, rule.because, protocol)
    if stream and endpoint.ask_usage and protocol in ASKS_USAGE:
        _ask_usage(decisions)
    for rule in endpoint.drop:
        _drop(decisions, canonical(rule.name), rule.because, listed=rule.name)
    switches.turn(decisions, endpoint, _USAGE)
    for quirk in endpoint.quirks:
        if quirk.wants != "answer" or quirk.protocol != protocol:
            continue
        if applies(quirk, model, dict(on_the_wire(tuple(decisions.values())))):
            _quirk(decisions, quirk, protocol)
    return tuple(decisions.values())


def on_the_wire(decisions: tuple[Decision, ...]) -> tuple[tuple[str, Any], ...]:
    """The parameters that are sent, by their name on the wire."""
    return tuple((one.sent_as, one.sent) for one in decisions if one.sent_as is not None)


def wants_usage(asked: Mapping[str, Any]) -> bool:
    """Whether the caller asked for the token count of a stream."""
    return bool(_object(asked.get("stream_options")).get("include_usage"))


def _asked(asked: Mapping[str, Any], stream: bool, because: Because, protocol: str) -> Decisions:
    decisions: Decisions = {}
    for name, value in asked.items():
        spelled = wire_name(name, protocol)
        decision = Decision(
            name=name,
            decision="kept" if spelled == name else "renamed",
            because=because if spelled == name else _SPELLING,
            wanted=value,
            sent=value,
            sent_as=spelled,
        )
        twice = decisions.pop(canonical(name), None)
        if twice is not None:
            decision = replace(decision, note=f"Given twice; the other was {twice.name}.")
        decisions[canonical(name)] = decision
    if stream:
        decisions["stream"] = _new("stream", "kept", because, True, protocol, wanted=True)
    return decisions


def _from_preset(decisions: Decisions, rule: ParameterRule, protocol: str) -> None:
    """A preset's parameter is asked for by whoever chose the preset, unless they said another."""
    before = decisions.get(canonical(rule.name))
    if before is not None:
        decisions[canonical(rule.name)] = replace(before, note=in_place_of(rule))
        return
    spelled = wire_name(rule.name, protocol)
    decisions[canonical(rule.name)] = Decision(
        name=rule.name,
        decision="kept" if spelled == rule.name else "renamed",
        because=rule.because,
        wanted=rule.value,
        sent=rule.value,
        sent_as=spelled,
        note="The preset says so.",
    )


def in_place_of(rule: ParameterRule) -> str:
    """The note on what was asked where a preset says another."""
    place = f"{rule.because.source}:{rule.because.line}"
    return f"In place of the preset's {_shown(rule.value)} ({place})."


def _shown(value: Any) -> str:
    text = msgspec.json.encode(value).decode()
    return text if len(text) <= 40 else f"{text[:40]}…"


def _new(
    name: str, verdict: Any, because: Because, value: Any, protocol: str, *, wanted: Any = None
) -> Decision:
    return Decision(
        name=name,
        decision=verdict,
        because=because,
        wanted=wanted,
        sent=value,
        sent_as=wire_name(name, protocol),
    )


def _add(decisions: Decisions, name: str, value: Any, because: Because, protocol: str) -> None:
    before = decisions.get(canonical(name))
    if before is None:
        decisions[canonical(name)] = _new(name, "added", because, value, protocol)
        return
    decisions[canonical(name)] = replace(
        before,
        decision="added",
        because=because,
        sent=value,
        sent_as=wire_name(name, protocol),
        note="Replaces the value that was asked for.",
    )


def _ask_usage(decisions: Decisions) -> None:
    before = decisions.get(_ASKS_USAGE)
    options = _object(before.sent) if before is not None else {}
    if options.get("include_usage") is True:
        return
    value = {**options, "include_usage": True}
    if before is None:
        decisions[_ASKS_USAGE] = Decision(
            name=_ASKS_USAGE, decision="added", because=_USAGE, sent=value, sent_as=_ASKS_USAGE
        )
    else:
        decisions[_ASKS_USAGE] = replace(before, decision="added", because=_USAGE, sent=value)


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _drop(
    decisions: Decisions, name: str, because: Because, *, listed: str, note: str | None = None
) -> None:
    before = decisions.get(name)
    if before is None:
        decisions[name] = Decision(
            name=listed, decision="no_effect", because=because, note="Listed, but nobody sent it."
        )
    elif before.sent_as is not None:
        decisions[name] = replace(
            before, decision="dropped", because=because, sent=None, sent_as=None, note=note
        )


def _quirk(decisions: Decisions, quirk: Quirk, protocol: str) -> None:
    name = canonical(quirk.name)
    before = decisions.get(name)
    if quirk.use == "add":
        if before is None:
            decisions[name] = _new(quirk.name, "added", quirk.because, quirk.value, protocol)
        return
    if before is None or before.sent_as is None:
        return
    match quirk.use:
        case "rename" if before.sent_as == quirk.name and quirk.to is not None:
            decisions[name] = replace(
                before, decision="renamed", because=quirk.because, sent_as=quirk.to
            )
        case "drop":
            _drop(decisions, name, quirk.because, listed=quirk.name)
        case "clamp":
            value = bounded(quirk, before.sent)
            if value != before.sent:
                decisions[name] = replace(
                    before, decision="clamped", because=quirk.because, sent=value
                )
        case "ignored":
            decisions[name] = replace(before, decision="no_effect", because=quirk.because)
        case _:
            return
