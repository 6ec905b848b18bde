"""What comes back from a provider of another protocol, or of the same."""

import json
from typing import Any

import pytest
from pydantic import BaseModel

from tests.journeys import replies_anthropic as claude
from tests.journeys.crossing.between import (
    CHAT,
    MESSAGES,
    RESPONSES,
    ask,
    sent,
)
from tests.journeys.doors import told_in
from tests.journeys.recorder import Recorder, Script
from tests.journeys.replies import (
    START,
    completion,
    delta,
    event,
    refusal,
    spoken,
    stream,
)
from tests.journeys.site import Site


async def test_chat_streamed_from_an_anthropic_endpoint(site: Site, recorder: Recorder) -> None:
    blocks = (claude.thought("Hm."), claude.text("I add."), claude.call("add", "toolu_1", a=1))
    recorder.answers(claude.streamed(*blocks, stop="tool_use"))
    asked = {**CHAT, "stream": True, "stream_options": {"include_usage": True}}
    reply = await ask(site, "/v1/chat/completions", asked)
    assert sent(recorder)["stream"] is True
    assert "stream_options" not in sent(recorder)
    assert reply.text.endswith("data: [DONE]\n\n")
    chunks = told_in(reply.text)
    assert {one["model"] for one in chunks} == {"claude/claude-x"}
    deltas = [one["choices"][0]["delta"] for one in chunks if one["choices"]]
    assert "".join(one.get("content") or "" for one in deltas) == "I add."
    assert "".join(one.get("reasoning_content") or "" for one in deltas) == "Hm."
    calls = [call for one in deltas for call in one.get("tool_calls") or ()]
    assert (calls[0]["id"], calls[0]["function"]["name"]) == ("toolu_1", "add")
    arguments = "".join(call["function"].get("arguments") or "" for call in calls)
    assert json.loads(arguments) == {"a": 1}
    ends = [one["choices"][0]["finish_reason"] for one in chunks if one["choices"]]
    assert [end for end in ends if end] == ["tool_calls"]
    assert chunks[-1]["usage"]["total_tokens"] == 10


async def test_usage_that_nobody_asked_for_is_not_told(site: Site, recorder: Recorder) -> None:
    recorder.answers(claude.streamed(claude.text("Hello.")))
    reply = await ask(site, "/v1/chat/completions", {**CHAT, "stream": True})
    assert all(not one.get("usage") for one in told_in(reply.text))
    whole = await site.trace(reply.headers["x-filon-trace"])
    assert whole["trace"]["input_tokens"] == 7


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(
    ("script", "status", "retry"),
    [
        (claude.refusal(400, "invalid_request_error", "Too odd."), 400, None),
        (claude.refusal(401, "authentication_error", "invalid x-api-key"), 502, None),
        (claude.refusal(404, "not_found_error", "model: claude-x"), 404, None),
        (
            claude.refusal(429, "rate_limit_error", "Slow down.", ("retry-after", "9")),
            429,
            "9",
        ),
        (claude.refusal(529, "overloaded_error", "Overloaded"), 529, None),
    ],
    ids=["400", "401", "404", "429", "529"],
)
async def test_refusals_of_an_anthropic_endpoint(
    site: Site, recorder: Recorder, script: Script, status: int, retry: str | None, stream: bool
) -> None:
    recorder.answers(script)
    reply = await ask(site, "/v1/chat/completions", {**CHAT, "stream": stream})
    assert reply.status == status
    assert set(reply.error) == {"message", "type", "param", "code"}
    assert reply.headers.get("retry-after") == retry
    whole = await site.trace(reply.headers["x-filon-trace"])
    (attempt,) = [one for one in whole["records"] if one["type"] == "attempt"]
    assert attempt["findings"]


async def test_an_anthropic_stream_that_breaks(site: Site, recorder: Recorder) -> None:
    told = {"type": "overloaded_error", "message": "Overloaded"}
    recorder.answers(
        stream(
            claude.start(),
            *claude.pieces(0, claude.text("Hello there."))[:-1],
            claude.event("error", error=told),
        )
    )
    for path, body in (
        ("/v1/chat/completions", CHAT),
        ("/v1/responses", {**RESPONSES, "model": "claude/claude-x", "input": "Hello"}),
        ("/v1/messages", {**MESSAGES, "model": "claude/claude-x"}),
    ):
        reply = await ask(site, path, {**body, "stream": True})
        assert "Hello" in reply.text
        assert "Overloaded" in told_in(reply.text)[-1]["error"]["message"]
        whole = await site.trace(reply.headers["x-filon-trace"])
        assert whole["trace"]["outcome"] == "partial"


