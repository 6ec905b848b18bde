"""A trace as the routes that look at one need it: stored, or as far as a running turn has come."""

from msgspec import Struct

from filon.conversation.errors import NotFound
from filon.server import told
from filon.server.house import ServerHouse
from filon.server.shapes import TraceShape
from filon.store.traces import Trace
from filon.trace.messages import with_messages
from filon.trace.recorder import redact
from filon.trace.records import AnyRecord


class Looked(Struct, frozen=True):
    """A trace's line in the list, and all its records, masked."""

    shape: TraceShape
    records: tuple[AnyRecord, ...]


async def stored(owner_id: int, trace_id: str, house: ServerHouse) -> Trace:
    """A trace that is settled. Raises NotFound."""
    try:
        return await house.store.traces.get(owner_id, trace_id)
    except NotFound:
        # A gateway's trace is settled a moment before the writer has stored it.
        await house.store.flush()
        return await house.store.traces.get(owner_id, trace_id)


async def look(owner_id: int, trace_id: str, house: ServerHouse) -> Looked:
    """A trace, as far as it has come when its turn still runs. Raises NotFound."""
    progress = house.services.running.get(trace_id)
    if progress is not None and progress.turn.caller.owner_id == owner_id:
        records = redact(progress.records(), house.services.redactor)
        return Looked(told.running_trace(progress), with_messages(records))
    trace = await stored(owner_id, trace_id, house)
    return Looked(told.trace(trace.summary), trace.records)
