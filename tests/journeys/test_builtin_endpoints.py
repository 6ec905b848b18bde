"""LibreChat's endpoint settings on the wire: Azure's addresses, the built-in OpenAI, direct
addresses, placeholders in headers, titles, answers in one piece, and the pace of what is shown."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncStream
from openai.types.chat import ChatCompletionChunk

from tests.journeys.recorder import Recorded, Recorder
from tests.journeys.replies import JSON, answer, completion, refusal, spoken, whole
from tests.journeys.site import Site, running, settings_of, until
from tests.journeys.test_events import opened

HEAD = 'version: "1.3.13"\nendpoints:\n'
KEYS = {"WEST_KEY": "azure-west-key-0001", "NORTH_KEY": "azure-north-key-0002"}
AZURE = """
  azureOpenAI:
    titleConvo: false
    groups:
      - group: west
        apiKey: "${WEST_KEY}"
        instanceName: my-west
        version: "2024-10-21"
        baseURL: "%(root)s/gateway/${INSTANCE_NAME}/${DEPLOYMENT_NAME}"
        additionalHeaders: {x-group: west, x-person: "{{LIBRECHAT_USER_ID}}"}
        addParams: {temperature: 0.2}
        dropParams: [user]
        models:
          gpt-4o: {deploymentName: west-4o}
          gpt-5-mini: {deploymentName: west-5, version: "2023-05-15"}
      - group: north
        apiKey: "${NORTH_KEY}"
        serverless: true
        baseURL: "%(root)s/serverless/v1/chat/completions?region=north"
        models: {mistral-large: true}
      - group: south
        apiKey: "${SOUTH_KEY}"
        instanceName: my-south
        deploymentName: south-4
        version: "2024-10-21"
        models: {gpt-4: true}
