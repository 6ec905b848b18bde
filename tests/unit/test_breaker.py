"""When an endpoint is asked no more, and when again. The clock and the chance are numbers."""

from math import floor
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from msgspec.structs import replace

from filon.conversation.errors import Blame, Problem
from filon.pipeline.breaker import (
    Access,
    Circuit,
    MemoryBreakers,
    Outcome,
    Permit,
    Standing,
    access_to,
    outcome_of,
)
from filon.providers.endpoint import Endpoint, Key, Title
from filon.trace.records import Because

THERE = Access("there", "k1")
ELSEWHERE = Access("there", "k2")
ANSWERED = Outcome(kind="answered")
FAILED = Outcome(kind="failed")
NOTHING = Outcome(kind="nothing")
REFUSED = Outcome(kind="refused", why="its key was refused")


def slow_down(seconds: float | None) -> Outcome:
    return Outcome(kind="pace", retry_after=seconds)


class Bench:
    """Breakers with a clock that is turned by hand, and without chance."""

    def __init__(self, chance: float = 0.0) -> None:
        self.now = 1_000.0
        self.chance = chance
        self.breakers = MemoryBreakers(lambda: self.now, lambda: self.chance)

    def begin(self, access: Access = THERE, model: str = "m") -> Permit:
        permit = self.breakers.begin(access, model)
        assert isinstance(permit, Permit), permit
        return permit

    def ask(self, *outcomes: Outcome, access: Access = THERE, model: str = "m") -> None:
        for outcome in outcomes:
            self.breakers.end(self.begin(access, model), outcome)

    def standing(self, access: Access = THERE, model: str = "m") -> Standing:
        return self.breakers.state().standing(access, model)


def test_it_opens_when_five_have_failed_and_they_are_half_of_all() -> None:
    bench = Bench()
    bench.ask(*[ANSWERED] * 5, *[FAILED] * 4)
    assert (bench.standing()).usable
    bench.ask(FAILED)
    standing = bench.standing()
    assert (standing.state, standing.usable, standing.wait) == ("open", False, 15.0)
    assert standing.why == ("5 of 10 requests in 30 s have failed; it is tried again in 15 s")
    assert bench.breakers.begin(THERE, "m") == standing


def test_failures_among_many_answers_do_not_open_it() -> None:
    bench = Bench()
    bench.ask(*[ANSWERED, ANSWERED, FAILED] * 20)
    assert (bench.standing()).usable


def test_failures_of_long_ago_count_no_more() -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 4)
    bench.now += 30.0
    bench.ask(*[FAILED] * 4)
    assert (bench.standing()).usable
    bench.ask(FAILED)
    assert not (bench.standing()).usable


def test_one_probe_at_a_time_and_an_answer_closes() -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 5)
    bench.now += 15.0
    standing = bench.standing()
    assert (standing.state, standing.usable) == ("half_open", True)
    probe = bench.begin()
    assert probe.probe
    waiting = bench.breakers.begin(THERE, "m")
    assert isinstance(waiting, Standing)
    assert (waiting.usable, waiting.wait) == (False, None)
    bench.breakers.end(probe, ANSWERED)
    assert bench.standing() == Standing()
    # What failed before it opened is forgotten.
    bench.ask(*[FAILED] * 4)
    assert (bench.standing()).usable


def test_each_failed_probe_doubles_the_time_up_to_five_minutes() -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 5)
    waits: list[float] = []
    for _ in range(7):
        wait = (bench.standing()).wait
        assert wait
        waits.append(wait)
        bench.now += wait
        bench.ask(FAILED)
    assert waits == [15.0, 30.0, 60.0, 120.0, 240.0, 300.0, 300.0]
    for _ in range(2_000):
        bench.now += 300.0
        bench.ask(FAILED)
    assert (bench.standing()).wait == 300.0


def test_chance_makes_the_time_shorter_and_never_longer() -> None:
    bench = Bench(chance=0.5)
    bench.ask(*[FAILED] * 5)
    assert (bench.standing()).wait == pytest.approx(13.5)


