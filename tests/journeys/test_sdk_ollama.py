"""The real `ollama` client against Ollama's own API as practice has it."""

import json
import math
from collections.abc import AsyncIterator
from typing import Any

import httpx
import ollama
import pytest
from ollama import AsyncClient, ChatResponse
from pydantic import BaseModel

from tests.journeys.practising import REFUSING, REFUSING_APART, Practising, practising
from tests.waiting import LONG

MODEL = "pocket-local"
TWELVE = [{"role": "user", "content": "What is 12 * 7?"}]
OPEN = [
    {"role": "system", "content": "You are kind."},
    {"role": "user", "content": "Tell me about quantum chromodynamics"},
]
ANNA = [{"role": "user", "content": "Anna is 31 years old."}]
BOTH: list[Any] = [{"role": "user", "content": "What is the weather in Paris and in Tokyo?"}]
STILL = {"temperature": 0}


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """Tells the weather in a city.

    Args:
        city: The city's name
    """
    return f"It is 21 degrees in {city}."


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[Practising]:
    async with practising() as one:
        one.service.desk.pulled.add("pocket-reasoner")
        yield one


@pytest.fixture(scope="module")
async def client(here: Practising) -> AsyncClient:
    return await here.ollama()


def content(answer: ChatResponse) -> str:
    return answer.message.content or ""


async def chat(client: AsyncClient, model: str = MODEL, **wish: Any) -> ChatResponse:
    """A whole answer. The client's own types are partly unknown."""
    untyped: Any = client
    return await untyped.chat(model, **wish)


async def streamed(client: AsyncClient, model: str = MODEL, **wish: Any) -> list[ChatResponse]:
    """All parts of an answer."""
    untyped: Any = client
    return [part async for part in await untyped.chat(model, **wish, stream=True)]


async def test_a_whole_answer(client: AsyncClient) -> None:
    whole = await chat(client, messages=TWELVE, options=STILL)
    assert content(whole) == "12 × 7 is 84."
    assert (whole.model, whole.done, whole.done_reason) == (MODEL, True, "stop")
    assert whole.message.role == "assistant"
    assert whole.message.thinking is None
    assert 6 < (whole.prompt_eval_count or 0) < 20
    assert 5 < (whole.eval_count or 0) < 14
    assert whole.created_at
    for duration in (whole.total_duration, whole.prompt_eval_duration, whole.eval_duration):
        assert duration is not None
        assert duration > 0
    tagged = await chat(client, f"{MODEL}:latest", messages=TWELVE, options=STILL)
    assert content(tagged) == content(whole)
    assert tagged.model == f"{MODEL}:latest"


async def test_a_stream_says_what_the_whole_answer_says(client: AsyncClient) -> None:
    wish: dict[str, Any] = {"messages": OPEN}
    wish["options"] = {"seed": 11, "num_predict": 30}
    whole = await chat(client, **wish)
    parts = await streamed(client, **wish)
    assert "".join(map(content, parts)) == content(whole)
    assert len(content(whole)) > 60
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]
    last = parts[-1]
    assert (last.done_reason, whole.done_reason) == ("length", "length")
    assert last.eval_count == whole.eval_count == 30
    assert last.prompt_eval_count == whole.prompt_eval_count
    assert {part.eval_count for part in parts[:-1]} == {None}


async def test_options(client: AsyncClient) -> None:
    stopped = await chat(client, messages=TWELVE, options={**STILL, "stop": [" is"]})
    assert (content(stopped), stopped.done_reason) == ("12 × 7", "stop")
    cut = await chat(client, messages=TWELVE, options={**STILL, "num_predict": 2})
    assert (cut.done_reason, cut.eval_count) == ("length", 2)
    endless = await chat(client, messages=TWELVE, options={**STILL, "num_predict": -1})
    assert content(endless) == "12 × 7 is 84."
    said = [
        content(
            await chat(
                client, messages=OPEN, options={"seed": seed, "temperature": 2, "num_predict": 40}
            )
        )
        for seed in (7, 7, 8)
    ]
    assert said[0] == said[1] != said[2]
    unknown = ollama.Options(mirostat=1, num_thread=4, temperature=0)
    assert content(await chat(client, messages=TWELVE, options=unknown)) == "12 × 7 is 84."


