"""What the stages need from outside, made once in `create_app` and passed down."""

import random
from collections.abc import Callable

from filon.accounts.limits import MemoryRates, Rates
from filon.config.settings import Limits, Retries
from filon.kit.http import Upstream
from filon.kit.log import Log
from filon.kit.redact import Redactor
from filon.pipeline.breaker import Breakers, MemoryBreakers
from filon.pipeline.counts import Counts
from filon.pipeline.directory import Directory
from filon.pipeline.recording import Recording
from filon.pipeline.slots import MemorySlots, Slots
from filon.pipeline.turn import Turn
from filon.store.store import Store
from filon.trace.records import AnyRecord


class Progress:
    """One turn while it runs: the one place of the pipeline that changes, so that the inspector
    can look at a request before it is over."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.recording: Recording | None = None
        # The stage that runs.
        self.stage = ""

    def records(self) -> tuple[AnyRecord, ...]:
        """The records so far, the running attempt included."""
        running = () if self.recording is None else (self.recording.record(),)
        return (*self.turn.records, *running)


def _nobody(_: Progress) -> None:
    """Nobody listens, as in a single command."""


class Services:
    """The outside world as the stages see it."""

    def __init__(
        self,
        *,
        store: Store,
        upstream: Upstream,
        directory: Directory,
        limits: Limits,
        redactor: Redactor,
        log: Log,
    ) -> None:
        self.store = store
        self.upstream = upstream
        self.directory = directory
        self.limits = limits
        self.retries = Retries()
        self.redactor = redactor
        self.log = log
        self.rates: Rates = MemoryRates(store.keys.count_on)
        self.breakers: Breakers = MemoryBreakers()
        self.slots: Slots = MemorySlots()
        self.counts = Counts()
        self.random01: Callable[[], float] = random.random
        self.running: dict[str, Progress] = {}
        self._turns_of_keys: dict[str, int] = {}
        # Set when the program ends: what is cut off then was stopped by nobody.
        self.closing = False
        # Whether the program runs in a container, where localhost is the container itself.
        self.container = False
        # Called when a turn begins and when it is settled; the server tells its tabs.
        self.announce: Callable[[Progress], None] = _nobody

    def next_key(self, endpoint: str) -> int:
        """A number that grows by one with each request to this endpoint, so that its keys are used
        in turn."""
        number = self._turns_of_keys.get(endpoint, 0)
        self._turns_of_keys[endpoint] = number + 1
        return number
