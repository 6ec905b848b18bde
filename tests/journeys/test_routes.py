"""Routes and fallbacks, through a filon.yaml that includes a librechat.yaml: at every door of the
gateway, in the chat, in the lists, and while the file changes."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from filon.config.load import load
from filon.server import reload as reload_module
from tests.journeys.conftest import RECORDED
from tests.journeys.recorder import Recorder
from tests.journeys.replies import DONE, START, STOP, completion, delta, stream
from tests.journeys.site import PROVIDER_KEY, Reply, Site, running, until
from tests.journeys.test_bad_input import check_openai
from tests.journeys.test_gateway_headers import key_with
from tests.journeys.test_reload import replace_file

MESSAGES: Any = [{"role": "user", "content": "a vein"}]
SECOND_KEY = "sk-canary-SECOND-0123456789abcdef"
OWN = """\
include: librechat.yaml
filon:
  routes:
    quick: rec/m-1
    smart: {targets: [mistral/large, rec/m-2, rec/m-1], description: "The best that answers"}
    lost: [mistral/large, groq/llama]
    embed: [rec-not/x, practice/pocket-embed]
    practice: rec/m-1
  endpoints:
    rec: {keys: ["${SECOND}", "${THIRD}"], limits: {concurrent: 8}}
    practice: {limits: {requests_per_minute: 600}}
  timeouts: {connect: 5}
