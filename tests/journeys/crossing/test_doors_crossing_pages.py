"""An endpoint that speaks Anthropic's messages, on the page, in lists and before the doctor."""

import json
from typing import Any

from tests.journeys import replies_anthropic as claude
from tests.journeys.crossing.between import (
    sent,
)
from tests.journeys.process import filon
from tests.journeys.recorder import Recorder, Script
from tests.journeys.replies import (
    JSON,
    whole,
)
from tests.journeys.site import PROVIDER_KEY, Site, until

LISTING: Script = (
    whole(b'{"data":[{"type":"model","id":"claude-x","display_name":"X"}],"has_more":false}', JSON),
)


async def talk(site: Site) -> tuple[dict[str, Any], dict[str, Any]]:
    """One message of the page and its answer: the conversation, and the answer's message."""
    asked = {"model": "claude/claude-x", "text": "What is 1 + 1?"}
    reply = await site.browse("POST", "/api/chat/send", asked)
    assert reply.status == 200, reply.text
    chats = site.house.chats
    await until(lambda: not chats._tasks)  # pyright: ignore[reportPrivateUsage]
    page = await site.browse("GET", f"/api/conversations/{reply.json['conversation']['id']}")
    (answer,) = [one for one in page.json["messages"] if one["id"] == reply.json["answer"]["id"]]
    return page.json["conversation"], answer


async def test_the_page_talks_with_an_anthropic_endpoint(site: Site, recorder: Recorder) -> None:
    recorder.answers(
        claude.streamed(claude.thought("One and one."), claude.text("It is 2.")),
        claude.message(claude.text("A small sum")),
    )
    before = len(recorder.requests)
    conversation, answer = await talk(site)
    assert (answer["state"], answer["text"]) == ("complete", "It is 2.")
    assert "One and one." in json.dumps(answer)
    assert conversation["title"] == "A small sum"
    asked, titled = (json.loads(one.body) for one in recorder.requests[before:])
    assert asked["stream"] is True
    assert asked["messages"][-1] == {"role": "user", "content": "What is 1 + 1?"}
    assert titled["max_tokens"] > 0
    assert asked["max_tokens"] > 0


async def test_the_page_tells_what_an_anthropic_endpoint_refuses(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(claude.refusal(529, "overloaded_error", "Overloaded"))
    _, answer = await talk(site)
    assert answer["state"] == "failed"
    assert "Overloaded" in json.dumps(answer)


async def test_an_anthropic_endpoint_is_listed(site: Site) -> None:
    listed = await site.ask("GET", "/v1/models", headers={"x-api-key": site.key})
    assert "claude/claude-x" in [one["id"] for one in listed.json["data"]]
    endpoints = (await site.browse("GET", "/api/endpoints")).json["endpoints"]
    (shown,) = [one for one in endpoints if one["name"] == "claude"]
    assert (shown["protocol"], shown["state"]) == ("anthropic_messages", "ready")
    assert [one["id"] for one in shown["models"]] == ["claude/claude-x"]


async def test_the_list_of_an_anthropic_endpoint_is_fetched(site: Site, recorder: Recorder) -> None:
    recorder.answers(LISTING)
    reply = await site.browse("POST", "/api/endpoints/tuned/fetch-models")
    assert reply.status == 200, reply.text
    assert reply.json["fetch_problem"] is None
    assert recorder.last.line.startswith("GET /v1/models")
    headers = {name.lower(): value for name, value in recorder.last.headers}
    assert headers["x-api-key"] == PROVIDER_KEY
    assert headers["anthropic-version"] == "2023-06-01"


async def test_the_doctor_of_an_anthropic_endpoint(site: Site, recorder: Recorder) -> None:
    # Twice: with the key and without it.
    recorder.answers(
        LISTING,
        claude.refusal(401, "authentication_error", "x-api-key header is required"),
        claude.streamed(claude.text("Hello."), stop="max_tokens"),
    )
    reply = await site.browse("POST", "/api/endpoints/claude/doctor", {})
    told = [json.loads(line) for line in reply.text.splitlines()]
    ended = {one["name"]: one for one in told if one["state"] != "running"}
    assert {one["state"] for one in ended.values()} <= {"ok", "skipped"}, ended
    assert sent(recorder)["max_tokens"] == 1


async def test_filon_explain_tells_what_would_cross(site: Site, recorder: Recorder) -> None:
    home = site.house.settings.home
    done = await filon(
        home, "explain", "claude/claude-x", "--json", environ={"REC_KEY": PROVIDER_KEY}
    )
    assert done.code == 0, done.err
    told = json.loads(done.out)
    assert told["body"]["max_tokens"] == 4096
    became = {one["name"]: one for one in told["if_sent_too"]}
    assert became["seed"]["decision"] == "dropped"
    assert became["reasoning_effort"]["sent_as"] == "thinking"
    assert became["tool_choice"]["sent"] == {"type": "auto"}
    assert "temperature" not in became
