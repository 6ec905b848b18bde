"""What the real `mistralai` client raises, by switch and by cause; what bad wires are to it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from mistralai.client import Mistral
from mistralai.client.errors import (
    HTTPValidationError,
    MistralError,
    ResponseValidationError,
    SDKError,
)
from mistralai.client.utils import BackoffStrategy, RetryConfig
from pydantic import BaseModel

from filon.practice.limits import Limits
from tests.journeys.practising import REFUSING, REFUSING_APART, Practising, dialect, practising

TWELVE = [{"role": "user", "content": "What is 12 * 7?"}]
ANSWER = "12 × 7 is 84."


class Person(BaseModel):
    name: str
    age: int


@pytest.fixture(scope="module")
async def here() -> AsyncIterator[Practising]:
    async with practising() as running:
        yield running


@pytest.fixture(scope="module")
async def client(here: Practising) -> Mistral:
    return await here.mistral()


def wish_of(fault: str | None = None, **more: Any) -> dict[str, Any]:
    wish: dict[str, Any] = {"model": "pocket", "messages": TWELVE, "temperature": 0.0, **more}
    return wish if fault is None else {**wish, "http_headers": {"x-practice-fault": fault}}


async def whole(client: Mistral, fault: str | None = None, **more: Any) -> Any:
    chat: Any = client.chat
    return await chat.complete_async(**wish_of(fault, **more))


async def listen(client: Mistral, said: list[str], fault: str | None = None, **more: Any) -> None:
    """Puts what a stream says into `said`, as far as it comes."""
    chat: Any = client.chat
    async with await chat.stream_async(**wish_of(fault, **more)) as stream:
        async for event in stream:
            said.append(event.data.choices[0].delta.content or "")


async def streamed(client: Mistral, fault: str | None = None, **more: Any) -> str:
    said: list[str] = []
    await listen(client, said, fault, **more)
    return "".join(said)


async def test_each_refusing_switch_raises_its_class(client: Mistral) -> None:
    apart = {name: by.get("mistral", by[""]) for name, by in REFUSING_APART.items()}
    for name, status in {**REFUSING, **apart}.items():
        for ask in (whole, streamed):
            with pytest.raises(MistralError) as raised:
                await ask(client, name)
            error = raised.value
            kind = HTTPValidationError if status == 422 else SDKError
            assert (name, type(error), error.status_code) == (name, kind, status)
            if name != "bad-gateway":
                told = json.loads(error.body)
                assert told.get("raw_status_code", status) == status


# Cause, status, the body's type and code, and a part of the words.
CAUSES = [
    ("model", 400, "invalid_model", "1500", "Invalid model: pocket-9"),
    ("context", 400, "invalid_request_invalid_args", "3051", "too large for model with 8192"),
    ("no money", 402, "invalid_request_error", None, "Payment is required"),
]


@pytest.mark.parametrize(("cause", "status", "kind", "code", "words"), CAUSES)
async def test_each_real_cause(
    here: Practising, client: Mistral, cause: str, status: int, kind: str, code: str, words: str
) -> None:
    wish: dict[str, Any] = {}
    match cause:
        case "model":
            wish["model"] = "pocket-9"
        case "context":
            wish["messages"] = [{"role": "user", "content": "word " * 12_000}]
        case _:
            client = await here.mistral(dialect("mistral").broke)
    with pytest.raises(SDKError) as raised:
        await whole(client, **wish)
    told = json.loads(raised.value.body)
    assert (raised.value.status_code, told["raw_status_code"]) == (status, status)
    assert (told["object"], told["type"], told["code"]) == ("error", kind, code)
    assert words in told["message"]


async def test_a_key_that_is_wrong_or_not_there(here: Practising, client: Mistral) -> None:
    refused = await here.mistral("none-of-ours")
    for ask in (whole, streamed):
        with pytest.raises(SDKError) as raised:
            await ask(refused)
        assert (raised.value.status_code, raised.value.body) == (401, '{"detail":"Unauthorized"}')
    with pytest.raises(SDKError) as listing:
        await refused.models.list_async()
    assert listing.value.status_code == 401
    # The client sends a key in any case; a header of one's own takes its place.
    with pytest.raises(SDKError) as missing:
        await whole(client, http_headers={"Authorization": "Basic eDp5"})
    assert (missing.value.status_code, missing.value.body) == (401, '{"detail":"Unauthorized"}')


async def test_what_is_refused_as_not_valid(here: Practising, client: Mistral) -> None:
    wrong: dict[str, Any] = {"temperature": 9.0, "reasoning_effort": "medium", "n": 99}
    for name, value in wrong.items():
        with pytest.raises(HTTPValidationError) as raised:
            await whole(client, **{name: value})
        (detail,) = json.loads(raised.value.body)["message"]["detail"]
        assert (raised.value.status_code, detail["loc"]) == (422, ["body", name])
        # The details stand under `message`, where the client does not look for them.
        assert raised.value.data.detail is None
    # No argument of the client is unknown to Mistral, so what is has to be sent by hand.
    async with httpx2.AsyncClient() as raw:
        answer = await raw.post(
            f"{here.root('mistral')}/chat/completions",
            headers={"authorization": f"Bearer {dialect('mistral').key}"},
            json={**wish_of(), "zorp": 1},
        )
    (detail,) = answer.json()["message"]["detail"]
    assert detail == {
        "type": "extra_forbidden",
        "loc": ["body", "zorp"],
        "msg": "Extra inputs are not permitted",
        "input": 1,
    }


async def test_what_embeddings_and_models_refuse(here: Practising, client: Mistral) -> None:
    broke = await here.mistral(dialect("mistral").broke)
    for status, ask in (
        (400, client.embeddings.create_async(model="nothing", inputs=["a"])),
        (400, client.models.retrieve_async(model_id="nothing")),
        (402, broke.embeddings.create_async(model="pocket-embed", inputs=["a"])),
    ):
        with pytest.raises(SDKError) as raised:
            await ask
        assert raised.value.status_code == status
    with pytest.raises(SDKError) as switched:
        await client.embeddings.create_async(
            model="pocket-embed", inputs=["a"], http_headers={"x-practice-fault": "unavailable"}
        )
    assert (switched.value.status_code, switched.value.headers["retry-after"]) == (503, "2")


async def test_the_models_tell_what_they_can(client: Mistral) -> None:
    cards: Any = await client.models.list_async()
    by_name = {card.id: card for card in cards.data}
    assert by_name["pocket-reasoner"].capabilities.reasoning
    assert not by_name["pocket"].capabilities.reasoning
    assert by_name["pocket"].capabilities.function_calling
    assert not by_name["pocket-embed"].capabilities.completion_chat
    assert by_name["pocket"].type == "base"


async def test_a_class_of_pydantic_is_the_form(client: Mistral) -> None:
    anna = [{"role": "user", "content": "Anna is 31 years old."}]
    chat: Any = client.chat
    parsed = await chat.parse_async(Person, model="pocket", messages=anna, temperature=0.0)
    assert parsed.choices[0].message.parsed == Person(name="Anna", age=31)
    for seed in range(3):
        wild = await chat.parse_async(
            Person, model="pocket", messages=anna, temperature=1.3, random_seed=seed
        )
        assert isinstance(wild.choices[0].message.parsed, Person)
    stream = await chat.parse_stream_async(Person, model="pocket", messages=anna, temperature=0.0)
    said = "".join([event.data.choices[0].delta.content or "" async for event in stream])
    assert Person.model_validate_json(said) == Person(name="Anna", age=31)


async def test_thoughts_in_a_stream(client: Mistral) -> None:
    chat: Any = client.chat
    for wish in ({}, {"reasoning_effort": "high"}):
        whole_one = await whole(client, model="pocket-reasoner", random_seed=1, **wish)
        stream = await chat.stream_async(**wish_of(model="pocket-reasoner", random_seed=1, **wish))
        deltas: list[Any] = [event.data.choices[0].delta.content async for event in stream]
        thoughts = [part for delta in deltas if not isinstance(delta, str) for part in delta]
        thought, answer = whole_one.choices[0].message.content
        assert {part.type for part in thoughts} == {"thinking"}
        assert "".join(part.thinking[0].text for part in thoughts) == thought.thinking[0].text
        assert "".join(delta for delta in deltas if isinstance(delta, str)) == answer.text


async def test_the_clients_own_repetition_waits_as_it_is_told() -> None:
    backoff = BackoffStrategy(1, 10, 1.0, 90_000)
    async with practising(limited=True) as here:
        here.service.desk.change_limits("mistral", Limits(requests_per_second=1.5))
        client = await here.mistral(retry_config=RetryConfig("backoff", backoff, False))
        for _ in range(2):
            assert (await whole(client)).choices
        lines = here.service.desk.ledger.entries(limit=50)
        refused = [line for line in lines if line.status == 429]
        assert len(lines) == 2 + len(refused)
        assert len(refused) <= 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("reset-before-headers", httpx2.ReadError),
        ("close-before-headers", httpx2.RemoteProtocolError),
        ("reset-after-headers", httpx2.ReadError),
        ("silent", httpx2.TimeoutException),
        ("stall=3600", httpx2.TimeoutException),
        ("cut", httpx2.RemoteProtocolError),
        ("cut-reset", httpx2.ReadError),
        ("cut-in-character", httpx2.RemoteProtocolError),
    ],
)
async def test_broken_connections_are_errors_of_its_http_client(
    client: Mistral, name: str, kind: type[Exception]
) -> None:
    # It has one limit for all: what is silent may run into it while it still connects.
    silent = issubclass(kind, httpx2.TimeoutException)
    for ask in (whole, streamed):
        with pytest.raises(kind):
            await ask(client, name, timeout_ms=300 if silent else 90_000)


async def test_what_came_before_a_stream_broke_off(client: Mistral) -> None:
    said: list[str] = []
    with pytest.raises(httpx2.RemoteProtocolError):
        await listen(client, said, "cut=4")
    assert len(said) == 4
    assert ANSWER.startswith("".join(said))
    for name, count in (("error-mid-stream=3", 3), ("cut-in-json=5", 5)):
        said.clear()
        # What is no chunk, and be it an error, is to the client a chunk that is not valid.
        with pytest.raises(ResponseValidationError) as raised:
            await listen(client, said, name)
        assert (len(said), raised.value.status_code) == (count, 200)
    with pytest.raises(ResponseValidationError):
        await whole(client, "error-in-200")
    assert await streamed(client, "error-in-200") == ""


@pytest.mark.parametrize(
    "name",
    [
        "no-done",
        "split-writes",
        "merged-writes",
        "crlf",
        "no-space",
        "keep-alive",
        "comments-only=0.01",
        "blank-lines-before",
        "gzip",
        "slow-loris=0",
    ],
)
async def test_odd_wires_that_the_client_reads(client: Mistral, name: str) -> None:
    assert (await whole(client, name)).choices[0].message.content == ANSWER
    assert await streamed(client, name) == ANSWER


async def test_what_the_client_is_strict_about(client: Mistral) -> None:
    with pytest.raises(ResponseValidationError, match="usage"):
        await whole(client, "no-usage")
    assert await streamed(client, "no-usage") == ANSWER
    for ask in (whole, streamed):
        with pytest.raises(SDKError, match="Unexpected response received") as raised:
            await ask(client, "wrong-content-type")
        assert raised.value.status_code == 200
    assert await streamed(client, "duplicate-chunk=2") == "1" + ANSWER
    assert (await whole(client, "other-model")).model == "pocket-large"
