"""Finds traces: which index to read for a filter and an order, so that a page is quick among a
million. All that a filter asks for stands in `ix_traces_list`, in the order of time; where few
traces have what is asked for, their times are taken from another index first.

The names of indexes in FROM are SQLite's; another database needs none.
"""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Select, func, select, text, union_all
from sqlalchemy.sql.expression import FromClause

from filon.store.connection import AsyncConnection
from filon.store.tables import keys
from filon.store.trace_filter import Filter, Marked, Named, Term, Word
from filon.store.trace_tables import trace_marks, trace_names, trace_sums
from filon.store.trace_where import (
    LISTS,
    ONE_NAME,
    Known,
    Where,
    begins,
    col,
    condition,
    ids_for,
    kinds_for,
    where,
)

# Of the fields that have one, the index that has their names in order, and then the times.
_INDEXES = {
    "model": "ix_traces_model",
    "endpoint": "ix_traces_endpoint",
    "key": "ix_traces_key",
}

# Names of one kind that are looked at.
_MOST_NAMES = 5_000
# A word that begins more ids than this does not mean them.
_MOST_IDS = 200
# So many traces are put in order in a moment, and so many while nobody minds.
FEW = 5_000
MANY = 50_000
# A name that more than this part of all traces has is found as quickly by looking through all.
_COMMON = 0.15
# Traces among which those that fit are counted, and how far.
WINDOW = 50_000
COUNTED_TO = 10_000


class Driver(Struct, frozen=True, kw_only=True):
    """An index that has the times of all traces that a term allows. `ordered` says that it gives
    them in the order of time, `exact` that `count` counts none twice."""

    times: "Select[Any]"
    count: int
    ordered: bool
    exact: bool = False


class Search(Struct, frozen=True, kw_only=True):
    """A filter with all that is needed to ask the database. `at_hand` are the same conditions for
    traces whose times are known; `exactly` is how many traces it has, where that is known."""

    owner_id: int
    chosen: Filter
    known: Known
    conditions: tuple[Where, ...]
    at_hand: tuple[Where, ...]
    driver: Driver | None
    everything: int
    exactly: int | None = None


def list_index() -> Any:
    """What a list is read from."""
    return text("traces INDEXED BY ix_traces_list")


def not_by_owner(owner_id: int) -> Where:
    """Whose a trace is, said so that SQLite looks for nothing by it: it is asked among few."""
    return col("owner_id") + 0 == owner_id


async def search(owner_id: int, chosen: Filter, connection: AsyncConnection) -> Search:
    """Fetches what a filter needs, and chooses its index. Raises BadFilter."""
    known = await _known(owner_id, chosen, connection)
    everything = await count_of_all(owner_id, connection)
    drivers = [
        found
        for term in chosen.terms
        if not term.negated
        and (found := await _driver_of(term, owner_id, known, connection)) is not None
    ]
    exact = len(chosen.terms) == 1 and bool(drivers) and drivers[0].exact
    return Search(
        owner_id=owner_id,
        chosen=chosen,
        known=known,
        conditions=tuple(where(chosen, known)),
        at_hand=tuple(where(chosen, known, at_hand=True)),
        driver=_best(drivers, everything),
        everything=everything,
        exactly=drivers[0].count if exact else None,
    )


async def count_of_all(owner_id: int, connection: AsyncConnection) -> int:
    """How many traces a person has."""
    query = select(trace_sums.c.traces).where(trace_sums.c.owner_id == owner_id)
    return await connection.scalar(query) or 0


async def _known(owner_id: int, chosen: Filter, connection: AsyncConnection) -> Known:
    kinds = kinds_for(chosen)
    return Known(
        names={kind: await names_of(owner_id, kind, connection) for kind in kinds},
        keys=await keys_of(owner_id, connection) if "key" in kinds else {},
        ids={word: await _ids(owner_id, word, connection) for word in ids_for(chosen)},
    )


