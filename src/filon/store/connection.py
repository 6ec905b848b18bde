"""A connection of SQLAlchemy's among coroutines, as far as the store needs one.

`sqlalchemy.ext.asyncio` has the same, and brings the whole ORM along: a tenth of a start, and 8 MB.
Both wait for the driver by SQLAlchemy's own `greenlet_spawn`.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar, TypeVarTuple, overload

from sqlalchemy import (
    Connection,
    CursorResult,
    Dialect,
    Engine,
    Executable,
    PoolProxiedConnection,
    Transaction,
)
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.util import greenlet_spawn

T = TypeVar("T")
Columns = TypeVarTuple("Columns")

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
# What a block left with, where it failed.
Failure = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class AsyncConnection:
    """Opened by `start`, or around a block. All rows of a result are in memory when it is there."""

    def __init__(self, engine: Engine) -> None:
        self.sync_engine = engine
        self._opened: Connection | None = None

    @property
    def _connection(self) -> Connection:
        if self._opened is None:
            raise RuntimeError("The connection has not been started.")
        return self._opened

    @property
    def dialect(self) -> Dialect:
        """How the database wants its SQL."""
        return self.sync_engine.dialect

    async def start(self) -> Self:
        """Connects, or takes a connection that is free."""
        self._opened = await greenlet_spawn(self.sync_engine.connect)
        return self

    async def close(self) -> None:
        """Gives the connection back."""
        await greenlet_spawn(self._connection.close)

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await _to_its_end(asyncio.ensure_future(self.close()))

    @overload
    async def execute(
        self, statement: TypedReturnsRows[*Columns], parameters: Parameters = None
    ) -> CursorResult[*Columns]: ...

    @overload
    async def execute(
        self, statement: Executable, parameters: Parameters = None
    ) -> CursorResult[*tuple[Any, ...]]: ...

    async def execute(self, statement: Executable, parameters: Parameters = None) -> Any:
        """Runs a statement, once or for each of the parameters."""
        return await greenlet_spawn(self._connection.execute, statement, parameters)

    @overload
    async def scalar(
        self, statement: TypedReturnsRows[T], parameters: Parameters = None
    ) -> T | None: ...

    @overload
    async def scalar(self, statement: Executable, parameters: Parameters = None) -> Any: ...

    async def scalar(self, statement: Executable, parameters: Parameters = None) -> Any:
        """The first column of a statement's first row; None where there is no row."""
        return (await self.execute(statement, parameters)).scalar()

    async def exec_driver_sql(self, sql: str, parameters: Any = None) -> CursorResult[Any]:
        """Runs SQL as it stands."""
        return await greenlet_spawn(self._connection.exec_driver_sql, sql, parameters)

    async def run_sync(self, work: Callable[..., T], *arguments: Any) -> T:
        """Does what is written for SQLAlchemy's own connection, which comes before `arguments`."""
        return await greenlet_spawn(work, self._connection, *arguments)

    async def get_raw_connection(self) -> PoolProxiedConnection:
        """The driver's connection."""
        return await greenlet_spawn(getattr, self._connection, "connection")

    def begin(self) -> "Block":
        """A transaction around a block."""
        return Block(self._connection.begin)

    def begin_nested(self) -> "Block":
        """A savepoint around a block within a transaction."""
        return Block(self._connection.begin_nested)


class Block:
    """What is kept if the block that it surrounds goes well, and else taken back."""

    def __init__(self, begin: Callable[[], Transaction]) -> None:
        self._begin = begin

    async def __aenter__(self) -> None:
        self._transaction = await greenlet_spawn(self._begin)
        self._transaction.__enter__()

    async def __aexit__(self, *failure: *Failure) -> None:
        await greenlet_spawn(self._transaction.__exit__, *failure)


async def dispose(engine: Engine) -> None:
    """Closes all connections of an engine that are not in use."""
    await greenlet_spawn(engine.dispose)


async def _to_its_end(closing: asyncio.Future[None]) -> None:
    """Waits until it is closed even if the waiting is cancelled meanwhile: a connection that is
    given back later might be given to a pool that is gone."""
    cancelled = None
    while not closing.done():
        try:
            await asyncio.shield(closing)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled
    closing.result()
