"""Has this been answered already? No cache exists yet: the stage says so in the trace."""

from filon.pipeline.services import Services
from filon.pipeline.turn import Turn
from filon.trace.records import Recalled

_NOT = Recalled(hit=False, reason="there is no cache")


def recall(turn: Turn, services: Services) -> Turn:
    """Passes the turn on."""
    return turn.after(_NOT)
