"""What a reply's headers say of the allowances that are left. Pure.

OpenAI's names (`x-ratelimit-remaining-tokens`), which many share, Anthropic's
(`anthropic-ratelimit-tokens-remaining`), and the drafts of the IETF (`ratelimit-remaining`).
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

_OPENAI = re.compile(r"^(?:x-)?ratelimit-(limit|remaining|reset)(?:-(.+))?$")
_ANTHROPIC = re.compile(r"^anthropic-ratelimit-(.+)-(limit|remaining|reset)$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_SPAN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:([\d.]+)s)?(?:([\d.]+)ms)?")
_UNITS = (86_400.0, 3_600.0, 60.0, 1.0, 0.001)


class Budget(Struct, frozen=True, kw_only=True):
    """One allowance. `what` is its kind as the header has it (`requests`, `tokens`), `reset` in
    how many seconds it begins anew; None where the headers do not say. `header` is the one that
    tells what is left, and its value."""

    what: str
    left: float
    limit: str | None
    reset: float | None
    header: tuple[str, str]


def budgets(headers: Sequence[tuple[str, str]], now: float) -> tuple[Budget, ...]:
    """The allowances that the headers speak of. `now` is Unix time in seconds."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for name, value in headers:
        lowered = name.lower()
        openai, anthropic = _OPENAI.match(lowered), _ANTHROPIC.match(lowered)
        if openai is not None:
            found.setdefault(openai[2] or "requests", {})[openai[1]] = (name, value.strip())
        elif anthropic is not None:
            found.setdefault(anthropic[1], {})[anthropic[2]] = (name, value.strip())
    read = (_budget(what, parts, now) for what, parts in found.items())
    return tuple(one for one in read if one is not None)


def _budget(what: str, parts: Mapping[str, tuple[str, str]], now: float) -> Budget | None:
    left = parts.get("remaining")
    if left is None or not _NUMBER.fullmatch(left[1]):
        return None
    limit, reset = parts.get("limit"), parts.get("reset")
    return Budget(
        what=what,
        left=float(left[1]),
        limit=limit[1] if limit else None,
        reset=_seconds(reset[1], now) if reset else None,
        header=left,
    )


def _seconds(text: str, now: float) -> float | None:
    """Seconds from now: of a number, a span such as 6m0s, a Unix time, or a date."""
    if _NUMBER.fullmatch(text):
        value = float(text)
        value = value / 1000 if value > 1e11 else value
        return max(0.0, value - now) if value > 1e9 else value
    span = _SPAN.fullmatch(text)
    if span is not None and any(span.groups()):
        parts = zip(span.groups(), _UNITS, strict=True)
        return sum(float(part) * unit for part, unit in parts if part)
    try:
        return max(0.0, datetime.fromisoformat(text).timestamp() - now)
    except ValueError:
        return None


def shown(seconds: float) -> str:
    """A time as people read it: 11 s, 6 min, 3 h 5 min."""
    whole = round(seconds)
    if whole < 120:
        return f"{max(1, whole)} s"
    hours, minutes = divmod(round(whole / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
