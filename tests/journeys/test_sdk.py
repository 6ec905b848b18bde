"""The real `openai` SDK against the gateway: sync and async, streamed and whole."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest
from openai import AuthenticationError, BadRequestError, NotFoundError, OpenAI
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ChatCompletionMessageParam

from tests.journeys.conftest import RECORDED
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion, spoken
from tests.journeys.site import ME, PROVIDER_KEY, Site, running, settings_of


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, recorder: Recorder, practice: str
) -> AsyncIterator[Site]:
    """One server for all of it: no test here minds what another left."""
    home = tmp_path_factory.mktemp("sdk") / "home"
    config = RECORDED % (recorder.url, practice)
    async with running(settings_of(home, config, {"REC_KEY": PROVIDER_KEY}), template) as site:
        yield site


HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Hello, ore."}]


async def test_a_whole_answer(site: Site) -> None:
    reply = await site.openai().chat.completions.create(model="fast/echo", messages=HELLO)
    assert reply.model == "fast/echo"
    assert "> Hello, ore." in str(reply.choices[0].message.content)
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage is not None
    assert reply.usage.completion_tokens > 0


async def test_a_streamed_answer(site: Site) -> None:
    stream = await site.openai().chat.completions.create(
        model="fast/echo", messages=HELLO, stream=True
    )
    chunks = [chunk async for chunk in stream]
    assert {chunk.model for chunk in chunks} == {"fast/echo"}
    assert "> Hello, ore." in said(chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"


def said(chunks: list[ChatCompletionChunk]) -> str:
    return "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices)


async def test_both_without_async(site: Site) -> None:
    whole, chunks, models = await anyio.to_thread.run_sync(use_without_async, site.openai_sync())
    assert "> Hello, ore." in str(whole.choices[0].message.content)
    assert "> Hello, ore." in said(chunks)
    assert "practice/echo" in models


def use_without_async(client: OpenAI) -> tuple[ChatCompletion, list[ChatCompletionChunk], set[str]]:
    with client:
        whole = client.chat.completions.create(model="fast/echo", messages=HELLO)
        with client.chat.completions.create(
            model="fast/echo", messages=HELLO, stream=True
        ) as stream:
            chunks = list(stream)
        return whole, chunks, {model.id for model in client.models.list()}


async def test_every_ready_model_is_listed(site: Site) -> None:
    models = [model async for model in site.openai().models.list()]
    ids = {model.id for model in models}
    assert {"rec/m-1", "rec/m-2", "fast/echo", "practice/echo"} <= ids
    assert all(model.object == "model" for model in models)


async def test_a_bare_model_is_found_where_it_is_the_only_one(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(completion())
    reply = await site.openai().chat.completions.create(model="m-2", messages=HELLO)
    assert reply.model == "m-2"
    assert b'"model":"m-2"' in recorder.last.body


@pytest.mark.parametrize("stream", [False, True])
async def test_an_unknown_key_is_an_authentication_error(site: Site, stream: bool) -> None:
    client = site.openai("fln_nobody")
    with pytest.raises(AuthenticationError) as caught:
        await client.chat.completions.create(model="fast/echo", messages=HELLO, stream=stream)
    assert caught.value.code == "invalid_api_key"
    with pytest.raises(AuthenticationError):
        await client.models.list()


async def test_a_revoked_key_is_an_authentication_error(site: Site) -> None:
    made = await site.house.keys.make(ME, "short-lived")
    client = site.openai(made.secret)
    await client.models.list()
    await site.house.keys.revoke(ME, made.key.id)
    with pytest.raises(AuthenticationError) as caught:
        await client.models.list()
    assert caught.value.code == "revoked_api_key"


async def test_a_key_that_another_program_revoked_is_refused_too(site: Site) -> None:
    made = await site.house.keys.make(ME, "short-lived")
    await site.house.store.keys.revoke(ME, made.key.id, 1.0)
    with pytest.raises(AuthenticationError):
        await site.openai(made.secret).models.list()


@pytest.mark.parametrize("model", ["fast/nothing", "nowhere/echo", "nothing", "fast/"])
async def test_an_unknown_model_is_not_found(site: Site, model: str) -> None:
    with pytest.raises(NotFoundError) as caught:
        await site.openai().chat.completions.create(model=model, messages=HELLO)
    assert caught.value.code == "model_not_found"
    assert caught.value.param == "model"


async def test_a_near_model_is_proposed(site: Site) -> None:
    with pytest.raises(NotFoundError, match="fast/echo"):
        await site.openai().chat.completions.create(model="fast/ecko", messages=HELLO)


async def test_a_wrong_field_is_a_bad_request(site: Site) -> None:
    messages: Any = [{"role": "user", "content": 7}]
    with pytest.raises(BadRequestError) as caught:
        await site.openai().chat.completions.create(model="fast/echo", messages=messages)
    assert caught.value.param == "messages[0].content"
    assert caught.value.type == "invalid_request_error"


async def test_what_the_provider_finds_wrong_is_a_bad_request_too(site: Site) -> None:
    with pytest.raises(BadRequestError) as caught:
        await site.openai().chat.completions.create(
            model="fast/echo", messages=HELLO, temperature=9
        )
    assert caught.value.param == "temperature"


async def test_usage_that_only_we_asked_for_is_taken_out(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Hello", " there"))
    stream = await site.openai().chat.completions.create(
        model="rec/m-1", messages=HELLO, stream=True
    )
    chunks = [chunk async for chunk in stream]
    assert all(chunk.usage is None and chunk.choices for chunk in chunks)
    assert b'"stream_options":{"include_usage":true}' in recorder.last.body
    trace = await site.last_trace()
    assert trace["trace"]["input_tokens"] == 7
    assert trace["trace"]["estimated"] is False


async def test_usage_that_the_caller_asked_for_is_there(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Hello", " there"))
    stream = await site.openai().chat.completions.create(
        model="rec/m-1", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    chunks = [chunk async for chunk in stream]
    assert chunks[-1].usage is not None
    assert chunks[-1].usage.total_tokens == 10
    assert chunks[-1].model == "rec/m-1"


async def test_usage_is_not_asked_for_of_a_whole_answer(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    reply = await site.openai().chat.completions.create(model="rec/m-1", messages=HELLO)
    assert b"stream_options" not in recorder.last.body
    assert reply.usage is not None


async def test_unknown_fields_reach_the_wire(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    messages: Any = [{"role": "user", "content": "x", "mood": {"calm": [1, None]}}]
    await site.openai().chat.completions.create(
        model="rec/m-1",
        messages=messages,
        extra_body={"top_k": 5, "vendor": {"deep": [True, 1.5]}},
    )
    sent = recorder.last.body
    assert b'"mood":{"calm":[1,null]}' in sent
    assert b'"top_k":5' in sent
    assert b'"vendor":{"deep":[true,1.5]}' in sent


async def test_unknown_fields_of_the_reply_reach_the_caller(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Hello"))
    reply = await site.program(
        {"model": "rec/m-1", "messages": HELLO, "stream": True},
    )
    assert b'"object": "chat.completion.chunk"' in reply.body
    assert b'"model": "rec/m-1"' in reply.body
    assert b"m-1-2026" not in reply.body
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.headers["x-filon-trace"].startswith("t_")
