"""What the real `openai` client makes of Responses as Filon writes them, and Filon of its requests.

The bytes come from the renderers and go over a socket: the client's own parsing is the measure.
"""

import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, cast

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.responses import (
    Response,
    ResponseFunctionToolCall,
    ResponseReasoningItem,
    ResponseStreamEvent,
)
from pydantic import BaseModel, TypeAdapter

from filon.conversation.errors import Problem
from filon.conversation.events import (
    Broken,
    Done,
    Finished,
    ReasoningDelta,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from filon.conversation.message import Image, Reasoning, Text, ToolCall
from filon.conversation.reply import fold
from filon.conversation.usage import Usage
from filon.kit import sse
from filon.protocols.openai_responses.crossing import to_chat
from filon.protocols.openai_responses.errors import broken_frame, render_error
from filon.protocols.openai_responses.reply import render_reply
from filon.protocols.openai_responses.request import parse_request
from filon.protocols.openai_responses.writer import StreamRenderer
from tests.journeys.recorder import Recorder
from tests.journeys.replies import JSON, stream, whole

COUNTED = UsageReported(
    Usage(
        input_tokens=9,
        output_tokens=7,
        cached_tokens=4,
        written_tokens=0,
        reasoning_tokens=3,
    )
)
ANSWER: list[StreamEvent] = [
    Started(),
    ReasoningDelta("Add "),
    ReasoningDelta("them."),
    TextDelta('{"sum":'),
    TextDelta("3}"),
    Finished("stop"),
    COUNTED,
    Done(),
]
CALLS: list[StreamEvent] = [
    Started(),
    TextDelta("I add."),
    ToolCallDelta(index=0, id="call_a", name="Add", arguments='{"a":'),
    ToolCallDelta(index=1, id="call_b", name="Add", arguments='{"a":3,'),
    ToolCallDelta(index=0, arguments='1,"b":2}'),
    ToolCallDelta(index=1, arguments='"b":4}'),
    Finished("tool_calls"),
    COUNTED,
    Done(),
]
OVERLOADED = Problem(
    code="overloaded", message="Too many.", blame="provider", status=503, fix="Wait."
)


class Sum(BaseModel):
    """What the model is asked to answer with."""

    sum: int


class Add(BaseModel):
    """Adds two numbers."""

    a: int
    b: int


@pytest.fixture
async def provider() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as one:
        yield one


@pytest.fixture
async def client(provider: Recorder) -> AsyncIterator[AsyncOpenAI]:
    async with AsyncOpenAI(api_key="k", base_url=provider.url, max_retries=0) as one:
        yield one


def frames(events: Sequence[StreamEvent], **asked: Any) -> list[bytes]:
    writer = StreamRenderer(id="trn_1", model="openai/gpt", created=5, asked=asked)
    return [frame for frame in map(writer.render, events) if frame]


def document(events: Sequence[StreamEvent], **asked: Any) -> bytes:
    reply = fold(events)
    return whole(render_reply(reply, id="trn_1", model="openai/gpt", created=5, asked=asked), JSON)


async def test_a_whole_answer(provider: Recorder, client: AsyncOpenAI) -> None:
    provider.answers((document(ANSWER),))
    answer = await client.responses.create(model="openai/gpt", input="1 + 2?")
    assert answer.output_text == '{"sum":3}'
    assert (answer.id, answer.model, answer.status) == ("resp_1", "openai/gpt", "completed")
    thought = answer.output[0]
    assert isinstance(thought, ResponseReasoningItem)
    assert thought.content is not None
    assert thought.content[0].text == "Add them."
    assert answer.usage is not None
    assert answer.usage.total_tokens == 16
    assert answer.usage.input_tokens_details.cached_tokens == 4
    assert answer.usage.output_tokens_details.reasoning_tokens == 3
    assert (answer.error, answer.incomplete_details) == (None, None)


@pytest.mark.parametrize("events", [ANSWER, CALLS], ids=["answer", "calls"])
def test_every_frame_is_valid_to_the_letter(events: list[StreamEvent]) -> None:
    """The client takes nearly anything; its types say what is meant."""
    adapter: TypeAdapter[Any] = TypeAdapter(cast("Any", ResponseStreamEvent))
    for asked in ({}, {"reasoning": {"summary": "auto"}}):
        reader = sse.EventReader()
        for item in reader.feed(b"".join(frames(events, **asked))):
            assert isinstance(item, sse.Event)
            told = adapter.validate_json(item.data)
            assert told.type == item.event
        reply = render_reply(fold(events), id="a", model="m", created=1, asked=asked)
        Response.model_validate_json(reply)


async def test_a_stream_in_the_clients_own_types(provider: Recorder, client: AsyncOpenAI) -> None:
    provider.answers(stream(*frames(ANSWER)))
    told = await client.responses.create(model="m", input="1 + 2?", stream=True)
    kinds: list[str] = []
    text = thought = ""
    async for event in told:
        kinds.append(event.type)
        if event.type == "response.output_text.delta":
            text += event.delta
        elif event.type == "response.reasoning_text.delta":
            thought += event.delta
        elif event.type == "response.completed":
            assert event.response.output_text == text
    assert (text, thought) == ('{"sum":3}', "Add them.")
    assert (kinds[0], kinds[-1]) == ("response.created", "response.completed")


async def test_the_streaming_helper_gathers_what_the_whole_reply_says(
    provider: Recorder, client: AsyncOpenAI
) -> None:
    asked = {"reasoning": {"summary": "auto"}}
    provider.answers(stream(*frames(ANSWER, **asked)), (document(ANSWER, **asked),))
    async with client.responses.stream(model="m", input="1 + 2?", text_format=Sum) as told:
        snapshots = [
            event.snapshot async for event in told if event.type == "response.output_text.delta"
        ]
        final = await told.get_final_response()
    assert snapshots == ['{"sum":', '{"sum":3}']
    assert final.output_parsed == Sum(sum=3)
    assert isinstance(final.output[0], ResponseReasoningItem)
    assert final.output[0].summary[0].text == "Add them."
    at_once = await client.responses.parse(model="m", input="1 + 2?", text_format=Sum)
    assert at_once.output_parsed == Sum(sum=3)
    assert at_once.to_dict() == final.to_dict()
    request = parse_request(provider.last.body)
    (renamed,) = to_chat(request.parameters).renamed
    assert renamed == ("text.format", "response_format")
    wanted = to_chat(request.parameters).parameters["response_format"]
    assert wanted["json_schema"]["name"] == "Sum"
    assert wanted["json_schema"]["schema"]["required"] == ["sum"]


async def test_calls_of_functions(provider: Recorder, client: AsyncOpenAI) -> None:
    tools = [openai.pydantic_function_tool(Add)]
    flat = [{"type": "function", **cast("dict[str, Any]", tool["function"])} for tool in tools]
    provider.answers(stream(*frames(CALLS)), (document(CALLS),))
    async with client.responses.stream(
        model="m", input="1 + 2 and 3 + 4?", tools=cast("Any", flat)
    ) as told:
        kinds = [event.type async for event in told]
        final = await told.get_final_response()
    assert kinds.count("response.function_call_arguments.done") == 2
    at_once = await client.responses.parse(
        model="m", input="1 + 2 and 3 + 4?", tools=cast("Any", flat)
    )
    for answer in (final, at_once):
        calls = [item for item in answer.output if isinstance(item, ResponseFunctionToolCall)]
        assert [(call.call_id, json.loads(call.arguments)) for call in calls] == [
            ("call_a", {"a": 1, "b": 2}),
            ("call_b", {"a": 3, "b": 4}),
        ]
        assert answer.output_text == "I add."
        assert answer.status == "completed"
    nested = to_chat(parse_request(provider.last.body).parameters).parameters["tools"]
    assert nested[0]["function"]["name"] == "Add"
    assert nested[0]["function"]["strict"] is True


async def test_the_next_turn_as_the_client_sends_it(
    provider: Recorder, client: AsyncOpenAI
) -> None:
    """An answer's output goes back as input, as every agent does."""
    signed: list[StreamEvent] = [
        ReasoningDelta("Add them.", field="summary", signature="gAAA"),
        *CALLS[1:],
    ]
    provider.answers((document(signed),), (document(ANSWER),))
    first = await client.responses.create(model="m", input="1 + 2?", store=False)
    history: list[Any] = [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "1 + 2?"},
                {"type": "input_image", "image_url": "data:image/png;base64,AA", "detail": "low"},
            ],
        },
        *first.output,
        {"type": "function_call_output", "call_id": "call_a", "output": "3"},
        {"type": "function_call_output", "call_id": "call_b", "output": "7"},
    ]
    await client.responses.create(model="m", input=history, instructions="Be brief.")
    request = parse_request(provider.last.body)
    assert [message.role for message in request.messages] == [
        "system",
        "user",
        "assistant",
        "tool",
        "tool",
    ]
    assert request.messages[1].parts[1] == Image("data:image/png;base64,AA", "low")
    assert request.messages[2].parts == (
        Reasoning("Add them.", "gAAA"),
        Text("I add."),
        ToolCall(id="call_a", name="Add", arguments='{"a":1,"b":2}'),
        ToolCall(id="call_b", name="Add", arguments='{"a":3,"b":4}'),
    )


