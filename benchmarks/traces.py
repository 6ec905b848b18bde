"""Times what the page of traces asks of the store, with a million traces in SQLite.

    python -m benchmarks.traces [--traces 1000000] [--cache FOLDER] [--fresh]

The database is made once and kept in the cache's folder; `traces.md` gets the figures.
"""

import argparse
import asyncio
import os
import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from time import process_time
from typing import Any

from msgspec import Struct

from benchmarks.machine import in_a_line
from benchmarks.traces_made import MODELS, OWNER, Maker, fill
from filon.kit import clock
from filon.store.store import Store
from filon.store.trace_blob import bare
from filon.store.trace_filter import parse
from filon.store.trace_pages import Order, Sort
from filon.store.trace_series import Wanted

# The moment at which the made year ends; the same at every run.
NOW = 1_800_000_000.0
DAY = 86_400.0
REPEATS = 5
PAGE = Path(__file__).parent / "traces.md"

# What each kind of question may take, in milliseconds.
GOALS = {"list": 50.0, "sorted": 250.0, "words": 50.0, "groups": 200.0, "series": 200.0}

FILTERS = (
    "",
    f"model:{MODELS[0]}",
    f"model:{MODELS[30]}",
    f"model:{MODELS[-1]}",
    "model:*coder*",
    "-model:openai/*",
    "endpoint:groq",
    "caller:chat",
    "is:failed",
    "status:>=400",
    "status:429",
    "finding:rate_limited",
    "finding:rate_limited since:7d",
    "dropped:top_k",
    "changed:max_tokens",
    "tag:nightly",
    "key:key_07",
    "conversation:c_00005000",
    "cost:>0.01",
    "cost:unknown",
    "tokens:>20k",
    "output:>2k",
    "latency:>60s",
    "ttft:>5s",
    "rate:<5",
    "attempts:>1",
    "has:tools -has:images",
    "has:fallback",
    "is:estimated",
    "since:24h",
    "since:30d until:29d",
    "coder",
    "provider_refused",
    "t_00000000000000f",
    "nothing_like_this",
    f"model:{MODELS[2]} finding:overloaded",
    f"model:{MODELS[-1]} dropped:seed",
    "caller:chat is:failed has:tools tag:prod",
    "endpoint:mistral cost:>0.02 latency:<1s",
    "output:>20k latency:<300ms",
)
SORTS: tuple[Sort, ...] = ("cost", "tokens", "latency", "ttft", "rate", "status", "model")
SORTED_FILTERS = ("", "is:failed", "endpoint:groq", f"model:{MODELS[-1]}", "since:7d")


class Timed(Struct, frozen=True):
    """A question with what its answers took, in milliseconds: the first, the quickest of the others
    and, which other work on the machine does not change much, the least time of the processor."""

    kind: str
    what: str
    first: float
    least: float
    work: float
    found: str


Ask = Callable[[], Awaitable[str]]


async def timed(kind: str, what: str, ask: Ask) -> Timed:
    """Asks several times."""
    times: list[float] = []
    works: list[float] = []
    found = ""
    for _ in range(REPEATS + 1):
        began, worked = clock.monotonic(), process_time()
        found = await ask()
        times.append((clock.monotonic() - began) * 1000)
        works.append((process_time() - worked) * 1000)
    one = Timed(kind, what, times[0], min(times[1:]), min(works[1:]), found)
    sys.stderr.write(f"{kind:8} {one.first:8.1f} {one.least:8.1f} {one.work:8.1f}  {what}\n")
    return one


async def page(store: Store, q: str, sort: Sort = "started", order: Order = "desc") -> str:
    found = await store.traces.page(OWNER, parse(q, NOW), sort=sort, order=order)
    return f"{len(found.traces)} of {found.total:,}{'+' if found.at_least else ''}"


async def far_page(store: Store, q: str, sort: Sort, cursor: str) -> str:
    found = await store.traces.page(OWNER, parse(q, NOW), sort=sort, before=cursor)
    return f"{len(found.traces)} of {found.total:,}{'+' if found.at_least else ''}"


async def cursor_after(store: Store, q: str, sort: Sort, pages: int) -> str:
    cursor: str | None = None
    for _ in range(pages):
        found = await store.traces.page(OWNER, parse(q, NOW), sort=sort, before=cursor, limit=500)
        cursor = found.next or cursor
    return cursor or ""


async def series(store: Store, days: float | None, by: Any, q: str) -> str:
    since = None if days is None else NOW - days * DAY
    wanted = Wanted(by=by, since=since, until=NOW, now=NOW)
    found = await store.traces.series(OWNER, parse(q, NOW), wanted)
    points = sum(len(line) for line in found.lines.values())
    cut = (
        "" if found.counted_since is None else f", since {(NOW - found.counted_since) / DAY:.0f} d"
    )
    return f"{points:,} points, {found.totals.requests:,} requests{cut}"


async def groups(store: Store, by: Any, q: str) -> str:
    found = await store.traces.groups(OWNER, by, parse(q, NOW))
    cut = (
        "" if found.counted_since is None else f", since {(NOW - found.counted_since) / DAY:.0f} d"
    )
    return f"{len(found.groups)} groups{cut}"


async def words(store: Store, q: str) -> str:
    return f"{len((await store.traces.complete(OWNER, q, len(q))).words)} words"


async def kept(store: Store) -> str:
    return f"{(await store.traces.keeping.kept(OWNER)).traces:,} traces"


