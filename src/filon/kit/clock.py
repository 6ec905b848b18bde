"""The only source of time."""

import time
from datetime import UTC, datetime


def now() -> float:
    """Unix time in seconds."""
    return time.time()


def monotonic() -> float:
    """Seconds from an arbitrary point; never goes back. For durations."""
    return time.monotonic()


def midnight() -> float:
    """Unix time of the start of today where this machine stands."""
    return local(now()).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def local(at: float) -> datetime:
    """A Unix time as the clock on this machine's wall shows it."""
    return datetime.fromtimestamp(at, UTC).astimezone()
