"""What comes after a failed attempt. Failures are read by the code that reads a provider's own."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from filon.conversation.errors import (
    BrokenReply,
    DeadlinePassed,
    EndpointNotReady,
    Problem,
    RateLimited,
    TooLarge,
)
from filon.conversation.finding import Retry
from filon.diagnosis.catalogue import by_code
from filon.kit.http import HttpFailure
from filon.pipeline.failures import broken, refused, silent, unreachable
from filon.pipeline.kinds import Kind, kind_of
from filon.pipeline.retrying import Again, End, GiveUp, Policy, Tried, after, backoff
from filon.pipeline.slots import EndpointBusy
from filon.protocols.registry import named
from filon.providers.endpoint import Endpoint, Key, Title
from filon.trace.records import Because
from tests.unit.diagnosis_table import ROWS, Row

BECAUSE = Because(source="you")
ENDPOINT = Endpoint(
    name="there",
    label="There",
    provider="there",
    protocol="openai_chat",
    base_url="http://127.0.0.1:9/v1",
    key=Key(source="file", value="sk-0123456789"),
    origin=BECAUSE,
    kind="custom",
    title=Title(enabled=False, because=BECAUSE),
)
POLICY = Policy()
Headers = tuple[tuple[str, str], ...]


def answered(status: int, message: str = "no", headers: Headers = (), **error: object) -> Problem:
    """The Problem of a provider's error, as `send` makes it."""
    body = json.dumps({"error": {"message": message, **error}}).encode()
    told = named("openai_chat").parse_error(status, headers, body, now=1_800_000_000.0)
    if status != 200:
        told = replace(told, provider_status=told.provider_status or status)
    return refused(told, ENDPOINT, "m", ENDPOINT.base_url)[0].problem


def unreached(kind: str) -> Problem:
    return unreachable(HttpFailure(kind, "it failed"), ENDPOINT, "m", ENDPOINT.base_url)[0].problem


def without_word() -> Problem:
    return silent(ENDPOINT, "m", ENDPOINT.base_url, 300.0, began=False)[0].problem


def unreadable() -> Problem:
    told = Problem(code=BrokenReply.code, message="no JSON", blame="provider", status=502)
    return broken(told, ENDPOINT, "m", ENDPOINT.base_url)[0].problem


RATE = "Rate limit reached for model `m` on tokens per minute (TPM): Limit 6000, Used 5034. "
AGAIN = "Please try again in 4.77s. Need more tokens? See /settings/billing"
QUOTA = "You exceeded your current quota, please check your plan and billing details."

KINDS: list[tuple[Problem, Kind]] = [
    (answered(400, "messages: field required"), "request"),
    (answered(400, "Unsupported parameter: 'seed'"), "request"),
    (answered(422, "extra_forbidden"), "request"),
    (answered(418), "request"),
    (answered(400, "maximum context length is 4096 tokens"), "target"),
    (answered(413, "Request Entity Too Large"), "target"),
    (answered(429, "Request too large for m on tokens per minute (TPM): Limit 6000"), "target"),
    (answered(404, "The model m does not exist"), "target"),
    (answered(404, "Not Found"), "target"),
    (answered(405), "target"),
    (answered(410), "target"),
    (answered(401, "bad key"), "key"),
    (answered(400, "Incorrect API key provided: sk-...x"), "key"),
    (answered(402, "Insufficient Balance"), "credit"),
    (answered(429, QUOTA, code="insufficient_quota"), "credit"),
    (answered(402, "too much in flight", (("retry-after", "3"),)), "pace"),
    (answered(429, f"{RATE}{AGAIN}"), "pace"),
    (answered(429, QUOTA, (("retry-after", "31"),)), "pace"),
    (answered(429, "slow down"), "pace"),
    (answered(403, "Your plan does not include m"), "right"),
    (answered(403, "m requires moderation and your input was flagged"), "request"),
    (answered(400, "no", code="content_filter"), "request"),
    (answered(408), "passing"),
    (answered(409), "passing"),
    (answered(425), "passing"),
    (answered(498, "capacity"), "passing"),
    (answered(500), "passing"),
    (answered(503, "try later", (("retry-after", "2"),)), "passing"),
    (answered(504), "passing"),
    (answered(529, "overloaded_error"), "passing"),
    (answered(499), "passing"),
    (answered(501), "lasting"),
    (answered(505), "lasting"),
    (answered(407), "lasting"),
    (answered(302), "lasting"),
    (answered(200), "lasting"),
    (answered(200, "The engine is overloaded"), "passing"),
    (answered(200, "Unsupported parameter: 'seed'"), "request"),
    (answered(200, "Rate limit reached"), "pace"),
    (answered(200, "busy", code=503), "passing"),
    (answered(200, "blocked by the content filter"), "request"),
    (unreached("dns"), "passing"),
    (unreached("refused"), "passing"),
    (unreached("unreachable"), "passing"),
    (unreached("connect_timeout"), "passing"),
    (unreached("disconnected"), "passing"),
    (unreached("payload"), "passing"),
    (unreached("something new"), "passing"),
    (unreached("tls"), "lasting"),
    (unreached("compressed"), "lasting"),
    (unreached("url"), "lasting"),
    (without_word(), "silence"),
    (unreadable(), "passing"),
    (DeadlinePassed("too late").problem, "request"),
    (RateLimited("the key is used up", wait=3.0, fix="wait").problem, "request"),
    (EndpointNotReady("no key").problem, "lasting"),
    (EndpointBusy("full", endpoint="There", wait=3.0).problem, "lasting"),
    (TooLarge("too long", code="larger_than_endpoint_limit").problem, "target"),
]


