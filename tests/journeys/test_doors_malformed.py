"""Requests that are none, at each door: which status, which words, in which shape."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.journeys.site import Reply, Site, running, settings_of

CHAT = "/v1/chat/completions"
MESSAGES = "/v1/messages"
RESPONSES = "/v1/responses"
HI: list[Any] = [{"role": "user", "content": "Hi"}]
GOOD: dict[str, dict[str, Any]] = {
    CHAT: {"model": "practice/pocket", "messages": HI},
    MESSAGES: {"model": "practice/pocket", "messages": HI, "max_tokens": 9},
    RESPONSES: {"model": "practice/pocket", "input": "Hi"},
}
doors = pytest.mark.parametrize("path", GOOD)

# What is no body at any door, and a part of the message.
BODIES: list[tuple[bytes, str]] = [
    (b"", "empty"),
    (b"{", "The body is not JSON"),
    (b'{"model": "a",}', "The body is not JSON"),
    (b"\xff\xfe", "UTF-8"),
    (b"[]", "must be a JSON object"),
    (b'"text"', "must be a JSON object"),
    (b"null", "must be a JSON object"),
    (b"{} {}", "The body is not JSON"),
    (b'{"model":"a","x":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested"),
]
# What is wrong with one field, by the door: the field, its value, a part of the message, and the
# parameter that is named.
OUT = object()
FIELDS: list[tuple[str, str, Any, str, str]] = [
    *((path, "model", OUT, "`model` is missing", "model") for path in GOOD),
    *((path, "model", "", "`model` is empty", "model") for path in GOOD),
    *((path, "model", 5, "`model` must be a string", "model") for path in GOOD),
    *((path, "stream", "yes", "`stream` must be true or false", "stream") for path in GOOD),
    *((path, "stream", 1, "`stream` must be true or false", "stream") for path in GOOD),
    *((path, "messages", OUT, "`messages` is missing", "messages") for path in (CHAT, MESSAGES)),
    *((path, "messages", [], "`messages` is empty", "messages") for path in (CHAT, MESSAGES)),
    *((path, "messages", "Hi", "`messages` must be", "messages") for path in (CHAT, MESSAGES)),
    *((path, "messages", [5], "`messages[0]` must be", "messages[0]") for path in (CHAT, MESSAGES)),
    *(
        (path, "messages", [{"content": "Hi"}], "`messages[0]`", "messages[0].role")
        for path in (CHAT, MESSAGES)
    ),
    *(
        (path, "messages", [{"role": "king", "content": "Hi"}], "king", "messages[0].role")
        for path in (CHAT, MESSAGES)
    ),
    *(
        (path, "messages", [{"role": "user", "content": 5}], "content", "messages[0].content")
        for path in (CHAT, MESSAGES)
    ),
    (MESSAGES, "max_tokens", OUT, "`max_tokens` is missing", "max_tokens"),
    (MESSAGES, "max_tokens", "9", "`max_tokens` must be a whole number", "max_tokens"),
    (MESSAGES, "max_tokens", -1, "`max_tokens` must be a whole number", "max_tokens"),
    (MESSAGES, "max_tokens", 1.5, "`max_tokens` must be a whole number", "max_tokens"),
    (MESSAGES, "system", 5, "`system` must be", "system"),
    (
        MESSAGES,
        "messages",
        [{"role": "user", "content": [{"text": "Hi"}]}],
        "`type`",
        "messages[0].content[0].type",
    ),
    (
        MESSAGES,
        "messages",
        [{"role": "user", "content": [{"type": "tool_result", "content": "x"}]}],
        "`tool_use_id`",
        "messages[0].content[0].tool_use_id",
    ),
    (RESPONSES, "input", OUT, "`input` is missing", "input"),
    (RESPONSES, "input", [], "`input` is empty", "input"),
    (RESPONSES, "input", 5, "`input` must be", "input"),
    (RESPONSES, "input", ["Hi"], "`input[0]` must be", "input[0]"),
    (RESPONSES, "input", [{"role": "king", "content": "x"}], "king", "input[0].role"),
    (
        RESPONSES,
        "input",
        [{"role": "user", "content": [{"type": "input_text"}]}],
        "`text`",
        "input[0].content[0].text",
    ),
    (
        RESPONSES,
        "input",
        [{"type": "function_call_output", "output": "x"}],
        "`call_id`",
        "input[0].call_id",
    ),
    (RESPONSES, "instructions", 5, "`instructions` must be a string", "instructions"),
]


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    settings = settings_of(tmp_path_factory.mktemp("malformed") / "home", "version: 1.2.1\n", {})
    small = replace(settings.limits, body=1024 * 1024)
    async with running(replace(settings, limits=small), template) as site:
        site.house.practice.desk.speed = 0
        yield site
        await site.quiet()
        assert "fault  " not in site.log.getvalue()


async def ask(site: Site, path: str, data: bytes) -> Reply:
    return await site.ask("POST", path, data=data, headers={"x-api-key": site.key})


def assert_refused(reply: Reply, path: str, status: int, words: str, param: str | None) -> None:
    assert reply.status == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    told = reply.json
    assert words in told["error"]["message"]
    if path == MESSAGES:
        assert set(told) == {"type", "error", "request_id"}
        assert told["request_id"] == reply.headers.get("request-id")
        assert told["type"] == "error"
        assert set(told["error"]) == {"type", "message"}
        kinds = {400: "invalid_request_error", 413: "request_too_large"}
        assert told["error"]["type"] == kinds[status]
    else:
        assert set(told) == {"error"}
        assert set(told["error"]) == {"message", "type", "param", "code"}
        assert told["error"]["type"] == "invalid_request_error"
        assert told["error"]["param"] == param


@doors
async def test_what_is_good_is_answered(site: Site, path: str) -> None:
    reply = await ask(site, path, json.dumps(GOOD[path]).encode())
    assert reply.status == 200, reply.text


@doors
@pytest.mark.parametrize(("body", "words"), BODIES, ids=range(len(BODIES)))
async def test_bodies_that_are_none(site: Site, path: str, body: bytes, words: str) -> None:
    assert_refused(await ask(site, path, body), path, 400, words, None)


@pytest.mark.parametrize(("path", "field", "value", "words", "param"), FIELDS)
async def test_fields_that_are_wrong(
    site: Site, path: str, field: str, value: object, words: str, param: str
) -> None:
    body = {name: one for name, one in GOOD[path].items() if name != field}
    if value is not OUT:
        body[field] = value
    reply = await ask(site, path, json.dumps(body).encode())
    assert_refused(reply, path, 400, words, param)
    # Whoever sent it finds it again: with its body, and with the reason.
    trace = (await site.trace(reply.headers["x-filon-trace"]))["trace"]
    assert trace["outcome"] == "failed"


@doors
async def test_a_body_that_is_too_large(site: Site, path: str) -> None:
    body = json.dumps({**GOOD[path], "pad": "x" * (1024 * 1024)}).encode()
    assert_refused(await ask(site, path, body), path, 413, "larger than 1 MB", None)
