"""The real `openai` client with Responses, straight at practice; and every fault on that wire."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI

from filon.practice.faults.catalogue import FAULTS
from filon.practice.faults.fault import Door, Fault
from tests.journeys.practising import AT_ONCE, REFUSING, Practising, dialect, practising
from tests.journeys.raw_http import Came, ask, request

SWITCHED = [
    fault for fault in FAULTS if not isinstance(fault.effect, Door) and fault.name != "silent"
]
WEATHER: dict[str, Any] = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
}
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
TWELVE = "What is 12 * 7?"


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[Practising]:
    async with practising() as one:
        yield one


@pytest.fixture
async def client(here: Practising) -> AsyncOpenAI:
    return await here.openai("responses")


async def answered(client: AsyncOpenAI, **wish: Any) -> Any:
    """A whole answer. The client's types cannot follow a wish that is put together."""
    responses: Any = client.responses
    return await responses.create(**({"model": "pocket", "input": TWELVE} | wish))


async def folded(client: AsyncOpenAI, **wish: Any) -> Any:
    """The response that the client itself makes of a stream."""
    responses: Any = client.responses
    async with responses.stream(**({"model": "pocket", "input": TWELVE} | wish)) as stream:
        return await stream.get_final_response()


@pytest.mark.parametrize("way", [answered, folded])
async def test_an_answer(client: AsyncOpenAI, way: Any) -> None:
    response = await way(client, temperature=0, instructions="Be brief.")
    assert response.output_text == "12 × 7 is 84."
    assert response.status == "completed"
    assert response.id.startswith("resp_")
    usage = response.usage
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens > 20
    assert usage.input_tokens_details.cached_tokens == 0


async def test_an_answer_that_is_cut_short(client: AsyncOpenAI) -> None:
    wish = {"max_output_tokens": 16, "extra_headers": {"x-practice-fault": "loop"}}
    cut = await answered(client, **wish)
    last = [event async for event in await answered(client, stream=True, **wish)][-1]
    assert last.type == "response.incomplete"
    for response in (cut, last.response):
        assert response.incomplete_details.reason == "max_output_tokens"
        assert response.usage.output_tokens == 16


@pytest.mark.parametrize("way", [answered, folded])
async def test_thoughts(client: AsyncOpenAI, way: Any) -> None:
    wish: dict[str, Any] = {"model": "pocket-reasoner"}
    hidden = await way(client, **wish)
    assert [item.type for item in hidden.output] == ["message"]
    assert hidden.usage.output_tokens_details.reasoning_tokens > 0
    told = await way(
        client,
        **wish,
        reasoning={"effort": "low", "summary": "auto"},
        include=["reasoning.encrypted_content"],
    )
    thought, message = told.output
    assert "12 * 7" in thought.summary[0].text
    assert thought.encrypted_content
    history = [
        {"role": "user", "content": TWELVE},
        thought.model_dump(exclude_none=True),
        message.model_dump(exclude_none=True),
        {"role": "user", "content": "What is 2 + 3?"},
    ]
    assert "5" in (await way(client, **wish, input=history)).output_text


@pytest.mark.parametrize("way", [answered, folded])
async def test_a_turn_with_a_tool(client: AsyncOpenAI, way: Any) -> None:
    question = {"role": "user", "content": "What is the weather in Paris?"}
    wish: dict[str, Any] = {"model": "pocket-large", "tools": [WEATHER], "temperature": 0}
    asked = await way(client, input=[question], **wish)
    (call,) = asked.output
    assert (call.type, call.name) == ("function_call", "get_weather")
    assert json.loads(call.arguments) == {"city": "Paris"}
    result = {"type": "function_call_output", "call_id": call.call_id, "output": '{"celsius": 21}'}
    history = [question, call.model_dump(include={"type", "call_id", "name", "arguments"}), result]
    assert "21" in (await way(client, input=history, **wish)).output_text


