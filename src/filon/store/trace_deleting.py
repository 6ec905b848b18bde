"""Deletes traces, a few at a time through the writer, with all by which they are found; and then
the pieces of bodies that no trace refers to any more.

Pieces are shared by their hashes, so that what is still in use can only be seen by looking at what
refers to it. A trace that is stored meanwhile brings all its pieces with it, and those that came
since the look began are looked at inside the very transaction that deletes.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, text

from filon.store import trace_blob
from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.errors import StoreError
from filon.store.trace_counted import adding_to_names, by_minute, name_rows
from filon.store.trace_filter import Counted, Filter
from filon.store.trace_finding import list_index, search
from filon.store.trace_pages import first
from filon.store.trace_rows import SHOWN, summary_of
from filon.store.trace_tables import body_pieces, trace_marks, trace_names, traces
from filon.store.trace_values import Span
from filon.store.trace_where import col
from filon.store.trace_writing import mark_rows
from filon.store.writer import Writer

# Traces that one transaction deletes, and pieces: what waits behind it waits some milliseconds.
_AT_ONCE = 100
_PIECES_AT_ONCE = 500
# Traces that are looked for at once: of many, each look may take a while.
_FOUND_AT_ONCE = 2_000
# Blobs that are read together, and hashes that are held in memory at once.
_BLOBS = 200
_HASHES = 500_000
# Seconds between two transactions, so that the writer is free for others most of the time.
_PAUSE = 0.02


class Deleting:
    """Deletes traces and what is left of them."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    async def matching(self, owner_id: int, chosen: Filter, now: float) -> int:
        """Deletes all traces of a filter that started before `now`; how many these were. Raises
        BadFilter."""
        count = 0
        # What comes meanwhile stays.
        until = Counted(field="started", spans=(Span(high=now),))
        before = Filter((*chosen.terms, until))
        while True:
            async with self._database.read() as connection:
                asked = await search(owner_id, before, connection)
                found = await first(asked, "started", "desc", _FOUND_AT_ONCE, None, connection)
            if not found:
                return count
            for at in range(0, len(found), _AT_ONCE):
                ids = [one.id for one in found[at : at + _AT_ONCE]]
                count += await self.numbered(owner_id, ids)
                await asyncio.sleep(_PAUSE)

    async def one(self, owner_id: int, trace_id: str) -> int:
        """Deletes one trace by its id; how many these were."""
        query = select(traces.c.id).where(
            traces.c.owner_id == owner_id, traces.c.public_id == trace_id
        )
        async with self._database.read() as connection:
            number = await connection.scalar(query)
        return 0 if number is None else await self.numbered(owner_id, (number,))

    async def oldest(self, owner_id: int, count: int | None, before: float | None) -> int:
        """Deletes the oldest traces: so many, or those that started before a time."""
        done = 0
        query = select(col("id")).select_from(list_index()).where(col("owner_id") == owner_id)
        query = query.order_by(col("started_at"))
        if before is not None:
            query = query.where(col("started_at") < before)
        while count is None or done < count:
            size = _AT_ONCE if count is None else min(_AT_ONCE, count - done)
            async with self._database.read() as connection:
                ids = (await connection.execute(query.limit(size))).scalars().all()
            if not ids:
                break
            done += await self.numbered(owner_id, ids)
            await asyncio.sleep(_PAUSE)
        return done

    async def numbered(self, owner_id: int, ids: Sequence[int]) -> int:
        """Deletes traces by their numbers in one transaction; how many there were."""
        return await self._writer.write(partial(_delete, owner_id, tuple(ids)))

    async def pieces(self, owner_id: int) -> int:
        """Deletes the pieces that no trace refers to; how many these were."""
        count_all = select(func.count()).where(body_pieces.c.owner_id == owner_id)
        async with self._database.read() as connection:
            held = await connection.scalar(count_all) or 0
        parts = min(256, held // _HASHES + 1)
        edges = [part * 256 // parts for part in range(parts + 1)]
        done = 0
        for low, high in zip(edges, edges[1:], strict=False):
            done += await _Look(owner_id, low, high, self._database, self._writer).run()
        return done


class _Look:
    """One look at what is in use among the hashes whose first byte lies from `low` to below
    `high`, and the end of what is not."""

    def __init__(
        self, owner_id: int, low: int, high: int, database: Database, writer: Writer
    ) -> None:
        self._owner = owner_id
        self._low, self._high = low, high
        self._database = database
        self._writer = writer
        self._used: set[bytes] = set()
        # The last trace that was looked at, by its number.
        self._seen = 0

    async def run(self) -> int:
        while await self._look_once():
            pass
        done, last = 0, bytes([self._low])
        while True:
            async with self._database.read() as connection:
                hashes = await self._hashes_from(last, connection)
            unused = [each for each in hashes if each not in self._used]
            if unused:
                done += await self._writer.write(partial(self._end, unused))
                await asyncio.sleep(_PAUSE)
            if len(hashes) < _PIECES_AT_ONCE:
                return done
            last = hashes[-1] + b"\0"

    async def _look_once(self) -> bool:
        async with self._database.read() as connection:
            return await self._look(connection)

    async def _look(self, connection: AsyncConnection) -> bool:
        """Looks at the next traces; whether there were any."""
        # The index is used only for these very words.
        query = (
            select(col("id"), col("records"))
            .select_from(text("traces INDEXED BY ix_traces_pieces"))
            .where(text("(pieces IS NULL OR pieces > 0)"), col("id") > self._seen)
            .where(col("owner_id") == self._owner)
            .order_by(col("id"))
            .limit(_BLOBS)
        )
        rows = (await connection.execute(query)).all()
        if not rows:
            return False
        groups, hashes = await asyncio.to_thread(_references, rows)
        self._keep(groups | hashes)
        for some in _parts(sorted(groups)):
            held = select(body_pieces.c.data).where(
                body_pieces.c.owner_id == self._owner, body_pieces.c.hash.in_(some)
            )
            for data in (await connection.execute(held)).scalars():
                self._keep(trace_blob.hashes_in(data))
        self._seen = rows[-1].id
        return True

    def _keep(self, hashes: Iterable[bytes]) -> None:
        self._used.update(each for each in hashes if self._low <= each[0] < self._high)

    async def _hashes_from(self, last: bytes, connection: AsyncConnection) -> Sequence[bytes]:
        c = body_pieces.c
        query = select(c.hash).where(c.owner_id == self._owner, c.hash >= last)
        if self._high < 256:
            query = query.where(c.hash < bytes([self._high]))
        rows = await connection.execute(query.order_by(c.hash).limit(_PIECES_AT_ONCE))
        return rows.scalars().all()

    async def _end(self, unused: Sequence[bytes], connection: AsyncConnection) -> int:
        while await self._look(connection):
            pass
        gone = [each for each in unused if each not in self._used]
        if not gone:
            return 0
        c = body_pieces.c
        await connection.execute(
            delete(body_pieces).where(c.owner_id == self._owner, c.hash.in_(gone))
        )
        return len(gone)


def _references(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[set[bytes], set[bytes]]:
    """The groups and the hashes that blobs refer to. One that cannot be read has none: nothing can
    be made of its pieces either."""
    groups: set[bytes] = set()
    hashes: set[bytes] = set()
    for row in rows:
        try:
            some, others = trace_blob.references(row.records)
        except StoreError:
            continue
        groups |= some
        hashes |= others
    return groups, hashes


def _parts(values: Sequence[bytes]) -> Iterable[Sequence[bytes]]:
    return (values[at : at + _PIECES_AT_ONCE] for at in range(0, len(values), _PIECES_AT_ONCE))


async def _delete(owner_id: int, ids: Sequence[int], connection: AsyncConnection) -> int:
    columns = [traces.c[name] for name in SHOWN]
    mine = and_(traces.c.owner_id == owner_id, traces.c.id.in_(ids))
    rows = (await connection.execute(select(*columns).where(mine))).mappings().all()
    given = [(owner_id, summary_of(row), True) for row in rows]
    marks = mark_rows(given)
    if marks:
        await _delete_marks(marks, connection)
    names = name_rows(by_minute(given), marks, -1)
    if names:
        await connection.execute(adding_to_names(), names)
    c = trace_names.c
    await connection.execute(delete(trace_names).where(c.owner_id == owner_id, c.count <= 0))
    await connection.execute(delete(traces).where(mine))
    return len(rows)


async def _delete_marks(marks: Sequence[Mapping[str, Any]], connection: AsyncConnection) -> None:
    c = trace_marks.c
    for one in marks:
        exactly = and_(*(c[name] == value for name, value in one.items()))
        await connection.execute(delete(trace_marks).where(exactly))
