"""A provider fails in every way there is: the caller gets a status and an error it can read, and
the trace has the attempt with its finding. Nothing is ever the caller's 401."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import RECORDED
from tests.journeys.failings import AFTER, BEFORE
from tests.journeys.recorder import Recorder, Script
from tests.journeys.replies import (
    DONE,
    EVENTS,
    START,
    STOP,
    completion,
    delta,
    event,
    piece,
    spoken,
    stream,
    whole,
)
from tests.journeys.site import PROVIDER_KEY, Reply, Site, impatient, running, settings_of
from tests.waiting import LONG, until, with_patience

MESSAGES = [{"role": "user", "content": "x"}]


@pytest.fixture(scope="module")
async def failing() -> AsyncIterator[Recorder]:
    async with Recorder().listening() as recorder:
        yield recorder


@pytest.fixture(scope="module")
async def site(
    tmp_path_factory: pytest.TempPathFactory, template: Path, failing: Recorder
) -> AsyncIterator[Site]:
    """One server, whose provider fails."""
    home = tmp_path_factory.mktemp("failing") / "home"
    config = RECORDED % (failing.url, unheard())
    async with running(settings_of(home, config, {"REC_KEY": PROVIDER_KEY}), template) as site:
        yield site


def patience_for(told: str) -> float:
    """How long to wait between two pieces: little where silence is what fails."""
    return 0.3 if "nothing for" in told else LONG


def unheard() -> str:
    """An address where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}/v1"


async def ask(site: Site, streamed: bool, model: str = "rec/m-1") -> Reply:
    return await site.program({"model": model, "messages": MESSAGES, "stream": streamed})


async def attempt_of(site: Site, reply: Reply) -> tuple[dict[str, Any], dict[str, Any]]:
    """The trace that the reply names, and its only attempt."""
    trace = await site.trace(reply.headers["x-filon-trace"])
    (attempt,) = [one for one in trace["records"] if one["type"] == "attempt"]
    return trace, attempt


Failed = tuple[Reply, dict[str, Any], dict[str, Any]]


async def failed(site: Site, streamed: bool, seconds: float) -> Failed:
    """A reply with its trace and its only attempt, by so much patience with the provider."""
    with impatient(site, first=seconds, between=seconds):
        reply = await ask(site, streamed)
    return reply, *await attempt_of(site, reply)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", BEFORE)
async def test_a_failure_before_the_first_word(
    site: Site, failing: Recorder, name: str, streamed: bool
) -> None:
    case = BEFORE[name]
    failing.answers(case.script)
    failing.requests.clear()
    asking = partial(failed, site, streamed)
    if "nothing for" in case.told:
        got = await with_patience(asking, lambda got: got[2]["status"] == case.seen)
    else:
        got = await asking(LONG)
        assert len(failing.requests) == 1
    reply, trace, attempt = got
    assert reply.status == case.status, reply.text
    assert reply.headers["content-type"] == "application/json"
    assert set(reply.error) == {"message", "type", "param", "code"}
    assert case.told in reply.error["message"]
    assert reply.error["type"] != "authentication_error"
    assert reply.headers.get("retry-after") == case.retry_after
    assert trace["trace"]["outcome"] == "failed"
    assert trace["trace"]["status"] == (case.seen or case.status)
    assert trace["trace"]["mark"] == case.finding
    assert attempt["status"] == case.seen
    codes = [finding["code"] for finding in attempt["findings"]]
    assert codes[0] == case.finding
    assert attempt["error"]["code"] == case.finding
    assert reply.error["code"] == (case.code or case.finding)
    assert attempt["findings"][0]["fix"]


