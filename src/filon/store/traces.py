"""Traces: a row that lists and roll-ups read, and all records of the turn in one blob."""

from msgspec import Struct
from sqlalchemy import case, func, select

from filon.conversation.errors import NotFound
from filon.store import trace_blob, trace_groups, trace_reading_up, trace_series, trace_words
from filon.store.database import Database
from filon.store.trace_blob import Bare
from filon.store.trace_bodies import pieces_of
from filon.store.trace_deleting import Deleting
from filon.store.trace_filter import EVERYTHING, Filter
from filon.store.trace_finding import search, total
from filon.store.trace_keeping import Keeping
from filon.store.trace_pages import Order, Sort, first, next_cursor, place_of, rows_of
from filon.store.trace_rows import SHOWN, Trace, TraceSummary, summary_of
from filon.store.trace_tables import traces
from filon.store.trace_writing import inserts, is_heavy, prepared
from filon.store.writer import Writer
from filon.trace.messages import with_messages

__all__ = ["Rollup", "Trace", "TraceRows", "TraceSummary", "Traces"]

PAGE = 100
LONGEST_PAGE = 500


class Rollup(Struct, frozen=True, kw_only=True):
    """Sums over traces. `unpriced` counts those of unknown cost, which `cost_usd` lacks."""

    requests: int
    failed: int
    unpriced: int
    cost_usd: float


class TraceRows(Struct, frozen=True, kw_only=True):
    """A page. `next` is the cursor of the following one, `total` counts all pages; where
    `at_least`, there may be more than that."""

    traces: tuple[TraceSummary, ...]
    next: str | None
    total: int
    at_least: bool = False


class Traces:
    """Reads and writes traces."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
        self.deleting = Deleting(database, writer)
        self.keeping = Keeping(database, writer)

    @property
    def has_room(self) -> bool:
        """Whether a trace can be handed over without waiting."""
        return self._writer.has_room

    def offer(self, owner_id: int, summary: TraceSummary, records: Bare) -> bool:
        """As `insert`, where there is nothing to wait for; else does nothing and returns False."""
        if not self.has_room or is_heavy(records):
            return False
        return self._writer.offer(inserts(owner_id, summary, records))

    async def insert(self, owner_id: int, summary: TraceSummary, records: Bare) -> None:
        """Hands a finished trace to the writer; it is durable within a quarter of a second. It
        counts as use of its key, if it has one."""
        await self._writer.enqueue(await prepared(owner_id, summary, records))

    async def insert_now(self, owner_id: int, summary: TraceSummary, records: Bare) -> None:
        """Stores a finished trace; it is durable when this returns. Raises StoreError."""
        await self._writer.write(await prepared(owner_id, summary, records))

    async def get(self, owner_id: int, trace_id: str) -> Trace:
        """A trace with its records as they were. Raises NotFound."""
        columns = [traces.c[name] for name in (*SHOWN, "size", "records")]
        query = select(*columns).where(
            traces.c.owner_id == owner_id, traces.c.public_id == trace_id
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
            if row is None:
                raise NotFound(f"There is no trace {trace_id!r}.")
            encoded = trace_blob.decode(row["records"])
            groups = await pieces_of(owner_id, encoded.groups(), connection)
            pieces = await pieces_of(owner_id, encoded.pieces(groups), connection)
        records = with_messages(encoded.records(groups | pieces))
        return Trace(summary=summary_of(row), records=records, size=row["size"])

    async def page(
        self,
        owner_id: int,
        chosen: Filter = EVERYTHING,
        *,
        sort: Sort = "started",
        order: Order = "desc",
        limit: int = PAGE,
        before: str | None = None,
    ) -> TraceRows:
        """A page of traces, the first or that behind the cursor `before`. Raises InvalidRequest for
        a cursor that is none of this list, BadFilter."""
        limit = max(1, min(limit, LONGEST_PAGE))
        after = None if before is None else place_of(before, sort, order)
        async with self._database.read() as connection:
            asked = await search(owner_id, chosen, connection)
            found = await first(asked, sort, order, limit + 1, after, connection)
            rows = await rows_of(found[:limit], connection)
            count, at_least = await total(asked, connection)
        is_more = len(found) > limit
        return TraceRows(
            traces=tuple(rows),
            next=next_cursor(found[limit - 1], sort, order) if is_more else None,
            total=max(count, len(found)),
            at_least=at_least,
        )

    async def groups(
        self, owner_id: int, by: trace_groups.By, chosen: Filter, after: str | None = None
    ) -> trace_groups.Groups:
        """A filter's traces in groups; `after` is a cursor. Raises InvalidRequest, BadFilter."""
        return await trace_groups.groups(owner_id, chosen, by, after, self._database)

    async def series(
        self, owner_id: int, chosen: Filter, wanted: trace_series.Wanted
    ) -> trace_series.Series:
        """A filter's figures over time. Raises BadFilter."""
        return await trace_series.series(owner_id, chosen, wanted, self._database)

    async def complete(self, owner_id: int, q: str, at: int) -> trace_words.Completions:
        """How the filter `q` can go on at its letter `at`."""
        return await trace_words.complete(owner_id, q, at, self._database)

    async def read_up(self) -> int:
        """Reads the facts of traces that an older version stored; how many there were."""
        return await trace_reading_up.read_up(self._database, self._writer)

    async def rollup(self, owner_id: int, since: float) -> Rollup:
        """Sums over this person's traces that started at `since` (Unix seconds) or later."""
        c = traces.c
        unpriced = (c.cost_kind == "unknown") & c.input_tokens.is_not(None)
        query = select(
            func.count().label("requests"),
            func.sum(case((c.outcome == "failed", 1), else_=0)).label("failed"),
            func.sum(case((unpriced, 1), else_=0)).label("unpriced"),
            func.sum(c.cost_usd).label("cost_usd"),
        ).where(c.owner_id == owner_id, c.started_at >= since)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().one()
        return Rollup(
            requests=row["requests"],
            failed=row["failed"] or 0,
            unpriced=row["unpriced"] or 0,
            cost_usd=row["cost_usd"] or 0.0,
        )
