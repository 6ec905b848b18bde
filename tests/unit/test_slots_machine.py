"""Callers at an endpoint in whatever order: what must always be true of its places and its line."""

import asyncio
from collections import Counter

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from filon.pipeline.slots import EndpointBusy, Taken, Wish
from filon.providers.endpoint import EndpointLimits
from tests.unit.slots_bench import Bench, cancel_and_end, end_and_cancel

Asked = asyncio.Task[Taken | None]


def taken_by(task: Asked) -> Taken:
    taken = task.result()
    assert taken is not None
    return taken


class SlotsMachine(RuleBasedStateMachine):
    """Callers that come, end, leave and wait, against what must always be true of a line."""

    @initialize(
        concurrent=st.none() | st.integers(1, 3),
        requests=st.none() | st.integers(1, 5),
        tokens=st.none() | st.just(600),
        room=st.integers(1, 8),
    )
    def start(
        self, concurrent: int | None, requests: int | None, tokens: int | None, room: int
    ) -> None:
        self.limits = EndpointLimits(
            concurrent=concurrent, requests_per_minute=requests, tokens_per_minute=tokens
        )
        self.room = room
        self.bench = Bench(room)
        self.started = self.bench.loop.time()
        self.asked: list[Asked] = []
        self.callers: dict[Asked, str] = {}
        self.due: dict[Asked, float] = {}
        # Tokens of those that were let in, and what the true counts added.
        self.spent = 0
        self.let_in: list[Asked] = []
        self.running: list[Asked] = []
        # For each that waits: how often another caller was served since it was first of its own.
        self.passed: dict[Asked, Counter[str]] = {}

    @property
    def waiting(self) -> list[Asked]:
        return [task for task in self.asked if not task.done()]

    @rule(
        callers=st.lists(st.sampled_from("abc"), min_size=1, max_size=4),
        tokens=st.integers(0, 600),
        time_left=st.sampled_from([0.0, 3.0, 45.0, 700.0, 5_000.0]),
    )
    def come(self, callers: list[str], tokens: int, time_left: float) -> None:
        for caller in callers:
            self.ask(caller, tokens, time_left)

    def ask(self, caller: str, tokens: int, time_left: float) -> None:
        was_waiting = Counter(self.callers[task] for task in self.waiting)
        before = self.waiting
        task = self.bench.loop.create_task(self.follow(caller, tokens, time_left))
        self.asked.append(task)
        self.callers[task] = caller
        self.due[task] = self.bench.loop.time() + time_left
        self.bench.loop.advance(0)
        # Whoever was in the line may be turned away for another, but only one who has more there.
        gone = [each for each in before if each.done() and each not in self.let_in]
        turned = [each for each in gone if self.bench.loop.time() < self.due[each]]
        assert len(turned) <= 1
        for each in turned:
            assert was_waiting[self.callers[each]] > was_waiting[caller] + 1
            assert sum(was_waiting.values()) == self.room

    async def follow(self, caller: str, tokens: int, time_left: float) -> Taken | None:
        wish = Wish(
            endpoint="there", label="There", caller=caller, tokens=tokens, time_left=time_left
        )
        try:
            taken = await self.bench.slots.take(self.limits, wish)
        except EndpointBusy:
            return None
        task = asyncio.current_task()
        assert task is not None
        assert self.bench.loop.time() <= self.due[task]
        self.is_fair(task)
        self.let_in.append(task)
        self.running.append(task)
        self.spent += tokens
        return taken

    def is_fair(self, served: Asked) -> None:
        """First come, first served within a caller; between callers, each in turn."""
        caller = self.callers[served]
        first = self.asked.index(served)
        for task in self.waiting:
            if task is served:
                continue
            if self.callers[task] == caller:
                assert self.asked.index(task) > first
                continue
            passed = self.passed.setdefault(task, Counter())
            own = [each for each in self.waiting if self.callers[each] == self.callers[task]]
            if own[0] is task:
                passed[caller] += 1
                assert passed[caller] <= 1, "one caller was served twice before another"

    @precondition(lambda self: self.running)
    @rule(
        which=st.integers(0, 20), share=st.sampled_from([0.0, 0.5, 1.0, 1.5]), twice=st.booleans()
    )
    def end(self, which: int, share: float, twice: bool) -> None:
        task = self.running.pop(which % len(self.running))
        taken = taken_by(task)
        used = round(taken.tokens * share)
        self.bench.give_back(taken, used)
        if twice:
            self.bench.give_back(taken, used)
        self.spent += min(0, used - taken.tokens)

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 20))
    def leave(self, which: int) -> None:
        self.waiting[which % len(self.waiting)].cancel()
        self.bench.loop.advance(0)

    @precondition(lambda self: self.running and self.waiting)
    @rule(which=st.integers(0, 20))
    def leave_beside_an_end(self, which: int) -> None:
        """The worst moment to leave: just before, or just after one was served."""
        waiting = self.waiting[which % len(self.waiting)]
        task = self.running.pop()
        both = end_and_cancel(self.bench.slots, taken_by(task), waiting)
        self.bench.loop.run_until_complete(both)
        self.bench.loop.advance(0)

    @precondition(lambda self: self.running and self.waiting)
    @rule(which=st.integers(0, 20))
    def leave_before_an_end(self, which: int) -> None:
        waiting = self.waiting[which % len(self.waiting)]
        both = cancel_and_end(self.bench.slots, taken_by(self.running.pop()), waiting)
        self.bench.loop.run_until_complete(both)
        self.bench.loop.advance(0)

    @rule(seconds=st.sampled_from([0.5, 2.0, 9.0, 61.0, 300.0]))
    def pass_time(self, seconds: float) -> None:
        self.bench.loop.advance(seconds)

    @invariant()
    def is_within_the_limits(self) -> None:
        minutes = (self.bench.loop.time() - self.started) / 60
        limits = self.limits
        if limits.concurrent is not None:
            assert len(self.running) <= limits.concurrent
        if limits.requests_per_minute is not None:
            most = limits.requests_per_minute * (1 + minutes)
            assert len(self.let_in) <= most + 1e-3
        if limits.tokens_per_minute is not None:
            assert self.spent <= limits.tokens_per_minute * (1 + minutes) + 1e-3
        assert len(self.waiting) <= self.room

    @invariant()
    def everybody_was_treated_fairly(self) -> None:
        for task in self.asked:
            if task.done() and not task.cancelled():
                task.result()

    @invariant()
    def nobody_waits_in_vain(self) -> None:
        now = self.bench.loop.time()
        assert all(self.due[task] > now for task in self.waiting)
        by_rate = self.limits.requests_per_minute or self.limits.tokens_per_minute
        if self.waiting and not by_rate:
            assert self.limits.concurrent is not None
            assert len(self.running) == self.limits.concurrent

    def teardown(self) -> None:
        if hasattr(self, "bench"):
            try:
                self.all_is_well_in_the_end()
            finally:
                self.bench.close()

    def all_is_well_in_the_end(self) -> None:
        """When all is given back, everybody is served in time, and all places are free."""
        patient = [task for task in self.waiting if self.due[task] > self.bench.loop.time() + 4_000]
        for _ in range(20):
            while self.running:
                self.bench.give_back(taken_by(self.running.pop()), 0)
            self.bench.loop.advance(60.0)
        assert all(task in self.let_in for task in patient)
        for _ in range(self.limits.concurrent or 1):
            self.bench.loop.advance(60.0)
            self.ask("d", 0, 0.0)
            assert self.asked[-1] in self.let_in


SlotsMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=30)
TestSlots = SlotsMachine.TestCase
