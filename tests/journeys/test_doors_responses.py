"""OpenAI's own client with Responses, through the gateway to practice, which speaks another
protocol."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI, OpenAI
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseReasoningItem,
    ResponseStreamEvent,
)
from pydantic import BaseModel

from filon.conversation.rights import KeyRules
from tests.journeys.doors import hurried
from tests.journeys.site import ME, Site, impatient
from tests.waiting import LONG

TWELVE = "What is 12 * 7?"
PARIS = "What is the weather in Paris and in Tokyo?"
WEATHER: dict[str, Any] = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The city's name"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}
ADD: dict[str, Any] = {
    "type": "function",
    "name": "add",
    "description": "Adds two numbers.",
    "parameters": {
        "type": "object",
        "properties": {"a": {"type": "number"}, "b": {"type": "number"}},
        "required": ["a", "b"],
    },
    "strict": False,
}


class Person(BaseModel):
    """What is to be found in a text."""

    name: str
    age: int


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    async with hurried(tmp_path_factory.mktemp("responses") / "home", template) as site:
        yield site
        await site.quiet()
        assert "fault  " not in site.log.getvalue()


@pytest.fixture(scope="module")
async def client(site: Site) -> AsyncOpenAI:
    return site.openai()


def wish(**given: Any) -> Any:
    return {"model": "practice/pocket", "input": TWELVE, "temperature": 0, **given}


def made(client: OpenAI | AsyncOpenAI) -> Any:
    """What the client asks with. Its types are for programs that know what they ask for."""
    return client.responses.create


async def answer(client: AsyncOpenAI, **given: Any) -> Response:
    response = await made(client)(**wish(**given))
    assert isinstance(response, Response)
    return response


async def events_of(client: AsyncOpenAI, **given: Any) -> list[ResponseStreamEvent]:
    stream = await made(client)(**wish(stream=True, **given))
    return [event async for event in stream]


def calls(response: Response) -> list[tuple[str, object]]:
    return [
        (item.name, json.loads(item.arguments))
        for item in response.output
        if isinstance(item, ResponseFunctionToolCall)
    ]


async def test_a_whole_answer(client: AsyncOpenAI) -> None:
    response = await answer(client)
    assert response.output_text == "12 × 7 is 84."
    assert (response.object, response.status, response.model) == (
        "response",
        "completed",
        "practice/pocket",
    )
    assert response.id.startswith("resp_")
    assert response.temperature == 0
    assert response.usage is not None
    assert 6 < response.usage.input_tokens < 20
    assert 5 < response.usage.output_tokens < 14
    assert response.usage.total_tokens == (
        response.usage.input_tokens + response.usage.output_tokens
    )


async def test_instructions_and_items(client: AsyncOpenAI) -> None:
    bare = await answer(client)
    told = await answer(client, instructions="You are kind.")
    assert told.usage is not None
    assert bare.usage is not None
    assert told.usage.input_tokens > bare.usage.input_tokens
    assert told.instructions is None or told.instructions == "You are kind."
    history = [
        {"role": "developer", "content": "You are kind."},
        {"role": "user", "content": [{"type": "input_text", "text": TWELVE}]},
        *(item.model_dump(exclude_none=True) for item in bare.output),
        {"role": "user", "content": "What is 2 + 3?"},
    ]
    again = await answer(client, input=history)
    assert again.output_text == "2 + 3 is 5."


async def test_a_stream_says_what_the_whole_answer_says(client: AsyncOpenAI) -> None:
    whole = await answer(client)
    events = await events_of(client)
    kinds = [event.type for event in events]
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert [event.sequence_number for event in events] == list(range(len(events)))
    pieces = [one.delta for one in events if one.type == "response.output_text.delta"]
    assert len(pieces) > 2
    assert "".join(pieces) == whole.output_text
    last = events[-1]
    assert isinstance(last, ResponseCompletedEvent)
    assert last.response.output_text == whole.output_text
    assert last.response.usage == whole.usage
    assert last.response.model == "practice/pocket"


async def test_the_clients_own_putting_together_of_a_stream(client: AsyncOpenAI) -> None:
    async with client.responses.stream(**wish()) as stream:
        async for _ in stream:
            pass
        final = await stream.get_final_response()
    assert final.output_text == "12 × 7 is 84."


async def test_without_async(site: Site) -> None:
    def ask() -> str:
        with site.openai_sync() as client:
            return made(client)(**wish()).output_text

    assert await asyncio.to_thread(ask) == "12 × 7 is 84."


async def test_a_format_of_the_answer(client: AsyncOpenAI) -> None:
    given = wish(model="practice/pocket-large", input="Anna is 31 years old and lives in Rome.")
    parsed = await client.responses.parse(**given, text_format=Person)
    assert parsed.output_parsed == Person(name="Anna", age=31)
    async with client.responses.stream(**given, text_format=Person) as stream:
        final = await stream.get_final_response()
    assert final.output_parsed == Person(name="Anna", age=31)


async def test_tools_and_their_results(client: AsyncOpenAI) -> None:
    given: dict[str, Any] = {"tools": [WEATHER, ADD]}
    first = await answer(client, input=PARIS, **given)
    assert calls(first) == [("get_weather", {"city": "Paris"}), ("get_weather", {"city": "Tokyo"})]
    found = [item for item in first.output if isinstance(item, ResponseFunctionToolCall)]
    assert len({item.call_id for item in found}) == 2
    results = [
        {"type": "function_call_output", "call_id": item.call_id, "output": degrees}
        for item, degrees in zip(found, ("21 degrees", "9 degrees"), strict=True)
    ]
    history = [{"role": "user", "content": PARIS}, *first.output, *results]
    second = await answer(client, input=history, **given)
    assert "21" in second.output_text
    assert "9 degrees" in second.output_text
    assert calls(second) == []


async def test_tools_in_a_stream(client: AsyncOpenAI) -> None:
    events = await events_of(client, input=PARIS, tools=[WEATHER, ADD])
    last = events[-1]
    assert isinstance(last, ResponseCompletedEvent)
    assert calls(last.response) == [
        ("get_weather", {"city": "Paris"}),
        ("get_weather", {"city": "Tokyo"}),
    ]
    done = [one for one in events if one.type == "response.function_call_arguments.done"]
    assert [json.loads(one.arguments) for one in done] == [{"city": "Paris"}, {"city": "Tokyo"}]


async def test_the_choice_of_a_tool(client: AsyncOpenAI) -> None:
    tools = [WEATHER, ADD]
    assert calls(await answer(client, input="Hello", tools=tools)) == []
    required = await answer(client, input="Hello", tools=tools, tool_choice="required")
    assert len(calls(required)) >= 1
    named = {"type": "function", "name": "add"}
    only = await answer(client, input=PARIS, tools=tools, tool_choice=named)
    assert [name for name, _ in calls(only)] == ["add"]
    none = await answer(client, input=PARIS, tools=tools, tool_choice="none")
    assert calls(none) == []
    one = await answer(client, input=PARIS, tools=tools, parallel_tool_calls=False)
    assert calls(one) == [("get_weather", {"city": "Paris"})]


async def test_reasoning(client: AsyncOpenAI) -> None:
    given: dict[str, Any] = {"model": "practice/pocket-reasoner", "reasoning": {"effort": "low"}}
    response = await answer(client, **given)
    thought = response.output[0]
    assert isinstance(thought, ResponseReasoningItem)
    assert thought.content
    assert response.output_text
    assert response.reasoning is not None
    assert response.reasoning.effort == "low"
    assert response.usage is not None
    assert (response.usage.output_tokens_details.reasoning_tokens or 0) > 0
    events = await events_of(client, **given)
    assert any(event.type == "response.reasoning_text.delta" for event in events)
    summed = await answer(client, **{**given, "reasoning": {"summary": "auto"}})
    assert isinstance(summed.output[0], ResponseReasoningItem)
    assert summed.output[0].summary
    history = [
        {"role": "user", "content": TWELVE},
        *response.output,
        {"role": "user", "content": "And 2 + 3?"},
    ]
    assert (await answer(client, **{**given, "input": history})).output_text


async def test_where_an_answer_ends(client: AsyncOpenAI) -> None:
    cut = await answer(client, max_output_tokens=16, input="Tell me about quantum chromodynamics")
    assert cut.status == "incomplete"
    assert cut.incomplete_details is not None
    assert cut.incomplete_details.reason == "max_output_tokens"
    assert cut.max_output_tokens == 16


async def test_what_needs_a_state_is_refused_with_its_reason(client: AsyncOpenAI) -> None:
    for given in (
        {"previous_response_id": "resp_1"},
        {"conversation": "conv_1"},
        {"background": True},
        {"prompt": {"id": "pmpt_1"}},
    ):
        name = next(iter(given))
        with pytest.raises(openai.BadRequestError, match="nothing is kept") as raised:
            await answer(client, **given)
        error = raised.value
        assert (error.code, error.param) == ("needs_state", name)
        assert "Send the whole conversation" in error.message


# Practice's switch, the status that comes of it here, and the client's class.
REFUSED: list[tuple[str, int, type[openai.APIStatusError]]] = [
    ("400", 400, openai.BadRequestError),
    # What is wrong with our own account is none of the caller's doing.
    ("401", 502, openai.InternalServerError),
    ("402", 502, openai.InternalServerError),
    ("403", 502, openai.InternalServerError),
    ("404", 404, openai.NotFoundError),
    ("413", 413, openai.APIStatusError),
    ("422", 422, openai.UnprocessableEntityError),
    ("429", 429, openai.RateLimitError),
    ("context-too-long", 400, openai.BadRequestError),
    ("500", 500, openai.InternalServerError),
    ("503", 503, openai.InternalServerError),
    ("529", 529, openai.InternalServerError),
]


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize(("switch", "status", "raises"), REFUSED)
async def test_what_practice_refuses(
    client: AsyncOpenAI,
    switch: str,
    status: int,
    raises: type[openai.APIStatusError],
    stream: bool,
) -> None:
    with pytest.raises(raises) as raised:
        await client.responses.create(**wish(model=f"practice/pocket:{switch}", stream=stream))
    error = raised.value
    assert error.status_code == status
    assert "Practice answered" in error.message
    body: Any = error.body
    assert set(body) == {"message", "type", "param", "code"}
    assert error.request_id == error.response.headers["x-filon-trace"]


async def listen(opening: Awaitable[Any], told: list[ResponseStreamEvent]) -> None:
    async for event in await opening:
        told.append(event)


@pytest.mark.parametrize(
    ("switch", "words"),
    [("error-mid-stream", "The engine is overloaded"), ("stall", "has sent nothing for")],
)
async def test_what_breaks_in_the_middle(
    site: Site, client: AsyncOpenAI, switch: str, words: str
) -> None:
    given = wish(model=f"practice/pocket:{switch}", stream=True)
    told: list[ResponseStreamEvent] = []
    # Short only where silence is what breaks: a busy machine may take as long for anything.
    patience = impatient(site, between=0.3 if switch == "stall" else LONG)
    with patience, pytest.raises(openai.APIError, match=words):
        await listen(made(client)(**given), told)
    assert any(event.type == "response.output_text.delta" for event in told)
    last = told[-1]
    assert last.type == "response.failed"
    assert last.response.status == "failed"
    assert last.response.error is not None
    assert words in last.response.error.message
    assert (await site.last_trace())["trace"]["outcome"] == "partial"


async def test_filons_own_refusals(site: Site, client: AsyncOpenAI) -> None:
    with pytest.raises(openai.AuthenticationError):
        await answer(site.openai("fln_no"))
    with pytest.raises(openai.NotFoundError, match="Did you mean practice/pocket"):
        await answer(client, model="practice/pockett")
    narrow = await site.house.keys.make(ME, "narrow", KeyRules(models=("practice/echo",)))
    with pytest.raises(openai.PermissionDeniedError):
        await answer(site.openai(narrow.secret))


async def test_what_cannot_cross(site: Site, client: AsyncOpenAI) -> None:
    given: dict[str, Any] = {"truncation": "auto"}
    with pytest.raises(openai.BadRequestError, match="`truncation`") as raised:
        await answer(client, **given)
    assert (raised.value.code, raised.value.param) == ("parameter_not_translatable", "truncation")
    made = await site.house.keys.make(ME, "lenient", KeyRules(lenient=True))
    response = await answer(site.openai(made.secret), **given)
    assert response.output_text == "12 × 7 is 84."
