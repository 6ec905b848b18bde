"""Traces: the list, and one whole."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from filon.conversation.errors import InvalidRequest, NotFound
from filon.kit import clock
from filon.server import told, trace_told
from filon.server.given import House, Person
from filon.server.house import ServerHouse
from filon.server.running import runs_as
from filon.server.shapes import TraceList, TracePage
from filon.server.stored import look
from filon.server.trace_shapes import (
    DeletedShape,
    GroupList,
    KeepingBody,
    KeepingShape,
    SeriesShape,
    WordList,
)
from filon.store import trace_filter
from filon.store.trace_filter import quoted_term
from filon.store.trace_groups import By
from filon.store.trace_keeping import Keep
from filon.store.trace_lines import By as Lines
from filon.store.trace_pages import Order, Sort
from filon.store.trace_series import Wanted

router = APIRouter(prefix="/api/traces", tags=["traces"])


class TraceQuery(BaseModel):
    """Which traces: `q` is a filter; `key` is the id of a key of the gateway; `before` is a
    cursor."""

    limit: int = Field(default=100, ge=1, le=500)
    before: str | None = None
    q: str | None = None
    outcome: str | None = None
    caller: str | None = None
    key: str | None = None
    sort: Sort = "started"
    order: Order = "desc"

    @property
    def text(self) -> str:
        """All of it as one filter."""
        terms = [self.q or ""]
        for key, value in (("outcome", self.outcome), ("caller", self.caller), ("key", self.key)):
            if value is not None:
                terms.append(quoted_term(key, value))
        return " ".join(terms)


class SeriesQuery(BaseModel):
    """Which figures: `since` and `until` are Unix seconds, from the first trace until now where
    they are not given."""

    since: float | None = Field(default=None, ge=0, le=1e11, allow_inf_nan=False)
    until: float | None = Field(default=None, ge=0, le=1e11, allow_inf_nan=False)
    by: Lines = "none"
    q: str = ""


@router.get("")
async def list_traces(
    person: Person, house: House, asked: Annotated[TraceQuery, Query()]
) -> TraceList:
    """A page of traces; those that run now stand at the head of the first page by time."""
    chosen = trace_filter.parse(asked.text, clock.now())
    rows = await house.store.traces.page(
        person.id,
        chosen,
        sort=asked.sort,
        order=asked.order,
        limit=asked.limit,
        before=asked.before,
    )
    newest = asked.sort == "started" and asked.order == "desc" and asked.before is None
    shapes = [
        told.running_trace(progress)
        for progress in (house.running(person.id) if newest else ())
        if runs_as(progress, chosen)
    ]
    return TraceList(
        traces=[*reversed(shapes), *(told.trace(row) for row in rows.traces)],
        next=rows.next,
        total=rows.total + len(shapes),
        total_is_at_least=rows.at_least,
    )


@router.delete("")
async def delete_traces(person: Person, house: House, q: str) -> DeletedShape:
    """Deletes what the filter shows; an empty one is all."""
    now = clock.now()
    chosen = trace_filter.parse(q, now)
    await house.store.flush()
    count = await house.store.traces.deleting.matching(person.id, chosen, now)
    return await _deleted(count, house, person.id)


@router.get("/words")
async def complete(person: Person, house: House, q: str = "", at: int | None = None) -> WordList:
    """Ways to go on with the filter `q` at the letter `at`, its end where none is given."""
    found = await house.store.traces.complete(person.id, q, len(q) if at is None else at)
    return trace_told.words(found)


@router.get("/groups")
async def list_groups(
    person: Person, house: House, by: By = "conversation", q: str = "", next: str | None = None
) -> GroupList:
    """The traces that the filter shows, in groups; `next` is the cursor of a further page."""
    chosen = trace_filter.parse(q, clock.now())
    return trace_told.groups(await house.store.traces.groups(person.id, by, chosen, next))


@router.get("/series")
async def series(
    person: Person, house: House, asked: Annotated[SeriesQuery, Query()]
) -> SeriesShape:
    """Figures over time, from roll-ups where the filter allows."""
    now = clock.now()
    until = now if asked.until is None else asked.until
    if asked.since is not None and asked.since >= until:
        raise InvalidRequest("`since` must lie before `until`.", param="since")
    wanted = Wanted(by=asked.by, since=asked.since, until=until, now=now)
    chosen = trace_filter.parse(asked.q, now)
    return trace_told.series(await house.store.traces.series(person.id, chosen, wanted))


@router.get("/keeping")
async def get_keeping(person: Person, house: House) -> KeepingShape:
    """What is kept of traces, and for how long."""
    keeper, keeping = house.keeper, house.store.traces.keeping
    keep, kept = await keeper.rule(person.id), await keeping.kept(person.id)
    was_set = await keeping.get(person.id) is not None
    return KeepingShape(
        traces=kept.traces,
        bytes=kept.bytes,
        oldest=kept.oldest,
        database_bytes=await house.store.size(),
        keep_days=keep.days,
        keep_bytes=keep.bytes,
        decided_by="file" if keeper.by_file else "page" if was_set else "nobody",
        origin=keeper.origin,
        next_run=keeper.next_run,
        deleted_last=keeper.deleted_last,
    )


@router.put("/keeping")
async def set_keeping(body: KeepingBody, person: Person, house: House) -> KeepingShape:
    """Sets for how long traces are kept. Refused where the file decides."""
    await house.keeper.set(person.id, Keep(days=body.keep_days, bytes=body.keep_bytes))
    return await get_keeping(person, house)


async def _deleted(count: int, house: ServerHouse, owner_id: int) -> DeletedShape:
    if count:
        house.keeper.left_over(owner_id)
        house.live.publish(owner_id, "traces.deleted", {"count": count})
    return DeletedShape(deleted=count)


@router.get("/{trace_id}")
async def get_trace(trace_id: str, person: Person, house: House) -> TracePage:
    """A whole trace, as far as it has come when its turn still runs."""
    looked = await look(person.id, trace_id, house)
    return TracePage(trace=looked.shape, records=[told.record(one) for one in looked.records])


@router.delete("/{trace_id}")
async def delete_trace(trace_id: str, person: Person, house: House) -> DeletedShape:
    """Deletes one trace. What it says in a chat stays there."""
    count = await house.store.traces.deleting.one(person.id, trace_id)
    if not count:
        # A gateway's trace is settled a moment before the writer has stored it.
        await house.store.flush()
        count = await house.store.traces.deleting.one(person.id, trace_id)
    if not count:
        raise NotFound(f"There is no trace {trace_id!r}.")
    return await _deleted(count, house, person.id)