async def test_a_prompt_that_is_too_long_is_cut_in_silence(client: AsyncClient) -> None:
    long = [{"role": "user", "content": "A long prompt. " * 300 + "What is 12 * 7?"}]
    usual = await chat(client, messages=long, options=STILL)
    small = await chat(client, messages=long, options={**STILL, "num_ctx": 256})
    assert (usual.prompt_eval_count or 0) > 1_000
    assert (small.prompt_eval_count or 0) <= 256


async def test_the_probabilities_of_what_was_said(client: AsyncClient) -> None:
    wish: dict[str, Any] = {"messages": OPEN, "logprobs": True, "top_logprobs": 4}
    wish["options"] = {"seed": 3, "num_predict": 20}
    whole = await chat(client, **wish)
    assert whole.logprobs is not None
    assert len(whole.logprobs) == 20
    assert "".join(one.token for one in whole.logprobs) == content(whole)
    for one in whole.logprobs:
        best = [other.logprob for other in one.top_logprobs or ()]
        assert len(best) == 4
        assert best == sorted(best, reverse=True)
        assert math.fsum(map(math.exp, best)) <= 1 + 1e-9
        assert one.logprob in best or one.logprob <= best[-1]
    again = [one for part in await streamed(client, **wish) for one in part.logprobs or ()]
    assert again == whole.logprobs
    plain = await chat(client, messages=TWELVE)
    assert plain.logprobs is None
    with pytest.raises(ollama.ResponseError, match="between 0 and 20") as raised:
        await chat(client, messages=TWELVE, logprobs=True, top_logprobs=21)
    assert raised.value.status_code == 400


async def test_thoughts(client: AsyncClient) -> None:
    wish: dict[str, Any] = {"model": "pocket-reasoner", "messages": TWELVE, "options": {"seed": 1}}
    for think in (None, True, "high"):
        whole = await chat(client, **wish, think=think)
        assert len(whole.message.thinking or "") > 40
        assert "84" in content(whole)
        assert "<think>" not in content(whole)
    none = await chat(client, **wish, think=False)
    assert none.message.thinking is None
    assert content(none)
    parts = await streamed(client, **wish, think=True)
    whole = await chat(client, **wish, think=True)
    assert "".join(part.message.thinking or "" for part in parts) == whole.message.thinking
    assert "".join(map(content, parts)) == content(whole)
    with pytest.raises(ollama.ResponseError, match="does not support thinking") as raised:
        await chat(client, messages=TWELVE, think=True)
    assert raised.value.status_code == 400
    assert content(await chat(client, messages=TWELVE, think=False))


async def test_forms(client: AsyncClient) -> None:
    for options in (STILL, {"temperature": 1.4, "seed": 3}):
        free = await chat(
            client,
            MODEL,
            messages=[{"role": "user", "content": "Answer in JSON: how many legs has a spider?"}],
            format="json",
            options=options,
        )
        assert isinstance(json.loads(content(free)), dict)
    schema = Person.model_json_schema()
    person = await chat(client, messages=ANNA, format=schema, options=STILL)
    assert Person.model_validate_json(content(person)) == Person(name="Anna", age=31)
    for seed in range(3):
        wild = await chat(
            client, messages=ANNA, format=schema, options={"temperature": 1.3, "seed": seed}
        )
        Person.model_validate_json(content(wild))


