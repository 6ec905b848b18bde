"""An endpoint's own limits: its line, who is served next, who is turned away, what is counted."""

import asyncio
import json
from typing import Any

import pytest

from filon.kit import clock
from filon.pipeline.slots import MemorySlots, Taken, Wish
from filon.providers.endpoint import EndpointLimits
from tests.journeys.recorder import Recorder
from tests.journeys.replies import JSON, answer, completion, refusal, spoken, whole
from tests.journeys.resilience.resilient import MESSAGES, ask, records, renew, trace_of
from tests.journeys.site import ME, Reply, Site, until
from tests.journeys.test_bad_input import check_openai

NARROW = EndpointLimits(concurrent=1)
NARROW_BODY = {"model": "narrow/m-1", "messages": MESSAGES}


@pytest.fixture(autouse=True)
def fresh(site: Site, recorder: Recorder, second: Recorder) -> None:
    renew(site, recorder, second)
    recorder.answers(completion("gold"))
    second.answers(completion("silver"))


async def hold(site: Site) -> Taken:
    """Takes the only place of `narrow`."""
    wish = Wish(endpoint="narrow", label="narrow", caller="me", tokens=0, time_left=1.0)
    return await site.house.services.slots.take(NARROW, wish)


async def waiting(site: Site, text: str, key: str = "") -> asyncio.Task[Reply]:
    """A request that stands in the line of `narrow`."""
    running = site.house.services.running
    before = set(running)
    given = {"authorization": f"Bearer {key or site.key}"}
    body = {"model": "narrow/m-1", "messages": [{"role": "user", "content": text}]}
    task = asyncio.ensure_future(site.program(body, headers=given))
    await until(lambda: any(running[one].stage == "send" for one in set(running) - before))
    return task


def texts(recorder: Recorder) -> list[str]:
    """What was asked, in the order in which it came."""
    return [json.loads(one.body)["messages"][0]["content"] for one in recorder.requests]


async def test_callers_are_served_in_turn_and_one_at_a_time(site: Site, recorder: Recorder) -> None:
    other = (await site.house.keys.make(ME, "other")).secret
    taken = await hold(site)
    tasks = [await waiting(site, f"mine {number}") for number in range(3)]
    tasks += [await waiting(site, f"theirs {number}", other) for number in range(3)]
    assert not recorder.requests
    await site.house.services.slots.give_back(taken, 0)
    replies = await asyncio.gather(*tasks)
    assert [reply.status for reply in replies] == [200] * 6
    assert texts(recorder) == ["mine 0", "theirs 0", "mine 1", "theirs 1", "mine 2", "theirs 2"]
    attempts = [
        attempt for reply in replies for attempt in records(await trace_of(site, reply), "attempt")
    ]
    attempts.sort(key=lambda attempt: attempt["started"])
    for before, after in zip(attempts, attempts[1:], strict=False):
        assert after["started"] >= before["ended"] - 1e-4
    assert all(attempt["waited"] > 0 for attempt in attempts)


async def test_people_are_callers_of_their_own(site: Site, recorder: Recorder) -> None:
    taken = await hold(site)
    task = await waiting(site, "a program's")
    sent = await site.browse(
        "POST", "/api/chat/send", {"model": "narrow/m-1", "text": "a person's"}
    )
    await until(
        lambda: sum(one.stage == "send" for one in site.house.services.running.values()) == 2
    )
    recorder.answers(completion("gold"), spoken("gold"))
    await site.house.services.slots.give_back(taken, 0)
    assert (await task).status == 200
    await site.quiet()
    trace = await site.trace(sent.json["answer"]["trace_id"])
    assert trace["trace"]["outcome"] == "complete"
    assert records(trace, "attempt")[0]["waited"] > 0


async def test_a_full_line_turns_away(site: Site, recorder: Recorder) -> None:
    site.house.services.slots = MemorySlots(room=1)
    taken = await hold(site)
    first = await waiting(site, "first")
    reply = await site.program(NARROW_BODY)
    error = check_openai(reply, 503)
    assert (error["code"], reply.headers["retry-after"]) == ("endpoint_busy", "1")
    assert (reply.headers["x-filon-blame"], reply.headers["x-filon-attempts"]) == (
        "configuration",
        "0",
    )
    await site.house.services.slots.give_back(taken, 0)
    assert (await first).status == 200
    trace = await trace_of(site, reply)
    assert [one["stage"] for one in records(trace, "failed")] == ["send"]


