"""The real `openai` client with tools and with JSON at every dialect that speaks as OpenAI does."""

import json
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletion, ChatCompletionMessageFunctionToolCall
from pydantic import BaseModel, Field

from tests.journeys.practising import (
    DIALECTS,
    Practising,
    Speaks,
    answered,
    joined,
    practising,
    streamed,
    text,
)

WEATHER: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "description": "The city's name"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
ADD: dict[str, Any] = {
    "type": "function",
    "function": {
        "name": "add",
        "description": "Adds two numbers.",
        "parameters": {
            "type": "object",
            "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
            "required": ["a", "b"],
        },
    },
}
PARIS: list[Any] = [{"role": "user", "content": "What is the weather in Paris?"}]
BOTH: list[Any] = [{"role": "user", "content": "What is the weather in Paris and in Tokyo?"}]
ANNA: list[Any] = [{"role": "user", "content": "Anna is 31 years old and lives in Rome."}]

every = pytest.mark.parametrize("speaks", DIALECTS, ids=str)


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[Practising]:
    async with practising() as one:
        one.service.desk.pulled.add("pocket-reasoner")
        yield one


@pytest.fixture
async def client(here: Practising, speaks: Speaks) -> AsyncOpenAI:
    return await here.openai(speaks.name)


def wish_of(speaks: Speaks, messages: list[Any], **more: Any) -> dict[str, Any]:
    tools = [WEATHER, ADD]
    return {
        "model": speaks.usual,
        "messages": messages,
        "temperature": 0,
        "tools": tools,
        "max_tokens": 200,
        **more,
    }


def calls(completion: ChatCompletion) -> list[tuple[str, dict[str, Any]]]:
    message = completion.choices[0].message
    return [
        (call.function.name, json.loads(call.function.arguments))
        for call in message.tool_calls or ()
        if isinstance(call, ChatCompletionMessageFunctionToolCall)
    ]


@every
async def test_one_call_and_its_second_round(client: AsyncOpenAI, speaks: Speaks) -> None:
    whole = await answered(client, **wish_of(speaks, PARIS))
    assert calls(whole) == [("get_weather", {"city": "Paris"})]
    choice = whole.choices[0]
    assert choice.finish_reason == "tool_calls"
    assert choice.message.content is None
    assert choice.message.tool_calls
    call = choice.message.tool_calls[0]
    assert call.type == "function"
    assert len(call.id) >= 9
    result = {"role": "tool", "tool_call_id": call.id, "content": '{"celsius": 21}'}
    after = await answered(client, **wish_of(speaks, [*PARIS, choice.message, result]))
    assert "21" in text(after)
    assert after.choices[0].finish_reason == "stop"
    assert not after.choices[0].message.tool_calls
    assert after.usage is not None
    assert whole.usage is not None
    assert after.usage.prompt_tokens > whole.usage.prompt_tokens


