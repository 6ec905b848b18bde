"""Every recorded oddity of Responses gives the events it must, however its bytes are cut."""

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
from filon.protocols.openai_responses.relay import edit_chunk
from filon.protocols.openai_responses.stream import StreamParser
from filon.protocols.pieces import Piece

HERE = Path(__file__).parent / "openai_responses"
FILES = sorted(p.name for p in HERE.iterdir())

OPENED = Started(id="resp_1", model="m-1", created=1790000000)
COUNTED = UsageReported(Usage(input_tokens=9, output_tokens=2, cached_tokens=4, reasoning_tokens=0))
ENDED: list[Any] = [Finished("completed"), COUNTED, Done()]
CALLED: list[Any] = [Finished("tool_calls"), COUNTED, Done()]
IN_PIECES: list[Any] = [OPENED, TextDelta("Hello"), TextDelta(" you"), *ENDED]
AT_ONCE: list[Any] = [OPENED, TextDelta("Hello you"), *ENDED]


def broken(code: str, status: int, message: str) -> tuple[str, int, str]:
    return (code, status, message)


EXPECTED: dict[str, list[Any]] = {
    "call_named_late.sse": [
        OPENED,
        ToolCallDelta(index=0, arguments='{"a"'),
        ToolCallDelta(index=0, id="call_a", name="add", arguments=":1}"),
        ToolCallDelta(index=1, id="fc_b", name="now", arguments='{"zone":"UTC"}'),
        *CALLED,
    ],
    "completed_only.sse": AT_ONCE,
    "crlf.sse": IN_PIECES,
    "cut_before_end.sse": [
        OPENED,
        TextDelta("Once upon"),
        broken("broken_reply", 502, "The stream ended in the middle of the answer."),
    ],
    "done_marker.sse": AT_ONCE,
    "error_flat.sse": [
        OPENED,
        TextDelta("On"),
        broken("server_error", 502, "The server had an error."),
    ],
    "error_nested.sse": [
        OPENED,
        broken("server_is_overloaded", 503, "Our servers are overloaded."),
    ],
    "error_of_chat.sse": [OPENED, broken("provider_timeout", 504, "upstream timed out")],
    "failed.sse": [
        OPENED,
        TextDelta("On"),
        broken("rate_limit_exceeded", 429, "Slow down."),
    ],
    "failed_silently.sse": [
        OPENED,
        broken("provider_error", 502, "The provider says that it failed, but not why."),
    ],
    "incomplete.sse": [
        OPENED,
        TextDelta("Once upon"),
        Finished("max_output_tokens"),
        COUNTED,
        Done(),
    ],
    "incomplete_filter.sse": [OPENED, TextDelta("Once"), Finished("content_filter"), Done()],
    "no_created.sse": AT_ONCE,
    "no_deltas.sse": [
        OPENED,
        TextDelta("Hello"),
        TextDelta(" you"),
        ToolCallDelta(index=0, id="call_a", name="now", arguments="{}"),
        *CALLED,
    ],
    "no_event_lines.sse": AT_ONCE,
    "not_json.sse": [
        OPENED,
        TextDelta("Hi"),
        broken("broken_reply", 502, "A frame of the stream cannot be read: INFO worker restarted"),
    ],
    "nothing.sse": [broken("broken_reply", 502, "The stream ended before any answer began.")],
    "odd_types.sse": [Started(), TextDelta("Hi"), Finished("completed"), Done()],
    "plain.sse": IN_PIECES,
    "reasoning_text.sse": [
        OPENED,
        ReasoningDelta("Greet.", field="reasoning_text"),
        TextDelta("Hi"),
        *ENDED,
    ],
    "refusal.sse": [OPENED, RefusalDelta("I cannot"), RefusalDelta(" do that."), *ENDED],
    "summary_parts.sse": [
        OPENED,
        ReasoningDelta("**G", field="summary"),
        ReasoningDelta("reet**", field="summary"),
        ReasoningDelta("\n\n**S", field="summary"),
        ReasoningDelta("top**", field="summary"),
        ReasoningDelta("", field="summary", signature="gAAAsealed"),
        TextDelta("Hi"),
        *ENDED,
    ],
    "two_calls.sse": [
        OPENED,
        ToolCallDelta(index=0, id="call_a", name="add"),
        ToolCallDelta(index=0, arguments='{"a":'),
        ToolCallDelta(index=1, id="call_b", name="now"),
        ToolCallDelta(index=1, arguments="{}"),
        ToolCallDelta(index=0, arguments="1}"),
        *CALLED,
    ],
    "web_search.sse": [OPENED, TextDelta("Hi"), *ENDED],
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
        ReasoningDelta("Greet.", field="summary"),
        TextDelta("Hello"),
        *ENDED,
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


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".sse")])
def test_a_relayed_stream_differs_only_in_the_model(name: str) -> None:
    pieces = read((HERE / name).read_bytes())
    for before in pieces:
        assert (before.model == "m-1") == (b'"m-1"' in before.raw)
        alias = None if before.model is None else "my/fast"
        after = edit_chunk(before.raw, model_alias=alias, drop_usage=True)
        assert after == before.raw.replace(b'"model":"m-1"', b'"model":"my/fast"')
    assert any(piece.has_usage for piece in pieces) == (COUNTED in EXPECTED[name])


def test_after_the_end_bytes_still_pass_but_mean_nothing() -> None:
    late = b'data: {"type":"response.output_text.delta","output_index":0,"delta":"x"}\n\n'
    end = b'data: {"type":"response.completed","response":{"status":"completed"}}\n\n'
    pieces = read(end + late)
    assert [piece.raw for piece in pieces] == [end, late]
    assert pieces[1].events == ()


def test_a_frame_without_end_breaks_the_reply() -> None:
    parser = StreamParser(limit=1000)
    events: list[StreamEvent] = []
    for _ in range(30):
        events += parser.feed(b"data: " + b"x" * 100)
    events += parser.close()
    assert fold(events).problem is not None
    assert len(events) == 1