"""
HELLO = {"messages": [{"role": "user", "content": "Hello"}]}


@asynccontextmanager
async def served(
    folder: Path,
    template: Path,
    endpoints: str,
    environ: Mapping[str, str] | None = None,
) -> AsyncGenerator[Site]:
    """A server with these endpoints."""
    settings = settings_of(folder / "home", HEAD + endpoints, environ)
    async with running(settings, template) as site:
        yield site


def custom(url: str, *lines: str, name: str = "rec", models: str = "[m-1]") -> str:
    """An entry of `endpoints.custom`, with its section."""
    entry = [f"- name: {name}", "  apiKey: some-secret-key-1", f'  baseURL: "{url}"']
    entry += [f"  models: {{default: {models}}}", *(f"  {line}" for line in lines)]
    return "  custom:\n" + "".join(f"    {line}\n" for line in entry)


def root_of(recorder: Recorder) -> str:
    return recorder.url.removesuffix("/v1")


def body_of(recorded: Recorded) -> dict[str, Any]:
    return json.loads(recorded.body)


def headers_of(recorded: Recorded) -> dict[str, str]:
    return {name.lower(): value for name, value in recorded.headers}


async def talk(site: Site, text: str = "Hello", model: str = "rec/m-1") -> dict[str, Any]:
    """One message and its answer, when all is quiet: what was sent, and the conversation."""
    reply = await site.browse("POST", "/api/chat/send", {"model": model, "text": text})
    assert reply.status == 200, reply.text
    chats = site.house.chats
    await until(lambda: not chats._tasks)  # pyright: ignore[reportPrivateUsage]
    path = f"/api/conversations/{reply.json['conversation']['id']}"
    return {**reply.json, "now": (await site.browse("GET", path)).json["conversation"]}


async def test_azure_is_asked_at_its_deployment_with_its_own_header(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers(completion())
    config = AZURE % {"root": root_of(recorder)}
    async with served(tmp_path, template, config, KEYS) as site:
        reply = await site.program({"model": "azureOpenAI/gpt-4o", **HELLO, "user": "me"})
        assert reply.json["model"] == "azureOpenAI/gpt-4o"
        asked = recorder.last
        path = "/gateway/my-west/west-4o/chat/completions?api-version=2024-10-21"
        assert asked.line == f"POST {path} HTTP/1.1"
        headers = headers_of(asked)
        assert headers["api-key"] == KEYS["WEST_KEY"]
        assert (headers["x-group"], headers["x-person"]) == ("west", "1")
        assert "authorization" not in headers
        sent = body_of(asked)
        assert (sent["model"], sent["temperature"]) == ("west-4o", 0.2)
        assert "user" not in sent
        trace = await site.last_trace()
        assert KEYS["WEST_KEY"] not in json.dumps(trace)
        (made,) = [one for one in trace["records"] if one["type"] == "translated"]
        named = next(one for one in made["decisions"] if one["name"] == "model")
        assert (named["wanted"], named["sent"]) == ("gpt-4o", "west-4o")
        assert named["because"]["rule"] == "endpoints.azureOpenAI.groups[0].models.gpt-4o"


async def test_azures_models_have_their_own_versions_and_quirks(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers(spoken("Hi."))
    config = AZURE % {"root": root_of(recorder)}
    async with served(tmp_path, template, config, KEYS) as site:
        body = {"model": "azureOpenAI/gpt-5-mini", **HELLO, "max_tokens": 9, "stream": True}
        await site.program(body)
        assert "/west-5/chat/completions?api-version=2023-05-15" in recorder.last.line
        sent = body_of(recorder.last)
        # The reasoning model's rules hold for it, and so old an API counts no streamed tokens.
        assert sent["max_completion_tokens"] == 9
        assert "temperature" not in sent
        assert "stream_options" not in sent


async def test_a_serverless_group_is_asked_where_it_says(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers(completion())
    config = AZURE % {"root": root_of(recorder)}
    async with served(tmp_path, template, config, KEYS) as site:
        await site.program({"model": "azureOpenAI/mistral-large", **HELLO})
        assert recorder.last.line == "POST /serverless/v1/chat/completions?region=north HTTP/1.1"
        headers = headers_of(recorder.last)
        assert headers["api-key"] == KEYS["NORTH_KEY"]
        assert headers["authorization"] == f"Bearer {KEYS['NORTH_KEY']}"
        assert "x-group" not in headers
        assert body_of(recorder.last)["model"] == "mistral-large"


async def test_a_group_without_its_key_takes_only_its_own_models_with_it(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    config = AZURE % {"root": root_of(recorder)}
    async with served(tmp_path, template, config, KEYS) as site:
        reply = await site.program({"model": "azureOpenAI/gpt-4", **HELLO})
        assert reply.status != 200
        assert "SOUTH_KEY is not set." in reply.error["message"]
        assert recorder.requests == []
        page = (await site.browse("GET", "/api/endpoints")).json["endpoints"]
        azure = next(one for one in page if one["name"] == "azureOpenAI")
        assert azure["state"] == "ready"
        usable = {one["model"]: (one["usable"], one["reason"]) for one in azure["models"]}
        assert usable["gpt-4o"] == (True, None)
        assert usable["gpt-4"] == (
            False,
            "SOUTH_KEY is not set. "
            "Set it in the .env beside the file, or start Filon again with it.",
        )
        assert not any(key in json.dumps(page) for key in KEYS.values())
        key = {"authorization": f"Bearer {site.key}"}
        listed = await site.ask("GET", "/v1/models", headers=key)
        ids = {one["id"] for one in listed.json["data"]}
        assert "azureOpenAI/gpt-4o" in ids
        assert "azureOpenAI/gpt-4" not in ids


async def test_the_built_in_openai_goes_where_its_variables_say(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers(spoken("Hi."), completion("A title"))
    section = '  openAI: {titleModel: t-1, headers: {x-from: "${TEAM}"}, streamRate: 1}\n'
    environ = {
        "OPENAI_API_KEY": "sk-built-in-0123456789",
        "OPENAI_REVERSE_PROXY": f"{recorder.url}/chat/completions",
        "OPENAI_MODELS": "gpt-4o, gpt-4o-mini",
        "OPENAI_ORGANIZATION": "org-7",
        "TEAM": "research",
    }
    async with served(tmp_path, template, section, environ) as site:
        page = (await site.browse("GET", "/api/endpoints")).json["endpoints"]
        (openai,) = [one for one in page if one["provider"] == "openai" and not one["aside"]]
        assert openai["name"] == "openai"
        assert [one["model"] for one in openai["models"]] == ["gpt-4o", "gpt-4o-mini"]
        assert openai["origin"]["line"] == 3
        sent = await talk(site, model="openai/gpt-4o")
        assert sent["now"]["title"] == "A title"
        asked, titled = recorder.requests
        assert asked.line == "POST /v1/chat/completions HTTP/1.1"
        headers = headers_of(asked)
        assert headers["authorization"] == "Bearer sk-built-in-0123456789"
        assert (headers["x-from"], headers["openai-organization"]) == ("research", "org-7")
        assert body_of(titled)["model"] == "t-1"


async def test_a_direct_endpoint_is_asked_at_exactly_its_address(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    listing = whole(b'{"data": [{"id": "m-7"}]}', JSON)
    recorder.answers(completion(), (listing,))
    url = f"{recorder.url}/generate?tenant=a-long-secret-of-the-tenant"
    lines = ("directEndpoint: true", "titleConvo: false")
    async with served(tmp_path, template, custom(url, *lines)) as site:
        assert (await site.program({"model": "rec/m-1", **HELLO})).status == 200
        line = recorder.last.line
        assert line == "POST /v1/generate?tenant=a-long-secret-of-the-tenant HTTP/1.1"
        assert "a-long-secret" not in json.dumps(await site.last_trace())
        assert (await site.browse("POST", "/api/endpoints/rec/fetch-models")).status == 200
        assert recorder.last.line == "GET /v1/models HTTP/1.1"


PERSONAL = (
    "headers:",
    '  x-who: "{{LIBRECHAT_USER_ID}} {{LIBRECHAT_USER_NAME}}"',
    '  x-where: "{{LIBRECHAT_BODY_CONVERSATIONID}}/{{LIBRECHAT_BODY_PARENTMESSAGEID}}/'
    '{{LIBRECHAT_BODY_MESSAGEID}}"',
    '  x-mail: "{{LIBRECHAT_USER_EMAIL}}"',
    '  x-odd: "{{SOMETHING_ELSE}}"',
)


async def test_placeholders_are_filled_in_for_each_request(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    listing = whole(b'{"data": [{"id": "m-1"}]}', JSON)
    recorder.answers(spoken("Hi."), completion("A title"), completion(), (listing,))
    async with served(tmp_path, template, custom(recorder.url, *PERSONAL)) as site:
        sent = await talk(site)
        ids = [sent["conversation"]["id"], sent["message"]["id"], sent["answer"]["id"]]
        await site.program({"model": "rec/m-1", **HELLO})
        await site.browse("POST", "/api/endpoints/rec/fetch-models")
        chat, title, program, models = map(headers_of, recorder.requests)
        assert chat["x-where"] == title["x-where"] == "/".join(ids)
        # A program's request stands in no conversation: its fields are empty, as in LibreChat.
        assert program["x-where"] == models["x-where"] == "//"
        for headers in (chat, title, program, models):
            assert headers["x-who"] == "1 you"
            assert not {"x-mail", "x-odd"} & set(headers)
            assert not any("{{" in value for value in headers.values())


async def test_who_asks_for_models_is_named_where_the_file_wants_it(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers((whole(b'{"data": []}', JSON),))
    config = custom(recorder.url).replace("[m-1]}", "[m-1], fetch: true, userIdQuery: true}")
    async with served(tmp_path, template, config) as site:
        await site.browse("POST", "/api/endpoints/rec/fetch-models")
        assert recorder.last.line == "GET /v1/models?user=1 HTTP/1.1"


async def test_a_title_is_asked_for_as_the_file_words_it(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers(spoken("From {input}."), completion("Veins"))
    lines = (
        'titlePrompt: "Name this, please: {convo}!"',
        'titlePromptTemplate: "Q={input} A={output}"',
        "titleMessageRole: system",
    )
    async with served(tmp_path, template, custom(recorder.url, *lines)) as site:
        assert (await talk(site, "What of {output}?"))["now"]["title"] == "Veins"
        # What a person wrote is put in as it is, braces and all.
        wanted = "Name this, please: Q=What of {output}? A=From {input}.!"
        said = {"role": "system", "content": wanted}
        assert body_of(recorder.last)["messages"] == [said]


async def test_a_title_prompt_without_its_place_still_gets_the_conversation(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers(spoken("From hot water."), completion("Veins"))
    lines = ('titlePrompt: "Five words, please."',)
    async with served(tmp_path, template, custom(recorder.url, *lines)) as site:
        await talk(site, "Whence gold?")
        said = body_of(recorder.last)["messages"][0]["content"]
        assert said.startswith("Five words, please.\n\n")
        assert "Whence gold?" in said
        assert "From hot water." in said


@pytest.mark.parametrize(
    ("method", "field", "message"),
    [
        ("structured", "response_format", {"content": '{"title": "Gold veins"}'}),
        (
            "functions",
            "tools",
            {
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "title", "arguments": '{"title": "Gold veins"}'},
                    }
                ],
            },
        ),
    ],
)
async def test_a_title_in_a_form(
    tmp_path: Path,
    template: Path,
    recorder: Recorder,
    method: str,
    field: str,
    message: dict[str, Any],
) -> None:
    said = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": "stop"}
    recorder.answers(spoken("Hi."), (whole(answer(choices=[said]), JSON),))
    lines = (f"titleMethod: {method}",)
    async with served(tmp_path, template, custom(recorder.url, *lines)) as site:
        assert (await talk(site))["now"]["title"] == "Gold veins"
        assert field in body_of(recorder.last)
        assert len(recorder.requests) == 2


async def test_a_form_that_is_not_taken_is_left_off(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    refused = refusal(400, "response_format is not supported")
    recorder.answers(spoken("Hi."), refused, completion("Gold veins"))
    lines = ("titleMethod: structured",)
    async with served(tmp_path, template, custom(recorder.url, *lines)) as site:
        assert (await talk(site))["now"]["title"] == "Gold veins"
        assert "response_format" in body_of(recorder.requests[1])
        assert "response_format" not in body_of(recorder.last)


@pytest.mark.parametrize(("named", "asked"), [("Other", "o-1"), ("Nobody", "m-1")])
async def test_another_endpoint_writes_the_titles(
    tmp_path: Path, template: Path, recorder: Recorder, named: str, asked: str
) -> None:
    recorder.answers(spoken("Hi."), completion("Gold veins"))
    config = custom(recorder.url, f"titleEndpoint: {named}")
    other = custom(recorder.url, name="Other", models="[o-1]").removeprefix("  custom:\n")
    async with served(tmp_path, template, config + other) as site:
        assert (await talk(site))["now"]["title"] == "Gold veins"
        assert body_of(recorder.last)["model"] == asked


async def test_a_title_model_need_not_be_listed_where_another_endpoint_writes_it(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    recorder.answers(spoken("Hi."), completion("Gold veins"))
    config = custom(recorder.url, "titleEndpoint: Other", "titleModel: small-1")
    other = custom(recorder.url, name="Other", models="[o-1]").removeprefix("  custom:\n")
    async with served(tmp_path, template, config + other) as site:
        assert (await talk(site))["now"]["title"] == "Gold veins"
        assert body_of(recorder.last)["model"] == "small-1"


async def test_an_immediate_title_does_not_wait_for_the_answer(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    waiting = spoken("Hi.")
    recorder.answers((waiting[0], "stall"))
    lines = ("titleTiming: immediate",)
    async with served(tmp_path, template, custom(recorder.url, *lines)) as site:
        recorder.answers((waiting[0], "stall"), completion("Gold veins"))
        body = {"model": "rec/m-1", "text": "Whence gold?"}
        sent = (await site.browse("POST", "/api/chat/send", body)).json
        await recorder.request(1)
        path = f"/api/conversations/{sent['conversation']['id']}"
        titles: list[str] = []
        for _ in range(400):
            titles.append((await site.browse("GET", path)).json["conversation"]["title"])
            if titles[-1] == "Gold veins":
                break
        assert titles[-1] == "Gold veins"
        asked = next(one for one in recorder.requests if b'"stream"' not in one.body)
        assert "Whence gold?" in body_of(asked)["messages"][0]["content"]
        await site.browse("POST", f"/api/messages/{sent['answer']['id']}/stop")


@pytest.mark.parametrize("line", ["addParams: {disableStreaming: true}", "dropParams: [stream]"])
async def test_an_answer_that_is_not_streamed(
    tmp_path: Path, template: Path, recorder: Recorder, line: str
) -> None:
    recorder.answers(completion("In one piece."))
    async with served(tmp_path, template, custom(recorder.url, line, "titleConvo: false")) as site:
        sent = await talk(site)
        assert set(body_of(recorder.last)) == {"model", "messages"}
        path = f"/api/conversations/{sent['conversation']['id']}"
        messages = (await site.browse("GET", path)).json["messages"]
        assert messages[-1]["text"] == "In one piece."
        assert messages[-1]["chip"]["lost"] == 0
        assert messages[-1]["chip"]["output_tokens"] == 3
        client = site.openai()
        said: AsyncStream[ChatCompletionChunk] = await client.chat.completions.create(
            model="rec/m-1", messages=[{"role": "user", "content": "Hi"}], stream=True
        )
        text = "".join([one.choices[0].delta.content or "" async for one in said if one.choices])
        assert text == "In one piece."
        assert set(body_of(recorder.last)) == {"model", "messages"}


async def test_each_piece_is_shown_by_itself_at_a_stream_rate(
    tmp_path: Path, template: Path, recorder: Recorder
) -> None:
    words = [f"w{number} " for number in range(8)]
    together = b"".join(spoken(*words))  # pyright: ignore[reportArgumentType]
    recorder.answers((together,))
    lines = ("streamRate: 20", "titleConvo: false")
    async with served(tmp_path, template, custom(recorder.url, *lines)) as site:
        async with opened(site) as tab:
            await talk(site)
            finished = await tab.upto("message.finished")
        shown = [event.data["text"] for event in tab.events if event.kind == "message.delta"]
        # They came together; without the pause they are shown together.
        assert len(shown) > len(words) // 2
        assert "".join(shown) == "".join(words)
        assert finished.data["message"]["text"] == "".join(words)
