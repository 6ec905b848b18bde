"""What crosses between Anthropic's messages and chat completions, and what is said of the rest."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filon.conversation.message import Message, Opaque, Reasoning, Text, ToolCall, say
from filon.protocols.anthropic_messages.crossing import (
    from_chat,
    to_chat,
)
from filon.protocols.anthropic_messages.message import NAME
from filon.protocols.crossing import Crossed

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
FUNCTION = {"name": "add", "description": "Adds.", "parameters": SCHEMA, "strict": True}
CHAT_TOOL = {"type": "function", "function": FUNCTION}
TOOL = {"name": "add", "description": "Adds.", "input_schema": SCHEMA, "strict": True}


def entered(**chat: Any) -> Crossed:
    return from_chat({"max_tokens": 20_000, **chat})


def sent(**chat: Any) -> dict[str, Any]:
    out = dict(entered(**chat).parameters)
    del out["max_tokens"]
    return out


def left(**wire: Any) -> dict[str, Any]:
    return dict(to_chat(wire).parameters)


def names(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    for _, why in pairs:
        assert why[0].isupper() or why[0] == "`"
        assert why.endswith(".")
    return [name for name, _ in pairs]


def test_what_is_called_the_same_stays() -> None:
    asked = {"temperature": 0.5, "top_p": 0.9, "top_k": 5, "max_tokens": 9, "foo": {"a": 1}}
    for crossed in (from_chat(asked), to_chat(asked)):
        assert crossed == Crossed(parameters=asked)
        assert list(crossed.parameters) == list(asked)


def test_a_limit_is_added_where_nobody_gave_one() -> None:
    crossed = from_chat({})
    assert crossed.parameters == {"max_tokens": 4096}
    assert crossed.added == (
        ("max_tokens", "The protocol demands it and nobody said it: 4,096 for the answer."),
    )
    thinking = from_chat({"reasoning_effort": "low"})
    assert thinking.parameters["max_tokens"] == 6144
    assert "2,048 to think" in thinking.added[0][1]
    assert from_chat({"max_tokens": None}).parameters == {"max_tokens": 4096}


def test_the_newer_name_of_the_limit_counts() -> None:
    for order in (("max_tokens", "max_completion_tokens"), ("max_completion_tokens", "max_tokens")):
        asked = {name: 5 if name == "max_tokens" else 7 for name in order}
        crossed = from_chat(asked)
        assert crossed.parameters == {"max_tokens": 7}
        assert crossed.renamed == (("max_completion_tokens", "max_tokens"),)
        assert names(crossed.idle) == ["max_tokens"]


ENTERING: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"stop": "END"}, {"stop_sequences": ["END"]}),
    ({"stop": ["a", "b"]}, {"stop_sequences": ["a", "b"]}),
    ({"user": "u1"}, {"metadata": {"user_id": "u1"}}),
    ({"safety_identifier": "u1"}, {"metadata": {"user_id": "u1"}}),
    ({"metadata": {"user_id": "u1"}}, {"metadata": {"user_id": "u1"}}),
    ({"service_tier": "auto"}, {"service_tier": "auto"}),
    ({"service_tier": "default"}, {"service_tier": "standard_only"}),
    ({"tools": [CHAT_TOOL]}, {"tools": [TOOL]}),
    (
        {"tools": [{"type": "function", "function": {"name": "now"}}]},
        {"tools": [{"name": "now", "input_schema": {"type": "object", "properties": {}}}]},
    ),
    ({"tools": [TOOL]}, {"tools": [TOOL]}),
    ({"thinking": {"type": "adaptive"}}, {"thinking": {"type": "adaptive"}}),
    ({"reasoning_effort": "none"}, {"thinking": {"type": "disabled"}}),
    (
        {"reasoning_effort": "medium"},
        {"thinking": {"type": "enabled", "budget_tokens": 8192}},
    ),
    (
        {"reasoning_effort": "xhigh"},
        {"thinking": {"type": "enabled", "budget_tokens": 10_000}},
    ),
    (
        {
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "x", "schema": SCHEMA, "strict": True},
            },
            "output_config": {"effort": "low"},
        },
        {
            "output_config": {
                "format": {"type": "json_schema", "schema": SCHEMA},
                "effort": "low",
            }
        },
    ),
]


@pytest.mark.parametrize(("chat", "wire"), ENTERING)
def test_into_this_protocol(chat: dict[str, Any], wire: dict[str, Any]) -> None:
    assert sent(**chat) == wire


@pytest.mark.parametrize(
    ("choice", "parallel", "wire"),
    [
        ("auto", None, {"type": "auto"}),
        ("required", None, {"type": "any"}),
        ("none", False, {"type": "none"}),
        (None, True, None),
        (None, False, {"type": "auto", "disable_parallel_tool_use": True}),
        ("required", False, {"type": "any", "disable_parallel_tool_use": True}),
        (
            {"type": "function", "function": {"name": "add"}},
            True,
            {"type": "tool", "name": "add"},
        ),
        ({"type": "tool", "name": "add"}, None, {"type": "tool", "name": "add"}),
    ],
)
def test_the_choice_among_tools(choice: Any, parallel: Any, wire: Any) -> None:
    asked: dict[str, Any] = {"tools": [CHAT_TOOL]}
    if choice is not None:
        asked["tool_choice"] = choice
    if parallel is not None:
        asked["parallel_tool_calls"] = parallel
    assert sent(**asked).get("tool_choice") == wire
    none = entered(**asked | {"tools": []})
    assert "tool_choice" not in none.parameters
    assert "tools" in names(none.idle)


def test_an_effort_for_models_that_refuse_a_budget() -> None:
    crossed = from_chat({"reasoning_effort": "high", "max_tokens": 100}, adaptive=True)
    assert crossed.parameters == {
        "max_tokens": 100,
        "thinking": {"type": "adaptive"},
        "output_config": {"effort": "high"},
    }
    assert crossed.renamed == (
        ("reasoning_effort", "thinking"),
        ("reasoning_effort", "output_config.effort"),
    )


@pytest.mark.parametrize(
    ("chat", "lost"),
    [
        ({"frequency_penalty": 0.5}, ["frequency_penalty"]),
        ({"logprobs": True, "top_logprobs": 3}, ["logprobs", "top_logprobs"]),
        ({"n": 2}, ["n"]),
        ({"n": True}, ["n"]),
        ({"seed": 0}, ["seed"]),
        ({"stop": ["\n", "END"]}, ["stop"]),
        ({"metadata": {"user_id": "a", "run": "b"}}, ["metadata.run"]),
        ({"metadata": {"user_id": "a"}, "user": "b"}, ["user"]),
        ({"service_tier": "flex"}, ["service_tier"]),
        ({"response_format": {"type": "json_object"}}, ["response_format"]),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"description": "x"}}},
            ["response_format.json_schema.description"],
        ),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"strict": False}}},
            ["response_format.json_schema.strict"],
        ),
        ({"tools": [{"type": "custom", "custom": {"name": "sql"}}]}, ["tools[0]"]),
        ({"thinking": {"type": "disabled"}, "reasoning_effort": "low"}, ["reasoning_effort"]),
        ({"reasoning_effort": "huge"}, ["reasoning_effort"]),
        ({"reasoning_effort": "low", "max_tokens": 2000}, ["reasoning_effort"]),
        (
            {"reasoning_effort": "low", "tools": [CHAT_TOOL], "tool_choice": "required"},
            ["reasoning_effort"],
        ),
        (
            {"reasoning_effort": "low", "temperature": 0.5, "top_p": 0.5, "top_k": 3},
            ["temperature", "top_k", "top_p"],
        ),
        ({"functions": [], "function_call": "auto"}, ["functions", "function_call"]),
    ],
)
def test_what_has_no_place_here_is_named(chat: dict[str, Any], lost: list[str]) -> None:
    crossed = entered(**chat)
    assert names(crossed.lost) == lost
    assert not set(lost) & set(crossed.parameters)


def test_the_name_of_a_format_is_no_loss() -> None:
    told = {"name": "x", "schema": SCHEMA, "strict": True}
    crossed = entered(response_format={"type": "json_schema", "json_schema": told})
    assert crossed.lost == ()
    assert names(crossed.idle) == [
        "response_format.json_schema.name",
        "response_format.json_schema.strict",
    ]


def test_what_changes_nothing_is_no_loss() -> None:
    asked: dict[str, Any] = {
        "n": 1,
        "logprobs": False,
        "presence_penalty": 0.0,
        "store": False,
        "stream_options": {"include_usage": True},
        "response_format": {"type": "text"},
        "seed": None,
        "stop": [],
        "tools": [],
        "tool_choice": "auto",
        "prompt_cache_key": "k",
    }
    crossed = entered(**asked)
    assert sorted(names(crossed.idle)) == sorted(asked)
    assert crossed.lost == ()
    assert crossed.parameters == {"max_tokens": 20_000}


def test_a_budget_is_left_out_where_a_call_has_no_sealed_thought() -> None:
    call = ToolCall(id="t", name="f", arguments="{}")
    answer = Message(role="tool", call_id="t", parts=(Text("3"),))
    hidden = Opaque('{"type":"redacted_thinking","data":"x"}', NAME)
    asked: dict[str, Any] = {"reasoning_effort": "low", "temperature": 0.5, "max_tokens": 9_000}
    for thought, lost, idle in (
        (Reasoning("Hm."), [], ["reasoning_effort"]),
        (Reasoning("Hm.", "seal"), ["temperature"], []),
        (hidden, ["temperature"], []),
    ):
        said = Message(role="assistant", parts=(thought, call))
        talk = (say("user", "a"), said, answer, answer)
        crossed = from_chat(asked, messages=talk)
        assert names(crossed.lost) == lost
        assert names(crossed.idle) == idle
        assert ("thinking" in crossed.parameters) == ("temperature" not in crossed.parameters)
        assert bool(crossed.renamed) == ("thinking" in crossed.parameters)
        assert names(from_chat(asked, messages=talk[:-2]).lost) == ["temperature"]
        assert "thinking" in from_chat(asked, adaptive=True, messages=talk).parameters
    given = {"thinking": {"type": "enabled", "budget_tokens": 1024}}
    talk = (Message(role="assistant", parts=(call,)), answer)
    assert names(from_chat(given, messages=talk).idle) == ["thinking"]
    assert "thinking" in from_chat(given, messages=(answer,)).parameters


def test_a_temperature_that_thinking_allows_stays() -> None:
    out = sent(reasoning_effort="low", temperature=1, top_p=0.97)
    assert (out["temperature"], out["top_p"]) == (1, 0.97)


@pytest.mark.parametrize(
    ("wire", "chat"),
    [
        ({"stop_sequences": ["a"]}, {"stop": ["a"]}),
        ({"metadata": {"user_id": "u"}}, {"user": "u"}),
        ({"service_tier": "standard_only"}, {"service_tier": "default"}),
        ({"tools": [TOOL]}, {"tools": [CHAT_TOOL]}),
        ({"tools": [{"type": "custom", **TOOL}]}, {"tools": [CHAT_TOOL]}),
        ({"thinking": {"type": "enabled", "budget_tokens": 1024}}, {"reasoning_effort": "low"}),
        ({"thinking": {"type": "enabled", "budget_tokens": 5000}}, {"reasoning_effort": "medium"}),
        ({"thinking": {"type": "enabled", "budget_tokens": 31999}}, {"reasoning_effort": "high"}),
        (
            {"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}},
            {"reasoning_effort": "xhigh"},
        ),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": SCHEMA}}},
            {
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {"name": "answer", "schema": SCHEMA, "strict": True},
                }
            },
        ),
        (
            {"tools": [TOOL], "tool_choice": {"type": "any", "disable_parallel_tool_use": True}},
            {"tools": [CHAT_TOOL], "tool_choice": "required", "parallel_tool_calls": False},
        ),
        (
            {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "add"}},
            {
                "tools": [CHAT_TOOL],
                "tool_choice": {"type": "function", "function": {"name": "add"}},
            },
        ),
        (
            {"tools": [TOOL], "tool_choice": {"type": "none"}},
            {"tools": [CHAT_TOOL], "tool_choice": "none"},
        ),
    ],
)
def test_into_chat_completions(wire: dict[str, Any], chat: dict[str, Any]) -> None:
    assert left(**wire) == chat


@pytest.mark.parametrize(
    ("wire", "lost", "idle"),
    [
        ({"cache_control": {"type": "ephemeral"}}, ["cache_control"], []),
        ({"mcp_servers": [], "container": "c"}, ["mcp_servers", "container"], []),
        ({"thinking": {"type": "disabled"}}, ["thinking"], []),
        ({"thinking": {"type": "adaptive"}}, [], ["thinking"]),
        ({"thinking": "yes"}, ["thinking"], []),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 1024, "display": "omitted"}},
            ["thinking.display"],
            [],
        ),
        ({"metadata": {"user_id": None, "x": 1}}, ["metadata.x"], []),
        ({"service_tier": "odd"}, ["service_tier"], []),
        ({"output_config": {"later": 1}}, ["output_config.later"], []),
        ({"stop_sequences": []}, [], ["stop_sequences"]),
        (
            {"tools": [{"type": "web_search_20250305", "name": "web_search"}], "tool_choice": {}},
            ["tools[0]"],
            ["tool_choice"],
        ),
        (
            {"tools": [{**TOOL, "cache_control": {"type": "ephemeral"}, "defer_loading": True}]},
            ["tools[0].cache_control", "tools[0].defer_loading"],
            [],
        ),
        (
            {"tools": [{**TOOL, "eager_input_streaming": True}]},
            [],
            ["tools[0].eager_input_streaming"],
        ),
        ({"temperature": None}, [], ["temperature"]),
    ],
)
def test_what_chat_completions_cannot_say_is_named(
    wire: dict[str, Any], lost: list[str], idle: list[str]
) -> None:
    crossed = to_chat(wire)
    assert names(crossed.lost) == lost
    assert names(crossed.idle) == idle


EFFORTS = st.sampled_from(["low", "medium", "high"])
COMMON = st.fixed_dictionaries(
    {"max_tokens": st.just(40_000)},
    optional={
        "top_p": st.sampled_from([0.95, 1]),
        "stop": st.lists(st.sampled_from(["a", "END"]), min_size=1),
        "user": st.text(min_size=1, max_size=4),
        "tools": st.just([CHAT_TOOL]),
        "service_tier": st.sampled_from(["auto", "default"]),
        "reasoning_effort": EFFORTS,
    },
)


@given(COMMON, st.booleans())
def test_there_and_back_is_the_same(asked: dict[str, Any], adaptive: bool) -> None:
    there = from_chat(asked, adaptive=adaptive)
    assert (there.lost, there.added) == ((), ())
    back = to_chat(there.parameters)
    assert back.lost == ()
    assert back.parameters == asked


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "name", "function", "budget_tokens", "user_id", "format"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
KNOWN = st.sampled_from(
    ["tools", "tool_choice", "parallel_tool_calls", "thinking", "reasoning_effort", "metadata"]
    + ["stop", "stop_sequences", "response_format", "output_config", "max_tokens", "temperature"]
    + ["service_tier", "user", "n", "top_p", "logit_bias", "modalities"]
)


@given(st.dictionaries(KNOWN, ANYTHING, max_size=5), st.booleans())
def test_nothing_is_too_odd_and_nothing_vanishes(asked: dict[str, Any], adaptive: bool) -> None:
    for crossed in (from_chat(asked, adaptive=adaptive), to_chat(asked)):
        told = {name for name, _ in (*crossed.renamed, *crossed.lost, *crossed.idle)}
        roots = {name.partition(".")[0].partition("[")[0] for name in told}
        empty = {name for name in ("metadata", "output_config") if not asked.get(name)}
        hollow = {"metadata", "output_config"}
        for name in set(asked) - empty - hollow:
            assert name in crossed.parameters or name in roots or name in FOLDED


# What became part of another parameter that is there.
FOLDED = {"parallel_tool_calls", "tool_choice"}
