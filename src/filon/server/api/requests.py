"""A request that was pasted: read, and sent to be looked at."""

from fastapi import APIRouter

from filon.server import pasted, replaying
from filon.server.given import House, Person
from filon.server.replay_shapes import BegunShape, PastedBody, PastedShape, RequestBody

router = APIRouter(prefix="/api/requests", tags=["requests"])


@router.post("/read")
async def read(body: PastedBody, person: Person, house: House) -> PastedShape:
    """What a pasted curl command would send, and where. Nothing is sent or kept."""
    return pasted.read(body.text, house)


@router.post("")
async def send(body: RequestBody, person: Person, house: House) -> BegunShape:
    """Begins a turn that sends this request."""
    house.check_open()
    turn = replaying.request_turn(replaying.Replayer(person.id), body, house)
    await house.replays.begin(turn)
    return BegunShape(id=turn.id)