@pytest.mark.parametrize("name", AFTER)
async def test_a_failure_after_the_first_word(site: Site, failing: Recorder, name: str) -> None:
    script, told = AFTER[name]
    failing.answers(script)
    with impatient(site, between=patience_for(told)):
        reply = await ask(site, True)
    assert reply.status == 200
    frames = [one.removeprefix("data: ") for one in reply.text.split("\n\n") if "data: " in one]
    assert any("Hello" in frame for frame in frames)
    error = json.loads(frames[-1])["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert told in error["message"]
    assert "[DONE]" not in reply.text
    trace, attempt = await attempt_of(site, reply)
    assert trace["trace"]["outcome"] == "partial"
    assert trace["records"][-1]["message"]["parts"] == [{"type": "text", "text": "Hello"}]
    assert attempt["error"]["code"] == error["code"]


@pytest.mark.parametrize("name", AFTER)
async def test_a_failure_in_the_middle_of_a_chat(site: Site, failing: Recorder, name: str) -> None:
    script, told = AFTER[name]
    failing.answers(script)
    body = {"model": "rec/m-1", "text": "x"}
    with impatient(site, between=patience_for(told)):
        sent = (await site.browse("POST", "/api/chat/send", body)).json
        await site.quiet()
    page = (await site.browse("GET", f"/api/conversations/{sent['conversation']['id']}")).json
    message = page["messages"][-1]
    assert (message["state"], message["text"]) == ("partial", "Hello")
    assert told in message["problem"]["message"]
    assert page["conversation"]["live"] is False


@pytest.mark.parametrize("name", AFTER)
async def test_a_whole_answer_that_breaks_is_an_error(
    site: Site, failing: Recorder, name: str
) -> None:
    """Who asked for a whole answer gets no half of one under a 200."""
    script, told = AFTER[name]
    failing.answers(script)
    with impatient(site, between=patience_for(told)):
        reply = await ask(site, False)
    assert reply.status in (500, 502, 504), reply.text
    assert told in reply.error["message"]
    trace, _ = await attempt_of(site, reply)
    assert trace["trace"]["outcome"] == "partial"


@pytest.mark.parametrize("streamed", [False, True])
async def test_nothing_listens(site: Site, streamed: bool) -> None:
    reply = await ask(site, streamed, "fast/echo")
    assert reply.status == 502
    assert "Nothing listens at" in reply.error["message"]
    trace, attempt = await attempt_of(site, reply)
    assert (attempt["status"], attempt["findings"][0]["code"]) == (None, "refused")
    assert trace["trace"]["status"] == 502


async def test_a_name_without_an_address(tmp_path: Path, template: Path) -> None:
    config = RECORDED % ("http://nothing.invalid/v1", "https://nothing.invalid:8443/v1")
    settings = settings_of(tmp_path / "home", config, {"REC_KEY": PROVIDER_KEY})
    async with running(settings, template) as site:
        for model in ("rec/m-1", "fast/echo"):
            reply = await ask(site, True, model)
            assert reply.status == 502
            assert "nothing.invalid" in reply.error["message"]
            assert reply.error["code"] == "dns"
            _, attempt = await attempt_of(site, reply)
            assert attempt["findings"][0]["code"] == "dns"


async def test_plain_http_where_tls_is_meant(tmp_path: Path, template: Path) -> None:
    server = await asyncio.start_server(talk_plainly, "127.0.0.1", 0)
    address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    settings = settings_of(tmp_path / "home", RECORDED % (address, address), {"REC_KEY": "x" * 9})
    async with server, running(settings, template) as site:
        reply = await ask(site, True)
        assert reply.status == 502
        assert reply.error["code"] == "tls"


async def talk_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    writer.close()


async def test_a_key_never_travels_to_where_a_redirect_points(
    site: Site, failing: Recorder
) -> None:
    async with Recorder().listening() as thief:
        thief.answers(spoken("stolen"))
        location = ("location", f"{thief.url}/chat/completions")
        for status in (301, 302, 303, 307, 308):
            failing.answers((whole(b"", location, status=status),))
            reply = await ask(site, True)
            assert reply.status == 502
            assert reply.error["code"] == "redirected"
        assert thief.requests == []


async def test_an_answer_after_a_failure_is_whole(site: Site, failing: Recorder) -> None:
    """A connection that broke is not used again."""
    broken: tuple[Script, ...] = (stream(START, delta("a"), "cut", end=False), ("cut",), ("close",))
    for script in broken:
        failing.answers(script)
        await ask(site, True)
        failing.answers(spoken("fine"))
        reply = await ask(site, True)
        assert reply.status == 200
        assert "fine" in reply.text
        assert reply.text.endswith("data: [DONE]\n\n")


async def test_a_connection_that_the_provider_closed_meanwhile_is_not_an_error(
    site: Site, failing: Recorder
) -> None:
    """A keep-alive connection that ends between two requests costs nobody an answer."""
    for _ in range(2):
        failing.answers((*spoken("one"), "hold", "close"))
        assert (await ask(site, True)).status == 200
        await let_go(failing)


async def let_go(failing: Recorder) -> None:
    standing = failing.standing
    failing.release()
    await until(lambda: failing.standing < standing)


async def test_an_end_without_done_but_with_a_reason_is_complete(
    site: Site, failing: Recorder
) -> None:
    failing.answers(stream(START, delta("Hello"), STOP))
    reply = await ask(site, True)
    assert "error" not in reply.text
    trace, _ = await attempt_of(site, reply)
    assert trace["trace"]["outcome"] == "complete"


async def test_a_document_in_answer_to_a_stream_becomes_a_stream(
    site: Site, failing: Recorder
) -> None:
    failing.answers(completion("All at once."))
    reply = await ask(site, True)
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert "All at once." in reply.text
    assert reply.text.endswith("data: [DONE]\n\n")


async def test_a_stream_in_answer_to_a_whole_becomes_a_document(
    site: Site, failing: Recorder
) -> None:
    failing.answers(spoken("Word ", "by word."))
    reply = await ask(site, False)
    assert reply.status == 200, reply.text
    assert reply.json["choices"][0]["message"]["content"] == "Word by word."
    assert reply.json["model"] == "rec/m-1"


async def test_numbers_that_no_provider_means_harm_nobody(site: Site, failing: Recorder) -> None:
    usage = {"prompt_tokens": 10**30, "completion_tokens": -5, "total_tokens": "many"}
    failing.answers(stream(START, delta("Hello"), STOP, event(choices=[], usage=usage), DONE))
    reply = await ask(site, True)
    assert reply.status == 200
    trace, _ = await attempt_of(site, reply)
    assert trace["trace"]["outcome"] == "complete"


async def test_a_long_error_page_is_read_within_reason(site: Site, failing: Recorder) -> None:
    head = b"HTTP/1.1 500 No\r\n" + ": ".join(EVENTS).encode() + b"\r\n"
    failing.answers((head + b"transfer-encoding: chunked\r\n\r\n", *[piece(b"x" * 65536)] * 99))
    reply = await ask(site, True)
    assert reply.status == 500
    assert len(reply.body) < 10_000
