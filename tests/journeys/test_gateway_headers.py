"""What the gateway says and takes in headers, and what it tells of a failure to those who ask."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openai import APIStatusError, AsyncOpenAI, InternalServerError

from filon.conversation.rights import KeyRules
from filon.kit import clock
from tests.journeys.conftest import RECORDED
from tests.journeys.recorder import Recorder
from tests.journeys.replies import (
    DONE,
    JSON,
    START,
    STOP,
    answer,
    completion,
    delta,
    refusal,
    spoken,
    stream,
    whole,
)
from tests.journeys.site import ME, PROVIDER_KEY, Reply, Site, running, settings_of
from tests.journeys.test_bad_input import check_openai
from tests.waiting import LONG, with_patience

MESSAGES: Any = [{"role": "user", "content": "x"}]
# What a provider or a caller takes its time for, in seconds.
PAUSE = 0.3
LIMITS = (
    ("X-RateLimit-Limit-Requests", "60"),
    ("x-ratelimit-remaining-tokens", "149984"),
    ("x-ratelimit-reset-requests", "6m0s"),
    ("anthropic-ratelimit-requests-limit", "50"),
    ("RateLimit", '"default";r=50;t=30'),
    ("retry-after-ms", "250"),
    ("set-cookie", "a=b"),
    ("x-request-id", "theirs"),
)
PASSED = {name.lower(): value for name, value in LIMITS[:6]}


@pytest.fixture(scope="module")
async def recorder() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, recorder: Recorder, practice: str
) -> AsyncIterator[Site]:
    home = tmp_path_factory.mktemp("headers") / "home"
    config = RECORDED % (recorder.url, practice) + PRICED % recorder.url
    async with running(settings_of(home, config, {"REC_KEY": PROVIDER_KEY}), template) as site:
        site.house.practice.desk.speed = 0
        yield site
        await site.quiet()
        assert "fault" not in site.log.getvalue()


PRICED = """
    - name: geld-süß
      apiKey: none
      baseURL: "%s"
      models: {default: [m-é]}
      tokenConfig: {m-é: {prompt: 1, completion: 2, context: 1000}}
modelSpecs:
  list:
    - name: tutor
      label: Tutor
      preset: {endpoint: rec, model: m-1}
"""


async def ask(site: Site, headers: dict[str, str] | None = None, **fields: Any) -> Reply:
    body = {"model": "rec/m-1", "messages": MESSAGES, **fields}
    return await site.program(body, headers=headers or {})


@pytest.mark.parametrize("streamed", [False, True])
async def test_every_reply_says_where_it_came_from(
    site: Site, recorder: Recorder, streamed: bool
) -> None:
    recorder.answers(spoken("Hello") if streamed else completion())
    reply = await ask(site, stream=streamed)
    head = reply.headers
    assert head["x-filon-trace"] == head["x-request-id"]
    assert (await site.trace(head["x-filon-trace"]))["trace"]["outcome"] == "complete"
    assert head["x-filon-endpoint"] == "rec"
    assert head["x-filon-model"] == "m-1"
    assert head["x-filon-attempts"] == "1"
    assert float(head["x-filon-overhead-ms"]) > 0
    assert "x-filon-blame" not in head
    # Of a stream the cost is known when its head is long gone; without a price it is not known.
    assert "x-filon-cost-usd" not in head


async def test_the_cost_is_told_where_it_is_known(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    priced = await ask(site, model="geld-süß/m-é")
    assert priced.headers["x-filon-cost-usd"] == "0.000013"
    assert priced.headers["x-filon-endpoint"] == "geld-s%C3%BC%C3%9F"
    assert priced.headers["x-filon-model"] == "m-%C3%A9"
    free = await ask(site, model="practice/echo")
    assert free.headers["x-filon-cost-usd"] == "0"
    streamed = await ask(site, model="practice/echo", stream=True)
    assert "x-filon-cost-usd" not in streamed.headers


@pytest.mark.parametrize("fails", [False, True])
async def test_the_providers_limits_are_passed_on(
    site: Site, recorder: Recorder, fails: bool
) -> None:
    recorder.answers(
        refusal(429, "Slow down", *LIMITS, ("retry-after", "Fri, 27 Nov 2099 00:00:00 GMT"))
        if fails
        else (whole(answer(), JSON, *LIMITS),)
    )
    reply = await ask(site)
    assert reply.status == (429 if fails else 200)
    assert {name: reply.headers.get(name) for name in PASSED} == PASSED
    assert "set-cookie" not in reply.headers
    assert reply.headers["x-request-id"] != "theirs"
    if fails:
        # A date is told in seconds; the provider's milliseconds come first anyway.
        assert reply.headers["retry-after"].isdigit()
        assert "x-should-retry" not in reply.headers


async def test_waiting_is_no_overhead(site: Site, recorder: Recorder) -> None:
    """What a provider takes, and what a caller takes to send its body, is not Filon's time."""
    recorder.answers((PAUSE, *completion()))
    started = clock.monotonic()
    reply = await ask(site)
    check_overhead(reply.headers, started)
    recorder.answers(completion())
    started = clock.monotonic()
    check_overhead(await send_slowly(site), started)


