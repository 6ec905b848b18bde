"""The only source of time."""

import time
from datetime import UTC, datetime
from functools import lru_cache

# Unix time in seconds. The very functions of `time`, since a request asks some fifty times.
now = time.time
# Seconds from an arbitrary point; never goes back. For durations.
monotonic = time.monotonic


def midnight() -> float:
    """Unix time of the start of today where this machine stands."""
    return local(now()).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def local(at: float) -> datetime:
    """A Unix time as the clock on this machine's wall shows it."""
    return datetime.fromtimestamp(at, UTC).astimezone()


def day(at: float) -> str:
    """The date of a Unix time on this machine, such as 2027-01-31."""
    return _day_of(int(at // _QUARTER))


# Days begin at full quarters of an hour UTC, wherever one is; to ask the time zone takes longer
# than all else that is done with a date.
_QUARTER = 900


@lru_cache(maxsize=256)
def _day_of(quarter: int) -> str:
    return local(quarter * _QUARTER).date().isoformat()
