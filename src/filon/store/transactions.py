"""How a batch of operations is written: in one transaction, from which an operation that fails
takes nothing else away."""

import sqlite3
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from filon.conversation.errors import FilonError
from filon.store.connection import AsyncConnection
from filon.store.driver import Connection
from filon.store.errors import StoreError, explain
from filon.store.inserts import alike, joined

T = TypeVar("T")
Op = Callable[[AsyncConnection], Awaitable[T]]

# What the driver says of a value that the database has no place for.
_UNSUITABLE = (ValueError, TypeError, ArithmeticError)


class Outcome(Struct, frozen=True):
    """What became of an operation."""

    result: Any = None
    error: FilonError | None = None


DONE = Outcome()


class Transactions:
    """Writes by the one connection that does. `where` is the database's path or name."""

    def __init__(self, connection: AsyncConnection, where: str) -> None:
        self._connection = connection
        self._where = where

    async def write(self, ops: Sequence[Op[Any]]) -> Sequence[Outcome]:
        """What becomes of each of the operations."""
        if await self._written_as_one(ops):
            return [DONE] * len(ops)
        if len(ops) == 1:
            return [await self.alone(ops[0])]
        outcomes: list[Outcome] = []
        try:
            async with self._connection.begin():
                for group in _grouped(ops):
                    outcomes += await self._apply(group)
        except SQLAlchemyError as error:
            return [self._failed(error)] * len(ops)
        return outcomes

    async def alone(self, op: Op[Any]) -> Outcome:
        """What becomes of an operation in a transaction of its own."""
        try:
            async with self._connection.begin():
                return Outcome(await op(self._connection))
        except (SQLAlchemyError, FilonError, *_UNSUITABLE) as error:
            return self._failed(error)

    async def _written_as_one(self, ops: Sequence[Op[Any]]) -> bool:
        """Writes what is nothing but inserts of one kind, as nearly all is under load, without
        SQLAlchemy and with one change of thread. Where that fails nothing is written: the general
        way then finds out what of it can be, and why the rest cannot."""
        whole = joined(ops)
        if whole is None:
            return False
        try:
            raw = (await self._connection.get_raw_connection()).driver_connection
            if not isinstance(raw, Connection):
                return False
            await raw.write(whole.statements(self._connection.dialect))
        except (SQLAlchemyError, sqlite3.Error, *_UNSUITABLE):
            return False
        return True

    async def _apply(self, group: list[Op[Any]]) -> list[Outcome]:
        """Each operation in a savepoint, so that its failure takes nothing else with it."""
        whole = joined(group) if len(group) > 1 else None
        if whole is not None and (await self._attempt(whole)).error is None:
            return [DONE] * len(group)
        return [await self._attempt(op) for op in group]

    async def _attempt(self, op: Op[Any]) -> Outcome:
        try:
            async with self._connection.begin_nested():
                return Outcome(await op(self._connection))
        except SQLAlchemyError as error:
            if not await self._has_transaction():
                raise
            return self._failed(error)
        except (FilonError, *_UNSUITABLE) as error:
            return self._failed(error)

    async def _has_transaction(self) -> bool:
        """Whether the batch's transaction still stands. A full or failing disk makes SQLite roll
        all of it back, with what was written before, and a commit of nothing succeeds."""
        raw = await self._connection.get_raw_connection()
        return bool(raw.driver_connection and raw.driver_connection.in_transaction)

    def _failed(self, error: Exception) -> Outcome:
        if isinstance(error, SQLAlchemyError):
            return Outcome(error=explain(error, self._where))
        if isinstance(error, FilonError):
            return Outcome(error=error)
        return Outcome(error=StoreError(f"{self._where}: cannot be stored: {error}"))


def _grouped(ops: Sequence[Op[Any]]) -> Iterator[list[Op[Any]]]:
    """Neighbours that are inserts of one kind together, all others alone, in order."""
    group: list[Op[Any]] = []
    for op in ops:
        if group and not alike(group[-1], op):
            yield group
            group = []
        group.append(op)
    if group:
        yield group
