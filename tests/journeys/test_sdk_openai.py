"""The real `openai` client against every dialect of practice that speaks as OpenAI does."""

import base64
import json
import math
import struct
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import openai
import pytest
from openai import AsyncOpenAI
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionTokenLogprob

from tests.journeys.practising import (
    AT_ONCE,
    DIALECTS,
    Practising,
    Speaks,
    answered,
    joined,
    practising,
    streamed,
    text,
)

TWELVE: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What is 12 * 7?"}]
OPEN: list[ChatCompletionMessageParam] = [
    {"role": "system", "content": "You are kind."},
    {"role": "user", "content": "Tell me about quantum chromodynamics"},
]

every = pytest.mark.parametrize("speaks", DIALECTS, ids=str)


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[Practising]:
    async with practising() as one:
        one.service.desk.pulled.add("pocket-reasoner")
        yield one


@pytest.fixture
async def client(here: Practising, speaks: Speaks) -> AsyncOpenAI:
    return await here.openai(speaks.name)


@every
async def test_a_whole_answer(client: AsyncOpenAI, speaks: Speaks) -> None:
    whole = await answered(
        client, model=speaks.usual, messages=TWELVE, temperature=0, max_tokens=100
    )
    assert text(whole) == "12 × 7 is 84."
    assert whole.choices[0].finish_reason == "stop"
    assert whole.choices[0].message.role == "assistant"
    assert whole.object == "chat.completion"
    assert whole.model == speaks.usual
    assert whole.id.startswith(speaks.begins)
    assert len(whole.id) > len(speaks.begins) + 8
    usage = whole.usage
    assert usage is not None
    assert 5 < usage.completion_tokens < 14
    assert 6 < usage.prompt_tokens < 20
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


@every
async def test_a_stream_says_what_the_whole_answer_says(
    client: AsyncOpenAI, speaks: Speaks
) -> None:
    wish: dict[str, Any] = {"model": speaks.usual, "messages": OPEN, "max_tokens": 30}
    # Without a seed only the temperature 0 says the same twice.
    wish |= {"seed": 11} if speaks.seed else {"temperature": 0}
    whole = await answered(client, **wish)
    chunks = await streamed(client, **wish, stream_options={"include_usage": True})
    assert joined(chunks) == text(whole)
    assert len(text(whole)) > 60
    assert chunks[0].choices[0].delta.role == "assistant"
    assert {(chunk.id, chunk.model, chunk.object) for chunk in chunks} == {
        (chunks[0].id, speaks.usual, "chat.completion.chunk")
    }
    ends = [one.finish_reason for chunk in chunks for one in chunk.choices if one.finish_reason]
    assert ends == [whole.choices[0].finish_reason] == ["length"]
    with_usage = [number for number, chunk in enumerate(chunks) if chunk.usage is not None]
    assert with_usage == [len(chunks) - 1]
    assert whole.usage is not None
    last = chunks[-1]
    assert last.usage is not None
    assert last.usage.completion_tokens == whole.usage.completion_tokens == 30
    assert last.usage.prompt_tokens == whole.usage.prompt_tokens
    assert bool(last.choices) == (speaks.usage == "finish")


@every
async def test_usage_of_a_stream_unasked(client: AsyncOpenAI, speaks: Speaks) -> None:
    chunks = await streamed(client, model=speaks.usual, messages=TWELVE)
    counted = [chunk.usage for chunk in chunks if chunk.usage is not None]
    assert len(counted) == (speaks.usage != "asked")


async def test_usage_that_only_some_providers_tell(here: Practising) -> None:
    groq = await streamed(await here.openai("groq"), model="pocket", messages=TWELVE)
    groq_usage = groq[-1].usage
    assert groq_usage is not None
    assert {"queue_time", "prompt_time", "completion_time", "total_time"} == set(
        groq_usage.model_extra or {}
    )
    assert (groq[0].model_extra or {})["x_groq"]["id"].startswith("req_")
    client = await here.openai("deepseek")
    long = [*OPEN[:1], {"role": "user", "content": "A long prompt. " * 400}]
    for hit in (False, True):
        whole = await answered(client, model="pocket", messages=cast("Any", long), max_tokens=1)
        assert whole.usage is not None
        extra = whole.usage.model_extra or {}
        assert extra["prompt_cache_hit_tokens"] + extra["prompt_cache_miss_tokens"] == (
            whole.usage.prompt_tokens
        )
        assert (extra["prompt_cache_hit_tokens"] > 0) == hit
        assert whole.usage.prompt_tokens_details is not None
        assert whole.usage.prompt_tokens_details.cached_tokens == extra["prompt_cache_hit_tokens"]
    for name, field in (("openrouter", "cost"), ("xai", "cost_in_usd_ticks")):
        one = next(speaks for speaks in DIALECTS if speaks.name == name)
        whole = await answered(await here.openai(name), model=one.usual, messages=TWELVE)
        assert whole.usage is not None
        assert (whole.usage.model_extra or {})[field] > 0


