"""Lists of traces: what the database finds is what the same filter says of each trace by itself, in
any order, page by page."""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from filon.conversation.errors import InvalidRequest
from filon.store import trace_finding, trace_pages
from filon.store.keys import KeyRow
from filon.store.store import Store
from filon.store.trace_blob import bare
from filon.store.trace_filter import BadFilter, parse
from filon.store.trace_match import matches, number_of
from filon.store.trace_pages import Order, Sort
from filon.store.traces import TraceSummary
from filon.trace.facts import FLAGS, Facts
from tests.store.conftest import ME, OTHER
from tests.store.made import summary

NOW = 10_000.0
MODELS = ["groq/llama-3.1-8b", "openai/gpt-4o", "openai/gpt-4o-mini", "gpt-4o", "practice/tiny"]
KEYS = {"key_1": ("Mine", "filon_ab"), "key_2": ("Other's", "filon_cd")}


def some(count: int) -> list[TraceSummary]:
    """Traces of all kinds, many of them equal in what they are sorted by."""
    rng = random.Random(7)
    return [_one(number, rng) for number in range(count)]


def _one(number: int, rng: random.Random) -> TraceSummary:
    model = rng.choice(MODELS)
    failed = rng.random() < 0.2
    known = Facts(
        findings=("rate_limited", "no_usage")[: rng.randrange(3)] if failed else (),
        dropped=("top_k",) if rng.random() < 0.2 else (),
        changed=("max_tokens", "stop")[: rng.randrange(3)],
        tags=("a b", "prod") if rng.random() < 0.3 else (),
        reasoning_tokens=rng.choice([None, 0, 40]),
        rate=rng.choice([None, 12.5, 80.0]),
        replay_of="t0" if rng.random() < 0.1 else None,
        flags=sum(flag for flag in FLAGS.values() if rng.random() < 0.3),
    )
    return summary(
        f"t_{number:04}",
        started_at=NOW - rng.randrange(0, 9_000, 7),
        caller=rng.choice(["chat", "gateway", "title"]),
        model=model,
        endpoint=rng.choice([None, model.partition("/")[0]]),
        status=rng.choice([None, 200, 200, 429, 500]),
        outcome="failed" if failed else rng.choice(["complete", "stopped", "partial"]),
        attempts=rng.randrange(4),
        input_tokens=rng.choice([None, 5, 1500]),
        output_tokens=rng.choice([None, 0, 70]),
        estimated=rng.random() < 0.3,
        cost_kind=rng.choice(["priced", "unknown", "free"]),
        cost_usd=rng.choice([None, 0.0, 0.01, 0.5]),
        ttft=rng.choice([None, 0.1, 0.2, 3.0]),
        total=rng.choice([None, 0.5, 2.0, 61.0]),
        mark=rng.choice([None, "429 twice", "1 lost"]),
        conversation_id=rng.choice([None, "c1", "c2"]),
        key_id=rng.choice([None, *KEYS]),
        facts=rng.choice([known, known, known, None]),
    )


async def filled(store: Store, traces: Sequence[TraceSummary]) -> None:
    for key_id, (name, prefix) in KEYS.items():
        await store.keys.add(
            KeyRow(id=key_id, owner_id=ME, name=name, prefix=prefix, hash=key_id, created_at=1.0)
        )
    for one in traces:
        await store.traces.insert(ME, one, bare(()))
    await store.traces.insert(OTHER, summary("t_other", model=MODELS[0]), bare(()))
    await store.flush()


FILTERS = [
    "",
    "model:gpt-4o",
    "model:openai/*",
    "-model:*4o*",
    "model:gpt-4o,tiny cost:>0",
    "endpoint:groq",
    "-endpoint:groq",
    "caller:chat outcome:failed",
    "outcome:live",
    "is:failed,partial",
    "is:free",
    "-is:unpriced is:estimated",
    "status:>=400",
    "status:4xx,200",
    "-status:200",
    "status:unknown",
    "finding:rate_limited",
    "finding:*",
    "-finding:* is:failed",
    "dropped:top_k changed:stop",
    'tag:"a b"',
    "tag:prod -caller:chat",
    "key:mine",
    "key:filon_*",
    "key:key_2 latency:>1s",
    "conversation:c1",
    "conversation:c*",
    "cost:0.01..1",
    "cost:unknown",
    "tokens:>1.5k",
    "input:5 output:<70",
    "reasoning:>0 rate:>=80",
    "ttft:100ms..200ms",
    "attempts:2..",
    "since:1h until:20m",
    "since:30m,1h",
    "has:tools -has:images",
    "has:replay,error",
    "llama",
    "429",
    "-lost gateway",
    '"1 lost" status:500',
    "t_0012",
    "id:t_00",
    "id:*7 -id:t_0017",
    "nothing_like_this",
    "model:nothing_like_this",
    "-model:nothing_like_this is:failed",
]
SORTS: list[Sort] = ["started", "cost", "tokens", "latency", "ttft", "rate", "status", "model"]
ORDERS: list[Order] = ["asc", "desc"]