async def names_of(owner_id: int, kind: str, connection: AsyncConnection) -> dict[str, int]:
    """How many traces have each name of a kind, the commonest first."""
    query = (
        select(trace_names.c.name, trace_names.c.count)
        .where(trace_names.c.owner_id == owner_id, trace_names.c.kind == kind)
        .order_by(trace_names.c.count.desc(), trace_names.c.name)
        .limit(_MOST_NAMES)
    )
    return {row[0]: row[1] for row in (await connection.execute(query)).all()}


async def keys_of(owner_id: int, connection: AsyncConnection) -> dict[str, tuple[str, str]]:
    """Name and prefix of each key, by its id."""
    query = select(keys.c.id, keys.c.name, keys.c.prefix).where(keys.c.owner_id == owner_id)
    return {row[0]: (row[1], row[2]) for row in (await connection.execute(query)).all()}


async def _ids(owner_id: int, word: str, connection: AsyncConnection) -> Sequence[int] | None:
    query = (
        select(col("id"))
        .select_from(text("traces"))
        .where(begins(word), not_by_owner(owner_id))
        .limit(_MOST_IDS + 1)
    )
    found = (await connection.execute(query)).scalars().all()
    return found if len(found) <= _MOST_IDS else None


def _best(drivers: Sequence[Driver], everything: int) -> Driver | None:
    """The best index for a filter; None where looking through all is as good."""
    best = min(drivers, key=lambda driver: driver.count, default=None)
    if best is None or best.count <= MANY:
        return best
    return best if best.ordered and best.count < _COMMON * everything else None


async def _driver_of(
    term: Term, owner_id: int, known: Known, connection: AsyncConnection
) -> Driver | None:
    match term:
        case Word():
            return await _probed(_of_word(term, owner_id, known), owner_id, connection)
        case Named() if term.field in ONE_NAME or term.field in LISTS:
            names = known.fitting(term.field, term.patterns)
            counts = known.names[term.field]
            return Driver(
                times=_union(_of_name(term.field, name, owner_id) for name in names)
                if names
                else _nothing(),
                count=sum(counts[name] for name in names),
                ordered=len(names) == 1,
                exact=len(names) <= 1 or term.field in ONE_NAME,
            )
        case Named() if term.field == "conversation":
            times = select(col("started_at")).select_from(
                text("traces INDEXED BY ix_traces_conversation")
            )
            mine = col("owner_id") == owner_id
            # The index holds those of conversations alone, and is used where that is said.
            said = col("conversation_id").is_not(None)
            return await _probed(
                [times.where(mine, said, condition(term, known))], owner_id, connection
            )
        case Named() if term.field == "id":
            times = select(col("started_at")).select_from(text("traces"))
            mine = not_by_owner(owner_id)
            return await _probed([times.where(mine, condition(term, known))], owner_id, connection)
        case Named() if term.field == "outcome":
            return await _of_outcomes(
                [p.text.lower() for p in term.patterns if not p.wild], owner_id, connection
            )
        case Marked() if term.field == "is":
            return await _of_outcomes(term.names, owner_id, connection)
        case _:
            return None


async def _of_outcomes(
    names: Sequence[str], owner_id: int, connection: AsyncConnection
) -> Driver | None:
    """Those that came to no good end have an index of their own."""
    if not set(names) <= {"failed", "partial", "stopped", "live"}:
        return None
    times = (
        select(col("started_at"))
        .select_from(text("traces INDEXED BY ix_traces_outcome"))
        .where(
            col("owner_id") == owner_id, col("outcome").in_(names), text("outcome <> 'complete'")
        )
    )
    inner = select(times.subquery()).limit(MANY + 1).subquery()
    count = await connection.scalar(select(func.count()).select_from(inner)) or 0
    if count > MANY:
        return None
    return Driver(times=times, count=count, ordered=len(names) == 1, exact=True)


def _nothing() -> "Select[Any]":
    return select(col("started_at")).select_from(list_index()).where(text("0"))


