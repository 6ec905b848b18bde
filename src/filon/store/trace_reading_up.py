"""Reads the facts of traces that an older version stored out of their records, a few at a time, so
that filters find them too."""

import asyncio
from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace
from sqlalchemy import RowMapping, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or

from filon.store import trace_blob
from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.errors import StoreError
from filon.store.trace_bodies import pieces_of
from filon.store.trace_counted import adding_to_names, name_rows
from filon.store.trace_rows import SHOWN, TraceSummary, fact_columns, summary_of
from filon.store.trace_tables import trace_marks, traces
from filon.store.trace_writing import mark_rows
from filon.store.writer import Writer
from filon.trace.facts import Facts, facts

_AT_ONCE = 20
_PAUSE = 0.05

_Read = tuple[int, int, TraceSummary, int]


async def read_up(database: Database, writer: Writer) -> int:
    """Reads all that are still unread; how many these were."""
    count = 0
    while some := await _next(database):
        await writer.write(partial(_store, some))
        count += len(some)
        await asyncio.sleep(_PAUSE)
    return count


async def _next(database: Database) -> list[_Read]:
    columns = [traces.c[name] for name in (*SHOWN, "id", "owner_id", "records")]
    query = select(*columns).where(traces.c.flags.is_(None)).order_by(traces.c.id).limit(_AT_ONCE)
    async with database.read() as connection:
        rows = (await connection.execute(query)).mappings().all()
        return [await _read(row, connection) for row in rows]


async def _read(row: RowMapping, connection: AsyncConnection) -> _Read:
    known, count = Facts(), 0
    try:
        encoded = trace_blob.decode(row["records"])
        groups = await pieces_of(row["owner_id"], encoded.groups(), connection)
        wanted = encoded.pieces(groups)
        pieces = await pieces_of(row["owner_id"], wanted, connection)
        known = facts(encoded.records(groups | pieces))
        count = len(groups) + len(wanted)
    except StoreError:
        # Nothing more can be known of it; it is not looked at again.
        pass
    one = replace(summary_of(row), facts=known)
    return row["id"], row["owner_id"], one, count


async def _store(some: Sequence[_Read], connection: AsyncConnection) -> None:
    for number, owner_id, one, count in some:
        # It may have been deleted, or read by another, since.
        changed = await connection.execute(
            update(traces)
            .where(traces.c.id == number, traces.c.flags.is_(None))
            .values(**fact_columns(one.facts), pieces=count)
        )
        # Its mark was known before.
        marks = mark_rows([(owner_id, replace(one, mark=None), True)]) if changed.rowcount else []
        if marks:
            await connection.execute(insert_or(trace_marks).on_conflict_do_nothing(), marks)
            await connection.execute(adding_to_names(), name_rows({}, marks))
