"""Every fault of practice, met at the doors of the other protocols: a right answer or a clear error
in the caller's own shape, nothing hung, the turn settled."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from filon.practice.faults.fault import Fault
from tests.journeys.doors import (
    DOORS,
    HARMLESS,
    SWITCHED,
    at_rest,
    hurried,
    patience_for,
    switch_of,
    told_in,
)
from tests.journeys.site import Reply, Site

PATHS = {"anthropic_messages": "/v1/messages", "openai_responses": "/v1/responses"}
ASKS: Mapping[str, Mapping[str, Any]] = {
    "anthropic_messages": {
        "messages": [{"role": "user", "content": "What is 2 + 3?"}],
        "max_tokens": 60,
    },
    "openai_responses": {"input": "What is 2 + 3?", "max_output_tokens": 60},
}
# What each door's error has, in a body and in a stream.
MEMBERS = {
    "anthropic_messages": {"type", "message"},
    "openai_responses": {"message", "type", "param", "code"},
}
# Answers of the doors by how the turn ended: what the last event of a stream is.
ENDS = {"anthropic_messages": {"message_stop"}, "openai_responses": {"response.completed"}}
CUT_SHORT = {"openai_responses": {"response.incomplete"}}


@pytest.fixture(scope="module")
async def patient(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    async with hurried(tmp_path_factory.mktemp("doors") / "home", template) as site:
        yield site
        await site.quiet()
        assert "fault  " not in site.log.getvalue()


async def ask(site: Site, door: str, model: str, *, streamed: bool = False) -> Reply:
    body = {"model": model, "stream": streamed, **ASKS[door]}
    return await site.ask("POST", PATHS[door], body, headers={"x-api-key": site.key})


@pytest.mark.parametrize("fault", SWITCHED, ids=lambda fault: fault.name)
async def test_it_ends_and_is_settled(patient: Site, fault: Fault) -> None:
    model = f"practice/pocket:{switch_of(fault)}"
    ways = [(door, streamed) for door in PATHS for streamed in (False, True)]
    with patience_for(patient, fault):
        # Side by side: most of the time goes into waiting for what does not come.
        replies = await asyncio.gather(
            *(ask(patient, door, model, streamed=streamed) for door, streamed in ways)
        )
    await at_rest(patient)
    for (door, streamed), reply in zip(ways, replies, strict=True):
        trace = await settled(patient, reply)
        if fault.group == "refusals":
            assert reply.status >= 400
        if fault.name in HARMLESS:
            assert trace["outcome"] == "complete"
        if reply.status >= 400:
            assert trace["outcome"] == "failed"
            assert_error(reply.json, door)
        elif streamed:
            assert_stream(reply, door, trace["outcome"])
        else:
            assert trace["outcome"] == "complete"
            assert_whole(reply, door)


async def settled(site: Site, reply: Reply) -> dict[str, Any]:
    """The trace of a turn that is over, with a finding if it did not end well."""
    whole = await site.trace(reply.headers["x-filon-trace"])
    trace: dict[str, Any] = whole["trace"]
    assert trace["outcome"] in ("complete", "partial", "failed")
    (attempt,) = [one for one in whole["records"] if one["type"] == "attempt"]
    assert bool(attempt["findings"]) == (trace["outcome"] != "complete"), trace
    return trace


def assert_error(told: dict[str, Any], door: str) -> None:
    assert set(told["error"]) == MEMBERS[door]
    assert told["error"]["message"]
    assert told["error"]["type"] != "authentication_error"
    if door == "anthropic_messages":
        assert told["type"] == "error"


def assert_whole(reply: Reply, door: str) -> None:
    told = reply.json
    if door == "anthropic_messages":
        assert (told["type"], told["role"]) == ("message", "assistant")
        assert told["stop_reason"] in ("end_turn", "max_tokens", "tool_use", "refusal")
        assert {"input_tokens", "output_tokens"} <= set(told["usage"])
    else:
        assert told["object"] == "response"
        assert told["status"] in ("completed", "incomplete")
        assert told["error"] is None
    assert told["model"].startswith("practice/pocket:")


def assert_stream(reply: Reply, door: str, outcome: str) -> None:
    """Every event is one of the protocol's, and the last says how it ended."""
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = told_in(reply.text)
    assert "[DONE]" not in reply.text
    assert len(events) == reply.text.count("event: ")
    last = events[-1]
    if outcome == "complete":
        ends = ENDS[door] | CUT_SHORT.get(door, set())
        assert last["type"] in ends
        return
    assert last["type"] == "error"
    assert_error({"type": "error", "error": last["error"]}, door)
    if door == "openai_responses" and len(events) > 1:
        assert events[-2]["type"] == "response.failed"
        assert events[-2]["response"]["error"]["message"] == last["message"]


@pytest.mark.parametrize("door", PATHS)
@pytest.mark.parametrize("fault", DOORS, ids=lambda fault: fault.name)
async def test_a_provider_that_cannot_be_reached(patient: Site, fault: Fault, door: str) -> None:
    reply = await ask(patient, door, f"practice-{fault.name}/pocket")
    assert reply.status == 502
    assert_error(reply.json, door)
    trace = await settled(patient, reply)
    assert trace["outcome"] == "failed"
