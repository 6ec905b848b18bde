"""A preset whose endpoint speaks another protocol: what it says crosses, each with its own line."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from filon.cli import explain
from filon.conversation.rights import KeyRules
from tests.journeys.site import ME, Reply, Site, running, settings_of

CONFIG = """\
version: "1.3.13"
modelSpecs:
  list:
    - name: thinker
      label: Thinker
      preset:
        endpoint: practice-anthropic
        model: pocket-reasoner
        reasoning_effort: low
        maxTokens: 5000
        stop: [END]
        frequency_penalty: 0.5
        user: somebody
    - name: brief
      label: Brief
      preset:
        endpoint: practice-responses
        model: pocket-reasoner
        reasoning_effort: low
        max_tokens: 640
        seed: 3
"""
# Lines of CONFIG.
EFFORT, LIMIT, STOP, PENALTY, USER = 9, 10, 11, 12, 13
BRIEF = {"reasoning_effort": 19, "max_tokens": 20}
HELLO = {"messages": [{"role": "user", "content": "Hello"}]}


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    settings = settings_of(tmp_path_factory.mktemp("presets") / "home", CONFIG)
    async with running(settings, template) as site:
        site.house.practice.desk.speed = 0
        yield site
        assert "fault  " not in site.log.getvalue()


async def translated(site: Site, trace_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The body that left, and the decisions by name."""
    records = (await site.trace(trace_id))["records"]
    record = next(one for one in records if one["type"] == "translated")
    return json.loads(record["body"]["text"]), {one["name"]: one for one in record["decisions"]}


async def ask(site: Site, path: str, body: dict[str, Any]) -> Reply:
    headers = {"authorization": f"Bearer {site.key}"}
    reply = await site.ask("POST", path, body, headers=headers)
    assert reply.status == 200, reply.text
    return reply


def told(decision: dict[str, Any]) -> tuple[str, int | None, str | None]:
    """What became of a parameter, by which line, and the note beside it."""
    return decision["decision"], decision["because"]["line"], decision["note"]


async def test_a_preset_crosses_to_messages(site: Site) -> None:
    sent = await site.browse("POST", "/api/chat/send", {"text": "Hello", "preset": "thinker"})
    await site.quiet()
    page = await site.browse("GET", f"/api/conversations/{sent.json['conversation']['id']}")
    assert page.json["messages"][-1]["state"] == "complete"
    body, made = await translated(site, sent.json["answer"]["trace_id"])
    assert body["thinking"] == {"type": "enabled", "budget_tokens": 2048}
    assert (body["max_tokens"], body["stop_sequences"]) == (5000, ["END"])
    assert body["metadata"] == {"user_id": "somebody"}
    assert not {"reasoning_effort", "frequency_penalty", "stop", "user"} & body.keys()
    says = "The preset says so."
    assert told(made["reasoning_effort"])[:2] == ("renamed", EFFORT)
    assert made["reasoning_effort"]["wanted"] == "low"
    assert made["reasoning_effort"]["sent_as"] == "thinking"
    assert told(made["maxTokens"]) == ("kept", LIMIT, says)
    assert told(made["stop"])[:2] == ("renamed", STOP)
    assert told(made["user"]) == (
        "renamed",
        USER,
        f"{says} It stands in `metadata.user_id`.",
    )
    lost = made["frequency_penalty"]
    assert (lost["decision"], lost["wanted"]) == ("dropped", 0.5)
    assert "no penalties" in lost["because"]["why"]
    assert lost["note"] == f"The preset says so (librechat.yaml:{PENALTY})."


async def test_what_a_program_says_wins_in_its_own_words(site: Site) -> None:
    """Also where its own words are those of the endpoint, which stay as they are."""
    asked: dict[str, Any] = {
        "model": "thinker",
        **HELLO,
        "max_tokens": 2048,
        "stop_sequences": ["X"],
    }
    asked["metadata"] = {"user_id": "p"}
    reply = await ask(site, "/v1/messages", asked)
    body, made = await translated(site, reply.headers["x-filon-trace"])
    assert (body["max_tokens"], body["stop_sequences"]) == (2048, ["X"])
    assert body["metadata"] == {"user_id": "p"}
    # Half of what may be said.
    assert body["thinking"]["budget_tokens"] == 1024
    assert made["max_tokens"]["because"]["source"] == "you"
    assert made["max_tokens"]["note"] == f"In place of the preset's 5000 (librechat.yaml:{LIMIT})."
    assert told(made["reasoning_effort"])[:2] == ("renamed", EFFORT)
    assert made["user"]["because"]["why"] == "The request itself says `metadata`."
    own = {**asked, "thinking": {"type": "enabled", "budget_tokens": 1100}}
    reply = await ask(site, "/v1/messages", own)
    body, made = await translated(site, reply.headers["x-filon-trace"])
    assert body["thinking"]["budget_tokens"] == 1100
    assert made["reasoning_effort"]["decision"] == "no_effect"
    assert made["reasoning_effort"]["because"]["why"] == "The request itself says `thinking`."


async def test_a_strict_key_is_not_refused_for_what_the_preset_says(site: Site) -> None:
    assert not KeyRules().lenient
    chat = {"model": "thinker", **HELLO, "reasoning_effort": "medium", "max_tokens": 20_000}
    reply = await ask(site, "/v1/chat/completions", chat)
    body, made = await translated(site, reply.headers["x-filon-trace"])
    assert body["thinking"]["budget_tokens"] == 8192
    assert made["reasoning_effort"]["because"]["source"] != "librechat.yaml"
    assert "In place of the preset's" in made["max_tokens"]["note"]
    assert made["frequency_penalty"]["decision"] == "dropped"
    headers = {"authorization": f"Bearer {(await site.house.keys.make(ME, 'strict')).secret}"}
    own = {**chat, "presence_penalty": 1}
    refused = await site.ask("POST", "/v1/chat/completions", own, headers=headers)
    assert (refused.status, refused.error["param"]) == (400, "presence_penalty")
    assert "frequency_penalty" not in refused.error["message"]


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
async def test_a_preset_crosses_to_responses(site: Site, path: str) -> None:
    asked = {"model": "brief", **({"input": "Hello"} if "responses" in path else HELLO)}
    reply = await ask(site, path, asked)
    body, made = await translated(site, reply.headers["x-filon-trace"])
    assert body["reasoning"] == {"effort": "low"}
    assert body["max_output_tokens"] == 640
    assert "seed" not in body
    # Chat completions keeps nothing unless it is asked to; the others' silence is their own.
    assert ("store" in body) == ("chat" in path)
    for name, line in BRIEF.items():
        assert told(made[name])[:2] == ("renamed", line)
    assert made["seed"]["decision"] == "dropped"


def test_explain_tells_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "librechat.yaml"
    path.write_text(CONFIG)
    given: dict[str, Any] = {"prompt": "Hello", "stream": True, "config": path, "as_json": True}
    assert explain.run("preset/thinker", None, [], **given) == 0
    shown = json.loads(capsys.readouterr().out)
    made = {one["name"]: one for one in shown["decisions"]}
    assert told(made["reasoning_effort"])[:2] == ("renamed", EFFORT)
    assert shown["body"]["thinking"]["budget_tokens"] == 2048
