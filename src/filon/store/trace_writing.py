"""Writes traces: what one adds to each table. It runs for every request of the gateway, so that
what can wait is done once for a whole batch, in `_folded`."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.dialects.sqlite import insert as insert_or

from filon.store import trace_blob
from filon.store.inserts import Inserts, Rows
from filon.store.trace_counted import (
    adding_to_days,
    adding_to_names,
    adding_to_times,
    by_day,
    by_minute,
    day_of,
    marks_of,
    name_rows,
    time_rows,
)
from filon.store.trace_rows import TraceSummary, row_of
from filon.store.trace_tables import body_pieces, trace_marks, traces
from filon.trace.records import AnyRecord, Attempt, Body, Received, Translated

# The same for the life of the program: the writer joins inserts of the same statements.
_STATEMENTS = (
    # PostgreSQL has the same clause under the same name in its own dialect.
    insert_or(body_pieces).on_conflict_do_nothing(),
    insert(traces),
    adding_to_days(),
    insert_or(trace_marks).on_conflict_do_nothing(),
    adding_to_times(),
    adding_to_names(),
)
# Bytes of bodies beyond which hashing them would hold up every stream: about a millisecond.
_HEAVY = 512 * 1024


def is_heavy(records: Sequence[AnyRecord]) -> bool:
    """Whether the records are better made into rows beside the event loop."""
    return sum(map(_weight, records)) > _HEAVY


def _weight(record: AnyRecord) -> int:
    match record:
        case Received(body=Body(data)) | Translated(body=Body(data)):
            return len(data)
        case Attempt(request_body=Body(data)):
            return len(data)
        case _:
            return 0


async def prepared(
    owner_id: int, summary: TraceSummary, records: Sequence[AnyRecord], key_id: str | None = None
) -> Inserts:
    """As `inserts`, without holding up anyone."""
    if is_heavy(records):
        return await asyncio.to_thread(inserts, owner_id, summary, records, key_id)
    return inserts(owner_id, summary, records, key_id)


def inserts(
    owner_id: int, summary: TraceSummary, records: Sequence[AnyRecord], key_id: str | None
) -> Inserts:
    """The rows of a trace, for the writer."""
    blob, pieces = trace_blob.encode(records)
    row = row_of(owner_id, summary, blob, len(pieces))
    shared = [
        {"owner_id": owner_id, "hash": digest, "data": data} for digest, data in pieces.items()
    ]
    days = ()
    if key_id is not None:
        row["key_id"] = key_id
        days = (day_of(owner_id, key_id, summary, records),)
    told = ({"owner_id": owner_id, "summary": summary},)
    weight = len(blob) + sum(map(len, pieces.values()))
    return Inserts(_STATEMENTS, (shared, (row,), days, (), told, ()), weight, _folded)


def _folded(rows: tuple[Rows, ...]) -> tuple[Rows, ...]:
    """Few rows for what many traces add to the same days, times and names."""
    shared, listed, days, _, told, _ = rows
    given: list[tuple[int, TraceSummary]] = [(one["owner_id"], one["summary"]) for one in told]
    sums, of_keys, marks = by_minute(given), by_day(days), mark_rows(given)
    return shared, listed, of_keys, marks, time_rows(sums), name_rows(sums, of_keys, marks)


def mark_rows(given: Iterable[tuple[int, TraceSummary]]) -> list[Mapping[str, Any]]:
    """The rows by which traces are found that have something that stands out."""
    return [
        mark_row(owner_id, one, kind, name)
        for owner_id, one in given
        if one.mark is not None or _has_lists(one)
        for kind, name in marks_of(one)
    ]


def _has_lists(one: TraceSummary) -> bool:
    known = one.facts
    return known is not None and bool(
        known.findings or known.dropped or known.changed or known.tags
    )


def mark_row(owner_id: int, one: TraceSummary, kind: str, name: str) -> Mapping[str, Any]:
    """The row by which a trace is found by a name of this kind."""
    return {
        "owner_id": owner_id,
        "kind": kind,
        "name": name,
        "started_at": one.started_at,
        "trace_id": one.id,
    }
