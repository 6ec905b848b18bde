"""Gateway keys, by the hash of their secret, and what each has done."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import RowMapping, case, func, insert, select, update

from filon.conversation.errors import NotFound
from filon.conversation.rights import KeyRules
from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.encoding import clean, from_json, to_json
from filon.store.tables import key_days, keys
from filon.store.writer import Writer


class KeyRow(Struct, frozen=True, kw_only=True):
    """A gateway key. `hash` is the SHA-256, in hex, of the secret; `prefix` its first letters.
    `expires_at` is when it ends by itself, Unix seconds."""

    id: str
    owner_id: int
    name: str
    prefix: str
    hash: str
    created_at: float
    last_used_at: float | None = None
    revoked_at: float | None = None
    note: str | None = None
    expires_at: float | None = None
    rules: KeyRules = KeyRules()


class KeyUse(Struct, frozen=True, kw_only=True):
    """What was done with a key. `refused` are the requests that its rules stopped, and those that
    nobody could read; `unpriced` those of unknown cost, which `cost_usd` lacks."""

    requests: int = 0
    refused: int = 0
    failed: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    unpriced: int = 0


class KeyUses(Struct, frozen=True):
    """What was done with a key on one day, and in all."""

    today: KeyUse = KeyUse()
    total: KeyUse = KeyUse()


class KeyDay(Struct, frozen=True):
    """What was done with a key on one day, a date such as 2027-01-31."""

    day: str
    use: KeyUse


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
        return None if row is None else _key(row)

    async def all(self, owner_id: int) -> tuple[KeyRow, ...]:
        """This person's keys that are not revoked, newest first."""
        return tuple(row for row in await self.ever(owner_id) if row.revoked_at is None)

    async def ever(self, owner_id: int) -> tuple[KeyRow, ...]:
        """This person's keys, revoked ones too, newest first."""
        query = (
            select(keys)
            .where(keys.c.owner_id == owner_id)
            .order_by(keys.c.created_at.desc(), keys.c.id.desc())
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return tuple(map(_key, rows))

    async def get(self, owner_id: int, key_id: str) -> KeyRow:
        """One key, revoked or not. Raises NotFound."""
        async with self._database.read() as connection:
            return await _required(owner_id, key_id, connection)

    async def change(self, owner_id: int, key_id: str, changes: Mapping[str, Any]) -> KeyRow:
        """Changes `name`, `note`, `expires_at` or `rules` of a key that is not revoked. Raises
        NotFound."""
        return await self._writer.write(partial(_change, owner_id, key_id, dict(changes)))

    async def used(self, owner_id: int, key_id: str, at: float) -> None:
        """Notes the time of last use. Not waited for."""
        await self._writer.enqueue(partial(_used, owner_id, key_id, at))

    async def revoke(self, owner_id: int, key_id: str, at: float) -> None:
        """Makes the key worthless. Raises NotFound when there is no such key in use."""
        await self._writer.write(partial(_revoke, owner_id, key_id, at))

    async def uses(self, owner_id: int, day: str) -> Mapping[str, KeyUses]:
        """What was done with each of this person's keys on `day` and in all, by the key's id."""
        columns = key_days.c
        on_day = columns.day == day
        sums = [
            func.sum(columns[name] if is_total else case((on_day, columns[name]), else_=0))
            for is_total in (False, True)
            for name in _COUNTS
        ]
        query = (
            select(columns.key_id, *sums)
            .where(columns.owner_id == owner_id)
            .group_by(columns.key_id)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        middle = len(_COUNTS) + 1
        return {row[0]: KeyUses(_use(row[1:middle]), _use(row[middle:])) for row in rows}

    async def count_on(self, owner_id: int, key_id: str, day: str) -> int:
        """How many requests with this key were let in on that day, as far as traces are stored."""
        columns = key_days.c
        query = select(columns.requests - columns.refused).where(
            columns.owner_id == owner_id, columns.key_id == key_id, columns.day == day
        )
        async with self._database.read() as connection:
            return await connection.scalar(query) or 0

    async def days(self, owner_id: int, key_id: str, since: str = "") -> tuple[KeyDay, ...]:
        """The days on which a key was used, oldest first, from the date `since` on."""
        return (await self.days_of_all(owner_id, since)).get(key_id, ())

    async def days_of_all(self, owner_id: int, since: str = "") -> Mapping[str, tuple[KeyDay, ...]]:
        """The same of each of this person's keys that was used then, by the key's id."""
        columns = key_days.c
        query = (
            select(columns.key_id, columns.day, *(columns[name] for name in _COUNTS))
            .where(columns.owner_id == owner_id, columns.day >= since)
            .order_by(columns.key_id, columns.day)
        )
        async with self._database.read() as connection:
            rows: Sequence[Any] = (await connection.execute(query)).all()
        found = [(row[0], KeyDay(row[1], _use(row[2:]))) for row in rows]
        return {
            key_id: tuple(day for _, day in of_key)
            for key_id, of_key in groupby(found, itemgetter(0))
        }


_COUNTS = KeyUse.__struct_fields__


def _use(figures: Any) -> KeyUse:
    return KeyUse(**dict(zip(_COUNTS, figures, strict=True)))


def _key(row: RowMapping) -> KeyRow:
    fields = dict(row)
    rules = fields.pop("rules")
    return KeyRow(**fields, rules=KeyRules() if rules is None else from_json(rules, KeyRules))


def _columns(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as the table keeps them."""
    kept = dict(changes)
    if "rules" in kept:
        kept["rules"] = None if kept["rules"] == KeyRules() else to_json(kept["rules"])
    return {name: clean(value) if isinstance(value, str) else value for name, value in kept.items()}


async def _required(owner_id: int, key_id: str, connection: AsyncConnection) -> KeyRow:
    query = select(keys).where(keys.c.owner_id == owner_id, keys.c.id == key_id)
    row = (await connection.execute(query)).mappings().first()
    if row is None:
        raise NotFound(f"There is no key {key_id!r}.")
    return _key(row)


async def _add(key: KeyRow, connection: AsyncConnection) -> None:
    await connection.execute(insert(keys).values(_columns(asdict(key))))


async def _change(
    owner_id: int, key_id: str, changes: dict[str, Any], connection: AsyncConnection
) -> KeyRow:
    known = await _required(owner_id, key_id, connection)
    if known.revoked_at is not None:
        raise NotFound(f"The key {known.name} has been revoked; it cannot be changed.")
    if changes:
        await connection.execute(
            update(keys)
            .where(keys.c.owner_id == owner_id, keys.c.id == key_id)
            .values(_columns(changes))
        )
    return await _required(owner_id, key_id, connection)


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
