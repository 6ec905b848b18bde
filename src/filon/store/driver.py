"""aiosqlite with one change of thread per statement instead of four.

SQLAlchemy makes a cursor, executes, fetches and closes, and aiosqlite sends each of these to its
thread: most of the time that a short query takes (0.95 ms became 0.3). Here they go together.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Self

import aiosqlite
from msgspec import Struct

Parameters = Sequence[Any]
# For each parameter that is bytes or None, sqlite3 looks for a method by which it could become
# something else, in vain, and that takes longer than all else that it does with a row (CPython
# 3.11, `pysqlite_microprotocols_adapt`). These two give back what they are given.
_NONE: dict[None, None] = {None: None}
# SQL, and the parameters of each time that it is run.
Statement = tuple[str, Sequence[tuple[Any, ...]]]


class _Ran(Struct, frozen=True):
    """What a statement left behind."""

    rows: list[Any]
    description: Any
    rowcount: int
    lastrowid: int | None


class Cursor:
    """What SQLAlchemy uses of a cursor. All rows are in memory after `execute`."""

    arraysize = 1

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._ran = _Ran([], None, -1, None)

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, parameters: Parameters = ()) -> Self:
        """Runs one statement."""
        self._ran = await self._connection.run(_execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Iterable[Parameters]) -> Self:
        """Runs one statement for each of the parameters."""
        self._ran = await self._connection.run(_execute_many, sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """The rows, which are here already."""
        return self._ran.rows

    async def close(self) -> None:
        """The real cursor was closed when its statement ended."""

    @property
    def description(self) -> Any:
        return self._ran.description

    @property
    def rowcount(self) -> int:
        return self._ran.rowcount

    @property
    def lastrowid(self) -> int | None:
        return self._ran.lastrowid


class Connection(aiosqlite.Connection):
    """An aiosqlite connection that hands out our cursors."""

    def __init__(self, database: str, **options: Any) -> None:
        super().__init__(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
        sqlite3.register_adapter(bytes, bytes)
        sqlite3.register_adapter(type(None), _NONE.get)
        # A program that ends without closing shall not wait for this thread.
        self._thread.daemon = True

    def cursor(self) -> Any:
        return Cursor(self)

    async def run(self, work: Any, sql: str, parameters: Any) -> _Ran:
        """Does the work in the thread of this connection."""
        return await self._execute(work, self._conn, sql, parameters)  # pyright: ignore[reportUnknownMemberType]

    async def run_all(self, statements: Sequence[Statement]) -> None:
        """Runs the statements in the transaction that was begun, all with one change of thread.
        Raises what sqlite3 does."""
        await self._execute(_run_all, self._conn, statements)  # pyright: ignore[reportUnknownMemberType]

    async def write(self, statements: Sequence[Statement]) -> None:
        """Runs the statements in a transaction of their own, all with one change of thread. Raises
        what sqlite3 does, and then none of them was done."""
        await self._execute(_write, self._conn, statements)  # pyright: ignore[reportUnknownMemberType]


def _write(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        _run_all(connection, statements)
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _run_all(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    for sql, rows in statements:
        connection.executemany(sql, rows)


def _execute(connection: sqlite3.Connection, sql: str, parameters: Parameters) -> _Ran:
    return _taken(connection.execute(sql, parameters))


def _execute_many(
    connection: sqlite3.Connection, sql: str, parameters: Iterable[Parameters]
) -> _Ran:
    return _taken(connection.executemany(sql, parameters))


def _taken(cursor: sqlite3.Cursor) -> _Ran:
    try:
        rows = cursor.fetchall() if cursor.description else []
        return _Ran(rows, cursor.description, cursor.rowcount, cursor.lastrowid)
    finally:
        cursor.close()
