"""The one automatic repair, against practice's copy of OpenAI, whose reasoning model refuses names
and values that its other models take."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from filon.config.settings import Retries
from filon.conversation.rights import KeyRules
from tests.journeys.site import ME, Site, running, settings_of

CONFIG = """
version: 1.2.1
endpoints:
  custom:
    - name: plain
      apiKey: "%s"
      baseURL: "%s"
      models: {default: [pocket-reasoner]}
      headers: {x-practice-speed: "0"}
      titleConvo: false
    - name: adding
      apiKey: "%s"
      baseURL: "%s"
      models: {default: [pocket-reasoner]}
      headers: {x-practice-speed: "0"}
      addParams: {temperature: 0.2}
      titleConvo: false
"""
KEY = "sk-practice-openai"


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, practice: str
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("repairs") / "home"
    base = practice.removesuffix("/v1") + "/practice/openai/v1"
    settings = settings_of(home, CONFIG % (KEY, base, KEY, base))
    settings = replace(settings, retries=Retries(attempts=1, breaker=False))
    async with running(settings, template) as site:
        yield site


def asked(endpoint: str, **parameters: Any) -> dict[str, Any]:
    messages = [{"role": "user", "content": "Say hello."}]
    return {"model": f"{endpoint}/pocket-reasoner", "messages": messages, **parameters}


def decision(trace: dict[str, Any], name: str) -> dict[str, Any]:
    last = [one for one in trace["records"] if one["type"] == "translated"][-1]
    return next(one for one in last["decisions"] if one["name"] == name)


def attempts(trace: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in trace["records"] if one["type"] == "attempt"]


async def test_a_name_that_changed_is_sent_as_the_provider_wants_it(site: Site) -> None:
    reply = await site.program(asked("plain", max_tokens=64))
    assert reply.status == 200, reply.text
    assert reply.headers["x-filon-attempts"] == "2"
    trace = await site.last_trace()
    first, second = attempts(trace)
    assert (first["status"], second["status"]) == (400, 200)
    assert "`max_completion_tokens`" in first["then"]
    assert '"max_completion_tokens":64' in second["request_body"]["text"]
    assert '"max_tokens"' not in second["request_body"]["text"]
    found = decision(trace, "max_tokens")
    assert (found["decision"], found["sent_as"]) == ("renamed", "max_completion_tokens")
    assert found["because"]["source"] == "provider"
    assert "max_completion_tokens" in found["because"]["why"]
    assert [one["type"] for one in trace["records"]].count("routed") == 1


async def test_a_strict_program_keeps_what_it_asked_for(site: Site) -> None:
    reply = await site.program(asked("plain", temperature=0.3))
    assert reply.status == 400
    assert len(attempts(await site.last_trace())) == 1


async def test_a_lenient_one_gets_its_answer_without_it(site: Site) -> None:
    key = await site.house.keys.make(ME, "lenient", KeyRules(lenient=True))
    given = {"authorization": f"Bearer {key.secret}"}
    reply = await site.program(asked("plain", temperature=0.3), headers=given)
    assert reply.status == 200, reply.text
    trace = await site.last_trace()
    assert decision(trace, "temperature")["decision"] == "dropped"
    assert '"temperature"' not in attempts(trace)[-1]["request_body"]["text"]


async def test_what_the_configuration_added_goes_for_anyone(site: Site) -> None:
    reply = await site.program(asked("adding"))
    assert reply.status == 200, reply.text
    assert reply.headers["x-filon-attempts"] == "2"
    assert decision(await site.last_trace(), "temperature")["decision"] == "dropped"


async def test_once_and_no_more(site: Site) -> None:
    reply = await site.program(asked("adding", max_tokens=64))
    assert reply.status == 400
    assert len(attempts(await site.last_trace())) == 2


async def test_nothing_is_mended_where_the_file_forbids_it(site: Site) -> None:
    services = site.house.services
    usual = services.retries
    services.retries = replace(usual, repair=False)
    try:
        reply = await site.program(asked("plain", max_tokens=64))
    finally:
        services.retries = usual
    assert reply.status == 400
    assert reply.error["param"] == "max_tokens"
