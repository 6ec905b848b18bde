"""What becomes of each parameter on its way to the wire, and because of which line. Pure.

The order is that of the configuration's promise: what was asked, then `paramDefinitions`
defaults, then `addParams`, then `dropParams`, then the manifest's quirks. Names are compared in
their canonical form, so that `dropParams: [frequency_penalty]` drops `frequencyPenalty` too.
"""

from collections.abc import Mapping
from typing import Any, cast

from msgspec.structs import replace

from filon.providers.aliases import canonical, wire_name
from filon.providers.endpoint import Endpoint
from filon.providers.quirks import Quirk, applies, bounded
from filon.trace.records import Because, Decision

_USAGE = Because(
    source="filon",
    rule="count tokens",
    why="So that the provider counts the tokens; taken out of the reply again.",
)
_SPELLING = Because(source="filon", rule="spelling", why="The protocol spells it so.")

Decisions = dict[str, Decision]


def decide(
    asked: Mapping[str, Any], *, stream: bool, endpoint: Endpoint, model: str, asker: str
) -> tuple[Decision, ...]:
    """One decision per parameter, in the order in which they will stand on the wire.

    `asker` is the word for whoever asked: "you" or "default".
    """
    decisions = _asked(asked, stream, Because(source=asker))
    for rule in endpoint.defaults:
        decisions.setdefault(
            canonical(rule.name), _new(rule.name, "defaulted", rule.because, rule.value)
        )
    for rule in endpoint.add:
        _add(decisions, rule.name, rule.value, rule.because)
    if stream and endpoint.ask_usage:
        _ask_usage(decisions)
    for rule in endpoint.drop:
        _drop(decisions, canonical(rule.name), rule.because, listed=rule.name)
    for quirk in endpoint.quirks:
        if applies(quirk, model, dict(on_the_wire(tuple(decisions.values())))):
            _quirk(decisions, quirk)
    return tuple(decisions.values())


def on_the_wire(decisions: tuple[Decision, ...]) -> tuple[tuple[str, Any], ...]:
    """The parameters that are sent, by their name on the wire."""
    return tuple((one.sent_as, one.sent) for one in decisions if one.sent_as is not None)


def wants_usage(asked: Mapping[str, Any]) -> bool:
    """Whether the caller asked for the token count of a stream."""
    return bool(_object(asked.get("stream_options")).get("include_usage"))


def lost(decisions: tuple[Decision, ...]) -> int:
    """How many parameters that somebody wanted do not reach the model."""
    return sum(
        one.decision in ("dropped", "no_effect") and one.wanted is not None for one in decisions
    )


def _asked(asked: Mapping[str, Any], stream: bool, because: Because) -> Decisions:
    decisions: Decisions = {}
    for name, value in asked.items():
        spelled = wire_name(name)
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
        decisions["stream"] = _new("stream", "kept", because, True, wanted=True)
    return decisions


def _new(name: str, verdict: Any, because: Because, value: Any, *, wanted: Any = None) -> Decision:
    return Decision(
        name=name,
        decision=verdict,
        because=because,
        wanted=wanted,
        sent=value,
        sent_as=wire_name(name),
    )


def _add(decisions: Decisions, name: str, value: Any, because: Because) -> None:
    before = decisions.get(canonical(name))
    if before is None:
        decisions[canonical(name)] = _new(name, "added", because, value)
        return
    decisions[canonical(name)] = replace(
        before,
        decision="added",
        because=because,
        sent=value,
        sent_as=wire_name(name),
        note="Replaces the value that was asked for.",
    )


def _ask_usage(decisions: Decisions) -> None:
    before = decisions.get("stream_options")
    options = _object(before.sent) if before is not None else {}
    if options.get("include_usage") is True:
        return
    value = {**options, "include_usage": True}
    if before is None:
        decisions["stream_options"] = _new("stream_options", "added", _USAGE, value)
    else:
        decisions["stream_options"] = replace(before, decision="added", because=_USAGE, sent=value)


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


def _quirk(decisions: Decisions, quirk: Quirk) -> None:
    name = canonical(quirk.name)
    before = decisions.get(name)
    if quirk.use == "add":
        if before is None:
            decisions[name] = _new(quirk.name, "added", quirk.because, quirk.value)
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
