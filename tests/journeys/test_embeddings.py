"""POST /v1/embeddings: texts go through the same stages as a chat, and vectors come back as the
provider made them."""

import asyncio
import base64
import json
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from openai import BadRequestError, NotFoundError, OpenAI, RateLimitError
from openai.types import CreateEmbeddingResponse

from filon.practice.faults.catalogue import FAULTS
from filon.practice.faults.fault import Door, Fault
from tests.journeys.doors import patience_for
from tests.journeys.recorder import Recorder
from tests.journeys.replies import JSON, refusal, whole
from tests.journeys.site import PROVIDER_KEY, Reply, Site, running, settings_of
from tests.journeys.test_bad_input import DEEP, check_openai
from tests.waiting import LONG

TEXTS = ["the gold mine", "the gold mines", "a bowl of soup"]

CONFIG = """
version: 1.2.1
endpoints:
  custom:
    - name: rec
      apiKey: "${REC_KEY}"
      baseURL: "%(url)s"
      models: {default: [m-1]}
      addParams: {temperature: 0.5}
      dropParams: [user]
    - name: priced
      apiKey: "${REC_KEY}"
      baseURL: "%(url)s"
      models: {default: [m-1]}
      tokenConfig: {e-1: {prompt: 0.02, completion: 0, context: 8192}}
modelSpecs:
  list:
    - name: tutor
      label: Tutor
      preset: {endpoint: rec, model: m-1}
"""


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, recorder: Recorder
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("embeddings") / "home"
    settings = settings_of(
        home,
        CONFIG % {"url": recorder.url},
        {"REC_KEY": PROVIDER_KEY, "OPENAI_API_KEY": "sk-0123456789abcdef", "GROQ_API_KEY": "gsk_0"},
    )
    async with running(settings, template) as site:
        site.house.practice.desk.speed = 0
        yield site
        assert "fault" not in site.log.getvalue()


async def embed(site: Site, body: Any = None, *, data: bytes | None = None, **head: str) -> Reply:
    headers = {"authorization": f"Bearer {site.key}"}
    headers |= {name.replace("_", "-"): value for name, value in head.items()}
    return await site.ask("POST", "/v1/embeddings", body, data=data, headers=headers)


def vectors(**fields: Any) -> bytes:
    """A provider's reply, spaced as nobody of ours would."""
    told: dict[str, Any] = {
        "object": "list",
        "data": [{"object": "embedding", "index": 0, "embedding": [0.1, -2e-7]}],
        "model": "m-1-2026",
        "usage": {"prompt_tokens": 8, "total_tokens": 8},
        "x_more": {"model": "inner"},
        **fields,
    }
    return json.dumps(told, indent=1).encode()


