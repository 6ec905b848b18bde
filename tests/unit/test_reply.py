"""A reply as a fold over events."""

from hypothesis import given
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
from filon.conversation.message import Message, Reasoning, Refusal, Text, ToolCall
from filon.conversation.reply import Choice, Reply, ReplyFold, fold, unfold
from filon.conversation.usage import Usage

PROBLEM = Problem(code="overloaded", message="Too many", blame="provider", status=503)


def test_pieces_become_parts_in_their_order() -> None:
    reply = fold(
        [
            Started(id="r1", model="m", created=5),
            ReasoningDelta("Let me ", field="reasoning"),
            ReasoningDelta("see.", field="reasoning"),
            TextDelta(""),
            TextDelta("It is "),
            TextDelta("four."),
            Finished("stop"),
            UsageReported(Usage(input_tokens=1)),
            UsageReported(Usage(input_tokens=3, output_tokens=2)),
            Done(),
        ]
    )
    assert reply == Reply(
        id="r1",
        model="m",
        created=5,
        choices=(
            Choice(
                index=0,
                parts=(Reasoning("Let me see."), Text("It is four.")),
                finish_reason="stop",
                reasoning_field="reasoning",
            ),
        ),
        usage=Usage(input_tokens=3, output_tokens=2),
        done=True,
    )
    assert reply.first.text == "It is four."
    assert reply.first.reasoning == "Let me see."
    assert reply.first.message == Message(
        role="assistant", parts=(Reasoning("Let me see."), Text("It is four."))
    )


def test_thoughts_between_texts_stay_between_them() -> None:
    events = [TextDelta("a"), ReasoningDelta("b"), TextDelta("c"), RefusalDelta("d")]
    parts = fold(events).first.parts
    assert parts == (Text("a"), Reasoning("b"), Text("c"), Refusal("d"))


def test_tool_calls_are_assembled_by_their_index() -> None:
    reply = fold(
        [
            ToolCallDelta(index=1, id="b", name="second", arguments='{"x"'),
            ToolCallDelta(index=0, id="a", name="first"),
            ToolCallDelta(index=1, arguments=":1}"),
            ToolCallDelta(index=0, id="a", name="first", arguments="{}"),
            Finished("tool_calls"),
        ]
    )
    assert reply.first.parts == (
        ToolCall(id="a", name="first", arguments="{}"),
        ToolCall(id="b", name="second", arguments='{"x":1}'),
    )


def test_a_reply_can_be_asked_for_at_any_time() -> None:
    so_far = ReplyFold()
    assert so_far.reply() == Reply()
    assert so_far.reply().first == Choice(index=0)
    so_far.add(TextDelta("a", 1))
    so_far.add(Broken(PROBLEM))
    so_far.add(Broken(Problem(code="later", message="", blame="provider", status=500)))
    assert so_far.reply() == Reply(choices=(Choice(index=1, parts=(Text("a"),)),), problem=PROBLEM)


TEXTS = st.text(max_size=5)
CHOICES = st.integers(0, 2)
EVENTS: st.SearchStrategy[StreamEvent] = st.one_of(
    st.builds(TextDelta, TEXTS, CHOICES),
    st.builds(ReasoningDelta, TEXTS, CHOICES),
    st.builds(RefusalDelta, TEXTS, CHOICES),
    st.builds(
        ToolCallDelta,
        index=st.integers(0, 2),
        id=st.none() | st.just("id"),
        name=st.none() | st.just("name"),
        arguments=TEXTS,
        choice=CHOICES,
    ),
    st.builds(Finished, st.sampled_from(["stop", "length"]), CHOICES),
    st.builds(UsageReported, st.builds(Usage, input_tokens=st.integers(0, 9))),
    st.just(Broken(PROBLEM)),
    st.just(Done()),
)


@given(st.lists(EVENTS))
def test_unfolded_and_folded_again_a_reply_is_the_same(events: list[StreamEvent]) -> None:
    reply = fold(events)
    assert fold(unfold(reply)) == numbered_anew(reply)


def numbered_anew(reply: Reply) -> Reply:
    """A choice of which nothing is known leaves no event behind."""
    kept = tuple(c for c in reply.choices if c.parts or c.finish_reason is not None)
    return Reply(
        id=reply.id,
        model=reply.model,
        created=reply.created,
        choices=tuple(field_forgotten(choice) for choice in kept),
        usage=reply.usage,
        problem=reply.problem,
        done=reply.done,
    )


def field_forgotten(choice: Choice) -> Choice:
    return Choice(index=choice.index, parts=choice.parts, finish_reason=choice.finish_reason)


@given(st.lists(EVENTS), st.integers(0, 20))
def test_no_prose_is_lost_or_moved(events: list[StreamEvent], at: int) -> None:
    reply = fold(events)
    for choice in reply.choices:
        said = "".join(
            event.text
            for event in events
            if isinstance(event, TextDelta) and event.choice == choice.index
        )
        assert choice.text == said
    so_far = ReplyFold()
    for event in events[:at]:
        so_far.add(event)
    so_far.reply()
    for event in events[at:]:
        so_far.add(event)
    assert so_far.reply() == reply


def test_a_sealed_thought_is_closed_by_its_seal() -> None:
    sealed: list[StreamEvent] = [
        ReasoningDelta("a", field="thinking"),
        ReasoningDelta("b", field="thinking", signature="s1"),
        ReasoningDelta("", field="thinking", signature="s2"),
        ReasoningDelta("c", field="thinking"),
        TextDelta("d"),
        ReasoningDelta("", field="thinking", signature="s3"),
        Done(),
    ]
    reply = fold(sealed)
    assert reply.first.parts == (
        Reasoning("ab", "s1"),
        Reasoning("", "s2"),
        Reasoning("c"),
        Text("d"),
        Reasoning("", "s3"),
    )
    assert fold(unfold(reply)) == reply


DELTAS = st.lists(
    st.one_of(
        st.builds(TextDelta, st.text(max_size=3), st.integers(0, 1)),
        st.builds(
            ReasoningDelta, st.text(max_size=3), st.integers(0, 1), st.sampled_from(["a", "b"])
        ),
        st.builds(RefusalDelta, st.text(max_size=3), st.integers(0, 1)),
    )
)


@given(DELTAS, st.lists(st.booleans(), min_size=1))
def test_what_is_said_is_what_is_added(deltas: list[StreamEvent], as_said: list[bool]) -> None:
    so_far = ReplyFold()
    for at, delta in enumerate(deltas):
        says = as_said[at % len(as_said)]
        if says and isinstance(delta, TextDelta):
            so_far.say(delta.text, delta.choice, None)
        elif says and isinstance(delta, ReasoningDelta):
            so_far.say(delta.text, delta.choice, delta.field)
        else:
            so_far.add(delta)
    assert so_far.reply() == fold(deltas)
