"""The real `openai` client at /v1/responses, in front of models that speak chat completions."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import ResponseFunctionToolCall
from pydantic import BaseModel

from tests.journeys.conftest import RECORDED
from tests.journeys.recorder import Recorder
from tests.journeys.replies import START, delta, refusal, stream
from tests.journeys.site import PROVIDER_KEY, Site, running, settings_of

POCKET = "practice/pocket"
WEATHER: list[Any] = [
    {
        "type": "function",
        "name": "weather",
        "description": "Tells the weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
        "strict": True,
    }
]


class Place(BaseModel):
    """What the model is asked to answer with."""

    city: str
    n: int


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, recorder: Recorder, practice: str
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("responses") / "home"
    config = RECORDED % (recorder.url, practice)
    async with running(settings_of(home, config, {"REC_KEY": PROVIDER_KEY}), template) as site:
        yield site


@pytest.fixture
def client(site: Site) -> AsyncOpenAI:
    return site.openai()


async def test_a_whole_answer(client: AsyncOpenAI) -> None:
    answer = await client.responses.create(
        model="fast/echo", instructions="Be kind.", input="Hello, ore."
    )
    assert "> Hello, ore." in answer.output_text
    assert "| 1 | system | text | 8 |" in answer.output_text
    assert (answer.model, answer.status) == ("fast/echo", "completed")
    assert answer.id.startswith("resp_")
    assert answer.usage is not None
    assert answer.usage.input_tokens > 0


async def test_a_streamed_thought_and_its_answer(client: AsyncOpenAI) -> None:
    thought: list[str] = []
    async with client.responses.stream(
        model="practice/pocket-reasoner",
        input="What is 12 * 7?",
        reasoning={"effort": "low", "summary": "auto"},
        extra_headers={"x-practice-speed": "0"},
    ) as told:
        async for event in told:
            if event.type == "response.reasoning_summary_text.delta":
                thought.append(event.delta)
        final = await told.get_final_response()
    assert "12 × 7" in "".join(thought)
    assert final.output_text == "12 × 7 is 84."
    assert [item.type for item in final.output] == ["reasoning", "message"]
    assert final.usage is not None
    assert final.usage.output_tokens_details.reasoning_tokens > 0


async def test_an_answer_to_a_schema(client: AsyncOpenAI) -> None:
    answer = await client.responses.parse(
        model=POCKET, input="The city is Lima and n is 4.", text_format=Place
    )
    assert answer.output_parsed == Place(city="Lima", n=4)


async def test_a_call_and_what_came_of_it(client: AsyncOpenAI) -> None:
    asked: dict[str, Any] = {"role": "user", "content": "What is the weather in Lima?"}
    first = await client.responses.create(
        model=POCKET, input=cast("Any", [asked]), tools=WEATHER, tool_choice="required"
    )
    (call,) = (item for item in first.output if isinstance(item, ResponseFunctionToolCall))
    assert (call.name, call.arguments) == ("weather", '{"city":"Lima"}')
    answer = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    second = await client.responses.create(
        model=POCKET, input=cast("Any", [asked, *first.output, answer]), tools=WEATHER
    )
    assert "sunny" in second.output_text


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"background": True}, "background"),
        ({"store": True}, "store"),
        ({"truncation": "auto"}, "truncation"),
        ({"tools": [{"type": "web_search"}]}, "tools[0]"),
        ({"input": []}, "input"),
        ({"input": [{"role": "bot", "content": "a"}]}, "input[0].role"),
        ({"input": [{"type": "computer_call", "id": "cc"}]}, "messages"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(
    client: AsyncOpenAI, asked: dict[str, Any], param: str
) -> None:
    create = cast("Any", client.responses.create)
    with pytest.raises(openai.BadRequestError) as caught:
        await create(**{"model": "fast/echo", "input": "Hi", **asked})
    assert caught.value.param == param


async def test_what_an_agent_sends_unasked_is_no_matter(
    client: AsyncOpenAI, recorder: Recorder
) -> None:
    recorder.answers(refusal(429, "slow down", ("retry-after", "3")))
    with pytest.raises(openai.RateLimitError) as caught:
        await client.responses.create(
            model="rec/m-1",
            input="Hi",
            stream=True,
            store=False,
            include=["reasoning.encrypted_content"],
            reasoning={"effort": "low", "summary": "auto"},
            text={"verbosity": "low"},
            max_output_tokens=7,
        )
    assert caught.value.response.headers["retry-after"] == "3"
    assert json.loads(recorder.last.body) == {
        "model": "m-1",
        "messages": [{"role": "user", "content": "Hi"}],
        "max_completion_tokens": 7,
        "reasoning_effort": "low",
        "verbosity": "low",
        "stream_options": {"include_usage": True},
        "stream": True,
    }


async def test_a_stream_that_is_cut_raises(client: AsyncOpenAI, recorder: Recorder) -> None:
    recorder.answers(stream(START, delta("Once"), 0.05, "cut"))
    with pytest.raises(openai.APIError):
        async for _ in await client.responses.create(model="rec/m-1", input="Hi", stream=True):
            pass


async def test_a_model_that_is_not_there(client: AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        await client.responses.create(model="nowhere/nothing", input="Hi")