def _of_word(term: Word, owner_id: int, known: Known) -> list["Select[Any]"]:
    word = term.text.lower()
    names = [
        (kind, name) for kind in ("model", "endpoint", "mark") for name in known.holding(kind, word)
    ]
    if sum(known.names[kind][name] for kind, name in names) > FEW or len(names) > _MOST_IDS:
        return []
    if any(word in caller for caller in ("chat", "gateway", "cli", "title", "replay", "request")):
        return []
    found = [_of_name(kind, name, owner_id) for kind, name in names]
    ids = known.ids.get(word)
    if ids:
        times = select(col("started_at")).select_from(text("traces"))
        found.append(times.where(col("id").in_(ids)))
    return found or [_nothing()]


def _of_name(kind: str, name: str, owner_id: int) -> "Select[Any]":
    if kind in ONE_NAME:
        return (
            select(col("started_at"))
            .select_from(text(f"traces INDEXED BY {_INDEXES[kind]}"))
            .where(col("owner_id") == owner_id, col(ONE_NAME[kind]) == name)
        )
    c = trace_marks.c
    return select(c.started_at).where(c.owner_id == owner_id, c.kind == kind, c.name == name)


def _union(selects: Any) -> Any:
    several = list(selects)
    return several[0] if len(several) == 1 else union_all(*several)


async def _probed(
    selects: Sequence["Select[Any]"], owner_id: int, connection: AsyncConnection
) -> Driver | None:
    """These as a driver, when they are few."""
    if not selects:
        return None
    times = _union(selects)
    inner = select(times.subquery()).limit(FEW + 1).subquery()
    count = await connection.scalar(select(func.count()).select_from(inner)) or 0
    return Driver(times=times, count=count, ordered=False) if count <= FEW else None


def matching(chosen: Search, *more: Where) -> "Select[Any]":
    """A query on the list's index with all conditions; what it is to read is added to it."""
    mine = col("owner_id") == chosen.owner_id
    return select().select_from(list_index()).where(mine, *chosen.conditions, *more)


def driven(chosen: Search, *more: Where, most: int | None = None) -> "Select[Any]":
    """The same, led by the driver where there is one with few, or with up to `most`."""
    if chosen.driver is None or chosen.driver.count > (FEW if most is None else most):
        return matching(chosen, *more)
    return at_times(chosen, chosen.driver.times).where(*more)


def at_times(chosen: Search, times: Any) -> "Select[Any]":
    """A query on the list's index of what fits among the traces of these times."""
    mine = col("owner_id") == chosen.owner_id
    return select().select_from(list_index()).where(mine, among(times), *chosen.at_hand)


def among(times: Any) -> Where:
    """Whether a trace's time is one of these."""
    inner: FromClause = times.subquery()
    return col("started_at").in_(select(inner.c[0]))


async def window(chosen: Search, connection: AsyncConnection, size: int = WINDOW) -> float | None:
    """The time from which on there are about so many traces; None where there are no more."""
    if chosen.everything <= size:
        return None
    query = (
        select(col("started_at"))
        .select_from(list_index())
        .where(col("owner_id") == chosen.owner_id)
        .order_by(col("started_at").desc())
        .offset(size)
        .limit(1)
    )
    return await connection.scalar(query)


async def total(chosen: Search, connection: AsyncConnection) -> tuple[int, bool]:
    """How many traces there are of a filter, and whether there may be more than that."""
    if not chosen.conditions:
        return chosen.everything, False
    if chosen.exactly is not None:
        return chosen.exactly, False
    since: float | None = None
    query = driven(chosen)
    if chosen.driver is None or chosen.driver.count > FEW:
        since = await window(chosen, connection)
    if since is not None:
        query = query.where(col("started_at") >= since)
    inner = query.add_columns(col("id")).limit(COUNTED_TO + 1).subquery()
    count = await connection.scalar(select(func.count()).select_from(inner)) or 0
    return min(count, COUNTED_TO), since is not None or count > COUNTED_TO
