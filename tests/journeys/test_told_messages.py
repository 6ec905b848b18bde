"""The messages of a program stand in its request alone, and a trace tells them all the same."""

import asyncio
import sqlite3
from contextlib import closing
from typing import Any

from filon.trace.facts import IMAGES
from filon.trace.messages import with_messages
from filon.trace.records import Assembled, Body, Received
from tests.journeys.recorder import Recorder
from tests.journeys.replies import completion, refusal
from tests.journeys.site import ME, PROVIDER_KEY, Site
from tests.waiting import until

LONG = "Where does the vein run? " * 20
PIXEL = "data:image/png;base64," + "iVBORw0KGgo" * 60


def asking(*contents: Any) -> dict[str, Any]:
    roles = ["user", "assistant"] * len(contents)
    messages = [
        {"role": role, "content": content} for role, content in zip(roles, contents, strict=False)
    ]
    return {"model": "rec/m-1", "messages": messages}


def told(trace: dict[str, Any]) -> list[tuple[str, str]]:
    """Origin and text of each message that a trace tells."""
    (record,) = [one for one in trace["records"] if one["type"] == "assembled"]
    return [
        (one["origin"], "".join(part.get("text") or "" for part in one["message"]["parts"]))
        for one in record["messages"]
    ]


async def test_a_trace_tells_the_messages_of_its_request(site: Site, recorder: Recorder) -> None:
    recorder.answers(("hold", *completion()))
    asked = asyncio.create_task(site.program(asking("Gold?", LONG, "Hello")))
    expected = [("request", "Gold?"), ("request", LONG[:280] + "…"), ("request", "Hello")]
    try:
        await until(lambda: bool(recorder.requests))
        (running,) = site.house.services.running
        live = await site.browse("GET", f"/api/traces/{running}")
        assert told(live.json) == expected
    finally:
        recorder.release()
    assert (await asked).status == 200
    trace = await site.last_trace()
    assert trace["trace"]["id"] == running
    assert told(trace) == expected


async def test_those_of_a_long_history_are_no_pieces_of_their_own(
    site: Site, recorder: Recorder
) -> None:
    recorder.answers(completion())
    history = [f"{number:03}. {LONG}" for number in range(30)]
    await site.program(asking(*history, "Hello"))
    trace = await site.last_trace()
    assert [text for _, text in told(trace)] == [one[:280] + "…" for one in history] + ["Hello"]
    with closing(sqlite3.connect(site.database)) as connection:
        pieces = b"".join(row[0] for row in connection.execute("SELECT data FROM body_pieces"))
    # Once as it was sent, and once as it came where that is not the same.
    assert pieces.count(history[7].encode()) in (1, 2)
    assert "…".encode() not in pieces


async def test_images_among_them_are_found(site: Site, recorder: Recorder) -> None:
    recorder.answers(completion(), completion())
    image = {"type": "image_url", "image_url": {"url": PIXEL}}
    await site.program(asking([{"type": "text", "text": "What is this?"}, image]))
    trace = await site.last_trace()
    await site.program(asking("Hello"))
    await site.quiet()
    found = (await site.browse("GET", "/api/traces?q=has:images")).json
    assert [one["id"] for one in found["traces"]] == [trace["trace"]["id"]]
    kept = await site.house.store.traces.get(ME, trace["trace"]["id"])
    assert kept.summary.facts is not None
    assert kept.summary.facts.flags & IMAGES
    assert told(trace) == [("request", "What is this?")]


async def test_a_secret_in_them_is_masked(site: Site, recorder: Recorder) -> None:
    recorder.answers(refusal(400, "no"))
    await site.program(asking(f"My key is {PROVIDER_KEY}."))
    ((_, text),) = told(await site.last_trace())
    assert text.startswith("My key is ***")
    assert PROVIDER_KEY not in text


def test_what_cannot_be_read_any_more_stays_where_it_is() -> None:
    for body in (b"", b"{", b'{"model": 5}', b"\xff"):
        records = (
            Received(protocol="openai_chat", path="/", body=Body(body)),
            Assembled(in_request=True, tokenizer=""),
        )
        assert with_messages(records) == records
    unknown = (
        Received(protocol="telex", path="/", body=Body(b"{}")),
        Assembled(in_request=True, tokenizer=""),
    )
    assert with_messages(unknown) == unknown
    assert with_messages(unknown[1:]) == unknown[1:]
