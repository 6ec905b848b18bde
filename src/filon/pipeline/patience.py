"""How long a turn waits for a provider: three limits that silence runs into, and the time that the
caller allows for the whole turn."""

from filon.config.settings import Limits
from filon.conversation.errors import DeadlinePassed
from filon.kit import clock
from filon.pipeline.turn import Turn

HEADER = "x-filon-timeout"
_NEVER = float("inf")


def deadline(turn: Turn) -> float:
    """When the caller's time is over, in seconds of the monotonic clock."""
    if turn.timeout is None:
        return _NEVER
    return turn.begun + turn.timeout


class Patience:
    """How long the next wait of one attempt may last.

    Payload begins the time anew; comments and blank lines do not, since providers send them for
    ever while nothing happens. Time in which the caller was waited for does not count. `heard_at`
    is when payload last came, `begin_by` when the first of it must have come, both in seconds of
    the monotonic clock.
    """

    __slots__ = ("_between", "allowed", "deadline", "heard_at")

    def __init__(self, limits: Limits, deadline: float, begin_by: float = _NEVER) -> None:
        self.deadline = deadline
        now = clock.monotonic()
        left = begin_by - now
        self.allowed = limits.first_payload if limits.first_payload <= left else max(0.0, left)
        self._between = limits.between_payloads
        self.heard_at = now

    def until(self) -> float:
        """When the wait must be over, in seconds of the monotonic clock."""
        # Twice a request or more, and `min` costs five times as much.
        silent_at = self.heard_at + self.allowed
        return silent_at if silent_at < self.deadline else self.deadline

    def heard(self, at: float) -> None:
        """Payload came. Where it has come before, to set `heard_at` says the same."""
        self.allowed = self._between
        self.heard_at = at

    def paused(self, seconds: float) -> None:
        """For so long nobody listened to the provider, because the caller did not read."""
        self.heard_at += seconds


def passed(turn: Turn) -> DeadlinePassed:
    """What the caller is told whose time is over."""
    where = turn.endpoint.label if turn.endpoint else "the endpoint"
    return DeadlinePassed(
        f"{where} was not done within the {turn.timeout:g} s that {HEADER} allows.",
        fix="Allow more time, ask for a shorter answer, or choose a faster model.",
        param=HEADER,
        names={"endpoint": where, "seconds": f"{turn.timeout:g}"},
    )
