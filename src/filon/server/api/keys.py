"""Gateway keys."""

from collections.abc import Sequence

import msgspec
from fastapi import APIRouter, Response
from msgspec import UNSET
from msgspec.structs import asdict

from filon.accounts.keys import KeyChanges
from filon.conversation.errors import InvalidRequest
from filon.conversation.rights import KeyRules
from filon.kit import clock
from filon.server.given import House, Person
from filon.server.key_shapes import (
    KeyBody,
    KeyChange,
    KeyDayShape,
    KeyList,
    KeyMade,
    KeyPage,
    KeyRulesShape,
    KeyShape,
    KeyUseShape,
)
from filon.store.keys import KeyDay, KeyRow, KeyUse, KeyUses

router = APIRouter(prefix="/api/keys", tags=["keys"])

_NOTHING = KeyUses()


@router.get("")
async def list_keys(person: Person, house: House) -> KeyList:
    """The keys as they can be shown, with what was done with each."""
    uses = await house.keys.uses(person.id)
    rows = await house.keys.ever(person.id)
    days = await house.keys.days_of_all(person.id)
    return KeyList(
        keys=[_told(row, uses.get(row.id, _NOTHING)) for row in rows],
        days={key_id: _days(of_key) for key_id, of_key in days.items()},
    )


@router.post("", status_code=201)
async def create_key(body: KeyBody, person: Person, house: House) -> KeyMade:
    """Makes a key. Its secret is in this reply and nowhere else."""
    made = await house.keys.make(
        person.id, body.name, _rules(body.rules), note=body.note, expires=body.expires
    )
    house.services.redactor.learn((made.secret,))
    return KeyMade(key=_told(made.key, _NOTHING), secret=made.secret)


@router.get("/{key_id}")
async def get_key(key_id: str, person: Person, house: House) -> KeyPage:
    """One key with its use by day."""
    row = await house.keys.get(person.id, key_id)
    uses = await house.keys.uses(person.id)
    days = await house.keys.days(person.id, key_id)
    return KeyPage(
        key=_told(row, uses.get(row.id, _NOTHING)),
        days=_days(days),
    )


@router.patch("/{key_id}")
async def change_key(key_id: str, body: KeyChange, person: Person, house: House) -> KeyShape:
    """Changes a key in use, at once. Its secret stays."""
    given = body.model_fields_set
    if "name" in given and body.name is None:
        raise InvalidRequest("A key has a name.", param="name")
    changes = KeyChanges(
        name=UNSET if body.name is None else body.name,
        note=body.note if "note" in given else UNSET,
        expires=body.expires if "expires" in given else UNSET,
        rules=UNSET if body.rules is None else _rules(body.rules),
    )
    row = await house.keys.change(person.id, key_id, changes)
    uses = await house.keys.uses(person.id)
    return _told(row, uses.get(row.id, _NOTHING))


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: str, person: Person, house: House) -> Response:
    """Revokes a key, at once."""
    await house.keys.revoke(person.id, key_id)
    return Response(status_code=204)


def _rules(shape: KeyRulesShape) -> KeyRules:
    return msgspec.convert(shape.model_dump(), KeyRules)


def _told(row: KeyRow, uses: KeyUses) -> KeyShape:
    return KeyShape(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        note=row.note,
        created_at=row.created_at,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        expired=row.expires_at is not None and row.expires_at <= clock.now(),
        revoked_at=row.revoked_at,
        rules=KeyRulesShape.model_validate(msgspec.to_builtins(row.rules)),
        today=_use(uses.today),
        total=_use(uses.total),
    )


def _days(days: Sequence[KeyDay]) -> list[KeyDayShape]:
    return [KeyDayShape(day=one.day, use=_use(one.use)) for one in days]


def _use(use: KeyUse) -> KeyUseShape:
    return KeyUseShape(**asdict(use))
