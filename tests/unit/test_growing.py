"""An answer of the chat while it grows: any events, cut into deltas anywhere, are one message."""

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.events import (
    ReasoningDelta,
    RefusalDelta,
    StreamEvent,
    TextDelta,
    ToolCallDelta,
)
from filon.conversation.message import Reasoning, Refusal, Text, ToolCall
from filon.conversation.reply import fold
from filon.pipeline.ending import thought_for
from filon.server.growing import delta_of, grown
from filon.trace.frames import Frame, frames_of
from filon.trace.records import NO_HEADERS, Attempt, Body, Timing

WORDS = st.text("ab{", max_size=3)
IDS = st.sampled_from([None, "", "a", "b"])
EVENTS: st.SearchStrategy[StreamEvent] = st.one_of(
    st.builds(TextDelta, WORDS),
    st.builds(RefusalDelta, WORDS),
    st.builds(ReasoningDelta, WORDS),
    st.builds(ToolCallDelta, index=st.integers(0, 3), id=IDS, name=IDS, arguments=WORDS),
)


@given(st.lists(EVENTS, max_size=12), st.sets(st.integers(0, 12)))
def test_a_message_grows_into_what_the_reply_folds_into(
    events: list[StreamEvent], cuts: set[int]
) -> None:
    borders = sorted({0, len(events)} | {cut for cut in cuts if cut < len(events)})
    message: dict[str, Any] = {"text": "", "refusal": "", "reasoning": "", "calls": []}
    for start, end in pairwise(borders):
        message = grown(message, delta_of(events[start:end], str))
    parts = fold(events).first.parts
    for name, kind in (("text", Text), ("refusal", Refusal), ("reasoning", Reasoning)):
        assert message[name] == "".join(part.text for part in parts if isinstance(part, kind))
    assert [(call["id"], call["name"], call["arguments"]) for call in message["calls"]] == [
        (part.id, part.name, part.arguments) for part in parts if isinstance(part, ToolCall)
    ]


def attempt(*kinds: str, cut: int = 0) -> Attempt:
    """An attempt with a frame of these kinds at each second, over a second after the last."""
    return Attempt(
        number=1,
        endpoint="e",
        model="m",
        method="POST",
        url="u",
        address=None,
        request_headers=NO_HEADERS,
        request_body=Body(b""),
        status=200,
        frames=frames_of(Frame(at, b"x", kind) for at, kind in enumerate(kinds, 1)),
        frames_cut=cut,
        timing=Timing(ended=len(kinds) + 1),
    )


def test_a_thought_lasts_until_something_else_is_seen() -> None:
    assert thought_for(attempt("started", "reasoning", "reasoning", "", "text", "finished")) == 3
    assert thought_for(attempt("started reasoning", "tool_call")) == 1
    assert thought_for(attempt("reasoning", "reasoning")) == 2


def test_how_long_a_thought_took_is_unknown_where_the_frames_do_not_tell() -> None:
    assert thought_for(attempt("started", "text")) is None
    assert thought_for(attempt("started reasoning text finished")) is None
    assert thought_for(attempt("reasoning", "text", cut=9)) is None
    assert thought_for(attempt("text", "reasoning", "text")) is None
