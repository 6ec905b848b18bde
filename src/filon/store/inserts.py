"""New rows on their way into the database: many inserts of the same statements become one."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from msgspec import Struct
from sqlalchemy import Dialect, Insert
from sqlalchemy.ext.asyncio import AsyncConnection

# Rows in one statement, where there are as many: between two statements the thread that writes
# waits for all others to let go of the interpreter, and they for it.
ROWS_AT_ONCE = 32

Rows = Sequence[Mapping[str, Any]]
Fold = Callable[[tuple[Rows, ...]], tuple[Rows, ...]]


class Inserts(Struct, frozen=True):
    """New rows for some statements. Inserts of the same statements are written as one.

    `rows` has one entry per statement, each with rows of the same columns and of plain values
    (SQLAlchemy's conversions cost more than the rest and are left out); `weight` is about how
    many bytes they are. `fold` makes the rows that are written of those of all that are joined.
    """

    statements: tuple[Insert, ...]
    rows: tuple[Rows, ...]
    weight: int = 0
    fold: "Fold | None" = None

    async def __call__(self, connection: AsyncConnection) -> None:
        rows_of_each = self.fold(self.rows) if self.fold else self.rows
        for statement, rows in zip(self.statements, rows_of_each, strict=True):
            if rows:
                await _insert(statement, rows, connection)


async def _insert(statement: Insert, rows: Rows, connection: AsyncConnection) -> None:
    compiled = _compiled(statement, tuple(rows[0]), connection.dialect)
    values = [compiled.take(row) for row in rows]
    whole = len(values) - len(values) % ROWS_AT_ONCE if compiled.of_many else 0
    if whole:
        joined = [
            tuple(chain.from_iterable(values[at : at + ROWS_AT_ONCE]))
            for at in range(0, whole, ROWS_AT_ONCE)
        ]
        await connection.exec_driver_sql(compiled.of_many, joined)
    if values[whole:]:
        await connection.exec_driver_sql(compiled.of_one, values[whole:])


class _Compiled(Struct, frozen=True):
    """A statement's SQL for one row and for `ROWS_AT_ONCE` (empty where the database has no such
    form), and what takes its parameters out of a row."""

    of_one: str
    of_many: str
    take: Callable[[Mapping[str, Any]], tuple[Any, ...]]


@lru_cache
def _compiled(statement: Insert, columns: tuple[str, ...], dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns))
    names: Sequence[str] = getattr(compiled, "positiontup", None) or columns
    sql, one = str(compiled), f"({', '.join('?' * len(names))})"
    many = sql.replace(one, ", ".join([one] * ROWS_AT_ONCE), 1) if one in sql else ""
    return _Compiled(sql, many, itemgetter(*names))


def alike(one: object, other: object) -> bool:
    """Whether both are inserts that can be written as one."""
    return (
        isinstance(one, Inserts)
        and isinstance(other, Inserts)
        and one.statements is other.statements
    )


def joined(inserts: Sequence[Inserts]) -> Inserts:
    """Inserts that are alike as one."""
    columns = zip(*(each.rows for each in inserts), strict=True)
    rows: tuple[Rows, ...] = tuple([row for rows in column for row in rows] for column in columns)
    return Inserts(inserts[0].statements, rows, fold=inserts[0].fold)
