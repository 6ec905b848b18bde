"""A preset's parameters on their way to an endpoint of another protocol than the file's. Pure.

A preset is written in the words of chat completions, and LibreChat's spellings of them. Where the
endpoint speaks others, what it says crosses together with what was asked, since one may depend on
the other: an effort to think on the limit of tokens. Each decision names the preset's own line.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from filon.pipeline.parameters import in_place_of
from filon.protocols.carrying import PIVOT
from filon.providers.aliases import canonical, wire_name
from filon.providers.endpoint import ParameterRule
from filon.trace.records import Decision

Rules = Mapping[str, ParameterRule]

_SAYS = "The preset says so."


def unsaid(preset: Iterable[ParameterRule], said: Iterable[str], leaves: str) -> Rules:
    """The rules that cross to the protocol `leaves`, by their name in chat completions: those on
    which the request is silent. `said` are the names of what it asks for."""
    if leaves == PIVOT:
        return {}
    known = {canonical(name) for name in said}
    return {
        wire_name(rule.name, PIVOT): rule for rule in preset if canonical(rule.name) not in known
    }


def values(rules: Rules) -> Mapping[str, Any]:
    """What the rules ask for, by its name in chat completions."""
    return {name: rule.value for name, rule in rules.items()}


def attributed(
    decisions: Iterable[Decision], preset: Iterable[ParameterRule], rules: Rules, crossing: str
) -> tuple[Decision, ...]:
    """The decisions with the preset's lines in them: as the reason where nothing else decided, as a
    note elsewhere. `crossing` is the rule by which protocols differ."""
    overruled = {canonical(rule.name): rule for rule in preset if rule not in rules.values()}
    return tuple(_attributed(one, overruled, rules, crossing) for one in decisions)


def _attributed(one: Decision, overruled: Rules, rules: Rules, crossing: str) -> Decision:
    first, dot, rest = one.name.partition(".")
    rule = rules.get(first)
    if rule is None:
        other = overruled.get(canonical(one.name))
        return one if other is None or one.note else replace(one, note=in_place_of(other))
    name = f"{rule.name}{dot}{rest}"
    if one.decision in ("kept", "renamed") and one.because.rule in (None, crossing):
        note = _SAYS if one.note is None else f"{_SAYS} {one.note}"
        return replace(one, name=name, because=rule.because, note=note)
    place = f"{rule.because.source}:{rule.because.line}"
    return replace(one, name=name, note=one.note or f"The preset says so ({place}).")
