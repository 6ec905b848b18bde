"""Anthropic's own client straight at practice's copy of its API."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any, cast

import anthropic
import pytest
from anthropic import Anthropic, AsyncAnthropic
from anthropic.types import (
    InputJSONDelta,
    RawContentBlockDeltaEvent,
    RawMessageDeltaEvent,
    RawMessageStartEvent,
    TextBlock,
    ThinkingBlock,
)

from filon.practice.clock import VirtualClock
from filon.practice.dialects.messages_turns import seal
from filon.practice.limits import Limits
from tests.journeys.claude_practising import (
    ADD,
    BOTH,
    COLD,
    OLDER,
    PARIS,
    THINKS,
    TWELVE,
    WEATHER,
    answered,
    calls_of,
    client_of,
    folded,
    refused,
    said,
    streamed,
)
from tests.journeys.practising import AT_ONCE, Practising, dialect, practising


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[Practising]:
    async with practising() as one:
        yield one


@pytest.fixture(scope="module")
async def client(here: Practising) -> AsyncIterator[AsyncAnthropic]:
    async with client_of(here) as one:
        yield one


async def test_a_whole_answer(client: AsyncAnthropic) -> None:
    message = await answered(client, messages=TWELVE, system="Be brief.", **COLD)
    assert said(message) == "12 × 7 is 84."
    assert message.id.startswith("msg_")
    assert (message.role, message.model, message.stop_reason) == ("assistant", "pocket", "end_turn")
    usage = message.usage
    assert usage.input_tokens > 10
    assert usage.output_tokens > 5
    assert (usage.cache_read_input_tokens, usage.cache_creation_input_tokens) == (0, 0)


async def test_the_client_that_waits(here: Practising) -> None:
    with Anthropic(
        base_url=here.root("anthropic").removesuffix("/v1"),
        api_key=dialect("anthropic").key,
        default_headers=AT_ONCE,
    ) as client:
        message = await asyncio.to_thread(
            client.messages.create, model="pocket", max_tokens=50, messages=TWELVE
        )
        assert said(message)
        told = await asyncio.to_thread(_text_of, client)
        assert "84" in told


def _text_of(client: Anthropic) -> str:
    with client.messages.stream(
        model="pocket-large", max_tokens=50, messages=TWELVE, **COLD
    ) as stream:
        return "".join(stream.text_stream)


async def test_a_stream_has_the_events_in_their_order(client: AsyncAnthropic) -> None:
    events = await streamed(client, messages=TWELVE, **COLD)
    kinds = [event.type for event in events]
    middle = ["content_block_delta"] * (len(events) - 5)
    ends = ["content_block_stop", "message_delta", "message_stop"]
    assert kinds == ["message_start", "content_block_start", *middle, *ends]
    start, end = events[0], events[-2]
    assert isinstance(start, RawMessageStartEvent)
    assert isinstance(end, RawMessageDeltaEvent)
    assert start.message.content == []
    assert start.message.stop_reason is None
    whole = await answered(client, messages=TWELVE, **COLD)
    assert start.message.usage.input_tokens == whole.usage.input_tokens
    assert end.usage.output_tokens == whole.usage.output_tokens
    assert end.delta.stop_reason == "end_turn"


async def test_pings_come_at_the_start_and_while_it_is_silent() -> None:
    wish = {"model": "pocket", "max_tokens": 20, "messages": TWELVE, "stream": True}
    async with (
        practising(VirtualClock()) as here,
        client_of(here, default_headers={}) as client,
        cast("Any", client.messages.with_streaming_response).create(**wish) as response,
    ):
        text = "".join([line async for line in response.iter_text()])
    kinds = [line[7:] for line in text.splitlines() if line.startswith("event: ")]
    assert kinds[0] == "message_start"
    at = kinds.index("content_block_start")
    assert kinds[at + 1] == "ping"
    assert set(kinds[1:at]) <= {"ping"}


@pytest.mark.parametrize("stream", [False, True])
async def test_a_stop_sequence_is_told(client: AsyncAnthropic, stream: bool) -> None:
    wish = {"messages": TWELVE, "stop_sequences": ["zorp", " is"], **COLD}
    if stream:
        end = (await streamed(client, **wish))[-2].delta
        assert (end.stop_reason, end.stop_sequence) == ("stop_sequence", " is")
        return
    message = await answered(client, **wish)
    assert said(message) == "12 × 7"
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", " is")


async def test_limits_of_an_answer(client: AsyncAnthropic) -> None:
    cut = await answered(client, messages=TWELVE, max_tokens=2)
    assert (cut.stop_reason, cut.usage.output_tokens) == ("max_tokens", 2)
    # More room than there is is asked for: the window ends it.
    loop = {"x-practice-fault": "loop=200000", **OLDER}
    ended = await answered(client, messages=TWELVE, max_tokens=20_000, extra_headers=loop)
    assert ended.stop_reason == "model_context_window_exceeded"
    assert ended.usage.input_tokens + ended.usage.output_tokens == 8_192


async def test_sampling_with_the_older_version(client: AsyncAnthropic) -> None:
    body = {"temperature": 1, "top_k": 1, "top_p": 0.9}
    first, second = [
        await answered(client, messages=TWELVE, extra_body=body, extra_headers=OLDER)
        for _ in range(2)
    ]
    assert said(first) == said(second) == "12 × 7 is 84."


@pytest.mark.parametrize("stream", [False, True])
async def test_thoughts_are_sealed(client: AsyncAnthropic, stream: bool) -> None:
    wish: dict[str, Any] = {"model": "pocket-reasoner", "max_tokens": 2_000, "messages": TWELVE}
    wish |= THINKS
    if stream:
        message = await folded(client, **wish)
    else:
        message = await answered(client, **wish)
    thought, text = message.content
    assert isinstance(thought, ThinkingBlock)
    assert isinstance(text, TextBlock)
    assert "12 * 7" in thought.thinking
    assert thought.signature == seal(thought.thinking)
    assert "84" in text.text
    assert 0 < message.usage.output_tokens_details.thinking_tokens < message.usage.output_tokens


async def test_a_thought_that_is_not_shown_is_sealed_as_well(client: AsyncAnthropic) -> None:
    hidden = {"thinking": {"type": "adaptive", "display": "omitted"}}
    wish = {"model": "pocket-reasoner", "max_tokens": 2_000, "messages": TWELVE, **hidden}
    message = await folded(client, **wish)
    for content in (message.content, (await answered(client, **wish)).content):
        assert (content[0].thinking, content[0].signature) == ("", seal(""))
    plain = await answered(client, model="pocket-reasoner", messages=TWELVE)
    assert [block.type for block in plain.content] == ["text"]


async def test_a_turn_with_tools_and_thoughts(client: AsyncAnthropic) -> None:
    wish = {"model": "pocket-reasoner", "max_tokens": 3_000, "tools": [WEATHER, ADD], **THINKS}
    asked = await answered(client, messages=PARIS, **wish)
    assert asked.stop_reason == "tool_use"
    assert isinstance(asked.content[0], ThinkingBlock)
    (call,) = calls_of(asked)
    assert (call.name, call.input) == ("get_weather", {"city": "Paris"})
    assert call.id.startswith("toolu_")
    result = {"type": "tool_result", "tool_use_id": call.id, "content": '{"celsius": 21}'}
    blocks = [block.model_dump(exclude_none=True) for block in asked.content]
    turn = {"role": "assistant", "content": blocks}
    history = [*PARIS, turn, {"role": "user", "content": [result]}]
    assert "21" in said(await answered(client, messages=history, **wish))
    blocks[0]["thinking"] += " Not."
    error = await refused(client, messages=history, **wish)
    assert "messages.1.content.0: Invalid `signature` in `thinking` block" in str(error)
    del blocks[0]
    error = await refused(client, messages=history, **wish)
    assert "messages.1.content.0.type: Expected `thinking`" in str(error)


@pytest.mark.parametrize("stream", [False, True])
async def test_several_calls(client: AsyncAnthropic, stream: bool) -> None:
    wish = {"model": "pocket-large", "max_tokens": 300, "messages": BOTH, "tools": [WEATHER, ADD]}
    if stream:
        message = await folded(client, **wish, **COLD)
        pieces = [
            event.delta
            for event in await streamed(client, **wish, **COLD)
            if isinstance(event, RawContentBlockDeltaEvent)
        ]
        assert sum(isinstance(piece, InputJSONDelta) for piece in pieces) > 4
    else:
        message = await answered(client, **wish, **COLD)
    assert [call.input for call in calls_of(message)] == [{"city": "Paris"}, {"city": "Tokyo"}]
    assert len({call.id for call in calls_of(message)}) == 2
    one = {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}
    assert len(calls_of(await answered(client, **wish, **one, **COLD))) == 1


async def test_the_choice_of_a_tool(client: AsyncAnthropic) -> None:
    wish = {"messages": TWELVE, "tools": [WEATHER, ADD], **COLD}
    forced = await answered(client, tool_choice={"type": "tool", "name": "add"}, **wish)
    assert [call.name for call in calls_of(forced)] == ["add"]
    assert calls_of(await answered(client, tool_choice={"type": "any"}, **wish))
    assert not calls_of(await answered(client, tool_choice={"type": "none"}, **wish))


async def test_an_answer_by_a_schema(client: AsyncAnthropic) -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    form = {"format": {"type": "json_schema", "schema": schema}}
    asked = [{"role": "user", "content": "Anna is 31 years old and lives in Rome."}]
    message = await answered(
        client, model="pocket-large", messages=asked, output_config=form, **COLD
    )
    assert said(message).replace(" ", "") == '{"name":"Anna","age":31}'


async def test_pictures_and_documents_are_taken(client: AsyncAnthropic) -> None:
    data = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    picture = {"type": "base64", "media_type": "image/png", "data": data}
    content = [{"type": "image", "source": picture}, {"type": "text", "text": "What is 2 + 3?"}]
    message = await answered(client, messages=[{"role": "user", "content": content}], **COLD)
    assert "5" in said(message)


async def test_the_echo_tells_the_names_that_came(client: AsyncAnthropic) -> None:
    wish = {"stop_sequences": ["zorp"], "metadata": {"user_id": "ann"}}
    message = await answered(client, model="echo", max_tokens=3_000, messages=TWELVE, **wish)
    assert "stop_sequences" in said(message)
    assert "metadata" in said(message)
    assert (dialect("anthropic").key or "") not in said(message)


async def test_tokens_are_counted_as_they_are_charged(client: AsyncAnthropic) -> None:
    wish: dict[str, Any] = {"messages": PARIS, "system": "Be brief.", "tools": [WEATHER]}
    counted = await client.messages.count_tokens(model="pocket", **wish)
    assert counted.input_tokens == (await answered(client, **wish)).usage.input_tokens
    with pytest.raises(anthropic.NotFoundError):
        await client.messages.count_tokens(model="pocket-9", messages=TWELVE)


async def test_the_cache_is_asked_for() -> None:
    text = "Filon is a chat platform with glass walls. " * 300
    system = [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]
    async with practising() as here, client_of(here) as client:
        wish = {"system": system, "messages": TWELVE, "max_tokens": 5}
        plain = {**wish, "system": text}
        fresh = (await answered(client, **plain)).usage
        first = (await answered(client, **wish)).usage
        second = (await answered(client, **wish)).usage
        events = await streamed(client, **wish)
    assert (fresh.cache_creation_input_tokens, fresh.cache_read_input_tokens) == (0, 0)
    written = first.cache_creation_input_tokens or 0
    assert written > 1_024
    assert first.cache_read_input_tokens == 0
    assert (second.cache_creation_input_tokens, second.cache_read_input_tokens) == (0, written)
    for usage in (first, second):
        assert usage.input_tokens + written == fresh.input_tokens
    assert events[0].message.usage.cache_read_input_tokens == written
    assert events[-2].usage.cache_read_input_tokens == written


async def test_models_are_listed_in_pages(client: AsyncAnthropic) -> None:
    names = [model.id async for model in client.models.list(limit=2)]
    assert names == list(dialect("anthropic").models)
    page = await client.models.list(limit=2, before_id="echo")
    assert [model.id for model in page.data] == names[-3:-1]
    assert page.has_more
    model = await client.models.retrieve("pocket-large")
    assert (model.type, model.max_input_tokens, model.lifecycle) == ("model", 32_768, "active")
    assert model.created_at.year == 2026
    with pytest.raises(anthropic.NotFoundError):
        await client.models.retrieve("gone")
    with pytest.raises(anthropic.BadRequestError):
        await client.models.list(limit=0)


async def test_every_answer_tells_the_limits(here: Practising) -> None:
    here.service.desk.change_limits("anthropic", Limits(requests_per_minute=50))
    try:
        async with client_of(here) as client:
            response = await client.messages.with_raw_response.create(
                model="pocket", max_tokens=5, messages=TWELVE
            )
    finally:
        here.service.desk.change_limits("anthropic", Limits())
    headers = response.headers
    assert headers["anthropic-ratelimit-requests-limit"] == "50"
    assert headers["anthropic-ratelimit-requests-remaining"] == "49"
    assert headers["anthropic-ratelimit-requests-reset"].endswith("Z")
    assert headers["request-id"].startswith("req_")


async def test_a_limit_is_met_and_waited_out() -> None:
    clock = VirtualClock()
    async with practising(clock) as here:
        here.service.desk.change_limits("anthropic", Limits(requests_per_minute=1))
        async with client_of(here) as client:
            await answered(client, messages=TWELVE)
            error = await refused(client)
            assert isinstance(error, anthropic.RateLimitError)
            wait = int(error.response.headers["retry-after"])
            assert "requests per minute" in str(error)
            clock.advance(wait)
            assert await answered(client, messages=TWELVE)
