"""What is tried again at one endpoint and what is not: attempts, waits and keys, at every door and
in the chat."""

import asyncio
import json
from functools import partial
from typing import Any

import pytest
from msgspec.structs import replace

from tests.journeys.recorder import Recorder, Script
from tests.journeys.replies import (
    JSON,
    OPEN,
    START,
    answer,
    completion,
    delta,
    refusal,
    spoken,
    stream,
    whole,
)
from tests.journeys.resilience.resilient import (
    BODY,
    DOORS,
    KEYS,
    MESSAGES,
    ask,
    chat,
    keys_of,
    records,
    renew,
    trace_of,
)
from tests.journeys.site import Reply, Site, impatient, until
from tests.journeys.test_bad_input import check_openai
from tests.journeys.test_gateway_headers import key_with
from tests.waiting import with_patience

BROKEN = refusal(500, "It broke.")


@pytest.fixture(autouse=True)
def fresh(site: Site, recorder: Recorder) -> None:
    renew(site, recorder)


def check_twice(trace: dict[str, Any]) -> None:
    """The first attempt failed, the second answered, and both are told."""
    first, second = records(trace, "attempt")
    assert (first["number"], first["status"], second["number"]) == (1, 500, 2)
    assert "It broke." in first["error"]["message"]
    assert "attempt 2 of 3 in 0.0 s, with the same key" in first["then"]
    assert second["error"] is None
    assert second["then"] is None
    assert second["waited"] >= 0
    assert not records(trace, "failed")
    assert len(records(trace, "routed")) == 1
    assert trace["trace"]["attempts"] == 2
    assert trace["trace"]["outcome"] == "complete"
    # Seven tokens in at 1 USD per million, three out at 2: those of one attempt.
    assert trace["trace"]["cost_usd"] == pytest.approx(13e-6)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(("path", "body"), DOORS, ids=lambda one: str(one)[:20])
async def test_a_fault_that_passes_is_not_seen_by_the_caller(
    site: Site, recorder: Recorder, path: str, body: dict[str, Any], streamed: bool
) -> None:
    recorder.answers(BROKEN, spoken("gold") if streamed else completion("gold"))
    reply = await ask(site, path, {**body, "model": "rec/m-1", "stream": streamed})
    assert reply.status == 200, reply.text
    assert "gold" in reply.text
    assert "broke" not in reply.text
    assert reply.headers["x-filon-attempts"] == "2"
    assert "x-filon-blame" not in reply.headers
    first, second = recorder.requests
    assert first.body == second.body
    check_twice(await trace_of(site, reply))


async def test_the_chat_tries_again_as_well(site: Site, recorder: Recorder) -> None:
    recorder.answers(BROKEN, spoken("gold"))
    message = await chat(site, "rec/m-1")
    assert (message["state"], message["text"], message["problem"]) == ("complete", "gold", None)
    check_twice(await site.trace(message["trace_id"]))


async def test_embeddings_are_tried_again(site: Site, recorder: Recorder) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": [0.5]}
    told = {"object": "list", "data": [vector], "model": "m", "usage": {"prompt_tokens": 7}}
    recorder.answers(BROKEN, (whole(json.dumps(told).encode(), JSON),))
    reply = await ask(site, "/v1/embeddings", {"model": "rec/m-1", "input": "gold"})
    assert (reply.status, reply.headers["x-filon-attempts"]) == (200, "2")
    assert len(records(await trace_of(site, reply), "attempt")) == 2


PASSING: dict[str, Script] = {
    "cut in the head": (b"HTTP/1.1 2", "cut"),
    "cut before any word": stream(START, "cut", end=False),
    "cut in a document": (whole(answer(), JSON)[:-9], "cut"),
    "overloaded inside": stream(b'data: {"error": {"message": "The engine is overloaded"}}\n\n'),
    "no JSON": (whole(b"{", JSON),),
}


@pytest.mark.parametrize("name", PASSING)
async def test_what_breaks_before_the_first_word_is_tried_again(
    site: Site, recorder: Recorder, name: str
) -> None:
    recorder.answers(PASSING[name], completion("gold"))
    reply = await site.program(BODY)
    assert (reply.status, reply.headers["x-filon-attempts"]) == (200, "2"), reply.text


