"""A request's parameters by a dialect's rules: accepted, ignored, clamped, or refused."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from msgspec import Struct

from filon.practice.dialects.dialect import Dialect, Rule
from filon.practice.model.family import Model
from filon.practice.refusal import Refusal, Refused

# The parameters that have an effect, by their usual names; every other is only accepted.
EFFECTIVE = frozenset(
    {
        "max_tokens",
        "max_completion_tokens",
        "temperature",
        "top_p",
        "top_k",
        "min_p",
        "seed",
        "n",
        "stop",
        "logit_bias",
        "frequency_penalty",
        "presence_penalty",
        "repetition_penalty",
        "logprobs",
        "top_logprobs",
        "stream_options",
        "response_format",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "reasoning_effort",
        "thinking",
        "reasoning",
        "reasoning_format",
        "include_reasoning",
    }
)


class Given(Struct, frozen=True):
    """A parameter that came: its value, the name it came under, what bounds it here, and in which
    words it is refused outside of that."""

    value: Any
    name: str
    low: float | None = None
    high: float | None = None
    message: str | None = None


def sort_out(parameters: Mapping[str, Any], dialect: Dialect, model: Model) -> Mapping[str, Given]:
    """The parameters that take effect, by their usual names. Raises Refused.

    A null counts as absent, except where the dialect refuses what it does not know.
    """
    taken: dict[str, Given] = {}
    for name, value in parameters.items():
        if value is None and dialect.unknown.use != "reject":
            continue
        rule = _rule(name, parameters, dialect, model)
        if rule is None:
            if dialect.unknown.use == "reject":
                raise _refused("unknown_parameter", name, value, model)
            continue
        if rule.does == "reject":
            refusal = Refusal(
                kind=rule.kind,
                message=_filled(rule.message, name, value, model),
                code=rule.code,
                param=name,
                values={"param": name, "model": model.name, "value": _shown(value)},
            )
            raise Refused(refusal)
        meant = rule.means or name
        if rule.does == "ignore" or value is None or meant not in EFFECTIVE:
            continue
        if rule.does == "clamp":
            value = _clamped(value, rule)
            taken[meant] = Given(value, name)
        else:
            words = _filled(rule.message, name, value, model)
            taken[meant] = Given(value, name, rule.low, rule.high, words)
    return taken


def _rule(name: str, parameters: Mapping[str, Any], dialect: Dialect, model: Model) -> Rule | None:
    for rule in dialect.parameters:
        if name not in rule.names or parameters[name] in rule.unless:
            continue
        if any(parameters.get(other) in values for other, values in rule.but.items()):
            continue
        if rule.only is None or (rule.only == "reasoning") == model.reasons:
            return rule
    return None


def _filled(message: str | None, name: str, value: Any, model: Model) -> str | None:
    if message is None:
        return None
    told = {"param": name, "value": str(value)[:100], "model": model.name}
    for key, text in told.items():
        message = message.replace(f"{{{key}}}", text)
    return message


def _refused(kind: Any, name: str, value: Any, model: Model) -> Refused:
    values = {"param": name, "model": model.name, "value": _shown(value)}
    return Refused(Refusal(kind=kind, param=name, values=values))


def _shown(value: Any) -> str | int | float:
    """A value as a refusal repeats it: numbers stay numbers."""
    return value if isinstance(value, int | float) else str(value)[:100]


def _clamped(value: Any, rule: Rule) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if rule.low is not None and value < rule.low:
        return rule.low
    if rule.high is not None and value > rule.high:
        return rule.high
    return value


class Reader:
    """Takes values out of what came, each checked. `kind` is how this dialect refuses a value."""

    def __init__(self, given: Mapping[str, Given], dialect: Dialect) -> None:
        self._given = given
        self._kind = dialect.invalid.use

    def wrong(self, name: str, words: str) -> Refused:
        """The refusal of a value. `name` may be longer than a parameter's: `tools[0].type`."""
        return self._refused(name, f"`{name}` {words}.")

    def _refused(self, name: str, told: str) -> Refused:
        values = {"message": told, "param": name}
        return Refused(Refusal(kind=self._kind, message=told, param=name, values=values))

    def get(self, name: str) -> Any:
        """The value as it came, None if it did not."""
        given = self._given.get(name)
        return None if given is None else given.value

    def number(self, name: str, low: float, high: float, usual: float) -> float:
        """A number between two bounds; the dialect's own bounds win."""
        given = self._given.get(name)
        if given is None:
            return usual
        value = given.value
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise self.wrong(given.name, "must be a number")
        self._bounds(given, given.low if given.low is not None else low, _or(given.high, high))
        return float(value)

    def integer(self, name: str, low: int | None, high: int | None) -> int | None:
        """A whole number, None where it did not come."""
        given = self._given.get(name)
        if given is None:
            return None
        value = given.value
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong(given.name, "must be a whole number")
        self._bounds(given, _or(given.low, low), _or(given.high, high))
        return value

    def switch(self, name: str, *, usual: bool) -> bool:
        """True or false."""
        given = self._given.get(name)
        if given is None:
            return usual
        if not isinstance(given.value, bool):
            raise self.wrong(given.name, "must be true or false")
        return given.value

    def table(self, name: str) -> Mapping[str, Any] | None:
        """An object, None where it did not come."""
        given = self._given.get(name)
        if given is None:
            return None
        if not isinstance(given.value, dict):
            raise self.wrong(given.name, "must be an object")
        return cast("dict[str, Any]", given.value)

    def rows(self, name: str) -> Sequence[Any]:
        """A list, empty where it did not come."""
        given = self._given.get(name)
        if given is None:
            return ()
        if not isinstance(given.value, list):
            raise self.wrong(given.name, "must be a list")
        return cast("list[Any]", given.value)

    def came_as(self, name: str) -> str:
        """The name under which a parameter came."""
        given = self._given.get(name)
        return name if given is None else given.name

    def _bounds(self, given: Given, low: float | None, high: float | None) -> None:
        value = given.value
        if (low is None or value >= low) and (high is None or value <= high):
            return
        if given.message is not None:
            raise self._refused(given.name, given.message)
        wanted = f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"
        raise self.wrong(given.name, f"must be {wanted}, but it is {value}")


def _or(first: float | None, second: float | None) -> float | None:
    return second if first is None else first
