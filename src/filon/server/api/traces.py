"""Traces: the list, one whole, and as curl."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from filon.conversation.errors import NotFound
from filon.server import told
from filon.server.house import House, ServerHouse
from filon.server.security import Person
from filon.server.shapes import TraceList, TracePage
from filon.store.traces import Trace, TraceFilter
from filon.trace import export
from filon.trace.recorder import redact

router = APIRouter(prefix="/api/traces", tags=["traces"])


class TraceQuery(BaseModel):
    """Which traces: `q` is looked for in model, caller, mark and id; `key` is the id of a key of
    the gateway; `before` is a cursor."""

    limit: int = Field(default=100, ge=1, le=500)
    before: str | None = None
    q: str | None = None
    outcome: str | None = None
    caller: str | None = None
    key: str | None = None


@router.get("")
async def list_traces(
    person: Person, house: House, asked: Annotated[TraceQuery, Query()]
) -> TraceList:
    """A page of traces, newest first; those that run now stand at the head of the first page."""
    chosen = TraceFilter(text=asked.q, outcome=asked.outcome, caller=asked.caller, key_id=asked.key)
    rows = await house.store.traces.page(person.id, chosen, limit=asked.limit, before=asked.before)
    filtered = asked.before or asked.q or asked.outcome or asked.caller or asked.key
    running = [] if filtered else house.running(person.id)
    shapes = [told.running_trace(progress) for progress in running]
    return TraceList(
        traces=[*reversed(shapes), *(told.trace(row) for row in rows.traces)],
        next=rows.next,
        total=rows.total + len(shapes),
    )


async def _stored(owner_id: int, trace_id: str, house: ServerHouse) -> Trace:
    try:
        return await house.store.traces.get(owner_id, trace_id)
    except NotFound:
        # A gateway's trace is settled a moment before the writer has stored it.
        await house.store.flush()
        return await house.store.traces.get(owner_id, trace_id)


@router.get("/{trace_id}")
async def get_trace(trace_id: str, person: Person, house: House) -> TracePage:
    """A whole trace, as far as it has come when its turn still runs."""
    progress = house.services.running.get(trace_id)
    if progress is not None and progress.turn.caller.owner_id == person.id:
        records = redact(progress.records(), house.services.redactor)
        shape = told.running_trace(progress)
    else:
        trace = await _stored(person.id, trace_id, house)
        records, shape = trace.records, told.trace(trace.summary)
    return TracePage(trace=shape, records=[told.record(record) for record in records])


@router.get("/{trace_id}/curl", response_class=PlainTextResponse)
async def get_curl(trace_id: str, person: Person, house: House) -> PlainTextResponse:
    """The last attempt as a curl command; the key is the shell variable API_KEY."""
    trace = await _stored(person.id, trace_id, house)
    command = export.curl(trace.records)
    if command is None:
        raise NotFound("Nothing was sent in this trace, so there is nothing to repeat.")
    return PlainTextResponse(command)