async def test_tools_and_the_second_round(client: AsyncClient) -> None:
    # The client makes the schema of a function from its types and its docstring.
    wish: dict[str, Any] = {"tools": [get_weather], "options": STILL}
    whole = await chat(client, **wish, messages=BOTH)
    assert content(whole) == ""
    assert whole.done_reason == "stop"
    calls = whole.message.tool_calls or []
    assert [(call.function.name, call.function.arguments) for call in calls] == [
        ("get_weather", {"city": "Paris"}),
        ("get_weather", {"city": "Tokyo"}),
    ]
    results = [
        {
            "role": "tool",
            "tool_name": call.function.name,
            "content": get_weather(**call.function.arguments),
        }
        for call in calls
    ]
    after = await chat(client, **wish, messages=[*BOTH, whole.message, *results])
    assert "21" in content(after)
    assert "Tokyo" in content(after)
    assert not after.message.tool_calls
    parts = await streamed(client, **wish, messages=BOTH)
    assert [call for part in parts for call in part.message.tool_calls or ()] == calls
    assert "".join(map(content, parts)) == ""
    hello = await chat(client, **wish, messages=[{"role": "user", "content": "Hello"}])
    assert content(hello)
    assert hello.message.tool_calls is None
    with pytest.raises(ollama.ResponseError, match="does not support tools") as raised:
        await chat(client, "echo", messages=BOTH, tools=[get_weather])
    assert raised.value.status_code == 400


async def test_embeddings(client: AsyncClient) -> None:
    texts = ["The miner digs for silver.", "Miners dig silver.", "¿Cuánto cuesta el pan?"]
    answer = await client.embed("pocket-embed", texts)
    one, near, far = answer.embeddings
    assert answer.model == "pocket-embed"
    assert cosine(one, one) == pytest.approx(1, abs=1e-5)
    assert cosine(one, near) > cosine(one, far) + 0.2
    assert (answer.prompt_eval_count or 0) > len(" ".join(texts).split())
    single = await client.embed("pocket-embed", texts[0])
    assert single.embeddings == [one]
    assert len((await client.embed("pocket-embed", "a", dimensions=64)).embeddings[0]) == 64


def cosine(one: Any, other: Any) -> float:
    return math.fsum(x * y for x, y in zip(one, other, strict=True))


async def test_a_model_is_pulled_shown_used_and_deleted(client: AsyncClient) -> None:
    assert "pocket-code:latest" not in await names(client)
    with pytest.raises(ollama.ResponseError, match="model 'pocket-code' not found") as absent:
        await chat(client, "pocket-code", messages=TWELVE)
    assert absent.value.status_code == 404
    steps = [step async for step in await client.pull("pocket-code", stream=True)]
    assert (steps[0].status, steps[-1].status) == ("pulling manifest", "success")
    layers = [step for step in steps if step.digest]
    assert len({step.digest for step in layers}) == 1
    done = [step.completed or 0 for step in layers]
    assert done == sorted(set(done))
    assert done[-1] == layers[-1].total
    assert "pocket-code:latest" in await names(client)
    listed = next(one for one in (await client.list()).models if one.model == "pocket-code:latest")
    assert listed.size
    assert listed.modified_at
    assert (layers[0].digest or "").removeprefix("sha256:") == listed.digest
    shown = await client.show("pocket-code")
    assert shown.capabilities == ["completion", "tools"]
    assert shown.details is not None
    assert shown.details.family == "pocket"
    assert (shown.modelinfo or {})["pocket.context_length"] == 131_072
    assert content(await chat(client, "pocket-code", messages=TWELVE))
    assert (await client.delete("pocket-code")).status == "success"
    assert "pocket-code:latest" not in await names(client)
    whole = await client.pull("pocket-code")
    assert whole.status == "success"
    await client.delete("pocket-code")


async def names(client: AsyncClient) -> set[str | None]:
    return {one.model for one in (await client.list()).models}


async def test_what_is_not_there(client: AsyncClient) -> None:
    for ask in (client.show, client.delete):
        with pytest.raises(ollama.ResponseError, match="model 'nothing' not found") as raised:
            await ask("nothing")
        assert raised.value.status_code == 404
    with pytest.raises(ollama.ResponseError, match="'nothing' not found"):
        await client.embed("nothing", "text")
    with pytest.raises(ollama.ResponseError, match="file does not exist") as whole:
        await client.pull("nothing")
    assert whole.value.status_code == 500
    stream = await client.pull("nothing", stream=True)
    assert (await anext(stream)).status == "pulling manifest"
    with pytest.raises(ollama.ResponseError, match="file does not exist") as middle:
        await anext(stream)
    assert middle.value.status_code == -1
    loaded = await chat(client)
    assert (content(loaded), loaded.done_reason) == ("", "load")
    running = {one.model: one for one in (await client.ps()).models}
    assert running[f"{MODEL}:latest"].context_length == 4096
    assert running[f"{MODEL}:latest"].expires_at is not None
    assert (await chat(client, keep_alive=0)).done_reason == "unload"
    assert f"{MODEL}:latest" not in {one.model for one in (await client.ps()).models}