def check_overhead(headers: Mapping[str, str], started: float) -> None:
    """It leaves room for the pause in all the time that has passed, however long that was."""
    passed = (clock.monotonic() - started) * 1000
    # A timer of the loop may be early by the clock's own step.
    assert float(headers["x-filon-overhead-ms"]) < passed - PAUSE * 1000 + 5


async def send_slowly(site: Site) -> dict[str, str]:
    host, _, port = site.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    data = json.dumps({"model": "rec/m-1", "messages": MESSAGES}).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}:{port}\r\n"
        f"authorization: Bearer {site.key}\r\ncontent-length: {len(data)}\r\n\r\n"
    )
    writer.write(head.encode() + data[:5])
    await writer.drain()
    await asyncio.sleep(PAUSE)
    writer.write(data[5:])
    async with asyncio.timeout(LONG):
        came = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    writer.close()
    lines = (line.partition(": ") for line in came.split("\r\n")[1:])
    return {name.lower(): value for name, _, value in lines}


async def test_a_failure_before_any_attempt_has_its_headers(site: Site) -> None:
    reply = await ask(site, model="rec/none")
    assert reply.status == 404
    assert reply.headers["x-filon-attempts"] == "0"
    assert reply.headers["x-filon-blame"] == "caller"
    assert "x-filon-endpoint" not in reply.headers
    assert "x-filon-provider-status" not in reply.headers
    unread = await site.program(None, data=b"{")
    assert (unread.status, unread.headers["x-filon-attempts"]) == (400, "0")
    unknown = await site.program(None, data=b"{", headers={"authorization": "Bearer x"})
    assert "x-filon-trace" not in unknown.headers


# The timeout.


@pytest.mark.parametrize("streamed", [False, True])
async def test_a_deadline_before_the_first_word_is_504(
    site: Site, recorder: Recorder, streamed: bool
) -> None:
    recorder.answers(("stall",))
    reply, trace = await with_patience(
        partial(in_time, site, streamed), lambda got: got[1]["records"][-2]["type"] == "attempt"
    )
    error = check_openai(reply, 504)
    seconds = trace["records"][0]["timeout"]
    assert error["param"] == "x-filon-timeout"
    assert f"{seconds:g} s" in error["message"]
    assert reply.headers["x-should-retry"] == "false"
    async with asyncio.timeout(LONG):
        await recorder.last.left.wait()
    assert trace["trace"]["mark"] == "deadline_passed"
    assert trace["trace"]["outcome"] == "failed"
    assert trace["records"][-2]["type"] == "attempt"


async def in_time(site: Site, streamed: bool, seconds: float) -> tuple[Reply, dict[str, Any]]:
    """The reply and its trace where the caller allows so many seconds."""
    reply = await ask(site, {"x-filon-timeout": f"{seconds:g}"}, stream=streamed)
    trace = await site.trace(reply.headers["x-filon-trace"])
    assert trace["records"][0]["timeout"] == seconds
    return reply, trace


