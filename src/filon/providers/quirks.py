"""The named edits by which a provider's wire differs from its protocol.

A quirk is data in a manifest; the translate stage carries it out with the pure functions here.
Each says why, since when, and how sure we are; the trace repeats it beside the parameter.
"""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from msgspec import Struct

from filon.conversation.request import Wanted
from filon.trace.records import Because

Name = Literal["rename", "drop", "clamp", "ignored", "add"]


class Quirk(Struct, frozen=True, kw_only=True):
    """One edit: `use` names it, `name` the parameter it is about, `to` what it becomes.

    `low` and `high` bound a `clamp`, `value` is what `add` sends, `models` limits the edit to
    model ids that match one of these shell patterns (empty: all); a pattern that begins with
    `!` takes ids out again. `unless` turns the edit off where the request has one of these
    values: `{"reasoning_effort": "none"}`. `wants` is the kind of request that it is about,
    `protocol` the one in which it leaves: a provider may have layers for several.
    """

    use: Name
    name: str
    because: Because
    to: str | None = None
    low: float | None = None
    high: float | None = None
    value: Any = None
    models: tuple[str, ...] = ()
    unless: Mapping[str, Any] = {}
    wants: Wanted = "answer"
    protocol: str = "openai_chat"


def applies(quirk: Quirk, model: str, sent: Mapping[str, Any] | None = None) -> bool:
    """Whether the edit is for this model, in a request with these parameters by wire name."""
    if sent and any(name in sent and sent[name] == off for name, off in quirk.unless.items()):
        return False
    return matches(quirk.models, model)


def matches(patterns: tuple[str, ...], model: str) -> bool:
    """Whether a model id fits the patterns of a quirk; letter case does not matter."""
    lowered = model.lower()
    wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
    refused = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    if any(fnmatchcase(lowered, pattern) for pattern in refused):
        return False
    return not wanted or any(fnmatchcase(lowered, pattern) for pattern in wanted)


def bounded(quirk: Quirk, value: Any) -> Any:
    """The value within the bounds of a `clamp`; anything but a number stays as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if quirk.low is not None and value < quirk.low:
        return _as(value, quirk.low)
    if quirk.high is not None and value > quirk.high:
        return _as(value, quirk.high)
    return value


def _as(value: int | float, bound: float) -> int | float:
    """The bound as the same kind of number as the value, so that `n` stays an integer."""
    return int(bound) if isinstance(value, int) and bound.is_integer() else bound
