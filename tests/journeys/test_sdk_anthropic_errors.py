"""What Anthropic's own client raises where practice refuses, by switch and by cause."""

from collections.abc import AsyncIterator
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic import AsyncAnthropic

from tests.journeys.claude_practising import (
    ADD,
    OLDER,
    THINKS,
    TWELVE,
    answered,
    client_of,
    read_all,
    refused,
)
from tests.journeys.practising import (
    REFUSING,
    REFUSING_APART,
    Practising,
    dialect,
    practising,
)

CLASSES: dict[int, type[anthropic.APIStatusError]] = {
    400: anthropic.BadRequestError,
    401: anthropic.AuthenticationError,
    403: anthropic.PermissionDeniedError,
    404: anthropic.NotFoundError,
    422: anthropic.UnprocessableEntityError,
    429: anthropic.RateLimitError,
}
TYPES = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[Practising]:
    async with practising() as one:
        yield one


@pytest.fixture(scope="module")
async def client(here: Practising) -> AsyncIterator[AsyncAnthropic]:
    async with client_of(here) as one:
        yield one


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_each_refusing_switch_raises_its_class(client: AsyncAnthropic, stream: bool) -> None:
    apart = {name: by.get("anthropic", by[""]) for name, by in REFUSING_APART.items()}
    for name, status in {**REFUSING, **apart}.items():
        error = await refused(client, stream=stream, extra_headers={"x-practice-fault": name})
        usual = anthropic.InternalServerError if status >= 500 else anthropic.APIStatusError
        assert error.status_code == status, name
        assert isinstance(error, CLASSES.get(status, usual)), name
        if name != "bad-gateway":
            kind = TYPES.get(status, "api_error" if status >= 500 else "invalid_request_error")
            assert error.type == kind, name
            body: Any = error.body
            assert set(body) == {"type", "error", "request_id"}, name
            assert body["request_id"] == error.request_id, name
            assert body["error"]["message"], name
    overloaded = await refused(client, model="pocket:529")
    assert isinstance(overloaded, anthropic.OverloadedError)
    assert overloaded.response.headers["retry-after"] == "2"
    large = await refused(client, model="pocket:413")
    assert isinstance(large, anthropic.RequestTooLargeError)


async def test_an_error_in_mid_stream_is_raised(client: AsyncAnthropic) -> None:
    messages: Any = client.messages
    got: list[str] = []
    stream = await messages.create(
        model="pocket:error-mid-stream=5", max_tokens=50, messages=TWELVE, stream=True
    )
    with pytest.raises(anthropic.APIStatusError) as raised:
        await read_all(stream, got)
    assert got == ["message_start", "content_block_start", *["content_block_delta"] * 3]
    assert raised.value.type == "overloaded_error"


async def test_a_stream_that_is_cut_is_no_whole_answer(client: AsyncAnthropic) -> None:
    messages: Any = client.messages
    stream = await messages.create(
        model="pocket:cut=4", max_tokens=50, messages=TWELVE, stream=True
    )
    got: list[str] = []
    with pytest.raises((anthropic.APIConnectionError, httpx2.HTTPError)):
        await read_all(stream, got)
    assert got == ["message_start", "content_block_start", *["content_block_delta"] * 2]


OLD: dict[str, Any] = {"extra_headers": OLDER}
MISSHAPEN: list[tuple[dict[str, Any], str]] = [
    ({"extra_body": {"temperature": 1}}, "temperature: Extra inputs are not permitted"),
    ({"extra_body": {"top_k": 5}}, "top_k: Extra inputs are not permitted"),
    ({"extra_body": {"temperature": 1.1}} | OLD, "temperature: range: 0..1"),
    ({"extra_body": {"top_p": -1}} | OLD, "top_p: range: 0..1"),
    ({"extra_body": {"seed": 1}}, "seed: Extra inputs are not permitted"),
    ({"extra_body": {"user": "ann"}}, "user: Extra inputs are not permitted"),
    ({"max_tokens": 0}, "max_tokens: must be greater than or equal to 1"),
    ({"messages": []}, "`messages` is empty."),
    ({"tools": [{"name": "a"}]}, "tools.0.custom.input_schema: Field required"),
    ({"tool_choice": {"type": "any"}}, "tool_choice may only be specified while providing tools"),
    ({"thinking": {"type": "adaptive"}}, "thinking: pocket does not support it."),
    ({"extra_headers": {"anthropic-version": "2024-10-22"}}, "is not a valid version"),
    ({"extra_headers": {"anthropic-version": anthropic.omit}}, "version: header is required"),
    ({"messages": [{"role": "user", "content": "x " * 9_000}]}, "prompt is too long: "),
]
LACKING: list[tuple[dict[str, Any], str]] = [
    ({}, "model: Field required"),
    ({"model": "pocket"}, "messages: Field required"),
    ({"model": "pocket", "messages": TWELVE}, "max_tokens: Field required"),
]
UNTHINKING: list[tuple[dict[str, Any], str]] = [
    ({"thinking": {"type": "enabled"}}, "budget_tokens: Field required"),
    ({"thinking": {"type": "enabled", "budget_tokens": 512}}, "greater than or equal to 1024"),
    ({"max_tokens": 1_024, **THINKS}, "`max_tokens` must be greater than"),
    (THINKS | {"extra_body": {"temperature": 0}} | OLD, "`temperature` may only be set to 1"),
    (THINKS | {"extra_body": {"top_k": 5}} | OLD, "`top_k` must be unset"),
    (THINKS | {"extra_body": {"top_p": 0.5}} | OLD, "`top_p` must be greater than or equal"),
    (THINKS | {"tools": [ADD], "tool_choice": {"type": "any"}}, "Thinking may not be enabled"),
]
CALL: dict[str, Any] = {"type": "tool_use", "id": "toolu_1", "name": "add", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "5"}
FILE = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a"}}
QUOTES = [{"type": "char_location", "cited_text": "a", "document_index": 0}]
HISTORIES: list[tuple[list[Any], str]] = [
    ([RESULT], "messages.1.content.0: unexpected `tool_use_id`"),
    ([[CALL], "Well?"], "messages.1: `tool_use` ids were found without `tool_result`"),
    ([[CALL]], "messages.1: `tool_use` ids were found without `tool_result`"),
    ([[{"type": "thinking", "thinking": "Hm."}]], "thinking.signature: Field required"),
    ([[FILE]], "messages.1.content.0: `document` blocks are not permitted"),
    (
        [{"type": "text", "text": "a", "citations": QUOTES}],
        "messages.1.content.0.citations: not permitted",
    ),
]


