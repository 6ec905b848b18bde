"""What follows when a target is given up, and what keeps a target from being asked: routes, the
fallbacks of a request, and breakers."""

import asyncio
from typing import Any

import pytest

from filon.pipeline.stages import send as send_module
from tests.journeys import replies_anthropic as claude
from tests.journeys.recorder import Recorder, Script
from tests.journeys.replies import OPEN, START, completion, delta, refusal, spoken, stream
from tests.journeys.resilience.resilient import (
    BODY,
    DOORS,
    MESSAGES,
    Clock,
    ask,
    chat,
    records,
    renew,
    trace_of,
)
from tests.journeys.site import Reply, Site, impatient
from tests.journeys.test_bad_input import check_openai

BROKEN = refusal(500, "It broke.")
PAIR = {**BODY, "model": "pair"}
SEEDED = {"messages": MESSAGES, "seed": 3}


@pytest.fixture(autouse=True)
def clock(site: Site, recorder: Recorder, second: Recorder) -> Clock:
    second.answers(completion("silver"))
    return renew(site, recorder, second)


def who(reply: Reply) -> str:
    """The model that the reply's headers name."""
    return f"{reply.headers['x-filon-endpoint']}/{reply.headers['x-filon-model']}"


def reason(routed: dict[str, Any], name: str) -> str:
    """What a record of `route` says of a candidate."""
    told = {f"{one['endpoint']}/{one['model']}": one["reason"] for one in routed["candidates"]}
    return told[name]


GIVEN_UP: dict[str, tuple[Script, int]] = {
    "a fault": (BROKEN, 3),
    "404": (refusal(404, "The model m-1 does not exist"), 1),
    "too long": (refusal(400, "maximum context length is 10 tokens"), 1),
    "a dead key": (refusal(401, "Bad key"), 1),
    "a long wait": (refusal(429, "Slow down.", ("retry-after", "6")), 1),
    "cut": (stream(START, "cut", end=False), 3),
}


@pytest.mark.parametrize("name", GIVEN_UP)
async def test_the_next_target_answers(
    site: Site, recorder: Recorder, second: Recorder, name: str
) -> None:
    script, attempts = GIVEN_UP[name]
    recorder.answers(script)
    reply = await site.program(PAIR)
    assert (reply.status, who(reply)) == (200, "second/m-2"), reply.text
    assert (reply.json["model"], len(second.requests)) == ("pair", 1)
    assert reply.headers["x-filon-attempts"] == str(attempts + 1)
    trace = await trace_of(site, reply)
    first, then = records(trace, "routed")
    assert (first["endpoint"], then["endpoint"]) == ("rec", "second")
    failed = [one for one in records(trace, "attempt") if one["error"]]
    assert len(failed) == attempts
    assert failed[-1]["error"]["message"] in reason(then, "rec/m-1")
    assert trace["trace"]["outcome"] == "complete"
    assert not records(trace, "failed")


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("path", "body"), DOORS, ids=lambda one: str(one)[:20])
async def test_a_fallback_may_speak_another_protocol(
    site: Site,
    recorder: Recorder,
    second: Recorder,
    path: str,
    body: dict[str, Any],
    streamed: bool,
) -> None:
    recorder.answers(stream(START, "cut", end=False) if streamed else BROKEN)
    said = claude.text("silver")
    second.answers(claude.streamed(said) if streamed else claude.message(said))
    asked = {**body, "model": "rec/m-1", "fallbacks": ["claude/claude-x"], "stream": streamed}
    reply = await ask(site, path, asked)
    assert (reply.status, who(reply)) == (200, "claude/claude-x"), reply.text
    # A stream brings it in two halves.
    assert "ver" in reply.text
    assert reply.headers["x-filon-attempts"] == "4"
    assert second.last.line == "POST /v1/messages HTTP/1.1"


async def test_the_chat_goes_along_its_route(
    site: Site, recorder: Recorder, second: Recorder
) -> None:
    recorder.answers(BROKEN)
    second.answers(spoken("silver"))
    message = await chat(site, "pair")
    assert (message["state"], message["text"]) == ("complete", "silver")


