"""A connection among coroutines: given back whatever happens, and what failed is taken back."""

import asyncio

import pytest
from sqlalchemy import text

from filon.store.connection import AsyncConnection
from filon.store.database import READERS, Database
from tests.waiting import LONG

SLOW = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000) "
    "SELECT max(i) FROM n"
)


async def test_readers_are_given_back_by_those_who_are_cancelled(url: str) -> None:
    database = await Database.open(url)
    for wait in range(4 * READERS):
        reading = asyncio.ensure_future(read(database))
        await asyncio.sleep(wait / 2000)
        reading.cancel()
        reading.cancel()
        await asyncio.wait({reading})
    async with asyncio.timeout(LONG):
        assert await asyncio.gather(*(read(database) for _ in range(2 * READERS))) == [50000] * 8
    await database.close()


async def read(database: Database) -> int:
    async with database.read() as connection:
        return await connection.scalar(SLOW)


@pytest.mark.parametrize("nested", [False, True])
async def test_a_block_that_fails_is_taken_back(url: str, nested: bool) -> None:
    database = await Database.open(url)
    async with database.writing.begin():
        await database.writing.exec_driver_sql("CREATE TABLE kept (n)")
        if nested:
            with pytest.raises(ZeroDivisionError):
                await fail(database.writing)
    if not nested:
        with pytest.raises(ZeroDivisionError):
            async with database.writing.begin():
                await fail(database.writing)
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM kept")) == 0
    await database.close()


async def fail(connection: AsyncConnection) -> None:
    async with connection.begin_nested():
        await connection.exec_driver_sql("INSERT INTO kept VALUES (?)", [(1,), (2,)])
        raise ZeroDivisionError


async def test_what_was_not_started_says_so(url: str) -> None:
    database = await Database.open(url)
    unstarted = AsyncConnection(database.writing.sync_engine)
    with pytest.raises(RuntimeError, match="not been started"):
        await unstarted.scalar(SLOW)
    await database.close()