async def all_pages(store: Store, q: str, sort: Sort, order: Order, limit: int) -> list[str]:
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = await store.traces.page(
            ME, parse(q, NOW), sort=sort, order=order, limit=limit, before=cursor
        )
        seen += [trace.id for trace in page.traces]
        cursor = page.next
        if cursor is None:
            return seen


def expected(traces: Sequence[TraceSummary], q: str, sort: Sort, order: Order) -> list[str]:
    chosen = parse(q, NOW)
    found = [(number, one) for number, one in enumerate(traces) if matches(chosen, one, keys=KEYS)]
    falling = order == "desc"
    by_time = sorted(found, key=lambda each: (each[1].started_at, each[0]), reverse=falling)
    known = [one for _, one in by_time if _value(one, sort) is not None]
    rest = [one.id for _, one in by_time if _value(one, sort) is None]
    known.sort(key=lambda one: _value(one, sort), reverse=falling)
    # A sort in reverse keeps equals as they stood, which is what is wanted.
    return [one.id for one in known] + rest


def _value(one: TraceSummary, sort: Sort) -> Any:
    return one.model if sort == "model" else number_of(sort, one)


async def test_the_database_finds_what_the_filter_says(store: Store) -> None:
    traces = some(300)
    await filled(store, traces)
    for q in FILTERS:
        wanted = expected(traces, q, "started", "desc")
        page = await store.traces.page(ME, parse(q, NOW), limit=500)
        assert [trace.id for trace in page.traces] == wanted, q
        assert (page.total, page.at_least) == (len(wanted), False), q


async def test_every_order_pages_without_gap_or_double(store: Store) -> None:
    traces = some(60)
    await filled(store, traces)
    for sort in SORTS:
        for order in ORDERS:
            for q in ("", "model:gpt-4o*", "-is:failed"):
                wanted = expected(traces, q, sort, order)
                assert await all_pages(store, q, sort, order, 7) == wanted, (sort, order, q)


@pytest.mark.parametrize(
    ("few", "many", "common", "step"), [(0, 0, 1.1, 5), (20, 60, 0.9, 3), (0, 500, 0.0, 3)]
)
async def test_many_are_found_as_few_are(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int, many: int, common: float, step: int
) -> None:
    """With bounds as small as here, every way of looking is taken."""
    traces = some(150)
    await filled(store, traces)
    for module in (trace_finding, trace_pages):
        monkeypatch.setattr(module, "FEW", few)
        monkeypatch.setattr(module, "MANY", many)
    monkeypatch.setattr(trace_finding, "_COMMON", common)
    monkeypatch.setattr(trace_pages, "_FIRST_STEP", step)
    for number, q in enumerate(FILTERS):
        sort, order = SORTS[number % len(SORTS)], ORDERS[number // 2 % 2]
        for chosen in (sort, "started"):
            wanted = expected(traces, q, chosen, order)
            assert await all_pages(store, q, chosen, order, 40) == wanted, (q, chosen, order)


async def test_a_total_of_very_many_says_that_there_are_at_least_so_many(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await filled(store, some(100))
    monkeypatch.setattr(trace_finding, "COUNTED_TO", 10)
    page = await store.traces.page(ME, parse("-outcome:stopped", NOW), limit=3)
    assert (page.total, page.at_least) == (10, True)
    assert (await store.traces.page(ME, limit=3)).total == 100


@pytest.mark.parametrize("cursor", ["", "x", "1.0", "nan_x", "1_" + "9" * 30, "k6FhoWHA", "ß"])
async def test_a_cursor_that_is_none_is_told(store: Store, cursor: str) -> None:
    with pytest.raises(InvalidRequest):
        await store.traces.page(ME, before=cursor)


async def test_a_cursor_of_another_order_is_told(store: Store) -> None:
    await filled(store, some(5))
    page = await store.traces.page(ME, limit=2, sort="cost")
    with pytest.raises(InvalidRequest):
        await store.traces.page(ME, before=page.next)


async def test_odd_letters_are_looked_for_as_they_are(store: Store) -> None:
    odd: Mapping[str, Any] = {"model": "a/100%_b'\"\\", "mark": "half \ud800"}
    await store.traces.insert_now(ME, summary("t_1", **odd), bare(()))
    for q, count in (
        ("100%", 1),
        ("0%b", 0),
        ("b'", 1),
        ('"\\"\\\\"', 1),
        ("\ud800", 0),
        ("model:*%_b*", 1),
        ("half", 1),
    ):
        assert (await store.traces.page(ME, parse(q, NOW))).total == count, q


async def test_a_pattern_that_fits_too_many_names_is_told(store: Store) -> None:
    tags = tuple(f"tag{number}" for number in range(250))
    await store.traces.insert_now(ME, summary(facts=Facts(tags=tags)), bare(()))
    with pytest.raises(BadFilter):
        await store.traces.page(ME, parse("tag:tag*", NOW))
