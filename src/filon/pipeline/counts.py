"""What all settled turns of this process add up to, for whoever watches the server.

`settled` is called once for each turn and must cost next to nothing: it only adds. The text that
is read from it is made in `server/metrics.py`, when somebody asks.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

from filon.conversation.usage import Usage
from filon.pipeline.directory import Directory
from filon.pipeline.turn import Turn
from filon.trace.records import Attempt, Settled

# Upper bounds in seconds. A last bucket takes all that is longer.
TTFT_BOUNDS = (0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0)
OWN_BOUNDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1.0)
# A caller may name any model, and a provider any code; each new one would stay in memory, and at
# whoever collects the figures, for ever.
OTHER = "other"
MOST_CODES = 100

_NOTHING = Usage()


class Histogram:
    """How many observations fell below each bound, not counting those below the one before."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        """One more observation."""
        self.counts[bisect_left(self.bounds, seconds)] += 1
        self.sum += seconds


class Sums:
    """One model of one endpoint. `turns` is by outcome and caller, `usd` is what is known of their
    cost, `unpriced` counts those that used tokens at an unknown price."""

    __slots__ = ("input_tokens", "output_tokens", "ttft", "turns", "unpriced", "usd")

    def __init__(self) -> None:
        self.turns: dict[tuple[str, str], int] = defaultdict(int)
        self.input_tokens = 0
        self.output_tokens = 0
        self.usd = 0.0
        self.unpriced = 0
        self.ttft = Histogram(TTFT_BOUNDS)


class Counts:
    """All figures since the start. `models` is by endpoint and model, both empty where a turn did
    not get as far as one; `attempts` by endpoint and whether it failed; `retries` and `fallbacks`
    by the endpoint that had failed."""

    def __init__(self) -> None:
        self.models: dict[tuple[str, str], Sums] = {}
        self.errors: dict[str, int] = defaultdict(int)
        self.attempts: dict[tuple[str, bool], int] = defaultdict(int)
        self.retries: dict[str, int] = defaultdict(int)
        self.fallbacks: dict[str, int] = defaultdict(int)
        self.own = Histogram(OWN_BOUNDS)
        self._directory: Directory | None = None
        self._known: frozenset[tuple[str, str]] = frozenset()
        # The sums of what was asked for by a name that the directory knows: one look-up a turn.
        self._found: dict[tuple[str, str], Sums] = {}

    def settled(self, turn: Turn, directory: Directory) -> None:
        """Adds a turn that is over."""
        end = turn.records[-1]
        assert isinstance(end, Settled)
        if directory is not self._directory:
            self._directory, self._known, self._found = directory, _known(directory), {}
        endpoint, model = turn.endpoint, turn.model
        place = ("", "") if endpoint is None or model is None else (endpoint.name, model)
        sums = self._found.get(place) or self._sums(turn, place)
        sums.turns[end.outcome, turn.caller.kind] += 1
        used = end.usage or end.estimated or _NOTHING
        sums.input_tokens += used.input_tokens or 0
        sums.output_tokens += used.output_tokens or 0
        usd = end.cost.usd
        if usd is not None:
            sums.usd += usd
        elif end.cost.kind == "unknown" and used.input_tokens is not None:
            sums.unpriced += 1
        if end.ttft is not None:
            sums.ttft.add(end.ttft)
        if turn.problem is not None:
            self._failed(turn.problem.code)
        self._attempted(turn)

    def _sums(self, turn: Turn, place: tuple[str, str]) -> Sums:
        """The sums of a model that is counted for the first time, or has no name of its own."""
        name, model = place
        if place not in self._known and turn.endpoint is not None:
            # What stands behind a colon is one of practice's switches.
            model = model.partition(":")[0] if turn.endpoint.kind == "practice" else OTHER
            model = model if (name, model) in self._known else OTHER
        sums = self.models.setdefault((name, model), Sums())
        if (name, model) == place:
            self._found[place] = sums
        return sums

    def _failed(self, code: str) -> None:
        if code not in self.errors and len(self.errors) >= MOST_CODES:
            code = OTHER
        self.errors[code] += 1

    def _attempted(self, turn: Turn) -> None:
        last = turn.records[-2] if len(turn.records) > 1 else None
        # Nearly every turn has one attempt, just before its end.
        if type(last) is Attempt and last.number == 1:
            self._ended(last)
            own = last.started - last.waited - turn.started
            # Both times are of the wall's clock, which may be set back between them.
            self.own.add(own if own > 0 else 0.0)
            return
        attempts = [record for record in turn.records if type(record) is Attempt]
        for attempt in attempts:
            self._ended(attempt)
        if attempts:
            self._went_on(attempts)
            self.own.add(own_time(turn.started, attempts))

    def _ended(self, attempt: Attempt) -> None:
        self.attempts[attempt.endpoint, attempt.error is not None] += 1

    def _went_on(self, attempts: Sequence[Attempt]) -> None:
        """Counts what followed each attempt but the last: the same target again, or another."""
        for before, after in pairwise(attempts):
            same = (before.endpoint, before.model) == (after.endpoint, after.model)
            counted = self.retries if same else self.fallbacks
            counted[before.endpoint] += 1


def own_time(started: float, attempts: Sequence[Attempt]) -> float:
    """Filon's own seconds from the beginning of a turn to that of its last attempt, without those
    in which it waited for providers. `started` is Unix time."""
    own = attempts[-1].started - started - attempts[-1].waited
    for attempt in attempts[:-1]:
        own -= attempt.waited + (attempt.timing.ended or 0.0)
    return max(0.0, own)


def _known(directory: Directory) -> frozenset[tuple[str, str]]:
    return frozenset(
        (endpoint.name, model)
        for endpoint in directory.endpoints
        for model in (*directory.models(endpoint), *endpoint.embedders)
    )
