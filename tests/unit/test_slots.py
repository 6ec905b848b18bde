"""Room at an endpoint, and the line of those who wait for it, in virtual time."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import TooLarge
from filon.pipeline.slots import EndpointBusy, Wish
from filon.pipeline.waiting import Line, Waiter
from filon.providers.endpoint import EndpointLimits
from tests.unit.slots_bench import Bench, Waiting, cancel_and_end, end_and_cancel
from tests.unit.virtual_time import VirtualLoop


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    made = Bench(getattr(request, "param", 100))
    yield made
    made.close()


@pytest.fixture(scope="module")
def loop() -> Iterator[VirtualLoop]:
    made = VirtualLoop()
    yield made
    made.close()


def with_room(room: int) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("bench", [room], indirect=True)


ONE = EndpointLimits(concurrent=1)
TWO = EndpointLimits(concurrent=2)


def busy(task: Waiting) -> EndpointBusy:
    error = task.exception()
    assert isinstance(error, EndpointBusy)
    return error


def test_without_limits_nobody_waits(bench: Bench) -> None:
    tasks = [bench.ask(EndpointLimits(), tokens=10**9) for _ in range(50)]
    assert [task.result().waited for task in tasks] == [0.0] * 50


def test_a_request_waits_for_the_place_of_one_that_ends(bench: Bench) -> None:
    first, second = bench.ask(ONE), bench.ask(ONE)
    bench.loop.advance(7.0)
    assert not second.done()
    bench.end(first)
    assert second.result().waited == pytest.approx(7.0)


def test_callers_are_served_in_turn_and_each_in_its_own_order(bench: Bench) -> None:
    running = bench.ask(ONE, "x")
    names = ["a1", "a2", "a3", "b1", "b2", "c1"]
    tasks = {name: bench.ask(ONE, name[0], name=name) for name in names}
    for _ in names:
        bench.end(running)
        running = tasks[bench.order[-1]]
    assert bench.order == ["x", "a1", "b1", "c1", "a2", "b2", "a3"]


def test_one_who_comes_late_waits_for_one_request_of_each_other(bench: Bench) -> None:
    running = bench.ask(ONE, "a")
    tasks = {f"a{n}": bench.ask(ONE, "a", name=f"a{n}") for n in range(50)}
    bench.ask(ONE, "late")
    bench.end(running)
    bench.end(tasks["a0"])
    assert bench.order == ["a", "a0", "late"]


def test_requests_of_a_minute_flow_in_evenly(bench: Bench) -> None:
    limits = EndpointLimits(requests_per_minute=6)
    tasks = [bench.ask(limits) for _ in range(9)]
    assert [task.done() for task in tasks] == [True] * 6 + [False] * 3
    bench.loop.advance(30.0)
    assert [task.result().waited for task in tasks[6:]] == pytest.approx([10.0, 20.0, 30.0])


def test_tokens_that_were_not_used_let_the_next_in(bench: Bench) -> None:
    limits = EndpointLimits(tokens_per_minute=600)
    first = bench.ask(limits, tokens=600)
    second = bench.ask(limits, tokens=300)
    assert not second.done()
    bench.end(first, tokens=300)
    assert second.done()


def test_tokens_beyond_the_estimate_are_made_up_for(bench: Bench) -> None:
    limits = EndpointLimits(tokens_per_minute=600)
    bench.end(bench.ask(limits, tokens=100), tokens=1_200)
    second = bench.ask(limits, tokens=100)
    bench.loop.advance(69.0)
    assert not second.done()
    bench.loop.advance(1.0)
    assert second.done()


def test_nobody_overtakes_one_that_is_large(bench: Bench) -> None:
    limits = EndpointLimits(tokens_per_minute=600)
    bench.ask(limits, "a", tokens=550, name="first")
    bench.ask(limits, "a", tokens=600, name="large")
    bench.ask(limits, "b", tokens=10, name="small")
    bench.loop.advance(54.9)
    assert bench.order == ["first"]
    bench.loop.advance(0.2)
    assert bench.order == ["first", "large"]
    bench.loop.advance(1.0)
    assert bench.order == ["first", "large", "small"]


def test_one_larger_than_a_minute_is_told_so_at_once(bench: Bench) -> None:
    error = bench.ask(EndpointLimits(tokens_per_minute=600), tokens=601).exception()
    assert isinstance(error, TooLarge)
    assert error.problem.code == "larger_than_endpoint_limit"
    assert "There is asked for 600 per minute at most" in error.problem.message
    assert error.problem.retry_after is None


def test_whoever_cannot_wait_so_long_is_told_how_long_it_would_be(bench: Bench) -> None:
    limits = EndpointLimits(requests_per_minute=2)
    for _ in range(3):
        bench.ask(limits, "a")
    problem = busy(bench.ask(limits, "b", time_left=59.0)).problem
    assert (problem.status, problem.code, problem.retry_after) == (503, "endpoint_busy", 60.0)
    assert problem.message == (
        "There is at its limits (2 requests per minute), with no room within 59 s."
    )
    assert problem.fix is not None
    assert problem.fix.startswith("Try again in 60 s")
    # Of two callers each is served in turn, so this one is before the second of the other.
    assert not bench.ask(limits, "b", time_left=60.0).done()


def test_one_whose_time_is_over_leaves_the_line(bench: Bench) -> None:
    first = bench.ask(ONE, "a")
    late = bench.ask(ONE, "b", time_left=5.0)
    third = bench.ask(ONE, "c")
    bench.loop.advance(5.0)
    assert busy(late).problem.message == (
        "There is at its limits (1 at the same time), with no room within 5 s."
    )
    bench.end(first)
    assert third.done()


def test_time_that_is_over_is_enough_where_there_is_room(bench: Bench) -> None:
    assert bench.ask(ONE, time_left=0.0).result().waited == 0.0
    assert busy(bench.ask(ONE, time_left=0.0))


@with_room(2)
def test_a_full_line_turns_away_the_next(bench: Bench) -> None:
    bench.ask(ONE, "a")
    waiting = [bench.ask(ONE, "a"), bench.ask(ONE, "b")]
    problem = busy(bench.ask(ONE, "a")).problem
    assert problem.message == "There has 2 requests waiting for it, as many as may."
    assert problem.retry_after == 1.0
    assert busy(bench.ask(ONE, "c"))
    assert not any(task.done() for task in waiting)


@with_room(3)
def test_nobody_fills_the_line_alone(bench: Bench) -> None:
    running = bench.ask(ONE, "a")
    greedy = [bench.ask(ONE, "a", name=f"a{n}") for n in range(3)]
    other = bench.ask(ONE, "b")
    assert [task.done() for task in greedy] == [False, False, True]
    assert busy(greedy[2])
    bench.end(running)
    bench.end(greedy[0])
    assert other.done()


def test_one_that_leaves_as_it_is_served_gives_all_back(bench: Bench) -> None:
    limits = EndpointLimits(concurrent=1, requests_per_minute=2, tokens_per_minute=600)
    first = bench.ask(limits, "a", tokens=100)
    left = bench.ask(limits, "b", tokens=500)
    third = bench.ask(limits, "c", tokens=500)

    bench.loop.run_until_complete(end_and_cancel(bench.slots, first.result(), left))
    bench.loop.advance(0)
    assert left.cancelled()
    assert third.result().waited == 0.0


def test_one_that_has_not_had_the_time_to_leave_is_not_served(bench: Bench) -> None:
    first, second, third = (bench.ask(ONE, caller) for caller in "abc")
    bench.loop.run_until_complete(cancel_and_end(bench.slots, first.result(), second))
    bench.loop.advance(0)
    assert second.cancelled()
    assert third.done()


@with_room(2)
def test_one_that_has_not_had_the_time_to_leave_makes_room(bench: Bench) -> None:
    first = bench.ask(ONE, "a")
    second, third = bench.ask(ONE, "b"), bench.ask(ONE, "b")
    fourth = bench.ask(ONE, "c", leaving=third)
    assert third.cancelled()
    bench.end(first)
    bench.end(second)
    assert fourth.result()


def test_one_served_as_its_time_is_over_holds_no_place(bench: Bench) -> None:
    limits = EndpointLimits(concurrent=7, requests_per_minute=6)
    for _ in range(6):
        bench.ask(limits)
    # The timer that serves it and the one that ends its time are due in the same moment.
    both = bench.ask(limits, time_left=10.0)
    bench.loop.advance(10.0)
    if both.exception() is None:
        bench.end(both)
    late = bench.ask(limits, time_left=20.0)
    bench.loop.advance(20.0)
    assert late.result().waited <= 10.0


@with_room(1)
def test_one_whose_time_is_over_makes_room_in_the_line(bench: Bench) -> None:
    bench.ask(ONE, "a")
    assert busy(bench.ask(ONE, "b", time_left=0.0))
    assert not bench.ask(ONE, "c").done()


def test_tokens_given_back_late_do_not_widen_the_next_minute(bench: Bench) -> None:
    limits = EndpointLimits(tokens_per_minute=600)
    first = bench.ask(limits, tokens=600)
    bench.loop.advance(60.0)
    bench.end(first, tokens=0)
    assert bench.ask(limits, tokens=600).done()
    assert not bench.ask(limits, tokens=600).done()


def test_limits_that_change_count_at_once(bench: Bench) -> None:
    running = [bench.ask(TWO, "a"), bench.ask(TWO, "a")]
    waiting = bench.ask(TWO, "b")
    assert bench.ask(EndpointLimits(concurrent=4), "c").done()
    assert waiting.done()
    bench.end(running[0])
    assert not bench.ask(ONE, "a").done()


def test_what_came_before_a_limit_does_not_count_for_it(bench: Bench) -> None:
    for _ in range(20):
        bench.ask(EndpointLimits(), tokens=1_000)
    limits = EndpointLimits(requests_per_minute=2, tokens_per_minute=600)
    assert [bench.ask(limits, tokens=300).done() for _ in range(3)] == [True, True, False]


def test_a_bucket_that_shrinks_below_a_request_in_the_line_still_serves_it(bench: Bench) -> None:
    wide, narrow = EndpointLimits(tokens_per_minute=600), EndpointLimits(tokens_per_minute=60)
    bench.ask(wide, tokens=600)
    large = bench.ask(wide, tokens=600, time_left=3_000.0)
    after = bench.ask(narrow, "b", tokens=60, time_left=3_000.0)
    bench.loop.advance(2_000.0)
    assert large.result().waited == pytest.approx(600.0)
    assert after.result().waited == pytest.approx(1_200.0)


def test_endpoints_have_nothing_to_do_with_one_another(bench: Bench) -> None:
    bench.ask(ONE)
    wish = Wish(endpoint="else", label="Else", caller="a", tokens=0, time_left=0.0)
    taken = bench.loop.run_until_complete(bench.slots.take(ONE, wish))
    assert taken.endpoint == "else"


def test_a_place_is_given_back_once(bench: Bench) -> None:
    first = bench.ask(ONE)
    bench.end(first)
    second = bench.ask(ONE)
    bench.end(first, tokens=10)
    third = bench.ask(ONE)
    assert second.done()
    assert not third.done()


@given(joining=st.lists(st.sampled_from("abcd"), min_size=1, max_size=20), served=st.integers(0, 8))
def test_the_line_knows_who_comes_before_whom(
    loop: VirtualLoop, joining: list[str], served: int
) -> None:
    loop.run_until_complete(compare_with_what_happens(joining, min(served, len(joining) - 1)))


async def compare_with_what_happens(joining: list[str], served: int) -> None:
    line = Line()
    everyone = [Waiter(caller, 0, 0.0) for caller in joining]
    for each in everyone:
        line.join(each)
    order: list[Waiter] = []
    told: dict[Waiter, set[Waiter]] = {}
    while (waiter := line.next()) is not None:
        if len(order) == served:
            told = {each: set(line.up_to(each)) for each in everyone if each not in order}
        line.serve(waiter)
        order.append(waiter)
    assert len(order) == len(joining)
    assert told.keys() == set(order[served:])
    for each, before in told.items():
        assert before == set(order[served : order.index(each) + 1])
