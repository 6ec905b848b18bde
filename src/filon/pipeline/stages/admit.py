"""May this caller do this? Keys and sessions are checked at the edge, before a body is read;
scopes, limits and budgets will be decided here."""

from filon.pipeline.services import Services
from filon.pipeline.turn import Turn
from filon.trace.records import Admitted


async def admit(turn: Turn, services: Services) -> Turn:
    """Notes by what right the caller is here."""
    return turn.noting(Admitted(owner_id=turn.caller.owner_id, by=turn.caller.by))
