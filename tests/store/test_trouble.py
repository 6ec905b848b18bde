"""A disk that is full or fails, and a database that is held locked: what was said to be stored is
stored, what was not is told with its reason, and all goes on when there is room again."""

import asyncio
import io
import resource
import sqlite3
from collections.abc import AsyncIterator, Generator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from filon.kit.log import Log
from filon.kit.redact import Redactor
from filon.store.database import Database
from filon.store.errors import StoreError
from filon.store.tables import people
from filon.store.writer import Inserts, Writer

PEOPLE = (insert(people),)
# More than SQLite keeps in memory before a commit, so that the disk is met within a batch.
LARGE = 3_000_000


@pytest.fixture
def lines() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
async def writer(url: str, lines: io.StringIO) -> AsyncIterator[Writer]:
    database = await Database.open(url)
    writer = Writer(database.writing, "here", Log(Redactor(()), stream=lines))
    yield writer
    await writer.close()
    await database.close()


def person(number: int, length: int = 1) -> Inserts:
    return Inserts(PEOPLE, ([{"id": number, "name": named(number, length), "created_at": 0.0}],))


def named(number: int, length: int) -> str:
    return f"{number}".ljust(length, "n")


async def add(number: int, length: int, connection: AsyncConnection) -> int:
    await connection.execute(
        insert(people).values(id=number, name=named(number, length), created_at=0.0)
    )
    return number


async def pragma(words: str, connection: AsyncConnection) -> Any:
    return await connection.scalar(text(f"PRAGMA {words}"))


def numbers(file: Path) -> list[int]:
    """What another program finds in the file."""
    connection = sqlite3.connect(file)
    found = [number for (number,) in connection.execute("SELECT id FROM people ORDER BY id")]
    connection.close()
    return found


@contextmanager
def files_no_longer_than(size: int) -> Generator[None]:
    """Within the block the system refuses to let any file of this process grow beyond."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


async def a_batch(writer: Writer, large: int) -> list[Any]:
    """Operations that wait together, small ones before and behind a large one."""
    results = await asyncio.gather(
        writer.write(partial(add, 1, 1)),
        writer.write(partial(add, 2, large)),
        writer.write(partial(add, 3, 1)),
        writer.enqueue(person(4)),
        writer.enqueue(person(5)),
        writer.write(partial(add, 6, 1)),
        return_exceptions=True,
    )
    return list(results)


def check_told(results: list[Any], code: str, lines: io.StringIO) -> None:
    """Everyone who waited has the true reason; those who did not are counted in the log."""
    errors = [result for result in results if result is not None]
    assert [error.problem.code for error in errors if isinstance(error, StoreError)] == [code] * 4
    (lost,) = [line for line in lines.getvalue().splitlines() if "store.lost" in line]
    assert errors[0].problem.message in lost
    assert "count=2" in lost


async def test_a_full_disk_within_a_batch_undoes_what_it_said_of_none(
    writer: Writer, file: Path, lines: io.StringIO
) -> None:
    """SQLite then rolls back the whole transaction, also what went well before."""
    pages = await writer.write(partial(pragma, "page_count"))
    await writer.write(partial(pragma, f"max_page_count = {pages + 5}"))
    check_told(await a_batch(writer, 60_000), "store_full", lines)
    assert "make room" in lines.getvalue()
    assert numbers(file) == []
    await writer.write(partial(pragma, "max_page_count = 1000000"))
    assert await writer.write(partial(add, 9, 60_000)) == 9
    assert numbers(file) == [9]


@pytest.mark.parametrize("large", [1, LARGE])
async def test_a_disk_that_refuses_to_write(
    writer: Writer, file: Path, lines: io.StringIO, large: int
) -> None:
    """At the commit, or before it, when there is more to write than is kept in memory."""
    journal = file.with_name("filon.db-wal")
    with files_no_longer_than(journal.stat().st_size):
        check_told(await a_batch(writer, large), "store_disk", lines)
        with pytest.raises(StoreError, match="the disk"):
            await writer.write(partial(add, 7, LARGE))
    assert numbers(file) == []
    assert await writer.write(partial(add, 9, 1)) == 9
    assert numbers(file) == [9]


async def test_a_lock_fails_what_waits_and_nothing_after_it(
    writer: Writer, file: Path, lines: io.StringIO
) -> None:
    await writer.write(partial(pragma, "busy_timeout = 20"))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    check_told(await a_batch(writer, 1), "store_locked", lines)
    other.execute("ROLLBACK")
    other.close()
    assert await writer.write(partial(add, 9, 1)) == 9
    assert numbers(file) == [9]


async def test_a_lock_that_is_let_go_in_time_is_only_waited_for(
    writer: Writer, file: Path, lines: io.StringIO
) -> None:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(a_batch(writer, 1))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    other.execute("ROLLBACK")
    other.close()
    assert await waiting == [1, 2, 3, None, None, 6]
    assert numbers(file) == [1, 2, 3, 4, 5, 6]
    assert lines.getvalue() == ""
