"""Practice's Mistral as the real `mistralai` client sees it."""

import json
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from mistralai.client import Mistral
from mistralai.client.errors import HTTPValidationError, SDKError

from filon.practice.clock import VirtualClock
from filon.practice.limits import Limits
from tests.journeys.practising import Practising, practising

ASKED = [{"role": "user", "content": "What is 2 + 3?"}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The current weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}


@pytest.fixture(scope="module")
async def here() -> AsyncGenerator[Practising]:
    async with practising() as running:
        yield running


@pytest.fixture(scope="module")
async def client(here: Practising) -> Mistral:
    return await here.mistral()


async def ask(client: Mistral, **wish: Any) -> Any:
    """A whole answer."""
    chat: Any = client.chat
    return await chat.complete_async(**{"model": "pocket", "messages": ASKED, **wish})


async def chunks(client: Mistral, **wish: Any) -> list[Any]:
    """The chunks of an answer."""
    chat: Any = client.chat
    stream = await chat.stream_async(**{"model": "pocket", "messages": ASKED, **wish})
    return [event.data async for event in stream]


async def test_an_answer_whole_and_streamed(client: Mistral) -> None:
    whole = await ask(client, temperature=0.0)
    assert "5" in whole.choices[0].message.content
    assert whole.choices[0].finish_reason == "stop"
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens
    came = await chunks(client, temperature=0.0)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in came)
    assert text == whole.choices[0].message.content
    assert came[-1].choices[0].finish_reason == "stop"
    assert came[-1].usage.completion_tokens == whole.usage.completion_tokens
    assert all(chunk.usage is None for chunk in came[:-1])


async def test_seed_limit_stop_and_several(client: Mistral) -> None:
    asked = [{"role": "user", "content": "Write a short poem"}]
    one, same = [
        await ask(client, messages=asked, random_seed=7, temperature=1.2) for _ in range(2)
    ]
    assert one.choices[0].message.content == same.choices[0].message.content
    cut = await ask(client, max_tokens=2)
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage.completion_tokens == 2
    stopped = await ask(client, messages=asked, stop=["e"], temperature=0.0)
    assert "e" not in stopped.choices[0].message.content
    assert len((await ask(client, n=3)).choices) == 3


async def test_json_and_a_schema(client: Mistral) -> None:
    asked = [{"role": "user", "content": "Ana is 31 years old. Answer in JSON with name and age."}]
    told = await ask(client, messages=asked, response_format={"type": "json_object"})
    assert isinstance(json.loads(told.choices[0].message.content), dict)
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "person", "schema": schema}}
    told = await ask(client, messages=asked, response_format=form, temperature=0.0)
    assert json.loads(told.choices[0].message.content) == {"name": "Ana", "age": 31}


async def test_tools_and_their_results(client: Mistral) -> None:
    asked = [{"role": "user", "content": "What is the weather in Paris and in Tokyo?"}]
    told = await ask(client, messages=asked, tools=[WEATHER], temperature=0.0)
    calls = told.choices[0].message.tool_calls
    assert told.choices[0].finish_reason == "tool_calls"
    assert [json.loads(call.function.arguments)["city"] for call in calls] == ["Paris", "Tokyo"]
    assert all(len(call.id) == 9 and call.id.isalnum() for call in calls)
    came = await chunks(client, messages=asked, tools=[WEATHER], temperature=0.0)
    deltas: list[Any] = [chunk.choices[0].delta for chunk in came]
    streamed: list[Any] = [call for delta in deltas for call in delta.tool_calls or ()]
    assert [json.loads(call.function.arguments)["city"] for call in streamed] == ["Paris", "Tokyo"]
    forced = await ask(client, tools=[WEATHER], tool_choice="any", temperature=0.0)
    assert forced.choices[0].message.tool_calls
    results = [
        {
            "role": "tool",
            "tool_call_id": call.id,
            "name": "get_weather",
            "content": '{"sky": "grey"}',
        }
        for call in calls
    ]
    said = {"role": "assistant", "content": "", "tool_calls": calls}
    told = await ask(client, messages=[*asked, said, *results], tools=[WEATHER], temperature=0.0)
    assert "grey" in told.choices[0].message.content


async def test_thoughts_are_parts_of_the_content(client: Mistral) -> None:
    told = await ask(client, model="pocket-reasoner", temperature=0.0)
    thought, answer = told.choices[0].message.content
    assert thought.type == "thinking"
    assert thought.thinking[0].text
    assert "5" in answer.text
    plain = await ask(client, model="pocket-reasoner", reasoning_effort="none", temperature=0.0)
    assert "5" in plain.choices[0].message.content


async def test_models_and_embeddings(client: Mistral) -> None:
    models: Any = await client.models.list_async()
    assert {"pocket", "pocket-code", "pocket-embed"} <= {one.id for one in models.data}
    assert all(one.owned_by == "filon-practice" for one in models.data)
    one: Any = await client.models.retrieve_async(model_id="pocket")
    assert one.max_context_length == 8192
    found: Any = await client.embeddings.create_async(
        model="pocket-embed", inputs=["the gold mine", "the gold mines", "a bowl of soup"]
    )
    mine, mines, soup = (row.embedding for row in found.data)
    assert cosine(mine, mines) > cosine(mine, soup) + 0.3


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        ("bad-request", 400, SDKError),
        ("wrong-key", 401, SDKError),
        ("no-money", 402, SDKError),
        ("forbidden", 403, SDKError),
        ("unprocessable", 422, HTTPValidationError),
        ("rate-limited", 429, SDKError),
        ("internal-error", 500, SDKError),
        ("bad-gateway", 502, SDKError),
        ("unavailable", 503, SDKError),
        ("gateway-timeout", 504, SDKError),
    ],
)
async def test_the_class_of_each_error(
    client: Mistral, fault: str, status: int, kind: type[Exception]
) -> None:
    with pytest.raises(kind) as caught:
        await ask(client, http_headers={"x-practice-fault": fault})
    error: Any = caught.value
    assert error.status_code == status


async def test_real_causes(here: Practising, client: Mistral) -> None:
    with pytest.raises(SDKError) as wrong:
        await ask(await here.mistral("wrong"))
    assert (wrong.value.status_code, json.loads(wrong.value.body)) == (
        401,
        {"detail": "Unauthorized"},
    )
    with pytest.raises(SDKError) as unknown:
        await ask(client, model="mistral-huge")
    assert (unknown.value.status_code, json.loads(unknown.value.body)["code"]) == (400, "1500")
    with pytest.raises((SDKError, HTTPValidationError)) as hot:
        await ask(client, temperature=1.9)
    assert hot.value.status_code == 422
    with pytest.raises(SDKError) as long:
        await ask(client, messages=[{"role": "user", "content": "word " * 9000}])
    assert (long.value.status_code, json.loads(long.value.body)["code"]) == (400, "3051")


async def test_a_real_limit_and_a_lost_connection() -> None:
    async with practising(VirtualClock(), limited=True) as here:
        here.service.desk.change_limits("mistral", Limits(requests_per_second=2))
        client = await here.mistral()
        await ask(client)
        await ask(client)
        with pytest.raises(SDKError) as caught:
            await ask(client)
        assert caught.value.status_code == 429
        assert caught.value.headers["retry-after"] == "1"
        await here.service.desk.clock.sleep(1)
        await ask(client)
        with pytest.raises(Exception, match=r"(?i)disconnected|reset|closed"):
            await ask(client, http_headers={"x-practice-fault": "close-before-headers"})
