"""What a caller's key has left, as headers of its reply."""

from filon.kit import clock
from filon.pipeline.turn import Turn
from filon.protocols.limit_headers import limit_headers
from filon.trace.records import Admitted


def own_limits(turn: Turn) -> tuple[tuple[str, str], ...]:
    """The headers in the caller's protocol; none where the key has no limits."""
    for record in turn.records:
        if isinstance(record, Admitted):
            if not record.limits:
                break
            return limit_headers(turn.received.protocol, record.limits, clock.now())
    return ()
