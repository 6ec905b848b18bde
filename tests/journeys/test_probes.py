"""What machines ask a server for, health, readiness and metrics, and how its endpoints stand."""

import asyncio
import json
import math
import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from filon.config.load import load
from filon.conversation.rights import KeyRules
from filon.pipeline.breaker import Outcome, access_to
from filon.server.metrics import escaped
from filon.server.probes import unready
from filon.store.writer import Backlog
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion, refusal, spoken
from tests.journeys.site import ME, Reply, Site, running, until

CONFIG = """
version: 1.2.1
endpoints:
  custom:
    - {name: rec, apiKey: "sk-canary-FIRST-0123456789", baseURL: "%s", models: {default: [m-1]}}
    - {name: 'odd "one"', apiKey: none, baseURL: "%s", models: {default: [m-2]}}
filon:
  routes: {smart: [rec/m-1, 'odd "one"/m-2']}
  endpoints:
    rec: {keys: [sk-canary-SECOND-0123456789], limits: {concurrent: 1, tokens_per_minute: 90000}}
  retries: {attempts: 2}
"""
MESSAGES: Any = [{"role": "user", "content": "a vein"}]
SAMPLE = re.compile(r'(\w+)(?:\{((?:\w+="(?:[^"\\\n]|\\.)*",?)*)\})? (\S+)')
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, recorder: Recorder
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("probes") / "home"
    home.mkdir()
    (home / "filon.yaml").write_text(CONFIG % (recorder.url, recorder.url), encoding="utf-8")
    settings = load({"FILON_LOCAL_SERVERS": "off"}, cwd=home, home=home, port=0)
    async with running(settings, template) as site:
        site.house.practice.desk.speed = 0
        yield site


@pytest.fixture(autouse=True)
def answering(recorder: Recorder) -> None:
    recorder.answers(completion("gold"))


Figures = dict[tuple[str, frozenset[tuple[str, str]]], float]


async def figures(site: Site) -> Figures:
    """All samples by name and labels. Every line must be as the format has it."""
    await site.quiet()
    reply = await site.browse("GET", "/metrics")
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    found: Figures = {}
    kinds: dict[str, str] = {}
    for line in reply.text.splitlines():
        if line.startswith("# TYPE "):
            name, kind = line.removeprefix("# TYPE ").split()
            assert name not in kinds
            kinds[name] = kind
        elif not line.startswith("# HELP "):
            name, labels, value = told(line)
            family = re.sub("_(bucket|sum|count)$", "", name)
            assert kinds.get(name) or kinds[family] == "histogram", line
            assert (name, labels) not in found
            found[name, labels] = float(value)
    return found


def told(line: str) -> tuple[str, frozenset[tuple[str, str]], str]:
    """A sample's name, labels and value."""
    sample = SAMPLE.fullmatch(line)
    assert sample is not None, line
    pairs = LABEL.findall(sample[2] or "")
    return sample[1], frozenset((name, plain(text)) for name, text in pairs), sample[3]