"""


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, recorder: Recorder, practice: str
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("routes") / "home"
    home.mkdir()
    (home / "filon.yaml").write_text(OWN, encoding="utf-8")
    (home / "librechat.yaml").write_text(RECORDED % (recorder.url, practice), encoding="utf-8")
    environ = {"FILON_LOCAL_SERVERS": "off", "REC_KEY": PROVIDER_KEY, "SECOND": SECOND_KEY}
    async with running(load(environ, cwd=home, home=home, port=0), template) as site:
        site.house.practice.desk.speed = 0
        yield site


@pytest.fixture(autouse=True)
def answering(recorder: Recorder) -> None:
    recorder.answers(completion("gold"))


async def get(site: Site, path: str, **headers: str) -> Reply:
    return await site.ask("GET", path, headers={"authorization": f"Bearer {site.key}", **headers})


async def candidates(site: Site, reply: Reply) -> dict[str, tuple[bool, str]]:
    trace = await site.trace(reply.headers["x-filon-trace"])
    routed = next(one for one in trace["records"] if one["type"] == "routed")
    return {
        f"{one['endpoint']}/{one['model']}": (one["kept"], one["reason"])
        for one in routed["candidates"]
    }


async def test_the_reply_bears_the_route_s_name(site: Site, recorder: Recorder) -> None:
    reply = await site.program({"model": "smart", "messages": MESSAGES})
    assert reply.status == 200, reply.text
    assert reply.json["model"] == "smart"
    assert (reply.headers["x-filon-endpoint"], reply.headers["x-filon-model"]) == ("rec", "m-2")
    assert json.loads(recorder.last.body)["model"] == "m-2"
    told = await candidates(site, reply)
    assert told["mistral/large"][0] is False
    assert "MISTRAL_API_KEY is not set" in told["mistral/large"][1]
    assert told["rec/m-2"] == (True, "target 2 of the route smart")
    assert told["rec/m-1"][0] is True

    recorder.answers(stream(START, delta("gold"), STOP, DONE))
    streamed = await site.openai().chat.completions.create(
        model="quick", messages=MESSAGES, stream=True
    )
    assert {chunk.model async for chunk in streamed} == {"quick"}


DOORS: list[tuple[str, dict[str, Any]]] = [
    ("/v1/chat/completions", {"messages": MESSAGES}),
    ("/v1/messages", {"messages": MESSAGES, "max_tokens": 9}),
    ("/v1/responses", {"input": "a vein"}),
]


@pytest.mark.parametrize(("path", "body"), DOORS, ids=lambda one: str(one)[:20])
async def test_fallbacks_of_a_request_are_used_and_not_sent(
    path: str, body: dict[str, Any], site: Site, recorder: Recorder
) -> None:
    head = {"authorization": f"Bearer {site.key}"}
    asked = {"model": "groq/llama", **body, "fallbacks": ["quick", "fast/echo"]}
    reply = await site.ask("POST", path, asked, headers=head)
    assert reply.status == 200, reply.text
    assert reply.json["model"] == "groq/llama"
    assert reply.headers["x-filon-model"] == "m-1"
    assert "fallbacks" not in json.loads(recorder.last.body)
    told = await candidates(site, reply)
    assert told["rec/m-1"] == (True, "fallback 1 of the request: target 1 of the route quick")
    assert told["fast/echo"][1].startswith("fallback 2 of the request; waits")
    trace = await site.trace(reply.headers["x-filon-trace"])
    translated = next(one for one in trace["records"] if one["type"] == "translated")
    (decision,) = [one for one in translated["decisions"] if one["name"] == "fallbacks"]
    assert decision["because"]["why"] == "Used by Filon, not sent."
    assert decision["sent_as"] is None

    for wrong, param in (
        ("rec/m-1", "fallbacks"),
        ([1], "fallbacks[0]"),
        (["rec/m-1", " "], "fallbacks[1]"),
        (["rec/m-1"] * 17, "fallbacks"),
    ):
        reply = await site.ask("POST", path, {**asked, "fallbacks": wrong}, headers=head)
        assert reply.status == 400, reply.text
        assert param in reply.text


async def test_where_no_target_can_be_used_each_says_why(site: Site) -> None:
    reply = await site.program({"model": "lost", "messages": MESSAGES})
    check_openai(reply, 503)
    message = reply.error["message"]
    assert message.startswith("None of the 2 models for lost can be used.")
    assert "MISTRAL_API_KEY" in message
    assert "GROQ_API_KEY" in message
    assert reply.headers["x-should-retry"] == "false"


async def test_embeddings_and_counts_by_a_route(site: Site) -> None:
    head = {"authorization": f"Bearer {site.key}"}
    asked = {"model": "embed", "input": "gold"}
    reply = await site.ask("POST", "/v1/embeddings", asked, headers=head)
    assert reply.status == 200, reply.text
    assert reply.json["model"] == "embed"
    assert reply.headers["x-filon-model"] == "pocket-embed"
    counted = await site.ask(
        "POST",
        "/v1/messages/count_tokens",
        {"model": "smart", "messages": MESSAGES},
        headers=head,
    )
    assert counted.json["input_tokens"] > 0


async def test_routes_are_listed_among_the_models(site: Site) -> None:
    listed = {one["id"]: one for one in (await get(site, "/v1/models")).json["data"]}
    smart = listed["smart"]
    assert smart["owned_by"] == "filon"
    assert smart["filon"]["targets"] == ["mistral/large", "rec/m-2", "rec/m-1"]
    assert smart["filon"]["description"] == "The best that answers"
    assert {"quick", "embed"} <= set(listed)
    assert not {"lost", "practice"} & set(listed)
    assert (await get(site, "/v1/models/smart")).json == smart
    theirs = await get(site, "/v1/models/smart", **{"anthropic-version": "2023-06-01"})
    assert (theirs.json["id"], theirs.json["type"]) == ("smart", "model")
    check_openai(await get(site, "/v1/models/practice"), 503)


async def test_a_key_s_scope_holds_for_targets(site: Site) -> None:
    narrow = await key_with(site, models=("rec/m-1",))
    reply = await site.program({"model": "smart", "messages": MESSAGES}, headers=narrow)
    assert reply.headers["x-filon-model"] == "m-1"
    assert "may not use rec/m-2" in (await candidates(site, reply))["rec/m-2"][1]
    ids = [one["id"] for one in (await get(site, "/v1/models", **narrow)).json["data"]]
    assert ids == ["rec/m-1", "quick", "smart"]
    named = await key_with(site, models=("smart",))
    reply = await site.program({"model": "smart", "messages": MESSAGES}, headers=named)
    assert reply.headers["x-filon-model"] == "m-2"
    other = await key_with(site, models=("practice/*",))
    for model in ("smart", "quick"):
        reply = await site.program({"model": model, "messages": MESSAGES}, headers=other)
        check_openai(reply, 403)
    assert (await get(site, "/v1/models/smart", **other)).status == 404
    asked = {
        "model": "practice/pocket:rate-limited",
        "messages": MESSAGES,
        "fallbacks": ["rec/m-1"],
    }
    reply = await site.program(asked, headers=other)
    assert (await candidates(site, reply))["rec/m-1"][0] is False


async def test_the_chat_answers_by_a_route(site: Site) -> None:
    body = {"text": "a vein", "model": "smart"}
    sent = await site.browse("POST", "/api/chat/send", body)
    assert sent.status == 200, sent.text
    answer = sent.json["answer"]
    assert (answer["model"], answer["sender"]) == ("smart", "smart")
    trace = await site.trace(answer["trace_id"])
    assert next(one for one in trace["records"] if one["type"] == "routed")["model"] == "m-2"
    broken = await site.browse("POST", "/api/chat/send", {"text": "x", "model": "practice"})
    assert (broken.status, broken.error["code"]) == (503, "route_not_ready")


async def test_the_page_shows_routes_keys_and_the_included_file(site: Site) -> None:
    models = {one["id"]: one for one in (await site.browse("GET", "/api/models")).json["models"]}
    smart = models["smart"]
    assert smart["usable"]
    assert smart["source"] == "filon.yaml:5"
    assert [one["reason"] is None for one in smart["targets"]] == [False, True, True]
    assert models["lost"]["usable"] is False
    assert "name of an endpoint" in models["practice"]["reason"]
    assert models["rec/m-1"]["targets"] is None

    shown = await site.browse("GET", "/api/endpoints")
    assert SECOND_KEY not in shown.text
    rec = next(one for one in shown.json["endpoints"] if one["name"] == "rec")
    assert [one["source"] for one in rec["more_keys"]] == ["environment", "missing"]
    assert rec["more_keys"][1]["variable"] == "THIRD"
    built_in = site.house.services.directory.endpoint("practice")
    assert built_in is not None
    assert built_in.limits.requests_per_minute == 600

    config = (await site.browse("GET", "/api/config")).json
    assert config["file"] == "filon.yaml"
    assert config["included"]["file"] == "librechat.yaml"
    assert "rec" in config["included"]["text"]
    assert [one["code"] for one in config["verdicts"] if one["level"] == "error"] == ["route-name"]
    assert site.house.services.limits.connect == 5


async def test_both_files_are_watched(
    site: Site, recorder: Recorder, practice: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reload_module, "POLL", 0.02)
    monkeypatch.setattr(reload_module, "SETTLE", 0.01)
    home = site.house.settings.home
    team = RECORDED % (recorder.url, practice)
    reload = site.house.reload
    before = reload.standing
    replace_file(home / "librechat.yaml", team.replace("m-1, m-2", "m-1, m-2, m-3"))
    await until(lambda: reload.standing is not before)
    assert (await get(site, "/v1/models/rec/m-3")).status == 200

    # What LibreChat would refuse of the included file holds the last good version.
    replace_file(home / "librechat.yaml", team + "nonsense: 1\n")
    await until(lambda: reload.standing.fault == "refused")
    assert (await get(site, "/v1/models/rec/m-3")).status == 200
    assert "librechat.yaml, line 17" in site.log.getvalue()
    (home / "librechat.yaml").unlink()
    await until(lambda: "There is no file librechat.yaml" in site.log.getvalue())
    assert (await get(site, "/v1/models/quick")).status == 200

    own = OWN.replace("quick: rec/m-1", "quick: rec/m-2").replace("connect: 5", "connect: 6")
    replace_file(home / "filon.yaml", own)
    replace_file(home / "librechat.yaml", team)
    await until(lambda: reload.standing.fault is None and site.house.services.limits.connect == 6)
    reply = await site.program({"model": "quick", "messages": MESSAGES})
    assert reply.headers["x-filon-model"] == "m-2"
