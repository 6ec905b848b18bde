"""Gateway keys."""

from fastapi import APIRouter, Response
from pydantic import BaseModel

from filon.server.house import House
from filon.server.security import Person
from filon.server.shapes import KeyBody, KeyMade, KeyShape
from filon.store.keys import KeyRow

router = APIRouter(prefix="/api/keys", tags=["keys"])


class KeyList(BaseModel):
    """Keys that are not revoked, newest first."""

    keys: list[KeyShape]


@router.get("")
async def list_keys(person: Person, house: House) -> KeyList:
    """The keys as they can be shown."""
    return KeyList(keys=[_told(row) for row in await house.keys.all(person.id)])


@router.post("", status_code=201)
async def create_key(body: KeyBody, person: Person, house: House) -> KeyMade:
    """Makes a key. Its secret is in this reply and nowhere else."""
    made = await house.keys.make(person.id, body.name)
    house.services.redactor.learn((made.secret,))
    return KeyMade(key=_told(made.key), secret=made.secret)


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: str, person: Person, house: House) -> Response:
    """Revokes a key, at once."""
    await house.keys.revoke(person.id, key_id)
    return Response(status_code=204)


def _told(row: KeyRow) -> KeyShape:
    return KeyShape(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
    )
