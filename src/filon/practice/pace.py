"""How long the echo takes: a wait before the first token, then a steady but living pace."""

import random
from collections.abc import Iterator

from filon.kit import clock

FIRST_TOKEN = 0.25
PER_SECOND = 40.0


def offsets(seed: int) -> Iterator[float]:
    """Seconds from the start at which each token is due, always the same ones for one seed."""
    chance = random.Random(seed)  # noqa: S311 - it varies a pace and guards nothing
    due = FIRST_TOKEN * chance.uniform(0.85, 1.15)
    while True:
        yield due
        due += chance.uniform(0.5, 1.5) / PER_SECOND


class Pace:
    """Reckons the wait for each token in turn. `speed` 0 waits for nothing, 2 is twice as quick.

    Due times count from the start, so that late wake-ups do not add up.
    """

    def __init__(self, seed: int, speed: float) -> None:
        self._offsets = offsets(seed)
        self._speed = speed
        self._start = clock.monotonic()

    def next_wait(self) -> float:
        """Seconds until the next token is due, 0 if it is late already."""
        if self._speed == 0:
            return 0.0
        return max(0.0, next(self._offsets) / self._speed - (clock.monotonic() - self._start))