async def test_where_nobody_listens_three_attempts_are_made(site: Site) -> None:
    reply = await site.program({**BODY, "model": "gone/m-1"})
    check_openai(reply, 502)
    assert reply.headers["x-filon-attempts"] == "3"
    trace = await trace_of(site, reply)
    assert "3 attempts were made" in records(trace, "attempt")[-1]["then"]
    assert not records(trace, "failed")


@pytest.mark.parametrize("script", [("stall",), (OPEN, "stall")], ids=["nothing", "a head"])
async def test_silence_is_waited_for_once(site: Site, recorder: Recorder, script: Script) -> None:
    recorder.answers(script)
    with impatient(site, first=0.3):
        reply = await site.program(BODY)
    check_openai(reply, 504)
    assert len(recorder.requests) == 1


async def test_an_answer_must_begin_before_the_deadline_of_all_attempts(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(("stall",))
    reply = await with_patience(
        partial(asked_until, site, recorder), lambda _: len(recorder.requests) == 1
    )
    assert "has sent nothing" in check_openai(reply, 504)["message"]
    assert len(recorder.requests) == 1


async def asked_until(site: Site, recorder: Recorder, seconds: float) -> Reply:
    """The reply where all attempts together have so many seconds."""
    services = site.house.services
    usual = services.retries
    services.retries = replace(usual, deadline=seconds)
    recorder.requests.clear()
    try:
        return await site.program(BODY)
    finally:
        services.retries = usual


# Waits that the provider names.


async def test_a_named_wait_is_kept(site: Site, recorder: Recorder) -> None:
    recorder.answers(refusal(429, "Slow down.", ("retry-after-ms", "40")), completion("gold"))
    reply = await site.program(BODY)
    assert (reply.status, reply.headers["x-filon-attempts"]) == (200, "2")
    first, second = records(await trace_of(site, reply), "attempt")
    assert first["retry_after"] == pytest.approx(0.04)
    assert second["waited"] >= 0.039


async def test_many_that_were_told_to_wait_all_come_back(site: Site, recorder: Recorder) -> None:
    """The wait of whoever was told last keeps none of the others from its second attempt."""
    full = [
        refusal(429, "Slow down.", ("retry-after-ms", str(40 * number))) for number in range(1, 6)
    ]
    recorder.answers(*full, completion("gold"))
    replies = await asyncio.gather(*(site.program(BODY) for _ in full))
    assert [reply.status for reply in replies] == [200] * 5


async def test_a_long_wait_is_left_to_the_caller(site: Site, recorder: Recorder) -> None:
    recorder.answers(refusal(429, "Slow down.", ("retry-after", "120")))
    reply = await site.program(BODY)
    assert "Slow down." in check_openai(reply, 429)["message"]
    assert reply.headers["retry-after"] == "120"
    assert len(recorder.requests) == 1
    (attempt,) = records(await trace_of(site, reply), "attempt")
    assert attempt["then"] == "It asks to wait 120 s, and no more than 60 s are waited."


ONCE = {
    "400": (refusal(400, "messages: field required"), 400),
    "404": (refusal(404, "The model m-1 does not exist"), 404),
    "422": (refusal(422, "extra_forbidden"), 422),
    "too long": (refusal(400, "maximum context length is 10 tokens"), 400),
    "content": (refusal(400, "no", code="content_filter"), 400),
    "content with 403": (refusal(403, "your input was flagged"), 502),
    "no credit": (refusal(429, "No quota", code="insufficient_quota"), 429),
}


@pytest.mark.parametrize("name", ONCE)
async def test_what_would_be_refused_again_is_asked_once(
    site: Site, recorder: Recorder, name: str
) -> None:
    script, status = ONCE[name]
    recorder.answers(script)
    reply = await site.program(BODY)
    check_openai(reply, status)
    assert len(recorder.requests) == 1
    assert reply.headers["x-filon-attempts"] == "1"


async def test_after_the_first_word_nothing_is_tried_again(site: Site, recorder: Recorder) -> None:
    recorder.answers(stream(START, delta("go"), "cut", end=False), spoken("gold"))
    reply = await site.program({**BODY, "stream": True})
    assert reply.status == 200
    assert '"error"' in reply.text
    assert len(recorder.requests) == 1
    trace = await trace_of(site, reply)
    assert trace["trace"]["outcome"] == "partial"
    (attempt,) = records(trace, "attempt")
    assert attempt["then"].startswith("Output has been passed on")


async def test_a_key_of_a_program_counts_the_request_once(site: Site, recorder: Recorder) -> None:
    headers = await key_with(site, requests_per_minute=10)
    recorder.answers(BROKEN, BROKEN, completion("gold"))
    reply = await site.program(BODY, headers=headers)
    assert (reply.status, reply.headers["x-filon-attempts"]) == (200, "3")
    assert reply.headers["x-ratelimit-remaining-requests"] == "9"


# Keys of the endpoint.

KEYED = {**BODY, "model": "keyed/m-1"}


async def test_keys_are_used_in_turn(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion("gold"))
    for _ in range(4):
        assert (await site.program(KEYED)).status == 200
    first, second, third, fourth = keys_of(recorder)
    assert sorted((first, second, third)) == KEYS
    assert first == fourth


DEAD = {
    "401": refusal(401, "Bad key"),
    "400": refusal(400, "Incorrect API key provided"),
    "402": refusal(402, "Insufficient Balance"),
    "403": refusal(403, "Your plan does not include m-1"),
}


@pytest.mark.parametrize("begins_with", range(3))
@pytest.mark.parametrize("name", DEAD)
async def test_another_key_takes_the_place_of_a_dead_one(
    site: Site, recorder: Recorder, name: str, begins_with: int
) -> None:
    """Whichever of them comes first: only the first stands in what `translate` wrote."""
    recorder.answers(completion("gold"))
    while True:
        await site.program(KEYED)
        if keys_of(recorder)[-1] == KEYS[begins_with - 1]:
            break
    recorder.requests.clear()
    recorder.answers(DEAD[name], DEAD[name], completion("gold"))
    reply = await site.program(KEYED)
    assert (reply.status, reply.headers["x-filon-attempts"]) == (200, "3")
    assert keys_of(recorder) == [KEYS[(begins_with + step) % 3] for step in range(3)]
    assert "another key is tried" in records(await trace_of(site, reply), "attempt")[0]["then"]
    # What is dead is remembered, but for a 403, which may mean this one model.
    recorder.answers(completion("gold"))
    await site.program(KEYED)
    lives = begins_with + (1 if name == "403" else 2)
    assert keys_of(recorder)[-1] == KEYS[lives % 3]


@pytest.mark.parametrize("name", DEAD)
async def test_where_all_keys_are_dead_the_caller_s_is_in_order(
    site: Site, recorder: Recorder, name: str
) -> None:
    recorder.answers(DEAD[name])
    reply = await site.program(KEYED)
    check_openai(reply, 502)
    assert sorted(keys_of(recorder)) == KEYS
    assert "there is no other key" in records(await trace_of(site, reply), "attempt")[-1]["then"]


async def test_a_key_that_rests_is_no_other_key(site: Site, recorder: Recorder) -> None:
    recorder.answers(DEAD["401"], DEAD["401"], completion("gold"))
    await site.program(KEYED)
    recorder.answers(refusal(429, "Slow down.", ("retry-after-ms", "20")), completion("gold"))
    reply = await site.program(KEYED)
    assert (reply.status, reply.headers["x-filon-attempts"]) == (200, "2"), reply.text
    assert len(set(keys_of(recorder)[-2:])) == 1


async def test_a_person_may_try_every_key_again(site: Site, recorder: Recorder) -> None:
    recorder.answers(DEAD["401"])
    await site.program(KEYED)
    recorder.requests.clear()
    assert (await chat(site, "keyed/m-1"))["state"] == "failed"
    assert sorted(keys_of(recorder)) == KEYS


# Callers that leave.


async def test_a_caller_may_leave_between_two_attempts(site: Site, recorder: Recorder) -> None:
    recorder.answers(refusal(429, "Slow down.", ("retry-after", "30")), completion("gold"))
    running = site.house.services.running
    asking = asyncio.ensure_future(site.program({"model": "narrow/m-1", "messages": MESSAGES}))
    await recorder.request(0)
    await until(lambda: any(one.turn.records[-1].error for one in running.values()))
    asking.cancel()
    await asyncio.wait({asking})
    trace = await site.last_trace("gateway")
    assert (trace["trace"]["mark"], trace["trace"]["outcome"]) == ("caller_left", "partial")
    assert len(records(trace, "attempt")) == 1
    # The only place of this endpoint is free, and the chat is let through though it is busy.
    recorder.answers(spoken("gold"))
    assert (await chat(site, "narrow/m-1"))["text"] == "gold"
