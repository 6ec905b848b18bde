"""Pages of traces in an order: by time or by a figure, with unknown figures last either way.

A cursor names the last trace of a page, so that what comes in between moves nothing. Equals are in
the order of time.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_

from filon.conversation.errors import InvalidRequest
from filon.store.connection import AsyncConnection
from filon.store.encoding import fits
from filon.store.trace_finding import (
    FEW,
    MANY,
    Driver,
    Search,
    at_times,
    driven,
)
from filon.store.trace_rows import SHOWN, TraceSummary, summary_of
from filon.store.trace_tables import traces
from filon.store.trace_where import NUMBERS, Where, col

Sort = Literal["started", "cost", "tokens", "latency", "ttft", "rate", "status", "model"]
Order = Literal["asc", "desc"]

_VALUES: Mapping[str, ColumnElement[Any]] = {**NUMBERS, "model": col("model")}
# Traces of a name that are looked at in the first step, and how much longer each further one is.
_FIRST_STEP = 1_000
_LONGER = 4
_STARTED: ColumnElement[float] = col("started_at")
_NUMBER: ColumnElement[int] = col("id")


class Place(Struct, frozen=True, array_like=True):
    """A place in an order: behind this trace. `value` is None by time, and among the unknown."""

    sort: str
    order: str
    value: float | str | None
    started_at: float
    id: int


class Found(Struct, frozen=True):
    """A trace by its number, with what places it."""

    id: int
    started_at: float
    value: Any = None


def cursor_of(place: Place) -> str:
    """The place as text."""
    return urlsafe_b64encode(msgspec.msgpack.encode(place)).decode("ascii").rstrip("=")


def place_of(cursor: str, sort: Sort, order: Order) -> Place:
    """The place that a text names. Raises InvalidRequest where it is none of this order."""
    try:
        data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        place = msgspec.msgpack.decode(data, type=Place)
    except (ValueError, msgspec.DecodeError):
        place = None
    if place is None or (place.sort, place.order) != (sort, order) or fits(place.id) is None:
        raise InvalidRequest("`before` is not a cursor of this list.", param="before")
    return place


async def first(
    chosen: Search,
    sort: Sort,
    order: Order,
    limit: int,
    after: Place | None,
    connection: AsyncConnection,
) -> list[Found]:
    """The first traces of a search in this order, behind the place."""
    if sort == "started":
        return await _by_time(chosen, order, limit, after, connection)
    return await _sorted(chosen, sort, order, limit, after, connection)


async def _sorted(
    chosen: Search,
    sort: Sort,
    order: Order,
    limit: int,
    after: Place | None,
    connection: AsyncConnection,
) -> list[Found]:
    """Those that fit are put in order as they are read, those without the figure behind the others:
    nobody orders as often as a trace is written, so that no figure has an index."""
    value = _VALUES[sort]
    query = driven(chosen, most=MANY)
    if after is not None and after.value is None:
        query = query.where(value.is_(None), _behind(after, order))
    elif after is not None:
        query = query.where(or_(value.is_(None), _beyond(value, after, order)))
    terms = (value, _STARTED, _NUMBER)
    ordered = [term.desc() if order == "desc" else term for term in terms]
    query = query.add_columns(_NUMBER, _STARTED, value).order_by(value.is_(None), *ordered)
    return [Found(*row) for row in (await connection.execute(query.limit(limit))).all()]


async def _by_time(
    chosen: Search, order: Order, limit: int, after: Place | None, connection: AsyncConnection
) -> list[Found]:
    driver = chosen.driver
    if driver is None or driver.count <= FEW or not driver.ordered:
        return await _ordered(driven(chosen), order, limit, after, connection)
    return await _stepwise(chosen, driver, order, limit, after, connection)


async def _ordered(
    query: "Select[Any]",
    order: Order,
    limit: int,
    after: Place | None,
    connection: AsyncConnection,
) -> list[Found]:
    if after is not None:
        query = query.where(_behind(after, order))
    query = query.add_columns(_NUMBER, _STARTED).limit(limit)
    falling = order == "desc"
    query = query.order_by(
        _STARTED.desc() if falling else _STARTED, _NUMBER.desc() if falling else _NUMBER
    )
    return [Found(*row) for row in (await connection.execute(query)).all()]


def _behind(place: Place, order: Order) -> Where:
    at, number = place.started_at, place.id
    if order == "desc":
        return and_(at >= _STARTED, or_(at > _STARTED, number > _NUMBER))
    return and_(at <= _STARTED, or_(at < _STARTED, number < _NUMBER))


async def _stepwise(
    chosen: Search,
    driver: Driver,
    order: Order,
    limit: int,
    after: Place | None,
    connection: AsyncConnection,
) -> list[Found]:
    """Takes the driver's times a stretch at a time, each longer than the last, until the page is
    full."""
    found: list[Found] = []
    falling = order == "desc"
    times = driver.times
    if after is not None:
        at = after.started_at
        times = times.where(at >= _STARTED if falling else at <= _STARTED)
    size = _FIRST_STEP
    while True:
        ends = times.order_by(_STARTED.desc() if falling else _STARTED).offset(size).limit(1)
        end = await connection.scalar(ends)
        if end is None:
            stretch = times
        else:
            stretch = times.where(end <= _STARTED if falling else end >= _STARTED)
        query = at_times(chosen, stretch)
        found += await _ordered(query, order, limit - len(found), after, connection)
        if end is None or len(found) >= limit:
            return found
        size *= _LONGER
        times = times.where(end > _STARTED if falling else end < _STARTED)


def _beyond(value: ColumnElement[Any], place: Place, order: Order) -> Where:
    here = tuple_(value, _STARTED, _NUMBER)
    there = tuple_(place.value, place.started_at, place.id)
    edge = value <= place.value if order == "desc" else value >= place.value
    return and_(edge, here < there if order == "desc" else here > there)


async def rows_of(found: Sequence[Found], connection: AsyncConnection) -> list[TraceSummary]:
    """The traces themselves, in the same order."""
    columns = [traces.c[name] for name in SHOWN]
    query = select(traces.c.id, *columns).where(traces.c.id.in_([one.id for one in found]))
    rows = {row["id"]: row for row in (await connection.execute(query)).mappings().all()}
    return [summary_of(rows[one.id]) for one in found if one.id in rows]


def next_cursor(last: Found, sort: Sort, order: Order) -> str:
    """The cursor of the page behind this trace."""
    return cursor_of(Place(sort, order, last.value, last.started_at, last.id))
