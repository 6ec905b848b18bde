"""Token buckets against a slow model of one, and the headers that tell them."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
)

from filon.practice.limits import (
    Buckets,
    Denied,
    Grant,
    Level,
    Limits,
    Rate,
    Snapshot,
    Style,
    go_duration,
    headers,
    rates,
    retry_after,
)

NAMES = [name for name in Limits.__struct_fields__ if name != "concurrent"]
# Few limits at a time and none of 0, or next to no request would get past them.
AMOUNTS = st.dictionaries(st.sampled_from(NAMES), st.sampled_from([60, 100, 7.5, 0.1]), max_size=2)
PLACES = st.sampled_from([None, None, 4, 1])
TOKENS = st.sampled_from([5.5, 40, 59.5, 0.05, 0, 200])


def take(buckets: Buckets, now: float, tokens: float = 0) -> Grant:
    answer = buckets.take(now, tokens)
    assert isinstance(answer, Grant)
    return answer


def denied(buckets: Buckets, now: float, tokens: float = 0) -> Denied:
    answer = buckets.take(now, tokens)
    assert isinstance(answer, Denied)
    return answer


class Slow:
    """A bucket as its whole history: how far what flowed in stands above its lowest point."""

    def __init__(self, rate: Rate, now: float, used: Fraction = Fraction(0)) -> None:
        self.capacity = Fraction(rate.amount)
        self.refill = Fraction(rate.amount) / Fraction(rate.per)
        self.flows: list[tuple[Fraction, Fraction]] = [(Fraction(now), used)]

    def add(self, now: float, amount: Fraction) -> None:
        self.flows.append((Fraction(now), amount))

    def used(self, now: float) -> Fraction:
        sums = [Fraction(0)]
        height = Fraction(0)
        for number, (at, amount) in enumerate(self.flows):
            height += amount
            sums.append(height)
            until = self.flows[number + 1][0] if number + 1 < len(self.flows) else Fraction(now)
            height -= (until - at) * self.refill
            sums.append(height)
        return height - min(sums)


class LimiterMachine(RuleBasedStateMachine):
    """Requests, ends and changes at random times, in the limiter and in the slow model."""

    @initialize(amounts=AMOUNTS, places=PLACES)
    def begin(self, amounts: dict[str, float], places: float | None) -> None:
        limits = Limits(**amounts, concurrent=places)
        self.now = 1_000.1
        self.limits = limits
        self.buckets = Buckets(limits, self.now)
        self.model = {name: Slow(rate, self.now) for name, rate in rates(limits).items()}
        self.asked = 0
        self.open: list[tuple[Grant, dict[str, Slow]]] = []

    @rule(seconds=st.sampled_from([1 / 3, 1, 7.7, 59, 3_600, 0.001]))
    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    @rule(tokens=TOKENS)
    def ask(self, tokens: float) -> None:
        self.asked += 1
        answer = self.buckets.take(self.now, tokens)
        costs = {name: cost(name, tokens) for name in self.model}
        lacking = {
            name
            for name, bucket in self.model.items()
            if bucket.used(self.now) + costs[name] > bucket.capacity
        }
        most = self.limits.concurrent
        if most is not None and len(self.open) + 1 > most:
            lacking.add("concurrent")
        if isinstance(answer, Denied):
            assert answer.which in lacking
            self.check_denial(answer, costs)
            return
        assert not lacking
        for name, bucket in self.model.items():
            bucket.add(self.now, costs[name])
        charged = {name: self.model[name] for name in costs if name.startswith("tokens")}
        self.open.append((answer, charged))

    def check_denial(self, answer: Denied, costs: dict[str, Fraction]) -> None:
        if answer.which == "concurrent":
            assert answer.wait is None
            assert (answer.limit, answer.used) == (self.limits.concurrent, len(self.open))
            return
        bucket, cost = self.model[answer.which], costs[answer.which]
        assert answer.limit == float(bucket.capacity)
        assert answer.used == float(bucket.used(self.now))
        assert answer.requested == float(cost)
        assert answer.never == (answer.wait is None)
        if answer.wait is None:
            assert cost > bucket.capacity or not bucket.refill
            return
        assert answer.wait > 0
        for name, other in self.model.items():
            assert other.used(self.now + answer.wait) + costs[name] <= other.capacity
        early = self.now + answer.wait * 0.999
        assert bucket.used(early) + cost > bucket.capacity or early == self.now + answer.wait

    @precondition(lambda self: self.open)
    @rule(which=st.integers(0, 20), share=st.sampled_from([0, 0.5, 1, 1.5]))
    def end(self, which: int, share: float) -> None:
        grant, charged = self.open.pop(which % len(self.open))
        used = grant.tokens * share
        self.buckets.settle(grant, used, self.now)
        self.buckets.settle(grant, used, self.now)
        for bucket in charged.values():
            bucket.add(self.now, Fraction(used) - Fraction(grant.tokens))

    @precondition(lambda self: self.asked > 1)
    @rule(amounts=AMOUNTS, places=PLACES)
    def change(self, amounts: dict[str, float], places: float | None) -> None:
        limits = Limits(**amounts, concurrent=places)
        self.asked = 0
        self.buckets.change(limits, self.now)
        self.limits = limits
        new: dict[str, Slow] = {}
        for name, rate in rates(limits).items():
            new[name] = self.model.get(name) or Slow(rate, self.now)
            used, bucket = new[name].used(self.now), new[name]
            debt = max(Fraction(0), used - bucket.capacity)
            capacity = Fraction(rate.amount)
            # In place: grants that are open still point at it.
            bucket.capacity, bucket.refill = capacity, capacity / Fraction(rate.per)
            bucket.flows = [(Fraction(self.now), min(used, capacity + debt))]
        self.model = new

    # No invariant: a look brings every bucket up to now, and what was not may go wrong.
    @rule()
    def look(self) -> None:
        levels = self.buckets.snapshot(self.now)
        assert self.buckets.running == len(self.open)
        assert set(levels) == {
            name for name in Limits.__struct_fields__ if getattr(self.limits, name) is not None
        }
        for name, bucket in self.model.items():
            level, used = levels[name], bucket.used(self.now)
            assert level.limit == float(bucket.capacity)
            assert level.remaining == max(0.0, float(bucket.capacity - used))
            assert level.remaining <= level.limit
            if bucket.refill:
                assert bucket.used(self.now + level.reset) == 0


def cost(name: str, tokens: float) -> Fraction:
    return Fraction(1) if name.startswith("requests") else Fraction(tokens)


LimiterMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestLimiter = LimiterMachine.TestCase


@given(
    st.floats(0.5, 500),
    st.sampled_from(["tokens_per_minute", "tokens_per_day"]),
    st.lists(st.tuples(st.floats(0, 90), st.floats(0, 300), st.floats(0, 1)), max_size=40),
)
def test_no_window_has_more_than_the_bucket_and_its_refill(
    amount: float, name: str, asked: list[tuple[float, float, float]]
) -> None:
    limits = Limits(**{name: amount})
    (rate,) = rates(limits).values()
    buckets = Buckets(limits, 0)
    now = 0.0
    flows: list[tuple[Fraction, Fraction]] = []
    for wait, tokens, share in asked:
        now += wait
        answer = buckets.take(now, tokens)
        if isinstance(answer, Grant):
            flows.append((Fraction(now), Fraction(tokens)))
            buckets.settle(answer, tokens * share, now)
            flows.append((Fraction(now), Fraction(tokens * share) - Fraction(tokens)))
    refill = Fraction(rate.amount) / Fraction(rate.per)
    for first in range(len(flows)):
        for last in range(first, len(flows)):
            taken = sum(flow for _, flow in flows[first : last + 1])
            seconds = flows[last][0] - flows[first][0]
            assert taken <= Fraction(amount) + refill * seconds


@given(
    st.floats(0, 2e9),
    st.sampled_from([1, 3, 7, 0.1, 60]),
    st.sampled_from(NAMES),
)
def test_waiting_as_long_as_was_said_is_enough(now: float, amount: float, name: str) -> None:
    buckets = Buckets(Limits(**{name: amount}), now)
    tokens = amount
    while isinstance(answer := buckets.take(now, tokens), Grant):
        pass
    assert answer.wait is not None
    take(buckets, now + answer.wait, tokens)


def test_a_denied_request_takes_nothing() -> None:
    buckets = Buckets(Limits(requests_per_minute=10, tokens_per_minute=100, concurrent=5), 0)
    take(buckets, 0, 60)
    before = buckets.snapshot(0)
    for tokens in (50, 41, 101):
        assert denied(buckets, 0, tokens).which == "tokens_per_minute"
    assert buckets.snapshot(0) == before
    take(buckets, 0, 40)


def test_what_a_denial_says() -> None:
    # The figures of a message of OpenAI's: used 8,782, requested 8,172, try again in 41.724 s.
    buckets = Buckets(Limits(tokens_per_minute=10_000), 0)
    take(buckets, 0, 8_782)
    answer = denied(buckets, 0, 8_172)
    assert (answer.which, answer.limit) == ("tokens_per_minute", 10_000)
    assert (answer.used, answer.requested, answer.never) == (8_782, 8_172, False)
    assert answer.wait == pytest.approx(41.724)


@pytest.mark.parametrize(
    ("limits", "tokens", "which", "never"),
    [
        (Limits(tokens_per_minute=100), 101, "tokens_per_minute", True),
        (Limits(tokens_per_day=100, tokens_per_minute=50), 60, "tokens_per_minute", True),
        (Limits(requests_per_day=0), 0, "requests_per_day", True),
        (Limits(concurrent=0), 0, "concurrent", True),
        (Limits(concurrent=0.5), 0, "concurrent", True),
    ],
)
def test_what_would_never_fit(limits: Limits, tokens: float, which: str, never: bool) -> None:
    answer = denied(Buckets(limits, 0), 0, tokens)
    assert (answer.which, answer.never, answer.wait) == (which, never, None)


def test_the_longest_wait_is_told() -> None:
    buckets = Buckets(Limits(requests_per_second=1, requests_per_minute=2, requests_per_day=3), 0)
    take(buckets, 0)
    assert denied(buckets, 0).which == "requests_per_second"
    take(buckets, 1)
    answer = denied(buckets, 1)
    assert (answer.which, answer.wait) == ("requests_per_minute", 29)
    take(buckets, 30)
    answer = denied(buckets, 30)
    assert (answer.which, answer.wait) == ("requests_per_day", 28_770)


def test_places_are_given_back() -> None:
    buckets = Buckets(Limits(concurrent=2), 0)
    first, _ = take(buckets, 0), take(buckets, 0)
    assert denied(buckets, 0) == Denied(which="concurrent", limit=2, used=2, requested=1)
    buckets.settle(first, 0, 0)
    buckets.settle(first, 0, 0)
    assert buckets.running == 1
    assert buckets.snapshot(0) == {"concurrent": Level(2, 1, 0)}
    buckets.settle(Grant(99, 5), 0, 0)
    assert buckets.running == 1


def test_an_end_gives_back_tokens_but_not_the_request() -> None:
    buckets = Buckets(Limits(requests_per_day=10, tokens_per_day=100), 0)
    grant = take(buckets, 0, 80)
    buckets.settle(grant, 30, 0)
    levels = buckets.snapshot(0)
    assert (levels["requests_per_day"].remaining, levels["tokens_per_day"].remaining) == (9, 70)


def test_more_than_was_reserved_is_owed() -> None:
    buckets = Buckets(Limits(tokens_per_minute=60), 0)
    buckets.settle(take(buckets, 0, 60), 90, 0)
    assert buckets.snapshot(0)["tokens_per_minute"] == Level(60, 0, 90)
    assert denied(buckets, 0, 1).wait == 31
    assert denied(buckets, 0, 1).used == 90
    buckets.change(Limits(tokens_per_minute=600), 0)
    assert buckets.snapshot(0)["tokens_per_minute"] == Level(600, 510, 9)
    buckets.settle(take(buckets, 0, 510), 620, 0)
    buckets.change(Limits(tokens_per_minute=60), 0)
    assert buckets.snapshot(0)["tokens_per_minute"] == Level(60, 0, 170)
    buckets = Buckets(Limits(tokens_per_minute=60), 0)
    buckets.settle(take(buckets, 0, 10), 30, 60)
    assert buckets.snapshot(60)["tokens_per_minute"].remaining == 40


def test_changed_limits_keep_what_was_used() -> None:
    buckets = Buckets(Limits(tokens_per_minute=100), 0)
    grant = take(buckets, 0, 70)
    buckets.change(Limits(tokens_per_minute=200, requests_per_day=5), 0)
    assert buckets.limits.requests_per_day == 5
    levels = buckets.snapshot(0)
    assert (levels["tokens_per_minute"].limit, levels["tokens_per_minute"].remaining) == (200, 130)
    assert levels["requests_per_day"].remaining == 5
    buckets.change(Limits(tokens_per_minute=50), 0)
    assert set(buckets.snapshot(0)) == {"tokens_per_minute"}
    assert buckets.snapshot(0)["tokens_per_minute"] == Level(50, 0, 60)
    buckets.settle(grant, 0, 0)
    assert buckets.snapshot(0)["tokens_per_minute"].remaining == 50


def test_a_grant_gives_back_only_to_the_bucket_it_took_from() -> None:
    buckets = Buckets(Limits(), 0)
    early = take(buckets, 0, 500)
    buckets.change(Limits(tokens_per_minute=1_000), 0)
    take(buckets, 0, 800)
    buckets.settle(early, 0, 0)
    assert buckets.snapshot(0)["tokens_per_minute"].remaining == 200


def test_a_clock_that_goes_back_fills_nothing() -> None:
    buckets = Buckets(Limits(requests_per_minute=1), 100)
    assert buckets.snapshot(40)["requests_per_minute"].remaining == 1
    take(buckets, 100)
    assert denied(buckets, 40).wait == 120
    assert denied(buckets, 159).which == "requests_per_minute"
    take(buckets, 160)


def test_less_than_one_request_a_second_is_one_in_a_longer_time() -> None:
    assert rates(Limits(requests_per_second=0.08)) == {"requests_per_second": Rate(1, 12.5)}
    buckets = Buckets(Limits(requests_per_second=0.08), 0)
    take(buckets, 0)
    assert denied(buckets, 0).wait == 12.5


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf")])
def test_limits_that_make_no_sense_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="tokens_per_day"):
        Limits(tokens_per_day=value)


def test_limits_come_and_go_as_json() -> None:
    limits = msgspec.json.decode(b'{"requests_per_minute": 3}', type=Limits)
    assert limits == Limits(requests_per_minute=3)
    with pytest.raises(msgspec.ValidationError, match="0 or more"):
        msgspec.json.decode(b'{"concurrent": -3}', type=Limits)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0s"),
        (-1, "0s"),
        (0.0001, "1ms"),
        (0.001, "1ms"),
        (0.12, "120ms"),
        (0.9999, "1s"),
        (1, "1s"),
        (1.5, "1.5s"),
        (1.05, "1.05s"),
        (7.66, "7.66s"),
        (10, "10s"),
        (41.724, "41.724s"),
        (12.774000000000001, "12.775s"),
        (59.9999, "1m0s"),
        (60, "1m0s"),
        (179.56, "2m59.56s"),
        (360, "6m0s"),
        (3_600, "1h0m0s"),
        (3_661.001, "1h1m1.001s"),
        (86_400, "24h0m0s"),
        (360_000, "100h0m0s"),
    ],
)
def test_durations_as_go_writes_them(seconds: float, told: str) -> None:
    assert go_duration(seconds) == told


@given(st.floats(0, 1e7))
def test_a_told_duration_is_never_too_short(seconds: float) -> None:
    units = {"h": 3_600_000, "m": 60_000, "s": 1_000}
    told = go_duration(seconds)
    total = Fraction(0)
    if told.endswith("ms"):
        total = Fraction(told[:-2])
    else:
        for unit, size in units.items():
            number, found, rest = told.partition(unit)
            if found:
                total += Fraction(number) * size
                told = rest
    assert seconds <= float(total / 1_000) <= seconds + 0.0011


SNAPSHOT: Snapshot = {
    "requests_per_second": Level(5, 4, 0.2),
    "requests_per_minute": Level(500, 499.9, 0.012),
    "requests_per_day": Level(14_400, 14_370, 179.56),
    "tokens_per_minute": Level(18_000, 17_997.5, 7.66),
    "tokens_per_day": Level(500_000, 0, 86_400),
    "concurrent": Level(10, 9, 0),
}


@pytest.mark.parametrize(
    ("style", "told"),
    [
        (
            "openai",
            {
                "x-ratelimit-limit-requests": "500",
                "x-ratelimit-remaining-requests": "499",
                "x-ratelimit-reset-requests": "12ms",
                "x-ratelimit-limit-tokens": "18000",
                "x-ratelimit-remaining-tokens": "17997",
                "x-ratelimit-reset-tokens": "7.66s",
            },
        ),
        (
            "groq",
            {
                "x-ratelimit-limit-requests": "14400",
                "x-ratelimit-remaining-requests": "14370",
                "x-ratelimit-reset-requests": "2m59.56s",
                "x-ratelimit-limit-tokens": "18000",
                "x-ratelimit-remaining-tokens": "17997",
                "x-ratelimit-reset-tokens": "7.66s",
            },
        ),
        (
            "anthropic",
            {
                "anthropic-ratelimit-requests-limit": "500",
                "anthropic-ratelimit-requests-remaining": "499",
                "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:01Z",
                "anthropic-ratelimit-tokens-limit": "18000",
                "anthropic-ratelimit-tokens-remaining": "17997",
                "anthropic-ratelimit-tokens-reset": "2026-01-01T00:00:08Z",
            },
        ),
        (
            "mistral",
            {
                "x-ratelimit-limit-tokens-minute": "18000",
                "x-ratelimit-remaining-tokens-minute": "17997",
                "x-ratelimit-limit-req-minute": "500",
                "x-ratelimit-remaining-req-minute": "499",
                "x-ratelimit-remaining": "4",
            },
        ),
        ("retry_after", {}),
        ("none", {}),
    ],
)
def test_headers_in_each_style(style: Style, told: dict[str, str]) -> None:
    assert headers(style, SNAPSHOT, 1_767_225_600) == tuple(told.items())
    assert headers(style, {}, 0) == ()


def test_openai_tells_the_day_where_there_is_no_minute() -> None:
    told = dict(headers("openai", {"requests_per_day": Level(200, 100, 43_200)}, 0))
    assert told == {
        "x-ratelimit-limit-requests": "200",
        "x-ratelimit-remaining-requests": "100",
        "x-ratelimit-reset-requests": "12h0m0s",
    }


def denial(wait: float | None) -> Denied:
    return Denied(which="tokens_per_minute", limit=1, used=1, requested=1, wait=wait)


@pytest.mark.parametrize(
    ("style", "wait", "told"),
    [
        ("openai", 7.66, {"retry-after": "8", "retry-after-ms": "7660"}),
        ("openai", 0.0001, {"retry-after": "1", "retry-after-ms": "1"}),
        ("groq", 7.66, {"retry-after": "8"}),
        ("groq", 12.0, {"retry-after": "12"}),
        ("anthropic", 0.2, {"retry-after": "1"}),
        ("mistral", 1.0, {"retry-after": "1"}),
        ("retry_after", 3.5, {"retry-after": "4"}),
        ("none", 3.5, {}),
        ("openai", None, {}),
        ("groq", None, {}),
    ],
)
def test_how_long_to_wait(style: Style, wait: float | None, told: dict[str, str]) -> None:
    assert retry_after(style, denial(wait)) == tuple(told.items())
