"""Groups, charts and completions of traces."""

import pytest

from filon.conversation.errors import InvalidRequest
from filon.store import trace_groups, trace_series
from filon.store.histogram import bucket, quantile
from filon.store.store import Store
from filon.store.trace_blob import bare
from filon.store.trace_counted import STEPS
from filon.store.trace_filter import EVERYTHING, parse
from filon.store.trace_lines import Sums
from filon.store.trace_series import Wanted, choose_span
from filon.store.traces import TraceSummary
from filon.trace.facts import Facts
from tests.store.conftest import ME
from tests.store.made import conversation, message, summary
from tests.store.test_traces_found import KEYS, NOW, filled, some

HOUR = 3_600.0
AT = 1_800_000_000.0


async def chart(store: Store, q: str = "", **fields: object) -> trace_series.Series:
    given: dict[str, object] = {"by": "none", "since": AT - HOUR, "until": AT, "now": AT}
    wanted = Wanted(**{**given, **fields})  # pyright: ignore[reportArgumentType]
    return await store.traces.series(ME, parse(q, AT), wanted)


def figures(sums: Sums) -> tuple[int, int, int, int, float, int]:
    return (
        sums.requests,
        sums.failed,
        sums.input_tokens,
        sums.output_tokens,
        round(sums.cost_usd, 6),
        sums.unpriced,
    )


async def test_sums_of_times_are_those_of_their_traces(store: Store) -> None:
    traces = some(300)
    await filled(store, traces)
    wanted = Wanted(by="model", since=0.0, until=NOW, now=NOW)
    found = await store.traces.series(ME, EVERYTHING, wanted)
    # A filter that the sums know nothing of takes the traces themselves.
    read = await store.traces.series(ME, parse("attempts:0..9", NOW), wanted)
    assert found.step == read.step
    for one in (found, read):
        known = [trace for trace in traces if trace.started_at < NOW]
        assert one.totals.requests == len(known)
        assert sum(one.totals.findings.values()) == sum(t.outcome == "failed" for t in known)
        assert set(one.lines) == {trace.model for trace in traces}
    for name, points in found.lines.items():
        assert set(points) == set(read.lines[name])
        for at, sums in points.items():
            other = read.lines[name][at]
            assert figures(sums) == figures(other)
            assert (sums.ttft, sums.rate, sums.findings) == (
                other.ttft,
                other.rate,
                other.findings,
            )


async def test_a_chart_of_failures_by_what_was_found(store: Store) -> None:
    found = Facts(findings=("rate_limited", "retry_late"))
    for number, fields in enumerate(
        [
            {"outcome": "failed", "facts": found, "mark": "provider_refused"},
            {"outcome": "failed", "mark": "unreachable"},
            {"outcome": "complete", "facts": found},
        ]
    ):
        at = AT - 600 + number
        await store.traces.insert(ME, summary(f"t{number}", started_at=at, **fields), bare(()))
    await store.flush()
    drawn = await chart(store, by="finding")
    assert {name: list(points) for name, points in drawn.lines.items()} == {
        "rate_limited": [AT - 600],
        "unreachable": [AT - 600],
    }
    assert (await chart(store)).totals.findings == {"rate_limited": 1, "unreachable": 1}


async def test_a_chart_takes_names_and_times_from_the_filter(store: Store) -> None:
    for number, model in enumerate(["groq/a", "groq/b", "openai/a"]):
        at = AT - 1_000 - 600 * number
        one = summary(f"t{number}", started_at=at, model=model, endpoint=model.partition("/")[0])
        await store.traces.insert(ME, one, bare(()))
    await store.flush()
    for q, count in (
        ("model:a", 2),
        ("-model:a", 1),
        ("endpoint:groq model:a", 1),
        ("since:25m", 1),
        ("until:25m", 2),
        ("model:nothing", 0),
        ("groq", 2),
    ):
        assert (await chart(store, q)).totals.requests == count, q
    everything = await chart(store, since=None)
    assert everything.totals.requests == 3
    assert (await chart(store, "", since=AT, until=AT + 60)).totals.requests == 0


def test_a_chart_of_any_time_has_a_fitting_step() -> None:
    for span, step, level in (
        (HOUR, 60, 60),
        (24 * HOUR, 900, 900),
        (7 * 24 * HOUR, 7_200, 7_200),
        (30 * 24 * HOUR, 28_800, 28_800),
        (90 * 24 * HOUR, 86_400, 86_400),
        (365 * 24 * HOUR, 345_600, 345_600),
        (3 * HOUR, 120, 60),
        (10 * 365 * 24 * HOUR, 2_764_800, 345_600),
    ):
        found = choose_span(AT - span, AT, AT)
        assert (found.step, found.level) == (step, level)
    # Of an hour of last month only the coarser sums are kept.
    assert choose_span(AT - 40 * 24 * HOUR, AT - 39.9 * 24 * HOUR, AT).level == 7_200
    assert all(step % 60 == 0 for step in STEPS)


