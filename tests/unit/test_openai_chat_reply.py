"""Whole replies and streams as written: what is written is read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.errors import Problem
from filon.conversation.events import (
    Broken,
    Done,
    Finished,
    Started,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
    UsageReported,
)
from filon.conversation.message import Part, Reasoning, Refusal, Text, ToolCall
from filon.conversation.reply import Choice, Reply, fold, unfold
from filon.conversation.usage import Usage
from filon.protocols.openai_chat.reply import (
    decode,
    events_in,
    parse_reply,
    read_reply,
    render_reply,
)
from filon.protocols.openai_chat.stream import StreamParser, StreamRenderer
from filon.protocols.openai_chat.usage import parse_usage, render_usage
from filon.protocols.registry import PROTOCOLS

WORDS = st.text(min_size=1, max_size=6)
COUNTS = st.none() | st.integers(0, 10**9)
USAGES = st.builds(
    Usage,
    input_tokens=COUNTS,
    output_tokens=COUNTS,
    cached_tokens=COUNTS,
    reasoning_tokens=COUNTS,
    cost_usd=st.none() | st.floats(0, 1000),
).filter(lambda usage: usage != Usage())
FIELDS = st.sampled_from(["reasoning_content", "reasoning"])


def choices(index: int) -> st.SearchStrategy[Choice]:
    """Choices that a whole reply can hold: one run of each kind, in its order."""
    calls = st.lists(
        st.builds(ToolCall, id=st.uuids().map(str), name=WORDS, arguments=st.text(max_size=6)),
        max_size=3,
    )
    optional: list[st.SearchStrategy[list[Any]]] = [
        st.lists(st.builds(kind, WORDS), max_size=1) for kind in (Reasoning, Text, Refusal)
    ]
    parts: st.SearchStrategy[tuple[Part, ...]] = st.tuples(*optional, calls).map(
        lambda groups: tuple(part for group in groups for part in group)
    )
    return st.builds(
        choice_of,
        index=st.just(index),
        parts=parts,
        finish_reason=st.sampled_from(["stop", "length", "tool_calls"]),
        field=FIELDS,
    )


def choice_of(index: int, parts: tuple[Part, ...], finish_reason: str, field: str) -> Choice:
    thinks = any(isinstance(part, Reasoning) for part in parts)
    return Choice(
        index=index,
        parts=parts,
        finish_reason=finish_reason,
        reasoning_field=field if thinks else "reasoning_content",
    )


REPLIES = st.builds(
    Reply,
    id=st.just("r1"),
    model=st.just("m"),
    created=st.just(5),
    choices=st.integers(1, 3).flatmap(lambda n: st.tuples(*(choices(i) for i in range(n)))),
    usage=st.none() | USAGES,
    done=st.just(True),
)


@given(REPLIES)
def test_a_whole_reply_that_is_written_is_read(reply: Reply) -> None:
    body = render_reply(reply, id="r1", model="m", created=5)
    assert fold(parse_reply(body)) == reply


@given(REPLIES, st.booleans(), st.randoms())
def test_a_stream_that_is_written_is_read(reply: Reply, counted: bool, chance: Any) -> None:
    writer = StreamRenderer(id="r1", model="m", created=5, include_usage=counted)
    parser = StreamParser()
    events: list[StreamEvent] = []
    for event in unfold(reply):
        for piece in cut_small(event, chance):
            events += parser.feed(writer.render(piece))
    assert parser.close() == []
    told = fold(events)
    assert told == Reply(
        id="r1",
        model="m",
        created=5,
        choices=reply.choices,
        usage=reply.usage if counted else None,
        done=True,
    )


def cut_small(event: StreamEvent, chance: Any) -> list[StreamEvent]:
    """The same event in two pieces, as a model would write it."""
    match event:
        case TextDelta(text=text, choice=choice) if text:
            at = chance.randint(0, len(text))
            return [TextDelta(text[:at], choice), TextDelta(text[at:], choice)]
        case ToolCallDelta(index=index, arguments=arguments, choice=choice):
            at = chance.randint(0, len(arguments))
            first = ToolCallDelta(
                index=index,
                id=event.id,
                name=event.name,
                arguments=arguments[:at],
                choice=choice,
            )
            return [first, ToolCallDelta(index=index, arguments=arguments[at:], choice=choice)]
        case _:
            return [event]


def test_a_stream_as_openai_frames_it() -> None:
    writer = StreamRenderer(id="c1", model="m", created=5, include_usage=True)
    events: list[StreamEvent] = [
        Started(id="theirs", model="theirs", created=1),
        TextDelta("Hi"),
        UsageReported(Usage(input_tokens=1)),
        ToolCallDelta(index=0, id="a", name="f", arguments="{"),
        ToolCallDelta(index=0, arguments="}"),
        TextDelta("b", 1),
        Finished("stop"),
        UsageReported(Usage(input_tokens=2, output_tokens=3)),
        Done(),
    ]
    frames = b"".join(writer.render(event) for event in events).decode().split("\n\n")
    head = '{"id":"c1","object":"chat.completion.chunk","created":5,"model":"m","choices":['
    tail = '],"usage":null}'
    other = ',"logprobs":null,"finish_reason":null}'
    call = '{"index":0,"id":"a","type":"function","function":{"name":"f","arguments":"{"}}'
    assert frames == [
        f'data: {head}{{"index":0,"delta":{{"role":"assistant","content":""}}{other}{tail}',
        f'data: {head}{{"index":0,"delta":{{"content":"Hi"}}{other}{tail}',
        f'data: {head}{{"index":0,"delta":{{"tool_calls":[{call}]}}{other}{tail}',
        f'data: {head}{{"index":0,"delta":{{"tool_calls":[{{"index":0,"function":'
        f'{{"arguments":"}}"}}}}]}}{other}{tail}',
        f'data: {head}{{"index":1,"delta":{{"role":"assistant","content":"b"}}{other}{tail}',
        f'data: {head}{{"index":0,"delta":{{}},"logprobs":null,"finish_reason":"stop"}}{tail}',
        f'data: {head}],"usage":{{"prompt_tokens":2,"completion_tokens":3,"total_tokens":5}}}}',
        "data: [DONE]",
        "",
    ]


def test_a_stream_that_breaks_off_tells_it_in_a_frame() -> None:
    writer = StreamRenderer(id="c1", model="m", created=5)
    problem = Problem(
        code="overloaded", message="Too many.", blame="provider", status=503, fix="Wait."
    )
    frame = writer.render(Broken(problem))
    assert json.loads(frame.removeprefix(b"data: ")) == {
        "error": {
            "message": "Too many. Wait.",
            "type": "server_error",
            "param": None,
            "code": "overloaded",
        }
    }
    (event,) = StreamParser().feed(frame)
    assert isinstance(event, Broken)
    assert event.problem.code == "overloaded"


def test_a_refusal_comes_without_content_and_reasoning_of_parts_in_the_usual_field() -> None:
    choice = Choice(index=0, parts=(Reasoning("x"), Refusal("No.")), reasoning_field="thinking")
    body = json.loads(render_reply(Reply(choices=(choice,)), id="a", model="m", created=1))
    assert body["choices"][0]["message"] == {
        "role": "assistant",
        "content": None,
        "refusal": "No.",
        "reasoning_content": "x",
    }
    assert "usage" not in body


def parsed(**fields: Any) -> list[StreamEvent]:
    return parse_reply(json.dumps({"id": "a"} | fields).encode())


def test_accents_of_whole_replies() -> None:
    calls = [
        {"function": {"name": "f", "arguments": "1"}},
        {"function": {"name": "f", "arguments": "2"}},
    ]
    told = {"content": [{"type": "text", "text": "x"}], "tool_calls": calls}
    assert parsed(
        choices=[{"message": told}, {"message": None, "finish_reason": "stop"}],
        x_groq={"usage": {"prompt_tokens": 1}},
    ) == [
        Started(id="a"),
        TextDelta("x"),
        ToolCallDelta(index=0, name="f", arguments="1"),
        ToolCallDelta(index=1, name="f", arguments="2"),
        Finished("stop", 1),
        UsageReported(Usage(input_tokens=1)),
        Done(),
    ]
    assert parsed(choices=[]) == [Started(id="a"), Done()]


def problem_in(events: list[StreamEvent]) -> Problem:
    last = events[-1]
    assert isinstance(last, Broken)
    return last.problem


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        (b"", "broken_reply", "cannot be read: nothing: its body was empty"),
        (b"oops", "broken_reply", "cannot be read: oops"),
        (b"[" * 5000, "broken_reply", "cannot be read"),
        (b'{"hello":1}', "broken_reply", "no chat completion"),
        (b'{"choices":{"a":1}}', "broken_reply", "no chat completion"),
        (b'{"error":{"code":429,"message":"slow"}}', "rate_limit_exceeded", "slow"),
        (b'[{"error":{"code":429,"message":"slow"}}]', "rate_limit_exceeded", "slow"),
        (b'{"choices":[],"error":{"message":"late"}}', "provider_error", "late"),
        (b'{"choices":[{"finish_reason":"error"}]}', "provider_error", "broke the answer off"),
    ],
)
def test_a_body_that_is_no_reply_says_so(body: bytes, code: str, says: str) -> None:
    problem = problem_in(parse_reply(body))
    assert problem.code == code
    assert says in problem.message


@given(st.binary(max_size=60))
def test_no_bytes_are_too_odd(body: bytes) -> None:
    parse_reply(body)
    for frame in (body, b"data: " + body + b"\n\n", b'data: {"choices":[' + body + b"]}\n\n"):
        parser = StreamParser()
        parser.feed(frame)
        parser.close()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "choices",
                    "delta",
                    "message",
                    "index",
                    "content",
                    "tool_calls",
                    "function",
                    "usage",
                ]
                + ["finish_reason", "error", "type", "text", "thinking", "x_groq", "prompt_tokens"]
                + ["completion_tokens", "detail", "code", "object", "metadata", "raw", "loc", "msg"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(ANYTHING)
def test_no_json_is_too_odd(value: Any) -> None:
    body = json.dumps(value).replace("Infinity", "1").encode()
    parse_reply(body)
    parser = StreamParser()
    parser.feed(b"data: " + body + b"\n\n")
    parser.close()


@given(USAGES)
def test_usage_that_is_written_is_read(usage: Usage) -> None:
    assert parse_usage(render_usage(usage)) == usage


ODD: st.SearchStrategy[Any] = st.sampled_from(
    [None, 0, 7, 7.0, 7.5, -1, 10**18, 10**30, True, "7", [], {}]
)
COUNTED: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens", "cost"), ODD),
        **dict.fromkeys(("cached_tokens", "prompt_cache_hit_tokens", "cost_in_usd_ticks"), ODD),
        "cache_creation_input_tokens": ODD,
        "prompt_tokens_details": ODD
        | st.dictionaries(st.sampled_from(["cached_tokens", "cache_write_tokens"]), ODD),
        "completion_tokens_details": ODD | st.dictionaries(st.just("reasoning_tokens"), ODD),
    },
)


@given(COUNTED)
def test_usage_says_the_same_whether_its_types_are_known_or_not(told: dict[str, Any]) -> None:
    wire = decode(json.dumps({"choices": [], "usage": told}).encode())
    assert parse_usage(wire.usage) == parse_usage(told)


SAID: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"content": st.sampled_from(["text", "", None, 7, [{"type": "text", "text": "part"}]])},
    optional={
        **dict.fromkeys(("reasoning", "reasoning_content", "refusal"), st.sampled_from(["", "a"])),
        "tool_calls": st.sampled_from([None, [], [{"id": "a", "function": {"name": "b"}}]]),
        "function_call": st.sampled_from([None, {"name": "b", "arguments": "{}"}]),
    },
)
DOCUMENTS: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {
        "choices": st.lists(
            st.fixed_dictionaries(
                {
                    "message": st.none() | SAID,
                    "finish_reason": st.sampled_from(["stop", "length", "", None, 7, "error"]),
                },
                optional={"index": st.sampled_from([0, 1, None, False, "0"])},
            ),
            max_size=2,
        ),
    },
    optional={
        "id": st.sampled_from(["", "a", 7]),
        "model": st.sampled_from(["", "m", None]),
        "created": st.sampled_from([0, 1, "now"]),
        "usage": st.none() | COUNTED,
        "x_groq": st.sampled_from([None, {"usage": {"prompt_tokens": 3}}]),
        "error": st.sampled_from([None, {}, {"message": "late"}]),
    },
)


@given(DOCUMENTS)
def test_a_plain_reply_is_what_its_events_fold_into(document: dict[str, Any]) -> None:
    body = json.dumps(document).encode()
    wire = decode(body)
    events, reply = read_reply(body)
    assert events == events_in(wire, wire.choices or [])
    assert reply is None or reply == fold(events)


def test_most_replies_are_plain() -> None:
    document = {"choices": [{"index": 0, "message": {"content": "a"}, "finish_reason": "stop"}]}
    assert read_reply(json.dumps(document).encode())[1] is not None


@pytest.mark.parametrize("value", [None, {}, [], "x", {"prompt_tokens": None}, {"cost": "free"}])
def test_usage_that_says_nothing_is_none(value: Any) -> None:
    assert parse_usage(value) is None


def test_the_registry_knows_each_by_its_own_name() -> None:
    for name, protocol in PROTOCOLS.items():
        assert protocol.name == name
        assert protocol.path.startswith("/")
        writer = protocol.open_writer(id="a", model="m", created=1)
        reader = protocol.open_reader()
        assert reader.feed(writer.render(Done()))[-1] == Done()