@every
async def test_several_choices(client: AsyncOpenAI, speaks: Speaks) -> None:
    wish: dict[str, Any] = {"model": speaks.usual, "messages": OPEN, "max_tokens": 30, "n": 3}
    if speaks.n == "refused":
        with pytest.raises(openai.BadRequestError, match="'n'"):
            await answered(client, **wish)
        return
    wish["temperature"] = 1.5
    if speaks.seed:
        wish["seed"] = 5
    whole = await answered(client, **wish)
    assert whole.usage is not None
    if speaks.n == "ignored":
        assert [choice.index for choice in whole.choices] == [0]
        assert whole.usage.completion_tokens <= 30
        return
    assert [choice.index for choice in whole.choices] == [0, 1, 2]
    assert len({text(whole, number) for number in range(3)}) == 3
    assert whole.usage.completion_tokens == 90
    chunks = await streamed(client, **wish)
    assert [joined(chunks, number) for number in range(3)] == [
        text(whole, number) for number in range(3)
    ]


@every
async def test_a_stop_text_ends_it(client: AsyncOpenAI, speaks: Speaks) -> None:
    wish: dict[str, Any] = {"model": speaks.usual, "messages": TWELVE, "temperature": 0}
    for stop, left in ((" is", "12 × 7"), (["nowhere", "84"], "12 × 7 is ")):
        whole = await answered(client, **wish, stop=stop)
        assert (text(whole), whole.choices[0].finish_reason) == (left, "stop")
        assert joined(await streamed(client, **wish, stop=stop)) == left


@every
async def test_the_token_limit_ends_it(client: AsyncOpenAI, speaks: Speaks) -> None:
    whole = await answered(client, model=speaks.usual, messages=TWELVE, temperature=0, max_tokens=2)
    assert whole.choices[0].finish_reason == "length"
    assert whole.usage is not None
    assert whole.usage.completion_tokens == 2
    assert "12 × 7 is 84.".startswith(text(whole))


@every
async def test_a_seed_says_the_same_again(client: AsyncOpenAI, speaks: Speaks) -> None:
    wish: dict[str, Any] = {"model": speaks.usual, "messages": OPEN, "max_tokens": 40}
    said = [text(await answered(client, **wish, seed=seed, temperature=2)) for seed in (7, 7, 8)]
    assert (said[0] == said[1]) == speaks.seed
    assert said[0] != said[2]


@every
async def test_the_probabilities_of_what_was_said(client: AsyncOpenAI, speaks: Speaks) -> None:
    wish: dict[str, Any] = {
        "model": speaks.usual,
        "messages": OPEN,
        "max_tokens": 25,
        "logprobs": True,
        "top_logprobs": 5,
    }
    wish |= {"seed": 3} if speaks.seed else {"temperature": 0}
    if not speaks.logprobs:
        with pytest.raises(openai.BadRequestError, match="logprobs"):
            await answered(client, **wish)
        return
    whole = await answered(client, **wish)
    assert whole.choices[0].logprobs is not None
    tokens = whole.choices[0].logprobs.content
    assert tokens is not None
    assert len(tokens) == 25
    assert b"".join(bytes(one.bytes or ()) for one in tokens).decode() == text(whole)
    for one in tokens:
        consistent(one)
    chunks = await streamed(client, **wish)
    again = [
        token
        for chunk in chunks
        for choice in chunk.choices
        if choice.logprobs is not None
        for token in choice.logprobs.content or ()
    ]
    assert again == tokens


def consistent(one: ChatCompletionTokenLogprob) -> None:
    """The best five are in order, are different, and are no more than everything together."""
    best = [other.logprob for other in one.top_logprobs]
    assert len(best) == 5
    assert best == sorted(best, reverse=True)
    assert len({bytes(other.bytes or ()) for other in one.top_logprobs}) == 5
    assert math.fsum(map(math.exp, best)) <= 1 + 1e-9
    same = [other.logprob for other in one.top_logprobs if other.bytes == one.bytes]
    assert same == [one.logprob] if same else one.logprob <= best[-1]


