"""What differs between two values, two texts, two traces."""

import copy
import json
import re
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.message import Message, Text, ToolCall
from filon.conversation.usage import Usage
from filon.trace.difference.compared import compare, parameter_differences
from filon.trace.difference.texts import spans
from filon.trace.difference.values import Difference, differences
from filon.trace.records import (
    NO_HEADERS,
    AnyRecord,
    Attempt,
    Because,
    Body,
    Cost,
    Decision,
    Received,
    Settled,
    Translated,
)

NAMES = st.sampled_from(["a", "b", "content", "a.b", "", "0"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=16,
)
_STEP = re.compile(r'\[("(?:[^"\\]|\\.)*"|\d+)\]|\.?([A-Za-z_$][\w$-]*)')


def test_places_and_kinds() -> None:
    before = {"model": "m", "messages": [{"role": "user", "content": "a"}], "seed": 1, "n": 1}
    after = {
        "messages": [{"role": "system"}, {"role": "user", "content": "b"}],
        "seed": True,
        "n": 1,
    }
    assert differences(before, after) == [
        Difference(path="messages[0].role", kind="changed", before="user", after="system"),
        Difference(path="messages[0].content", kind="removed", before="a"),
        Difference(path="messages[1]", kind="added", after={"role": "user", "content": "b"}),
        Difference(path="seed", kind="changed", before=1, after=True),
        Difference(path="model", kind="removed", before="m"),
    ]


def test_a_message_that_was_put_between_is_one_difference() -> None:
    before = [{"content": word} for word in "abc"]
    after = [*before[:1], {"content": "new"}, *before[1:]]
    assert differences(before, after, "messages") == [
        Difference(path="messages[1]", kind="added", after={"content": "new"})
    ]


@given(VALUES, VALUES)
def test_nothing_differs_only_where_nothing_does(before: Any, after: Any) -> None:
    assert differences(before, copy.deepcopy(before)) == []
    found = differences(before, after)
    assert (not found) == (repr(_sorted(before)) == repr(_sorted(after)))
    for one in found:
        if one.kind != "removed":
            assert _at(after, one.path) == one.after


def _sorted(value: Any) -> Any:
    match value:
        case dict():
            pairs = cast("dict[str, Any]", value)
            return {name: _sorted(pairs[name]) for name in sorted(pairs)}
        case list():
            return [_sorted(one) for one in cast("list[Any]", value)]
        case _:
            return value


def _at(value: Any, path: str) -> Any:
    """The value at a path."""
    for match in _STEP.finditer(path):
        step = match[2] if match[2] is not None else match[1]
        if step.startswith('"'):
            step = step[1:-1]
        inner = cast("dict[Any, Any] | list[Any]", value)
        value = inner[int(step)] if isinstance(inner, list) else inner[step]
    return value


@given(st.text("ab c\n.é", max_size=40), st.text("ab c\n.é", max_size=40))
def test_spans_are_both_texts(before: str, after: str) -> None:
    found = spans(before, after)
    assert "".join(one.text for one in found if one.kind != "added") == before
    assert "".join(one.text for one in found if one.kind != "removed") == after


def test_two_other_answers_are_told_apart_as_a_whole() -> None:
    found = spans(
        "I am a practice model. I say what came.", "Hello. How can I help you with a sum?"
    )
    assert [one.kind for one in found] == ["removed", "added"]
    close = spans("The answer is 41, I think.", "The answer is 42, I think.")
    assert [one.text for one in close if one.kind != "same"] == ["41", "42"]


def test_long_texts_take_no_time() -> None:
    before = "".join(f"word{number} " for number in range(30_000))
    assert len(spans(before, before.upper())) == 2
    lines = before.replace(" ", "\n")
    assert [one.kind for one in spans(lines, lines + "more")] == ["same", "added"]


def records(model: str, text: str, usd: float | None, **body: Any) -> tuple[AnyRecord, ...]:
    sent = Body(json.dumps({"model": model, "messages": [], **body}).encode())
    you = Because(source="you")
    return (
        Received(started=1.0, protocol="openai_chat", path="/", body=sent),
        Translated(
            protocol="openai_chat",
            decisions=(
                Decision(name="seed", decision="dropped", because=you, wanted=1),
                Decision(name="top_p", decision="kept", because=you, sent_as="top_p"),
            ),
            method="POST",
            url="http://h/v1",
            headers=NO_HEADERS,
            body=sent,
        ),
        Attempt(
            number=1,
            endpoint="rec",
            model=model,
            method="POST",
            url="http://h/v1",
            address=None,
            request_headers=NO_HEADERS,
            request_body=sent,
            status=200,
        ),
        Settled(
            started=3.5,
            outcome="complete",
            usage=Usage(input_tokens=7, output_tokens=len(text)),
            estimated=None,
            cost=Cost(kind="unknown" if usd is None else "priced", usd=usd),
            finish_reason="stop",
            ttft=0.5,
            rate=None,
            message=Message(
                role="assistant", parts=(Text(text), ToolCall("id", "f", '{"a": [1, 2]}'))
            ),
        ),
    )


def test_two_traces() -> None:
    one = records("m-1", "Hello you", None, top_p=0.5)
    other = records("m-2", "Hello me", 0.25, top_p=1, stop=["x"])
    found = compare(one, other)
    assert [item.path for item in found.request or ()] == ["model", "top_p", "stop"]
    assert found.request == found.asked
    assert [(item.kind, item.text) for item in found.output] == [
        ("same", "Hello "),
        ("removed", "you"),
        ("added", "me"),
    ]
    assert found.calls == []
    figures = {item.name: item for item in found.figures}
    assert (figures["total"].before, figures["total"].difference) == (2.5, 0.0)
    assert figures["output_tokens"].difference == -1
    # What is unknown is no zero.
    assert (figures["cost_usd"].before, figures["cost_usd"].difference) == (None, None)
    by_name = {item.name: item for item in found.parameters}
    assert (by_name["seed"].same, by_name["seed"].before.decision) == (True, "dropped")
    assert by_name["top_p"].before.decision == "kept"
    assert [item.path for item in parameter_differences(one, other)] == ["model", "top_p", "stop"]


def test_a_trace_that_did_not_get_far_is_compared_as_far_as_it_came() -> None:
    one = records("m-1", "Hello", 0.1)
    refused = (Received(protocol="anthropic_messages", path="/", body=Body(b"{")),)
    found = compare(one, refused)
    assert (found.asked, found.request) == (None, None)
    assert [item.kind for item in found.output] == ["removed"]
    assert compare((), ()).figures[0].before is None


def test_bodies_that_are_no_json_are_texts() -> None:
    one = (Received(protocol="openai_chat", path="/", body=Body(b"{")),)
    other = (Received(protocol="openai_chat", path="/", body=Body(b"{\xff")),)
    assert compare(one, other).asked == [
        Difference(path="", kind="changed", before="{", after="{\ufffd")
    ]
