"""The pieces of traces' bodies, by their hashes."""

from sqlalchemy import select

from filon.store.connection import AsyncConnection
from filon.store.trace_tables import body_pieces

# SQLite's limit of variables in a statement was 999 for long.
_VARIABLES = 500


async def pieces_of(
    owner_id: int, wanted: set[bytes], connection: AsyncConnection
) -> dict[bytes, bytes]:
    """The pieces of bodies with these hashes, as far as they are there."""
    found: dict[bytes, bytes] = {}
    hashes = sorted(wanted)
    for at in range(0, len(hashes), _VARIABLES):
        query = select(body_pieces.c.hash, body_pieces.c.data).where(
            body_pieces.c.owner_id == owner_id,
            body_pieces.c.hash.in_(hashes[at : at + _VARIABLES]),
        )
        for digest, data in (await connection.execute(query)).all():
            found[digest] = data
    return found