def near(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def check(reply: CreateEmbeddingResponse) -> None:
    mine, mines, soup = (one.embedding for one in reply.data)
    assert near(mine, mines) > 0.5 > near(mine, soup)
    assert len(mine) == 256
    assert reply.model == "practice/pocket-embed"
    assert reply.usage.prompt_tokens > 5


async def test_the_real_client_decodes_base64_unasked(site: Site) -> None:
    client = site.openai()
    check(await client.embeddings.create(model="practice/pocket-embed", input=TEXTS))
    request = (await site.last_trace())["records"][0]
    assert json.loads(request["body"]["text"])["encoding_format"] == "base64"
    short = await client.embeddings.create(
        model="practice/pocket-embed", input=TEXTS[0], dimensions=16, encoding_format="float"
    )
    assert len(short.data[0].embedding) == 16


async def test_the_same_without_async(site: Site) -> None:
    check(await anyio.to_thread.run_sync(use_without_async, site.openai_sync()))


def use_without_async(client: OpenAI) -> CreateEmbeddingResponse:
    with client:
        return client.embeddings.create(model="practice/pocket-embed", input=TEXTS)


async def test_the_clients_exceptions_are_the_right_ones(site: Site, recorder: Recorder) -> None:
    client = site.openai()
    with pytest.raises(NotFoundError):
        await client.embeddings.create(model="nothing/here", input="x")
    with pytest.raises(NotFoundError):
        await client.embeddings.create(model="practice/pocket", input="x")
    with pytest.raises(BadRequestError):
        await client.embeddings.create(model="practice/pocket-embed", input=[])
    with pytest.raises(BadRequestError):
        await client.embeddings.create(model="practice/pocket-embed", input="x", dimensions=3)
    recorder.answers(refusal(429, "Slow down", ("retry-after", "3")))
    with pytest.raises(RateLimitError) as caught:
        await client.embeddings.create(model="rec/e", input="x")
    assert caught.value.response.headers["retry-after"] == "3"


async def test_a_bare_name_is_found(site: Site) -> None:
    reply = await embed(site, {"model": "pocket-embed", "input": "x"})
    assert (reply.status, reply.headers["x-filon-endpoint"]) == (200, "practice")


@pytest.mark.parametrize("form", ["base64", "float"])
async def test_a_vector_is_the_same_in_both_forms(site: Site, form: str) -> None:
    body = {"model": "practice/pocket-embed", "input": "ore", "encoding_format": form}
    told = (await embed(site, body)).json["data"][0]["embedding"]
    if form == "base64":
        raw = base64.b64decode(told)
        told = list(struct.unpack(f"<{len(raw) // 4}f", raw))
    assert len(told) == 256
    assert abs(near(told, told) - 1) < 1e-5


async def test_what_is_sent_and_what_comes_back(site: Site, recorder: Recorder) -> None:
    """The input leaves byte for byte, the reply comes back so but for the model's name."""
    recorder.answers((whole(vectors(), JSON, ("x-ratelimit-remaining-requests", "7")),))
    data = (
        b'{"input" : ["a\\u00e9b",  "c"], "model":"rec/text-embed", "dimensions": 8,'
        b' "user":"me", "truncate" : "END" }'
    )
    reply = await embed(site, data=data)
    assert reply.status == 200
    assert recorder.last.line == "POST /v1/embeddings HTTP/1.1"
    assert recorder.last.body == (
        b'{"model":"text-embed","input":["a\\u00e9b",  "c"],"dimensions":8,"truncate":"END"}'
    )
    assert reply.body == vectors().replace(b'"m-1-2026"', b'"rec/text-embed"')
    assert reply.headers["x-ratelimit-remaining-requests"] == "7"
    assert reply.headers["x-filon-endpoint"] == "rec"
    assert reply.headers["x-filon-model"] == "text-embed"
    assert reply.headers["x-filon-attempts"] == "1"
    trace = await site.trace(reply.headers["x-filon-trace"])
    records = {record["type"]: record for record in trace["records"]}
    assert list(records) == [
        "received", "admitted", "assembled", "routed", "translated", "recalled", "attempt",
        "settled",
    ]  # fmt: skip
    assert records["received"]["protocol"] == "openai_embeddings"
    assert records["received"]["body"]["text"] == data.decode()
    assert records["assembled"]["messages"][0]["message"]["parts"][0]["text"] == "aébc"
    decided = {one["name"]: one for one in records["translated"]["decisions"]}
    assert list(decided) == ["dimensions", "user", "truncate"]
    assert decided["dimensions"]["decision"] == decided["truncate"]["decision"] == "kept"
    assert decided["user"]["decision"] == "dropped"
    assert decided["user"]["because"]["source"] == "librechat.yaml"
    assert records["translated"]["protocol"] == "openai_embeddings"
    assert records["attempt"]["request_body"]["text"] == recorder.last.body.decode()
    assert "".join(frame["text"] for frame in records["attempt"]["frames"]) == vectors().decode()
    settled = records["settled"]
    assert (settled["usage"]["input_tokens"], settled["usage"]["output_tokens"]) == (8, 0)
    assert settled["outcome"] == "complete"
    assert settled["cost"]["kind"] == "unknown"
    assert "x-filon-cost-usd" not in reply.headers
    assert trace["trace"]["model"] == "rec/text-embed"


async def test_a_price_of_the_configuration_is_reckoned(site: Site, recorder: Recorder) -> None:
    recorder.answers((whole(vectors(), JSON),))
    reply = await embed(site, {"model": "priced/e-1", "input": TEXTS})
    assert reply.headers["x-filon-cost-usd"] == "0.00000016"
    cost = (await site.trace(reply.headers["x-filon-trace"]))["records"][-1]["cost"]
    assert (cost["kind"], cost["usd"]) == ("priced", 1.6e-7)
    assert cost["arithmetic"] == "8 × $0.02/M = $0.00000016"


async def test_a_providers_own_names_for_parameters(site: Site) -> None:
    """Through Mistral's dialect, which refuses what its schema does not have."""
    body = {"model": "practice-mistral/pocket-embed", "input": TEXTS, "dimensions": 64}
    reply = await embed(site, {**body, "user": "me"})
    assert len(reply.json["data"][0]["embedding"]) == 64
    assert reply.headers["x-filon-cost-usd"] == "0"
    trace = await site.trace(reply.headers["x-filon-trace"])
    (translated,) = [one for one in trace["records"] if one["type"] == "translated"]
    assert json.loads(translated["body"]["text"]) == {
        "model": "pocket-embed", "input": TEXTS, "output_dimension": 64,
    }  # fmt: skip
    decided = {one["name"]: one for one in translated["decisions"]}
    assert (decided["dimensions"]["decision"], decided["user"]["decision"]) == (
        "renamed",
        "dropped",
    )
    assert decided["dimensions"]["because"]["source"] == "mistral.toml"


async def test_without_a_count_ours_is_told_as_an_estimate(site: Site, recorder: Recorder) -> None:
    recorder.answers((whole(vectors(usage=None), JSON),))
    reply = await embed(site, {"model": "rec/e", "input": "some words to be counted"})
    settled = (await site.trace(reply.headers["x-filon-trace"]))["records"][-1]
    assert settled["usage"] is None
    assert settled["estimated"]["input_tokens"] > 3


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"model": "groq/llama", "input": "x"}, 400, "no_embeddings"),
        ({"model": "practice-groq/pocket", "input": "x"}, 400, "no_embeddings"),
        ({"model": "preset/tutor", "input": "x"}, 400, "invalid_request"),
        ({"model": "practice/pocket-embed-9", "input": "x"}, 404, "model_not_found"),
        ({"model": "m-9", "input": "x"}, 404, "model_not_found"),
        ({"model": "rec/", "input": "x"}, 404, "model_not_found"),
    ],
)
async def test_a_model_that_makes_none(
    site: Site, body: dict[str, Any], status: int, code: str
) -> None:
    error = check_openai(await embed(site, body), status)
    assert (error["code"], error["param"]) == (code, "model")


