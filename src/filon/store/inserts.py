"""New rows on their way into the database: many things of one kind are written as one."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import Dialect, Insert
from sqlalchemy.exc import DBAPIError

from filon.store.connection import AsyncConnection
from filon.store.driver import Connection, Statement

# Rows in one statement: between two statements the thread that writes waits for all others to let
# go of the interpreter, and they for it; and each keeps the pages it changes as they were before.
_AT_ONCE = (32, 16, 8, 4, 2, 1)
ROWS_AT_ONCE = _AT_ONCE[0]

Row = tuple[Any, ...]


class Into(Struct, frozen=True):
    """A statement that inserts rows of these columns, which stand in the order of the table. The
    values are plain ones: SQLAlchemy's conversions cost more than the rest, and are left out."""

    statement: Insert
    columns: tuple[str, ...]

    def rows(self, rows: Iterable[Mapping[str, Any]]) -> Sequence[Row]:
        """Rows that are by name, in the order of the columns."""
        take = _taking(self.columns)
        return [take(row) for row in rows]


@lru_cache(maxsize=512)
def _taking(columns: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Row]:
    return cast("Callable[[Mapping[str, Any]], Row]", itemgetter(*columns))


class Inserts(Struct, frozen=True):
    """New things; `rows_of` makes of many of one kind the rows that are written. `weight` is about
    how many bytes they are."""

    rows_of: Callable[[Sequence[Any]], Iterable[tuple[Into, Sequence[Row]]]]
    things: Sequence[Any]
    weight: int = 0

    async def __call__(self, connection: AsyncConnection) -> None:
        raw = (await connection.get_raw_connection()).driver_connection
        assert isinstance(raw, Connection)
        try:
            await raw.run_all(self.statements(connection.dialect))
        except sqlite3.Error as error:
            # As SQLAlchemy says it.
            raise DBAPIError(None, None, error) from error

    def statements(self, dialect: Dialect) -> list[Statement]:
        """What is to be run."""
        told: list[Statement] = []
        for into, rows in self.rows_of(self.things):
            told += _statements(into, rows, dialect)
        return told


def _statements(into: Into, rows: Sequence[Row], dialect: Dialect) -> Iterator[Statement]:
    at = 0
    for size in _AT_ONCE:
        end = len(rows) - (len(rows) - at) % size
        if at < end:
            groups = [rows[start : start + size] for start in range(at, end, size)]
            yield _sql(into, size, dialect), [tuple(chain.from_iterable(group)) for group in groups]
            at = end


@lru_cache(maxsize=512)
def _sql(into: Into, rows: int, dialect: Dialect) -> str:
    """The statement for so many rows."""
    compiled = into.statement.compile(dialect=dialect, column_keys=list(into.columns))
    assert tuple(getattr(compiled, "positiontup", None) or into.columns) == into.columns
    sql, one = str(compiled), f"({', '.join('?' * len(into.columns))})"
    assert one in sql
    return sql.replace(one, ", ".join([one] * rows), 1)


def joined(ops: Sequence[object]) -> Inserts | None:
    """Operations as one, where all are inserts of one kind."""
    first = ops[0]
    if not isinstance(first, Inserts):
        return None
    things: list[Any] = []
    for op in ops:
        if type(op) is not Inserts or op.rows_of is not first.rows_of:
            return None
        things += op.things
    return Inserts(first.rows_of, things)


def alike(one: object, other: object) -> bool:
    """Whether both are inserts that can be written as one."""
    return isinstance(one, Inserts) and isinstance(other, Inserts) and one.rows_of is other.rows_of