async def test_the_count_of_a_stream_is_asked_for_and_told(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Hello", " there"))
    for path, body in (("/v1/messages", MESSAGES), ("/v1/responses", RESPONSES)):
        reply = await ask(site, path, {**body, "stream": True})
        assert sent(recorder)["stream_options"] == {"include_usage": True}
        last = told_in(reply.text)
        counted = last[-2]["usage"] if path.endswith("s/") else None
        found = counted or next(
            one.get("usage") or one["response"]["usage"]
            for one in reversed(last)
            if one.get("usage") or one.get("response")
        )
        assert (found["input_tokens"], found["output_tokens"]) == (7, 3)


async def test_a_provider_that_streams_or_does_not_against_the_wish(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(completion("Hello there"))
    for path, body in (("/v1/messages", MESSAGES), ("/v1/responses", RESPONSES)):
        reply = await ask(site, path, {**body, "stream": True})
        assert reply.headers["content-type"].startswith("text/event-stream")
        assert told_in(reply.text)[-1]["type"] in ("message_stop", "response.completed")
        assert "Hello there" in reply.text
    recorder.answers(spoken("Hello", " there"))
    for path, body in (("/v1/messages", MESSAGES), ("/v1/responses", RESPONSES)):
        reply = await ask(site, path, body)
        assert reply.headers["content-type"] == "application/json"
        assert "Hello there" in reply.text


async def test_the_ends_of_answers(site: Site, recorder: Recorder) -> None:
    """Each provider's word for the end, in the words of each door."""
    for given, message, response in (
        ("stop", "end_turn", ("completed", None)),
        ("length", "max_tokens", ("incomplete", "max_output_tokens")),
        ("content_filter", "refusal", ("incomplete", "content_filter")),
    ):
        last: dict[str, Any] = {"index": 0, "delta": {}, "finish_reason": given}
        recorder.answers(stream(START, delta("Hello"), event(choices=[last]), b"data: [DONE]\n\n"))
        reply = await ask(site, "/v1/messages", {**MESSAGES, "stream": True})
        assert told_in(reply.text)[-2]["delta"]["stop_reason"] == message
        reply = await ask(site, "/v1/responses", {**RESPONSES, "stream": True})
        told = told_in(reply.text)[-1]["response"]
        details = told["incomplete_details"]
        assert (told["status"], details and details["reason"]) == response
    for given, end in (
        ("end_turn", "stop"),
        ("max_tokens", "length"),
        ("stop_sequence", "stop"),
        ("refusal", "content_filter"),
    ):
        recorder.answers(claude.streamed(claude.text("Hello."), stop=given))
        reply = await ask(site, "/v1/chat/completions", {**CHAT, "stream": True})
        (ended,) = [
            one["choices"][0]["finish_reason"]
            for one in told_in(reply.text)
            if one["choices"] and one["choices"][0]["finish_reason"]
        ]
        assert ended == end


async def test_what_is_refused_by_a_chat_endpoint_in_the_shape_of_each_door(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(refusal(429, "Slow down.", ("retry-after", "9")))
    for path, body in (("/v1/messages", MESSAGES), ("/v1/responses", RESPONSES)):
        for streamed in (False, True):
            reply = await ask(site, path, {**body, "stream": streamed})
            assert reply.status == 429
            assert reply.headers["retry-after"] == "9"
            assert "Slow down." in reply.error["message"]


async def test_the_same_protocol_is_passed_on_byte_by_byte(site: Site, recorder: Recorder) -> None:
    system = '[{"type":"text","text":"Be kind.","cache_control":{"type":"ephemeral"}}]'
    item = '{"role" : "user","content":[{"text":"Hi","type":"text","odd":[1 ,2]}]}'
    body = (
        f'{{"model":"claude/claude-x","max_tokens":9,"system":{system},"messages":[{item}],'
        '"thinking":{"type":"adaptive"},"zorp":1}'
    )
    answer = claude.document(claude.thought("Hm."), claude.text("Hello."))
    recorder.answers(claude.message(claude.thought("Hm."), claude.text("Hello.")))
    headers = {"x-api-key": site.key, "anthropic-beta": "theirs-2026,other-1"}
    reply = await site.ask("POST", "/v1/messages", data=body.encode(), headers=headers)
    leaving = recorder.last.body.decode()
    assert f'"system":{system}' in leaving
    assert item in leaving
    assert sent(recorder)["zorp"] == 1
    assert sent(recorder)["model"] == "claude-x"
    told = {name.lower(): value for name, value in recorder.last.headers}
    assert told["anthropic-beta"] == "theirs-2026,other-1"
    assert reply.body == answer.replace(claude.MODEL.encode(), b"claude/claude-x")
    # With headers of the configuration's own, both are said.
    tuned = body.replace("claude/", "tuned/").encode()
    await site.ask("POST", "/v1/messages", data=tuned, headers=headers)
    told = {name.lower(): value for name, value in recorder.last.headers}
    assert told["anthropic-beta"] == "ours-2026,theirs-2026,other-1"


async def test_a_stream_of_the_same_protocol_keeps_its_bytes(
    site: Site, recorder: Recorder
) -> None:
    script = claude.streamed(claude.thought("Hm."), claude.text("Hello."))
    recorder.answers(script)
    body = {**MESSAGES, "model": "claude/claude-x", "stream": True}
    reply = await ask(site, "/v1/messages", body)
    given = b"".join(
        part.partition(b"\r\n")[2].removesuffix(b"\r\n")
        for part in script[1:-1]
        if isinstance(part, bytes)
    )
    assert reply.body == given.replace(claude.MODEL.encode(), b"claude/claude-x")


class Sum(BaseModel):
    """What the answer is to be."""

    sum: int


async def test_the_clients_own_formats_cross_with_a_strict_key(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(claude.message(claude.text('{"sum": 3}')))
    client, asked = site.openai(), "What is 1 + 2?"
    chat = await client.chat.completions.parse(
        model="claude/claude-x",
        messages=[{"role": "user", "content": asked}],
        response_format=Sum,
    )
    assert chat.choices[0].message.parsed == Sum(sum=3)
    told = sent(recorder)["output_config"]["format"]
    assert told["type"] == "json_schema"
    assert told["schema"]["required"] == ["sum"]
    response = await client.responses.parse(model="claude/claude-x", input=asked, text_format=Sum)
    assert response.output_parsed == Sum(sum=3)
    assert sent(recorder)["output_config"]["format"] == told
