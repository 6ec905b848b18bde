"""A preset of modelSpecs on its way from the file to the wire, by the chat and by the gateway."""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from filon.cli import explain
from filon.kit import clock
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion, spoken
from tests.journeys.site import PROVIDER_KEY, Site, running, settings_of, until

CONFIG = """\
version: "1.3.13"
endpoints:
  custom:
    - name: rec
      apiKey: "${REC_KEY}"
      baseURL: "%s"
      models: {default: [m-1, m-2]}
      titleConvo: %s
      addParams: {top_p: 0.9}
      dropParams: [presence_penalty]
      customParams: {paramDefinitions: [{key: temperature, default: 1}]}
modelSpecs:
  enforce: %s
  list:
    - name: geologist
      label: Geologist
      description: Knows rocks
      group: rec
      preset:
        endpoint: rec
        model: m-2
        modelLabel: Lyell
        promptPrefix: |
          You speak of rocks with {{current_user}} on {{current_date}}. {{not_this}} stays.
        temperature: 0.2
        topP: 0.4
        presence_penalty: 1
        maxTokens: 64
      conversation_starters: ["What is gneiss?"]
    - name: broken
      label: Broken
      group: Others
      preset: {endpoint: rek, model: m-1}
    - name: m-1
      label: Called like a model
      preset: {endpoint: rec, model: m-2}
    - name: rec/m-1
      label: Called like all of it
      preset: {endpoint: rec, model: m-2}
"""
# Lines of CONFIG.
SYSTEM, TEMPERATURE, ADDED, DROPPED = 23, 25, 9, 10


@pytest.fixture
def titles() -> str:
    return "false"


@pytest.fixture
def enforce() -> str:
    return "false"


@pytest.fixture
async def site(
    tmp_path: Path, template: Path, recorder: Recorder, titles: str, enforce: str
) -> AsyncIterator[Site]:
    config = CONFIG % (recorder.url, titles, enforce)
    settings = settings_of(tmp_path / "home", config, {"REC_KEY": PROVIDER_KEY})
    async with running(settings, template) as site:
        yield site


async def send(site: Site, **body: Any) -> dict[str, Any]:
    reply = await site.browse("POST", "/api/chat/send", {"text": "Speak.", **body})
    assert reply.status == 200, reply.text
    await site.quiet()
    return reply.json


def asked(recorder: Recorder) -> dict[str, Any]:
    return json.loads(recorder.last.body)


def record(trace: dict[str, Any], kind: str) -> dict[str, Any]:
    return next(one for one in trace["records"] if one["type"] == kind)


def decisions(trace: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one for one in record(trace, "translated")["decisions"]}


