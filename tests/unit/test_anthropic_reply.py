"""Replies of Anthropic's messages as written: what is written is read, by us and by their SDK."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.events import (
    Broken,
    Done,
    ReasoningDelta,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from filon.conversation.message import Part, Reasoning, Text, ToolCall
from filon.conversation.reply import Choice, Reply, fold, unfold
from filon.conversation.usage import Usage
from filon.protocols.anthropic_messages.protocol import ANTHROPIC_MESSAGES
from filon.protocols.anthropic_messages.relay import edit_chunk, edit_reply
from filon.protocols.anthropic_messages.reply import parse_reply, render_reply
from filon.protocols.anthropic_messages.stream import StreamParser
from filon.protocols.anthropic_messages.usage import parse_usage, render_usage
from filon.protocols.anthropic_messages.writer import StreamRenderer
from filon.protocols.openai_chat.stream import StreamParser as ChatParser
from filon.protocols.openai_chat.stream import StreamRenderer as ChatRenderer

WORDS = st.text(min_size=1, max_size=6)
IDS = st.uuids().map(lambda id: f"toolu_{id.hex}")
OBJECTS = st.dictionaries(WORDS, st.integers(0, 9) | WORDS, max_size=2).map(json.dumps)


def usage_of(
    fresh: int, cached: int | None, written: int | None, out: int, thought: int | None
) -> Usage:
    return Usage(
        input_tokens=fresh + (cached or 0) + (written or 0),
        output_tokens=out,
        cached_tokens=cached,
        written_tokens=written,
        reasoning_tokens=thought,
    )


SOME = st.integers(1, 10**9)
USAGES = st.builds(usage_of, SOME, st.none() | SOME, st.none() | SOME, SOME, st.none() | SOME)
THOUGHT = st.builds(Reasoning, st.text(max_size=5), WORDS)
CALL = st.builds(ToolCall, id=IDS, name=WORDS, arguments=OBJECTS)


def apart(parts: list[Part]) -> tuple[Part, ...]:
    """The parts without neighbours that a reader would take for one."""
    kept: list[Part] = []
    for part in parts:
        if not (kept and isinstance(part, Text) and isinstance(kept[-1], Text)):
            kept.append(part)
    return tuple(kept)


def reply_of(prose: list[Part], calls: list[Part], reason: str, usage: Usage) -> Reply:
    parts = (*apart(prose), *calls)
    thinks = any(isinstance(part, Reasoning) for part in parts)
    field = "thinking" if thinks else "reasoning_content"
    choice = Choice(index=0, parts=parts, finish_reason=reason, reasoning_field=field)
    return Reply(id="msg_1", model="m", choices=(choice,), usage=usage, done=True)


REASONS = ("end_turn", "max_tokens", "tool_use", "stop_sequence", "pause_turn", "refusal")
REPLIES = st.builds(
    reply_of,
    st.lists(st.builds(Text, WORDS) | THOUGHT, max_size=4),
    st.lists(CALL, max_size=3),
    st.sampled_from(REASONS),
    USAGES,
)


@given(REPLIES)
def test_a_whole_reply_that_is_written_is_read(reply: Reply) -> None:
    body = render_reply(reply, id="msg_1", model="m", created=5)
    assert fold(parse_reply(body)) == reply


@given(REPLIES, st.randoms(), st.booleans())
def test_a_stream_that_is_written_is_read(reply: Reply, chance: Any, late: bool) -> None:
    writer = StreamRenderer(id="msg_1", model="m", created=5)
    parser = StreamParser()
    events: list[StreamEvent] = []
    row = unfold(reply)
    if late:
        # Providers of chat completions count after the end or before it.
        row = [*row[:-3], row[-2], row[-3], row[-1]]
    for event in row:
        for piece in cut_small(event, chance):
            data = writer.render(piece)
            at = chance.randint(0, len(data))
            events += parser.feed(data[:at]) + parser.feed(data[at:])
    assert parser.close() == []
    assert fold(events) == reply


def cut_small(event: StreamEvent, chance: Any) -> list[StreamEvent]:
    """The same event in pieces, as a model would write it."""
    match event:
        case TextDelta(text=text):
            at = chance.randint(0, len(text))
            return [TextDelta(text[:at]), TextDelta(text[at:])]
        case ReasoningDelta(text=text, field=field, signature=seal):
            return [ReasoningDelta(text, field=field), ReasoningDelta("", 0, field, seal)]
        case ToolCallDelta(index=index, arguments=arguments):
            at = chance.randint(0, len(arguments))
            first = ToolCallDelta(
                index=index, id=event.id, name=event.name, arguments=arguments[:at]
            )
            return [first, ToolCallDelta(index=index, arguments=arguments[at:])]
        case _:
            return [event]


@given(REPLIES)
def test_it_crosses_to_chat_completions_and_back(reply: Reply) -> None:
    writer = ChatRenderer(id="c", model="m", created=5, include_usage=True)
    parser = ChatParser()
    chat = fold([e for one in unfold(reply) for e in parser.feed(writer.render(one))])
    text = "".join(part.text for part in reply.first.parts if isinstance(part, Text))
    assert chat.first.text == text
    assert [p for p in chat.first.parts if isinstance(p, ToolCall)] == [
        p for p in reply.first.parts if isinstance(p, ToolCall)
    ]
    assert chat.first.finish_reason in ("stop", "length", "tool_calls", "content_filter")
    again = json.loads(render_reply(chat, id="msg_2", model="m", created=5))
    assert again["stop_reason"] in REASONS


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (b"", "broken_reply", "cannot be read: nothing: its body was empty"),
        (b"oops", "broken_reply", "cannot be read: oops"),
        (b"[" * 5000, "broken_reply", "cannot be read"),
        (b'{"hello":1}', "broken_reply", "no message: it has no `content`"),
        (b'{"content":"x"}', "broken_reply", "no message"),
        (b'{"type":"error","error":{"type":"api_error","message":"x"}}', "api_error", "x"),
        (b'{"error":{"code":429,"message":"slow"}}', "rate_limit_exceeded", "slow"),
    ],
)
def test_a_body_that_is_no_reply_says_so(body: bytes, code: str, says: str) -> None:
    (event,) = parse_reply(body)
    assert isinstance(event, Broken)
    assert event.problem.code == code
    assert says in event.problem.message


NAMES = [
    "type",
    "content_block",
    "delta",
    "index",
    "message",
    "content",
    "usage",
    "stop_reason",
    "stop_details",
    "text",
    "thinking",
    "signature",
    "input",
    "partial_json",
    "id",
    "name",
    "error",
    "input_tokens",
    "output_tokens",
]
KINDS = [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
    "error",
    "ping",
    "text",
    "thinking",
    "tool_use",
    "text_delta",
    "input_json_delta",
    "signature_delta",
]
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(KINDS)
    | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
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


@given(st.binary(max_size=60))
def test_no_bytes_are_too_odd(body: bytes) -> None:
    parse_reply(body)
    for frame in (body, b"data: " + body + b"\n\n", b'data: {"type":"ping",' + body + b"}\n\n"):
        parser = StreamParser()
        parser.feed(frame)
        parser.close()


@given(USAGES)
def test_usage_that_is_written_is_read(usage: Usage) -> None:
    assert parse_usage(render_usage(usage)) == usage


def test_usage_that_adds_up_to_less_than_nothing_is_nothing() -> None:
    odd = Usage(input_tokens=3, cached_tokens=5)
    assert render_usage(odd)["input_tokens"] == 0
    empty: list[Any] = [None, {}, [], "x", {"input_tokens": -1}, {"input_tokens": True}]
    for value in empty:
        assert parse_usage(value) is None


def test_the_one_edit_of_a_relay() -> None:
    start = (
        b'event: message_start\ndata: {"type":"message_start","message":{"id":"msg_1",'
        b'"model" : "claude","content":[{"model":"no"}],"usage":{"n":1.0e0}}}\n\n'
    )
    assert edit_chunk(start, model_alias='my "own"') == start.replace(
        b'"claude"', b'"my \\"own\\""'
    )
    assert edit_chunk(start) is start
    for raw in (
        b"event: ping\ndata: {}\n\n",
        b": x\n\n",
        b'data: {"text":"\\"message\\""}\n\n',
        b'data: {"message":1}\n\n',
        b'data: "message"\n\n',
    ):
        assert edit_chunk(raw, model_alias="a", drop_usage=True) == raw
    whole = b'{ "model":"claude", "content":[{"model":"no"}]}'
    assert edit_reply(whole, "a") == whole.replace(b'"claude"', b'"a"')
    assert edit_reply(whole, None) is whole


def test_the_protocol_is_whole() -> None:
    assert ANTHROPIC_MESSAGES.name == "anthropic_messages"
    assert ANTHROPIC_MESSAGES.headers == (("anthropic-version", "2023-06-01"),)
    crossed = ANTHROPIC_MESSAGES.to_chat(ANTHROPIC_MESSAGES.from_chat({"stop": ["a"]}).parameters)
    assert crossed.parameters == {"stop": ["a"], "max_tokens": 4096}
    writer = ANTHROPIC_MESSAGES.open_writer(id="a", model="m", created=1, include_usage=True)
    reader = ANTHROPIC_MESSAGES.open_reader()
    assert reader.feed(writer.render(Done())) == [Started(id="msg_a", model="m"), *ENDLESS, Done()]


ENDLESS = [UsageReported(Usage(input_tokens=0, output_tokens=0))]