@pytest.mark.parametrize("outcome", [NOTHING, slow_down(None)])
def test_what_says_nothing_of_the_endpoint_opens_nothing(outcome: Outcome) -> None:
    bench = Bench()
    bench.ask(*[outcome] * 50, *[FAILED] * 4)
    assert bench.standing() == Standing()


def test_a_probe_that_says_nothing_leaves_its_place_to_the_next() -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 5)
    bench.now += 15.0
    bench.ask(NOTHING)
    standing = bench.standing()
    assert (standing.state, standing.usable) == ("half_open", True)
    bench.ask(ANSWERED)
    assert (bench.standing()).state == "closed"


def test_a_refused_key_is_not_used_for_a_minute() -> None:
    bench = Bench()
    bench.ask(*[ANSWERED] * 9, REFUSED)
    standing = bench.standing()
    assert (standing.state, standing.wait) == ("open", 60.0)
    assert standing.why == "its key was refused; it is tried again in 60 s"
    assert (bench.standing(ELSEWHERE)).usable
    bench.now += 60.0
    bench.ask(REFUSED)
    assert (bench.standing()).wait == 120.0


def test_a_probe_that_shall_slow_down_has_found_the_endpoint_alive() -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 5)
    bench.now += 15.0
    bench.ask(slow_down(8.0))
    assert bench.standing() == Standing(
        state="busy", usable=False, wait=8.0, why="it asked to wait 8 s more"
    )
    assert (bench.standing(model="another")).usable


def test_whoever_waits_as_long_as_asked_is_let_in() -> None:
    bench = Bench()
    bench.ask(slow_down(8.0), access=THERE)
    assert (bench.standing(ELSEWHERE)).usable
    bench.now += 7.9
    assert isinstance(bench.breakers.begin(THERE, "m"), Standing)
    bench.now += 0.1
    assert bench.standing() == Standing()
    bench.ask(slow_down(7 * 3600.0))
    assert (bench.standing()).wait == 300.0


def test_who_has_waited_is_not_kept_back_by_what_others_were_told() -> None:
    bench = Bench()
    bench.ask(slow_down(8.0))
    assert isinstance(bench.breakers.begin(THERE, "m"), Standing)
    assert isinstance(bench.breakers.begin(THERE, "m", waited=True), Permit)
    bench.ask(*[FAILED] * 5, model="n")
    assert isinstance(bench.breakers.begin(THERE, "m", waited=True), Standing)


def test_models_are_busy_each_for_itself_and_no_longer_than_they_are() -> None:
    bench = Bench()
    bench.ask(slow_down(8.0), model="m")
    early = bench.breakers.state()
    bench.ask(slow_down(20.0), model="n")
    assert early.standing(THERE, "n").usable
    assert (bench.standing(model="m")).wait == 8.0
    bench.now += 8.0
    bench.ask(slow_down(5.0), model="o")
    assert bench.breakers.state().busy.keys() == {(THERE, "n"), (THERE, "o")}


def test_a_busy_endpoint_is_counted_in_slices() -> None:
    bench = Bench()
    for _ in range(200):
        bench.now += 0.3
        bench.ask(ANSWERED)
    assert len(bench.breakers.state().circuits[THERE].slices) == 10


def test_what_began_before_a_change_counts_no_more_after_it() -> None:
    bench = Bench()
    early = [bench.begin() for _ in range(20)]
    for permit in early[:12]:
        bench.breakers.end(permit, FAILED)
    bench.breakers.end(early[12], ANSWERED)
    bench.breakers.end(early[13], REFUSED)
    assert (bench.standing()).wait == 15.0
    bench.now += 15.0
    bench.ask(ANSWERED)
    for permit in early[14:]:
        bench.breakers.end(permit, FAILED)
    assert bench.standing() == Standing()


def test_a_probe_that_never_ends_is_given_up_and_its_late_end_is_ignored() -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 5)
    bench.now += 15.0
    lost = bench.begin()
    bench.now += 599.0
    assert not (bench.standing()).usable
    bench.now += 1.0
    second = bench.begin()
    bench.breakers.end(lost, ANSWERED)
    assert (bench.standing()).state == "half_open"
    bench.breakers.end(second, ANSWERED)
    assert (bench.standing()).state == "closed"