async def test_each_refusing_switch_raises_a_response_error(here: Practising) -> None:
    for name, status in {**REFUSING, **{k: v[""] for k, v in REFUSING_APART.items()}}.items():
        client = await here.ollama({"x-practice-fault": name})
        for ask in (chat, streamed):
            with pytest.raises(ollama.ResponseError) as raised:
                await ask(client, messages=TWELVE)
            assert (name, raised.value.status_code) == (name, status)
            assert raised.value.error


async def test_bad_requests(client: AsyncClient) -> None:
    with pytest.raises(ollama.ResponseError, match="temperature") as raised:
        await chat(client, messages=TWELVE, options={"temperature": 9})
    assert raised.value.status_code == 400
    with pytest.raises(ollama.ResponseError) as nothing:
        await client.generate(MODEL, prompt="Hello")
    assert nothing.value.status_code == 404


async def test_broken_connections(here: Practising) -> None:
    # Of all that can befall a connection, the client only translates a port that is closed.
    cases: list[tuple[str, type[Exception]]] = [
        ("reset-before-headers", httpx.ReadError),
        ("close-before-headers", httpx.RemoteProtocolError),
        ("reset-after-headers", httpx.ReadError),
        ("silent", httpx.ReadTimeout),
    ]
    for name, kind in cases:
        read = 0.3 if kind is httpx.ReadTimeout else LONG
        patience = httpx.Timeout(LONG, read=read)
        client = await here.ollama({"x-practice-fault": name}, timeout=patience)
        with pytest.raises(kind):
            await chat(client, messages=TWELVE)
        with pytest.raises(kind):
            await streamed(client, messages=TWELVE)
    closed = AsyncClient(f"http://127.0.0.1:{here.service.doors.closed_port}")
    async with closed:
        with pytest.raises(ConnectionError, match="Failed to connect to Ollama"):
            await closed.list()


async def test_odd_streams(here: Practising) -> None:
    wish: dict[str, Any] = {"messages": TWELVE, "options": STILL}
    for name in ("split-writes", "merged-writes", "crlf", "no-space", "gzip", "slow-loris=0"):
        client = await here.ollama({"x-practice-fault": name})
        assert "".join(map(content, await streamed(client, **wish))) == "12 × 7 is 84."
        assert content(await chat(client, **wish)) == "12 × 7 is 84."
    for name, kind in (("cut", httpx.RemoteProtocolError), ("cut-reset", httpx.ReadError)):
        client = await here.ollama({"x-practice-fault": name})
        with pytest.raises(kind):
            await streamed(client, **wish)
    client = await here.ollama({"x-practice-fault": "cut-in-json"})
    with pytest.raises(json.JSONDecodeError):
        await streamed(client, **wish)
    client = await here.ollama({"x-practice-fault": "error-mid-stream"})
    with pytest.raises(ollama.ResponseError, match="an error was encountered") as raised:
        await streamed(client, **wish)
    assert raised.value.status_code == -1
    client = await here.ollama({"x-practice-fault": "error-in-200"})
    with pytest.raises(ollama.ResponseError):
        await streamed(client, **wish)
    client = await here.ollama({"x-practice-fault": "no-done"})
    parts = await streamed(client, **wish)
    assert "".join(map(content, parts)) == "12 × 7 is 84."
    assert not any(part.done for part in parts)


async def test_by_the_name_of_the_model(client: AsyncClient) -> None:
    with pytest.raises(ollama.ResponseError) as raised:
        await chat(client, f"{MODEL}:overloaded", messages=TWELVE)
    assert raised.value.status_code == 529
    assert "server busy" in raised.value.error
