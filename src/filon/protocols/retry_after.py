"""How long a provider asks us to wait, from its headers and from what its error says."""

import re
from collections.abc import Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_DURATION = re.compile(
    r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?"
    r"(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?"
)
_UNITS = (86_400.0, 3_600.0, 60.0, 1.0, 0.001)
_HINT = re.compile(
    r"(?:try again in|retry after|retry in|retrydelay\W{1,6})\s*"
    r"(\d+(?:\.\d+)?\s*(?:milliseconds?|minutes?|seconds?|hours?)|(?:\d+(?:\.\d+)?(?:ms|[dhms]))+)",
    re.IGNORECASE,
)
_WORDS = (("millisecond", "ms"), ("second", "s"), ("minute", "m"), ("hour", "h"))


def retry_after(
    status: int | None, headers: Sequence[tuple[str, str]], text: str, *, now: float
) -> float | None:
    """Seconds to wait, or None where nothing says. `text` is the error's body, `now` Unix time."""
    told = {name.lower(): value.strip() for name, value in headers}
    for name in ("retry-after-ms", "x-ms-retry-after-ms"):
        if _NUMBER.fullmatch(told.get(name, "")):
            return float(told[name]) / 1000
    if "retry-after" in told:
        wait = _seconds_or_date(told["retry-after"], now)
        if wait is not None:
            return wait
    hint = _HINT.search(text)
    if hint is not None:
        return _duration(_abbreviated(hint.group(1)))
    return _reset(told, now) if status == 429 else None


def _seconds_or_date(value: str, now: float) -> float | None:
    if _NUMBER.fullmatch(value):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return _duration(value)
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, date.timestamp() - now)


def _abbreviated(words: str) -> str:
    short = words.lower().replace(" ", "")
    for word, letter in _WORDS:
        short = short.replace(word + "s", letter).replace(word, letter)
    return short


def _duration(text: str) -> float | None:
    """Seconds of `6m0s`, `250ms`, `7.66s`."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        return None
    amounts = zip(found.groups(), _UNITS, strict=True)
    return sum(float(amount) * unit for amount, unit in amounts if amount)


def _reset(told: dict[str, str], now: float) -> float | None:
    """When the limit that is used up begins anew. A limit with something left is not the cause."""
    for suffix in ("-requests", "-tokens", ""):
        if told.get(f"x-ratelimit-remaining{suffix}") != "0":
            continue
        reset = told.get(f"x-ratelimit-reset{suffix}", "")
        if _NUMBER.fullmatch(reset):
            return _from_number(float(reset), now)
        wait = _duration(reset)
        if wait is not None:
            return wait
    return None


def _from_number(value: float, now: float) -> float:
    # Some send seconds to wait, others the Unix time in seconds or in milliseconds.
    if value > 1e11:
        value /= 1000
    return max(0.0, value - now) if value > 1e9 else value
