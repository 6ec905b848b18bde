"""LibreChat's special variables in a preset's system prompt: `{{current_date}}` and its kin. What
they stand for is known when a request is made, not when the file is read."""

import difflib
import re
from collections.abc import Mapping
from datetime import UTC, datetime

NAMES = ("current_user", "current_date", "current_datetime", "iso_datetime")

_SPECIAL = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")

# Not by the machine's locale: the prompt must read the same everywhere.
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def fill(text: str, person: str, now: datetime) -> str:
    """The text with its special variables filled in; unknown ones stay. `now` knows its zone."""
    values = _values(person, now)
    pieces: list[str] = []
    end = 0
    for match in _SPECIAL.finditer(text):
        pieces += [text[end : match.start()], values.get(match[1].lower(), match[0])]
        end = match.end()
    return "".join((*pieces, text[end:]))


def unknown(text: str) -> tuple[str, ...]:
    """What stands in double braces and is none of them, without the braces."""
    found = (match[1] for match in _SPECIAL.finditer(text) if match[1].lower() not in NAMES)
    return tuple(dict.fromkeys(found))


def nearest(name: str) -> str | None:
    """The special variable that is meant by a misspelt one."""
    near = difflib.get_close_matches(name.lower(), NAMES, n=1, cutoff=0.6)
    return near[0] if near else None


def _values(person: str, now: datetime) -> Mapping[str, str]:
    day = _DAYS[now.weekday()]
    offset = now.strftime("%z")
    zone = f"{offset[:3]}:{offset[3:5]}"
    utc = now.astimezone(UTC)
    return {
        "current_user": person,
        "current_date": f"{now:%Y-%m-%d} ({day})",
        "current_datetime": f"{now:%Y-%m-%d %H:%M:%S} {zone} ({day})",
        "iso_datetime": f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z",
    }
