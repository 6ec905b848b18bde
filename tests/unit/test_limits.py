"""What a key may do in a time. The clocks are numbers that the tests turn."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.accounts.limits import MemoryRates, Moment, Reservation, Used, checked, decide, settled
from filon.conversation.errors import InvalidRequest, RateLimited, TooLarge
from filon.conversation.rights import KeyRules
from filon.kit import clock

DAY = "2027-01-31"
NOON = 1_800_000_000.0


class Clock:
    def __init__(self, at: float) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def at(seconds: float, day: str = DAY) -> Moment:
    return Moment(seconds, day, 3600.0)


async def nobody(_owner: int, _key: str, _day: str) -> int:
    return 0


@pytest.mark.parametrize(
    ("rules", "told", "wait"),
    [
        (KeyRules(requests_per_minute=2), "has made its 2 requests per minute", 30.0),
        (KeyRules(requests_per_day=2), "has made its 2 requests of today", 3600.0),
        (KeyRules(concurrent=2), "has 2 requests running", 1.0),
        (KeyRules(tokens_per_minute=200), "has used its 200 tokens per minute", 30.0),
    ],
)
def test_each_limit_lets_so_many_pass_and_then_says_how_long_to_wait(
    rules: KeyRules, told: str, wait: float
) -> None:
    used = Used(day=DAY, today=0)
    for left in (1, 0):
        used, taken = decide(used, rules, 100, at(0.0), "ci")
        assert taken.refused is None
        (limit,) = taken.limits
        assert limit.left == left * (100 if rules.tokens_per_minute else 1)
    before = used
    used, taken = decide(used, rules, 100, at(0.0), "ci")
    assert isinstance(taken.refused, RateLimited)
    problem = taken.refused.problem
    assert told in problem.message
    assert problem.status == 429
    assert problem.retry_after == pytest.approx(wait)
    assert used == before


def test_the_limit_that_is_waited_for_longest_is_told() -> None:
    rules = KeyRules(requests_per_minute=1, requests_per_day=1)
    used, _ = decide(Used(day=DAY, today=0), rules, 0, at(0.0), "ci")
    _, taken = decide(used, rules, 0, at(0.0), "ci")
    assert taken.refused is not None
    assert taken.refused.problem.names["which"] == "requests_per_day"
    assert [limit.left for limit in taken.limits] == [0, 0]


def test_a_request_larger_than_the_bucket_is_told_that_waiting_is_in_vain() -> None:
    _, taken = decide(Used(), KeyRules(tokens_per_minute=100), 101, at(0.0), "ci")
    assert isinstance(taken.refused, TooLarge)
    assert taken.refused.problem.retry_after is None


def test_a_bucket_fills_evenly() -> None:
    rules = KeyRules(requests_per_minute=60)
    used = Used(requests=60.0, at=0.0)
    for second in range(1, 10):
        used, taken = decide(used, rules, 0, at(float(second)), "ci")
        assert taken.refused is None
        _, again = decide(used, rules, 0, at(float(second)), "ci")
        assert again.refused is not None


def test_what_an_answer_cost_is_taken_when_it_is_over() -> None:
    rules = KeyRules(tokens_per_minute=600, concurrent=1)
    used, _ = decide(Used(), rules, 100, at(0.0), "ci")
    reservation = Reservation(key_id="k", rules=rules, tokens=100)
    used = settled(used, reservation, 900, at(0.0))
    assert (used.tokens, used.running) == (900.0, 0)
    _, taken = decide(used, rules, 0, at(0.0), "ci")
    assert taken.refused is not None
    assert taken.refused.problem.retry_after == pytest.approx(30.0)
    assert decide(used, rules, 0, at(30.0), "ci")[1].refused is None


def test_a_request_that_failed_gives_its_tokens_back() -> None:
    rules = KeyRules(tokens_per_minute=100)
    used, _ = decide(Used(), rules, 100, at(0.0), "ci")
    used = settled(used, Reservation(key_id="k", rules=rules, tokens=100), 0, at(0.0))
    assert decide(used, rules, 100, at(0.0), "ci")[1].refused is None


def test_a_new_day_begins_at_nothing() -> None:
    rules = KeyRules(requests_per_day=1)
    used = Used(day=DAY, today=1)
    assert decide(used, rules, 0, at(0.0), "ci")[1].refused is not None
    assert decide(used, rules, 0, at(0.0, "2027-02-01"), "ci")[1].refused is None


@given(
    limit=st.integers(1, 1000),
    steps=st.lists(st.tuples(st.floats(0, 20), st.integers(0, 50)), max_size=200),
)
def test_no_minute_has_more_than_a_bucket_and_what_flows_in(
    limit: int, steps: list[tuple[float, int]]
) -> None:
    rules = KeyRules(requests_per_minute=limit)
    used, now, let_in = Used(), 0.0, 0
    for wait, tries in steps:
        now += wait
        for _ in range(tries):
            used, taken = decide(used, rules, 0, at(now), "ci")
            let_in += taken.refused is None
            left = taken.limits[0].left
            assert 0 <= left < limit or (left == limit and taken.refused is not None)
    assert let_in <= limit + limit * now / 60 + 1e-3


@given(
    limit=st.integers(1, 1000),
    used=st.floats(0, 5000),
    tokens=st.integers(0, 1000),
)
def test_whoever_waits_as_long_as_told_is_let_in(limit: int, used: float, tokens: int) -> None:
    rules = KeyRules(tokens_per_minute=limit)
    before, taken = decide(Used(tokens=used), rules, tokens, at(0.0), "ci")
    if isinstance(taken.refused, RateLimited):
        wait = taken.refused.problem.retry_after
        assert wait is not None
        assert decide(before, rules, tokens, at(wait), "ci")[1].refused is None


@pytest.mark.parametrize("limit", [0, -1, 10**13])
def test_a_limit_that_cannot_be_kept_is_refused(limit: int) -> None:
    with pytest.raises(InvalidRequest) as caught:
        checked(KeyRules(concurrent=limit))
    assert caught.value.problem.param == "concurrent"


async def test_requests_of_today_are_learnt_from_the_store_once() -> None:
    asked: list[str] = []

    async def count(_owner: int, key: str, _day: str) -> int:
        asked.append(key)
        await asyncio.sleep(0)
        return 3

    rates = MemoryRates(count, Clock(NOON), Clock(0.0))
    rules = KeyRules(requests_per_day=5)
    taken = await asyncio.gather(*(rates.take(1, "k", rules, 0, "ci") for _ in range(4)))
    assert sum(one.refused is None for one in taken) == 2
    await rates.take(1, "k", rules, 0, "ci")
    assert len(asked) <= 4


async def test_limits_of_one_key_are_nothing_to_another_and_change_at_once() -> None:
    rates = MemoryRates(nobody, Clock(NOON), Clock(0.0), patience=0.0)
    rules = KeyRules(concurrent=1)
    first = await rates.take(1, "a", rules, 0, "a")
    assert first.reservation is not None
    assert (await rates.take(1, "b", rules, 0, "b")).refused is None
    assert (await rates.take(1, "a", rules, 0, "a")).refused is not None
    assert (await rates.take(1, "a", KeyRules(concurrent=2), 0, "a")).refused is None
    rates.settle(first.reservation, 0)
    assert (await rates.take(1, "a", KeyRules(concurrent=2), 0, "a")).refused is None


async def test_the_day_ends_at_midnight_where_the_program_runs() -> None:
    rates = MemoryRates(nobody, Clock(NOON), Clock(0.0))
    rules = KeyRules(requests_per_day=1)
    await rates.take(1, "k", rules, 0, "ci")
    taken = await rates.take(1, "k", rules, 0, "ci")
    assert taken.refused is not None
    wait = taken.refused.problem.retry_after
    assert wait is not None
    assert clock.day(NOON + wait - 1) == clock.day(NOON)
    assert clock.local(NOON + wait).strftime("%H:%M:%S") == "00:00:00"


async def test_a_request_waits_a_moment_for_the_place_of_one_that_ends() -> None:
    rates = MemoryRates(nobody, Clock(NOON), Clock(0.0), patience=60.0)
    rules = KeyRules(concurrent=1)
    first = await rates.take(1, "k", rules, 0, "ci")
    assert first.reservation is not None
    waiting = [asyncio.ensure_future(rates.take(1, "k", rules, 0, "ci")) for _ in range(2)]
    await asyncio.sleep(0)
    assert not any(one.done() for one in waiting)
    rates.settle(first.reservation, 0)
    done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    (second,) = done
    assert second.result().refused is None
    (third,) = rest
    third.cancel()
    await asyncio.wait(rest)
    reservation = second.result().reservation
    assert reservation is not None
    rates.settle(reservation, 0)
    # Whoever left while it waited took no place.
    assert (await rates.take(1, "k", rules, 0, "ci")).refused is None