async def test_an_answer_cut_by_its_limit(provider: Recorder, client: AsyncOpenAI) -> None:
    cut: list[StreamEvent] = [TextDelta("Once upon"), Finished("length"), Done()]
    provider.answers((document(cut),), stream(*frames(cut)))
    answer = await client.responses.create(model="m", input="Tell.")
    assert answer.incomplete_details is not None
    assert (answer.status, answer.incomplete_details.reason) == ("incomplete", "max_output_tokens")
    assert answer.usage is None
    told = await client.responses.create(model="m", input="Tell.", stream=True)
    last = [event async for event in told][-1]
    assert last.type == "response.incomplete"
    assert last.response.output_text == "Once upon"


async def test_a_refusal(provider: Recorder, client: AsyncOpenAI) -> None:
    refused: list[StreamEvent] = [RefusalDelta("I can"), RefusalDelta("not."), Done()]
    provider.answers(stream(*frames(refused)))
    async with client.responses.stream(model="m", input="Tell.", text_format=Sum) as told:
        final = await told.get_final_response()
    assert final.output_parsed is None
    item = final.output[0]
    assert item.type == "message"
    assert item.content[0].type == "refusal"
    assert item.content[0].refusal == "I cannot."


async def listen(client: AsyncOpenAI, kinds: list[str]) -> None:
    """Writes down the kinds of events of a stream, as far as it goes."""
    async for event in await client.responses.create(model="m", input="Tell.", stream=True):
        kinds.append(event.type)


