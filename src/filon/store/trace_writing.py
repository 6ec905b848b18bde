"""Writes traces: what one adds to each table. It runs for every request of the gateway, so that
what can wait is done once for a whole batch, in `_rows_of`."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import insert
from sqlalchemy.dialects.sqlite import insert as insert_or

from filon.store.inserts import Inserts, Into, Row
from filon.store.tables import key_days
from filon.store.trace_blob import Bare, Pieces
from filon.store.trace_counted import (
    Given,
    adding_to_days,
    adding_to_names,
    adding_to_sums,
    adding_to_times,
    by_minute,
    day_rows,
    marks_of,
    name_rows,
    sum_rows,
    time_rows,
)
from filon.store.trace_rows import COLUMNS, TraceSummary, values_of
from filon.store.trace_tables import (
    body_pieces,
    trace_marks,
    trace_names,
    trace_sums,
    trace_times,
    traces,
)
from filon.trace.records import Admitted

# PostgreSQL has the same clause under the same name in its own dialect.
_PIECES = Into(insert_or(body_pieces).on_conflict_do_nothing(), tuple(body_pieces.c.keys()))
_TRACES = Into(insert(traces), COLUMNS)
_DAYS = Into(adding_to_days(), tuple(key_days.c.keys()))
_MARKS = Into(insert_or(trace_marks).on_conflict_do_nothing(), tuple(trace_marks.c.keys()))
_SUMS = Into(adding_to_sums(), tuple(trace_sums.c.keys()))
_TIMES = Into(adding_to_times(), tuple(trace_times.c.keys()))
_NAMES = Into(adding_to_names(), tuple(trace_names.c.keys()))
# Bytes beyond which hashing and packing them would hold up every stream: about a millisecond.
_HEAVY = 512 * 1024


class _New(Struct, frozen=True):
    """A trace that is to be written. `let_in` says that it was admitted."""

    owner_id: int
    summary: TraceSummary
    let_in: bool
    blob: bytes
    pieces: Pieces


def is_heavy(records: Bare) -> bool:
    """Whether the records are better packed beside the event loop."""
    return records.size > _HEAVY


async def prepared(owner_id: int, summary: TraceSummary, records: Bare) -> Inserts:
    """As `inserts`, without holding up anyone."""
    if is_heavy(records):
        return await asyncio.to_thread(inserts, owner_id, summary, records)
    return inserts(owner_id, summary, records)


def inserts(owner_id: int, summary: TraceSummary, records: Bare) -> Inserts:
    """A trace, for the writer."""
    blob, pieces = records.packed()
    new = _New(owner_id, summary, _was_let_in(records), blob, pieces)
    weight = len(blob) + sum(map(len, pieces.values())) if pieces else len(blob)
    return Inserts(_rows_of, (new,), weight)


def _was_let_in(records: Bare) -> bool:
    for record in records.records:
        if type(record) is Admitted:
            return record.error is None
    return False


def _rows_of(some: Sequence[_New]) -> Iterator[tuple[Into, Sequence[Row]]]:
    """The rows of each table. Those of days, times and names are few for many traces."""
    yield _PIECES, [(new.owner_id, *piece) for new in some for piece in new.pieces.items()]
    yield _TRACES, [_values(new) for new in some]
    yield _SUMS, sum_rows((new.owner_id, len(new.blob)) for new in some)
    given = [(new.owner_id, new.summary, new.let_in) for new in some]
    sums, marks = by_minute(given), mark_rows(given)
    yield _DAYS, _DAYS.rows(day_rows(sums))
    yield _MARKS, _MARKS.rows(marks)
    yield _TIMES, _TIMES.rows(time_rows(sums))
    yield _NAMES, _NAMES.rows(name_rows(sums, marks))


def _values(new: _New) -> Row:
    return values_of(new.owner_id, new.summary, new.blob, len(new.pieces))


def mark_rows(given: Iterable[Given]) -> list[Mapping[str, Any]]:
    """The rows by which traces are found that have something that stands out."""
    return [
        {
            "owner_id": owner_id,
            "kind": kind,
            "name": name,
            "started_at": one.started_at,
            "trace_id": one.id,
        }
        for owner_id, one, _ in given
        for kind, name in marks_of(one)
    ]
