"""Sums up the traces that an older version stored, once, when the database is brought up to date.
It is part of migration 0005; what it writes must stay as that migration's tables are."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from filon.store.trace_counted import (
    adding_to_names,
    adding_to_times,
    by_minute,
    name_rows,
    time_rows,
)
from filon.store.trace_rows import TraceSummary
from filon.store.trace_tables import body_pieces, trace_marks, trace_sums, traces
from filon.store.trace_writing import mark_rows

# Traces in memory at once.
_AT_ONCE = 20_000
_READ = (
    "owner_id",
    "public_id",
    "started_at",
    "caller",
    "model",
    "endpoint",
    "outcome",
    "input_tokens",
    "output_tokens",
    "cost_kind",
    "cost_usd",
    "ttft",
    "mark",
    "key_id",
)


def sum_up(connection: Connection) -> None:
    """Fills the tables of sums, names and marks."""
    last = 0
    while some := _after(last, connection):
        last = some[-1].id
        for owner_id, mine in groupby(sorted(some, key=itemgetter(0)), itemgetter(0)):
            _add(owner_id, [_summary(row) for row in mine], connection)
    sizes = select(traces.c.owner_id, func.count(), func.sum(traces.c.size)).group_by(
        traces.c.owner_id
    )
    pieces = dict(
        _pairs(
            connection.execute(
                select(body_pieces.c.owner_id, func.sum(func.length(body_pieces.c.data))).group_by(
                    body_pieces.c.owner_id
                )
            ).all()
        )
    )
    for owner_id, count, size in connection.execute(sizes).all():
        total = (size or 0) + pieces.get(owner_id, 0)
        connection.execute(insert(trace_sums).values(owner_id=owner_id, traces=count, bytes=total))


def _pairs(rows: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[tuple[int, int]]:
    return ((row[0], row[1] or 0) for row in rows)


def _after(last: int, connection: Connection) -> Sequence[Row[*tuple[Any, ...]]]:
    query = (
        select(*(traces.c[name] for name in _READ), traces.c.id)
        .where(traces.c.id > last)
        .order_by(traces.c.id)
        .limit(_AT_ONCE)
    )
    return connection.execute(query).all()


def _summary(row: Row[*tuple[Any, ...]]) -> TraceSummary:
    fields = dict(zip(_READ[2:], row[2:], strict=False))
    return TraceSummary(id=row[1], **fields)


def _add(owner_id: int, some: list[TraceSummary], connection: Connection) -> None:
    given = [(owner_id, one, True) for one in some]
    sums, marks = by_minute(given), mark_rows(given)
    if marks:
        connection.execute(insert(trace_marks), marks)
    connection.execute(adding_to_times(), time_rows(sums))
    connection.execute(adding_to_names(), name_rows(sums, marks))
