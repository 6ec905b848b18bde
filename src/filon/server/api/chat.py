"""Sending, regenerating, stopping; and the stream of what happens."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from filon.server.given import House, Person
from filon.server.shapes import RegenerateBody, SendBody, SentShape, StopBody

router = APIRouter(prefix="/api", tags=["chat"])


@router.post("/chat/send")
async def send(body: SendBody, person: Person, house: House) -> SentShape:
    """Adds a message and begins its answer, which comes by the event stream."""
    house.check_open()
    return await house.chats.send(person.id, body)


@router.post("/chat/regenerate")
async def regenerate(body: RegenerateBody, person: Person, house: House) -> SentShape:
    """Begins another answer to the same message."""
    house.check_open()
    return await house.chats.regenerate(person.id, body)


@router.post("/chat/stop", status_code=204)
async def stop(body: StopBody, person: Person, house: House) -> Response:
    """Stops an answer; it is settled when this returns."""
    await house.chats.stop(person.id, body.message_id)
    return Response(status_code=204)


@router.get("/events")
async def events(
    person: Person, house: House, request: Request, since: str | None = None
) -> StreamingResponse:
    """Everything that happens to this person's things, numbered, for as long as it is read."""
    seen = request.headers.get("last-event-id") or since
    return StreamingResponse(
        house.live.frames(person.id, seen),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )
