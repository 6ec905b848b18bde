"""How long a model takes: named distributions of the time to the first token and between tokens.

first = (loading, if cold) + queue + prefill, where, with `load` answers being written at once,
    crowd   = 1 + crowding * (load - 1) / slots
    queue   = queue * noise * crowd + line * (answers beyond `slots`)
    prefill = (start + fresh * (prompt - cached) + known * cached) * noise * crowd
between two tokens = gap * noise * crowd, now and then a stall more

          first token at 1,000  tokens/s  slows at 8  imitates
small            0.3 s            120       1.4 x     a small hosted model
medium           0.5 s             75       1.4 x     a hosted model of middling size
large            1.0 s             40       1.9 x     a large hosted model, often busy
thinking         0.7 s             90       1.4 x     a hosted reasoning model; the thought costs
                                                      tokens, and so most of the wait
local            3.7 s             12       1.0 x     a laptop without a GPU, one answer at a time,
                                                      others in line; 6 s to load after 5 minutes
echo             0.25 s            40       1.0 x     nothing; steady, so that it is good to look at

The figures are ours, chosen in the range that such models have. Nothing here has an upper speed;
the tokens themselves may take longer than their pace.
"""

import math
import random
from typing import Literal

from msgspec import Struct

from filon.conversation.errors import InvalidRequest
from filon.practice.clock import Clock

SPEED_HEADER = "x-practice-speed"

# Noise beyond this factor is cut: a practice answer shall not be lost in a tail.
_MOST_NOISE = 5.0

Shape = Literal["lognormal", "gamma", "uniform"]


class Pace(Struct, frozen=True, kw_only=True):
    """One distribution. All times are seconds, `fresh` and `known` per token of the prompt.

    `noise` is the spread of what comes before the first token, `gap_noise` of what lies between
    tokens: of a lognormal the sigma, of a gamma the standard deviation over the mean, of a uniform
    the largest part by which it differs. `load` is paid by the first request after a rest of
    `rest`.
    """

    queue: float = 0.0
    start: float = 0.0
    fresh: float = 0.0
    known: float = 0.0
    noise: float = 0.0
    gap: float
    gap_noise: float = 0.0
    shape: Shape = "lognormal"
    stall_chance: float = 0.0
    stall: float = 0.0
    slots: int = 8
    crowding: float = 0.0
    line: float = 0.0
    load: float = 0.0
    rest: float = 300.0


PACES: dict[str, Pace] = {
    "small": Pace(
        queue=0.03,
        start=0.22,
        fresh=0.000_05,
        known=0.000_005,
        noise=0.25,
        gap=1 / 120,
        gap_noise=0.35,
        stall_chance=0.002,
        stall=0.15,
        slots=16,
        crowding=1.0,
        line=0.2,
    ),
    "medium": Pace(
        queue=0.06,
        start=0.32,
        fresh=0.000_12,
        known=0.000_012,
        noise=0.3,
        gap=1 / 75,
        gap_noise=0.35,
        stall_chance=0.002,
        stall=0.2,
        slots=16,
        crowding=1.0,
        line=0.3,
    ),
    "large": Pace(
        queue=0.2,
        start=0.5,
        fresh=0.000_3,
        known=0.000_03,
        noise=0.4,
        gap=1 / 40,
        gap_noise=0.4,
        stall_chance=0.004,
        stall=0.4,
        slots=8,
        crowding=1.0,
        line=0.8,
    ),
    "thinking": Pace(
        queue=0.1,
        start=0.45,
        fresh=0.000_15,
        known=0.000_015,
        noise=0.3,
        gap=1 / 90,
        gap_noise=0.35,
        stall_chance=0.003,
        stall=0.3,
        slots=16,
        crowding=1.0,
        line=0.5,
    ),
    "local": Pace(
        start=0.2,
        fresh=0.003_5,
        known=0.000_1,
        noise=0.08,
        gap=1 / 12,
        gap_noise=0.1,
        shape="gamma",
        slots=1,
        line=5.0,
        load=6.0,
    ),
    "echo": Pace(start=0.25, noise=0.15, gap=1 / 40, gap_noise=0.5, shape="uniform"),
}


