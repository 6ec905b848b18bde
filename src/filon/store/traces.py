"""Traces: a row that lists and roll-ups read, and all records of the turn in one blob."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import ColumnElement, Insert, RowMapping, and_, case, func, insert, or_, select
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from filon.conversation.errors import InvalidRequest, NotFound
from filon.kit import clock
from filon.store import trace_blob
from filon.store.database import Database
from filon.store.encoding import clean, fits, from_json, to_json
from filon.store.tables import body_pieces, key_days, traces
from filon.store.writer import Inserts, Rows, Writer
from filon.trace.records import Admitted, AnyRecord, Attempt, Received, Timing, Translated

Outcome = Literal["complete", "stopped", "partial", "failed"]

PAGE = 100
LONGEST_PAGE = 500


def _counting() -> Insert:
    """Adds to what a key did on a day."""
    new = insert_or(key_days)
    names = {column.name for column in key_days.c if not column.primary_key}
    return new.on_conflict_do_update(
        index_elements=list(key_days.primary_key),
        set_={name: key_days.c[name] + new.excluded[name] for name in names},
    )


# The same for the life of the program: the writer joins inserts of the same statements.
_STATEMENTS = (
    # PostgreSQL has the same clause under the same name in its own dialect.
    insert_or(body_pieces).on_conflict_do_nothing(),
    insert(traces),
    _counting(),
)
_DAY = tuple(column.name for column in key_days.c if column.primary_key)
_SUMS = tuple(column.name for column in key_days.c if not column.primary_key)
# SQLite's limit of variables in a statement was 999 for long.
_VARIABLES = 500
# Bytes of bodies beyond which hashing them would hold up every stream: about a millisecond.
_HEAVY = 512 * 1024

_APART = {"id", "owner_id", "size", "records", "key_id"}
_SUMMARY = tuple(column for column in traces.c if column.name not in _APART)


class TraceSummary(Struct, frozen=True, kw_only=True):
    """A trace as lists show it. `started_at` is Unix seconds; `ttft` and `total` are seconds from
    there; `mark` is one short word for what stands out; `timing` is of the last attempt."""

    id: str
    started_at: float
    caller: str
    model: str
    endpoint: str | None = None
    status: int | None = None
    outcome: Outcome
    attempts: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    estimated: bool = False
    cost_kind: str = "unknown"
    cost_usd: float | None = None
    ttft: float | None = None
    total: float | None = None
    mark: str | None = None
    conversation_id: str | None = None
    message_id: str | None = None
    timing: Timing = Timing()


class Trace(Struct, frozen=True, kw_only=True):
    """A whole trace. `size` is the bytes of its own records, without pieces it may share."""

    summary: TraceSummary
    records: tuple[AnyRecord, ...]
    size: int


class TraceFilter(Struct, frozen=True, kw_only=True):
    """What a list is to hold. `text` is looked for in model, caller, mark and id; `key_id` is of
    the key with which it was asked."""

    text: str | None = None
    outcome: str | None = None
    caller: str | None = None
    conversation_id: str | None = None
    key_id: str | None = None


class TraceRows(Struct, frozen=True, kw_only=True):
    """A page, newest first. `next` is the cursor of the following one, `total` counts all pages."""

    traces: tuple[TraceSummary, ...]
    next: str | None
    total: int


class Rollup(Struct, frozen=True, kw_only=True):
    """Sums over traces. `unpriced` counts those of unknown cost, which `cost_usd` lacks."""

    requests: int
    failed: int
    unpriced: int
    cost_usd: float


class Traces:
    """Reads and writes traces."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def offer(
        self,
        owner_id: int,
        summary: TraceSummary,
        records: Sequence[AnyRecord],
        key_id: str | None = None,
    ) -> bool:
        """As `insert`, where there is nothing to wait for; else does nothing and returns False."""
        if not self._writer.has_room or _weight_of(records) > _HEAVY:
            return False
        return self._writer.offer(_inserts(owner_id, summary, records, key_id))

    async def insert(
        self,
        owner_id: int,
        summary: TraceSummary,
        records: Sequence[AnyRecord],
        key_id: str | None = None,
    ) -> None:
        """Hands a finished trace to the writer; it is durable within a quarter of a second. It
        is one of the key `key_id`, if there is one, and counts as use of it."""
        await self._writer.enqueue(await _prepared(owner_id, summary, records, key_id))

    async def insert_now(
        self, owner_id: int, summary: TraceSummary, records: Sequence[AnyRecord]
    ) -> None:
        """Stores a finished trace; it is durable when this returns. Raises StoreError."""
        await self._writer.write(await _prepared(owner_id, summary, records))

    async def get(self, owner_id: int, trace_id: str) -> Trace:
        """A trace with its records as they were. Raises NotFound."""
        query = select(traces).where(traces.c.owner_id == owner_id, traces.c.public_id == trace_id)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().first()
            if row is None:
                raise NotFound(f"There is no trace {trace_id!r}.")
            encoded = trace_blob.decode(row["records"])
            groups = await _pieces(owner_id, encoded.groups(), connection)
            pieces = await _pieces(owner_id, encoded.pieces(groups), connection)
        return Trace(
            summary=_summary(row), records=encoded.records(groups | pieces), size=row["size"]
        )

    async def page(
        self,
        owner_id: int,
        chosen: TraceFilter | None = None,
        *,
        limit: int = PAGE,
        before: str | None = None,
    ) -> TraceRows:
        """A page of traces, from the newest or from the cursor `before`. Raises InvalidRequest
        for a cursor that is none."""
        wanted = _wanted(owner_id, chosen or TraceFilter())
        limit = max(1, min(limit, LONGEST_PAGE))
        query = (
            select(traces.c.id.label("number"), *_SUMMARY)
            .where(wanted if before is None else and_(wanted, _older(before)))
            .order_by(traces.c.started_at.desc(), traces.c.id.desc())
            .limit(limit + 1)
        )
        async with self._database.read() as connection:
            total = await connection.scalar(select(func.count()).select_from(traces).where(wanted))
            rows = (await connection.execute(query)).mappings().all()
        shown = rows[:limit]
        is_more = len(rows) > limit
        return TraceRows(
            traces=tuple(_summary(row) for row in shown),
            next=_cursor(shown[-1]) if is_more else None,
            total=total or 0,
        )

    async def rollup(self, owner_id: int, since: float) -> Rollup:
        """Sums over this person's traces that started at `since` (Unix seconds) or later."""
        query = select(
            func.count().label("requests"),
            func.sum(case((traces.c.outcome == "failed", 1), else_=0)).label("failed"),
            func.sum(case((_is_unpriced(), 1), else_=0)).label("unpriced"),
            func.sum(traces.c.cost_usd).label("cost_usd"),
        ).where(traces.c.owner_id == owner_id, traces.c.started_at >= since)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().one()
        return Rollup(
            requests=row["requests"],
            failed=row["failed"] or 0,
            unpriced=row["unpriced"] or 0,
            cost_usd=row["cost_usd"] or 0.0,
        )