@pytest.mark.parametrize("script", [("stall",), (OPEN, "stall")], ids=["nothing", "a head"])
async def test_silence_leads_to_the_next_target(
    site: Site, recorder: Recorder, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even when a head has been there for longer than an answer is held back."""
    monkeypatch.setattr(send_module, "GRACE", 0.0)
    recorder.answers(script)
    with impatient(site, first=0.3):
        asking = asyncio.ensure_future(site.program(PAIR))
        await recorder.request(0)
    # What has little patience with the first target has the usual with the next.
    reply = await asking
    assert (reply.status, who(reply)) == (200, "second/m-2"), reply.text
    assert len(recorder.requests) == 1


async def test_what_is_the_caller_s_own_fault_goes_no_further(
    site: Site, recorder: Recorder, second: Recorder
) -> None:
    recorder.answers(refusal(422, "extra_forbidden"))
    check_openai(await site.program(PAIR), 422)
    assert not second.requests


async def test_after_the_first_word_no_other_target_is_asked(
    site: Site, recorder: Recorder, second: Recorder
) -> None:
    recorder.answers(stream(START, delta("go"), "cut", end=False))
    reply = await site.program({**PAIR, "stream": True})
    assert '"error"' in reply.text
    assert not second.requests


async def test_where_none_answers_the_last_failure_is_told(
    site: Site, recorder: Recorder, second: Recorder
) -> None:
    recorder.answers(BROKEN)
    second.answers(refusal(404, "The model m-2 does not exist"))
    reply = await site.program(PAIR)
    assert "m-2 does not exist" in check_openai(reply, 404)["message"]
    assert who(reply) == "second/m-2"
    trace = await trace_of(site, reply)
    assert trace["trace"]["outcome"] == "failed"
    assert len(records(trace, "attempt")) == 4


async def test_a_fallback_that_cannot_be_used_hides_no_failure(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(BROKEN)
    reply = await site.program({**BODY, "fallbacks": ["groq/llama", "nowhere/x"]})
    assert "It broke." in check_openai(reply, 500)["message"]
    assert who(reply) == "rec/m-1"
    (routed,) = records(await trace_of(site, reply), "routed")
    assert "GROQ_API_KEY" in reason(routed, "groq/llama")


# A request that not every target's protocol can say.


async def test_a_target_that_cannot_be_asked_this_is_passed_over(
    site: Site, recorder: Recorder, second: Recorder
) -> None:
    recorder.answers(completion("gold"))
    reply = await site.program({**SEEDED, "model": "back"})
    assert (reply.status, who(reply)) == (200, "rec/m-1"), reply.text
    assert not second.requests
    trace = await trace_of(site, reply)
    (failed,) = records(trace, "failed")
    assert (failed["stage"], failed["error"]["code"]) == (
        "translate",
        "parameter_not_translatable",
    )
    assert "`seed`" in reason(records(trace, "routed")[1], "claude/claude-x")


async def test_and_hides_no_failure_of_those_that_were_asked(
    site: Site, recorder: Recorder, second: Recorder
) -> None:
    recorder.answers(BROKEN)
    reply = await site.program({**SEEDED, "model": "crossing"})
    assert "It broke." in check_openai(reply, 500)["message"]
    assert who(reply) == "rec/m-1"
    assert not second.requests
    trace = await trace_of(site, reply)
    assert trace["trace"]["endpoint"] == "rec"
    assert [one["stage"] for one in records(trace, "failed")] == ["translate"]


@pytest.mark.parametrize("model", ["claude/claude-x", "strangers"])
async def test_where_none_can_be_asked_the_caller_is_told(site: Site, model: str) -> None:
    reply = await site.program({**SEEDED, "model": model})
    error = check_openai(reply, 400)
    assert (error["code"], error["param"]) == ("parameter_not_translatable", "seed")
    assert reply.headers["x-filon-attempts"] == "0"


# Breakers.


async def opened(site: Site, recorder: Recorder) -> None:
    """Five attempts have failed."""
    recorder.answers(BROKEN)
    first = await site.program(BODY)
    second = await site.program(BODY)
    assert (first.status, second.status) == (500, 500)
    assert len(recorder.requests) == 5
    last = records(await trace_of(site, second), "attempt")[-1]
    assert last["then"].startswith("It is left alone for now: 5 of 5 requests in 30 s have failed")


async def test_an_endpoint_that_fails_is_left_alone_for_a_while(
    site: Site, recorder: Recorder, clock: Clock
) -> None:
    await opened(site, recorder)
    recorder.answers(completion("gold"))
    reply = await site.program(BODY)
    error = check_openai(reply, 503)
    assert error["code"] == "endpoint_resting"
    assert "5 of 5 requests" in error["message"]
    assert (reply.headers["retry-after"], reply.headers["x-filon-attempts"]) == ("15", "0")
    assert len(recorder.requests) == 5
    trace = await trace_of(site, reply)
    assert [one["stage"] for one in records(trace, "failed")] == ["send"]

    listed = await site.ask("GET", "/v1/models", headers={"authorization": f"Bearer {site.key}"})
    assert {"rec/m-1", "pair"} <= {one["id"] for one in listed.json["data"]}

    clock.now += 15.1
    assert (await site.program(BODY)).status == 200
    assert (await site.program(BODY)).status == 200


async def test_a_person_is_let_through_and_an_answer_opens_the_way_to_all(
    site: Site, recorder: Recorder
) -> None:
    await opened(site, recorder)
    assert (await chat(site, "rec/m-1"))["state"] == "failed"
    check_openai(await site.program(BODY), 503)
    recorder.answers(spoken("gold"))
    assert (await chat(site, "rec/m-1"))["text"] == "gold"
    recorder.answers(completion("gold"))
    assert (await site.program(BODY)).status == 200


async def test_a_route_goes_past_an_endpoint_that_rests(
    site: Site, recorder: Recorder, second: Recorder
) -> None:
    await opened(site, recorder)
    reply = await site.program(PAIR)
    assert (reply.status, who(reply), len(recorder.requests)) == (200, "second/m-2", 5)
    assert reply.headers["x-filon-attempts"] == "1"
    assert "left alone" in reason(records(await trace_of(site, reply), "routed")[1], "rec/m-1")
    second.answers(spoken("silver"))
    assert (await chat(site, "pair"))["text"] == "silver"
    assert len(recorder.requests) == 5


async def test_a_failed_probe_opens_for_longer(
    site: Site, recorder: Recorder, clock: Clock
) -> None:
    await opened(site, recorder)
    clock.now += 15.1
    check_openai(await site.program(BODY), 500)
    assert len(recorder.requests) == 6
    clock.now += 15.1
    reply = await site.program(BODY)
    assert (reply.status, reply.headers["retry-after"]) == (503, "15")


async def test_a_caller_that_leaves_a_probe_makes_room_for_the_next(
    site: Site, recorder: Recorder, clock: Clock
) -> None:
    await opened(site, recorder)
    clock.now += 15.1
    recorder.answers(("stall",))
    probing = asyncio.ensure_future(site.program(BODY))
    probe = await recorder.request(5)
    elsewhere = await site.program(BODY)
    check_openai(elsewhere, 503)
    assert "another request is trying it" in elsewhere.error["message"]
    assert "retry-after" not in elsewhere.headers
    probing.cancel()
    await asyncio.wait({probing})
    await probe.left.wait()
    await site.quiet()
    recorder.answers(completion("gold"))
    assert (await site.program(BODY)).status == 200
    assert (await site.program(BODY)).status == 200


async def test_second_attempts_count_as_well(site: Site, recorder: Recorder) -> None:
    """Six have failed in the end, and never half of all."""
    recorder.answers(completion("gold"))
    for _ in range(2):
        assert (await site.program(BODY)).status == 200
    for _ in range(6):
        recorder.answers(BROKEN, completion("gold"))
        assert (await site.program(BODY)).headers["x-filon-attempts"] == "2"
