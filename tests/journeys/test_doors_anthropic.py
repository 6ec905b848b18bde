"""Anthropic's own client through the gateway to practice, which speaks another protocol."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anthropic
import pytest
from anthropic import Anthropic, AsyncAnthropic
from anthropic.types import Message, TextBlock, ThinkingBlock, ToolUseBlock
from pydantic import BaseModel

from filon.conversation.rights import KeyRules
from tests.journeys.doors import claude, hurried
from tests.journeys.site import ME, Site, impatient
from tests.waiting import LONG

TWELVE: list[Any] = [{"role": "user", "content": "What is 12 * 7?"}]
BOTH: list[Any] = [{"role": "user", "content": "What is the weather in Paris and in Tokyo?"}]
WEATHER: dict[str, Any] = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city's name"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
ADD: dict[str, Any] = {
    "name": "add",
    "description": "Adds two numbers.",
    "input_schema": {
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
        "required": ["a", "b"],
    },
}
# The client has no argument of this name any more, but the protocol has the field.
COLD = {"temperature": 0}


class Person(BaseModel):
    """What is to be found in a text."""

    name: str
    age: int


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    async with hurried(tmp_path_factory.mktemp("claude") / "home", template) as site:
        yield site
        await site.quiet()
        assert "fault  " not in site.log.getvalue()


@pytest.fixture(scope="module")
async def client(site: Site) -> AsyncIterator[AsyncAnthropic]:
    async with claude(site) as client:
        yield client


def wish(**given: Any) -> Any:
    usual = {"model": "practice/pocket", "max_tokens": 200, "messages": TWELVE, "extra_body": COLD}
    return {**usual, **given}


def made(client: Anthropic | AsyncAnthropic) -> Any:
    """What the client asks with. Its types are for programs that know what they ask for."""
    return client.messages.create


async def answer(client: AsyncAnthropic, **given: Any) -> Message:
    message = await made(client)(**wish(**given))
    assert isinstance(message, Message)
    return message


def text(message: Message) -> str:
    return "".join(block.text for block in message.content if isinstance(block, TextBlock))


def calls(message: Message) -> list[tuple[str, object]]:
    return [(one.name, one.input) for one in message.content if isinstance(one, ToolUseBlock)]


async def test_a_whole_answer(client: AsyncAnthropic) -> None:
    message = await answer(client)
    assert text(message) == "12 × 7 is 84."
    assert (message.type, message.role, message.model) == (
        "message",
        "assistant",
        "practice/pocket",
    )
    assert (message.stop_reason, message.stop_sequence) == ("end_turn", None)
    assert message.id
    assert 6 < message.usage.input_tokens < 20
    assert 5 < message.usage.output_tokens < 14


async def test_the_system_is_part_of_the_prompt(client: AsyncAnthropic) -> None:
    bare = await answer(client)
    for system in ("You are kind.", [{"type": "text", "text": "You are kind."}]):
        told = await answer(client, system=system)
        assert told.usage.input_tokens > bare.usage.input_tokens
        assert text(told) == text(bare)


async def test_a_stream_says_what_the_whole_answer_says(client: AsyncAnthropic) -> None:
    whole = await answer(client)
    async with client.messages.stream(**wish()) as stream:
        pieces = [piece async for piece in stream.text_stream]
        final = await stream.get_final_message()
    assert len(pieces) > 2
    assert "".join(pieces) == text(final) == text(whole)
    assert final.usage.output_tokens == whole.usage.output_tokens
    assert final.usage.input_tokens == whole.usage.input_tokens
    assert (final.stop_reason, final.model) == ("end_turn", "practice/pocket")


async def test_the_events_of_a_stream(client: AsyncAnthropic) -> None:
    events: list[Any] = [event async for event in await made(client)(**wish(stream=True))]
    kinds = [event.type for event in events]
    assert kinds[:2] == ["message_start", "content_block_start"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert set(kinds[2:-3]) == {"content_block_delta"}


async def test_without_async(site: Site) -> None:
    def ask() -> tuple[str, str, str]:
        with Anthropic(base_url=site.url, api_key=site.key, max_retries=0) as client:
            whole = made(client)(**wish())
            with client.messages.stream(**wish()) as stream:
                pieces = "".join(stream.text_stream)
                final = stream.get_final_message()
        return text(whole), pieces, text(final)

    assert await asyncio.to_thread(ask) == ("12 × 7 is 84.",) * 3


async def test_a_key_behind_bearer(site: Site) -> None:
    async with claude(site, api_key=None, auth_token=site.key) as client:
        assert text(await answer(client)) == "12 × 7 is 84."


async def test_tools_and_their_results(client: AsyncAnthropic) -> None:
    tools = [WEATHER, ADD]
    first = await answer(client, messages=BOTH, tools=tools)
    assert calls(first) == [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Tokyo"})]
    assert first.stop_reason == "tool_use"
    ids = [one.id for one in first.content if isinstance(one, ToolUseBlock)]
    assert len(set(ids)) == 2
    results = [
        {"type": "tool_result", "tool_use_id": ids[0], "content": "21 degrees"},
        {
            "type": "tool_result",
            "tool_use_id": ids[1],
            "content": [{"type": "text", "text": "9 degrees"}],
        },
    ]
    messages = [
        *BOTH,
        {"role": "assistant", "content": first.content},
        {"role": "user", "content": results},
    ]
    second = await answer(client, messages=messages, tools=tools)
    assert "21" in text(second)
    assert "9 degrees" in text(second)
    assert (second.stop_reason, calls(second)) == ("end_turn", [])


async def test_tools_in_a_stream(client: AsyncAnthropic) -> None:
    whole = await answer(client, messages=BOTH, tools=[WEATHER, ADD])
    async with client.messages.stream(**wish(messages=BOTH, tools=[WEATHER, ADD])) as stream:
        said = [event.partial_json async for event in stream if event.type == "input_json"]
        final = await stream.get_final_message()
    assert calls(final) == calls(whole)
    assert "".join(said) == "".join(json.dumps(one) for _, one in calls(whole)) or len(said) > 1
    assert final.stop_reason == "tool_use"


async def test_the_choice_of_a_tool(client: AsyncAnthropic) -> None:
    tools = [WEATHER, ADD]
    hello = [{"role": "user", "content": "Hello"}]
    assert calls(await answer(client, messages=hello, tools=tools)) == []
    any_one = await answer(client, messages=hello, tools=tools, tool_choice={"type": "any"})
    assert len(calls(any_one)) >= 1
    named = {"type": "tool", "name": "add"}
    only = await answer(client, messages=BOTH, tools=tools, tool_choice=named)
    assert [name for name, _ in calls(only)] == ["add"]
    none = await answer(client, messages=BOTH, tools=tools, tool_choice={"type": "none"})
    assert calls(none) == []
    single = {"type": "auto", "disable_parallel_tool_use": True}
    one = await answer(client, messages=BOTH, tools=tools, tool_choice=single)
    assert calls(one) == [("get_weather", {"city": "Paris"})]


async def test_where_an_answer_stops(client: AsyncAnthropic) -> None:
    stopped = await answer(client, stop_sequences=["84"])
    assert text(stopped) == "12 × 7 is "
    cut = await answer(client, max_tokens=2)
    assert (cut.stop_reason, cut.usage.output_tokens) == ("max_tokens", 2)


async def test_thinking(client: AsyncAnthropic) -> None:
    given: dict[str, Any] = {
        "model": "practice/pocket-reasoner",
        "max_tokens": 4_000,
        "thinking": {"type": "enabled", "budget_tokens": 1_024},
        "extra_body": {},
    }
    whole = await answer(client, **given)
    first, last = whole.content
    assert isinstance(first, ThinkingBlock)
    assert first.thinking
    assert isinstance(last, TextBlock)
    async with client.messages.stream(**wish(**given)) as stream:
        thought = [event.thinking async for event in stream if event.type == "thinking"]
        final = await stream.get_final_message()
    assert [block.type for block in final.content] == ["thinking", "text"]
    assert isinstance(final.content[0], ThinkingBlock)
    assert "".join(thought) == final.content[0].thinking
    # And back again, as a program sends the history of its conversation.
    again = [*TWELVE, {"role": "assistant", "content": whole.content}, *TWELVE]
    assert text(await answer(client, **{**given, "messages": again}))


async def test_a_picture(site: Site, client: AsyncAnthropic) -> None:
    data = base64.b64encode(b"\x89PNG of no size").decode()
    picture = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": data},
    }
    content = [picture, {"type": "text", "text": "What is 12 * 7?"}]
    message = await answer(client, messages=[{"role": "user", "content": content}])
    assert text(message) == "12 × 7 is 84."
    ledger = site.house.practice.desk.ledger.entries(limit=1)[0]
    assert f"data:image/png;base64,{data}" in ledger.request.text


async def test_a_format_of_the_answer(client: AsyncAnthropic) -> None:
    parsed = await client.messages.parse(
        model="practice/pocket-large",
        max_tokens=200,
        messages=[{"role": "user", "content": "Anna is 31 years old and lives in Rome."}],
        output_format=Person,
    )
    assert parsed.parsed_output == Person(name="Anna", age=31)


# Practice's switch, the status that comes of it here, the client's class, and the error's type.
REFUSED: list[tuple[str, int, type[anthropic.APIStatusError], str]] = [
    ("400", 400, anthropic.BadRequestError, "invalid_request_error"),
    # What is wrong with our own account is none of the caller's doing.
    ("401", 502, anthropic.InternalServerError, "api_error"),
    ("402", 502, anthropic.InternalServerError, "api_error"),
    ("403", 502, anthropic.InternalServerError, "api_error"),
    ("404", 404, anthropic.NotFoundError, "not_found_error"),
    ("408", 408, anthropic.APIStatusError, "timeout_error"),
    ("413", 413, anthropic.APIStatusError, "request_too_large"),
    ("422", 422, anthropic.UnprocessableEntityError, "invalid_request_error"),
    ("429", 429, anthropic.RateLimitError, "rate_limit_error"),
    ("quota-exhausted", 429, anthropic.RateLimitError, "rate_limit_error"),
    ("context-too-long", 400, anthropic.BadRequestError, "invalid_request_error"),
    ("500", 500, anthropic.InternalServerError, "api_error"),
    ("502", 502, anthropic.InternalServerError, "api_error"),
    ("503", 503, anthropic.InternalServerError, "api_error"),
    ("504", 504, anthropic.InternalServerError, "timeout_error"),
    ("529", 529, anthropic.InternalServerError, "overloaded_error"),
]
WAITS = {"429": "2", "503": "2", "529": "2"}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(("switch", "status", "raises", "kind"), REFUSED)
async def test_what_practice_refuses(
    client: AsyncAnthropic,
    switch: str,
    status: int,
    raises: type[anthropic.APIStatusError],
    kind: str,
    stream: bool,
) -> None:
    with pytest.raises(raises) as raised:
        await client.messages.create(**wish(model=f"practice/pocket:{switch}", stream=stream))
    error = raised.value
    body: Any = error.body
    assert (error.status_code, body["type"], body["error"]["type"]) == (status, "error", kind)
    assert "Practice answered" in body["error"]["message"]
    assert error.request_id == error.response.headers["x-filon-trace"]
    assert error.response.headers.get("retry-after") == WAITS.get(switch)


async def listen(client: AsyncAnthropic, model: str, pieces: list[str]) -> None:
    async with client.messages.stream(**wish(model=model)) as stream:
        async for piece in stream.text_stream:
            pieces.append(piece)


@pytest.mark.parametrize(
    ("switch", "kind", "words"),
    [
        ("error-mid-stream", "api_error", "The engine is overloaded"),
        ("stall", "timeout_error", "has sent nothing for"),
    ],
)
async def test_what_breaks_in_the_middle(
    site: Site, client: AsyncAnthropic, switch: str, kind: str, words: str
) -> None:
    pieces: list[str] = []
    patience = impatient(site, between=0.3 if switch == "stall" else LONG)
    with patience, pytest.raises(anthropic.APIStatusError) as raised:
        await listen(client, f"practice/pocket:{switch}", pieces)
    assert "".join(pieces)
    body: Any = raised.value.body
    assert body["type"] == "error"
    assert body["error"]["type"] == kind
    assert words in body["error"]["message"]
    assert (await site.last_trace())["trace"]["outcome"] == "partial"


async def test_keys_that_are_none(site: Site) -> None:
    for given in ({"api_key": "fln_no"}, {"api_key": None, "auth_token": "fln_no"}):
        async with claude(site, **given) as client:
            with pytest.raises(anthropic.AuthenticationError) as raised:
                await answer(client)
            body: Any = raised.value.body
            assert body["type"] == "error"
            assert body["error"]["type"] == "authentication_error"
    reply = await site.ask("POST", "/v1/messages", wish())
    assert (reply.status, reply.error["type"]) == (401, "authentication_error")


async def test_models_that_are_none(client: AsyncAnthropic) -> None:
    with pytest.raises(anthropic.NotFoundError, match="Did you mean practice/pocket") as raised:
        await answer(client, model="practice/pockett")
    body: Any = raised.value.body
    assert body["error"]["type"] == "not_found_error"


async def test_a_model_out_of_the_keys_scope(site: Site) -> None:
    made = await site.house.keys.make(ME, "narrow", KeyRules(models=("practice/echo",)))
    async with claude(site, api_key=made.secret) as client:
        with pytest.raises(anthropic.PermissionDeniedError) as raised:
            await answer(client)
    body: Any = raised.value.body
    assert body["error"]["type"] == "permission_error"


async def test_a_limit_of_the_key(site: Site) -> None:
    made = await site.house.keys.make(ME, "slow", KeyRules(requests_per_minute=1))
    async with claude(site, api_key=made.secret) as client:
        assert text(await answer(client))
        with pytest.raises(anthropic.RateLimitError) as raised:
            await answer(client)
    assert int(raised.value.response.headers["retry-after"]) >= 1
    body: Any = raised.value.body
    assert body["error"]["type"] == "rate_limit_error"


async def test_a_stranger_to_chat_is_refused_or_dropped(site: Site, client: AsyncAnthropic) -> None:
    """What has no counterpart is refused by a strict key, and told of by a lenient one."""
    given: dict[str, Any] = {"extra_body": {"container": "c_1"}}
    with pytest.raises(anthropic.BadRequestError, match="`container`"):
        await answer(client, **given)
    made = await site.house.keys.make(ME, "lenient", KeyRules(lenient=True))
    async with claude(site, api_key=made.secret) as lenient:
        assert text(await answer(lenient, **given))