async def test_a_deadline_within_a_stream_ends_it_with_an_error(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(stream(START, delta("Hello"), "stall"))
    reply, trace = await with_patience(
        partial(in_time, site, True), lambda got: got[0].status == 200
    )
    assert reply.status == 200
    last = json.loads(reply.text.rstrip().rpartition("data: ")[2])
    assert last["error"]["code"] == "deadline_passed"
    assert "[DONE]" not in reply.text
    assert trace["trace"]["outcome"] == "partial"
    assert trace["records"][-1]["message"]["parts"][0]["text"] == "Hello"


async def test_a_deadline_that_is_kept_changes_nothing(site: Site, recorder: Recorder) -> None:
    recorder.answers(stream(START, delta("Hello"), 0.05, delta(" there"), STOP, DONE))
    reply = await ask(site, {"x-filon-timeout": f"{LONG:g}"}, stream=True)
    assert "[DONE]" in reply.text


async def test_a_client_does_not_try_again_in_vain(site: Site, recorder: Recorder) -> None:
    """The real client tries a 5xx twice more, unless it is told that it would be in vain."""
    client = site.openai().with_options(max_retries=2)
    recorder.answers(("stall",))
    asked = await with_patience(partial(asked_in_time, client, recorder), lambda asked: asked)
    assert asked == 1
    for failing in (refusal(401, "Wrong key"), refusal(429, "No quota", code="insufficient_quota")):
        recorder.answers(failing)
        before = len(recorder.requests)
        with pytest.raises(APIStatusError):
            await client.chat.completions.create(model="rec/m-1", messages=MESSAGES)
        assert len(recorder.requests) == before + 1


async def asked_in_time(client: AsyncOpenAI, recorder: Recorder, seconds: float) -> int:
    """How often the provider is asked where the caller allows so many seconds."""
    before = len(recorder.requests)
    with pytest.raises(InternalServerError):
        await client.chat.completions.create(
            model="rec/m-1", messages=MESSAGES, extra_headers={"x-filon-timeout": f"{seconds:g}"}
        )
    return len(recorder.requests) - before


# Tags and metadata.


async def test_tags_and_metadata_are_kept_in_the_trace(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    told = {"customer": "42", "run": 7, "rate": 0.5, "dry": True, "name": "süß"}
    headers = {
        "X-Filon-Tags": "night run, eval ,night run",
        "x-filon-metadata": json.dumps(told),
        "x-filon-strict": "TRUE",
    }
    reply = await ask(site, headers)
    assert reply.status == 200
    received = (await site.trace(reply.headers["x-filon-trace"]))["records"][0]
    assert received["tags"] == ["night run", "eval"]
    assert received["metadata"] == told
    assert received["strict"] is True
    assert not [name for name, _ in recorder.last.headers if name.startswith("x-filon")]


TOO_LONG = "x" * 65
PAIRS = json.dumps({str(number): 1 for number in range(17)})


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("x-filon-timeout", "", "seconds"),
        ("x-filon-timeout", "0", "more than 0"),
        ("x-filon-timeout", "-1", "more than 0"),
        ("x-filon-timeout", "nan", "'nan'"),
        ("x-filon-timeout", "1e3", "'1e3'"),
        ("x-filon-timeout", "30s", "'30s'"),
        ("x-filon-timeout", "99999", "at most 86,400"),
        ("x-filon-timeout", "9" * 500, "at most"),
        ("x-filon-strict", "yes", "true or false"),
        ("x-filon-strict", "", "true or false"),
        ("x-filon-explain", "1", "true or false"),
        ("x-filon-tags", "", "no tag"),
        ("x-filon-tags", "a,,b", "no tag"),
        ("x-filon-tags", TOO_LONG, "no tag"),
        ("x-filon-tags", "a\tb", "no tag"),
        ("x-filon-tags", ",".join(map(str, range(17))), "17 tags"),
        ("x-filon-metadata", "", "JSON object"),
        ("x-filon-metadata", "{", "JSON object"),
        ("x-filon-metadata", "[1]", "JSON object"),
        ("x-filon-metadata", '{"a":[1]}', "'a'"),
        ("x-filon-metadata", '{"a":null}', "'a'"),
        ("x-filon-metadata", '{"":"b"}', "''"),
        ("x-filon-metadata", '{"a":"' + "x" * 513 + '"}', "'a'"),
        ("x-filon-metadata", '{"' + TOO_LONG + '":1}', "xxx"),
        ("x-filon-metadata", '{"a":99999999999999999999999}', "64 bits"),
        ("x-filon-metadata", "[" * 5000, "JSON object"),
        ("x-filon-metadata", PAIRS, "17 pairs"),
        ("x-filon-timout", "3", "Did you mean x-filon-timeout?"),
        ("x-filon-nothing", "3", "no header"),
    ],
)
async def test_a_bad_header_is_400(
    site: Site, recorder: Recorder, name: str, value: str, words: str
) -> None:
    before = len(recorder.requests)
    reply = await ask(site, {name: value})
    error = check_openai(reply, 400)
    assert error["param"] == name
    assert words in error["message"]
    assert len(recorder.requests) == before
    assert (await site.trace(reply.headers["x-filon-trace"]))["records"][0]["error"]


