"""Every recorded oddity of Anthropic's messages gives the events it must, however it is cut."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from filon.conversation.reply import fold
from filon.conversation.usage import Usage
from filon.protocols.anthropic_messages.relay import edit_chunk
from filon.protocols.anthropic_messages.stream import StreamParser
from filon.protocols.anthropic_messages.writer import StreamRenderer
from filon.protocols.pieces import Piece

HERE = Path(__file__).parent / "anthropic_messages"
FILES = sorted(p.name for p in HERE.iterdir())


def usage(**counts: Any) -> UsageReported:
    return UsageReported(Usage(**counts))


def broken(code: str, status: int, message: str) -> tuple[str, int, str]:
    return (code, status, message)


STARTED = Started(id="msg_1", model="m-1")
OPENED: list[Any] = [STARTED, usage(input_tokens=9)]
COUNTED = usage(input_tokens=9, output_tokens=2)
ENDED: list[Any] = [Finished("end_turn"), COUNTED, Done()]
HI: list[Any] = [*OPENED, TextDelta("Hi"), *ENDED]
CALLED: list[Any] = [Finished("tool_use"), COUNTED, Done()]
ADD_A = ToolCallDelta(index=0, id="toolu_a", name="add")
ADD_B = ToolCallDelta(index=1, id="toolu_b", name="add")


def thought(text: str, signature: str | None = None) -> ReasoningDelta:
    return ReasoningDelta(text, field="thinking", signature=signature)


EXPECTED: dict[str, list[Any]] = {
    "after_stop.sse": HI,
    "cache_counts.sse": [
        STARTED,
        usage(input_tokens=2105, cached_tokens=2000, written_tokens=100),
        TextDelta("Hi"),
        Finished("end_turn"),
        usage(
            input_tokens=2105,
            output_tokens=2,
            cached_tokens=2000,
            written_tokens=100,
            reasoning_tokens=0,
        ),
        Done(),
    ],
    "crlf.sse": [*OPENED, TextDelta("Olé "), TextDelta("ñandú 🐦"), *ENDED],
    "cut_before_end.sse": [
        *OPENED,
        TextDelta("Once upon"),
        broken("broken_reply", 502, "The stream ended in the middle of the answer."),
    ],
    "cut_in_frame.sse": [
        *OPENED,
        TextDelta("Once upon"),
        broken(
            "broken_reply",
            502,
            'A frame of the stream cannot be read: {"type":"content_block_delta","inde',
        ),
    ],
    "done_marker.sse": HI,
    "error_first.sse": [broken("rate_limit_error", 429, "Slow down")],
    "error_in_openai_shape.sse": [*OPENED, broken("server_error", 503, "The server is gone.")],
    "error_overloaded.sse": [
        *OPENED,
        TextDelta("Once"),
        broken("overloaded_error", 529, "Overloaded"),
    ],
    "half_characters.sse": [*OPENED, TextDelta("a\ufffd"), *ENDED],
    "no_block_start.sse": HI,
    "no_event_lines.sse": HI,
    "no_message_stop.sse": HI[:-1],
    "not_json.sse": [
        *OPENED,
        broken("broken_reply", 502, "A frame of the stream cannot be read: INFO worker restarted"),
    ],
    "nothing.sse": [broken("broken_reply", 502, "The stream ended before any answer began.")],
    "other_protocol.sse": [
        broken(
            "broken_reply",
            502,
            'A frame of the stream cannot be read: {"id":"c","object":"chat.completion.chunk",'
            '"choices":[{"index":0,"delta":{"content":"Hi"}}]}',
        )
    ],
    "plain.sse": [*OPENED, TextDelta("Hello"), TextDelta(" you"), *ENDED],
    "redacted_thinking.sse": [*OPENED, TextDelta("4"), *ENDED],
    "refusal.sse": [
        *OPENED,
        TextDelta("Well"),
        RefusalDelta("This is not allowed."),
        Finished("refusal"),
        COUNTED,
        Done(),
    ],
    "server_tool.sse": HI,
    "stop_sequence.sse": [*HI[:-3], Finished("stop_sequence"), COUNTED, Done()],
    "text_in_start.sse": [*OPENED, TextDelta("Hi"), TextDelta(" you"), *ENDED],
    "thinking.sse": [
        *OPENED,
        thought("Two and"),
        thought(" two."),
        thought("", "c2Vh"),
        TextDelta("4"),
        Finished("end_turn"),
        usage(input_tokens=9, output_tokens=9, reasoning_tokens=6),
        Done(),
    ],
    "thinking_omitted.sse": [*OPENED, thought("", "c2Vh"), TextDelta("4"), *ENDED],
    "tool_use.sse": [
        *OPENED,
        TextDelta("Let me see."),
        ADD_A,
        ToolCallDelta(index=0, arguments='{"a":'),
        ToolCallDelta(index=0, arguments="1}"),
        *CALLED,
    ],
    "tool_use_interleaved.sse": [
        *OPENED,
        ADD_A,
        ADD_B,
        ToolCallDelta(index=1, arguments='{"a"'),
        ToolCallDelta(index=0, arguments="{}"),
        ToolCallDelta(index=1, arguments=":2}"),
        *CALLED,
    ],
    "tool_use_parallel.sse": [
        *OPENED,
        ADD_A,
        ToolCallDelta(index=0, arguments='{"a":1}'),
        ADD_B,
        ToolCallDelta(index=1, arguments='{"a"'),
        ToolCallDelta(index=1, arguments=":2}"),
        *CALLED,
    ],
    "tool_use_whole.sse": [
        *OPENED,
        ToolCallDelta(index=0, id="toolu_a", name="add", arguments='{"a":1}'),
        *CALLED,
    ],
    "tool_use_without_input.sse": [
        *OPENED,
        ToolCallDelta(index=0, id="toolu_a", name="now"),
        ToolCallDelta(index=0, arguments="{}"),
        ToolCallDelta(index=1, id="toolu_b", name="now"),
        ToolCallDelta(index=1, arguments="{}"),
        *CALLED,
    ],
    "two_message_deltas.sse": [
        *HI[:-2],
        usage(input_tokens=9, output_tokens=1),
        usage(input_tokens=9, output_tokens=3),
        Done(),
    ],
    "unknown_event.sse": HI,
    "whole_error.json": [broken("authentication_error", 401, "invalid x-api-key")],
    "whole_page.html": [
        broken(
            "broken_reply",
            502,
            "The reply cannot be read: a web page instead of JSON: 502 Bad Gateway",
        )
    ],
    "whole_reply.json": [
        STARTED,
        thought("Greet.", "c2Vh"),
        TextDelta("Hello"),
        ToolCallDelta(index=0, id="toolu_a", name="add", arguments='{"a": 1}'),
        *CALLED,
    ],
    "zero_at_start.sse": [
        STARTED,
        TextDelta("Hi"),
        Finished("end_turn"),
        usage(input_tokens=12, output_tokens=2),
        Done(),
    ],
}


def read(*pieces: bytes) -> list[Piece]:
    parser = StreamParser()
    return [piece for data in pieces for piece in parser.read(data)] + parser.end()


def short(pieces: list[Piece]) -> list[Any]:
    return [
        broken(event.problem.code, event.problem.status, event.problem.message)
        if isinstance(event, Broken)
        else event
        for piece in pieces
        for event in piece.events
    ]


def test_every_file_is_expected_and_says_why() -> None:
    assert sorted(EXPECTED) == FILES
    for name in FILES:
        if name.endswith(".sse"):
            first = (HERE / name).read_bytes().splitlines()[0]
            assert first.startswith(b": why: "), name


@pytest.mark.parametrize("name", FILES)
def test_the_events_of(name: str) -> None:
    recorded = (HERE / name).read_bytes()
    parser = StreamParser()
    events = parser.feed(recorded) + parser.close()
    assert parser.whole == (not name.endswith(".sse"))
    pieces = read(recorded)
    assert short(pieces) == EXPECTED[name]
    assert events == [event for piece in pieces for event in piece.events]
    assert b"".join(piece.raw for piece in pieces) == recorded


@pytest.mark.parametrize("name", FILES)
def test_byte_by_byte(name: str) -> None:
    recorded = (HERE / name).read_bytes()
    pieces = read(*(bytes([byte]) for byte in recorded))
    assert short(pieces) == EXPECTED[name]
    assert b"".join(piece.raw for piece in pieces) == recorded


@given(st.sampled_from(FILES), st.lists(st.floats(0, 1), max_size=12))
def test_cut_anywhere(name: str, cuts: list[float]) -> None:
    recorded = (HERE / name).read_bytes()
    places = [0, *sorted(round(cut * len(recorded)) for cut in cuts), len(recorded)]
    parts = [recorded[a:b] for a, b in zip(places, places[1:], strict=False)]
    pieces = read(*parts)
    assert short(pieces) == EXPECTED[name]
    assert b"".join(piece.raw for piece in pieces) == recorded


@pytest.mark.parametrize("name", FILES)
def test_a_relayed_stream_differs_only_in_the_model(name: str) -> None:
    pieces = read((HERE / name).read_bytes())
    kept = [edit_chunk(p.raw, model_alias="fast", drop_usage=True) for p in pieces]
    for before, after in zip(pieces, kept, strict=True):
        if name.endswith(".sse") and before.model is not None:
            assert after == before.raw.replace(b'"model":"m-1"', b'"model":"fast"')
        elif name.endswith(".sse"):
            assert after == before.raw
    if name.endswith(".sse") and STARTED in EXPECTED[name]:
        edited = read(b"".join(raw or b"" for raw in kept))
        assert Started(id="msg_1", model="fast") in [e for p in edited for e in p.events]
        assert len(short(edited)) == len(short(pieces))


@pytest.mark.parametrize("name", FILES)
def test_what_is_read_and_written_anew_is_the_same_reply(name: str) -> None:
    parser = StreamParser()
    events = parser.feed((HERE / name).read_bytes()) + parser.close()
    before = fold(events)
    if before.problem is not None:
        return
    writer = StreamRenderer(id="msg_1", model="m-1", created=5)
    ended = events if before.done else [*events, Done()]
    second = StreamParser()
    again = second.feed(b"".join(writer.render(event) for event in ended))
    assert second.close() == []
    after = fold(again)
    assert (after.usage, after.done) == (before.usage, True)
    assert after.first.finish_reason == before.first.finish_reason
    assert len(after.first.parts) == len(before.first.parts) - (name == "refusal.sse")
    if name != "refusal.sse":
        assert after.first == before.first


def test_after_the_end_bytes_still_pass_but_mean_nothing() -> None:
    pieces = read((HERE / "after_stop.sse").read_bytes())
    assert [piece.events for piece in pieces[-2:]] == [(), ()]


def test_a_frame_without_end_breaks_the_reply() -> None:
    parser = StreamParser(limit=1000)
    events: list[StreamEvent] = []
    for _ in range(30):
        events += parser.feed(b"data: " + b"x" * 100)
    events += parser.close()
    assert fold(events).problem is not None
    assert len(events) == 1