async def test_a_chat_does_not_get_the_model_for_vectors(site: Site) -> None:
    body = {"model": "practice/pocket-embed", "messages": [{"role": "user", "content": "x"}]}
    assert (await site.program(body)).status == 404


FAULTY = [
    fault
    for fault in FAULTS
    if fault.group in ("refusals", "connection") and not isinstance(fault.effect, Door)
    if fault.name != "slow-loris"  # which only takes its time
]


@pytest.mark.parametrize("fault", FAULTY, ids=lambda fault: fault.name)
async def test_every_fault_ends_in_a_clear_error(site: Site, fault: Fault) -> None:
    switch = fault.name if fault.argument is None else f"{fault.name}={fault.argument.low:g}"
    body = {"model": f"practice/pocket-embed:{switch}", "input": TEXTS}
    with patience_for(site, fault):
        reply = await embed(site, body, x_filon_explain="true")
    trace = await site.trace(reply.headers["x-filon-trace"])
    assert reply.status >= 400
    assert reply.status != 401
    assert trace["trace"]["outcome"] == "failed"
    told = reply.error["filon"]
    (attempt,) = [one for one in trace["records"] if one["type"] == "attempt"]
    assert told["trace"] == trace["trace"]["id"]
    assert told["findings"][0]["code"] == attempt["findings"][0]["code"]
    assert told["code"] == trace["trace"]["mark"]
    assert told["blame"] == reply.headers["x-filon-blame"]
    assert reply.headers["x-filon-attempts"] == "1"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html><title>Hello</title></html>", "cannot be read"),
        (b"", "before any answer"),
        (b'{"object":"list"}', "no list `data`"),
        (b'{"data":"x"}', "no list `data`"),
        (b'{"error":{"message":"No credits","code":402}}', "No credits"),
    ],
)
async def test_a_reply_that_is_none(
    site: Site, recorder: Recorder, body: bytes, words: str
) -> None:
    recorder.answers((whole(body, JSON),))
    reply = await embed(site, {"model": "rec/e", "input": "x"})
    assert words in check_openai(reply, 502)["message"]
    trace = await site.trace(reply.headers["x-filon-trace"])
    assert trace["trace"]["outcome"] == "failed"
    assert trace["records"][-2]["findings"]