def _is_unpriced() -> ColumnElement[bool]:
    # Where nothing was counted, as in most failures, there is nothing to price either.
    return and_(traces.c.cost_kind == "unknown", traces.c.input_tokens.is_not(None))


async def _prepared(
    owner_id: int,
    summary: TraceSummary,
    records: Sequence[AnyRecord],
    key_id: str | None = None,
) -> Inserts:
    if _weight_of(records) > _HEAVY:
        return await asyncio.to_thread(_inserts, owner_id, summary, records, key_id)
    return _inserts(owner_id, summary, records, key_id)


def _weight_of(records: Sequence[AnyRecord]) -> int:
    return sum(map(_weight, records))


def _weight(record: AnyRecord) -> int:
    match record:
        case Received(body=body) | Translated(body=body) | Attempt(request_body=body):
            return len(body.data)
        case _:
            return 0


def _inserts(
    owner_id: int,
    summary: TraceSummary,
    records: Sequence[AnyRecord],
    key_id: str | None,
) -> Inserts:
    blob, pieces = trace_blob.encode(records)
    row = asdict(summary) | {
        "public_id": summary.id,
        "owner_id": owner_id,
        "model": clean(summary.model),
        "mark": None if summary.mark is None else clean(summary.mark),
        "input_tokens": fits(summary.input_tokens),
        "output_tokens": fits(summary.output_tokens),
        "timing": to_json(summary.timing),
        "size": len(blob),
        "records": blob,
        "key_id": key_id,
    }
    # The row's own number is the database's to give.
    del row["id"]
    shared = [
        {"owner_id": owner_id, "hash": digest, "data": data} for digest, data in pieces.items()
    ]
    counted = [] if key_id is None else [_counted(owner_id, key_id, summary, records)]
    weight = len(blob) + sum(map(len, pieces.values()))
    return Inserts(_STATEMENTS, (shared, [row], counted), weight, _summed_by_day)


