"""Has this been answered already? No cache exists yet: the stage says so in the trace."""

from filon.pipeline.services import Services
from filon.pipeline.turn import Turn
from filon.trace.records import Recalled


async def recall(turn: Turn, services: Services) -> Turn:
    """Passes the turn on."""
    return turn.noting(Recalled(hit=False, reason="there is no cache"))