@every
async def test_thoughts_stand_where_this_provider_puts_them(
    client: AsyncOpenAI, speaks: Speaks
) -> None:
    wish: dict[str, Any] = {"model": speaks.reasoner, "messages": TWELVE}
    if speaks.seed:
        wish["seed"] = 1
    whole = await answered(client, **wish)
    message, usage = whole.choices[0].message, whole.usage
    # Whoever cannot be given a seed may be wrong for once.
    assert "84" in (message.content or "") or not speaks.seed
    assert "<think>" not in (message.content or "")
    fields = message.model_extra or {}
    assert set(fields) == ({speaks.thought} if speaks.thought else set()) | (
        {"reasoning_details"} if speaks.name == "openrouter" else set()
    )
    assert usage is not None
    assert usage.completion_tokens_details is not None
    thought = usage.completion_tokens_details.reasoning_tokens or 0
    assert thought > 20
    assert (thought > usage.completion_tokens) == speaks.apart
    beside = thought if speaks.apart else 0
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens + beside
    chunks = await streamed(client, **wish)
    said = [
        (chunk.choices[0].delta.model_extra or {}).get(speaks.thought, "")
        for chunk in chunks
        if chunk.choices
    ]
    assert (len("".join(said)) > 40) == bool(speaks.thought)
    assert (len(fields.get(speaks.thought, "")) > 40) == bool(speaks.thought)
    none = await answered(client, **wish, reasoning_effort="none")
    assert not none.choices[0].message.model_extra
    assert none.usage is not None
    details = none.usage.completion_tokens_details
    assert details is None or not details.reasoning_tokens


async def test_thoughts_by_other_switches(here: Practising) -> None:
    groq = await here.openai("groq")
    for form in ("raw", "hidden"):
        whole = await answered(
            groq,
            model="pocket-reasoner",
            messages=TWELVE,
            seed=1,
            extra_body={"reasoning_format": form},
        )
        assert text(whole).startswith("<think>") == (form == "raw")
        assert "84" in text(whole)
        assert not whole.choices[0].message.model_extra
    deepseek = await here.openai("deepseek")
    whole = await answered(
        deepseek,
        model="pocket-reasoner",
        messages=TWELVE,
        extra_body={"thinking": {"type": "disabled"}},
    )
    assert not whole.choices[0].message.model_extra
    openrouter = await here.openai("openrouter")
    whole = await answered(
        openrouter,
        model="filon/pocket-reasoner",
        messages=TWELVE,
        extra_body={"reasoning": {"exclude": True}},
    )
    assert not whole.choices[0].message.model_extra
    assert whole.usage is not None
    assert whole.usage.completion_tokens_details is not None
    assert (whole.usage.completion_tokens_details.reasoning_tokens or 0) > 20


@pytest.mark.parametrize("speaks", [one for one in DIALECTS if one.embeds], ids=str)
async def test_embeddings_as_numbers_and_as_bytes(client: AsyncOpenAI, speaks: Speaks) -> None:
    model = speaks.prefix + "pocket-embed"
    texts = ["The miner digs for silver.", "Miners dig silver.", "¿Cuánto cuesta el pan?"]
    # Without a word about the form the client asks for base64 and reads it itself.
    usual = await client.embeddings.create(model=model, input=texts)
    assert [one.index for one in usual.data] == [0, 1, 2]
    assert usual.usage.prompt_tokens == usual.usage.total_tokens > 10
    plain = await client.embeddings.create(model=model, input=texts, encoding_format="float")
    packed = await client.embeddings.create(model=model, input=texts, encoding_format="base64")
    for one, two, three in zip(usual.data, plain.data, packed.data, strict=True):
        assert one.embedding == pytest.approx(two.embedding, abs=1e-7)
        raw = base64.b64decode(cast("str", three.embedding))
        assert list(struct.unpack(f"<{len(raw) // 4}f", raw)) == one.embedding
        assert math.fsum(x * x for x in one.embedding) == pytest.approx(1, abs=1e-5)
    near, far = (cosine(usual.data[0].embedding, usual.data[n].embedding) for n in (1, 2))
    assert near > far + 0.2
    short = await client.embeddings.create(model=model, input="a text", dimensions=64)
    assert len(short.data[0].embedding) == 64


def cosine(one: list[float], other: list[float]) -> float:
    return math.fsum(x * y for x, y in zip(one, other, strict=True))


@every
async def test_the_models(client: AsyncOpenAI, speaks: Speaks) -> None:
    found = {model.id: model async for model in client.models.list()}
    assert {speaks.usual, speaks.prefix + "echo"} <= set(found)
    assert {model.owned_by for model in found.values()} == {"filon-practice"}
    one = await client.models.retrieve(speaks.usual)
    assert one == found[speaks.usual]
    with pytest.raises(openai.APIStatusError):
        await client.models.retrieve(speaks.prefix + "gpt-9")


async def test_the_balance_at_deepseek(here: Practising) -> None:
    async with httpx.AsyncClient(base_url=here.root("deepseek"), headers=AT_ONCE) as raw:
        for key, available in (
            ("sk-practice-deepseek", True),
            ("sk-practice-deepseek-broke", False),
        ):
            answer = await raw.get("/user/balance", headers={"authorization": f"Bearer {key}"})
            told = answer.json()
            assert told["is_available"] is available
            assert told["balance_infos"][0]["currency"] == "USD"
            assert (float(told["balance_infos"][0]["total_balance"]) > 0) is available
        refused = await raw.get("/user/balance")
        assert refused.status_code == 401
        assert json.loads(refused.text)["error"]["type"] == "authentication_error"