async def test_a_preset_reaches_the_wire_with_its_lines(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Granite."))
    sent = await send(site, preset="geologist")
    body = asked(recorder)
    today = clock.local(clock.now())
    assert body["model"] == "m-2"
    assert body["messages"] == [
        {
            "role": "system",
            "content": f"You speak of rocks with you on {today:%Y-%m-%d} ({today:%A}). "
            "{{not_this}} stays.\n",
        },
        {"role": "user", "content": "Speak."},
    ]
    assert (body["temperature"], body["top_p"], body["max_tokens"]) == (0.2, 0.9, 64)
    assert "presence_penalty" not in body
    trace = await site.trace(sent["answer"]["trace_id"])
    first, second = record(trace, "assembled")["messages"]
    assert (first["origin"], second["origin"]) == ("preset", "this message")
    assert first["because"] == {
        "source": "librechat.yaml",
        "line": SYSTEM,
        "rule": "modelSpecs.list[0].preset.promptPrefix",
        "why": None,
    }
    made = decisions(trace)
    assert made["temperature"]["because"]["line"] == TEMPERATURE
    assert made["temperature"]["decision"] == "kept"
    assert made["topP"]["because"]["line"] == ADDED
    assert made["topP"]["wanted"] == 0.4
    assert made["presence_penalty"]["decision"] == "dropped"
    assert made["presence_penalty"]["because"]["line"] == DROPPED
    assert made["maxTokens"]["decision"] == "renamed"
    assert record(trace, "routed")["candidates"][0]["reason"] == "the preset geologist names it"
    assert sent["answer"]["sender"] == "Lyell"
    assert sent["answer"]["preset"] == sent["conversation"]["preset"] == "geologist"
    assert sent["answer"]["model"] == "rec/m-2"


async def test_what_a_person_sets_wins_over_the_preset(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Granite."))
    sent = await send(site, preset="geologist", parameters={"temperature": 0.7})
    assert asked(recorder)["temperature"] == 0.7
    decision = decisions(await site.trace(sent["answer"]["trace_id"]))["temperature"]
    assert decision["because"]["source"] == "you"
    assert decision["note"] == f"In place of the preset's 0.2 (librechat.yaml:{TEMPERATURE})."


async def test_without_a_preset_the_definitions_hold(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Granite."))
    sent = await send(site, model="rec/m-2")
    assert asked(recorder)["temperature"] == 1
    assert [one["role"] for one in asked(recorder)["messages"]] == ["user"]
    assert sent["conversation"]["preset"] is None


async def test_a_conversation_remembers_its_preset(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Granite."))
    first = await send(site, preset="geologist")
    chat = first["conversation"]["id"]
    at = {"conversation_id": chat, "parent_id": first["answer"]["id"]}
    second = await send(site, model="rec/m-1", **at)
    assert second["conversation"]["preset"] is None
    page = (await site.browse("GET", f"/api/conversations/{chat}")).json
    presets = [one["preset"] for one in page["messages"]]
    assert presets == [None, "geologist", None, None]
    # Another answer in a place is asked for as the first one was.
    again = await site.browse("POST", "/api/chat/regenerate", {"message_id": first["answer"]["id"]})
    assert again.json["answer"]["preset"] == "geologist"
    await site.quiet()
    assert asked(recorder)["messages"][0]["role"] == "system"
    other = {"message_id": first["answer"]["id"], "model": "rec/m-1"}
    plain = await site.browse("POST", "/api/chat/regenerate", other)
    assert plain.json["answer"]["preset"] is None


@pytest.mark.parametrize("titles", ["true"])
async def test_a_chat_with_a_preset_gets_its_title(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Granite."), completion("Rocks"))
    sent = await send(site, preset="geologist")
    await until(lambda: not site.house.chats._tasks)  # pyright: ignore[reportPrivateUsage]
    page = await site.browse("GET", f"/api/conversations/{sent['conversation']['id']}")
    assert page.json["conversation"]["title"] == "Rocks"
    assert [one["role"] for one in asked(recorder)["messages"]] == ["user"]
    assert asked(recorder)["temperature"] == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"preset": "geologst"}, 404, "preset_not_found"),
        ({"preset": "broken"}, 503, "preset_not_ready"),
        ({"preset": "geologist", "model": "rec/m-1"}, 400, "preset_mismatch"),
        ({}, 400, "invalid_request"),
    ],
)
async def test_a_preset_that_cannot_be_used_is_refused(
    site: Site, recorder: Recorder, body: dict[str, Any], status: int, code: str
) -> None:
    reply = await site.browse("POST", "/api/chat/send", {"text": "Speak.", **body})
    assert (reply.status, reply.error["code"]) == (status, code)
    assert reply.error["fix"]
    assert recorder.requests == []
    assert (await site.browse("GET", "/api/conversations")).json["conversations"] == []


@pytest.mark.parametrize("enforce", ["true"])
async def test_enforced_presets_are_all_that_the_chat_takes(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Granite."))
    refused = await site.browse("POST", "/api/chat/send", {"text": "x", "model": "rec/m-1"})
    assert (refused.status, refused.error["code"]) == (400, "preset_required")
    assert "modelSpecs.enforce" in refused.error["message"]
    sent = await send(site, preset="geologist")
    other = {"message_id": sent["answer"]["id"], "model": "rec/m-1"}
    again = await site.browse("POST", "/api/chat/regenerate", other)
    assert again.error["code"] == "preset_required"
    assert (await site.browse("GET", "/api/presets")).json["enforce"] is True


@pytest.mark.parametrize("name", ["preset/geologist", "geologist"])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_program_names_a_preset_as_its_model(
    site: Site, recorder: Recorder, name: str, stream: bool
) -> None:
    recorder.answers(spoken("Granite.") if stream else completion("Granite."))
    odd = b'{"role": "user", "content": "Speak.", "unknown": 1.50}'
    data = b'{"model":"%s","messages":[%s],"stream":%s}' % (
        name.encode(),
        odd,
        b"true" if stream else b"false",
    )
    reply = await site.program(None, data=data)
    assert reply.status == 200, reply.text
    assert f'"model":"{name}"' in reply.text.replace(": ", ":")
    body = asked(recorder)
    assert (body["model"], body["temperature"]) == ("m-2", 0.2)
    assert body["messages"][0]["role"] == "system"
    # The program's own bytes are left as they were.
    assert odd in recorder.last.body
    trace = await site.last_trace()
    assert [one["origin"] for one in record(trace, "assembled")["messages"]] == [
        "preset",
        "request",
    ]
    assert trace["trace"]["model"] == name


async def test_a_model_keeps_its_name_beside_a_preset(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    messages = [{"role": "user", "content": "Speak."}]
    for name in ("m-1", "rec/m-1"):
        await site.program({"model": name, "messages": messages})
        assert asked(recorder)["model"] == "m-1"
        await site.program({"model": f"preset/{name}", "messages": messages})
        assert asked(recorder)["model"] == "m-2"


async def test_the_gateway_lists_the_presets(site: Site) -> None:
    models = [one async for one in site.openai().models.list()]
    presets = {one.id: one.owned_by for one in models if one.id.startswith("preset/")}
    assert list(presets) == ["preset/geologist", "preset/m-1", "preset/rec/m-1"]
    assert set(presets.values()) == {"librechat.yaml"}


@pytest.mark.parametrize("name", ["preset/broken", "broken", "preset/nothing"])
async def test_a_program_is_told_why_a_preset_does_not_answer(site: Site, name: str) -> None:
    messages = [{"role": "user", "content": "Speak."}]
    reply = await site.program({"model": name, "messages": messages})
    assert reply.status == (404 if name == "preset/nothing" else 503)
    if name != "preset/nothing":
        assert "There is no endpoint rek. Did you mean rec?" in reply.error["message"]


def test_explain_tells_what_a_preset_sends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "librechat.yaml"
    path.write_text((CONFIG % ("http://127.0.0.1:9/v1", "false", "false")).replace("${", "$ {"))
    assert _explain(path, "preset/geologist") == 0
    told = json.loads(capsys.readouterr().out)
    made = {one["name"]: one for one in told["decisions"]}
    assert made["temperature"]["because"]["line"] == TEMPERATURE
    assert told["body"]["messages"][0]["role"] == "system"
    assert _explain(path, "geologist", "temperature") == 0
    steps = json.loads(capsys.readouterr().out)["steps"]["temperature"]
    assert [one["rules"] for one in steps] == ["preset"]
    assert _explain(path, "preset/broken") == 1
    assert "Did you mean rec?" in capsys.readouterr().err
    assert _explain(path, "preset/geologst") == 1
    assert "Did you mean geologist?" in capsys.readouterr().err


def _explain(path: Path, model: str, parameter: str | None = None) -> int:
    return explain.run(model, parameter, [], prompt="Hello", stream=True, config=path, as_json=True)


async def test_the_page_is_told_the_groups(site: Site) -> None:
    told = (await site.browse("GET", "/api/presets")).json
    assert (told["enforce"], told["prioritize"], told["added_endpoints"]) == (False, True, [])
    named = [
        (group["label"], group["endpoint"], [one["name"] for one in group["presets"]])
        for group in told["groups"]
    ]
    assert named == [
        (None, None, ["m-1", "rec/m-1"]),
        ("rec", "rec", ["geologist"]),
        ("Others", None, ["broken"]),
    ]
    geologist = told["groups"][1]["presets"][0]
    assert geologist["target"] == "rec/m-2"
    assert geologist["starters"] == ["What is gneiss?"]
    parameters = {one["name"]: one["value"] for one in geologist["parameters"]}
    assert parameters["top_p"] == 0.4
    assert geologist["parameters"][0]["because"]["line"] == TEMPERATURE
    broken = told["groups"][2]["presets"][0]
    assert (broken["state"], broken["target"]) == ("broken", None)
    assert broken["reason"] == "There is no endpoint rek. Did you mean rec?"


async def test_a_changed_file_changes_the_presets(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Granite."))
    sent = await send(site, preset="geologist")
    assert site.house.settings.config is not None
    file = site.house.settings.config.path
    file.write_text(file.read_text().replace("name: geologist", "name: stone"))
    told = await site.browse("POST", "/api/config/reload")
    # The file is watched too, and may have been taken up already.
    assert told.json["result"] in ("taken_up", "unchanged")
    gone = await site.browse("POST", "/api/chat/regenerate", {"message_id": sent["answer"]["id"]})
    assert gone.error["code"] == "preset_not_found"
    await send(site, preset="stone")
    assert asked(recorder)["temperature"] == 0.2


async def test_practice_takes_a_preset(tmp_path: Path, template: Path) -> None:
    config = """\
version: "1.3.13"
modelSpecs:
  list:
    - name: mirror
      label: Mirror
      default: true
      preset: {endpoint: practice, model: echo, promptPrefix: "At {{iso_datetime}}.", seed: 7}
"""
    async with running(settings_of(tmp_path / "home", config), template) as site:
        await site.browse("PUT", "/api/practice/speed", {"speed": 0})
        sent = await send(site, preset="mirror")
        trace = await site.trace(sent["answer"]["trace_id"])
        body = json.loads(record(trace, "attempt")["request_body"]["text"])
        assert body["seed"] == 7
        said = body["messages"][0]["content"]
        assert datetime.fromisoformat(said.removeprefix("At ").rstrip(".")).tzinfo is not None