@pytest.mark.parametrize(
    ("problem", "kind"), KINDS, ids=[f"{p.provider_status} {p.code} {k}" for p, k in KINDS]
)
def test_a_failure_has_its_kind(problem: Problem, kind: Kind) -> None:
    assert kind_of(problem) == kind


AGREES: dict[Retry, set[Kind]] = {
    "wait": {"pace", "passing", "lasting"},
    "elsewhere": {"key", "credit", "right", "target", "silence"},
    "changed": {"request", "target", "lasting", "passing", "credit", "pace"},
    "no": {"request", "lasting"},
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}-{row.at}")
def test_what_a_finding_advises_is_what_is_done(row: Row) -> None:
    """A finding says whether to try again, and the retries act on their own list of codes."""
    if isinstance(row.at, int):
        told = named("openai_chat").parse_error(row.at, (), row.body.encode(), now=0.0)
        told = replace(told, provider_status=told.provider_status or row.at)
        problem = refused(told, ENDPOINT, "m", ENDPOINT.base_url)[0].problem
    elif row.at in ("silent", "broken_reply"):
        problem = without_word() if row.at == "silent" else unreadable()
    else:
        problem = unreached(row.at)
    assert kind_of(problem) in AGREES[by_code(problem.code).retry], problem.code


def tried(
    attempts: int = 1,
    fresh_keys: int = 0,
    committed: bool = False,
    time_left: float = math.inf,
    has_next: bool = False,
) -> Tried:
    return Tried(
        attempts=attempts,
        fresh_keys=fresh_keys,
        committed=committed,
        time_left=time_left,
        has_next=has_next,
    )


FAULT = answered(503)
PACED = answered(429, "slow down", (("retry-after", "20"),))
WRONG_KEY = answered(401)


@pytest.mark.parametrize(
    ("problem", "so_far", "expected"),
    [
        (FAULT, tried(), "same"),
        (FAULT, tried(fresh_keys=2), "same"),
        (FAULT, tried(attempts=3), "give up"),
        (FAULT, tried(committed=True), "end"),
        (FAULT, tried(time_left=1.2), "give up"),
        (PACED, tried(), "same"),
        (PACED, tried(fresh_keys=1), "other"),
        (PACED, tried(has_next=True), "give up"),
        (PACED, tried(fresh_keys=1, has_next=True), "other"),
        (PACED, tried(time_left=20.9), "give up"),
        (PACED, tried(time_left=23.1), "same"),
        (replace(PACED, retry_after=61.0), tried(), "give up"),
        (replace(PACED, retry_after=math.inf), tried(), "give up"),
        (replace(PACED, retry_after=61.0), tried(fresh_keys=1), "other"),
        (WRONG_KEY, tried(fresh_keys=1), "other"),
        (WRONG_KEY, tried(), "give up"),
        (WRONG_KEY, tried(attempts=3, fresh_keys=1), "give up"),
        (answered(402), tried(fresh_keys=1), "other"),
        (answered(403), tried(fresh_keys=1), "other"),
        (answered(404, "no model m"), tried(fresh_keys=1), "give up"),
        (answered(400), tried(fresh_keys=1, has_next=True), "end"),
        (answered(422), tried(has_next=True), "end"),
        (without_word(), tried(), "give up"),
        (unreached("refused"), tried(), "same"),
        (unreached("tls"), tried(), "give up"),
    ],
)
def test_what_comes_after(problem: Problem, so_far: Tried, expected: str) -> None:
    verdict = after(problem, so_far, POLICY, 0.5)
    match verdict:
        case Again(key=key):
            assert key == expected
        case GiveUp():
            assert expected == "give up"
        case End():
            assert expected == "end"
    assert verdict.why.endswith(".")