def _summed_by_day(rows: tuple[Rows, ...]) -> tuple[Rows, ...]:
    """One row for what many traces add to the same day of a key."""
    shared, listed, counted = rows
    days: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in counted:
        day = days.setdefault(tuple(one[name] for name in _DAY), dict.fromkeys(_SUMS, 0))
        for name in _SUMS:
            day[name] += one[name]
    return shared, listed, [dict(zip(_DAY, day, strict=True)) | sums for day, sums in days.items()]


def _counted(
    owner_id: int, key_id: str, summary: TraceSummary, records: Sequence[AnyRecord]
) -> dict[str, Any]:
    """What one trace adds to its key's day."""
    let_in = any(isinstance(record, Admitted) and record.error is None for record in records)
    is_unpriced = summary.cost_kind == "unknown" and summary.input_tokens is not None
    return {
        "owner_id": owner_id,
        "key_id": key_id,
        "day": clock.day(summary.started_at),
        "requests": 1,
        "refused": int(not let_in),
        "failed": int(let_in and summary.outcome == "failed"),
        "input_tokens": fits(summary.input_tokens) or 0,
        "output_tokens": fits(summary.output_tokens) or 0,
        "cost_usd": summary.cost_usd or 0.0,
        "unpriced": int(is_unpriced),
    }


async def _pieces(
    owner_id: int, wanted: set[bytes], connection: AsyncConnection
) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    hashes = sorted(wanted)
    for at in range(0, len(hashes), _VARIABLES):
        query = select(body_pieces.c.hash, body_pieces.c.data).where(
            body_pieces.c.owner_id == owner_id,
            body_pieces.c.hash.in_(hashes[at : at + _VARIABLES]),
        )
        for digest, data in (await connection.execute(query)).all():
            found[digest] = data
    return found


def _wanted(owner_id: int, chosen: TraceFilter) -> ColumnElement[bool]:
    terms: list[ColumnElement[bool]] = [traces.c.owner_id == owner_id]
    if chosen.text:
        text = clean(chosen.text)
        columns = (traces.c.model, traces.c.caller, traces.c.mark, traces.c.public_id)
        terms.append(or_(*(column.icontains(text, autoescape=True) for column in columns)))
    if chosen.outcome is not None:
        terms.append(traces.c.outcome == clean(chosen.outcome))
    if chosen.caller is not None:
        terms.append(traces.c.caller == clean(chosen.caller))
    if chosen.conversation_id is not None:
        terms.append(traces.c.conversation_id == clean(chosen.conversation_id))
    if chosen.key_id is not None:
        terms.append(traces.c.key_id == clean(chosen.key_id))
    return and_(*terms)


def _cursor(row: RowMapping) -> str:
    return f"{float(row['started_at'])!r}_{row['number']}"


def _older(cursor: str) -> ColumnElement[bool]:
    """The rows after the one that the cursor names, in the order of lists."""
    time, _, number = cursor.partition("_")
    try:
        started_at, last = float(time), int(number)
    except ValueError:
        raise InvalidRequest("`before` is not a cursor of this list.", param="before") from None
    if fits(last) is None:
        raise InvalidRequest("`before` is not a cursor of this list.", param="before")
    return or_(
        traces.c.started_at < started_at,
        and_(traces.c.started_at == started_at, traces.c.id < last),
    )


def _summary(row: RowMapping) -> TraceSummary:
    fields = {name: row[name] for name in _FIELDS}
    timing = from_json(row["timing"], Timing)
    return TraceSummary(id=row["public_id"], timing=timing, **fields)


_FIELDS = tuple(column.name for column in _SUMMARY if column.name not in {"public_id", "timing"})
