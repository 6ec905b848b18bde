"""The only source of time."""

import time
from datetime import datetime


def now() -> float:
    """Unix time in seconds."""
    return time.time()


def monotonic() -> float:
    """Seconds from an arbitrary point; never goes back. For durations."""
    return time.monotonic()


def midnight() -> float:
    """Unix time of the start of today where this machine stands."""
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return today.timestamp()