async def test_a_caller_that_leaves_lets_the_provider_go(site: Site, recorder: Recorder) -> None:
    recorder.answers(("stall",))
    before = len(recorder.requests)
    asking = asyncio.ensure_future(embed(site, {"model": "rec/e", "input": "x"}))
    recorded = await recorder.request(before)
    asking.cancel()
    await asyncio.wait({asking})
    async with asyncio.timeout(LONG):
        await recorded.left.wait()
    trace = await site.last_trace()
    assert trace["trace"]["mark"] == "caller_left"
    assert trace["records"][-2]["type"] == "attempt"


def asked(**fields: Any) -> bytes:
    return json.dumps({"model": "rec/e", "input": "x", **fields}).encode()


BAD: dict[str, tuple[bytes, int, str | None, str]] = {
    "empty": (b"", 400, None, "empty"),
    "not JSON": (b"hello", 400, None, "not JSON"),
    "cut off": (asked()[:-2], 400, None, "not JSON"),
    "null": (b"null", 400, None, "it is null"),
    "list": (b"[]", 400, None, "it is a list"),
    "no model": (b'{"input":"x"}', 400, "model", "missing"),
    "model null": (asked(model=None), 400, "model", "missing"),
    "model empty": (asked(model=" "), 400, "model", "empty"),
    "model number": (asked(model=7), 400, "model", "a number"),
    "model unknown": (asked(model="x/y"), 404, "model", "no model x/y"),
    "no input": (b'{"model":"rec/e"}', 400, "input", "missing"),
    "input null": (asked(input=None), 400, "input", "missing"),
    "input number": (asked(input=7), 400, "input", "a number"),
    "input object": (asked(input={"a": 1}), 400, "input", "an object"),
    "input true": (asked(input=True), 400, "input", "it is true"),
    "input no text": (asked(input=""), 400, "input", "empty"),
    "input no list": (asked(input=[]), 400, "input", "empty"),
    "an empty text": (asked(input=["a", ""]), 400, "input[1]", "empty"),
    "a null": (asked(input=["a", None]), 400, "input[1]", "null"),
    "mixed": (asked(input=["a", 1]), 400, "input[1]", "a number"),
    "text in tokens": (asked(input=[1, "a"]), 400, "input", "numbers"),
    "halves of tokens": (asked(input=[1.5]), 400, "input", "whole numbers"),
    "no tokens": (asked(input=[[1], []]), 400, "input[1]", "empty"),
    "deep tokens": (asked(input=[[[1]]]), 400, "input[0]", "numbers"),
    "deep item": (asked()[:-1].replace(b'"x"', b'[{"a":' + b"[" * 300 + b"]" * 300 + b"}]") + b"}",
                  400, "input[0]", "deep"),
    "stream": (asked(stream=True), 400, "stream", "whole"),
    "deep object": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, 400, None, "deep"),
    "deep parameter": (asked()[:-1] + b',"x":' + b"[" * 500 + b"]" * 500 + b"}", 400, "x", "deep"),
    "huge integer": (asked(dimensions=2**64), 400, "dimensions", "64 bits"),
    "not UTF-8": (b'{"model":"\xff\xfe"}', 400, None, "not UTF-8"),
    "half a pair": (asked(input="\ud800"), 400, None, "surrogate"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_body(site: Site, recorder: Recorder, name: str) -> None:
    data, status, param, words = BAD[name]
    before = len(recorder.requests)
    reply = await embed(site, data=data)
    error = check_openai(reply, status)
    assert error["param"] == param
    assert words in error["message"]
    assert len(recorder.requests) == before
    assert (await site.trace(reply.headers["x-filon-trace"]))["trace"]["outcome"] == "failed"


@pytest.mark.parametrize(
    "given", ["x", ["x", "y"], [1, 2], [[1, 2], [3]], [{"text": "x"}, "y"], ["x"] * 2048]
)
async def test_every_form_of_input_passes(site: Site, recorder: Recorder, given: Any) -> None:
    recorder.answers((whole(vectors(), JSON),))
    reply = await embed(site, {"model": "rec/e", "input": given})
    assert reply.status == 200
    assert json.loads(recorder.last.body)["input"] == given


async def test_the_models_for_vectors_are_listed(site: Site) -> None:
    listed = {one.id: one async for one in site.openai().models.list()}
    assert {"practice/pocket-embed", "openai/text-embedding-3-small"} <= set(listed)
    told = listed["openai/text-embedding-3-small"].model_dump()["filon"]
    assert (told["abilities"], told["context"]) == (["embedding"], 8192)
    assert (told["input_usd_per_mtok"], told["output_usd_per_mtok"]) == (0.02, None)
