"""Who may own something."""

from functools import partial

from msgspec import Struct
from sqlalchemy import func, insert, select, update

from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.encoding import clean
from filon.store.tables import people
from filon.store.writer import Writer


class PersonRow(Struct, frozen=True, kw_only=True):
    """A person. `password_hash` None means that no password opens this account."""

    id: int
    name: str
    password_hash: str | None
    created_at: float


class People:
    """Reads and writes people. Here alone the first argument is not always an owner's id."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    async def first_person(self, at: float) -> PersonRow:
        """Person 1, "you", made when missing: one machine, one person, no question asked."""
        return await self._writer.write(partial(_first_person, at))

    async def add(self, name: str, at: float) -> PersonRow:
        """A new person."""
        return await self._writer.write(partial(_add, name, at))

    async def find(self, owner_id: int) -> PersonRow | None:
        """The person with this id."""
        async with self._database.read() as connection:
            return await _find(owner_id, connection)

    async def named(self, name: str) -> PersonRow | None:
        """The first person with this name, for signing in."""
        async with self._database.read() as connection:
            query = select(people).where(people.c.name == name).order_by(people.c.id)
            row = (await connection.execute(query)).mappings().first()
        return None if row is None else PersonRow(**row)

    async def set_password_hash(self, owner_id: int, password_hash: str | None) -> None:
        """Sets or, with None, removes what a password is compared with."""
        await self._writer.write(partial(_set_password_hash, owner_id, password_hash))


async def _find(owner_id: int, connection: AsyncConnection) -> PersonRow | None:
    query = select(people).where(people.c.id == owner_id)
    row = (await connection.execute(query)).mappings().first()
    return None if row is None else PersonRow(**row)


async def _first_person(at: float, connection: AsyncConnection) -> PersonRow:
    found = await _find(1, connection)
    if found is not None:
        return found
    person = PersonRow(id=1, name="you", password_hash=None, created_at=at)
    await connection.execute(
        insert(people).values(id=1, name=person.name, created_at=at, password_hash=None)
    )
    return person


async def _add(name: str, at: float, connection: AsyncConnection) -> PersonRow:
    await connection.execute(insert(people).values(name=clean(name), created_at=at))
    number = await connection.scalar(select(func.max(people.c.id)))
    return PersonRow(id=number or 1, name=name, password_hash=None, created_at=at)


async def _set_password_hash(
    owner_id: int, password_hash: str | None, connection: AsyncConnection
) -> None:
    await connection.execute(
        update(people).where(people.c.id == owner_id).values(password_hash=password_hash)
    )
