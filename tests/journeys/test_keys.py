"""Keys with a scope, limits, an end: what programs meet, and what traces and the page say of it."""

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from openai import (
    APIStatusError,
    AuthenticationError,
    PermissionDeniedError,
    RateLimitError,
)

from filon.accounts.keys import KeyChanges
from filon.conversation.rights import KeyRules
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion, refusal, spoken
from tests.journeys.site import ME, OTHER, Site, until

HELLO: Any = [{"role": "user", "content": "hello"}]


async def key(site: Site, rules: KeyRules | None = None, **given: Any) -> Any:
    return await site.house.keys.make(ME, "ci", rules or KeyRules(), **given)


async def ask(site: Site, secret: str, model: str = "fast/echo", **body: Any) -> Any:
    return await site.ask(
        "POST",
        "/v1/chat/completions",
        {"model": model, "messages": HELLO, **body},
        headers={"authorization": f"Bearer {secret}"},
    )


def admitted(trace: Any) -> Any:
    (record,) = [one for one in trace["records"] if one["type"] == "admitted"]
    return record


@pytest.mark.parametrize("stream", [False, True])
async def test_a_model_beyond_the_scope_is_forbidden_and_the_scope_is_told(
    site: Site, stream: bool
) -> None:
    made = await key(site, KeyRules(models=("rec/*",)))
    with pytest.raises(PermissionDeniedError) as caught:
        await site.openai(made.secret).chat.completions.create(
            model="fast/echo", messages=HELLO, stream=stream
        )
    assert caught.value.code == "model_out_of_scope"
    assert "rec/*" in caught.value.message
    record = admitted(await site.last_trace())
    assert record["error"]["code"] == "model_out_of_scope"
    assert record["models"] == ["rec/*"]
    assert record["through"] is None


