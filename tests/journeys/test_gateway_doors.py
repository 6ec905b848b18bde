"""Every door for answers, in front of the same provider: its headers, and its failures in the
shape that its callers read."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.journeys.conftest import RECORDED
from tests.journeys.recorder import Recorder
from tests.journeys.replies import START, completion, delta, refusal, spoken, stream
from tests.journeys.site import PROVIDER_KEY, Reply, Site, running, settings_of
from tests.waiting import LONG, with_patience

# Each door with a body, and the header in which its clients look for an id.
DOORS: dict[str, tuple[str, dict[str, Any], str]] = {
    "chat": (
        "/v1/chat/completions",
        {"messages": [{"role": "user", "content": "x"}]},
        "x-request-id",
    ),
    "messages": (
        "/v1/messages",
        {"messages": [{"role": "user", "content": "x"}], "max_tokens": 50},
        "request-id",
    ),
    "responses": ("/v1/responses", {"input": "x"}, "x-request-id"),
}

every_door = pytest.mark.parametrize("door", DOORS)
both_ways = pytest.mark.parametrize("streamed", [False, True])


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, recorder: Recorder, practice: str
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("doors") / "home"
    config = RECORDED % (recorder.url, practice)
    async with running(settings_of(home, config, {"REC_KEY": PROVIDER_KEY}), template) as site:
        yield site
        await site.quiet()
        assert "fault" not in site.log.getvalue()


async def ask(site: Site, door: str, headers: dict[str, str] | None = None, **more: Any) -> Reply:
    path, body, _ = DOORS[door]
    given = {"authorization": f"Bearer {site.key}", **(headers or {})}
    return await site.ask("POST", path, {"model": "rec/m-1", **body, **more}, headers=given)


def error_of(reply: Reply, door: str) -> dict[str, Any]:
    """The error, in the shape of the door."""
    assert reply.headers["content-type"] == "application/json"
    told = reply.json
    assert isinstance(told["error"]["message"], str)
    if door == "messages":
        assert told["type"] == "error"
        assert {"type", "message"} <= set(told["error"])
    else:
        assert {"type", "message", "param", "code"} <= set(told["error"])
    return told["error"]


def last_data(reply: Reply) -> dict[str, Any]:
    """The last JSON of a stream."""
    lines = [line[6:] for line in reply.text.splitlines() if line.startswith("data: {")]
    return json.loads(lines[-1])


@both_ways
@every_door
async def test_an_answer(site: Site, recorder: Recorder, door: str, streamed: bool) -> None:
    recorder.answers(spoken("Hello", " there") if streamed else completion("Hello there"))
    reply = await ask(site, door, stream=streamed)
    assert reply.status == 200, reply.text
    assert "Hello" in reply.text
    assert '"rec/m-1"' in reply.text
    assert recorder.last.line == "POST /v1/chat/completions HTTP/1.1"
    assert reply.headers[DOORS[door][2]] == reply.headers["x-filon-trace"]
    assert reply.headers["x-filon-endpoint"] == "rec"
    assert reply.headers["x-filon-model"] == "m-1"
    assert reply.headers["x-filon-attempts"] == "1"
    kind = "text/event-stream" if streamed else "application/json"
    assert reply.headers["content-type"].startswith(kind)
    trace = await site.trace(reply.headers["x-filon-trace"])
    assert trace["trace"]["outcome"] == "complete"


@both_ways
@every_door
async def test_a_refusal(site: Site, recorder: Recorder, door: str, streamed: bool) -> None:
    recorder.answers(refusal(429, "Slow down", ("retry-after", "7")))
    reply = await ask(site, door, {"x-filon-explain": "true"}, stream=streamed)
    assert reply.status == 429
    assert reply.headers["retry-after"] == "7"
    error = error_of(reply, door)
    assert "Slow down" in error["message"]
    assert error["filon"]["code"] == "rate_limited"
    assert error["filon"]["trace"] == reply.headers["x-filon-trace"]
    # OpenAI's clients have it from the header alone.
    told = reply.headers["request-id"] if door == "messages" else None
    assert reply.json.get("request_id") == told


@every_door
async def test_a_stream_that_breaks(site: Site, recorder: Recorder, door: str) -> None:
    recorder.answers(stream(START, delta("Hello"), 0.1, "cut", end=False))
    reply = await ask(site, door, {"x-filon-explain": "true"}, stream=True)
    assert reply.status == 200
    told = last_data(reply)
    filon = told.get("filon") or told.get("error", {}).get("filon")
    assert filon["trace"] == reply.headers["x-filon-trace"]
    assert filon["findings"]
    assert door != "messages" or told["request_id"] == reply.headers["request-id"]
    trace = await site.trace(reply.headers["x-filon-trace"])
    assert trace["trace"]["outcome"] == "partial"


@both_ways
@every_door
async def test_a_deadline(site: Site, recorder: Recorder, door: str, streamed: bool) -> None:
    recorder.answers(("stall",))
    recorder.requests.clear()
    reply = await with_patience(partial(in_time, site, door, streamed), lambda _: recorder.requests)
    assert reply.status == 504
    assert re.search(r"\d s ", error_of(reply, door)["message"])
    async with asyncio.timeout(LONG):
        await recorder.last.left.wait()


async def in_time(site: Site, door: str, streamed: bool, seconds: float) -> Reply:
    return await ask(site, door, {"x-filon-timeout": f"{seconds:g}"}, stream=streamed)


@every_door
async def test_what_is_wrong_before_anything_is_sent(site: Site, door: str) -> None:
    path = DOORS[door][0]
    for reply, status in (
        (await ask(site, door, model="x/y"), 404),
        (await ask(site, door, {"x-filon-timeout": "soon"}), 400),
        (await ask(site, door, {"x-filon-strict": "false"}), 403),
        (await ask(site, door, {"authorization": "Bearer fln_no"}), 401),
        (await ask(site, door, {"host": "evil.example"}), 421),
        (await ask(site, door, {"origin": "https://evil.example"}), 403),
        (await site.ask("GET", path), 405),
        (await site.ask("POST", f"{path}/more"), 404),
    ):
        assert reply.status == status, reply.text
        error_of(reply, door)


async def test_answers_are_not_kept_to_be_fetched(site: Site) -> None:
    client = site.openai()
    for asked in (
        client.responses.retrieve("resp_1"),
        client.responses.delete("resp_1"),
        client.responses.cancel("resp_1"),
        client.responses.input_items.list("resp_1"),
        client.chat.completions.retrieve("chatcmpl-1"),
        client.chat.completions.delete("chatcmpl-1"),
    ):
        with pytest.raises(openai.NotFoundError, match="keeps no answers") as refused:
            await asked
        assert refused.value.code == "answers_are_not_kept"
    # What is only a slip of the address is told as such.
    slip = await site.ask("POST", "/v1/responses/compacted", {})
    assert slip.error["code"] == "not_found"


async def test_the_doors_are_described_without_a_key(site: Site) -> None:
    told = (await site.ask("GET", "/v1/openapi.json")).json
    assert told["paths"]["/v1/messages"]["post"]["requestBody"]["required"]
    assert (await site.ask("GET", "/v1/models")).status == 401


async def test_tokens_are_counted_without_asking_anybody(site: Site, recorder: Recorder) -> None:
    asked = len(recorder.requests)
    body = {
        "model": "rec/m-1",
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "What is ore?" * 20}],
    }
    headers = {"x-api-key": site.key}
    plain = await site.ask("POST", "/v1/messages/count_tokens", body, headers=headers)
    assert plain.status == 200
    assert plain.headers["x-filon-estimate"]
    tool: dict[str, Any] = {"name": "look", "input_schema": {"type": "object", "properties": {}}}
    more = await site.ask(
        "POST", "/v1/messages/count_tokens", {**body, "tools": [tool]}, headers=headers
    )
    assert 60 < json.loads(plain.text)["input_tokens"] < json.loads(more.text)["input_tokens"]
    for wrong, status in (({**body, "model": "rec/none"}, 404), ({"model": "rec/m-1"}, 400)):
        reply = await site.ask("POST", "/v1/messages/count_tokens", wrong, headers=headers)
        assert reply.status == status
        assert json.loads(reply.text)["type"] == "error"
    assert len(recorder.requests) == asked