def plain(text: str) -> str:
    """A label's value, read as the format's description says."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], text)


def at(found: Figures, name: str, **labels: str) -> float:
    return found.get((f"filon_{name}", frozenset(labels.items())), 0.0)


async def test_anyone_may_ask_whether_it_lives(site: Site) -> None:
    for path, body in (("/health", b'{"alive":true}'), ("/ready", b'{"ready":true,"reasons":[]}')):
        reply = await site.ask("GET", path)
        assert (reply.status, reply.body) == (200, body)
        assert reply.headers["cache-control"] == "no-store"
        head = await site.ask("HEAD", path)
        assert (head.status, head.body) == (200, b"")
        # Where it listens on this machine alone, other machines' names are nobody's.
        foreign = await site.ask("GET", path, headers={"host": "10.1.2.3:8421"})
        assert foreign.status == 421


WELL = Backlog(waiting=0, bytes=0, stored=0, lost=0, takes=True, stopped=False)


@pytest.mark.parametrize(
    ("backlog", "closing", "answers", "codes"),
    [
        (WELL, False, True, []),
        (WELL, True, True, ["shutting_down"]),
        (replace(WELL, takes=False), False, True, ["store_behind"]),
        (replace(WELL, takes=False, stopped=True), False, True, ["store_stopped"]),
        (replace(WELL, takes=False, trouble="store_locked"), False, True, ["store_locked"]),
        (replace(WELL, trouble="store_full"), False, True, ["store_full"]),
        (replace(WELL, trouble="store_disk"), False, True, ["store_unwritable"]),
        (
            replace(WELL, takes=False),
            True,
            False,
            ["shutting_down", "store_behind", "store_silent"],
        ),
    ],
)
def test_why_it_is_not_ready(
    backlog: Backlog, closing: bool, answers: bool, codes: list[str]
) -> None:
    reasons = unready(closing=closing, backlog=backlog, answers=answers)
    assert [one.code for one in reasons] == codes
    assert all(one.message and one.fix for one in reasons)


async def test_a_store_that_cannot_be_read_is_told(site: Site) -> None:
    with sqlite3.connect(site.database) as other:
        other.execute("alter table people rename to away")
        reply = await site.ask("GET", "/ready")
        other.execute("alter table away rename to people")
    other.close()
    assert (reply.status, reply.json["ready"]) == (503, False)
    assert [one["code"] for one in reply.json["reasons"]] == ["store_silent"]
    assert str(site.database) not in reply.text
    assert (await site.ask("GET", "/ready")).status == 200


async def test_who_may_read_the_metrics(site: Site) -> None:
    assert (await read(site, site.key)).status == 200
    assert (await site.browse("GET", "/metrics")).status == 200
    without = await site.ask("GET", "/metrics")
    assert (without.status, without.error["code"]) == (401, "missing_api_key")
    assert (await read(site, "fln_unknown")).status == 401
    scoped = (await site.house.keys.make(ME, "one", KeyRules(models=("rec/*",)))).secret
    refused = await read(site, scoped)
    assert (refused.status, refused.error["code"]) == (403, "key_is_scoped")


async def read(site: Site, key: str) -> Reply:
    return await site.ask("GET", "/metrics", headers={"authorization": f"Bearer {key}"})


async def test_what_a_turn_adds(site: Site, recorder: Recorder) -> None:
    before = await figures(site)
    recorder.answers(spoken("gold"))
    reply = await site.program({"model": "rec/m-1", "messages": MESSAGES, "stream": True})
    assert reply.status == 200
    after = await figures(site)
    place = {"endpoint": "rec", "model": "m-1"}
    added = {
        key: after[key] - before.get(key, 0.0) for key in after if after[key] != before.get(key)
    }
    assert at(added, "turns_total", **place, outcome="complete", caller="gateway") == 1
    assert at(added, "tokens_total", **place, direction="in") == 7
    assert at(added, "tokens_total", **place, direction="out") == 3
    assert at(added, "unpriced_turns_total", **place) == 1
    assert at(added, "ttft_seconds_count", **place) == 1
    assert at(added, "ttft_seconds_bucket", **place, le="+Inf") == 1
    assert at(added, "own_seconds_count") == 1
    assert at(added, "attempts_total", endpoint="rec", result="answered") == 1
    assert at(added, "traces_stored_total") == 1
    assert at(after, "running_turns") == 0
    assert at(after, "traces_lost_total") == 0
    # A bucket holds all that are below its bound, those of the smaller ones too.
    buckets = {
        float(dict(labels)["le"]): value
        for (name, labels), value in after.items()
        if name == "filon_own_seconds_bucket"
    }
    assert math.inf in buckets
    assert list(buckets.values()) == sorted(buckets.values())


async def test_names_of_callers_make_no_new_figures(site: Site) -> None:
    for model in ("nowhere/x", "rec/invented", "practice/pocket:no-usage", "embedding-no"):
        await site.program({"model": model, "messages": MESSAGES})
    found = await figures(site)
    places = {
        (dict(labels)["endpoint"], dict(labels)["model"])
        for name, labels in found
        if name == "filon_turns_total"
    }
    assert places <= {("", ""), ("rec", "m-1"), ('odd "one"', "m-2"), ("practice", "pocket")}
    assert ("practice", "pocket") in places
    assert at(found, "errors_total", code="model_not_found") >= 3


async def test_attempts_retries_and_fallbacks(site: Site, recorder: Recorder) -> None:
    before = await figures(site)
    recorder.answers(refusal(500, "no"), refusal(500, "no"), completion("gold"))
    reply = await site.program({"model": "smart", "messages": MESSAGES})
    assert reply.headers["x-filon-endpoint"] == 'odd "one"'
    after = await figures(site)
    for name, labels in (
        ("attempts_total", {"endpoint": "rec", "result": "failed"}),
        ("attempts_total", {"endpoint": 'odd "one"', "result": "answered"}),
        ("retries_total", {"endpoint": "rec"}),
        ("fallbacks_total", {"endpoint": "rec"}),
    ):
        grown = at(after, name, **labels) - at(before, name, **labels)
        assert grown == (2 if labels.get("result") == "failed" else 1), name
    trace = await site.last_trace()
    assert trace["trace"]["mark"] == "fell back from rec"


async def test_how_endpoints_stand(site: Site, recorder: Recorder) -> None:
    recorder.answers((0.05, "stall"))
    asking = [
        asyncio.ensure_future(site.program({"model": "rec/m-1", "messages": MESSAGES}))
        for _ in range(2)
    ]
    await until(lambda: len(site.house.services.running) == 2)
    await recorder.request(len(recorder.requests) - 1)
    rec = site.house.services.directory.endpoint("rec")
    assert rec is not None
    refused = Outcome(kind="refused", why="its key was refused")
    breakers = site.house.services.breakers
    for key, outcome in (
        (rec.key, refused),
        (rec.more_keys[0], Outcome(kind="pace", retry_after=60)),
    ):
        leave: Any = breakers.begin(access_to(rec, key), "m-1")
        breakers.end(leave, outcome)
    listed = (await site.browse("GET", "/api/endpoints/standing")).json["endpoints"]
    assert [one["name"] for one in listed] == [
        one.name for one in site.house.services.directory.endpoints
    ]
    stands = next(one for one in listed if one["name"] == "rec")
    assert (stands["running"], stands["waiting"]) == (2, 1)
    limits = {one["name"]: (one["used"], one["limit"]) for one in stands["limits"]}
    assert limits["concurrent"] == (1, 1)
    assert limits["tokens_per_minute"][1] == 90_000
    by_key = {one["key"]["masked"]: one for one in stands["keys"]}
    assert by_key["…6789"]["state"] in ("open", "closed")
    (left_alone,) = [one for one in stands["keys"] if one["state"] == "open"]
    assert left_alone["why"] == "its key was refused"
    assert left_alone["until"] > 1e9
    (busy,) = stands["busy"]
    assert busy["model"] == "m-1"
    assert "canary" not in json.dumps(listed)
    found = await site.browse("GET", "/metrics")
    assert 'filon_breakers{endpoint="rec",state="open"} 1\n' in found.text
    assert 'filon_waiting_attempts{endpoint="rec"} 1\n' in found.text
    assert "filon_running_turns 2\n" in found.text
    for task in asking:
        task.cancel()
    await asyncio.wait(asking)
    await site.quiet()


@given(st.text())
def test_every_label_is_read_as_it_was(text: str) -> None:
    line = f'name{{label="{escaped(text)}"}} 1'
    assert "\n" not in line
    assert told(line)[1] == {("label", text)}