@every
async def test_parallel_calls(client: AsyncOpenAI, speaks: Speaks) -> None:
    both = [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Tokyo"})]
    whole = await answered(client, **wish_of(speaks, BOTH))
    assert calls(whole) == both
    ids = {call.id for call in whole.choices[0].message.tool_calls or ()}
    assert len(ids) == 2
    one = await answered(client, **wish_of(speaks, BOTH, parallel_tool_calls=False))
    # DeepSeek and Ollama do not know the parameter and drop it.
    assert calls(one) == (both if speaks.name in ("deepseek", "ollama") else both[:1])


@every
async def test_calls_in_a_stream(client: AsyncOpenAI, speaks: Speaks) -> None:
    chunks = await streamed(client, **wish_of(speaks, BOTH))
    deltas = [
        call
        for chunk in chunks
        if chunk.choices
        for call in chunk.choices[0].delta.tool_calls or ()
    ]
    named = [call for call in deltas if call.function is not None and call.function.name]
    assert [call.index for call in named] == [0, 1]
    assert len({call.id for call in named}) == 2
    assert (len(deltas) == 2) == (speaks.calls == "whole")
    ends = [one.finish_reason for chunk in chunks for one in chunk.choices if one.finish_reason]
    assert ends == ["tool_calls"]
    assert joined(chunks) == ""
    # The client's own putting together of a stream, which trusts every index and type.
    tools: Any = [WEATHER, ADD]
    async with client.chat.completions.stream(
        model=speaks.usual, messages=BOTH, tools=tools, temperature=0
    ) as stream:
        final = await stream.get_final_completion()
    assert [
        (call.function.name, json.loads(call.function.arguments))
        for call in final.choices[0].message.tool_calls or ()
    ] == [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Tokyo"})]


@every
async def test_the_choice_of_a_tool(client: AsyncOpenAI, speaks: Speaks) -> None:
    named = {"type": "function", "function": {"name": "add"}}
    hello: list[Any] = [{"role": "user", "content": "Hello"}]
    none = await answered(client, **wish_of(speaks, PARIS, tool_choice="none"))
    required = await answered(client, **wish_of(speaks, hello, tool_choice="required"))
    only = await answered(client, **wish_of(speaks, PARIS, tool_choice=named))
    auto = await answered(client, **wish_of(speaks, hello))
    assert calls(auto) == []
    assert text(auto)
    if speaks.name == "ollama":
        # It ignores the choice.
        assert [calls(none)[0][0], calls(required), calls(only)[0][0]] == [
            "get_weather",
            [],
            "get_weather",
        ]
        return
    assert calls(none) == []
    assert text(none)
    assert len(calls(required)) == 1
    assert [name for name, _ in calls(only)] == ["add"]
    assert set(calls(only)[0][1]) == {"a", "b"}
    unknown = {"type": "function", "function": {"name": "nothing"}}
    with pytest.raises(openai.BadRequestError) as raised:
        await answered(client, **wish_of(speaks, PARIS, tool_choice=unknown))
    assert "tool_choice" in raised.value.response.text


async def test_deepseek_wants_the_thoughts_of_a_call_back(here: Practising) -> None:
    client = await here.openai("deepseek")
    wish = {"model": "pocket-reasoner", "tools": [WEATHER]}
    whole = await answered(client, **wish, messages=PARIS)
    message = whole.choices[0].message
    assert (message.model_extra or {})["reasoning_content"]
    assert message.tool_calls
    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "21 degrees"}
    after = await answered(client, **wish, messages=[*PARIS, message, result])
    assert text(after)
    plain = {"role": "assistant", "content": None, "tool_calls": message.tool_calls}
    with pytest.raises(openai.BadRequestError, match="must be passed back"):
        await answered(client, **wish, messages=[*PARIS, plain, result])


async def test_tools_made_of_a_class(here: Practising) -> None:
    client = await here.openai("openai")
    parsed = await client.chat.completions.parse(
        model="pocket",
        messages=ANNA,
        temperature=0,
        tools=[openai.pydantic_function_tool(Person, name="save_person")],
        tool_choice={"type": "function", "function": {"name": "save_person"}},
    )
    assert parsed.choices[0].message.tool_calls
    person = parsed.choices[0].message.tool_calls[0].function.parsed_arguments
    assert person == Person(name="Anna", age=31)


class Person(BaseModel):
    name: str
    age: int


class Mood(StrEnum):
    good = "good"
    bad = "bad"


class Address(BaseModel):
    city: str
    country: str | None


class Deep(BaseModel):
    """All that a schema of pydantic is made of."""

    person: Person
    addresses: list[Address] = Field(min_length=1, max_length=2)
    mood: Mood
    score: float


@every
async def test_json_mode(client: AsyncOpenAI, speaks: Speaks) -> None:
    wish = {
        "model": speaks.usual,
        "messages": [{"role": "user", "content": "Answer in JSON: how many legs has a spider?"}],
        "response_format": {"type": "json_object"},
    }
    # The form is kept at any temperature.
    for more in ({"temperature": 0}, {"temperature": 1.4, "seed": 3}):
        whole = await answered(client, **wish, **more, max_tokens=400)
        if whole.choices[0].finish_reason == "stop" or speaks.seed:
            assert isinstance(json.loads(text(whole)), dict)
    cut = await answered(client, **wish, max_tokens=3)
    assert cut.choices[0].finish_reason == "length"
    with pytest.raises(json.JSONDecodeError):
        json.loads(text(cut))


@pytest.mark.parametrize("name", ["openai", "groq", "deepseek"])
async def test_json_mode_wants_the_word(here: Practising, name: str) -> None:
    with pytest.raises(openai.BadRequestError, match="must contain the word 'json'") as raised:
        await answered(
            await here.openai(name),
            model="pocket",
            messages=ANNA,
            response_format={"type": "json_object"},
        )
    assert raised.value.type == "invalid_request_error"


@every
async def test_a_schema_is_parsed_into_its_class(client: AsyncOpenAI, speaks: Speaks) -> None:
    wish: dict[str, Any] = {"model": speaks.usual, "messages": ANNA, "max_tokens": 600}
    if speaks.name == "deepseek":
        with pytest.raises(openai.BadRequestError, match="type is unavailable now"):
            await client.chat.completions.parse(**wish, response_format=Person)
        return
    parsed = await client.chat.completions.parse(**wish, temperature=0, response_format=Person)
    assert parsed.choices[0].message.parsed == Person(name="Anna", age=31)
    for seed in range(3):
        wild = await client.chat.completions.parse(
            **wish, temperature=1.3, seed=seed, response_format=Deep
        )
        assert wild.choices[0].message.parsed is not None
        assert 1 <= len(wild.choices[0].message.parsed.addresses) <= 2


async def test_a_schema_in_a_stream_and_cut_short(here: Practising) -> None:
    client = await here.openai("openai")
    async with client.chat.completions.stream(
        model="pocket", messages=ANNA, temperature=0, response_format=Person
    ) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.parsed == Person(name="Anna", age=31)
    with pytest.raises(openai.LengthFinishReasonError):
        await client.chat.completions.parse(
            model="pocket", messages=ANNA, max_tokens=4, response_format=Person
        )


async def test_bad_forms_are_refused(here: Practising) -> None:
    client = await here.openai("openai")
    forms: list[dict[str, Any]] = [
        {"type": "yaml"},
        {"type": "json_schema"},
        {"type": "json_schema", "json_schema": {}},
    ]
    for form in forms:
        with pytest.raises(openai.BadRequestError, match="response_format") as raised:
            await answered(client, model="pocket", messages=ANNA, response_format=form)
        assert (raised.value.param or "").startswith("response_format")


async def test_tools_that_went_wrong_by_a_switch(here: Practising) -> None:
    client = await here.openai("openai")
    wish = wish_of(DIALECTS[1], PARIS)
    broken = await answered(client, **wish, extra_headers={"x-practice-fault": "bad-tool-json"})
    call = (broken.choices[0].message.tool_calls or [])[0]
    assert isinstance(call, ChatCompletionMessageFunctionToolCall)
    with pytest.raises(json.JSONDecodeError):
        json.loads(call.function.arguments)
    other = await answered(client, **wish, extra_headers={"x-practice-fault": "invented-tool"})
    assert {name for name, _ in calls(other)}.isdisjoint({"get_weather", "add"})
    fenced = await answered(
        client,
        model="pocket",
        messages=[{"role": "user", "content": "Answer in JSON: what is 12 * 7?"}],
        temperature=0,
        response_format={"type": "json_object"},
        extra_headers={"x-practice-fault": "json-in-fence"},
    )
    assert text(fenced).startswith("```json\n")