def test_quantiles_are_within_four_per_cent() -> None:
    for value in (0.001, 0.0123, 0.5, 1.0, 7.7, 300.0, 12_345.0):
        told = quantile({bucket(value): 3}, 0.5)
        assert told is not None
        assert abs(told / value - 1) < 0.0401
    assert quantile({}, 0.5) is None
    ten = {bucket(float(number)): 1 for number in range(1, 11)}
    assert quantile(ten, 0.5) == pytest.approx(5.0, rel=0.04)
    assert quantile(ten, 0.95) == pytest.approx(10.0, rel=0.04)
    assert quantile({bucket(0.0): 1, bucket(1e12): 1}, 0.0) == pytest.approx(0.001, rel=0.05)


async def test_groups_sum_what_they_hold(store: Store) -> None:
    traces = some(200)
    await filled(store, traces)
    await store.messages.add(ME, [message("m1")], conversation("c1", title="About ore"))
    found = await store.traces.groups(ME, "conversation", EVERYTHING)
    mine = [one for one in traces if one.conversation_id == "c1"]
    (group,) = [one for one in found.groups if one.id == "c1"]
    assert (group.title, group.count) == ("About ore", len(mine))
    assert group.failed == sum(one.outcome == "failed" for one in mine)
    assert group.input_tokens == sum(one.input_tokens or 0 for one in mine)
    assert group.cost_usd == pytest.approx(sum(one.cost_usd or 0 for one in mine))
    assert group.unpriced == sum(one.unpriced for one in mine)
    assert group.last_at == max(one.started_at for one in mine)
    keys = await store.traces.groups(ME, "key", parse("is:failed", NOW))
    assert {one.title for one in keys.groups} == {name for name, _ in KEYS.values()}
    by_finding = await store.traces.groups(ME, "finding", EVERYTHING)
    assert {one.id: one.count for one in by_finding.groups} == _by_finding(traces)
    models = await store.traces.groups(ME, "model", parse("model:openai/*", NOW))
    assert {one.id for one in models.groups} == {"openai/gpt-4o", "openai/gpt-4o-mini"}


def _by_finding(traces: list[TraceSummary]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in traces:
        for name in one.facts.findings if one.facts else ():
            counts[name] = counts.get(name, 0) + 1
    return counts


async def test_groups_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_groups, "PAGE", 2)
    await filled(store, some(100))
    seen: list[str] = []
    after: str | None = None
    while True:
        page = await store.traces.groups(ME, "model", EVERYTHING, after)
        seen += [one.id for one in page.groups]
        after = page.next
        if after is None:
            break
    whole = {one.model for one in some(100)}
    assert (len(seen), set(seen)) == (len(whole), whole)
    with pytest.raises(InvalidRequest):
        await store.traces.groups(ME, "model", EVERYTHING, "x")


async def test_words_complete_keys_and_values(store: Store) -> None:
    await filled(store, some(100))
    for q, at, wanted, begin, end in (
        ("", 0, "model:", 0, 0),
        ("mo", 2, "model:", 0, 2),
        ("-fi", 3, "finding:", 1, 3),
        ("groq st", 7, "status:", 5, 7),
        ("model:prac", 10, "practice/tiny", 6, 10),
        ("model:x,tin", 11, "practice/tiny", 8, 11),
        ("endpoint:", 9, "gpt-4o", 9, 9),
        ("is:fa", 5, "failed", 3, 5),
        ("has:re", 6, "reasoning", 4, 6),
        ("since:", 6, "15m", 6, 6),
        ("key:M", 5, "Mine", 4, 5),
        ("tag:", 4, '"a b"', 4, 4),
        ("model:groq is:failed", 10, "groq/llama-3.1-8b", 6, 10),
    ):
        found = await store.traces.complete(ME, q, at)
        texts = [one.text for one in found.words]
        assert wanted in texts, (q, texts)
        assert (found.begin, found.end) == (begin, end), q
    (tiny,) = (await store.traces.complete(ME, "model:tiny", 10)).words
    assert tiny.count == sum(one.model == "practice/tiny" for one in some(100))
    assert (await store.traces.complete(ME, '"two wo', 7)).words == ()
    assert (await store.traces.complete(ME, "status:x", 99)).words == ()
