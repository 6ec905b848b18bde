"""What the real `openai` client raises where practice refuses, by switch and by cause."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam

from filon.kit import clock
from filon.practice.clock import VirtualClock
from filon.practice.limits import Limits
from tests.journeys.practising import (
    DIALECTS,
    REFUSING,
    REFUSING_APART,
    Practising,
    Speaks,
    answered,
    dialect,
    practising,
    text,
)
from tests.waiting import until

TWELVE: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What is 12 * 7?"}]
CLASSES: dict[int, type[openai.APIStatusError]] = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
}
WAITS = {"rate-limited", "too-many-at-once", "no-capacity", "unavailable", "overloaded"}

every = pytest.mark.parametrize("speaks", DIALECTS, ids=str)


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[Practising]:
    async with practising() as one:
        yield one


@pytest.fixture
async def client(here: Practising, speaks: Speaks) -> AsyncOpenAI:
    return await here.openai(speaks.name)


def of_status(status: int) -> type[openai.APIStatusError]:
    usual = openai.InternalServerError if status >= 500 else openai.APIStatusError
    return CLASSES.get(status, usual)


def fault(name: str) -> dict[str, Any]:
    return {"extra_headers": {"x-practice-fault": name}}


@every
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_each_refusing_switch_raises_its_class(
    client: AsyncOpenAI, speaks: Speaks, stream: bool
) -> None:
    apart = {name: by.get(speaks.name, by[""]) for name, by in REFUSING_APART.items()}
    for name, status in {**REFUSING, **apart}.items():
        with pytest.raises(openai.APIStatusError) as raised:
            await answered(
                client, model=speaks.usual, messages=TWELVE, stream=stream, **fault(name)
            )
        error = raised.value
        assert (name, type(error), error.status_code) == (name, of_status(status), status)
        assert error.body
        headers = error.response.headers
        assert headers.get("retry-after") == ("2" if name in WAITS else None)
        if "x-request-id" in dialect(speaks.name).headers:
            assert error.request_id


# Dialect, cause, status, code, type, and a part of the words.
CAUSES = [
    ("openai", "wrong key", 401, "invalid_api_key", "invalid_request_error", "Incorrect API key"),
    ("openai", "no key", 401, None, "invalid_request_error", "didn't provide an API key"),
    ("openai", "no money", 429, "insufficient_quota", "insufficient_quota", "current quota"),
    ("openai", "model", 404, "model_not_found", "invalid_request_error", "`gpt-9` does not exist"),
    ("openai", "parameter", 400, None, "invalid_request_error", "argument supplied: zorp"),
    ("openai", "context", 400, "context_length_exceeded", "invalid_request_error", "8192 tokens"),
    ("deepseek", "wrong key", 401, "invalid_request_error", "authentication_error", "Fails"),
    ("deepseek", "no key", 401, "invalid_request_error", "authentication_error", "Bearer sk-"),
    ("deepseek", "no money", 402, "invalid_request_error", "unknown_error", "Insufficient Bal"),
    ("deepseek", "model", 400, "invalid_request_error", "invalid_request_error", "Not Exist"),
    ("deepseek", "parameter", 200, None, None, ""),
    ("deepseek", "context", 400, "invalid_request_error", "invalid_request_error", "8192 tokens"),
    ("groq", "wrong key", 401, "invalid_api_key", "invalid_request_error", "Invalid API Key"),
    ("groq", "no key", 401, "invalid_api_key", "invalid_request_error", "authorization"),
    ("groq", "no money", 400, "blocked_api_access", "invalid_request_error", "spend limit"),
    ("groq", "model", 404, "model_not_found", "invalid_request_error", "`gpt-9` does not exist"),
    ("groq", "parameter", 400, None, "invalid_request_error", "property 'zorp' is unsupported"),
    ("groq", "context", 400, "context_length_exceeded", "invalid_request_error", "reduce the len"),
    ("openrouter", "wrong key", 401, "401", None, "User not found."),
    ("openrouter", "no key", 401, "401", None, "No auth credentials found"),
    ("openrouter", "no money", 402, "402", None, "more credits"),
    ("openrouter", "model", 400, "400", None, "gpt-9 is not a valid model ID"),
    ("openrouter", "parameter", 200, None, None, ""),
    ("openrouter", "context", 400, "400", None, "maximum context length is 8192 tokens"),
    ("fireworks", "wrong key", 401, "UNAUTHORIZED", "error", "invalid"),
    ("fireworks", "no key", 401, "UNAUTHORIZED", "error", "No API key"),
    ("fireworks", "no money", 412, "PRECONDITION_FAILED", "error", "suspended"),
    ("fireworks", "model", 404, "NOT_FOUND", "error", "Model not found"),
    ("fireworks", "parameter", 400, None, "invalid_request_error", "field: 'zorp', value: 1"),
    ("fireworks", "context", 400, None, "invalid_request_error", "context length: 8192"),
    # Its `error` is a text, in which the client finds neither a code nor a type.
    ("xai", "wrong key", 400, None, None, "Incorrect API key"),
    ("xai", "no key", 401, None, None, "No API key"),
    ("xai", "no money", 403, None, None, "used all available credits"),
    ("xai", "model", 404, None, None, "The model gpt-9 does not exist"),
    ("xai", "parameter", 200, None, None, ""),
    ("xai", "context", 400, None, None, "maximum prompt length is 8192"),
    ("ollama", "wrong key", 200, None, None, ""),
    ("ollama", "no key", 200, None, None, ""),
    ("ollama", "model", 404, None, "not_found_error", '"gpt-9" not found, try pulling'),
    ("ollama", "parameter", 200, None, None, ""),
    ("ollama", "context", 200, None, None, ""),
    ("practice", "wrong key", 200, None, None, ""),
    ("practice", "model", 404, "model_not_found", "invalid_request_error", "`gpt-9` does not"),
    ("practice", "parameter", 200, None, None, ""),
    ("practice", "context", 400, "context_length_exceeded", "invalid_request_error", "8192 tok"),
]


def caused(client: AsyncOpenAI, speaks: Speaks, cause: str) -> tuple[AsyncOpenAI, dict[str, Any]]:
    """The client and the wish with which something goes wrong."""
    wish: dict[str, Any] = {"model": speaks.usual, "messages": TWELVE, "max_tokens": 4}
    match cause:
        case "wrong key":
            client = client.with_options(api_key="sk-none-of-ours-1234")
        case "no money":
            client = client.with_options(api_key=dialect(speaks.name).broke)
        case "no key":
            wish["extra_headers"] = {"Authorization": openai.Omit()}
        case "model":
            wish["model"] = "gpt-9"
        case "parameter":
            wish["extra_body"] = {"zorp": 1}
        case _:
            wish["messages"] = [{"role": "user", "content": "word " * 12_000}]
    return client, wish


@pytest.mark.parametrize(
    ("name", "cause", "status", "code", "kind", "words"),
    CAUSES,
    ids=[f"{row[0]}-{row[1]}" for row in CAUSES],
)
async def test_each_real_cause_raises_its_class(
    here: Practising,
    name: str,
    cause: str,
    status: int,
    code: str | None,
    kind: str | None,
    words: str,
) -> None:
    speaks = next(one for one in DIALECTS if one.name == name)
    client, wish = caused(await here.openai(name), speaks, cause)
    if status == 200:
        assert text(await answered(client, **wish))
        return
    with pytest.raises(openai.APIStatusError) as raised:
        await answered(client, **wish)
    error = raised.value
    assert (type(error), error.status_code) == (of_status(status), status)
    assert (error.code, error.type) == (code, kind)
    assert "none-of-ours" not in error.response.text
    body: Any = error.body
    if name == "xai":
        assert words in str(body)
        assert body == error.response.json()["error"]
        assert set(error.response.json()) == {"code", "error"}
        return
    assert words in str(body["message"])
    assert words in error.message
    shapes: dict[str, set[str]] = {
        "groq": {"message", "type", "code", "param"},
        "openrouter": {"message", "code", "metadata"},
    }
    full = {"message", "type", "param", "code"}
    assert set(body) == full if name not in shapes else set(body) <= shapes[name]


async def test_what_the_bodies_of_some_providers_hold_beside(here: Practising) -> None:
    client, wish = caused(await here.openai("openrouter"), DIALECTS[4], "context")
    with pytest.raises(openai.BadRequestError) as raised:
        await answered(client, **wish)
    body: Any = raised.value.body
    assert body["code"] == 400
    assert body["metadata"] == {"error_type": "context_length_exceeded"}
    assert raised.value.response.json()["user_id"]
    with pytest.raises(openai.NotFoundError) as missing:
        await (await here.openai("fireworks")).chat.completions.create(
            model="accounts/fireworks/models/gpt-9", messages=TWELVE
        )
    assert missing.value.response.json()["request_id"]
    with pytest.raises(openai.InternalServerError) as page:
        await answered(
            await here.openai("openai"), model="pocket", messages=TWELVE, **fault("bad-gateway")
        )
    assert (page.value.status_code, page.value.code) == (502, None)
    assert "<html>" in str(page.value.body)


async def test_a_real_bucket_and_the_wait_that_it_names() -> None:
    clock = VirtualClock()
    async with practising(clock, limited=True) as here:
        here.service.desk.change_limits("openai", Limits(requests_per_minute=2))
        client = await here.openai("openai")
        raw = client.chat.completions.with_raw_response
        for left in ("1", "0"):
            answer = await raw.create(model="pocket", messages=TWELVE)
            assert answer.headers["x-ratelimit-limit-requests"] == "2"
            assert answer.headers["x-ratelimit-remaining-requests"] == left
        with pytest.raises(openai.RateLimitError) as raised:
            await answered(client, model="pocket", messages=TWELVE)
        error = raised.value
        assert (error.code, error.type) == ("rate_limit_exceeded", "requests")
        headers = error.response.headers
        assert headers["retry-after"] == "30"
        assert headers["retry-after-ms"] == "30000"
        assert headers["x-ratelimit-reset-requests"] == "1m0s"
        # Another model has a bucket of its own.
        assert text(await answered(client, model="pocket-large", messages=TWELVE))
        clock.advance(29.9)
        with pytest.raises(openai.RateLimitError, match="Limit 2, Used 2, Requested 1"):
            await answered(client, model="pocket", messages=TWELVE)
        clock.advance(0.1)
        assert text(await answered(client, model="pocket", messages=TWELVE))


async def test_a_request_that_no_wait_lets_through() -> None:
    async with practising(VirtualClock(), limited=True) as here:
        for name, status in (("openai", 429), ("groq", 413)):
            here.service.desk.change_limits(name, Limits(tokens_per_minute=50))
            with pytest.raises(openai.APIStatusError, match="Request too large") as raised:
                await answered(
                    await here.openai(name), model="pocket", messages=TWELVE, max_tokens=100
                )
            assert (type(raised.value), raised.value.status_code) == (of_status(status), status)
            assert (raised.value.code, raised.value.type) == ("rate_limit_exceeded", "tokens")
            assert "retry-after" not in raised.value.response.headers


async def test_the_clients_own_repetition_meets_the_bucket_in_time() -> None:
    time = VirtualClock()
    async with practising(time, limited=True) as here:
        here.service.desk.change_limits("openai", Limits(requests_per_second=1))
        client = (await here.openai("openai")).with_options(max_retries=2)
        wish: dict[str, Any] = {"model": "pocket", "messages": TWELVE, "max_tokens": 2}
        assert text(await answered(client, **wish))
        started = clock.monotonic()
        asking = asyncio.ensure_future(answered(client, **wish))
        ledger = here.service.desk.ledger
        await until(lambda: ledger.entries()[0].status == 429)
        # What it is told to wait is enough, and the client waits for so long.
        time.advance(1.0)
        assert text(await asking)
        assert clock.monotonic() - started > 0.95
        assert Counter(line.status for line in ledger.entries()) == {200: 2, 429: 1}


async def test_too_many_at_once_at_deepseek(here: Practising) -> None:
    here.service.desk.change_limits("deepseek", Limits(concurrent=1))
    client = await here.openai("deepseek")
    stream = await client.chat.completions.create(
        model="pocket", messages=TWELVE, stream=True, **fault("stall=3600")
    )
    await anext(aiter(stream))
    with pytest.raises(openai.RateLimitError, match="concurrency limit of 1") as raised:
        await answered(client, model="pocket", messages=TWELVE)
    assert "retry-after" not in raised.value.response.headers
    await stream.close()
    await until(lambda: here.service.busy == 0)
    assert text(await answered(client, model="pocket", messages=TWELVE))
    here.service.desk.change_limits("deepseek", Limits())
