"""A disk that is full or fails, and a database that is held locked: what was said to be stored is
stored, what was not is told with its reason, and all goes on when there is room again."""

import asyncio
import io
import resource
import sqlite3
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, text

from filon.kit.log import Log
from filon.kit.redact import Redactor
from filon.store import obstacle
from filon.store import writer as writer_module
from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.errors import StoreError
from filon.store.inserts import Into, Row
from filon.store.tables import people
from filon.store.writer import Inserts, Writer
from tests.waiting import until

PEOPLE = Into(insert(people), ("id", "name", "created_at"))
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
    return Inserts(rows_of_people, ((number, named(number, length), 0.0),))


def rows_of_people(some: Sequence[Row]) -> list[tuple[Into, Sequence[Row]]]:
    return [(PEOPLE, some)]


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


async def a_batch(writer: Writer, large: int, of_inserts: int = 1) -> list[Any]:
    """Operations that wait together, small ones before and behind a large one. Of so many bytes
    are that one and the second of the inserts."""
    results = await asyncio.gather(
        writer.write(partial(add, 1, 1)),
        writer.write(partial(add, 2, large)),
        writer.write(partial(add, 3, 1)),
        writer.enqueue(person(4)),
        writer.enqueue(person(5, of_inserts)),
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


@pytest.mark.parametrize(("large", "of_inserts"), [(120_000, 1), (1, 120_000)])
async def test_a_full_disk_within_a_batch_undoes_what_it_said_of_none(
    writer: Writer, file: Path, lines: io.StringIO, large: int, of_inserts: int
) -> None:
    """SQLite then rolls back the whole transaction, also what went well before."""
    pages = await writer.write(partial(pragma, "page_count"))
    await writer.write(partial(pragma, f"max_page_count = {pages + 5}"))
    check_told(await a_batch(writer, large, of_inserts), "store_full", lines)
    assert "make room" in lines.getvalue()
    assert numbers(file) == []
    await writer.write(partial(pragma, "max_page_count = 1000000"))
    assert await writer.write(partial(add, 9, 120_000)) == 9
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


@contextmanager
def locked(file: Path) -> Generator[None]:
    """Another program is in the middle of writing."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every lock is a long one."""
    monkeypatch.setattr(obstacle, "NOTED", 0.0)
    monkeypatch.setattr(obstacle, "SERIOUS", 0.0)
    monkeypatch.setattr(obstacle, "PATIENCE", 0.0)
    monkeypatch.setattr(obstacle, "LOOK_AGAIN", 0.02)


@pytest.mark.usefixtures("hasty")
async def test_a_lock_fails_who_waits_and_loses_nothing_else(
    writer: Writer, file: Path, lines: io.StringIO
) -> None:
    await writer.write(partial(pragma, "busy_timeout = 1"))
    with locked(file):
        results = await a_batch(writer, 1)
        codes = [one.problem.code for one in results if isinstance(one, StoreError)]
        assert codes == ["store_locked"] * 4
        assert writer.backlog.trouble == "store_locked"
        # What comes later is kept as well, and who waits is told at once.
        await writer.enqueue(person(7))
        with pytest.raises(StoreError, match="another program"):
            await writer.write(partial(add, 8, 1))
    await until(lambda: numbers(file) == [4, 5, 7])
    await until(lambda: writer.backlog.trouble is None)
    begun, ended = lines.getvalue().splitlines()
    assert "store.locked" in begun
    assert "what is to be stored waits" in begun
    assert "store.unlocked" in ended
    assert "5 refused to those who waited" in ended
    assert await writer.write(partial(add, 9, 1)) == 9
    assert numbers(file) == [4, 5, 7, 9]


@pytest.mark.usefixtures("hasty")
async def test_a_lock_that_only_traces_met_has_lost_nothing_and_says_so(
    writer: Writer, file: Path, lines: io.StringIO
) -> None:
    await writer.write(partial(pragma, "busy_timeout = 1"))
    with locked(file):
        for number in range(1, 4):
            await writer.enqueue(person(number))
        await until(lambda: writer.backlog.trouble is not None)
    await until(lambda: numbers(file) == [1, 2, 3])
    await until(lambda: "store.unlocked" in lines.getvalue())
    assert "locked by another program for 0 s; nothing was lost" in lines.getvalue()
    assert writer.backlog.lost == 0


@pytest.mark.usefixtures("hasty")
async def test_a_lock_that_nobody_meets_any_more_is_looked_at(writer: Writer, file: Path) -> None:
    await writer.write(partial(pragma, "busy_timeout = 1"))
    with locked(file), pytest.raises(StoreError):
        await writer.write(partial(add, 1, 1))
    await until(lambda: writer.backlog.trouble is None)


@pytest.mark.usefixtures("hasty")
async def test_a_caller_that_waits_for_room_is_told_of_a_lock(
    url: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "QUEUE_LENGTH", 1)
    monkeypatch.setattr(writer_module, "BATCH_LENGTH", 1)
    database = await Database.open(url)
    writer = Writer(database.writing, "here")
    await writer.write(partial(pragma, "busy_timeout = 1"))
    with locked(file):
        traces = [asyncio.ensure_future(writer.enqueue(person(number))) for number in range(1, 6)]
        await until(lambda: not writer.has_room)
        with pytest.raises(StoreError, match="another program"):
            await writer.write(partial(add, 9, 1))
        # Traces go on waiting for room; that is what slows their callers.
        assert not all(one.done() for one in traces)
    await asyncio.gather(*traces)
    await writer.close()
    await database.close()
    assert numbers(file) == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("hasty")
async def test_the_end_does_not_wait_for_a_lock_for_ever(
    url: str, file: Path, lines: io.StringIO
) -> None:
    database = await Database.open(url)
    writer = Writer(database.writing, "here", Log(Redactor(()), stream=lines))
    await writer.write(partial(pragma, "busy_timeout = 1"))
    with locked(file):
        await writer.enqueue(person(1))
        await writer.close()
    await database.close()
    assert writer.backlog.lost == 1
    assert "store.lost" in lines.getvalue()


async def test_a_full_disk_is_looked_at_until_there_is_room(
    writer: Writer, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By itself: where nobody is sent here any more, no write would find it out."""
    monkeypatch.setattr(obstacle, "LOOK_AGAIN", 0.02)
    pages = await writer.write(partial(pragma, "page_count"))
    await writer.write(partial(pragma, f"max_page_count = {pages + 5}"))
    with pytest.raises(StoreError):
        await writer.write(partial(add, 1, 120_000))
    assert writer.backlog.trouble == "store_full"
    # That something small still fits is no sign of room.
    assert await writer.write(partial(add, 2, 1)) == 2
    assert writer.backlog.trouble == "store_full"
    await writer.write(partial(pragma, "max_page_count = 1000000"))
    await until(lambda: writer.backlog.trouble is None)
    begun, ended = lines.getvalue().splitlines()
    assert "store.unwritable" in begun
    assert "make room" in begun
    assert "store.writable" in ended
    tables = await writer.write(partial(pragma, "table_list('filon_room')"))
    assert tables is None


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
