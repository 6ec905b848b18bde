"""Sending a trace's request again, what came of that, and two traces beside each other."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from filon.server import relatives, replaying
from filon.server.given import House, Person
from filon.server.replay_shapes import (
    BegunShape,
    ComparedShape,
    LineageShape,
    Manner,
    ReplayableShape,
    ReplayBody,
)

router = APIRouter(prefix="/api/traces", tags=["replays"])


@router.get("/{trace_id}/replay")
async def get_replayable(
    trace_id: str,
    person: Person,
    house: House,
    manner: Annotated[Manner, Query(alias="as")] = "asked",
) -> ReplayableShape:
    """The request as it would be sent again, to be edited."""
    return await replaying.replayable(person.id, trace_id, manner, house)


@router.post("/{trace_id}/replay")
async def replay(trace_id: str, body: ReplayBody, person: Person, house: House) -> BegunShape:
    """Begins a turn that sends the request again, with these changes. It is the person's own,
    whoever sent the request first; the event stream and the trace tell what it does."""
    house.check_open()
    turn = await replaying.replay_turn(
        replaying.Replayer(person.id),
        trace_id,
        body.manner,
        replaying.changes_of(body.changes),
        house,
    )
    await house.replays.begin(turn)
    return BegunShape(id=turn.id)


@router.post("/{trace_id}/stop", status_code=204)
async def stop(trace_id: str, person: Person, house: House) -> Response:
    """Stops a replay or a request that runs; it is settled when this returns."""
    await house.replays.stop(person.id, trace_id)
    return Response(status_code=204)


@router.get("/{trace_id}/lineage")
async def get_lineage(trace_id: str, person: Person, house: House) -> LineageShape:
    """The parent of a replay, the replays of a trace, and the answers to the same message."""
    return await relatives.lineage(person.id, trace_id, house)


@router.get("/{trace_id}/compare/{other_id}")
async def compare(trace_id: str, other_id: str, person: Person, house: House) -> ComparedShape:
    """Two traces beside each other: request, parameters, output, figures."""
    return await relatives.compared(person.id, trace_id, other_id, house)
