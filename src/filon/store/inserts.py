"""New rows on their way into the database: many things of one kind are written as one."""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, cast

from msgspec import Struct
from sqlalchemy import Dialect, Insert
from sqlalchemy.exc import DBAPIError

from filon.store.connection import AsyncConnection
from filon.store.driver import Connection, Statement

# Rows in one statement, where there are as many: between two statements the thread that writes
# waits for all others to let go of the interpreter, and they for it.
ROWS_AT_ONCE = 32

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
            if rows:
                columns, filled = _filled(into.columns, rows)
                told += _statements(_compiled(into.statement, columns, dialect), filled)
        return told


def _filled(names: tuple[str, ...], rows: Sequence[Row]) -> tuple[tuple[str, ...], Sequence[Row]]:
    """Names and rows without those columns that none of the rows has a value for: the driver takes
    five times as long to hand over None as a number."""
    by_column = [*zip(*rows, strict=True)]
    count = len(rows)
    kept = [
        at
        for at, column in enumerate(by_column)
        if column[0] is not None or column.count(None) < count
    ]
    if len(kept) == len(names):
        return names, rows
    columns = zip(*[by_column[at] for at in kept], strict=True)
    return tuple([names[at] for at in kept]), [*columns]


class _Compiled(Struct, frozen=True):
    """A statement's SQL for one row and for `ROWS_AT_ONCE`, empty where the database has no such
    form."""

    of_one: str
    of_many: str


@lru_cache(maxsize=512)
def _compiled(statement: Insert, columns: tuple[str, ...], dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    assert tuple(getattr(compiled, "positiontup", None) or columns) == columns
    sql, one = str(compiled), f"({', '.join('?' * len(columns))})"
    many = sql.replace(one, ", ".join([one] * ROWS_AT_ONCE), 1) if one in sql else ""
    return _Compiled(sql, many)


def _statements(compiled: _Compiled, rows: Sequence[Row]) -> list[Statement]:
    whole = len(rows) - len(rows) % ROWS_AT_ONCE if compiled.of_many else 0
    told: list[Statement] = []
    if whole:
        joined = [
            tuple(chain.from_iterable(rows[at : at + ROWS_AT_ONCE]))
            for at in range(0, whole, ROWS_AT_ONCE)
        ]
        told.append((compiled.of_many, joined))
    if whole < len(rows):
        told.append((compiled.of_one, rows[whole:]))
    return told


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