@pytest.mark.parametrize("seconds", [3.0, 20.0])
@pytest.mark.parametrize("outcome", [ANSWERED, slow_down(None)])
def test_who_insists_and_is_answered_closes_it(outcome: Outcome, seconds: float) -> None:
    """Before it may be probed, and afterwards."""
    bench = Bench()
    bench.ask(*[FAILED] * 5)
    permit = bench.breakers.insist(THERE, "m")
    bench.now += seconds
    bench.breakers.end(permit, outcome)
    assert bench.standing() == Standing()
    bench.ask(*[FAILED] * 4)
    assert (bench.standing()).usable


@pytest.mark.parametrize("outcome", [FAILED, REFUSED, NOTHING])
def test_who_insists_in_vain_makes_nobody_wait_longer(outcome: Outcome) -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 5)
    before = bench.standing()
    for _ in range(9):
        bench.breakers.end(bench.breakers.insist(THERE, "m"), outcome)
    assert bench.standing() == before


def test_an_answer_counts_before_a_probe_that_is_still_under_way() -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 5)
    early = bench.breakers.insist(THERE, "m")
    bench.now += 15.0
    probe = bench.begin()
    bench.breakers.end(early, ANSWERED)
    assert bench.standing() == Standing()
    bench.breakers.end(probe, FAILED)
    assert bench.standing() == Standing()


def test_an_answer_to_who_insisted_in_an_earlier_rest_says_nothing_of_this_one() -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 5)
    early = bench.breakers.insist(THERE, "m")
    bench.now += 15.0
    bench.ask(FAILED)
    before = bench.standing()
    bench.breakers.end(early, ANSWERED)
    assert bench.standing() == before


def test_who_insists_while_it_is_only_busy_is_counted_like_others() -> None:
    bench = Bench()
    bench.ask(*[FAILED] * 4, slow_down(60.0))
    bench.breakers.end(bench.breakers.insist(THERE, "m"), FAILED)
    assert (bench.standing()).state == "open"


def problem(status: int | None, blame: Blame = "provider", **fields: Any) -> Problem:
    given: dict[str, Any] = {"code": "x", "message": "x", "status": 500, **fields}
    return Problem(blame=blame, provider_status=status, **given)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (None, "answered"),
        (problem(500), "failed"),
        (problem(None, "network"), "failed"),
        (problem(None, code="provider_timeout"), "failed"),
        (problem(None, "network", code="tls"), "failed"),
        (problem(429, retry_after=3.0), "pace"),
        (problem(401), "refused"),
        (problem(402), "refused"),
        (problem(429, code="quota_exhausted"), "refused"),
        (problem(403), "nothing"),
        (problem(400), "nothing"),
        (problem(404), "nothing"),
        (problem(None, "caller", code="caller_left"), "nothing"),
        (problem(None, "filon", code="internal_error"), "nothing"),
        (problem(None, "configuration", code="endpoint_busy"), "nothing"),
    ],
)
def test_what_an_attempt_says_of_its_endpoint(told: Problem | None, kind: str) -> None:
    outcome = outcome_of(told)
    assert outcome.kind == kind
    assert outcome.retry_after == (told.retry_after if told else None)


def test_another_key_or_address_is_another_access() -> None:
    because = Because(source="you")
    key = Key(source="file", value="sk-0123456789")
    endpoint = Endpoint(
        name="there",
        label="There",
        provider="there",
        protocol="openai_chat",
        base_url="http://127.0.0.1:9/v1",
        key=key,
        origin=because,
        kind="custom",
        title=Title(enabled=False, because=because),
    )
    access = access_to(endpoint, key)
    assert access == access_to(replace(endpoint, label="Renamed"), key)
    assert access != access_to(endpoint, replace(key, value="sk-9876543210"))
    assert access != access_to(replace(endpoint, base_url="http://127.0.0.1:10/v1"), key)
    assert "0123456789" not in repr(access)
    assert access_to(endpoint, replace(key, value=None)).key