async def stored(store: Store, maker: Maker, numbers: "list[int]", count: int) -> str:
    """Writes more traces as the gateway does, and waits until they are on the disk."""
    for one in maker.more(numbers, count):
        await store.traces.insert(OWNER, one, bare(maker.records()))
    await store.flush()
    return f"{count} traces"


async def lists(store: Store) -> list[Timed]:
    done = [await timed("list", q or "(all)", partial(page, store, q)) for q in FILTERS]
    cursor = await cursor_after(store, "", "started", 40)
    far = partial(far_page, store, "", "started", cursor)
    done.append(await timed("list", "(all), after 20,000", far))
    for sort in SORTS:
        for q in SORTED_FILTERS:
            what = f"sort:{sort} {q or '(all)'}"
            done.append(await timed("sorted", what, partial(page, store, q, sort)))
    ascending = partial(page, store, "", "latency", "asc")
    done.append(await timed("sorted", "sort:latency, rising", ascending))
    for sort in ("cost", "latency"):
        cursor = await cursor_after(store, "", sort, 40)
        far = partial(far_page, store, "", sort, cursor)
        done.append(await timed("sorted", f"sort:{sort}, after 20,000", far))
    return done


async def sums(store: Store) -> list[Timed]:
    done: list[Timed] = []
    for days, span in ((1 / 24, "1 h"), (1, "24 h"), (7, "7 d"), (30, "30 d"), (None, "a year")):
        for by in ("none", "model", "finding"):
            what = f"{span} by {by}"
            done.append(await timed("series", what, partial(series, store, days, by, "")))
    for q in ("endpoint:groq", "is:failed", "key:key_07", "tag:nightly latency:>2s"):
        done.append(
            await timed("series", f"a year of {q}", partial(series, store, None, "model", q))
        )
    for by in ("conversation", "key", "model", "endpoint", "finding"):
        for q in ("", "is:failed"):
            what = f"by {by} {q}"
            done.append(await timed("groups", what, partial(groups, store, by, q)))
    for q in ("", "mo", "model:", "finding:rate"):
        done.append(await timed("words", q or "(empty)", partial(words, store, q)))
    done.append(await timed("words", "how much is kept", partial(kept, store)))
    return done


async def writing(store: Store, maker: Maker) -> list[Timed]:
    """What it costs to write more, and to delete."""
    count = 2_000
    numbers = [int(NOW) * 1000 + os.getpid()]
    done = [
        await timed("writing", f"{count:,} traces", partial(stored, store, maker, numbers, count))
    ]
    began = clock.monotonic()
    deleted = await store.traces.deleting.matching(OWNER, parse("tag:written", NOW), NOW * 2)
    took = (clock.monotonic() - began) * 1000
    what = f"deleting {deleted:,} traces, a hundred at a time"
    return [*done, Timed("writing", what, took, took, took, f"{deleted:,} traces")]


def text(done: Sequence[Timed], size: int, count: int) -> str:
    missed = [one for one in done if one.work > GOALS.get(one.kind, 1e9)]
    lines = [
        "# Traces by the million",
        "",
        f"{count:,} traces over a year, {size / 1e9:.1f} GB of SQLite, asked through the store "
        "(`python -m benchmarks.traces`). Milliseconds: the first time, the least of "
        f"{REPEATS} more, and the least time of the processor, which is what the goals are held "
        f"against, since the machine does other work too. {in_a_line()}",
        "",
        "A list by time must take less than 50 ms, a chart and groups less than 200, a list by a "
        "figure less than 250. "
        + (
            "All do."
            if not missed
            else f"{len(missed)} of {len(done)} take longer: "
            + ", ".join(f"`{one.what}` ({one.work:.0f} ms)" for one in missed)
            + "."
        ),
        "",
    ]
    for kind, title in (
        ("list", "Lists, by time"),
        ("sorted", "Lists, by a figure"),
        ("series", "Charts"),
        ("groups", "Groups"),
        ("words", "Completions and sums"),
        ("writing", "Writing"),
    ):
        lines += [f"## {title}", "", "| question | first | least | work | found |"]
        lines.append("|---|---:|---:|---:|---|")
        lines += [
            f"| `{one.what}` | {one.first:.1f} | {one.least:.1f} | {one.work:.1f} | {one.found} |"
            for one in done
            if one.kind == kind
        ]
        lines.append("")
    return "\n".join(lines)


async def run(file: Path, count: int, *, is_new: bool) -> None:
    """Makes the database where it is not there, and asks."""
    store = await Store.open(f"sqlite+aiosqlite:///{file}")
    maker = Maker(count, NOW)
    try:
        if is_new:
            await store.people.first_person(1.0)
            began = clock.monotonic()
            await fill(store, maker)
            sys.stderr.write(f"made in {clock.monotonic() - began:.0f} s\n")
        done = [*await lists(store), *await sums(store), *await writing(store, maker)]
        size = await store.size()
    finally:
        await store.close()
    PAGE.write_text(text(done, size, count), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--traces", type=int, default=1_000_000)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "filon-bench")
    parser.add_argument("--fresh", action="store_true")
    asked = parser.parse_args()
    asked.cache.mkdir(parents=True, exist_ok=True)
    file = asked.cache / f"traces-{asked.traces}.db"
    if asked.fresh:
        for each in asked.cache.glob(f"{file.name}*"):
            each.unlink()
    random.seed(0)
    asyncio.run(run(file, asked.traces, is_new=not file.exists()))


if __name__ == "__main__":
    main()
