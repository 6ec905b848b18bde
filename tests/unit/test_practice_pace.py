"""The pace of answers: what the distributions are, and that waits are counted from the start."""

import math
from statistics import fmean, median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import InvalidRequest
from filon.practice.clock import VirtualClock
from filon.practice.model.family import MODELS
from filon.practice.pace import PACES, Pace, Timing, read_speed, timing

NAMES = st.sampled_from(sorted(PACES))
SEEDS = st.integers(0, 2**32)


def begin(
    name: str,
    seed: int = 1,
    speed: float = 0,
    clock: VirtualClock | None = None,
    rested: float | None = 1,
) -> Timing:
    return timing(name, seed=seed, speed=speed, clock=clock or VirtualClock(), rested=rested)


def firsts(name: str, prompt: int = 1_000, cached: int = 0, load: int = 1) -> list[float]:
    found: list[float] = []
    for seed in range(400):
        one = begin(name, seed)
        one.first(prompt, cached, load)
        found.append(one.due)
    return found


def gaps(name: str, seed: int, number: int, load: int = 1) -> list[float]:
    one = begin(name, seed)
    one.first(10, 0, load)
    found: list[float] = []
    for _ in range(number):
        before = one.decode
        one.next(load)
        found.append(one.decode - before)
    return found


def test_every_model_has_a_pace() -> None:
    assert {model.pace for model in MODELS} <= set(PACES)


# The table in the docstring of pace.py.
@pytest.mark.parametrize(
    ("name", "first", "rate", "slower"),
    [
        ("small", 0.3, 120, 1.4),
        ("medium", 0.5, 75, 1.4),
        ("large", 1.0, 40, 1.9),
        ("thinking", 0.7, 90, 1.4),
        ("local", 3.7, 12, 1.0),
        ("echo", 0.25, 40, 1.0),
    ],
)
def test_the_figures_are_those_of_the_table(
    name: str, first: float, rate: float, slower: float
) -> None:
    assert median(firsts(name)) == pytest.approx(first, rel=0.08)
    one, eight = median(gaps(name, 1, 2_000)), median(gaps(name, 1, 2_000, load=8))
    assert 1 / one == pytest.approx(rate, rel=0.05)
    assert eight / one == pytest.approx(slower, rel=0.05)


@given(SEEDS)
def test_the_echo_is_steady_and_living(seed: int) -> None:
    one = begin("echo", seed)
    one.first(5_000, 0, 30)
    assert 0.2 < one.due < 0.3
    found = gaps("echo", seed, 400, load=30)
    assert all(0.0124 < gap < 0.0376 for gap in found)
    assert 36 < 1 / fmean(found) < 44
    assert len(set(found)) > 300


@given(NAMES, SEEDS, st.integers(0, 40_000), st.integers(0, 40_000), st.integers(1, 20))
def test_one_seed_is_one_timing(name: str, seed: int, prompt: int, cached: int, load: int) -> None:
    both = [begin(name, seed, rested=None) for _ in range(2)]
    for each in both:
        each.first(prompt, cached, load)
        for _ in range(20):
            each.next(load)
    assert both[0].due == both[1].due
    assert all(
        math.isfinite(value) and value >= 0
        for value in (both[0].loading, both[0].queue, both[0].prefill, both[0].decode)
    )
    assert both[0].decode > 0


@given(NAMES, SEEDS, st.integers(1, 32_000), st.integers(1, 20))
def test_what_is_cached_or_shorter_or_alone_comes_sooner(
    name: str, seed: int, prompt: int, load: int
) -> None:
    waits: list[float] = []
    for prompt_tokens, cached, answers in (
        (prompt * 2, 0, load),
        (prompt, 0, load),
        (prompt, prompt // 2, load),
        (prompt, prompt, load),
        (prompt, prompt, 1),
    ):
        one = begin(name, seed)
        one.first(prompt_tokens, cached, answers)
        waits.append(one.due)
    assert waits == sorted(waits, reverse=True)


def test_more_answers_than_places_wait_in_line() -> None:
    alone, third = begin("local"), begin("local")
    alone.first(100, 0, 1)
    third.first(100, 0, 3)
    assert third.queue - alone.queue == pytest.approx(10)
    assert third.prefill == alone.prefill


@pytest.mark.parametrize(
    ("name", "rested", "cold"),
    [
        ("local", None, True),
        ("local", 300, True),
        ("local", 299.9, False),
        ("local", 0, False),
        ("small", None, False),
        ("echo", None, False),
    ],
)
def test_the_local_model_loads_after_a_rest(name: str, rested: float | None, cold: bool) -> None:
    one, warm = begin(name, rested=rested), begin(name, rested=0)
    one.first(100, 0, 1)
    warm.first(100, 0, 1)
    assert (one.loading > 3) == cold
    assert warm.loading == 0
    assert one.due >= warm.due


def test_stalls_come_now_and_then() -> None:
    found = gaps("large", 3, 5_000)
    stalls = [gap for gap in found if gap > 0.3]
    assert 3 < len(stalls) < 40
    assert max(found) < 5 * 0.4 + 5 / 40


@pytest.mark.parametrize("shape", ["lognormal", "gamma", "uniform"])
def test_noise_is_cut(shape: str) -> None:
    pace = Pace(gap=1, gap_noise=3, shape=shape)  # pyright: ignore[reportArgumentType]
    one = Timing(pace, seed=5, speed=0, clock=VirtualClock())
    for _ in range(500):
        before = one.decode
        one.next(1)
        assert 0.19 < one.decode - before < 5.01


def test_waits_count_from_the_start() -> None:
    clock = VirtualClock()
    late, planned = begin("small", 7, 1, clock), begin("small", 7, 0)
    wait = late.first(200, 0, 1)
    planned.first(200, 0, 1)
    assert wait == planned.due
    clock.advance(wait + 10)
    for _ in range(500):
        assert late.next(1) == 0
        planned.next(1)
    clock.advance(-9.5)
    wait = late.next(1)
    planned.next(1)
    assert clock.monotonic() + wait == pytest.approx(planned.due)


@given(NAMES, SEEDS, st.sampled_from([0.01, 0.5, 1, 2, 10_000]))
def test_speed_scales_the_wait_and_not_what_is_reported(name: str, seed: int, speed: float) -> None:
    clock = VirtualClock()
    scaled, plain = begin(name, seed, speed, clock), begin(name, seed)
    assert plain.first(900, 128, 2) == 0
    clock.advance(scaled.first(900, 128, 2))
    for _ in range(10):
        assert plain.next(2) == 0
        clock.advance(scaled.next(2))
    assert clock.monotonic() == pytest.approx(plain.due / speed)
    assert (scaled.queue, scaled.prefill, scaled.decode) == (
        plain.queue,
        plain.prefill,
        plain.decode,
    )


@pytest.mark.parametrize(
    ("value", "speed"), [(None, 3.0), ("0", 0.0), ("2", 2.0), (" 0.01 ", 0.01), ("1e4", 10_000.0)]
)
def test_the_speed_of_a_header(value: str | None, speed: float) -> None:
    assert read_speed(value, 3.0) == speed


@pytest.mark.parametrize("value", ["", "fast", "-1", "0.001", "10001", "nan", "inf", "1,5"])
def test_a_speed_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(InvalidRequest, match="x-practice-speed"):
        read_speed(value, 1.0)
