"""What is odd about an answer that came, and what is not."""

from typing import Any

import pytest

from filon.conversation.message import Message, Reasoning, Refusal, Text, ToolCall, say
from filon.conversation.request import ChatRequest
from filon.conversation.usage import Usage
from filon.diagnosis.odd import Answered, odd, seems_short
from filon.trace.frames import Frame, Frames, frames_of
from filon.trace.records import NO_HEADERS, Attempt, Body
from tests.unit.test_diagnosis_fixes import endpoint

USAGE = Usage(input_tokens=10, output_tokens=20)
TOOLS = {"tools": [{"type": "function", "function": {"name": "look"}}]}
JSON = {"response_format": {"type": "json_object"}}


def frames(*gaps: float) -> Frames:
    at = 0.0
    made = [Frame(at=0.1, data=b"x", kind="text")]
    for gap in gaps:
        at += gap
        made.append(Frame(at=0.1 + at, data=b"x", kind="text"))
    return frames_of(made)


def answered(*parts: Any, **given: Any) -> Answered:
    parameters = given.pop("parameters", {})
    attempt = Attempt(
        number=1,
        endpoint="There",
        model="gpt-4o",
        method="POST",
        url="https://api.example.com/v1/chat/completions",
        address=None,
        request_headers=NO_HEADERS,
        request_body=Body(b"{}"),
        status=200,
        frames=given.pop("frames", frames(0.01, 0.01)),
    )
    usual: dict[str, Any] = {
        "endpoint": endpoint(),
        "model": "gpt-4o",
        "request": ChatRequest(
            model="There/gpt-4o", messages=(say("user", "x"),), parameters=parameters
        ),
        "message": Message(role="assistant", parts=parts) if parts else None,
        "finish_reason": "stop",
        "usage": USAGE,
        "answered": "gpt-4o-2024-08-06",
        "attempt": attempt,
    }
    return Answered(**{**usual, **given})


def call(arguments: str, name: str = "look") -> ToolCall:
    return ToolCall(id="c", name=name, arguments=arguments)


LOOP = "The same again, and the same again, and nothing else at all here. " * 40

# Each odd answer with its codes, and beside it one that is well.
ODD: dict[str, tuple[Answered, list[str]]] = {
    "plain": (answered(Text("Hello")), []),
    "cut": (answered(Text("Hel"), finish_reason="max_tokens"), ["cut_by_length"]),
    "a loop": (answered(Text(LOOP), finish_reason="length"), ["repeats_itself"]),
    "a loop that ends": (answered(Text(LOOP)), []),
    "nothing": (answered(), ["answer_empty"]),
    "thoughts alone": (
        answered(Reasoning("hm"), finish_reason="length"),
        ["empty_after_reasoning"],
    ),
    "hidden thoughts alone": (
        answered(finish_reason="length", usage=Usage(output_tokens=64, reasoning_tokens=64)),
        ["empty_after_reasoning"],
    ),
    "cut before a word": (answered(finish_reason="length"), ["cut_by_length"]),
    "filtered": (answered(Text("I"), finish_reason="content_filter"), ["answer_filtered"]),
    "refused": (answered(Refusal("I can't"), finish_reason="stop"), ["model_refused"]),
    "a refusal of Anthropic's": (answered(Text(""), finish_reason="refusal"), ["model_refused"]),
    "a call": (answered(call('{"a":1}'), finish_reason="tool_calls", parameters=TOOLS), []),
    "a call without arguments": (answered(call(""), finish_reason="tool_calls"), []),
    "a broken call": (answered(call('{"a":1'), finish_reason="tool_calls"), ["tool_json_broken"]),
    "an invented tool": (
        answered(call("{}", "fly"), finish_reason="tool_calls", parameters=TOOLS),
        ["tool_unknown"],
    ),
    "a tool of the provider's": (
        answered(
            call("{}", "web_search"),
            finish_reason="tool_calls",
            parameters={"tools": [{"type": "web_search"}]},
        ),
        [],
    ),
    "JSON": (answered(Text(' {"a": 1}\n'), parameters=JSON), []),
    "JSON in a fence": (
        answered(Text('```json\n{"a": 1}\n```'), parameters=JSON),
        ["json_in_fence"],
    ),
    "words for JSON": (answered(Text("a is 1"), parameters=JSON), ["json_unreadable"]),
    "a fence that nobody minds": (answered(Text('```json\n{"a": 1}\n```')), []),
    "JSON by Responses": (
        answered(Text("a"), parameters={"text": {"format": {"type": "json_schema"}}}),
        ["json_unreadable"],
    ),
    "thoughts in the text": (answered(Text("<think>\nhm\n</think>\n\nYes")), ["think_tags"]),
    "thoughts before JSON": (
        answered(Text('<think>hm</think>{"a":1}'), parameters=JSON),
        ["think_tags"],
    ),
    "a text about the tag": (answered(Text("The tag <think> opens a thought.")), []),
    "no usage": (answered(Text("Hi"), usage=None), ["usage_missing"]),
    "a stall": (answered(Text("Hi"), frames=frames(0.1, 0.1, 1.9, 0.1)), ["stalled"]),
    "a slow stream": (answered(Text("Hi"), frames=frames(1.5, 1.4, 1.6, 1.5)), []),
    "a stream": (answered(Text("Hi"), frames=frames(*[0.2] * 20)), []),
    "a prompt that was cut": (answered(Text("Hi"), prompt_tokens=9000), ["prompt_counted_short"]),
    "a prompt counted otherwise": (answered(Text("Hi"), prompt_tokens=1400), []),
    "vectors": (
        answered(request=ChatRequest(model="m", messages=(), wants="vectors"), usage=None),
        [],
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_an_answer_is_odd_or_well(name: str) -> None:
    told, codes = ODD[name]
    found = odd(told)
    assert [one.code for one in found] == codes
    for one in found:
        assert one.kind == "notice"
        assert one.evidence
        assert one.where
        assert one.docs


@pytest.mark.parametrize(
    ("asked", "told", "other"),
    [
        ("gpt-4o", "gpt-4o-2024-08-06", False),
        ("gpt-4o", "gpt-4o-mini-2024-07-18", True),
        ("mistral-small-latest", "mistral-small-2503", False),
        ("claude-sonnet-4-0", "claude-sonnet-4-20250514", False),
        ("claude-sonnet-4-5", "claude-opus-4-5", True),
        ("openai/gpt-4o", "gpt-4o", False),
        ("deepseek/deepseek-r1:free", "deepseek/deepseek-r1", False),
        ("openrouter/auto", "anthropic/claude-sonnet-4", False),
        ("gemini-2.0-flash", "models/gemini-2.0-flash-001", False),
        ("accounts/fireworks/models/llama-v3", "accounts/fireworks/models/llama-v3", False),
        ("deepseek-chat", "deepseek-reasoner", True),
    ],
)
def test_another_model_is_told_by_its_family(asked: str, told: str, other: bool) -> None:
    found = odd(answered(Text("Hi"), model=asked, answered=told))
    assert [one.code for one in found] == (["other_model"] if other else [])


def test_a_stall_says_between_which_pieces() -> None:
    (one,) = odd(answered(Text("Hi"), frames=frames(0.1, 0.1, 1.9, 0.1)))
    assert (one.where, one.names["gap"]) == ("frames 3-4", "1.9")


def test_a_small_body_is_not_counted_again() -> None:
    assert not seems_short(2_000, Usage(input_tokens=10))
    assert not seems_short(40_000, Usage(input_tokens=9_000))
    assert not seems_short(40_000, None)
    assert seems_short(40_000, Usage(input_tokens=2_000))
