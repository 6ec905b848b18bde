"""A pasted curl command beside what is configured, sent and looked at; and replays by the command
line."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.journeys.process import filon
from tests.journeys.replaying import KEY, OTHER_KEY, SECRETS, Place, replaying
from tests.journeys.replies import completion, refusal, spoken

BODY: dict[str, Any] = {
    "model": "m-1",
    "messages": [{"role": "user", "content": "it's `you`"}],
    "seed": 5,
}
FOREIGN = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.fixture(scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory, template: Path) -> AsyncIterator[Place]:
    async with replaying(tmp_path_factory.mktemp("pasted") / "home", template) as place:
        yield place


async def read(place: Place, text: str) -> dict[str, Any]:
    reply = await place.site.browse("POST", "/api/requests/read", {"text": text})
    assert reply.status == 200, reply.text
    return reply.json


def codes(told: dict[str, Any]) -> list[str]:
    return [note["code"] for note in told["warnings"]]


async def test_a_pasted_command_is_sent_with_the_endpoint_s_own_key(place: Place) -> None:
    place.second.answers(completion())
    raw = json.dumps(BODY, indent=1)
    quoted = raw.replace("'", "'\\''")
    text = (
        f"curl {place.second.url}/chat/completions -H 'content-type: application/json' "
        f"-H 'Authorization: Bearer {FOREIGN}' -H 'x-team: me' -d '{quoted}'"
    )
    told = await read(place, text)
    assert (told["endpoint"], told["protocol"], told["model"]) == ("other", "openai_chat", "m-1")
    assert (told["sendable"], told["add"], told["body"]) == (True, None, raw)
    assert sorted(codes(told)) == ["headers_left_out", "key_taken_out"]
    assert FOREIGN[:20] not in json.dumps(told)
    begun = await place.site.browse(
        "POST",
        "/api/requests",
        {name: told[name] for name in ("endpoint", "protocol", "body", "headers")},
    )
    await place.site.quiet()
    assert place.second.last.body == raw.encode()
    assert dict(place.second.last.headers)["authorization"] == f"Bearer {OTHER_KEY}"
    page = await place.site.trace(begun.json["id"])
    assert (page["trace"]["caller"], page["trace"]["model"]) == ("request", "other/m-1")
    # By another program: to close the database's file here would let go of SQLite's locks on it.
    home = str(place.site.house.settings.home)
    grep = await asyncio.create_subprocess_exec("grep", "-rlaF", FOREIGN[:20], home)
    assert await grep.wait() == 1
    # It can be replayed like any other.
    await place.replayed(begun.json["id"], "wire")
    assert place.second.last.body == raw.encode()


async def test_a_request_in_another_protocol_is_carried_over(place: Place) -> None:
    place.first.answers(completion())
    body = {"model": "m-1", "max_tokens": 5, "messages": BODY["messages"], "system": "Be brief."}
    begun = await place.site.browse(
        "POST",
        "/api/requests",
        {"endpoint": "rec", "protocol": "anthropic_messages", "body": json.dumps(body)},
    )
    await place.site.quiet()
    sent = json.loads(place.first.last.body)
    assert sent["messages"][0] == {"role": "system", "content": "Be brief."}
    assert sent["top_p"] == 0.5
    assert (await place.site.trace(begun.json["id"]))["trace"]["outcome"] == "complete"


async def test_where_a_command_leads(place: Place) -> None:
    body = json.dumps(BODY).replace("'", "'\\''")
    port = place.site.house.settings.port
    ours = body.replace('"m-1"', '"other/m-3"')
    own = await read(place, f"curl http://127.0.0.1:{port}/v1/chat/completions -d '{ours}'")
    assert (own["endpoint"], own["model"], own["add"]) == ("other", "m-3", None)
    known = await read(
        place, f"curl https://api.deepseek.com/chat/completions -H 'a: $X' -d '{body}'"
    )
    assert known["endpoint"] is None
    assert "set_variable" in codes(known)
    strange = await read(
        place,
        f"curl https://api.example.com/v2/messages -H \"x-api-key: $MY_KEY\" -d '{body}'",
    )
    assert (strange["endpoint"], strange["sendable"]) == (None, False)
    assert "no_endpoint" in codes(strange)
    (entry,) = yaml.safe_load(strange["add"])["endpoints"]["custom"]
    assert entry == {
        "name": "example",
        "apiKey": "${MY_KEY}",
        "baseURL": "https://api.example.com/v2",
        "models": {"default": ["m-1"], "fetch": True},
        "provider": "anthropic",
    }
    other = await read(place, f"curl {place.second.url}/models")
    assert {"not_a_post", "no_body", "unknown_path"} <= set(codes(other))
    refused = await place.site.browse(
        "POST", "/api/requests/read", {"text": f"curl {place.second.url} -d @body.json"}
    )
    assert (refused.status, refused.error["code"]) == (400, "file_refused")


async def test_a_request_that_cannot_be_sent_says_why(place: Place) -> None:
    good = {"endpoint": "rec", "protocol": "openai_chat", "body": json.dumps(BODY)}
    for change, code in (
        ({"endpoint": "nobody"}, "endpoint_gone"),
        ({"protocol": "gopher"}, "invalid_request"),
        ({"body": "{"}, "invalid_request"),
        ({"model": "m-9"}, "model_not_found"),
        ({"endpoint": "claude", "protocol": "openai_embeddings"}, "other_protocol"),
    ):
        reply = await place.site.browse("POST", "/api/requests", {**good, **change})
        assert (reply.status >= 400, reply.error["code"]) == (True, code)


async def test_the_command_prints_the_answer_and_then_both(place: Place) -> None:
    place.first.answers(spoken("first ", "answer"))
    first = await place.asked({**BODY, "model": "rec/m-1", "stream": True})
    await place.site.quiet()
    home = place.site.house.settings.home
    command = ("trace", "replay", first, "--config", str(home / "librechat.yaml"))
    place.first.answers(spoken("second ", "answer"))
    changed = ("--set", "temperature=0", "--unset", "seed", "--model", "m-2")
    done = await filon(home, *command, *changed, environ=SECRETS)
    assert (done.code, done.out) == (0, "second answer\n")
    sent = json.loads(place.first.last.body)
    assert (sent["temperature"], sent["model"]) == (0, "m-2")
    assert dict(place.first.last.headers)["authorization"] == f"Bearer {KEY}"
    for told in ("temperature", "–", "[-first -]{+second +}answer", "output tokens", "ttft"):
        assert told in done.err
    place.first.answers(refusal(404, "no such model"))
    failed = await filon(home, *command, "--as", "wire", "--json", environ=SECRETS)
    assert failed.code == 1
    told = json.loads(failed.out)
    assert (told["replay_of"], told["after"]["status"]) == (first, 404)
    assert told["request"] == []