async def test_a_bare_name_is_judged_by_where_it_leads(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    made = await key(site, KeyRules(models=("rec/m-1",)))
    assert (await ask(site, made.secret, "m-1")).status == 200
    assert (await ask(site, made.secret, "m-2")).status == 403
    assert (await ask(site, made.secret, "REC/m-1")).status == 200
    assert (await ask(site, made.secret, "rec/typo")).status == 403
    by_endpoint = await key(site, KeyRules(endpoints=("rec",)))
    assert (await ask(site, by_endpoint.secret, "m-2")).status == 200
    assert (await ask(site, by_endpoint.secret, "rec/typo")).status == 404
    assert (await ask(site, by_endpoint.secret, "fast/echo")).status == 403


async def test_the_list_has_only_what_the_key_may_use(site: Site) -> None:
    made = await key(site, KeyRules(models=("rec/*", "practice/echo")))
    listed = await site.openai(made.secret).models.list()
    names = {model.id for model in listed.data}
    assert names == {"rec/m-1", "rec/m-2", "practice/echo"}
    assert names < {model.id for model in (await site.openai().models.list()).data}


async def test_an_expired_key_is_told_so(site: Site) -> None:
    made = await key(site, expires="1s")
    store = site.house.store.keys
    await store.change(ME, made.key.id, {"expires_at": 1_000_000.0})
    with pytest.raises(AuthenticationError) as caught:
        await site.openai(made.secret).chat.completions.create(model="fast/echo", messages=HELLO)
    assert caught.value.code == "expired_api_key"
    assert "expired on 1970-01-1" in caught.value.message
    (shown,) = [one for one in await page(site) if one["id"] == made.key.id]
    assert shown["expired"] is True


async def test_a_key_that_expires_while_it_is_known_is_refused(site: Site) -> None:
    made = await key(site)
    assert (await ask(site, made.secret)).status == 200
    await site.house.keys.change(ME, made.key.id, KeyChanges(expires="1h"))
    assert (await ask(site, made.secret)).status == 200
    await site.house.store.keys.change(ME, made.key.id, {"expires_at": 5.0})
    # Any change in this process makes it look again.
    await site.house.keys.change(ME, made.key.id, KeyChanges(name="other"))
    assert (await ask(site, made.secret)).status == 401


async def test_requests_per_minute_and_what_the_headers_say(site: Site) -> None:
    made = await key(site, KeyRules(requests_per_minute=2, requests_per_day=9, tags=("ci", "x")))
    first = await ask(site, made.secret)
    assert first.headers["x-ratelimit-limit-requests"] == "2"
    assert first.headers["x-ratelimit-remaining-requests"] == "1"
    assert first.headers["x-ratelimit-remaining-requests-day"] == "8"
    streamed = await ask(site, made.secret, stream=True)
    assert streamed.headers["x-ratelimit-remaining-requests"] == "0"
    with pytest.raises(RateLimitError) as caught:
        await site.openai(made.secret).chat.completions.create(model="fast/echo", messages=HELLO)
    assert caught.value.code == "key_rate_limit"
    assert "its 2 requests per minute" in caught.value.message
    headers = caught.value.response.headers
    assert 1 <= int(headers["retry-after"]) <= 30
    assert headers["x-ratelimit-remaining-requests"] == "0"
    assert headers["x-ratelimit-remaining-requests-day"] == "7"
    trace = await site.last_trace()
    record = admitted(trace)
    assert record["error"]["code"] == "key_rate_limit"
    assert [(one["name"], one["limit"], one["left"]) for one in record["limits"]] == [
        ("requests_per_minute", 2, 0),
        ("requests_per_day", 9, 7),
    ]
    assert record["tags"] == ["ci", "x"]
    assert trace["trace"]["outcome"] == "failed"
    # A refusal is no failure of a stage that nobody knows of: it is told once.
    assert [one["type"] for one in trace["records"]] == ["received", "admitted", "settled"]


async def test_tokens_per_minute_count_the_answer_too(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    made = await key(site, KeyRules(tokens_per_minute=15))
    reply = await ask(site, made.secret, "rec/m-1")
    assert reply.status == 200
    # The request is about 5 tokens; the provider counted 10 in all.
    assert reply.headers["x-ratelimit-remaining-tokens"] == "10"
    await site.quiet()
    again = await ask(site, made.secret, "rec/m-1")
    assert again.headers["x-ratelimit-remaining-tokens"] == "0"
    await site.quiet()
    refused = await ask(site, made.secret, "rec/m-1")
    assert refused.status == 429
    large = await ask(
        site, made.secret, "rec/m-1", messages=[{"role": "user", "content": "x" * 99}]
    )
    assert (large.status, large.error["code"]) == (413, "larger_than_key_limit")


async def test_what_runs_at_once_is_counted_until_it_is_over(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(("stall",))
    made = await key(site, KeyRules(concurrent=1))
    running = asyncio.ensure_future(ask(site, made.secret, "rec/m-1"))
    await until(lambda: recorder.requests)
    refused = await ask(site, made.secret)
    assert refused.status == 429
    assert "1 requests running" in refused.error["message"] or "running" in refused.error["message"]
    running.cancel()
    await site.quiet()
    assert (await ask(site, made.secret)).status == 200
    # A failure frees its place as well.
    recorder.answers(refusal(500, "no"))
    for _ in range(2):
        assert (await ask(site, made.secret, "rec/m-1")).status >= 500
    assert (await ask(site, made.secret, "rec/typo")).status == 404
    assert (await ask(site, made.secret)).status == 200


async def test_requests_of_today_survive_a_restart(site: Site) -> None:
    made = await key(site, KeyRules(requests_per_day=2))
    for _ in range(2):
        assert (await ask(site, made.secret)).status == 200
    assert (await ask(site, made.secret)).status == 429
    await site.quiet()
    day = (await site.house.keys.days(ME, made.key.id))[-1].day
    assert await site.house.store.keys.count_on(ME, made.key.id, day) == 2


async def test_a_providers_own_limits_are_passed_on_where_the_key_has_none(
    site: Site, recorder: Recorder
) -> None:
    theirs = ("x-ratelimit-remaining-requests", "17"), ("x-ratelimit-remaining-tokens", "99")
    recorder.answers(refusal(429, "slow down", *theirs))
    made = await key(site, KeyRules(requests_per_minute=5))
    reply = await ask(site, made.secret, "rec/m-1")
    assert reply.headers.getall("x-ratelimit-remaining-requests") == ["4"]
    assert reply.headers["x-ratelimit-remaining-tokens"] == "99"


async def page(site: Site) -> list[dict[str, Any]]:
    return (await site.browse("GET", "/api/keys")).json["keys"]


async def test_use_and_spend_are_told_by_key(site: Site, recorder: Recorder) -> None:
    recorder.answers(spoken("Hi"))
    made = await key(site, KeyRules(models=("rec/*",)))
    assert (await ask(site, made.secret, "rec/m-1", stream=True)).status == 200
    await ask(site, made.secret, "fast/echo")
    recorder.answers(refusal(500, "no"))
    await ask(site, made.secret, "rec/m-1")
    unread = {"authorization": f"Bearer {made.secret}"}
    await site.ask("POST", "/v1/chat/completions", data=b"{", headers=unread)
    await site.quiet()
    (shown,) = [one for one in await page(site) if one["id"] == made.key.id]
    assert shown["today"] == shown["total"]
    use = shown["today"]
    assert (use["requests"], use["refused"], use["failed"]) == (4, 2, 1)
    assert use["input_tokens"] > 0
    # Nobody knows what m-1 costs.
    assert (use["cost_usd"], use["unpriced"]) == (0.0, 1)
    one = (await site.browse("GET", f"/api/keys/{made.key.id}")).json
    assert one["key"] == shown
    assert [day["use"] for day in one["days"]] == [use]
    listed = (await site.browse("GET", "/api/keys")).json["days"]
    assert listed[made.key.id] == one["days"]
    traces = (await site.browse("GET", f"/api/traces?key={made.key.id}")).json
    assert traces["total"] == len(traces["traces"]) == 4
    assert {trace["caller"] for trace in traces["traces"]} == {"gateway"}
    assert (await site.browse("GET", "/api/traces?key=key_none")).json["total"] == 0


async def test_a_key_is_made_changed_and_revoked_by_the_page(site: Site) -> None:
    body = {
        "name": "ci",
        "expires": "30d",
        "rules": {"models": ["fast/*"], "requests_per_minute": 60, "tags": ["ci"]},
    }
    reply = await site.browse("POST", "/api/keys", body)
    assert reply.status == 201
    made = reply.json
    assert made["key"]["rules"]["models"] == ["fast/*"]
    assert made["key"]["rules"]["concurrent"] is None
    assert made["key"]["expires_at"] - made["key"]["created_at"] == pytest.approx(30 * 86_400)
    assert (await ask(site, made["secret"])).status == 200
    place = f"/api/keys/{made['key']['id']}"
    changed = await site.browse(
        "PATCH", place, {"name": "other", "note": "why", "rules": {"models": ["rec/*"]}}
    )
    assert changed.json["name"] == "other"
    assert changed.json["note"] == "why"
    assert changed.json["expires_at"] == made["key"]["expires_at"]
    assert (await ask(site, made["secret"])).status == 403
    cleared = await site.browse("PATCH", place, {"expires": None, "note": None, "rules": {}})
    assert (cleared.json["expires_at"], cleared.json["note"]) == (None, None)
    assert (await ask(site, made["secret"])).status == 200
    assert (await site.browse("DELETE", place)).status == 204
    assert (await ask(site, made["secret"])).status == 401
    (gone,) = [one for one in await page(site) if one["id"] == made["key"]["id"]]
    assert gone["revoked_at"] is not None
    assert gone["total"]["requests"] == 3
    assert (await site.browse("PATCH", place, {"name": "again"})).status == 404


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"name": "a", "expires": "soon"}, "expires"),
        ({"name": "a", "expires": "2020-01-01"}, "expires"),
        ({"name": "a", "rules": {"models": [""]}}, "models"),
        ({"name": "a", "rules": {"requests_per_minute": 0}}, "requests_per_minute"),
        ({"name": "a", "rules": {"concurrent": -3}}, "concurrent"),
        ({"name": "a", "rules": {"tags": ["a,b"]}}, "tags"),
        ({"name": "a", "rules": {"rpm": 3}}, "rules.rpm"),
        ({"name": "a", "rules": {"requests_per_minute": 10**30}}, "requests_per_minute"),
    ],
)
async def test_a_key_that_cannot_be_kept_is_refused_with_the_place(
    site: Site, body: Any, param: str
) -> None:
    reply = await site.browse("POST", "/api/keys", body)
    assert reply.status in (400, 422), reply.text
    assert reply.error["param"] == param
    made = await key(site)
    changed = await site.browse("PATCH", f"/api/keys/{made.key.id}", body)
    assert changed.status in (400, 422), changed.text


