"""Figures over time for charts: from the sums of times, or, where a filter asks for more than those
know, from the traces themselves."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Row, func, literal, or_, select

from filon.store import histogram
from filon.store.connection import AsyncConnection
from filon.store.database import Database
from filon.store.trace_counted import STEPS, TIME_SUMS
from filon.store.trace_filter import EVERYTHING, Counted, Filter, Marked, Named, Term
from filon.store.trace_finding import MANY, Search, driven, search
from filon.store.trace_lines import By, Lines, Sums
from filon.store.trace_rows import names_in
from filon.store.trace_tables import trace_times
from filon.store.trace_where import col

AnyRow = Row[*tuple[Any, ...]]

# The most points of a line.
_POINTS = 120
# What a step may be: each a multiple of one of `STEPS`.
_NICE = (
    *(60, 120, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 57_600, 86_400, 172_800),
    *(345_600, 691_200, 1_382_400, 2_764_800, 5_529_600, 11_059_200),
)
# Traces that are read where the sums do not help.
_MOST_READ = 20_000
_COLUMNS = (
    "started_at",
    "endpoint",
    "model",
    "outcome",
    "findings",
    "mark",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "cost_kind",
    "ttft",
    "rate",
)


class Series(Struct, frozen=True, kw_only=True):
    """Lines of a chart by their names, each with its sums by time. `counted_since`: there were too
    many traces to read all."""

    since: float
    until: float
    step: int
    lines: Mapping[str, Mapping[int, Sums]]
    totals: Sums
    counted_since: float | None = None


class Span(Struct, frozen=True, kw_only=True):
    """The time of a chart, in Unix seconds, its points `step` seconds apart, and which of the sums
    they are made of."""

    since: float
    until: float
    step: int
    level: int


class Wanted(Struct, frozen=True, kw_only=True):
    """What a chart is to show, in Unix seconds: from `since` (from the first there is where it is
    None) until `until`. `now` tells which sums are still kept."""

    by: By
    since: float | None
    until: float
    now: float


async def series(owner_id: int, chosen: Filter, wanted: Wanted, database: Database) -> Series:
    """The figures of a filter. Raises BadFilter."""
    low, high = _bounds(chosen, wanted.since, wanted.until)
    chosen = _timeless(chosen)
    async with database.read() as connection:
        begin = await _first(owner_id, high, connection) if low is None else low
        span = choose_span(min(begin, high), high, wanted.now)
        # A short time long ago has only coarse sums, but few traces.
        is_fine = span.step <= max((span.until - span.since) / 20, 60)
        if _is_summed(chosen) and is_fine:
            return await _from_sums(owner_id, chosen, wanted.by, span, connection)
        span = choose_span(span.since, span.until, span.until)
        asked = await search(owner_id, chosen, connection)
        rows = await _read(asked, span, connection)
    lines = await asyncio.to_thread(_from_traces, rows, wanted.by, span.step)
    cut = rows[-1].started_at if len(rows) == _MOST_READ else None
    return _drawn(lines, span, cut)


def choose_span(since: float, until: float, now: float) -> Span:
    """The step of a chart of this time, and the sums that are still kept for it."""
    wanted = max(until - since, 1.0) / _POINTS
    for step in _NICE:
        if step < wanted:
            continue
        for level in sorted(STEPS, reverse=True):
            kept = STEPS[level]
            is_there = kept is None or since > now - kept + level
            if level <= step and step % level == 0 and is_there:
                return Span(since=since, until=until, step=step, level=level)
    return Span(since=since, until=until, step=_NICE[-1], level=max(STEPS))


def _bounds(chosen: Filter, since: float | None, until: float) -> tuple[float | None, float]:
    """The time that is asked for, narrowed by what the filter says of it."""
    low, high = since, until
    for term in chosen.terms:
        if isinstance(term, Counted) and term.field == "started" and not term.negated:
            lows = [one.low for one in term.spans]
            highs = [one.high for one in term.spans]
            begin = min((each for each in lows if each is not None), default=None)
            end = max((each for each in highs if each is not None), default=None)
            if begin is not None and None not in lows:
                low = begin if low is None else max(low, begin)
            if end is not None and None not in highs:
                high = min(high, end)
    return low, high


def _timeless(chosen: Filter) -> Filter:
    """The filter without what became the bounds."""
    return Filter(
        tuple(
            term
            for term in chosen.terms
            if not (isinstance(term, Counted) and term.field == "started" and not term.negated)
        )
    )


def _is_summed(chosen: Filter) -> bool:
    """Whether the sums know all that a filter asks for."""
    return all(
        _asks_for_failures(term) or (isinstance(term, Named) and term.field in _SUMMED)
        for term in chosen.terms
    )


_SUMMED = ("model", "endpoint")


def _asks_for_failures(term: Term) -> bool:
    """Whether a term is for those that failed, or turned round for all others."""
    return isinstance(term, Marked) and (term.field, term.names) == ("is", ("failed",))


async def _first(owner_id: int, until: float, connection: AsyncConnection) -> float:
    c = trace_times.c
    query = select(func.min(c.at)).where(c.owner_id == owner_id, c.step == 86_400)
    found = await connection.scalar(query)
    return until - 3_600.0 if found is None else float(found)


async def _from_sums(
    owner_id: int, chosen: Filter, by: By, span: Span, connection: AsyncConnection
) -> Series:
    """Adds up as far as may be in SQL. The histograms, which only what is no failure has, and the
    failures are read apart: together they would be a row for each failure of each model."""
    c = trace_times.c
    parts = _Parts(by, span, narrowed=bool(chosen.terms))
    mine = (
        *(
            c.finding == "" if term.negated else c.finding != ""
            for term in chosen.terms
            if _asks_for_failures(term)
        ),
        c.owner_id == owner_id,
        c.step == span.level,
        c.at >= int(span.since) // span.level * span.level,
        c.at < span.until,
    )
    figures: Any = select(*parts.columns, *(func.sum(c[name]) for name in TIME_SUMS)).where(*mine)
    failures: Any = select(*parts.columns, c.finding, func.sum(c.failed)).where(
        *mine, c.finding != ""
    )
    measured: Any = select(*parts.columns, c.ttft, c.rate).where(
        *mine, or_(c.ttft != b"", c.rate != b"")
    )
    if by == "finding":
        figures = figures.where(c.finding != "")
    lines = Lines(chosen, by)
    for row in await _rows(figures.group_by(*parts.groups), connection):
        sums = lines.at(*row[:_PLACE])
        if sums is not None:
            _add_sums(sums, row[_PLACE:])
    lines.keep_the_busiest()
    for row in await _rows(failures.group_by(*parts.groups, c.finding), connection):
        sums = lines.at(*row[:_PLACE])
        if sums is not None:
            finding, failed = str(row[_PLACE]), int(row[_PLACE + 1])
            sums.findings[finding] = sums.findings.get(finding, 0) + failed
    for row in await _rows(measured, connection):
        sums = lines.at(*row[:_PLACE])
        if sums is not None:
            histogram.add(sums.ttft, row[_PLACE])
            histogram.add(sums.rate, row[_PLACE + 1])
    return _drawn(lines.sums, span, None)


async def _rows(query: Any, connection: AsyncConnection) -> Sequence[Any]:
    return (await connection.execute(query)).all()


# The columns before the figures: time, endpoint, model, finding.
_PLACE = 4


class _Parts:
    """By what the sums are told apart: by no more than is needed."""

    def __init__(self, by: By, span: Span, *, narrowed: bool) -> None:
        c = trace_times.c
        at = c.at - c.at % span.step
        used = {
            "endpoint": by == "endpoint" or narrowed,
            "model": by == "model" or narrowed,
            "finding": by == "finding",
        }
        names = [c[name] if is_used else literal("") for name, is_used in used.items()]
        self.columns: Any = (at, *names)
        self.groups: Any = [at, *(c[name] for name, is_used in used.items() if is_used)]


def _add_sums(sums: Sums, figures: Sequence[Any]) -> None:
    requests, failed, input_tokens, output_tokens, cost_usd, unpriced = figures
    sums.requests += requests
    sums.failed += failed
    sums.input_tokens += input_tokens
    sums.output_tokens += output_tokens
    sums.cost_usd += cost_usd
    sums.unpriced += unpriced


async def _read(asked: Search, span: Span, connection: AsyncConnection) -> Sequence[AnyRow]:
    started = col("started_at")
    query = (
        driven(asked, started >= span.since, started < span.until, most=MANY)
        .add_columns(*(col(name) for name in _COLUMNS))
        .order_by(started.desc())
        .limit(_MOST_READ)
    )
    return (await connection.execute(query)).all()


def _from_traces(rows: Sequence[Any], by: By, step: int) -> dict[str, dict[int, Sums]]:
    lines = Lines(EVERYTHING, by)
    for (
        started_at,
        endpoint,
        model,
        outcome,
        findings,
        mark,
        input_tokens,
        output_tokens,
        cost_usd,
        cost_kind,
        ttft,
        rate,
    ) in rows:
        failed = outcome == "failed"
        finding = ""
        if failed:
            finding = next(iter(names_in(findings)), mark or "unknown")
        sums = lines.at(int(started_at // step) * step, endpoint or "", model, finding)
        if sums is None:
            continue
        sums.requests += 1
        sums.failed += failed
        sums.input_tokens += input_tokens or 0
        sums.output_tokens += output_tokens or 0
        sums.cost_usd += cost_usd or 0.0
        sums.unpriced += cost_kind == "unknown" and input_tokens is not None
        if failed:
            sums.findings[finding] = sums.findings.get(finding, 0) + 1
        if ttft is not None:
            histogram.count(sums.ttft, ttft)
        if rate is not None:
            histogram.count(sums.rate, rate)
    lines.keep_the_busiest()
    return lines.sums


def _drawn(
    lines: Mapping[str, Mapping[int, Sums]], span: Span, counted_since: float | None
) -> Series:
    totals = Sums()
    for points in lines.values():
        for sums in points.values():
            totals.add(sums)
    return Series(
        since=span.since,
        until=span.until,
        step=span.step,
        lines=lines,
        totals=totals,
        counted_since=counted_since,
    )