class BreakerMachine(RuleBasedStateMachine):
    """Attempts that begin and end at random times, and a slow model that keeps all of them."""

    @initialize(chance=st.floats(0, 1, exclude_max=True))
    def start(self, chance: float) -> None:
        self.bench = Bench(chance)
        self.running: list[Permit] = []
        # Of the current time of being closed: when each attempt ended, and whether it failed.
        self.counted: list[tuple[float, bool]] = []
        self.open_since: float | None = None
        self.times = 0
        self.rest = 0
        self.busy_until = 0.0

    def state(self) -> Standing:
        return self.bench.standing()

    @rule(seconds=st.sampled_from([0.1, 1.0, 2.9, 5.0, 14.0, 31.0, 100.0, 301.0]))
    def pass_time(self, seconds: float) -> None:
        self.bench.now += seconds

    @rule()
    def begin(self) -> None:
        before = self.state()
        answer = self.bench.breakers.begin(THERE, "m")
        assert isinstance(answer, Permit) == before.usable
        if isinstance(answer, Standing):
            assert answer == before
            return
        assert answer.probe == (self.open_since is not None)
        if answer.probe:
            assert not any(each.probe for each in self.live())
        self.running.append(answer)

    @rule()
    def insist(self) -> None:
        """A person, whatever the breaker says."""
        if not self.state().usable:
            self.running.append(self.bench.breakers.insist(THERE, "m"))

    def live(self) -> list[Permit]:
        """The attempts that can still change something."""
        era = self.circuit().era
        return [each for each in self.running if each.era == era]

    def circuit(self) -> Circuit:
        return self.bench.breakers.state().circuits.get(THERE, Circuit())

    @precondition(lambda self: self.running)
    @rule(
        which=st.integers(0, 50),
        outcome=st.sampled_from([FAILED, FAILED, ANSWERED, NOTHING, REFUSED, slow_down(7.0)]),
    )
    def end(self, which: int, outcome: Outcome) -> None:
        permit = self.running[which % len(self.running)]
        counts = permit in self.live()
        if permit.insists and self.open_since is not None:
            counts = permit.era >= self.rest and outcome.kind in ("answered", "pace")
        self.running.remove(permit)
        self.bench.breakers.end(permit, outcome)
        if outcome.kind == "pace":
            self.busy_until = self.bench.now + 7.0
        if counts:
            self.follow(permit, outcome)

    def follow(self, permit: Permit, outcome: Outcome) -> None:
        now = self.bench.now
        proves = permit.probe or (permit.insists and self.open_since is not None)
        if proves and outcome.kind in ("answered", "pace"):
            self.open_since, self.times, self.counted = None, 0, []
        elif outcome.kind == "refused" or (permit.probe and outcome.kind == "failed"):
            self.opens()
        elif not permit.probe and outcome.kind in ("answered", "failed"):
            self.counted.append((now, outcome.kind == "failed"))
            recent = [bad for at, bad in self.counted if floor(at / 3) > floor(now / 3) - 10]
            if outcome.kind == "failed" and sum(recent) >= 5 and 2 * sum(recent) >= len(recent):
                self.opens()

    def opens(self) -> None:
        self.open_since, self.counted = self.bench.now, []
        self.times += 1
        self.rest = self.circuit().era

    @invariant()
    def stands_as_the_model_says(self) -> None:
        standing, now = self.state(), self.bench.now
        if self.open_since is None:
            assert standing.state == ("busy" if now < self.busy_until else "closed")
            return
        assert standing.state != "closed"
        assert self.circuit().opened == self.times
        # Never open for longer than the longest time, so never for ever.
        if now - self.open_since >= 300.0 and now >= self.busy_until:
            assert standing.state == "half_open"
            probing = any(each.probe for each in self.live())
            assert standing.usable or probing

    def teardown(self) -> None:
        if not hasattr(self, "bench"):
            return
        self.bench.now += 1_000.0
        for _ in range(2):
            self.bench.ask(ANSWERED)
        assert self.state() == Standing()


BreakerMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=40)
TestBreaker = BreakerMachine.TestCase
