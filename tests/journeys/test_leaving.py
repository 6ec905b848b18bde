"""The caller leaves or presses stop: the provider is let go, and what came is kept."""

import asyncio
import json
from typing import Any

import pytest

from filon.server.shapes import SendBody
from tests.journeys.recorder import Recorder
from tests.journeys.replies import DONE, START, STOP, USAGE, completion, delta, stream
from tests.journeys.site import ME, Reply, Site, until
from tests.waiting import LONG

BODY = {"model": "rec/m-1", "messages": [{"role": "user", "content": "x"}], "stream": True}
ENDLESS = stream(START, delta("Hello"), delta(" there"), "stall")


async def open_stream(site: Site, body: dict[str, Any]) -> tuple[bytes, asyncio.StreamWriter]:
    """Asks as a program would; the first bytes of the reply's body, and the open connection."""
    host, _, port = site.url.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    data = json.dumps(body).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: {host}:{port}\r\n"
        f"authorization: Bearer {site.key}\r\ncontent-length: {len(data)}\r\n\r\n"
    )
    writer.write(head.encode() + data)
    async with asyncio.timeout(LONG):
        came = await reader.readuntil(b" there")
    return came, writer


async def test_a_program_that_leaves_lets_the_provider_go(site: Site, recorder: Recorder) -> None:
    recorder.answers(ENDLESS)
    _, writer = await open_stream(site, BODY)
    writer.close()
    await writer.wait_closed()
    async with asyncio.timeout(LONG):
        await recorder.last.left.wait()
    trace = await site.last_trace("gateway")
    assert trace["trace"]["outcome"] == "partial"
    assert trace["trace"]["mark"] == "caller_left"
    settled = trace["records"][-1]
    assert settled["message"]["parts"][0]["text"] == "Hello there"
    (attempt,) = [one for one in trace["records"] if one["type"] == "attempt"]
    assert "".join(frame["text"] for frame in attempt["frames"]).count("data:") == 3


async def test_a_connection_that_breaks_is_the_same(site: Site, recorder: Recorder) -> None:
    recorder.answers(ENDLESS)
    _, writer = await open_stream(site, BODY)
    writer.transport.abort()
    async with asyncio.timeout(LONG):
        await recorder.last.left.wait()
    assert (await site.last_trace("gateway"))["trace"]["outcome"] == "partial"


@pytest.mark.parametrize("streamed", [False, True])
async def test_leaving_before_the_answer_begins(
    site: Site, recorder: Recorder, streamed: bool
) -> None:
    recorder.answers(("stall",))
    asking = asyncio.ensure_future(site.program({**BODY, "stream": streamed}))
    recorded = await recorder.request(0)
    asking.cancel()
    await asyncio.wait({asking})
    async with asyncio.timeout(LONG):
        await recorded.left.wait()
    trace = await site.last_trace("gateway")
    assert trace["trace"]["mark"] == "caller_left"
    assert trace["trace"]["status"] in (None, 499)


async def test_leaving_while_nothing_but_comments_come(site: Site, recorder: Recorder) -> None:
    beats = [part for _ in range(5_000) for part in (b": PROCESSING\n\n", 0.05)]
    recorder.answers(stream(*beats))
    asking = asyncio.ensure_future(site.program(BODY))
    await (await recorder.request(0)).answering.wait()
    asking.cancel()
    await asyncio.wait({asking})
    async with asyncio.timeout(LONG):
        await recorder.last.left.wait()


async def test_a_hundred_that_leave_leave_nothing_behind(site: Site, recorder: Recorder) -> None:
    recorder.answers(ENDLESS)
    opened = await asyncio.gather(*(open_stream(site, BODY) for _ in range(100)))
    for _, writer in opened:
        writer.transport.abort()
    async with asyncio.timeout(LONG):
        await asyncio.gather(*(one.left.wait() for one in recorder.requests))
    await site.quiet()
    assert site.house.services.running == {}
    reply = await site.browse("GET", "/api/traces?outcome=partial")
    assert reply.json["total"] == 100
    recorder.answers(completion())
    assert (await site.program({**BODY, "stream": False})).status == 200


async def send(site: Site, text: str = "Hello", **fields: Any) -> dict[str, Any]:
    reply = await site.browse(
        "POST", "/api/chat/send", {"model": "rec/m-1", "text": text, **fields}
    )
    assert reply.status == 200, reply.text
    return reply.json


async def message_of(site: Site, sent: dict[str, Any]) -> dict[str, Any]:
    """The answer as its conversation shows it now."""
    page = (await site.browse("GET", f"/api/conversations/{sent['conversation']['id']}")).json
    (found,) = [one for one in page["messages"] if one["id"] == sent["answer"]["id"]]
    return found


async def test_stop_keeps_what_came(site: Site, recorder: Recorder) -> None:
    recorder.answers(ENDLESS)
    sent = await send(site)
    live = site.house.live
    await until(lambda: (live.writing(ME, sent["answer"]["id"]) or {}).get("text") == "Hello there")
    assert (await message_of(site, sent))["text"] == "Hello there"
    reply = await site.browse("POST", "/api/chat/stop", {"message_id": sent["answer"]["id"]})
    assert reply.status == 204
    async with asyncio.timeout(LONG):
        await recorder.last.left.wait()
    message = await message_of(site, sent)
    assert (message["state"], message["text"]) == ("stopped", "Hello there")
    assert message["problem"] is None
    assert message["chip"]["estimated"] is True
    trace = await site.trace(message["trace_id"])
    assert trace["trace"]["outcome"] == "stopped"
    again = await site.browse("POST", "/api/chat/stop", {"message_id": sent["answer"]["id"]})
    assert again.status == 404


async def test_stop_before_the_first_word(site: Site, recorder: Recorder) -> None:
    recorder.answers(("stall",))
    sent = await send(site)
    recorded = await recorder.request(0)
    stopped = await site.browse("POST", "/api/chat/stop", {"message_id": sent["answer"]["id"]})
    assert stopped.status == 204
    async with asyncio.timeout(LONG):
        await recorded.left.wait()
    assert (await message_of(site, sent))["state"] == "stopped"


async def test_stop_at_once(site: Site, recorder: Recorder) -> None:
    """Before the turn has run a single step: the answer must not stay open for ever."""
    recorder.answers(ENDLESS)
    chats = site.house.chats
    sent = await chats.send(ME, SendBody(model="rec/m-1", text="x"))
    await chats.stop(ME, sent.answer.id)
    assert (await site.house.store.messages.get(ME, sent.answer.id)).state == "stopped"
    assert not chats.is_live(sent.conversation.id)


async def test_an_answer_goes_on_when_its_conversation_is_left(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(stream(START, delta("Hello"), 0.2, delta(" there"), STOP, USAGE, DONE))
    sent = await send(site)
    await site.quiet()
    message = await message_of(site, sent)
    assert (message["state"], message["text"]) == ("complete", "Hello there")


async def test_deleting_a_conversation_stops_its_answer(site: Site, recorder: Recorder) -> None:
    recorder.answers(ENDLESS)
    sent = await send(site)
    recorded = await recorder.request(0)
    await recorded.answering.wait()
    path = f"/api/conversations/{sent['conversation']['id']}"
    deleted: Reply = await site.browse("DELETE", path)
    assert deleted.status == 204
    async with asyncio.timeout(LONG):
        await recorded.left.wait()
    assert (await site.browse("GET", path)).status == 404
