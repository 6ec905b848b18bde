"""Gateway keys, by the hash of their secret."""

from functools import partial

from msgspec import Struct
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from filon.conversation.errors import NotFound
from filon.store.database import Database
from filon.store.encoding import clean
from filon.store.tables import keys
from filon.store.writer import Writer


class KeyRow(Struct, frozen=True, kw_only=True):
    """A gateway key. `hash` is the SHA-256, in hex, of the secret; `prefix` its first letters."""

    id: str
    owner_id: int
    name: str
    prefix: str
    hash: str
    created_at: float
    last_used_at: float | None = None
    revoked_at: float | None = None


class Keys:
    """Reads and writes gateway keys."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    async def add(self, key: KeyRow) -> None:
        """Keeps a new key."""
        await self._writer.write(partial(_add, key))

    async def by_hash(self, digest: str) -> KeyRow | None:
        """The key with this hash, revoked or not. This look-up is what finds the owner."""
        async with self._database.read() as connection:
            query = select(keys).where(keys.c.hash == digest)
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else KeyRow(**row)

    async def all(self, owner_id: int) -> tuple[KeyRow, ...]:
        """This person's keys that are not revoked, newest first."""
        query = (
            select(keys)
            .where(keys.c.owner_id == owner_id, keys.c.revoked_at.is_(None))
            .order_by(keys.c.created_at.desc(), keys.c.id.desc())
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(KeyRow(**row) for row in rows)

    async def used(self, owner_id: int, key_id: str, at: float) -> None:
        """Notes the time of last use. Not waited for."""
        await self._writer.enqueue(partial(_used, owner_id, key_id, at))

    async def revoke(self, owner_id: int, key_id: str, at: float) -> None:
        """Makes the key worthless. Raises NotFound when there is no such key in use."""
        await self._writer.write(partial(_revoke, owner_id, key_id, at))


async def _add(key: KeyRow, connection: AsyncConnection) -> None:
    await connection.execute(
        insert(keys).values(
            id=key.id,
            owner_id=key.owner_id,
            name=clean(key.name),
            prefix=key.prefix,
            hash=key.hash,
            created_at=key.created_at,
        )
    )


async def _used(owner_id: int, key_id: str, at: float, connection: AsyncConnection) -> None:
    await connection.execute(
        update(keys).where(keys.c.owner_id == owner_id, keys.c.id == key_id).values(last_used_at=at)
    )


async def _revoke(owner_id: int, key_id: str, at: float, connection: AsyncConnection) -> None:
    done = await connection.execute(
        update(keys)
        .where(keys.c.owner_id == owner_id, keys.c.id == key_id, keys.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    if done.rowcount == 0:
        raise NotFound(f"There is no key {key_id!r}.")
