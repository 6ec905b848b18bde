"""What of a request has an effect on the echo, checked as a provider would check it."""

import math
from collections.abc import Mapping
from typing import Any, cast

from msgspec import Struct

from filon.conversation.errors import InvalidRequest

MOST_CHOICES = 8
MOST_STOPS = 4
SPEED_HEADER = "x-practice-speed"

# Without an effect on an echo; still, a wrong value is refused, as elsewhere.
_RANGES = {
    "temperature": (0.0, 2.0),
    "top_p": (0.0, 1.0),
    "presence_penalty": (-2.0, 2.0),
    "frequency_penalty": (-2.0, 2.0),
}


class Wanted(Struct, frozen=True, kw_only=True):
    """The parameters that shape an echo. `max_tokens` counts pieces."""

    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    n: int = 1
    include_usage: bool = False
    speed: float = 1.0


def read(parameters: Mapping[str, Any], *, stream: bool, speed: str | None) -> Wanted:
    """Checks the parameters. Raises InvalidRequest. `speed` is the header's value.

    A parameter that is null counts as absent. Of `max_tokens` and `max_completion_tokens` the
    smaller counts.
    """
    told = {name: value for name, value in parameters.items() if value is not None}
    for name, (low, high) in _RANGES.items():
        _number(told, name, low, high)
    _integer(told, "seed", None, None)
    limits = [
        limit
        for name in ("max_tokens", "max_completion_tokens")
        if (limit := _integer(told, name, 1, None)) is not None
    ]
    return Wanted(
        max_tokens=min(limits, default=None),
        stop=_stop(told.get("stop")),
        n=_integer(told, "n", 1, MOST_CHOICES) or 1,
        include_usage=_include_usage(told.get("stream_options"), stream=stream),
        speed=_speed(speed),
    )


def _integer(told: Mapping[str, Any], name: str, low: int | None, high: int | None) -> int | None:
    value = told.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidRequest(f"`{name}` must be a whole number.", param=name)
    _check_range(value, name, low, high)
    return value


def _number(told: Mapping[str, Any], name: str, low: float, high: float) -> None:
    value = told.get(name)
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidRequest(f"`{name}` must be a number.", param=name)
    _check_range(value, name, low, high)


def _check_range(value: float, name: str, low: float | None, high: float | None) -> None:
    if (low is None or value >= low) and (high is None or value <= high):
        return
    wanted = f"at least {low:g}" if high is None else f"between {low:g} and {high:g}"
    raise InvalidRequest(f"`{name}` must be {wanted}, but it is {value}.", param=name)


def _stop(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    stops = cast("list[Any]", value) if isinstance(value, list) else [value]
    if len(stops) > MOST_STOPS or not all(isinstance(stop, str) and stop for stop in stops):
        raise InvalidRequest(
            f"`stop` must be a text, or a list of at most {MOST_STOPS}, none of them empty.",
            param="stop",
        )
    return tuple(stops)


def _include_usage(options: Any, *, stream: bool) -> bool:
    if options is None:
        return False
    if not isinstance(options, dict):
        raise InvalidRequest("`stream_options` must be an object.", param="stream_options")
    if not stream:
        raise InvalidRequest(
            "`stream_options` is only allowed together with `stream`.",
            fix="Leave it out, or set `stream` to true.",
            param="stream_options",
        )
    value: Any = cast("dict[str, Any]", options).get("include_usage", False)
    if not isinstance(value, bool):
        where = "stream_options.include_usage"
        raise InvalidRequest(f"`{where}` must be true or false.", param=where)
    return value


def _speed(value: str | None) -> float:
    if value is None:
        return 1.0
    try:
        speed = float(value)
    except ValueError:
        speed = math.nan
    if not (speed == 0 or 0.01 <= speed <= 10_000):
        raise InvalidRequest(
            f"The header `{SPEED_HEADER}` is {value!r}.",
            fix="Use 0 for an answer at once, or a factor from 0.01 to 10000.",
        )
    return speed
