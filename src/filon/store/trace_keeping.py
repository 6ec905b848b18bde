"""For how long traces are kept: what was set on the page, how much there is, and what must go."""

from functools import partial
from math import ceil

from msgspec import Struct
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.sqlite import insert as insert_or

from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.trace_counted import STEPS
from filon.store.trace_deleting import Deleting
from filon.store.trace_tables import trace_keeping, trace_sums, trace_times, traces
from filon.store.writer import Writer

_DAY = 86_400.0
# Rounds of making room: each takes the part that is too much of what is left.
_ROUNDS = 8


class Keep(Struct, frozen=True, kw_only=True):
    """For how many days, and up to how many bytes in all, traces are kept; None is for ever."""

    days: int | None = None
    bytes: int | None = None


class Kept(Struct, frozen=True, kw_only=True):
    """What there is. `bytes` is what traces and the pieces of their bodies take, `oldest` when the
    first of them started, in Unix seconds."""

    traces: int
    bytes: int
    oldest: float | None


class Keeping:
    """Knows and does what is to be kept."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
        self._deleting = Deleting(database, writer)

    async def get(self, owner_id: int) -> Keep | None:
        """What was set; None where nothing ever was."""
        c = trace_keeping.c
        query = select(c.keep_days, c.keep_bytes).where(c.owner_id == owner_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else Keep(days=row[0], bytes=row[1])

    async def set(self, owner_id: int, keep: Keep) -> None:
        """Sets it. Nothing goes before the next sweep."""
        await self._writer.write(partial(_set, owner_id, keep))

    async def kept(self, owner_id: int) -> Kept:
        """How much there is."""
        sums = select(trace_sums.c.traces, trace_sums.c.bytes).where(
            trace_sums.c.owner_id == owner_id
        )
        oldest = select(func.min(traces.c.started_at)).where(traces.c.owner_id == owner_id)
        async with self._database.read() as connection:
            row = (await connection.execute(sums)).first()
            first = await connection.scalar(oldest)
        return Kept(traces=row[0] if row else 0, bytes=row[1] if row else 0, oldest=first)

    async def owners(self) -> tuple[int, ...]:
        """All who have traces."""
        async with self._database.read() as connection:
            return tuple((await connection.execute(select(trace_sums.c.owner_id))).scalars().all())

    async def sweep(self, owner_id: int, keep: Keep, now: float) -> int:
        """Deletes what is not to be kept any more; how many traces these were."""
        done = 0
        if keep.days is not None:
            done = await self._deleting.oldest(owner_id, None, now - keep.days * _DAY)
        if done:
            await self._deleting.pieces(owner_id)
        for _ in range(_ROUNDS if keep.bytes is not None else 0):
            kept = await self.kept(owner_id)
            if kept.bytes <= (keep.bytes or 0) or not kept.traces:
                break
            too_much = 1 - (keep.bytes or 0) / kept.bytes
            done += await self._deleting.oldest(owner_id, ceil(kept.traces * too_much), None)
            await self._deleting.pieces(owner_id)
        await self._writer.write(partial(_forget_fine_sums, now))
        return done


async def _set(owner_id: int, keep: Keep, connection: AsyncConnection) -> None:
    values = {"keep_days": keep.days, "keep_bytes": keep.bytes}
    new = insert_or(trace_keeping).values(owner_id=owner_id, **values)
    await connection.execute(
        new.on_conflict_do_update(index_elements=list(trace_keeping.primary_key), set_=values)
    )


async def _forget_fine_sums(now: float, connection: AsyncConnection) -> None:
    c = trace_times.c
    for step, kept in STEPS.items():
        if kept is not None:
            old = delete(trace_times).where(c.step == step, c.at < now - kept - step)
            await connection.execute(old)
