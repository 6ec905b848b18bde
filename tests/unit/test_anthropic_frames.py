"""A stream as Anthropic frames it: its blocks, their order, and the words for the end."""

import json
from typing import Any

import pytest

from filon.conversation.errors import Problem
from filon.conversation.events import (
    Broken,
    Done,
    Finished,
    ReasoningDelta,
    RefusalDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from filon.conversation.message import Opaque, Refusal
from filon.conversation.reply import Choice, Reply, fold
from filon.conversation.usage import Usage
from filon.kit import sse
from filon.protocols.anthropic_messages.reply import render_reply
from filon.protocols.anthropic_messages.stream import StreamParser
from filon.protocols.anthropic_messages.writer import StreamRenderer


def frames(*events: StreamEvent) -> list[dict[str, Any]]:
    writer = StreamRenderer(id="msg_1", model="m", created=5)
    told = b"".join(writer.render(event) for event in events)
    items = sse.EventReader().feed(told)
    read = [json.loads(item.data) for item in items if isinstance(item, sse.Event)]
    assert [item.event for item in items if isinstance(item, sse.Event)] == [
        one["type"] for one in read
    ]
    return read


def kinds(read: list[dict[str, Any]]) -> list[Any]:
    return [
        (one["type"].removeprefix("content_block_"), one["index"])
        if "index" in one
        else one["type"]
        for one in read
    ]


def test_a_stream_as_anthropic_frames_it() -> None:
    read = frames(
        Started(id="theirs", model="theirs", created=1),
        ReasoningDelta("Hm."),
        TextDelta("Hi"),
        ToolCallDelta(index=0, id="a.b", name="f", arguments="{"),
        ToolCallDelta(index=0, arguments="}"),
        Finished("tool_calls"),
        UsageReported(Usage(input_tokens=20, output_tokens=3, cached_tokens=12)),
        Done(),
    )
    assert read == [
        {
            "type": "message_start",
            "message": {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "model": "m",
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {"input_tokens": 0, "output_tokens": 0},
            },
        },
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "thinking", "thinking": "", "signature": ""},
        },
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "thinking_delta", "thinking": "Hm."},
        },
        {"type": "content_block_stop", "index": 0},
        {"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Hi"}},
        {"type": "content_block_stop", "index": 1},
        {
            "type": "content_block_start",
            "index": 2,
            "content_block": {"type": "tool_use", "id": "a_b", "name": "f", "input": {}},
        },
        {
            "type": "content_block_delta",
            "index": 2,
            "delta": {"type": "input_json_delta", "partial_json": "{"},
        },
        {
            "type": "content_block_delta",
            "index": 2,
            "delta": {"type": "input_json_delta", "partial_json": "}"},
        },
        {"type": "content_block_stop", "index": 2},
        {
            "type": "message_delta",
            "delta": {"stop_reason": "tool_use", "stop_sequence": None},
            "usage": {"input_tokens": 8, "cache_read_input_tokens": 12, "output_tokens": 3},
        },
        {"type": "message_stop"},
    ]


def test_a_call_whose_json_is_whole_ends_when_the_next_begins() -> None:
    read = frames(
        ToolCallDelta(index=0, id="a", name="f", arguments='{"x":1}'),
        ToolCallDelta(index=1, id="b", name="g", arguments="{"),
        ToolCallDelta(index=0, arguments="\n"),
        ToolCallDelta(index=1, arguments="}"),
        Done(),
    )
    order = ["message_start", ("start", 0), ("delta", 0), ("stop", 0), ("start", 1)]
    end = [("delta", 1), ("delta", 1), ("stop", 1), "message_delta", "message_stop"]
    assert kinds(read) == [*order, *end]


def test_two_calls_at_a_time_stand_open_beside_each_other() -> None:
    read = frames(
        ToolCallDelta(index=0, id="a", name="f"),
        ToolCallDelta(index=1, id="b", name="g"),
        ToolCallDelta(index=0, arguments="{}"),
        ToolCallDelta(index=1, arguments="{}"),
        Done(),
    )
    begun = ["message_start", ("start", 0), ("start", 1), ("delta", 0), ("delta", 1)]
    assert kinds(read) == [*begun, ("stop", 0), ("stop", 1), "message_delta", "message_stop"]