async def test_who_leaves_the_line_frees_its_place(site: Site, recorder: Recorder) -> None:
    taken = await hold(site)
    left = await waiting(site, "left")
    stays = await waiting(site, "stays")
    left.cancel()
    await asyncio.wait({left})
    await until(lambda: len(site.house.services.running) == 1)
    await site.house.services.slots.give_back(taken, 0)
    assert (await stays).status == 200
    assert texts(recorder) == ["stays"]
    await site.quiet()
    newest, before = (await site.browse("GET", "/api/traces?limit=2")).json["traces"]
    assert (newest["outcome"], before["outcome"]) == ("complete", "partial")
    assert (before["mark"], before["attempts"]) == ("caller_left", 0)


async def test_the_caller_s_time_may_be_over_in_the_line(site: Site, recorder: Recorder) -> None:
    taken = await hold(site)
    began = clock.monotonic()
    reply = await ask(site, "/v1/chat/completions", NARROW_BODY, x_filon_timeout="0.2")
    passed = (clock.monotonic() - began) * 1000
    assert check_openai(reply, 504)["code"] == "deadline_passed"
    assert reply.headers["x-should-retry"] == "false"
    trace = await trace_of(site, reply)
    assert not records(trace, "attempt")
    # Time in the line is not Filon's own, though no attempt tells of it.
    (failed,) = records(trace, "failed")
    in_line = (failed["ended"] - failed["started"]) * 1000
    assert float(reply.headers["x-filon-overhead-ms"]) < passed - in_line / 2
    await site.house.services.slots.give_back(taken, 0)
    assert not recorder.requests
    assert (await site.program(NARROW_BODY)).status == 200


async def test_who_would_be_served_too_late_is_told_at_once(site: Site, recorder: Recorder) -> None:
    body = {"model": "slow/m-1", "messages": MESSAGES}
    assert (await site.program(body)).status == 200
    reply = await ask(site, "/v1/chat/completions", body, x_filon_timeout="20")
    assert check_openai(reply, 503)["code"] == "endpoint_busy"
    assert 20 < int(reply.headers["retry-after"]) <= 60
    assert len(recorder.requests) == 1


async def test_a_route_does_not_stand_in_line(
    site: Site, recorder: Recorder, second: Recorder
) -> None:
    body = {"model": "eased", "messages": MESSAGES}
    assert (await site.program(body)).headers["x-filon-endpoint"] == "slow"
    reply = await site.program(body)
    assert (reply.status, reply.headers["x-filon-endpoint"]) == (200, "second")
    assert (len(recorder.requests), len(second.requests)) == (1, 1)
    told = {
        one["endpoint"]: one["reason"]
        for one in records(await trace_of(site, reply), "routed")[1]["candidates"]
    }
    assert "1 requests per minute" in told["slow"]


# Tokens.

LARGE = [{"role": "user", "content": "word" * 700}]


async def counted(site: Site, **fields: Any) -> Reply:
    body = {"model": "counted/m-1", "messages": MESSAGES, **fields}
    return await ask(site, "/v1/chat/completions", body, x_filon_timeout="20")


async def test_what_was_used_replaces_the_estimate(site: Site, recorder: Recorder) -> None:
    for _ in range(4):
        # Each is estimated at 703 of 1,000 tokens, and the provider counts ten.
        assert (await counted(site, messages=LARGE)).status == 200
    used = {"prompt_tokens": 900, "completion_tokens": 90, "total_tokens": 990}
    recorder.answers((whole(answer(usage=used), JSON),))
    assert (await counted(site)).status == 200
    assert check_openai(await counted(site, messages=LARGE), 503)["code"] == "endpoint_busy"


async def test_failed_attempts_use_nothing(site: Site, recorder: Recorder) -> None:
    recorder.answers(refusal(500, "It broke."))
    reply = await counted(site, messages=LARGE)
    assert (reply.status, reply.headers["x-filon-attempts"]) == (500, "3")
    recorder.answers(completion("gold"))
    assert (await counted(site, messages=LARGE)).status == 200


async def test_where_nothing_was_counted_the_estimate_stands(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(spoken("gold", usage=False))
    assert (await counted(site, messages=LARGE, stream=True)).status == 200
    await site.quiet()
    assert check_openai(await counted(site, messages=LARGE), 503)["code"] == "endpoint_busy"


async def test_more_than_a_minute_s_tokens_are_refused(
    site: Site, recorder: Recorder, second: Recorder
) -> None:
    huge = [{"role": "user", "content": "word" * 1100}]
    reply = await counted(site, messages=huge)
    assert check_openai(reply, 413)["code"] == "larger_than_endpoint_limit"
    reply = await counted(site, messages=huge, fallbacks=["second/m-2"])
    assert (reply.status, reply.headers["x-filon-endpoint"]) == (200, "second")
    second.answers(refusal(500, "It broke."))
    reply = await counted(site, messages=huge, fallbacks=["second/m-2"])
    assert "It broke." in check_openai(reply, 500)["message"]
    assert not recorder.requests
