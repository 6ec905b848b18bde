"""What a trace adds to what is counted as traces are written: its key's day, the sums of its time,
the names that filters complete. Pure; many traces become few rows."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Insert, LargeBinary, func
from sqlalchemy.dialects.sqlite import insert as insert_or

from filon.kit import clock
from filon.store import histogram
from filon.store.encoding import clean
from filon.store.tables import key_days
from filon.store.trace_rows import TraceSummary
from filon.store.trace_tables import trace_names, trace_sums, trace_times

Row = Mapping[str, Any]
# A trace that is counted: whose, what became of it, and whether its key let it in, if it has one.
Given = tuple[int, TraceSummary, bool]
# By minute, owner, endpoint, model, finding, key and whether that let them in: the columns of
# `TIME_SUMS`, then the histograms.
Sums = dict[tuple[Any, ...], list[Any]]
# Of these the first so many are of times, whatever the key.
_OF_TIME = 5

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
# More tokens than a request can have.
_INSANE = 2**40
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


def adding_to_sums() -> Insert:
    """Adds to how many traces there are, and to their bytes."""
    new = insert_or(trace_sums)
    return new.on_conflict_do_update(
        index_elements=list(trace_sums.primary_key),
        set_={name: trace_sums.c[name] + new.excluded[name] for name in ("traces", "bytes")},
    )


def adding_to_names() -> Insert:
    """Adds to how many traces have a name."""
    new = insert_or(trace_names)
    return new.on_conflict_do_update(
        index_elements=list(trace_names.primary_key),
        set_={"count": trace_names.c.count + new.excluded["count"]},
    )


def by_minute(given: Iterable[Given]) -> Sums:
    """The sums of each minute, endpoint, model, finding and key among these traces. It runs for
    every trace, where the rest runs for every batch."""
    sums: Sums = {}
    for owner_id, one, let_in in given:
        failed = one.outcome == "failed"
        finding = one.failure if failed else ""
        minute = int(one.started_at // 60.0) * 60
        key = (minute, owner_id, one.endpoint, one.model, finding, one.key_id, let_in)
        held = sums.get(key)
        if held is None:
            held = sums[key] = [0, 0, 0, 0, 0.0, 0, {}, {}]
        held[0] += 1
        if failed:
            held[1] += 1
        # Sums of what a hostile server claims must still fit a column.
        tokens = one.input_tokens
        if tokens is not None and 0 <= tokens < _INSANE:
            held[2] += tokens
        tokens = one.output_tokens
        if tokens is not None and 0 <= tokens < _INSANE:
            held[3] += tokens
        if one.cost_usd is not None:
            held[4] += one.cost_usd
        if one.unpriced:
            held[5] += 1
        if one.ttft is not None:
            histogram.count(held[6], one.ttft)
        if one.facts is not None and one.facts.rate is not None:
            histogram.count(held[7], one.facts.rate)
    return sums


def sum_rows(sizes: Iterable[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """A row for each person, from whose each new trace is and how many bytes it takes."""
    sums: dict[int, tuple[int, int]] = {}
    for owner_id, size in sizes:
        count, before = sums.get(owner_id, (0, 0))
        sums[owner_id] = count + 1, before + size
    return [(owner_id, *held) for owner_id, held in sums.items()]


def day_rows(sums: Sums) -> list[dict[str, Any]]:
    """A row for what is added to each day of a key."""
    days: dict[tuple[Any, ...], list[Any]] = {}
    for (at, owner_id, _, _, _, key_id, let_in), held in sums.items():
        if key_id is None:
            continue
        day = (owner_id, key_id, clock.day(at))
        known = days.setdefault(day, [0, 0, 0, 0, 0, 0.0, 0])
        requests, failed, *used = held[:6]
        refused, failed = (0, failed) if let_in else (requests, 0)
        for place, more in enumerate((requests, refused, failed, *used)):
            known[place] += more
    return [
        dict(zip((*_DAY, *_DAY_SUMS), (*day, *held), strict=True)) for day, held in days.items()
    ]


def time_rows(sums: Sums) -> list[dict[str, Any]]:
    """A row for each step of time among the sums of minutes."""
    return [row for step in STEPS for row in _rows(step, _coarser(sums, step))]


def _coarser(sums: Sums, step: int) -> Sums:
    found: Sums = {}
    for (at, *others), held in sums.items():
        key = (at - at % step, *others[: _OF_TIME - 1])
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
    if known is None or not known.stand_out:
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


def name_rows(sums: Sums, marks: Iterable[Row], sign: int = 1) -> list[dict[str, Any]]:
    """A row for each name, with how many of the traces behind these sums and marks have it; `sign`
    -1 takes them away."""
    counts: dict[tuple[int, str, str], int] = {}
    for (_, owner_id, endpoint, model, _, key_id, _), held in sums.items():
        _more(counts, (owner_id, "model", clean(model)), held[0])
        if endpoint is not None:
            _more(counts, (owner_id, "endpoint", endpoint), held[0])
        if key_id is not None:
            _more(counts, (owner_id, "key", key_id), held[0])
    for mark in marks:
        _more(counts, (mark["owner_id"], mark["kind"], mark["name"]), 1)
    return [
        {"owner_id": owner_id, "kind": kind, "name": name, "count": sign * count}
        for (owner_id, kind, name), count in counts.items()
    ]


def _more(counts: dict[tuple[int, str, str], int], name: tuple[int, str, str], count: int) -> None:
    counts[name] = counts.get(name, 0) + count