async def test_a_stream_that_breaks_off_raises_behind_what_failed(
    provider: Recorder, client: AsyncOpenAI
) -> None:
    provider.answers(
        stream(*frames([TextDelta("Once"), Broken(OVERLOADED)])),
        stream(*frames([TextDelta("Once")]), broken_frame(OVERLOADED)),
    )
    kinds: list[str] = []
    with pytest.raises(openai.APIError, match="Too many. Wait.") as caught:
        await listen(client, kinds)
    assert kinds[-1] == "response.failed"
    assert caught.value.code == "overloaded"
    # A relayed stream is not in our numbering: the error comes alone.
    with pytest.raises(openai.APIError, match="Too many. Wait."):
        await listen(client, kinds)
    assert kinds[-1] == "response.output_text.delta"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, openai.BadRequestError),
        (401, openai.AuthenticationError),
        (403, openai.PermissionDeniedError),
        (404, openai.NotFoundError),
        (429, openai.RateLimitError),
        (503, openai.InternalServerError),
    ],
)
async def test_errors_are_of_the_right_class(
    provider: Recorder, client: AsyncOpenAI, status: int, kind: type[openai.APIStatusError]
) -> None:
    problem = Problem(
        code="some_code", message="It failed.", blame="caller", status=status, param="input"
    )
    told, body = render_error(problem)
    provider.answers((whole(body, JSON, status=told),))
    with pytest.raises(kind) as caught:
        await client.responses.create(model="m", input="Hi")
    assert (caught.value.code, caught.value.param) == ("some_code", "input")
    assert "It failed." in caught.value.message
