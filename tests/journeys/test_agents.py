"""Agents and chat programs at the gateway: each file in agents/ is a request as the real program
sent it, with long texts and most tools left out, and is sent here as it came."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from filon.conversation.rights import KeyRules
from tests.journeys.doors import hurried, told_in
from tests.journeys.site import ME, Reply, Site

AGENTS = Path(__file__).parent / "agents"

# What does not reach a model that speaks chat completions; only what is dropped needs leniency.
CLAUDE = {
    "context_management": "dropped",
    "messages: cache_control": "dropped",
    "metadata.user_id": "no_effect",
    "thinking": "no_effect",
}
CODEX = {
    "client_metadata": "no_effect",
    "include: reasoning.encrypted_content": "no_effect",
    "reasoning.summary": "no_effect",
    "store": "no_effect",
    "tools[1]": "dropped",
    "tools[2]": "dropped",
}
LEFT_OUT: dict[str, dict[str, str]] = {
    "aider_asks": {},
    "claude_code_asks": CLAUDE,
    "claude_code_goes_on": CLAUDE,
    "claude_code_title": {"metadata.user_id": "no_effect", "tools": "no_effect"},
    "codex_asks": CODEX,
    "codex_goes_on": CODEX,
    "continue_goes_on": {},
    "open_webui_asks": {},
    "opencode_goes_on": {},
}
# Practice calls the tool that is named, and tells what it gave.
TELLS = {
    "claude_code_asks": '"name":"Bash"',
    "claude_code_goes_on": "Bash returned this for ls",
    "codex_asks": '"name":"exec_command"',
    "codex_goes_on": "exec_command returned this for ls",
    "continue_goes_on": "Bash returned this for ls",
    "opencode_goes_on": "bash returned this for ",
}


class Recorded(Struct, frozen=True, kw_only=True):
    """A request as a program sent it, but for its key."""

    client: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


def recorded(name: str) -> Recorded:
    return Recorded(**json.loads((AGENTS / f"{name}.json").read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Site]:
    async with hurried(tmp_path_factory.mktemp("agents") / "home", template) as site:
        yield site


@pytest.fixture(scope="module")
async def lenient(site: Site) -> str:
    return (await site.house.keys.make(ME, "agents", KeyRules(lenient=True))).secret


async def sent(site: Site, request: Recorded, key: str, **changed: Any) -> Reply:
    headers = {**request.headers, "authorization": f"Bearer {key}"}
    return await site.ask("POST", request.path, {**request.body, **changed}, headers=headers)


def said(reply: Reply) -> str:
    """The words of a streamed answer in any protocol."""
    found: list[str] = []
    for event in told_in(reply.text):
        delta: Any = (event.get("choices") or [event])[0].get("delta") or ""
        found.append(delta if isinstance(delta, str) else delta.get("content") or delta.get("text"))
    return "".join(word for word in found if word)


async def decided(site: Site, reply: Reply) -> dict[str, str]:
    """The decision on each parameter."""
    trace = await site.trace(reply.headers["x-filon-trace"])
    records = {record["type"]: record for record in trace["records"]}
    return {one["name"]: one["decision"] for one in records["translated"]["decisions"]}


def test_every_recorded_request_is_tried() -> None:
    assert {file.stem for file in AGENTS.iterdir()} == set(LEFT_OUT)


@pytest.mark.parametrize("name", LEFT_OUT)
async def test_what_an_agent_sends_is_answered(site: Site, lenient: str, name: str) -> None:
    reply = await sent(site, recorded(name), lenient)
    assert reply.status == 200, reply.text
    assert not any("error" in event for event in told_in(reply.text))
    assert TELLS.get(name, "") in reply.text + said(reply)
    found = await decided(site, reply)
    left_out = {one: what for one, what in found.items() if what in ("dropped", "no_effect")}
    assert left_out == LEFT_OUT[name]


@pytest.mark.parametrize("name", LEFT_OUT)
async def test_a_strict_key_is_enough_where_nothing_is_lost(site: Site, name: str) -> None:
    reply = await sent(site, recorded(name), site.key)
    lost = [one for one, what in LEFT_OUT[name].items() if what == "dropped"]
    assert reply.status == (400 if lost else 200), reply.text
    assert not lost or f"`{lost[0]}`" in reply.text


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("claude_code_asks", "practice-anthropic/pocket-reasoner"),
        ("codex_asks", "practice-responses/pocket-code"),
    ],
)
async def test_before_its_own_protocol_nothing_of_an_agent_is_lost(
    site: Site, name: str, model: str
) -> None:
    request = recorded(name)
    limit = {"max_tokens": 4_096} if "max_tokens" in request.body else {}
    reply = await sent(site, request, site.key, model=model, **limit)
    assert reply.status == 200, reply.text
    trace = await site.trace(reply.headers["x-filon-trace"])
    attempt = next(record for record in trace["records"] if record["type"] == "attempt")
    passed = dict(attempt["request_headers"]).get("anthropic-beta")
    assert passed == request.headers.get("anthropic-beta")
    assert set((await decided(site, reply)).values()) <= {"kept"}


@pytest.mark.parametrize(
    ("method", "path", "right"),
    [
        ("GET", "/models", "GET /v1/models"),
        ("GET", "/v1//models", "GET /v1/models"),
        ("GET", "/v1/models/", "GET /v1/models"),
        ("POST", "/chat/completions", "POST /v1/chat/completions"),
        ("POST", "/v1/v1/chat/completions", "POST /v1/chat/completions"),
        ("POST", "/v1//responses", "POST /v1/responses"),
        ("POST", "/v1/v1/messages", "POST /v1/messages"),
        ("POST", "/messages/count_tokens", "POST /v1/messages/count_tokens"),
    ],
)
async def test_a_wrong_base_url_is_told(site: Site, method: str, path: str, right: str) -> None:
    key = {"authorization": f"Bearer {site.key}"}
    reply = await site.ask(method, path, {} if method == "POST" else None, headers=key)
    assert reply.status == 404
    assert f"but {right}. The base URL of " in reply.error["message"]
    assert ("type" in reply.json) == ("/messages" in path), "each in the words of its protocol"


async def test_a_browser_without_a_key_is_no_program(site: Site) -> None:
    page = await site.browse("GET", "/models")
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/messages", "/v1/responses"])
async def test_a_wrong_key_is_told_at_once(site: Site, path: str) -> None:
    reply = await site.ask("POST", path, {}, headers={"authorization": "Bearer fln_wrong"})
    assert (reply.status, reply.headers["x-should-retry"]) == (401, "false")