async def test_an_answer_by_a_schema(client: AsyncOpenAI) -> None:
    form = {"format": {"type": "json_schema", "name": "person", "schema": PERSON, "strict": True}}
    told = await answered(
        client,
        model="pocket-large",
        input="Anna is 31 years old and lives in Rome.",
        text=form,
        temperature=0,
    )
    assert json.loads(told.output_text) == {"name": "Anna", "age": 31}


WRONG: list[tuple[dict[str, Any], str | None, str]] = [
    ({"model": "gpt-9"}, "model_not_found", "'gpt-9' does not exist"),
    ({"extra_body": {"n": 2}}, "unknown_parameter", "Unknown parameter: 'n'"),
    ({"previous_response_id": "resp_1"}, "previous_response_not_found", "'resp_1' not found"),
    ({"conversation": {"id": "conv_1"}}, "conversation_not_found", "'conv_1' not found"),
    ({"background": True}, None, "Background mode"),
    ({"max_output_tokens": 3}, None, "Expected a value >= 16, but got 3"),
    ({"temperature": 2.5}, None, "`temperature` must be between 0 and 2"),
    ({"model": "pocket-reasoner", "temperature": 0}, "unsupported_parameter", "'temperature'"),
    ({"reasoning": {"effort": "low"}}, "unsupported_parameter", "'reasoning.effort'"),
    ({"input": "x " * 9_000}, "context_length_exceeded", "exceeds the context window"),
]


@pytest.mark.parametrize(("wish", "code", "words"), WRONG, ids=lambda value: str(value)[:40])
async def test_what_is_refused(
    client: AsyncOpenAI, wish: dict[str, Any], code: str | None, words: str
) -> None:
    with pytest.raises(openai.BadRequestError) as raised:
        await answered(client, **wish)
    assert raised.value.code == code
    assert words in str(raised.value)


async def test_each_refusing_switch_has_its_status(client: AsyncOpenAI) -> None:
    for name, status in REFUSING.items():
        with pytest.raises(openai.APIStatusError) as raised:
            await answered(client, extra_headers={"x-practice-fault": name})
        assert raised.value.status_code == status, name


async def test_an_error_in_mid_stream_is_raised(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.APIError, match="overloaded"):
        await folded(client, model="pocket:error-mid-stream=5")


async def asked(here: Practising, switch: str, *, stream: bool) -> Came:
    port = int(here.address.rpartition(":")[2])
    key = f"Bearer {dialect('responses').key}".encode()
    speed = AT_ONCE["x-practice-speed"].encode()
    headers = [("authorization", key), ("x-practice-fault", switch.encode())]
    body = json.dumps({"model": "pocket", "input": TWELVE, "stream": stream}).encode()
    sent = request(
        "POST", "/practice/responses/v1/responses", body, [*headers, ("x-practice-speed", speed)]
    )
    return await ask(port, sent)


@pytest.mark.parametrize("fault", SWITCHED, ids=lambda fault: fault.name)
async def test_a_fault_is_met_and_ends(here: Practising, fault: Fault) -> None:
    takes = fault.argument
    switch = fault.name if takes is None else f"{fault.name}={takes.low:g}"
    for came in await asyncio.gather(*(asked(here, switch, stream=one) for one in (False, True))):
        if fault.group == "refusals":
            assert came.status
            assert came.status >= 400
    first = here.service.desk.ledger.entries(limit=2)
    assert all(fault.name in entry.switches for entry in first)
    assert all(entry.outcome != "open" for entry in first)


async def test_a_cut_stream_has_no_end(here: Practising) -> None:
    cut, ended, endless = await asyncio.gather(
        *(asked(here, switch, stream=True) for switch in ("cut=6", "crlf", "no-done"))
    )
    assert not cut.whole
    assert cut.body.count(b"event: ") == 6
    assert b"event: response.completed\r\n" in ended.body
    assert endless.whole
    assert b"response.completed" not in endless.body