async def test_use_of_keys_is_of_one_owner(site: Site) -> None:
    theirs = await site.house.keys.make(OTHER, "theirs")
    assert (await ask(site, theirs.secret)).status == 200
    await site.quiet()
    assert theirs.key.id not in await site.house.keys.uses(ME)
    assert (await site.house.keys.uses(OTHER))[theirs.key.id].total.requests == 1
    assert await site.house.keys.days(ME, theirs.key.id) == ()
    assert theirs.key.id not in await site.house.keys.days_of_all(ME)
    stolen = await site.browse("GET", f"/api/traces?key={theirs.key.id}")
    assert stolen.json["traces"] == []


async def test_flags_of_a_key_reach_the_trace(site: Site) -> None:
    made = await key(site, KeyRules(lenient=True, explain_errors=True))
    await ask(site, made.secret)
    record = admitted(await site.last_trace())
    assert (record["lenient"], record["explain_errors"]) == (True, True)
    assert record["key_id"] == made.key.id
    await site.house.keys.change(
        ME, made.key.id, KeyChanges(rules=replace(made.key.rules, lenient=False))
    )
    await ask(site, made.secret)
    assert admitted(await site.last_trace())["lenient"] is False
    with pytest.raises(APIStatusError):
        await site.openai(made.secret).chat.completions.create(model="fast/none", messages=HELLO)
