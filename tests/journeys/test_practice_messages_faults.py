"""Every fault of practice, by its switch, on the wire of Anthropic's messages: it is met, it ends,
and what comes is spoilt in just that way."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from filon.practice.dialects.dialect import by_name
from filon.practice.faults.catalogue import FAULTS
from filon.practice.faults.fault import Door, Fault
from filon.practice.limits import Limits
from filon.practice.service import Practice
from tests.journeys.raw_http import Came, ask, request

SWITCHED = [
    fault for fault in FAULTS if not isinstance(fault.effect, Door) and fault.name != "silent"
]
BODY = {
    "model": "pocket",
    "messages": [{"role": "user", "content": "What is 2 + 3?"}],
    "max_tokens": 60,
}
# A stream ends before `message_stop`, and no error stands in its place.
CUT = {"cut", "cut-reset", "cut-in-character", "cut-in-json", "no-done"}


@pytest.fixture(scope="module")
async def port() -> AsyncIterator[int]:
    practice = Practice()
    opened = await practice.start()
    practice.desk.speed = 0
    practice.desk.change_limits("anthropic", Limits())
    yield opened
    await practice.stop()
    assert [one for one in practice.desk.ledger.entries(limit=1_000) if one.outcome == "open"] == []


def switch_of(fault: Fault) -> str:
    takes = fault.argument
    return fault.name if takes is None else f"{fault.name}={takes.low:g}"


async def asked(port: int, switch: str, *, stream: bool, model: str = "pocket") -> Came:
    dialect = by_name("anthropic")
    assert dialect
    headers = [
        ("x-api-key", (dialect.key or "").encode()),
        ("anthropic-version", b"2026-10-21"),
        ("x-practice-fault", switch.encode()),
    ]
    body = json.dumps(BODY | {"stream": stream, "model": model}).encode()
    return await ask(port, request("POST", "/practice/anthropic/v1/messages", body, headers))


def plain(came: Came) -> bytes:
    packed = came.headers.get("content-encoding") == "gzip"
    body = zlib.decompress(came.body, wbits=31) if packed else came.body
    return body.replace(b"\r\n", b"\n")


def told(body: bytes) -> list[dict[str, Any]]:
    """The events, each with a name that is its type."""
    events: list[dict[str, Any]] = []
    for block in body.strip(b"\n").split(b"\n\n"):
        lines = (line.partition(b":") for line in block.split(b"\n"))
        fields = {name: value.removeprefix(b" ") for name, _, value in lines if name}
        if b"data" in fields:
            events.append(json.loads(fields[b"data"]))
            assert events[-1]["type"].encode() == fields[b"event"]
    return events


def check_error(value: Any) -> None:
    assert set(value) == {"type", "error", "request_id"}
    assert value["type"] == "error"
    assert set(value["error"]) == {"type", "message"}
    assert value["error"]["message"]


@pytest.mark.parametrize("fault", SWITCHED, ids=lambda fault: fault.name)
async def test_it_is_met_and_shaped(port: int, fault: Fault) -> None:
    # Side by side: some of them take their time.
    whole, stream = await asyncio.gather(
        *(asked(port, switch_of(fault), stream=one) for one in (False, True))
    )
    if fault.group == "refusals":
        for came in (whole, stream):
            assert came.status is not None
            assert came.status >= 400
            if fault.name != "bad-gateway":
                check_error(came.json)
                assert came.json["request_id"] == came.headers["request-id"]
        return
    if fault.group == "connection" and fault.name != "slow-loris":
        assert not stream.whole
        return
    if fault.name in CUT:
        check_cut(whole, stream, fault.name)
        return
    if fault.name == "error-in-200":
        for came in (whole, stream):
            assert came.status == 200
            check_error(came.json)
        return
    events = told(plain(stream))
    if fault.name == "error-mid-stream":
        check_error(events[-1])
        assert events[-1]["error"]["type"] == "overloaded_error"
        return
    assert events[0]["type"] == "message_start"
    assert events[-1] == {"type": "message_stop"}
    assert events[-2]["delta"]["stop_reason"] in {"end_turn", "max_tokens", "tool_use"}
    message = json.loads(plain(whole))
    assert message["type"] == "message"
    assert ("usage" in message, "usage" in events[-2]) == (fault.name != "no-usage",) * 2
    assert (message["model"] != "pocket") == (fault.name == "other-model")


def check_cut(whole: Came, stream: Came, name: str) -> None:
    assert stream.status == 200
    assert b"message_stop" not in stream.body
    assert b"event: error" not in stream.body
    if name == "no-done":
        assert whole.json["stop_reason"] == "end_turn"
        assert told(stream.body)[-1]["type"] == "message_delta"
        return
    with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
        json.loads(whole.body)


async def test_chunks_are_counted_without_pings(port: int) -> None:
    came = await asked(port, "cut=3", stream=True)
    kinds = [event["type"] for event in told(came.body)]
    assert kinds == ["message_start", "content_block_start", "ping", "content_block_delta"]


async def test_a_character_is_cut_in_a_text(port: int) -> None:
    came = await asked(port, "cut-in-character=2", stream=True)
    assert not came.whole
    with pytest.raises(UnicodeDecodeError):
        came.body.decode()
    assert b'"text_delta","text":"' in came.body


async def test_all_the_others_are_known() -> None:
    assert {fault.name for fault in FAULTS} - {fault.name for fault in SWITCHED} == {
        fault.name for fault in FAULTS if isinstance(fault.effect, Door)
    } | {"silent"}