def test_a_call_waits_for_its_name_and_gets_an_id() -> None:
    read = frames(
        ToolCallDelta(index=0, arguments="{"),
        ToolCallDelta(index=0, name="f", arguments="}"),
        ToolCallDelta(index=1, id="odd", arguments="{}"),
        Finished("stop"),
        Done(),
    )
    blocks = [one["content_block"] for one in read if "content_block" in one]
    assert [(block["id"], block["name"]) for block in blocks] == [("msg_1_0", "f"), ("odd", "")]
    given = [one["delta"]["partial_json"] for one in read if "partial_json" in one.get("delta", {})]
    assert given == ["{}", "{}"]
    assert read[-2]["delta"]["stop_reason"] == "tool_use"


def test_a_second_choice_and_empty_pieces_are_not_told() -> None:
    read = frames(
        TextDelta(""),
        TextDelta("b", 1),
        Finished("stop", 1),
        ReasoningDelta(""),
        Done(),
    )
    assert kinds(read) == ["message_start", "message_delta", "message_stop"]
    assert read[1]["delta"]["stop_reason"] is None


def test_a_refusal_is_told_as_text_and_as_the_reason() -> None:
    read = frames(RefusalDelta("No."), Finished("stop"), Done())
    assert read[2]["delta"] == {"type": "text_delta", "text": "No."}
    assert read[-2]["delta"]["stop_reason"] == "refusal"
    choice = Choice(index=0, parts=(Refusal("No."),), finish_reason="stop")
    whole = json.loads(render_reply(Reply(choices=(choice,)), id="a", model="m", created=1))
    assert whole["content"] == [{"type": "text", "text": "No."}]
    assert whole["stop_reason"] == "refusal"
    assert whole["usage"] == {"input_tokens": 0, "output_tokens": 0}


@pytest.mark.parametrize(
    ("theirs", "calls", "ours"),
    [
        ("stop", False, "end_turn"),
        ("stop", True, "tool_use"),
        ("length", False, "max_tokens"),
        ("function_call", False, "tool_use"),
        ("content_filter", False, "refusal"),
        ("model_context_window_exceeded", False, "model_context_window_exceeded"),
        ("stop_sequence", False, "stop_sequence"),
        ("completed", False, "end_turn"),
        ("max_output_tokens", False, "max_tokens"),
        ("never heard of", False, "end_turn"),
    ],
)
def test_ends_are_told_in_words_that_clients_know(theirs: str, calls: bool, ours: str) -> None:
    call = ToolCallDelta(index=0, id="a", name="f", arguments="{}")
    events: list[StreamEvent] = [call] if calls else [TextDelta("x")]
    assert frames(*events, Finished(theirs), Done())[-2]["delta"]["stop_reason"] == ours
    whole = json.loads(
        render_reply(fold([*events, Finished(theirs)]), id="a", model="m", created=1)
    )
    assert whole["stop_reason"] == ours


def test_a_reply_cannot_hold_what_no_model_writes() -> None:
    choice = Choice(index=0, parts=(Opaque("{}"),))
    with pytest.raises(ValueError, match="Opaque"):
        render_reply(Reply(choices=(choice,)), id="a", model="m", created=1)


def test_a_stream_that_breaks_off_tells_it_in_a_frame() -> None:
    problem = Problem(
        code="overloaded", message="Too many.", blame="provider", status=529, fix="Wait."
    )
    read = frames(TextDelta("On"), Broken(problem))
    assert read[-1] == {
        "type": "error",
        "error": {"type": "overloaded_error", "message": "Too many. Wait."},
        "request_id": "msg_1",
    }
    writer = StreamRenderer(id="a", model="m", created=1)
    (broken,) = StreamParser().feed(writer.render(Broken(problem)))
    assert isinstance(broken, Broken)
    assert (broken.problem.code, broken.problem.status) == ("overloaded_error", 529)
