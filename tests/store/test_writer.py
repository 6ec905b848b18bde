"""The writer: what is waiting goes into one transaction, and one bad operation harms no other."""

import asyncio
import io
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import event, insert, text

from filon.conversation.errors import NotFound
from filon.kit.log import Log
from filon.kit.redact import Redactor
from filon.store import writer as writer_module
from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.errors import StoreError
from filon.store.inserts import Into, Row
from filon.store.tables import people
from filon.store.writer import LINGER, ROWS_AT_ONCE, Inserts, Writer
from tests.waiting import LONG, until

PEOPLE = Into(insert(people), ("id", "name", "created_at"))


@pytest.fixture
def lines() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = await Database.open(url)
    yield database
    await database.close()


@pytest.fixture
async def writer(database: Database, lines: io.StringIO) -> AsyncIterator[Writer]:
    writer = Writer(database.writing, "here", Log(Redactor(()), stream=lines))
    yield writer
    # A test may have ended it already, or on purpose badly.
    if not writer._task.done():  # pyright: ignore[reportPrivateUsage]
        await writer.close()


@pytest.fixture
def commits(database: Database) -> list[str]:
    seen: list[str] = []
    event.listen(database.writing.sync_engine, "commit", partial(note, seen))
    return seen


def note(seen: list[str], _connection: object) -> None:
    seen.append("commit")


def person(number: int) -> Inserts:
    return Inserts(rows_of_people, ((number, "n", 0.0),), 10)


def rows_of_people(some: Sequence[Row]) -> list[tuple[Into, Sequence[Row]]]:
    return [(PEOPLE, some)]


async def add(number: int, connection: AsyncConnection) -> int:
    await connection.execute(insert(people).values(id=number, name="n", created_at=0.0))
    return number


async def add_then(number: int, error: BaseException, connection: AsyncConnection) -> None:
    await add(number, connection)
    raise error


async def numbers(database: Database) -> list[int]:
    async with database.read() as connection:
        rows = await connection.execute(text("SELECT id FROM people ORDER BY id"))
        return [number for (number,) in rows.all()]


async def test_a_write_returns_its_result_when_it_is_durable(writer: Writer, file: Path) -> None:
    assert await writer.write(partial(add, 7)) == 7
    other = sqlite3.connect(file)
    assert other.execute("SELECT id FROM people").fetchall() == [(7,)]
    other.close()


async def test_what_waits_together_is_committed_together(
    writer: Writer, database: Database, commits: list[str]
) -> None:
    results = await asyncio.gather(*(writer.write(partial(add, each)) for each in range(1, 101)))
    assert results == list(range(1, 101))
    assert len(commits) <= 2
    assert await numbers(database) == results


async def test_one_failing_operation_fails_alone(
    writer: Writer, database: Database, commits: list[str]
) -> None:
    results = await asyncio.gather(
        writer.write(partial(add, 1)),
        writer.write(partial(add_then, 2, NotFound("no such thing"))),
        writer.write(partial(add, 1)),
        writer.write(partial(add_then, 3, ValueError("a value that does not fit"))),
        writer.write(partial(add, 4)),
        return_exceptions=True,
    )
    assert await numbers(database) == [1, 4]
    assert (results[0], results[4]) == (1, 4)
    assert isinstance(results[1], NotFound)
    assert isinstance(results[2], StoreError)
    assert results[2].problem.code == "store_conflict"
    assert isinstance(results[3], StoreError)
    assert len(commits) == 1


@pytest.mark.parametrize(
    ("count", "expected"), [(2, 1), (ROWS_AT_ONCE * 2, 2), (ROWS_AT_ONCE + 18, 1 + 2)]
)
async def test_inserts_of_one_kind_are_one_transaction_of_few_steps(
    writer: Writer, database: Database, count: int, expected: int
) -> None:
    statements: list[str] = []
    raw = (await database.writing.get_raw_connection()).driver_connection
    assert raw is not None
    await raw.set_trace_callback(statements.append)
    for number in range(1, count + 1):
        await writer.enqueue(person(number))
    await writer.close()
    assert await numbers(database) == list(range(1, count + 1))
    assert len([each for each in statements if each.startswith("INSERT")]) == expected
    assert [each for each in statements if "INSERT" not in each] == ["BEGIN IMMEDIATE", "COMMIT"]


