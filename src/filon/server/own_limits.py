"""What a caller's key has left, as headers of its reply."""

from filon.kit import clock
from filon.pipeline.turn import Turn
from filon.protocols.limit_headers import limit_headers
from filon.trace.records import Admitted


def own_limits(turn: Turn) -> tuple[tuple[bytes, bytes], ...]:
    """The headers in the caller's protocol; none where the key has no limits."""
    admitted = next((one for one in turn.records if isinstance(one, Admitted)), None)
    if admitted is None or not admitted.limits:
        return ()
    pairs = limit_headers(turn.received.protocol, admitted.limits, clock.now())
    return tuple((name.encode(), value.encode()) for name, value in pairs)
