"""Traces that have something in common, summed up: a conversation, a key, a model, an endpoint, a
finding."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
from msgspec import Struct
from sqlalchemy import Row, and_, case, func, select

from filon.conversation.errors import InvalidRequest
from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.tables import conversations
from filon.store.trace_filter import Filter, Named
from filon.store.trace_finding import MANY, Search, driven, keys_of, search
from filon.store.trace_rows import names_in
from filon.store.trace_values import Pattern
from filon.store.trace_where import col

By = Literal["conversation", "key", "model", "endpoint", "finding"]

_COLUMNS: Mapping[By, str] = {
    "conversation": "conversation_id",
    "key": "key_id",
    "model": "model",
    "endpoint": "endpoint",
    "finding": "findings",
}
# Traces that are looked through, from the newest on.
_MOST_READ = 50_000
PAGE = 50
_ANY_FINDING = Named(field="finding", patterns=(Pattern("*", wild=True),))


class Group(Struct, frozen=True, kw_only=True):
    """What a group came to. `unpriced` counts those of unknown cost, which `cost_usd` lacks."""

    id: str
    title: str
    count: int
    failed: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    unpriced: int
    first_at: float
    last_at: float


class Groups(Struct, frozen=True, kw_only=True):
    """A page of groups, the one used last first. `counted_since`: there were too many traces to
    read all."""

    groups: tuple[Group, ...]
    next: str | None
    counted_since: float | None = None


async def groups(
    owner_id: int, chosen: Filter, by: By, after: str | None, database: Database
) -> Groups:
    """A page of groups, the first or that behind the cursor. Raises InvalidRequest, BadFilter."""
    place = None if after is None else _place(after)
    if by == "finding":
        chosen = Filter((*chosen.terms, _ANY_FINDING))
    async with database.read() as connection:
        asked = await search(owner_id, chosen, connection)
        rows, counted_since = await _summed(asked, by, connection)
        found = _by_finding(rows) if by == "finding" else [_group(row) for row in rows]
        found.sort(key=_order, reverse=True)
        rest = [one for one in found if place is None or _order(one) < place]
        page = rest[:PAGE]
        titles = await _titles(owner_id, by, [one.id for one in page], connection)
    return Groups(
        groups=tuple(
            msgspec.structs.replace(one, title=titles.get(one.id, one.id)) for one in page
        ),
        next=_cursor(page[-1]) if len(rest) > PAGE else None,
        counted_since=counted_since,
    )


def _order(one: Group) -> tuple[float, str]:
    return one.last_at, one.id


def _cursor(last: Group) -> str:
    return urlsafe_b64encode(msgspec.msgpack.encode(_order(last))).decode("ascii").rstrip("=")


def _place(cursor: str) -> tuple[float, str]:
    try:
        data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.msgpack.decode(data, type=tuple[float, str])
    except (ValueError, msgspec.DecodeError):
        raise InvalidRequest("`next` is not a cursor of these groups.", param="next") from None


async def _summed(
    asked: Search, by: By, connection: AsyncConnection
) -> tuple[Sequence[Row[*tuple[Any, ...]]], float | None]:
    name = col(_COLUMNS[by])
    shown = name != "" if by == "finding" else name.is_not(None)
    started = col("started_at")
    read = driven(asked, shown, most=MANY).add_columns(
        name.label("name"),
        started,
        *(col(each) for each in ("outcome", "input_tokens", "output_tokens")),
        *(col(each) for each in ("cost_usd", "cost_kind")),
    )
    newest = read.order_by(started.desc()).limit(_MOST_READ).subquery()
    c = newest.c
    unpriced = and_(c.cost_kind == "unknown", c.input_tokens.is_not(None))
    query = select(
        c.name,
        func.count().label("count"),
        func.sum(case((c.outcome == "failed", 1), else_=0)).label("failed"),
        func.sum(func.coalesce(c.input_tokens, 0)).label("input_tokens"),
        func.sum(func.coalesce(c.output_tokens, 0)).label("output_tokens"),
        func.sum(func.coalesce(c.cost_usd, 0.0)).label("cost_usd"),
        func.sum(case((unpriced, 1), else_=0)).label("unpriced"),
        func.min(c.started_at).label("first_at"),
        func.max(c.started_at).label("last_at"),
    ).group_by(c.name)
    rows = (await connection.execute(query)).all()
    cut = sum(row[1] for row in rows) == _MOST_READ
    return rows, min(row.first_at for row in rows) if cut else None


def _group(row: Row[*tuple[Any, ...]]) -> Group:
    return Group(id=row[0], title=row[0], **dict(zip(_FIGURES, row[1:], strict=True)))


_FIGURES = (
    *("count", "failed", "input_tokens", "output_tokens", "cost_usd", "unpriced"),
    *("first_at", "last_at"),
)


def _by_finding(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Group]:
    """A trace with several findings is in the group of each."""
    found: dict[str, Group] = {}
    for row in rows:
        for name in names_in(row[0]):
            one = Group(id=name, title=name, **dict(zip(_FIGURES, row[1:], strict=True)))
            known = found.get(name)
            found[name] = one if known is None else _sum(known, one)
    return list(found.values())


def _sum(one: Group, other: Group) -> Group:
    return Group(
        id=one.id,
        title=one.title,
        count=one.count + other.count,
        failed=one.failed + other.failed,
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cost_usd=one.cost_usd + other.cost_usd,
        unpriced=one.unpriced + other.unpriced,
        first_at=min(one.first_at, other.first_at),
        last_at=max(one.last_at, other.last_at),
    )


async def _titles(
    owner_id: int, by: By, ids: Sequence[str], connection: AsyncConnection
) -> Mapping[str, str]:
    """What to call the groups, where that is not their id."""
    if by == "key":
        return {key_id: name for key_id, (name, _) in (await keys_of(owner_id, connection)).items()}
    if by != "conversation":
        return {}
    c = conversations.c
    query = select(c.id, c.title).where(c.owner_id == owner_id, c.id.in_(ids))
    return {row[0]: row[1] for row in (await connection.execute(query)).all()}
