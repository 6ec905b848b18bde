"""What a trace adds to what is counted as traces are written: its key's day, the sums of its time,
the names that filters complete. Pure; many traces become few rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Insert, LargeBinary, func
from sqlalchemy.dialects.sqlite import insert as insert_or

from filon.kit import clock
from filon.store import histogram
from filon.store.encoding import clean, fits
from filon.store.tables import key_days
from filon.store.trace_rows import TraceSummary
from filon.store.trace_tables import trace_names, trace_times

Row = Mapping[str, Any]
# One use of a key: whose, which key, whether it was let in, and what became of it.
Use = tuple[int, str, bool, TraceSummary]
# By minute, owner, endpoint, model and finding: the columns of `TIME_SUMS`, then the histograms.
Sums = dict[tuple[Any, ...], list[Any]]

# Seconds of one sum, and for how long such sums are kept, None for ever. A chart of an hour, a day,
# a week, a month, a quarter or a year has about ninety points of just one of them.
STEPS: Mapping[int, float | None] = {
    60: 2 * 86_400.0,
    900: 35 * 86_400.0,
    7_200: None,
    28_800: None,
    86_400: None,
    345_600: None,
}

_HISTOGRAMS = ("ttft", "rate")
TIME_SUMS = tuple(
    column.name
    for column in trace_times.c
    if not column.primary_key and column.name not in _HISTOGRAMS
)
_DAY = tuple(column.name for column in key_days.c if column.primary_key)
_DAY_SUMS = (
    "requests",
    "refused",
    "failed",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "unpriced",
)


def adding_to_days() -> Insert:
    """Adds to what a key did on a day."""
    new = insert_or(key_days)
    return new.on_conflict_do_update(
        index_elements=list(key_days.primary_key),
        set_={name: key_days.c[name] + new.excluded[name] for name in _DAY_SUMS},
    )


def adding_to_times() -> Insert:
    """Adds to the sums of a time. The histograms are added up by a function of our own, which
    `database.py` gives to SQLite."""
    new = insert_or(trace_times)
    sums = {name: trace_times.c[name] + new.excluded[name] for name in TIME_SUMS}
    merged = {
        name: func.filon_histograms(trace_times.c[name], new.excluded[name], type_=LargeBinary())
        for name in _HISTOGRAMS
    }
    return new.on_conflict_do_update(
        index_elements=list(trace_times.primary_key), set_=sums | merged
    )


def adding_to_names() -> Insert:
    """Adds to how many traces have a name."""
    new = insert_or(trace_names)
    return new.on_conflict_do_update(
        index_elements=list(trace_names.primary_key),
        set_={"count": trace_names.c.count + new.excluded["count"]},
    )


def by_day(uses: Iterable[Use]) -> list[dict[str, Any]]:
    """One row for what many traces add to the same day of a key."""
    days: dict[tuple[Any, ...], list[Any]] = {}
    for owner_id, key_id, let_in, one in uses:
        day = (owner_id, key_id, clock.day(one.started_at))
        held = days.get(day)
        if held is None:
            held = days[day] = [0, 0, 0, 0, 0, 0.0, 0]
        held[0] += 1
        held[1] += not let_in
        held[2] += let_in and one.outcome == "failed"
        held[3] += fits(one.input_tokens) or 0
        held[4] += fits(one.output_tokens) or 0
        held[5] += one.cost_usd or 0.0
        held[6] += one.unpriced
    return [
        dict(zip((*_DAY, *_DAY_SUMS), (*day, *held), strict=True)) for day, held in days.items()
    ]


def by_minute(summaries: Iterable[tuple[int, TraceSummary]]) -> Sums:
    """The sums of each minute, endpoint, model and finding among these traces of these owners. It
    runs for every trace, where the rest runs for every batch."""
    sums: Sums = {}
    for owner_id, one in summaries:
        failed = one.outcome == "failed"
        finding = one.failure if failed else ""
        key = (int(one.started_at // 60.0) * 60, owner_id, one.endpoint, one.model, finding)
        held = sums.get(key)
        if held is None:
            held = sums[key] = [0, 0, 0, 0, 0.0, 0, {}, {}]
        held[0] += 1
        held[1] += failed
        held[2] += _sane(one.input_tokens)
        held[3] += _sane(one.output_tokens)
        held[4] += one.cost_usd or 0.0
        held[5] += one.unpriced
        if one.ttft is not None:
            histogram.count(held[6], one.ttft)
        if one.facts is not None and one.facts.rate is not None:
            histogram.count(held[7], one.facts.rate)
    return sums


def time_rows(sums: Sums) -> list[dict[str, Any]]:
    """A row for each step of time among the sums of minutes."""
    return [
        row for step in STEPS for row in _rows(step, _coarser(sums, step) if step != 60 else sums)
    ]


def _sane(tokens: int | None) -> int:
    # Sums of what a hostile server claims must still fit a column.
    return tokens if tokens is not None and 0 <= tokens < 2**40 else 0


def _coarser(sums: Sums, step: int) -> Sums:
    found: Sums = {}
    for (at, *others), held in sums.items():
        key = (at - at % step, *others)
        known = found.get(key)
        if known is None:
            found[key] = [*held[:6], dict(held[6]), dict(held[7])]
            continue
        for place in range(6):
            known[place] += held[place]
        for place in (6, 7):
            for number, count in held[place].items():
                known[place][number] = known[place].get(number, 0) + count
    return found


def _rows(step: int, sums: Sums) -> Iterator[dict[str, Any]]:
    for (at, owner_id, endpoint, model, finding), held in sums.items():
        yield {
            "owner_id": owner_id,
            "step": step,
            "at": at,
            "endpoint": endpoint or "",
            "model": clean(model),
            "finding": clean(finding),
            "requests": held[0],
            "failed": held[1],
            "input_tokens": held[2],
            "output_tokens": held[3],
            "cost_usd": held[4],
            "unpriced": held[5],
            "ttft": histogram.to_blob(held[6]),
            "rate": histogram.to_blob(held[7]),
        }


def marks_of(one: TraceSummary) -> list[tuple[str, str]]:
    """What stands out of a trace: the kinds and names by which it is found, and most are not."""
    marks = [] if one.mark is None else [("mark", clean(one.mark))]
    known = one.facts
    if known is None:
        return marks
    for kind, names in (
        ("finding", known.findings),
        ("dropped", known.dropped),
        ("changed", known.changed),
        ("tag", known.tags),
    ):
        if names:
            marks += dict.fromkeys([(kind, clean(name).replace("\n", " ")) for name in names])
    return marks


def name_rows(
    sums: Sums, days: Iterable[Row], marks: Iterable[Row], sign: int = 1
) -> list[dict[str, Any]]:
    """A row for each name, with how many of the traces behind these sums, days of keys and marks
    have it; `sign` -1 takes them away."""
    counts: dict[tuple[int, str, str], int] = {}
    for (_, owner_id, endpoint, model, _), held in sums.items():
        _more(counts, (owner_id, "model", clean(model)), held[0])
        if endpoint is not None:
            _more(counts, (owner_id, "endpoint", endpoint), held[0])
    for day in days:
        _more(counts, (day["owner_id"], "key", day["key_id"]), day["requests"])
    for mark in marks:
        _more(counts, (mark["owner_id"], mark["kind"], mark["name"]), 1)
    return [
        {"owner_id": owner_id, "kind": kind, "name": name, "count": sign * count}
        for (owner_id, kind, name), count in counts.items()
    ]


def _more(counts: dict[tuple[int, str, str], int], name: tuple[int, str, str], count: int) -> None:
    counts[name] = counts.get(name, 0) + count
