"""Whole Responses and streams of them as written: what is written is read."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
from filon.conversation.message import Part, Reasoning, Refusal, Text, ToolCall
from filon.conversation.reply import Choice, Reply, fold, unfold
from filon.conversation.usage import Usage
from filon.kit import sse
from filon.protocols.openai_chat.stream import StreamParser as ChatParser
from filon.protocols.openai_chat.stream import StreamRenderer as ChatRenderer
from filon.protocols.openai_responses.errors import broken_frame, parse_error, render_error
from filon.protocols.openai_responses.protocol import OPENAI_RESPONSES
from filon.protocols.openai_responses.relay import edit_chunk, edit_reply
from filon.protocols.openai_responses.reply import parse_reply, render_reply
from filon.protocols.openai_responses.stream import StreamParser
from filon.protocols.openai_responses.usage import parse_usage, render_usage
from filon.protocols.openai_responses.writer import StreamRenderer

# Replies are large things to draw, and a busy machine takes its time over the first ones.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

WORDS = st.text(min_size=1, max_size=6)
COUNTS = st.none() | st.integers(0, 10**9)
USAGES = st.builds(
    Usage,
    input_tokens=COUNTS,
    output_tokens=COUNTS,
    cached_tokens=COUNTS,
    reasoning_tokens=COUNTS,
    cost_usd=st.none() | st.floats(0, 1000),
    written_tokens=COUNTS,
).filter(lambda usage: usage != Usage())
ASKED: dict[str, dict[str, Any]] = {
    "reasoning_text": {},
    "summary": {"reasoning": {"effort": "low", "summary": "auto"}},
}


def choice_of(
    thoughts: list[Part],
    said: list[Part],
    calls: list[Part],
    why: str,
    field: str,
) -> Choice:
    if not thoughts:
        field = "reasoning_content"
    elif any(isinstance(thought, Reasoning) and not thought.text for thought in thoughts):
        field = "summary"  # a thought of which nothing is shown tells no kind
    return Choice(
        index=0,
        parts=(*thoughts, *said, *calls),
        finish_reason="tool_calls" if calls and why == "completed" else why,
        reasoning_field=field,
    )


THOUGHT: st.SearchStrategy[Part] = st.builds(Reasoning, WORDS, st.none() | WORDS) | st.builds(
    Reasoning, st.just(""), WORDS
)
CALL: st.SearchStrategy[Part] = st.builds(
    ToolCall, id=st.integers(0, 99).map("call_{}".format), name=WORDS, arguments=st.text(max_size=6)
)
SAID: st.SearchStrategy[list[Part]] = st.tuples(
    st.lists(st.builds(Text, WORDS), max_size=1), st.lists(st.builds(Refusal, WORDS), max_size=1)
).map(lambda groups: [*groups[0], *groups[1]])
CHOICES = st.builds(
    choice_of,
    thoughts=st.lists(THOUGHT, max_size=1),
    said=SAID,
    calls=st.lists(CALL, max_size=3),
    why=st.sampled_from(["completed", "max_output_tokens", "content_filter"]),
    field=st.sampled_from(["summary", "reasoning_text"]),
)
REPLIES = st.builds(
    Reply,
    id=st.just("resp_r1"),
    model=st.just("m"),
    created=st.just(5),
    choices=CHOICES.map(lambda choice: (choice,)),
    usage=st.none() | USAGES,
    done=st.just(True),
)


def asked_for(reply: Reply) -> dict[str, Any]:
    return ASKED.get(reply.first.reasoning_field, {})


def frames(*pieces: bytes) -> list[dict[str, Any]]:
    reader = sse.EventReader()
    told: list[dict[str, Any]] = []
    for item in (*reader.feed(b"".join(pieces)), *reader.close()):
        assert isinstance(item, sse.Event)
        told.append(json.loads(item.data))
        assert item.event == told[-1]["type"]
    return told


@patient
@given(REPLIES)
def test_a_whole_reply_that_is_written_is_read(reply: Reply) -> None:
    body = render_reply(reply, id="r1", model="m", created=5, asked=asked_for(reply))
    assert fold(parse_reply(body)) == reply


@patient
@given(REPLIES, st.randoms())
def test_a_stream_that_is_written_is_read(reply: Reply, chance: Any) -> None:
    writer = StreamRenderer(id="r1", model="m", created=5, asked=asked_for(reply))
    parser = StreamParser()
    events: list[StreamEvent] = []
    written: list[bytes] = []
    for event in unfold(reply):
        for piece in cut_small(event, chance):
            written.append(writer.render(piece))
            events += parser.feed(written[-1])
    assert parser.close() == []
    assert fold(events) == reply
    in_order(frames(*written))
    # The last frame and the whole reply are one and the same.
    last = frames(*written)[-1]["response"]
    body = render_reply(reply, id="r1", model="m", created=5, asked=asked_for(reply))
    assert last == json.loads(body)


def cut_small(event: StreamEvent, chance: Any) -> list[StreamEvent]:
    """The same event in two pieces, as a model would write it."""
    match event:
        case TextDelta(text=text) if text:
            at = chance.randint(0, len(text))
            return [TextDelta(text[:at]), TextDelta(text[at:])]
        case ReasoningDelta(text=text, field=field, signature=signature) if text:
            at = chance.randint(0, len(text))
            rest = ReasoningDelta(text[at:], field=field, signature=signature)
            return [ReasoningDelta(text[:at], field=field), rest]
        case ToolCallDelta(index=index, arguments=arguments):
            at = chance.randint(0, len(arguments))
            first = ToolCallDelta(
                index=index, id=event.id, name=event.name, arguments=arguments[:at]
            )
            return [first, ToolCallDelta(index=index, arguments=arguments[at:])]
        case _:
            return [event]


def in_order(told: list[dict[str, Any]]) -> None:
    """What holds of every stream: numbers, places, and that all that is begun is done."""
    assert [frame["sequence_number"] for frame in told] == list(range(len(told)))
    assert [frame["type"] for frame in told[:2]] == ["response.created", "response.in_progress"]
    open_items: dict[int, str] = {}
    open_parts: set[tuple[str, int]] = set()
    places: list[int] = []
    for frame in told[2:-1]:
        kind = frame["type"].removeprefix("response.")
        if kind == "output_item.added":
            assert frame["item"]["status"] == "in_progress"
            open_items[frame["output_index"]] = frame["item"]["id"]
            places.append(frame["output_index"])
            continue
        if kind == "output_item.done":
            assert open_items.pop(frame["output_index"]) == frame["item"]["id"]
            continue
        assert open_items[frame["output_index"]] == frame["item_id"]
        part = (frame["item_id"], frame.get("content_index", frame.get("summary_index", 0)))
        if kind.endswith("part.added"):
            open_parts.add(part)
        elif kind.endswith("part.done"):
            open_parts.remove(part)
        elif "arguments" not in kind and "reasoning_text" not in kind:
            assert part in open_parts
    assert not open_items
    assert not open_parts
    assert places == list(range(len(places)))
    output = told[-1]["response"]["output"]
    assert len(output) == len(places)
    assert len({item["id"] for item in output}) == len(output)


def test_a_stream_as_openai_frames_it() -> None:
    writer = StreamRenderer(
        id="trn_abc",
        model="openai/gpt",
        created=5,
        asked={"temperature": 0.5, "text": {"verbosity": "low"}, "tool_choice": None},
    )
    events: list[StreamEvent] = [
        Started(id="theirs", model="theirs", created=1),
        ReasoningDelta("Hm."),
        TextDelta("H"),
        TextDelta("i"),
        TextDelta("other", 1),
        ToolCallDelta(index=0, id="call_a", name="f", arguments="{"),
        ToolCallDelta(index=1, arguments="[", id="call_b"),
        ToolCallDelta(index=0, arguments="}"),
        ToolCallDelta(index=1, name="g"),
        Finished("tool_calls"),
        UsageReported(Usage(input_tokens=2, output_tokens=3)),
        Done(),
        TextDelta("late"),
    ]
    told = frames(*map(writer.render, events))
    in_order(told)
    brief = [
        (
            frame["type"].removeprefix("response."),
            frame.get("output_index"),
            frame.get("delta", frame.get("text", frame.get("arguments"))),
        )
        for frame in told
    ]
    assert brief == [
        ("created", None, None),
        ("in_progress", None, None),
        ("output_item.added", 0, None),
        ("reasoning_text.delta", 0, "Hm."),
        ("reasoning_text.done", 0, "Hm."),
        ("output_item.done", 0, None),
        ("output_item.added", 1, None),
        ("content_part.added", 1, None),
        ("output_text.delta", 1, "H"),
        ("output_text.delta", 1, "i"),
        ("output_text.done", 1, "Hi"),
        ("content_part.done", 1, None),
        ("output_item.done", 1, None),
        ("output_item.added", 2, None),
        ("function_call_arguments.delta", 2, "{"),
        ("function_call_arguments.delta", 2, "}"),
        ("output_item.added", 3, None),
        ("function_call_arguments.delta", 3, "["),
        ("function_call_arguments.done", 2, "{}"),
        ("output_item.done", 2, None),
        ("function_call_arguments.done", 3, "["),
        ("output_item.done", 3, None),
        ("completed", None, None),
    ]
    assert told[0]["response"] == {
        "id": "resp_abc",
        "object": "response",
        "created_at": 5,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "model": "openai/gpt",
        "output": [],
        "previous_response_id": None,
        "store": False,
        "usage": None,
        "max_output_tokens": None,
        "max_tool_calls": None,
        "metadata": {},
        "parallel_tool_calls": True,
        "reasoning": {"effort": None, "summary": None},
        "safety_identifier": None,
        "service_tier": None,
        "temperature": 0.5,
        "text": {"format": {"type": "text"}, "verbosity": "low"},
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "truncation": "disabled",
        "user": None,
    }
    last = told[-1]["response"]
    assert last["usage"] == {
        "input_tokens": 2,
        "input_tokens_details": None,
        "output_tokens": 3,
        "output_tokens_details": None,
        "total_tokens": 5,
    }
    assert last["output"] == [
        {
            "id": "rs_abc00",
            "type": "reasoning",
            "status": "completed",
            "summary": [],
            "content": [{"type": "reasoning_text", "text": "Hm."}],
        },
        {
            "id": "msg_abc01",
            "type": "message",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "Hi", "annotations": [], "logprobs": []}],
        },
        {
            "id": "fc_abc02",
            "type": "function_call",
            "status": "completed",
            "call_id": "call_a",
            "name": "f",
            "arguments": "{}",
        },
        {
            "id": "fc_abc03",
            "type": "function_call",
            "status": "completed",
            "call_id": "call_b",
            "name": "g",
            "arguments": "[",
        },
    ]


@pytest.mark.parametrize(
    ("reason", "status", "details"),
    [
        ("stop", "completed", None),
        ("refusal", "incomplete", {"reason": "content_filter"}),
        ("whatever", "completed", None),
        ("length", "incomplete", {"reason": "max_output_tokens"}),
        ("max_tokens", "incomplete", {"reason": "max_output_tokens"}),
        ("content_filter", "incomplete", {"reason": "content_filter"}),
        ("pause_turn", "incomplete", {"reason": "pause_turn"}),
        ("error", "failed", None),
    ],
)
def test_every_end_has_its_status(reason: str, status: str, details: Any) -> None:
    writer = StreamRenderer(id="a", model="m", created=1)
    events = [TextDelta("a"), RefusalDelta("b"), Finished(reason), Done()]
    told = frames(*map(writer.render, events))
    in_order(told)
    last = told[-1]["response"]
    assert told[-1]["type"] == f"response.{status}"
    assert (last["status"], last["incomplete_details"]) == (status, details)
    (item,) = last["output"]
    assert [part["type"] for part in item["content"]] == ["output_text", "refusal"]
    assert item["status"] == ("completed" if status == "completed" else "incomplete")
    assert (last["error"] is not None) == (status == "failed")


def test_a_stream_of_nothing_is_an_empty_reply() -> None:
    writer = StreamRenderer(id="a", model="m", created=1, include_usage=True)
    told = frames(writer.render(Done()))
    in_order(told)
    assert told[-1]["response"]["output"] == []
    assert StreamParser().feed(StreamRenderer(id="a", model="m", created=1).render(Done())) == [
        Started(id="resp_a", model="m", created=1),
        Finished("completed"),
        Done(),
    ]


def test_a_stream_that_breaks_off_tells_it_twice() -> None:
    problem = Problem(
        code="overloaded", message="Too many.", blame="provider", status=503, fix="Wait."
    )
    writer = StreamRenderer(id="a", model="m", created=1)
    written = [writer.render(TextDelta("Once")), writer.render(Broken(problem))]
    told = frames(*written)
    in_order(told[:-1])
    failed, error = told[-2:]
    assert failed["type"] == "response.failed"
    assert failed["response"]["error"] == {"code": "overloaded", "message": "Too many. Wait."}
    assert failed["response"]["output"][0]["status"] == "incomplete"
    assert error == {
        "type": "error",
        "sequence_number": len(told) - 1,
        "code": "overloaded",
        "message": "Too many. Wait.",
        "param": None,
        "error": {
            "message": "Too many. Wait.",
            "type": "server_error",
            "param": None,
            "code": "overloaded",
        },
    }
    assert writer.render(Done()) == b""
    relayed = StreamRenderer(id="a", model="m", created=1)
    assert relayed.render(Broken(problem)) == broken_frame(problem)
    assert relayed.render(Done()) == b""
    events = StreamParser().feed(b"".join(written))
    assert [type(event) for event in events] == [Started, TextDelta, Broken]
    (alone,) = StreamParser().feed(broken_frame(problem))
    assert isinstance(alone, Broken)
    assert alone.problem.code == "overloaded"
    assert render_error(problem)[0] == 503
    body = json.loads(render_reply(Reply(problem=problem), id="resp_x", model="m", created=1))
    assert (body["id"], body["status"], body["error"]["code"]) == ("resp_x", "failed", "overloaded")


def test_calls_without_an_id_get_one_and_without_a_name_are_told_at_the_end() -> None:
    writer = StreamRenderer(id="a", model="m", created=1)
    events = [
        ToolCallDelta(index=0, name="f", arguments="{}"),
        ToolCallDelta(index=1, arguments="{}"),
        Done(),
    ]
    told = frames(*map(writer.render, events))
    in_order(told)
    output = told[-1]["response"]["output"]
    assert [(item["call_id"], item["name"]) for item in output] == [
        ("call_a00", "f"),
        ("call_a01", ""),
    ]


def test_a_chat_stream_becomes_a_responses_stream_and_back() -> None:
    chat = ChatRenderer(id="c", model="m", created=5, include_usage=True)
    events: list[StreamEvent] = [
        ReasoningDelta("A sum."),
        TextDelta("I add."),
        ToolCallDelta(index=0, id="c1", name="add", arguments='{"a":1}'),
        ToolCallDelta(index=1, id="c2", name="now", arguments="{}"),
        Finished("tool_calls"),
        UsageReported(Usage(input_tokens=2, output_tokens=3)),
        Done(),
    ]
    there = ChatParser().feed(b"".join(map(chat.render, events)))
    writer = StreamRenderer(id="r", model="m", created=5)
    back = StreamParser().feed(b"".join(map(writer.render, there)))
    again = ChatRenderer(id="c", model="m", created=5, include_usage=True)
    final = fold(ChatParser().feed(b"".join(map(again.render, back))))
    assert final == fold(there)


def parsed(**fields: Any) -> list[StreamEvent]:
    told: dict[str, Any] = {"id": "a", "status": "completed", "output": [], **fields}
    return parse_reply(json.dumps(told).encode())


def test_accents_of_whole_replies() -> None:
    thought = {
        "type": "reasoning",
        "summary": [{"type": "summary_text", "text": "s"}],
        "content": [{"type": "reasoning_text", "text": "c"}],
    }
    assert parsed(output=[thought, 5, {"type": "message", "content": None}]) == [
        Started(id="a"),
        ReasoningDelta("c", field="reasoning_text"),
        Finished("completed"),
        Done(),
    ]
    assert parsed(status="queued", created_at=5.7, model="m") == [
        Started(id="a", model="m", created=5),
        Finished("queued"),
        Done(),
    ]
    assert parsed(status="incomplete") == [Started(id="a"), Finished("incomplete"), Done()]


@pytest.mark.parametrize(
    ("body", "code", "status", "says"),
    [
        (b"", "broken_reply", 502, "cannot be read: nothing: its body was empty"),
        (b"oops", "broken_reply", 502, "cannot be read: oops"),
        (b"[" * 5000, "broken_reply", 502, "cannot be read"),
        (b'{"hello":1}', "broken_reply", 502, "no response: it has no `output`"),
        (b'{"choices":[]}', "broken_reply", 502, "no response"),
        (b'{"error":{"code":429,"message":"slow"}}', "rate_limit_exceeded", 429, "slow"),
        (b'[{"error":{"code":429,"message":"slow"}}]', "rate_limit_exceeded", 429, "slow"),
        (b'{"detail":"Not Found"}', "provider_error", 502, "Not Found"),
        (
            b'{"status":"failed","output":[],"error":{"code":"invalid_prompt","message":"bad"}}',
            "invalid_prompt",
            400,
            "bad",
        ),
        (b'{"status":"cancelled","output":[]}', "provider_error", 502, "but not why"),
        (
            b'{"output":[],"error":{"code":"server_is_overloaded","message":"busy"}}',
            "server_is_overloaded",
            503,
            "busy",
        ),
    ],
)
def test_a_body_that_is_no_reply_says_so(body: bytes, code: str, status: int, says: str) -> None:
    last = parse_reply(body)[-1]
    assert isinstance(last, Broken)
    assert (last.problem.code, last.problem.status) == (code, status)
    assert says in last.problem.message


@given(st.binary(max_size=60))
def test_no_bytes_are_too_odd(body: bytes) -> None:
    parse_reply(body)
    for frame in (body, b"data: " + body + b"\n\n", b'data: {"type":"error",' + body + b"}\n\n"):
        parser = StreamParser()
        parser.feed(frame)
        parser.close()


KINDS = [
    "response.created",
    "response.completed",
    "response.failed",
    "response.output_item.added",
    "response.output_item.done",
    "response.output_text.delta",
    "response.output_text.done",
    "response.function_call_arguments.delta",
    "response.reasoning_summary_text.delta",
    "error",
    "message",
    "function_call",
    "reasoning",
]
NAMES = [
    *("type", "response", "item", "output", "output_index", "content_index", "delta", "text"),
    *("content", "summary", "arguments", "name", "call_id", "error", "status", "usage", "id"),
]
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=3)
    | st.sampled_from(KINDS),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
    ),
    max_leaves=25,
)


@given(ANYTHING, st.sampled_from(KINDS))
def test_no_json_is_too_odd(value: Any, kind: str) -> None:
    body = json.dumps(value).replace("Infinity", "1").encode()
    parse_reply(body)
    parser = StreamParser()
    parser.feed(b"event: " + kind.encode() + b"\ndata: " + body + b"\n\n")
    parser.close()


@given(USAGES)
def test_usage_that_is_written_is_read(usage: Usage) -> None:
    assert parse_usage(render_usage(usage)) == usage


@pytest.mark.parametrize("value", [None, {}, [], "x", {"input_tokens": None}, {"cost": "free"}])
def test_usage_that_says_nothing_is_none(value: Any) -> None:
    assert parse_usage(value) is None


def test_a_price_in_ticks() -> None:
    assert parse_usage({"cost_in_usd_ticks": 5_000_000_000}) == Usage(cost_usd=0.5)


def test_the_alias_stands_in_the_models_place_and_nowhere_else() -> None:
    raw = (
        b'event: response.created\ndata: {"type":"response.created","model":"m",'
        b'"response":{"id":"r","metadata":{"model":"m"}, "model" : "m-2026"}}\n\n'
    )
    assert edit_chunk(raw) is raw
    assert edit_chunk(raw, model_alias="m-2026") == raw
    assert edit_chunk(raw, model_alias='my/"own"') == raw.replace(b'"m-2026"', b'"my/\\"own\\""')
    for other in (b": ping\n\n", b"data: [DONE]\n\n", b'data: {"model":"m"}\n\n', b"data: x\n\n"):
        assert edit_chunk(other, model_alias="a", drop_usage=True) == other
    body = b'{"model":"m","output":[{"model":"m"}]}'
    assert edit_reply(body, None) is body
    assert edit_reply(body, "a") == b'{"model":"a","output":[{"model":"m"}]}'


def test_the_protocol_as_one_value() -> None:
    assert (OPENAI_RESPONSES.name, OPENAI_RESPONSES.path) == ("openai_responses", "/responses")
    problem = parse_error(401, (), b'{"error":{"message":"No key."}}', now=0.0)
    assert (problem.status, problem.message) == (401, "No key.")
