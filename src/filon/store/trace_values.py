"""The values of a filter: names with stars, numbers with units, spans, times. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import isfinite
from typing import Literal

from msgspec import Struct

from filon.kit import clock
from filon.trace.facts import FLAGS

Kind = Literal["count", "seconds", "usd", "rate", "status"]

CALLERS = ("chat", "gateway", "cli", "title", "replay", "request")
OUTCOMES = ("complete", "stopped", "partial", "failed", "live")

# Keys whose values are names; those with a list have no others.
NAMED: Mapping[str, Sequence[str]] = {
    "model": (),
    "endpoint": (),
    "caller": CALLERS,
    "outcome": OUTCOMES,
    "finding": (),
    "dropped": (),
    "changed": (),
    "key": (),
    "tag": (),
    "conversation": (),
    "id": (),
}
# Keys whose values are numbers, and of what.
COUNTED: Mapping[str, Kind] = {
    "status": "status",
    "cost": "usd",
    "tokens": "count",
    "input": "count",
    "output": "count",
    "reasoning": "count",
    "latency": "seconds",
    "ttft": "seconds",
    "rate": "rate",
    "attempts": "count",
}
TIMES = ("since", "until")
HAS = (*FLAGS, "replay")
IS = ("failed", "live", "partial", "stopped", "complete", "free", "estimated", "unpriced")

_UNITS: Mapping[Kind, Mapping[str, float]] = {
    "count": {"": 1.0, "k": 1e3, "m": 1e6},
    "rate": {"": 1.0, "k": 1e3, "/s": 1.0},
    "usd": {"": 1.0},
    "status": {"": 1.0},
    "seconds": {"": 1.0, "ms": 1e-3, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0},
}
EXAMPLES: Mapping[Kind, str] = {
    "count": "1.5k, >1000, 10..200",
    "rate": "<20, 50..80",
    "usd": ">0.01, $0.001..$0.05",
    "status": ">=400, 429, 5xx",
    "seconds": ">2s, 300ms, 1..5",
}
_NUMBER = re.compile(r"\$?(\d{1,15}(?:\.\d{0,12})?|\.\d{1,12})([a-z/]*)", re.ASCII)
_CLASS = re.compile(r"([1-5])xx")
_COMPARED = re.compile(r"(>=|<=|>|<|=)(.*)")
_AGO = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(s|m|min|h|d|w)", re.ASCII)
_AGO_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_UNIX = re.compile(r"\d{9,11}(?:\.\d{1,6})?", re.ASCII)


class BadValue(ValueError):
    """A value that is none of its kind; `fix` has examples of what is."""

    def __init__(self, message: str, fix: str) -> None:
        super().__init__(message)
        self.fix = fix


class Pattern(Struct, frozen=True):
    """A name to be fitted, whatever its case. In one that is `wild` a star stands for anything."""

    text: str
    wild: bool = False

    def fits(self, name: str) -> bool:
        """Whether it fits the whole name."""
        text, name = self.text.lower(), name.lower()
        if not self.wild:
            return text == name
        return re.fullmatch(".*".join(map(re.escape, text.split("*"))), name, re.DOTALL) is not None


class Span(Struct, frozen=True, kw_only=True):
    """Numbers from `low` to `high`, both among them unless open, None where there is no end.
    `unknown` is instead where there is no number at all."""

    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    unknown: bool = False

    def holds(self, value: float | None) -> bool:
        """Whether this value lies in it."""
        if value is None or self.unknown:
            return value is None and self.unknown
        if self.low is not None and (value < self.low or (self.low_open and value == self.low)):
            return False
        return self.high is None or value < self.high or (not self.high_open and value == self.high)


def pattern(text: str, *, quoted: bool) -> Pattern:
    """A name as it is written; in quotes a star is a star."""
    return Pattern(text, wild=not quoted and "*" in text)


def span(text: str, kind: Kind) -> Span:
    """A number, a comparison, a range `a..b` or `unknown`. Raises BadValue."""
    text = text.strip().lower()
    if text in ("unknown", "none"):
        return Span(unknown=True)
    whole_class = _CLASS.fullmatch(text) if kind == "status" else None
    if whole_class:
        low = float(whole_class[1]) * 100
        return Span(low=low, high=low + 100, high_open=True)
    compared = _COMPARED.fullmatch(text)
    if compared:
        return _compared(compared[1], _number(compared[2], kind))
    first, dots, last = text.partition("..")
    if dots:
        return _between(first, last, kind)
    value = _number(text, kind)
    return Span(low=value, high=value)


def _compared(sign: str, value: float) -> Span:
    if sign[0] == ">":
        return Span(low=value, low_open=sign == ">")
    if sign[0] == "<":
        return Span(high=value, high_open=sign == "<")
    return Span(low=value, high=value)


def _between(first: str, last: str, kind: Kind) -> Span:
    low = _number(first, kind) if first else None
    high = _number(last, kind) if last else None
    if low is None and high is None:
        raise BadValue("a range has at least one end.", f"Write {EXAMPLES[kind]}.")
    if low is not None and high is not None and low > high:
        raise BadValue("the range ends before it begins.", f"Write {last}..{first}.")
    return Span(low=low, high=high)


def _number(text: str, kind: Kind) -> float:
    found = _NUMBER.fullmatch(text.strip())
    scale = _UNITS[kind].get(found[2]) if found else None
    if found is None or scale is None or ("$" in text and kind != "usd"):
        raise BadValue("this is no number of that kind.", f"Write {EXAMPLES[kind]}.")
    return float(found[1]) * scale


def moment(text: str, now: float) -> float:
    """A time as Unix seconds: `2h` ago, a date, a date and time, Unix seconds, today, yesterday.
    Raises BadValue."""
    text = text.strip().lower()
    ago = _AGO.fullmatch(text)
    if ago:
        return now - float(ago[1]) * _AGO_UNITS[ago[2]]
    if _UNIX.fullmatch(text):
        return float(text)
    if text in ("now", "today", "yesterday"):
        return _named(text, now)
    try:
        at = datetime.fromisoformat(text.upper()).timestamp()
    except (ValueError, OverflowError):
        at = float("nan")
    if not isfinite(at):
        raise BadValue("this is no time.", "Write 2h, 7d, today, 2027-01-31 or 2027-01-31T14:30.")
    return at


def _named(text: str, now: float) -> float:
    if text == "now":
        return now
    midnight = clock.local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - timedelta(days=text == "yesterday")).timestamp()
