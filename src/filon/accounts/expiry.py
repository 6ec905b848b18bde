"""When a key ends: a date, a moment or a span, as people write them. Pure."""

import re
from datetime import datetime, timedelta

from filon.conversation.errors import InvalidRequest
from filon.kit import clock

_SPAN = re.compile(r"(\d{1,6})\s*([a-z]+)", re.IGNORECASE)
_SECONDS = {
    ("s", "sec", "second", "seconds"): 1.0,
    ("m", "min", "minute", "minutes"): 60.0,
    ("h", "hour", "hours"): 3_600.0,
    ("d", "day", "days"): 86_400.0,
    ("w", "week", "weeks"): 604_800.0,
    ("y", "year", "years"): 365 * 86_400.0,
}
_UNITS = {name: seconds for names, seconds in _SECONDS.items() for name in names}
# Later than this is a slip of the pen, and more than a date can hold is near.
_LATEST = 100 * 365 * 86_400.0


def expiry(text: str, now: float) -> float | None:
    """When that is, in Unix seconds; None for "never". Raises InvalidRequest.

    `30d`, `12h`, `2w` count from `now`. `2027-01-31` is the end of that day where this machine
    stands, `2027-01-31T12:00` that moment; a moment may carry its own zone.
    """
    wanted = text.strip()
    if wanted.casefold() in ("", "never", "none"):
        return None
    at = _after(wanted, now) or _moment(wanted)
    if at is None:
        raise InvalidRequest(
            f"{text[:60]!r} is neither a date nor a span of time.",
            fix="Write 30d, 12h, 2w, 2027-01-31, 2027-01-31T18:00 or never.",
            param="expires",
        )
    if not now < at < now + _LATEST:
        when = "in the past" if at <= now else "too far ahead"
        raise InvalidRequest(
            f"{text[:60]!r} is {when}.",
            fix="Write a later date, a span such as 30d, or never."
            if at <= now
            else "Write a date within a hundred years, or never.",
            param="expires",
        )
    return at


def _after(text: str, now: float) -> float | None:
    found = _SPAN.fullmatch(text)
    unit = _UNITS.get(found.group(2).casefold()) if found else None
    return None if found is None or unit is None else now + int(found.group(1)) * unit


def _moment(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
        if len(text) <= len("2027-01-31"):
            moment += timedelta(days=1, seconds=-1)
        return moment.timestamp()
    except (ValueError, OverflowError, OSError):
        return None


def shown(at: float) -> str:
    """The moment as a person on this machine reads it."""
    return clock.local(at).strftime("%Y-%m-%d %H:%M")