@pytest.mark.parametrize(("wish", "words"), MISSHAPEN, ids=lambda value: str(value)[:40])
async def test_what_is_refused(client: AsyncAnthropic, wish: dict[str, Any], words: str) -> None:
    error = await refused(client, **wish)
    assert isinstance(error, anthropic.BadRequestError)
    assert words in str(error)


@pytest.mark.parametrize(("body", "words"), LACKING, ids=lambda value: str(value)[:40])
async def test_what_must_be_there(client: AsyncAnthropic, body: Any, words: str) -> None:
    with pytest.raises(anthropic.BadRequestError, match=words):
        await client.post("/v1/messages", cast_to=object, body=body)


@pytest.mark.parametrize(("wish", "words"), UNTHINKING, ids=lambda value: str(value)[:40])
async def test_what_does_not_go_with_thinking(
    client: AsyncAnthropic, wish: dict[str, Any], words: str
) -> None:
    error = await refused(client, **({"model": "pocket-reasoner", "max_tokens": 2_000} | wish))
    assert isinstance(error, anthropic.BadRequestError)
    assert words in str(error)


@pytest.mark.parametrize(("turns", "words"), HISTORIES, ids=lambda value: str(value)[:40])
async def test_histories_that_do_not_hold(
    client: AsyncAnthropic, turns: list[Any], words: str
) -> None:
    """A block stands for a user's message that holds it, a list for one of the assistant's."""
    rows: list[Any] = [{"role": "user", "content": "Hello"}]
    for turn in turns:
        role = "assistant" if isinstance(turn, list) else "user"
        rows.append({"role": role, "content": [turn] if isinstance(turn, dict) else turn})
    error = await refused(client, messages=rows, tools=[ADD])
    assert isinstance(error, anthropic.BadRequestError)
    assert words in str(error)


async def test_results_may_be_spread_over_messages_of_one_role(client: AsyncAnthropic) -> None:
    other: dict[str, Any] = {**CALL, "id": "toolu_2"}
    rows: list[Any] = [
        *TWELVE,
        {"role": "assistant", "content": [CALL]},
        {"role": "assistant", "content": [other]},
        {"role": "user", "content": [RESULT]},
        {"role": "user", "content": [{**RESULT, "tool_use_id": "toolu_2"}]},
    ]
    assert await answered(client, messages=rows, tools=[ADD])


@pytest.mark.parametrize(
    ("options", "headers", "words"),
    [
        ({"api_key": "sk-ant-wrong"}, {}, "Invalid bearer token"),
        ({}, {"authorization": anthropic.omit, "x-api-key": "sk-ant-wrong"}, "invalid x-api-key"),
        ({}, {"x-api-key": "sk-ant-wrong"}, "invalid x-api-key"),
        ({}, {"authorization": anthropic.omit}, "x-api-key header is required"),
    ],
)
async def test_keys_that_are_refused(
    here: Practising, options: dict[str, Any], headers: dict[str, Any], words: str
) -> None:
    async with client_of(here, **options) as client:
        error = await refused(client, extra_headers=headers)
    assert isinstance(error, anthropic.AuthenticationError)
    assert words in str(error)


async def test_both_headers_take_the_key(here: Practising) -> None:
    key = dialect("anthropic").key
    async with client_of(here) as client:
        headers: dict[str, Any] = {"authorization": anthropic.omit, "x-api-key": key}
        assert await answered(client, messages=TWELVE, extra_headers=headers)
        headers = {"authorization": "Bearer sk-ant-wrong", "x-api-key": key}
        assert await answered(client, messages=TWELVE, extra_headers=headers)
    async with client_of(here, api_key=dialect("anthropic").broke) as client:
        error = await refused(client)
    assert isinstance(error, anthropic.BadRequestError)
    assert "credit balance is too low" in str(error)


async def test_other_paths_are_not_there(client: AsyncAnthropic) -> None:
    with pytest.raises(anthropic.NotFoundError) as raised:
        await client.post("/v1/chat/completions", cast_to=object, body={})
    assert raised.value.type == "not_found_error"
    assert "/practice/anthropic/v1/messages" in str(raised.value)