def test_a_dead_key_is_not_waited_for() -> None:
    verdict = after(WRONG_KEY, tried(fresh_keys=1), POLICY, 0.9)
    assert isinstance(verdict, Again)
    assert verdict.wait == 0.0


def test_a_refused_key_of_ours_leaves_as_502_whatever_the_provider_made_of_it() -> None:
    wrong = answered(400, "Incorrect API key provided: sk-...x")
    assert wrong.status == 400
    verdict = after(wrong, tried(), POLICY, 0.0)
    assert isinstance(verdict, GiveUp)
    assert verdict.problem == replace(wrong, status=502)


def test_the_wait_is_told_with_the_attempt_it_leads_to() -> None:
    verdict = after(replace(FAULT, retry_after=2.0), tried(attempts=2), POLICY, 0.0)
    assert verdict.why == (
        "The fault may be over in a moment: attempt 3 of 3 in 2.0 s, with the same key."
    )


@pytest.mark.parametrize(("named", "wait"), [(0.0, 0.45), (2.0, 2.18), (50.0, 50.9)])
def test_a_named_wait_grows_by_little_and_none_at_all_is_no_wait(named: float, wait: float) -> None:
    verdict = after(replace(PACED, retry_after=named), tried(), POLICY, 0.9)
    assert isinstance(verdict, Again)
    assert verdict.wait == pytest.approx(wait)


def test_a_wait_doubles_up_to_a_bound() -> None:
    almost = 1 - 1e-9
    waits = [round(backoff(n, POLICY, almost), 3) for n in (1, 2, 3, 4, 5, 6, 5000)]
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert backoff(3, POLICY, 0.0) == 0.0


def waiting(problem: Problem, retry_after: float | None) -> Problem:
    return replace(problem, retry_after=retry_after)


FAILURES = st.builds(
    waiting,
    st.sampled_from([problem for problem, _ in KINDS]),
    st.none() | st.floats(0, 400) | st.just(math.inf),
)
POLICIES = st.builds(
    Policy,
    attempts=st.integers(1, 6),
    first_wait=st.floats(0.01, 5),
    longest_wait=st.floats(0.01, 60),
    patience=st.floats(0, 300),
    patience_with_next=st.floats(0, 300),
)
CHANCE = st.floats(0, 1, exclude_max=True)
SO_FAR = st.builds(
    Tried,
    attempts=st.integers(1, 4),
    fresh_keys=st.integers(0, 5),
    time_left=st.floats(-10, 600) | st.just(math.inf),
    has_next=st.booleans(),
)


@given(FAILURES, SO_FAR, POLICIES, CHANCE)
def test_nothing_follows_output(problem: Problem, so_far: Tried, policy: Policy, at: float) -> None:
    assert isinstance(after(problem, replace(so_far, committed=True), policy, at), End)


@given(FAILURES, SO_FAR, POLICIES, CHANCE)
def test_another_attempt_is_within_all_bounds(
    problem: Problem, so_far: Tried, policy: Policy, at: float
) -> None:
    verdict = after(problem, so_far, policy, at)
    if not isinstance(verdict, Again):
        return
    assert so_far.attempts < policy.attempts
    assert kind_of(problem) in ("key", "credit", "right", "pace", "passing")
    assert verdict.wait >= 0
    if verdict.wait:
        assert verdict.wait < so_far.time_left
    if verdict.key == "other":
        assert so_far.fresh_keys
    else:
        assert kind_of(problem) in ("pace", "passing")
        patience = policy.patience_with_next if so_far.has_next else policy.patience
        named = problem.retry_after or 0.0
        assert named <= patience
        # Never sooner than asked for, and hardly later.
        assert verdict.wait >= named
        if named:
            assert verdict.wait <= named + min(1.0, named / 10)
        else:
            assert verdict.wait <= policy.longest_wait


@given(POLICIES, st.data())
def test_it_ends_within_the_attempts_and_the_deadline(policy: Policy, data: st.DataObject) -> None:
    left = data.draw(st.floats(0, 300))
    keys = data.draw(st.integers(0, 5))
    attempts = 0
    while True:
        attempts += 1
        assert attempts <= policy.attempts
        assert left >= 0
        problem, at = data.draw(FAILURES), data.draw(CHANCE)
        verdict = after(problem, tried(attempts, keys, time_left=left), policy, at)
        if not isinstance(verdict, Again):
            return
        left -= verdict.wait
        keys -= verdict.key == "other"
        assert keys >= 0
