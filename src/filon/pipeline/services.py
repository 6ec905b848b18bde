"""What the stages need from outside, made once in `create_app` and passed down."""

from collections.abc import Callable

from filon.config.settings import Limits
from filon.kit.http import Upstream
from filon.kit.log import Log
from filon.kit.redact import Redactor
from filon.pipeline.directory import Directory
from filon.pipeline.recording import Recording
from filon.pipeline.turn import Turn
from filon.store.store import Store
from filon.trace.records import AnyRecord


class Progress:
    """One turn while it runs: the one place of the pipeline that changes, so that the inspector
    can look at a request before it is over."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.recording: Recording | None = None
        self.stage = ""
        self.stage_started = turn.started

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
        self.redactor = redactor
        self.log = log
        self.running: dict[str, Progress] = {}
        # Set when the program ends: what is cut off then was stopped by nobody.
        self.closing = False
        # Called when a turn begins and when it is settled; the server tells its tabs.
        self.announce: Callable[[Progress], None] = _nobody