class Timing:
    """When each token of one answer is due. `first` is asked once, then `next` for every token.

    Both return the seconds to wait from now, 0 if the moment has passed or `speed` is 0. Due times
    count from when this was made, so that late wake-ups do not add up. `loading`, `queue`,
    `prefill` and `decode` are the seconds that it takes at speed 1, waited for or not.
    """

    def __init__(
        self, pace: Pace, *, seed: int, speed: float, clock: Clock, cold: bool = False
    ) -> None:
        self.loading = 0.0
        self.queue = 0.0
        self.prefill = 0.0
        self.decode = 0.0
        self._pace = pace
        self._cold = cold
        self._chance = random.Random(seed)  # noqa: S311 - it varies a pace and guards nothing
        self._speed = speed
        self._clock = clock
        self._start = clock.monotonic()

    @property
    def due(self) -> float:
        """Seconds from the start to the latest token that was asked for, at speed 1."""
        return self.loading + self.queue + self.prefill + self.decode

    def first(self, prompt_tokens: int, cached_tokens: int, load: int) -> float:
        """Until the first token. `load` is how many answers are being written, this one too."""
        pace, crowd = self._pace, _crowd(self._pace, load)
        if self._cold:
            self.loading = pace.load * self._noise(pace.noise)
        waiting = max(0, load - pace.slots)
        self.queue = pace.queue * self._noise(pace.noise) * crowd + pace.line * waiting
        cached = min(max(0, cached_tokens), prompt_tokens)
        work = pace.start + pace.fresh * (prompt_tokens - cached) + pace.known * cached
        self.prefill = work * self._noise(pace.noise) * crowd
        return self._wait()

    def next(self, load: int) -> float:
        """Until the next token."""
        pace = self._pace
        gap = pace.gap * self._noise(pace.gap_noise) * _crowd(pace, load)
        if pace.stall_chance and self._chance.random() < pace.stall_chance:
            gap += pace.stall * min(_MOST_NOISE, self._chance.expovariate(1.0))
        self.decode += gap
        return self._wait()

    def _wait(self) -> float:
        if self._speed == 0:
            return 0.0
        return max(0.0, self.due / self._speed - (self._clock.monotonic() - self._start))

    def _noise(self, spread: float) -> float:
        """A factor: of a lognormal the median is 1, of the others the mean."""
        if not spread:
            return 1.0
        match self._pace.shape:
            case "lognormal":
                factor = self._chance.lognormvariate(0.0, spread)
            case "gamma":
                factor = self._chance.gammavariate(spread**-2, spread**2)
            case "uniform":
                factor = self._chance.uniform(1 - spread, 1 + spread)
        return min(_MOST_NOISE, max(1 / _MOST_NOISE, factor))


def timing(name: str, *, seed: int, speed: float, clock: Clock, rested: float | None) -> Timing:
    """The timing of one answer at the pace of this name.

    `rested` is how many seconds nobody used the model, None if nobody has yet.
    """
    pace = PACES[name]
    cold = pace.load > 0 and (rested is None or rested >= pace.rest)
    return Timing(pace, seed=seed, speed=speed, clock=clock, cold=cold)


def read_speed(value: str | None, usual: float) -> float:
    """The speed that the header asks for, `usual` without one. Raises InvalidRequest."""
    if value is None:
        return usual
    try:
        speed = float(value)
    except ValueError:
        speed = math.nan
    if not (speed == 0 or 0.01 <= speed <= 10_000):
        raise InvalidRequest(
            f"The header `{SPEED_HEADER}` is {value[:50]!r}.",
            fix="Use 0 for an answer at once, or a factor from 0.01 to 10000.",
        )
    return speed


def _crowd(pace: Pace, load: int) -> float:
    return 1 + pace.crowding * max(0, load - 1) / pace.slots
