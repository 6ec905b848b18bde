"""What has no counterpart in the protocol in which a request leaves: refused to a strict key, told
of to a lenient one."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.journeys import replies_anthropic as claude
from tests.journeys.crossing.between import (
    CHAT,
    MESSAGES,
    RESPONSES,
    ask,
    decisions,
)
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion
from tests.journeys.site import Site

LOST: dict[str, tuple[str, Mapping[str, Any], dict[str, Any], str]] = {
    "chat: seed": ("/v1/chat/completions", CHAT, {"seed": 3}, "seed"),
    "chat: n": ("/v1/chat/completions", CHAT, {"n": 2}, "n"),
    "chat: penalty": (
        "/v1/chat/completions",
        CHAT,
        {"frequency_penalty": 1},
        "frequency_penalty",
    ),
    "chat: logprobs": ("/v1/chat/completions", CHAT, {"logprobs": True}, "logprobs"),
    "chat: JSON mode": (
        "/v1/chat/completions",
        CHAT,
        {"response_format": {"type": "json_object"}},
        "response_format",
    ),
    "responses: truncation": ("/v1/responses", RESPONSES, {"truncation": "auto"}, "truncation"),
    "responses: store": ("/v1/responses", RESPONSES, {"store": True}, "store"),
    "responses: most calls": (
        "/v1/responses",
        RESPONSES,
        {"max_tool_calls": 2},
        "max_tool_calls",
    ),
    "responses: a hosted tool": (
        "/v1/responses",
        RESPONSES,
        {"tools": [*RESPONSES["tools"], {"type": "web_search"}]},
        "tools[1]",
    ),
    "messages: container": ("/v1/messages", MESSAGES, {"container": "c"}, "container"),
    "messages: servers": (
        "/v1/messages",
        MESSAGES,
        {"mcp_servers": [{"type": "url", "url": "https://example.org", "name": "x"}]},
        "mcp_servers",
    ),
    "messages: no thinking": (
        "/v1/messages",
        MESSAGES,
        {"thinking": {"type": "disabled"}},
        "thinking",
    ),
    "messages: a tool of Anthropic's": (
        "/v1/messages",
        MESSAGES,
        {"tools": [*MESSAGES["tools"], {"type": "web_search_20250305", "name": "web_search"}]},
        "tools[1]",
    ),
}


@pytest.mark.parametrize(("path", "body", "more", "name"), LOST.values(), ids=LOST.keys())
async def test_what_cannot_cross_is_refused_or_told(
    site: Site,
    recorder: Recorder,
    lenient: str,
    path: str,
    body: Mapping[str, Any],
    more: dict[str, Any],
    name: str,
) -> None:
    crosses_to_chat = path != "/v1/chat/completions"
    answer = completion("Hello") if crosses_to_chat else claude.message(claude.text("Hello"))
    recorder.answers(answer)
    before = len(recorder.requests)
    reply = await ask(site, path, {**body, **more})
    assert reply.status == 400
    assert len(recorder.requests) == before
    assert f"`{name}`" in reply.error["message"]
    assert "lenient" in reply.error["message"]
    if path == "/v1/messages":
        assert reply.error["type"] == "invalid_request_error"
    else:
        assert (reply.error["code"], reply.error["param"]) == ("parameter_not_translatable", name)
    assert reply.headers["x-filon-blame"] == "caller"
    whole = await site.trace(reply.headers["x-filon-trace"])
    assert whole["trace"]["outcome"] == "failed"

    reply = await ask(site, path, {**body, **more}, lenient)
    assert reply.status == 200, reply.text
    found = (await decisions(site, reply))[name]
    assert found["decision"] == "dropped"
    assert found["because"]["source"] == "filon"
    assert found["because"]["why"].endswith(".")
    assert found.get("sent_as") is None
    # For this request alone.
    reply = await ask(site, path, {**body, **more}, lenient, **{"x-filon-strict": "true"})
    assert reply.status == 400


async def test_all_that_is_lost_is_named_at_once(site: Site) -> None:
    reply = await ask(site, "/v1/chat/completions", {**CHAT, "seed": 1, "n": 2, "top_a": 0.5})
    assert reply.error["param"] == "seed"
    assert "The same goes for `n`, `top_a`." in reply.error["message"]