# What a key allows.


async def key_with(site: Site, **rules: Any) -> dict[str, str]:
    """The header of a new key with these rules."""
    made = await site.house.keys.make(ME, "ruled", rules=KeyRules(**rules))
    return {"authorization": f"Bearer {made.secret}"}


async def test_leniency_is_only_put_aside(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    strict = await ask(site, {"x-filon-strict": "false"})
    error = check_openai(strict, 403)
    assert (error["param"], error["code"]) == ("x-filon-strict", "key_is_strict")
    lenient = await key_with(site, lenient=True)
    for said, expected in ((None, True), ("false", True), ("true", False)):
        headers = lenient if said is None else {**lenient, "x-filon-strict": said}
        reply = await ask(site, headers)
        assert reply.status == 200
        records = (await site.trace(reply.headers["x-filon-trace"]))["records"]
        assert records[1]["lenient"] is expected


async def test_an_error_is_explained_to_those_who_ask(site: Site, recorder: Recorder) -> None:
    recorder.answers(refusal(429, "No quota", code="insufficient_quota", type="insufficient_quota"))
    plain = await ask(site)
    assert plain.error["code"] == plain.error["type"] == "insufficient_quota"
    assert "filon" not in plain.error
    asked = await ask(site, {"x-filon-explain": "true"})
    told = asked.error.pop("filon")
    assert told["code"] == told["findings"][0]["code"] == "quota_exhausted"
    assert told["trace"] == asked.headers["x-filon-trace"]
    assert told["trace_url"] == f"{site.url}/traces/{told['trace']}"
    assert told["findings"][0]["docs"] == "docs/findings/money.md#quota_exhausted"
    assert (told["findings"][0]["where"], told["findings"][0]["retry"]) == ("body", "elsewhere")
    assert (told["blame"], told["endpoint"]) == ("provider", "rec")
    assert told["fix"]
    assert told["provider"]["status"] == 429
    assert json.loads(told["provider"]["body"])["error"]["message"] == "No quota"
    key = await key_with(site, explain_errors=True)
    assert "filon" in (await ask(site, key)).error
    assert "filon" not in (await ask(site, {**key, "x-filon-explain": "false"})).error


async def test_whose_fault_it_was(site: Site, recorder: Recorder) -> None:
    recorder.answers(refusal(500, "Down"))
    theirs = await ask(site, {"x-filon-explain": "true"})
    assert (theirs.status, theirs.headers["x-filon-blame"]) == (500, "provider")
    assert theirs.headers["x-filon-provider-status"] == "500"
    assert "x-should-retry" not in theirs.headers
    recorder.answers(refusal(401, "Incorrect API key"))
    account = await ask(site, {"x-filon-explain": "true"})
    assert account.status == 502
    assert account.headers["x-filon-provider-status"] == "401"
    assert account.headers["x-should-retry"] == "false"
    assert account.error["type"] != "authentication_error"
    closed = await ask(site, {"x-filon-explain": "true"}, model="practice-closed/pocket")
    assert (closed.status, closed.headers["x-filon-blame"]) == (502, "network")
    assert closed.error["filon"]["provider"]["status"] is None


async def test_an_error_within_a_stream_is_explained_too(site: Site, recorder: Recorder) -> None:
    recorder.answers(stream(START, delta("Hello"), 0.1, "cut", end=False))
    reply = await ask(site, {"x-filon-explain": "true"}, stream=True)
    last = json.loads(reply.text.rstrip().rpartition("data: ")[2])
    assert last["error"]["filon"]["trace"] == reply.headers["x-filon-trace"]
    assert last["error"]["filon"]["findings"]


async def test_the_clients_show_the_trace_as_the_request_id(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion())
    raw = await site.openai().chat.completions.with_raw_response.create(
        model="rec/m-1", messages=MESSAGES
    )
    assert raw.request_id == raw.headers["x-filon-trace"]
    recorder.answers(refusal(500, "Down"))
    with pytest.raises(InternalServerError) as caught:
        await site.openai().chat.completions.create(model="rec/m-1", messages=MESSAGES)
    assert str(caught.value.request_id).startswith("t_")
