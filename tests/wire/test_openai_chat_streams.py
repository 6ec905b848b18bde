"""Every recorded oddity gives the events it must, however its bytes are cut."""

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
from filon.protocols.openai_chat.relay import edit_chunk
from filon.protocols.openai_chat.stream import StreamParser
from filon.protocols.pieces import Piece

HERE = Path(__file__).parent
FILES = sorted(p.name for p in HERE.iterdir() if p.suffix in (".sse", ".json", ".html"))

OPENED = Started(id="chatcmpl-1", model="m-1", created=1790000000)
HI: list[Any] = [OPENED, TextDelta("Hi"), Finished("stop"), Done()]


def usage(**counts: Any) -> UsageReported:
    return UsageReported(Usage(**counts))


def broken(code: str, status: int, message: str) -> tuple[str, int, str]:
    return (code, status, message)


EXPECTED: dict[str, list[Any]] = {
    "byte_order_mark.sse": HI,
    "cache_hit_tokens_only.sse": [
        *HI[:-1],
        usage(input_tokens=20, output_tokens=1, cached_tokens=12),
        Done(),
    ],
    "comments_while_waiting.sse": [
        *HI[:-1],
        usage(input_tokens=9, output_tokens=2, cost_usd=0.00014),
        Done(),
    ],
    "content_parts.sse": [
        OPENED,
        ReasoningDelta("Two and", field="thinking"),
        ReasoningDelta(" two.", field="thinking"),
        TextDelta("It is "),
        TextDelta("four"),
        TextDelta("."),
        Finished("stop"),
        usage(input_tokens=9, output_tokens=2),
        Done(),
    ],
    "crlf.sse": [OPENED, TextDelta("Olé "), TextDelta("ñandú 🐦"), Finished("stop"), Done()],
    "cut_before_end.sse": [
        OPENED,
        TextDelta("Once upon"),
        broken("broken_reply", 502, "The stream ended in the middle of the answer."),
    ],
    "cut_in_frame.sse": [
        OPENED,
        TextDelta("Once upon"),
        broken(
            "broken_reply",
            502,
            'A frame of the stream cannot be read: {"id":"chatcmpl-1","choi',
        ),
    ],
    "error_object.sse": [
        OPENED,
        TextDelta("Once"),
        broken("overloaded", 502, "The server is overloaded."),
    ],
    "error_object_flat.sse": [
        broken("BadRequestError", 400, "This model does not take pictures."),
    ],
    "error_with_choice.sse": [
        OPENED,
        TextDelta("Once"),
        broken("rate_limit_exceeded", 429, "Provider returned error (Acme: slow down)"),
    ],
    "event_error.sse": [
        OPENED,
        TextDelta("On"),
        broken("provider_error", 502, "upstream timed out"),
    ],
    "filter_results_first.sse": [OPENED, TextDelta("Hi"), Finished("content_filter"), Done()],
    "finish_error.sse": [
        OPENED,
        TextDelta("On"),
        broken(
            "provider_error",
            502,
            "The provider broke the answer off (finish_reason is `error`).",
        ),
    ],
    "function_call.sse": [
        OPENED,
        ToolCallDelta(index=0, name="add"),
        ToolCallDelta(index=0, arguments="{}"),
        Finished("function_call"),
        Done(),
    ],
    "half_characters.sse": [
        OPENED,
        TextDelta("a\ufffd"),
        TextDelta("\ufffdb"),
        TextDelta("c\ufffdd"),
        Finished("stop"),
        Done(),
    ],
    "no_done.sse": HI[:-1],
    "no_last_line_end.sse": HI,
    "no_resources.sse": [
        OPENED,
        TextDelta("On"),
        broken(
            "insufficient_system_resource",
            503,
            "The provider broke the answer off (finish_reason is `insufficient_system_resource`).",
        ),
    ],
    "not_json.sse": [
        OPENED,
        TextDelta("Hi"),
        broken("broken_reply", 502, "A frame of the stream cannot be read: INFO worker restarted"),
    ],
    "nothing.sse": [broken("broken_reply", 502, "The stream ended before any answer began.")],
    "odd_types.sse": [Started(), TextDelta("Hi"), Finished("stop"), Done()],
    "plain.sse": [
        OPENED,
        TextDelta("Hello"),
        TextDelta(" you"),
        Finished("stop"),
        usage(input_tokens=9, output_tokens=2, cached_tokens=4, reasoning_tokens=0),
        Done(),
    ],
    "reasoning_beside_output.sse": [
        OPENED,
        ReasoningDelta("Hm."),
        TextDelta("1"),
        Finished("stop"),
        usage(input_tokens=12, output_tokens=291, reasoning_tokens=290, cost_usd=0.0001491),
        Done(),
    ],
    "refusal.sse": [
        OPENED,
        RefusalDelta("I cannot"),
        RefusalDelta(" do that."),
        Finished("stop"),
        Done(),
    ],
    "several_choices.sse": [
        OPENED,
        TextDelta("a"),
        TextDelta("b", 1),
        TextDelta("c", 1),
        Finished("stop"),
        Finished("length", 1),
        Done(),
    ],
    "tool_call_pieces.sse": [
        OPENED,
        ToolCallDelta(index=0, id="call_a", name="add"),
        ToolCallDelta(index=0, arguments='{"a":'),
        ToolCallDelta(index=0, arguments="1}"),
        ToolCallDelta(index=1, id="call_b", name="now", arguments="{}"),
        Finished("tool_calls"),
        Done(),
    ],
    "tool_calls_whole.sse": [
        OPENED,
        ToolCallDelta(index=0, id="call_a", name="add", arguments='{"a":1}'),
        ToolCallDelta(index=1, id="call_b", name="add", arguments='{"a":2}'),
        Finished("tool_calls"),
        Done(),
    ],
    "tool_calls_without_index.sse": [
        OPENED,
        ToolCallDelta(index=0, id="call_a", name="add", arguments='{"a"'),
        ToolCallDelta(index=1, id="call_b", name="now", arguments='{"zone":"UTC"}'),
        ToolCallDelta(index=1, id="call_b"),
        ToolCallDelta(index=1, arguments=" "),
        ToolCallDelta(index=2, name="last"),
        Finished("tool_calls"),
        Done(),
    ],
    "usage_on_every_chunk.sse": [
        OPENED,
        TextDelta("A"),
        usage(input_tokens=9, output_tokens=1, cost_usd=0.005),
        TextDelta("B"),
        Finished("stop"),
        usage(input_tokens=9, output_tokens=2, cost_usd=0.006),
        Done(),
    ],
    "usage_on_finish.sse": [
        OPENED,
        ReasoningDelta("Greet"),
        ReasoningDelta(" back."),
        TextDelta("Hello"),
        Finished("stop"),
        usage(input_tokens=20, output_tokens=7, cached_tokens=16, reasoning_tokens=4),
        Done(),
    ],
    "vendor_usage.sse": [
        OPENED,
        ReasoningDelta("Short.", field="reasoning"),
        TextDelta("Yes"),
        Finished("stop"),
        usage(input_tokens=5, output_tokens=3),
        Done(),
    ],
    "whole_error.json": [broken("invalid_request_error", 502, "Insufficient Balance")],
    "whole_page.html": [
        broken(
            "broken_reply",
            502,
            "The reply cannot be read: a web page instead of JSON: 502 Bad Gateway",
        )
    ],
    "whole_reply.json": [
        OPENED,
        ReasoningDelta("Greet."),
        TextDelta("Hello"),
        Finished("stop"),
        usage(input_tokens=9, output_tokens=2),
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
            first = (HERE / name).read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines()[0]
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
def test_a_relayed_stream_differs_only_in_the_model_and_the_usage(name: str) -> None:
    pieces = read((HERE / name).read_bytes())
    kept = [edit_chunk(p.raw, model_alias="fast", drop_usage=True) for p in pieces]
    edited = read(b"".join(raw for raw in kept if raw is not None))
    # Counts in a vendor's object were not asked for by us, and a document is not a stream.
    kept_counts = name in ("vendor_usage.sse", "whole_reply.json")
    assert told(edited) == [
        event for event in told(pieces) if kept_counts or not isinstance(event, UsageReported)
    ]
    for before, after in zip(pieces, kept, strict=True):
        if b'"model"' not in before.raw and not before.has_usage:
            assert after == before.raw


def told(pieces: list[Piece]) -> list[Any]:
    """The events, with the models' names and the texts of problems left out."""
    events: list[Any] = []
    for event in (event for piece in pieces for event in piece.events):
        match event:
            case Started(id=id, created=created):
                events.append(Started(id=id, created=created))
            case Broken(problem=problem):
                events.append((problem.code, problem.status))
            case _:
                events.append(event)
    return events


def test_the_edits_of_a_relayed_stream_in_full() -> None:
    pieces = read((HERE / "plain.sse").read_bytes())
    kept = [edit_chunk(p.raw, model_alias="fast", drop_usage=True) for p in pieces]
    assert kept[4] == (
        b'data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1790000000,'
        b'"model":"fast","choices":[{"index":0,"delta":{"content":" you"},"finish_reason":null}]}'
        b"\n\n"
    )
    assert kept[6] is None
    assert kept[7] == b"data: [DONE]\n\n"
    assert [piece.has_usage for piece in pieces] == [False] * 2 + [True] * 5 + [False]
    assert [piece.model for piece in pieces] == [None] * 2 + ["m-1"] * 5 + [None]


def test_after_the_end_bytes_still_pass_but_mean_nothing() -> None:
    late = b'data: {"choices":[{"delta":{"content":"x"}}]}\n\n'
    pieces = read(b"data: [DONE]\n\n" + late)
    assert pieces == [Piece(b"data: [DONE]\n\n", (Done(),)), Piece(late)]


def test_a_frame_without_end_breaks_the_reply() -> None:
    parser = StreamParser(limit=1000)
    events: list[StreamEvent] = []
    for _ in range(30):
        events += parser.feed(b"data: " + b"x" * 100)
    events += parser.close()
    assert fold(events).problem is not None
    assert len(events) == 1


def test_a_document_without_end_breaks_the_reply() -> None:
    parser = StreamParser(limit=1000)
    events = [event for _ in range(30) for event in parser.feed(b'{"a":"' + b"x" * 100)]
    assert [type(event) for event in events] == [Broken]
    assert parser.close() == []
