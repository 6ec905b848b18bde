"""What the real `openai` client makes of broken connections and odd streams of practice."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionChunk, ChatCompletionMessageParam

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
from tests.waiting import LONG

TWELVE: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What is 12 * 7?"}]

every = pytest.mark.parametrize("speaks", DIALECTS, ids=str)


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[Practising]:
    async with practising() as one:
        yield one


@pytest.fixture
async def client(here: Practising, speaks: Speaks) -> AsyncOpenAI:
    return await here.openai(speaks.name)


def fault(name: str) -> dict[str, Any]:
    return {"extra_headers": {"x-practice-fault": name}}


# What befalls a connection, and what the client raises for a whole answer and for a stream.
CONNECTIONS = [
    ("reset-before-headers", openai.APIConnectionError),
    ("close-before-headers", openai.APIConnectionError),
    ("reset-after-headers", openai.APIConnectionError),
    ("silent", openai.APITimeoutError),
    ("stall=3600", openai.APITimeoutError),
    ("cut", openai.APIConnectionError),
    ("cut-reset", openai.APIConnectionError),
    ("cut-in-character", openai.APIConnectionError),
]


@pytest.mark.parametrize(("name", "kind"), CONNECTIONS)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
async def test_broken_connections(
    here: Practising, name: str, kind: type[openai.APIConnectionError], stream: bool
) -> None:
    # Only what is silent is not waited for, and only its bytes: to connect may take its time.
    silent = kind is openai.APITimeoutError
    patience = httpx2.Timeout(LONG, read=0.3 if silent else LONG)
    client = (await here.openai("openai")).with_options(timeout=patience)
    ask = streamed if stream else answered
    with pytest.raises(openai.APIConnectionError) as raised:
        await ask(client, model="pocket", messages=TWELVE, temperature=0, **fault(name))
    assert type(raised.value) is kind
    assert raised.value.body is None


async def test_doors_that_let_nobody_in(here: Practising) -> None:
    doors = here.service.doors
    for scheme, port in (("http", doors.closed_port), ("https", doors.tls_port)):
        async with AsyncOpenAI(
            base_url=f"{scheme}://127.0.0.1:{port}/v1", api_key="none", max_retries=0
        ) as client:
            with pytest.raises(openai.APIConnectionError):
                await client.models.list()


async def test_a_stream_that_breaks_off_gives_what_came_before(here: Practising) -> None:
    client = await here.openai("openai")
    stream = await client.chat.completions.create(
        model="pocket", messages=TWELVE, temperature=0, stream=True, **fault("cut=4")
    )
    said: list[str] = []
    with pytest.raises(openai.APIConnectionError):
        await listen(stream, said)
    assert len(said) == 4
    assert "12 × 7 is 84.".startswith("".join(said))
    assert "".join(said)


async def listen(stream: AsyncIterator[ChatCompletionChunk], said: list[str]) -> None:
    async for chunk in stream:
        said.append(chunk.choices[0].delta.content or "")


@every
async def test_an_error_in_the_middle_of_a_stream(client: AsyncOpenAI, speaks: Speaks) -> None:
    stream = await client.chat.completions.create(
        model=speaks.usual, messages=TWELVE, stream=True, **fault("error-mid-stream=3")
    )
    said: list[str] = []
    with pytest.raises(openai.APIError) as raised:
        await listen(stream, said)
    assert type(raised.value) is openai.APIError
    assert len(said) == 3
    assert raised.value.body


@every
async def test_an_error_in_a_200_is_no_error_to_the_client(
    client: AsyncOpenAI, speaks: Speaks
) -> None:
    wish: dict[str, Any] = {"model": speaks.usual, "messages": TWELVE, **fault("error-in-200")}
    whole = await answered(client, **wish)
    assert not whole.choices
    assert (whole.model_extra or {})["error"]
    # A body that is no stream has no events, and so the stream is empty.
    assert await streamed(client, **wish) == []


@pytest.mark.parametrize("name", ["no-done", "cut-in-json=5"])
async def test_a_stream_without_its_end(here: Practising, name: str) -> None:
    client = await here.openai("openai")
    chunks = await streamed(client, model="pocket", messages=TWELVE, temperature=0, **fault(name))
    ends = [chunk.choices[0].finish_reason for chunk in chunks]
    if name == "no-done":
        assert joined(chunks) == "12 × 7 is 84."
        assert ends[-1] == "stop"
    else:
        # The client drops the half event without a word; only the reason's absence tells.
        assert len(chunks) == 5
        assert set(ends) == {None}


@pytest.mark.parametrize(
    "name",
    [
        "split-writes",
        "merged-writes",
        "crlf",
        "no-space",
        "keep-alive",
        "comments-only=0.01",
        "blank-lines-before",
        "gzip",
        "no-usage",
        "slow-loris=0",
    ],
)
async def test_odd_wires_that_the_client_reads(here: Practising, name: str) -> None:
    client = await here.openai("deepseek")
    wish: dict[str, Any] = {"model": "pocket", "messages": TWELVE, "temperature": 0, **fault(name)}
    whole = await answered(client, **wish)
    assert text(whole) == "12 × 7 is 84."
    assert (whole.usage is None) == (name == "no-usage")
    chunks = await streamed(client, **wish)
    assert joined(chunks) == "12 × 7 is 84."
    assert (chunks[-1].usage is None) == (name == "no-usage")


async def test_what_the_client_does_not_notice(here: Practising) -> None:
    client = await here.openai("openai")
    wish: dict[str, Any] = {"model": "pocket", "messages": TWELVE, "temperature": 0}
    twice = await streamed(client, **wish, **fault("duplicate-chunk=2"))
    assert joined(twice) == "112 × 7 is 84."
    other = await answered(client, **wish, **fault("other-model"))
    assert other.model == "pocket-large"
    empty = await answered(client, **wish, **fault("empty"))
    assert (text(empty), empty.choices[0].finish_reason) == ("", "stop")
    for name in ("wrong-content-type", "slow-loris=0"):
        assert text(await answered(client, **wish, **fault(name))) == "12 × 7 is 84."
    by_suffix = await streamed(client, **{**wish, "model": "pocket:crlf,keep-alive"})
    assert joined(by_suffix) == "12 × 7 is 84."