async def test_a_bad_row_among_joined_ones_is_lost_alone_and_logged(
    writer: Writer, database: Database, lines: io.StringIO
) -> None:
    for number in (1, 2, 1, 3):
        await writer.enqueue(person(number))
    await writer.close()
    assert await numbers(database) == [1, 2, 3]
    assert lines.getvalue().count("store.lost") == 1


async def test_what_nobody_awaits_is_durable_soon(writer: Writer, file: Path) -> None:
    """Within the quarter of a second that is promised, less what the disk takes: the writer waits
    for others for so long and no longer."""
    assert LINGER < 0.25
    await writer.enqueue(person(1))
    with closing(sqlite3.connect(file)) as other:
        await until(partial(are_there, other, [(1,)]))


def are_there(connection: sqlite3.Connection, rows: list[tuple[int]]) -> bool:
    return connection.execute("SELECT id FROM people").fetchall() == rows


async def test_a_write_does_not_wait_for_more_to_come(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "LINGER", 10 * LONG)
    await writer.enqueue(person(1))
    await asyncio.wait_for(writer.write(partial(add, 2)), timeout=LONG)


async def test_operations_keep_their_order(writer: Writer, database: Database) -> None:
    for name in ("first", "second", "third"):
        await writer.enqueue(partial(rename, name))
    await writer.write(partial(add, 1))
    for name in ("first", "second", "third"):
        await writer.enqueue(partial(rename, name))
    await writer.close()
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT name FROM people")) == "third"


async def rename(name: str, connection: AsyncConnection) -> None:
    await connection.execute(text("UPDATE people SET name = :name"), {"name": name})


async def test_a_full_queue_slows_callers_and_loses_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "QUEUE_LENGTH", 3)
    monkeypatch.setattr(writer_module, "QUEUE_BYTES", 25)
    monkeypatch.setattr(writer_module, "BATCH_LENGTH", 2)
    writer = Writer(database.writing, "here")
    callers = [asyncio.create_task(writer.enqueue(person(each))) for each in range(1, 41)]
    await asyncio.sleep(0)
    assert sum(caller.done() for caller in callers) <= 5
    await asyncio.gather(*callers)
    await writer.close()
    assert await numbers(database) == list(range(1, 41))


async def test_close_writes_what_is_waiting_even_outside_the_queue(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "QUEUE_LENGTH", 2)
    writer = Writer(database.writing, "here")
    callers = [asyncio.create_task(writer.enqueue(person(each))) for each in range(1, 21)]
    await asyncio.sleep(0)
    await asyncio.wait_for(writer.close(), timeout=LONG)
    await asyncio.gather(*callers)
    assert await numbers(database) == list(range(1, 21))
    with pytest.raises(StoreError, match="closed"):
        await writer.enqueue(person(99))


async def test_a_caller_that_leaves_does_not_keep_the_writer_from_closing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "QUEUE_LENGTH", 1)
    writer = Writer(database.writing, "here")
    callers = [asyncio.create_task(writer.write(partial(add, each))) for each in range(1, 11)]
    await asyncio.sleep(0)
    closing = asyncio.create_task(writer.close())
    await asyncio.sleep(0)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)
    await asyncio.wait_for(closing, timeout=LONG)


async def test_an_unexpected_error_is_seen_by_all_who_wait_and_come(
    writer: Writer, database: Database, lines: io.StringIO
) -> None:
    results = await asyncio.gather(
        writer.write(partial(add, 1)),
        writer.write(partial(add_then, 2, AttributeError("a fault of ours"))),
        return_exceptions=True,
    )
    assert [type(each) for each in results] == [StoreError, StoreError]
    with pytest.raises(StoreError, match="a fault of ours"):
        await writer.enqueue(person(3))
    with pytest.raises(StoreError, match="a fault of ours"):
        await writer.close()
    assert "store.writer_stopped" in lines.getvalue()
    assert await numbers(database) == []


async def test_callers_that_wait_for_room_are_told_of_the_end(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "QUEUE_LENGTH", 1)
    monkeypatch.setattr(writer_module, "QUEUE_BYTES", 5)
    writer = Writer(database.writing, "here")
    fatal = [writer.write(partial(add_then, 1, AttributeError("a fault of ours")))]
    later = [writer.enqueue(person(each)) for each in range(2, 9)]
    results = await asyncio.wait_for(
        asyncio.gather(*fatal, *later, return_exceptions=True), timeout=LONG
    )
    assert isinstance(results[0], StoreError)
    assert isinstance(results[-1], StoreError)
